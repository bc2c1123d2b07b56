"""Erased is gone: from every log, from the server's file and from what is put away, and nobody can put it back."""

import asyncio
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.services import erasing
from app.services.app import App
from app.services.models import QueueFilter, ReviewState, Role
from sync.core.errors import DiskFull, StraatError
from sync.core.ports import LogState
from sync.device import erasing as orders
from sync.device import meta
from sync.server.store_sqlite import SqliteStore
from tests.support.faulty_transport import Fault
from tests.support.native_app import synced
from tests.support.settled_team import FATMA, FORM, JOKE, Team, hushed, session_of, team
from tests.support.shelf import MemoryShelf
from tests.support.traces import bodies, lies_in


async def erased(app: App, visit: bytes) -> None:
    """Erase a visit as a service does."""
    session = session_of(app)
    await erasing.erase(session, session.replica.records[visit])


def shown(app: App) -> set[str]:
    """The notes that a device shows."""
    mine = {v.form.note for v in app.visits()}
    return mine | ({v.form.note for v in app.queue(QueueFilter.ALL)} if app.role is Role.COORDINATOR else set())


def test_what_is_erased_is_gone_everywhere(settled: Path, tmp_path: Path) -> None:
    """From the logs of all devices and from the server, in every file; the chains hold, and a newcomer sees no gap."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            kept = await fatma.save_visit(replace(FORM, note="blijft"))
            await synced(fatma, joke, laptop)
            sealed = bodies(fatma, visit).values()
            assert len(sealed) == 2
            assert {"fatma", "joke", "laptop"} <= {p.name for p in tmp_path.iterdir()}
            assert lies_in(tmp_path, sealed)
            await erased(fatma, visit)
            assert lies_in(tmp_path / "fatma", sealed) == []
            await synced(fatma, joke, laptop)
            assert lies_in(tmp_path, sealed) == []
            for app in (fatma, joke, laptop):
                assert "weg ermee" not in shown(app)
                assert session_of(app).replica.withheld == set()
                assert session_of(app).log.get(meta.ORDERS) is None
            await fatma.save_visit(replace(FORM, note="daarna"))
            await synced(fatma, joke)
            assert {"blijft", "daarna"} <= shown(joke)
            third = t.device("third")
            await third.start((await fatma.second_device()).url)
            await third.accept("", FATMA)
            await hushed(third)
            await synced(third, third)
            assert {v.form.note for v in third.visits()} >= {"blijft", "daarna"}
            assert visit not in {v.id for v in third.visits()}
            assert session_of(third).replica.withheld == set()
            assert len(session_of(third).replica.gone.left) == 2
            assert third.visit(kept).form.note == "blijft"

    asyncio.run(story())


def test_it_stays_gone_after_a_restart_without_the_saved_view(settled: Path, tmp_path: Path) -> None:
    """Judged anew from the log: no record of it, no gap in the numbers, nothing aside."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            other = await fatma.save_visit(replace(FORM, note="ook weg"))
            await synced(fatma, joke)
            await erased(fatma, visit)
            await erased(joke, other)
            await synced(fatma, joke, fatma)
            for name, secret in (("fatma", FATMA), ("joke", JOKE)):
                again = await t.unlocked(name, secret)
                assert not {"weg ermee", "ook weg"} & shown(again)
                assert session_of(again).replica.withheld == set()
                assert (again.sync_status().aside, session_of(again).replica.waiting) == (0, 0)

    asyncio.run(story())


def test_a_note_that_was_never_sent_never_leaves(settled: Path, tmp_path: Path) -> None:
    """Erased before the first signal: the server gets its number and nothing else, and what follows arrives."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="nooit verstuurd"))
            sealed = list(bodies(fatma, visit).values())
            await erased(fatma, visit)
            await fatma.save_visit(replace(FORM, note="wel"))
            assert fatma.sync_status().unsent == 2
            await synced(fatma, joke)
            assert lies_in(tmp_path, sealed) == []
            assert fatma.sync_status().unsent == 0
            assert session_of(joke).replica.withheld == set()
            assert "wel" in shown(joke)
            await synced(fatma)  # and the receipt that it is gone
            assert LogState.PENDING not in session_of(fatma).log.count()

    asyncio.run(story())


def test_a_phone_that_was_away_for_months_cannot_put_it_back(settled: Path, tmp_path: Path) -> None:
    """It pushes its copy again, with an edit that knew of nothing: all of it goes, there and on the server."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke, laptop)
            edit = await laptop.save_visit(replace(FORM, note="op de laptop aangepast"), visit)
            assert edit == visit
            sealed = [*bodies(laptop, visit).values()]
            await erased(fatma, visit)
            await synced(fatma, joke)
            t.clock.now += 100 * 24 * 3_600_000
            session_of(laptop).log.mark([e.id for e in session_of(laptop).log.read(0, 1000)], LogState.PENDING)
            for _ in range(2):
                await synced(laptop, fatma, joke)
            assert lies_in(tmp_path, sealed) == []
            assert not {"weg ermee", "op de laptop aangepast"} & (shown(laptop) | shown(fatma) | shown(joke))
            third = t.device("third")
            await third.start((await fatma.second_device()).url)
            await third.accept("", FATMA)
            await hushed(third)
            await synced(third, third)
            assert session_of(third).replica.withheld == set()

    asyncio.run(story())


def test_a_coordinator_erases_also_what_only_its_author_reads(settled: Path, tmp_path: Path) -> None:
    """The detail that was for the author alone goes by the author's own phone, and is explained by it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="alleen voor mij", shared=False))
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit).values())
            assert len(bodies(joke, visit)) == 1
            await erased(joke, visit)
            await synced(joke, fatma, fatma)
            assert lies_in(tmp_path, sealed) == []
            laptop = await t.unlocked("laptop")
            await synced(laptop, laptop)
            assert session_of(laptop).replica.withheld == set()
            assert session_of(laptop).log.get(meta.UNNAMED) is None

    asyncio.run(story())


def test_a_word_on_an_erased_visit_goes_with_it(settled: Path, tmp_path: Path) -> None:
    """It may repeat what the visit said: the device of whoever wrote it erases it, once it hears."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            await joke.review(visit, ReviewState.SEEN, "Wat fijn van die kat")
            await synced(joke, fatma)
            [word] = session_of(joke).view.ask("SELECT id FROM reviews")
            sealed = list(bodies(joke, bytes.fromhex(word["id"])).values())
            assert sealed
            await erased(fatma, visit)
            await synced(fatma, joke, joke, fatma, joke)
            assert lies_in(tmp_path, sealed) == []
            assert joke.sync_status().unsent == 0
            for app in (fatma, joke, await t.unlocked("joke", JOKE)):
                assert session_of(app).replica.withheld == set()

    asyncio.run(story())


def test_consent_taken_back_is_one_act(settled: Path, tmp_path: Path) -> None:
    """The new visit is there and the old one gone, on disk, before anything is sent."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="mocht eerst gedeeld"))
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit).values())
            new = await fatma.change_consent(visit, noted=True, shared=False)
            assert lies_in(tmp_path / "fatma", sealed) == []
            assert fatma.visit(new).form.note == "mocht eerst gedeeld"
            await synced(fatma, joke)
            assert lies_in(tmp_path, sealed) == []
            assert "mocht eerst gedeeld" not in shown(joke)
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


def test_the_saved_view_is_destroyed_first_and_made_anew(settled: Path, tmp_path: Path) -> None:
    """Before the bytes go from the log; the new one does not hold the text, in memory or on the shelf."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            shelf = MemoryShelf()
            fatma = t.device("fatma")
            fatma.live.world = replace(fatma.live.world, shelf=shelf)
            await fatma.start()
            await fatma.unlock(FATMA)
            await hushed(fatma)
            visits = [await fatma.save_visit(replace(FORM, note=f"tekst {n} weg")) for n in range(12)]
            await session_of(fatma).keeping.now()
            old = shelf.data
            assert old is not None
            assert b"tekst 3 weg" in session_of(fatma).replica.memory.image()
            log = session_of(fatma).log
            seen: list[bool] = []
            drop = log.drop
            log.drop = lambda *args: (seen.append(shelf.data is None), drop(*args))[1]  # type: ignore[method-assign]
            await erased(fatma, visits[3])
            assert seen == [True]
            await session_of(fatma).keeping.now()
            assert shelf.data not in (None, old)
            assert b"tekst 3 weg" not in session_of(fatma).replica.memory.image()
            assert b"tekst 4 weg" in session_of(fatma).replica.memory.image()
            assert len(fatma.visits()) == 11

    asyncio.run(story())


class Killed(BaseException):
    """The app ends here."""


Moment = Callable[[Team, App], None]


def _dies(owner: object, name: str) -> None:
    def dead(*_: object, **__: object) -> None:
        raise Killed

    setattr(owner, name, dead)


MOMENTS: dict[str, Moment] = {
    "before it is written": lambda t, app: _dies(session_of(app).log, "append"),
    "before the bytes go": lambda t, app: _dies(session_of(app).log, "drop"),
    "before the server is asked": lambda t, app: t.nets["fatma"].next("erase", Fault.DROP),
    "before the answer is heard": lambda t, app: t.nets["fatma"].next("erase", Fault.LOSE),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_in_the_middle_it_stands_whole_or_not_at_all(settled: Path, tmp_path: Path, moment: str) -> None:
    """After a restart the visit is all there, or gone everywhere: never half."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit).values())
            MOMENTS[moment](t, fatma)
            try:
                await erased(fatma, visit)
                await fatma.sync_once()
            except (Killed, StraatError):
                pass
            session_of(fatma).log.close()
            fatma = await t.fatma()
            await synced(fatma, joke)
            if moment == "before it is written":
                assert "weg ermee" in shown(fatma) & shown(joke)
            else:
                assert lies_in(tmp_path, sealed) == []
                assert "weg ermee" not in shown(fatma) | shown(joke)
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


def test_on_a_full_disk_the_bytes_go_the_next_time(settled: Path, tmp_path: Path) -> None:
    """What was written stands, and is shown; nothing is said to have failed."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma = await t.fatma()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            sealed = list(bodies(fatma, visit).values())
            log = session_of(fatma).log
            drop = log.drop

            def full(*_: object) -> None:
                raise DiskFull

            log.drop = full  # type: ignore[method-assign]
            await erased(fatma, visit)
            assert "weg ermee" not in shown(fatma)
            assert lies_in(tmp_path / "fatma", sealed)
            log.drop = drop  # type: ignore[method-assign]
            await fatma.sync_once()
            assert lies_in(tmp_path, sealed) == []

    asyncio.run(story())


def test_only_who_may_has_it_overwritten(settled: Path, tmp_path: Path) -> None:
    """A contact person can't have another's envelopes overwritten, nor anybody a sender key; unknown ids are told."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            mine = sorted(bodies(fatma, visit))
            key = next(e.id for e in session_of(fatma).log.read(0, 100) if e.data[0] == 2)
            theirs = next(e.id for e in session_of(joke).log.read(0, 100) if e.data[0] == 1 and e.id not in mine)

            async def asked(app: App, *ids: bytes) -> list[str]:
                got: list[str] = []

                async def ask(path: str, value: object, shape: object) -> object:
                    answers = await session_of(app).syncer.line.ask(path, value, shape)  # type: ignore[arg-type]
                    got.extend(outcome for _, outcome in answers)
                    return answers

                session_of(app).log.put({meta.ORDERS: meta.ids_bytes(ids)})
                await orders.send(ask, session_of(app).log)
                assert session_of(app).log.get(meta.ORDERS) is None
                return got

            assert await asked(fatma, theirs, key, b"x" * 32) == ["forbidden", "not_found", "not_found"]
            assert await asked(joke, key) == ["not_found"]
            assert await asked(joke, *mine) == ["overwritten"] * 2
            assert await asked(joke, *mine) == ["overwritten"] * 2

    asyncio.run(story())


def test_a_server_put_back_is_asked_again(settled: Path, tmp_path: Path) -> None:
    """A backup from before the erasing: whoever erased asks once more, and stubs hold the place of what it lost."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(replace(FORM, note="weg ermee"))
            await synced(fatma, joke)
            sealed = list(bodies(fatma, visit).values())
            shutil.copytree(tmp_path / "server", tmp_path / "backup")
            lost = await fatma.save_visit(replace(FORM, note="ook weg"))
            await synced(fatma, joke)
            await erased(fatma, visit)
            await erased(fatma, lost)
            await fatma.save_visit(replace(FORM, note="blijft"))
            await synced(fatma, joke)
            await put_back(t, tmp_path / "backup" / "store.db")
            fatma, joke = await t.fatma(), await t.joke()
            await synced(fatma, joke, fatma, joke)
            await t.stores[-1].close()
            assert lies_in(tmp_path / "backup", sealed) == []
            assert shown(joke) >= {"blijft"}
            assert not {"weg ermee", "ook weg"} & shown(joke)
            assert session_of(joke).replica.withheld == set()

    asyncio.run(story())


async def put_back(t: Team, path: Path) -> None:
    """Another server on a backup, with a new incarnation."""
    import sqlite3
    from contextlib import closing

    from app.platform.native_crypto import NativePrimitives
    from sync.server.app import make_app

    with closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE facts SET value = randomblob(16) WHERE name = 'incarnation'")
    store = SqliteStore(path)
    t.asgi = make_app(store, NativePrimitives(), t.clock, None)
    await t.asgi.state.service.start()
    t.stores.append(store)
