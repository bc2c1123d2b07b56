"""Who may make whom leave, and what has to happen to every ring that the leaver held."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import BadSignature, InvitationUnknown, InvitationUsed
from sync.core.ids import entry_hash
from sync.core.rights import Role
from sync.core.roll_entry import Cut, Renew, Revoke, Withdraw, sign
from sync.core.roll_rules import NOTHING_SEEN
from tests.support.core_world import P, World, add_device, keys, run
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
    refused,
    refused_for,
    renew,
    revoke,
    revoke_body,
    second_device,
    sheet_made,
    signed,
    team_grant,
)
from tests.vectors.vector import fixed

WHO = "only the member or a coordinator revokes"


@pytest.fixture
def two(w: World) -> World:
    """With a second coordinator, so that the first can leave as well."""
    member_of(w, "second coordinator", w.team, Role.COORDINATOR)
    return w


# -- what it does ----------------------------------------------------------------------------------------------


def test_who_has_left_is_gone_from_the_roll_and_from_every_ring(w: World) -> None:
    """And every ring that they held is renewed for those who stay, in the same entry."""
    before = w.state
    extend(w, revoke(w, w.coordinator, w.contact.device))
    assert w.contact.device not in w.state.devices
    assert w.state.left[w.contact.device] == before.devices[w.contact.device]
    assert not any(w.contact.device in r.holders for r in w.state.rings.values())
    assert w.state.rings[w.team_ring].epoch == before.rings[w.team_ring].epoch + 1
    assert w.state.rings[w.team_ring].holders == {w.coordinator.device}
    assert w.state.rings[w.coordinators_ring] == before.rings[w.coordinators_ring]


def test_a_ring_that_the_author_may_not_renew_is_exposed_until_its_holders_do(w: World) -> None:
    """A coordinator can't renew someone's own ring: that member's other device does."""
    laptop = laptop_of(w, w.contact)
    extend(w, revoke(w, w.coordinator, w.contact.device))
    assert w.state.exposed == {w.contact.own_ring}
    assert w.state.rings[w.contact.own_ring].holders == {laptop.device}
    extend(w, renew(w, laptop, w.contact.own_ring))
    assert w.state.exposed == set()
    assert w.state.rings[w.contact.own_ring].epoch == 2


def test_a_member_s_own_device_leaves_by_their_other_and_the_team_s_ring_waits_for_a_coordinator(w: World) -> None:
    """Whoever loses a phone needs no coordinator to shut it out; the rings of others are renewed by others."""
    laptop = laptop_of(w, w.contact)
    extend(w, revoke(w, laptop, w.contact.device))
    assert w.state.rings[w.contact.own_ring].epoch == 2
    assert w.state.exposed == {w.team_ring}
    extend(w, renew(w, w.coordinator, w.team_ring))
    assert w.state.exposed == set()


def test_a_device_may_leave_by_itself_and_everything_it_held_is_exposed(w: World) -> None:
    """It can't renew what it is leaving."""
    extend(w, revoke(w, w.contact, w.contact.device))
    assert w.state.exposed == {w.team_ring, w.contact.own_ring}
    assert w.state.left.keys() == {w.contact.device}


def test_several_leave_in_one_entry(two: World) -> None:
    """Devices of several members, and a recovery sheet: the rings are renewed once."""
    lost = sheet_made(two, two.coordinator, "lost sheet")
    other = member_of(two, "other", two.team)
    before = two.state.rings[two.team_ring].epoch
    extend(two, revoke(two, two.coordinator, two.contact.device, other.device, lost.id))
    assert two.state.left.keys() == {two.contact.device, other.device}
    assert not two.state.sheets
    assert two.state.rings[two.team_ring].epoch == before + 1
    gone = {two.contact.device, other.device, lost.id}
    assert not any(r.holders & gone for r in two.state.rings.values())


def test_who_left_has_no_say_any_more(two: World) -> None:
    """Nor comes back by the same keys, nor is revoked twice."""
    other = member_of(two, "other", two.team)
    extend(two, revoke(two, two.coordinator, two.contact.device))
    refused_for(two, "unknown device", revoke(two, two.contact, two.contact.device))
    refused_for(two, "unknown device", signed(two, two.contact, Withdraw(fixed("any"))))
    refused_for(two, "not on the roll", revoke(two, two.coordinator, two.contact.device))
    extend(two, invitation_for(two, grants={}))
    again = run(add_device(two.roll, "third", two.state.head, two.contact))
    refused_for(two, "device twice", again)
    assert other.device in two.state.devices


def test_earlier_heads_still_tell_that_the_device_was_there(w: World) -> None:
    """What it wrote before is judged by what it was then."""
    head, before = w.state.head, w.state
    extend(w, revoke(w, w.coordinator, w.contact.device))
    assert w.roll.at(head) == before
    assert w.roll.at(head).author(w.contact.device).role is Role.CONTACT


# -- who may -------------------------------------------------------------------------------------------------


def test_nobody_but_a_coordinator_or_the_member_makes_a_device_leave(w: World) -> None:
    """Not a fellow contact person, nor a coordinator whose words nobody has compared."""
    fellow = member_of(w, "fellow", w.team)
    refused_for(w, WHO, revoke(w, fellow, w.contact.device))
    refused_for(w, WHO, revoke(w, w.contact, w.coordinator.device))
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    refused_for(w, WHO, revoke(w, unconfirmed, w.contact.device))
    refused_for(w, "unknown device", revoke(w, run(keys("stranger", NEW)), w.contact.device))


def test_a_coordinator_revokes_in_the_own_team_and_below_and_nowhere_else(w: World) -> None:
    """Not above, not beside; the one above may."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sam = member_of(w, "sam", south)
    nico = member_of(w, "nico", north)
    for other in (w.coordinator, w.contact, sam):
        refused_for(w, WHO, revoke(w, nora, other.device))
    refused_for(w, WHO, revoke(w, nora, nico.device, sam.device))
    extend(w, revoke(w, nora, nico.device))
    extend(w, revoke(w, w.coordinator, sam.device, nora.device))
    assert w.state.left.keys() == {nico.device, sam.device, nora.device}


def test_nobody_revokes_in_another_s_name(w: World) -> None:
    """The signature has to be the author's."""
    body = revoke_body(w, w.coordinator, w.contact.device)
    refused(w, BadSignature, run(sign(P, w.contact.signing, w.state.head, w.coordinator.device, body)))


def test_the_last_coordinator_of_the_top_team_stays(w: World) -> None:
    """One of a lower team, an unconfirmed one or a sheet is no other."""
    north = found_team(w, "north")
    member_of(w, "nora", north, Role.COORDINATOR)
    joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    sheet_made(w, w.coordinator, "sheet")
    refused_for(w, "the last coordinator stays", revoke(w, w.coordinator, w.coordinator.device))
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, revoke(w, second, w.coordinator.device))
    refused_for(w, "the last coordinator stays", revoke(w, second, second.device))


def test_a_coordinator_s_other_device_keeps_the_top_team(w: World) -> None:
    """The old laptop may leave once the new one is there and holds the coordinators' ring."""
    bare = laptop_of(w, w.coordinator, "bare", rings=False)
    refused_for(w, "the last coordinator stays", revoke(w, w.coordinator, w.coordinator.device))
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, bare.device), (w.team_ring, bare.device)))
    extend(w, revoke(w, bare, w.coordinator.device))
    assert w.state.coordinates(bare.device, w.team)


def test_a_revocation_names_devices_or_sheets_that_are_there_once_each(w: World) -> None:
    """Not nobody, not twice, not one that never was."""
    none = Revoke((), ())
    refused_for(w, "each once", signed(w, w.coordinator, none))
    body = revoke_body(w, w.coordinator, w.contact.device)
    refused_for(w, "each once", signed(w, w.coordinator, replace(body, cuts=body.cuts * 2)))
    refused_for(w, "not on the roll", signed(w, w.coordinator, Revoke((Cut(fixed("nobody", 16)),), ())))


# -- renewing with it ----------------------------------------------------------------------------------------


def test_every_ring_that_can_be_renewed_has_to_be(w: World) -> None:
    """No revocation leaves a ring open in passing, renews another, or one twice."""
    body = revoke_body(w, w.coordinator, w.contact.device)
    wrong = "these rings are not the ones to be renewed"
    refused_for(w, wrong, signed(w, w.coordinator, replace(body, epochs=())))
    holders = w.state.rings[w.coordinators_ring].holders
    more = (*body.epochs, next_epoch(w, w.coordinators_ring, holders))
    refused_for(w, wrong, signed(w, w.coordinator, replace(body, epochs=more)))
    refused_for(w, "a ring twice", signed(w, w.coordinator, replace(body, epochs=body.epochs * 2)))
    own = (*body.epochs, next_epoch(w, w.contact.own_ring, [w.coordinator.device]))
    refused_for(w, wrong, signed(w, w.coordinator, replace(body, epochs=own)))


def test_the_new_epoch_goes_to_exactly_those_who_stay(w: World) -> None:
    """Not to the leaver, and nobody who stays is left out."""
    fellow = member_of(w, "fellow", w.team)
    body = revoke_body(w, w.coordinator, w.contact.device)
    stay, (epoch,) = [w.coordinator.device, fellow.device], body.epochs
    for holders in ([*stay, w.contact.device], stay[:1], stay[1:], []):
        other = replace(body, epochs=(next_epoch(w, w.team_ring, holders),))
        refused_for(w, "granted to exactly the holders", signed(w, w.coordinator, other))
    twice = replace(body, epochs=(replace(epoch, grants=epoch.grants * 2),))
    refused_for(w, "granted to exactly the holders", signed(w, w.coordinator, twice))


def test_the_new_epoch_is_the_next_with_a_key_of_its_own(w: World) -> None:
    """No number is skipped or used again, and no key either."""
    body = revoke_body(w, w.coordinator, w.contact.device)
    (epoch,) = body.epochs
    for number in (1, 3):
        other = replace(body, epochs=(replace(epoch, epoch=number),))
        refused_for(w, "epochs follow one another", signed(w, w.coordinator, other))
    old = replace(body, epochs=(replace(epoch, public=w.state.rings[w.team_ring].public),))
    refused_for(w, "a ring's key twice", signed(w, w.coordinator, old))


# -- cuts ----------------------------------------------------------------------------------------------------


def test_a_cut_counts_in_every_ring_that_its_author_holds(w: World) -> None:
    """What it does not name there was not seen: all of it lies beyond."""
    place = (w.coordinators_ring, 3, fixed("third"))
    extend(w, revoke(w, w.coordinator, w.contact.device, cuts=[Cut(w.contact.device, (place,))]))
    (mark,) = w.state.marks[w.contact.device]
    assert mark.role is None
    assert mark.place == w.state.length
    assert mark.numbers == {
        w.coordinators_ring: (3, fixed("third")),
        w.team_ring: NOTHING_SEEN,
        w.coordinator.own_ring: NOTHING_SEEN,
    }


def test_a_cut_names_no_ring_that_its_author_cannot_read_and_none_twice(w: World) -> None:
    """Nobody says of another's own ring what was in it."""
    why = "a cut names rings that its author holds, once"
    one = (w.team_ring, 1, fixed("first"))
    for places in (((w.contact.own_ring, 1, fixed("own")),), (one, one), ((fixed("no ring", 16), 1, fixed("x")),)):
        refused_for(w, why, revoke(w, w.coordinator, w.contact.device, cuts=[Cut(w.contact.device, places)]))


def test_a_sheet_writes_nothing_and_so_has_no_cut(two: World) -> None:
    """A cut of a sheet with places is refused; without, it leaves no mark."""
    lost = sheet_made(two, two.coordinator, "lost sheet")
    place = Cut(lost.id, ((two.team_ring, 1, fixed("first")),))
    refused_for(two, "a sheet writes nothing", revoke(two, two.coordinator, lost.id, cuts=[place]))
    extend(two, revoke(two, two.coordinator, lost.id))
    assert lost.id not in two.state.marks


def test_the_own_ring_is_cut_by_the_member_s_own_renewal(w: World) -> None:
    """The member's other device names what it saw of the lost one there; marks add up."""
    laptop = laptop_of(w, w.contact)
    extend(w, revoke(w, w.coordinator, w.contact.device))
    cut = Cut(w.contact.device, ((w.contact.own_ring, 2, fixed("second")),))
    extend(w, renew(w, laptop, w.contact.own_ring, cuts=[cut]))
    first, second = w.state.marks[w.contact.device]
    assert w.contact.own_ring not in first.numbers
    assert second.numbers == {w.contact.own_ring: (2, fixed("second"))}
    assert second.role is None


def test_a_renewal_cuts_only_what_it_renews_of_who_has_left(w: World) -> None:
    """Not one that is still there, not another member's own ring, not another ring, and no ring twice."""
    laptop, fellow = laptop_of(w, w.contact), member_of(w, "fellow", w.team)
    own = w.contact.own_ring
    extend(w, revoke(w, w.coordinator, w.contact.device, fellow.device))
    for device in (fellow.device, laptop.device, w.coordinator.device, fixed("nobody", 16)):
        refused_for(w, "not this device's to cut", renew(w, laptop, own, cuts=[Cut(device)]))
    team = Cut(w.contact.device, ((w.team_ring, 1, fixed("first")),))
    refused_for(w, "only what is renewed is cut here, once", renew(w, laptop, own, cuts=[team]))
    refused_for(w, "not this device's to cut", renew(w, w.coordinator, w.team_ring, cuts=[Cut(fellow.device)]))
    refused_for(w, "each once", renew(w, laptop, own, cuts=[Cut(w.contact.device)] * 2))
    extend(w, renew(w, laptop, own, cuts=[Cut(w.contact.device)]))
    refused_for(w, "not this device's to cut", renew(w, laptop, own, cuts=[Cut(w.contact.device)]))


def test_a_team_s_ring_that_the_revoking_coordinator_does_not_hold_is_cut_by_whoever_renews_it(w: World) -> None:
    """Only they can have seen what the leaver wrote there."""
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    ring_ = ring.coordinators_ring(north)
    extend(w, revoke(w, second, w.coordinator.device))
    assert ring_ in w.state.exposed - w.state.cut_in(w.coordinator.device)
    cut = Cut(w.coordinator.device, ((ring_, 4, fixed("fourth")),))
    extend(w, renew(w, nora, ring_, cuts=[cut]))
    assert w.state.marks[w.coordinator.device][-1].numbers == {ring_: (4, fixed("fourth"))}
    assert w.state.cut_in(w.coordinator.device) == {w.team_ring, w.coordinators_ring, second.own_ring, ring_}


def test_a_renewal_without_a_cut_changes_no_mark(w: World) -> None:
    """Readers judge everything anew when the marks change: only then they should."""
    marks = w.state.marks
    extend(w, renew(w, w.coordinator, w.team_ring))
    assert w.state.marks is marks


# -- invitations ---------------------------------------------------------------------------------------------


def test_an_invitation_of_a_device_that_left_no_longer_works(two: World) -> None:
    """It is no way back in, for whoever has the link; the member can be invited again."""
    other = member_of(two, "other coordinator", two.team, Role.COORDINATOR)
    extend(two, invitation_for(two, by=other))
    announced = two.state.head
    extend(two, revoke(two, two.coordinator, other.device))
    refused(two, InvitationUnknown, run(add_device(two.roll, "third", announced, run(keys("third", NEW)))))
    joined(two, "fourth", NEW, grants={})


def test_an_invitation_for_a_second_device_leaves_with_the_first(w: World) -> None:
    """A thief who has made one can't use it after the phone is revoked."""
    extend(w, second_device(w, w.contact))
    announced = w.state.head
    extend(w, revoke(w, w.coordinator, w.contact.device))
    thief = run(keys("laptop", w.contact.member))
    refused(w, InvitationUnknown, run(add_device(w.roll, "laptop", announced, thief, own=False)))


def test_a_used_invitation_stays_known_with_all_it_brought(two: World) -> None:
    """A revocation can list who came in through the device."""
    other = member_of(two, "other coordinator", two.team, Role.COORDINATOR)
    guest = member_of(two, "guest", two.team, by=other)
    extend(two, revoke(two, two.coordinator, other.device))
    assert [d.id for d in two.state.brought_in_by(other.device)] == [guest.device]
    extend(two, revoke(two, two.coordinator, guest.device))
    assert [d.id for d in two.state.brought_in_by(other.device)] == [guest.device]


# -- coming back ---------------------------------------------------------------------------------------------


def test_a_member_who_lost_every_device_comes_back_with_a_new_own_ring_epoch(w: World) -> None:
    """The same person and records; what the lost phone could read is not what the new one writes."""
    extend(w, revoke(w, w.coordinator, w.contact.device))
    old = w.state.rings[w.contact.own_ring].publics
    back = run(keys("back", w.contact.member))
    extend(w, invitation_for(w, "back", member=w.contact.member, grants=team_grant_now(w)))
    announced = w.state.head
    refused_for(
        w,
        "the own ring comes with a device when nobody holds it",
        run(add_device(w.roll, "back", announced, back, own=False)),
    )
    extend(w, run(add_device(w.roll, "back", announced, back)))
    own = w.state.rings[w.contact.own_ring]
    assert own.publics[:-1] == old
    assert own.holders == {back.device}
    assert w.contact.own_ring not in w.state.exposed


def team_grant_now(w: World) -> dict[tuple[bytes, int], bytes]:
    """The team ring's present epoch."""
    return team_grant(w, w.state.rings[w.team_ring].epoch)


def test_the_old_own_ring_key_does_not_come_back(w: World) -> None:
    """The lost phone knows its private half."""
    extend(w, revoke(w, w.coordinator, w.contact.device))
    extend(w, invitation_for(w, "back", member=w.contact.member, grants={}))
    back = replace(run(keys("back", w.contact.member)), own=w.contact.own)
    refused_for(w, "a ring's key twice", run(add_device(w.roll, "back", w.state.head, back)))


def test_while_a_device_is_left_nobody_else_brings_another(w: World) -> None:
    """A coordinator can't put a device of theirs beside someone's own."""
    refused_for(w, "only for oneself, in one's own role and team", invitation_for(w, member=w.contact.member))


def test_who_comes_back_comes_back_to_the_same_place(w: World) -> None:
    """No coordinator takes up a leaver's name, and so their records, in a team or role that the leaver never had."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sam = member_of(w, "sam", south)
    extend(w, revoke(w, w.coordinator, sam.device))
    why = "a member comes back to the place they had"
    refused_for(w, why, invitation_for(w, member=sam.member, by=nora, team=north, grants={}))
    refused_for(w, why, invitation_for(w, member=sam.member, team=south, role=Role.COORDINATOR, grants={}))
    refused_for(
        w,
        "only a coordinator of the team invites a member",
        invitation_for(w, member=sam.member, by=nora, team=south, grants={}),
    )
    extend(w, invitation_for(w, member=sam.member, team=south, grants={}))


# -- rings that nobody can renew any more ---------------------------------------------------------------------


def test_a_device_without_the_own_ring_opens_it_anew_when_the_holder_has_left(w: World) -> None:
    """Else all that the member notes for themselves would be sealed to a ring that only the lost phone opens."""
    bare = laptop_of(w, w.contact, rings=False)
    extend(w, revoke(w, w.coordinator, w.contact.device))
    own = w.contact.own_ring
    assert w.state.orphaned(bare.device) == {own}
    extend(w, signed(w, bare, Renew((next_epoch(w, own, [bare.device]),), (Cut(w.contact.device),))))
    assert w.state.rings[own].holders == {bare.device}
    assert w.state.exposed == set()
    assert w.state.orphaned(bare.device) == set()


def test_a_coordinator_opens_a_team_s_rings_anew_when_those_who_could_have_left(w: World) -> None:
    """A team whose only coordinator's laptop was stolen does not go on writing to that laptop alone."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    north = found_team(w, "north", by=second)
    nico = member_of(w, "nico", north, by=second)
    rings = {ring.team_ring(north), ring.coordinators_ring(north)}
    extend(w, revoke(w, w.coordinator, second.device))
    assert rings <= w.state.exposed
    assert w.state.orphaned(w.coordinator.device) == rings
    assert w.state.orphaned(nico.device) == w.state.orphaned(w.contact.device) == set()
    team = next_epoch(w, ring.team_ring(north), [nico.device, w.coordinator.device])
    coordinators = next_epoch(w, ring.coordinators_ring(north), [w.coordinator.device])
    refused_for(w, "not this device's to renew", signed(w, nico, Renew((replace(team),))))
    extend(w, signed(w, w.coordinator, Renew((team, coordinators))))
    assert w.state.rings[ring.team_ring(north)].holders == {nico.device, w.coordinator.device}
    assert w.state.coordinates(w.coordinator.device, north)
    assert not rings & w.state.exposed


def test_a_ring_that_a_device_can_renew_is_nobody_else_s_to_open(w: World) -> None:
    """Only what nobody present could renew is orphaned."""
    laptop = laptop_of(w, w.contact, rings=False)
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    for device in (w.coordinator, w.contact, laptop, unconfirmed):
        assert w.state.orphaned(device.device) == set()
    taken = Renew((next_epoch(w, w.contact.own_ring, [laptop.device, w.contact.device]),))
    refused_for(w, "not this device's to renew", signed(w, laptop, taken))


def test_a_sheet_that_holds_the_own_ring_keeps_no_new_device_from_opening_it(w: World) -> None:
    """Paper can't grant: a coordinator who comes back opens the ring anew, and the paper is out of it."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    paper = sheet_made(w, w.coordinator, "paper")
    extend(w, revoke(w, second, w.coordinator.device))
    assert w.state.rings[w.coordinator.own_ring].holders == {paper.id}
    extend(w, invitation_for(w, "back", by=second, member=w.coordinator.member, role=Role.COORDINATOR, grants={}))
    back = run(keys("back", w.coordinator.member))
    extend(w, run(add_device(w.roll, "back", w.state.head, back)))
    assert w.state.rings[w.coordinator.own_ring].holders == {back.device}


# -- withdrawing ---------------------------------------------------------------------------------------------


def test_an_invitation_is_withdrawn_by_a_coordinator_or_its_member(w: World) -> None:
    """It stops to work, and its member can be invited again."""
    extend(w, invitation_for(w))
    announced = w.state.head
    refused_for(w, "only the member or a coordinator withdraws", signed(w, w.contact, Withdraw(announced)))
    extend(w, signed(w, w.coordinator, Withdraw(announced)))
    refused(w, InvitationUnknown, run(add_device(w.roll, "third", announced, run(keys("third", NEW)))))
    refused(w, InvitationUnknown, signed(w, w.coordinator, Withdraw(announced)))
    extend(w, second_device(w, w.contact))
    announced = w.state.head
    extend(w, signed(w, w.contact, Withdraw(announced)))
    joined(w, "fourth", NEW)


def test_a_used_invitation_is_not_withdrawn(w: World) -> None:
    """Who has joined is revoked, in the open."""
    extend(w, invitation_for(w))
    announced = entry_hash(w.roll.entries[-1])
    extend(w, run(add_device(w.roll, "third", announced, run(keys("third", NEW)))))
    refused(w, InvitationUsed, signed(w, w.coordinator, Withdraw(announced)))
