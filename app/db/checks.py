"""Conditions that a table's rows have to meet, as SQL."""

from collections.abc import Iterable

from sqlalchemy import CheckConstraint

_CONTROLS = r"\u0001-\u0008\u000b-\u001f\u007f-\u009f"
_UNSEEN = (
    r"\u0001-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb"
)
"""PostgreSQL's regular expressions know no Unicode categories, so the ranges stand here."""
_NOT_IN_A_LINE = rf"[{_UNSEEN}]|(^|[\u0001-\u02af])[\u200c\u200d]"
"""Nor a joiner at the beginning, or after a Latin letter, a digit or a space, none of which it joins to anything."""


def between(column: str, shortest: int, longest: int) -> CheckConstraint:
    """A text of so many characters."""
    return CheckConstraint(f"length({column}) BETWEEN {shortest} AND {longest}", name=f"{column}_length")


def one_line(column: str) -> CheckConstraint:
    """No control or format characters (Unicode's Cc, Cf, Zl, Zp) but joiners, and not blank unless empty."""
    return CheckConstraint(
        f"{column} !~ '{_NOT_IN_A_LINE}' AND ({column} = '' OR {column} ~ '\\S')", name=f"{column}_line"
    )


def lines(column: str) -> CheckConstraint:
    """No control characters but line breaks and tabs, and not blank unless empty."""
    return CheckConstraint(
        f"{column} !~ '[{_CONTROLS}]' AND ({column} = '' OR {column} ~ '\\S')", name=f"{column}_lines"
    )


def among(column: str, words: Iterable[str]) -> str:
    """SQL for "is one of these"; PostgreSQL writes a single one as an equation."""
    listed = [f"'{word}'" for word in words]
    return f"{column} = {listed[0]}" if len(listed) == 1 else f"{column} IN ({', '.join(listed)})"
