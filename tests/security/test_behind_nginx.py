"""Attacks through a proxy: people behind it are told apart, and it brings nothing in that was shut out."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import httpx
import pytest

from app.ui.http.cookies import CSRF_COOKIE
from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.page import csrf_in
from tests.bench.person import Person
from tests.bench.town import SECRET, Town
from tests.e2e.server import Server
from tests.nginx import behind_nginx
from tests.security.intruder import Intruder, RefusedError, client
from tests.security.nuisance import answer_to, hang_on, hang_up

MOST_PAGES, MOST_CONNECTIONS = 30, 20


@pytest.fixture(scope="module")
def behind(url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind nginx, whose address is nginx's."""
    settings = {
        "DEMO": "false",
        "WORKER": "false",
        "SECRET": SECRET,
        "DATABASE_URL": url,
        "LIMIT_PAGES": str(MOST_PAGES),
        "LIMIT_CONNECTIONS_OF_ONE": str(MOST_CONNECTIONS),
        "LIMIT_SIGN_IN": "5/minute",
    }
    with behind_nginx(tmp_path_factory.mktemp("nginx"), settings=settings) as server:
        yield server


def from_address(site: Server, address: str) -> httpx.AsyncClient:
    """A client at another address of this machine, whom only nginx sees."""
    transport = httpx.AsyncHTTPTransport(local_address=address, verify=False)
    return client(site.address.replace("localhost", "127.0.0.1"), transport=transport, timeout=60)


async def test_two_people_meet_through_it(place: Town, behind: Server) -> None:
    sam, bea = await place.people(2, "Somebody behind nginx")
    deal = await place.deal(sam, bea)
    seller, buyer = (Person(Browser(behind.address, citizen.cookies)) for citizen in (sam, bea))
    try:
        await seller.visit(deal.path)
        await buyer.visit(deal.path)
        await deeds.say(seller, buyer)
        await deeds.say(buyer, seller)
    finally:
        seller.cut()
        buyer.cut()


async def test_more_connections_than_one_address_may_have_come_through_a_trusted_proxy(behind: Server) -> None:
    head = f"GET / HTTP/1.1\r\nHost: {urlsplit(behind.address).netloc}\r\n\r\n".encode()
    deaf = [await hang_on(behind, head) for _ in range(2 * MOST_CONNECTIONS)]
    try:
        assert (await Browser(behind.address).get("/")).status == 200
    finally:
        for _, writer in deaf:
            await hang_up(writer)


async def test_sign_ins_and_sockets_are_counted_for_the_address_behind_it(behind: Server) -> None:
    answers = {address: [await _sign_in(behind, address) for _ in range(7)] for address in ("127.0.0.2", "127.0.0.3")}
    for said in answers.values():
        assert ["very often" in each for each in said] == [False] * 5 + [True] * 2
    opened = refused = 0
    for _ in range(MOST_PAGES // 3 + 4):
        try:
            await Intruder.open(behind.address)
            opened += 1
        except RefusedError:
            refused += 1
    assert (opened, refused) == (MOST_PAGES // 3, 4)


async def _sign_in(behind: Server, address: str) -> str:
    """What the sign-in page says of a wrong password, to somebody who claims another address each time."""
    async with from_address(behind, address) as http:
        page = await http.get("/", headers={"X-Forwarded-For": "203.0.113.77"})
        answer = await http.post(
            "/login",
            data={"name": "Nobody at all", "password": "wrong password", "csrf": csrf_in(page.text)},
            headers={"X-Forwarded-For": "198.51.100.7"},
        )
        assert answer.status_code == 303
        assert CSRF_COOKIE in http.cookies
        return (await http.get(answer.headers["location"])).text


async def test_lines_that_say_nothing_are_counted_for_the_address_behind_it(behind: Server) -> None:
    opened = refused = 0
    for _ in range(MOST_CONNECTIONS + 4):
        try:
            await Intruder.dial(behind.address)
            opened += 1
        except RefusedError:
            refused += 1
    assert (opened, refused) == (MOST_CONNECTIONS, 4)
    async with from_address(behind, "127.0.0.4") as somebody_else:
        assert (await somebody_else.get("/_nicegui_ws/socket.io/?EIO=4&transport=polling")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "size", "status"),
    [
        ("application/x-www-form-urlencoded", 70_000, 413),
        ("application/x-www-form-urlencoded", 5_000_000, 413),
        ("multipart/form-data; boundary=x", 1_000, 415),
        ("application/json", 10, 415),
    ],
)
async def test_bodies_are_looked_at(behind: Server, kind: str, size: int, status: int) -> None:
    async with client(behind.address) as http:
        answer = await http.post(
            "/login", content=b"x" * size, headers={"Content-Type": kind, "Origin": behind.address}
        )
    assert answer.status_code == status


async def test_head_prefix_origin_and_frames(behind: Server) -> None:
    async with client(behind.address) as http:
        got, head = await http.get("/", headers={"X-Forwarded-Prefix": "/evil"}), await http.head("/")
        assert (got.status_code, head.status_code, head.content) == (200, 200, b"")
        assert "/evil" not in got.text
        form = {"csrf": csrf_in(got.text)}
        for origin in ("https://evil.example", "null", behind.address.replace("http:", "https:")):
            assert (await http.post("/login", data=form, headers={"Origin": origin})).status_code == 403
    intruder = await Intruder.open(behind.address)
    with suppress(RefusedError):
        await intruder.line.send("42" + json.dumps(["event", {"args": ["x" * 100_000]}]))
    await intruder.shut_out()


async def test_a_request_that_is_cut_off_reaches_nobody(behind: Server) -> None:
    netloc = urlsplit(behind.address).netloc
    for half in (f"POST /login HTTP/1.1\r\nHost: {netloc}\r\nContent-Length: 50\r\n\r\ncsrf=", "GET / HTTP/1.1\r\nHo"):
        _, writer = await hang_on(behind, half.encode())
        await asyncio.sleep(0.1)
        await hang_up(writer)
    whole = f"GET /healthz HTTP/1.1\r\nHost: {netloc}\r\n\r\n".encode()
    assert (await answer_to(behind, whole)).startswith(b"HTTP/1.1 200")
