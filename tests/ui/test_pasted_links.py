"""A link that was pasted with what stood around it leads where it should, signed in and through the sign-in page."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from app.ui.http.cookies import way_back
from tests.ui.browser import PASSWORD, Browser

TAILS = [
    *(".", ",", ";", ")", "]", "}", ">", '"', "'", "/", "//", "/.", ").", "\u201d", "\u00bb", "\u3002", "\u2026"),
    *("\u200b", "\u200d", "\ufeff", "\u2060", "\u00ad", "\u200b/", "/\u200b", " ", "\u00a0", "\\", "*"),
    *("\n", "\r\n", ".\n", "\t"),
]


@pytest.mark.parametrize("tail", TAILS, ids=ascii)
async def test_a_pasted_link_finds_its_room(sam: Browser, tail: str) -> None:
    trade = await sam.offer("Found again")
    answer = await sam.http.get(f"/room/{trade.code}{quote(tail, safe='')}", follow_redirects=True)
    assert answer.status_code == 200
    assert trade.title in answer.text
    plain = await sam.http.get(f"/room/{trade.code}{quote(tail)}", follow_redirects=True)
    assert plain.status_code == 200


@pytest.mark.parametrize("tail", TAILS, ids=ascii)
async def test_a_pasted_link_finds_its_room_through_the_sign_in_page(
    sam: Browser, browser: Callable[[], Browser], tail: str
) -> None:
    trade = await sam.offer("Found through the door")
    guest = browser()
    first = await guest.http.get(f"/room/{trade.code}{quote(tail, safe='')}")
    assert first.status_code == 303
    page = await guest.http.get(first.headers["location"], follow_redirects=True)
    assert "Somebody invited you to a room." in page.text
    back = page.url.params["next"]
    answer = await guest.post("/login", name="Sam", password=PASSWORD, back=way_back(back))
    room = await guest.http.get(answer.headers["location"], follow_redirects=True)
    assert (room.status_code, trade.title in room.text) == (200, True)


async def test_a_zero_width_character_inside_a_link_loses_nothing(sam: Browser) -> None:
    trade = await sam.offer("Broken by a mail program")
    address = f"/room/{trade.code[:10]}\u200b{trade.code[10:]}"
    assert (await sam.get(quote(address))).status_code == 200
    assert way_back(address) == f"/room/{trade.code}"


@pytest.mark.parametrize("path", ["/trades/", "/trades.", "/activity)", "/trades/new,", "/account/"])
async def test_other_pages_are_found_in_the_same_way(sam: Browser, path: str) -> None:
    assert (await sam.http.get(path, follow_redirects=True)).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "//evil.example/room/", "/\\evil.example/trades/", "/nothing/", "/nothing.", "/room/%00/", "/"],
)
async def test_nobody_is_sent_to_another_site_or_in_circles(eve: Browser, path: str) -> None:
    answer = await eve.http.get("http://test" + path)
    location = answer.headers.get("location", "/trades")
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert (await eve.http.get(location, follow_redirects=True)).status_code in {200, 404}


@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/room/abc).", "/room/abc"), ("/trades/new", "/trades/new"), ("//evil.example/trades/", "/trades"),
        ("/trades/new?title=a%20b&price=1.5", "/trades/new?title=a%20b&price=1.5"), ("/room/abc.?", "/room/abc"),
        ('/trades?a="><b>', "/trades"), ("/trades?\r\nX-Evil:1", "/trades"), ("/nothing?a=1", "/trades"),
        ("/room/a\\b", "/trades"), ("/nothing/", "/trades"), ("", "/trades"), ("/", "/trades"), ("...", "/trades"),
    ],
)  # fmt: skip
def test_the_way_back_is_an_address_of_ours_without_a_tail(path: str, back: str) -> None:
    assert way_back(path) == back
