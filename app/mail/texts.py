"""What our mails say. No figure, no message and no name of a file stands in them: mail is read by many machines."""

from datetime import datetime

from app.domain.kinds import Kind
from app.mail.mail import Mail, Words

OPEN_ROOM = "Open the room"
_NEWS = {
    Kind.ACCEPTED: "{} accepted your offer",
    Kind.REJECTED: "{} rejected the deal",
    Kind.WITHDRAWN: "{} withdrew the offer",
    Kind.AMENDED: "{} made an offer",
    Kind.AMENDMENT_REQUESTED: "{} asked for other terms",
    Kind.JOINED: "{} joined as the buyer",
    Kind.MESSAGE_SENT: "{} wrote to you",
}
_IN_TIME = "You can answer until {}."
_NO_MORE = "There is one mail for each time that you are away, one before the deadline, and one about the outcome."


def news(
    *, to: str, name: str, about: str, reader: str, other: str, title: str, deadline: datetime, room: str, stop: str
) -> Mail:
    """Something happened in a trade. `about` is the kind, or empty where the deadline is near; `deadline` has the
    reader's time zone; `room` and `stop` are addresses."""
    kind = Kind(about) if about else None
    until = Words("The deadline is {}.", (f"{deadline:%H:%M} on {deadline.day} {deadline:%B} ({deadline.tzinfo})",))
    what: Words
    rest: tuple[Words, ...]
    match kind:
        case None:
            what, rest = Words("Your answer to {} is due", (other,)), (Words("Less than ten minutes are left."), until)
        case Kind.EXPIRED:
            what, rest = Words("Time is up"), (Words("The deadline has passed. No trade was made."),)
        case Kind.ACCEPTED:
            what, rest = Words(_NEWS[kind], (other,)), (Words("The trade is made. The room has your receipt."),)
        case Kind.REJECTED | Kind.WITHDRAWN:
            what, rest = Words(_NEWS[kind], (other,)), (Words("No trade was made."),)
        case _:
            what, rest = Words(_NEWS[kind], (other,)), (until,)
    return Mail(
        to=to,
        name=name,
        subject=Words(f"{what.template} · {{}}", (*what.typed, title)),
        body=(
            Words("Hello {},", (reader,)),
            Words(f"{what.template} in “{{}}”.", (*what.typed, title)),
            *rest,
        ),
        link=(OPEN_ROOM, room),
        why=Words(f"You get this because your account has this address. {_NO_MORE}"),
        unsubscribe=stop,
    )


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
