"""The table of kinds: what can happen in a trade, by whom, in which statuses, and what it leads to.

Said here once. The ways between statuses, the ledger's guards, the tables' constraints, the closings that a receipt may
have, the lists' filters and the words of the timeline, the conversation and the PDF follow from it.
"""

from dataclasses import dataclass
from enum import StrEnum

from app.domain.traits import DeadlineChange, SeatChange, Side, Timing, VersionUse


class Role(StrEnum):
    """A party's side in one trade; it comes from the trade, never from a page."""

    SELLER = "seller"
    BUYER = "buyer"

    @property
    def word(self) -> str:
        """What people read: ``Seller`` or ``Buyer``."""
        return self.value.capitalize()

    @property
    def other(self) -> "Role":
        """The side across the table."""
        return Role.BUYER if self is Role.SELLER else Role.SELLER


class Status(StrEnum):
    """How far a trade has come."""

    DRAFT = "draft"
    IN_NEGOTIATION = "in_negotiation"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"

    @property
    def final(self) -> bool:
        """Whether nothing leads out of it."""
        return not NEXT[self]

    @property
    def word(self) -> str:
        """What people read: ``In negotiation``."""
        return self.value.replace("_", " ").capitalize()

    @property
    def document(self) -> str:
        """What a closed trade leaves behind: of what was not agreed nothing was received, but it has a record."""
        return "receipt" if self is Status.ACCEPTED else "record"


class Kind(StrEnum):
    """What can happen in a trade."""

    CREATED = "created"
    JOINED = "joined"
    MESSAGE_SENT = "message_sent"
    AMENDED = "amended"
    AMENDMENT_REQUESTED = "amendment_requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LINK_RENEWED = "link_renewed"
    SEAT_RELEASED = "seat_released"
    WITHDRAWN = "withdrawn"
    EXTENDED = "extended"
    OFFER_SEEN = "offer_seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRules:
    """One row of the table: what holds for one kind."""

    #: Who may do it; nobody means time itself.
    by: frozenset[Role]
    #: The statuses in which it may happen; none for what begins a trade.
    during: frozenset[Status]
    #: The status it leads to; None where the trade stays in the one it has.
    to: Status | None = None
    #: How its time lies to the deadline.
    when: Timing = Timing.BEFORE
    #: On which side of the standing offer whoever does it has to be.
    side: Side = Side.EITHER
    #: What it has to do with a version of the terms.
    version: VersionUse = VersionUse.NONE
    #: Whether it always had; earlier releases' rejections name no version.
    version_is_old: bool = True
    #: Whether it is an answer to the offer when the buyer does it; the seat cannot be released any more then.
    answers: bool = False
    #: What it does to the deadline.
    deadline: DeadlineChange = DeadlineChange.STAYS
    #: Whether it only tells: it is no activity, nobody's news, and no row of its own.
    silent: bool = False
    #: How much it matters to the other side while they are away: 0 is nothing to write a mail for.
    weight: int = 0
    #: Whether it puts a new invitation code in the place of the old one.
    renews_code: bool = False
    #: What it does to the buyer's seat.
    seat: SeatChange = SeatChange.STAYS
    #: Completes "Only the seller can …".
    infinitive: str
    #: What happened: `{who}` is who did it, `{version}` the version it names.
    words: str

    @property
    def changes_trade(self) -> bool:
        """Whether the trade is another one afterwards; what does not was judged on nothing that could have changed."""
        return (
            self.to is not None
            or self.version is not VersionUse.NONE
            or self.answers
            or self.renews_code
            or self.seat is not SeatChange.STAYS
            or self.deadline is not DeadlineChange.STAYS
        )

    @property
    def closes(self) -> bool:
        """Whether it is an outcome."""
        return self.to is not None and self.to.final


_SELLER = frozenset({Role.SELLER})
_BUYER = frozenset({Role.BUYER})
_EITHER = _SELLER | _BUYER
_OPEN = frozenset({Status.DRAFT, Status.IN_NEGOTIATION})
_IN_NEGOTIATION = frozenset({Status.IN_NEGOTIATION})

KINDS: dict[Kind, KindRules] = {
    Kind.CREATED: KindRules(
        by=_SELLER,
        during=frozenset(),
        to=Status.DRAFT,
        version=VersionUse.MAKES,
        infinitive="create the offer",
        words="{who} created the offer",
    ),
    Kind.JOINED: KindRules(
        by=_BUYER,
        during=frozenset({Status.DRAFT}),
        to=Status.IN_NEGOTIATION,
        seat=SeatChange.TAKEN,
        weight=2,
        infinitive="join as the buyer",
        words="{who} joined as the buyer",
    ),
    Kind.MESSAGE_SENT: KindRules(
        by=_EITHER,
        during=frozenset(Status),
        when=Timing.ANY,
        weight=1,
        infinitive="send a message",
        words="{who} sent a message",
    ),
    Kind.AMENDED: KindRules(
        by=_EITHER,
        during=_OPEN,
        version=VersionUse.MAKES,
        answers=True,
        deadline=DeadlineChange.LEAVES_TIME,
        weight=4,
        infinitive="make an offer",
        words="{who} made another offer",
    ),
    Kind.AMENDMENT_REQUESTED: KindRules(
        by=_BUYER,
        during=_IN_NEGOTIATION,
        answers=True,
        weight=3,
        infinitive="request an amendment",
        words="{who} asked for an amendment",
    ),
    Kind.ACCEPTED: KindRules(
        by=_EITHER,
        during=_IN_NEGOTIATION,
        to=Status.ACCEPTED,
        side=Side.RECEIVED,
        version=VersionUse.NAMES,
        answers=True,
        weight=5,
        infinitive="accept the deal",
        words="{who} accepted version {version}",
    ),
    Kind.REJECTED: KindRules(
        by=_EITHER,
        during=_IN_NEGOTIATION,
        to=Status.REJECTED,
        side=Side.RECEIVED,
        version=VersionUse.NAMES,
        version_is_old=False,
        answers=True,
        weight=5,
        infinitive="reject the deal",
        words="{who} rejected the deal",
    ),
    Kind.EXPIRED: KindRules(
        by=frozenset(),
        during=_OPEN,
        to=Status.EXPIRED,
        when=Timing.AFTER,
        weight=5,
        infinitive="expire the offer",
        words="The offer expired",
    ),
    Kind.LINK_RENEWED: KindRules(
        by=_SELLER,
        during=_OPEN,
        renews_code=True,
        infinitive="renew the link",
        words="{who} renewed the invitation link",
    ),
    Kind.SEAT_RELEASED: KindRules(
        by=_SELLER,
        during=_IN_NEGOTIATION,
        to=Status.DRAFT,
        renews_code=True,
        seat=SeatChange.FREED,
        infinitive="release the buyer's seat",
        words="{who} released the buyer's seat",
    ),
    Kind.WITHDRAWN: KindRules(
        by=_EITHER,
        during=_OPEN,
        to=Status.WITHDRAWN,
        side=Side.MADE,
        version=VersionUse.NAMES,
        weight=5,
        infinitive="withdraw the offer",
        words="{who} withdrew version {version}",
    ),
    Kind.EXTENDED: KindRules(
        by=_SELLER,
        during=_OPEN,
        deadline=DeadlineChange.EXTENDED,
        infinitive="extend the deadline",
        words="{who} extended the deadline",
    ),
    Kind.OFFER_SEEN: KindRules(
        by=_EITHER,
        during=_IN_NEGOTIATION,
        side=Side.RECEIVED,
        version=VersionUse.NAMES,
        silent=True,
        infinitive="have seen the offer",
        words="{who} saw version {version}",
    ),
}

NEXT: dict[Status, frozenset[Status]] = {
    status: frozenset(rules.to for rules in KINDS.values() if rules.to is not None and status in rules.during)
    for status in Status
}
"""Every way out of every status; final ones have none."""
OPEN = tuple(status for status in Status if NEXT[status])
"""The statuses in which a trade can still be closed."""
FINAL = tuple(status for status in Status if not NEXT[status])
"""The outcomes."""
NEGOTIATED = tuple(
    status
    for status in Status
    if all(
        rules.seat is SeatChange.TAKEN or rules.during == _IN_NEGOTIATION
        for rules in KINDS.values()
        if rules.to is status
    )
)
"""The statuses that only a trade with a buyer comes to."""
