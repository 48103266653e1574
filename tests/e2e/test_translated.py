"""A page whose words the browser has translated: Chrome wraps every text in elements of its own and writes others."""

import re

from playwright.async_api import Page, expect

from tests.e2e.room import Room

_TRANSLATE = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
        if (!text.data.trim() || text.parentNode.closest('script, style, textarea, font, [translate=no]')) continue;
        const outer = document.createElement('font'), inner = document.createElement('font');
        inner.textContent = text.data.replace(/[A-Za-z]+/g, (word) => word + 'o')
            .replace(/[0-9]/g, (digit) => '\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669'[digit]);
        outer.append(inner);
        text.replaceWith(outer);
    }
}"""


async def _translate(page: Page) -> None:
    await page.evaluate(_TRANSLATE)


async def test_what_is_pressed_on_a_translated_page_does_what_it_did(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await seller.amend(price="900")
    await expect(buyer.part("price")).to_have_text("$900.00")
    await _translate(buyer.page)
    await buyer.page.get_by_role("tab", name="Versiono historyo").click()
    await expect(buyer.versions).to_contain_text("Version 2")
    await _translate(buyer.page)
    await buyer.page.get_by_role("button", name="Offero versiono \u0661 againo").click()
    await expect(buyer.dialog.get_by_label("Price", exact=True)).to_have_value("1000.00")
    await buyer.page.keyboard.press("Escape")
    await expect(buyer.dialog).to_have_count(0)
    await buyer.page.get_by_role("button", name="Accepto dealo").click()
    await buyer.confirm("Accept these terms")
    await expect(seller.status).to_have_text("Accepted")
    await expect(buyer.status).to_have_text("Accepted")


_CLOCKS = """async () => {
    const seen = new Set();
    for (let turn = 0; turn < 30; turn++) {
        for (const clock of document.querySelectorAll('.clock')) seen.add(clock.textContent);
        await new Promise((done) => setTimeout(done, 100));
    }
    return [...seen];
}"""


async def test_the_clocks_of_a_translated_page_run_on(rooms: tuple[Room, Room]) -> None:
    """The browser reads the time that is left from them."""
    _, buyer = rooms
    await buyer.open("Counter-offer")
    await _translate(buyer.page)
    seen = await buyer.page.evaluate(_CLOCKS)
    assert len(seen) > 1
    assert all(re.fullmatch(r"(30:00|29:\d\d)", shown) for shown in seen), seen
