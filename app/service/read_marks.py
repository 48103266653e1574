"""Read marks: how far each party has seen a trade, and what is new to them. Nobody is told that a message was seen."""

from collections.abc import Collection

from app.db.read_marks import ReadMarkStore
from app.domain.read_marks import News, ReadMark
from app.domain.refusals import Reason, Refusal
from app.rooms.lobby import Lobby
from app.service.viewer import Viewer


class ReadMarks:
    """Use cases around read marks. Where they raise `Refusal` (NOT_YOURS), nothing was changed."""

    def __init__(self, store: ReadMarkStore, lobby: Lobby) -> None:
        self._store = store
        self._lobby = lobby

    async def see(self, viewer: Viewer, trade_id: int, seq: int) -> None:
        """Keep that the viewer has had everything up to `seq` on their screen, and was there until now."""
        if not await self._store.see(viewer.person.id, trade_id, seq):
            raise _not_yours()
        self._lobby.lists.seen(viewer.person.id, trade_id, seq)

    async def of_trade(self, viewer: Viewer, trade_id: int) -> dict[int, ReadMark]:
        """The marks in a trade of the viewer's, by user id; whoever was never there has none, nor has an outsider."""
        return await self._store.of_trade(viewer.person.id, trade_id)

    async def news(self, viewer: Viewer, trade_ids: Collection[int]) -> dict[int, News]:
        """What is new to the viewer in these trades, by id; those of other people are passed over."""
        return await self._store.news(viewer.person.id, trade_ids) if trade_ids else {}


def _not_yours() -> Refusal:
    return Refusal(Reason.NOT_YOURS, "This trade belongs to two other people.")
