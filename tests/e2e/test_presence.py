"""Who is here now, beyond what `stories` tell."""

from playwright.async_api import expect

from tests.e2e.room import Person, Room


async def test_the_dashboard_counts_people_and_rooms_once(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    (seller, buyer), (_, entered) = people, rooms
    board = await seller.another_tab()
    await seller.visit("/activity", board)
    online, active = board.get_by_test_id("users-online"), board.get_by_test_id("active-rooms")
    await expect(online).not_to_have_text("0")
    # People of other tests come and go on the same server: the figures are compared over a moment in which nobody did.
    for _ in range(8):
        await board.wait_for_timeout(300)
        before = await online.inner_text(), await active.inner_text()
        await buyer.enter(entered.page.url, await buyer.another_tab())
        await buyer.visit("/trades", await buyer.another_tab())
        await board.wait_for_timeout(500)
        after = await online.inner_text(), await active.inner_text()
        if after == before:
            return
    raise AssertionError(f"the figures never stood still: {before}, then {after}")
