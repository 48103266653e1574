"""``/``: sign in or create an account."""

from fastapi import Request
from nicegui import ui

from app.ui.components.button import Button
from app.ui.components.html_block import Block
from app.ui.http.cookies import COOKIES_NEEDED, way_back
from app.ui.pages.layout import HOW_IT_WORKS, PAGE, begin, form, hidden
from app.ui.site import Site


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/", **PAGE)
    def sign_in(request: Request, next: str = "", cookies: str = "") -> None:  # noqa: A002 - the address says next
        begin(site, request, "Sign in")
        flash = site.cookies.flash(request)
        if cookies == "blocked" and not site.cookies.has_csrf_seed(request):
            flash = {"sentence": COOKIES_NEEDED}
        back = way_back(next)
        with ui.element("div").classes("narrow"):
            Block("<h1>Traderoom</h1>")
            ui.label("Agree on a trade, live, before the clock runs out.").classes("lead")
            if back.startswith("/room/"):
                ui.label("Somebody invited you to a room. Sign in or create an account to enter it.").classes("note")
            with _entrance(site, request, "/login", back):
                _credentials(flash)
                Button("Sign in").props('unelevated no-caps type="submit" color="primary"').classes("wide")
                Button("Create account").props(
                    'outline no-caps type="submit" formaction="/signup" color="primary"'
                ).classes("wide")
            if site.settings.demo:
                _demo(site, request, back)
            Block(f'<a href="{HOW_IT_WORKS}">How it works</a>')


def _entrance(site: Site, request: Request, action: str, back: str) -> ui.element:
    with form(site, request, action) as element:
        hidden("back", back)
    return element.classes("stack")


def _credentials(flash: dict[str, str]) -> None:
    sentence, field = flash.get("sentence", ""), flash.get("field", "")
    if sentence and field not in {"name", "password"}:
        ui.label(sentence).classes("alert").props('role="alert"')
    name = ui.input("Name", value=flash.get("name", "")).props(
        'name="name" autocomplete="username" outlined maxlength="100" required autofocus dir="auto"'
    )
    password = ui.input("Password").props(
        'name="password" type="password" autocomplete="current-password" outlined maxlength="200" required'
    )
    password.props["hint"] = "At least 8 characters for a new account"
    for element, its_field in ((name, "name"), (password, "password")):
        if sentence and field == its_field:
            element.props["error"] = True
            element.props["error-message"] = sentence


def _demo(site: Site, request: Request, back: str) -> None:
    Block("<hr><p class=note>This is a local demo. Open a second, private window and take both sides.</p>")
    with ui.element("div").classes("pair"):
        for person, text in (("seller", "Continue as Sam (seller)"), ("buyer", "Continue as Bea (buyer)")):
            with _entrance(site, request, "/demo", back):
                hidden("person", person)
                Button(text).props('outline no-caps type="submit" color="primary"').classes("wide")
