"""What people do on their devices: they note, change, remove, bring back and erase; each in their own role."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sync.core import ring
from sync.core.change import LIFE, REMOVED, Change, Patch
from sync.core.envelope import NEVER, parse
from sync.core.errors import DiskFull, Revoked
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.core.rights import Role
from sync.device import erasing, terms
from sync.device.writer import Part
from sync.simulate.ages import NEW, NEW_FIELD, NEW_GROUP, NEW_KIND
from sync.simulate.device import Device
from sync.simulate.network import MARK
from sync.simulate.story import Story
from sync.simulate.truth import Audience, Note, Truth, ring_ids
from sync.simulate.world import DAY, Luck, millis

Draft = tuple[Change, Audience, str]  # what to write, for whom, and the field whose value is the note's text


@dataclass(slots=True)
class People:
    """Everyone's hands. `trying`, `erasing`: what is being written on a device, and the records that are being erased
    there, of which nobody knows yet whether it is saved.
    """

    luck: Luck
    story: Story
    truth: Truth
    fading: bool = False
    ages: bool = False
    trying: dict[str, list[tuple[Note, ...]]] = field(default_factory=dict)
    erasing: dict[str, set[bytes]] = field(default_factory=dict)

    def _text(self) -> str:
        return f"{MARK.decode()} {self.luck.bytes(6).hex()}"

    async def act(self, d: Device) -> None:
        """Something that this device's owner may do. Raises what the device raises.

        Changes are to two notes of each person: so that their devices often change one without knowing of each other.
        """
        here = d.roll.state.devices.get(d.keyring.device)
        if here is None:
            return  # it knows that it has left: the app takes no more notes
        noting = here.role is not Role.COLLECTOR
        mine = self._mine(d, "visit")
        choices = ["mark"]
        if noting:
            choices += ["visit", "visit", "visit", "story"] + ["edit", "edit", "remove"] * bool(mine)
        if self.ages and d.age == NEW and noting:
            choices += ["poem", *(["later", "field"] if mine else [])]
        if d.roll.state.coordinates(d.keyring.device, here.team):
            choices += ["area"]
        what = self.luck.seeded.choice(choices)
        drafts = (
            self._new(d, what, here.team) if what in _NEW else self._change(d, what, self.luck.seeded.choice(mine[:2]))
        )
        await self._write(d, what, drafts)

    def _mine(self, d: Device, kind: str) -> list[Record]:
        records = d.replica.records
        names = sorted({n.record for n in self.truth.notes.values() if n.member == d.member})
        there = [records[r] for r in names if r in records]
        return [r for r in there if r.kind == kind and not r.erased]

    def _new(self, d: Device, what: str, team: bytes) -> list[Draft]:
        own, above, all_ = (ring.OWN, d.member), (ring.COORDINATORS, team), (ring.TEAM, team)
        kind, groups = _NEW[what]
        nonce = self.luck.bytes(ID_BYTES)
        record = record_id(d.member, kind, nonce)
        shared = self.luck.chance(0.8)
        drafts = []
        for group, to in groups:
            audience = {"both": {own, above}, "own": {own}, "team": {all_}, "asked": {own, above} if shared else {own}}
            name, text = "note", self._text()
            change = Change(kind, group, record, d.writer.stamp(), {name: Patch(text)}, nonce)
            drafts.append((change, frozenset(audience[to]), name))
        return drafts

    def _change(self, d: Device, what: str, known: Record) -> list[Draft]:
        team = min(known.teams, default=d.roll.state.device(d.keyring.device).team)
        to: Audience = frozenset({(ring.OWN, known.creator or d.member), (ring.COORDINATORS, team)})
        if what == "remove":
            back = known.hidden
            fields = {REMOVED: Patch(not back, known.replaces(f"{LIFE}.{REMOVED}"))}
            seen = () if back else tuple(sorted(known.live_ids()))
            return [(Change(known.kind, LIFE, known.id, d.writer.stamp(), fields, seen=seen), to, REMOVED)]
        group = NEW_GROUP if what == "later" else "detail"
        name = NEW_FIELD if what == "field" else "note"
        patch = Patch(self._text(), known.replaces(f"{group}.{name}"))
        return [(Change(known.kind, group, known.id, d.writer.stamp(), {name: patch}), to, name)]

    async def _write(self, d: Device, what: str, drafts: Sequence[Draft]) -> None:
        months = [terms.month_of(millis() + days * int(DAY) * 1000) for days in (0, 31, 62)]
        fresh = self.luck.seeded.choice([NEVER, NEVER, *months]) if self.fading else NEVER
        parts, notes = [], []
        for c, to, name in drafts:
            first = self.truth.of_record.get(c.record)
            expiry = self.truth.notes[first[0]].expiry if first else fresh
            parts.append(Part(c, ring_ids(to), expiry))
            value, place = c.fields[name].value, len(d.roll.entries)
            notes.append(
                Note(c.record, f"{c.group}.{name}", str(value), d.member, d.keyring.device, to, c.group, expiry, place)
            )
        trying = tuple(notes)
        self.trying.setdefault(d.name, []).append(trying)
        before = max((e.position for e in d.log.read(d.replica.position, 100_000)), default=d.replica.position)
        try:
            ids = await d.writer.write(parts)
        except DiskFull:
            self._forget(d, trying)
            self.story.tell(f"{d.name} {what}: disk full, told so")
            added = [e for e in d.log.read(before, 100_000) if e.id not in self.truth.notes]
            own = [e for e in added if parse(e.data).header.device == d.keyring.device]
            self.story.demand(not own, f"{d.name} wrote half of what it said was not written")
            return
        except Revoked:
            self._forget(d, trying)
            return
        self._forget(d, trying)
        self.saved(d, [replace(n, id=name) for n, name in zip(trying, ids, strict=True)])
        self.story.tell(f"{d.name} {what} saved {' '.join(n.text[-12:] for n in trying)}")
        await d.replica.catch_up()

    def saved(self, d: Device, notes: Sequence[Note]) -> None:
        """These are on the device's disk, and it said so: from here on they may not be lost."""
        bodies = {e.id: parse(e.data).body for e in d.log.fetch([n.id for n in notes])}
        for note in notes:
            self.story.demand(note.id in bodies, f"{d.name} said saved, and its log has nothing")
            self.truth.add(replace(note, body=bodies[note.id]))

    def _forget(self, d: Device, trying: tuple[Note, ...]) -> None:
        self.trying[d.name].remove(trying)

    async def erase(self, d: Device, *, anyone: bool) -> None:
        """For good: their own note, or (`anyone`) whatever is known there. May stop before the bytes went."""
        records = d.replica.records
        theirs = sorted(r for r in set(records) if anyone or records[r].creator == d.member)
        there = [r for r in theirs if records[r].kind == "visit" and not records[r].erased]
        if not there or not d.present:
            return
        known = records[self.luck.seeded.choice(there)]
        part = await erasing.part(d, known)
        self.erasing.setdefault(d.name, set()).add(known.id)
        try:
            await d.writer.write([part])
        except DiskFull:
            self.erasing[d.name].discard(known.id)
            return
        self.truth.erased.add(known.id)
        self.erasing[d.name].discard(known.id)
        self.story.tell(f"{d.name} erased {known.id.hex()[:8]}")
        if self.luck.chance(0.8):
            await d.replica.catch_up()


_NEW: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "visit": ("visit", (("count", "both"), ("detail", "asked"))),
    "story": ("story", (("detail", "own"),)),
    "mark": ("mark", (("address", "team"),)),
    "area": ("area", (("detail", "team"),)),
    "poem": (NEW_KIND, (("detail", "team"),)),
}
