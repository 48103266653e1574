"""Form posts: signing in, up and out. Real posts, because a socket cannot set an HttpOnly cookie; 303 afterwards."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app
from pydantic import BaseModel

from app.domain.refusals import Refusal
from app.service.accounts import Accounts
from app.service.viewer import Viewer
from app.ui.http.calm import calmly
from app.ui.http.cookies import SESSION_COOKIE, Cookies, way_back
from app.ui.http.requests import address_of

FORGOT = "/forgot-password"
FORMS = {"/login", "/signup", "/logout", "/logout-everywhere", "/demo", FORGOT}
"""The addresses that forms are posted to."""
DEMO_PEOPLE = {"seller": "Sam", "buyer": "Bea"}


class SignInForm(BaseModel):
    """The fields of the forms on the sign-in page."""

    name: str = ""
    password: str = ""
    person: str = ""
    csrf: str = ""
    back: str = ""


def register(accounts: Accounts, cookies: Cookies, *, demo: bool) -> None:
    """Serve the addresses that the forms post to; `demo` adds the one that signs in as one of the demo's people."""

    @app.post("/login")
    async def login(request: Request, form: Annotated[SignInForm, Form()]) -> Response:
        return await _enter(
            accounts,
            cookies,
            request,
            form,
            lambda: accounts.sign_in(
                form.name, form.password, address=address_of(request), device=cookies.device(request)
            ),
        )

    @app.post("/signup")
    async def signup(request: Request, form: Annotated[SignInForm, Form()]) -> Response:
        return await _enter(
            accounts,
            cookies,
            request,
            form,
            lambda: accounts.sign_up(
                form.name, form.password, address=address_of(request), device=cookies.device(request)
            ),
        )

    @app.post("/logout")
    async def logout(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
        return await _leave(cookies, request, csrf, accounts.sign_out)

    @app.post("/logout-everywhere")
    async def logout_everywhere(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
        return await _leave(cookies, request, csrf, accounts.sign_out_everywhere)

    if demo:

        @app.post("/demo")
        async def sign_in_as(request: Request, form: Annotated[SignInForm, Form()]) -> Response:
            name = DEMO_PEOPLE.get(form.person, "")
            return await _enter(accounts, cookies, request, form, lambda: accounts.sign_in_as(name))


async def _enter(
    accounts: Accounts, cookies: Cookies, request: Request, form: SignInForm, start: Callable[[], Awaitable[str]]
) -> Response:
    """Start a session, or go back to the form with the name that was typed and a sentence."""
    try:
        with calmly("signing in"):
            cookies.check_csrf(request, form.csrf)
            token = await start()
            viewer = await accounts.viewer(token, time_zone=cookies.time_zone(request))
    except Refusal as refusal:
        said = {"name": form.name[:200], "field": refusal.field, "sentence": str(refusal)}
        return cookies.back_to(request, f"/?next={quote(way_back(form.back))}", **said)
    response = RedirectResponse(way_back(form.back), 303)
    cookies.set_session(response.headers, token)
    if viewer is not None:
        cookies.set_device(response.headers, cookies.device(request), viewer.person.id)
    return response


async def _leave(cookies: Cookies, request: Request, csrf: str, end: Callable[[Viewer], Awaitable[None]]) -> Response:
    """End what a viewer's page asked to end; whoever is signed out already has what they wanted."""
    response = RedirectResponse("/", 303)
    if request.state.viewer is None:
        return response  # as it is: another site's page brings no session, and would end it by the answer
    try:
        cookies.check_csrf(request, csrf)
    except Refusal as refusal:
        return cookies.back_to(request, "/", sentence=str(refusal))
    await end(request.state.viewer)
    cookies.drop(response.headers, SESSION_COOKIE)
    return response
