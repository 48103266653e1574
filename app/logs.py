"""Logging: one line for each record, as text or as JSON, in UTC, never with an invitation code or a mail's token."""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from logging.handlers import WatchedFileHandler
from pathlib import Path

from app import security_log

_CODE = re.compile(r"(/room/|/mail/\w+/)[^\s/?#\"']+")


class _Text(logging.Formatter):
    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: ARG002, N802 - as logging has it
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def format(self, record: logging.LogRecord) -> str:
        return _CODE.sub(r"\1…", super().format(record))


class _Json(_Text):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= getattr(record, "facts", {})
        if record.exc_info:
            entry["error"] = self.formatException(record.exc_info)
        return _CODE.sub(r"\1…", json.dumps(entry, ensure_ascii=False))


def _in_one_line(record: logging.LogRecord) -> bool:
    """Whoever opens a socket can say what cannot be read; it is told in one line that they cannot choose."""
    record.levelno, record.levelname = logging.WARNING, "WARNING"
    record.msg, record.args = f"a frame could not be read ({record.msg})", ()
    record.exc_info = record.exc_text = None
    return True


def set_up_logging(level: str, style: str, security: Path | None = None) -> None:
    """Log to standard error. What libraries tell about their everyday work is left out.

    The security log is JSON in any case, and goes to the file `security` where there is one, which may be moved away
    (rotated) at any time. Raises `OSError` when it cannot be written.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if style == "json" else _Text("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    trail = logging.getLogger(security_log.NAME)
    trail.handlers = [WatchedFileHandler(security, encoding="utf-8") if security else logging.StreamHandler(sys.stderr)]
    trail.handlers[0].setFormatter(_Json())
    trail.setLevel(logging.INFO)
    trail.propagate = False
    for name in ("engineio.server", "socketio.server"):
        spoken_to = logging.getLogger(name)
        spoken_to.handlers.clear()  # its own would print everything twice, and not in our form
        spoken_to.filters = [_in_one_line]
    logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # what it warns of, the feed and the queue tell better
    for chatty in ("procrastinate", "alembic", "uvicorn.error", "nicegui", "engineio", "socketio"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, logging.getLevelName(level)))
