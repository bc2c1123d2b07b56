"""Second devices and ring epochs: rings go to whom they should and to nobody else."""

import pytest

from sync.core.errors import (
    RollRefused,
)
from sync.core.rights import Role
from tests.support.core_world import (
    World,
    add_device,
    founded,
    keys,
    run,
)
from tests.support.roll_steps import NEW, extend, invitation_for, joined, refused, renewal, second_device
from tests.vectors.vector import fixed


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def test_a_member_adds_a_second_device_that_reads_the_same(w: World) -> None:
    """Own ring and team ring, in the same role, without a coordinator."""
    extend(w, second_device(w, w.contact))
    laptop = run(keys("laptop", w.contact.member))
    extend(w, run(add_device(w.roll, "laptop", w.state.head, laptop, own=False)))
    assert w.state.readable(laptop.device) == w.state.readable(w.contact.device)
    assert w.state.members()[w.contact.member] == [w.state.device(d.device) for d in (w.contact, laptop)]


def test_a_coordinator_hands_the_coordinators_ring_to_the_own_laptop(w: World) -> None:
    """What a device holds it may hand on to the same member."""
    grants = {(w.coordinators_ring, 1): w.privates[w.coordinators_ring]}
    extend(w, second_device(w, w.coordinator, grants=grants))
    laptop = run(keys("laptop", w.coordinator.member))
    extend(w, run(add_device(w.roll, "laptop", w.state.head, laptop, own=False)))
    assert w.state.readable(laptop.device) == {w.coordinators_ring}


def test_a_second_device_gets_no_higher_role_and_no_ring_that_the_first_lacks(w: World) -> None:
    """Nobody promotes themself by adding a device."""
    refused(w, RollRefused, second_device(w, w.contact, role=Role.COORDINATOR))
    private = {(w.coordinators_ring, 1): w.privates[w.coordinators_ring]}
    refused(w, RollRefused, second_device(w, w.contact, grants=private))
    refused(w, RollRefused, second_device(w, w.contact, team=fixed("foreign", 16)))


def test_a_new_epoch_goes_to_everyone_who_holds_the_ring(w: World) -> None:
    """The ring has a new public half and the same holders; the old half is kept for what was."""
    old, before = w.state.rings[w.team_ring].public, w.state
    extend(w, renewal(w, w.coordinator, w.team_ring, 2, w.coordinator, w.contact))
    ring_ = w.state.rings[w.team_ring]
    assert (ring_.epoch, ring_.publics[0]) == (2, old)
    assert w.team_ring in w.state.readable(w.contact.device)
    assert before.rings[w.team_ring].epoch == 1


def test_a_new_epoch_leaves_out_nobody(w: World) -> None:
    """Whoever is to leave a ring is revoked or moved, in the open: no one is dropped from it in passing."""
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 2, w.coordinator))


def test_epochs_follow_one_another(w: World) -> None:
    """No epoch is skipped or made twice."""
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 3, w.coordinator, w.contact))
    both = (w.coordinator, w.contact)
    extend(w, renewal(w, w.coordinator, w.team_ring, 2, *both))
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 2, *both))


def test_only_a_coordinator_who_holds_it_renews_a_team_s_ring(w: World) -> None:
    """Not a contact person, not a coordinator without the ring, and nobody a ring that does not exist."""
    refused(w, RollRefused, renewal(w, w.contact, w.team_ring, 2, w.contact))
    other = joined(w, "fellow", NEW, role=Role.COORDINATOR)
    refused(w, RollRefused, renewal(w, other, w.coordinators_ring, 2, other))
    refused(w, RollRefused, renewal(w, w.coordinator, fixed("no ring", 16), 2, w.coordinator))


def test_a_member_s_own_ring_is_renewed_by_their_devices_alone(w: World) -> None:
    """The contact person may, the coordinator may not."""
    refused(w, RollRefused, renewal(w, w.coordinator, w.contact.own_ring, 2, w.coordinator))
    extend(w, renewal(w, w.contact, w.contact.own_ring, 2, w.contact))


def test_a_new_epoch_goes_to_holders_once_each_and_to_its_maker(w: World) -> None:
    """Renewing is no way to let someone in, nor to leave a ring that nobody opens."""
    refused(w, RollRefused, renewal(w, w.coordinator, w.coordinators_ring, 2, w.coordinator, w.contact))
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 2, w.coordinator, w.coordinator))
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 2))
    refused(w, RollRefused, renewal(w, w.coordinator, w.team_ring, 2, w.contact))


def test_an_invitation_that_is_older_than_the_epoch_opens_nothing_newer(w: World) -> None:
    """A ring renewed between announcement and joining is not counted as the new device's."""
    extend(w, invitation_for(w))
    announced = w.state.head
    extend(w, renewal(w, w.coordinator, w.team_ring, 2, w.coordinator, w.contact))
    late = run(keys("third", NEW))
    extend(w, run(add_device(w.roll, "third", announced, late)))
    assert w.state.readable(late.device) == {late.own_ring}


def test_an_invitation_grants_the_current_epoch_or_nothing(w: World) -> None:
    """Only an older epoch would make a holder who can't read what is written next."""
    extend(w, renewal(w, w.coordinator, w.team_ring, 2, w.coordinator, w.contact))
    refused(w, RollRefused, invitation_for(w))
