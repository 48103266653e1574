"""The way back for who forgot the password: once, for half an hour, and nobody learns which names there are."""

import statistics
from datetime import timedelta
from time import perf_counter

import pytest

from app.db.queue import MAIL_LINK, Queue
from app.domain.refusals import Reason, Refusal
from tests.conftest import Market
from tests.mail.conftest import Post, text_of, token_in
from tests.service.conftest import HERE, PASSWORD

ADDRESS, NEW = "bea@example.com", "a new password"
_ALIKE = 1.25


async def asked(post: Post, name: str = "Bea") -> str:
    """The token of the link that was mailed."""
    await post.recovery.ask(name, address=HERE)
    (mail,) = await post.work()
    assert mail["To"] == ADDRESS
    return token_in(mail)


async def refused(coroutine: object) -> tuple[Reason, str]:
    with pytest.raises(Refusal) as caught:
        await coroutine  # type: ignore[misc]
    return caught.value.reason, caught.value.field


async def test_the_link_sets_a_new_password_once_and_ends_every_session(post: Post) -> None:
    bea = await post.newcomer("Bea", ADDRESS)
    token = await asked(post, "  bEA ")
    assert await post.recovery.whose(token) == "Bea"
    await post.recovery.finish(token, NEW, address=HERE)
    assert await post.people.sessions(bea) == []
    assert (await refused(post.people.sign_in("Bea", PASSWORD, address=HERE)))[1] == "password"
    assert await post.people.sign_in("Bea", NEW, address=HERE)
    for attempt in (post.recovery.whose(token), post.recovery.finish(token, "another one", address=HERE)):
        assert await refused(attempt) == (Reason.INVALID, "")


async def test_a_password_outside_its_limits_leaves_the_link_as_it_is(post: Post) -> None:
    await post.newcomer("Bea", ADDRESS)
    token = await asked(post)
    for wrong in ("", "short", "x" * 201):
        assert await refused(post.recovery.finish(token, wrong, address=HERE)) == (Reason.INVALID, "password")
    await post.recovery.finish(token, NEW, address=HERE)


async def test_a_link_that_is_posted_very_often_is_refused_before_the_password_is_hashed(
    market: Market, queue: Queue, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(market, queue, sign_in="3/minute")
    await post.newcomer("Bea", ADDRESS)
    token = await asked(post)
    for wrong in ("no link", token, token):
        assert (await refused(post.recovery.finish(wrong, "short", address=HERE)))[0] is Reason.INVALID
    monkeypatch.setattr(post.people._passwords, "_hasher", None)
    assert (await refused(post.recovery.finish(token, NEW, address=HERE)))[0] is Reason.TOO_OFTEN
    assert (await refused(post.recovery.finish("no link", NEW, address="elsewhere")))[0] is Reason.INVALID


async def test_the_link_is_over_after_half_an_hour(post: Post) -> None:
    await post.newcomer("Bea", ADDRESS)
    token = await asked(post)
    ((left,),) = await post.run("SELECT expires_at - now() FROM mail_links")
    assert timedelta(minutes=29) < left <= timedelta(minutes=30)
    await post.run("UPDATE mail_links SET expires_at = now()")
    for attempt in (post.recovery.whose(token), post.recovery.finish(token, NEW, address=HERE)):
        assert (await refused(attempt))[0] is Reason.INVALID
    assert await post.people.sign_in("Bea", PASSWORD, address=HERE)


async def test_of_several_links_each_works_until_one_was_used(post: Post) -> None:
    await post.newcomer("Bea", ADDRESS)
    first, second = await asked(post), await asked(post)
    await post.recovery.finish(first, NEW, address=HERE)
    assert (await refused(post.recovery.finish(second, "another one", address=HERE)))[0] is Reason.INVALID


async def test_a_link_to_an_address_that_is_no_more_works_no_more(post: Post) -> None:
    """Whoever reads the old mailbox must not come in by it."""
    bea = await post.newcomer("Bea", ADDRESS)
    token = await asked(post)
    await post.addresses.change(bea, "bea@example.org", PASSWORD)
    (mail,) = await post.work()
    await post.addresses.confirm(token_in(mail), address=HERE)
    assert (await refused(post.recovery.whose(token)))[0] is Reason.INVALID
    assert (await refused(post.recovery.finish(token, NEW, address=HERE)))[0] is Reason.INVALID


@pytest.mark.parametrize("by_the_operator", [False, True])
async def test_a_link_is_over_when_the_password_was_changed_otherwise(post: Post, by_the_operator: bool) -> None:
    """Whoever reads the mailbox must not undo what the person has done against them."""
    bea = await post.newcomer("Bea", ADDRESS)
    token = await asked(post)
    if by_the_operator:
        await post.people.reset_password("Bea", NEW)
    else:
        await post.people.change_password(bea, PASSWORD, NEW)
    assert (await refused(post.recovery.whose(token)))[0] is Reason.INVALID
    assert (await refused(post.recovery.finish(token, "another one", address=HERE)))[0] is Reason.INVALID
    await post.people.sign_in("Bea", NEW, address=HERE)


@pytest.mark.parametrize("name", ["Nobody", "Sam", "Carl", "Waits", "", " ", "\0", "x" * 100_000, "\ud800"])
async def test_nobody_else_gets_a_mail_and_whoever_asks_cannot_tell(post: Post, name: str) -> None:
    await post.newcomer("Sam")
    waits = await post.newcomer("Waits")
    await post.run(
        "INSERT INTO addresses (user_id, wanted, wanted_at) VALUES (%s, %s, now())", waits.person.id, ADDRESS
    )
    await post.people.delete(await post.newcomer("Carl", ADDRESS))
    await post.recovery.ask(name, address=HERE)
    assert len(await post.run("SELECT 1 FROM procrastinate_jobs WHERE task_name = %s", MAIL_LINK)) == 1
    assert await post.work() == []


async def test_it_takes_as_long_for_a_name_that_nobody_has(post: Post) -> None:
    """A question by an index and a job in both cases. Medians, and the most alike of three, so that a busy machine does
    not matter: what really differs differs three times."""
    await post.newcomer("Bea", ADDRESS)
    apart: list[float] = []
    for _ in range(3):
        took: dict[str, list[float]] = {"Bea": [], "Nobody": []}
        for _ in range(100):
            for name, times in took.items():
                began = perf_counter()
                await post.recovery.ask(name, address=HERE)
                times.append(perf_counter() - began)
        known, unknown = (statistics.median(times) for times in took.values())
        apart.append(max(known, unknown) / min(known, unknown))
        if apart[-1] < _ALIKE:
            break
    assert min(apart) < _ALIKE


async def test_asking_is_limited_by_address_and_by_name_alike_for_all_names(
    market: Market, queue: Queue, cheap: None
) -> None:
    post = Post(market, queue, mails="4/hour", mails_to_one="2/hour")
    await post.newcomer("Bea", ADDRESS)
    for name, other in (("Bea", " BEA"), ("Nobody", "nobody ")):
        for _ in range(2):
            await post.recovery.ask(name, address=f"of {name}")
        for address in (f"of {name}", "elsewhere"):
            assert await refused(post.recovery.ask(other, address=address)) == (Reason.TOO_OFTEN, "")
    assert len(await post.work()) == 2
    for number in range(3):
        await post.recovery.ask(f"Nobody {number}", address="busy")
    await post.recovery.ask("Nobody 3", address="busy")
    assert (await refused(post.recovery.ask("Nobody 4", address="busy")))[0] is Reason.TOO_OFTEN


async def test_the_mail_and_what_is_stored_share_no_secret(post: Post) -> None:
    await post.newcomer("Bea", ADDRESS)
    await post.recovery.ask("Bea", address=HERE)
    stored = str(await post.run("SELECT args FROM procrastinate_jobs"))
    (mail,) = await post.work()
    stored += str(await post.run("SELECT mail_links::text FROM mail_links"))
    token = token_in(mail)
    assert len(token) >= 43
    assert token not in stored
    assert PASSWORD not in text_of(mail)
