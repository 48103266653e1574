"""The e-mail address on one's account page."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from nicegui import ui

from app.domain.refusals import Refusal
from app.ui.components.button import Button
from app.ui.components.feedback import attempt, busy, clear, mark, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.password_field import password_field
from app.ui.http.requests import viewer_of
from app.ui.site import Post

_ABOUT = Html(
    "<h2>Mails to you</h2><p class=note>Optional. We write when something matters while you are away: once for each"
    " absence, once before a deadline, once about the outcome. It is also the way back if you forget your password.{}"
    "</p>"
)
_SHOWN = Html(' This is a demo: <a href="/demo/mail">its mails are shown here</a>.')
_ON, _OFF = "Stop mails about trades", "Send mails about trades"


async def show(post: Post, request: Request) -> Callable[[], Awaitable[None]]:
    """The card: the address, the password to change it, and whether mails about trades are wanted.

    Returns what shows anew how that stands: a link in a mail is followed elsewhere.
    """
    viewer = viewer_of(request)
    known = await post.addresses.known(viewer)
    with ui.element("section").classes("card stack"):
        Block(_ABOUT.format(_SHOWN if post.shown else ""))
        email = ui.input("E-mail", value=known.wanted or known.address).props(
            'outlined type="email" autocomplete="email"'
        )
        password = password_field("Password to change it", "current-password")
        said = ui.label().classes("note").props('role="status"')
        fields = {"email": email, "password": password}

        def tell() -> None:
            """Where mails go, and what is waited for."""
            if known.wanted:
                said.text = f"We have sent a link to {known.wanted}. Open it within a day to confirm the address."
            elif known.address:
                said.text = f"Confirmed: {known.address}."
            else:
                said.text = ""
            switch.set_visibility(bool(known.address))
            switch.text = _ON if known.subscribed else _OFF

        async def look() -> None:
            nonlocal known
            known = await attempt(post.addresses.known(viewer)) or known
            tell()

        async def save() -> None:
            if not button.enabled:
                return
            failed: list[Refusal] = []
            sent = text_of(password)
            with busy(button):
                await attempt(post.addresses.change(viewer, text_of(email), sent), failed.append)
                await look()
            wrong = {failed[0].field if failed[0].field in fields else "email": str(failed[0])} if failed else {}
            mark(fields, wrong)
            if not failed:
                clear(password, sent)
                said.text = said.text or "There is no address any more. No mails will come."

        async def turn() -> None:
            if not switch.enabled:
                return
            with busy(switch):
                await attempt(post.addresses.subscribe(viewer, wanted=not known.subscribed))
                await look()

        button = Button("Save e-mail", on_click=save).props('unelevated no-caps type="submit" color="primary"')
        switch = Button(_ON, on_click=turn).props("outline no-caps")
        tell()
    return look
