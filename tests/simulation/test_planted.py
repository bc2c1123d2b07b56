"""Proof that the simulation can fail: for each thing that it checks a planted fault, caught within a few seeds."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from sqlite3 import Connection, OperationalError
from typing import Any

import pytest

from sync.core import merge, roll_rules
from sync.core.change import Change
from sync.core.envelope import Envelope
from sync.core.errors import Busy, DiskFull, Forbidden, NewerVersion
from sync.core.ports import LogState, Sealing
from sync.core.roll import Device as Author
from sync.core.roll import State
from sync.core.roll_entry import Epoch
from sync.device import restored
from sync.device.log import SqliteLog
from sync.device.meta import cursors_bytes
from sync.device.pulling import Pulling
from sync.device.pushing import Pushing
from sync.device.steward import Steward
from sync.device.writer import Writer
from sync.server.store import NewEnvelope, Page
from sync.server.store_sqlite import SqliteStore
from sync.simulate import run
from sync.simulate.ages import AgedReplica, knowing
from sync.simulate.disk import Crash, Disk
from sync.simulate.fast import FastPrimitives
from sync.simulate.inline import Inline
from sync.simulate.run import Broken, Parts, Simulation

MOST_SEEDS = 25
Store = type[SqliteStore]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """What fails on purpose says so in the log."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _caught(*words: str, parts: Parts | None = None, **changes: Any) -> None:
    """Within a few seeds a check with one of these words in what it says finds the fault."""
    others = []
    for seed in range(1, MOST_SEEDS + 1):
        try:
            Simulation(FastPrimitives(), seed, parts or Parts(), changes).play()
        except Broken as broken:
            others.append(str(broken).splitlines()[0])
            if any(word in others[-1] for word in words):
                return
    raise AssertionError(f"not caught: {others}")


_TWO_PHONES_EACH: dict[str, Any] = {  # they change the same notes without knowing of each other, again and again
    "devices": 4,
    "seconds": 2,
    "steps": 140,
    "partitions": True,
    **dict.fromkeys(("trust", "fading", "ages", "disks", "server"), False),
}


def _store(kind: Store) -> Parts:
    def made(path: Path, disk: Disk) -> SqliteStore:
        return kind(path, partial(Inline, disk=disk))

    return Parts(make_store=made)


# -- what is saved is not lost ------------------------------------------------------------------------------


class _Loose(SqliteLog):
    """Each statement by itself, instead of all of them or none."""

    @contextmanager
    def _atomic(self) -> Iterator[Connection]:
        try:
            yield self._db
        except OperationalError as e:
            raise DiskFull from e


def test_half_an_act_on_disk_is_caught() -> None:
    """A crash between two statements leaves half of what was written in one act."""
    _caught("half", "lost", "does not show", "refused", "IntegrityError", "stuck", parts=Parts(log=_Loose), disks=True)


class _Hopeful(SqliteLog):
    """Says saved on a full disk."""

    def append(
        self, envelopes: Sequence[tuple[bytes, bytes, int]], meta: Mapping[str, bytes] | None = None
    ) -> list[int]:
        try:
            return super().append(envelopes, meta)
        except DiskFull:
            return [0 for _ in envelopes]


def test_a_full_disk_that_is_passed_over_in_silence_is_caught() -> None:
    """A note that is said to be saved lies in the log."""
    _caught("said saved", parts=Parts(log=_Hopeful), disks=True)


class _Forgetting(SqliteLog):
    """Loses the last that was written when it is opened again."""

    def __init__(self, path: str, connect: Callable[[str], Connection]) -> None:
        super().__init__(path, connect)
        self._db.execute("DELETE FROM envelopes WHERE position = (SELECT max(position) FROM envelopes)")


def test_a_phone_that_loses_its_last_note_in_a_crash_is_caught() -> None:
    """What it had said was saved is looked for after each start."""
    _caught("which it had said was saved", "cursor skipped", parts=Parts(log=_Forgetting), seconds=0)


class _Shy(AgedReplica):
    """Keeps some of its own notes from the screen."""

    def _merge(self, e: Envelope, device: Author, c: Change) -> bytes:
        if e.id[0] % 8 == 0:
            raise Forbidden("planted")
        return super()._merge(e, device, c)


def test_a_saved_note_that_is_not_shown_is_caught() -> None:
    """It is there, and nobody sees it."""
    _caught("does not show", "aside", parts=Parts(replica=_Shy), ages=False)


# -- the server keeps what it acknowledged ------------------------------------------------------------------


class _Forgetful(SqliteStore):
    """Says stored, and keeps every fifth envelope for itself."""

    count = 0

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """See Store."""
        outcomes = []
        for e in envelopes:
            self.count += 1
            outcomes += ["stored"] if self.count % 5 == 0 else await super().put(organisation, [e])
        return outcomes


def test_a_server_that_forgets_what_it_acknowledged_is_caught() -> None:
    """What was answered "stored" is looked for."""
    _caught("the server lost", "broken_chain", parts=_store(_Forgetful))


def test_a_server_that_answers_before_its_commit_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash shows it: the commit was torn, and the answer had gone."""

    def early(self: Inline) -> None:
        group = list(self._waiting)
        self._waiting.clear()
        execute = self._writer.conn.execute
        try:
            execute("BEGIN IMMEDIATE")
            for job, outcome in self._done(group):
                if not job.answer.done():
                    job.answer.set_result(outcome)
            execute("COMMIT")
        except OperationalError as error:
            self._undone(group, error)
        except Crash:
            pass  # everyone has an answer already
        for job in group:
            if not job.answer.done():
                job.answer.set_exception(Busy())

    monkeypatch.setattr(Inline, "_flush", early)
    _caught("the server lost", server=True, trust=False, fading=False)


def test_a_server_put_back_that_nobody_gives_its_envelopes_again_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What last night's backup had not is offered again."""
    monkeypatch.setattr(restored, "offer_envelopes", lambda *_: None)
    _caught("is not on the server", "stuck", "aside", server=True, trust=False, fading=False)


# -- cursors, queues ----------------------------------------------------------------------------------------


class _Skipping(SqliteStore):
    """Leaves one envelope out of a page now and then."""

    pages = 0

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""
        page = await super().page(organisation, ring, after, limit, max_bytes)
        self.pages += limit < 1000
        skips = limit < 1000 and self.pages % 3 == 0 and len(page.items) > 1
        return Page(page.items[1:], page.more) if skips else page


def test_a_server_that_skips_is_caught() -> None:
    """Below each cursor all is there."""
    _caught("cursor skipped", "gap", parts=_store(_Skipping))


def test_a_cursor_that_moves_before_the_envelopes_are_there_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash in between skips them for ever."""
    honest = Pulling._take

    async def hasty(self: Pulling, pages: Any, cursors: dict[bytes, int]) -> None:
        ahead = dict(cursors)
        for ring, items, _ in pages:
            if items:
                ahead[ring] = items[-1][0]
        self._log.put({"cursors": cursors_bytes(ahead)})
        await honest(self, pages, cursors)

    monkeypatch.setattr(Pulling, "_take", hasty)
    _caught("cursor skipped", disks=True, fading=False, steps=150)


def test_a_queue_that_stops_for_good_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a good line every queue drains."""
    honest = Pushing.push

    async def lazy(self: Pushing) -> None:
        if len(self._log.pending(9)) < 6:
            await honest(self)

    monkeypatch.setattr(Pushing, "push", lazy)
    _caught("queue is stuck")


# -- the same for everyone who may see it, and for nobody else ----------------------------------------------


def test_a_merge_that_depends_on_the_order_of_arrival_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two devices with the same changes show the same."""
    monkeypatch.setattr(
        merge.Register, "value", lambda self: next((v.value for v in reversed(list(self.versions.values()))), None)
    )
    _caught("differently", **_TWO_PHONES_EACH)


def test_a_note_that_is_sealed_to_others_too_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody shows what is not theirs to see."""
    monkeypatch.setattr(
        Writer, "_open_to_someone", lambda self, _: frozenset(self._roll.state.readable(self._keyring.device))
    )
    _caught("not theirs to see")


def test_a_device_that_keeps_what_it_lost_the_right_to_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever moved no longer holds the notes of the team that they left."""

    async def nothing(*_: object) -> int:
        return 0

    monkeypatch.setattr("sync.simulate.device.drop_lost", nothing)
    _caught("not theirs to see", trust=True, fading=False)


def test_a_note_that_travels_unsealed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """What travels shows nothing of what was written."""

    async def plain(self: FastPrimitives, items: Sequence[Sealing]) -> list[bytes]:
        return [s.data + bytes(16) for s in items]

    async def opened(self: FastPrimitives, items: Sequence[Sealing]) -> list[bytes | None]:
        return [s.data[:-16] for s in items]

    monkeypatch.setattr(FastPrimitives, "seal", plain)
    monkeypatch.setattr(FastPrimitives, "open", opened)
    _caught("shows what was written")


# -- what is gone is gone -----------------------------------------------------------------------------------


class _Hoarding(SqliteStore):
    """Says dropped, and drops nothing."""

    async def drop_expired(self, month: int) -> int:
        """See Store."""
        return 0

    async def erase(self, organisation: bytes, ids: Sequence[bytes], device: bytes, day: int) -> None:
        """See Store."""


def test_a_server_that_keeps_what_it_was_to_overwrite_is_caught() -> None:
    """Its bytes are looked for."""
    _caught("the server still has the bytes", parts=_store(_Hoarding), fading=True, trust=False)


class _Keeping(SqliteLog):
    """Drops nothing."""

    def drop(self, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None, again: bool = False) -> None:
        self.put(dict(meta or {}))


def test_a_phone_that_keeps_what_is_over_is_caught() -> None:
    """So are a phone's."""
    _caught("still has the bytes", parts=Parts(log=_Keeping), fading=True, trust=False)


# -- trust, and two ages of the app -------------------------------------------------------------------------


async def _nothing(*_: object) -> None:
    """What is neglected."""


def test_a_ring_that_nobody_renews_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the upkeep of devices someone who left could go on reading."""
    monkeypatch.setattr(Steward, "keep", _nothing)
    _caught("renewed", "upkeep", "open", "does not show", trust=True, fading=False)


def test_a_lost_phones_notes_that_nobody_adopts_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quarantine is no bin."""
    monkeypatch.setattr(run, "adopt_all", _nothing)
    _caught("does not show", trust=True, fading=False)


def test_a_ring_that_is_renewed_for_whoever_left_too_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever left can open nothing that was renewed since, with all that the server has."""
    need, epochs = roll_rules._need, Steward._epochs

    def lax(holds: bool, why: str) -> None:
        need(holds or why == "granted to exactly the holders", why)

    async def generous(self: Steward, state: State, holders: Mapping[bytes, frozenset[bytes]]) -> tuple[Epoch, ...]:
        all_ = {r: some | (state.rings[r].holders if r in state.rings else some) for r, some in holders.items()}
        return await epochs(self, state, all_)

    monkeypatch.setattr(roll_rules, "_need", lax)
    monkeypatch.setattr(Steward, "_epochs", generous)
    _caught("has left and can open", trust=True, fading=False)


def test_a_roll_that_nobody_gives_back_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a backup was put back everyone ends with one roll, and in no trouble."""
    monkeypatch.setattr(restored, "offer_roll", _nothing)
    _caught("fork", "two rolls", "another roll", "trouble", "stuck", trust=True, fading=False, server=True)


class _Strict(AgedReplica):
    """Sets aside for good what this version does not know."""

    def _merge(self, e: Envelope, device: Author, c: Change) -> bytes:
        try:
            return super()._merge(e, device, c)
        except NewerVersion:
            self._log.mark([e.id], LogState.ASIDE, "forbidden")
            raise


def test_an_old_app_that_throws_away_what_it_does_not_know_is_caught() -> None:
    """After the update all of it is shown."""
    _caught("does not show", "aside", parts=Parts(replica=_Strict), ages=True, fading=False)


def test_an_old_app_that_shows_what_it_does_not_know_would_know_it() -> None:
    """The two ages differ in what they know."""
    from sync.core import rights

    before = set(rights.TABLE)
    with knowing(2):
        assert set(rights.TABLE) > before
    assert set(rights.TABLE) == before
