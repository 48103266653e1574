"""What every answer has in common, and whom an address stands for."""

from collections.abc import Callable
from typing import Annotated

import pytest
from fastapi import Form
from nicegui import core

from app.bootstrap import Application
from app.capacity import client_of
from tests.ui.browser import Browser

PATHS = ["/", "/healthz", "/readyz", "/receipt-key", "/theme.css", "/favicon.ico", "/nothing", "/trades", "/_nicegui/x"]
ON_ALL = {
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}


@pytest.mark.parametrize("path", PATHS)
async def test_every_answer_has_its_headers(browser: Callable[[], Browser], path: str) -> None:
    answer = await browser().get(path)
    assert {name: answer.headers.get(name) for name in ON_ALL} == ON_ALL
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"]


async def test_a_form_that_cannot_be_read_gets_one_fixed_sentence(application: Application) -> None:
    http = Browser(application).http
    no_form = await http.post("/logout", files={"csrf": ("name", b"a file")})
    assert (no_form.status_code, no_form.text) == (415, "This address takes the forms of our own pages only.")
    large = await http.post("/logout", data={"csrf": "x" * 70_000})
    assert (large.status_code, large.text) == (413, "That is more than this form can hold.")


async def test_a_form_with_a_value_of_another_kind_gets_one_fixed_sentence(sam: Browser) -> None:
    """No form of ours has such a field today: the first one that has must not tell of our code."""

    @core.app.post("/typed")
    async def typed(quantity: Annotated[int, Form()]) -> str:
        return f"{quantity} pieces"

    core.app.router.routes.insert(0, core.app.router.routes.pop())  # before the page that takes every address
    assert (await sam.post("/typed", quantity="3")).text == '"3 pieces"'
    for fields in ({"quantity": "three"}, {"quantity": ""}, {}):
        answer = await sam.post("/typed", **fields)
        sentence = "This form could not be read. Please load the page again and send it once more."
        assert (answer.status_code, answer.text) == (422, sentence)
        assert answer.headers["content-type"].startswith("text/plain")


async def test_a_link_shows_nothing_of_the_room_before_the_seat_is_taken(sam: Browser, eve: Browser) -> None:
    trade = await sam.offer("A secret title")
    answer = await eve.get(f"/room/{trade.code}")
    assert answer.status_code == 200
    assert "A secret title" not in answer.text
    await eve.room(trade)
    assert eve.page.title == "A secret title · Traderoom"


@pytest.mark.parametrize(
    ("address", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_client_is_its_64(address: str, client: str) -> None:
    assert client_of(address) == client
