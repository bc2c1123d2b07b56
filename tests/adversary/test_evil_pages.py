"""A server that lies about rings, numbers and pages, so that a device asks for ever or never again."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.core import wire
from sync.core.envelope import parse
from tests.adversary.evil_server import Answer, Honest, Request, besieged, each_page, ok, rewritten
from tests.support.organisation import RANDOM
from tests.support.settled_team import DAY, session_of

Pages = list[list[Any]]


def last_numbers(change: Callable[[int], int]) -> Callable[[Pages], Pages]:
    """The last number of each page, changed."""

    def pages(value: Pages) -> Pages:
        for _, items, _ in value:
            if items:
                items[-1][0] = change(items[-1][0])
        return value

    return pages


def with_more(value: Pages) -> Pages:
    """More, it says, of each."""
    return [[ring, items, True] for ring, items, _ in value]


REFUSED: dict[str, Callable[[Pages], Any]] = {
    "a ring not asked for": lambda v: [*v, [RANDOM.bytes(16), [[1, b"\x01\x01"]], False]],
    "another ring instead": lambda v: [[RANDOM.bytes(16), items, more] for _, items, more in v],
    "a ring less": lambda v: v[:-1],
    "a ring twice": lambda v: [v[0], *v],
    "rings in another order": lambda v: v[::-1],
    "no ring at all": lambda v: [],
    "numbers that go back": lambda v: [[r, [[len(i) - n, e] for n, (_, e) in enumerate(i)], m] for r, i, m in v],
    "one number for all": lambda v: [[r, [[1 << 40, e] for _, e in [*i, [0, b"\x01\x01"]] * 2], m] for r, i, m in v],
    "number zero": lambda v: [[r, [[0, e] for _, e in [*i, [0, b"\x01\x01"]]], m] for r, i, m in v],
    "a number below zero": lambda v: [[r, [[-1, b"\x01\x01"]], m] for r, i, m in v],
    "a number over 64 bits": last_numbers(lambda _: (1 << 64) - 1),
    "text for a number": lambda v: [[r, [["1", b"\x01\x01"]], m] for r, i, m in v],
    "more, and nothing": lambda v: [[r, [], True] for r, _, _ in v],
    "an envelope over the bound": lambda v: [[r, [[1 << 40, bytes(1_400_000)]], False] for r, _, _ in v],
    "ten thousand and one envelopes": lambda v: [[v[0][0], [[n + 1, b""] for n in range(10_001)], False], *v[1:]],
    "a hundred rings": lambda v: v * 40,
}


@pytest.mark.parametrize("name", REFUSED)
def test_pages_that_do_not_fit_the_question(settled: Path, tmp_path: Path, name: str) -> None:
    """The round ends with a trouble on the home screen; nothing of the answer is kept, no cursor moves."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", rewritten(wire.PULLED, REFUSED[name]))
            await s.note("echt")
            assert await s.round(s.fatma) in ("bad_format", "too_large")
            before = session_of(s.joke).log.count()
            assert await s.round(s.joke) in ("bad_format", "too_large")
            assert session_of(s.joke).log.count() == before
            assert s.fatma.sync_status().unsent == 0
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("number", [(1 << 63) - 1, 1 << 40])
def test_number_past_every_other(settled: Path, tmp_path: Path, number: int) -> None:
    """The cursor stands past all that is to come: an honest server sees that, and gives everything from the first."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("pull", rewritten(wire.PULLED, last_numbers(lambda _: number)))
            await s.note("echt")
            assert await s.round(s.fatma) == ""
            assert await s.round(s.joke) == ""
            assert s.read() == s.said
            await s.peace(rounds=3)

    asyncio.run(story())


def test_number_past_some_others(settled: Path, tmp_path: Path) -> None:
    """What was skipped in silence is found by the next that comes in, or in a week."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.note("overgeslagen")
            assert await s.round(s.fatma) == ""

            known = session_of(s.joke).log.read()[0].data  # so that nothing looks wrong

            async def skip(request: Request, honest: Honest) -> Answer:
                pages = wire.decode(wire.PULLED, (await honest(request)).body)
                only_the_last = [[r, [[i[-1][0], known]] if i else [], m] for r, i, m in pages]
                return ok(only_the_last)

            s.evil.on("pull", skip, 2)
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            assert s.joke.aside() == []
            s.evil.calm()
            s.t.clock.now += 2 * DAY
            await s.round(s.joke)
            assert s.read() == {"van vroeger"}
            s.t.clock.now += 6 * DAY
            for _ in range(3):
                await s.round(s.joke)
            assert s.read() == s.said
            await s.peace()

    asyncio.run(story())


def test_more_for_ever(settled: Path, tmp_path: Path) -> None:
    """Page upon page of the same with rising numbers: the round ends all the same, and what is saved meanwhile is
    sent with the next.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            first = session_of(s.joke).log.read()[0].data
            served = 0

            async def for_ever(request: Request, _: Honest) -> Answer:
                nonlocal served
                served += 1
                return ok([[ring, [[after + 1, first]], True] for ring, after in request.value(wire.PULL)])

            s.evil.on("pull", for_ever)
            await s.note("echt")
            assert await s.round(s.fatma) == ""
            assert 0 < served <= 50
            await s.note("ondertussen")
            assert await s.round(s.fatma) == ""
            assert s.fatma.sync_status().unsent == 0
            assert session_of(s.fatma).log.count().keys() == {1}
            await s.peace(rounds=3)

    asyncio.run(story())


def test_rings_of_others_when_asked_for_mine(settled: Path, tmp_path: Path) -> None:
    """Joke's envelopes under Fatma's own ring: what she can't open waits, what is not for her she never sees."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            theirs = [e.data for e in session_of(s.joke).log.read()]
            s.evil.on("pull", each_page(lambda items: [*items, *([(1 << 41) + n, e] for n, e in enumerate(theirs))]))
            assert await s.round(s.fatma) == ""
            assert {v.form.note for v in s.fatma.visits()} == s.said
            await s.peace(rounds=3)

    asyncio.run(story())


GARBAGE: dict[str, Callable[[bytes, int], bytes]] = {
    "rubbish": lambda e, n: b"\x93" + n.to_bytes(8, "big"),
    "false signatures": lambda e, n: e[:-8] + n.to_bytes(8, "big"),
    "heads that nobody knows": lambda e, n: e.replace(parse(e).header.head, n.to_bytes(32, "big")),
    "devices that nobody knows": lambda e, n: e.replace(parse(e).header.device, n.to_bytes(16, "big")),
    "another organisation's": lambda e, n: e.replace(parse(e).header.organisation, n.to_bytes(32, "big")),
    "versions of tomorrow": lambda e, n: e[:1] + b"\x02" + n.to_bytes(8, "big") + e[2:],
}


@pytest.mark.parametrize("name", GARBAGE)
def test_fills_the_phone(settled: Path, tmp_path: Path, name: str) -> None:
    """New garbage in every answer, with one real envelope among it: what is kept has a bound, the real one comes
    through, and what waited is cleared up with an honest server.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            made = 0

            def pages(value: Pages) -> Pages:
                nonlocal made
                data = session_of(s.fatma).log.read()[-1].data
                out = []
                for ring, items, more in value:
                    last = items[-1][0] if items else 1 << 40
                    garbage = [[last + 1 + k, GARBAGE[name](data, made + k)] for k in range(400)]
                    made += 400
                    out.append([ring, [*items, *garbage], more])
                return out

            s.evil.on("pull", rewritten(wire.PULLED, pages))
            for n in range(4):
                await s.note(f"echt {n}")
                assert await s.round(s.fatma) == ""
                assert await s.round(s.joke) == ""
                assert s.read() == s.said
            assert made > 5_000
            for app in (s.fatma, s.joke):
                assert sum(session_of(app).log.count().values()) < 2_500
            await s.peace(after=2 * DAY, rounds=3)

    asyncio.run(story())
