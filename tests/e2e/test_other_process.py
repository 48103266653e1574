"""News that another process made."""

from playwright.async_api import expect

from tests.e2e.room import Person, in_any_order
from tests.e2e.server import Server


async def test_a_trade_made_at_the_shell_shows_up_without_a_reload_and_its_link_works(
    server: Server, people: tuple[Person, Person]
) -> None:
    seller, buyer = people
    board = await seller.another_tab()
    await seller.visit("/activity", board)
    await seller.visit("/trades")
    title = f"Lamps from the shell for {buyer.name}"
    total = int(await board.get_by_test_id("total-trades").inner_text())
    said = await server.run(
        *("trade", "create", "--seller", seller.name, "--title", title, "--price", "12.50", "--quantity", "4"),
        *("--description", "Brass", "--buyer-name", buyer.name, "--expiry-minutes", "90"),
    )
    own = seller.page.get_by_test_id("trade").filter(has_text=title)
    on_board = board.get_by_test_id("trade").filter(has_text=title)
    await expect(own).to_contain_text(in_any_order("Draft", "$12.50", "Seller", buyer.name))
    await expect(on_board).to_contain_text(in_any_order("Draft", "$12.50"))
    await expect(board.get_by_test_id("total-trades")).to_have_text(str(total + 1))
    entered = await buyer.enter(said.splitlines()[-1])
    await expect(entered.status).to_have_text("In negotiation")
    await expect(entered.part("description")).to_have_text("Brass")
    await expect(entered.countdown).to_have_text(in_any_order("1:2"))
    await expect(own).to_contain_text("In negotiation")
    await expect(on_board).to_contain_text(in_any_order("In negotiation", buyer.name))


async def test_a_new_password_from_the_shell_ends_the_sessions(server: Server, people: tuple[Person, Person]) -> None:
    _, buyer = people
    await server.run("user", "reset-password", buyer.name, typed="another good one")
    await buyer.visit("/trades")
    await buyer.enter_name_and_password("Sign in", password="another good one")
    await expect(buyer.page.get_by_role("heading", name="My trades")).to_be_visible()
