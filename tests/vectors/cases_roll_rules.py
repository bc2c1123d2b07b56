"""Vectors for what a roll entry may do: a roll, and one entry on it that is refused for one reason each.

The payload is MessagePack [entry, …]; the last is refused as `why` says, which is for people to read.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sync.core import codec
from sync.core.errors import BadSignature, InvitationUnknown, InvitationUsed, RollForked, RollMoved, RollRefused
from sync.core.ids import entry_hash, invitation_author
from sync.core.ports import Primitives
from sync.core.rights import Role
from sync.core.roll_entry import Cut, Recover, Renew, Revoke, Withdraw, parse, sign
from tests.vectors.vector import Vector, fixed, maker

Refused = tuple[str, bytes]  # the reason, and the entry
Build = Callable[[Any, Any], Refused]
REFUSED = RollRefused.code
CASES: dict[str, Build] = {}


def case(build: Build) -> Build:
    """Register a case under its function's name."""
    CASES[build.__name__.strip("_")] = build
    return build


@maker
async def refused(primitives: Primitives) -> list[Vector]:
    """Each case on a roll of its own, made in a thread: the steps are those of the unit tests."""
    return await asyncio.to_thread(_all)


def _all() -> list[Vector]:
    from tests.support import roll_steps as steps
    from tests.support.core_world import founded, run

    made = []
    for name, build in CASES.items():
        w = run(founded())
        why, last = build(w, steps)
        values = {"organisation": w.state.organisation, "head": entry_hash(last), "why": why}
        made.append(
            Vector(
                f"rule_{name}",
                "roll",
                (build.__doc__ or "").strip().rstrip("."),
                codec.pack([*w.roll.entries, last]),
                values,
                CODES.get(why, REFUSED),
            )
        )
    return made


CODES = {
    "unknown invitation": InvitationUnknown.code,
    "used invitation": InvitationUsed.code,
    "unknown sheet": InvitationUnknown.code,
    "signature": BadSignature.code,
    "moved": RollMoved.code,
    "forked": RollForked.code,
}


# -- inviting and joining --------------------------------------------------------------------------------------


@case
def _invite_unknown_device(w: Any, s: Any) -> Refused:
    """Someone who is not on the roll invites."""
    from tests.support.core_world import keys, run

    return "unknown device", s.invitation_for(w, by=run(keys("stranger", s.NEW)))


@case
def _invite_role_of_own(w: Any, s: Any) -> Refused:
    """A contact person invites an own device as coordinator."""
    why = "only for oneself, in one's own role and team"
    return why, s.second_device(w, w.contact, role=Role.COORDINATOR)


@case
def _invite_by_unconfirmed(w: Any, s: Any) -> Refused:
    """A coordinator whose words nobody has compared invites a member."""
    second = s.joined(w, "second", s.NEW, role=Role.COORDINATOR)
    why = "only a coordinator of the team invites a member"
    return why, s.invitation_for(w, "more", by=second, member=fixed("another", 16), grants={})


@case
def _invite_twice(w: Any, s: Any) -> Refused:
    """A member who is invited already."""
    s.extend(w, s.invitation_for(w))
    return "invited already", s.invitation_for(w, "again")


@case
def _invite_back_elsewhere(w: Any, s: Any) -> Refused:
    """A member who has left comes back in a higher role."""
    s.extend(w, s.revoke(w, w.coordinator, w.contact.device))
    why = "a member comes back to the place they had"
    return why, s.invitation_for(w, member=w.contact.member, role=Role.COORDINATOR, grants={})


@case
def _invite_epoch_to_come(w: Any, s: Any) -> Refused:
    """Grants an epoch that does not exist."""
    return "grants more than the author may", s.invitation_for(w, grants=s.team_grant(w, 2))


@case
def _invite_grant_twice(w: Any, s: Any) -> Refused:
    """Grants the same epoch twice."""
    body = parse(s.invitation_for(w)).body
    return "a grant twice", s.signed(w, w.coordinator, replace(body, grants=body.grants * 2))


@case
def _invite_old_epoch_only(w: Any, s: Any) -> Refused:
    """Grants an old epoch without the current one."""
    s.extend(w, s.renew(w, w.coordinator, w.team_ring))
    return "a grant without the current epoch", s.invitation_for(w, grants=s.team_grant(w, 1))


@case
def _withdraw_by_other(w: Any, s: Any) -> Refused:
    """A contact person withdraws another's invitation."""
    s.extend(w, s.invitation_for(w))
    return "only the member or a coordinator withdraws", s.signed(w, w.contact, Withdraw(w.state.head))


@case
def _withdraw_unknown(w: Any, s: Any) -> Refused:
    """An invitation that was never announced is withdrawn."""
    return "unknown invitation", s.signed(w, w.coordinator, Withdraw(fixed("never")))


@case
def _withdraw_used(w: Any, s: Any) -> Refused:
    """An invitation that was used is withdrawn."""
    [announced] = [a for a in w.state.used if w.state.invites[a].member == w.contact.member]
    return "used invitation", s.signed(w, w.coordinator, Withdraw(announced))


@case
def _join_withdrawn(w: Any, s: Any) -> Refused:
    """A withdrawn invitation is used."""
    from tests.support.core_world import add_device, keys, run

    s.extend(w, s.invitation_for(w))
    announced = w.state.head
    s.extend(w, s.signed(w, w.coordinator, Withdraw(announced)))
    return "unknown invitation", run(add_device(w.roll, "third", announced, run(keys("new", s.NEW))))


@case
def _join_device_twice(w: Any, s: Any) -> Refused:
    """A device that is there joins again."""
    from tests.support.core_world import add_device, run

    s.extend(w, s.second_device(w, w.contact))
    return "device twice", run(add_device(w.roll, "laptop", w.state.head, w.contact, own=False))


@case
def _join_own_ring_again(w: Any, s: Any) -> Refused:
    """A second device brings an own ring that somebody holds."""
    from tests.support.core_world import add_device, keys, run

    s.extend(w, s.second_device(w, w.contact))
    laptop = run(keys("laptop", w.contact.member))
    why = "the own ring comes with a device when nobody holds it"
    return why, run(add_device(w.roll, "laptop", w.state.head, laptop, own=True))


@case
def _join_old_own_ring(w: Any, s: Any) -> Refused:
    """A member who comes back brings the own ring's old key."""
    from tests.support.core_world import add_device, keys, run

    s.extend(w, s.revoke(w, w.coordinator, w.contact.device))
    s.extend(w, s.invitation_for(w, "back", member=w.contact.member, grants={}))
    back = replace(run(keys("back", w.contact.member)), own=w.contact.own)
    return "a ring's key twice", run(add_device(w.roll, "back", w.state.head, back))


# -- renewing --------------------------------------------------------------------------------------------------


@case
def _renew_nothing(w: Any, s: Any) -> Refused:
    """No ring is renewed."""
    return "not this device's to renew", s.signed(w, w.coordinator, Renew(()))


@case
def _renew_ring_twice(w: Any, s: Any) -> Refused:
    """A ring is renewed twice in one entry."""
    epoch = s.next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders)
    return "a ring twice", s.signed(w, w.coordinator, Renew((epoch, epoch)))


@case
def _renew_same_key(w: Any, s: Any) -> Refused:
    """The next epoch has the key of the one before."""
    epoch = s.next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders)
    same = replace(epoch, public=w.state.rings[w.team_ring].public)
    return "a ring's key twice", s.signed(w, w.coordinator, Renew((same,)))


@case
def _renew_without_holder(w: Any, s: Any) -> Refused:
    """A holder is left out in passing."""
    epoch = s.next_epoch(w, w.team_ring, [w.coordinator.device])
    return "granted to exactly the holders", s.signed(w, w.coordinator, Renew((epoch,)))


@case
def _renew_cut_of_present(w: Any, s: Any) -> Refused:
    """A device that is there is cut off by a renewal."""
    cut = Cut(w.contact.device)
    return "not this device's to cut", s.renew(w, w.contact, w.contact.own_ring, cuts=[cut])


@case
def _renew_cut_twice(w: Any, s: Any) -> Refused:
    """A device is cut off twice in one entry."""
    laptop = s.laptop_of(w, w.contact)
    s.extend(w, s.revoke(w, w.coordinator, w.contact.device))
    return "each once", s.renew(w, laptop, w.contact.own_ring, cuts=[Cut(w.contact.device)] * 2)


@case
def _renew_cut_elsewhere(w: Any, s: Any) -> Refused:
    """A renewal of the own ring cuts a device off in the team's ring."""
    laptop = s.laptop_of(w, w.contact)
    s.extend(w, s.revoke(w, w.coordinator, w.contact.device))
    cut = Cut(w.contact.device, ((w.team_ring, 1, fixed("first")),))
    return "only what is renewed is cut here, once", s.renew(w, laptop, w.contact.own_ring, cuts=[cut])


# -- teams and grants ------------------------------------------------------------------------------------------


@case
def _team_by_contact(w: Any, s: Any) -> Refused:
    """A contact person makes a team."""
    body = s.team_body(w, "north", w.team, w.contact)
    return "only a coordinator above makes a team", s.signed(w, w.contact, body)


@case
def _team_twice(w: Any, s: Any) -> Refused:
    """A team is made again."""
    body = s.team_body(w, "north", w.team, w.coordinator)
    s.extend(w, s.signed(w, w.coordinator, body))
    return "a team twice", s.signed(w, w.coordinator, body)


@case
def _team_one_ring(w: Any, s: Any) -> Refused:
    """A team with one ring."""
    body = s.team_body(w, "north", w.team, w.coordinator)
    return "a team has two rings", s.signed(w, w.coordinator, replace(body, epochs=body.epochs[:1]))


@case
def _team_epoch_2(w: Any, s: Any) -> Refused:
    """A team's ring begins at epoch 2."""
    body = s.team_body(w, "north", w.team, w.coordinator)
    second = tuple(replace(e, epoch=2) for e in body.epochs)
    return "epochs begin at 1", s.signed(w, w.coordinator, replace(body, epochs=second))


@case
def _team_granted_below(w: Any, s: Any) -> Refused:
    """A new team's rings go to a contact person of the team above."""
    why = "granted to coordinators above, the author among them"
    return why, s.signed(w, w.coordinator, s.team_body(w, "north", w.team, w.coordinator, w.contact))


@case
def _grant_twice(w: Any, s: Any) -> Refused:
    """The same grant twice."""
    bare = s.laptop_of(w, w.contact, rings=False)
    item = (w.team_ring, bare.device)
    return "a grant twice", s.grant(w, w.coordinator, item, item)


@case
def _grant_by_contact(w: Any, s: Any) -> Refused:
    """A contact person grants the team's ring."""
    bare = s.laptop_of(w, w.contact, rings=False)
    return "not this device's to grant", s.grant(w, w.contact, (w.team_ring, bare.device))


@case
def _grant_coordinators_ring_to_contact(w: Any, s: Any) -> Refused:
    """The coordinators' ring for a contact person."""
    return "not for this device", s.grant(w, w.coordinator, (w.coordinators_ring, w.contact.device))


@case
def _grant_epoch_to_come(w: Any, s: Any) -> Refused:
    """An epoch that does not exist."""
    return "not for this device", s.grant(w, w.coordinator, (w.team_ring, w.contact.device), epoch=2)


# -- leaving and moving ----------------------------------------------------------------------------------------


@case
def _revoke_nobody(w: Any, s: Any) -> Refused:
    """Nobody leaves."""
    return "each once", s.signed(w, w.coordinator, Revoke((), ()))


@case
def _revoke_unknown(w: Any, s: Any) -> Refused:
    """Someone who is not there."""
    return "not on the roll", s.signed(w, w.coordinator, Revoke((Cut(fixed("nobody", 16)),), ()))


@case
def _revoke_by_contact(w: Any, s: Any) -> Refused:
    """A contact person revokes a coordinator."""
    why = "only the member or a coordinator revokes"
    return why, s.revoke(w, w.contact, w.coordinator.device)


@case
def _revoke_last_coordinator(w: Any, s: Any) -> Refused:
    """The last coordinator of the top team leaves."""
    return "the last coordinator stays", s.revoke(w, w.coordinator, w.coordinator.device)


@case
def _revoke_without_renewal(w: Any, s: Any) -> Refused:
    """A ring that the leaver held is not renewed."""
    body = s.revoke_body(w, w.coordinator, w.contact.device)
    why = "these rings are not the ones to be renewed"
    return why, s.signed(w, w.coordinator, replace(body, epochs=()))


@case
def _revoke_granted_to_leaver(w: Any, s: Any) -> Refused:
    """The leaver gets the new key."""
    body = s.revoke_body(w, w.coordinator, w.contact.device)
    still = s.next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders)
    return "granted to exactly the holders", s.signed(w, w.coordinator, replace(body, epochs=(still,)))


@case
def _revoke_epoch_skipped(w: Any, s: Any) -> Refused:
    """An epoch is skipped."""
    body = s.revoke_body(w, w.coordinator, w.contact.device)
    third = tuple(replace(e, epoch=3) for e in body.epochs)
    return "epochs follow one another", s.signed(w, w.coordinator, replace(body, epochs=third))


@case
def _revoke_cut_in_foreign_ring(w: Any, s: Any) -> Refused:
    """The cut names a ring that its author does not hold."""
    cut = Cut(w.contact.device, ((w.contact.own_ring, 1, fixed("first")),))
    why = "a cut names rings that its author holds, once"
    return why, s.revoke(w, w.coordinator, w.contact.device, cuts=[cut])


@case
def _revoke_sheet_with_places(w: Any, s: Any) -> Refused:
    """A sheet's cut names envelopes: a sheet writes none."""
    paper = s.sheet_made(w, w.coordinator, "paper")
    cut = Cut(paper.id, ((w.team_ring, 1, fixed("first")),))
    return "a sheet writes nothing", s.revoke(w, w.coordinator, paper.id, cuts=[cut])


@case
def _place_nobody(w: Any, s: Any) -> Refused:
    """Someone who is not there gets a place."""
    body = s.place_body(w, w.coordinator, w.contact.member, Role.COLLECTOR, w.team)
    return "nobody there to place", s.signed(w, w.coordinator, replace(body, member=fixed("nobody", 16)))


@case
def _place_same(w: Any, s: Any) -> Refused:
    """A member gets the place they have."""
    return "nothing changes", s.place(w, w.coordinator, w.contact.member, Role.CONTACT, w.team)


@case
def _place_oneself(w: Any, s: Any) -> Refused:
    """A contact person makes themself coordinator."""
    why = "only a coordinator of both places moves someone"
    return why, s.place(w, w.contact, w.contact.member, Role.COORDINATOR, w.team)


@case
def _place_without_cut(w: Any, s: Any) -> Refused:
    """A device of the member is not cut."""
    body = s.place_body(w, w.coordinator, w.contact.member, Role.COLLECTOR, w.team)
    return "each device's cut", s.signed(w, w.coordinator, replace(body, cuts=()))


@case
def _place_last_coordinator(w: Any, s: Any) -> Refused:
    """The last coordinator becomes a contact person."""
    return "the last coordinator stays", s.place(w, w.coordinator, w.coordinator.member, Role.CONTACT, w.team)


# -- rounds ----------------------------------------------------------------------------------------------------


@case
def _round_by_contact(w: Any, s: Any) -> Refused:
    """A contact person opens a round."""
    why = "only a coordinator of its team decides about a round"
    return why, s.set_round(w, w.contact, "spring", w.contact.member)


@case
def _round_member_twice(w: Any, s: Any) -> Refused:
    """A member stands on a round twice."""
    body = s.round_body(w, "spring", w.contact.member)
    return "a member twice", s.signed(w, w.coordinator, replace(body, members=body.members * 2))


@case
def _round_too_many(w: Any, s: Any) -> Refused:
    """More places on open rounds than an organisation has."""
    for name in range(8):
        s.opened_round(w, f"{name}", *(fixed(f"member {name} {i}", 16) for i in range(64)))
    return "too many rounds at once", s.set_round(w, w.coordinator, "one more", w.contact.member)


@case
def _round_born_closed(w: Any, s: Any) -> Refused:
    """A round that is over begins."""
    body = s.round_body(w, "spring")
    return "a round begins open, and cuts nobody", s.signed(w, w.coordinator, replace(body, closed=True))


@case
def _round_without_ring(w: Any, s: Any) -> Refused:
    """A round begins without its ring."""
    body = s.round_body(w, "spring", w.contact.member)
    return "a round begins with its ring", s.signed(w, w.coordinator, replace(body, epochs=()))


@case
def _round_without_maker(w: Any, s: Any) -> Refused:
    """A round's ring is not granted to its maker."""
    body = s.round_body(w, "spring", w.contact.member, lacking=[w.coordinator.device])
    return "its maker holds a round's ring", s.signed(w, w.coordinator, body)


@case
def _round_granted_to_another(w: Any, s: Any) -> Refused:
    """A round's ring is granted to a member who is not on it."""
    body = s.round_body(w, "spring")
    epoch = s.next_epoch(w, body.epochs[0].ring, [w.coordinator.device, w.contact.device])
    return "not for this device", s.signed(w, w.coordinator, replace(body, epochs=(epoch,)))


@case
def _round_over(w: Any, s: Any) -> Refused:
    """A round that is over gets a member."""
    s.opened_round(w, "spring", w.contact.member)
    s.extend(w, s.set_round(w, w.coordinator, "spring", closed=True))
    return "the round is over", s.set_round(w, w.coordinator, "spring", w.contact.member)


@case
def _round_of_another_team(w: Any, s: Any) -> Refused:
    """A round goes to another team."""
    north = s.found_team(w, "north")
    s.opened_round(w, "spring", w.contact.member)
    body = replace(s.round_body(w, "spring"), team=north)
    return "a round stays with its team", s.signed(w, w.coordinator, body)


@case
def _round_over_with_members(w: Any, s: Any) -> Refused:
    """A round ends with a member on it."""
    s.opened_round(w, "spring", w.contact.member)
    body = replace(s.round_body(w, "spring", closed=True), members=(w.contact.member,))
    return "nobody walks a round that is over", s.signed(w, w.coordinator, body)


@case
def _round_same(w: Any, s: Any) -> Refused:
    """A round gets the members that it has."""
    s.opened_round(w, "spring", w.contact.member)
    return "nothing changes", s.set_round(w, w.coordinator, "spring", w.contact.member)


@case
def _round_left_without_renewal(w: Any, s: Any) -> Refused:
    """A member leaves a round, and its ring is not made new."""
    s.opened_round(w, "spring", w.contact.member)
    body = replace(s.round_body(w, "spring"), epochs=())
    return "these rings are not the ones to be renewed", s.signed(w, w.coordinator, body)


@case
def _round_left_with_key(w: Any, s: Any) -> Refused:
    """A member leaves a round, and gets its new key."""
    s.opened_round(w, "spring", w.contact.member)
    body = s.round_body(w, "spring")
    epoch = s.next_epoch(w, body.epochs[0].ring, [w.coordinator.device, w.contact.device])
    return "granted to exactly the holders", s.signed(w, w.coordinator, replace(body, epochs=(epoch,)))


@case
def _round_left_uncut(w: Any, s: Any) -> Refused:
    """A member leaves a round, and is not cut there."""
    s.opened_round(w, "spring", w.contact.member)
    body = replace(s.round_body(w, "spring"), cuts=())
    return "each device's cut", s.signed(w, w.coordinator, body)


@case
def _round_cut_elsewhere(w: Any, s: Any) -> Refused:
    """A round's entry cuts a member in the team's ring."""
    s.opened_round(w, "spring", w.contact.member)
    cut = Cut(w.contact.device, ((w.team_ring, 1, fixed("first")),))
    return "a round cuts in its own ring", s.set_round(w, w.coordinator, "spring", cuts=[cut])


@case
def _round_renewed_when_over(w: Any, s: Any) -> Refused:
    """The ring of a round that is over is renewed."""
    s.opened_round(w, "spring", w.contact.member)
    s.extend(w, s.set_round(w, w.coordinator, "spring", closed=True))
    [over] = [r.id for r in w.state.rings.values() if r.kind == "round"]
    return "not this device's to renew", s.renew(w, w.coordinator, over)


@case
def _round_carried_to_another(w: Any, s: Any) -> Refused:
    """An invitation carries the ring of a round that its member is not on."""
    s.opened_round(w, "spring", w.contact.member)
    [name] = [r.id for r in w.state.rings.values() if r.kind == "round"]
    grants = {(name, 1): s.private(w, name, 1)}
    return "grants more than the author may", s.invitation_for(w, grants=grants)


# -- sheets ----------------------------------------------------------------------------------------------------


@case
def _sheet_by_contact(w: Any, s: Any) -> Refused:
    """A contact person makes a sheet."""
    return "only a coordinator makes a sheet", s.signed(w, w.contact, s.sheet(w, w.contact, "paper"))


@case
def _sheet_keys_twice(w: Any, s: Any) -> Refused:
    """A sheet with the keys of another."""
    s.sheet_made(w, w.coordinator, "paper")
    return "keys twice", s.signed(w, w.coordinator, s.sheet(w, w.coordinator, "paper"))


@case
def _sheet_grant_twice(w: Any, s: Any) -> Refused:
    """A sheet with the same grant twice."""
    body = s.sheet(w, w.coordinator, "paper", w.team_ring)
    return "a grant twice", s.signed(w, w.coordinator, replace(body, grants=body.grants * 2))


@case
def _sheet_foreign_ring(w: Any, s: Any) -> Refused:
    """A sheet with a contact person's own ring."""
    body = s.sheet(w, w.coordinator, "paper", w.contact.own_ring)
    return "grants more than the author may", s.signed(w, w.coordinator, body)


def _recovered(w: Any, s: Any) -> tuple[Any, Any]:
    from tests.support.core_world import keys, run

    return s.sheet_made(w, w.coordinator, "paper"), run(keys("new laptop", w.coordinator.member))


@case
def _recover_twice(w: Any, s: Any) -> Refused:
    """A sheet is used twice."""
    from tests.support.core_world import keys, run

    paper, laptop = _recovered(w, s)
    s.extend(w, s.recovery(w, "paper", paper, laptop))
    return "unknown sheet", s.recovery(w, "paper", paper, run(keys("thief", w.coordinator.member)))


@case
def _recover_by_other(w: Any, s: Any) -> Refused:
    """A recovery that the sheet did not sign."""
    paper, laptop = _recovered(w, s)
    body = parse(s.recovery(w, "paper", paper, laptop)).body
    assert isinstance(body, Recover)
    return "author of a recovery", s.signed(w, w.coordinator, body)


@case
def _recover_stolen_key(w: Any, s: Any) -> Refused:
    """The new device's proof is by another key."""
    paper, laptop = _recovered(w, s)
    return "signature", s.recovery(w, "paper", paper, laptop, prover=w.contact)


# -- the chain -------------------------------------------------------------------------------------------------


@case
def _head_to_come(w: Any, s: Any) -> Refused:
    """An entry on a head that is not there."""
    from tests.support.core_world import P, run

    body = parse(s.invitation_for(w)).body
    return "moved", run(sign(P, w.coordinator.signing, fixed("other head"), w.coordinator.device, body))


@case
def _forked(w: Any, s: Any) -> Refused:
    """Another entry, right in itself, after a head that has one already, by someone else."""
    other = s.invitation_for(w, "fourth", member=fixed("fourth", 16))
    s.extend(w, s.second_device(w, w.contact))
    return "forked", other


@case
def _lost_race(w: Any, s: Any) -> Refused:
    """The first try of someone who signed anew when another entry came between: no fork."""
    other = s.invitation_for(w, "fourth", member=fixed("fourth", 16))
    s.extend(w, s.invitation_for(w))
    return "moved", other


@case
def _fork_by_one_who_left(w: Any, s: Any) -> Refused:
    """An entry on an old head by someone who has left since: no fork."""
    other = s.second_device(w, w.contact)
    s.extend(w, s.revoke(w, w.coordinator, w.contact.device))
    return "moved", other


@case
def _genesis_author(w: Any, s: Any) -> Refused:
    """A roll whose first entry is by another than its invitation."""
    from tests.support.core_world import P, genesis_body, run

    body, _ = run(genesis_body())
    _empty(w)
    return "author of the genesis", run(sign(P, w.coordinator.signing, bytes(32), w.coordinator.device, body))


@case
def _genesis_grants(w: Any, s: Any) -> Refused:
    """The first invitation grants one of the two rings."""
    from tests.support.core_world import genesis_body, genesis_entry, run

    body, _ = run(genesis_body())
    _empty(w)
    short = replace(body, invite=replace(body.invite, grants=body.invite.grants[:1]))
    return "the first invitation grants the two rings", run(genesis_entry(short))


@case
def _genesis_second(w: Any, s: Any) -> Refused:
    """A genesis on top of a roll."""
    from sync.core import invitation
    from tests.support.core_world import P, genesis_body, run

    body, _ = run(genesis_body())
    signing = run(invitation.signing_key(P, fixed("first seed")))
    author = invitation_author(signing.public)
    return "a second genesis", run(sign(P, signing, w.state.head, author, body))


def _empty(w: Any) -> None:
    from sync.core.roll import Roll

    w.roll = Roll()
