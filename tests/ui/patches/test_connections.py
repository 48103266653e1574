"""Counting connections: in all, of one client, through proxies; and what is told of those that were refused."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.capacity import client_of
from app.patches import connections, protocols
from app.patches.connections import Connections

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Line(asyncio.Transport):
    """A connection from an address."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 1) if address else None})
        self.closing = self.aborted = False

    def is_closing(self) -> bool:
        return self.closing

    def abort(self) -> None:
        self.aborted = True


def let_in(limits: Connections, *addresses: str) -> list[bool]:
    """Which of these are let in, one after the other."""
    return [limits.enter(Line(address)) is not None for address in addresses]


async def test_one_client_has_so_many_and_an_ipv6_one_is_its_64() -> None:
    limits = Connections(100, 2, client_of)
    assert let_in(limits, *["192.0.2.1"] * 3, "192.0.2.2") == [True, True, False, True]
    assert let_in(limits, "2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1") == [True, True, False, True]
    assert len(limits) == 6


async def test_a_place_is_free_again_when_a_connection_has_gone() -> None:
    limits = Connections(100, 1, client_of)
    first = Line("192.0.2.1")
    assert limits.enter(first)
    assert limits.enter(first), "it has become a socket"
    assert let_in(limits, "192.0.2.1") == [False]
    limits.leave(first)
    limits.leave(first)
    assert let_in(limits, "192.0.2.1", "192.0.2.1") == [True, False]


@pytest.mark.parametrize("proxies", [("192.0.2.1",), ("192.0.2.0/24",), ("*",)])
async def test_a_trusted_proxy_is_many_clients_and_counts_in_all_only(proxies: tuple[str, ...]) -> None:
    limits = Connections(5, 1, client_of, proxies)
    assert let_in(limits, *["192.0.2.1"] * 6) == [True] * 5 + [False]
    assert let_in(limits, "198.51.100.1") == [False], "all places are taken"


async def test_a_connection_without_an_address_counts_in_all_only() -> None:
    assert let_in(Connections(3, 1, client_of), "", "", "", "") == [True, True, True, False]


async def test_refusals_are_told_once_for_a_while_with_their_number(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(connections, "_TELL_EVERY", 0.05)
    limits = Connections(100, 1, client_of)
    with caplog.at_level(logging.WARNING, connections.__name__):
        let_in(limits, *["192.0.2.1"] * 8)
        assert not caplog.records
        await _until(lambda: caplog.records)
        let_in(limits, "192.0.2.1")
        await _until(lambda: len(caplog.records) > 1)
    assert [record.args[0] for record in caplog.records if isinstance(record.args, tuple)] == [7, 1]


async def test_what_is_closed_and_not_read_is_aborted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "UNREAD", 0.05)
    limits = Connections(100, 10, client_of)
    closed, read = Line("192.0.2.1"), Line("192.0.2.1")
    for line in (closed, read):
        limits.enter(line)
    closed.closing = True
    await _until(lambda: closed.aborted)
    assert not read.aborted


async def test_what_is_said_between_two_requests_does_not_make_an_idle_connection_less_idle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A lone line break is no request; to uvicorn, after an answer, it is a reason to wait for ever."""
    monkeypatch.setattr(protocols, "IDLE", 0.5)
    async with serving(PlainTextResponse("yes")) as address:
        reader, writer = await asyncio.open_connection(*address)
        writer.write(REQUEST)
        await reader.readuntil(b"yes")
        for _ in range(3):
            writer.write(b"\r\n")
            await asyncio.sleep(0.1)
        async with asyncio.timeout(3):
            with suppress(ConnectionError):
                assert await reader.read() == b""
        writer.close()


async def test_a_crowd_of_one_client_is_read_some_at_a_time_and_others_beside_it() -> None:
    """All have sent something before anybody is read: it is taken apart in one go, unless they take turns."""
    came: list[str] = []

    async def note(scope: Scope, receive: Receive, send: Send) -> None:
        came.append(scope["client"][0])
        await PlainTextResponse("yes")(scope, receive, send)

    async with serving(note) as address, AsyncExitStack() as lines:
        crowd = [lines.enter_context(socket.create_connection(address, 5, ("127.0.0.9", 0))) for _ in range(40)]
        one = lines.enter_context(socket.create_connection(address, 5))
        for line in (*crowd, one):
            line.sendall(REQUEST)
        for line in (one, *crowd):
            assert (await asyncio.to_thread(line.recv, 1000)).startswith(b"HTTP/1.1 200 ")
        one.sendall(REQUEST * 3)
        await _until(lambda: len(came) == 44)
    assert came.index("127.0.0.1") < 10


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[tuple[str, int]]:
    """Where this answers requests, by our protocol."""
    requests, _ = protocols.protocols(Connections(100, 50, client_of), {})
    config = uvicorn.Config(app, http=requests, ws="none", lifespan="off", log_config=None, port=0)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server._serve())
    await _until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()
    server.should_exit = True
    await task


async def _until(holds: Any) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - nothing of it tells of itself
            await asyncio.sleep(0.01)
