"""Heavy work is done in processes of its own, a few at a time, and never for long."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from app.ui.http.workshop import Workshop, WorkshopError

ECHO = "tests.ui.piece_of_work"


async def make(workshop: Workshop, customer: int, *work: str, material: bytes = b"") -> bytes:
    async with workshop.place(customer):
        return await workshop.make(*work, material=material)


async def test_a_module_gets_the_material_and_its_answer_comes_back() -> None:
    assert await make(Workshop(), 1, ECHO, "echo", material=b"x" * 1_000_000) == b"x" * 1_000_000


async def test_no_setting_of_ours_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRADEROOM_SECRET", "a secret of the tests, long enough")
    monkeypatch.setenv("PGPASSWORD", "hidden")
    names = set(json.loads(await make(Workshop(), 1, ECHO, "environment")))
    assert not names & {"TRADEROOM_SECRET", "PGPASSWORD"}


async def test_one_at_a_time_for_a_person() -> None:
    workshop = Workshop()
    first = asyncio.create_task(make(workshop, 1, ECHO, "sleep", "0.5"))
    await asyncio.sleep(0)
    with pytest.raises(WorkshopError) as refused:
        await make(workshop, 1, ECHO, "echo")
    assert (refused.value.status, refused.value.retry_after) == (429, 5)
    assert await make(workshop, 2, ECHO, "echo", material=b"another person's") == b"another person's"
    await first
    assert await make(workshop, 1, ECHO, "echo", material=b"again") == b"again"


async def test_a_few_at_once_a_short_line_and_a_sentence_for_the_rest(tmp_path: Path) -> None:
    workshop = Workshop(at_once=2, waiting=2)
    tasks = [asyncio.create_task(make(workshop, who, ECHO, "count", str(tmp_path))) for who in range(4)]
    await asyncio.sleep(0)
    with pytest.raises(WorkshopError) as refused:
        await make(workshop, 5, ECHO, "echo")
    assert refused.value.status == 503
    assert refused.value.retry_after
    assert max(int(found) for found in await asyncio.gather(*tasks)) <= 2
    assert await make(workshop, 5, ECHO, "echo") == b""


async def test_what_takes_too_long_is_ended(tmp_path: Path) -> None:
    with pytest.raises(WorkshopError) as refused:
        await make(Workshop(patience=1), 1, ECHO, "stay", str(tmp_path))
    assert refused.value.status == 503
    _assert_ended(tmp_path)


async def test_whoever_goes_away_ends_their_work(tmp_path: Path) -> None:
    workshop = Workshop()
    task = asyncio.create_task(make(workshop, 1, ECHO, "stay", str(tmp_path)))
    await asyncio.to_thread(_wait_for_something_in, tmp_path)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    _assert_ended(tmp_path)
    assert await make(workshop, 1, ECHO, "echo") == b""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
async def test_what_breaks_gets_a_sentence_and_no_text_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    for how in ("raise", "abort"):
        with pytest.raises(WorkshopError) as refused:
            await make(Workshop(), 1, ECHO, how)
        assert (refused.value.status, refused.value.retry_after) == (503, None)
    assert "ValueError" in caplog.text
    assert "what a person wrote" not in caplog.text


def _wait_for_something_in(place: Path) -> None:
    while not list(place.iterdir()):
        time.sleep(0.02)


def _assert_ended(place: Path) -> None:
    (name,) = [path.name for path in place.iterdir()]
    with pytest.raises(ProcessLookupError):
        os.kill(int(name), 0)
