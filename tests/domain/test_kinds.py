"""The table of kinds is complete, and everything that follows from it does: what is forgotten is named here."""

import ast
import re
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from app.domain import rules
from app.domain.kinds import FINAL, KINDS, NEXT, OPEN, Kind, KindRules, Role, Status
from app.domain.moves import AboutOffer, Extend, Move, SendMessage
from app.domain.refusals import Reason
from app.domain.traits import SeatChange, Side, Timing, VersionUse
from tests.domain.offers import DEADLINE, closed, do, draft, negotiation
from tests.domain.refused import refused
from tests.syntax import tree_of

APP = Path(__file__).parents[2] / "app"
THEME = (APP / "ui" / "theme.css").read_text()
MOVES = get_args(Move)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_its_row(kind: Kind) -> None:
    assert isinstance(KINDS.get(kind), KindRules), f"{kind.name} has no row in domain/kinds.py"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_but_the_first_is_some_move_s(kind: Kind) -> None:
    moves = [move for move in MOVES if move.kind is kind]
    assert len(moves) == (kind is not Kind.CREATED), f"{kind.name}: one class in the union of domain/moves.py has it"


@pytest.mark.parametrize("move", MOVES)
def test_a_move_that_names_a_version_is_about_the_offer(move: type[Move]) -> None:
    """Else nobody would ask whether that version still stands, and whose it is."""
    is_about_offer = move in get_args(AboutOffer)
    assert is_about_offer == ("version" in {field.name for field in fields(move)}), "the union `AboutOffer`"
    assert is_about_offer or KINDS[move.kind].side is Side.EITHER, "or the side in its row is not asked for"


@pytest.mark.parametrize("move", MOVES)
def test_every_move_has_its_rule(move: type[Move]) -> None:
    generic = rules._result.dispatch(object)
    assert rules._result.dispatch(move) is not generic, f"{move.__name__} has no function in domain/rules.py"


@pytest.mark.parametrize("move", MOVES)
def test_every_move_is_made_by_a_use_case(move: type[Move]) -> None:
    assert f"{move.__name__}(" in (APP / "service" / "negotiation.py").read_text()


def test_every_use_case_of_the_room_is_asked_for_by_somebody() -> None:
    """By a page, a job, or another use case: what nobody can press is a button that was forgotten."""
    tree = tree_of((APP / "service" / "negotiation.py").read_text())
    (negotiation,) = (node for node in tree.body if isinstance(node, ast.ClassDef))
    asked = "".join(path.read_text() for path in APP.rglob("*.py") if path.name not in {"negotiation.py", "demo.py"})
    for node in negotiation.body:
        if not isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef):
            continue
        if not node.name.startswith("_"):
            assert f"negotiation.{node.name}(" in asked, f"{node.name}: no page and no job asks for it"


@pytest.mark.parametrize("kind", Kind)
def test_a_row_does_not_contradict_itself(kind: Kind) -> None:
    row = KINDS[kind]
    assert ("{who}" in row.words) == bool(row.by), "whoever does it is named, and time is not"
    assert ("{version}" in row.words) == (row.version is VersionUse.NAMES and row.version_is_old)
    assert row.words.format(who="Sam", version=3).startswith("Sam " if row.by else "The ")
    assert row.infinitive
    assert not row.infinitive[0].isupper()
    assert row.to not in row.during
    if row.closes:
        assert row.during <= set(OPEN)
        assert row.when is not Timing.ANY
    if row.seat is SeatChange.FREED:
        assert row.renews_code, "or who was shown out would walk in again"


def test_what_leads_nowhere_keeps_to_its_statuses_too(monkeypatch: pytest.MonkeyPatch) -> None:
    later, told = Extend(DEADLINE + timedelta(hours=1)), SendMessage("Hello")
    monkeypatch.setitem(KINDS, Kind.EXTENDED, replace(KINDS[Kind.EXTENDED], during=frozenset({Status.IN_NEGOTIATION})))
    monkeypatch.setitem(KINDS, Kind.MESSAGE_SENT, replace(KINDS[Kind.MESSAGE_SENT], during=frozenset(OPEN)))
    assert do(negotiation(), later, Role.SELLER).action.kind is Kind.EXTENDED
    with refused(Reason.INVALID):
        do(draft(), later, Role.SELLER)
    assert do(draft(), told, Role.SELLER).action.kind is Kind.MESSAGE_SENT
    with refused(Reason.CLOSED):
        do(closed(Status.ACCEPTED), told, Role.SELLER)


def test_a_status_leads_on_or_is_final() -> None:
    assert set(OPEN) | set(FINAL) == set(Status)
    assert set(OPEN) & set(FINAL) == set()
    reached = {status for ways in NEXT.values() for status in ways} | {Status.DRAFT}
    assert reached == set(Status), "there is a status that nothing leads to"


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.DRAFT])
def test_the_theme_knows_every_status(status: Status) -> None:
    assert f'[data-status="{status}"].status ' in THEME, "the chip's colour"
    assert f'[data-status="{status}"].status::before' in THEME, "the chip's icon"
    assert (f'.banner[data-status="{status}"]' in THEME) == status.final, "the banner of what is closed"


def test_the_theme_names_a_status_only_where_it_looks_different() -> None:
    selectors = [
        part for line in THEME.splitlines() for part in line.split("{")[0].split(",") if "data-status=" in part
    ]
    for selector in selectors:
        alone = selector.strip().startswith(("[data-status=", ".banner[data-status="))
        assert alone or 'data-status="draft"' in selector, f"{selector}: ask for [data-final] instead of a list"


def test_the_theme_looks_at_an_offer_s_outcome_only_where_it_is_agreed() -> None:
    named = set(re.findall(r'data-state="(\w+)"', THEME))
    assert named & {*Status} == {Status.ACCEPTED}, "ask for what the others are not, instead of a list"


def test_every_match_says_what_it_would_miss() -> None:
    """A `match` over kinds, statuses or other words of the table ends in `assert_never`, so mypy names a new one."""
    for path in APP.rglob("*.py"):
        for node in ast.walk(tree_of(path.read_text())):
            if isinstance(node, ast.Match):
                last = node.cases[-1]
                wild = isinstance(last.pattern, ast.MatchAs) and last.pattern.name is None
                assert wild, f"{path.name}:{node.lineno}"
                assert "assert_never" in ast.unparse(last), f"{path.name}:{node.lineno}"


def test_nobody_else_lists_kinds_or_statuses() -> None:
    """What follows from the table is asked of the table; a second list would be the one that is forgotten."""
    names = {"Kind": {kind.name for kind in Kind}, "Status": {status.name for status in Status}}
    for path in APP.rglob("*.py"):
        if path.name == "kinds.py":
            continue
        for node in ast.walk(tree_of(path.read_text())):
            if isinstance(node, ast.Set | ast.Tuple | ast.List | ast.Dict):
                inner = node.keys if isinstance(node, ast.Dict) else node.elts
                listed = [
                    each
                    for each in inner
                    if isinstance(each, ast.Attribute)
                    and isinstance(each.value, ast.Name)
                    and each.attr in names.get(each.value.id, ())
                ]
                assert len(listed) < 3, f"{path.name}:{node.lineno} lists what domain/kinds.py says"
