"""What is not connected says so: clocks run on and are marked, what acts is paused, and all of it comes back."""

import asyncio

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.stories import expect_the_same_page, mark
from tests.e2e.test_clock import SHIFT, seconds

_NETWORK = "WebSocket|net::ERR_"
_WIDTH = 320
_CROSSED = """
    const box = (element) => element.getBoundingClientRect();
    const line = box(document.querySelector('p.connection'));
    return [...document.querySelectorAll('.bar-top, .bar, .deal, .whose, .composer, .decision')]
        .filter((other) => box(other).top < line.bottom && box(other).bottom > line.top)
        .map((other) => other.className);
"""
_CLOCKS = """async (faces) => {
    const clocks = faces.map((face) => {
        const clock = document.createElement('div');
        clock.className = 'clock';
        clock.textContent = face;
        document.querySelector('.columns').append(clock);
        return clock;
    });
    const looks = (clock) => [clock.textContent, clock.dataset.phase, clock.hasAttribute('data-stale')];
    return Promise.all(clocks.map((clock) => new Promise((next) => {
        const face = clock.textContent;
        new MutationObserver(() => clock.textContent !== face && setTimeout(() => next(looks(clock)))).observe(
            clock, {childList: true, characterData: true, subtree: true});
    })));
}"""
"""Puts clocks into the page; gives back how each of them looks right after its face has changed."""
_MARKS = """clock => {
    window.marks = [];
    new MutationObserver(() => window.marks.push(clock.hasAttribute('data-stale')))
        .observe(clock, {attributeFilter: ['data-stale']});
}"""


_SAID = """() => {
    window.said = [];
    const line = document.querySelector('p.connection'), look = () => window.said.push(line.textContent);
    new MutationObserver(look).observe(line, {childList: true, characterData: true, subtree: true});
}"""
"""Keeps all that the line says from now on."""


async def _cut_off(newcomer: Newcomer, line: Line, *, minutes: str = "30", shift: int = 0) -> tuple[Person, Room, Room]:
    """Somebody, the other side's room, and their own, whose line can be cut."""
    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects(_NETWORK)
    if shift:
        await person.context.add_init_script(SHIFT.replace("SHIFT", str(shift)))
    offered = await seller.create_trade(minutes=minutes)
    entered = await person.enter(await offered.link())
    await mark(entered)
    return person, offered, entered


async def _expect_the_same_time(*clocks: Locator) -> None:
    one, other = [seconds(text) for text in await asyncio.gather(*(clock.inner_text() for clock in clocks))]
    assert abs(one - other) <= 1


@pytest.mark.parametrize("way", ["cut", "silent", "offline"])
async def test_a_clock_without_a_sign_runs_on_is_marked_and_is_right(newcomer: Newcomer, line: Line, way: str) -> None:
    """Whether the line is cut, hangs without a word, or the browser says itself that it is offline; with a clock of the
    machine that is wrong."""
    person, offered, entered = await _cut_off(newcomer, line, shift=-3600)
    clock = entered.countdown
    await expect(clock).not_to_have_attribute("data-stale", "")
    if way == "offline":
        network = await person.context.new_cdp_session(entered.page)
        await network.send("Network.enable")
        conditions = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        await network.send("Network.emulateNetworkConditions", {"offline": True, **conditions})
        await entered.page.evaluate("socket.io.engine.close()")  # not every browser cuts what is open already
    elif way == "cut":
        line.cut()
    else:
        line.fall_silent()
    await expect(clock).to_have_attribute("data-stale", "", timeout=4_000)
    await expect(entered.connection).to_have_text("Not connected. Trying again… What you typed is kept.")
    for _ in range(2):
        shown = await clock.inner_text()
        await expect(clock).not_to_have_text(shown)
        await _expect_the_same_time(clock, offered.countdown)
    await expect(offered.connection).to_be_empty()
    line.mend()
    if way == "offline":
        await network.send("Network.emulateNetworkConditions", {"offline": False, **conditions})
    await expect(entered.connection).to_be_empty(timeout=20_000)
    await expect(clock).not_to_have_attribute("data-stale", "")
    await _expect_the_same_time(clock, offered.countdown)
    await entered.say("Here again")
    await expect(offered.message("Here again")).to_have_count(1)
    await expect_the_same_page(entered)


async def test_while_the_line_is_cut_nothing_is_said_of_what_the_other_side_does(
    newcomer: Newcomer, line: Line
) -> None:
    """Who was there and typed may have gone for long: neither words nor the dot say so, until they are known again."""
    _, offered, entered = await _cut_off(newcomer, line)
    presence = entered.part("counterparty").locator(".note")
    dot = "getComputedStyle(document.querySelector('[data-testid=counterparty]'), '::after').display !== 'none'"
    await expect(presence).to_have_text(" · here")
    await offered.field.press_sequentially("One moment")
    await expect(entered.typing).to_be_visible()
    assert await entered.page.evaluate(dot)
    line.cut()
    await expect(entered.connection).to_contain_text("Not connected")
    await expect(entered.page.get_by_text("is typing…")).to_be_hidden()
    await expect(presence).to_be_hidden()
    await expect(entered.part("counterparty")).to_contain_text(" · Seller")
    assert not await entered.page.evaluate(dot)
    line.mend()
    await expect(entered.connection).to_be_empty(timeout=20_000)
    await expect(presence).to_be_visible()
    assert await entered.page.evaluate(dot)


async def test_while_the_line_is_cut_what_acts_is_paused_and_a_press_says_so(newcomer: Newcomer, line: Line) -> None:
    _, offered, entered = await _cut_off(newcomer, line)
    await entered.open("Accept deal")
    line.cut()
    await expect(entered.connection).to_contain_text("Not connected")
    await expect(entered.page.get_by_role("dialog").locator(".clock")).to_have_attribute("data-stale", "")
    looks = "button => [getComputedStyle(button).backgroundColor, getComputedStyle(button).color]"
    paused = [await entered.button(name).evaluate(looks) for name in ("Accept these terms", "Cancel", "Got it")]
    assert paused[0] == paused[1] == paused[2], "a button looks as if it could be pressed"
    for name in ("Accept these terms", "Cancel"):
        await expect(entered.button(name)).to_be_disabled()
        await entered.button(name).dispatch_event("click")
        await expect(entered.connection).to_contain_text(f"“{name}” was not done")
    line.mend()
    await expect(entered.connection).to_be_empty(timeout=20_000)
    await entered.confirm("Cancel")
    await expect(offered.status).to_have_text("In negotiation")
    line.cut()
    await expect(entered.button("Accept deal")).to_be_disabled()
    await expect(entered.field).to_be_enabled()
    await expect(entered.page.get_by_role("link", name="My trades", exact=True)).to_be_enabled()
    await expect(entered.button("Sign out")).to_be_enabled()
    await entered.page.set_viewport_size({"width": _WIDTH, "height": 568})
    await entered.button("More actions").click()
    await entered.button("Counter-offer").focus()
    await entered.page.keyboard.press("Enter")
    await expect(entered.connection).to_contain_text("“Counter-offer” was not done")
    await expect(entered.dialog).to_have_count(0)
    await entered.page.keyboard.press("Escape")
    assert await entered.page.evaluate(f"(() => {{ {_CROSSED} }})()") == []
    assert await entered.page.evaluate("document.scrollingElement.scrollWidth") == _WIDTH
    await expect(entered.connection).to_be_in_viewport(ratio=1)
    await expect(entered.button("Accept deal")).to_be_in_viewport(ratio=1)
    line.mend()
    await expect(entered.connection).to_be_empty(timeout=20_000)
    await entered.accept()
    await expect(offered.status).to_have_text("Accepted")
    await expect(offered.connection).to_be_empty()  # a closed room has no clock that could be missed


@pytest.mark.parametrize("size", [(1440, 900), (844, 390)])
async def test_what_waits_to_be_sent_ends_where_what_was_sent_does(
    newcomer: Newcomer, line: Line, size: tuple[int, int]
) -> None:
    person, _, entered = await _cut_off(newcomer, line)
    await person.page.set_viewport_size({"width": size[0], "height": size[1]})
    await entered.say("Sent")
    line.cut()
    await expect(entered.connection).to_contain_text("Not connected")
    await entered.field.fill("Not sent yet")
    await entered.field.press("Enter")
    await expect(person.page.locator(".waiting .message")).to_have_count(1)
    ends = await person.page.locator(".own .bubble").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().right)"
    )
    assert len(ends) == 2
    assert ends[0] == ends[1]


async def test_a_page_that_keeps_nothing_does_not_say_that_it_does(newcomer: Newcomer, line: Line) -> None:
    """A search, a filter and an address for mails are gone with the page, as after a restart of the server."""
    person = await newcomer("Sam", line=line)
    person.expects(_NETWORK)
    for path, said in (("/account", ""), ("/trades", ""), ("/trades/new", " What you typed is kept.")):
        await person.visit(path)
        await person.page.wait_for_function("window.socket?.connected")
        line.cut()
        await expect(person.page.get_by_test_id("connection")).to_have_text(f"Not connected. Trying again…{said}")
        line.mend()
        await expect(person.page.get_by_test_id("connection")).to_be_empty(timeout=20_000)


async def test_a_clock_that_ends_on_a_silent_line_does_not_make_the_page_look_connected(
    newcomer: Newcomer, line: Line
) -> None:
    """No tick is due any more, but the last ones have not come."""
    entered = await _fallen_silent(newcomer, line)
    await entered.page.evaluate("document.querySelectorAll('.clock').forEach(clock => clock.textContent = '0:01')")
    await expect(entered.countdown).to_have_attribute("data-phase", "over")
    for _ in range(5):
        await entered.page.wait_for_timeout(200)
        assert "Not connected" in await entered.connection.inner_text()
    await expect(entered.button("Accept deal")).to_be_disabled()
    line.mend()
    await expect(entered.connection).to_be_empty(timeout=20_000)
    await expect(entered.button("Accept deal")).to_be_enabled()


async def test_a_socket_that_ends_in_a_silence_does_not_make_the_page_look_connected(
    newcomer: Newcomer, line: Line
) -> None:
    """By Socket.IO's ping, long after the page has missed the ticks of its clock."""
    entered = await _fallen_silent(newcomer, line)
    await entered.page.evaluate(_SAID)
    await entered.page.wait_for_function("!window.socket.connected", timeout=20_000)
    await entered.page.wait_for_timeout(1000)
    assert await entered.page.evaluate("window.said") == []
    await expect(entered.button("Accept deal")).to_be_disabled()


async def _fallen_silent(newcomer: Newcomer, line: Line) -> Room:
    """A room whose line says nothing more, and whose page has noticed it."""
    _, _, entered = await _cut_off(newcomer, line)
    line.fall_silent()
    await expect(entered.connection).to_contain_text("Not connected")
    return entered


async def _expect_connected(room: Room) -> None:
    """For longer than a page waits for a sign where a clock runs, and than Socket.IO lets it wait for a ping."""
    for _ in range(30):
        assert not await room.connection.inner_text()
        await asyncio.sleep(0.2)
    await room.confirm("Close")


async def test_a_trade_that_ends_under_an_open_dialog_is_no_lost_line(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await seller.open("Amend deal")
    await buyer.reject()
    await expect(seller.dialog.get_by_role("alert")).to_contain_text("rejected")
    await _expect_connected(seller)


async def test_a_seat_that_is_released_under_an_open_dialog_is_no_lost_line(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.open("Counter-offer")
    await seller.open("Invitation")
    await seller.confirm("Release seat")
    await expect(buyer.dialog.get_by_role("alert")).to_contain_text("taken the buyer's seat back")
    await _expect_connected(buyer)


async def test_a_frozen_page_and_a_sleeping_computer_show_the_right_time_again(newcomer: Newcomer, line: Line) -> None:
    person, offered, entered = await _cut_off(newcomer, line)
    lifecycle = await person.context.new_cdp_session(entered.page)
    await lifecycle.send("Page.setWebLifecycleState", {"state": "frozen"})
    await asyncio.sleep(3)  # that long the page lies frozen
    await lifecycle.send("Page.setWebLifecycleState", {"state": "active"})
    await expect(entered.countdown).not_to_have_attribute("data-stale", "")
    await _expect_the_same_time(entered.countdown, offered.countdown)
    await entered.countdown.evaluate(_MARKS)
    await entered.page.evaluate(SHIFT.replace("SHIFT", "600"))  # as after ten minutes in which nothing counted
    await entered.page.wait_for_function("marks.includes(true)")
    await expect(entered.countdown).not_to_have_attribute("data-stale", "")
    await _expect_the_same_time(entered.countdown, offered.countdown)


async def test_a_clock_by_itself_shows_every_face_and_phase_and_says_when_time_is_short(
    newcomer: Newcomer, line: Line
) -> None:
    _, _, entered = await _cut_off(newcomer, line)
    line.cut()
    await expect(entered.connection).to_contain_text("Not connected")
    expected = {
        "365 d 00:00:00": ["364 d 23:59:59", "calm", True],
        "1 d 00:00:00": ["23:59:59", "calm", True],
        "1:00:00": ["59:59", "calm", True],
        "10:00": ["9:59", "calm", True],
        "5:01": ["5:00", "soon", True],
        "2:01": ["2:00", "urgent", True],
        "0:01": ["0:00", "over", False],
    }
    assert await entered.page.evaluate(_CLOCKS, list(expected)) == list(expected.values())
    said = entered.page.locator(".announcements p")
    await expect(said).to_have_count(0)
    for face, words in (("5:01", "five minutes"), ("1:01", "one minute")):
        await entered.countdown.evaluate("(clock, face) => clock.textContent = face", face)
        await expect(said.filter(has_text=f"Less than {words} left.")).to_have_count(1)
    await expect(said).to_have_count(0)  # said, and not to be found any more
