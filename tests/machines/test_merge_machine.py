"""Many devices that write at once and hear of each other in any order, again and again: all end the same.

The model is the set of acts that a device has heard of: who wrote what, and which acts it named. No clock stands in it
but for the order of what is shown when two did not know each other.
"""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sync.core import change, merge
from sync.core.change import Change, Patch
from sync.core.hlc import Stamp
from sync.core.merge import Record, Register
from sync.device.memory import pack_record, unpack_record
from tests.machines.runs import catches, long, short
from tests.property.histories import DEVICES, RECORD, snapshot
from tests.vectors.vector import fixed

TEXTS = ("note", "gift")
REMOVED = "removed"
who = st.integers(0, len(DEVICES) - 1)
clocks = st.one_of(st.integers(0, 3), st.integers(0, 2**48 - 1))


@dataclass(frozen=True, slots=True)
class Act:
    """One change, as the model knows it."""

    id: bytes
    order: tuple[int, bytes, bytes]  # only for what did not know each other
    field: str
    value: Any
    names: frozenset[bytes] = frozenset()
    seen: frozenset[bytes] = frozenset()


@dataclass
class Heard:
    """What one device knows: the acts, and nothing else."""

    acts: dict[bytes, Act] = field(default_factory=dict)

    def standing(self, name: str) -> list[Act]:
        """The versions of a field that no known act replaced, in the order in which they are shown."""
        here = [a for a in self.acts.values() if a.field == name]
        replaced = {named for a in here for named in a.names}
        return sorted((a for a in here if a.id not in replaced), key=lambda a: a.order)

    @property
    def erased(self) -> bool:
        """By anyone, ever."""
        return any(a.field == "erase" for a in self.acts.values())

    @property
    def texts(self) -> set[bytes]:
        """What stands of all texts."""
        return {a.id for name in TEXTS for a in self.standing(name)}

    @property
    def shown(self) -> str:
        """Whether the record is there, gone, or back with a notice."""
        if self.erased:
            return "gone"
        removals = [a for a in self.standing(REMOVED) if a.value]
        if not removals:
            return "there"
        return "gone" if self.texts <= {i for a in removals for i in a.seen} else "back"


class MergeMachine(RuleBasedStateMachine):
    """Four devices, each with what it heard: as a record, and as the model."""

    def join(self, a: Record, b: Record) -> Record:
        """The merge under test."""
        return merge.merge(a, b)

    @initialize()
    def begin(self) -> None:
        """Everyone knows the record, and nothing of it."""
        self.records = [Record(RECORD, "visit") for _ in DEVICES]
        self.heard = [Heard() for _ in DEVICES]
        self.made: list[tuple[Record, Act]] = []

    def say(
        self, device: int, millis: int, group: str, patches: dict[str, Patch], seen: tuple[bytes, ...] = ()
    ) -> None:
        """One change, as its envelope's plaintext carries it."""
        name, stamp = fixed(f"act {len(self.made)}"), Stamp(millis, 0)
        said = change.decode(change.encode(Change("visit", group, RECORD, stamp, patches, seen=seen)))
        told = merge.from_change(said, name, DEVICES[device], DEVICES[device])
        [(what, patch)] = patches.items() or [("erase", Patch(None))]
        act = Act(name, (millis, DEVICES[device], name), what, patch.value, frozenset(patch.replaces), frozenset(seen))
        self.made.append((told, act))
        self.hear(device, len(self.made) - 1)

    def hear(self, device: int, number: int) -> None:
        """One act comes in, perhaps again."""
        told, act = self.made[number]
        self.records[device] = self.join(self.records[device], told)
        self.heard[device].acts[act.id] = act

    @rule(device=who, millis=clocks, text=st.sampled_from(TEXTS), value=st.integers(0, 3))
    def write(self, device: int, millis: int, text: str, value: int) -> None:
        """Somebody edits what they see, with whatever clock: that is what they see then."""
        known = self.records[device]
        self.say(device, millis, "detail", {text: Patch(value, known.replaces(f"detail.{text}"))})
        if not self.heard[device].erased:
            assert self.records[device].value(f"detail.{text}") == value
            assert f"detail.{text}" not in self.records[device].conflicts()

    @rule(device=who, millis=clocks, text=st.sampled_from(TEXTS), value=st.integers(0, 3))
    def write_without_looking(self, device: int, millis: int, text: str, value: int) -> None:
        """A patch that names nothing hides nothing."""
        before = {a.id for a in self.heard[device].standing(text)}
        self.say(device, millis, "detail", {text: Patch(value)})
        assert before <= {a.id for a in self.heard[device].standing(text)}

    @rule(device=who, millis=clocks)
    def remove(self, device: int, millis: int) -> None:
        """Of all that the device knows: it is hidden there."""
        known = self.records[device]
        seen = tuple(sorted(known.live_ids()))
        self.say(device, millis, "life", {REMOVED: Patch(True, known.replaces("life.removed"))}, seen)
        assert self.records[device].hidden

    @rule(device=who, millis=clocks)
    def undo(self, device: int, millis: int) -> None:
        """The removals that the device knows of."""
        known = self.records[device]
        self.say(device, millis, "life", {REMOVED: Patch(False, known.replaces("life.removed"))})
        assert self.records[device].hidden == self.heard[device].erased
        assert not self.records[device].brought_back

    @rule(device=who, millis=clocks, sure=st.integers(0, 4))
    def erase(self, device: int, millis: int, sure: int) -> None:
        """For good."""
        if sure == 4:
            self.say(device, millis, "erase", {})

    @rule(device=who, numbers=st.lists(st.integers(0, 60), min_size=1, max_size=6))
    def deliver(self, device: int, numbers: list[int]) -> None:
        """Any of the acts, in any order, again."""
        for number in numbers if self.made else ():
            self.hear(device, number % len(self.made))

    @rule(to=who, by=who)
    def meet(self, to: int, by: int) -> None:
        """One device takes over all that the other knows."""
        self.records[to] = self.join(self.records[to], self.records[by])
        self.heard[to].acts |= self.heard[by].acts

    @rule(device=who)
    def put_away(self, device: int) -> None:
        """The record is packed and unpacked, as at each unlocking."""
        self.records[device] = unpack_record(RECORD, pack_record(self.records[device]))

    @invariant()
    def each_device_shows_what_it_heard(self) -> None:
        """What stands, in its order; conflicts; whether it is hidden. Nothing of what was erased."""
        for record, heard in zip(getattr(self, "records", []), getattr(self, "heard", []), strict=True):
            assert record.hidden == (heard.shown == "gone")
            assert record.brought_back == (heard.shown == "back")
            assert bool(record.erased) == heard.erased
            if heard.erased:
                assert record.fields == {}
                continue
            for name in TEXTS:
                standing = heard.standing(name)
                register = record.fields.get(f"detail.{name}", Register())
                assert [(v.id, v.value) for v in register.live()] == [(a.id, a.value) for a in standing]
                assert record.value(f"detail.{name}") == (standing[-1].value if standing else None)
                both = record.conflicts().get(f"detail.{name}", [])
                assert [v.id for v in both] == (
                    [a.id for a in standing] if len({a.value for a in standing}) > 1 else []
                )
            assert record.live_ids() == heard.texts

    @invariant()
    def who_heard_the_same_says_the_same(self) -> None:
        """Any two, however they came by it."""
        if hasattr(self, "records"):
            pairs = list(zip(self.records, self.heard, strict=True))
            for record, heard in pairs:
                for other, also in pairs:
                    assert heard.acts.keys() != also.acts.keys() or snapshot(record) == snapshot(other)

    def teardown(self) -> None:
        """All hear all, each in an order of its own: one record."""
        if hasattr(self, "records"):
            for device in range(len(DEVICES)):
                for number in range(len(self.made)):
                    self.hear(device, (number * 7 + device) % len(self.made))
                for number in range(len(self.made)):
                    self.hear(device, number)
            self.each_device_shows_what_it_heard()
            assert all(snapshot(record) == snapshot(self.records[0]) for record in self.records)


def test_all_devices_end_the_same() -> None:
    """Any acts, heard in any order."""
    short(MergeMachine, 60, 40)


@pytest.mark.soak
def test_all_devices_for_long() -> None:
    """Many more."""
    long(MergeMachine, 60, 100)


# -- the machine can fail ---------------------------------------------------------------------------------


class ByClock(MergeMachine):
    """The last stamp wins, whatever the changes name."""

    def join(self, a: Record, b: Record) -> Record:
        both = super().join(a, b)
        newest = {
            name: Register({v.id: v for v in [max(r.versions.values())]} if r.versions else {}, r.replaced)
            for name, r in both.fields.items()
        }
        return replace(both, fields=newest)


class ForgetsNames(MergeMachine):
    """What a change names is dropped when the version is not there yet."""

    def join(self, a: Record, b: Record) -> Record:
        both = super().join(a, b)
        fields = {
            name: Register(r.versions, frozenset(i for i in r.replaced if i in r.versions))
            for name, r in both.fields.items()
        }
        return replace(both, fields=fields)


class LastErasureOnly(MergeMachine):
    """What comes in after an erasure is merged again."""

    def join(self, a: Record, b: Record) -> Record:
        if a.erased and not b.erased:
            return super().join(replace(a, erased=frozenset()), b)
        return super().join(a, b)


class LastRemovalOnly(MergeMachine):
    """A removal hides what was written later, too."""

    def join(self, a: Record, b: Record) -> Record:
        both = super().join(a, b)
        if both.removal is None or both.hidden:
            return both
        life = both.fields["life.removed"]
        all_seen = {i: replace(v, seen=both.live_ids()) for i, v in life.versions.items()}
        return replace(both, fields={**both.fields, "life.removed": replace(life, versions=all_seen)})


@pytest.mark.parametrize("fault", [ByClock, ForgetsNames, LastErasureOnly, LastRemovalOnly])
def test_a_fault_of_merging_is_caught(fault: type[MergeMachine]) -> None:
    """The control of the machine."""
    catches(fault, 200)
