"""One's own e-mail address: confirmed by a link, changed with the password, and told of where it was before."""

import json
import logging

import pytest

from app import security_log
from app.db.queue import Queue
from app.domain.refusals import Reason, Refusal
from app.service.addresses import check_address
from tests.conftest import Market
from tests.mail.conftest import Post, text_of, token_in
from tests.service.conftest import HERE, PASSWORD

ONE, OTHER = "bea@example.com", "bea@example.org"


async def refusal(coroutine: object) -> tuple[Reason, str, str]:
    with pytest.raises(Refusal) as caught:
        await coroutine  # type: ignore[misc]
    return caught.value.reason, caught.value.field, str(caught.value)


async def test_an_address_is_the_person_s_once_its_link_was_used(post: Post) -> None:
    bea = await post.newcomer("Bea")
    assert (await post.addresses.known(bea)).address == ""
    assert await post.addresses.change(bea, f"  {ONE} ", PASSWORD) == ONE
    known = await post.addresses.known(bea)
    assert (known.address, known.wanted) == ("", ONE)
    (mail,) = await post.work()
    assert (mail["To"], "Bea" in text_of(mail)) == (ONE, True)
    token = token_in(mail)
    assert (await post.addresses.to_confirm(token)).address == ONE
    await post.addresses.confirm(token, address=HERE)
    known = await post.addresses.known(bea)
    assert (known.address, known.wanted, known.subscribed) == (ONE, "", True)
    assert (await refusal(post.addresses.confirm(token, address=HERE)))[0] is Reason.INVALID, "a link works once"
    assert await post.work() == [], "there was no address before that could be told"


async def test_the_old_address_stays_until_the_new_one_is_confirmed_and_is_told_then(post: Post) -> None:
    bea = await post.newcomer("Bea", ONE)
    await post.addresses.change(bea, OTHER, PASSWORD)
    assert (await post.addresses.known(bea)).address == ONE
    (mail,) = await post.work()
    assert mail["To"] == OTHER
    await post.addresses.confirm(token_in(mail), address=HERE)
    assert (await post.addresses.known(bea)).address == OTHER
    (told,) = await post.work()
    assert (told["To"], told["Subject"]) == (ONE, "Your e-mail address was changed")
    assert OTHER not in text_of(told)


async def test_an_address_can_be_taken_away_and_is_told(post: Post) -> None:
    bea = await post.newcomer("Bea", ONE)
    assert await post.addresses.change(bea, " ", PASSWORD) == ""
    assert (await post.addresses.known(bea)).address == ""
    (told,) = await post.work()
    assert told["To"] == ONE
    await post.addresses.change(bea, "", PASSWORD)
    assert await post.work() == []


async def test_it_takes_the_password(post: Post) -> None:
    bea = await post.newcomer("Bea", ONE)
    for typed in (OTHER, ""):
        reason, field, _ = await refusal(post.addresses.change(bea, typed, "wrong password"))
        assert (reason, field) == (Reason.INVALID, "password")
    assert (await post.addresses.known(bea)).address == ONE
    assert await post.work() == []


async def test_of_two_links_the_older_works_no_more(post: Post) -> None:
    bea = await post.newcomer("Bea")
    await post.addresses.change(bea, ONE, PASSWORD)
    (first,) = await post.work()
    await post.addresses.change(bea, OTHER, PASSWORD)
    (second,) = await post.work()
    await refusal(post.addresses.confirm(token_in(first), address=HERE))
    await post.addresses.confirm(token_in(second), address=HERE)
    assert (await post.addresses.known(bea)).address == OTHER


@pytest.mark.parametrize("first", [OTHER, ONE], ids=["another address", "the same address"])
async def test_what_was_wanted_while_no_mail_went_is_confirmed_by_one_mail(post: Post, first: str) -> None:
    """A mail server that is down must not let one address get the mails that were counted for others."""
    bea = await post.newcomer("Bea")
    for address in (first, OTHER, ONE):
        await post.addresses.change(bea, address, PASSWORD)
    (mail,) = await post.work()
    assert mail["To"] == ONE
    await post.addresses.confirm(token_in(mail), address=HERE)
    assert (await post.addresses.known(bea)).address == ONE


async def test_a_job_of_a_release_that_did_not_say_which_address_it_is_for_mails_the_one_that_waits(post: Post) -> None:
    bea = await post.newcomer("Bea")
    await post.addresses.change(bea, ONE, PASSWORD)
    await post.run("UPDATE procrastinate_jobs SET args = args - 'wanted_at'")
    (mail,) = await post.work()
    assert mail["To"] == ONE


async def test_a_link_works_for_a_day_and_what_nobody_confirmed_is_forgotten(post: Post) -> None:
    bea, sam = await post.newcomer("Bea"), await post.newcomer("Sam", "sam@example.com")
    await post.addresses.change(bea, ONE, PASSWORD)
    await post.addresses.change(sam, OTHER, PASSWORD)
    first, _ = await post.work()
    await post.mailing.forget_old()
    assert (await post.addresses.known(bea)).wanted == ONE
    await post.run("UPDATE mail_links SET expires_at = expires_at - interval '1 day'")
    await post.run("UPDATE addresses SET wanted_at = wanted_at - interval '25 hours'")
    await refusal(post.addresses.to_confirm(token_in(first)))
    await refusal(post.addresses.confirm(token_in(first), address=HERE))
    await post.mailing.forget_old()
    assert await post.run("SELECT 1 FROM mail_links") == []
    assert await post.run("SELECT user_id, address, wanted FROM addresses") == [
        (sam.person.id, "sam@example.com", None)
    ]


async def test_a_link_is_good_for_what_it_was_made_for_alone(post: Post) -> None:
    bea = await post.newcomer("Bea", ONE)
    await post.recovery.ask("Bea", address="192.0.2.1")
    (mail,) = await post.work()
    await refusal(post.addresses.confirm(token_in(mail), address=HERE))
    await post.addresses.change(bea, OTHER, PASSWORD)
    (mail,) = await post.work()
    await refusal(post.recovery.finish(token_in(mail), "a new password", address="192.0.2.1"))


@pytest.mark.parametrize(
    "typed",
    [
        "bea",
        "bea@",
        "@example.com",
        "bea@example",
        "bea@localhost",
        "b ea@example.com",
        "bea@example.com, eve@example.com",
        "Bea <bea@example.com>",
        "bea@example.com\r\nBcc: eve@example.com",
        "bea\0@example.com",
        "=?utf-8?q?eve=40example.org=2C?=@example.com",
        "b\u00e9a@example.com",
        "bea@192.0.2.1",
        "bea@[192.0.2.1]",
        '"bea@x"@example.com',
        f"{'x' * 65}@example.com",
        f"bea@{'x' * 250}.com",
        "x" * 100_000,
    ],
)
def test_what_is_no_address_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(Refusal) as caught:
        check_address(typed)
    assert (caught.value.reason, caught.value.field) == (Reason.INVALID, "email")
    assert str(caught.value).startswith("This is no e-mail address that we can write to.")


def test_an_address_is_kept_as_it_can_be_sent_to() -> None:
    assert check_address(" Bea+trade@B\u00fccher.example.com ") == "Bea+trade@xn--bcher-kva.example.com"


async def test_mails_that_are_asked_for_are_limited_by_person_and_by_address(
    market: Market, queue: Queue, cheap: None
) -> None:
    post = Post(market, queue, mails="3/hour", mails_to_one="2/hour")
    bea, sam = await post.newcomer("Bea"), await post.newcomer("Sam")
    for _ in range(2):
        await post.addresses.change(bea, ONE, PASSWORD)
    reason, _, sentence = await refusal(post.addresses.change(sam, ONE.upper(), PASSWORD))
    assert (reason, "wait an hour" in sentence) == (Reason.TOO_OFTEN, True)
    await post.addresses.change(bea, OTHER, PASSWORD)
    assert (await refusal(post.addresses.change(bea, "third@example.com", PASSWORD)))[0] is Reason.TOO_OFTEN
    await post.addresses.change(bea, "", PASSWORD)


async def test_one_click_ends_the_mails_and_the_person_alone_begins_them_again(post: Post) -> None:
    bea, sam = await post.newcomer("Bea", ONE), await post.newcomer("Sam", OTHER)
    token = post.addresses.unsubscribe_token(bea.person.id)
    assert post.addresses.holds(token)
    for _ in range(2):
        assert await post.addresses.unsubscribe(token)
        assert not (await post.addresses.known(bea)).subscribed
    assert (await post.addresses.known(sam)).subscribed
    await post.addresses.subscribe(bea, wanted=True)
    assert (await post.addresses.known(bea)).subscribed
    for wrong in ("", "1", f"{sam.person.id}.{token.partition('.')[2]}", f"{token}x", "\u00e9.x", "x" * 10_000):
        assert not await post.addresses.unsubscribe(wrong)
    assert (await post.addresses.known(sam)).subscribed


async def test_the_security_log_tells_of_it_without_any_address(
    post: Post, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(security_log.NAME), "propagate", True)
    caplog.set_level(logging.INFO, security_log.NAME)
    bea = await post.newcomer("Bea", ONE)
    caplog.clear()
    await post.addresses.change(bea, OTHER, PASSWORD)
    (mail,) = await post.work()
    await post.addresses.confirm(token_in(mail), address=HERE)
    await post.addresses.unsubscribe(post.addresses.unsubscribe_token(bea.person.id))
    await post.addresses.change(bea, "", PASSWORD)
    noted = [(record.getMessage(), getattr(record, "facts", {})) for record in caplog.records]
    told = ["address_wanted", "confirm_mailed", "address_confirmed", "unsubscribed", "address_removed"]
    assert noted == [(event, {"person": bea.person.id}) for event in told]
    assert "example" not in json.dumps(noted)


async def test_with_the_account_its_address_goes(post: Post, market: Market) -> None:
    bea = await post.newcomer("Bea", ONE)
    await post.addresses.change(bea, OTHER, PASSWORD)
    (mail,) = await post.work()
    await post.recovery.ask("Bea", address="192.0.2.1")
    await post.people.delete(bea)
    assert await post.run("SELECT 1 FROM addresses UNION ALL SELECT 1 FROM mail_links") == []
    await refusal(post.addresses.confirm(token_in(mail), address=HERE))
    assert await post.work() == []


async def test_links_that_are_tried_very_often_are_refused_before_they_are_looked_for(
    market: Market, queue: Queue, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post(market, queue, sign_in="3/minute")
    bea = await post.newcomer("Bea")
    await post.addresses.change(bea, ONE, PASSWORD)
    (mail,) = await post.work()
    while (await refusal(post.addresses.confirm("no link", address=HERE)))[0] is Reason.INVALID:
        pass
    with monkeypatch.context() as patch:
        patch.setattr(post.store, "confirm", None)
        assert (await refusal(post.addresses.confirm(token_in(mail), address=HERE)))[0] is Reason.TOO_OFTEN
    await post.addresses.confirm(token_in(mail), address="elsewhere")
