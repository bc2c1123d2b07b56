"""Vectors for every message between device and server: one that is read, and one thing wrong with each."""

from collections.abc import Iterator
from typing import Any

from sync.core import codec, wire
from sync.core.ports import Primitives
from tests.vectors.odd import BAD, LARGE, Wrong, bytes_of, bytes_up_to, departures, folded, items, text_of, whole
from tests.vectors.vector import Vector, fixed, maker, replay

HASH, ID, SIGNATURE = fixed("hash"), fixed("id", 16), fixed("signature", 64)
ORGANISATION, DEVICE = ("organisation", bytes_of(32, "The organisation")), ("device", bytes_of(16, "The device"))
NONCE = ("nonce", bytes_of(32, "The nonce"))
ENTRY = fixed("entry", 40)
MILLIS = whole(0, 2**48, "A moment")

GOOD: dict[str, tuple[str, Any]] = {
    "CHALLENGE": ("A device asks for a nonce", [HASH, ID]),
    "CHALLENGED": ("The nonce and the server's time", [HASH, 1_764_000_000_000]),
    "TOKEN": ("A device proves who it is", [HASH, ID, HASH, SIGNATURE]),
    "TOKENED": ("A token, its end, and the incarnation", ["token", 1_764_000_000_000, ID]),
    "PUSH": ("Two envelopes, one of no bytes: each gets its own outcome", [ENTRY, b""]),
    "PUSHED": ("Stored, and refused", [[HASH, "stored"], [HASH, "bad_format"]]),
    "ERASE": ("Two envelopes to be overwritten", [HASH, fixed("other hash")]),
    "ERASED": ("One overwritten, one not there", [[HASH, "overwritten"], [HASH, "not_found"]]),
    "PULL": ("Two rings", [[ID, 0], [ID, 2**63 - 1]]),
    "PULLED": ("One envelope, and more to come", [[ID, [[1, ENTRY]], True]]),
    "ROLL_AFTER": ("How many entries are known", 3),
    "ROLL": ("Entries", [ENTRY, b""]),
    "APPEND": ("The head that is expected, and an entry", [HASH, ENTRY]),
    "APPENDED": ("The new head", [HASH]),
    "ENROL_ROLL": ("For whom an entry announces", [HASH, 0]),
    "RECOVER_ROLL": ("For whom a recovery sheet stands", [ID, 0]),
    "NOTHING": ("A question that says nothing", []),
    "DEVICES": ("One device, and the day on which it was last here", [[ID, 20_400]]),
    "DIRECTORY": ("The organisation and the number known", [HASH, 3]),
    "STORIES": ("List 3, its bytes, and what stopped a story on it", [3, ENTRY, [ID]]),
    "LACKING": ("One part is lacking", [HASH]),
    "PART": ("The organisation and a part's hash", [HASH, fixed("other hash")]),
    "STOP": ("The organisation and a story's secret", [HASH, ID]),
    "OFFER": ("Entries that a server put back may lack", [ENTRY, b""]),
    "OFFERED": ("How many it has now", [4]),
    "CONFIRM": ("The head that a coordinator's device has", [HASH]),
    "CONFIRMED": ("Not yet: two of five have been here, one head is not known", [False, 2, 5, 1]),
    "ERROR": ("Why something was refused, and about what", ["not_found", "ring"]),
}


def _wrong(name: str, good: Any) -> Iterator[Wrong]:
    """What is wrong with a message of this name: name, comment, value, outcome."""
    entry = bytes_up_to(wire.MAX_ENTRY_BYTES, "An entry")
    if name == "CHALLENGE":
        yield from departures(good, [ORGANISATION, DEVICE])
    elif name == "CHALLENGED":
        yield from departures(good, [NONCE, ("time", MILLIS)])
    elif name == "TOKEN":
        yield from departures(good, [ORGANISATION, DEVICE, NONCE, ("signature", bytes_of(64, "The signature"))])
    elif name == "TOKENED":
        incarnation = ("incarnation", bytes_of(16, "The incarnation"))
        yield from departures(good, [("token", text_of(64, "The token")), ("end", MILLIS), incarnation])
    elif name == "PUSH":
        yield from items(wire.MAX_PUSH, b"", "envelopes")
        yield "text", "An envelope is text", ["x"], BAD
    elif name == "PUSHED":
        yield from items(wire.MAX_PUSH, [HASH, "stored"], "outcomes")
        row = departures(good[0], [("id", bytes_of(32, "An id")), ("outcome", text_of(40, "An outcome"))])
        yield from ((n, c, [value], e) for n, c, value, e in row)
    elif name == "ERASE":
        yield from items(wire.MAX_ERASE, HASH, "ids")
        yield from ((f"id_{n}", c, [value], e) for n, c, value, e in bytes_of(32, "An id"))
    elif name == "ERASED":
        yield from items(wire.MAX_ERASE, [HASH, "overwritten"], "outcomes")
        row = departures(good[0], [("id", bytes_of(32, "An id")), ("outcome", text_of(40, "An outcome"))])
        yield from ((n, c, [value], e) for n, c, value, e in row)
    elif name == "PULL":
        yield from items(wire.MAX_PULL_RINGS, [ID, 0], "rings")
        row = departures(good[0], [("ring", bytes_of(16, "A ring")), ("after", whole(0, 2**63 - 1, "A cursor"))])
        yield from ((n, c, [value], e) for n, c, value, e in row)
    elif name == "PULLED":
        yield from items(wire.MAX_PULL_RINGS, [ID, [], False], "rings")
        places = [
            ("ring", bytes_of(16, "A ring")),
            ("page", items(10_000, [1, b""], "envelopes")),
            ("more", [("number", "More is 1", 1, BAD), ("none", "More is None", None, BAD)]),
        ]
        yield from ((n, c, [value], e) for n, c, value, e in departures(good[0], places))
        envelope = ("envelope", [("text", "An envelope is text", "x", BAD)])
        row = departures(good[0][1][0], [("sequence", whole(0, 2**63 - 1, "A sequence number")), envelope])
        yield from ((f"item_{n}", c, [[ID, [value], True]], e) for n, c, value, e in row)
    elif name == "ROLL_AFTER":
        yield from whole(0, 2**32, "The number")
    elif name == "ROLL":
        yield from items(1000, b"", "entries")
        yield from ((f"entry_{n}", c, [value], e) for n, c, value, e in entry)
    elif name == "APPEND":
        yield from departures(good, [("head", bytes_of(32, "The head")), ("entry", entry)])
    elif name == "APPENDED":
        yield from departures(good, [("head", bytes_of(32, "The head"))])
    elif name == "ENROL_ROLL":
        yield from departures(good, [("announced", bytes_of(32, "The hash")), ("after", whole(0, 2**32, "The number"))])
    elif name == "RECOVER_ROLL":
        yield from departures(good, [("sheet", bytes_of(16, "The sheet")), ("after", whole(0, 2**32, "The number"))])
    elif name == "NOTHING":
        yield "value_more", "Something", [None], BAD
        yield "none", "None instead of an empty list", None, BAD
    elif name == "DEVICES":
        yield "map", "A map instead of a list of devices", {}, BAD
        row = departures(good[0], [DEVICE, ("day", whole(0, 2**32, "A day"))])
        yield from ((n, c, [value], e) for n, c, value, e in row)
    elif name == "DIRECTORY":
        known = ("known", whole(0, 2**32, "The number"))
        yield from departures(good, [("organisation", bytes_of(32, "The organisation")), known])
    elif name == "STORIES":
        places = [
            ("number", whole(0, 2**32, "The number")),
            ("list", bytes_up_to(131_138, "A list")),
            ("stops", items(200, ID, "secrets")),
        ]
        yield from departures(good, places)
        yield from ((f"stop_{n}", c, [3, ENTRY, [value]], e) for n, c, value, e in bytes_of(16, "A secret"))
    elif name == "LACKING":
        yield from items(400, HASH, "parts")
        yield from ((f"part_{n}", c, [value], e) for n, c, value, e in bytes_of(32, "A part's hash"))
    elif name == "PART":
        organisation = ("organisation", bytes_of(32, "The organisation"))
        yield from departures(good, [organisation, ("part", bytes_of(32, "A part's hash"))])
    elif name == "STOP":
        organisation = ("organisation", bytes_of(32, "The organisation"))
        yield from departures(good, [organisation, ("secret", bytes_of(16, "A secret"))])
    elif name == "OFFER":
        yield from items(wire.MAX_OFFER, b"", "entries")
        yield from ((f"entry_{n}", c, [value], e) for n, c, value, e in entry)
    elif name == "OFFERED":
        yield from departures(good, [("count", whole(0, 2**32, "The number"))])
    elif name == "CONFIRM":
        yield from departures(good, [("head", bytes_of(32, "The head"))])
    elif name == "CONFIRMED":
        yes = ("confirmed", [("number", "Confirmed is 1", 1, BAD), ("none", "Confirmed is None", None, BAD)])
        counts = [(n, whole(0, 2**32, f"The number {n}")) for n in ("heard", "awaited", "ahead")]
        yield from departures(good, [yes, *counts])
    elif name == "ERROR":
        yield from departures(good, [("code", text_of(40, "The code")), ("detail", text_of(400, "The detail"))])


@maker
async def messages(primitives: Primitives) -> list[Vector]:
    """Every shape of sync/core/wire.py."""

    def one(message: str, how: str, comment: str, body: bytes, expect: str = "success", **more: Any) -> Vector:
        name = "_".join(filter(None, ("wire", message.lower(), how)))
        payload, zeros = folded(body)
        return Vector(name, "wire", comment, payload, {"message": message} | zeros | more, expect)

    made = []
    assert {name for name, shape in vars(wire).items() if name.isupper() and callable(shape)} == GOOD.keys()
    for message, (comment, good) in GOOD.items():
        made.append(one(message, "", comment, wire.encode(good)))
        made.append(one(message, "trailing", "A byte after the message", wire.encode(good) + b"\0", BAD))
        made += [one(message, how, c, wire.encode(value), expect) for how, c, value, expect in _wrong(message, good)]
    over = wire.MAX_BODY_BYTES + 1
    made.append(one("PUSH", "body", "One byte more than a body may have", b"", LARGE, zeros=over))
    return made


@replay("wire")
async def _(primitives: Primitives, v: Vector) -> None:
    value = wire.decode(getattr(wire, str(v.values["message"])), v.whole())
    assert codec.pack(value) == v.payload
