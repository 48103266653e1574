"""The statements of the ledger: one for each kind, put together from the table of kinds when the module is loaded.

Each locks the trade's row first, looks at the database's clock only then (`clock_timestamp()`; `now()` would be older
than the wait for the lock), works out the deadline from the locked row, repeats the guards the rules relied on, takes
the next `seq`, inserts the action with its version or message, and notifies.
"""

from app.domain.kind_lists import kinds_with
from app.domain.kinds import KINDS, Kind, KindRules, Role, Status
from app.domain.traits import DeadlineChange, SeatChange, Side, Timing, VersionUse

CHANNEL = "traderoom"
"""NOTIFY's channel; the payload is ``<trade id> <seq> <origin>``."""

_SAME = (
    "(status, version, answered, code, expires_at, seen_version, request)"
    " = (%(status)s, %(base)s, %(was_answered)s, %(old_code)s, %(old_deadline)s, %(was_seen)s, %(old_request)s)"
)
"""What changes a trade was judged on all of it: an outcome carries everything it saw."""
_TIMING = {Timing.BEFORE: ["at < expires_at"], Timing.AFTER: ["at >= expires_at"], Timing.ANY: []}
_IS_ROLE_S = {
    frozenset({Role.SELLER}): ["%(actor)s = seller_id"],
    frozenset({Role.BUYER}): ["%(actor)s = buyer_id"],
    frozenset(Role): ["%(actor)s = CASE %(role)s WHEN 'seller' THEN seller_id ELSE buyer_id END"],
    frozenset(): [],
}
_SIDE = {Side.EITHER: [], Side.MADE: ["%(role)s = offered_by"], Side.RECEIVED: ["%(role)s <> offered_by"]}
_SEAT = {
    SeatChange.STAYS: "",
    SeatChange.TAKEN: ", buyer_id = %(actor)s",
    SeatChange.FREED: ", buyer_id = NULL, seen_version = 0",
}
_DEADLINE = {
    DeadlineChange.STAYS: "expires_at",
    DeadlineChange.LEAVES_TIME: "greatest(expires_at, at + %(time_to_answer)s::interval)",
    DeadlineChange.EXTENDED: "%(until)s::timestamptz",
}
"""The deadline after it, from the locked row; in a draft there is nobody to leave time to (NULL is nothing to it)."""
_IN_REACH = {
    DeadlineChange.STAYS: [],
    DeadlineChange.LEAVES_TIME: ["(%(moves)s OR at + %(time_to_answer)s::interval <= expires_at IS NOT FALSE)"],
    DeadlineChange.EXTENDED: ["%(until)s > expires_at AND %(until)s <= at + %(longest)s"],
}


def _guard(rules: KindRules) -> str:
    """What the rules looked at, as SQL, to be asked again under the lock."""
    guards = [_SAME] if rules.changes_trade else []
    if not rules.changes_trade and rules.during < frozenset(Status):
        guards.append("status = %(status)s")
    guards += [*_TIMING[rules.when], *_SIDE[rules.side], *_IN_REACH[rules.deadline]]
    if rules.seat is SeatChange.TAKEN:
        guards.append("buyer_id IS NULL")
    else:
        guards += _IS_ROLE_S[rules.by]
    return " AND ".join(guards)


def _changes(kind: Kind) -> str:
    """What becomes of the trade's row, besides its place in the chain."""
    rules = KINDS[kind]
    return "".join(
        (
            "" if rules.silent else ", active_at = g.at",
            ", status = %(new_status)s" if rules.to is not None else "",
            ", closed_at = g.at" if rules.closes else "",
            ", answered = %(new_answered)s" if rules.answers else "",
            ", request = %(new_request)s" if kind in _REQUESTS else "",
            ", seen_version = g.version" if kind is Kind.OFFER_SEEN else "",
            "" if rules.deadline is DeadlineChange.STAYS else ", expires_at = g.deadline",
            ", code = %(new_code)s" if rules.renews_code else "",
            _SEAT[rules.seat],
            ", price = %(price)s, quantity = %(quantity)s, description = %(description)s,"
            " version = g.version + 1, amended_at = g.at, offered_by = %(role)s"
            if rules.version is VersionUse.MAKES
            else "",
        )
    )


_REQUESTS = {Kind.AMENDMENT_REQUESTED, *kinds_with(VersionUse.MAKES)}
"""What opens a request, and what answers it."""


def _also(kind: Kind) -> str:
    """The rows beside the action's."""
    if kind is Kind.MESSAGE_SENT:
        return ", m AS (INSERT INTO messages (trade_id, seq, text) SELECT id, seq + 1, %(text)s FROM g)"
    if KINDS[kind].version is VersionUse.MAKES:
        return (
            ", v AS (INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)"
            " SELECT id, version + 1, seq + 1, %(price)s, %(quantity)s, %(description)s FROM g)"
        )
    return ""


_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _link(previous: str, seq: str, deadline: str) -> str:
    """The chain's link in SQL; `domain.chain.link` is its twin."""
    line = f"%(body)s::text || '|' || ({seq}) || '|' || {_UTC.format('at')} || '|' || {_UTC.format(deadline)}"
    return f"sha256({previous} || convert_to({line}, 'UTF8'))"


def _statement(kind: Kind) -> str:
    deadline = _DEADLINE[KINDS[kind].deadline]
    return f"""
        WITH l AS MATERIALIZED (
            SELECT id, code, seq, head, status, version, answered, seller_id, buyer_id, offered_by, seen_version,
                   request, expires_at, expiry_job_id
            FROM trades WHERE id = %(trade)s FOR UPDATE
        ), t AS MATERIALIZED (
            SELECT l.*, clock_timestamp() AS at FROM l
        ), g AS MATERIALIZED (
            SELECT t.*, {deadline} AS deadline, {_link("t.head", "t.seq + 1", deadline)} AS hash
            FROM t WHERE {_guard(KINDS[kind])}
        ), u AS (
            UPDATE trades SET seq = g.seq + 1, head = g.hash{_changes(kind)}
            FROM g WHERE trades.id = g.id
        ), a AS (
            INSERT INTO trade_actions
                (trade_id, seq, kind, actor_id, role, at, deadline, version, note, hash, request_id)
            SELECT id, seq + 1, %(kind)s, %(actor)s, %(role)s, at, deadline, %(version)s, %(note)s, hash, %(request)s
            FROM g
        ){_also(kind)}
        SELECT seq + 1, at, deadline, expiry_job_id,
               pg_notify('{CHANNEL}', id || ' ' || seq + 1 || ' ' || %(origin)s)
        FROM g
    """  # noqa: S608 - put together from the constants above


STATEMENTS = {kind: _statement(kind) for kind, rules in KINDS.items() if rules.during}
"""The statement of each kind that happens to a trade: nothing, or its `seq`, time, deadline after it, and job."""

CREATE = f"""
    WITH t AS MATERIALIZED (
        SELECT at, at + %(minutes)s * interval '1 minute' AS deadline
        FROM (SELECT clock_timestamp() AS at OFFSET 0) AS once
    ), h AS MATERIALIZED (
        SELECT at, deadline, {_link("%(genesis)s", "1", "deadline")} AS hash FROM t
    ), n AS (
        INSERT INTO trades (code, title, seller_id, invited, price, quantity, description, currency, unit, listed,
                            status, head, created_at, amended_at, active_at, expires_at)
        SELECT %(code)s, %(title)s, %(seller)s, %(invited)s, %(price)s, %(quantity)s, %(description)s, %(currency)s,
               %(unit)s, %(listed)s, 'draft', hash, at, at, at, deadline FROM h
        RETURNING id, created_at, expires_at, head
    ), a AS (
        INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, deadline, version, hash, request_id)
        SELECT id, 1, 'created', %(seller)s, 'seller', created_at, expires_at, 1, head, %(request)s FROM n
    ), v AS (
        INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)
        SELECT id, 1, 1, %(price)s, %(quantity)s, %(description)s FROM n
    )
    SELECT id, created_at, expires_at, NULL, pg_notify('{CHANNEL}', id || ' 1 ' || %(origin)s) FROM n
"""  # noqa: S608 - the same
