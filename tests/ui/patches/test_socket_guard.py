"""NiceGUI's socket handlers behind our checks; a rename of its socket events fails here."""

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from engineio.async_socket import AsyncSocket
from nicegui import Client, core
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from app.capacity import client_of
from app.patches.socket_guard import SocketGuard
from app.ui.http.cookies import SESSION_COOKIE
from app.ui.http.requests import session_of

PAGE = "the page's client id"
SAID: dict[str, dict[str, Any]] = {
    "event": {"client_id": PAGE, "id": 4, "listener_id": "click", "args": ["{}"]},
    "ack": {"client_id": PAGE, "next_message_id": 7},
    "javascript_response": {"client_id": PAGE, "request_id": "r", "result": None},
}
HANDSHAKE = {"client_id": PAGE, "tab_id": "t", "document_id": "d"}


@pytest.fixture
def guard() -> SocketGuard:
    """The guard in front of NiceGUI's handlers."""
    return SocketGuard(SESSION_COOKIE, session_of, client_of, most=300, most_of_one=1_000)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, guard: SocketGuard) -> Iterator[list[str]]:
    """What reaches NiceGUI's own handlers, which are put back afterwards. Socket "own" has opened the page."""
    handlers = core.sio.handlers["/"]
    before, reached = dict(handlers), list[str]()

    def stand_in(name: str) -> Any:
        async def handler(*_: object) -> bool:
            reached.append(name)
            return True

        return handler

    for name in (*SAID, "connect", "handshake", "disconnect", "log"):
        assert name in handlers, f"NiceGUI has no socket event {name!r} any more"
        handlers[name] = stand_in(name)
    guard.apply()
    monkeypatch.setattr(core.sio.manager, "get_participants", lambda _, room: [("own", "line")] if room == PAGE else [])
    state = SimpleNamespace(viewer=SimpleNamespace(session_id=-5))
    request = SimpleNamespace(cookies={SESSION_COOKIE: "hers"}, state=state)
    elements = {4: SimpleNamespace(_event_listeners={"click": None})}
    monkeypatch.setitem(Client.instances, PAGE, SimpleNamespace(id=PAGE, request=request, elements=elements))
    yield reached
    handlers.clear()
    handlers.update(before)


def environ(cookie: str = f"{SESSION_COOKIE}=hers") -> dict[str, Any]:
    """What engine.io tells of a socket that asks for the page."""
    return {
        "QUERY_STRING": f"client_id={PAGE.replace(' ', '%20')}",
        "HTTP_COOKIE": cookie,
        "asgi.scope": {"client": ("192.0.2.1", 1234)},
    }


@pytest.mark.parametrize("name", SAID)
async def test_a_socket_speaks_for_the_page_it_has_opened(heard: list[str], name: str) -> None:
    await core.sio.handlers["/"][name]("own", SAID[name])
    assert heard == [name]


@pytest.mark.parametrize("name", SAID)
async def test_a_foreign_socket_speaks_for_nobody(heard: list[str], name: str) -> None:
    for message in (SAID[name], SAID[name] | {"client_id": "other"}, {}, None, "text", [PAGE]):
        await core.sio.handlers["/"][name]("foreign", message)
    assert heard == []


@pytest.mark.parametrize("wrong", [None, [], {}, "x", True, 1.5, b"1"])
@pytest.mark.parametrize(("name", "key"), [(name, key) for name, message in SAID.items() for key in message])
async def test_what_no_page_says_is_not_heard(heard: list[str], name: str, key: str, wrong: object) -> None:
    if key == "result" or type(wrong) is type(SAID[name][key]):
        return
    await core.sio.handlers["/"][name]("own", SAID[name] | {key: wrong})
    await core.sio.handlers["/"][name]("own", {k: v for k, v in SAID[name].items() if k != key})
    assert heard == []


@pytest.mark.parametrize("change", [{"id": 5}, {"listener_id": "hover"}, {"args": ["{"]}, {"args": [5]}], ids=str)
async def test_an_event_is_heard_by_a_listener_only_and_as_json(heard: list[str], change: dict[str, Any]) -> None:
    await core.sio.handlers["/"]["event"]("own", SAID["event"] | change)
    assert heard == []


async def test_nobody_writes_into_our_log(heard: list[str]) -> None:
    await core.sio.handlers["/"]["log"]("own", {"client_id": PAGE, "level": "error", "message": "x\ny"})
    assert heard == []


@pytest.mark.parametrize("cookie", ["", f"{SESSION_COOKIE}=another", "something=else"])
async def test_a_page_is_opened_only_with_the_session_it_was_asked_for_with(heard: list[str], cookie: str) -> None:
    with pytest.raises(SocketRefused):
        await core.sio.handlers["/"]["connect"]("sid", environ(cookie))
    await core.sio.handlers["/"]["connect"]("sid", environ())
    assert heard == ["connect"]


async def test_nothing_is_heard_from_a_session_that_has_ended(
    heard: list[str], guard: SocketGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(core.sio, "get_environ", lambda _: environ())
    assert await core.sio.handlers["/"]["handshake"]("sid", HANDSHAKE)
    guard._ended[-5] = None
    with pytest.raises(SocketRefused):
        await core.sio.handlers["/"]["connect"]("sid", environ())
    assert not await core.sio.handlers["/"]["handshake"]("sid", HANDSHAKE)
    for name, message in SAID.items():
        await core.sio.handlers["/"][name]("own", message)
    assert heard == ["handshake"]


@pytest.mark.parametrize("data", [(), ([],), ({},), ({**HANDSHAKE, "tab_id": None},), (HANDSHAKE, {})], ids=str)
async def test_a_handshake_that_is_none_opens_nothing(heard: list[str], data: tuple[Any, ...]) -> None:
    assert not await core.sio.handlers["/"]["handshake"]("nobody's", *data)
    assert heard == []


async def test_no_request_waits_for_news_while_the_server_stops(
    monkeypatch: pytest.MonkeyPatch, guard: SocketGuard
) -> None:
    """A stop would wait for it, and be cut short."""
    line = AsyncSocket(core.sio.eio, "polls")
    monkeypatch.setitem(core.sio.eio.sockets, "polls", line)
    waiting = asyncio.create_task(line.poll())
    gone = AsyncSocket(core.sio.eio, "gone")
    gone.closed = True
    monkeypatch.setitem(core.sio.eio.sockets, "gone", gone)
    guard.stop()
    assert await asyncio.wait_for(waiting, 1) == []
