"""Signing up, in and out, and rooms that are not one's own."""

import pytest
from playwright.async_api import expect

from tests.e2e.people import Newcomer
from tests.e2e.room import PASSWORD, Person, Room

_NOT_FOUND = "status of 404"
_UNKNOWN_CODE = "0123456789abcdefghjkmnpqrs"


async def expect_refusal(person: Person, sentence: str, *, name: str) -> None:
    """Back at the form: a sentence, the name that was typed, and no password."""
    await expect(person.page.get_by_role("alert")).to_contain_text(sentence)
    await expect(person.page.get_by_label("Name", exact=True)).to_have_value(name)
    await expect(person.page.get_by_label("Password", exact=True)).to_have_value("")


async def test_a_wrong_password_and_a_taken_name_go_back_to_the_form(
    stranger: Newcomer, people: tuple[Person, Person]
) -> None:
    known, eve = people[0], await stranger("Eve")
    await eve.visit("/")
    await eve.enter_name_and_password("Sign in", name=known.name, password="wrong " + PASSWORD)
    await expect_refusal(eve, "Name or password is wrong", name=known.name)
    await eve.enter_name_and_password("Create account", name=known.name.upper(), password="another " + PASSWORD)
    await expect_refusal(eve, "taken", name=known.name.upper())
    await eve.enter_name_and_password("Create account", password="short")
    await expect_refusal(eve, "8 to 200 characters", name=eve.name)
    await eve.enter_name_and_password("Create account")
    await expect(eve.page.get_by_role("heading", name="My trades")).to_be_visible()


async def test_what_is_over_its_limit_is_said_to_be_and_never_cut(stranger: Newcomer) -> None:
    eve = await stranger("Eve")
    await eve.visit("/")
    await eve.enter_name_and_password("Create account", password="x" * 201)
    await expect_refusal(eve, "8 to 200 characters", name=eve.name)
    long = "x" * 101
    await eve.enter_name_and_password("Create account", name=long)
    await expect_refusal(eve, "101 characters, at most 100 fit", name=long)
    most = eve.name + "\N{CJK UNIFIED IDEOGRAPH-20000}" * (100 - len(eve.name))  # two units each to a browser
    await eve.enter_name_and_password("Create account", name=most)
    await expect(eve.page.get_by_text(most, exact=True)).to_be_visible()


async def test_a_signed_out_person_comes_back_to_the_room_even_after_a_mistake(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    offered = await seller.create_trade()
    await buyer.visit("/trades")
    await buyer.page.get_by_role("button", name="Sign out", exact=True).click()
    await expect(buyer.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    link = await offered.link()
    await buyer.visit(link)
    await expect(buyer.page.get_by_role("button", name="Create account", exact=True)).to_be_visible()
    await buyer.enter_name_and_password("Sign in", password="wrong " + PASSWORD)
    await expect(buyer.page.get_by_role("alert")).to_be_visible()
    await buyer.page.get_by_label("Password", exact=True).fill(PASSWORD)
    await buyer.page.get_by_label("Password", exact=True).press("Enter")
    await buyer.page.wait_for_url(link)
    await expect(Room(buyer.page).status).to_have_text("In negotiation")


async def test_the_demo_people_enter_with_one_click_each(stranger: Newcomer) -> None:
    for name, button in (("Sam", "Continue as Sam (seller)"), ("Bea", "Continue as Bea (buyer)")):
        person = await stranger(name)
        await person.visit("/")
        await person.page.get_by_role("button", name=button, exact=True).click()
        await expect(person.page.get_by_text(name, exact=True)).to_be_visible()
        await expect(person.page.get_by_test_id("trade").first).to_be_visible()


async def test_a_third_person_with_the_link_finds_nothing_here(
    people: tuple[Person, Person], rooms: tuple[Room, Room], newcomer: Newcomer
) -> None:
    eve = await newcomer("Eve")
    eve.expects(_NOT_FOUND)
    link, title = rooms[0].page.url, await rooms[0].page.title()
    for address in (link, f"/room/{_UNKNOWN_CODE}", "/room/%00", "/nowhere"):
        assert await eve.visit(address) == 404
        await expect(eve.page.get_by_role("heading", name="Nothing here", exact=True)).to_be_visible()
        await expect(eve.page.get_by_text("Oak table")).to_have_count(0)
        assert await eve.page.title() != title
    await expect(rooms[0].timeline.get_by_text("joined as the buyer")).to_have_count(1)
    await expect(rooms[0].participants).not_to_contain_text(eve.name)
    await eve.visit("/activity")
    row = eve.page.get_by_test_id("trade").filter(has_text=people[0].name).first
    await expect(row).to_contain_text("Oak table")
    await expect(row.get_by_role("link")).to_have_count(0)
    assert link.rsplit("/", 1)[-1] not in await eve.page.content()


async def test_a_named_buyers_seat_is_for_nobody_else(people: tuple[Person, Person], newcomer: Newcomer) -> None:
    seller, buyer = people
    offered = await seller.create_trade(buyer=buyer.name.upper())
    eve = await newcomer("Eve")
    eve.expects(_NOT_FOUND)
    assert await eve.visit(await offered.link()) == 404
    await expect(offered.status).to_have_text("Draft")
    await buyer.enter(
        (await offered.link()).upper().replace("HTTP://LOCALHOST", "http://localhost").replace("/ROOM/", "/room/")
    )
    await expect(offered.status).to_have_text("In negotiation")


async def test_signed_out_every_private_address_asks_to_sign_in_first(stranger: Newcomer) -> None:
    person = await stranger("Eve")
    for path in ("/trades", "/trades/new", "/activity", f"/room/{_UNKNOWN_CODE}"):
        assert await person.visit(path) == 200
        await expect(person.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize("pressed", ["Sign in", "Create account", "Sign out"])
async def test_a_form_that_is_older_than_the_session_says_so_and_who_is_signed_in(
    stranger: Newcomer, pressed: str
) -> None:
    """The other tab's form landed in My trades without a word, or left somebody signed in who had pressed Sign out."""
    eve = await stranger("Eve")
    if pressed == "Sign out":
        await eve.sign_up()
        old = eve.page
        eve.page = await eve.another_tab()
        await eve.context.clear_cookies()
    else:
        await eve.visit("/")
        old = eve.page
        eve.page = await eve.another_tab()
    first, eve.name = eve.name, f"{eve.name} again"
    await eve.sign_up()
    await old.bring_to_front()
    if pressed != "Sign out":
        await old.get_by_label("Name", exact=True).fill(first)
        await old.get_by_label("Password", exact=True).fill(PASSWORD)
    await old.get_by_role("button", name=pressed, exact=True).click()
    await expect(old.get_by_text(f"You are signed in as {eve.name}.")).to_be_visible()
    await expect(old).to_have_url(eve.at("/trades"))
