"""What is new to somebody, by their read mark and what they did themselves."""

from dataclasses import replace

import pytest

from app.domain.actions import Action
from app.domain.kinds import KINDS, Kind
from app.domain.read_marks import News, ReadMark, is_news, news_after, unread
from app.domain.trade import Person
from tests.domain.offers import BEA, EARLY, SAM


def said(seq: int, by: Person, kind: Kind = Kind.MESSAGE_SENT) -> Action:
    """An action in its place."""
    return Action(kind, EARLY, by, seq=seq)


TALK = [said(1, SAM), said(2, BEA), said(3, BEA), said(4, BEA, Kind.OFFER_SEEN), said(5, BEA)]


@pytest.mark.parametrize("kind", Kind)
def test_whatever_others_do_is_news_unless_it_is_silent(kind: Kind) -> None:
    assert is_news(said(1, BEA, kind), SAM.id) is not KINDS[kind].silent
    assert not is_news(said(1, SAM, kind), SAM.id)
    assert is_news(Action(Kind.EXPIRED, EARLY), SAM.id)


@pytest.mark.parametrize(("seen", "seqs"), [(0, [2, 3, 5]), (2, [3, 5]), (5, []), (9, [])])
def test_unread_is_what_came_after_the_mark(seen: int, seqs: list[int]) -> None:
    assert [action.seq for action in unread(TALK, ReadMark(seen, None), SAM.id)] == seqs


def test_what_was_on_a_screen_is_not_new_before_the_mark_says_so() -> None:
    assert [action.seq for action in unread(TALK, ReadMark(0, None), SAM.id, seen_seq=TALK[-1].seq)] == []


def test_who_was_never_there_or_has_acted_since_has_nothing_unread() -> None:
    assert unread(TALK, None, SAM.id) == []
    assert unread([*TALK, said(6, SAM)], ReadMark(0, None), SAM.id) == []
    assert len(unread([*TALK, said(6, SAM, Kind.OFFER_SEEN)], ReadMark(0, None), SAM.id)) == 3


def test_news_follow_what_happens_and_pass_over_what_is_known() -> None:
    news = news_after(News(1, TALK[1]), TALK, SAM.id)
    assert news == News(3, TALK[4])
    assert news_after(news, reversed(TALK), SAM.id) == news
    assert news_after(news, [replace(TALK[3], seq=6)], SAM.id) == news
    assert news_after(news, [said(6, SAM)], SAM.id) == News(0, said(6, SAM))
    assert news_after(None, TALK, SAM.id) == News(3, TALK[4])
    assert news_after(None, [TALK[3]], SAM.id) is None


@pytest.mark.parametrize(("seq", "left"), [(5, 0), (9, 0), (4, 1), (0, 3)])
def test_news_that_were_seen_are_none(seq: int, left: int) -> None:
    assert News(3, TALK[4]).seen(seq) == News(left, TALK[4])
