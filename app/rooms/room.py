"""A room: the live state of one trade, to which every open page of that trade is bound."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import timedelta
from time import monotonic

from nicegui import Event, binding

from app.domain.actions import Action, Offered, Outcome
from app.domain.kinds import KINDS, Kind
from app.domain.trade import Person, Trade
from app.rooms.ticker import Dial

KEPT = 30
"""How many of the newest actions a room holds, so that entering it needs no query; earlier ones load on demand."""
OFFERS_KEPT = 50
"""How many of the newest offers a room holds, besides each side's first and latest; more would not be seen in a picture
of them."""
TYPING_LASTS = timedelta(seconds=4)
"""A typing mark goes by itself after this silence: a "stop" may never come."""


class Room:
    """One trade's live state. `trade`, `asked`, `present`, `away` and `typing` are bindable and hold immutable values.

    `asked` is the seq of the newest request, where the room has heard of one: the same words may be asked again.
    `seq` is that of the newest action the room has shown; `arrived` emits each later one, in order and once. `renamed`
    emits whoever has another name now than in what was shown. `offers` are each side's first and latest and the newest,
    and `closing` is what ended the trade; both are there before `trade` tells of it.
    `on_screens` is how far each person has had it on a screen, by user id: their read marks follow, gathered; and
    `looked_at` is on how many of their pages they look at it now. `seen` emits their id whenever either has changed.
    `milestones` are the actions from before `recent` that they come from.
    """

    trade = binding.BindableProperty()
    asked = binding.BindableProperty()
    present = binding.BindableProperty()
    away = binding.BindableProperty()
    typing = binding.BindableProperty()

    def __init__(
        self, trade: Trade, seq: int, recent: list[Action], dial: Dial, milestones: Sequence[Action] = ()
    ) -> None:
        self.trade = trade
        self.asked = 0
        self.present = ()
        self.away = frozenset()
        self.typing = ()
        self.seq = seq
        self.recent: deque[Action] = deque(recent, maxlen=KEPT)
        self.dial = dial
        self.arrived: Event[Action] = Event()
        self.renamed: Event[Person] = Event()
        self.pages = 0
        first = Offered(trade.version, trade.offered_by, trade.terms)
        self.offers: tuple[Offered, ...] = (first,) if trade.version == 1 else ()  # its action may lie long before
        self.closing: Action | None = None
        self.on_screens: Counter[int] = Counter()
        self.looked_at: Counter[int] = Counter()
        self.seen: Event[int] = Event()
        self._typing_until: dict[Person, float] = {}
        self._shown: dict[int, Person] = {person.id: person for person in trade.parties}
        self.note_shown(recent)
        self._remember(action for action in (*milestones, *recent) if action.seq <= seq)

    @property
    def has_earlier(self) -> bool:
        """Whether there are actions before the oldest one held."""
        return bool(self.recent) and self.recent[0].seq > 1

    def take(self, outcome: Outcome) -> bool:
        """Show what was recorded. False when something before it is missing, which has to be read first."""
        action = outcome.action
        if action.seq <= self.seq:
            return True
        if action.seq > self.seq + 1:
            return False
        # What changes nothing was judged on a trade that may have been amended since; it must not take the page back.
        self.show(outcome.trade if outcome.changes_trade else self.trade, action.seq, [action])
        return True

    def show(self, trade: Trade, seq: int, actions: list[Action]) -> None:
        """Show a trade as it stood at `seq`, and the actions that led there; what was shown already is passed over."""
        self._remember(actions)
        if seq >= self.seq:
            self.trade = trade
        for action in actions:
            if action.seq == self.seq + 1:
                self.seq = action.seq
                self.recent.append(action)
                self.note_shown([action])
                if action.kind is Kind.AMENDMENT_REQUESTED:
                    self.asked = action.seq
                if action.actor is not None:
                    self.stop_typing(action.actor)
                self.arrived.emit(action)

    def look(self, user_id: int, pages: int) -> None:
        """Somebody looks at it on so many pages more, or fewer."""
        self.looked_at[user_id] += pages
        self.seen.emit(user_id)

    def see(self, user_id: int, seq: int) -> None:
        """Somebody has had it on a screen as far as this."""
        if seq > self.on_screens[user_id]:
            self.on_screens[user_id] = seq
            self.seen.emit(user_id)

    def _remember(self, actions: Iterable[Action]) -> None:
        """Keep what stands for long, in order and once."""
        for action in actions:
            offer = action.offered
            if offer is not None and (not self.offers or offer.version > self.offers[-1].version):
                self.offers = _thinned((*self.offers, offer))
            if KINDS[action.kind].closes:
                self.closing = action

    @property
    def people(self) -> set[Person]:
        """Everybody whose name has been shown."""
        return set(self._shown.values())

    def note_shown(self, actions: list[Action]) -> list[Action]:
        """Keep whose names these actions show; returns them."""
        for action in actions:
            if action.actor is not None:
                self._shown.setdefault(action.actor.id, action.actor)
        return actions

    def rename(self, person: Person) -> None:
        """Show somebody under another name from now on, if they have to do with this trade."""
        self.recent = deque((action.renamed(person) for action in self.recent), maxlen=KEPT)
        self.trade = self.trade.renamed(person)
        if self._shown.get(person.id, person) != person:
            self._shown[person.id] = person
            self.renamed.emit(person)

    def start_typing(self, person: Person) -> None:
        """Mark a person as typing, for a few seconds."""
        self._typing_until[person] = monotonic() + TYPING_LASTS.total_seconds()
        if person not in self.typing:
            self.typing = (*self.typing, person)

    def stop_typing(self, person: Person) -> None:
        """Take a person's typing mark away."""
        if self._typing_until.pop(person, None) is not None:
            self.typing = tuple(p for p in self.typing if p != person)

    def forget_silent(self) -> None:
        """Take away the typing marks whose time is over; the ticker calls it each second."""
        now = monotonic()
        for person in [person for person, until in self._typing_until.items() if until <= now]:
            self.stop_typing(person)


def _thinned(offers: Sequence[Offered]) -> tuple[Offered, ...]:
    """Of offers in their order, the newest, and the first and the latest of each side, however old they are."""
    first = {each.by: each.version for each in reversed(offers)}
    latest = {each.by: each.version for each in offers}
    kept, before = {*first.values(), *latest.values()}, offers[-1].version - OFFERS_KEPT
    return tuple(each for each in offers if each.version > before or each.version in kept)
