"""A socket that has not opened a page speaks for nobody, and only the session that got a page opens it."""

import json
from uuid import uuid4

import pytest

from tests.bench import deeds
from tests.bench.town import Town
from tests.e2e.server import Server
from tests.security import forgery
from tests.security.conftest import Scene
from tests.security.forgery import cookie_of, handshake, unopened
from tests.security.intruder import TRANSPORTS, Intruder, RefusedError
from tests.security.truth import Truth

TRANSPORT = pytest.mark.parametrize("transport", TRANSPORTS)


async def open_dialogs(scene: Scene) -> None:
    """Both people are about to decide: the seller to amend, the buyer to accept."""
    scene.seller.press("Amend deal")
    scene.buyer.press("Accept deal")
    await scene.seller.until(lambda page: page.has_button("Save changes"))
    await scene.buyer.until(lambda page: page.has_button("Accept these terms"))


@TRANSPORT
@pytest.mark.parametrize("who", ["nobody", "an outsider", "the counterparty"])
async def test_whoever_knows_all_numbers_of_a_page_still_cannot_press_anything_on_it(
    scene: Scene, truth: Truth, site: str, who: str, transport: str
) -> None:
    await open_dialogs(scene)
    for victim, other in ((scene.buyer, scene.deal.seller), (scene.seller, scene.deal.buyer)):
        cookie = {"nobody": "", "an outsider": cookie_of(scene.eve), "the counterparty": cookie_of(other)}[who]
        intruder = await Intruder.open(site, transport=transport, cookie=cookie)
        forged = list(forgery.messages(victim.page))
        pressed = {number for number, element in victim.page.elements.items() if (element.get("events"))}
        assert {str(message["id"]) for message in forged} == pressed
        assert len(forged) > 15
        async with truth.unchanged(scene.seller, scene.buyer):
            assert await intruder.emit_all("event", forged) == [None] * len(forged)
        assert intruder.heard == []
        await intruder.close()
    assert await deeds.say(scene.seller, scene.buyer) > 0


@TRANSPORT
async def test_the_same_events_are_heard_when_the_page_s_own_socket_sends_them(
    scene: Scene, place: Town, site: str, transport: str
) -> None:
    """Without this, the tests around it could pass because what they forge was never right."""
    page = await unopened(site, scene.deal.buyer, scene.deal.path)
    own = await Intruder.open(site, transport=transport, cookie=cookie_of(scene.deal.buyer), **handshake(page))
    before = await place.count("messages")
    arrived = scene.seller.sees(forgery.FORGED)
    await own.emit_all("event", forgery.messages(page))
    await arrived
    assert await place.count("messages") > before
    await own.close()


async def test_a_foreign_socket_answers_acknowledges_and_logs_for_nobody(
    scene: Scene, truth: Truth, server: Server, site: str
) -> None:
    intruder = await Intruder.open(site, cookie=cookie_of(scene.eve))
    for victim in (scene.seller, scene.buyer):
        client = {"client_id": victim.page.client_id}
        async with truth.unchanged(scene.seller, scene.buyer):
            await intruder.emit("ack", {**client, "next_message_id": 10**9})
            await intruder.emit("javascript_response", {**client, "request_id": str(uuid4()), "result": "x"})
            await intruder.emit("log", {**client, "level": "error", "message": "Traceback: forged"})
            await intruder.line.send('42["disconnect","forged"]')  # not heard, so nothing answers
    await deeds.say(scene.seller, scene.buyer)
    await deeds.say(scene.buyer, scene.seller)
    await intruder.close()
    noted = [json.loads(line) for line in server.log.splitlines() if '"event_refused"' in line]
    assert noted
    assert all(each["address"] in {"127.0.0.1", "::1"} for each in noted), "or many of one hide those of another"


@TRANSPORT
@pytest.mark.parametrize("way", ["in the query", "by an event"])
async def test_a_page_is_opened_only_with_the_session_that_asked_for_it(
    scene: Scene, site: str, transport: str, way: str
) -> None:
    page = await unopened(site, scene.deal.buyer, scene.deal.path)
    hello = handshake(page)
    held = cookie_of(scene.deal.buyer)
    for cookie in ("", cookie_of(scene.eve), cookie_of(scene.deal.seller), held + "x", held.split(".")[0]):
        if way == "in the query":
            with pytest.raises(RefusedError, match="Implicit handshake failed"):
                await Intruder.open(site, transport=transport, cookie=cookie, **hello)
            continue
        intruder = await Intruder.open(site, transport=transport, cookie=cookie)
        assert await intruder.emit("handshake", hello) is False
        await intruder.emit_all("event", forgery.messages(page))
        assert intruder.heard == []
        await intruder.close()
    owner = await Intruder.open(site, transport=transport, cookie=held, **hello)
    await owner.close()


async def test_a_page_that_is_open_is_not_opened_a_second_time_by_another_tab(scene: Scene, site: str) -> None:
    for cookie in (cookie_of(scene.deal.buyer), cookie_of(scene.eve)):
        with pytest.raises(RefusedError, match="Implicit handshake failed"):
            await Intruder.open(site, cookie=cookie, **handshake(scene.buyer.page))


async def test_a_socket_cannot_open_another_page_beside_its_own(scene: Scene, truth: Truth, site: str) -> None:
    mine = await unopened(site, scene.eve, "/trades")
    victim = await unopened(site, scene.deal.buyer, scene.deal.path)
    eve = await Intruder.open(site, cookie=cookie_of(scene.eve), **handshake(mine))
    async with truth.unchanged(scene.seller, scene.buyer):
        assert await eve.emit("handshake", handshake(victim)) is False
        await eve.emit_all("event", forgery.messages(victim))
        both = [mine.client_id, victim.client_id]
        await eve.emit_all("event", [{**message, "client_id": both} for message in forgery.messages(victim)])
    assert not [said for said in eve.heard if scene.deal.trade.code in said]
    await eve.close()


async def test_a_socket_opens_the_page_that_it_was_counted_with_and_no_other_of_its_own_session(
    scene: Scene, truth: Truth, site: str
) -> None:
    """Else one socket of many pages would be counted as one."""
    first = await unopened(site, scene.deal.buyer, "/trades")
    second = await unopened(site, scene.deal.buyer, scene.deal.path)
    held = cookie_of(scene.deal.buyer)
    for hello in (handshake(first), {}):
        own = await Intruder.open(site, cookie=held, **hello)
        async with truth.unchanged(scene.seller, scene.buyer):
            assert await own.emit("handshake", handshake(second)) is False
            await own.emit_all("event", forgery.messages(second))
        await own.close()


FOREIGN = [
    "http://evil.example",
    "https://localhost.evil.example",
    "http://localhost:1",
    "http://localhost",
    "http://localhost@evil.example",
    "null",
    "file://",
]


@TRANSPORT
@pytest.mark.parametrize("origin", FOREIGN)
async def test_the_page_of_another_site_opens_no_socket(site: str, transport: str, origin: str) -> None:
    claims: tuple[dict[str, str], ...] = (
        {},
        {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Forwarded-For": "127.0.0.1"},
    )
    for claim in claims:
        with pytest.raises(RefusedError, match="403"):
            await TRANSPORTS[transport].open(site, {}, {"Origin": origin, **claim})
    line = await TRANSPORTS[transport].open(site, {}, {"Origin": site})
    await line.close()


@TRANSPORT
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
async def test_a_host_name_that_is_not_ours_opens_no_socket(site: str, transport: str, host: str) -> None:
    # ASGI knows one refusal of a websocket; its status is 403.
    with pytest.raises(RefusedError, match="403" if transport == "websocket" else "421"):
        await TRANSPORTS[transport].open(site, {}, {"Host": host, "Origin": f"http://{host}"})


async def test_what_is_not_shown_to_an_outsider_does_not_arrive_at_their_socket_either(scene: Scene, site: str) -> None:
    page = await unopened(site, scene.eve, "/activity")
    eve = await Intruder.open(site, cookie=cookie_of(scene.eve), **handshake(page))
    await deeds.say(scene.seller, scene.buyer)
    await deeds.amend(scene.seller, [scene.buyer], 77_77)
    while not any("77.77" in said for said in eve.heard):  # the dashboard's row, which everybody may see
        await eve.hear()
    told = "".join(eve.heard)
    assert scene.deal.trade.code not in told
    assert "word-" not in told
    await eve.close()
