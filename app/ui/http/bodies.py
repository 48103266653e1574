"""What a request may bring along: looked at before anything is parsed, also where its length is not said."""

import asyncio

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

MOST = 64 * 1024
"""Bytes of one body: many times what any form or socket of ours sends."""
_MOST_FIELDS = 50
"""Fields of a form; the parser takes its time for each."""
_PATIENCE = 30.0
"""Seconds in which it has to be there."""
FORM = "application/x-www-form-urlencoded"


class BodyError(Exception):
    """A body is not taken; `status` is HTTP's, the text is for whoever sent it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


async def take(scope: Scope, receive: Receive, *, form: bool) -> Receive:
    """Read a body whole, before anybody is asked what to do with it; returns the way to hear it again.

    `form` takes urlencoded forms only. Raises `BodyError`: 408 (too slow), 413 (too large), 415 (no form), 400 (cut
    off, or too many fields).
    """
    headers = Headers(scope=scope)
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > MOST:
        raise BodyError(413, "That is more than this form can hold.")
    if form and headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise BodyError(415, "This address takes the forms of our own pages only.")
    try:
        async with asyncio.timeout(_PATIENCE):
            body = await _read(receive)
    except TimeoutError:
        raise BodyError(408, "That took too long. Please try again.") from None
    if form and body.count(b"&") >= _MOST_FIELDS:
        raise BodyError(400, "This form has more fields than any of ours.")
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


async def _read(receive: Receive) -> bytes:
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BodyError(400, "The connection was closed in the middle of it.")
        part = message.get("body", b"")
        size += len(part)
        if size > MOST:
            raise BodyError(413, "That is more than this form can hold.")
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)
