"""Which kinds have something in common: lists that the table of kinds gives, for constraints, guards and questions."""

from app.domain.kinds import KINDS, Kind, Role
from app.domain.traits import Timing, VersionUse


def kinds_by(*roles: Role) -> tuple[Kind, ...]:
    """The kinds that exactly these roles may do."""
    return tuple(kind for kind, rules in KINDS.items() if rules.by == frozenset(roles))


def kinds_that_close() -> tuple[Kind, ...]:
    """The kinds that are outcomes."""
    return tuple(kind for kind, rules in KINDS.items() if rules.closes)


def kinds_with(*versions: VersionUse) -> tuple[Kind, ...]:
    """The kinds that have this to do with a version of the terms."""
    return tuple(kind for kind, rules in KINDS.items() if rules.version in versions)


def kinds_when(timing: Timing) -> tuple[Kind, ...]:
    """The kinds whose time lies like this to the deadline."""
    return tuple(kind for kind, rules in KINDS.items() if rules.when is timing)


def kinds_that_matter() -> tuple[Kind, ...]:
    """The kinds that the other side is told of while they are away, the weightiest first."""
    return tuple(sorted((kind for kind in Kind if KINDS[kind].weight), key=lambda kind: -KINDS[kind].weight))
