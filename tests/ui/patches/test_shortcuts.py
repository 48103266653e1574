"""The shortcuts give the answers of what they stand for, and fail here when the internals move."""

import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest
from engineio import async_socket
from fastapi import Request
from nicegui import Client, binding, core, helpers, observables, outbox, ui
from nicegui.outbox import Outbox
from nicegui.page import page
from nicegui.props import Props
from socketio import AsyncManager, AsyncServer
from socketio.packet import EVENT, Packet

from app import patches
from app.patches import broadcast, packet_queue, props, signatures, try_to_apply
from app.patches import outbox as outbox_patch
from tests.ui.browser import Browser


@pytest.fixture(autouse=True)
def _whatever_version_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """pyproject.toml permits minor versions that were not tested (`make compat`): what fails here is their shape."""
    monkeypatch.setattr(patches, "untested", lambda _: "")


class Thing:
    def method(self) -> None: ...

    def asking(self, what: int) -> None: ...

    def __call__(self, what: int) -> None: ...


def takes(one: int) -> None: ...


def wrapped(*args: object, **kwargs: object) -> None: ...


CALLABLES: list[Callable[..., Any]] = [
    lambda: None,
    lambda one: one,
    lambda one=1: one,
    lambda *all_of_it: all_of_it,
    lambda *, one: one,
    lambda *, one=1: one,
    lambda **named: named,
    Thing().method,
    Thing().asking,
    Thing.asking,
    Thing(),
    takes,
    functools.partial(takes, 1),
    functools.partial(takes),
    functools.wraps(takes)(wrapped),
    print,
    ui.label.set_text,
]


@pytest.mark.parametrize("func", CALLABLES, ids=map(str, range(len(CALLABLES))))
def test_whether_a_handler_expects_arguments_is_answered_as_nicegui_does(func: Callable[..., Any]) -> None:
    for _ in range(2):
        assert signatures.expects_arguments(func) == signatures._asks(func)


def test_functions_of_one_code_with_other_defaults_are_told_apart() -> None:
    def made(*defaults: int) -> Callable[..., Any]:
        def func(one: int) -> None: ...

        func.__defaults__ = defaults
        return func

    assert [signatures.expects_arguments(made(*defaults)) for defaults in ((), (1,), ())] == [True, False, True]


def test_nicegui_still_asks_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def note(func: object) -> bool:
        asked.append(func)
        return False

    monkeypatch.setattr(helpers, "expects_arguments", note)
    observables.ObservableDict(on_change=lambda: None)
    assert len(asked) == 1


@pytest.mark.parametrize("text", [None, "", "flat dense", """a="b c" size=sm d='e'""", 'x="a=b" y'])
def test_props_are_read_as_nicegui_does(text: str | None) -> None:
    for _ in range(2):
        read = props.parse(text)
        assert read == props._parse(text)
        read["more"] = True  # is nobody else's


def test_nicegui_still_reads_props_there(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str | None] = []

    def note(text: str | None) -> dict[str, object]:
        asked.append(text)
        return {"flat": True}

    monkeypatch.setattr(Props, "parse", staticmethod(note))
    with Client(page("/")):
        assert ui.element("div").props("dense").props["flat"]
    assert "dense" in asked


def test_a_message_without_bytes_is_packed_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    message = ["update", {"4": {"text": "Hello", "children": [1, 2], "props": {"x": None, "y": 1.5}}}]
    asked: list[object] = []

    def note(cls: object, data: object) -> bool:
        asked.append(data)
        return False

    monkeypatch.setattr(Packet, "data_is_binary", classmethod(note))
    as_it_was = Packet(EVENT, data=message, namespace="/").encode()
    assert asked, "Socket.IO does not ask there any more"
    assert not try_to_apply("packets")
    assert Packet(EVENT, data=message, namespace="/").encode() == as_it_was


@pytest.mark.parametrize("room", ["one", "both", ["one", "both"], "nobody", None])
async def test_a_message_goes_to_the_same_sockets_in_the_same_words(
    monkeypatch: pytest.MonkeyPatch, room: str | list[str] | None
) -> None:
    server = AsyncServer(async_mode="asgi")
    manager: AsyncManager = server.manager
    sent: list[tuple[str, str]] = []

    async def send(socket: str, packet: Any) -> None:
        sent.append((socket, packet.encode()))

    monkeypatch.setattr(server.eio, "send_packet", send)
    for socket, rooms in (("first", ("one", "both")), ("second", ("both",))):
        sid = await manager.connect(socket, "/")
        for name in rooms:
            await manager.enter_room(sid, "/", name)
    message = {"4": {"text": "Hello", "props": {"x": None, "y": 1.5}}}
    await manager.emit("update", message, "/", room=room)
    as_it_was, sent[:] = sorted(sent), []
    await broadcast.emit(manager, "update", message, "/", room=room)
    assert sorted(sent) == as_it_was
    assert len(sent) == {"one": 1, "nobody": 0}.get(str(room), 2)


def test_nicegui_sends_through_the_shortcut() -> None:
    assert not try_to_apply("broadcast")
    assert core.sio.manager.emit.func is broadcast.emit


def test_what_can_be_bound_to_is_noted_but_for_elements() -> None:
    class Source:
        value = binding.BindableProperty()

    before = Source()
    before.value = 1
    assert not try_to_apply("bindables")
    after = Source()
    after.value = 2
    with Client(page("/")):
        label = ui.label("bound")
        label.bind_text_from(before, "value")
        ui.label("too").bind_text_from(after, "value")
    assert binding.active_links == [], "neither is polled"
    before.value = 3
    assert label.text == 3
    noted = list(binding.bindable_properties.values())
    assert before in noted
    assert after in noted
    assert label not in noted, "NiceGUI notes elements elsewhere"


@pytest.mark.usefixtures("application")
async def test_changes_are_noted_from_the_answer_on() -> None:
    request = Request({"type": "http", "path": "/", "query_string": b"", "headers": []})
    with Client(page("/"), request=request) as client:
        label = ui.label("in the page")
        label.text = "still in the page"
        assert label.id not in client.outbox.updates
        answer = client.build_response(request)
        assert b"still in the page" in bytes(answer.body)
        label.text = "after it"
        assert set(client.outbox.updates) == {label.id}
        ui.label("another")
        assert set(client.outbox.updates) == {label.id, label.id + 1, client.content.id}


@pytest.mark.parametrize("wait", [packet_queue.wait_for, outbox_patch.wait_until_woken, asyncio.wait_for])
async def test_what_is_waited_for_comes_back_or_is_raised_and_ends_with_the_one_who_waits(
    wait: Callable[..., Any],
) -> None:
    async def soon(what: object) -> object:
        await asyncio.sleep(0.01)
        if isinstance(what, Exception):
            raise what
        return what

    assert await wait(soon("it"), 5) == "it"
    assert await wait(asyncio.ensure_future(soon("it")), None) == "it"
    with pytest.raises(KeyError):
        await wait(soon(KeyError("not it")), 5)
    endless = asyncio.ensure_future(asyncio.sleep(60))
    waiting = asyncio.ensure_future(wait(endless, 60))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.wait([waiting, endless])
    assert waiting.cancelled()
    assert endless.cancelled()


async def test_waiting_has_an_end_where_a_socket_may_be_dead() -> None:
    queue: asyncio.Queue[int] = asyncio.Queue()
    for wait in (packet_queue.wait_for, asyncio.wait_for):
        with pytest.raises(asyncio.TimeoutError):
            await wait(queue.get(), 0.01)


def test_nicegui_and_engineio_still_wait_there() -> None:
    assert not try_to_apply("outbox")
    assert not try_to_apply("packet_queue")
    assert "asyncio.wait_for(self._enqueue_event.wait()" in inspect.getsource(Outbox.loop)
    assert inspect.getsource(async_socket).count("asyncio.wait_for(") == 3
    assert outbox.asyncio.wait_for is outbox_patch.wait_until_woken  # type: ignore[attr-defined]
    assert async_socket.asyncio.wait_for is packet_queue.wait_for


async def test_an_outbox_ends_with_its_page(sam: Browser) -> None:
    await sam.open("/trades")

    def outboxes() -> list[str]:
        names = (task.get_name() for task in asyncio.all_tasks())
        return [name for name in names if name == f"outbox loop {sam.page.id}"]

    assert len(outboxes()) == 1
    sam.page.delete()
    await sam.until(lambda: not outboxes())


@pytest.mark.usefixtures("application")
def test_what_nicegui_puts_before_all_requests_is_out_of_the_way() -> None:
    names = {one.cls.__name__ for one in core.app.user_middleware}  # type: ignore[attr-defined]
    assert "Middleware" in names, "ours"
    assert not names & {"RedirectWithPrefixMiddleware", "SetCacheControlMiddleware"}
