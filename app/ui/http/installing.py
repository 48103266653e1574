"""What lets a browser install Traderoom as an app: the manifest (W3C, Web Application Manifest) and its icons."""

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_ICONS = Path(__file__).parents[1] / "icons"
ICON = _ICONS / "icon.svg"
"""The one of a tab; NiceGUI names it `/favicon.ico`, which is what browsers ask for unasked too."""
_LIGHT, _DARK = "#f7f8fa", "#0f1218"
"""The ground of the pages, as in `theme.css`."""
_MANIFEST = {
    "name": "Traderoom",
    "short_name": "Traderoom",
    "description": "Agree on a trade, live, before the clock runs out.",
    "id": "/trades",
    "start_url": "/trades",
    "scope": "/",
    "display": "standalone",
    "theme_color": _LIGHT,
    "background_color": _LIGHT,
    "icons": [
        {"src": "/icon.svg", "type": "image/svg+xml", "sizes": "any"},
        {"src": "/icon-192.png", "type": "image/png", "sizes": "192x192"},
        {"src": "/icon-512.png", "type": "image/png", "sizes": "512x512"},
        {"src": "/icon-maskable-512.png", "type": "image/png", "sizes": "512x512", "purpose": "maskable"},
    ],
}
HEAD = (
    '<link rel="manifest" href="/manifest.webmanifest"><link rel="icon" href="/icon.svg">'
    '<link rel="apple-touch-icon" href="/apple-touch-icon.png">'
)
"""What stands in the head of every page, so that a browser finds them."""
COLOURS = {"system": (_LIGHT, _DARK), "light": (_LIGHT, _LIGHT), "dark": (_DARK, _DARK)}
"""What a browser paints around a page, by the theme: on a light system, and on a dark one."""
THEME_COLOURS = {
    theme: "".join(
        f'<meta name="theme-color" media="(prefers-color-scheme: {system})" content="{colour}">'
        for system, colour in zip(("light", "dark"), colours, strict=True)
    )
    for theme, colours in COLOURS.items()
}
"""What tells it so, in a page's head."""
_KEPT = {"Cache-Control": "public, max-age=86400"}
_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}
_FILES = {f"/{icon.name}": (icon.read_bytes(), _TYPES[icon.suffix]) for icon in _ICONS.iterdir()} | {
    "/manifest.webmanifest": (json.dumps(_MANIFEST).encode(), "application/manifest+json"),
    "/favicon.ico": (ICON.read_bytes(), _TYPES[ICON.suffix]),
}
PATHS = frozenset(_FILES)
"""What is the same for everybody, and needs nobody signed in."""


def routes() -> list[Route]:
    """The manifest and the icons."""
    return [Route(path, _file) for path in _FILES]


def _file(request: Request) -> Response:
    content, media_type = _FILES[request.url.path]
    return Response(content, media_type=media_type, headers=_KEPT)
