"""`make audit` fails where what is installed has a known hole, says so where nobody can be asked, and else passes.

The answers of the source of such knowledge are prepared (the OSV's format); pip-audit and make are real.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOLE = {
    "id": "PYSEC-0000-1",
    "summary": "A hole that is known",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "nicegui", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999"}]}],
        }
    ],
}


@contextmanager
def source(holes: dict[str, list[Any]]) -> Iterator[str]:
    """A source of known holes, by the names of packages; its address."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps({"vulns": holes.get(asked["package"]["name"], [])}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
    finally:
        server.shutdown()
        server.server_close()


def audit(directory: Path, address: str) -> subprocess.CompletedProcess[str]:
    """What `make audit` says when it asks at this address."""
    return subprocess.run(
        [
            "make",
            "-o",
            ".venv/installed-dev",
            "audit",
            f"AUDIT={directory}/audit",
            f"SOURCE=--vulnerability-service osv --osv-url {address}",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.timeout(120)
def test_a_known_hole_fails_and_is_named(tmp_path: Path) -> None:
    with source({"nicegui": [HOLE]}) as address:
        audited = audit(tmp_path, address)
    assert audited.returncode != 0
    assert "PYSEC-0000-1" in audited.stdout
    assert "nicegui" in audited.stdout


@pytest.mark.timeout(120)
def test_no_hole_passes_and_nobody_to_ask_is_said(tmp_path: Path) -> None:
    with source({}) as address:
        audited = audit(tmp_path, address)
    assert (audited.returncode, "no known vulnerability" in audited.stdout) == (0, True), audited.stdout
    unheard = audit(tmp_path, address)  # nobody listens there any more
    assert (unheard.returncode, "NOT audited" in unheard.stdout) == (0, True), unheard.stdout
