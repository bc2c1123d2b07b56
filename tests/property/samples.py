"""One valid specimen of everything that is parsed, with its parser: food for mutation."""

from collections.abc import Callable
from functools import cache
from typing import Any

from sync.core import bundle, change, codec, directory, envelope, frames, roll_entry, sender_key, stories, wire
from sync.core.bundle import Bundle
from sync.core.change import Change, Patch
from sync.core.frames import Collector, Series
from sync.core.help_line import HelpLine, Hours, Known, Number, OnHolidays
from sync.core.hlc import Stamp
from sync.core.invitation import Invitation
from sync.core.padding import pad, unpad
from sync.core.stories import Entry
from tests.support.core_world import P, founded, ring_epoch, run, sealed_change, sealed_key
from tests.vectors.vector import fixed

Parser = Callable[[bytes], Any]
KEY = fixed("content key")
PLAIN = change.encode(
    Change(
        "visit",
        "detail",
        fixed("record", 16),
        Stamp(1_764_000_000_000, 3),
        {"note": Patch("koffie", (fixed("v"),)), "wishes": Patch(["bingo", {"a": None}])},
        fixed("nonce", 16),
        (fixed("seen"),),
    )
)
HELP_LINE = HelpLine(
    "koo",
    "Koo",
    "Hulp",
    numbers=(Number("0732068888", "overdag"),),
    hours=Hours(Known.WEEKLY, ((0, 540, 1020), (4, 1320, 1560)), OnHolidays.OTHER, ((600, 720),)),
    languages=("nl",),
    areas=(("GM0796", ""),),
    checked="2026-11-25",
)


def sender_key_body(data: bytes) -> Any:
    """An envelope and, when it is a sender key, its grants."""
    return sender_key.grants(envelope.parse(data))


def invitation(data: bytes) -> Any:
    """A link's secret as it might be pasted."""
    return Invitation.from_text(data.decode("utf-8", "replace"))


SHAPES = {
    name: getattr(wire, name)
    for name in [
        "CHALLENGE",
        "CHALLENGED",
        "TOKEN",
        "TOKENED",
        "PUSH",
        "PUSHED",
        "ERASE",
        "ERASED",
        "PULL",
        "PULLED",
        "ROLL_AFTER",
        "ROLL",
        "APPEND",
        "APPENDED",
        "ENROL_ROLL",
        "OFFER",
        "OFFERED",
        "CONFIRM",
        "CONFIRMED",
        "RECOVER_ROLL",
        "NOTHING",
        "DEVICES",
        "DIRECTORY",
        "STORIES",
        "LACKING",
        "PART",
        "STOP",
        "ERROR",
    ]
}


@cache
def specimens() -> dict[str, tuple[Parser, bytes]]:
    """Name → parser and a valid input."""
    w = run(founded())
    rings = [w.contact.own_ring, w.coordinators_ring]
    key = run(sealed_key(w, w.contact, KEY, rings))
    edition = run(
        directory.sign(P, w.coordinator.signing, w.roll, w.coordinator.device, None, [HELP_LINE], "2026-11-25")
    )
    sheet = stories.make_sheet(w.state.organisation, fixed("lock", 16), "Soep", "Voor\nallen", fixed("p"), "2027-01-01")
    yes = run(stories.vouch(P, w.coordinator.signing, w.roll, w.coordinator.device, sheet))
    entry = Entry(sheet.lock, stories.part_hash(sheet.data), sheet.until, (yes, yes))
    listed = run(stories.sign(P, w.coordinator.signing, w.roll, w.coordinator.device, None, [entry], "2026-11-25"))
    epoch = run(ring_epoch(w.roll, w.coordinator, w.team_ring, 2, fixed("p"), [w.coordinator, w.contact]))
    entries = dict(zip(("genesis", "join", "invite", "second join"), w.roll.entries, strict=True))
    shown = bundle.encode(Bundle(rings[0], {bundle.tag(w.contact.device): 3}, (key, key)))
    made: dict[str, tuple[Parser, bytes]] = {
        "change": (change.decode, PLAIN),
        "envelope": (envelope.parse, run(sealed_change(w, w.contact, KEY, rings, PLAIN))),
        "sender key": (sender_key_body, key),
        "edition": (directory.parse, edition),
        "story list": (stories.parse, listed),
        "story sheet": (stories.read_sheet, sheet.data),
        "ring epoch": (roll_entry.parse, epoch),
        "invitation": (invitation, Invitation(fixed("seed"), fixed("hash")).to_text().encode()),
        "padding": (unpad, pad(PLAIN)),
        "stamp": (Stamp.from_bytes, bytes(8)),
        "bundle": (bundle.parse, shown),
        "frame": (frames.parse, Series(shown, 400).frame(0)),
        "frame text": (_frame_text, frames.to_text(Series(shown, 400).frame(9)).encode()),
        "error": (wire.decode_error, wire.encode_error(wire.BadFormat("why"))),
    }
    made |= {name: (roll_entry.parse, data) for name, data in entries.items()}
    return made | {f"wire {name}": (_wire(name), data) for name, data in _bodies(w.roll.entries, key).items()}


def _frame_text(data: bytes) -> None:
    """As a camera gives it."""
    Collector().add(frames.parse(frames.from_text(data.decode("utf-8", "replace"))))


def _wire(name: str) -> Parser:
    return lambda data: wire.decode(SHAPES[name], data)


def _bodies(entries: list[bytes], key: bytes) -> dict[str, bytes]:
    h, i = fixed("hash"), fixed("id", 16)
    values: dict[str, Any] = {
        "CHALLENGE": [h, i],
        "CHALLENGED": [h, 5],
        "TOKEN": [h, i, h, bytes(64)],
        "TOKENED": ["token", 5, i],
        "PUSH": [key, b"anything"],
        "PUSHED": [[h, "stored"], [h, "stale_epoch"]],
        "ERASE": [h],
        "ERASED": [[h, "overwritten"]],
        "PULL": [[i, 0], [i, 7]],
        "PULLED": [[i, [[1, key]], False]],
        "ROLL_AFTER": 3,
        "ROLL": entries,
        "APPEND": [h, entries[0]],
        "APPENDED": [h],
        "ENROL_ROLL": [h, 0],
        "RECOVER_ROLL": [i, 0],
        "OFFER": entries,
        "OFFERED": [4],
        "CONFIRM": [h],
        "CONFIRMED": [False, 2, 5, 0],
        "NOTHING": [],
        "DEVICES": [[i, 20_400]],
        "DIRECTORY": [h, 3],
        "STORIES": [3, key, [i]],
        "LACKING": [h],
        "PART": [h, h],
        "STOP": [h, i],
        "ERROR": ["bad_format", "why"],
    }
    return {name: codec.pack(value) for name, value in values.items()}
