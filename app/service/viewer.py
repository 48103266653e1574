"""Who is asking."""

from dataclasses import dataclass

from app.domain.trade import Person


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person at one browser; the first argument of every use case.

    `time_zone` is the browser's, an IANA name; `theme` is light, dark or system; `introduced`: the person has put away
    how a room works.
    """

    person: Person
    session_id: int
    time_zone: str = "UTC"
    theme: str = "system"
    introduced: bool = True
