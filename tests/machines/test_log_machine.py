"""The phone's log on a real file, by any steps: closed and opened, killed in mid-write, with a full disk in between.

The model is a list and three dictionaries. After each step the log says what the model says; what was dropped,
removed or overwritten is in no byte of the file or its journal.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.core import codec, envelope, formats
from sync.core.envelope import Header, Link, encode_header
from sync.core.errors import DiskFull
from sync.core.ports import GIVEN, SIGNATURE_BYTES, TAG_BYTES, LogEntry, LogState
from sync.device.log import SqliteLog
from sync.device.meta import REVISION
from tests.machines.runs import catches, folder, long, short

STATES = (LogState.PENDING, LogState.STORED)
MARKS = (LogState.PENDING, LogState.STORED, LogState.ASIDE, LogState.REFUSED)
KEYS = ("cursors", "chains", "clock")
FORMS = ("visit", "story")
SIZES = (256, 4096, 16_384)

some = st.lists(st.integers(0, 12), min_size=1, max_size=5)
values = st.dictionaries(st.sampled_from(KEYS), st.integers(1, 3), max_size=2)


@dataclass(frozen=True, slots=True)
class Made:
    """An envelope with a body that can be found again in any file."""

    id: bytes
    data: bytes
    secret: bytes

    @property
    def stub(self) -> bytes:
        """What is left of it; nothing of what is no envelope."""
        return envelope.stub(self.data) if self.data[:1] != b"<" else b""


def made(number: int, size: int) -> Made:
    """The envelope of this number; each fifth is bytes that are no envelope (of a version that leaves no stub)."""
    secret = b"<secret %06d>" % number
    body = (secret * (size // len(secret) + 2))[: size + TAG_BYTES]
    if number % 5 == 4:
        return Made(number.to_bytes(32, "big"), body, secret)
    header = Header(bytes(32), bytes(16), bytes(32), bytes(32), (Link(bytes(16), 1, 1, bytes(32)),), 0, _nonce(number))
    data = formats.prefix(formats.CHANGE) + codec.pack([encode_header(header), body]) + bytes(SIGNATURE_BYTES)
    return Made(envelope.id_of(data), data, secret)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


@dataclass
class Model:
    """What the log has to say. A copy of it is what a crash or a full disk leaves."""

    entries: list[LogEntry] = field(default_factory=list)
    last: int = 0  # no position up to this one is given again
    meta: dict[str, bytes] = field(default_factory=dict)
    drafts: dict[str, tuple[bytes, int]] = field(default_factory=dict)
    roll: list[bytes] = field(default_factory=list)
    revised: int = 0

    def copy(self) -> "Model":
        """As it is now."""
        return Model(list(self.entries), self.last, dict(self.meta), dict(self.drafts), list(self.roll), self.revised)

    def entry(self, name: bytes) -> LogEntry | None:
        """The one with this id."""
        return next((e for e in self.entries if e.id == name), None)

    def append(self, items: Sequence[tuple[bytes, bytes, int]], given: Sequence[int]) -> None:
        """New ones at the end; the whole in place of a stub that came as one. `given`: the positions that the log
        told: one of before for what was there, and for what is new a higher one than ever was.
        """
        whole = {name for name, _, state in items if state != LogState.STUB}
        places = {name: place for (name, _, _), place in zip(items, given, strict=True)}
        self.entries = [
            e for e in self.entries if not (e.id in whole and (e.state, e.reason) == (LogState.STUB, GIVEN))
        ]
        for name, data, state in items:
            if self.entry(name) is None and not (state == LogState.STUB and name in whole):
                assert places[name] > self.last, "a position used twice"
                self.last = places[name]
                reason = GIVEN if state == LogState.STUB else ""
                self.entries.append(LogEntry(self.last, name, data, state, reason))
        assert all(e.position == places.get(e.id, e.position) for e in self.entries)

    def change(self, name: bytes, **fields: object) -> None:
        """Another state or other bytes in the same place."""
        self.entries = [replace(e, **fields) if e.id == name else e for e in self.entries]  # type: ignore[arg-type]

    def mark(self, ids: Sequence[bytes], state: int, reason: str) -> None:
        """A stub that is acknowledged is one still."""
        for name in ids:
            e = self.entry(name)
            if e is not None:
                stub = state == LogState.STORED and envelope.is_stub(e.data)
                self.change(name, state=LogState.STUB if stub else state, reason=reason)
        self.revised += bool(ids) and state != LogState.STORED

    def drop(self, ids: Sequence[bytes], stubs: Mapping[bytes, bytes]) -> None:
        """The stub stays; what is not acknowledged stays pending, and whole when it leaves none."""
        for name in ids:
            e = self.entry(name)
            if e is None:
                continue
            left = stubs[name] if e.data else b""
            if e.state != LogState.PENDING:
                self.change(name, data=left, state=LogState.STUB, reason="")
            elif left:
                self.change(name, data=left, reason="")
        self.revised += 1


class Torn(Mapping[str, bytes]):
    """Values that copy the files away when they are written: as a kill leaves them, in the middle of a transaction."""

    def __init__(self, values: Mapping[str, bytes], kill: "LogMachine") -> None:
        self._values, self._kill = values, kill

    def __getitem__(self, key: str) -> bytes:
        return self._values[key]

    def __len__(self) -> int:
        return len(self._values) + 1

    def __iter__(self) -> Iterator[str]:
        yield from self._values
        self._kill.copy_files()


class LogMachine(RuleBasedStateMachine):
    """One log and its model."""

    def open(self, path: Path) -> SqliteLog:
        """The log at a path."""
        return SqliteLog(str(path))

    @initialize(cache=st.sampled_from((2000, 1)))
    def begin(self, cache: int) -> None:
        """An empty file. With a cache of one page bytes reach the file before the commit."""
        self.folder = folder()
        self.path, self.lives, self.cache = self.folder / "log0.db", 0, cache
        self.model, self.all = Model(), list[Made]()
        self.gone = set[bytes]()  # secrets that must be in no file any more
        self.count = 0
        self.opened()

    def opened(self) -> None:
        """Open the file at `path`."""
        self.log = self.open(self.path)
        self.log._db.execute(f"PRAGMA cache_size = {self.cache}")

    def teardown(self) -> None:
        """The file is whole, and says the same to whoever opens it."""
        if hasattr(self, "log"):
            try:
                self.close_and_open()
                self.it_says_what_the_model_says()
                assert self.log._db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            finally:
                self.log.close()
                shutil.rmtree(self.folder)

    # -- envelopes ----------------------------------------------------------------------------------------

    def named(self, chosen: Sequence[int]) -> list[Made]:
        """Of what was made, the latest ones named first."""
        return [self.all[-1 - pick] for pick in chosen if pick < len(self.all)]

    def value(self, number: int) -> bytes:
        """A named value that can be found again."""
        self.count += 1
        return b"<value %06d %d>" % (self.count, number)

    def meta(self, values: Mapping[str, int]) -> dict[str, bytes]:
        """Values to write, and noted as written: what was there before must be gone."""
        return {key: self.value(number) for key, number in values.items()}

    def note_meta(self, values: Mapping[str, bytes | None]) -> None:
        for key, value in values.items():
            old = self.model.meta.pop(key, None)
            if old is not None:
                self.gone.add(old)
            if value is not None:
                self.model.meta[key] = value

    def items(self, chosen: Sequence[int], stubs: int, state: int) -> list[tuple[bytes, bytes, int]]:
        """Some envelopes as they come: the bits of `stubs` say which come as stubs."""
        found = []
        for place, one in enumerate(self.named(chosen)):
            given = stubs >> place & 1 and one.stub
            found.append((one.id, one.stub, LogState.STUB) if given else (one.id, one.data, state))
        return found

    @rule(
        count=st.integers(1, 4),
        size=st.sampled_from(SIZES),
        stubs=st.sampled_from((0, 0, 5, 31)),
        state=st.sampled_from(STATES),
        v=values,
    )
    def write(self, count: int, size: int, stubs: int, state: int, v: dict[str, int]) -> None:
        """New ones, whole or as stubs."""
        self.all += [made(len(self.all) + i, size) for i in range(count)]
        self.append(list(range(count)), stubs if state == LogState.STORED else 0, state, v)

    @rule(chosen=some, stubs=st.sampled_from((0, 0, 5, 31)), state=st.sampled_from(STATES), v=values)
    def append(self, chosen: list[int], stubs: int, state: int, v: dict[str, int]) -> None:
        """Any that were made, again, in two versions at once: all or nothing."""
        items, meta = self.items(chosen, stubs, state), self.meta(v)
        self.model.append(items, self.log.append(items, meta))
        self.note_meta(meta)

    @rule(count=st.integers(1, 3))
    def bring_whole(self, count: int) -> None:
        """What came as a stub comes whole: the last ones."""
        ids = [one.id for one in reversed(self.all)]
        given = [ids.index(e.id) for e in self.model.entries if e.reason == GIVEN]
        self.append(given[-count:], 0, LogState.STORED, {})

    @rule(chosen=some, state=st.sampled_from(MARKS), reason=st.sampled_from(("", "forbidden")))
    def mark(self, chosen: list[int], state: int, reason: str) -> None:
        """Acknowledged, refused, set aside or queued again, whichever it was."""
        ids = [one.id for one in self.named(chosen)]
        self.log.mark(ids, state, reason)
        self.model.mark(ids, state, reason)

    @rule(chosen=some, v=values)
    def drop(self, chosen: list[int], v: dict[str, int]) -> None:
        """Its time is over, or it was erased."""
        ones, meta = self.named(chosen), self.meta(v)
        self.log.drop([one.id for one in ones], meta)
        self.model.drop([one.id for one in ones], {one.id: one.stub for one in ones})
        self.note_meta(meta)
        for one in ones:
            e = self.model.entry(one.id)
            if e is not None and e.data != one.data:
                self.gone.add(one.secret)

    # -- the rest -----------------------------------------------------------------------------------------

    @rule(v=values, without=st.sampled_from((*KEYS, "")), form=st.sampled_from((*FORMS, "")), day=st.integers(0, 3))
    def write_values(self, v: dict[str, int], without: str, form: str, day: int) -> None:
        """Named values written and removed; a draft typed on, sent away, or dated."""
        put: dict[str, bytes | None] = {**self.meta(v), **({without: None} if without else {})}
        self.log.put(put)
        self.note_meta(put)
        if form:
            if form in self.model.drafts:
                self.gone.add(self.model.drafts.pop(form)[0])
            if day != 2:
                self.model.drafts[form] = self.value(0) * 50, day
            data, day = self.model.drafts.get(form, (None, 0))
            self.log.put_draft(form, data, day)
        else:
            self.log.date_drafts(day)
            self.model.drafts = {f: (data, d or day) for f, (data, d) in self.model.drafts.items()}

    @rule(count=st.integers(0, 3))
    def grow_roll(self, count: int) -> None:
        """Entries after those that are there."""
        entries = [b"roll entry %d" % (len(self.model.roll) + i) for i in range(count)]
        self.log.append_roll(entries)
        self.model.roll += entries

    # -- what happens to phones ---------------------------------------------------------------------------

    @rule()
    def close_and_open(self) -> None:
        """The app was closed."""
        self.log.close()
        self.opened()

    @rule(what=st.sampled_from(("append", "drop", "draft", "roll")), chosen=some, size=st.sampled_from(SIZES[1:]))
    def no_room(self, what: str, chosen: list[int], size: int) -> None:
        """A full disk: told, nothing of it written, and on it goes when there is room. Dropping may need none."""
        [pages] = self.log._db.execute("PRAGMA page_count").fetchone()
        self.log._db.execute(f"PRAGMA max_page_count = {pages}")
        try:
            if what == "append":
                self.all += [made(len(self.all), size), made(len(self.all) + 1, size)]
                self.append([0, 1, *chosen], 0, LogState.PENDING, {"cursors": 1})
            elif what == "drop":
                self.drop(chosen, {"cursors": 1})
            elif what == "draft":
                self.log.put_draft("long", b"x" * size)
                self.log.put_draft("long", None)
            else:
                self.log.append_roll([b"y" * size])
                self.model.roll.append(b"y" * size)
        except DiskFull:
            pass
        finally:
            self.log._db.execute("PRAGMA max_page_count = 1000000")

    def copy_files(self) -> None:
        """The files as they are on the disk at this moment."""
        self.lives += 1
        for name in ("", "-journal"):
            source = Path(f"{self.path}{name}")
            if source.exists():
                shutil.copyfile(source, self.folder / f"log{self.lives}.db{name}")

    @rule(what=st.sampled_from(("append", "drop")), chosen=some, size=st.sampled_from(SIZES))
    def killed(self, what: str, chosen: list[int], size: int) -> None:
        """In the middle of a transaction: as before it."""
        before, gone, lives = self.model.copy(), set(self.gone), self.lives
        torn = Torn({"cursors": b"<torn>"}, self)
        if what == "append":
            self.all += [made(len(self.all), size), made(len(self.all) + 1, size)]
            self.log.append(self.items([0, 1, *chosen], 0, LogState.PENDING), torn)
        else:
            self.log.drop([one.id for one in self.named(chosen)], torn)
        assert self.lives == lives + 1
        self.log.close()
        for old in self.folder.glob(f"{self.path.name}*"):
            old.unlink()
        self.path = self.folder / f"log{self.lives}.db"
        self.model, self.gone = before, gone
        self.opened()

    # -- the laws -----------------------------------------------------------------------------------------

    @invariant()
    def it_says_what_the_model_says(self) -> None:
        """Entries in order, at their places, with their states; the queue, the counts, values, drafts and roll."""
        if not hasattr(self, "log"):
            return
        log, model = self.log, self.model
        assert log.read(0, 10_000) == model.entries
        assert log.pending(10_000) == [e for e in model.entries if e.state == LogState.PENDING]
        states = [e.state for e in model.entries]
        assert log.count() == {state: states.count(state) for state in set(states)}
        assert {key: log.get(key) for key in KEYS} == {key: model.meta.get(key) for key in KEYS}
        assert log.drafts() == {form: data for form, (data, _) in model.drafts.items()}
        assert log.draft_days() == {form: day for form, (_, day) in model.drafts.items()}
        assert log.roll() == model.roll
        assert int.from_bytes(log.get(REVISION) or b"", "big") == model.revised
        ids = [one.id for one in reversed(self.all)]
        assert log.has(ids) == {e.id for e in model.entries}
        assert log.fetch(ids) == [e for name in ids for e in model.entries if e.id == name]
        if model.entries:
            middle = model.entries[len(model.entries) // 2].position
            assert log.read(middle, 2) == [e for e in model.entries if e.position > middle][:2]
            assert log.pending(1) == [e for e in model.entries if e.state == LogState.PENDING][:1]

    @invariant()
    def what_is_gone_is_in_no_file(self) -> None:
        """Not in the database, not in its journal."""
        if not hasattr(self, "log"):
            return
        held = b"".join(file.read_bytes() for file in self.folder.glob(f"{self.path.name}*"))
        assert not [secret for secret in self.gone if secret in held]
        there = [one for one in self.all if (e := self.model.entry(one.id)) and e.data == one.data]
        assert all(one.secret in held for one in there), "the control: what is kept can be found"


def test_the_log_says_what_was_put_into_it() -> None:
    """Any steps, in any order."""
    short(LogMachine, 40, 40)


@pytest.mark.soak
def test_the_log_for_long() -> None:
    """Many more."""
    long(LogMachine, 30, 100)


def test_what_is_dropped_is_in_no_gap_of_a_page() -> None:
    """Found by the machine: SQLite overwrites what is deleted, not where it stood before it moved to a neighbouring page."""
    m = LogMachine()
    m.begin(cache=2000)
    m.write(count=1, size=256, state=0, stubs=0, v={"cursors": 2})
    m.mark(chosen=[12, 0, 0], reason="", state=0)
    m.drop(chosen=[0, 11], v={})
    m.write(count=1, size=256, state=0, stubs=0, v={"cursors": 3, "chains": 3})
    m.write(count=3, size=256, state=0, stubs=0, v={"cursors": 3, "chains": 3})
    m.mark(chosen=[0, 0, 0, 0, 0], reason="", state=0)
    m.drop(chosen=[0], v={})
    m.drop(chosen=[0], v={})
    m.mark(chosen=[0], reason="", state=0)
    m.drop(chosen=[0, 1, 0, 11, 0], v={})
    m.drop(chosen=[0], v={})
    m.mark(chosen=[0], reason="", state=0)
    m.write(count=3, size=256, state=0, stubs=0, v={"cursors": 3, "chains": 2})
    m.drop(chosen=[11, 0, 1, 0, 0], v={})
    m.drop(chosen=[0], v={"cursors": 3})
    m.mark(chosen=[0], reason="", state=0)
    m.write(count=1, size=256, state=0, stubs=0, v={})
    m.write(count=1, size=16384, state=0, stubs=0, v={"cursors": 1})
    m.drop(chosen=[0], v={})
    m.write(count=1, size=256, state=0, stubs=0, v={"cursors": 3, "chains": 1})
    m.drop(chosen=[1], v={})
    m.write(count=2, size=256, state=0, stubs=0, v={})
    m.write(count=4, size=256, state=0, stubs=0, v={"cursors": 2})
    m.write(count=1, size=16384, state=1, stubs=31, v={})
    m.write(count=2, size=4096, state=0, stubs=5, v={})
    m.mark(chosen=[8, 4], reason="", state=3)
    m.write(count=3, size=16384, state=0, stubs=0, v={"cursors": 2, "chains": 2})
    m.drop(chosen=[11, 10, 9], v={"clock": 3})
    m.write(count=3, size=4096, state=1, stubs=31, v={})
    m.mark(chosen=[10, 11, 1, 5], reason="", state=5)
    m.drop(chosen=[8, 8, 6, 5, 3], v={"clock": 3, "chains": 2})
    m.mark(chosen=[10], reason="forbidden", state=3)
    m.mark(chosen=[12, 10, 2, 3, 0], reason="", state=1)
    m.mark(chosen=[9, 9], reason="forbidden", state=1)
    m.write(count=4, size=4096, state=0, stubs=31, v={"clock": 2, "cursors": 1})
    m.drop(chosen=[6, 9], v={})
    m.mark(chosen=[11], reason="forbidden", state=3)
    m.write(count=3, size=256, state=0, stubs=0, v={"clock": 2, "cursors": 2})
    m.mark(chosen=[3, 9, 12, 12, 1], reason="forbidden", state=5)
    m.drop(chosen=[4, 0, 7], v={})
    m.drop(chosen=[9, 5, 10, 1, 2], v={"chains": 2})
    m.what_is_gone_is_in_no_file()
    m.teardown()


# -- the machine can fail ---------------------------------------------------------------------------------


class ReusesPositions(SqliteLog):
    """A position is given again once its entry has gone."""

    def append(
        self, envelopes: Sequence[tuple[bytes, bytes, int]], meta: Mapping[str, bytes] | None = None
    ) -> list[int]:
        self._db.execute("DELETE FROM sqlite_sequence")
        return super().append(envelopes, meta)


class KeepsBodies(SqliteLog):
    """What is dropped stays in the free pages of the file."""

    def drop(self, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None, again: bool = False) -> None:
        self._db.execute("PRAGMA secure_delete = OFF")
        super().drop(ids, meta)
        self._db.execute("PRAGMA secure_delete = ON")


class TakesDroppedAgain(SqliteLog):
    """The whole comes back after it was dropped here."""

    def drop(self, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None, again: bool = False) -> None:
        super().drop(ids, meta)
        self._db.execute("UPDATE envelopes SET reason = ? WHERE state = ?", (GIVEN, LogState.STUB))


class ForgetsOnFullDisk(SqliteLog):
    """Envelopes and values in two transactions."""

    def append(
        self, envelopes: Sequence[tuple[bytes, bytes, int]], meta: Mapping[str, bytes] | None = None
    ) -> list[int]:
        self.put(meta or {})
        return super().append(envelopes)


FAULTS = (ReusesPositions, KeepsBodies, TakesDroppedAgain, ForgetsOnFullDisk)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_log_is_caught(fault: type[SqliteLog]) -> None:
    """The control of the machine."""

    class Faulty(LogMachine):
        def open(self, path: Path) -> SqliteLog:
            return fault(str(path))

    catches(Faulty)
