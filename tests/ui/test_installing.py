"""Traderoom as an app: a manifest and icons that browsers accept, named by every page."""

import json
import re
import struct
from collections.abc import Callable

import pytest

from tests.ui.browser import Browser

LIGHT, DARK = "#f7f8fa", "#0f1218"


async def test_the_manifest_names_the_app_and_where_it_begins(browser: Callable[[], Browser]) -> None:
    guest = browser()
    answer = await guest.get("/manifest.webmanifest")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = json.loads(answer.text)
    assert manifest["name"] == manifest["short_name"] == "Traderoom"
    assert (manifest["start_url"], manifest["display"]) == ("/trades", "standalone")
    assert {manifest["theme_color"], manifest["background_color"]} == {"#f7f8fa"}
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"), ("any", "any")} <= {
        (icon["sizes"], icon.get("purpose", "any")) for icon in manifest["icons"]
    }
    for icon in manifest["icons"]:
        file = await guest.get(icon["src"])
        assert file.headers["content-type"] == icon["type"]
        if icon["type"] == "image/png":  # the size in the header of the file (PNG, 11.2.2)
            width, height = struct.unpack(">II", file.content[16:24])
            assert f"{width}x{height}" == icon["sizes"]
        else:
            assert file.text.startswith("<svg ")


def painted(head: str) -> dict[str, str]:
    """The colour that a browser takes on a light system, and on a dark one: of the first tag that is for it (HTML,
    4.2.5.1, theme-color)."""
    tags = re.findall(
        r'<meta name="theme-color"(?: media="\(prefers-color-scheme: (\w+)\)")? content="(#\w{6})">', head
    )
    return {system: next(colour for media, colour in tags if media in {"", system}) for system in ("light", "dark")}


@pytest.mark.parametrize("path", ["/", "/how-it-works", "/nowhere"])
async def test_every_page_names_manifest_icons_and_the_colour_of_both_themes(
    browser: Callable[[], Browser], path: str
) -> None:
    guest = browser()
    head, _, _ = (await guest.get(path)).text.partition("</head>")
    for name in re.findall(r'<link rel="(?:manifest|icon|apple-touch-icon)" href="(/[^"]+)"', head):
        assert (await guest.get(name)).status_code == 200
    assert 'rel="manifest"' in head
    assert 'rel="apple-touch-icon"' in head
    assert painted(head) == {"light": LIGHT, "dark": DARK}


@pytest.mark.parametrize(
    ("theme", "colours"), [("system", (LIGHT, DARK)), ("light", (LIGHT, LIGHT)), ("dark", (DARK, DARK))]
)
async def test_a_page_s_colour_is_that_of_the_theme_that_was_chosen(
    sam: Browser, theme: str, colours: tuple[str, str]
) -> None:
    await sam.open("/account")
    sam.trigger(sam.page.layout, "theme", theme)

    async def are_painted() -> bool:
        heads = [(await sam.get(path)).text.partition("</head>")[0] for path in ("/trades", "/how-it-works")]
        return all(tuple(painted(head).values()) == colours for head in heads)

    await sam.wait_until(are_painted)
