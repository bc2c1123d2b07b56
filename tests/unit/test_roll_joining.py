"""Who may invite and join: what each entry may do, and what none may."""

from dataclasses import replace

import pytest

from sync.core import invitation
from sync.core.errors import (
    BadSignature,
    InvitationUnknown,
    InvitationUsed,
    RollRefused,
)
from sync.core.ids import entry_hash
from sync.core.rights import Role
from sync.core.roll_entry import NO_PREVIOUS, parse, sign
from tests.support.core_world import (
    P,
    World,
    add_device,
    bounds,
    founded,
    invite,
    keys,
    run,
)
from tests.support.roll_steps import NEW, extend, invitation_for, joined, refused, second_device, team_grant
from tests.vectors.vector import fixed


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def test_a_coordinator_invites_anyone_into_the_team(w: World) -> None:
    """A collector, a contact person or another coordinator, each with the team's ring at most."""
    for i, role in enumerate(Role):
        person = joined(w, f"new {i}", fixed(f"member {i}", 16), role=role)
        assert w.state.device(person.device).role is role
        assert w.state.readable(person.device) == {w.team_ring, person.own_ring}


def test_an_invitation_may_grant_no_ring(w: World) -> None:
    """Then the new member reads only their own."""
    person = joined(w, "third", NEW, grants={})
    assert w.state.readable(person.device) == {person.own_ring}


def test_only_a_coordinator_invites(w: World) -> None:
    """A contact person can't bring in a new member, in any role."""
    for role in Role:
        refused(w, RollRefused, invitation_for(w, by=w.contact, role=role))


def test_a_stranger_invites_nobody(w: World) -> None:
    """A device that is not on the roll has no say."""
    refused(w, RollRefused, invitation_for(w, by=run(keys("stranger", NEW))))


def test_nobody_invites_in_another_s_name(w: World) -> None:
    """An entry that names the coordinator but is signed by a contact person is a bad signature."""
    body = run(bounds("third", w.state.organisation, NEW, Role.CONTACT, w.team, team_grant(w)))
    refused(w, BadSignature, run(sign(P, w.contact.signing, w.state.head, w.coordinator.device, body)))


def test_an_invitation_is_for_the_own_team(w: World) -> None:
    """Into a foreign team nobody can be invited."""
    refused(w, RollRefused, invitation_for(w, team=fixed("foreign", 16)))


def test_an_invitation_grants_no_more_than_the_team_s_ring(w: World) -> None:
    """Neither the coordinators' ring, nor someone's own, nor a ring that does not exist, nor a coming epoch."""
    private = w.privates[w.coordinators_ring]
    for ring_ in (w.coordinators_ring, w.coordinator.own_ring, w.contact.own_ring, fixed("no ring", 16)):
        refused(w, RollRefused, invitation_for(w, grants={(ring_, 1): private}))
        refused(w, RollRefused, invitation_for(w, role=Role.COORDINATOR, grants={**team_grant(w), (ring_, 1): private}))
    refused(w, RollRefused, invitation_for(w, grants={**team_grant(w), (w.team_ring, 2): private}))


def test_one_member_is_invited_once(w: World) -> None:
    """A second invitation under a member id that is already promised is refused: no one takes another's place."""
    extend(w, invitation_for(w))
    refused(w, RollRefused, invitation_for(w, "fourth"))


def test_no_one_is_invited_as_an_existing_member(w: World) -> None:
    """A coordinator can't add a device to someone else's name, in no role."""
    for role in Role:
        refused(w, RollRefused, invitation_for(w, member=w.contact.member, role=role))


def test_a_grant_stands_once(w: World) -> None:
    """The same ring and epoch twice is refused."""
    body = run(bounds("third", w.state.organisation, NEW, Role.CONTACT, w.team, team_grant(w)))
    refused(w, RollRefused, run(invite(w.roll, w.coordinator, replace(body, grants=body.grants * 2))))


def test_an_invitation_is_used_once(w: World) -> None:
    """The second device that comes with the same link is refused."""
    announced = w.roll.entries[2]
    refused(w, InvitationUsed, run(add_device(w.roll, "second", entry_hash(announced), run(keys("late", NEW)))))


def test_an_invitation_that_was_not_announced_does_not_exist(w: World) -> None:
    """A made-up hash, or that of an entry that announces nothing."""
    for announced in (fixed("made up"), w.state.head, NO_PREVIOUS):
        refused(w, InvitationUnknown, run(add_device(w.roll, "second", announced, run(keys("x", NEW)))))


def test_only_the_invitation_s_key_enrols(w: World) -> None:
    """The hash alone, which the server knows, is not enough: another seed is refused."""
    extend(w, invitation_for(w))
    announced, person = w.state.head, run(keys("third", NEW))
    refused(w, RollRefused, run(add_device(w.roll, "guessed", announced, person)))
    right = parse(run(add_device(w.roll, "third", announced, person)))
    forged = run(sign(P, w.coordinator.signing, w.state.head, right.author, right.body))
    refused(w, BadSignature, forged)
    extend(w, right.data)


def test_nobody_enrols_another_s_key(w: World) -> None:
    """The proof has to be by the very key that joins."""
    extend(w, invitation_for(w))
    thief, victim = run(keys("thief", NEW)), run(keys("victim", NEW))
    refused(w, BadSignature, run(add_device(w.roll, "third", w.state.head, victim, prover=thief)))


def test_whoever_knows_the_link_cannot_swap_the_own_ring(w: World) -> None:
    """The coordinator, who made the seed, can't sign the joiner's entry anew with a ring that they can open."""
    extend(w, invitation_for(w))
    announced, joiner = w.state.head, run(keys("third", NEW))
    honest = parse(run(add_device(w.roll, "third", announced, joiner)))
    inviting = run(invitation.signing_key(P, fixed("third seed")))
    bait = run(P.agreement_key(fixed("the coordinator's"))).public
    swapped = replace(honest.body, own_public=bait)  # type: ignore[type-var]
    refused(w, BadSignature, run(sign(P, inviting, w.state.head, honest.author, swapped)))
    extend(w, honest.data)


def test_a_device_joins_once(w: World) -> None:
    """The same keys can't stand on the roll twice, under another name neither."""
    extend(w, invitation_for(w))
    again = run(add_device(w.roll, "third", w.state.head, w.contact))
    refused(w, RollRefused, again)


def test_the_own_ring_comes_with_the_first_device_only(w: World) -> None:
    """A first device without one, or a second with one, is refused."""
    extend(w, invitation_for(w))
    refused(w, RollRefused, run(add_device(w.roll, "third", w.state.head, run(keys("third", NEW)), own=False)))
    extend(w, second_device(w, w.contact))
    laptop = run(keys("laptop", w.contact.member))
    refused(w, RollRefused, run(add_device(w.roll, "laptop", w.state.head, laptop, own=True)))
    extend(w, run(add_device(w.roll, "laptop", w.state.head, laptop, own=False)))
