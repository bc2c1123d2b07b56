"""Another role or team for a member: rings that are no longer theirs are lost and renewed; nothing else changes."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import BadSignature, InvitationUnknown
from sync.core.rights import Role
from sync.core.roll_entry import Cut, sign
from sync.core.roll_rules import NOTHING_SEEN
from tests.support.core_world import P, Person, World, add_device, keys, run
from tests.support.roll_steps import (
    NEW,
    extend,
    found_team,
    grant,
    invitation_for,
    joined,
    laptop_of,
    member_of,
    next_epoch,
    place,
    place_body,
    refused,
    refused_for,
    renew,
    revoke,
    second_device,
    sheet_made,
    signed,
)
from tests.vectors.vector import fixed

BOTH = "only a coordinator of both places moves someone"


@pytest.fixture
def north(w: World) -> bytes:
    """A team below."""
    return found_team(w, "north")


@pytest.fixture
def south(w: World) -> bytes:
    """Another team below."""
    return found_team(w, "south")


@pytest.fixture
def nico(w: World, north: bytes) -> Person:
    """A contact person of the north."""
    return member_of(w, "nico", north)


# -- what it does ------------------------------------------------------------------------------------------------


def test_a_move_takes_every_device_of_the_member(w: World, nico: Person, south: bytes) -> None:
    """Out of the old team's ring, which is renewed; not yet into the new one's, which is granted."""
    laptop, north_ring = laptop_of(w, nico), ring.team_ring(w.state.device(nico.device).team)
    before = w.state.rings[north_ring].epoch
    extend(w, place(w, w.coordinator, nico.member, Role.CONTACT, south))
    for person in (nico, laptop):
        assert w.state.device(person.device).team == south
        assert w.state.readable(person.device) == {nico.own_ring}
    assert w.state.rings[north_ring].epoch == before + 1
    assert w.state.rings[nico.own_ring].epoch == 1
    lacking = w.state.lacking(w.coordinator.device)
    assert lacking == [(ring.team_ring(south), p.device) for p in (nico, laptop)]
    extend(w, grant(w, w.coordinator, *lacking))
    assert ring.team_ring(south) in w.state.readable(laptop.device)


def test_a_contact_person_becomes_a_coordinator_when_the_words_were_compared(w: World) -> None:
    """The place gives the role; the grant makes it count. No ring is lost."""
    rings = w.state.rings
    extend(w, place(w, w.coordinator, w.contact.member, Role.COORDINATOR, w.team))
    assert w.state.rings == rings
    assert w.state.author(w.contact.device).role is Role.CONTACT
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, w.contact.device)))
    assert w.state.author(w.contact.device).role is Role.COORDINATOR


def test_who_is_no_longer_a_coordinator_loses_the_rings_of_coordinators(w: World, north: bytes) -> None:
    """The team's ring stays; what was held below goes."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, grant(w, w.coordinator, *[(r, second.device) for r, d in w.state.lacking(w.coordinator.device)]))
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    assert w.state.readable(second.device) == {w.team_ring, second.own_ring}
    renewed = {w.coordinators_ring, ring.team_ring(north), ring.coordinators_ring(north)}
    assert {r.id for r in w.state.rings.values() if r.epoch == 2} == renewed
    assert w.state.exposed == set()
    assert w.state.author(second.device).role is Role.CONTACT


def test_a_coordinator_steps_down_and_the_others_renew(w: World) -> None:
    """Whoever leaves a ring can't renew it: it is exposed until a coordinator does."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, place(w, second, second.member, Role.CONTACT, w.team))
    assert w.state.exposed == {w.coordinators_ring}
    refused_for(w, "not this device's to renew", renew(w, second, w.coordinators_ring))
    extend(w, renew(w, w.coordinator, w.coordinators_ring))
    assert w.state.exposed == set()


def test_a_move_is_marked_with_what_they_may_do_since(w: World, nico: Person, south: bytes) -> None:
    """Readers judge what lies beyond by it."""
    cut = Cut(nico.device, ((ring.team_ring(w.state.device(nico.device).team), 2, fixed("second")),))
    extend(w, place(w, w.coordinator, nico.member, Role.CONTACT, south, [cut]))
    (mark,) = w.state.marks[nico.device]
    assert (mark.place, mark.role, mark.teams) == (w.state.length, Role.CONTACT, {south})
    assert mark.numbers[cut.places[0][0]] == (2, fixed("second"))
    assert mark.numbers[ring.team_ring(south)] == NOTHING_SEEN
    assert nico.own_ring not in mark.numbers


def test_earlier_heads_keep_the_earlier_place(w: World, nico: Person, south: bytes) -> None:
    """Notes made before are judged by it."""
    head = w.state.head
    extend(w, place(w, w.coordinator, nico.member, Role.COLLECTOR, south))
    assert w.roll.at(head).author(nico.device).role is Role.CONTACT
    assert w.state.author(nico.device).role is Role.COLLECTOR


def test_the_invitations_someone_made_end_with_their_place(w: World, north: bytes) -> None:
    """One by a coordinator who steps down, and one for a second device in the old place."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, invitation_for(w, by=second))
    announced = w.state.head
    extend(w, second_device(w, second))
    laptop = w.state.head
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, north))
    refused(w, InvitationUnknown, run(add_device(w.roll, "third", announced, run(keys("third", NEW)))))
    late = run(keys("laptop", second.member))
    refused(w, InvitationUnknown, run(add_device(w.roll, "laptop", laptop, late, own=False)))


# -- who may -----------------------------------------------------------------------------------------------------


def test_nobody_but_a_coordinator_of_both_places_moves_someone(
    w: World, nico: Person, north: bytes, south: bytes
) -> None:
    """Not the member, not a coordinator of the one place or the other, nor one not yet confirmed."""
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sara = member_of(w, "sara", south, Role.COORDINATOR)
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    for by in (nico, nora, sara, unconfirmed, w.contact):
        refused_for(w, BOTH, place(w, by, nico.member, Role.CONTACT, south))
    refused_for(w, BOTH, place(w, nora, nico.member, Role.COORDINATOR, w.team))
    refused_for(w, BOTH, place(w, nora, w.coordinator.member, Role.CONTACT, w.team))
    refused_for(w, BOTH, place(w, nico, nico.member, Role.COORDINATOR, north))
    extend(w, place(w, nora, nico.member, Role.COORDINATOR, north))


def test_nobody_is_moved_in_another_s_name(w: World, nico: Person, south: bytes) -> None:
    """The signature has to be the author's."""
    body = place_body(w, w.coordinator, nico.member, Role.CONTACT, south)
    refused(w, BadSignature, run(sign(P, nico.signing, w.state.head, w.coordinator.device, body)))
    refused_for(w, "unknown device", signed(w, run(keys("stranger", NEW)), body))


def test_there_has_to_be_someone_to_move_and_a_place_to_move_to(w: World, nico: Person, south: bytes) -> None:
    """Not a member unknown or gone, not to no team, not to where they are."""
    nobody = "nobody there to place"
    body = place_body(w, w.coordinator, nico.member, Role.CONTACT, south)
    refused_for(w, nobody, signed(w, w.coordinator, replace(body, member=fixed("nobody", 16))))
    refused_for(w, nobody, signed(w, w.coordinator, replace(body, team=fixed("no team", 16))))
    team = w.state.device(nico.device).team
    refused_for(w, "nothing changes", place(w, w.coordinator, nico.member, Role.CONTACT, team))
    extend(w, revoke(w, w.coordinator, nico.device))
    refused_for(w, nobody, place(w, w.coordinator, nico.member, Role.CONTACT, south))


def test_a_move_cuts_each_device_of_the_member_once_and_no_other(w: World, nico: Person, south: bytes) -> None:
    """Every one of them may have written something that is not here yet."""
    laptop_of(w, nico)
    body = place_body(w, w.coordinator, nico.member, Role.CONTACT, south)
    why = "each device's cut"
    for cuts in ((), body.cuts[:1], (*body.cuts, body.cuts[0]), (*body.cuts, Cut(w.contact.device))):
        refused_for(w, why, signed(w, w.coordinator, replace(body, cuts=cuts)))
    foreign = [Cut(c.device, ((nico.own_ring, 1, fixed("own")),)) for c in body.cuts]
    why = "a cut names rings that its author holds, once"
    refused_for(w, why, signed(w, w.coordinator, replace(body, cuts=tuple(foreign))))


def test_what_is_lost_is_renewed_with_the_move(w: World, nico: Person, north: bytes, south: bytes) -> None:
    """Not left open, nothing else renewed, and the mover not in it."""
    body = place_body(w, w.coordinator, nico.member, Role.CONTACT, south)
    assert [e.ring for e in body.epochs] == [ring.team_ring(north)]
    wrong = "these rings are not the ones to be renewed"
    refused_for(w, wrong, signed(w, w.coordinator, replace(body, epochs=())))
    more = (*body.epochs, next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders))
    refused_for(w, wrong, signed(w, w.coordinator, replace(body, epochs=more)))
    with_them = next_epoch(w, ring.team_ring(north), [w.coordinator.device, nico.device])
    why = "granted to exactly the holders"
    refused_for(w, why, signed(w, w.coordinator, replace(body, epochs=(with_them,))))


def test_the_last_coordinator_of_the_top_team_keeps_the_place(w: World, north: bytes) -> None:
    """Neither steps down nor moves below."""
    why = "the last coordinator stays"
    refused_for(w, why, place(w, w.coordinator, w.coordinator.member, Role.CONTACT, w.team))
    refused_for(w, why, place(w, w.coordinator, w.coordinator.member, Role.COORDINATOR, north))
    member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, place(w, w.coordinator, w.coordinator.member, Role.COORDINATOR, north))
    assert w.state.coordinates(w.coordinator.device, north)
    assert not w.state.coordinates(w.coordinator.device, w.team)


def test_a_sheet_s_rings_are_renewed_when_its_maker_is_moved(w: World) -> None:
    """The paper holds nothing any more: what it held is made new."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    paper = sheet_made(w, second, "paper")
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    assert not any(paper.id in r.holders for r in w.state.rings.values())
    assert w.state.exposed == {second.own_ring}
    assert w.state.rings[w.team_ring].epoch == w.state.rings[w.coordinators_ring].epoch == 2
