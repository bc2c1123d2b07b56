"""Steps on a roll for tests: inviting, joining and renewing, and entries that must be refused."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from sync.core import invitation, ring
from sync.core.errors import (
    RollRefused,
    StraatError,
)
from sync.core.ids import device_id
from sync.core.ports import SigningKey
from sync.core.rights import Role
from sync.core.roll_entry import (
    Body,
    Cut,
    Epoch,
    Granted,
    Place,
    Recover,
    Renew,
    Revoke,
    Round,
    Sheet,
    Team,
    proof_bytes,
    sign,
)
from sync.core.roll_rules import crewed, moved
from sync.core.roll_state import Crew, Ring, SheetKey, State
from tests.support.core_world import (
    P,
    Person,
    World,
    add_device,
    bounds,
    invite,
    keys,
    public_of,
    ring_epoch,
    run,
)
from tests.vectors.vector import fixed

NEW = fixed("new member", 16)


def extend(w: World, *entries: bytes) -> None:
    """Take entries in."""
    run(w.roll.extend(P, entries))


def refused(w: World, error: type[StraatError], *entries: bytes) -> None:
    """The entries are refused by this very error, and the roll is as it was."""
    before, state = list(w.roll.entries), w.roll.state
    with pytest.raises(StraatError) as raised:
        extend(w, *entries)
    assert type(raised.value) is error
    assert (w.roll.entries, w.roll.state) == (before, state)


def team_grant(w: World, epoch: int = 1) -> dict[tuple[bytes, int], bytes]:
    """A grant of the team's ring."""
    return {(w.team_ring, epoch): w.privates[w.team_ring]}


def invitation_for(w: World, label: str = "third", by: Person | None = None, **other: object) -> bytes:
    """An invitation of a new contact person, or with some of its bounds other."""
    given = {"member": NEW, "role": Role.CONTACT, "team": w.team, "grants": team_grant(w)} | other
    body = run(bounds(label, w.state.organisation, **given))  # type: ignore[arg-type]
    return run(invite(w.roll, by or w.coordinator, body))


def joined(w: World, label: str, member: bytes, **other: object) -> Person:
    """Invite and enrol someone."""
    extend(w, invitation_for(w, label, member=member, **other))
    person = run(keys(label, member))
    w.privates[person.own_ring] = person.own
    extend(w, run(add_device(w.roll, label, w.state.head, person)))
    return person


def second_device(w: World, by: Person, label: str = "laptop", **other: object) -> bytes:
    """An invitation for another device of oneself."""
    own = {(by.own_ring, 1): by.own, **team_grant(w)}
    given = {"member": by.member, "role": w.state.device(by.device).role, "grants": own} | other
    return invitation_for(w, label, by=by, **given)


def renewal(w: World, by: Person, ring_: bytes, epoch: int, *holders: Person) -> bytes:
    """A ring's next epoch."""
    return run(ring_epoch(w.roll, by, ring_, epoch, fixed(f"private {epoch}"), list(holders)))


# -- leaving, moving, teams, grants, sheets ------------------------------------------------------------------


def refused_for(w: World, why: str, *entries: bytes) -> None:
    """The last entry is refused for this very reason, and the roll is as it was."""
    before, state = list(w.roll.entries), w.roll.state
    with pytest.raises(RollRefused) as raised:
        extend(w, *entries)
    assert raised.value.detail == why
    assert (w.roll.entries, w.roll.state) == (before, state)


def signed(w: World, by: Person, body: Body) -> bytes:
    """An entry by this device on the present head, whatever it says."""
    return run(sign(P, by.signing, w.state.head, by.device, body))


def private(w: World, ring_: bytes, epoch: int) -> bytes:
    """The private half of a ring's epoch: each has one here."""
    known = {p.own_ring: p.own for p in (w.coordinator, w.contact)} | w.privates
    return known[ring_] if epoch == 1 and ring_ in known else fixed(f"private {ring_.hex()} {epoch}")


def sealed_to(w: World, ring_: bytes, epoch: int, holder: bytes) -> bytes:
    """That private half, sealed to a device or sheet that is on the roll, or was (80 bytes)."""
    to = {**w.state.left, **w.state.devices, **w.state.sheets}.get(holder) or w.coordinator
    seed = fixed(f"grant {ring_.hex()} {epoch} {holder.hex()} {w.state.length}")
    half = private(w, ring_, epoch)
    public = to.agreement.public if isinstance(to, Person) else to.agreement
    return run(ring.grant(P, seed, half, w.state.organisation, ring_, epoch, public)).sealed


def next_epoch(w: World, ring_: bytes, holders: Iterable[bytes], epoch: int = 0) -> Epoch:
    """A ring's next epoch for these devices and sheets, or another number."""
    number = epoch or (w.state.rings[ring_].epoch + 1 if ring_ in w.state.rings else 1)
    grants = tuple((h, sealed_to(w, ring_, number, h)) for h in sorted(holders))
    return Epoch(ring_, number, run(public_of(private(w, ring_, number))), grants)


def renew(w: World, by: Person, *rings: bytes, cuts: Sequence[Cut] = ()) -> bytes:
    """These rings renewed for those who hold them."""
    return signed(w, by, Renew(tuple(next_epoch(w, r, w.state.rings[r].holders) for r in rings), tuple(cuts)))


def renewals_after(w: World, by: Person, after: State) -> tuple[Epoch, ...]:
    """The epochs that an entry of this device has to carry when it takes holders out as in `after`."""
    lost = [r for r in after.rings if r in w.state.rings and after.rings[r].holders != w.state.rings[r].holders]
    mine = sorted(set(lost) & after.renewable(by.device))
    return tuple(next_epoch(w, r, after.rings[r].holders) for r in mine)


def revoke_body(w: World, by: Person, *leaving: bytes, cuts: Sequence[Cut] = ()) -> Revoke:
    """What it takes for these devices or sheets to leave."""
    named = {c.device: c for c in cuts}
    lost = {r.id: r.holders - set(leaving) for r in w.state.rings.values() if r.holders & set(leaving)}
    mine = sorted(r for r in lost if r in w.state.renewable(by.device) and by.device in lost[r])
    return Revoke(
        tuple(named.get(d, Cut(d)) for d in leaving),
        tuple(next_epoch(w, r, lost[r]) for r in mine),
    )


def revoke(w: World, by: Person, *leaving: bytes, cuts: Sequence[Cut] = ()) -> bytes:
    """Devices or sheets leave."""
    return signed(w, by, revoke_body(w, by, *leaving, cuts=cuts))


def place_body(w: World, by: Person, member: bytes, role: Role, team: bytes, cuts: Sequence[Cut] = ()) -> Place:
    """What it takes to give a member another place."""
    named = {c.device: c for c in cuts}
    theirs = [d.id for d in w.state.devices.values() if d.member == member]
    epochs = renewals_after(w, by, moved(w.state, member, role, team))
    return Place(member, role, team, tuple(named.get(d, Cut(d)) for d in theirs), epochs)


def place(w: World, by: Person, member: bytes, role: Role, team: bytes, cuts: Sequence[Cut] = ()) -> bytes:
    """A member gets another role or team."""
    return signed(w, by, place_body(w, by, member, role, team, cuts))


def team_body(w: World, name: str, parent: bytes, *holders: Person) -> Team:
    """A team below another, its rings granted to these."""
    team = fixed(name, 16)
    rings = (ring.team_ring(team), ring.coordinators_ring(team))
    return Team(team, parent, tuple(next_epoch(w, r, [h.device for h in holders]) for r in rings))


def found_team(w: World, name: str, by: Person | None = None, parent: bytes = b"") -> bytes:
    """A team below another; its id."""
    author = by or w.coordinator
    body = team_body(w, name, parent or w.team, author)
    extend(w, signed(w, author, body))
    return body.team


def round_body(
    w: World,
    name: str,
    *members: bytes,
    team: bytes = b"",
    closed: bool = False,
    cuts: Sequence[Cut] = (),
    lacking: Iterable[bytes] = (),
) -> Round:
    """What it takes for a round to open, to get other members or to end; `lacking` get no grant where it opens."""
    id_, named = fixed(f"round {name}", 16), {c.device: c for c in cuts}
    known = w.state.rounds.get(id_)
    crew = Crew(team or (known.team if known else w.team), frozenset(members), closed)
    after, r = crewed(w.state, id_, crew), ring.round_ring(id_)
    if known is None:
        made = Ring(r, ring.ROUND, id_, ())
        holders = {h for h in (*after.devices, *after.sheets) if after.may_hold(h, made)} - set(lacking)
        return Round(id_, crew.team, tuple(members), closed, tuple(cuts), (next_epoch(w, r, holders),))
    before, stay = w.state.rings[r].holders, after.rings[r].holders
    cut = sorted((before if closed else before - stay) & w.state.devices.keys())
    epochs = (next_epoch(w, r, stay),) if closed or before != stay else ()
    return Round(id_, crew.team, tuple(members), closed, tuple(named.get(d, Cut(d)) for d in cut), epochs)


def set_round(w: World, by: Person, name: str, *members: bytes, **other: Any) -> bytes:
    """A round opens, gets other members or ends (`closed`)."""
    return signed(w, by, round_body(w, name, *members, **other))


def opened_round(w: World, name: str, *members: bytes, by: Person | None = None, **other: Any) -> bytes:
    """A round that goes on; its id."""
    extend(w, set_round(w, by or w.coordinator, name, *members, **other))
    return fixed(f"round {name}", 16)


def granted(w: World, *items: tuple[bytes, bytes], epoch: int = 0) -> Granted:
    """(ring, device or sheet) pairs, each granted the current epoch or another."""
    rings = w.state.rings
    return Granted(
        tuple((r, epoch or rings[r].epoch, h, sealed_to(w, r, epoch or rings[r].epoch, h)) for r, h in items)
    )


def grant(w: World, by: Person, *items: tuple[bytes, bytes], epoch: int = 0) -> bytes:
    """Rings for devices that are there already."""
    return signed(w, by, granted(w, *items, epoch=epoch))


def member_of(w: World, name: str, team: bytes, role: Role = Role.CONTACT, by: Person | None = None) -> Person:
    """Someone who joins a team with its ring; a coordinator is confirmed by the inviter."""
    r, author = ring.team_ring(team), by or w.coordinator
    grants = {(r, w.state.rings[r].epoch): private(w, r, w.state.rings[r].epoch)}
    person = joined(w, name, fixed(f"member {name}", 16), team=team, role=role, grants=grants, by=author)
    if role is Role.COORDINATOR:
        extend(w, grant(w, author, (ring.coordinators_ring(team), person.device)))
    return person


def laptop_of(w: World, by: Person, label: str = "laptop", *, rings: bool = True) -> Person:
    """A second device of someone, that holds what the first does, or nothing."""
    held = sorted(w.state.readable(by.device)) if rings else []
    grants = {(r, w.state.rings[r].epoch): private(w, r, w.state.rings[r].epoch) for r in held}
    d = w.state.device(by.device)
    extend(w, second_device(w, by, label, grants=grants, team=d.team))
    laptop = run(keys(label, by.member))
    extend(w, run(add_device(w.roll, label, w.state.head, laptop, own=False)))
    return laptop


async def sheet_keys(label: str) -> tuple[SigningKey, bytes]:
    """A sheet's signing key and its agreement public."""
    seed = fixed(f"{label} sheet")
    return await invitation.signing_key(P, seed), (await invitation.agreement_key(P, seed)).public


def sheet(w: World, by: Person, label: str, *rings: bytes) -> Sheet:
    """A recovery sheet with the current epochs of these rings."""
    signing, agreement = run(sheet_keys(label))
    made = []
    for r in rings:
        epoch, seed = w.state.rings[r].epoch, fixed(f"{label} sheet {r.hex()}")
        made.append(run(ring.grant(P, seed, private(w, r, epoch), w.state.organisation, r, epoch, agreement)))
    return Sheet(signing.public, agreement, tuple(made))


def sheet_made(w: World, by: Person, label: str, *rings: bytes) -> SheetKey:
    """A recovery sheet that is on the roll, with what its maker may renew unless rings are named."""
    body = sheet(w, by, label, *(rings or sorted(w.state.renewable(by.device))))
    extend(w, signed(w, by, body))
    return w.state.sheets[device_id(body.signing, body.agreement)]


def recovery(
    w: World, label: str, used: SheetKey, person: Person, *, own: bool = False, prover: Person | None = None
) -> bytes:
    """The entry with which a sheet brings a device; `own`: the own ring opens anew."""
    signing, _ = run(sheet_keys(label))
    own_public = run(public_of(fixed(f"{label} own again"))) if own else None
    joining = (person.signing.public, person.agreement.public, own_public)
    [proof] = run(P.sign((prover or person).signing, [proof_bytes(used.announced, *joining)]))
    return run(sign(P, signing, w.state.head, used.id, Recover(used.id, *joining, proof)))
