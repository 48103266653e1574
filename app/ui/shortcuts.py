"""Seven shortcuts through the libraries under us, taken because the profile names them.

NiceGUI asks for the signature of the same few handlers three times for each element it makes, and takes the same few
texts of props apart again and again; Socket.IO looks through every message for bytes, of which we send none, and starts
a task for each socket that a message goes to, only to wait for it; NiceGUI notes each property of each element as one
that others can be bound to, seventy for a page, while ours are bound to rooms, and each change of a page that is still
being made, only to forget it when the page is answered; and both wait, for each page and each packet, in a task of its
own, NiceGUI anew every second. `tests/ui/test_shortcuts.py` fails when these internals move.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from engineio import async_socket  # type: ignore[import-untyped]
from engineio import packet as line
from nicegui import binding, core, helpers, outbox
from nicegui.element import Element
from nicegui.outbox import Outbox
from nicegui.props import Props
from socketio import AsyncManager
from socketio.packet import EVENT, Packet

T = TypeVar("T")
_asks = helpers.expects_arguments
_answers: dict[tuple[object, ...], bool] = {}
_parse = Props.parse
_enqueue = Outbox.enqueue_update


def take() -> None:
    """Put the shortcuts in place."""
    helpers.expects_arguments = expects_arguments
    Props.parse = staticmethod(parse)  # type: ignore[method-assign]
    Packet.data_is_binary = classmethod(lambda _, __: False)
    core.sio.manager.emit = partial(emit, core.sio.manager)
    Outbox.enqueue_update = enqueue_update  # type: ignore[assignment, method-assign]
    outbox.asyncio = SimpleNamespace(**{**vars(asyncio), "wait_for": wait_until_woken})  # type: ignore[assignment, attr-defined]
    async_socket.asyncio = SimpleNamespace(**{**vars(asyncio), "wait_for": wait_for})
    binding.bindable_properties = Sources(binding.bindable_properties)


async def wait_for(awaited: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109 - asyncio's signature
    """asyncio's, as Python has it from 3.12 on: without a task to wait in."""
    async with asyncio.timeout(timeout):
        return await awaited


async def wait_until_woken(awaited: Awaitable[T], timeout: float | None) -> T:  # noqa: ARG001, ASYNC109 - the same
    """The same without a limit: a page's outbox is woken when there is something to send, and when it has to stop."""
    return await awaited


def parse(text: str | None) -> dict[str, Any]:
    """NiceGUI's reading of a text of props, remembered."""
    return dict(_parsed(text))


@lru_cache(1_000)
def _parsed(text: str | None) -> dict[str, Any]:
    return _parse(text)


class Sources(WeakValueDictionary[Any, Any]):
    """NiceGUI's table of what can be bound to, without elements: a binding to one would be polled."""

    def __setitem__(self, key: Any, owner: Any) -> None:
        if not isinstance(owner, Element):
            super().__setitem__(key, owner)


async def emit(
    manager: AsyncManager, event: str, data: object, namespace: str, room: str | list[str] | None = None, **how: Any
) -> None:
    """Socket.IO's emit, which puts a message into the queues of its sockets, without a task for each."""
    if how.get("callback") or how.get("skip_sid") or how.get("to") or not isinstance(data, dict):
        await AsyncManager.emit(manager, event, data, namespace, room=room, **how)
        return
    packet = line.Packet(line.MESSAGE, Packet(EVENT, data=[event, data], namespace=namespace).encode())
    for _, socket in manager.get_participants(namespace, room):
        await manager.server.eio.send_packet(socket, packet)


def enqueue_update(box: Outbox, element: Element) -> None:
    """NiceGUI's note of a change that the browser has to be told of; what is answered with the page needs none."""
    if getattr(box.client, "_response_built", False):  # a page's very first elements come before it
        _enqueue(box, element)


def expects_arguments(func: Callable[..., Any]) -> bool:
    """NiceGUI's answer, remembered for functions of the same code."""
    its = getattr(func, "__func__", func)
    code = getattr(its, "__code__", None)
    if code is None or hasattr(its, "__wrapped__") or hasattr(its, "__signature__"):
        return _asks(func)
    key = (code, len(its.__defaults__ or ()), len(its.__kwdefaults__ or ()), its is func)
    answer = _answers.get(key)
    if answer is None:
        answer = _answers[key] = _asks(func)
    return answer
