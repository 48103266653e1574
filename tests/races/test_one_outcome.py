"""Hundreds of random games on the same trades, from several pools and several processes: one outcome each, always."""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from app.domain.kinds import Status
from app.domain.moves import Expire
from app.domain.refusals import Refusal
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import verify
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.db.audit import broken_promises
from tests.proof.issued import issue
from tests.races.interleavings import Saw
from tests.races.players import Kept, Played, Round, players

ROOT = Path(__file__).parents[2]
TRADES = 20
"""In a round: half of them with a deadline in the middle of the round, half of them without one in sight."""
SHORT, LONG = 0.012, 30
"""Minutes."""

SOON = timedelta(seconds=5)
ENDS = {"accepted", "rejected", "expired", "withdrawn"}
BOUND_TO_MEET = {"amended before amended", "amended before accepted", "accepted before amended"}
"""In whatever order the machine lets them run; all of them are tried one by one in `test_crossings.py`."""

Play = Callable[[Round], Coroutine[None, None, Played]]


class Game:
    """Rounds of everybody against everybody, with a book of what each player was told."""

    def __init__(self, market: Market, plays: list[Play]) -> None:
        self.market = market
        self.plays = plays
        self.told: list[Kept] = []
        self.tried = 0
        self.overtaken = 0
        self.met: Counter[str] = Counter()

    @property
    def was_worth_it(self) -> bool:
        """Every outcome has come about, terms had moved, and people have got in each other's way."""
        kinds = Counter(kept.kind for kept in self.told)
        is_varied = {*ENDS, *BOUND_TO_MEET} <= {*kinds, *self.met} and any(kept.named > 1 for kept in self.told)
        return is_varied and self.overtaken > kinds["created"]

    async def rounds(self, first: int, count: int) -> None:
        """So many rounds, and a few more where chance has left something out."""
        for seed in range(first, first + 3 * count):
            if seed < first + count or not self.was_worth_it:
                await self.round(seed)

    async def round(self, seed: int) -> None:
        """Make trades, let everybody play them at once, and expire what is left, as the sweep does."""
        people = [(await self.market.person(name)).id for name in ("Sam", "Bea", "Cid")]
        async with asyncio.TaskGroup() as group:
            drafts = [
                group.create_task(self.market.draft(f"Oak {seed}.{n}", minutes=SHORT if n % 2 else LONG))
                for n in range(TRADES)
            ]
        deals = [draft.result() for draft in drafts]
        self.told += [Kept(deal.id, 1, "created", people[0], 0) for deal in deals]
        ids = [deal.id for deal in deals]
        rounds = [Round(ids, people, seed * 100 + n, tame=ids[1::4]) for n in range(len(self.plays))]
        async with asyncio.TaskGroup() as group:
            games = [group.create_task(play(game)) for play, game in zip(self.plays, rounds, strict=True)]
        for game in games:
            self.told += game.result().kept
            self.tried += len(game.result().kept) + game.result().refused
            self.overtaken += game.result().overtaken
            self.met += game.result().met
        for deal in deals[1::2]:
            if (await deal.trade()).expires_at - self.market.database.clock.now() > SOON:
                continue  # a late offer, or an extension
            await deal.wait_for_deadline()
            try:
                expired = await deal.play(Expire())
            except Refusal:
                continue  # it was closed
            self.told.append(Kept(deal.id, expired.action.seq, "expired", None, 0))

    async def check(self, saw: Saw) -> None:
        """Every promise is kept, and what the players were told is what the database holds, no more and no less.

        The receipt of every closed trade verifies. What has met what is told at the end of the run.
        """
        saw(self.met)
        async with self.market.database.raw() as connection:
            assert await broken_promises(connection) == {}
            cursor = await connection.execute("SELECT trade_id, seq, kind, actor_id FROM trade_actions")
            assert sorted((kept.trade, kept.seq, kept.kind, kept.actor or 0) for kept in self.told) == sorted(
                (trade, seq, kind, actor or 0) for trade, seq, kind, actor in await cursor.fetchall()
            )
            cursor = await connection.execute("SELECT id, version, status FROM trades")
            trades = {number: (version, status) for number, version, status in await cursor.fetchall()}
        await self.check_receipts([number for number, (_, status) in trades.items() if Status(status).final])
        accepted = {kept.trade: kept.named for kept in self.told if kept.kind == "accepted"}
        assert accepted == {n: version for n, (version, status) in trades.items() if status == Status.ACCEPTED}
        assert "in_negotiation" in {status for _, status in trades.values()}
        assert self.was_worth_it, (Counter(kept.kind for kept in self.told), self.met, self.overtaken)

    async def check_receipts(self, closed: list[int]) -> None:
        """Each of these has one that verifies."""
        receipts = Receipts(self.market.history, Limits({"exports": "100000/minute"}), "a secret of the tests' own")
        for number in closed:
            standing = await self.market.history.trade(number)
            assert standing is not None
            seller = Viewer(standing.trade.seller, 0)
            receipt = await issue(receipts, seller, standing.trade.code, self.market.database.clock.now())
            assert verify(receipt, receipts.public_key) == []


async def test_many_pools_in_one_process_give_every_trade_one_outcome(market: Market, url: str, saw: Saw) -> None:
    async with players(url, 2) as those:
        game = Game(market, [player.play for player in those])
        await game.rounds(0, 5)
        await game.check(saw)


async def test_many_processes_give_every_trade_one_outcome(market: Market, url: str, saw: Saw) -> None:
    async with process(url) as one, process(url) as two, players(url, 1) as (here,):
        game = Game(market, [one, two, here.play])
        await game.rounds(100, 7)
        assert game.tried > 3_000
        await game.check(saw)


@asynccontextmanager
async def process(url: str) -> AsyncIterator[Play]:
    """Players in a process of their own."""
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.races.players", url, cwd=ROOT, stdin=pipe, stdout=pipe, limit=2**24
    )

    questions, answers = child.stdin, child.stdout
    assert questions is not None
    assert answers is not None

    async def play(game: Round) -> Played:
        questions.write(json.dumps(asdict(game)).encode() + b"\n")
        answer = json.loads(await answers.readline())
        return Played(
            [Kept(**kept) for kept in answer["kept"]], answer["overtaken"], answer["refused"], Counter(answer["met"])
        )

    try:
        yield play
        questions.close()
        assert await child.wait() == 0
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
