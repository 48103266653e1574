"""A few people and trades by plain SQL, and the statements that try what the database refuses.

Trade 1 is a draft, 2 in negotiation (Sam sells to Bea), 3 accepted, 4 expired as a draft, 5 in negotiation though its
deadline has passed.
"""

from collections.abc import Iterator

import psycopg
import pytest

from tests.db.server import Server

_SETTING = """
    INSERT INTO users (name, name_key, name_skeleton, name_capitals, password_hash)
    VALUES ('Sam', 'sam', 'look', 'LOOK', 'x'), ('Bea', 'bea', NULL, NULL, 'x'), ('Cid', 'cid', NULL, NULL, 'x');
    INSERT INTO trades (code, title, seller_id, buyer_id, price, quantity, status, seq, head,
                        created_at, amended_at, active_at, closed_at, expires_at)
    SELECT repeat(id::text, 26), 'Oak', 1, buyer, 10, 1, status, seq, sha256(''), at, at, at, closed, deadline
    FROM (VALUES (1, NULL, 'draft', 1, now(), NULL, now() + interval '1 hour'),
                 (2, 2, 'in_negotiation', 3, now(), NULL, now() + interval '1 hour'),
                 (3, 2, 'accepted', 3, now(), now(), now() + interval '1 hour'),
                 (4, NULL, 'expired', 2, now() - interval '1 hour', now(), now() - interval '1 minute'),
                 (5, 2, 'in_negotiation', 2, now() - interval '1 hour', NULL, now() - interval '1 minute')
         ) AS t(id, buyer, status, seq, at, closed, deadline)
    ORDER BY id;
    INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, version, hash, deadline)
    SELECT a.*, sha256(''), trades.expires_at FROM (VALUES (1, 1, 'created', 1, 'seller', now(), 1),
           (2, 1, 'created', 1, 'seller', now(), 1), (2, 2, 'joined', 2, 'buyer', now(), NULL),
           (2, 3, 'message_sent', 2, 'buyer', now(), NULL),
           (3, 1, 'created', 1, 'seller', now(), 1), (3, 2, 'joined', 2, 'buyer', now(), NULL),
           (3, 3, 'accepted', 2, 'buyer', now(), 1),
           (4, 1, 'created', 1, 'seller', now() - interval '1 hour', 1), (4, 2, 'expired', NULL, NULL, now(), NULL),
           (5, 1, 'created', 1, 'seller', now() - interval '1 hour', 1),
           (5, 2, 'joined', 2, 'buyer', now() - interval '1 hour', NULL)) AS a(trade)
        JOIN trades ON trades.id = a.trade;
    INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)
    SELECT id, 1, 1, price, quantity, description FROM trades;
    INSERT INTO messages (trade_id, seq, text) VALUES (2, 3, 'Hello');
"""


@pytest.fixture(scope="module")
def setting(server: Server, template: str) -> Iterator[psycopg.Connection]:
    """A database with the people and trades of the setting."""
    name = server.create(template)
    with psycopg.connect(server.owner_address(name), autocommit=True) as connection:
        connection.execute(_SETTING.encode())
        yield connection
    server.drop(name)


def into(table: str, columns: dict[str, str], changed: dict[str, str]) -> str:
    """An INSERT of a row that is fine but for what is changed."""
    row = columns | changed
    return f"INSERT INTO {table} ({', '.join(row)}) VALUES ({', '.join(row.values())})"


def user(**changed: str) -> str:
    """A new account."""
    return into("users", {"name": "'Dan'", "name_key": "'dan'", "password_hash": "'x'"}, changed)


def trade(**changed: str) -> str:
    """A new draft."""
    row = {"code": "repeat('x', 26)", "title": "'Oak'", "seller_id": "1", "price": "1", "quantity": "1"}
    row |= {"status": "'draft'", "created_at": "now()", "amended_at": "now()", "active_at": "now()"}
    return into("trades", row | {"expires_at": "now() + interval '1 hour'", "head": "sha256('')"}, changed)


def action(**changed: str) -> str:
    """An action of trade 2, whose next seq is 4."""
    row = {"trade_id": "2", "seq": "4", "kind": "'message_sent'", "actor_id": "2", "role": "'buyer'", "at": "now()"}
    row |= {"deadline": "now() + interval '1 hour'", "hash": "sha256('')"}
    return into("trade_actions", row, changed)


def version(**changed: str) -> str:
    """A version of trade 2, whose next is 2."""
    row = {"trade_id": "2", "version": "2", "seq": "3", "price": "1", "quantity": "1", "description": "''"}
    return into("trade_versions", row, changed)


def message(**changed: str) -> str:
    """A message for the action of trade 2 that has none."""
    return into("messages", {"trade_id": "2", "seq": "2", "text": "'Hello'"}, changed)


def change(trade_id: int, changes: str) -> str:
    """An UPDATE of a trade."""
    return f"UPDATE trades SET {changes} WHERE id = {trade_id}"
