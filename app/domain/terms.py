"""Terms: what is on the table. Price per unit, quantity, description.

Figures are typed as text and parsed here, as decimals and whole numbers; nothing is ever rounded silently.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.domain.currency import DECIMALS, USD, without_sign
from app.domain.refusals import Refusals, invalid
from app.domain.text import check_line, check_text

MAX_PRICE = Decimal("9999999999999.99")
"""numeric(15,2), the column's type."""
MAX_QUANTITY = 2_147_483_647
"""A PostgreSQL integer."""
MAX_MINUTES = 525_600
"""One year."""
MAX_UNIT = 40

_PRICE = re.compile(r"(?:[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]*))?|\.([0-9]+)")
_LIKE = {
    False: "Please write it with commas, or nothing, between thousands: 1,000 or 1000.",
    True: "Please write it with a point before the cents and commas, or nothing, between thousands:"
    " 1,000.50 or 1000.50.",
}
"""How to write a price, by whether its currency has smaller coins."""
_EXAMPLES = {False: "1000 or 1,000", True: "1000 or 900.50"}
_DOUBTFUL = (
    # What could mean two amounts, or is written for other readers than ours: asked about, never guessed.
    (
        r"[0-9.,]*,[0-9]{1,2}",
        "The price ends in a comma and one or two digits, as if the comma stood before the cents.",
    ),
    (r"[0-9]{1,3}(?:\.[0-9]{3})+,[0-9]*", "The price has points between thousands and a comma before the cents."),
    (r"[0-9]{1,3}(?:\.[0-9]{3}){2,}", "The price has points between thousands."),
    (r"[0-9.,]*,[0-9.,]*", "The commas in the price do not stand between thousands."),
    (r"[0-9][0-9.,]*(?:[\s'\u2019\u066c_][0-9.,]+)+", "The price has a space or a mark between its digits."),
)
_LONGEST_DOUBT = 60
"""Characters; what is longer is no price that somebody has written otherwise, and would take long to look at."""
_WHOLE = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+")


@dataclass(frozen=True, slots=True)
class Terms:
    """One version's figures. `price` is per unit, in the trade's currency, kept with two decimals."""

    price: Decimal
    quantity: int
    description: str = ""

    @property
    def total(self) -> Decimal:
        """Price times quantity, exact."""
        return self.price * self.quantity

    def changes_from(self, before: "Terms") -> tuple[str, ...]:
        """The names of the fields that differ from `before`, in the order people read them."""
        return tuple(
            field for field in ("price", "quantity", "description") if getattr(self, field) != getattr(before, field)
        )


def as_typed(terms: Terms, currency: str) -> dict[str, str]:
    """Terms as somebody would type them, by the fields' names; `parse_terms` reads them again."""
    return {
        "price": f"{terms.price:.{DECIMALS[currency]}f}",
        "quantity": str(terms.quantity),
        "description": terms.description,
    }


def parse_terms(price: str, quantity: str, description: str, currency: str = USD) -> Terms:
    """Terms from what a person typed. Raises `Refusal` for all fields outside their limits, with the first one's."""
    refusals = Refusals()
    with refusals:
        figure = parse_price(price, currency)
    with refusals:
        count = parse_quantity(quantity)
    with refusals:
        description = check_text(description, "description", "The description")
    refusals.tell()
    return Terms(figure, count, description)


def check_unit(typed: str) -> str:
    """What a price is for, such as ``per pallet``: one line of at most 40 characters, or nothing.

    Raises `Refusal` (INVALID, "unit").
    """
    return check_line(typed, "unit", "The unit", MAX_UNIT) if typed.strip() else ""


def parse_price(typed: str, currency: str = USD) -> Decimal:
    """A price from plain digits such as ``1000``, ``1,000.5`` or ``$900.50``: above 0, no decimals that the currency
    does not have.

    Exponents, signs, other scripts' digits and whatever could mean two amounts are refused rather than guessed at:
    ``1.000`` is one thousand to half of the world.
    """
    text, has_coins = without_sign(typed.strip(), currency), bool(DECIMALS[currency])
    match = _PRICE.fullmatch(text)
    if not match:
        raise invalid("price", _why_no_price(text, has_coins=has_coins))
    decimals = match[1] or match[2] or ""
    if not has_coins and decimals.strip("0"):
        raise invalid("price", f"The price has digits after the point, and {currency} has no smaller coins.")
    if len(decimals) > 2:  # noqa: PLR2004 - cents
        raise invalid(
            "price",
            "The price has more than two digits after the point."
            " One thousand is written 1000 or 1,000, and one is 1 or 1.00.",
        )
    value = Decimal(text.replace(",", ""))
    if value <= 0:
        raise invalid("price", "The price must be above zero.")
    if value > MAX_PRICE:
        most = MAX_PRICE if has_coins else int(MAX_PRICE)
        raise invalid("price", f"The price is too high: at most {most:,} is possible.")
    return value.quantize(Decimal("0.01"))


def _why_no_price(text: str, *, has_coins: bool) -> str:
    if any(c.isdigit() and not c.isascii() for c in text):
        return f"The price is not a number that is read here. Please use 0 to 9, like {_EXAMPLES[has_coins]}."
    for pattern, sentence in _DOUBTFUL:
        if len(text) <= _LONGEST_DOUBT and re.fullmatch(pattern, text):
            return f"{sentence} {_LIKE[has_coins]}"
    return f"The price is not a number. Please write it like {_EXAMPLES[has_coins]}."


def parse_quantity(typed: str) -> int:
    """A whole number from 1 to 2,147,483,647."""
    return _parse_whole(typed, "quantity", "The quantity", MAX_QUANTITY)


def parse_minutes(typed: str, each: int = 1) -> int:
    """Minutes until the deadline, from 1 to 525,600, from a whole number of what lasts `each` so many of them."""
    return _parse_whole(typed, "minutes", "The time to expiry", MAX_MINUTES // each) * each


def minutes_until(typed: str, zone: ZoneInfo, start: datetime, early: str = "That time has passed.") -> int:
    """Whole minutes from `start` until a time of day in somebody's zone, as a browser's field tells it
    (``2026-11-26T15:45``). A minute that has begun counts, so that the deadline shows the time that was chosen.

    Raises `Refusal` (INVALID, "minutes"); `early` says why a time before `start` is none.
    """
    try:
        at = datetime.fromisoformat(typed.strip()).replace(tzinfo=zone)
        if at <= start:
            at = at.replace(fold=1)  # where clocks are put back an hour comes twice
        minutes = -((start - at) // timedelta(minutes=1))
    except (ValueError, OverflowError):
        raise invalid("minutes", "Please choose the day and the time of the deadline.") from None
    if minutes < 1:
        raise invalid("minutes", f"{early} Please choose a later one.")
    if minutes > MAX_MINUTES:
        raise invalid("minutes", "That is too far away. Please choose a time within a year.")
    return minutes


def _parse_whole(typed: str, field: str, label: str, most: int) -> int:
    text = typed.strip()
    if not _WHOLE.fullmatch(text):
        raise invalid(field, f"{label} must be a whole number from 1 to {most:,}.")
    digits = text.replace(",", "").lstrip("0")
    # Python refuses to convert very long digit strings; a length check answers before that.
    if not digits or len(digits) > len(str(most)) or int(digits) > most:
        raise invalid(field, f"{label} must be a whole number from 1 to {most:,}.")
    return int(digits)
