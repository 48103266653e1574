"""What is true of a page only while its socket is there comes and goes with it, each part for itself."""

from typing import Any

import pytest

from app.ui.live.connection import attend
from tests.ui.browser import Browser


async def test_all_parts_come_and_go_with_the_socket_in_pairs(sam: Browser) -> None:
    await sam.open("/trades")
    told: list[str] = []
    for part in ("one", "two"):
        attend(sam.page, lambda part=part: told.append(f"+{part}"), lambda part=part: told.append(f"-{part}"))  # type: ignore[misc]
    assert told == ["+one", "+two"], "the socket is there already"
    sam.leave()
    sam.leave()
    assert told[2:] == ["-one", "-two"]
    await sam.reconnect()
    assert told[4:] == ["+one", "+two"]
    sam.page.delete()
    assert told[6:] == ["-one", "-two"]


async def test_a_part_that_ends_leaves_once_and_the_others_stay(sam: Browser) -> None:
    await sam.open("/trades")
    told: list[str] = []
    end = attend(sam.page, lambda: told.append("+one"), lambda: told.append("-one"))
    attend(sam.page, lambda: told.append("+two"), lambda: told.append("-two"))
    end()
    end()
    assert told == ["+one", "+two", "-one"]
    sam.leave()
    await sam.reconnect()
    assert told[3:] == ["-two", "+two"]


async def test_one_part_s_error_is_no_other_part_s(sam: Browser, caplog: pytest.LogCaptureFixture) -> None:
    await sam.open("/trades")
    told: list[str] = []

    def fail() -> Any:
        raise ValueError("a part is broken")

    attend(sam.page, lambda: None, fail)
    attend(sam.page, lambda: told.append("+"), lambda: told.append("-"))
    sam.leave()
    assert told == ["+", "-"]
    assert "a part of a page could not follow its socket" in caplog.text
