"""Grants to who is there already, and coordinators who count for nothing before their words are compared."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import BadSignature, NotForThisKey
from sync.core.rights import Role
from sync.core.roll_entry import Granted, sign
from tests.support.core_world import P, Person, World, founded, keys, run
from tests.support.roll_steps import (
    NEW,
    extend,
    found_team,
    grant,
    granted,
    joined,
    laptop_of,
    member_of,
    refused,
    refused_for,
    renew,
    sealed_to,
    sheet_made,
    signed,
)
from tests.vectors.vector import fixed

GRANTER, HOLDER = "not this device's to grant", "not for this device"


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


@pytest.fixture
def second(w: World) -> Person:
    """A second coordinator who was invited and not yet confirmed."""
    return joined(w, "second", NEW, role=Role.COORDINATOR)


def test_a_coordinator_counts_from_the_grant_of_the_coordinators_ring(w: World, second: Person) -> None:
    """Before it as a contact person, in the rights table as on the roll."""
    before, head = w.state.author(second.device), w.state.head
    assert (before.role, before.teams) == (Role.CONTACT, {w.team})
    assert w.state.unconfirmed() == [w.state.device(second.device)]
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, second.device)))
    assert w.state.author(second.device).role is Role.COORDINATOR
    assert w.state.unconfirmed() == []
    assert w.roll.at(head).author(second.device).role is Role.CONTACT


def test_an_unconfirmed_coordinator_grants_invites_and_moves_nobody(w: World, second: Person) -> None:
    """Not even with a ring in hand that they hold."""
    bare = laptop_of(w, w.contact, rings=False)
    refused_for(w, GRANTER, grant(w, second, (w.team_ring, bare.device)))
    refused_for(w, GRANTER, grant(w, second, (w.coordinators_ring, second.device)))
    assert w.state.lacking(second.device) == []


def test_a_coordinator_of_a_lower_team_is_confirmed_by_their_own_team_s_ring(w: World) -> None:
    """The team's ring, or another's coordinators' ring, makes no coordinator."""
    north = found_team(w, "north")
    r = ring.team_ring(north)
    nora = joined(w, "nora", NEW, team=north, role=Role.COORDINATOR, grants={(r, 1): fixed(f"private {r.hex()} 1")})
    assert not w.state.coordinates(nora.device, north)
    refused_for(w, HOLDER, grant(w, w.coordinator, (w.coordinators_ring, nora.device)))
    street = found_team(w, "street", parent=north)
    extend(w, grant(w, w.coordinator, (ring.coordinators_ring(street), nora.device)))
    assert not w.state.coordinates(nora.device, street)
    extend(w, grant(w, w.coordinator, (ring.coordinators_ring(north), nora.device)))
    assert w.state.coordinates(nora.device, street)


def test_an_old_epoch_confirms_nobody(w: World, second: Person) -> None:
    """It opens what was; a holder is who has the current half."""
    extend(w, renew(w, w.coordinator, w.coordinators_ring))
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, second.device), epoch=1))
    assert second.device not in w.state.rings[w.coordinators_ring].holders
    assert w.state.author(second.device).role is Role.CONTACT


def test_several_epochs_go_in_one_entry(w: World, second: Person) -> None:
    """What was and what is: the current one makes the holder."""
    extend(w, renew(w, w.coordinator, w.coordinators_ring))
    items = [granted(w, (w.coordinators_ring, second.device), epoch=e).items[0] for e in (1, 2)]
    extend(w, signed(w, w.coordinator, Granted(tuple(items))))
    assert second.device in w.state.rings[w.coordinators_ring].holders


def test_only_a_coordinator_who_holds_the_ring_grants_a_team_s(w: World) -> None:
    """Not a contact person who holds it, not a coordinator who doesn't, not one from beside."""
    bare = laptop_of(w, w.contact, rings=False)
    refused_for(w, GRANTER, grant(w, w.contact, (w.team_ring, bare.device)))
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sam = joined(w, "sam", NEW, team=south, grants={})
    refused_for(w, GRANTER, grant(w, nora, (ring.team_ring(south), sam.device)))
    refused_for(w, GRANTER, grant(w, nora, (w.team_ring, bare.device)))
    extend(w, grant(w, w.coordinator, (ring.team_ring(south), sam.device), (w.team_ring, bare.device)))


def test_the_own_ring_is_granted_by_the_member_s_devices_to_the_member_s_devices(w: World) -> None:
    """By nobody else and to nobody else."""
    bare = laptop_of(w, w.contact, rings=False)
    own = w.contact.own_ring
    refused_for(w, GRANTER, grant(w, w.coordinator, (own, bare.device)))
    refused_for(w, HOLDER, grant(w, w.contact, (own, w.coordinator.device)))
    refused_for(w, GRANTER, grant(w, bare, (own, bare.device)))
    extend(w, grant(w, w.contact, (own, bare.device)))
    assert bare.device in w.state.rings[own].holders


def test_a_team_s_ring_goes_to_that_team_and_coordinators_above(w: World) -> None:
    """Not to a neighbour's member, not to a contact person from above; the coordinators' ring to no contact person."""
    north, south = found_team(w, "north"), found_team(w, "south")
    sam = member_of(w, "sam", south)
    sara = member_of(w, "sara", south, Role.COORDINATOR)
    for other in (sam, sara, w.contact):
        refused_for(w, HOLDER, grant(w, w.coordinator, (ring.team_ring(north), other.device)))
    collector = member_of(w, "collector", w.team, Role.COLLECTOR)
    for other in (w.contact, collector, sara):
        refused_for(w, HOLDER, grant(w, w.coordinator, (w.coordinators_ring, other.device)))
    above = member_of(w, "above", w.team, Role.COORDINATOR)
    extend(w, grant(w, w.coordinator, (ring.coordinators_ring(south), above.device)))


def test_a_grant_is_for_a_ring_and_device_that_are_there_at_an_epoch_that_is(w: World, second: Person) -> None:
    """Nothing unknown, nothing to come, nothing twice, and not nothing."""
    (item,) = granted(w, (w.coordinators_ring, second.device)).items
    r, epoch, device, sealed = item
    refused_for(w, GRANTER, signed(w, w.coordinator, Granted(((fixed("no ring", 16), 1, device, sealed),))))
    refused_for(w, HOLDER, signed(w, w.coordinator, Granted(((r, 2, device, sealed),))))
    refused_for(w, HOLDER, signed(w, w.coordinator, Granted(((r, epoch, fixed("nobody", 16), sealed),))))
    refused_for(w, "a grant twice", signed(w, w.coordinator, Granted((item, item))))
    refused_for(w, "a grant twice", signed(w, w.coordinator, Granted(())))
    refused_for(w, "unknown device", signed(w, run(keys("stranger", NEW)), Granted((item,))))
    refused(w, BadSignature, run(sign(P, second.signing, w.state.head, w.coordinator.device, Granted((item,)))))
    extend(w, signed(w, w.coordinator, Granted((item,))))


def test_who_is_granted_what_they_hold_stays_as_they_were(w: World) -> None:
    """A grant that did not open can be made again."""
    before = w.state.rings
    extend(w, grant(w, w.coordinator, (w.team_ring, w.contact.device)))
    assert w.state.rings == before


def test_a_sheet_is_granted_rings_that_were_renewed_or_made_since(w: World) -> None:
    """As a device of its place would be, by who may."""
    paper = sheet_made(w, w.coordinator, "paper", w.coordinators_ring)
    assert (w.team_ring, paper.id) in w.state.lacking(w.coordinator.device)
    extend(w, grant(w, w.coordinator, (w.team_ring, paper.id)))
    assert paper.id in w.state.rings[w.team_ring].holders
    refused_for(w, HOLDER, signed(w, w.contact, Granted(((w.contact.own_ring, 1, paper.id, bytes(80)),))))


def test_what_is_lacking_is_offered_to_who_may_grant_it_and_asks_for_no_words(w: World, second: Person) -> None:
    """A second phone's own ring, the team's ring; the coordinators' ring only once the words were compared."""
    bare = laptop_of(w, w.contact, rings=False)
    assert w.state.lacking(w.contact.device) == [(w.contact.own_ring, bare.device)]
    assert w.state.lacking(w.coordinator.device) == [(w.team_ring, bare.device)]
    assert w.state.lacking(bare.device) == []
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, second.device)))
    north = found_team(w, "north")
    lacking = set(w.state.lacking(w.coordinator.device))
    rings = {ring.team_ring(north), ring.coordinators_ring(north)}
    assert lacking == {(r, second.device) for r in rings} | {(w.team_ring, bare.device)}


def test_what_is_granted_can_be_opened_by_whom_it_is_for_alone(w: World, second: Person) -> None:
    """The bytes on the roll are the ring's private half, sealed to that device."""
    sealed = sealed_to(w, w.coordinators_ring, 1, second.device)
    given = ring.Grant(w.coordinators_ring, 1, sealed)
    half = run(ring.accept(P, second.agreement, w.state.organisation, given))
    assert half == w.privates[w.coordinators_ring]
    for key, other in ((w.contact.agreement, given), (second.agreement, replace(given, epoch=2))):
        with pytest.raises(NotForThisKey):
            run(ring.accept(P, key, w.state.organisation, other))
