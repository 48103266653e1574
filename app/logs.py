"""Logging: one line for each record, as text or as JSON, in UTC, never with an invitation code or a mail's token."""

import json
import logging
import re
import sys
from collections import Counter
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from app import security_log
from app.capacity import client_of
from app.domain.text import harmless

_CODE = re.compile(r"(/room/|/mail/\w+/)[^\s/?#\"'\\]+")
"""Up to a backslash too: in JSON it belongs to the sign behind it, a quotation mark perhaps."""
_MOST_ALIKE, _A_MINUTE = 60, 60
"""How many lines that say the same are written within how many seconds; the others are counted."""
_MOST_DIFFERENT = 10_000
"""How many different lines are counted at once."""
_NEW_EACH_TIME = {"socket", "session"}
"""What a client that comes again has another of."""


def first_line(error: BaseException) -> str:
    """What an error says, in one line: its first, or its type where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class _Text(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - as logging has it
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        left_out = _facts(record).get("left_out")
        more = f" ({left_out} lines like this were left out)" if left_out else ""
        return _CODE.sub(r"\1…", super().format(record) + more)


class _Json(_Text):
    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= _facts(record)
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return _CODE.sub(r"\1…", json.dumps(entry, ensure_ascii=False))


class _Alike(logging.Filter):
    """Whoever sends us something can have lines written, thousands a second: they must not fill the disk.

    How many were left out is told with the first line of a later minute.
    """

    def __init__(self) -> None:
        super().__init__()
        self._since = 0.0
        self._times: Counter[str] = Counter()
        self._left_out: dict[str, logging.LogRecord] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not 0 <= record.created - self._since < _A_MINUTE or len(self._times) == _MOST_DIFFERENT:
            self._begin(record.created)
        facts = {name: fact for name, fact in _facts(record).items() if name not in _NEW_EACH_TIME}
        if "address" in facts:
            facts["address"] = client_of(str(facts["address"]))  # or an IPv6 one would have 2^64 lines
        error = record.exc_info[0] if record.exc_info else None  # a bug of ours is not hidden by a failing database
        line = f"{record.name} {record.msg} {record.args} {facts} {error}"
        self._times[line] += 1
        if self._times[line] > _MOST_ALIKE:
            self._left_out[line] = record
        return self._times[line] <= _MOST_ALIKE

    def _begin(self, at: float) -> None:
        times, left_out = self._times, self._left_out
        self._since, self._times, self._left_out = at, Counter(), {}
        for line, record in left_out.items():
            told = {"created": at, "exc_info": None}
            record.__dict__ |= told | {"facts": _facts(record) | {"left_out": times[line] - _MOST_ALIKE}}
            logging.getLogger(record.name).callHandlers(record)  # its own filters have seen it


def _facts(record: logging.LogRecord) -> dict[str, object]:
    facts: dict[str, object] = getattr(record, "facts", {})
    return facts


def _in_one_line(record: logging.LogRecord) -> bool:
    """Whoever opens a socket can say what cannot be read; it is told in one line that they cannot choose."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.msg, record.args = f"a frame could not be read ({harmless(str(record.msg))})", ()
    record.exc_info = record.exc_text = None
    return True


def set_up_logging(level: str, style: str, security: Path | None = None) -> None:
    """Log to standard error. What libraries tell about their everyday work is left out.

    The security log is JSON in any case, and goes to the file `security` where there is one, which may be moved away
    (rotated) at any time. Raises `OSError` when it cannot be written.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Text("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handler.addFilter(_Alike())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    trail = logging.getLogger(security_log.NAME)
    trail.handlers = [WatchedFileHandler(security, encoding="utf-8") if security else logging.StreamHandler(sys.stderr)]
    trail.handlers[0].setFormatter(_Json())
    trail.handlers[0].addFilter(_Alike())
    trail.setLevel(logging.INFO)
    trail.propagate = False
    for name in ("engineio.server", "socketio.server"):
        spoken_to = logging.getLogger(name)
        spoken_to.handlers.clear()  # its own would print everything twice, and not in our form
        spoken_to.filters = [_in_one_line]
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # what it warns of, the feed and the queue tell better
    for chatty in ("procrastinate", "alembic", "uvicorn.error", "nicegui", "engineio", "socketio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
