"""The password on one's own account page: cheap questions come first, and every check counts towards a limit."""

from collections.abc import Callable

import pytest

from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.passwords import Passwords
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, who

Checked = list[str]


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> Checked:
    """The passwords that were compared with a hash, which takes long."""
    compared: Checked = []
    verify = Passwords._verify

    def note(passwords: Passwords, hashed: str, password: str) -> bool:
        compared.append(password)
        return verify(passwords, hashed, password)

    monkeypatch.setattr(Passwords, "_verify", note)
    return compared


async def signed_up(people: Accounts, name: str) -> Viewer:
    return await who(people, await people.sign_up(name, PASSWORD, address=HERE))


@pytest.mark.parametrize("new", ["", "short", "x" * 201, "nul\0nul\0nul"])
async def test_a_new_password_outside_its_limits_is_refused_before_the_old_one_is_compared(
    people: Accounts, checked: Checked, new: str
) -> None:
    viewer = await signed_up(people, f"Olga {len(new)}")
    for old in (PASSWORD, "wrong password"):
        with pytest.raises(Refusal) as caught:
            await people.change_password(viewer, old, new)
        assert (caught.value.reason, caught.value.field) == (Reason.INVALID, "new")
    assert checked == []


@pytest.mark.parametrize("given", [PASSWORD, "wrong password"])
async def test_every_check_of_a_password_counts(market: Market, cheap: None, checked: Checked, given: str) -> None:
    people = Accounts(market.accounts, Limits({**PLENTY, "sign_in": "3/minute"}))
    viewer = await signed_up(people, f"Paula {len(given)}")
    asks: list[Callable[[], object]] = [
        lambda: people.change_password(viewer, given, PASSWORD),
        lambda: people.check_password(viewer, given, "password"),
    ]
    outcomes: list[Reason | None] = []
    for n in range(5):
        try:
            await asks[n % 2]()  # type: ignore[misc]
            outcomes.append(None)
        except Refusal as refusal:
            outcomes.append(refusal.reason)
    assert outcomes[3:] == [Reason.TOO_OFTEN] * 2
    assert Reason.TOO_OFTEN not in outcomes[:3]
    assert len(checked) == 3


async def test_the_checks_of_one_person_spend_nobody_else_s_budget(market: Market, cheap: None) -> None:
    people = Accounts(market.accounts, Limits({**PLENTY, "sign_in": "1/minute"}))
    rita, otto = await signed_up(people, "Rita"), await signed_up(people, "Otto")
    await people.check_password(rita, PASSWORD, "password")
    await people.check_password(otto, PASSWORD, "password")
    assert await people.sign_in("Rita", PASSWORD, address=HERE)


async def test_a_name_that_is_taken_costs_no_hash(people: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    await people.create("Nina", PASSWORD)
    monkeypatch.setattr(people._passwords, "_hasher", None)
    for name in ("NINA", "nina", "N\u0131na"):
        with pytest.raises(Refusal) as caught:
            await people.create(name, PASSWORD)
        assert caught.value.reason is Reason.TAKEN
