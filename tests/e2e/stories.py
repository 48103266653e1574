"""Stories that take long because they wait: told all at once, heard to their end in test_stories."""

import asyncio
from collections.abc import Awaitable, Callable

from playwright.async_api import Locator, expect

from tests.e2e.accessibility import faults
from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room, expect_no_acts

_NETWORK = r"WebSocket connection|net::ERR_"
_REMEMBER = """element => {
    window.seen = [element.innerText];
    new MutationObserver(() => window.seen.push(element.innerText))
        .observe(element, {childList: true, subtree: true, characterData: true});
}"""


class Since:
    """Measures a while that begins now."""

    def __init__(self) -> None:
        self._began = asyncio.get_running_loop().time()

    @property
    def seconds(self) -> float:
        """How long it has lasted."""
        return asyncio.get_running_loop().time() - self._began

    async def reach(self, seconds: float) -> None:
        """Wait until the while has lasted that long."""
        await asyncio.sleep(seconds - self.seconds)


async def watch(element: Locator) -> None:
    """Remember every text that the element shows from now on."""
    await element.evaluate(_REMEMBER)


async def seen_by(room: Room) -> list[str]:
    """What a watched element of this page has shown."""
    seen: list[str] = await room.page.evaluate("window.seen")
    return seen


async def mark(room: Room) -> None:
    """Make it known when this page is loaded again."""
    await room.page.evaluate("window.isTheSamePage = true")


async def is_the_same_page(room: Room) -> bool:
    """Whether it has not been loaded again since it was marked."""
    return bool(await room.page.evaluate("window.isTheSamePage"))


async def expect_the_same_page(room: Room) -> None:
    assert await is_the_same_page(room)


async def meet(newcomer: Newcomer, *, line: Line | None = None, **draft: str) -> tuple[Person, Person, Room, Room]:
    """A seller and a buyer, who may have a network of their own, and the room of a trade as each of them sees it."""
    seller, buyer = await asyncio.gather(newcomer("Sam"), newcomer("Bea", line=line))
    offered = await seller.create_trade(**draft)
    return seller, buyer, offered, await buyer.enter(await offered.link())


async def an_offer_expires_by_itself_everywhere_and_accepting_it_is_refused(newcomer: Newcomer) -> None:
    seller, buyer, offered, entered = await meet(newcomer, title="Ice cream", minutes="1")
    lists, board = (await seller.another_tab(), await buyer.another_tab()), await seller.another_tab()
    for person, page in zip((seller, buyer), lists, strict=True):
        await person.visit("/trades", page)
    await seller.visit("/activity", board)
    await board.get_by_label("Search by title").fill("Ice cream")
    rows = [page.get_by_test_id("trade").filter(has_text="Ice cream") for page in (*lists, board)]
    await entered.page.bring_to_front()
    await entered.open("Accept deal")
    await expect(offered.countdown).to_have_attribute("data-phase", "urgent")
    for room in (offered, entered, *map(Room, (*lists, board))):
        await mark(room)
    for row in rows:
        await expect(row).to_contain_text("In negotiation")
    for room in (offered, entered):
        await expect(room.status).to_have_text("Expired", timeout=75_000)
        await expect(room.countdown).to_have_count(0)
        await expect(room.page.get_by_text("The deadline passed before anybody agreed.")).to_be_visible()
        await expect(room.timeline.get_by_text("The offer expired")).to_have_count(1)
        await expect(room.messages.get_by_text("The offer expired")).to_have_count(1)
    for row in rows:
        await expect(row).to_contain_text("Expired")
    for row in rows[:2]:
        await expect(row).to_contain_text("View details")
        await expect(row.get_by_role("timer")).to_have_count(0)
    await expect(entered.dialog.get_by_role("alert")).to_contain_text("Nothing was accepted. The offer expired at")
    await expect(entered.button("Close")).to_be_focused()
    await expect_no_acts(offered, entered)
    for page in (offered.page, entered.page, *lists, board):
        await page.emulate_media(reduced_motion="reduce")
        assert await faults(page) == {}, page.url
    await entered.page.bring_to_front()
    await entered.confirm("Close")
    await entered.say("Too late, sorry.")
    await expect(offered.message("Too late, sorry.")).to_be_visible()
    await expect(offered.timeline.get_by_text("accepted")).to_have_count(0)
    for room in (offered, entered, *map(Room, (*lists, board))):
        await expect_the_same_page(room)


async def two_tabs_are_one_person_a_reload_never_flickers_and_the_last_tab_counts(newcomer: Newcomer) -> None:
    _, buyer, seller, first = await meet(newcomer)
    await watch(seller.participants)
    second = await buyer.enter(first.page.url, await buyer.another_tab())
    await expect(second.participants.get_by_text(buyer.name)).to_have_count(1)
    await expect(seller.participants.get_by_text(buyer.name)).to_have_count(1)
    await first.page.close()
    await second.reload()
    await second.reload()
    await asyncio.sleep(11)  # longer than anybody's leaving takes
    assert all(text.count(buyer.name) == 1 for text in await seen_by(seller)), await seen_by(seller)
    await second.page.close()
    await expect(seller.participants.get_by_text(buyer.name)).to_have_count(0, timeout=15_000)
    await expect(seller.participants).to_contain_text("(you)")
    await expect(seller.part("counterparty")).to_contain_text(f"{buyer.name} · Buyer · last seen ")
    await expect(seller.part("counterparty")).to_have_attribute("data-presence", "gone")
    await expect(seller.status).to_have_text("In negotiation")


async def a_drop_shows_nobody_leaving_and_a_cut_of_five_seconds_loses_nothing(newcomer: Newcomer) -> None:
    async with Line() as line:
        _, person, seller, buyer = await meet(newcomer, line=line)
        person.expects(_NETWORK)
        await mark(buyer)
        await watch(seller.participants)
        line.cut()
        await expect(buyer.connection).to_contain_text("Not connected")
        line.mend()
        await expect(buyer.connection).to_be_empty()
        await asyncio.sleep(11)  # longer than anybody's leaving takes
        assert all(person.name in text for text in await seen_by(seller)), await seen_by(seller)
        line.cut()
        cut = Since()
        await expect(buyer.connection).to_contain_text("Not connected")
        await buyer.field.fill("Sent in the dark")
        await buyer.field.press("Enter")
        await seller.say("Said meanwhile")
        await seller.amend(price="900.50")
        await cut.reach(5)
        line.mend()
        await expect(seller.message("Sent in the dark")).to_have_count(1, timeout=20_000)
        await expect(buyer.message("Sent in the dark")).to_have_count(1)
        await expect(buyer.message("Said meanwhile")).to_have_count(1)
        await expect(buyer.part("price")).to_have_text("$900.50")
        await expect(buyer.field).to_have_value("")
        await expect(buyer.connection).to_be_empty()
        await expect_the_same_page(buyer)
        await buyer.reload()
        await expect(buyer.message("Sent in the dark")).to_have_count(1)


async def a_silence_of_forty_seconds_shows_as_absence_and_keeps_the_page_and_what_was_typed(newcomer: Newcomer) -> None:
    async with Line() as line:
        _, person, seller, buyer = await meet(newcomer, line=line)
        person.expects(_NETWORK)
        await mark(buyer)
        await buyer.field.press_sequentially("Before the tunnel")
        await expect(seller.participants).to_contain_text(person.name)
        line.fall_silent()
        silence = Since()
        await buyer.field.press_sequentially(", and in it")
        await seller.say("Said meanwhile")
        await seller.amend(price="900.50")
        await expect(seller.participants).not_to_contain_text(person.name, timeout=30_000)
        await silence.reach(40)
        line.mend()
        await expect(buyer.message("Said meanwhile")).to_have_count(1, timeout=20_000)
        await expect(buyer.part("price")).to_have_text("$900.50")
        await expect(buyer.field).to_have_value("Before the tunnel, and in it")
        await expect_the_same_page(buyer)
        await expect(seller.participants).to_contain_text(person.name)
        await buyer.field.press("Enter")
        await expect(seller.message("Before the tunnel, and in it")).to_have_count(1)


async def a_person_who_signs_out_and_comes_back_meets_the_other_in_the_same_room(newcomer: Newcomer) -> None:
    _, person, seller, buyer = await meet(newcomer)
    link = buyer.page.url
    await buyer.button("Sign out").click()
    await expect(buyer.button("Sign in")).to_be_visible()
    await asyncio.sleep(95)  # longer than the server keeps a room's page for a browser that has gone
    await person.visit(link)
    await person.enter_name_and_password("Sign in")
    await person.page.wait_for_url(link)
    await buyer.say("Here again")
    await expect(seller.message("Here again")).to_have_count(1)
    await expect(seller.participants).to_contain_text(person.name)


async def three_minutes_offline_lose_nothing_that_was_typed_and_nothing_that_was_missed(newcomer: Newcomer) -> None:
    """Longer than the server keeps the page, which is loaded again by itself then."""
    async with Line() as line:
        _, person, seller, buyer = await meet(newcomer, line=line)
        person.expects(_NETWORK)
        await mark(buyer)
        await person.context.set_offline(True)
        line.cut()
        away = Since()
        await expect(buyer.connection).to_contain_text("Not connected")
        await buyer.field.fill("Sent offline")
        await buyer.field.press("Enter")
        await buyer.field.press_sequentially("Half-wri")
        await seller.say("Said meanwhile")
        await seller.amend(price="900.50")
        await away.reach(180)
        await expect(seller.participants).not_to_contain_text(person.name)
        line.mend()
        await person.context.set_offline(False)
        for room in (seller, buyer):
            await expect(room.message("Sent offline")).to_have_count(1, timeout=20_000)
        assert not await is_the_same_page(buyer)
        await expect(buyer.message("Said meanwhile")).to_have_count(1)
        await expect(buyer.part("price")).to_have_text("$900.50")
        await expect(buyer.field).to_have_value("Half-wri")
        await expect(buyer.connection).to_be_empty()
        await expect(seller.participants).to_contain_text(person.name)
        await expect(buyer.countdown).not_to_have_attribute("data-stale", "")


Story = Callable[[Newcomer], Awaitable[None]]
STORIES: tuple[Story, ...] = (
    three_minutes_offline_lose_nothing_that_was_typed_and_nothing_that_was_missed,
    an_offer_expires_by_itself_everywhere_and_accepting_it_is_refused,
    a_person_who_signs_out_and_comes_back_meets_the_other_in_the_same_room,
    a_silence_of_forty_seconds_shows_as_absence_and_keeps_the_page_and_what_was_typed,
    two_tabs_are_one_person_a_reload_never_flickers_and_the_last_tab_counts,
    a_drop_shows_nobody_leaving_and_a_cut_of_five_seconds_loses_nothing,
)
