"""Procrastinate: jobs that live in the same database, and change in the same transactions, as what they are about.

A worker runs wherever `Worker.run` is awaited. Four things are added to Procrastinate's own worker, each for a
measured reason: the poke, because a notification fires when a job is inserted and never when it falls due; the retry of
LISTEN; heartbeats that may fail; and the loop that starts the worker again, because a restart of PostgreSQL ends it
without an exception.
"""

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, LiteralString

import procrastinate
import psycopg
from procrastinate import connector, sql
from procrastinate.jobs import DEFAULT_QUEUE
from procrastinate.psycopg_connector import PsycopgConnector

from app.db.connection import BoundedConnection, parameters
from app.db.engine import BOUNDS, RECONNECT, connect
from app.logs import first_line

log = logging.getLogger(__name__)

_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
"""Seconds between tries to reach a database that went away."""
_OPENED = 6.0
"""Seconds in which the first connection of the pool has to come."""
_POOL_PATIENCE = 3.0
"""Seconds to wait for a connection; a worker that is told to stop while the database is away waits three times."""
EXPIRE_TRADE = "expire_trade"
MAIL_NEWS, MAIL_LINK, MAIL_CHANGE = "mail_news", "mail_link", "mail_change"
MAILS = "mails"
"""The queue of what waits for a mail server: however long that is, nothing else waits with it."""
_AT_ONCE = {DEFAULT_QUEUE: 10, MAILS: 3}
"""How many jobs of each queue one process runs at the same time."""
_POLLED = 3.0
"""Seconds after which a worker looks for jobs whether or not it was poked."""
_SILENT = 9.0
"""Seconds without an answer to a worker's questions after which it does not work."""
_LONGEST_NAP = 30.0
"""Seconds. A deadline is at least a minute away when its job is made, so the poke never misses one; a job that came too
early and is put back may be due sooner, and wakes the poke."""
_POKE = b"""
    SELECT extract(epoch FROM due - clock_timestamp())::float8,
           CASE WHEN due <= clock_timestamp()
                THEN pg_notify('procrastinate_queue_v1#default', '{"type":"job_inserted","job_id":0}') END
    FROM (SELECT min(scheduled_at) AS due FROM procrastinate_jobs
          WHERE status = 'todo' AND queue_name = 'default') AS earliest
"""


class _Connector(PsycopgConnector):
    """Procrastinate's connector, except that LISTEN comes back by itself after the server was away, that no worker ends
    over a heartbeat, and that it knows when the database answered last."""

    answered = float("-inf")
    """By the monotonic clock."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.put_back = asyncio.Event()
        """Set when a job has been put back, for a time at which nothing will be notified."""
        self._deaf = False

    async def execute_query_async(self, query: LiteralString, **arguments: Any) -> None:
        try:
            await super().execute_query_async(query, **arguments)
        except procrastinate.exceptions.ConnectorException as error:
            if query != sql.queries["update_heartbeat"]:
                raise
            # The next one tells the same; Procrastinate would stop the worker over one that is missed.
            log.warning("queue: a heartbeat failed, the next one follows: %s", _reason(error))
        if "retry_at" in arguments:
            self.put_back.set()

    async def execute_query_one_async(self, query: LiteralString, **arguments: Any) -> dict[str, Any]:
        """A worker asks for a job with this at least each `_POLLED` seconds, while it can take one more."""
        row: dict[str, Any] = await super().execute_query_one_async(query, **arguments)
        self.answered = monotonic()
        return row

    async def execute_query_all_async(self, query: LiteralString, **arguments: Any) -> list[dict[str, Any]]:
        """While jobs run, a worker asks with this each five seconds which of them are to be aborted."""
        rows: list[dict[str, Any]] = await super().execute_query_all_async(query, **arguments)
        self.answered = monotonic()
        return rows

    async def listen_notify(self, on_notification: connector.Notify, channels: Iterable[str]) -> None:
        while True:
            began = monotonic()
            try:
                await super().listen_notify(on_notification, channels)
            except (psycopg.Error, procrastinate.exceptions.ConnectorException) as error:
                # One that listened for a while failed for a new reason; an outage is told once, however long it lasts.
                again = self._deaf and monotonic() - began < _SILENT
                level, self._deaf = logging.DEBUG if again else logging.WARNING, True
                log.log(level, "queue: listening failed, trying again: %s", _reason(error))
                await asyncio.sleep(_LONGEST_PAUSE if again else _SHORTEST_PAUSE)


_WORKER = "procrastinate.worker.worker"


class _WithoutOutages(logging.Filter):
    """Procrastinate tells twice, with a traceback each, that one of a worker's own tasks met a database that is away,
    and asyncio of each job that ended meanwhile: the worker ends over it, and is started again, which is told in one
    line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_own = getattr(record, "action", "") == "side_task_failed" or record.name != _WORKER
        return not (is_own and isinstance(error, procrastinate.exceptions.ConnectorException))


for _name in (_WORKER, "procrastinate.utils", "asyncio"):
    logging.getLogger(_name).addFilter(_WithoutOutages())


class Queue:
    """The queue in one database. `app` is where `jobs` registers its tasks."""

    def __init__(self, url: str) -> None:
        self._url = url
        how = {"application_name": "traderoom-queue", "connect_timeout": 5, **parameters(url, BOUNDS)}
        self._connector = _Connector(
            conninfo=url,
            min_size=1,
            max_size=6,
            timeout=_POOL_PATIENCE,
            reconnect_timeout=RECONNECT,
            connection_class=BoundedConnection,
            kwargs=how,
        )
        self.app = procrastinate.App(connector=self._connector)

    @property
    def names(self) -> set[str]:
        """The queues of this process: mails' only where it has tasks for them."""
        return {DEFAULT_QUEUE} | ({task.queue for task in self.app.tasks.values()} & {MAILS})

    @property
    def answered(self) -> float:
        """When the database answered a worker last, by the monotonic clock."""
        return self._connector.answered

    async def nap(self, seconds: float) -> None:
        """Wait so long, or until a job of this process has been put back for later."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._connector.put_back.wait()
        self._connector.put_back.clear()

    async def open(self) -> None:
        """Open the queue's own pool. Raises `psycopg.OperationalError` where no connection comes within seconds."""
        try:
            async with asyncio.timeout(_OPENED):
                await self.app.open_async()
        except TimeoutError:  # the pool tried again and again, and does not tell why in vain
            await self.app.close_async()
            async with await connect(self._url):
                raise psycopg.OperationalError("the queue's connections cannot be opened") from None

    async def close(self) -> None:
        """Close the pool."""
        await self.app.close_async()

    async def defer_expiry(self, trade_id: int, at: datetime, connection: psycopg.AsyncConnection) -> int:
        """Schedule a trade's expiry within the connection's transaction; returns the job's id."""
        task = self.app.configure_task(EXPIRE_TRADE, schedule_at=at, connection=connection)
        return await task.defer_async(trade_id=trade_id)

    async def defer(self, task: str, *jobs: dict[str, Any], connection: psycopg.AsyncConnection | None = None) -> None:
        """Have a task done soon, once for each of these arguments; within the connection's transaction, if given."""
        if jobs:
            await self.app.configure_task(task, connection=connection).batch_defer_async(*jobs)

    async def cancel_expiry(self, job_id: int, connection: psycopg.AsyncConnection) -> None:
        """Delete the job within the connection's transaction. One that runs already, or is gone, is left alone."""
        await self.app.job_manager.cancel_job_by_id_async(job_id, delete_job=True, connection=connection)


class Worker:
    """Runs due jobs, of each queue apart, restarts itself, and knows whether it is working."""

    def __init__(self, queue: Queue, url: str) -> None:
        self._queue = queue
        self._url = url
        self._began: float | None = None

    @property
    def working(self) -> bool:
        """Whether it runs, however often it was started again, and the database has answered it of late."""
        return self._began is not None and monotonic() - max(self._began, self._queue.answered) < _SILENT

    async def run(self) -> None:
        """Work until cancelled; running jobs get five seconds to finish then."""
        poke = asyncio.create_task(self._poke(), name="queue poke")
        self._began = monotonic()
        try:
            async with asyncio.TaskGroup() as workers:
                for queue in self._queue.names:
                    workers.create_task(self._keep_working(queue), name=f"worker of {queue}")
        finally:
            self._began = None
            poke.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await poke

    async def _keep_working(self, queue: str) -> None:
        said: str | None = None
        while True:
            began = monotonic()
            why = await self._work(queue)
            # Once for each reason, unless the database has answered meanwhile: then it is another outage.
            level = logging.DEBUG if why == said and self._queue.answered < began else logging.WARNING
            log.log(level, "queue: the worker of %s stopped, starting it again%s", queue, why and f": {why}")
            said = why
            await asyncio.sleep(1)

    async def _work(self, queue: str) -> str:
        """Work until the worker ends; returns why, or nothing where it does not say."""
        try:
            await self._queue.app.run_worker_async(
                install_signal_handlers=False,
                shutdown_graceful_timeout=5,
                queues=[queue],
                concurrency=_AT_ONCE[queue],
                listen_notify=queue == DEFAULT_QUEUE,  # a mail has the seconds until the next look
                fetch_job_polling_interval=_POLLED,
                delete_jobs="successful",
            )
        except Exception as error:  # whatever it is, it must not end the work for good
            why = _reason(error)
            if not isinstance(error, psycopg.Error | procrastinate.exceptions.ProcrastinateException):
                log.warning("queue: the worker failed: %s", why, exc_info=error)
            if (task := asyncio.current_task()) is not None and task.cancelling():
                # It was told to stop, and failed over its own clean-up: that is no reason to start again.
                log.warning("queue: the worker failed while it stopped: %s", why)
                raise asyncio.CancelledError from error
            return why
        return ""

    async def _poke(self) -> None:
        """Sleep until the earliest job falls due, then wake the workers; again and again."""
        pause = _SHORTEST_PAUSE
        while True:
            try:
                async with await connect(self._url) as connection:
                    while True:
                        pause = _SHORTEST_PAUSE
                        row = await (await connection.execute(_POKE)).fetchone()
                        due = row[0] if row and row[0] is not None else _LONGEST_NAP
                        await self._queue.nap(min(max(due + 0.001, 0.02), _LONGEST_NAP))
            except psycopg.Error as error:
                # Once for an outage, however long it lasts.
                level = logging.WARNING if pause == _SHORTEST_PAUSE else logging.DEBUG
                log.log(level, "queue: the poke failed, trying again: %s", _reason(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)


async def retry_stalled(app: procrastinate.App, after: timedelta) -> int:
    """Put jobs back whose worker has been silent for `after` (kill -9 leaves them "doing"); returns how many."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=after.total_seconds()):
        # Another process that sweeps at the same time may have been faster.
        with contextlib.suppress(procrastinate.exceptions.ConnectorException):
            await app.job_manager.retry_job(job)
            count += 1
    return count


def _reason(error: BaseException) -> str:
    """Why it failed. Procrastinate's exceptions say "Database error."; what they were raised from says more."""
    while isinstance(error, procrastinate.exceptions.ConnectorException) and error.__cause__:
        error = error.__cause__
    return first_line(error)
