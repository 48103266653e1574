"""From what happened to a mail that has arrived: by the sweep, a job, a real worker and a real mail server."""

import asyncio
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.absences import SWEEP_VALUES
from app.db.queue import MAIL_CHANGE, MAIL_LINK, MAIL_NEWS, Queue
from app.domain.moves import Accept, Expire, Move, Offer, RequestAmendment, SendMessage, Withdraw
from app.domain.trade import Person
from app.mail import sender
from app.mail.sender import SmtpSender
from tests.conftest import TERMS, Deal, Market
from tests.db.test_queue import Crew
from tests.mail.conftest import SITE, Post, text_of
from tests.mail.server import mail_server
from tests.ports import free_port

ADDRESS = "bea@example.com"
DEARER = Offer(1, replace(TERMS, quantity=6), "")
PAUSES = """
    SELECT extract(epoch FROM scheduled_at - now())::float8, attempts FROM procrastinate_jobs
    WHERE task_name = 'mail_news' AND status = 'todo'
"""
LEFT = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'mail_news'"


async def give_address(post: Post, person: Person) -> None:
    await post.run("INSERT INTO addresses (user_id, address) VALUES (%s, %s)", person.id, ADDRESS)


async def written_to(post: Post, deal: Deal) -> None:
    """Sam writes, Bea is away, and the sweep has found that."""
    await give_address(post, deal.buyer)
    await deal.play(SendMessage("A secret figure: 940"), deal.seller)
    assert await post.mailing.sweep() == 1


async def see_all(post: Post, deal: Deal) -> None:
    await post.run(
        "UPDATE read_marks SET seen_seq = (SELECT seq FROM trades WHERE id = %s) WHERE user_id = %s",
        deal.id,
        deal.buyer.id,
    )


async def test_whoever_was_away_gets_one_mail_with_the_way_back(post: Post, deal: Deal, at_once: None) -> None:
    await written_to(post, deal)
    (mail,) = await post.work()
    seq = (await deal.standing()).seq
    assert (mail["To"], mail["Subject"]) == (ADDRESS, "Sam sent a message \u00b7 Oak table")
    assert mail["Message-ID"] == f"<message_sent-{deal.id}-{deal.buyer.id}-{seq}@example.com>"
    assert f"{SITE}/room/{deal.code}" in text_of(mail)
    assert "940" not in text_of(mail)
    stop = re.search(rf"{SITE}/mail/unsubscribe/(\S+)", text_of(mail))
    assert stop is not None
    assert mail["List-Unsubscribe"] == f"<{stop[0]}>"
    assert await post.mailing.sweep() == 0
    assert await post.addresses.unsubscribe(stop[1])
    await see_all(post, deal)
    await deal.play(Accept(1), deal.buyer)
    assert await post.mailing.sweep() == 0


async def test_no_mail_goes_to_who_has_come_back_before_it_was_sent(post: Post, deal: Deal, at_once: None) -> None:
    await written_to(post, deal)
    await see_all(post, deal)
    assert await post.work() == []


async def test_no_mail_goes_to_who_has_unsubscribed_before_it_was_sent(post: Post, deal: Deal, at_once: None) -> None:
    await written_to(post, deal)
    await post.run("UPDATE addresses SET subscribed = false")
    assert await post.work() == []


async def test_two_workers_send_one_mail(post: Post, market: Market, deal: Deal, at_once: None) -> None:
    other_queue = Queue(market.database.url)
    await other_queue.open()
    other = Post(market, other_queue)
    await give_address(post, deal.buyer)
    await deal.play(SendMessage("Hello"), deal.seller)
    assert sum(await asyncio.gather(*(each.mailing.sweep() for each in (post, other) * 3))) == 1
    mails = await asyncio.gather(post.work(), other.work())
    await other_queue.close()
    assert sum(map(len, mails)) == 1


@pytest.fixture
async def afar(market: Market, queue: Queue, cheap: None, at_once: None) -> Post:
    """Mails go to a server on a port of our own, where none is yet."""
    port = free_port()
    post = Post(market, queue, SmtpSender(f"smtp://127.0.0.1:{port}"))
    post.port = port  # type: ignore[attr-defined]
    return post


async def try_again(post: Post) -> None:
    """Let the pause pass, and work."""
    await post.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'mail_news'")
    await post.work()


async def test_a_server_that_is_down_gets_the_mail_later_once_and_under_the_same_name(
    afar: Post, deal: Deal, caplog: pytest.LogCaptureFixture
) -> None:
    await written_to(afar, deal)
    pauses: list[float] = []
    await afar.work()
    for attempt in range(1, 4):
        ((pause, attempts),) = await afar.run(PAUSES)
        assert attempts == attempt
        pauses.append(pause)
        await try_again(afar)
    assert pauses == pytest.approx([10, 20, 40], abs=2)
    assert ADDRESS not in caplog.text
    assert "is tried again later: the mail server cannot be used" in caplog.text
    async with mail_server(port=afar.port) as server:  # type: ignore[attr-defined]
        server.refuses["RCPT"] = "451 later"
        await try_again(afar)
        server.refuses.clear()
        await try_again(afar)
        seq = (await deal.standing()).seq
        (mail,) = server.mails
        assert mail["Message-ID"] == f"<message_sent-{deal.id}-{deal.buyer.id}-{seq}@example.com>"
        assert await afar.run(LEFT) == []


async def told_at_last(afar: Post) -> list[str]:
    """What arrives when the mail server is back: the subjects; nothing is left to be sent."""
    async with mail_server(port=afar.port) as server:  # type: ignore[attr-defined]
        await try_again(afar)
    assert await afar.run(LEFT) == []
    return [mail["Subject"] for mail in server.mails]


@pytest.mark.parametrize("first", [SendMessage("Hello"), DEARER], ids=["message", "offer"])
async def test_after_an_outage_the_outcome_alone_is_told(afar: Post, deal: Deal, first: Move) -> None:
    await give_address(afar, deal.buyer)
    await deal.play(first, deal.seller)
    assert await afar.mailing.sweep() == 1
    await afar.work()
    await deal.play(Withdraw((await deal.trade()).version), deal.seller)
    assert await afar.mailing.sweep() == 1
    ((subject, _),) = [each.split(" \u00b7 ") for each in await told_at_last(afar)]
    assert subject.startswith("Sam withdrew version")


async def test_after_the_deadline_nothing_is_told_but_that_it_has_passed(afar: Post, market: Market) -> None:
    deal = await market.deal("Short", minutes=0.03)
    await give_address(afar, deal.seller)
    assert await afar.mailing.sweep() == 1
    await afar.work()
    assert len(await afar.run(PAUSES)) == 1
    await deal.wait_for_deadline()
    assert await told_at_last(afar) == []
    await deal.play(Expire())
    assert await afar.mailing.sweep() == 1
    assert await told_at_last(afar) == ["The offer expired \u00b7 Short"]


async def test_a_late_mail_tells_what_is_weightiest_by_then(afar: Post, deal: Deal) -> None:
    await give_address(afar, deal.seller)
    await deal.play(RequestAmendment("Cheaper"), deal.buyer)
    assert await afar.mailing.sweep() == 1
    await afar.work()
    await deal.play(DEARER, deal.buyer)
    assert await afar.mailing.sweep() == 0
    assert await told_at_last(afar) == ["Bea made another offer \u00b7 Oak table"]


async def test_what_a_server_refuses_for_good_is_given_up(
    afar: Post, deal: Deal, caplog: pytest.LogCaptureFixture
) -> None:
    async with mail_server(port=afar.port) as server:  # type: ignore[attr-defined]
        server.refuses["RCPT"] = "550 5.1.1 nobody"
        await written_to(afar, deal)
        await afar.work()
        assert await afar.run(LEFT) == []
        assert "is given up: the mail server refused the reader (550)" in caplog.text
        assert "ERROR" not in caplog.text


async def test_a_mail_is_given_up_when_it_is_old_news(afar: Post, deal: Deal, caplog: pytest.LogCaptureFixture) -> None:
    await written_to(afar, deal)
    await afar.run("UPDATE procrastinate_jobs SET attempts = 16 WHERE task_name = 'mail_news'")
    await afar.work()
    assert await afar.run(LEFT) == []
    assert "is given up" in caplog.text


async def test_the_longest_pause_is_an_hour(afar: Post, deal: Deal) -> None:
    await written_to(afar, deal)
    await afar.run("UPDATE procrastinate_jobs SET attempts = 15 WHERE task_name = 'mail_news'")
    await afar.work()
    ((pause, _),) = await afar.run(PAUSES)
    assert pause == pytest.approx(3600, abs=5)


async def test_every_worker_sweeps_each_minute_and_cleans_up(post: Post) -> None:
    periodic = post.queue.app.periodic_registry.periodic_tasks
    crons = {task.task.name: task.cron for task in periodic.values()}
    assert crons == {"sweep_mails": "* * * * *", "clean_up_mails": "27 * * * *"}
    for name in crons:
        await post.queue.app.tasks[name](timestamp=0)
    assert {MAIL_NEWS, MAIL_LINK, MAIL_CHANGE} < set(post.queue.app.tasks)


def test_the_sweep_waits_for_two_minutes_and_warns_ten_before_the_deadline() -> None:
    assert [SWEEP_VALUES[name].total_seconds() / 60 for name in ("unseen_for", "before")] == [2, 10]


async def test_a_mail_tells_the_deadline_in_the_time_of_the_reader(post: Post, deal: Deal, at_once: None) -> None:
    await post.market.accounts.create_session(deal.buyer.id, b"x" * 32)
    await post.run("UPDATE sessions SET time_zone = 'Pacific/Kiritimati'")
    await give_address(post, deal.buyer)
    await deal.play(SendMessage("Hello"), deal.seller)
    await post.mailing.sweep()
    (mail,) = await post.work()
    assert "(Pacific/Kiritimati)" in text_of(mail)


async def test_an_expiry_is_on_time_while_the_mail_server_says_nothing(
    market: Market, queue: Queue, cheap: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_PATIENCE", 3.0)
    waiting = asyncio.Event()
    connections = 0

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        waiting.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    post = Post(market, queue, SmtpSender(f"smtp://127.0.0.1:{port}"))
    crew = Crew(market.database, queue)
    olga = await post.newcomer("Olga")
    await queue.defer(MAIL_CHANGE, *({"user_id": olga.person.id, "to": ADDRESS} for _ in range(20)))
    _, due = await crew.defer(7, after=1.5)
    async with crew.working():
        await asyncio.wait_for(waiting.wait(), 1)
        await crew.has_run(7)
        assert 1 < connections < 10
    server.close()
    assert crew.ran[0][1] - due < timedelta(seconds=1)
