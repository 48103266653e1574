"""What `/readyz` says is true within ten seconds, whatever happens to the database, and expiry is never late."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
from sqlalchemy import make_url

from app.db import embedded
from app.ui.http.headers import on_every_answer
from tests.bench.page import csrf_in
from tests.db.line import Line
from tests.ports import free_port
from tests.test_cli import Command, draft, place, rows, start, works

__all__ = ["place", "start"]

log = logging.getLogger(__name__)
NOTICED = 10.0
"""Seconds."""


async def seconds_until(browser: httpx.AsyncClient, ready: dict[str, bool], *, within: float) -> float:
    """How long it takes until `/readyz` says this; the status agrees with it each time."""
    began = time.monotonic()
    while True:
        answer = await browser.get("/readyz")
        assert answer.status_code == (200 if all(works(answer).values()) else 503)
        if works(answer) == ready:
            return time.monotonic() - began
        assert time.monotonic() - began < within, answer.json()
        await asyncio.sleep(0.1)


async def test_a_silent_database_is_told_in_time_and_pages_do_not_hang(
    start: Callable[..., Command], owner_url: str
) -> None:
    port = free_port()
    async with (
        Line(owner_url).running() as line,
        httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=60) as browser,
    ):
        settings = {"database_url": line.url, "secret": "x" * 32, "port": port}
        server = await asyncio.to_thread(lambda: start("serve", **settings).tells("Traderoom is at"))
        await seconds_until(browser, {"database": True, "worker": True}, within=20)
        token = csrf_in((await browser.get("/")).text)
        form = {"csrf": token, "name": "Sam", "password": "a long password"}
        assert (await browser.post("/signup", data=form)).status_code == 303
        assert (await browser.get("/trades")).status_code == 200

        line.fall_silent()
        page = asyncio.create_task(timed(browser, "/trades"))
        noticed = await seconds_until(browser, {"database": False, "worker": False}, within=NOTICED + 5)
        first, status = await page
        later, again = await timed(browser, "/trades")
        assert (status, again) == (503, 503)
        line.mend()
        back = await seconds_until(browser, {"database": True, "worker": True}, within=2 * NOTICED)
        assert (await browser.get("/trades")).status_code == 200
    log.warning("503 after %.1f s, pages after %.1f and %.1f s, 200 after %.1f s", noticed, first, later, back)
    assert "feed: the database went away" in server.complained
    assert noticed < NOTICED
    assert first < 20
    assert later < NOTICED
    assert server.end() == 0


def connections_let_in(port: int, count: int) -> int:
    """How many of so many silent connections at once stay open."""
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=1)) for _ in range(count)]
        return sum(is_open(line) for line in lines)


def is_open(line: socket.socket) -> bool:
    """Whether the other end has not hung up."""
    try:
        return line.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False


async def timed(browser: httpx.AsyncClient, path: str) -> tuple[float, int]:
    """The seconds to an answer, and its status."""
    began = time.monotonic()
    answer = await browser.get(path)
    return time.monotonic() - began, answer.status_code


async def test_an_embedded_database_that_is_killed_comes_back_and_a_worker_alone_goes_on(
    place: Path, start: Callable[..., Command]
) -> None:
    """The server's owner starts it again; the worker, which joined it, has nothing of before that it could use."""
    port, health_port = free_port(), free_port()
    server = await asyncio.to_thread(lambda: start("serve", port=port, worker="false").tells("An open room: "))
    worker = await asyncio.to_thread(
        lambda: start("worker", health_port=health_port, limit_connections_of_one=10).tells("The worker is running.")
    )
    async with (
        httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=60) as browser,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{health_port}", timeout=60) as prober,
    ):
        await seconds_until(browser, {"database": True}, within=20)
        await seconds_until(prober, {"database": True, "worker": True}, within=20)
        running = embedded.join(place / "data")
        assert running is not None
        for probed in (port, health_port):
            for headers in ((), ("Host: whatever.example",)):
                assert " 200 " in await asyncio.to_thread(asked, probed, "/readyz", *headers)
        assert " 421 " in await asyncio.to_thread(asked, port, "/", "Host: whatever.example")
        assert " 404 " in await asyncio.to_thread(asked, health_port, "/trades")
        for each in (browser, prober):
            with_it = (await each.get("/readyz")).headers
            assert all(with_it[name] == value for name, value in on_every_answer(https=False).items())
        let_in = await asyncio.to_thread(connections_let_in, health_port, 12)
        assert let_in in {9, 10}, "one may be the prober's own"
        trade = await draft(running.url, 6)
        os.kill(running.pid, signal.SIGKILL)
        gone = await seconds_until(browser, {"database": False}, within=NOTICED)
        back = await seconds_until(browser, {"database": True}, within=20)
        worker_back = await seconds_until(prober, {"database": True, "worker": True}, within=20)
    late = await asyncio.to_thread(lateness, place, trade)
    log.warning(
        "503 after %.1f s, 200 after %.1f s, worker %.1f s later; expiry %.2f s late",
        *(gone, back, worker_back, late.total_seconds()),
    )
    assert late < timedelta(seconds=5)
    assert "has ended by itself" in server.complained
    assert worker.end() == 0
    assert server.end() == 0
    told = server.complained + worker.complained
    assert "Traceback" not in told, told


async def test_a_database_that_becomes_read_only_is_named_and_the_log_says_why_once(
    start: Callable[..., Command], owner_url: str
) -> None:
    """As the superuser of a server that is full, or is about to be moved, makes it while everybody works."""
    port, health_port = free_port(), free_port()
    settings = {"database_url": owner_url, "secret": "x" * 32}
    server = await asyncio.to_thread(
        lambda: start("serve", port=port, worker="false", **settings).tells("Traderoom is at")
    )
    worker = await asyncio.to_thread(
        lambda: start("worker", health_port=health_port, **settings).tells("The worker is running.")
    )
    name = make_url(owner_url).database
    async with (
        httpx.AsyncClient(base_url=f"http://localhost:{port}", timeout=60) as browser,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{health_port}", timeout=60) as prober,
    ):
        for turn in range(2):
            await seconds_until(browser, {"database": True}, within=20)
            await seconds_until(prober, {"database": True, "worker": True}, within=20)
            become(name, "SET default_transaction_read_only = on", owner_url)
            noticed = await seconds_until(browser, {"database": True, "writing": False}, within=NOTICED)
            await seconds_until(prober, {"database": True, "writing": False, "worker": False}, within=2 * NOTICED)
            become(name, "RESET default_transaction_read_only", owner_url)
            log.warning("read-only the %s. time: 503 after %.1f s", turn + 1, noticed)
        await seconds_until(browser, {"database": True}, within=20)
        await seconds_until(prober, {"database": True, "worker": True}, within=20)
    for command in (server, worker):
        assert command.complained.count("the database has become read-only: nothing can be recorded") == 2
        assert command.complained.count("the database can be written to again") == 2
        assert command.end() == 0
    stops = [line for line in worker.complained.splitlines() if "starting it again" in line]
    assert len([line for line in stops if line.endswith("in a read-only transaction")]) == 2, worker.complained
    assert "Database error" not in worker.complained


def become(name: str | None, how: str, url: str) -> None:
    """Set the database so, also for whoever is inside: their connections are ended, and they come back."""
    with psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=off") as connection:
        connection.execute(f"ALTER DATABASE {name} {how}".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def test_a_worker_that_is_killed_leaves_nothing_late_where_another_works(
    start: Callable[..., Command], owner_url: str
) -> None:
    settings = {"database_url": owner_url, "secret": "x" * 32}
    await asyncio.to_thread(lambda: start("migrate", **settings).status())
    with psycopg.connect(owner_url) as connection:
        connection.execute("INSERT INTO users (name, name_key, password_hash) VALUES ('Ann', 'ann', '-')")
    workers = [start("worker", **settings) for _ in range(2)]
    for worker in workers:
        await asyncio.to_thread(worker.tells, "The worker is running.")
    trade = await draft(owner_url, 1)
    with psycopg.connect(owner_url) as connection:  # the job is one that a killed worker was at
        connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'expire_trade'")
    workers[0].process.kill()
    await asyncio.sleep(6)
    with psycopg.connect(owner_url) as connection:
        row = connection.execute("SELECT closed_at - expires_at FROM trades WHERE id = %s", (trade,)).fetchone()
    assert row is not None
    log.warning("expiry %.2f s late", row[0].total_seconds())
    assert row[0] < timedelta(seconds=5)
    assert workers[1].end() == 0


def asked(port: int, path: str, *headers: str) -> str:
    """The first line of the answer to a request with these headers and no other."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall("\r\n".join([f"GET {path} HTTP/1.0", *headers, "", ""]).encode())
        return line.makefile("rb").readline().decode()


def lateness(place: Path, trade: int) -> Any:
    """How long after its deadline a trade was closed."""
    deadline = time.monotonic() + 20
    while True:
        [(late,)] = rows(place, f"SELECT closed_at - expires_at FROM trades WHERE id = {trade}")
        if late is not None:
            return late
        assert time.monotonic() < deadline
        time.sleep(0.1)
