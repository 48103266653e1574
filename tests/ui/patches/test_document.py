"""A document that is put together from pieces is NiceGUI's, to the letter; here it fails when the internals move."""

from typing import Any

import pytest
from fastapi import Request
from nicegui import Client, core, ui
from nicegui.page import page

from app.patches import document
from tests.ui.browser import Browser

AWKWARD = [
    "Oak table",
    "</title><script>alert(1)</script>",
    "`${x}` & 'so' \"on\"",
    "Tisch \N{TABLE TENNIS PADDLE AND BALL}",
    "",
]
OUT_OF_THE_ORDINARY = [("X-Forwarded-Prefix", "/below"), ("Sec-Purpose", "prefetch"), ("Purpose", "prefetch")]


def request_for(path: str, *headers: tuple[str, str], **more: Any) -> Request:
    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": raw, "root_path": ""}
    return Request({**scope, **more})


def answers(client: Client, request: Request, status: int = 200) -> list[tuple[int, bytes, list[tuple[bytes, bytes]]]]:
    """What NiceGUI answers, and what we do."""
    built = [build(client, request, status) for build in (document._build, document.build_response)]
    return [(answer.status_code, bytes(answer.body), sorted(answer.raw_headers)) for answer in built]


async def test_every_page_is_nicegui_s_the_first_time_and_the_second(sam: Browser) -> None:
    trade = await sam.offer("`${1}` & <b>")
    for path in ("/trades", "/trades/new", "/activity", "/account", f"/room/{trade.code}"):
        for _ in range(2):
            await sam.open(path)
            theirs, ours = answers(sam.page, sam.page.request)
            assert ours == theirs, path


@pytest.mark.parametrize("text", AWKWARD)
@pytest.mark.usefixtures("application")
async def test_titles_and_elements_are_embedded_as_nicegui_does(text: str) -> None:
    kind = page("/kind")
    for build in (ui.label, ui.button, ui.textarea):
        for _ in range(2):
            with Client(kind, request=request_for("/kind")) as client:
                client.title = text
                build(text).props["title"] = text
            theirs, ours = answers(client, request_for("/kind"), 404)
            assert ours == theirs
    assert len(document._pieces_of[kind]) == 2, "one for each set of scripts that the elements need"


@pytest.mark.parametrize("header", OUT_OF_THE_ORDINARY)
@pytest.mark.usefixtures("application")
async def test_what_is_out_of_the_ordinary_is_left_to_nicegui(header: tuple[str, str]) -> None:
    kind = page("/kind")
    for told in ((), (header,), ()):
        with Client(kind, request=request_for("/kind", *told)) as client:
            ui.label("Hello")
        theirs, ours = answers(client, request_for("/kind", *told))
        assert ours == theirs
        if told:
            assert (b"/below/_nicegui" in ours[1]) or (b"'implicit_handshake': False" in ours[1])


@pytest.mark.usefixtures("application")
async def test_what_had_changed_before_is_in_the_document_and_not_sent_again() -> None:
    kind = page("/kind")
    for _ in range(2):
        with Client(kind, request=request_for("/kind")) as client:
            label = ui.label("Hello")
        client.outbox.updates[label.id] = label
        document.build_response(client, request_for("/kind"))
        assert not client.outbox.updates
        assert client._response_built


@pytest.mark.usefixtures("application")
async def test_nicegui_answers_with_it() -> None:
    assert Client.build_response is document.build_response
    assert core.app.config.prod_js, "what is cut is the same for as long as the process runs"
