"""A hall of many rooms in which people speak at a given rate, whether or not the messages before have arrived."""

import asyncio
from dataclasses import dataclass, field
from time import perf_counter

from tests.bench import deeds
from tests.bench.person import PATIENCE, Person


@dataclass(slots=True)
class Talk:
    """What came of it: latencies in milliseconds, from when a message was due; how many never arrived; seconds."""

    latencies: list[float] = field(default_factory=list)
    lost: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Messages per second that arrived."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


class Hall:
    """Pairs of people, each in a room. One speaks again only after their last message was sent, as the page has it."""

    def __init__(self, pairs: list[tuple[Person, Person]]) -> None:
        self._free: asyncio.Queue[tuple[Person, Person]] = asyncio.Queue()
        for seller, buyer in pairs:
            self._free.put_nowait((seller, buyer))
        for seller, buyer in pairs:
            self._free.put_nowait((buyer, seller))

    async def talk(self, rate: float, seconds: float, *, typing: bool = False) -> Talk:
        """Speak at `rate` messages per second. Where nobody is free to speak, the wait counts as latency.

        With `typing`, keys are pressed before each Enter.
        """
        talk = Talk()
        began = perf_counter()
        async with asyncio.TaskGroup() as speeches:
            for number in range(int(rate * seconds)):
                due = began + number / rate
                if (wait := due - perf_counter()) > 0:
                    await asyncio.sleep(wait)
                speaker, listener = await self._free.get()
                if typing:
                    deeds.type_message(speaker)
                speeches.create_task(self._speak(talk, speaker, listener, due))
        talk.seconds = perf_counter() - began
        return talk

    async def _speak(self, talk: Talk, speaker: Person, listener: Person, due: float) -> None:
        text = deeds.token()
        seen, own = listener.sees(text), speaker.sees(text)
        request = deeds.press_enter(speaker, text)
        try:
            talk.latencies.append((await asyncio.wait_for(seen, PATIENCE) - due) * 1000)
            await asyncio.wait_for(own, PATIENCE)
            await speaker.until(lambda page: deeds.is_sent(page, request))
        except TimeoutError:
            talk.lost += 1
        self._free.put_nowait((speaker, listener))
