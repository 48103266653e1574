"""Who asks: the signed-in person of a request, the address it came from, and the time zone there."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import Response

from app.capacity import client_of
from app.service.viewer import Viewer

IS_HEAD = "traderoom.head"
"""In the scope of a request that asks for the head of an answer only; behind the middleware it is a GET."""


def head_of(media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """The head of an answer whose content is not made for it; how long that would be is not said (RFC 9110, 9.3.2)."""
    response = Response(media_type=media_type, headers=headers)
    del response.headers["content-length"]
    response.headers["Vary"] = "Accept-Encoding"  # as what is made for a GET, which is compressed
    return response


def address_of(request: Request) -> str:
    """Whose browser it is, by its address as the server knows it (a trusted proxy tells it)."""
    return client_of(request.client.host if request.client else "")


def viewer_of(request: Request) -> Viewer:
    """The signed-in person of a private page; the middleware has sent everybody else away."""
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        raise RuntimeError("a private page was reached signed out")
    return viewer


def session_of(request: Request) -> int | None:
    """The session that asked, or None where nobody was signed in."""
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer.session_id if viewer is not None else None


def zone_of(viewer: Viewer) -> ZoneInfo:
    """The browser's time zone; UTC where it told none that we know."""
    try:
        return ZoneInfo(viewer.time_zone)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
