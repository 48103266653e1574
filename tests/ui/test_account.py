"""The account's page: where one is signed in, the password, the theme."""

import asyncio
from functools import partial

import pytest
from nicegui import ui

from app.bootstrap import Application
from app.service.viewer import Viewer
from app.ui.pages import account
from tests.ui.browser import PASSWORD, ZONE, Browser


async def test_the_page_tells_where_one_is_signed_in(application: Application) -> None:
    one = await Browser(application).signed_in("Many browsers")
    await Browser(application).signed_in("Many browsers")
    await one.open("/account")
    assert one.everything().count("This browser") == 1
    assert one.everything().count("Last used") == 1
    assert ZONE in one.everything()


async def test_of_very_many_sessions_the_page_lists_some_and_says_how_many_more(
    application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "_LISTED", 2)
    one = await Browser(application).signed_in("Very many browsers")
    for _ in range(3):
        await Browser(application).signed_in("Very many browsers")
    await one.open("/account")
    assert one.everything().count("Since") == 2
    assert "And 2 more, which were used before these." in one.everything()


async def test_signing_out_everywhere_closes_every_live_page(application: Application) -> None:
    one, other = [await Browser(application).signed_in("Everywhere") for _ in range(2)]
    for page in (one, other):
        await page.open("/trades")
    answer = await one.post("/logout-everywhere")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    await one.wait(lambda: one.sent_to == other.sent_to == ["/?next=/trades"])
    for page in (one, other):
        assert (await page.get("/trades")).status_code == 303


async def test_signing_out_everywhere_needs_the_token(application: Application) -> None:
    one = await Browser(application).signed_in("Everywhere")
    await one.http.post("/logout-everywhere", data={"csrf": "x"})
    assert (await one.get("/trades")).status_code == 200


async def test_signing_out_closes_the_live_pages_of_that_browser_only(application: Application) -> None:
    one, other = [await Browser(application).signed_in("One of two") for _ in range(2)]
    tab = await one.tab().open("/activity")
    await other.open("/trades")
    await one.post("/logout")
    await tab.wait(lambda: tab.sent_to == ["/?next=/activity"])
    assert other.sent_to == []


async def test_signed_out_in_another_tab_the_way_back_leads_to_the_room_under_its_new_address(sam: Browser) -> None:
    trade = await sam.offer()
    room, tab = await sam.room(trade), await sam.tab().open("/trades")
    renewed = await sam.application.negotiation.renew_link(await sam.viewer(), trade.id)
    await room.until(lambda: any(renewed.code in script for script in room.user.scripts))
    await tab.post("/logout")
    await room.wait(lambda: room.sent_to == [f"/?next=/room/{renewed.code}"])
    await room.signed_in("Sam")
    assert (await room.get(room.sent_to[0].partition("=")[2])).status_code == 200


async def test_a_new_password_is_taken_with_the_old_one(application: Application) -> None:
    one, other = [await Browser(application).signed_in("Changes it") for _ in range(2)]
    await one.open("/account")
    assert one.everything().count("Last used") == 1
    one.fill("Current password", "wrong password")
    one.fill("New password", "a new password")
    one.press("Change password")
    await one.until(lambda: one.field("Current password").error == "The current password is wrong.")
    one.fill("Current password", PASSWORD)
    one.fill("New password", "short")
    one.press("Change password")
    await one.until(lambda: "8 to 200" in str(one.field("New password").error))
    one.fill("New password", "a new password")
    one.press("Change password")
    await one.sees("Your password is changed.")
    await one.until(lambda: "Last used" not in one.everything())
    assert "This browser" in one.everything()
    await one.until(lambda: one.field("Current password").value == one.field("New password").value == "")
    assert (await one.get("/trades")).status_code == 200
    assert (await other.get("/trades")).status_code == 303
    await one.post("/logout")
    answer = await one.post("/login", name="Changes it", password="a new password")
    assert answer.headers["location"] == "/trades"


async def test_the_theme_is_kept_for_this_browser(sam: Browser) -> None:
    await sam.open("/trades")
    for name in ("light", "dark", "no such theme", ["light"]):
        sam.trigger(sam.page.layout, "theme", name)
    await sam.wait_until(partial(shows_theme, sam, "dark"))


async def test_of_two_quick_presses_the_last_theme_is_shown_and_kept(
    application: Application, sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long it takes to keep the first one."""
    remember, kept = application.accounts.remember, []

    async def slowly(viewer: Viewer) -> None:
        if viewer.theme == "light":
            await asyncio.sleep(0.2)
        await remember(viewer)
        kept.append(viewer.theme)

    monkeypatch.setattr(application.accounts, "remember", slowly)
    await sam.open("/trades")
    for name in ("light", "dark"):
        sam.trigger(sam.page.layout, "theme", name)
    await sam.until(lambda: len(kept) == 2)
    shown = [element.value for element in sam.page.elements.values() if isinstance(element, ui.dark_mode)]
    assert shown == [True]
    assert await shows_theme(sam, "dark")


async def shows_theme(page: Browser, name: str) -> bool:
    """Whether the next page has this theme."""
    await page.open("/activity")
    return f'aria-label="Theme: {name}"' in page.markup()


async def test_the_time_zone_is_learned_from_the_browser(application: Application) -> None:
    guest = await Browser(application).signed_in("Travels")
    session = (await application.accounts.sessions(await guest.viewer()))[0]
    assert session.time_zone == ZONE
    guest.lives_in("Asia/Tokyo")
    await guest.open("/account")
    assert "Asia/Tokyo" in guest.everything()
    assert (await application.accounts.sessions(await guest.viewer()))[0].time_zone == "Asia/Tokyo"


@pytest.mark.parametrize("told", ["", "Nowhere/At-all", "../../etc/passwd", "x" * 4_000, 'UTC"; theme=dark'])
async def test_a_time_zone_that_cannot_be_one_changes_nothing(application: Application, told: str) -> None:
    guest = await Browser(application).signed_in("Jokes")
    guest.lives_in(told)
    await guest.open("/account")
    assert ZONE in guest.everything()
