"""Who is listening, and waking them: a hub in memory, with no HTTP, no store and no roll in it.

A listener holds one flag, whatever happens: however much is stored while somebody reads slowly, it fills no memory,
and they are woken once. A device has one connection (a newer one ends the first), and there are so many in all. The hub
knows this process only: with two over one store, what comes in at the other waits for the phone's own minute.
"""

import asyncio
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager

from sync.core.errors import Busy

BEAT_SECONDS = 25.0  # proxies let go of what is silent for 30 or 60
MAX_LISTENING = 1_000  # half of what `serve` takes: others must still get a word in


class Listener:
    """One connection: an async iterator of whether there is something (True), or only a beat (False)."""

    def __init__(self, beat_seconds: float) -> None:
        self._beat_seconds = beat_seconds
        self._stir = asyncio.Event()
        self._something = self._ended = False

    def wake(self) -> None:
        """There is something; said once, however often it is called before it is taken."""
        self._something = True
        self._stir.set()

    def end(self) -> None:
        """No more."""
        self._ended = True
        self._stir.set()

    def __aiter__(self) -> "Listener":
        return self

    async def __anext__(self) -> bool:
        if not self._ended:
            try:
                async with asyncio.timeout(self._beat_seconds):
                    await self._stir.wait()
            except TimeoutError:
                return False
        if self._ended:
            raise StopAsyncIteration
        something, self._something = self._something, False
        self._stir.clear()
        return something


class Wakeups:
    """All listeners of one server process, by organisation and device."""

    def __init__(self, most: int = MAX_LISTENING, beat_seconds: float = BEAT_SECONDS) -> None:
        self._most, self.beat_seconds = most, beat_seconds
        self._listening: dict[bytes, dict[bytes, Listener]] = {}
        self._count = 0
        self._closed = False

    def __len__(self) -> int:
        return self._count

    def listen(self, organisation: bytes, device: bytes) -> AbstractContextManager[Listener]:
        """A listener for as long as the connection lasts. Raises Busy when there are too many, or at the end."""
        known = device in self._listening.get(organisation, {})
        if self._closed or (not known and self._count >= self._most):
            raise Busy("too many listen")
        return self._entered(organisation, device)

    @contextmanager
    def _entered(self, organisation: bytes, device: bytes) -> Iterator[Listener]:
        here = self._listening.setdefault(organisation, {})
        if device in here:
            here[device].end()
        else:
            self._count += 1
        mine = here[device] = Listener(self.beat_seconds)
        if self._closed:
            mine.end()
        try:
            yield mine
        finally:
            if here.get(device) is mine:
                del here[device]
                self._count -= 1
                if not here:
                    del self._listening[organisation]

    def wake(self, organisation: bytes, devices: Collection[bytes] | None, by_device: bytes) -> None:
        """There is something for these devices (None: for all of the organisation), but for whom it came from."""
        for device, listener in self._listening.get(organisation, {}).items():
            if device != by_device and (devices is None or device in devices):
                listener.wake()

    def close(self) -> None:
        """End every connection, and take no more: the server stops."""
        self._closed = True
        for here in self._listening.values():
            for listener in here.values():
                listener.end()
