"""What is said when something of ours fails: nothing of our insides. What was typed into a form stays."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.domain.refusals import Reason, Refusal

log = logging.getLogger(__name__)
UNAVAILABLE = "Something does not work on our side right now. Nothing is lost; please try again in a moment."


@contextmanager
def calmly(what: str) -> Iterator[None]:
    """Log whatever fails in `what`, and raise `Refusal` in its place: the form says it, and keeps what was typed."""
    try:
        yield
    except Refusal:
        raise
    except Exception:
        log.exception("%s failed", what)
        raise Refusal(Reason.INVALID, UNAVAILABLE) from None
