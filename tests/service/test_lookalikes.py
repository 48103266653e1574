"""Names that look alike, at the door: a new one is refused, an old one goes on."""

import pytest

from app.domain.names import name_key
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.service.conftest import HERE, PASSWORD, Office, refusal_of, who


@pytest.mark.parametrize(
    ("taken", "typed"),
    [("Pat Seller", "Pat SeIIer"), ("Bella", "BeIIa"), ("Веса", "Beca"), ("Tom", "T0m"), ("Kim Bob", "Kirn Bob")],
    ids=ascii,
)
async def test_a_name_that_looks_like_one_that_is_taken_is_refused(people: Accounts, taken: str, typed: str) -> None:
    await people.create(taken, PASSWORD)
    with pytest.raises(Refusal, match=r"^A name that looks the same is taken\.") as caught:
        await people.sign_up(typed, PASSWORD, address=HERE)
    assert (caught.value.reason, caught.value.field) == (Reason.TAKEN, "name")
    assert (await refusal_of(people, typed, PASSWORD))[0] is Reason.INVALID, "it signs in as the other one"


async def test_the_same_name_again_is_told_to_sign_in(people: Accounts) -> None:
    await people.create("Uma", PASSWORD)
    with pytest.raises(Refusal, match="Sign in if it is yours"):
        await people.create("UMA", PASSWORD)


@pytest.mark.parametrize("name", ["Admin", "You", "Deleted user.", "Va\ue000"], ids=ascii)
async def test_who_has_a_name_that_nobody_could_take_today_signs_in_with_it_and_is_invited_by_it(
    people: Accounts, market: Market, office: Office, name: str
) -> None:
    hashed = await market.accounts.find_user((await people.create(f"Willi {name[:2]!a}", PASSWORD)).name.casefold())
    assert hashed is not None
    assert await market.accounts.create_user(name, name_key(name), hashed[1])
    with pytest.raises(Refusal):
        await people.create(name, PASSWORD)
    viewer = await who(people, await people.sign_in(name.upper(), PASSWORD, address=HERE))
    assert viewer.person.name == name
    sam = await office.viewer("Sam")
    trade = await office.trades.create(
        sam, title="Oak", description="", price="1", quantity="1", buyer=name, minutes="5"
    )
    assert (await office.trades.find(viewer, trade.code)).trade.id == trade.id
    with pytest.raises(Refusal):
        await office.trades.find(Viewer((await office.viewer(f"Not {name}")).person, 0), trade.code)


async def test_a_name_with_joiners_is_found_with_and_without_them(people: Accounts) -> None:
    name = "\u0645\u06cc\u200c\u062e\u0631\u0645"
    await people.create(name, PASSWORD)
    for typed in (name, name.replace("\u200c", "")):
        assert (await who(people, await people.sign_in(typed, PASSWORD, address=HERE))).person.name == name
    with pytest.raises(Refusal):
        await people.create(name.replace("\u200c", ""), PASSWORD)
