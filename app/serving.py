"""Running the web server and the worker: sockets, signals, start and stop."""

import asyncio
import contextlib
import errno
import json
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial

import uvicorn
from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from nicegui import ui
from starlette.applications import Starlette
from starlette.types import ASGIApp

from app import demo, patches
from app.bootstrap import Application
from app.capacity import client_of
from app.patches.lines import LONGEST_FRAME
from app.settings import Settings
from app.ui import server
from app.ui.http import headers, health, installing
from app.ui.http.workshop import Workshop, WorkshopError

log = logging.getLogger(__name__)

_OTHER_FILES = 500
"""Descriptors for everything but connections of people."""


class PortError(Exception):
    """The port cannot be listened on; the text is one line."""


@contextlib.contextmanager
def listening_socket(host: str, port: int, setting: str = "PORT") -> Iterator[socket.socket]:
    """The socket to serve on, taken before anything else is started. Raises `PortError`, which names the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small writes at once (TCP_NODELAY) only where the protocol is named.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1024)
        except OSError as error:
            setting = setting if error.errno in {errno.EADDRINUSE, errno.EACCES} else "HOST"
            raise PortError(f"TRADEROOM_{setting}: cannot listen on {host} port {port}: {error.strerror}.") from None
        yield listener


def web_app(application: Application) -> ASGIApp:
    """The whole site as an ASGI application. Raises `patches.PatchError`."""
    site = application.site()
    left_out = server.build(site, application.sockets)
    web = FastAPI(openapi_url=None)
    ui.run_with(
        web,
        title="Traderoom",
        favicon=installing.ICON,
        dark=None,
        language="en-US",
        reconnect_timeout=10,
        binding_refresh_interval=None,
        gzip_middleware_factory=partial(GZipMiddleware, compresslevel=3),
        tailwind=False,
        show_welcome_message=False,
    )
    return server.entrance(site, web, left_out)


async def serve(application: Application, listener: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM."""
    settings = application.settings
    web = web_app(application)
    requests, sockets = _protocols(settings, settings.trusted_proxies)
    config = uvicorn.Config(
        web,
        http=requests,
        ws=sockets,
        ws_max_size=LONGEST_FRAME,
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # Socket.IO sends pings of its own
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    web_server = patches.web_server()(config)

    def stop() -> None:
        web_server.stop()
        application.sockets.stop()
        application.accounts.stop()

    async with application, _stopped_by_signals(stop):
        await application.go_live()
        fonts = asyncio.create_task(_name_scripts_without_font(application.workshop))
        lines = [f"Traderoom is at {settings.public_url}"]
        if settings.demo:
            lines += await demo.seed(application)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        try:
            await web_server.serve(sockets=[listener])
        finally:
            fonts.cancel()
            await asyncio.wait([fonts])


async def work(application: Application, listener: socket.socket | None) -> None:
    """Run a worker until SIGINT or SIGTERM; whether it works is told at the socket, if there is one."""
    stop = asyncio.Event()
    async with application, _stopped_by_signals(stop.set):
        application.start_work()
        async with _health_at(application, listener):
            sys.stdout.write("The worker is running.\n")
            sys.stdout.flush()
            await stop.wait()


@contextlib.asynccontextmanager
async def _health_at(application: Application, listener: socket.socket | None) -> AsyncIterator[None]:
    if listener is None:
        yield
        return
    web = headers.protected(Starlette(routes=health.routes(application.health, {})), https=False)
    requests, _ = _protocols(application.settings, ())
    config = uvicorn.Config(
        web, http=requests, ws="none", lifespan="off", log_config=None, access_log=False, server_header=False
    )
    server = patches.web_server()(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="health")
    try:
        yield
    finally:
        server.stop()
        await task


async def _name_scripts_without_font(workshop: Workshop) -> None:
    """One line in the log for whoever runs this, if receipts cannot show every script."""
    with contextlib.suppress(WorkshopError):  # which has been logged
        async with workshop.place("the start"):
            names = json.loads(await workshop.make("app.ui.http.receipt_pdf", "--scripts-without-font"))
        if names:
            log.info(
                "No font here has all of these scripts, which receipts as PDF show as code points: %s", ", ".join(names)
            )


def _protocols(settings: Settings, proxies: tuple[str, ...]) -> tuple[type[asyncio.Protocol], type[asyncio.Protocol]]:
    """What speaks to whoever connects, for requests and for sockets; `proxies` in front are trusted."""
    most = _that_fit(settings.limit_connections)
    connections = patches.connection_limits()(most, settings.limit_connections_of_one, client_of, proxies)
    return patches.web_protocols(connections, headers.on_every_answer(https=settings.https))


def _that_fit(connections: int) -> int:
    """How many connections fit into this process's descriptors, of which the system's default is few: raised first."""
    try:
        import resource  # noqa: PLC0415 - Windows has none, and no such limit
    except ImportError:
        return connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + _OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return connections
    granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    if granted < wanted:
        log.warning("the system grants this process %s open files: fewer connections than set are let in", granted)
    return min(connections, max(1, granted - _OTHER_FILES))


@contextlib.asynccontextmanager
async def _stopped_by_signals(stop: Callable[[], None]) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
