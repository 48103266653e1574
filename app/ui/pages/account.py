"""``/account``: where one is signed in, the password, one's data, and leaving for good."""

from collections.abc import Awaitable, Callable

from fastapi import Request
from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.refusals import Refusal
from app.service.viewer import Viewer
from app.ui.components import dialog, wording
from app.ui.components.button import Button
from app.ui.components.feedback import attempt, busy, clear, mark, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.password_field import password_field
from app.ui.http.requests import viewer_of, zone_of
from app.ui.pages import account_email
from app.ui.pages.layout import PAGE, form, frame
from app.ui.site import Site

_LISTED = 100
"""Sessions that the page lists; a program may have very many."""
_MORE = Html('<p class="note">And {} more, which were used before these. <i>Download my data</i> lists them all.</p>')


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/account", **PAGE)
    async def account(request: Request) -> None:
        with frame(site, request, "Account", classes="page form-page"):
            Block(Html('<h1 dir="auto">{}</h1>').format(viewer_of(request).person.name))
            show_sessions = await _sessions(site, request)
            _password(site, request, show_sessions)
            shows = [show_sessions]
            if site.post is not None:
                shows.append(await account_email.show(site.post, request))
            _data(site, request)

        async def look_again(event: GenericEventArguments) -> None:
            """What was done in another tab is there for who comes back to this one."""
            if event.args is True:
                for show in shows:
                    await attempt(show())

        ui.on("visibility", look_again)


async def _sessions(site: Site, request: Request) -> Callable[[], Awaitable[None]]:
    """The card; returns what shows the sessions anew."""
    viewer = viewer_of(request)
    zone = zone_of(viewer)
    row = Html('<div class="entry"><span>{}</span><span class="note">{}</span></div>')

    async def show() -> None:
        today = site.now().astimezone(zone).date()
        sessions = await site.accounts.sessions(viewer)
        rows = [
            row.format(
                Html("Since {} ({})").format(wording.clock_time(session.created_at, zone, today), session.time_zone),
                "This browser"
                if session.id == viewer.session_id
                else Html("Last used {}").format(wording.clock_time(session.seen_at, zone, today)),
            )
            for session in sessions[:_LISTED]
        ]
        if more := len(sessions) - len(rows):
            rows.append(_MORE.format(more))
        entries.show(Html().join(rows))

    with ui.element("section").classes("card stack"):
        Block("<h2>Where you are signed in</h2>")
        entries = Block()
        with form(site, request, "/logout-everywhere"):
            Button("Sign out everywhere").props('outline no-caps type="submit"').classes("danger")
    await show()
    return show


def _password(site: Site, request: Request, show_sessions: Callable[[], Awaitable[None]]) -> None:
    viewer = viewer_of(request)
    with ui.element("section").classes("card stack"):
        Block("<h2>Password</h2><p class=note>Changing it signs your other browsers out.</p>")
        old = password_field("Current password", "current-password")
        new = password_field("New password", "new-password")
        done = ui.label().classes("note").props('role="status"')
        fields = {"old": old, "new": new}

        async def change() -> None:
            if not button.enabled:
                return
            failed: list[Refusal] = []
            done.text = ""
            sent = (text_of(old), text_of(new))
            with busy(button):
                await attempt(site.accounts.change_password(viewer, *sent), failed.append)
            mark(fields, {failed[0].field if failed[0].field in fields else "new": str(failed[0])} if failed else {})
            if failed:
                return
            for field, text in zip((old, new), sent, strict=True):
                clear(field, text)
            done.text = "Your password is changed. Your other browsers are signed out."
            await attempt(show_sessions())

        button = Button("Change password", on_click=change).props('unelevated no-caps type="submit" color="primary"')


def _data(site: Site, request: Request) -> None:
    viewer = viewer_of(request)
    with ui.element("section").classes("card stack"):
        Block(
            "<h2>Your data</h2><p class=note>Everything that is held about you: the account, where you are signed in,"
            " your trades, what you did and wrote in them, and how far you have seen each.</p>",
        )
        Block('<a class="button quiet" href="/account/data.json" download>Download my data</a>')
        button = Button("Delete account", on_click=lambda: _confirm_deletion(site, viewer))
        button.props("outline no-caps").classes("danger")


def _confirm_deletion(site: Site, viewer: Viewer) -> None:
    if dialog.is_open():
        return
    with dialog.form_dialog(
        "Delete your account?",
        "This is final, and signs you out everywhere.",
        submit="Delete for good",
        color="negative",
        # What follows a deletion is not ours to do: the sessions have ended, and with them this page.
        act=lambda typed, _: site.privacy.delete_account(viewer, typed["password"]),
    ) as form:
        Block(
            "<p class=note>Your name is replaced everywhere, and nobody else can ever take it. What you did in trades"
            " stays, under no name, because it is the other party's too. Links of yours that nobody has used stop"
            " working. A negotiation that is still open has to be closed first.</p>",
        )
        form.fields["password"] = password_field("Your password", "current-password")
