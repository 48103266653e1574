"""A page whose words the browser has translated: Chrome wraps every text in elements of its own and writes others."""

from playwright.async_api import Page, expect

from tests.e2e.room import Room

_TRANSLATE = """() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
        if (!text.data.trim() || text.parentNode.closest('script, style, textarea, font')) continue;
        const outer = document.createElement('font'), inner = document.createElement('font');
        inner.textContent = text.data.replace(/[A-Za-z]+/g, (word) => word + 'o');
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
    await buyer.page.get_by_role("button", name="Offero versiono 1 againo").click()
    await expect(buyer.dialog.get_by_label("Price", exact=True)).to_have_value("1000.00")
    await buyer.page.keyboard.press("Escape")
    await expect(buyer.dialog).to_have_count(0)
    await buyer.page.get_by_role("button", name="Accepto dealo").click()
    await buyer.confirm("Accept these terms")
    await expect(seller.status).to_have_text("Accepted")
    await expect(buyer.status).to_have_text("Accepted")
