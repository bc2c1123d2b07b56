"""Vectors for the shape of roll entries: one of each action, and one value of it wrong at a time."""

from typing import Any

from sync.core import codec, formats, roll_entry
from sync.core.errors import NewerVersion
from sync.core.ports import Primitives
from tests.vectors.cases_curves import LOW_ORDER
from tests.vectors.odd import BAD, LARGE, Wrong, bytes_of, departures, folded, items, whole
from tests.vectors.vector import Vector, fixed, maker, replay

HASH, ID, SIGNATURE, SEALED = fixed("hash"), fixed("id", 16), fixed("signature", 64), fixed("sealed", 80)
SIGNING = fixed("signing")
GRANT = [ID, 1, SEALED]
Places = list[tuple[str, list[Wrong]]]


def _agreement(what: str) -> list[Wrong]:
    """What is wrong where an X25519 public must stand: a size, or a point that gives no secret."""
    sizes = [w for w in bytes_of(32, what) if w[0] != "text"]
    points = [
        (f"point_{n}", f"{what} is a public with which nothing can be sealed", p, BAD) for n, p in LOW_ORDER.items()
    ]
    return [*sizes, *points, ("number", f"{what} is a number", 7, BAD)]


def _id(name: str) -> tuple[str, list[Wrong]]:
    return name, bytes_of(16, f"The {name}")


def _hash(name: str) -> tuple[str, list[Wrong]]:
    return name, bytes_of(32, f"The {name}")


def _list(name: str, limit: int, item: Any) -> tuple[str, list[Wrong]]:
    return name, items(limit, item, name)


def _in(name: str, row: list[Any], places: Places) -> list[Wrong]:
    """A list of one row in which one value is wrong."""
    return [(f"{name}_{n}", c, [value], e) for n, c, value, e in departures(row, places)]


@maker
async def entries(primitives: Primitives) -> list[Vector]:
    """Each action and each value in it. Signatures are not looked at: a reader checks the shape first."""
    public, other = [(await primitives.agreement_key(fixed(n))).public for n in ("one", "two")]
    epoch, cut = [ID, 2, public, [[ID, SEALED]]], [ID, [[ID, 3, HASH]]]
    role: list[Wrong] = whole(1, 3, "The role")
    grant: Places = [_id("ring"), ("epoch", whole(1, 2**32, "The epoch")), ("sealed", bytes_of(80, "The grant"))]
    sealed = _in("grant", [ID, SEALED], [_id("holder"), ("sealed", bytes_of(80, "The grant"))])
    epoch_places: Places = [
        _id("ring"),
        ("epoch", whole(1, 2**32, "The epoch")),
        ("public", [w for w in _agreement("The public") if w[0] in ("short", "number", "point_zero")]),
        ("grants", sealed),
    ]
    place = _in("place", [ID, 3, HASH], [_id("ring"), ("number", whole(1, 2**48, "The number")), _hash("envelope")])
    cut_places: Places = [_id("device"), ("places", place)]
    epochs = ("epochs", [*items(roll_entry.MAX_EPOCHS, epoch, "epochs"), *_in("epoch", epoch, epoch_places)])
    cuts = ("cuts", [*items(roll_entry.MAX_CUTS, [ID, []], "cuts"), *_in("cut", cut, cut_places)])
    none = [("none", "None instead of a list", None, BAD)]  # what is in them: with the renewal
    member = [(f"member_{n}", c, [value], e) for n, c, value, e in bytes_of(16, "A member")]
    truth: list[Wrong] = [("1", "Over is 1", 1, BAD), ("none", "Over is None", None, BAD)]
    joining: Places = [
        ("signing", bytes_of(32, "The signing public")),
        ("agreement", [w for w in _agreement("The agreement public") if w[0] in ("short", "number", "point_one")]),
        ("own", [w for w in _agreement("The own ring's public") if w[0] in ("short", "number", "point_zero")]),
        ("proof", bytes_of(64, "The proof")),
    ]
    invite = [SIGNING, public, ID, 1, ID, 1_764_000_000_000, [GRANT]]
    invite_places: Places = [
        ("signing", bytes_of(32, "The signing public")),
        ("agreement", _agreement("The agreement public")),
        _id("member"),
        ("role", role),
        _id("team"),
        ("expires", whole(0, 2**48, "The moment")),
        ("grants", [*none, *_in("grant", GRANT, grant)]),
    ]
    of_invite = list(departures(invite, invite_places))
    bodies: dict[str, tuple[list[Any], Places]] = {
        "genesis": (
            [1, ID, ID, public, other, invite],
            [_id("salt"), _id("team"), ("team_public", _agreement("The team's public")[:3]),
             ("coordinators_public", _agreement("The coordinators' public")[:3]), ("invite", none)],
        ),
        "invite": ([2, invite], [("invite", of_invite)]),
        "add_device": ([3, HASH, SIGNING, public, None, SIGNATURE], [_hash("announced"), *joining]),
        "renew": ([4, [epoch], [cut]], [epochs, cuts]),
        "revoke": ([5, [cut], [epoch]], [("cuts", none), ("epochs", none)]),
        "place": (
            [6, ID, 2, ID, [cut], [epoch]],
            [_id("member"), ("role", role), _id("team"), ("cuts", none), ("epochs", none)],
        ),
        "team": ([7, ID, fixed("parent", 16), [epoch]], [_id("team"), _id("parent"), ("epochs", none)]),
        "grant": (
            [8, [[ID, 1, ID, SEALED]]],
            [("items", [*none, *_in("item", [ID, 1, ID, SEALED], [*grant[:2], _id("holder"), grant[2]])])],
        ),
        "sheet": (
            [9, SIGNING, public, [GRANT]],
            [("signing", bytes_of(32, "The signing public")), ("agreement", _agreement("The public")[:3]), ("grants", none)],
        ),
        "recover": ([10, ID, SIGNING, public, other, SIGNATURE], [_id("sheet"), *joining]),
        "withdraw": ([11, HASH], [_hash("announced")]),
        "round": (
            [12, ID, fixed("team", 16), [ID], True, [cut], [epoch]],
            [_id("round"), _id("team"),
             ("members", [*items(roll_entry.MAX_MEMBERS, ID, "members"), *member]),
             ("closed", truth), ("cuts", none), ("epochs", none)],
        ),
    }  # fmt: skip

    def entry(body: Any, outer: tuple[Any, ...] = (HASH, ID), first: bytes = b"\3\1") -> bytes:
        return first + codec.pack([*outer, body]) + SIGNATURE

    def one(name: str, comment: str, data: bytes, expect: str = BAD, **more: Any) -> Vector:
        payload, zeros = folded(data)
        return Vector(f"entry_{name}", "roll_entry", comment, payload, zeros | more, expect)

    made = []
    for name, (body, places) in bodies.items():
        made.append(one(name, f"Action {body[0]}, {name.replace('_', ' ')}", entry(body), "success"))
        for n, c, rest, e in departures(body[1:], places):
            made.append(one(f"{name}_{n}", c, entry([body[0], *rest]), e))
    withdraw = bodies["withdraw"][0]
    return [
        *made,
        one("action_0", "There is no action 0", entry([0, HASH])),
        one("action_true", "The action is True", entry([True, HASH])),
        one("action_text", "The action is text", entry(["1", HASH])),
        one("action_13", "An action of a newer version", entry([13]), NewerVersion.code),
        one("no_action", "An empty body", entry([])),
        one("no_list", "The body is no list", entry(1)),
        one("previous_31", "A previous hash of 31 bytes", entry(withdraw, (HASH[1:], ID))),
        one("author_17", "An author of 17 bytes", entry(withdraw, (HASH, ID + b"\0"))),
        one("more", "A value after the body", entry(None, (HASH, ID, withdraw))),
        one("fewer", "No body", entry(ID, (HASH,))),
        one("trailing", "A byte between entry and signature", b"\3\1" + entry(withdraw)[2:-64] + b"\0" + SIGNATURE),
        one("cut", "Nothing but first bytes", b"\3\1"),
        one("version_0", "There is no version 0", entry(withdraw, first=b"\3\0")),
        one("version_2", "Version 2", entry(withdraw, first=b"\3\2"), NewerVersion.code),
        one("format", "The format of an envelope", entry(withdraw, first=b"\1\1")),
        one("too_large", "A byte more than an entry may have", b"\3\1", LARGE, zeros=roll_entry.MAX_ENTRY_BYTES + 65),
    ]


@replay("roll_entry")
async def _(primitives: Primitives, v: Vector) -> None:
    entry = roll_entry.parse(v.whole())
    again = codec.pack([entry.previous, entry.author, roll_entry._plain(entry.body)])
    assert formats.prefix(formats.ROLL_ENTRY) + again + v.payload[-64:] == v.payload
