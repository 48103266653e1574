"""Everything that reaches into the internals of NiceGUI, Socket.IO, engine.io, Starlette or uvicorn.

One module for each thing that is changed. Each has a tuple `TOUCHES` of the internals it relies on, in the notation of
`internals`, and a function `apply`. `put_in_place` looks before it reaches: a **speed** patch whose internals are not
there, have another shape, or belong to a version that was not tested is left out, and the product works without it,
slower. Six are **required**, since security and a clean stop need them: without them the start is refused.

Each says what it brings, measured on a page of a room (two people each, 140 connected, two cores): all of them together
make a join 8 ms of CPU instead of 14, a person 168 kB instead of 283, and ticking clocks 5 % of a core instead of 7.

What libraries document is not listed. Optional modules are imported here only, so that a name that is gone leaves out
one patch and no more.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from app.patches.internals import Missing, look, untested
from app.patches.socket_guard import SocketGuard

if TYPE_CHECKING:
    from app.patches.connections import Connections
    from app.patches.protocols import Requests, Sockets
    from app.patches.signals import Server

log = logging.getLogger(__name__)
SOCKET = "/_nicegui_ws"
"""Where NiceGUI has its sockets."""
FILES = "/_nicegui/"
"""Where it has its files."""
REQUIRED = ("socket_guard", "lines", "connections", "answers", "protocols", "signals")
"""Those without which Traderoom does not start."""
SPEED = (
    "signatures",
    "props",
    "packets",
    "broadcast",
    "outbox",
    "packet_queue",
    "bindables",
    "element_state",
    "import_map",
    "purifier",
    "styles",
    "document",
    "page_teardown",
    "page_request",
    "upgrade",
    "routes",
    "ticks",
)
"""The optional ones, in the order in which they are put in place."""
_in_place: set[str] = set()
"""What was looked at once and changed is not looked at again: it has our shape now."""


class PatchError(Exception):
    """A patch that is required cannot be put in place; the text is one line for who starts Traderoom."""


def put_in_place(guard: SocketGuard, *, speed: bool = True) -> dict[str, str]:
    """Put all patches in place; `speed=False` leaves the optional ones out.

    Returns the names of those that were left out, each with the reason. Raises `PatchError`.
    """
    for name in REQUIRED:
        _looked_at(name)
    with _required():
        guard.apply()
    left_out: dict[str, str] = {}
    for name in SPEED:
        reason = try_to_apply(name) if speed else "TRADEROOM_PATCHES is false"
        if reason:
            left_out[name] = reason
    if left_out and speed:
        for name, reason in left_out.items():
            log.warning("the patch %r is left out: %s; everything works, slower", name, reason)
    return left_out


def connection_limits() -> "type[Connections]":
    """What counts connections, in whatever process lets people connect. Raises `PatchError`."""
    counter: type[Connections] = _looked_at("connections").Connections
    return counter


def web_protocols(limits: "Connections", headers: Mapping[str, str]) -> "tuple[type[Requests], type[Sockets]]":
    """uvicorn's two protocols, which watch over what is counted; `headers` are those of what uvicorn answers by itself.
    Raises `PatchError`."""
    _looked_at("answers").apply()
    found: tuple[type[Requests], type[Sockets]] = _looked_at("protocols").protocols(limits, headers)
    return found


def web_server() -> "type[Server]":
    """uvicorn's server, which leaves signals to us. Raises `PatchError`."""
    server: type[Server] = _looked_at("signals").Server
    return server


def _looked_at(name: str) -> ModuleType:
    with _required():
        module = import_module(f"{__name__}.{name}")
        look(module.TOUCHES)
        return module


@contextmanager
def _required() -> Iterator[None]:
    try:
        yield
    except (Missing, ImportError, AttributeError, KeyError) as error:
        raise PatchError(
            f"A patch that is required cannot be put in place, so Traderoom does not start: {error}."
            " Please install the versions that requirements.lock names."
        ) from error


def try_to_apply(name: str) -> str:
    """Put one speed patch in place, and say in one line why it was left out; empty when it is in place."""
    try:
        patch = import_module(f"{__name__}.{name}")
        if name not in _in_place:
            if reason := untested(patch.TOUCHES):
                return reason
            look(patch.TOUCHES)
        patch.apply()
        _in_place.add(name)
    except Exception as error:  # noqa: BLE001 - whatever stands in its way, the product works without it
        return " ".join((str(error) if isinstance(error, Missing) else repr(error)).split())
    return ""
