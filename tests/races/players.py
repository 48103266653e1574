"""One process's worth of players: people, and time itself, who make random moves on the same trades at once.

As a program (`python -m tests.races.players URL`) it is told a round by a line of JSON on its standard input, plays it,
and answers with a line of JSON; see `Round` and `Played`.
"""

import asyncio
import json
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

from app.db.engine import Database
from app.db.history import History
from app.db.ledger import Ledger, RecordedBeforeError, new_code
from app.db.queue import Queue
from app.domain import rules
from app.domain.actions import Outcome
from app.domain.kinds import Status
from app.domain.moves import (
    Accept,
    Expire,
    Extend,
    Join,
    Move,
    Offer,
    Reject,
    ReleaseSeat,
    RenewLink,
    RequestAmendment,
    See,
    SendMessage,
    Withdraw,
)
from app.domain.refusals import Refusal
from app.domain.trade import Person, Standing, Trade

NAMES = ("Sam", "Bea", "Cid")
HOUR = timedelta(hours=1)


@dataclass
class Round:
    """What to play: the trades, and Sam (who sells), Bea and Cid (who both want to buy) by their ids.

    In the tame ones nobody moves the deadline, so that some of the short ones expire within the round.
    """

    trades: list[int]
    people: list[int]
    seed: int
    tame: list[int]


@dataclass(frozen=True)
class Kept:
    """A move that the ledger told its player was recorded; `named` is the version that the move named, or 0."""

    trade: int
    seq: int
    kind: str
    actor: int | None
    named: int


@dataclass
class Played:
    """What came of a round: the moves that were recorded, and how many others the ledger and the rules turned away.

    `met` counts what has overtaken what: ``accepted before amended`` is an offer that came a moment too late.
    """

    kept: list[Kept]
    overtaken: int = 0
    refused: int = 0
    met: dict[str, int] = field(default_factory=dict)

    def meet(self, first: str, second: str) -> None:
        """Count one more."""
        pair = f"{first} before {second}"
        self.met[pair] = self.met.get(pair, 0) + 1


class Player:
    """One ledger with a pool of its own, and people who do not look at their watches."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.history = History(self.database)
        self.ledger = Ledger(self.database, Queue(url), "player")
        self._turns = asyncio.Semaphore(10)
        """As many as the pool has connections: whoever waits for one is turned away after five seconds."""

    async def play(self, game: Round) -> Played:
        """Everybody on every trade, at random times until a little after its deadline, each a few times."""
        played = Played([])
        people = [Person(number, name) for number, name in zip(game.people, NAMES, strict=True)]
        async with asyncio.TaskGroup() as group:
            for trade in game.trades:
                for index, person in enumerate((*people, None)):
                    chance = random.Random(f"{game.seed} {trade} {index}")
                    group.create_task(self._sit(trade, person, chance, played, tame=trade in game.tame))
        return played

    async def _sit(
        self, trade_id: int, person: Person | None, chance: random.Random, played: Played, *, tame: bool
    ) -> None:
        for _ in range(chance.randint(1, 3)):
            screen = await self._look(trade_id)
            left = (screen.trade.expires_at - self.database.clock.now()).total_seconds()
            # On a short trade half of the moves come at the deadline's edge, where they meet the expiry.
            late = left < 10 and chance.random() < 0.5
            await asyncio.sleep(max(0.0, left + chance.gauss(0, 0.02) if late else chance.uniform(0, 0.3)))
            await self._move(screen, _choose(screen.trade, person, chance, tame=tame), person, chance, played)

    async def _move(
        self, standing: Standing, move: Move, person: Person | None, chance: random.Random, played: Played
    ) -> None:
        """As a use case does it: ask the rules about what is on the screen, record; overtaken, look and ask again."""
        trade = standing.trade
        wrong = chance.choice((timedelta(0), HOUR))
        for _ in range(5):
            now = self.database.clock.now() + (wrong if person is None else -wrong)
            try:
                asked = rules.apply(trade, move, by=trade.role_of(person.id) if person else None, now=now)
            except Refusal:
                played.refused += 1
                return
            recorded = await self._ask(asked, uuid4() if person else None, again=chance.random() < 0.3)
            if recorded:
                action = recorded.action
                actor = action.actor.id if action.actor else None
                named = move.version if isinstance(move, Accept) else 0
                played.kept.append(Kept(trade.id, action.seq, action.kind, actor, named))
                return
            played.overtaken += 1
            async with self._turns:
                faster = await self.history.actions_since(trade.id, standing.seq)
            for action in faster:
                played.meet(action.kind, move.kind)
            standing = await self._look(trade.id)
            trade = standing.trade

    async def _ask(self, asked: Outcome, request: UUID | None, *, again: bool) -> Outcome | None:
        """Record it; people whose line is bad ask twice at once, under one name."""
        answers = await asyncio.gather(*(self._record(asked, request) for _ in range(2 if request and again else 1)))
        kept = [answer for answer in answers if answer is not None]
        assert len(kept) <= 1, "one request was recorded twice"
        return kept[0] if kept else None

    async def _record(self, asked: Outcome, request: UUID | None) -> Outcome | None:
        async with self._turns:
            try:
                return await self.ledger.record(asked, request)
            except RecordedBeforeError:
                return None

    async def _look(self, trade_id: int) -> Standing:
        async with self._turns:
            standing = await self.history.trade(trade_id)
        assert standing is not None
        return standing


def _choose(trade: Trade, person: Person | None, chance: random.Random, *, tame: bool) -> Move:
    if person is None:
        return Expire()
    if chance.random() < 0.25:
        return SendMessage(f"{person.name} says {chance.random()}")
    if person.id == trade.seller.id:
        if chance.random() < 0.2:
            return chance.choice((RenewLink(new_code()), ReleaseSeat(new_code())))
    elif trade.status is Status.DRAFT:
        return Join(person, trade.code)
    price = Decimal(chance.randint(1, 10**6)) / 100
    offers: list[Move] = [Offer(trade.version, replace(trade.terms, price=price), "a new price")]
    if person.id == trade.seller.id:
        offers.append(Extend(trade.expires_at + timedelta(seconds=chance.choice((0, 90)))))
    answers: list[Move] = [Accept(trade.version), Reject(trade.version, "No."), See(trade.version)]
    others: list[Move] = [Withdraw(trade.version), RequestAmendment("Less?")]
    return chance.choice(
        (*(offers * 4 if not tame or trade.status is Status.DRAFT else []), *answers * 2, *answers[:1] * 2, *others)
    )


@asynccontextmanager
async def players(url: str, count: int) -> AsyncIterator[list[Player]]:
    """So many players, each with a pool."""
    those = [Player(url) for _ in range(count)]
    try:
        for player in those:
            await player.database.open()
        yield those
    finally:
        for player in those:
            await player.database.close()


async def main(url: str) -> None:
    """Play rounds until the input ends."""
    async with players(url, 1) as (player,):
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(asdict(await player.play(Round(**json.loads(line))))), flush=True)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
