"""The multi-version register and its merge: what any two devices with the same envelopes agree on.

A field holds every version that no known change replaces. A change wins over what it names whatever the
clocks say; only versions that did not know each other are ordered, by (stamp, device, id), for display.
Merging is a union of versions and of replaced names: commutative, associative and idempotent.
Source: Shapiro et al., "A comprehensive study of CRDTs", 2011 (MV-Register, with named versions).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from sync.core.change import ERASE, LIFE, MAX_REPLACED, REMOVED, Change
from sync.core.hlc import Stamp

_REMOVED = f"{LIFE}.{REMOVED}"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """One value of one field, as a device wrote it. Sorts by stamp, then device, then envelope id."""

    stamp: Stamp
    device: bytes
    id: bytes
    value: Any = field(compare=False)
    seen: frozenset[bytes] = field(compare=False, default=frozenset())


@dataclass(frozen=True, slots=True)
class Register:
    """Every version of a field ever seen, and the names of those replaced."""

    versions: Mapping[bytes, Version] = field(default_factory=dict)
    replaced: frozenset[bytes] = frozenset()

    def live(self) -> list[Version]:
        """The unreplaced versions, oldest first."""
        return sorted(v for name, v in self.versions.items() if name not in self.replaced)

    def value(self) -> Any:
        """What to show: the last of the live versions, or None."""
        live = self.live()
        return live[-1].value if live else None


@dataclass(frozen=True, slots=True)
class Record:
    """All that is known of one record. `creator` is a member id, known once a creating change came in; `teams`
    are those in which it was made, `rounds` those in whose rings.

    `fields` is keyed "group.name": a right to write one group is never a way into a field of another.
    """

    id: bytes
    kind: str
    creator: bytes | None = None
    fields: Mapping[str, Register] = field(default_factory=dict)
    erased: frozenset[bytes] = frozenset()
    teams: frozenset[bytes] = frozenset()
    rounds: frozenset[bytes] = frozenset()

    def value(self, name: str) -> Any:
        """The value to show of a field, or None."""
        register = self.fields.get(name)
        return register.value() if register else None

    def values(self) -> dict[str, Any]:
        """Every field's value to show."""
        return {name: r.value() for name, r in self.fields.items() if name != _REMOVED and r.versions}

    def conflicts(self) -> dict[str, list[Version]]:
        """Fields with more than one live value: both are shown until a person chooses."""
        live = {name: r.live() for name, r in self.fields.items() if name != _REMOVED}
        return {n: vs for n, vs in live.items() if len({repr(v.value) for v in vs}) > 1}

    def replaces(self, name: str) -> tuple[bytes, ...]:
        """The versions that a new value for this field has to name: all, or the last that fit in one change."""
        register = self.fields.get(name)
        return tuple(sorted(v.id for v in register.live()[-MAX_REPLACED:])) if register else ()

    def live_ids(self) -> frozenset[bytes]:
        """Every live version of every field but `removed`: what a removal has to name as seen."""
        return frozenset(v.id for n, r in self.fields.items() if n != _REMOVED for v in r.live())

    @property
    def removals(self) -> list[Version]:
        """The removals in force, oldest first: those that no undo replaced, whatever the clocks say."""
        register = self.fields.get(_REMOVED)
        return [v for v in register.live() if v.value is True] if register else []

    @property
    def removal(self) -> Version | None:
        """The last removal in force, if any."""
        return self.removals[-1] if self.removals else None

    @property
    def hidden(self) -> bool:
        """Erased; or removed, and nothing was written that none of the removals knew of."""
        if self.erased:
            return True
        removals = self.removals
        return bool(removals) and self.live_ids() <= frozenset().union(*(v.seen for v in removals))

    @property
    def brought_back(self) -> bool:
        """Removed, but an edit that did not know of it shows it again, with a notice."""
        return not self.erased and self.removal is not None and not self.hidden


def from_change(
    change: Change,
    envelope: bytes,
    device: bytes,
    member: bytes,
    teams: frozenset[bytes] = frozenset(),
    rounds: frozenset[bytes] = frozenset(),
) -> Record:
    """The record as this one change alone tells it. Rights have been checked before."""
    creator = member if change.nonce is not None else None
    if change.nonce is None:
        teams = rounds = frozenset()
    if change.group == ERASE:
        return Record(change.record, change.kind, creator, {}, frozenset({envelope}), teams, rounds)
    seen = frozenset(change.seen) if change.group == LIFE else frozenset()
    fields = {
        f"{change.group}.{name}": Register(
            {envelope: Version(change.stamp, device, envelope, patch.value, seen)},
            frozenset(patch.replaces),
        )
        for name, patch in change.fields.items()
    }
    return Record(change.record, change.kind, creator, fields, teams=teams, rounds=rounds)


def merge(a: Record, b: Record) -> Record:
    """Both together. Erasure wins always and leaves nothing of the fields behind."""
    erased = a.erased | b.erased
    creator = a.creator or b.creator
    teams, rounds = a.teams | b.teams, a.rounds | b.rounds
    if erased:
        return Record(a.id, a.kind, creator, {}, erased, teams, rounds)
    names = {**a.fields, **b.fields}
    fields = {n: _join(a.fields.get(n, Register()), b.fields.get(n, Register())) for n in names}
    return Record(a.id, a.kind, creator, fields, teams=teams, rounds=rounds)


def merge_all(first: Record, *others: Record) -> Record:
    """Any number together."""
    return reduce(merge, others, first)


def _join(a: Register, b: Register) -> Register:
    return Register({**a.versions, **b.versions}, a.replaced | b.replaced)
