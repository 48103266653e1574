"""The disk with the database is full."""

import sys
from contextlib import suppress
from pathlib import Path
from secrets import token_urlsafe
from time import perf_counter

from sqlalchemy import make_url

from app.db.schema import RUNS_AS
from tests.bench.person import Person
from tests.bench.town import town
from tests.faults.talk import CALM, Said, hears, nothing_is_lost, say_at_last, try_to_say
from tests.faults.traderoom import BACK, running, until

SIZE = 160
"""Megabytes of the disk: enough for a new database, and filled in a moment."""
_LONG = 4_900
"""Characters of a message that needs a page of its own."""


async def test_a_full_disk_is_told_calmly_and_when_there_is_space_again_all_goes_on(place: Path) -> None:
    disk = place / f"a-path-too-long-for-a-socket-{'x' * 60}"  # so that it lies outside, where we can reach it
    disk.mkdir()
    program = ("-m", "tests.faults.small_disk", str(disk), str(SIZE), sys.executable, "-m", "tests.faults.observed")
    own = {"DATABASE_URL": "", "OWNER_URL": "", "DATA_DIR": str(disk / "data"), "DEMO": "false"}
    async with running(place, "", program=program, **own) as application:
        inside = Path(f"/proc/{application.server.pid}/root{disk}")
        owner = _address(inside / "data/postgres/data/postmaster.pid")
        application.url = make_url(owner).set(username=RUNS_AS).render_as_string(hide_password=False)
        async with town(application.url) as there:
            deal, other = await there.rooms(2)
        seller, buyer = await application.meet(deal)
        said = Said()
        await hears(buyer, seller, said)
        reader = await application.enter(other.buyer, other.path)
        before = await application.held()

        _fill(inside / "ballast")
        await _talk_until_refused(seller, said)
        text = _long()
        assert await try_to_say(seller, text) == CALM
        assert "No space left on device" in application.said()
        await application.enter(other.buyer, "/activity")  # what is there can be read
        await application.people.pop().leave()
        await nothing_is_lost(owner, said)

        (inside / "ballast").unlink()
        freed = perf_counter()
        await say_at_last(seller, text, said, BACK)
        await hears(seller, buyer, said)
        await hears(buyer, seller, said)
        await until(application.is_ready, within=BACK)
        assert perf_counter() - freed < BACK
        await nothing_is_lost(owner, said)
        assert not any(person.dropped for person in (seller, buyer, reader))
        await application.leaves_nothing_behind(before)


def _address(pid_file: Path) -> str:
    """The owner's address of the embedded database, whose socket's directory is in the file's fifth line."""
    sockets = pid_file.read_text().splitlines()[4]
    return f"postgresql://traderoom@/traderoom?host={sockets}&port=5432"


def _long() -> str:
    """A text that cannot be compressed, without which PostgreSQL would find room for it."""
    return token_urlsafe(_LONG)[:_LONG]


def _fill(ballast: Path) -> None:
    """Write until the disk takes no more."""
    with ballast.open("wb", buffering=0) as file:
        for size in (2**20, 2**12):
            with suppress(OSError):
                while True:
                    file.write(bytes(size))


async def _talk_until_refused(person: Person, said: Said) -> None:
    """A page or two that are not full yet may take some more."""
    for _ in range(50):
        text = _long()
        if answer := await try_to_say(person, text):
            assert answer == CALM
            return
        said.sent.append(text)
    raise AssertionError("the disk does not get full")
