"""Teams below one another: who makes them, and how far a coordinator's word goes."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import BadSignature
from sync.core.rights import Role
from sync.core.roll_entry import Team, sign
from tests.support.core_world import P, Person, World, founded, keys, run
from tests.support.roll_steps import (
    NEW,
    extend,
    found_team,
    invitation_for,
    joined,
    member_of,
    next_epoch,
    refused,
    refused_for,
    sheet_made,
    signed,
    team_body,
)
from tests.vectors.vector import fixed

HELD = "granted to coordinators above, the author among them"


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def attempt(w: World, by: Person, body: Team) -> bytes:
    """The entry of a team."""
    return signed(w, by, body)


def test_a_team_begins_with_two_rings_at_epoch_one(w: World) -> None:
    """Held by who made it."""
    north = found_team(w, "north")
    assert w.state.teams == {w.team: None, north: w.team}
    for kind, name in ((ring.TEAM, ring.team_ring(north)), (ring.COORDINATORS, ring.coordinators_ring(north))):
        made = w.state.rings[name]
        assert (made.kind, made.owner, made.epoch, made.holders) == (kind, north, 1, {w.coordinator.device})
    assert w.state.coordinates(w.coordinator.device, north)


def test_covering_goes_down_and_never_up_or_sideways(w: World) -> None:
    """Three floors and a neighbour."""
    north = found_team(w, "north")
    street = found_team(w, "street", parent=north)
    south = found_team(w, "south")
    for above, below in ((w.team, north), (w.team, street), (north, street), (north, north), (w.team, w.team)):
        assert w.state.covers(above, below)
    for above, below in ((north, w.team), (street, north), (north, south), (south, street)):
        assert not w.state.covers(above, below)
    assert not w.state.covers(north, fixed("no team", 16))
    assert w.state.within(north, Role.COORDINATOR) == {north, street}
    assert w.state.within(north, Role.CONTACT) == w.state.within(north, Role.COLLECTOR) == {north}


def test_only_a_coordinator_above_makes_a_team(w: World) -> None:
    """Not a contact person, an unconfirmed coordinator, a neighbour, one below, or under no team at all."""
    why = "only a coordinator above makes a team"
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    for by, parent in ((w.contact, w.team), (unconfirmed, w.team), (nora, south), (nora, w.team)):
        refused_for(w, why, attempt(w, by, team_body(w, "new", parent, by)))
    refused_for(w, why, attempt(w, w.coordinator, team_body(w, "new", fixed("no team", 16), w.coordinator)))
    refused_for(w, "unknown device", attempt(w, run(keys("stranger", NEW)), team_body(w, "new", w.team, nora)))
    extend(w, attempt(w, nora, team_body(w, "new", north, nora)))


def test_a_team_is_made_once(w: World) -> None:
    """Not under another parent either: no circle, no second root."""
    north = found_team(w, "north")
    street = found_team(w, "street", parent=north)
    for name, parent in (("north", w.team), ("north", street), ("street", w.team)):
        refused_for(w, "a team twice", attempt(w, w.coordinator, team_body(w, name, parent, w.coordinator)))
    root = replace(team_body(w, "x", north, w.coordinator), team=w.team)
    refused_for(w, "a team twice", attempt(w, w.coordinator, root))


def test_a_team_has_exactly_its_two_rings(w: World) -> None:
    """Not one, not another's, not one twice."""
    body = team_body(w, "north", w.team, w.coordinator)
    other = next_epoch(w, w.team_ring, [w.coordinator.device])
    for epochs in ((), body.epochs[:1], (*body.epochs, other), (body.epochs[0], other), (*body.epochs, body.epochs[0])):
        refused_for(w, "a team has two rings", attempt(w, w.coordinator, replace(body, epochs=epochs)))


def test_a_team_s_epochs_begin_at_one_and_each_holder_gets_one_grant(w: World) -> None:
    """Not at 2, and no grant twice."""
    body = team_body(w, "north", w.team, w.coordinator)
    late = tuple(replace(e, epoch=2) for e in body.epochs)
    twice = tuple(replace(e, grants=e.grants * 2) for e in body.epochs)
    for epochs in (late, twice):
        refused_for(w, "epochs begin at 1", attempt(w, w.coordinator, replace(body, epochs=epochs)))


def test_a_new_team_is_held_by_confirmed_coordinators_above_and_sheets_of_theirs(w: World) -> None:
    """Nobody else is let in at birth, and its maker holds it."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    nico = member_of(w, "nico", north)
    sara = member_of(w, "sara", south, Role.COORDINATOR)
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    for other in (w.contact, nico, sara, unconfirmed):
        refused_for(w, HELD, attempt(w, nora, team_body(w, "street", north, nora, other)))
    refused_for(w, HELD, attempt(w, nora, team_body(w, "street", north, w.coordinator)))
    refused_for(w, HELD, attempt(w, nora, team_body(w, "street", north)))
    paper = sheet_made(w, nora, "paper")
    body = team_body(w, "street", north, nora, w.coordinator)
    rings = tuple(next_epoch(w, e.ring, [nora.device, w.coordinator.device, paper.id]) for e in body.epochs)
    extend(w, attempt(w, nora, replace(body, epochs=rings)))
    assert w.state.rings[ring.team_ring(body.team)].holders == {nora.device, w.coordinator.device, paper.id}


def test_a_sheet_from_below_does_not_hold_a_team_beside_it(w: World) -> None:
    """It is for its maker's place."""
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    paper = sheet_made(w, nora, "paper")
    body = team_body(w, "south", w.team, w.coordinator)
    rings = tuple(next_epoch(w, e.ring, [w.coordinator.device, paper.id]) for e in body.epochs)
    refused_for(w, HELD, attempt(w, w.coordinator, replace(body, epochs=rings)))


def test_nobody_makes_a_team_in_another_s_name(w: World) -> None:
    """The signature has to be the author's."""
    body = team_body(w, "north", w.team, w.coordinator)
    refused(w, BadSignature, run(sign(P, w.contact.signing, w.state.head, w.coordinator.device, body)))


def test_a_coordinator_invites_into_teams_below_with_that_team_s_ring(w: World) -> None:
    """And not into the team above, beside, or with another team's ring."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    why = "only a coordinator of the team invites a member"
    for team in (w.team, south):
        refused_for(w, why, invitation_for(w, by=nora, team=team, grants={}))
    wrong = {(ring.team_ring(north), 1): fixed("any")}
    refused_for(w, "grants more than the author may", invitation_for(w, team=south, grants=wrong))
    nico = member_of(w, "nico", north)
    assert w.state.readable(nico.device) == {ring.team_ring(north), nico.own_ring}


def test_a_coordinator_above_who_lacks_the_ring_invites_without_it(w: World) -> None:
    """Whoever holds it grants it later."""
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    body = team_body(w, "street", north, nora)
    extend(w, attempt(w, nora, body))
    street = ring.team_ring(body.team)
    given = {(street, 1): fixed("any")}
    refused_for(w, "grants more than the author may", invitation_for(w, team=body.team, grants=given))
    guest = joined(w, "guest", NEW, team=body.team, grants={})
    assert (street, guest.device) in w.state.lacking(nora.device)
