"""What the code forgets, the database refuses: every limit and every rule, by plain SQL.

The cases share one database (`setting.py`) and are rolled back, one by one.
"""

from collections.abc import Callable

import psycopg
import pytest

from app.db import checks
from app.domain.refusals import Refusal
from app.domain.text import check_text, check_title
from tests.db.setting import action, change, message, setting, trade, user, version

__all__ = ["setting"]

APPEND_ONLY = "append-only"
RULES = "breaks the rules of a trade"
RELEASED = "status = 'draft', buyer_id = NULL, code = repeat('y', 26)"
MAX_PRICE, MAX_QUANTITY = "9999999999999.99", "2147483647"
BELL, TURN, ZERO_WIDTH = r"E'a\u0007b'", r"E'a\u202eb'", r"E'a\u200bb'"
LIMITS = {
    "a name of nothing": (user(name="''"), "users_name_length_check"),
    "a name of 101 characters": (user(name="repeat('ü', 101)"), "users_name_length_check"),
    "a name that is taken": (user(name_key="'sam'"), "users_name_key_key"),
    "a name that looks like one that is taken": (user(name_skeleton="'look'"), "users_name_skeleton_key"),
    "a name that in capitals looks like one that is taken": (user(name_capitals="'LOOK'"), "users_name_capitals_key"),
    "a title of nothing": (trade(title="''"), "trades_title_length_check"),
    "a title of 201 characters": (trade(title="repeat('ü', 201)"), "trades_title_length_check"),
    "a buyer's name of 101 characters": (trade(invited="repeat('ü', 101)"), "trades_invited_length_check"),
    "a description of 5,001 characters": (trade(description="repeat('ü', 5001)"), "trades_description_length_check"),
    "a description of 5,001 in a version": (
        version(description="repeat('ü', 5001)"), "trade_versions_description_length_check"),
    "a reason of 5,001 characters": (action(note="repeat('ü', 5001)"), "trade_actions_note_length_check"),
    "a message of nothing": (message(text="''"), "messages_text_length_check"),
    "a message of 5,001 characters": (message(text="repeat('ü', 5001)"), "messages_text_length_check"),
    "a price of 0": (trade(price="0"), "trades_price_positive_check"),
    "a price of -1": (trade(price="-1"), "trades_price_positive_check"),
    "a price of less than half a cent": (trade(price="0.001"), "trades_price_positive_check"),
    "a price of a cent above the highest": (trade(price="10000000000000"), "numeric field overflow"),
    "a price that is not a number": (trade(price="'NaN'"), "check constraint"),
    "a price without end": (trade(price="'Infinity'"), "numeric field overflow"),
    "a currency that is no code": (trade(currency="'eur'"), "trades_currency_code_check"),
    "half a yen": (trade(currency="'JPY'", price="0.5"), "trades_price_has_coins_check"),
    "a unit of 41 characters": (trade(unit="repeat('x', 41)"), "trades_unit_length_check"),
    "a unit of two lines": (trade(unit=r"E'a\nb'"), "trades_unit_line_check"),
    "a price of 0 in a version": (version(price="0"), "trade_versions_price_positive_check"),
    "a price that is not a number in a version": (version(price="'NaN'"), "check constraint"),
    "a quantity of 0": (trade(quantity="0"), "trades_quantity_positive_check"),
    "a quantity of -1": (trade(quantity="-1"), "trades_quantity_positive_check"),
    "a quantity above the highest": (trade(quantity="2147483648"), "trades_quantity_positive_check"),
    "a quantity of 0 in a version": (version(quantity="0"), "trade_versions_quantity_positive_check"),
    "a deadline at the creation": (trade(expires_at="now()"), "trades_deadline_in_reach_check"),
    "a deadline of a year and a minute": (
        trade(expires_at="now() + interval '525601 minutes'"), "trades_deadline_in_reach_check"),
    "a code of less than 130 bits": (trade(code="repeat('x', 25)"), "trades_code_length_check"),
    "a link of less than 32 bytes": (trade(head="'too short'"), "trades_head_length_check"),
    "a link of less than 32 bytes in the trail": (action(hash="'too short'"), "trade_actions_hash_length_check"),
    "a code that is taken": (trade(code="repeat('1', 26)"), "trades_code_key"),
}  # fmt: skip
CHARACTERS = {
    f"{what} with {which}": (make(**{column: text}), "check constraint")
    for what, make, column, texts in (
        ("a name", user, "name", ("bell", "line break", "turn", "zero width", "blank")),
        ("a title", trade, "title", ("bell", "line break", "turn", "zero width", "blank")),
        ("a buyer's name", trade, "invited", ("bell", "line break", "turn")),
        ("a description", trade, "description", ("bell",)),
        ("a version's description", version, "description", ("bell",)),
        ("a reason", action, "note", ("bell",)),
        ("a message", message, "text", ("bell", "blank")),
    )
    for which, text in (
        ("bell", BELL), ("line break", r"E'a\nb'"), ("turn", TURN), ("zero width", ZERO_WIDTH), ("blank", r"E' \n\t'"),
    )
    if which in texts
}  # fmt: skip
TRADES = {
    "an unknown status": (trade(status="'lost'"), "trades_status_check"),
    "an unknown seller": (trade(seller_id="99"), "trades_seller_id_fkey"),
    "a version 0": (trade(version="0"), "trades_version_counts_check"),
    "more versions than happenings": (trade(version="2"), "trades_version_counts_check"),
    "a draft with a buyer": (trade(buyer_id="2"), "trades_draft_has_no_buyer_check"),
    "a negotiation without a buyer": (trade(status="'in_negotiation'"), "trades_deal_has_buyer_check"),
    "a seller who buys": (
        trade(status="'in_negotiation'", buyer_id="1"), "trades_buyer_is_not_seller_check"),
    "an outcome without its time": (change(2, "status = 'rejected'"), "trades_closed_when_final_check"),
    "an open trade with the time of its outcome": (change(2, "closed_at = now()"), "trades_closed_when_final_check"),
    "an acceptance at the deadline": (
        change(2, "status = 'accepted', closed_at = expires_at"), "trades_decided_before_deadline_check"),
    "an acceptance after the deadline": (
        change(5, "status = 'accepted', closed_at = now()"), "trades_decided_before_deadline_check"),
    "a rejection after the deadline": (
        change(5, "status = 'rejected', closed_at = now()"), "trades_decided_before_deadline_check"),
    "an expiry before the deadline": (
        change(2, "status = 'expired', closed_at = now()"), "trades_expired_after_deadline_check"),
    "an amendment after the deadline": (
        change(5, "version = 2, seq = 3, price = 1, amended_at = now()"), "check constraint"),
    "a draft that is accepted": (change(1, "status = 'accepted', buyer_id = 2, closed_at = now()"), RULES),
    "a draft that is rejected": (change(1, "status = 'rejected', buyer_id = 2, closed_at = now()"), RULES),
    "a negotiation that is a draft again": (change(2, "status = 'draft', buyer_id = NULL"), RULES),
    "an outcome that is withdrawn": (change(3, "status = 'in_negotiation', closed_at = NULL"), RULES),
    "an outcome that turns into another": (change(3, "status = 'rejected'"), RULES),
    "an acceptance that expires": (change(3, "status = 'expired', closed_at = expires_at"), RULES),
    "an expiry that is a draft again": (change(4, "status = 'draft', closed_at = NULL"), RULES),
    "an outcome whose time changes": (change(3, "closed_at = closed_at - interval '1 second'"), RULES),
    "an outcome whose terms change": (change(3, "price = 1, version = 2"), RULES),
    "a buyer after the outcome": (change(4, "buyer_id = 2"), RULES),
    "a second buyer": (change(2, "buyer_id = 3"), RULES),
    "a buyer who leaves the seat": (change(2, "buyer_id = NULL"), "check constraint|" + RULES),
    "a seq that jumps": (change(2, "seq = seq + 2"), RULES),
    "a seq that goes back": (change(2, "seq = seq - 1"), RULES),
    "a version that jumps": (change(2, "version = 3, price = 1"), RULES),
    "a price without a version": (change(2, "price = 1"), RULES),
    "a quantity without a version": (change(2, "quantity = 2"), RULES),
    "a description without a version": (change(2, "description = 'new'"), RULES),
    "another title": (change(2, "title = 'Pine'"), RULES),
    "another code of a closed trade": (change(3, "code = repeat('y', 26)"), RULES),
    "a seat released without a new code": (change(2, "status = 'draft', buyer_id = NULL"), RULES),
    "a seat released after an answer": (
        f"{change(2, 'answered = true')}; {change(2, RELEASED)}",
        RULES,
    ),
    "an answer taken back": (f"{change(2, 'answered = true')}; {change(2, 'answered = false')}", RULES),
    "another seller": (change(2, "seller_id = 3"), RULES),
    "another invited name": (change(1, "invited = 'Cid'"), RULES),
    "an earlier deadline": (change(2, "expires_at = expires_at - interval '1 microsecond'"), RULES),
    "a later deadline of a closed trade": (change(3, "expires_at = expires_at + interval '1 minute'"), RULES),
    "a deadline of more than a year": (
        change(2, "expires_at = now() + interval '525601 minutes'"), "trades_deadline_in_reach_check"),
    "a withdrawal after the deadline": (
        change(5, "status = 'withdrawn', closed_at = now()"), "trades_decided_before_deadline_check"),
    "an expiry that is withdrawn": (change(4, "status = 'withdrawn'"), RULES),
    "an offer of nobody's": (
        change(2, "offered_by = 'judge', version = 2, answered = true"), "trades_offered_by_check|too long|answer_is"),
    "the other side's offer without a version": (change(2, "offered_by = 'buyer', answered = true"), RULES),
    "a buyer's offer that is no answer": (
        change(2, "offered_by = 'buyer', version = 2"), "trades_answer_is_known_check"),
    "a request that is no answer": (change(2, "request = 'Less?'"), "trades_answer_is_known_check"),
    "a request of 5,001 characters": (
        change(2, "request = repeat('x', 5001), answered = true"), "trades_request_length_check"),
    "a version seen that is not there": (change(2, "seen_version = 2"), "trades_seen_version_is_there_check"),
    "a version seen no more": (f"{change(2, 'seen_version = 1')}; {change(2, 'seen_version = 0')}", RULES),
    "another currency": (change(2, "currency = 'EUR'"), RULES),
    "another unit": (change(2, "unit = 'per ton'"), RULES),
    "a private trade made public": (change(2, "listed = false"), RULES),
    "another creation": (change(2, "created_at = created_at - interval '1 minute'"), RULES),
    "another id": (change(1, "id = 99"), RULES),
    "a trade that is deleted": ("DELETE FROM trades WHERE id = 1", APPEND_ONLY),
    "all trades deleted": ("TRUNCATE trades CASCADE", APPEND_ONLY),
}  # fmt: skip
TRAIL = {
    "a gap in the trail": (action(seq="5"), "trade_actions_trade_id_after_seq_fkey"),
    "a seq twice": (action(seq="3"), "trade_actions_pkey"),
    "a seq 0": (action(seq="0"), "trade_actions_seq_positive_check"),
    "a second creation": (
        action(kind="'created'", actor_id="1", role="'seller'", version="1"), "trade_actions_created_first_check"),
    "a trail of an unknown trade": (action(trade_id="99", seq="1"), "trade_actions_"),
    "an unknown kind": (action(kind="'sung'"), "trade_actions_kind_check"),
    "an unknown role": (action(role="'judge'"), "trade_actions_role_check"),
    "an unknown actor": (action(actor_id="99"), "trade_actions_actor_id_fkey"),
    "a message of nobody": (action(actor_id="NULL", role="NULL"), "trade_actions_only_time_has_no_actor_check"),
    "an expiry by somebody": (
        action(kind="'expired'", deadline="now()"), "trade_actions_only_time_has_no_actor_check"),
    "an actor without a role": (action(role="NULL"), "trade_actions_actor_has_role_check"),
    "an extension by the buyer": (action(kind="'extended'"), "trade_actions_offer_is_the_sellers_check"),
    "a request by the seller": (
        action(kind="'amendment_requested'", actor_id="1", role="'seller'"),
        "trade_actions_decision_is_the_buyers_check"),
    "an offer at the deadline after it": (
        action(kind="'amended'", version="2", deadline="now()"), "trade_actions_in_time_check"),
    "an expiry before the deadline after it": (
        action(kind="'expired'", actor_id="NULL", role="NULL"), "trade_actions_after_deadline_check"),
    "a withdrawal of no version": (action(kind="'withdrawn'"), "trade_actions_version_named_check"),
    "an acceptance of no version": (action(kind="'accepted'"), "trade_actions_version_named_check"),
    "a message of a version": (action(version="1"), "trade_actions_version_named_check"),
    "a gap in the versions": (version(version="3"), "trade_versions_trade_id_after_version_fkey"),
    "a version twice": (version(version="1"), "trade_versions_pkey"),
    "a version 0 in the trail": (version(version="0"), "trade_versions_version_positive_check"),
    "a version that nobody made": (version(seq="4"), "trade_versions_trade_id_seq_fkey"),
    "a message that nobody sent": (message(seq="4"), "messages_trade_id_seq_fkey"),
    "a message with two texts": (message(seq="3"), "messages_pkey"),
} | {
    f"{statement.split()[0].lower()} of {table}": (statement.format(table), APPEND_ONLY)
    for table in ("trade_actions", "trade_versions", "messages")
    for statement in ("UPDATE {} SET seq = seq", "DELETE FROM {}", "TRUNCATE {} CASCADE")
}  # fmt: skip
REFUSED = LIMITS | CHARACTERS | TRADES | TRAIL


@pytest.mark.parametrize("case", REFUSED)
def test_refused_is(setting: psycopg.Connection, case: str) -> None:
    statement, why = REFUSED[case]
    with pytest.raises(psycopg.Error, match=why), setting.transaction(force_rollback=True):
        setting.execute(statement.encode())


ACCEPTED = {
    "the longest texts": trade(
        title="repeat('🙂', 200)", invited="repeat('ü', 100)", description="repeat('🙂', 5000)"),
    "line breaks and tabs in a description": trade(description=r"E'a\n\tb'"),
    "joiners in a name and in an emoji": trade(title="E'می\u200cخرم 👩\u200d🌾'", invited="E'ക്\u200d'"),
    "a name in another alphabet": user(name="'سام الأول'", name_key="'other'"),
    "the lowest figures": trade(price="0.01", quantity="1", expires_at="now() + interval '1 minute'"),
    "the highest figures": trade(
        price=MAX_PRICE, quantity=MAX_QUANTITY, expires_at="now() + interval '525600 minutes'"),
    "an amendment": change(2, "version = 2, seq = 4, price = 1, amended_at = now()"),
    "a rejection": change(2, "status = 'rejected', seq = 4, closed_at = now()"),
    "a rejection as in earlier releases, of no version": action(kind="'rejected'"),
    "an acceptance by the seller": action(kind="'accepted'", version="1", actor_id="1", role="'seller'"),
    "a withdrawal": change(2, "status = 'withdrawn', seq = 4, closed_at = now()"),
    "a draft that is withdrawn": change(1, "status = 'withdrawn', seq = 2, closed_at = now()"),
    "a buyer's offer": change(2, "offered_by = 'buyer', version = 2, price = 1, answered = true"),
    "a later deadline": change(2, "expires_at = active_at + interval '525600 minutes'"),
    "yen": trade(currency="'JPY'", price="5", unit="'per night'", listed="false"),
    "an expiry": change(5, "status = 'expired', seq = 3, closed_at = now()"),
    "another code of an open trade": change(2, "code = repeat('y', 26)"),
    "a seat released with a new code": change(2, RELEASED),
    "a message after the outcome": change(3, "seq = 4, active_at = now()"),
}  # fmt: skip


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted_is(setting: psycopg.Connection, case: str) -> None:
    with setting.transaction(force_rollback=True):
        setting.execute(ACCEPTED[case].encode())


@pytest.mark.parametrize("what", ["line", "lines"])
def test_the_characters_that_the_database_refuses_are_those_that_the_rules_refuse(
    setting: psycopg.Connection, what: str
) -> None:
    """All of the first plane; what lies beyond it is left to the rules, and is never refused by the database alone."""
    characters = [chr(n) for n in (*range(1, 0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE1000))]
    pattern = checks._NOT_IN_A_LINE if what == "line" else f"[{checks._CONTROLS}]"
    cursor = setting.execute("SELECT c FROM unnest(%s::text[]) AS c WHERE 'a' || c || 'b' ~ %s", (characters, pattern))
    by_database = {row[0] for row in cursor.fetchall()}
    by_rules = {c for c in characters if is_refused(check_title if what == "line" else check_description, f"a{c}b")}
    assert {c for c in by_rules if c < "\uffff"} <= by_database
    assert by_database <= by_rules | {"\r"}, "the database refuses what the rules let through"  # they mend a \\r


def check_description(text: str) -> str:
    return check_text(text, "description", "The description")


def is_refused(check: Callable[[str], str], text: str) -> bool:
    try:
        check(text)
    except Refusal:
        return True
    return False


def test_a_deleted_account_s_name_is_never_free_again(setting: psycopg.Connection) -> None:
    statements = ("DELETE FROM users WHERE name = 'Cid'", user(name="'Cid'", name_key="'cid'"))
    with pytest.raises(psycopg.Error), setting.transaction(force_rollback=True):
        setting.execute("; ".join(statements).encode())
