"""``/``: sign in or create an account. It is plain HTML with real forms: nothing here waits for a script."""

from fastapi import Request
from fastapi.responses import Response
from nicegui import app

from app.ui import assets
from app.ui.components.html import Html
from app.ui.components.password_field import REVEAL
from app.ui.components.plain_form import WRONG
from app.ui.http.auth import FORGOT
from app.ui.http.cookies import way_back
from app.ui.pages.layout import HOW_IT_WORKS
from app.ui.pages.static_page import static_page
from app.ui.site import Site

_PAGE = Html(
    assets.WITHOUT_SCRIPT
    + '<main class="door"><section class="door-say"><p class="brand">Traderoom</p><h1>{}</h1>{}</section>'
    '<section class="door-form"><div><h2>{}</h2>{}{}<p>{}<a href="{}">How it works</a></p></div></section></main>'
)
_STEPS = Html('<ol class="steps"><li><b>{}</b> {}</li><li><b>{}</b> {}</li><li><b>{}</b> {}</li></ol>')
_WHAT_IT_IS = _STEPS.format(
    "Draft an offer.",
    "What it is, the price, and how long it stands. Send its link to the buyer.",
    "Talk and bargain.",
    "Write, ask, or make a counter-offer. Both of you see it at once.",
    "Accept, or walk away.",
    "Nothing is agreed until one of you accepts and confirms. Both get the receipt.",
)
_WHAT_WILL_BE = _STEPS.format(
    "See the offer.",
    "After signing in: what it is, the price, and how long it stands.",
    "Talk and bargain.",
    "Write, ask, or make a counter-offer. Both of you see it at once.",
    "Accept, or walk away.",
    "Nothing is agreed until one of you accepts and confirms.",
)
_PICTURE = Html(
    '<svg class="motif" viewBox="0 0 440 132" aria-hidden="true"><path class="a" d="M10 20H150V44H250V58H372V68"/>'
    '<path class="b" d="M80 114H200V96H300V78H372V68"/><g class="a"><circle cx="10" cy="20" r="6"/>'
    '<circle cx="150" cy="44" r="6"/><circle cx="250" cy="58" r="6"/></g><g class="b"><circle cx="80" cy="114" r="6"/>'
    '<circle cx="200" cy="96" r="6"/><circle cx="300" cy="78" r="6"/></g><circle class="meet" cx="372" cy="68" r="14"/>'
    '<path class="tick" d="M366 68.500l4.500 4.500 8-9"/></svg>'
)
"""Bargaining: two lines that come together."""
_FORM = Html(
    '<form method="post" action="{}" class="stack"><input type="hidden" name="csrf" value="{}">'
    '<input type="hidden" name="back" value="{}">{}</form>'
)
_NAME = Html(
    '<div class="field"><label for="name">Name</label><div class="box"><input id="name" name="name" value="{}"'
    ' autocomplete="username" required dir="auto"{}></div>{}</div>'
)
_PASSWORD = Html(
    '<div class="field"><label for="password">Password</label><div class="box"><input id="password" name="password"'
    ' type="password" autocomplete="current-password" required{}>{}</div>{}</div>'
)
_HINT = Html('<p class="help" id="password-help">At least 8 characters for a new account</p>')
_BUTTONS = Html(
    '<button type="submit" class="button wide large">Sign in</button>'
    '<button type="submit" class="button outline wide large" formaction="/signup">Create account</button>'
)
_FORGOT = Html('<a href="{}">Forgot password?</a> · ').format(FORGOT)
_ONE_CLICK = Html(
    '<input type="hidden" name="person" value="{}">'
    '<button type="submit" class="button outline wide">Continue as {}</button>'
)
_PEOPLE = {"seller": "Sam (seller)", "buyer": "Bea (buyer)"}


def register(site: Site) -> None:
    """Serve the page."""

    @app.get("/")
    def sign_in(request: Request, next: str = "") -> Response:  # noqa: A002 - the address says next
        flash = site.cookies.flash(request)
        has = {"demo": site.settings.demo, "recovery": site.post is not None}
        return static_page("Sign in", _page(flash, way_back(next), site.cookies.csrf_token(request), **has))


def _page(flash: dict[str, str], back: str, csrf: str, *, demo: bool, recovery: bool) -> Html:
    is_invited = back.startswith("/room/")
    form = _FORM.format("/login", csrf, back, _credentials(flash) + _BUTTONS)
    if is_invited:
        form = (
            Html('<p class="note">Somebody invited you to a room. A name and a password are all it takes.</p>') + form
        )
    return _PAGE.format(
        "You are invited to negotiate a trade." if is_invited else "Agree on a trade, live, before the clock runs out.",
        (_WHAT_WILL_BE if is_invited else _WHAT_IT_IS) + _PICTURE,
        "Enter the room" if is_invited else "Sign in",
        form,
        _demo(back, csrf) if demo else "",
        _FORGOT if recovery else "",
        HOW_IT_WORKS,
    )


def _credentials(flash: dict[str, str]) -> Html:
    """Both fields. After a refusal the name is still there, and the focus is where something has to be mended."""
    sentence, field = flash.get("sentence", ""), flash.get("field", "")
    is_general = bool(sentence) and field not in {"name", "password"}
    focused = "password" if field == "password" or (is_general and flash.get("name")) else "name"
    alert = Html('<p class="alert" role="alert">{}</p>').format(sentence) if is_general else Html("")

    def state(name: str) -> Html:
        wrong = ' aria-invalid="true"' if field == name else ""
        described = f' aria-describedby="{name}-help"' if wrong or name == "password" else ""
        return Html(wrong + described + (" autofocus" if focused == name else ""))

    def said(name: str) -> Html:
        return WRONG.format(name, sentence) if sentence and field == name else Html("")

    return (
        alert
        + _NAME.format(flash.get("name", ""), state("name"), said("name"))
        + _PASSWORD.format(state("password"), REVEAL, said("password") or _HINT)
    )


def _demo(back: str, csrf: str) -> Html:
    buttons = [_FORM.format("/demo", csrf, back, _ONE_CLICK.format(*each)) for each in _PEOPLE.items()]
    return Html(
        '<p class="or">This is a local demo</p>'
        '<p class="note">Open a second, private window and take both sides.</p><div class="pair">{}</div>'
    ).format(Html().join(buttons))
