"""What our mails say. No figure and no message stands in them: mail is read by many machines."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.kinds import KINDS, Kind, Status
from app.mail.mail import Mail, Words

_NO_MORE = "There is one mail for each time that you are away, one before the deadline, and one about the outcome."


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a mail about a trade has to tell."""

    #: What happened; None where the deadline is near and something is to be answered.
    kind: Kind | None
    #: Who did it, or whom to answer.
    other: str
    title: str
    version: int
    #: In the reader's time zone.
    deadline: datetime


def news(event: Event, *, to: str, name: str, reader: str, room: str, stop: str) -> Mail:
    """Something happened in a trade, or is to be answered; `room` and `stop` are addresses."""
    what, rest = _said(event)
    return Mail(
        to=to,
        name=name,
        subject=Words(f"{what.template} · {{}}", (*what.typed, event.title)),
        body=(
            Words("Hello {},", (reader,)),
            Words(f"{what.template} in “{{}}”.", (*what.typed, event.title)),
            Words(rest),
        ),
        link=("Open the room", room),
        why=Words(f"You get this because your account has this address. {_NO_MORE}"),
        unsubscribe=stop,
    )


def _said(event: Event) -> tuple[Words, str]:
    """What happened, and what follows from it."""
    at = event.deadline
    zone = str(at.tzinfo)
    if at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset():
        zone += f", UTC{at.isoformat()[-6:]}"  # an hour that the clocks show twice
    until = f"The deadline is {at:%H:%M} on {at.day} {at:%B} ({zone})."
    if event.kind is None:
        return Words("Your answer to {} is due", (event.other,)), f"Less than ten minutes are left. {until}"
    rules = KINDS[event.kind]
    words = rules.words.format(who="{}", version=event.version)
    what = Words(words, (event.other,) if rules.by else ())
    if rules.to is None or not rules.closes:
        return what, until
    made = "The trade is made. Its" if rules.to is Status.ACCEPTED else "No trade was made. The"
    return what, f"{made} {rules.to.document} is in the room."


def confirmation(*, to: str, name: str, reader: str, link: str) -> Mail:
    """Whether an address is its person's."""
    return Mail(
        to=to,
        name=name,
        subject=Words("Confirm your e-mail address"),
        body=(
            Words("Hello {},", (reader,)),
            Words("please confirm that mails about your trades may go to this address. The link works for a day."),
        ),
        link=("Confirm this address", link),
        why=Words("If this was not you, do nothing: without the link nothing more will come."),
    )


def recovery(*, to: str, name: str, reader: str, link: str) -> Mail:
    """The way back to an account."""
    return Mail(
        to=to,
        name=name,
        subject=Words("Choose a new password"),
        body=(
            Words("Hello {},", (reader,)),
            Words("somebody has asked for a new password for your account. The link works once, for 30 minutes."),
        ),
        link=("Choose a new password", link),
        why=Words("If this was not you, do nothing: your password stays as it is."),
    )


def change(*, to: str, name: str, reader: str) -> Mail:
    """What the address is told that was the account's before."""
    return Mail(
        to=to,
        name=name,
        subject=Words("Your e-mail address was changed"),
        body=(
            Words("Hello {},", (reader,)),
            Words("your account does not have this e-mail address any more. No more mails about it will come here."),
            Words("If this was not you, somebody knows your password: change it, and sign out everywhere."),
        ),
    )
