"""Read marks: how far somebody has seen a trade, and what it has for them since. No part of the trade itself."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.actions import Action
from app.domain.kinds import KINDS
from app.domain.trade import Person

BEFORE_DEADLINE = timedelta(minutes=10)
"""From so long before the deadline on whoever has something to answer and is not there is warned."""


@dataclass(frozen=True, slots=True)
class ReadMark:
    """How far somebody has seen a trade."""

    #: The newest action that was on their screen.
    seen_seq: int
    #: When they were last there.
    seen_at: datetime | None
    #: The newest action that they were told of by mail.
    mailed_seq: int = 0
    #: The deadline that they were warned of by mail.
    mailed_deadline: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What a trade has for one person."""

    #: How many actions of others they have not seen.
    unread: int
    #: The newest action of all that is not silent; it may come without terms, and cut after 200 characters.
    newest: Action

    def seen(self, seq: int) -> "News":
        """The news once everything up to `seq` was seen."""
        return News(min(self.unread, max(0, self.newest.seq - seq)), self.newest)

    def renamed(self, person: Person) -> "News":
        """The news with this person under the name that they have now."""
        return News(self.unread, self.newest.renamed(person))


def news_after(news: News | None, actions: Iterable[Action], user_id: int) -> News | None:
    """The news once these have happened; what was known before is passed over. None while nothing is known."""
    for action in actions:
        if KINDS[action.kind].silent or (news is not None and action.seq <= news.newest.seq):
            continue
        unread = news.unread if news is not None else 0
        news = News(unread + 1 if is_news(action, user_id) else 0, action)
    return news


def is_news(action: Action, user_id: int) -> bool:
    """Whether an action is something new to a person: somebody else's, and not silent."""
    return not KINDS[action.kind].silent and (action.actor is None or action.actor.id != user_id)


def is_urgent(action: Action) -> bool:
    """Whether somebody who looks elsewhere is called: for an offer, a request, an acceptance, the end."""
    return KINDS[action.kind].answers or KINDS[action.kind].closes


def unread(actions: Iterable[Action], mark: ReadMark | None, user_id: int, *, seen_seq: int = 0) -> list[Action]:
    """Those of a trade's newest actions that a person has not seen; whoever has acted has seen what came before.
    `seen_seq` is how far they have seen it where their mark does not say so yet.

    None for whoever was never there: to them nothing is newer than the rest.
    """
    found: list[Action] = []
    for action in actions if mark else ():
        if KINDS[action.kind].silent:
            continue
        if not is_news(action, user_id):
            found.clear()
        elif mark and action.seq > max(mark.seen_seq, seen_seq):
            found.append(action)
    return found
