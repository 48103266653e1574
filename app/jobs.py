"""Procrastinate's tasks: what time does to trades, and the cleaning up behind it."""

import asyncio
import logging
from collections.abc import Awaitable
from datetime import datetime, timedelta
from functools import partial

from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.jobs import Job

from app.db.queue import EXPIRE_TRADE, MAIL_CHANGE, MAIL_LINK, MAIL_NEWS, MAILS, Queue, retry_stalled
from app.db.tables import Purpose
from app.logs import first_line
from app.mail.sender import MailError
from app.service.accounts import Accounts
from app.service.mailing import Mailing
from app.service.negotiation import Negotiation
from app.service.trades import Trades

log = logging.getLogger(__name__)
_LOOK = 2.0
"""Seconds from one look for overdue trades to the next."""
_LATE = 1.0
"""Seconds. Until then a trade is its job's: one that runs is not overtaken by the look."""
_STALLED_AFTER = timedelta(seconds=60)
_KEEP_FAILED = timedelta(days=7)
_TRIES, _FIRST_PAUSE, _LONGEST_PAUSE = 16, 10, 3600
"""Of a mail; pauses in seconds, each twice the one before: nine hours in all."""


class _TooEarly(Exception):  # noqa: N818 - not an error: the job waits for the deadline
    """The deadline is still to come, by the database's clock."""

    def __init__(self, deadline: datetime) -> None:
        super().__init__(deadline)
        self.deadline = deadline


class _AtTheDeadline(BaseRetryStrategy):
    """Run again at the deadline where a job came early; else soon, and later each time."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        if isinstance(exception, _TooEarly):
            return RetryDecision(retry_at=exception.deadline)
        return RetryDecision(retry_in={"seconds": min(2**job.attempts, 60)})


class _WhenTheServerIsBack(BaseRetryStrategy):
    """Try to send a mail again, later each time, until it is old news."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002
        if job.attempts >= _TRIES:
            return None
        return RetryDecision(retry_in={"seconds": min(_FIRST_PAUSE * 2**job.attempts, _LONGEST_PAUSE)})


async def look_for_overdue(negotiation: Negotiation) -> None:
    """Close, again and again, the trades whose jobs were lost with whoever ran them; until cancelled.

    Jobs are exact, but a worker that is killed keeps its own until it is known to be dead, a minute later. This look,
    in every process that works, bounds how late a trade expires.
    """
    said = ""
    while True:
        try:
            if count := await negotiation.expire_overdue(_LATE):
                log.warning("%s trades were expired whose jobs were late or lost", count)
            said = ""
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not end the look
            why = first_line(error)
            level = logging.DEBUG if why == said else logging.WARNING
            log.log(level, "the look for overdue trades failed, it goes on: %s", why)
            said = why
        await asyncio.sleep(_LOOK)


def register(queue: Queue, negotiation: Negotiation, trades: Trades, accounts: Accounts) -> None:
    """Register the tasks with the queue's app; a worker of this process then runs them."""
    app = queue.app

    # No lock= or queueing_lock=: a later job with the same lock would block an earlier one. The trade's row lock and
    # the rules make it safe to run twice, early, late, or for a trade that is gone.
    @app.task(name=EXPIRE_TRADE, retry=_AtTheDeadline(), pass_context=True)
    async def expire_trade(context: JobContext, trade_id: int) -> None:
        deadline = await negotiation.expire(trade_id)
        # A deadline that moved while this job ran has another job by now.
        if deadline is not None and context.job.id and await negotiation.expires_by(trade_id, context.job.id):
            raise _TooEarly(deadline)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep", queueing_lock="sweep")
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - the periodic time, which Procrastinate passes
        # At the very second of a deadline it may only have overtaken the job: the look warns of what is really late.
        if count := await negotiation.expire_overdue():
            log.info("the sweep expired %s trades whose jobs were late or lost", count)
        if count := await retry_stalled(app, _STALLED_AFTER):
            log.warning("%s jobs of silent workers were put back", count)

    @app.periodic(cron="17 * * * *")
    @app.task(name="clean_up", queueing_lock="clean_up")
    async def clean_up(timestamp: int) -> None:  # noqa: ARG001 - the same
        await accounts.forget_old_sessions()
        if count := await trades.clear_drafts():
            log.info("%s offers that nobody ever joined were cleared", count)
        await app.job_manager.delete_old_jobs(
            nb_hours=int(_KEEP_FAILED.total_seconds() // 3600), include_failed=True, include_cancelled=True
        )


def register_mails(queue: Queue, mailing: Mailing) -> None:
    """Register what is there where mails are set up: the sweep for who is to be told of something, and the mails.

    One job is one mail.
    """
    app = queue.app
    task = partial(app.task, queue=MAILS, retry=_WhenTheServerIsBack(), pass_context=True)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep_mails", queueing_lock="sweep_mails")
    async def sweep_mails(timestamp: int) -> None:  # noqa: ARG001 - the periodic time, which Procrastinate passes
        await mailing.sweep()

    @app.periodic(cron="27 * * * *")
    @app.task(name="clean_up_mails", queueing_lock="clean_up_mails")
    async def clean_up_mails(timestamp: int) -> None:  # noqa: ARG001 - the same
        await mailing.forget_old()

    @task(name=MAIL_NEWS)
    async def mail_news(context: JobContext, trade_id: int, user_id: int, seq: int, about: str) -> None:
        await _try(context, mailing.send_news(trade_id, user_id, seq, about))

    @task(name=MAIL_LINK)
    async def mail_link(context: JobContext, purpose: str, user_id: int, wanted_at: str | None = None) -> None:
        wanted = datetime.fromisoformat(wanted_at) if wanted_at else None
        await _try(context, mailing.send_link(Purpose(purpose), user_id, wanted))

    @task(name=MAIL_CHANGE)
    async def mail_change(context: JobContext, user_id: int, to: str) -> None:
        await _try(context, mailing.send_change(user_id, to, context.job.id or 0))


async def _try(context: JobContext, sending: Awaitable[None]) -> None:
    """Whatever is given up is said in the log, and is no error of ours."""
    try:
        await sending
    except MailError as error:
        if error.for_good or context.job.attempts >= _TRIES:
            log.warning("the mail of job %s is given up: %s", context.job.id, error)
            return
        log.warning("the mail of job %s is tried again later: %s", context.job.id, error)
        raise
