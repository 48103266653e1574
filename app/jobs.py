"""Procrastinate's tasks: what time does to trades, and the cleaning up behind it."""

import logging
from datetime import timedelta

from procrastinate import RetryStrategy

from app.db.queue import EXPIRE_TRADE, Queue, retry_stalled
from app.service.negotiation import Negotiation

log = logging.getLogger(__name__)
_STALLED_AFTER = timedelta(seconds=60)
_KEEP_FAILED = timedelta(days=7)


def register(queue: Queue, negotiation: Negotiation) -> None:
    """Register the tasks with the queue's app; a worker of this process then runs them."""
    app = queue.app

    # No lock= or queueing_lock=: a later job with the same lock would block an earlier one. The trade's row lock and
    # the rules make it safe to run twice, early, late, or for a trade that is gone.
    @app.task(name=EXPIRE_TRADE, retry=RetryStrategy(max_attempts=10, wait=1, exponential_wait=2))
    async def expire_trade(trade_id: int) -> None:
        if await negotiation.expire(trade_id):
            log.info("trade %s expired", trade_id)

    @app.periodic(cron="* * * * *")
    @app.task(name="sweep", queueing_lock="sweep")
    async def sweep(timestamp: int) -> None:  # noqa: ARG001 - the periodic time, which Procrastinate passes
        if count := await negotiation.expire_overdue():
            log.warning("the sweep expired %s trades whose jobs were late or lost", count)
        if count := await retry_stalled(app, _STALLED_AFTER):
            log.warning("%s jobs of silent workers were put back", count)

    @app.periodic(cron="17 * * * *")
    @app.task(name="clean_up", queueing_lock="clean_up")
    async def clean_up(timestamp: int) -> None:  # noqa: ARG001
        await app.job_manager.delete_old_jobs(
            nb_hours=int(_KEEP_FAILED.total_seconds() // 3600), include_failed=True, include_cancelled=True
        )
