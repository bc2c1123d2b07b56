"""The hub that wakes whoever listens: by itself, without HTTP."""

import asyncio
from contextlib import ExitStack

import pytest

from sync.core import events
from sync.core.errors import BadFormat, Busy
from sync.server.wakeups import Listener, Wakeups

ORG, OTHER = b"o" * 32, b"p" * 32
A, B, C = (bytes([n]) * 16 for n in (1, 2, 3))


async def soon(listener: Listener) -> bool | None:
    """What it hears next; None: it has ended. Waits for no beat."""
    async with asyncio.timeout(5):
        return await anext(listener, None)


async def silent(listener: Listener) -> bool:
    """Whether nothing is there for it."""
    try:
        async with asyncio.timeout(0.02):
            await anext(listener)
    except TimeoutError:
        return True
    return False


def test_only_who_may_read_is_woken_and_never_who_wrote() -> None:
    """The named devices of that organisation, without the one it came from."""

    async def story() -> None:
        hub = Wakeups()
        with hub.listen(ORG, A) as a, hub.listen(ORG, B) as b, hub.listen(ORG, C) as c, hub.listen(OTHER, B) as other:
            hub.wake(ORG, {A, B}, A)
            assert await soon(b) is True
            for listener in (a, c, other):
                assert await silent(listener)
            hub.wake(ORG, None, C)
            assert [await soon(a), await soon(b)] == [True, True]
            assert await silent(c)

    asyncio.run(story())


def test_who_reads_slowly_is_woken_once_for_all_that_came() -> None:
    """However much is stored meanwhile, one flag is kept of it."""

    async def story() -> None:
        hub = Wakeups()
        with hub.listen(ORG, A) as a:
            for _ in range(100_000):
                hub.wake(ORG, {A}, B)
            assert await soon(a) is True
            assert await silent(a)

    asyncio.run(story())


def test_a_silent_line_beats() -> None:
    """So that no proxy lets go of it; a beat says that there is nothing."""

    async def story() -> None:
        hub = Wakeups(beat_seconds=0.01)
        with hub.listen(ORG, A) as a:
            assert [await soon(a), await soon(a)] == [False, False]
            hub.wake(ORG, {A}, B)
            assert await soon(a) is True

    asyncio.run(story())


def test_a_device_has_one_line_and_the_newer_one_ends_the_older() -> None:
    """The older one's leaving afterwards takes nothing away from the newer."""

    async def story() -> None:
        hub, lines = Wakeups(), ExitStack()
        older = lines.enter_context(hub.listen(ORG, A))
        with hub.listen(ORG, A) as newer:
            assert await soon(older) is None
            assert len(hub) == 1
            lines.close()
            hub.wake(ORG, {A}, B)
            assert await soon(newer) is True
            assert len(hub) == 1
        assert len(hub) == 0

    asyncio.run(story())


def test_there_are_so_many_lines_and_no_more() -> None:
    """The next is busy; who is there already may come again; a place that is left is free."""

    async def story() -> None:
        hub, lines = Wakeups(most=2), ExitStack()
        lines.enter_context(hub.listen(ORG, A))
        with hub.listen(OTHER, B):
            with pytest.raises(Busy):
                hub.listen(ORG, C)
            lines.enter_context(hub.listen(ORG, A))
        lines.enter_context(hub.listen(ORG, C))
        assert len(hub) == 2
        lines.close()
        assert (len(hub), hub._listening) == (0, {})

    asyncio.run(story())


def test_at_the_end_every_line_ends_and_none_begins() -> None:
    """Also one that was let in at that very moment."""

    async def story() -> None:
        hub = Wakeups()
        late = hub.listen(ORG, B)
        with hub.listen(ORG, A) as a:
            hub.wake(ORG, {A}, B)
            hub.close()
            assert await soon(a) is None
            with late as b:
                assert await soon(b) is None
            with pytest.raises(Busy):
                hub.listen(ORG, A)

    asyncio.run(story())


def test_an_event_is_heard_however_it_is_cut_and_a_beat_is_none() -> None:
    """Piece by piece, byte by byte, all at once."""
    said = events.BEAT + events.SOMETHING + events.BEAT + events.SOMETHING
    assert len(events.BEAT) == len(events.SOMETHING)
    for size in range(1, len(events.BEAT) + 1):
        reader = events.Reader()
        assert sum(reader.hear(said[at : at + size]) for at in range(0, len(said), size)) == 2
    assert events.Reader().hear(said)
    reader = events.Reader()
    assert not any(reader.hear(events.BEAT) for _ in range(1000))


def test_a_line_without_end_is_refused() -> None:
    """Whatever a server sends, a device keeps little of it."""
    for flood in ([b"x" * 300], [b"x"] * 300, [b"data: " + b"1" * 300 + b"\n\n"]):
        with pytest.raises(BadFormat):
            _heard(flood)


def _heard(pieces: list[bytes]) -> list[bool]:
    reader = events.Reader()
    return [reader.hear(piece) for piece in pieces]
