"""The security log: who came in, who was denied, and what was taken out, one JSON object a line, in UTC.

It names people and trades by their ids, never by names, passwords, codes or tokens: a name that is typed at the door
may be a password in the wrong field. `logs.set_up_logging` decides where it goes.
"""

import logging

NAME = "traderoom.security"
_log = logging.getLogger(NAME)


def note(event: str, **facts: str | int | bool | None) -> None:
    """Write down an event; `facts` are ids, addresses and words of ours."""
    _log.info(event, extra={"facts": facts})
