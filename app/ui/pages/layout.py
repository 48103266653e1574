"""The frame of every page: its head, the bar on top of signed-in pages, the theme, and who is online."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from fastapi import Request
from nicegui import ui
from nicegui.element import Element
from nicegui.events import GenericEventArguments

from app.domain.refusals import Reason, Refusal
from app.ui.components import theme_button
from app.ui.components.feedback import attempt, toast
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.shortcuts import BUTTON as SHORTCUTS_BUTTON
from app.ui.http.installing import THEME_COLOURS
from app.ui.http.requests import IS_HEAD, address_of, viewer_of
from app.ui.live.connection import attend
from app.ui.pages.placeholder import placeholder
from app.ui.site import Site

PAGE: dict[str, Any] = {"dark": None, "language": "en-US", "response_timeout": 30.0}
"""What all pages have in common; the seconds are for a thousand people who come at once."""
HOW_IT_WORKS = "/how-it-works"
_HEADER = Html(
    '<a class="skip" href="#{target}">Skip to {target}</a>'
    '<a class="brand" href="/trades" aria-hidden="true" tabindex="-1">Traderoom</a>'
    '<button type="button" class="button outline menu-button" aria-label="More actions" aria-expanded="false"></button>'
    '<div class="menu"><nav aria-label="Main">{links}</nav>'
    '<a class="me" href="/account" title="Account"><bdi>{name}</bdi></a>'
    '<form method="post" action="/logout"><input type="hidden" name="csrf" value="{csrf}">'
    '<button type="submit" class="button plain">Sign out</button></form>{theme}</div>'
)
_DARK = {"light": False, "dark": True, "system": None}


def begin(site: Site, request: Request, title: str) -> None:
    """What every page begins with: its title, and its place among those that wait for a socket."""
    ui.page_title(f"{title} · Traderoom")
    if IS_HEAD in request.scope:
        request.state.page = ui.context.client
    viewer = request.state.viewer
    site.pending.add(ui.context.client, f"session {viewer.session_id}" if viewer else address_of(request))


@contextmanager
def frame(site: Site, request: Request, title: str, *, classes: str = "") -> Iterator[Element]:
    """A signed-in page: bar on top, content in the element that is yielded; the viewer is online meanwhile. What was
    left to be said, of a form that was older than the session, is said.

    On a phone the bar's links and buttons stand behind `More actions`, with the acts of a room.

    Below a `page`, which scrolls as a room does not, stands the way to the rules.
    """
    viewer = viewer_of(request)
    begin(site, request, title)
    header = _HEADER.format(
        target="messages" if "room" in classes.split() else "content",
        links=_nav_link("My trades", "/trades", request) + _nav_link("Activity", "/activity", request),
        name=viewer.person.name,
        csrf=site.cookies.csrf_token(request),
        theme=theme_button.BUTTONS[viewer.theme],
    )
    Block(header, tag="header").classes("bar-top")
    _follow_theme(site, request)
    # What the browser alone fills (`connected.watch_connection`).
    Block(tag="p").classes("connection").props('role="status" data-testid="connection"')
    placeholder(header, title, classes=classes, theme=viewer.theme)
    if sentence := site.cookies.flash(request).get("sentence"):
        toast(Refusal(Reason.INVALID, sentence))
    client = ui.context.client
    site.outage.show_on(client)
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


def _follow_theme(site: Site, request: Request) -> None:
    """Follow the system, as pages do by themselves, unless told otherwise, now or by the button."""
    viewer = viewer_of(request)
    ui.add_head_html(THEME_COLOURS[viewer.theme])
    dark = None if viewer.theme == "system" else ui.dark_mode(_DARK[viewer.theme])
    in_turn = asyncio.Lock()

    async def switch(event: GenericEventArguments) -> None:
        nonlocal dark
        if event.args not in tuple(_DARK):
            return
        if dark is None:
            dark = ui.dark_mode()
        dark.value = _DARK[event.args]
        async with in_turn:  # of two quick presses the last is the one that is kept
            await attempt(site.accounts.remember(replace(viewer, theme=event.args)))

    ui.on("theme", switch)
