"""Vectors for the roll: a whole small organisation, and one forbidden step each.

The payload of a roll is MessagePack [entry, …]; `organisation` and `head` are what it must give.
"""

import asyncio
from dataclasses import replace

from sync.core import codec, formats
from sync.core.errors import (
    BadFormat,
    BadSignature,
    InvitationUnknown,
    InvitationUsed,
    NewerVersion,
    RollMoved,
    RollRefused,
)
from sync.core.ids import entry_hash
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import Cut, parse, sign
from tests.vectors.vector import Vector, fixed, maker, replay


@maker
async def rolls(primitives: Primitives) -> list[Vector]:
    """Genesis, a coordinator, an invitation, a contact person, a renewed ring; and what may not follow."""
    from tests.support import core_world as world

    w = await world.founded()
    base, roll = list(w.roll.entries), w.roll

    def one(name: str, comment: str, entries: list[bytes], expect: str = "success") -> Vector:
        values = {"organisation": roll.state.organisation, "head": entry_hash(entries[-1]) if entries else bytes(32)}
        return Vector(f"roll_{name}", "roll", comment, codec.pack(entries), values, expect)

    async def invited(by: world.Person, **other: object) -> bytes:
        given = {"member": fixed("new", 16), "role": Role.CONTACT, "team": w.team, "grants": {}} | other
        body = await world.bounds("third", roll.state.organisation, **given)  # type: ignore[arg-type]
        return await world.invite(roll, by, body)

    async def renewed(by: world.Person, ring: bytes, epoch: int = 2) -> bytes:
        holders = [a, c] if ring == w.team_ring else [by]
        return await world.ring_epoch(roll, by, ring, epoch, fixed("renewed"), holders)

    async def joins(label: str, announced: bytes, **other: world.Person) -> bytes:
        person = await world.keys("new", fixed("new", 16))
        return await world.add_device(roll, label, announced, person, **other)  # type: ignore[arg-type]

    a, c = w.coordinator, w.contact
    invite = await invited(a)
    forbidden_ring = {(w.coordinators_ring, 1): w.privates[w.coordinators_ring]}
    body, _ = await world.genesis_body()
    lonely = await world.genesis_entry(replace(body, invite=replace(body.invite, role=Role.CONTACT)))
    other = await world.genesis_entry(replace(body, salt=bytes(16)))
    bad = base[3][:-1] + bytes((base[3][-1] ^ 1,))
    zero = formats.prefix(formats.ROLL_ENTRY) + codec.pack(
        [roll.state.head, a.device, [4, [[w.team_ring, 2, bytes(32), []]], []]]
    )
    newer = formats.prefix(formats.ROLL_ENTRY) + codec.pack([roll.state.head, a.device, [13]]) + bytes(64)
    forged = await sign(primitives, c.signing, roll.state.head, a.device, parse(invite).body)
    return [
        one("founded", "Genesis, its coordinator, an invitation, a contact person", base),
        one("invite", "A coordinator invites", [*base, invite]),
        one("ring_epoch", "A coordinator renews the team's ring", [*base, await renewed(a, w.team_ring)]),
        one("own_epoch", "A member renews the own ring", [*base, await renewed(c, c.own_ring)]),
        one("genesis_role", "The first member is no coordinator", [lonely], RollRefused.code),
        one("genesis_twice", "Another genesis beside the first", [*base, other], RollRefused.code),
        one("reordered", "Two entries turned round", [base[0], base[2], base[1]], RollMoved.code),
        one("left_out", "An entry left out", [base[0], *base[2:]], RollMoved.code),
        one("doubled", "An entry twice", [*base, base[3]], RollMoved.code),
        one("bad_signature", "The last bit of a signature is flipped", [*base[:3], bad], BadSignature.code),
        one("forged_author", "Signed by another than it names", [*base, forged], BadSignature.code),
        one("contact_invites", "A contact person invites", [*base, await invited(c)], RollRefused.code),
        one("foreign_team", "Into another team", [*base, await invited(a, team=bytes(16))], RollRefused.code),
        one(
            "grants_more",
            "Grants the coordinators' ring",
            [*base, await invited(a, grants=forbidden_ring)],
            RollRefused.code,
        ),
        one("as_another", "As a member who is there", [*base, await invited(a, member=c.member)], RollRefused.code),
        one(
            "used", "An invitation used twice", [*base, await joins("second", entry_hash(base[2]))], InvitationUsed.code
        ),
        one(
            "unknown",
            "An invitation never announced",
            [*base, await joins("second", bytes(32))],
            InvitationUnknown.code,
        ),
        one(
            "epoch_by_contact",
            "A contact person renews the team's ring",
            [*base, await renewed(c, w.team_ring)],
            RollRefused.code,
        ),
        one(
            "epoch_by_other",
            "A coordinator renews another's own ring",
            [*base, await renewed(a, c.own_ring)],
            RollRefused.code,
        ),
        one("epoch_skipped", "An epoch is skipped", [*base, await renewed(a, w.team_ring, 3)], RollRefused.code),
        one("zero_ring", "A ring to which nobody can seal", [*base, zero + bytes(64)], BadFormat.code),
        one("newer", "An action of a newer version", [*base, newer], NewerVersion.code),
    ]


@maker
async def rounds(primitives: Primitives) -> list[Vector]:
    """A round opens, somebody leaves it, another joins it by an invitation, and it is over."""
    return await asyncio.to_thread(_rounds)


def _rounds() -> list[Vector]:
    from tests.support import core_world as world
    from tests.support import roll_steps as steps

    w = world.run(world.founded())
    made, new, more = [], steps.NEW, w.contact.member

    def one(name: str, comment: str) -> None:
        values = {"organisation": w.state.organisation, "head": w.state.head}
        made.append(Vector(f"roll_round_{name}", "roll", comment, codec.pack(w.roll.entries), values))

    steps.opened_round(w, "spring", more, new)
    one("opened", "A round opens, for a contact person and somebody to come")
    [name] = [r.id for r in w.state.rings.values() if r.kind == "round"]
    granted = steps.team_grant(w) | {(name, 1): steps.private(w, name, 1)}
    steps.extend(w, steps.invitation_for(w, role=Role.COLLECTOR, grants=granted))
    person = world.run(world.keys("third", new))
    steps.extend(w, world.run(world.add_device(w.roll, "third", w.state.head, person)))
    one("joined", "A new collector joins with the round's ring in the invitation")
    cut = Cut(w.contact.device, ((name, 2, fixed("second")),))
    steps.extend(w, steps.set_round(w, w.coordinator, "spring", new, cuts=[cut]))
    one("left", "The contact person leaves the round: its ring is made new")
    steps.extend(w, steps.set_round(w, w.coordinator, "spring", closed=True))
    one("over", "The round is over: its ring is the coordinator's alone")
    steps.extend(w, steps.revoke(w, w.coordinator, person.device))
    one("after", "Somebody leaves after the end of the round: its ring stays as it is")
    return made


@maker
async def joins(primitives: Primitives) -> list[Vector]:
    """Joining with another's key, with the own ring swapped, and by another seed."""
    from tests.support import core_world as world

    w = await world.founded()
    body = await world.bounds("third", w.state.organisation, fixed("new", 16), Role.CONTACT, w.team, {})
    await w.roll.extend(primitives, [await world.invite(w.roll, w.coordinator, body)])
    announced, roll = w.state.head, w.roll
    person, thief = await world.keys("new", fixed("new", 16)), await world.keys("thief", fixed("new", 16))
    good = await world.add_device(roll, "third", announced, person)
    inviting = await world.invitation.signing_key(primitives, fixed("third seed"))
    bait = await world.public_of(fixed("bait"))
    entry = parse(good)
    swapped = await sign(primitives, inviting, announced, entry.author, replace(entry.body, own_public=bait))  # type: ignore[type-var]
    stolen = await world.add_device(roll, "third", announced, person, prover=thief)
    guessed = await world.add_device(roll, "guessed", announced, person)

    def one(name: str, comment: str, last: bytes, expect: str = "success") -> Vector:
        values = {"organisation": w.state.organisation, "head": entry_hash(last)}
        return Vector(f"roll_join{name}", "roll", comment, codec.pack([*roll.entries, last]), values, expect)

    return [
        one("", "A device joins by its invitation", good),
        one("_own_ring_swapped", "Whoever knows the link swaps the own ring", swapped, BadSignature.code),
        one("_stolen_key", "The proof is by another key", stolen, BadSignature.code),
        one("_other_seed", "Signed by the key of another seed", guessed, RollRefused.code),
    ]


@replay("roll")
async def _(primitives: Primitives, v: Vector) -> None:
    entries, roll = codec.unpack(v.payload, 1 << 20), Roll()
    for entry in entries[:-1]:
        await roll.extend(primitives, [entry])
    await roll.extend(primitives, entries[-1:])
    assert (roll.state.organisation, roll.state.head) == (v.raw("organisation"), v.raw("head"))
