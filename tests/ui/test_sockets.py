"""NiceGUI's socket handlers behind our checks; a rename of its socket events fails here."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import Client, core
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from app.ui import sockets
from app.ui.session import SESSION_COOKIE

SPOKEN = ["event", "ack", "log", "javascript_response"]
PAGE = "the page's client id"


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What reaches NiceGUI's own handlers, which are put back afterwards. Socket "own" has opened the page."""
    handlers = core.sio.handlers["/"]
    before, reached = dict(handlers), list[str]()

    def stand_in(name: str) -> Any:
        async def handler(*_: object) -> bool:
            reached.append(name)
            return True

        return handler

    for name in (*SPOKEN, "connect", "handshake"):
        assert name in handlers, f"NiceGUI has no socket event {name!r} any more"
        handlers[name] = stand_in(name)
    sockets.guard()
    monkeypatch.setattr(core.sio, "rooms", lambda sid: [sid, PAGE] if sid == "own" else [sid])
    request = SimpleNamespace(cookies={SESSION_COOKIE: "hers"})
    monkeypatch.setitem(Client.instances, PAGE, SimpleNamespace(request=request))
    yield reached
    handlers.clear()
    handlers.update(before)


@pytest.mark.parametrize("name", SPOKEN)
async def test_a_socket_speaks_for_the_page_it_has_opened(heard: list[str], name: str) -> None:
    await core.sio.handlers["/"][name]("own", {"client_id": PAGE})
    assert heard == [name]


@pytest.mark.parametrize("message", [{"client_id": PAGE}, {"client_id": "other"}, {}, None, "text", [PAGE]])
@pytest.mark.parametrize("name", SPOKEN)
async def test_a_foreign_socket_speaks_for_nobody(heard: list[str], name: str, message: object) -> None:
    await core.sio.handlers["/"][name]("foreign", message)
    assert heard == []


@pytest.mark.parametrize("cookie", ["", f"{SESSION_COOKIE}=another", "something=else"])
async def test_a_page_is_opened_only_with_the_session_it_was_asked_for_with(heard: list[str], cookie: str) -> None:
    environ = {"QUERY_STRING": f"client_id={PAGE.replace(' ', '%20')}", "HTTP_COOKIE": cookie}
    with pytest.raises(SocketRefused):
        await core.sio.handlers["/"]["connect"]("sid", environ)
    environ["HTTP_COOKIE"] = f"{SESSION_COOKIE}=hers"
    await core.sio.handlers["/"]["connect"]("sid", environ)
    assert heard == ["connect"]
