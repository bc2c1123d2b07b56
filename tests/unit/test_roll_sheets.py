"""Recovery sheets: paper that can do one thing, once."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import BadSignature, InvitationUnknown
from sync.core.ids import device_id
from sync.core.rights import Role
from sync.core.roll_entry import Recover, Sheet, parse, sign
from tests.support.core_world import P, Person, World, add_device, founded, keys, run
from tests.support.roll_steps import (
    NEW,
    extend,
    found_team,
    invitation_for,
    joined,
    laptop_of,
    member_of,
    place,
    recovery,
    refused,
    refused_for,
    renew,
    revoke,
    sheet,
    sheet_keys,
    sheet_made,
    signed,
)
from tests.vectors.vector import fixed


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def new_laptop(w: World, by: Person | None = None) -> Person:
    """A device that is not on the roll yet."""
    return run(keys("new laptop", (by or w.coordinator).member))


# -- making one ------------------------------------------------------------------------------------------------


def test_a_sheet_holds_what_its_maker_may_hand_on(w: World) -> None:
    """It is a holder like any other, so renewals go to it as well."""
    paper = sheet_made(w, w.coordinator, "paper")
    mine = w.state.readable(w.coordinator.device)
    assert {r.id for r in w.state.rings.values() if paper.id in r.holders} == mine
    assert (paper.member, paper.team) == (w.coordinator.member, w.team)
    extend(w, renew(w, w.coordinator, w.team_ring))
    assert paper.id in w.state.rings[w.team_ring].holders


def test_only_a_confirmed_coordinator_makes_a_sheet(w: World) -> None:
    """Not a contact person, nor a coordinator whose words nobody has compared."""
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    for by in (w.contact, unconfirmed):
        refused_for(w, "only a coordinator makes a sheet", signed(w, by, sheet(w, by, "paper")))
    refused_for(w, "unknown device", signed(w, run(keys("x", NEW)), sheet(w, w.contact, "paper")))
    forged = run(sign(P, w.contact.signing, w.state.head, w.coordinator.device, sheet(w, w.coordinator, "paper")))
    refused(w, BadSignature, forged)


def test_a_sheet_is_granted_no_more_than_its_maker_may(w: World) -> None:
    """Not another's own ring, not one from above or beside, not an epoch to come, none twice."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    why = "grants more than the author may"
    for r in (w.team_ring, w.contact.own_ring, ring.coordinators_ring(south)):
        refused_for(w, why, signed(w, nora, sheet(w, nora, "paper", r)))
    body = sheet(w, nora, "paper", nora.own_ring)
    ahead = replace(body, grants=(replace(body.grants[0], epoch=2),))
    refused_for(w, why, signed(w, nora, ahead))
    nowhere = replace(body, grants=(replace(body.grants[0], ring=fixed("no ring", 16)),))
    refused_for(w, why, signed(w, nora, nowhere))
    refused_for(w, "a grant twice", signed(w, nora, replace(body, grants=body.grants * 2)))


def test_a_sheet_with_an_old_epoch_only_holds_nothing(w: World) -> None:
    """It opens what was."""
    body = sheet(w, w.coordinator, "paper", w.team_ring)
    extend(w, renew(w, w.coordinator, w.team_ring))
    extend(w, signed(w, w.coordinator, body))
    name = device_id(body.signing, body.agreement)
    assert not any(name in r.holders for r in w.state.rings.values())


def test_a_sheet_has_keys_of_its_own(w: World) -> None:
    """Not those of another sheet, of a device that is there, or of one that left; nor a device a sheet's."""
    paper = sheet_made(w, w.coordinator, "paper")
    refused_for(w, "keys twice", signed(w, w.coordinator, sheet(w, w.coordinator, "paper")))
    extend(w, revoke(w, w.coordinator, w.contact.device))
    for person in (w.coordinator, w.contact):
        taken = Sheet(person.signing.public, person.agreement.public, ())
        refused_for(w, "keys twice", signed(w, w.coordinator, taken))
    signing, _ = run(sheet_keys("paper"))
    extend(w, invitation_for(w, grants={}))
    thief = replace(run(keys("third", NEW)), signing=signing)
    entry = parse(run(add_device(w.roll, "third", w.state.head, thief)))
    assert device_id(signing.public, thief.agreement.public) != paper.id
    extend(w, entry.data)  # another pair of keys is another device: it is no sheet and holds none of its rings
    assert w.state.readable(device_id(signing.public, thief.agreement.public)) == {thief.own_ring}


# -- using one -------------------------------------------------------------------------------------------------


def test_a_sheet_brings_one_coordinator_device_and_is_used_up(w: World) -> None:
    """It opens what the sheet held; and as paper can be copied, all that is to be renewed."""
    paper, laptop = sheet_made(w, w.coordinator, "paper"), new_laptop(w)
    held = {r.id for r in w.state.rings.values() if paper.id in r.holders}
    extend(w, recovery(w, "paper", paper, laptop))
    device = w.state.device(laptop.device)
    assert (device.member, device.role, device.team) == (w.coordinator.member, Role.COORDINATOR, w.team)
    assert device.inviter == paper.id
    assert w.state.coordinates(laptop.device, w.team)
    assert w.state.readable(laptop.device) == held
    assert w.state.exposed == held
    assert not w.state.sheets
    assert not any(paper.id in r.holders for r in w.state.rings.values())
    extend(w, renew(w, laptop, *sorted(held)))
    assert w.state.exposed == set()


def test_a_sheet_is_used_once(w: World) -> None:
    """Whoever comes second with the same paper is refused."""
    paper = sheet_made(w, w.coordinator, "paper")
    extend(w, recovery(w, "paper", paper, new_laptop(w)))
    refused(w, InvitationUnknown, recovery(w, "paper", paper, run(keys("thief", w.coordinator.member))))


def test_a_sheet_gives_back_what_was_lost_with_every_device(w: World) -> None:
    """The only coordinator's laptop is gone: a second coordinator revokes it, the sheet brings another."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    paper = sheet_made(w, w.coordinator, "paper")
    extend(w, revoke(w, second, w.coordinator.device))
    laptop, own = new_laptop(w), w.coordinator.own_ring
    why = "the own ring comes with a device when nobody holds it"
    refused_for(w, why, recovery(w, "paper", paper, laptop))
    extend(w, recovery(w, "paper", paper, laptop, own=True))
    assert w.state.rings[own].holders == {laptop.device}
    assert w.state.rings[own].epoch == 2
    assert own not in w.state.exposed
    assert w.state.coordinates(laptop.device, w.team)


def test_while_a_device_holds_the_own_ring_a_sheet_does_not_open_it_anew(w: World) -> None:
    """It would shut that device out."""
    paper = sheet_made(w, w.coordinator, "paper", w.coordinators_ring)
    why = "the own ring comes with a device when nobody holds it"
    refused_for(w, why, recovery(w, "paper", paper, new_laptop(w), own=True))
    extend(w, recovery(w, "paper", paper, new_laptop(w)))
    assert w.coordinator.own_ring not in w.state.readable(new_laptop(w).device)


def test_a_sheet_without_the_coordinators_ring_makes_no_coordinator_in_earnest(w: World) -> None:
    """Its device waits for compared words, like an invited one."""
    paper = sheet_made(w, w.coordinator, "paper", w.team_ring)
    laptop = new_laptop(w)
    extend(w, recovery(w, "paper", paper, laptop))
    assert [d.id for d in w.state.unconfirmed()] == [laptop.device]
    assert w.state.author(laptop.device).role is Role.CONTACT


def test_only_the_sheet_s_key_recovers(w: World) -> None:
    """Its id, which the server knows, is not enough, nor is a device's own word."""
    paper, laptop = sheet_made(w, w.coordinator, "paper"), new_laptop(w)
    right = parse(recovery(w, "paper", paper, laptop))
    refused(w, BadSignature, recovery(w, "guessed", paper, laptop))
    refused_for(w, "author of a recovery", signed(w, w.coordinator, right.body))
    refused_for(w, "author of a recovery", signed(w, w.contact, right.body))
    refused(w, BadSignature, recovery(w, "paper", paper, laptop, prover=w.contact))
    body = right.body
    assert isinstance(body, Recover)
    signing, _ = run(sheet_keys("paper"))
    unknown = replace(body, sheet=fixed("no sheet", 16))
    refused(w, InvitationUnknown, run(sign(P, signing, w.state.head, paper.id, unknown)))
    extend(w, right.data)


def test_a_sheet_can_do_nothing_else(w: World) -> None:
    """It signs no other entry: not an invitation, not a revocation, not another sheet."""
    paper = sheet_made(w, w.coordinator, "paper")
    signing, agreement = run(sheet_keys("paper"))
    as_device = replace(new_laptop(w), signing=signing)
    assert device_id(signing.public, agreement) == paper.id
    bodies = [
        parse(e).body
        for e in (
            invitation_for(w),
            revoke(w, w.coordinator, w.contact.device),
            signed(w, w.coordinator, sheet(w, w.coordinator, "another")),
            renew(w, w.coordinator, w.team_ring),
            place(w, w.coordinator, w.contact.member, Role.COLLECTOR, w.team),
        )
    ]
    for body in bodies:
        refused_for(w, "unknown device", run(sign(P, as_device.signing, w.state.head, paper.id, body)))


def test_a_device_that_was_there_before_is_not_brought_again(w: World) -> None:
    """Not one that is on the roll, not one that left, not the sheet's own keys."""
    laptop = laptop_of(w, w.coordinator)
    paper = sheet_made(w, w.coordinator, "paper")
    refused_for(w, "device twice", recovery(w, "paper", paper, laptop))
    extend(w, revoke(w, w.coordinator, laptop.device))
    refused_for(w, "device twice", recovery(w, "paper", paper, laptop))


# -- losing one --------------------------------------------------------------------------------------------------


def test_a_lost_sheet_is_revoked_like_a_device(w: World) -> None:
    """What it held is renewed, and it brings nobody any more."""
    paper = sheet_made(w, w.coordinator, "paper")
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, revoke(w, second, paper.id))
    assert not w.state.sheets
    assert w.state.exposed == {w.coordinator.own_ring}
    refused(w, InvitationUnknown, recovery(w, "paper", paper, new_laptop(w)))
    assert paper.id not in w.state.left


def test_a_sheet_is_revoked_by_its_maker_or_a_coordinator_above(w: World) -> None:
    """Not by a contact person, nor from below or beside."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sara = member_of(w, "sara", south, Role.COORDINATOR)
    paper, own = sheet_made(w, nora, "paper"), sheet_made(w, w.coordinator, "own")
    why = "only the member or a coordinator revokes"
    for by, name in ((w.contact, paper), (sara, paper), (nora, own)):
        refused_for(w, why, revoke(w, by, name.id))
    extend(w, revoke(w, nora, paper.id))
    again = sheet_made(w, nora, "again")
    extend(w, revoke(w, w.coordinator, again.id))


def test_a_sheet_ends_when_its_member_gets_another_place(w: World) -> None:
    """It was for the place they had."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    paper = sheet_made(w, second, "paper")
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    assert not w.state.sheets
    refused(w, InvitationUnknown, recovery(w, "paper", paper, new_laptop(w, second)))
