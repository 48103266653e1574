"""Files, served from memory: each is compressed once, well, and never again for the next visitor.

Ours, and NiceGUI's as they are asked for. Their addresses change with what is in them, so browsers keep them for good
and do not ask again.
"""

import asyncio
import gzip
import hashlib
import re
from collections.abc import Callable
from functools import partial
from http import HTTPStatus

import brotli
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.patches import FILES

_KEPT = "public, max-age=31536000, immutable"
_CODERS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=10),
    "gzip": partial(gzip.compress, compresslevel=9, mtime=0),
}
"""The best first. The last step of Brotli's quality takes three times as long for 2 %."""
_LASTING = re.compile(re.escape(FILES) + r"[^/]+/(static|components|libraries)/")
"""Of NiceGUI's addresses, those whose content changes with its version alone, which they name."""
_MOST_READ = 1_000
"""Characters of what a browser accepts: thousands of codings, which none names, would hold all others."""
_MOST_OF_NICEGUI_S = 8_000_000
"""Bytes: a page of ours asks for less than one million, and whoever asks for all the others fills no memory."""


class File:
    """One file, and what came of compressing it. It is compressed in a thread, when somebody first asks for it so."""

    def __init__(self, content: bytes, media_type: str) -> None:
        self._media_type = media_type
        self._coded = {"identity": content}
        self._lock = asyncio.Lock()
        self.tag = hashlib.sha256(content).hexdigest()[:16]

    async def answer(self, headers: Headers) -> Response:
        """What to send, by what the browser says it can read and has already.

        A part of a file is not sent: who asks for one gets all of it, as RFC 9110 (14.2) permits.
        """
        coding = _chosen(headers.get("accept-encoding", "")[:_MOST_READ])
        tag = f'"{self.tag}-{coding}"'
        told = {"Cache-Control": _KEPT, "ETag": tag, "Vary": "Accept-Encoding", "Accept-Ranges": "none"}
        if tag in headers.get("if-none-match", "").replace("W/", "").replace(" ", "").split(","):
            return Response(status_code=304, headers=told)
        if coding != "identity":
            told["Content-Encoding"] = coding
        return Response(await self._as(coding), media_type=self._media_type, headers=told)

    async def _as(self, coding: str) -> bytes:
        async with self._lock:
            if coding not in self._coded:
                self._coded[coding] = await asyncio.to_thread(_CODERS[coding], self._coded["identity"])
        return self._coded[coding]


def _chosen(accepted: str) -> str:
    """The best coding that a browser accepts (RFC 9110, 12.5.3)."""
    weights = dict(each.partition(";q=")[::2] for each in accepted.lower().replace(" ", "").split(","))
    refused = {name for name, weight in weights.items() if weight and not weight.strip("0.")}
    return next((name for name in _CODERS if name in weights.keys() - refused), "identity")


class Files:
    """ASGI middleware: answers for `own` files, by their paths, and for NiceGUI's once `app` has told what they are."""

    def __init__(self, app: ASGIApp, own: dict[str, File]) -> None:
        self._app = app
        self._own = own
        self._nicegui_s: dict[str, File] = {}
        self._room = _MOST_OF_NICEGUI_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        file = self._own.get(path) or self._nicegui_s.get(path)
        if file is None and _LASTING.match(path):
            file = await self._learn(scope, receive)
        if file is None:
            await self._app(scope, receive, send)
            return
        response = await file.answer(Headers(scope=scope))
        await response(scope, receive, send)

    async def _learn(self, scope: Scope, receive: Receive) -> File | None:
        """What NiceGUI answers, if it is a file and there is room for it."""
        plain = {**scope, "headers": [], "query_string": b""}
        start: Message = {}
        parts: list[bytes] = []

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))

        await self._app(plain, receive, keep)
        content = b"".join(parts)
        if start["status"] != HTTPStatus.OK or len(content) > self._room:
            return None
        self._room -= len(content)
        media_type = Headers(raw=start["headers"]).get("content-type", "application/octet-stream")
        file = self._nicegui_s[scope["path"]] = File(content, media_type.partition(";")[0])
        return file
