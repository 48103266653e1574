"""Traderoom as an app: a manifest and icons that browsers accept, named by every page."""

import json
import re
import struct
from collections.abc import Callable

import pytest

from tests.ui.browser import Browser


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
    colours = re.findall(r'<meta name="theme-color"(?: media="([^"]+)")? content="(#\w{6})">', head)
    assert colours == [("", "#f7f8fa"), ("(prefers-color-scheme: dark)", "#0f1218")]
