"""Mails in real browsers: an address and a new password in the demo, and a server that sends them by SMTP."""

import re

from playwright.async_api import Browser, expect

from tests.e2e.mailbox import follow_mail, save_address
from tests.e2e.network import Line
from tests.e2e.people import Cast, Newcomer
from tests.e2e.room import PASSWORD
from tests.e2e.server import Server, running
from tests.mail.conftest import text_of
from tests.mail.server import mail_server

NEW = "a new password"
_TOO_WIDE = """[...document.querySelectorAll('main :is(p, .note)')]
    .filter((text) => text.scrollWidth > text.clientWidth).map((text) => text.textContent)"""


async def test_an_address_is_confirmed_and_leads_back_to_an_account_without_any_script(
    newcomer: Newcomer, browser: Browser, server: Server
) -> None:
    bea = await newcomer("Bea")
    address = await save_address(bea.page)
    await follow_mail(bea.page, address, "Confirm your e-mail address")
    await bea.page.get_by_role("button", name="Confirm").click()
    await expect(bea.page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    await bea.page.goto("/account")
    await expect(bea.page.get_by_text(f"Confirmed: {address}.")).to_be_visible()

    context = await browser.new_context(java_script_enabled=False, base_url=server.address)
    try:
        page = await context.new_page()
        await page.goto("/forgot-password")
        await page.get_by_label("Name").fill(bea.name)
        await page.get_by_role("button", name="Send link").click()
        await expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
        await follow_mail(page, address, "Choose a new password")
        await page.get_by_label("New password").fill(NEW)
        await page.get_by_role("button", name="Change password").click()
        await expect(page.get_by_role("heading", name="Your password is changed")).to_be_visible()
    finally:
        await context.close()
    await expect(bea.page).to_have_url(re.compile(r"/\?next=/account$"))
    await bea.enter_name_and_password("Sign in", name=bea.name, password=NEW)
    await expect(bea.page.get_by_text(f"Confirmed: {address}.")).to_be_visible()


async def test_an_address_that_is_longer_than_a_line_is_broken_on_a_phone(newcomer: Newcomer) -> None:
    page = (await newcomer("Bea", viewport={"width": 390, "height": 844})).page
    address = await save_address(page, f"{'a' * 60}.example.com")
    assert await page.evaluate(_TOO_WIDE) == []
    await page.goto("/demo/mail")
    assert await page.evaluate(_TOO_WIDE) == []
    await follow_mail(page, address, "Confirm your e-mail address")
    await expect(page.get_by_role("button", name="Confirm")).to_be_visible()
    assert await page.evaluate(_TOO_WIDE) == []


async def test_what_is_typed_on_the_account_page_while_something_is_saved_stays(newcomer: Newcomer, line: Line) -> None:
    """Only what was handed in goes from its field: also letters that the server has not heard of yet."""
    page = (await newcomer("Bea", line=line)).page
    await page.goto("/account")
    email = page.get_by_label("E-mail", exact=True)
    to_change, old, new = [
        page.get_by_label(label, exact=True) for label in ("Password to change it", "Current password", "New password")
    ]
    saved, changed = (
        page.get_by_text("We have sent a link to one@example.com."),
        page.get_by_text("password is changed"),
    )
    line.delay = 0.3
    await email.fill("one@example.com")
    await to_change.fill(PASSWORD)
    await page.get_by_role("button", name="Save e-mail").click()
    await email.fill("two@example.com")
    await to_change.fill("typed meanwhile")
    await old.fill("typed at last")
    await expect(saved).to_be_visible()
    await page.wait_for_timeout(1_000)
    for field, text in ((email, "two@example.com"), (to_change, "typed meanwhile"), (old, "typed at last")):
        await expect(field).to_have_value(text)
    await old.fill(PASSWORD)
    await new.fill("a new password")
    await page.get_by_role("button", name="Change password").click()
    while await changed.count() == 0:
        await new.press("End")
        await page.keyboard.type("x")
    await expect(old).to_have_value("")
    await expect(new).to_have_value(re.compile("^a new passwordx+$"))
    await expect(to_change).to_have_value("typed meanwhile")
    line.delay = 0
    await to_change.fill("a new password")
    await page.get_by_role("button", name="Save e-mail").click()
    await expect(page.get_by_text("We have sent a link to two@example.com.")).to_be_visible()
    await expect(to_change).to_have_value("")


async def test_with_a_mail_server_mails_are_sent_and_the_demo_shows_none(browser: Browser) -> None:
    async with mail_server() as mails:
        sender = "Traderoom <noreply@example.com>"
        with running(SMTP_URL=mails.url(), MAIL_FROM=sender, DEMO="false") as server:
            cast = Cast(browser, server)
            olga = await cast.newcomer("Olga")
            address = await save_address(olga.page)
            while not mails.mails:
                await olga.page.wait_for_timeout(50)
            (mail,) = mails.mails
            assert (mail["To"], mail["From"]) == (address, sender)
            link = re.search(rf"{server.address}(/mail/confirm/\S+)", text_of(mail))
            assert link is not None
            await olga.page.goto(link[1])
            await expect(olga.page.get_by_text(address)).to_be_visible()
            answer = await olga.page.request.get("/demo/mail")
            assert answer.status == 404
            await cast.leave()
