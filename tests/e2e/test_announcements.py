"""What a screen reader would say by itself: what matters, once, and nothing of what stood there before."""

from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

_READER = """(() => {
    window.said = [];
    const roles = {log: 'polite', status: 'polite', alert: 'assertive'};
    const heard = '[aria-live], [role=log], [role=status], [role=alert]';
    new MutationObserver((changes) => {
        for (const {addedNodes} of changes) for (const node of addedNodes) {
            const element = node.nodeType === 1 ? node : node.parentElement;
            const region = element?.closest(heard), words = (node.textContent ?? '').trim();
            const live = region?.getAttribute('aria-live') ?? roles[region?.getAttribute('role')];
            const isTyping = region?.matches('.typing');
            if (words && live && live !== 'off' && region !== node && !isTyping) window.said.push(`${live}: ${words}`);
        }
    }).observe(document, {childList: true, subtree: true});
})()"""
"""A model of one: what is added to a live region is said, unless what is added is told apart (`aria-live="off"`)."""


async def said(page: Page) -> list[str]:
    """What was said since the last time, but for who is typing, and for what comes with the page."""
    heard: list[str] = await page.evaluate("said.splice(0)")
    return [words for words in heard if "Loading the room" not in words]


async def test_what_matters_is_said_once_and_what_stood_there_before_is_not(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    await buyer.context.add_init_script(_READER)
    offered = await seller.create_trade()
    entered = await buyer.enter(await offered.link())
    for number in range(1, 36):
        await offered.say(f"Message {number}")
    await expect(entered.message("Message 35")).to_be_visible()
    heard = await said(buyer.page)
    assert [sum(f"Message {number}" in words for words in heard) for number in (34, 35)] == [1, 1]

    await entered.reload()
    await expect(entered.message("Message 10")).to_have_count(1)  # those that did not come with the page
    await entered.page.locator(".flow").evaluate("flow => { flow.scrollTop = -flow.scrollHeight; }")
    await expect(entered.message("Message 2")).to_have_count(1)  # and those that were asked for
    assert await said(buyer.page) == []

    await offered.say("I can do better")
    await offered.amend(price="900")
    await expect(entered.part("price")).to_have_text("$900.00")
    await expect(entered.page.locator(".announcements p")).to_have_count(1)
    name = seller.name
    words = [words for words in await said(buyer.page) if "I can do better" not in words]
    assert words == [f"polite: New offer by {name}: $900.00 × 2."]

    await entered.request("And the chairs?")
    await offered.amend(quantity="3", reason="With the chairs")
    await offered.open("Withdraw offer")
    await offered.confirm("Withdraw")
    await expect(entered.status).to_have_text("Withdrawn")
    assert await said(buyer.page) == [
        "polite: New request by you: And the chairs?",
        f"polite: New offer by {name}: $900.00 × 3. With the chairs",
        f"assertive: {name} withdrew the offer. No trade was made.",
    ]


async def test_the_region_is_for_readers_alone(newcomer: Newcomer) -> None:
    offered: Room = await (await newcomer("Sam")).create_trade()
    box = await offered.page.locator(".announcements").bounding_box()
    assert box is not None
    assert box["width"] <= 1
