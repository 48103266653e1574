"""Files are compressed once, served from memory, and kept by browsers for good."""

import asyncio
import gzip
from collections.abc import Callable

import brotli
import pytest
from nicegui import __version__
from starlette.datastructures import Headers

from app.ui.http import files
from app.ui.http.files import File
from tests.ui.browser import Browser

QUASAR = f"/_nicegui/{__version__}/static/quasar.umd.prod.js"
PATHS = ["/theme.css", "/browser.js", QUASAR]
CODERS = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}
CHOSEN = {
    "gzip, deflate, br, zstd": "br",
    "gzip, deflate": "gzip",
    "br;q=0, gzip;q=0.5": "gzip",
    "br; q=0.000,GZIP": "gzip",
    "gzip;q=0.001": "gzip",
    "identity, deflate": "",
    "": "",
    "x-gzip": "",
    "*": "",
    "br," + "x," * 10_000: "br",
    "x," * 10_000 + "br": "",
}
NewBrowser = Callable[[], Browser]


async def raw(browser: Browser, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """An answer as it goes over the wire."""
    async with browser.http.stream("GET", path, headers=headers) as answer:
        body = b"".join([part async for part in answer.aiter_raw()])
        return answer.status_code, dict(answer.headers), body


@pytest.mark.parametrize("path", PATHS)
async def test_a_file_is_the_same_in_every_coding_and_smaller(browser: NewBrowser, path: str) -> None:
    sizes = []
    _, plain, content = await raw(browser(), path, **{"Accept-Encoding": "identity"})
    for coding, decode in CODERS.items():
        status, headers, body = await raw(browser(), path, **{"Accept-Encoding": coding})
        assert (status, headers.get("content-encoding", "")) == (200, coding)
        assert decode(body) == content
        assert int(headers["content-length"]) == len(body)
        assert headers["content-type"] == plain["content-type"]
        assert "immutable" in headers["cache-control"]
        assert headers["vary"] == "Accept-Encoding"
        sizes.append(len(body))
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("path", PATHS)
async def test_who_has_a_file_is_told_so(browser: NewBrowser, path: str) -> None:
    tags = set()
    for coding in CODERS:
        _, headers, _ = await raw(browser(), path, **{"Accept-Encoding": coding})
        tags.add(tag := headers["etag"])
        for told in (tag, f'"another", {tag}', f"W/{tag}"):
            status, headers, body = await raw(browser(), path, **{"Accept-Encoding": coding, "If-None-Match": told})
            assert (status, body, headers["etag"], headers["vary"]) == (304, b"", tag, "Accept-Encoding")
        status, _, _ = await raw(browser(), path, **{"Accept-Encoding": coding, "If-None-Match": '"another"'})
        assert status == 200
    assert len(tags) == len(CODERS), "what differs on the wire has another tag"


async def test_the_head_is_that_of_the_whole_and_a_part_is_not_sent(browser: NewBrowser) -> None:
    for path in PATHS:
        whole = await browser().get(path)
        head = await browser().http.head(path)
        assert head.content == b""
        assert {**head.headers} == {**whole.headers}
        part = await browser().get(path, Range="bytes=0-3")
        assert (part.status_code, part.headers["accept-ranges"], part.content) == (200, "none", whole.content)


@pytest.mark.parametrize("accepted", CHOSEN)
async def test_the_best_coding_that_is_accepted_is_chosen(browser: NewBrowser, accepted: str) -> None:
    _, headers, _ = await raw(browser(), "/theme.css", **{"Accept-Encoding": accepted})
    assert headers.get("content-encoding", "") == CHOSEN[accepted]


async def test_compressing_is_done_once_whoever_asks_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    done = []

    def compress(content: bytes) -> bytes:
        done.append(content)
        return content[:9]

    monkeypatch.setattr(files, "_CODERS", {"br": compress, "gzip": compress})
    file = File(b"x" * 999, "text/plain")
    for coding in ("br", "gzip"):
        asked = Headers({"accept-encoding": coding})
        answers = await asyncio.gather(*(file.answer(asked) for _ in range(5)))
        assert {bytes(answer.body) for answer in answers} == {b"x" * 9}
    assert len(done) == 2


async def test_what_is_no_file_is_not_kept_and_what_is_kept_has_an_end(
    browser: NewBrowser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in (f"/_nicegui/{__version__}/static/nothing.js", f"/_nicegui/{__version__}/static/../client.py"):
        assert (await browser().get(path)).status_code == 404
    monkeypatch.setattr(files, "_MOST_OF_NICEGUI_S", 0)
    answer = await browser().get(QUASAR)
    assert answer.status_code == 200
    assert "max-age" in answer.headers["cache-control"]
