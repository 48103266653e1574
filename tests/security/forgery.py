"""What an intruder says: whatever a page listens to, from somebody who has read its numbers off the page."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from app.ui.http.cookies import SESSION_COOKIE
from tests.bench.browser import Browser
from tests.bench.page import Page, parse
from tests.bench.town import Citizen

FORGED = "this was forged"
_BUTTON = re.compile("<button[^>]*>([^<]+)</button>")


def cookie_of(citizen: Citizen) -> str:
    """The header that this person's browser sends."""
    return f"{SESSION_COOKIE}={citizen.cookies[SESSION_COOKIE]}"


async def unopened(site: str, citizen: Citizen, path: str) -> Page:
    """A page that somebody has got, and whose socket is not open yet."""
    return parse((await Browser(site, citizen.cookies).get(path)).html, 0)


def handshake(page: Page) -> dict[str, str]:
    """What the page's own script says when it opens its socket."""
    return {**page.query, "document_id": str(uuid4()), "tab_id": str(uuid4()), "old_tab_id": "null"}


def message(page: Page, number: str, listener: dict[str, Any], *args: object) -> dict[str, Any]:
    """One event as the page's own script would send it."""
    return {
        "id": int(number),
        "client_id": page.client_id,
        "listener_id": listener["listener_id"],
        "args": [json.dumps(arg) for arg in args],
    }


def messages(page: Page) -> Iterator[dict[str, Any]]:
    """An event for everything that the page listens to: all that a person could press, type or send there."""
    for number, element in page.elements.items():
        for listener in element.get("events") or ():
            if listener["type"] == "click":
                for text in _BUTTON.findall(str(_props(element).get("innerHTML"))):
                    yield message(page, number, listener, text)
            args: tuple[object, ...] = ()
            if listener["type"] == "send":
                args = ({"text": FORGED, "request": str(uuid4())},)
            elif listener["type"] == "typing":
                args = (True,)
            elif listener["type"].startswith("update:"):
                args = (FORGED,)
            elif listener["type"] == "scroll":
                args = ({"up": True, "top": True},)
            yield message(page, number, listener, *args)


def _props(element: dict[str, Any]) -> dict[str, Any]:
    return element.get("props") or {}
