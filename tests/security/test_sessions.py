"""When a session ends its pages end; a session that somebody planted is not adopted; what its cookie allows."""

import asyncio
import json
from contextlib import suppress
from http.cookies import SimpleCookie
from time import perf_counter

import httpx
import pytest

from app.ui.http.cookies import CSRF_COOKIE, DEVICE_COOKIE, FLASH_COOKIE, SESSION_COOKIE, cookie_name
from tests.bench import deeds
from tests.bench.page import csrf_in
from tests.bench.person import Person
from tests.e2e.server import Server
from tests.security import forgery
from tests.security.conftest import PUBLIC_URL, Scene
from tests.security.forgery import cookie_of, handshake, unopened
from tests.security.intruder import Intruder, RefusedError, client
from tests.security.truth import Truth

SOON = 1.0
"""Seconds in which the pages of an ended session are closed."""
PASSWORD = "correct horse"
ENDINGS = ("/logout", "/logout-everywhere", "reset-password")


async def end_session(ending: str, person: Person, name: str, server: Server) -> None:
    """One of the ways in which all sessions of this person, who has just one, come to their end."""
    if ending == "reset-password":
        await server.run("user", "reset-password", name, typed="another horse")
        return
    csrf = csrf_in((await person.browser.get("/account")).html)
    answer = await person.browser.post(ending, csrf=csrf)
    assert (answer.status, answer.location) == (303, "/")


async def until_ended(person: Person) -> None:
    """Until the session is over: the command that ends it starts slowly, and ends slowly afterwards."""
    for _ in range(1000):
        if (await person.browser.get("/room/x/receipt.json")).status == 303:  # to the sign-in page
            return
        await asyncio.sleep(0.02)
    pytest.fail("the session has not ended")


@pytest.mark.by_the_clock
@pytest.mark.parametrize("ending", ENDINGS)
async def test_the_pages_of_an_ended_session_are_closed_within_a_second_and_do_nothing_any_more(
    scene: Scene, server: Server, site: str, truth: Truth, ending: str
) -> None:
    cookie = cookie_of(scene.deal.buyer)
    pages = [await unopened(site, scene.deal.buyer, path) for path in (scene.deal.path, "/trades", "/activity")]
    tabs = [await Intruder.open(site, cookie=cookie, **handshake(page)) for page in pages]
    ended = asyncio.create_task(end_session(ending, scene.buyer, scene.deal.buyer.person.name, server))
    closing = [asyncio.create_task(tab.shut_out()) for tab in tabs]
    if ending == "reset-password":
        await until_ended(scene.buyer)
    began = perf_counter()
    await asyncio.wait_for(asyncio.gather(*closing), 10)
    seconds = perf_counter() - began
    assert seconds < SOON
    await ended
    for tab in tabs:
        assert any('"/?next=/' in said for said in tab.heard)  # they were sent to the start, and will come back
    assert await deeds_of_the_other_go_on(scene)
    answer = await scene.buyer.browser.get("/trades")
    assert (answer.status, answer.location) == (303, "/?next=/trades")
    async with truth.unchanged(scene.seller):
        for tab, page in zip(tabs, pages, strict=True):
            with suppress(RefusedError):
                await tab.line.send(*(f"42{json.dumps(['event', message])}" for message in forgery.messages(page)))


@pytest.mark.parametrize("ending", ENDINGS)
async def test_no_socket_is_opened_with_the_cookie_of_an_ended_session(
    scene: Scene, server: Server, site: str, truth: Truth, ending: str
) -> None:
    """Not by the script of a page that was open, which the server keeps for a while, nor of one got before."""
    cookie = cookie_of(scene.deal.buyer)
    opened = await unopened(site, scene.deal.buyer, scene.deal.path)
    waiting = await unopened(site, scene.deal.buyer, scene.deal.path)
    hello = handshake(opened)
    thief = await Intruder.open(site, cookie=cookie, **hello)
    await end_session(ending, scene.buyer, scene.deal.buyer.person.name, server)
    await thief.shut_out()
    with pytest.raises(RefusedError, match="closed"):  # the line itself, not only what is said on it
        await thief.hear_for_ever()
    async with truth.unchanged(scene.seller):
        for page, said in ((opened, hello), (waiting, handshake(waiting))):
            with suppress(RefusedError):
                back = await Intruder.open(site, cookie=cookie, **said)
                await back.emit_all("event", forgery.messages(page))
                pytest.fail("the socket of an ended session was opened")


async def deeds_of_the_other_go_on(scene: Scene) -> bool:
    """Whether the counterparty's page lives on."""
    text = deeds.token()
    seen = scene.seller.sees(text)
    deeds.press_enter(scene.seller, text)
    return await asyncio.wait_for(seen, 5) > 0 and not scene.seller.dropped


async def sign_up(
    site: str, name: str, *, secure: bool = False, **planted: str
) -> tuple[httpx.Response, dict[str, str]]:
    """What signing up by the page's form answers, and the cookies it sets, as they are written."""
    seed_cookie = cookie_name(CSRF_COOKIE, secure=secure)
    origin = PUBLIC_URL if secure else site
    async with client(site, headers={"Origin": origin}, cookies=planted) as http:
        page = await http.get("/")
        fields = {"name": name, "password": PASSWORD, "csrf": csrf_in(page.text)}
        seed = {seed_cookie: SimpleCookie(page.headers["set-cookie"])[seed_cookie].value}
        answer = await http.post("/signup", data=fields, headers=cookies_of({**planted, **seed}))
    lines = [*page.headers.get_list("set-cookie"), *answer.headers.get_list("set-cookie")]
    return answer, {line.split("=", 1)[0]: line for line in lines}


def cookies_of(cookies: dict[str, str], *, secure: bool = False) -> dict[str, str]:
    """The header with these cookies, as a site calls them that is behind HTTPS (`secure`) or not."""
    return {"Cookie": "; ".join(f"{cookie_name(name, secure=secure)}={value}" for name, value in cookies.items())}


async def test_a_session_that_somebody_planted_is_not_adopted_at_sign_in(scene: Scene, site: str) -> None:
    for number, planted in enumerate((scene.eve.cookies[SESSION_COOKIE], "made-up", "made.up", "")):
        async with client(site) as http:
            sees = (await http.get("/trades", headers=cookies_of({SESSION_COOKIE: planted}))).status_code
        # Somebody who is signed in is sent past the form; the form post itself is what is tested here.
        assert sees == (200 if number == 0 else 303)
        seeded = {CSRF_COOKIE: "", SESSION_COOKIE: planted}
        async with client(site, headers={"Origin": site}) as http:
            # A page that was asked for with the planted session, so that its token is one of that session.
            page = await http.get("/account" if number == 0 else "/", headers=cookies_of({SESSION_COOKIE: planted}))
            seeded[CSRF_COOKIE] = page.cookies[CSRF_COOKIE]
            http.cookies.clear()
            form = {"name": f"Planted {number} {id(scene)}", "password": PASSWORD, "csrf": csrf_in(page.text)}
            answer = await http.post("/signup", data=form, headers=cookies_of(seeded))
            fresh = SimpleCookie(answer.headers["set-cookie"])[SESSION_COOKIE].value
            assert fresh not in {planted, ""}
            page = await http.get("/account", headers=cookies_of({SESSION_COOKIE: fresh}))
            form["csrf"], seed = csrf_in(page.text), page.cookies[CSRF_COOKIE]
            again = await http.post("/login", data=form, headers=cookies_of({CSRF_COOKIE: seed, SESSION_COOKIE: fresh}))
            assert SimpleCookie(again.headers["set-cookie"])[SESSION_COOKIE].value not in {planted, fresh, ""}
            account = await http.get("/account", headers=cookies_of({SESSION_COOKIE: planted}))
            assert form["name"] not in account.text
            account = await http.get("/account", headers=cookies_of({SESSION_COOKIE: fresh}))
            assert form["name"] in account.text


async def test_a_signed_session_of_another_secret_or_a_changed_one_is_nobody_s(scene: Scene, site: str) -> None:
    held = scene.deal.buyer.cookies[SESSION_COOKIE]
    token, signature = held.rsplit(".", 1)
    async with client(site) as http:
        assert (await http.get("/trades", headers=cookies_of({SESSION_COOKIE: held}))).status_code == 200
        for other in (
            token,
            f"{token}.",
            f".{signature}",
            f"{token}x.{signature}",
            f"{token}.{signature[::-1]}",
            "%00",
        ):
            answer = await http.get("/trades", headers=cookies_of({SESSION_COOKIE: other}))
            assert (answer.status_code, answer.headers["location"]) == (303, "/?next=/trades")


async def test_cookies_are_kept_from_scripts_and_other_sites_and_from_plain_http_where_there_is_https(
    server: Server, public_server: Server
) -> None:
    for each, secure in ((server, False), (public_server, True)):
        answer, cookies = await sign_up(each.address, f"Careful {id(each)}", secure=secure)
        assert (answer.status_code, answer.headers["location"]) == (303, "/trades")
        refused, more = await sign_up(each.address, "", secure=secure)
        assert refused.headers["location"].startswith("/?next=")
        cookies |= more
        ours = {SESSION_COOKIE, CSRF_COOKIE, FLASH_COOKIE, DEVICE_COOKIE}
        assert cookies.keys() == {cookie_name(name, secure=secure) for name in ours}
        for line in cookies.values():
            flags = {flag.strip().lower() for flag in line.split(";")[1:]}
            assert flags >= {"httponly", "samesite=lax", "path=/"}
            assert ("secure" in flags) == secure
            assert not any(flag.startswith("domain") for flag in flags)
