"""A library's next release may call an internal by another name: Traderoom then works without the patch, or refuses to
start. It never starts and is dead."""

import asyncio
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from app import patches
from app.patches.internals import untested
from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.process import ROOT
from tests.bench.town import SECRET, Town, town
from tests.ports import free_port
from tests.ui.patches.renaming import Renaming, renaming_of

PATIENCE = 30.0


def touches() -> dict[Renaming, set[str]]:
    """Each internal that is listed, and the patches that have to go without it."""
    found: dict[Renaming, set[str]] = defaultdict(set)
    for name in EVERY:
        for renaming in filter(None, map(renaming_of, import_module(f"app.patches.{name}").TOUCHES)):
            found[renaming].add(name)
    return found


EVERY = (*patches.REQUIRED, *patches.SPEED)
TOUCHED = touches()


class Forks:
    """The process that starts Traderoom with something renamed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.ui.patches.forks"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **request: Any) -> int | None:
        """One request and its answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: int | None = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """End it, and everything it has started."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE)
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    """One for all tests here."""
    forks = Forks()
    yield forks
    forks.end()


class Start:
    """One start with something renamed."""

    def __init__(self, forks: Forks, renaming: Renaming, directory: Path, url: str) -> None:
        self._forks = forks
        self._log = directory / "log"
        port = free_port()
        self.address = f"http://localhost:{port}"
        environment = {
            "TRADEROOM_DATABASE_URL": url,
            "TRADEROOM_SECRET": SECRET,
            "TRADEROOM_PORT": str(port),
            "TRADEROOM_WORKER": "false",
        }
        number = forks.ask(
            do="start",
            renaming=asdict(renaming),
            directory=str(directory),
            log=str(self._log),
            environment=environment,
        )
        assert number is not None
        self._number: int | None = number

    @property
    def log(self) -> str:
        """All that it has printed."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    async def outcome(self) -> int | dict[str, Any]:
        """Its exit status where it has ended, or what `/readyz` says when it is ready."""
        async with asyncio.timeout(PATIENCE):
            while True:
                if (status := self._forks.ask(do="status", number=self._number)) is not None:
                    self._number = None
                    return status
                with suppress(OSError):
                    answer = await Browser(self.address).get("/readyz")
                    if answer.status == 200:
                        told: dict[str, Any] = json.loads(answer.html)
                        return told
                await asyncio.sleep(0.05)

    def stop(self) -> None:
        """Stop it, if it still runs."""
        if self._number is not None:
            self._forks.ask(do="stop", number=self._number)


@pytest.mark.parametrize("renaming", TOUCHED, ids=str)
async def test_whatever_is_renamed_traderoom_works_without_the_patch_or_refuses_to_start(
    renaming: Renaming, forks: Forks, tmp_path: Path, url: str
) -> None:
    start = Start(forks, renaming, tmp_path, url)
    try:
        outcome = await start.outcome()
        if isinstance(outcome, int):
            assert outcome == 2, start.log
            (line,) = start.log.splitlines()
            assert line.startswith("traderoom: A patch that is required cannot be put in place"), line
            assert TOUCHED[renaming] & {*patches.REQUIRED}, "a speed patch is no reason to refuse"
            return
        assert outcome["patches_left_out"].keys() >= TOUCHED[renaming], "what relies on it has to go"
        for name in TOUCHED[renaming]:
            assert f"the patch {name!r} is left out" in start.log
        async with town(url) as place:
            await meet(start.address, place)
        assert "Traceback" not in start.log
    finally:
        start.stop()


async def test_with_nothing_renamed_nothing_is_left_out_but_what_was_not_tested(
    forks: Forks, tmp_path: Path, url: str
) -> None:
    start = Start(forks, Renaming("nothing", "name", ("nowhere",)), tmp_path, url)
    try:
        outcome = await start.outcome()
    finally:
        start.stop()
    assert isinstance(outcome, dict), start.log
    reasons = {name: untested(import_module(f"app.patches.{name}").TOUCHES) for name in patches.SPEED}
    assert outcome.get("patches_left_out", {}) == {name: reason for name, reason in reasons.items() if reason}


async def meet(address: str, place: Town) -> None:
    """Two people meet in a room: what is said and pressed arrives, and the clock ticks."""
    sam, bea = await place.people(2, f"Person {uuid4().hex[:8]}")
    deal = await place.deal(sam, bea)
    seller, buyer = (Person(Browser(address, citizen.cookies)) for citizen in (deal.seller, deal.buyer))
    try:
        await seller.visit(deal.path)
        await buyer.visit(deal.path)
        left = buyer.page.text("countdown")
        await deeds.say(buyer, seller)
        await deeds.amend(seller, [buyer], 90_050)
        await buyer.until(lambda page: page.text("countdown") != left)
    finally:
        seller.cut()
        buyer.cut()


def test_every_patch_is_looked_at() -> None:
    touched = set().union(*TOUCHED.values())
    assert touched | {"page_request"} == {*EVERY}  # which relies on Python's own `__init__` alone
