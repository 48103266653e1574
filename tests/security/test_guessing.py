"""Guessing names, passwords and invitation codes: slow, fruitless, and nothing that helps is told."""

import asyncio
from itertools import count
from statistics import median
from time import perf_counter

import httpx
import pytest

from app.ui.http.cookies import CSRF_COOKIE, SESSION_COOKIE, cookie_name
from tests.bench.browser import Browser
from tests.bench.page import csrf_in
from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.intruder import client
from tests.security.test_sessions import PASSWORD, cookies_of, sign_up
from tests.security.truth import Truth

TOO_OFTEN = "That was very often in a short time. Please wait a minute and try again."
WRONG = "Name or password is wrong."
_addresses = count(1)


def from_address(address: str = "", by: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client whom a proxy at `by` says to be at `address`."""
    transport = httpx.AsyncHTTPTransport(local_address=by, verify=False)
    return client(transport=transport, headers={"X-Forwarded-For": address or _fresh()}, timeout=60)


def _fresh() -> str:
    return f"203.0.113.{next(_addresses)}"


class Door:
    """The sign-in page of one browser."""

    def __init__(self, http: httpx.AsyncClient, site: str) -> None:
        self._http, self._site = http, site
        self._csrf = self._seed = ""

    async def open(self) -> "Door":
        """Get the page."""
        page = await self._http.get(f"{self._site}/")
        self._csrf, self._seed = (
            csrf_in(page.text),
            next(value for name, value in page.cookies.items() if name.endswith(CSRF_COOKIE)),
        )
        self._http.cookies.clear()  # a Secure cookie would not come back over plain HTTP
        return self

    async def knock(self, name: str, password: str, way: str = "/login", forwarded: str = "") -> str:
        """The flash cookie that the answer sets: what was wrong, for the next page to say."""
        headers = cookies_of({CSRF_COOKIE: self._seed, cookie_name(CSRF_COOKIE, secure=True): self._seed})
        headers |= {"X-Forwarded-For": forwarded} if forwarded else {}
        form = {"name": name, "password": password, "csrf": self._csrf}
        answer = await self._http.post(f"{self._site}{way}", data=form, headers=headers)
        flash = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
        self._http.cookies.clear()
        return flash

    async def said(self, flash: str) -> str:
        """The page that this word leads to."""
        return (await self._http.get(f"{self._site}/", headers={"Cookie": flash})).text


@pytest.mark.parametrize(("way", "most"), [("/signup", 30), ("/login", 60)])
async def test_so_many_tries_from_one_address_and_then_a_clear_sentence(
    public_server: Server, way: str, most: int
) -> None:
    async with from_address() as http:
        door = await Door(http, public_server.address).open()
        # Under many names: at one name, guessing ends earlier.
        flashes = await asyncio.gather(*(door.knock(f"Nobody {n}", "x", way) for n in range(most)))
        assert TOO_OFTEN not in await door.said(flashes[-1])
        assert TOO_OFTEN in await door.said(await door.knock("", "x", way))
        # The proxy's other clients go on, and what a client says of itself before the proxy adds to it does not count.
        assert TOO_OFTEN not in await door.said(await door.knock("", "x", way, _fresh()))
        spoofed = f"198.51.100.7, {http.headers['X-Forwarded-For']}"
        assert TOO_OFTEN in await door.said(await door.knock("", "x", way, spoofed))


async def test_a_forwarded_address_counts_only_from_a_trusted_proxy(public_server: Server) -> None:
    async with from_address(by="127.0.0.9") as http:
        door = await Door(http, public_server.address).open()
        flashes = [await door.knock("", "x", "/signup", _fresh()) for _ in range(31)]
        assert TOO_OFTEN not in await door.said(flashes[29])
        assert TOO_OFTEN in await door.said(flashes[30])


async def test_somebody_who_tries_room_links_is_stopped_and_others_are_not(scene: Scene, public_server: Server) -> None:
    async with client(public_server.address, timeout=60) as http:
        eve, buyer = (cookies_of(each.cookies, secure=True) for each in (scene.eve, scene.deal.buyer))
        gate = asyncio.Semaphore(4)

        async def look(number: int) -> int:
            async with gate:
                return (await http.get(f"/room/{number:026}", headers=eve)).status_code

        assert set(await asyncio.gather(*map(look, range(300)))) == {404}
        stopped = await http.get(scene.deal.path, headers=eve)
        assert stopped.status_code == 429
        assert TOO_OFTEN in stopped.text
        assert (await http.get(scene.deal.path, headers=buyer)).status_code == 200


async def test_an_unknown_name_is_answered_like_a_wrong_password_and_as_slowly(server: Server) -> None:
    name = f"Known {id(server)}"
    await sign_up(server.address, name)
    async with from_address() as http:
        door = await Door(http, server.address).open()
        took: dict[str, list[float]] = {name: [], "Unknown to all": [], "\0 impossible": []}
        for _ in range(5):
            for typed, seconds in took.items():
                began = perf_counter()
                flash = await door.knock(typed, "wrong horse")
                seconds.append(perf_counter() - began)
        for typed in took:
            assert WRONG in await door.said(await door.knock(typed, "wrong horse"))
        known, *others = (median(seconds) for seconds in took.values())
        for other in others:
            assert 0.5 < other / known < 2
        assert SESSION_COOKIE not in flash
        assert SESSION_COOKIE in await door.knock(name, PASSWORD)  # so that the wrong one was the password


async def test_invitation_codes_are_told_to_the_parties_alone(scene: Scene, site: str) -> None:
    code = scene.deal.trade.code
    for cookies, sees in (
        (scene.deal.seller.cookies, True),
        (scene.deal.buyer.cookies, True),
        (scene.eve.cookies, False),
    ):
        for path in ("/activity", "/trades"):
            assert (code in (await Browser(site, cookies).get(path)).html) == sees


async def test_the_log_tells_no_invitation_code_no_session_and_no_password(
    scene: Scene, server: Server, truth: Truth, site: str
) -> None:
    for path in (scene.deal.path, f"{scene.deal.path}/receipt.json", f"{scene.deal.path}/nothing"):
        for cookies in (scene.eve.cookies, scene.deal.buyer.cookies, {}):
            await Browser(site, cookies).get(path)
    # At the start the demo shows its operator, on purpose, the way into its room.
    log = "\n".join(line for line in server.log.splitlines() if not line.startswith("An open room: "))
    assert "Traderoom is at" in log
    codes = await truth.codes()
    assert scene.deal.trade.code in codes
    assert [code for code in codes if code in log] == []
    for secret in (PASSWORD, scene.deal.buyer.cookies[SESSION_COOKIE].split(".")[0]):
        assert secret not in log
