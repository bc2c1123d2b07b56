"""Made-up histories of one record: several devices, any clocks, each knowing only part of the rest."""

from dataclasses import dataclass

from hypothesis import strategies as st

from sync.core.change import Change, Patch
from sync.core.hlc import Stamp
from sync.core.merge import Record, from_change, merge
from tests.vectors.vector import fixed

RECORD = fixed("record", 16)
DEVICES = [fixed(f"device {i}", 16) for i in range(4)]
NOTE, GIFT, LIFE = "detail.note", "detail.gift", "life.removed"
FIELDS = (NOTE, GIFT)
Snapshot = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One act: who, when by their own clock, what, and which earlier acts they had not received."""

    device: int
    millis: int
    act: str
    value: int
    missed: frozenset[int]


steps = st.builds(
    Step,
    st.integers(0, len(DEVICES) - 1),
    st.one_of(st.integers(0, 3), st.integers(0, 2**48 - 1)),
    st.sampled_from(("note", "note", "gift", "blind note", "remove", "undo")),
    st.integers(0, 2),
    st.frozensets(st.integers(0, 11), max_size=8),
)
acts = st.lists(steps, min_size=1, max_size=12)


def empty() -> Record:
    """The record before anyone wrote."""
    return Record(RECORD, "visit")


def name_of(place: int) -> bytes:
    """The envelope id of an act."""
    return fixed(f"act {place}")


def write(view: Record, step: Step, place: int) -> Record:
    """The one change that this act makes, as someone does who sees `view`."""
    stamp = Stamp(step.millis, 0)
    if step.act in ("remove", "undo"):
        removed = step.act == "remove"
        seen = tuple(sorted(view.live_ids())) if removed else ()
        patches = {"removed": Patch(removed, view.replaces(LIFE))}
        c = Change("visit", "life", RECORD, stamp, patches, None, seen)
    else:
        field = "gift" if step.act == "gift" else "note"
        replaces = () if step.act == "blind note" else view.replaces(f"detail.{field}")
        nonce = bytes(16) if place == 0 else None
        c = Change("visit", "detail", RECORD, stamp, {field: Patch(step.value, replaces)}, nonce)
    device = DEVICES[0 if place == 0 else step.device]
    return from_change(c, name_of(place), device, device)


def play(history: list[Step]) -> list[Record]:
    """Each act as the record that its one change tells, made in what its device knew then."""
    made: list[Record] = []
    for place, step in enumerate(history):
        view = empty()
        for earlier, record in enumerate(made):
            if earlier not in step.missed:
                view = merge(view, record)
        made.append(write(view, step, place))
    return made


def erasure(label: str = "erasure") -> Record:
    """An erasing change."""
    c = Change("visit", "erase", RECORD, Stamp(0, 0))
    return from_change(c, fixed(label), DEVICES[0], DEVICES[0])


def snapshot(record: Record) -> Snapshot:
    """Everything that a record says, values included (which equality of versions leaves out)."""
    fields = {
        name: (
            {i: (v.stamp, v.device, repr(v.value), v.seen) for i, v in register.versions.items()},
            register.replaced,
        )
        for name, register in record.fields.items()
    }
    shown = (record.values(), record.hidden, record.brought_back, record.replaces(NOTE))
    return (record.id, record.kind, record.creator, record.erased, fields, shown)
