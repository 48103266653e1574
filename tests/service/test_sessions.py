"""Sessions: whose they are, how long they last, what ends them, and what a browser may keep in them."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.accounts import IDLE_FOR, LASTS_FOR
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts
from app.service.limits import Limits
from tests.conftest import Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, refusal_of, who


async def test_a_session_ends_with_signing_out_and_others_stay(people: Accounts) -> None:
    await people.create("Hans", PASSWORD)
    phone, laptop = [await people.sign_in("Hans", PASSWORD, address=HERE) for _ in range(2)]
    assert phone != laptop
    await people.sign_out(await who(people, phone))
    assert await people.viewer(phone) is None
    assert (await who(people, laptop)).person.name == "Hans"


async def test_a_new_password_ends_all_sessions_and_the_old_password(people: Accounts) -> None:
    await people.create("Ida", PASSWORD)
    await people.create("Ida's sister", PASSWORD)
    mine = [await people.sign_in("Ida", PASSWORD, address=HERE) for _ in range(2)]
    hers = await people.sign_in("Ida's sister", PASSWORD, address=HERE)
    await people.reset_password(" IDA ", "a new password")
    assert [await people.viewer(token) for token in mine] == [None, None]
    assert (await who(people, hers)).person.name == "Ida's sister"
    await refusal_of(people, "Ida", PASSWORD)
    assert await people.viewer(await people.sign_in("Ida", "a new password", address=HERE))


async def test_a_new_password_must_be_one(people: Accounts) -> None:
    await people.create("Jan", PASSWORD)
    session = await people.sign_in("Jan", PASSWORD, address=HERE)
    with pytest.raises(Refusal) as caught:
        await people.reset_password("Jan", "short")
    assert caught.value.field == "password"
    assert await people.viewer(session)


@pytest.mark.parametrize("token", ["", "x", "a\0b", "x" * 10_000])
async def test_a_made_up_token_is_nobody_s(people: Accounts, token: str) -> None:
    assert await people.viewer(token) is None


async def test_how_a_browser_shows_things_is_kept_for_that_browser(people: Accounts) -> None:
    await people.create("Kim", PASSWORD)
    phone, laptop = [await people.sign_in("Kim", PASSWORD, address=HERE) for _ in range(2)]
    await people.remember(replace(await who(people, phone), time_zone="Asia/Tokyo", theme="dark"))
    assert ((await who(people, phone)).time_zone, (await who(people, phone)).theme) == ("Asia/Tokyo", "dark")
    assert (await who(people, laptop)).theme == "system"


@pytest.mark.parametrize("zone", ["", "a\0b", "\ud800", "Nowhere/At-all"])
async def test_a_time_zone_that_cannot_be_one_does_no_harm(people: Accounts, zone: str) -> None:
    """It comes from the browser, which may say anything."""
    with suppress(Refusal):  # the other case has made her
        await people.create("Lotte", PASSWORD)
    session = await people.sign_in_as("Lotte")
    viewer = await people.viewer(session, time_zone=zone)
    assert viewer == await who(people, session)
    assert viewer is not None
    assert viewer.time_zone == "UTC"


async def test_a_person_sees_their_own_live_sessions_the_one_used_last_first(people: Accounts, market: Market) -> None:
    await people.create("Nils", PASSWORD)
    await people.create("Olga", PASSWORD)
    phone, laptop = [await who(people, await people.sign_in("Nils", PASSWORD, address=HERE)) for _ in range(2)]
    await people.sign_in("Olga", PASSWORD, address=HERE)
    assert [session.id for session in await people.sessions(phone)] == [laptop.session_id, phone.session_id]
    await age(market, laptop.session_id, seen=timedelta(hours=1))
    assert [session.id for session in await people.sessions(phone)] == [phone.session_id, laptop.session_id]


async def age(market: Market, session_id: int, *, seen: timedelta, made: timedelta | None = None) -> None:
    """Let a session have been used, and made, so long ago."""
    async with market.database.raw() as connection:
        await connection.execute(
            "UPDATE sessions SET seen_at = now() - %s, created_at = now() - %s WHERE id = %s",
            (seen, made or seen, session_id),
        )


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("seen", "made", "lives"),
    [
        (IDLE_FOR - MINUTE, IDLE_FOR - MINUTE, True),
        (IDLE_FOR + MINUTE, IDLE_FOR + MINUTE, False),
        (MINUTE, LASTS_FOR - MINUTE, True),
        (MINUTE, LASTS_FOR + MINUTE, False),
    ],
)
async def test_a_session_ends_when_it_is_idle_or_old(
    people: Accounts, market: Market, seen: timedelta, made: timedelta, lives: bool
) -> None:
    with suppress(Refusal):  # an earlier case has made her
        await people.create("Petra", PASSWORD)
    token = await people.sign_in("Petra", PASSWORD, address=HERE)
    viewer = await who(people, token)
    await age(market, viewer.session_id, seen=seen, made=made)
    assert (await people.viewer(token) is not None) is lives
    await people.forget_old_sessions()
    async with market.database.raw() as connection:
        rows = await connection.execute("SELECT 1 FROM sessions WHERE id = %s", (viewer.session_id,))
        assert (await rows.fetchone() is not None) is lives


async def test_using_a_session_keeps_it_alive(people: Accounts, market: Market) -> None:
    await people.create("Quinn", PASSWORD)
    token = await people.sign_in("Quinn", PASSWORD, address=HERE)
    viewer = await who(people, token)
    await age(market, viewer.session_id, seen=IDLE_FOR - MINUTE)
    await who(people, token)
    (session,) = await people.sessions(viewer)
    assert session.seen_at - session.created_at > IDLE_FOR - 2 * MINUTE


async def test_a_changed_password_signs_the_other_browsers_out(people: Accounts) -> None:
    await people.create("Rosa", PASSWORD)
    mine, other = [await people.sign_in("Rosa", PASSWORD, address=HERE) for _ in range(2)]
    await people.change_password(await who(people, mine), PASSWORD, "a new password")
    assert (await people.viewer(other), (await who(people, mine)).person.name) == (None, "Rosa")
    await refusal_of(people, "Rosa", PASSWORD)
    assert await people.sign_in("Rosa", "a new password", address=HERE)


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("wrong password", "a new password", "old"),
        ("", "a new password", "old"),
        ("\ud800", "a new password", "old"),
        (PASSWORD, "short", "new"),
        (PASSWORD, "x" * 201, "new"),
        (PASSWORD, "nul\0nul\0nul", "new"),
    ],
)
async def test_a_password_is_not_changed_without_the_old_one_and_a_good_new_one(
    people: Accounts, old: str, new: str, field: str
) -> None:
    with suppress(Refusal):  # an earlier case has made him
        await people.create("Stan", PASSWORD)
    mine, other = [await people.sign_in("Stan", PASSWORD, address=HERE) for _ in range(2)]
    viewer = await who(people, mine)
    with pytest.raises(Refusal) as caught:
        await people.change_password(viewer, old, new)
    assert (caught.value.reason, caught.value.field) == (Reason.INVALID, field)
    assert await who(people, other)


async def test_guessing_the_old_password_is_limited(market: Market, cheap: None) -> None:
    people = Accounts(market.accounts, Limits({**PLENTY, "guesses": "2/minute"}))
    viewer = await who(people, await people.sign_up("Tess", PASSWORD, address=HERE))
    for reason in (Reason.INVALID, Reason.INVALID, Reason.TOO_OFTEN):
        with pytest.raises(Refusal) as caught:
            await people.change_password(viewer, "wrong password", "a new password")
        assert caught.value.reason is reason


async def test_signing_out_everywhere_ends_every_session_of_one_s_own(people: Accounts) -> None:
    await people.create("Uwe", PASSWORD)
    await people.create("Vera", PASSWORD)
    mine, other = [await people.sign_in("Uwe", PASSWORD, address=HERE) for _ in range(2)]
    hers = await people.sign_in("Vera", PASSWORD, address=HERE)
    await people.sign_out_everywhere(await who(people, mine))
    assert [await people.viewer(token) for token in (mine, other)] == [None, None]
    assert await people.viewer(hers)
