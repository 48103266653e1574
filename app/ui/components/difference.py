"""The difference between an offer and the one before: what went up or down, by how much, and by how many per cent.

It has no colour: what is good for one side is bad for the other. The arrow is the theme's; the word is read aloud.
"""

from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from app.domain.terms import Terms
from app.ui.components import wording
from app.ui.components.html import Html

_BY = Html('<span class="by">{what}<span class="{way}"><span class="for-readers">{way} </span>{amount}</span></span>')
_LEAST, _ALL, _MOST = Decimal("0.1"), Decimal(100), Decimal(1000)
"""Per cent between which the share says something; nothing goes down by all of it, since a price is above zero."""


@lru_cache(1_000)
def difference(terms: Terms, before: Terms, currency: str) -> Html:
    """All that differs in the terms: ``up $40.00 · 4.5 %``, ``Quantity up 4``, ``New description``."""
    told = []
    if terms.price != before.price:
        told.append(by_money(terms.price, before.price, currency))
    if terms.quantity != before.quantity:
        told.append(by_number(terms.quantity, before.quantity, "Quantity "))
    if terms.description != before.description:
        told.append(Html('<span class="by">New description</span>'))
    return Html(" ").join(told)


def by_money(now: Decimal, before: Decimal, currency: str) -> Html:
    """By how much an amount is another one: ``up $40.00 · 4.5 %``; nothing where it is the same."""
    if now == before:
        return Html("")
    amount, share = wording.money(abs(now - before), currency), percent(now, before)
    return _by(now - before, f"{amount} · {share}" if share else amount)


def by_number(now: int, before: int, what: str = "") -> Html:
    """By how much a count is another one: ``up 4``; nothing where it is the same."""
    return _by(now - before, wording.number(abs(now - before)), what) if now != before else Html("")


def percent(now: Decimal, before: Decimal) -> str:
    """The share of what was before, ``4.5 %``; empty where it is so large that it says nothing."""
    share = abs(now - before) * 100 / before
    if share >= _MOST:
        return ""
    if share < _LEAST:
        return "under 0.1 %"
    rounded = share.quantize(_LEAST, ROUND_HALF_UP)
    return "over 99.9 %" if now < before and rounded == _ALL else f"{rounded} %"


def _by(change: Decimal | int, amount: str, what: str = "") -> Html:
    return _BY.format(way="up" if change > 0 else "down", what=what, amount=amount)
