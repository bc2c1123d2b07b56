"""A server that lies in its answers to a push."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app.services.models import QueueFilter, ReviewState
from sync.core import wire
from sync.core.envelope import id_of, parse
from sync.core.errors import BY_CODE, from_code
from sync.server.store import NewEnvelope
from tests.adversary.evil_server import Answer, Honest, Request, aside, besieged, ok, refusal, rewritten, says
from tests.support.settled_team import session_of

Outcomes = list[list[Any]]


def stranger(_: Outcomes) -> Outcomes:
    """An outcome for an envelope that nobody sent."""
    return [[bytes(32), wire.STORED]]


ODD: dict[str, Callable[[Outcomes], Any]] = {
    "answers for nothing": lambda _: [],
    "answers for some only": lambda o: o[:1],
    "answers for another envelope": stranger,
    "answers more than was asked": lambda o: [*o, *stranger(o)],
    "answers in another order": lambda o: o[::-1],
    "answers one twice": lambda o: [o[0], *o],
}


@pytest.mark.parametrize("name", ODD)
def test_answers_that_are_none(settled: Path, tmp_path: Path, name: str) -> None:
    """The round ends with bad_format on the home screen; nothing counts as sent, and all of it is sent later."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("push", rewritten(wire.PUSHED, ODD[name]))
            await s.note("een")
            await s.note("twee")
            assert await s.round(s.fatma) == "bad_format"
            assert s.fatma.sync_status().unsent == 2
            await s.peace()

    asyncio.run(story())


def test_answers_for_what_was_not_sent(settled: Path, tmp_path: Path) -> None:
    """Envelopes written while the answer is on its way are not called stored because the server says so."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:

            async def trick(request: Request, honest: Honest) -> Answer:
                await s.note("ondertussen")
                everything = [e.id for e in session_of(s.fatma).log.pending()]
                return ok([[name, wire.STORED] for name in everything])

            s.evil.on("push", trick, 1)
            await s.note("een")
            assert await s.round(s.fatma) == "bad_format"
            assert s.fatma.sync_status().unsent == 2
            await s.peace()

    asyncio.run(story())


def test_calls_anothers_envelope_refused(settled: Path, tmp_path: Path) -> None:
    """An outcome for somebody else's envelope changes nothing of it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            theirs = [e.id for e in session_of(s.joke).log.read() if e.id not in session_of(s.joke).replica.aside]
            s.evil.on("push", rewritten(wire.PUSHED, lambda o: [*o, *([i, "forbidden"] for i in theirs)]))
            await s.joke.review(s.joke.queue(QueueFilter.ALL)[0].id, ReviewState.SEEN, "")
            assert await s.round(s.joke) == "bad_format"
            assert s.joke.aside() == []
            await s.peace(restart=True)

    asyncio.run(story())


@pytest.mark.parametrize("code", ["forbidden", "bad_format", "stale_epoch", "broken_chain", "a code of tomorrow"])
def test_refuses_what_is_right(settled: Path, tmp_path: Path, code: str) -> None:
    """The visit stays, says that it is on this phone only, is listed with the reason; an honest server gets it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:

            async def refuse(request: Request, _: Honest) -> Answer:
                return ok([[id_of(e), code] for e in request.value(wire.PUSH)])

            s.evil.on("push", refuse)
            visit = await s.note("geweigerd")
            for _ in range(2):
                assert await s.round(s.fatma) == ""
                assert s.fatma.visit(visit).synced is False
                assert s.fatma.visit(visit).form.note == "geweigerd"
                assert set(aside(s.fatma)) == {from_code(code).code}
            await s.peace()

    asyncio.run(story())


def test_stores_it_and_says_refused(settled: Path, tmp_path: Path) -> None:
    """The visit says that it is on this phone only, until it is offered again, and then it is there once."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("push", rewritten(wire.PUSHED, lambda outcomes: [[name, "forbidden"] for name, _ in outcomes]))
            visit = await s.note("geweigerd")
            assert await s.round(s.fatma) == ""
            assert s.fatma.visit(visit).synced is False
            await s.peace()

    asyncio.run(story())


@pytest.mark.parametrize("path", ["challenge", "token", "roll", "push", "pull"])
def test_every_error_there_is(settled: Path, tmp_path: Path, path: str) -> None:
    """On every step each code ends the round with that code, and costs nothing."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await s.restarted()
            await s.note("een")
            for code in BY_CODE:
                s.evil.on(path, says(refusal(code, "x" * 400)))
                session_of(s.fatma).syncer.line.token = ""
                heard = await s.round(s.fatma)
                assert heard == code or code in ("bad_input", "try_slower")
                s.nothing_unsaid()
            await s.peace()

    asyncio.run(story())


def test_stores_rubbish_in_a_phones_place(settled: Path, tmp_path: Path) -> None:
    """Bytes that nobody signed under the phone's next number: what it saves is refused from then on, says so, is
    offered again each time, and is sent when the store has been cleared of them.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            me = session_of(s.fatma)
            last = me.log.read()[-1]
            links = tuple(replace(x, number=x.number + 1, previous=last.id) for x in parse(last.data).header.links)
            forged = NewEnvelope(bytes(32), me.device, links, 0, b"\x93 dit is niets")
            store = s.evil.state.service._store
            assert await store.put(me.roll.state.organisation, [forged]) == ["stored"]
            visit = await s.note("geweigerd")
            for _ in range(2):
                assert await s.round(s.fatma) == ""
                assert s.fatma.visit(visit).synced is False
                assert "broken_chain" in aside(s.fatma)
                me.syncer.line.token = ""
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            with closing(sqlite3.connect(s.t.folder / "server" / "store.db")) as db, db:
                db.execute(
                    "UPDATE envelopes SET data = x'', kept = 1 WHERE id = ?", (bytes(32),)
                )  # its number stays taken
                db.execute("UPDATE chains SET number = number - 1, id = ? WHERE id = ?", (last.id, bytes(32)))
            await s.peace()

    asyncio.run(story())


def test_says_stored_and_drops_it(settled: Path, tmp_path: Path) -> None:
    """The next visit shows the gap, to the author's own device as well, and the honest server gets all of it."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:

            async def drop(request: Request, _: Honest) -> Answer:
                return ok([[id_of(e), wire.STORED] for e in request.value(wire.PUSH)])

            s.evil.on("push", drop)
            await s.note("verdwenen")
            await s.round(s.fatma)
            assert await s.round(s.joke) == ""
            assert s.read() == {"van vroeger"}
            await s.peace(rounds=3)

    asyncio.run(story())
