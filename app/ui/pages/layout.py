"""The frame of every page: its head, the bar on top of signed-in pages, the theme switch, and who is online."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import Request
from nicegui import ui
from nicegui.element import Element

from app.ui.components.button import Button
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.shortcuts import BUTTON as SHORTCUTS_BUTTON
from app.ui.http.requests import IS_HEAD, address_of, viewer_of
from app.ui.live.connection import attend
from app.ui.pages.placeholder import placeholder
from app.ui.site import Site

PAGE: dict[str, Any] = {"dark": None, "language": "en-US", "response_timeout": 30.0}
"""What all pages have in common; the seconds are for a thousand people who come at once."""
HOW_IT_WORKS = "/how-it-works"
_HEADER = Html(
    '<a class="skip" href="#{}">Skip to {}</a>'
    '<a class="brand" href="/trades" aria-hidden="true" tabindex="-1">Traderoom</a>'
    '<button type="button" class="button outline menu-button" aria-label="More actions" aria-expanded="false"></button>'
)
_MENU = Html(
    '<nav aria-label="Main">{}{}</nav><a class="me" href="/account" title="Account"><bdi>{}</bdi></a>'
    '<form method="post" action="/logout"><input type="hidden" name="csrf" value="{}">'
    '<button type="submit" class="button plain">Sign out</button></form>'
)
_DARK = {"light": False, "dark": True, "system": None}
_NEXT_THEME = {"system": "light", "light": "dark", "dark": "system"}
_THEME_ICON = {
    "system": "M12 2a10 10 0 1 0 0 20a10 10 0 1 0 0-20zm0 2v16a8 8 0 0 1 0-16z",
    "light": "M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10zM11 1h2v3h-2zM11 20h2v3h-2zM1 11h3v2H1zM20 11h3v2h-3z"
    "M4.2 5.6l1.4-1.4 2.1 2.1-1.4 1.4zM16.3 17.7l1.4-1.4 2.1 2.1-1.4 1.4z"
    "M18.4 4.2l1.4 1.4-2.1 2.1-1.4-1.4zM6.3 16.3l1.4 1.4-2.1 2.1-1.4-1.4z",
    "dark": "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
}
"""Drawn: a font of icons would be half of what a page loads."""


def begin(site: Site, request: Request, title: str) -> None:
    """What every page begins with: its title, and its place among those that wait for a socket."""
    ui.page_title(f"{title} · Traderoom")
    if IS_HEAD in request.scope:
        request.state.page = ui.context.client
    viewer = request.state.viewer
    site.pending.add(ui.context.client, f"session {viewer.session_id}" if viewer else address_of(request))


@contextmanager
def frame(site: Site, request: Request, title: str, *, classes: str = "") -> Iterator[Element]:
    """A signed-in page: bar on top, content in the element that is yielded; the viewer is online meanwhile.

    On a phone the bar's links and buttons stand behind `More actions`, with the acts of a room.

    Below a `page`, which scrolls as a room does not, stands the way to the rules.
    """
    viewer = viewer_of(request)
    begin(site, request, title)
    with ui.element("header").classes("bar-top"):
        links = (_nav_link("My trades", "/trades", request), _nav_link("Activity", "/activity", request))
        menu = _MENU.format(*links, viewer.person.name, site.cookies.csrf_token(request))
        target = "messages" if "room" in classes.split() else "content"
        top = _HEADER.format(target, target)
        Block(top).classes("as-children")
        with ui.element("div").classes("menu"):
            Block(menu).classes("as-children")
            _theme_switch(site, request)
    # What the browser alone fills (`connected.watch_connection`).
    Block(tag="p").classes("connection").props('role="status" data-testid="connection"')
    placeholder(top, menu, title, classes=classes, theme=viewer.theme)
    client = ui.context.client
    attend(
        client,
        lambda: site.presence.enter(None, viewer.person),
        lambda: site.presence.leave(None, viewer.person),
    )
    with ui.element("div").classes(f"content {classes}").props('id="content" tabindex="-1"') as main:
        yield main
    if "page" in classes:
        Block(_nav_link("How it works", HOW_IT_WORKS, request) + SHORTCUTS_BUTTON, tag="footer")


@contextmanager
def form(site: Site, request: Request, action: str) -> Iterator[Element]:
    """A real form that posts to `action`, with the CSRF token in it."""
    with ui.element("form").props('method="post"') as element:
        element.props["action"] = action
        hidden("csrf", site.cookies.csrf_token(request))
        yield element


def hidden(name: str, value: str) -> Element:
    """A form's hidden field."""
    field = ui.element("input").props('type="hidden"')
    field.props["name"] = name
    field.props["value"] = value
    return field


def _nav_link(text: str, path: str, request: Request) -> Html:
    current = Html(' aria-current="page"') if request.scope["path"] == path else ""
    return Html('<a class="nav-link" href="{}"{}>{}</a>').format(path, current, text)


def _theme_switch(site: Site, request: Request) -> None:
    viewer = viewer_of(request)
    dark: ui.dark_mode | None = None

    def shade() -> None:
        """Follow the system, as pages do by themselves, unless told otherwise."""
        nonlocal dark
        if dark is not None:
            dark.value = _DARK[viewer.theme]
        elif viewer.theme != "system":
            dark = ui.dark_mode(_DARK[viewer.theme])

    async def switch() -> None:
        nonlocal viewer
        viewer = replace(viewer, theme=_NEXT_THEME[viewer.theme])
        await attempt(site.accounts.remember(viewer))
        shade()
        show()

    def show() -> None:
        button.props["icon"] = _THEME_ICON[viewer.theme]
        button.props["aria-label"] = f"Theme: {viewer.theme}"
        button.props["title"] = f"Theme: {viewer.theme}"

    button = Button(on_click=switch).props("flat dense round size=sm").classes("quiet")
    shade()
    show()
