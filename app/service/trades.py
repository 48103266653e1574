"""Trades: creating them, finding them, listing them."""

import re
import unicodedata
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID, uuid5

from app import security_log
from app.db.history import History
from app.db.ledger import Ledger, RecordedBeforeError
from app.domain.actions import Action, Version
from app.domain.currency import USD, check_currency
from app.domain.kinds import Status
from app.domain.names import check_spelling, name_key
from app.domain.refusals import Reason, Refusal, Refusals, invalid
from app.domain.terms import check_unit, parse_minutes, parse_terms
from app.domain.text import check_title
from app.domain.trade import Person, Standing, Trade
from app.rooms.dashboard import Dashboard
from app.rooms.listing import Listing, Query
from app.rooms.lists import Watcher
from app.rooms.lobby import Lobby
from app.service.limits import Limits
from app.service.viewer import Viewer

PAGE = 20
"""Trades on one page of My trades."""
_ACTIONS = 100
"""Read at once of all of a trade: some milliseconds, between which others have their turn."""
_LONGEST_TYPED = 1_000
"""Characters of an address that are looked at for a code."""
_CODE = re.compile("[0-9a-z]+")


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a trade, to be read in pages."""

    trade: Trade
    #: The newest first.
    versions: AsyncIterator[list[Version]]
    #: The oldest first.
    actions: AsyncIterator[list[Action]]


class Trades:
    """Use cases around trades as a whole. Where they raise `Refusal`, nothing was changed."""

    def __init__(
        self,
        ledger: Ledger,
        history: History,
        lobby: Lobby,
        dashboard: Dashboard,
        limits: Limits,
        *,
        most_open: int,
        shows_all: bool = True,
    ) -> None:
        self._ledger = ledger
        self._history = history
        self._lobby = lobby
        self._dashboard = dashboard
        self._limits = limits
        self._most_open = most_open
        self._shows_all = shows_all
        self._creating: Counter[int] = Counter()

    async def create(
        self,
        viewer: Viewer,
        *,
        title: str,
        description: str,
        price: str,
        quantity: str,
        buyer: str,
        minutes: str,
        currency: str = USD,
        unit: str = "",
        private: bool = False,
        request: UUID | None = None,
    ) -> Trade:
        """A new offer from what the seller typed; `buyer` and `unit` may be empty. A named request makes one trade.

        `private`: others than the parties see no more of it on the dashboard than its status. Raises `Refusal`:
        TOO_OFTEN (too many moves, or too many open offers), INVALID with the field's name.
        """
        self._limits.check("moves", viewer.person.id)
        me = viewer.person.id
        fields = {"title": title, "description": description, "price": price, "quantity": quantity}
        fields |= {"buyer": buyer, "currency": currency, "unit": unit}
        # The name covers the content, as in `negotiation`, but for the minutes, which grow fewer until a time: the page
        # puts the deadline into it as it was typed.
        name = uuid5(request, repr((fields, private))) if request else None
        self._creating[me] += 1
        try:
            most = self._most_open
            if await self._history.count_open(me, most) + self._creating[me] > most:
                if before := await self._made_before(viewer.person, name):
                    return before
                raise Refusal(
                    Reason.TOO_OFTEN,
                    f"You have {most:,} open offers already. Please wait until one of them is closed.",
                )
            return await self.draft(viewer.person, **fields, minutes=minutes, private=private, request=name)
        finally:
            self._creating[me] -= 1
            if not self._creating[me]:
                del self._creating[me]

    async def draft(
        self,
        seller: Person,
        *,
        title: str,
        description: str,
        price: str,
        quantity: str,
        buyer: str,
        minutes: str,
        currency: str = USD,
        unit: str = "",
        private: bool = False,
        request: UUID | None = None,
    ) -> Trade:
        """A new offer of a seller at the shell, who has no session. Raises `Refusal` (INVALID)."""
        currency = check_currency(currency)  # chosen, not typed: a wrong one says nothing of the other fields
        refusals = Refusals()
        with refusals:
            title = check_title(title)
        with refusals:
            terms = parse_terms(price, quantity, description, currency)
        with refusals:
            unit = check_unit(unit)
        with refusals:
            invited = _check_buyer(buyer, seller)
        with refusals:
            duration = parse_minutes(minutes)
        refusals.tell()
        try:
            outcome = await self._ledger.create(
                seller,
                title,
                terms,
                invited,
                duration,
                currency=currency,
                unit=unit,
                listed=not private,
                request=request,
            )
        except RecordedBeforeError:
            if before := await self._made_before(seller, request):
                return before
            raise
        self._lobby.publish(outcome)
        return outcome.trade

    async def _made_before(self, seller: Person, request: UUID | None) -> Trade | None:
        """The trade that a request of this name has made, if any."""
        before = await self._history.requested(seller.id, request) if request else None
        standing = await self._history.trade(before[0]) if before else None
        return standing.trade if standing else None

    async def find(self, viewer: Viewer, code: str) -> Standing:
        """The trade of an invitation code, for its parties and for somebody who may take the buyer's seat.

        Raises `Refusal`: TOO_OFTEN, NOT_YOURS (also where there is no such trade).
        """
        self._limits.check("rooms", viewer.person.id)
        typed = normalise_code(code)
        standing = await self._history.by_code(typed) if typed else None
        if standing is not None:
            trade = standing.trade
            if trade.role_of(viewer.person.id) is not None or trade.seat_is_for(viewer.person):
                return standing
        security_log.note("room_denied", person=viewer.person.id, trade=standing.trade.id if standing else None)
        raise Refusal(Reason.NOT_YOURS, "Nothing here")

    async def whole(self, viewer: Viewer, code: str, *, counts: bool = True) -> Whole:
        """All of a trade, for its parties. Raises `Refusal`: TOO_OFTEN, NOT_YOURS (also where there is none).

        `counts`: whether it will be read, and counts towards the limit of exports.
        """
        if counts:
            self._limits.check("exports", viewer.person.id)
        trade = (await self.find(viewer, code)).trade
        if trade.role_of(viewer.person.id) is None:
            raise Refusal(Reason.NOT_YOURS, "Nothing here")
        return Whole(trade, self._all_versions(trade.id), self._all_actions(trade.id))

    async def _all_versions(self, trade_id: int) -> AsyncIterator[list[Version]]:
        before = None
        while page := await self._history.versions(trade_id, before=before):
            yield page
            before = page[-1].number

    async def _all_actions(self, trade_id: int) -> AsyncIterator[list[Action]]:
        seq = 0
        while page := await self._history.actions_since(trade_id, seq, limit=_ACTIONS):
            yield page
            seq = page[-1].seq

    async def clear_drafts(self) -> int:
        """Clear offers that were closed a month ago and that nobody ever joined; returns how many."""
        return await self._ledger.clear_drafts()

    async def mine(
        self, viewer: Viewer, statuses: Sequence[Status], page: int, part: str = ""
    ) -> tuple[list[Trade], bool]:
        """One page of the viewer's trades, and whether there are more. `page` counts from 0; `part` is one of the title
        or of the counterparty's name."""
        me = viewer.person.id
        found = await self._history.trades_of(me, statuses, offset=page * PAGE, limit=PAGE + 1, part=part)
        return [standing.trade for standing in found[:PAGE]], len(found) > PAGE

    def watch_mine(self, viewer: Viewer, watcher: Watcher) -> Callable[[], None]:
        """Let a list hear of whatever happens in the viewer's trades; returns the way to stop it."""
        return self._lobby.lists.watch(viewer.person.id, watcher)

    async def activity(self, viewer: Viewer, query: Query) -> Listing:
        """A live listing of the dashboard, as the viewer may see it; give it back with `close_activity`."""
        if query.title or not self._shows_all:
            query = replace(query, viewer=viewer.person.id, own=not self._shows_all)
        return await self._dashboard.open(query)

    def close_activity(self, listing: Listing) -> None:
        """Give a listing back."""
        self._dashboard.close(listing)


def normalise_code(typed: str) -> str:
    """A code as it is stored: lower case, with the letters that are taken for digits read as those (Crockford).

    A link that was copied out of a text brings what stood around it, and mail programs put invisible characters and
    hyphens into long words: the code is the first run of letters and digits without those.
    """
    seen = "".join(c for c in typed[:_LONGEST_TYPED].lower() if unicodedata.category(c) not in {"Cf", "Pd"})
    run = _CODE.search(seen)
    return run[0].translate(str.maketrans("oil", "011"))[:64] if run else ""


def _check_buyer(typed: str, seller: Person) -> str:
    """Somebody else's name, who may have had it before it could not be taken any more."""
    if not typed.strip():
        return ""
    try:
        name = check_spelling(typed)
    except Refusal as refusal:
        raise invalid("buyer", str(refusal).replace("The name", "The buyer's name")) from None
    if name_key(name) == name_key(seller.name):
        raise invalid("buyer", "The buyer must be somebody else than you.")
    return name
