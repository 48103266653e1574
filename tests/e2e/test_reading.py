"""Reading a room: links, copying a message, the way to the newest, a timeline without messages; and the ways in."""

from functools import partial

import pytest
from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

_CLIPBOARD = "navigator.clipboard.readText()"
_PHONE = {"width": 390, "height": 844}
_LINK = "https://example.com/oak?a=1&b=2"


async def focused(page: Page) -> str:
    """The id of what has the focus."""
    return str(await page.evaluate("document.activeElement.id"))


async def test_a_link_is_a_link_and_a_message_is_copied_as_it_was_typed(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    (seller, _), (offered, entered) = people, rooms
    await seller.context.grant_permissions(["clipboard-read", "clipboard-write"])
    text = f"See {_LINK}\nand <b>tell</b> me"
    await entered.say(text)
    link = offered.messages.get_by_role("link", name=_LINK, exact=True)
    await expect(link).to_have_attribute("href", _LINK)
    await expect(link).to_have_attribute("target", "_blank")
    await expect(link).to_have_attribute("rel", "noopener nofollow")
    copy = offered.button("Copy text")
    await expect(copy).to_have_count(0)
    await offered.messages.locator(".bubble").last.hover()
    await copy.click()
    await expect(offered.button("Copied")).to_be_visible()
    assert await offered.page.evaluate(_CLIPBOARD) == text
    await offered.field.click()
    await offered.page.mouse.move(5, 5)
    await expect(offered.button("Copied")).to_have_count(0)


async def test_messages_are_copied_by_the_keyboard_alone(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    (seller, _), (offered, entered) = people, rooms
    await seller.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for text in ("One", "Two"):
        await entered.say(text)
        await expect(offered.message(text)).to_be_visible()
    await offered.page.locator(".flow").focus()
    for key, text in (("ArrowUp", "Two"), ("ArrowUp", "One"), ("ArrowDown", "Two")):
        await offered.page.keyboard.press(key)
        await expect(offered.message(text)).to_be_focused()
    await offered.page.keyboard.press("Tab")
    await expect(offered.button("Copy text")).to_be_focused()
    await offered.page.keyboard.press("Enter")
    await expect(offered.button("Copied")).to_be_visible()
    assert await offered.page.evaluate(_CLIPBOARD) == "Two"


async def test_where_a_page_may_not_copy_the_text_is_selected(rooms: tuple[Room, Room]) -> None:
    room = rooms[0]
    await room.page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject())")
    await room.say("By hand")
    await room.message("By hand").hover()
    await room.button("Copy text").click()
    assert await room.page.evaluate("String(getSelection())") == "By hand"
    await expect(room.button("Selected: copy it from here")).to_be_visible()


@pytest.mark.parametrize("size", [_PHONE, {"width": 1440, "height": 900}], ids=["phone", "wide"])
async def test_the_way_to_the_newest_is_there_while_one_reads_further_up(
    rooms: tuple[Room, Room], size: dict[str, int]
) -> None:
    offered, entered = rooms
    await offered.page.set_viewport_size(size)  # type: ignore[arg-type]
    for number in range(15):
        await entered.say(f"number {number}\nof\nthem")
    flow, back = offered.page.locator(".flow"), offered.page.locator(".newest")
    await expect(offered.messages).to_contain_text("number 14")
    await expect(back).to_be_hidden()
    await flow.evaluate("flow => flow.scrollTop = -400")
    await expect(offered.button("To the newest")).to_be_in_viewport(ratio=1)
    await entered.say("While reading")
    await offered.button("1 new message").click()
    await expect(back).to_be_hidden()
    await expect(offered.message("While reading")).to_be_in_viewport()
    await expect(flow).to_be_focused()


async def test_the_timeline_leaves_messages_out_and_scrolls_alone(rooms: tuple[Room, Room]) -> None:
    offered, entered = rooms
    await offered.page.set_viewport_size({"width": 1440, "height": 900})
    for number in range(20):
        await entered.say(f"number {number}")
    said = offered.timeline.get_by_text("sent a message")
    await expect(said.nth(19)).to_be_attached()
    price = await offered.part("price").bounding_box()
    await offered.timeline.get_by_text("made the first offer").or_(said.last).first.hover()
    await offered.page.mouse.wheel(0, 600)
    await offered.page.wait_for_function("document.querySelector('.panels').scrollTop > 0")
    assert await offered.part("price").bounding_box() == price
    await offered.page.get_by_role("checkbox", name="Show messages", exact=True).uncheck()
    await expect(said.filter(visible=True)).to_have_count(0)
    await expect(offered.timeline.get_by_text("joined as the buyer")).to_be_visible()
    await offered.show("Version history")
    await expect(offered.page.get_by_role("checkbox", name="Show messages", exact=True)).to_be_hidden()


async def test_a_row_of_my_trades_leads_to_its_room_wherever_it_is_pressed(people: tuple[Person, Person]) -> None:
    seller, _ = people
    await seller.context.grant_permissions(["clipboard-read", "clipboard-write"])
    offered = await seller.create_trade(title="Pressed anywhere")
    link = await offered.link()
    for size in (_PHONE, {"width": 1440, "height": 900}):
        await seller.page.set_viewport_size(size)  # type: ignore[arg-type]
        await seller.visit("/trades")
        row = seller.page.get_by_test_id("trade").filter(has_text="Pressed anywhere")
        await row.get_by_role("button", name="Copy link").click()
        await expect(seller.page.get_by_text("Link copied")).to_be_visible()
        assert await seller.page.evaluate(_CLIPBOARD) == link
        for press in (
            row.get_by_role("link", name="Pressed anywhere", exact=True).click,
            row.get_by_role("link", name="Enter room", exact=True).click,
            partial(row.click, position={"x": 30, "y": 30}),
            partial(row.click, position={"x": 200, "y": 60}),
        ):
            await press()
            await seller.page.wait_for_url(link)
            await seller.page.go_back()


async def test_a_password_can_be_shown_and_the_focus_is_where_something_was_wrong(stranger: Newcomer) -> None:
    eve = await stranger("Eve")
    await eve.visit("/")
    show = eve.page.get_by_role("button", name="Show password", exact=True)
    password = eve.page.get_by_label("Password", exact=True)
    await expect(show).to_have_attribute("aria-pressed", "false")
    assert await focused(eve.page) == "name"
    await password.fill("secret")
    await show.click()
    await expect(show).to_have_attribute("aria-pressed", "true")
    await expect(password).to_have_attribute("type", "text")
    await show.press("Enter")
    await expect(password).to_have_attribute("type", "password")
    await eve.enter_name_and_password("Create account", password="short")
    await expect(eve.page.get_by_role("alert")).to_contain_text("8 to 200 characters")
    assert await focused(eve.page) == "password"
    await eve.enter_name_and_password("Create account", name="You")
    await expect(eve.page.get_by_role("alert")).to_contain_text("taken")
    assert await focused(eve.page) == "name"


async def put_away(room: Room) -> None:
    """Read the first words, and be done with them."""
    await expect(room.page.get_by_text("New here?")).to_be_in_viewport()
    await room.button("Got it").click()
    await expect(room.page.get_by_text("New here?")).to_have_count(0)


async def test_how_a_room_works_is_told_once(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    offered = await seller.create_trade()
    await put_away(offered)
    entered = await buyer.enter(await offered.link())
    await put_away(entered)
    await entered.reload()
    await entered.say("Hello")
    await expect(entered.page.get_by_text("New here?")).to_have_count(0)
