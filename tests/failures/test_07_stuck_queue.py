"""7. The queue is stuck: it does not start again after reconnecting, or one bad record holds up the rest.

Reported: enketo/enketo #1180 (the server was away for a while; what waited was not sent in the fifteen minutes after it
was back, until the page was loaded again), #1140 (an odd answer of a connection check, and everything waits for ever),
DHIS2 ANDROAPP-6611 (one record that the server can't take, and nothing behind it goes).

Promised instead: no answer of anything on the way (a sign-in page, a proxy whose server is down, no name, an expired
token, a server that is away for a night) costs more than a wait, and it goes on by itself. One envelope that the server
refuses or stumbles over is kept and listed with its reason, and all that was noted before and after it arrives.
"""

import asyncio
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from app.platform.native_transport import HttpTransport
from app.services.models import QueueFilter
from sync.core.errors import ServerBehind, StraatError
from sync.core.ports import LogState
from sync.server.store import NewEnvelope
from sync.server.store_sqlite import SqliteStore
from tests.support.native_app import synced
from tests.support.ports import free_port
from tests.support.settled_team import FATMA, FORM, session_of, team
from tests.support.web_server import Said, web_server
from tests.unit.test_device_syncer import fails, notes, read_by, status

HTML = [("Content-Type", "text/html")]
IN_BETWEEN = {
    "a Wi-Fi sign-in page": Said(b"<html>Log in om te internetten</html>", 200, HTML),
    "a proxy whose server is down": Said(b"<html>502 Bad Gateway</html>", 502, HTML),
    "a page elsewhere": Said(b"", 302, [("Location", "http://127.0.0.1:9/login")]),
    "nothing at all": Said(b"", 204),
    "a JSON error": Said(b'{"error": "gateway"}', 503, [("Content-Type", "application/json")]),
}


@pytest.mark.parametrize("kind", [*IN_BETWEEN, "no such machine"])
def test_whatever_stands_in_between_costs_a_wait_and_no_note(settled: Path, tmp_path: Path, kind: str) -> None:
    """It is told as no connection; once our own server answers again all of it is sent."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, net = await t.fatma(), await t.joke(), t.nets["fatma"]
            made = await notes(fatma, 2)
            ours = net.inner
            said = IN_BETWEEN.get(kind, Said(b""))
            with web_server(lambda *_: said) as url:
                net.inner = HttpTransport(url if kind in IN_BETWEEN else f"http://127.0.0.1:{free_port()}")
                for _ in range(2):
                    await fails(fatma)
                    assert (status(fatma).unsent, status(fatma).online, status(fatma).trouble) == (2, False, "")
                await net.close()
            net.inner = ours
            await synced(fatma, joke)
            assert (read_by(joke), status(fatma).unsent, status(fatma).online) == (made, 0, True)

    asyncio.run(story())


def test_it_starts_again_by_itself_after_a_night_away(settled: Path, tmp_path: Path) -> None:
    """Flight mode, the token expired meanwhile, the server started anew: one wake (the page says that it is online), and
    nobody touches anything.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = t.device("fatma")
            await fatma.start()
            await fatma.unlock(FATMA)
            await asyncio.sleep(0.3)
            t.nets["fatma"].offline = True
            made = await notes(fatma, 2)
            t.clock.now += 10 * 60 * 60_000
            t.asgi.state.service.sessions = type(t.asgi.state.service.sessions)(t.clock.millis)
            fatma.locking.touch()
            t.nets["fatma"].offline = False
            fatma.sync_now()
            async with asyncio.timeout(30):
                while status(fatma).unsent:
                    await asyncio.sleep(0.05)
            joke = await t.joke()
            await joke.sync_once()
            assert read_by(joke) == made

    asyncio.run(story())


@pytest.mark.parametrize("which", [0, 1, 2, 3, 4])
def test_one_that_the_server_stumbles_over_holds_up_no_other(settled: Path, tmp_path: Path, which: int) -> None:
    """Whichever envelope it is, what was noted before and after it arrives, and it stays and is listed."""
    bad: set[bytes] = set()
    put = SqliteStore.put

    async def stumbling(self: SqliteStore, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        if bad & {e.id for e in envelopes}:
            raise RuntimeError("a fault of the server")
        return await put(self, organisation, envelopes)

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 2)
            pending = session_of(fatma).log.pending()
            bad.add(pending[which].id)
            for _ in range(3):
                await fatma.sync_once()
                t.clock.now += 11 * 60_000
            assert [a.reason for a in fatma.aside()] == ["internal"]
            assert {v.form.note for v in fatma.visits()} == made
            made |= await notes(fatma, 1, first=2)
            await synced(fatma, fatma, joke)
            assert status(fatma).unsent == 0
            there = {v.id for v in joke.queue(QueueFilter.ALL)}
            assert len(there) >= 2  # the new one, and of the others at most the one in question is not whole
            assert "bezoek 2" in read_by(joke)
            bad.clear()  # the server is mended: what was kept goes as well
            fatma = await t.fatma()
            for _ in range(3):
                await fatma.sync_once()
                t.clock.now += 60 * 60_000
            await joke.sync_once()
            assert (read_by(joke), fatma.aside()) == (made, [])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqliteStore, "put", stumbling)
        asyncio.run(story())


def test_a_server_that_is_ill_all_over_costs_nothing(settled: Path, tmp_path: Path) -> None:
    """It stumbles over everything: nothing is set aside for that, and all is sent when it is well."""

    async def ill(self: SqliteStore, *_: object) -> list[str]:
        raise RuntimeError("a fault of the server")

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 3)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(SqliteStore, "put", ill)
                for _ in range(2):
                    with pytest.raises(StraatError, match="internal"):
                        await fatma.sync_once()
                    assert (status(fatma).unsent, fatma.aside()) == (3, [])
            await synced(fatma, joke)
            assert read_by(joke) == made

    asyncio.run(story())


def test_refused_too_large_or_too_new_blocks_nothing_and_is_listed(settled: Path, tmp_path: Path) -> None:
    """Each with its reason where the person looks; the rest of the day arrives."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            log = session_of(fatma).log
            for number, rubbish in enumerate(
                (b"\x93 torn", b"\x01\x63" + b"too new" * 9, b"\x01\x01" + bytes(1_400_000))
            ):
                log.append([(bytes([number]) * 32, rubbish, LogState.PENDING)])
                await notes(fatma, 1, first=number)
            made = {f"bezoek {n}" for n in range(3)}
            for _ in range(2):
                with suppress(ServerBehind):
                    await fatma.sync_once()
            await joke.sync_once()
            assert read_by(joke) == made

    asyncio.run(story())


def test_a_phone_put_back_from_a_copy_goes_on(settled: Path, tmp_path: Path) -> None:
    """Its numbers are taken already: what it notes is sealed anew behind what is there, arrives once, and nothing of it
    counts as doubled, withheld or set aside, also after the next restart.
    """

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            made = await notes(fatma, 1)
            await fatma.sync_once()
            shutil.copytree(tmp_path / "fatma", tmp_path / "copy")
            made |= await notes(fatma, 2, first=1)
            await fatma.sync_once()
            fatma.live.require_log().close()
            shutil.rmtree(tmp_path / "fatma")
            shutil.copytree(tmp_path / "copy", tmp_path / "fatma")
            fatma = await t.fatma()
            made |= await notes(fatma, 1, first=3)
            [fresh] = [v.id for v in fatma.visits() if v.form.note == "bezoek 3"]
            await fatma.save_visit(replace(FORM, note="bezoek 3, verbeterd"), fresh)
            made = made - {"bezoek 3"} | {"bezoek 3, verbeterd"}
            for _ in range(3):
                await fatma.sync_once()
            made |= await notes(fatma, 1, first=4)
            await synced(fatma, joke)
            for app in (fatma, await t.fatma()):
                assert {v.form.note for v in app.visits()} == made
                assert (status(app).unsent, status(app).aside, status(app).withheld) == (0, 0, 0)
                assert not any(v.other_notes for v in app.visits())
            assert (read_by(joke), len(joke.queue(QueueFilter.ALL))) == (made, len(made))
            assert session_of(joke).replica.doubled == set()

    asyncio.run(story())
