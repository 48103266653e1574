"""The tests' own outage: nobody is inside, whoever was on the way in when it began included."""

import asyncio

import psycopg
import pytest

from tests.db.outage import outage
from tests.db.server import Server


async def test_nobody_who_was_on_the_way_in_stays_inside(server: Server, url: str) -> None:
    """A pool that grew in this moment has kept one connection through a whole outage, and its worker went on."""
    slowly = asyncio.create_task(psycopg.AsyncConnection.connect(url, options="-c post_auth_delay=1"))
    await asyncio.sleep(0.3)  # it was let in, and is in no list of connections yet
    async with outage(server, url):
        with pytest.raises(psycopg.OperationalError):
            async with await slowly as connection:
                await connection.execute("SELECT 1")
