"""A process that takes the one waiting job, says so, and never finishes it: to be killed."""

import asyncio
import sys

from app.db.queue import EXPIRE_TRADE, Queue, Worker


async def main(url: str) -> None:
    queue = Queue(url)

    @queue.app.task(name=EXPIRE_TRADE)
    async def expire_trade(trade_id: int) -> None:
        sys.stdout.write(f"{trade_id}\n")
        sys.stdout.flush()
        await asyncio.sleep(3600)

    await queue.open()
    await Worker(queue, url).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
