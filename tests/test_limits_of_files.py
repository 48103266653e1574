"""Files stay small and named after what they hold, in Python alone."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from app.domain.actions import Action
from app.domain.trade import Trade
from app.settings import Settings
from tests.syntax import tree_of

ROOT = Path(__file__).parents[1]
LONGEST = 300
TOP = {"main.py", "pyproject.toml", "requirements.lock", "app", "migrations", "tests", "README.md"}
BESIDE = {"Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "docs", "deploy"}
MADE = {"build", "__pycache__"}
"""What installing and running leaves behind."""
_GIVEN_IN_SCRIPT = re.compile(r"\bits\s*(?:=>|=[^=])|\([^()]*\bits\b[^()]*\)\s*=>|\b(?:const|let)\s+its\s+of\b")
"""A variable of that name, or a parameter of an arrow function, by itself or taken out of an array or an object."""
SCRIPTS = (
    "all.map(ITS => ITS.width)",
    "(ITS) => 5",
    "([ITS, around]) => 5",
    "([ITS, {width, height}]) => 5",
    "({ITS}) => 5",
    "(a, ITS) => 5",
    "const ITS = all[0]",
    "for (const ITS of all) {}",
)


def files(pattern: str) -> list[Path]:
    """The files of the program and its tests of this pattern."""
    found = [ROOT / "main.py"] if (ROOT / "main.py").match(pattern) else []
    for folder in ("app", "migrations", "tests"):
        found += [path for path in (ROOT / folder).rglob(pattern) if "__pycache__" not in path.parts]
    return sorted(found)


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    lengths = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in files("*.py")}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def test_files_are_named_after_a_noun() -> None:
    empty = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc", "core"}
    stems = [path.stem.rstrip("0123456789") for path in files("*.py")]
    assert [stem for stem in stems if stem in empty or stem.endswith("part")] == []


def test_every_module_says_what_it_is() -> None:
    silent = [path for path in files("*.py") if path.read_text().strip() and not path.read_text().startswith('"""')]
    assert silent == []


def test_the_program_is_python_alone() -> None:
    for pattern in ("*.js", "*.mjs", "*.ts", "*.tsx", "*.jsx", "*.vue", "package.json"):
        assert files(pattern) == []


def test_the_top_level_holds_what_the_design_names() -> None:
    found = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")}
    strange = {name for name in found - TOP - BESIDE - MADE if not name.endswith(".egg-info")}
    assert strange == set()
    assert found >= TOP


def test_main_only_starts_the_commands() -> None:
    assert len((ROOT / "main.py").read_text().splitlines()) <= 12


def test_no_path_of_one_machine_stands_in_a_file() -> None:
    somewhere = ("/ho" + "me/", "/Us" + "ers/", "/ro" + "ot/", "/wo" + "rk/")
    found = [
        (path.relative_to(ROOT), place) for path in files("*.py") for place in somewhere if place in path.read_text()
    ]
    assert found == []


def test_the_pages_have_rooms_and_few_things_lie_flat() -> None:
    flat = [path.name for path in (ROOT / "app" / "ui").glob("*.py") if path.name != "__init__.py"]
    assert len(flat) <= 8, flat


def test_the_readme_is_read_in_five_minutes() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def leans(source: str) -> bool:
    """Whether a module has a docstring, of whatever it stands at, that leans on the one before, or gives a name that
    says only whose something is, in Python or in a script within a text."""
    nodes = list(ast.walk(tree_of(source)))
    given = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    given |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    docstrings = [
        node.value.value for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    ]
    return (
        "its" in given
        or any(_GIVEN_IN_SCRIPT.search(text) for text in texts)
        or any(str(text).strip().startswith("The same") for text in docstrings)
    )


def test_words_stand_on_their_own() -> None:
    """Each docstring and each name is read alone by somebody."""
    assert [path.relative_to(ROOT) for path in files("*.py") if leans(path.read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        *(f"'{script}'" for script in SCRIPTS),
        *("ITS = 5", "def at(ITS): ...", "for ITS in (1, 2): ...", "lambda ITS: 5", "[ITS for ITS in (1, 2)]"),
        *("A = 5\n'SAME, in bytes.'", "class A:\n    b: int\n    'SAME, in bytes.'", "def at():\n    'SAME, again.'"),
    ],
)
def test_words_that_lean_on_others_are_found(source: str) -> None:
    assert leans(source.replace("ITS", "its").replace("SAME", "The same"))


def test_words_that_stand_alone_are_none_of_those() -> None:
    for source in (
        *("'bits => 5'", "'if (its == 5)'", "'a trade (its terms) as text'"),
        "A = 5\n'In bytes. The same holds for what follows.'",
    ):
        assert not leans(source)


def test_the_files_that_the_documentation_names_are_there() -> None:
    named = {
        (page.name, name)
        for page in (*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md")
        for name in re.findall(r"`(\w[\w./]*/[\w.]+\.(?:py|css|sql|lock))`", page.read_text())
    }
    assert len(named) > 100, "they are found"
    places = (ROOT, ROOT / "app", ROOT / "app" / "ui")
    assert sorted((page, name) for page, name in named if not any((at / name).is_file() for at in places)) == []


@pytest.mark.parametrize("kind", [Trade, Action, Settings], ids=lambda kind: kind.__name__)
def test_each_field_has_its_own_line(kind: type) -> None:
    (node,) = tree_of(inspect.getsource(kind)).body
    lines = inspect.getsource(kind).splitlines()
    assert isinstance(node, ast.ClassDef)
    for field in node.body:
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            assert lines[field.lineno - 2].strip().startswith("#: "), f"{kind.__name__}.{field.target.id}"
