"""What must hold: after a crash, after a round, and whenever everyone has had a good line for a while."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sync.core import ring
from sync.core.envelope import id_of
from sync.core.ids import entry_hash
from sync.core.roll import State
from sync.device import meta, ring_keys
from sync.simulate.ages import NEW, NEW_GROUP
from sync.simulate.device import Common, Device
from sync.simulate.people import People
from sync.simulate.trust import unkept
from sync.simulate.truth import Note, Truth, may_see, ring_ids
from sync.simulate.world import Luck, millis

_ALL = 1 << 30


@dataclass(slots=True)
class Invariants:
    """Of one simulation."""

    common: Common
    truth: Truth
    people: People
    organisation: bytes
    luck: Luck

    def _demand(self, holds: bool, what: str) -> None:
        self.common.story.demand(holds, what)

    # -- after a crash -----------------------------------------------------------------------------------

    async def after_start(self, d: Device) -> None:
        """All that was said to be saved is there and shown; of what was being written all, or nothing."""
        for record in self.people.erasing.pop(d.name, ()):
            if record in d.replica.records and d.replica.records[record].erased:
                self.truth.erased.add(record)  # it stopped right behind the commit
        for trying in self.people.trying.pop(d.name, []):
            found = [(n, self._version(d, n)) for n in trying]
            saved = [replace(n, id=name) for n, name in found if name]
            records = d.replica.records
            if all(n.record in records and records[n.record].erased for n in trying):
                continue
            self._demand(len(saved) in (0, len(trying)), f"{d.name} has half of what was written in one act")
            if saved:
                self.people.saved(d, saved)
        self.saved(d)
        await self.cursors(d, {})

    def _version(self, d: Device, note: Note) -> bytes:
        record = d.replica.records.get(note.record)
        register = record.fields.get(note.field) if record else None
        known = self.truth.notes
        versions = register.versions.items() if register else ()
        fresh = (
            name for name, v in versions if str(v.value) == note.text and name not in known and v.device == note.device
        )
        return next(fresh, b"")

    def saved(self, d: Device) -> None:
        """Whatever this device said it had saved is in its log, and merged."""
        mine = [n for n in self.truth.by_device(d.keyring.device) if not self.truth.gone(n, millis())]
        there = d.log.has([n.id for n in mine])
        shown, held = d.replica.origins, d.replica.held_back()
        for note in mine:
            self._demand(note.id in there, f"{d.name} lost {note.text}, which it had said was saved")
            if self._early(d, note) or note.id in held:
                continue
            self._demand(note.id in shown, f"{d.name} does not show {note.text}, which it had said was saved")

    @staticmethod
    def _early(d: Device, note: Note) -> bool:
        """Whether this version of the app does not know what that is."""
        return d.age != NEW and (note.group == NEW_GROUP or note.id in d.replica.held_back())

    async def after_server_start(self) -> None:
        """What the server acknowledged it has, or (after a backup was put back) had when that was made."""
        owed = sorted(self.common.server.stored & self.truth.notes.keys())
        there = await self.common.server.store.authors(self.organisation, owed)
        for name in owed:
            self._demand(name in there, f"the server lost {self.truth.notes[name].text}, which it had acknowledged")

    # -- after a round -----------------------------------------------------------------------------------

    async def after_round(self, d: Device) -> None:
        """No cursor stands beyond what came in, and nothing is shown that is for others."""
        if self.luck.chance(0.4):
            await self.cursors(d, {})
        if d.present:
            self.rights(d)

    async def cursors(self, d: Device, pages: dict[bytes, list[tuple[int, bytes]]]) -> None:
        """All that the server has up to a cursor is in the log."""
        server = self.common.server
        if server.down or server.disk.dead or d.log.get(meta.INCARNATION) != await server.store.incarnation():
            return
        for r, cursor in meta.read_cursors(d.log).items():
            if r not in pages:
                page = await server.store.page(self.organisation, r, 0, _ALL, _ALL)
                pages[r] = [(number, id_of(data)) for number, data in page.items]
            passed = [name for number, name in pages[r] if number <= cursor]
            missing = set(passed) - d.log.has(passed)
            self._demand(not missing, f"{d.name}'s cursor skipped {len(missing)} of what the server has")

    def rights(self, d: Device) -> None:
        """Nothing is shown that its owner may not see, by the roll as this device knows it; nor can it be opened."""
        state, me = d.roll.state, d.keyring.device
        for name, note in self.truth.notes.items():
            if name in d.replica.origins and not may_see(state, me, note):
                raise self.common.story.broken(f"{d.name} shows {note.text}, which is not theirs to see")
        for r in state.readable(me):
            known = state.rings[r]
            pretend = Note(
                b"",
                "",
                "",
                known.owner if known.kind == ring.OWN else b"",
                b"",
                frozenset({(known.kind, known.owner)}),
                "",
            )
            self._demand(may_see(state, me, pretend), f"{d.name} holds a ring that is not theirs")

    # -- when the network is back ------------------------------------------------------------------------

    async def all_well(self, devices: Sequence[Device]) -> None:
        """Everything at once: `devices` are those that are there; the first is the first coordinator's."""
        state = devices[0].roll.state
        pages: dict[bytes, list[tuple[int, bytes]]] = {}
        stored = await self._stored(state)
        await self.after_server_start()
        for d in devices:
            await self.cursors(d, pages)
        for d in devices:
            self._demand(not d.log.pending(1), f"{d.name}'s queue is stuck: {d.syncer.state.trouble}")
            self.saved(d)
            if not d.present:
                continue
            self._demand(not d.syncer.state.forked, f"{d.name} believes that there are two rolls")
            self._demand(d.syncer.state.trouble == "", f"{d.name} stays in trouble: {d.syncer.state.trouble}")
            self._demand(not self._odd(d), f"{d.name} set something honest aside: {self._odd(d)}")
            self._demand(not d.replica.withheld, f"{d.name} sees a gap where there is none")
            back = d.member in self.truth.came_back or bool(d.replica.quarantine)  # what is about that waits with it
            self._demand(d.age != NEW or back or not d.replica.waiting, f"{d.name} waits for something for ever")
            self.rights(d)
            self._complete(d, state, stored)
        self._same([d for d in devices if d.present])
        self._gone(devices, stored)
        self._kept(devices, stored)
        await self._left(devices, state)
        for wrong in unkept(devices):
            self._demand(False, wrong)

    def _odd(self, d: Device) -> set[str]:
        """Why something is aside. What came beyond a cut is for a coordinator to adopt; not all of it can be."""
        return {a.reason for a in d.replica.aside.values() if a.id not in d.replica.quarantine}

    async def _stored(self, state: State) -> dict[bytes, bytes]:
        """All envelopes and stubs of the server, by id."""
        found = {}
        for r in state.rings:
            page = await self.common.server.store.page(self.organisation, r, 0, _ALL, _ALL)
            found.update({id_of(data): data for _, data in page.items})
        return found

    def _complete(self, d: Device, state: State, stored: dict[bytes, bytes]) -> None:
        """It shows whatever the server has for it: every note in a ring that it holds."""
        me = d.keyring.device
        readable = state.readable(me)
        for name, note in self.truth.notes.items():
            if name not in stored or self.truth.gone(note, millis()) or not ring_ids(note.audience) & readable:
                continue
            if d.age != NEW and name in d.replica.held_back():
                continue  # of a newer version: kept, for the day of the update
            if self._excused(d, state, note):
                continue
            self._demand(name in d.replica.origins, f"{d.name} does not show {note.text}: it is theirs to see")

    def _excused(self, d: Device, state: State, note: Note) -> bool:
        """What a lost phone's owner noted is shown where it was adopted, to the first coordinator in any case; what only
        phones that are gone could open, nowhere.
        """
        cut = note.device in state.marks
        if cut and not state.coordinates(d.keyring.device, _root(state)):
            return True
        if cut and note.id in d.replica.quarantine and self.common.old:
            return True  # an old app can't decide about what it does not know
        return note.member in self.truth.came_back and all(kind == ring.OWN for kind, _ in note.audience)

    def _same(self, devices: Sequence[Device]) -> None:
        """Whoever has merged the same changes of a record shows the same of it."""
        shown: dict[tuple[bytes, frozenset[bytes]], tuple[str, object]] = {}
        for d in devices:
            merged: dict[bytes, set[bytes]] = {}
            for name, origin in d.replica.origins.items():
                merged.setdefault(origin.record, set()).add(name)
            for record, known in d.replica.records.items():
                looks = (known.kind, known.creator, bool(known.erased), known.hidden, known.values())
                key = (record, frozenset(merged.get(record, ())))
                other, theirs = shown.setdefault(key, (d.name, looks))
                self._demand(looks == theirs, f"{d.name} and {other} show one record differently")

    def _gone(self, devices: Iterable[Device], stored: dict[bytes, bytes]) -> None:
        """Nothing of a note that is over or erased is shown, and no byte of its body is anywhere."""
        gone = {name: n for name, n in self.truth.notes.items() if self.truth.gone(n, millis())}
        for d in devices:
            held = {e.id: e.data for e in d.log.fetch(sorted(gone))} if d.present else {}
            for name, note in gone.items():
                self._demand(note.body not in held.get(name, b""), f"{d.name} still has the bytes of what is gone")
                known = d.replica.records.get(note.record) if d.present else None
                register = known.fields.get(note.field) if known else None
                self._demand(register is None or name not in register.versions, f"{d.name} shows what is gone")
        for name, note in gone.items():
            self._demand(note.body not in stored.get(name, b""), "the server still has the bytes of what is gone")

    def _kept(self, devices: Iterable[Device], stored: dict[bytes, bytes]) -> None:
        """All that was ever said to be saved is on the server, unless a phone burnt with it or is still away."""
        here = {d.keyring.device for d in devices}
        for name, note in self.truth.notes.items():
            if note.device in here:
                self._demand(name in stored, f"{note.text} is not on the server, and its phone has all in order")

    async def _left(self, devices: Sequence[Device], state: State) -> None:
        """Whoever has a phone that left, and all that the server has, can open no ring that was renewed since."""
        first = devices[0]
        for d in devices:
            p, me = self.common.primitives, d.keyring.device
            if me not in state.left:
                continue
            place = min(m.place for m in state.marks[me] if m.role is None)
            then = first.roll.at(_head(first, place - 1))  # before the entry that took it off
            found = await ring_keys.opened(p, d.keyring.agreement, me, state, first.roll.entries)
            late = [r for r, epoch, _, _ in found if r in then.rings and epoch > then.rings[r].epoch]
            self._demand(not late, f"{d.name} has left and can open what was written since")
            for name in d.replica.origins:
                note = self.truth.notes.get(name)
                if note is not None and note.device != me:
                    self._demand(note.place < place, f"{d.name} has left and shows {note.text}, written since")


def _root(state: State) -> bytes:
    return next(team for team, above in state.teams.items() if above is None)


def _head(d: Device, place: int) -> bytes:
    return entry_hash(d.roll.entries[place - 1])
