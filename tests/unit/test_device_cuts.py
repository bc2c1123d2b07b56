"""What a device that has left, or has another role since, can still slip in: nothing that was not seen before."""

from itertools import permutations
from random import Random

import pytest

from sync.core import ring
from sync.core.rights import Role
from sync.core.roll_entry import Cut, Renew
from tests.support.core_world import Person, World, founded, run
from tests.support.readers import Post, notes, told
from tests.support.roll_steps import (
    extend,
    found_team,
    grant,
    laptop_of,
    member_of,
    next_epoch,
    place,
    renew,
    revoke,
    signed,
)


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


@pytest.fixture
def post(w: World) -> Post:
    """Nothing sent yet."""
    return Post(w)


@pytest.fixture
def second(w: World) -> Person:
    """A second coordinator."""
    return member_of(w, "second coordinator", w.team, Role.COORDINATOR)


def lost(post: Post, *seen: str, by: Person | None = None, who: Person | None = None) -> None:
    """A device is revoked by someone who got no more of it than this."""
    w = post.w
    author, gone = by or w.coordinator, who or w.contact
    cut = post.cut(gone.device, *seen, of=w.state.readable(author.device)) if seen else Cut(gone.device)
    extend(w, revoke(w, author, gone.device, cuts=[cut]))


def reasons(post: Post, person: Person) -> dict[str, str]:
    """Why each envelope is kept aside, by name."""
    r = post.read(person)
    return {n: r.aside[post.id(n)].reason for n in post.sent if post.id(n) in r.aside}


def in_any_order(post: Post, person: Person, *, tries: int = 24) -> None:
    """Every order of a few envelopes, or as many as there is time for, one by one: the same in the end."""
    names = list(post.sent)
    whole = told(post.read(person))
    orders = list(permutations(names)) if len(names) <= 4 else []
    luck = Random(1)
    for order in orders or [luck.sample(names, len(names)) for _ in range(tries)]:
        assert told(post.read(person, list(order), 1)) == whole, order


# -- a lost phone ------------------------------------------------------------------------------------------------


def test_what_was_seen_before_stays_and_what_comes_after_is_quarantined(w: World, post: Post, second: Person) -> None:
    """Both written at the same old head; only what the revoking coordinator had seen is taken as it is."""
    post.note(w.contact, "seen", "thee")
    with post.at(w.state):
        head = w.state
    lost(post, "seen")
    with post.at(head):
        post.note(w.contact, "unsent", "van een dief, of van de eigenaar")
    for reader in (w.coordinator, second):
        r = post.read(reader)
        assert notes(r) == {"thee"}
        assert {post.id("unsent")} == set(r.quarantine)
        assert reasons(post, reader) == {"unsent": "quarantined"}
    held = post.read(second).quarantine[post.id("unsent")]
    assert held.change.fields["note"].value == "van een dief, of van de eigenaar"
    assert held.device.id == w.contact.device
    in_any_order(post, second)


def test_a_cut_that_names_nothing_was_of_someone_who_saw_nothing(w: World, post: Post) -> None:
    """All that the device ever wrote is put to a coordinator; nothing of it is lost."""
    post.note(w.contact, "one", "thee")
    post.note(w.contact, "two", "koffie")
    lost(post)
    r = post.read(w.coordinator)
    assert notes(r) == set()
    assert set(r.quarantine) == {post.id("one"), post.id("two")}


def test_a_note_within_the_cut_that_comes_late_is_taken(w: World, post: Post, second: Person) -> None:
    """Another reader was behind when the phone was lost: the first three are within, however late they come."""
    for name in ("one", "two", "three"):
        post.note(w.contact, name, name)
    lost(post, "one", "two", "three")
    r = post.reader(second)
    names = list(post.sent)
    assert notes(r.take(names[-1])) == set()
    assert notes(r.take(*names[:-1])) == {"one", "two", "three"}
    assert not r.replica.quarantine
    in_any_order(post, second)


def test_the_entry_that_makes_a_phone_leave_may_come_last(w: World, post: Post, second: Person) -> None:
    """What was already merged is taken out again, and the rest stays."""
    post.note(w.contact, "seen", "thee")
    late = post.note(w.contact, "late", "te laat")
    head = list(w.roll.entries)
    lost(post, "sender key 1", "seen")
    whole = told(post.read(second))
    r = post.reader(second, roll=type(w.roll)())
    r.learn(*head)
    assert notes(r.take(*post.sent)) == {"thee", "te laat"}
    changed_before = set(r.replica.records)
    assert late in changed_before
    r.learn(*w.roll.entries[len(head) :])
    assert told(r.replica) == whole
    assert told(r.restarted()) == whole


def test_the_sender_key_may_come_last(w: World, post: Post, second: Person) -> None:
    """What can't be opened yet waits, and is then judged like the rest."""
    post.note(w.contact, "seen", "thee")
    post.note(w.contact, "late", "te laat")
    lost(post, "sender key 1", "seen")
    whole = told(post.read(second))
    r = post.reader(second)
    r.take("late", "seen")
    assert (r.replica.waiting, notes(r.replica)) == (2, set())
    assert told(r.take("sender key 1")) == whole


def test_a_phone_that_is_back_can_change_nothing_that_was(w: World, post: Post, second: Person) -> None:
    """An edit or a removal beyond the cut leaves the record as it was."""
    record = post.note(w.contact, "seen", "thee")
    head = w.state
    lost(post, "sender key 1", "seen")
    with post.at(head):
        post.edit(w.contact, "edit", record, "bedrog", post.id("seen"))
    r = post.read(second)
    assert r.records[record].value("detail.note") == "thee"
    assert set(r.quarantine) == {post.id("edit")}
    in_any_order(post, second)


def test_an_earlier_number_taken_again_does_not_pass_for_the_one_that_was_seen(
    w: World, post: Post, second: Person
) -> None:
    """The cut names an envelope, and that names the one before it: a second envelope with such a number is beyond."""
    with post.forked(w.contact.device):
        post.note(w.contact, "one", "thee")
        post.note(w.contact, "two", "koffie")
        post.note(w.contact, "three", "taart")
    seen = list(post.sent)
    with post.forked(w.contact.device):
        post.keys.clear()
        post.note(w.contact, "other", "bedrog")
    post.note(w.contact, "more", "nog meer bedrog")
    lost(post, *seen)
    r = post.read(second)
    assert notes(r) == {"thee", "koffie", "taart"}
    assert {post.id("other")} <= set(r.quarantine)
    assert (w.contact.device, w.coordinators_ring) in r.doubled
    in_any_order(post, second)


def test_where_the_seen_one_is_withheld_the_other_is_found_out_by_those_after_it(
    w: World, post: Post, second: Person
) -> None:
    """Number two comes twice: the true one is kept back, but three, which follows it, came in. Any order."""
    post.note(w.contact, "one", "thee")
    with post.forked(w.contact.device):
        post.note(w.contact, "other", "bedrog")
    post.note(w.contact, "two", "koffie")
    post.note(w.contact, "three", "taart")
    post.note(w.contact, "four", "soep")
    lost(post, "sender key 1", "one", "two", "three", "four")
    del post.sent["two"]
    assert set(post.read(second).quarantine) == {post.id("other")}
    in_any_order(post, second)
    for order in permutations(["other", "three", "four"]):
        r = post.reader(second)
        r.take("sender key 1", "one")
        for name in order:
            r.take(name)
        assert set(r.replica.quarantine) == {post.id("other")}, order


def test_two_envelopes_of_one_number_are_both_kept_and_said(w: World, post: Post) -> None:
    """While the device is there: a copied log, say. Neither is lost."""
    with post.forked(w.contact.device):
        post.note(w.contact, "one", "thee")
    post.keys.clear()
    post.note(w.contact, "other", "koffie")
    r = post.read(w.coordinator)
    assert notes(r) == {"thee", "koffie"}
    assert r.doubled == {(w.contact.device, w.coordinators_ring)}
    in_any_order(post, w.coordinator)


def test_a_phone_that_has_left_hears_and_is_believed_nothing_newer(w: World, post: Post) -> None:
    """An envelope that names a head at which it was gone is no envelope of anyone's."""
    post.note(w.contact, "seen", "thee")
    lost(post, "sender key 1", "seen")
    post.note(w.contact, "after", "te laat", [w.contact.own_ring, w.coordinators_ring])
    assert reasons(post, w.coordinator) == {"after": "roll_refused"}
    assert notes(post.read(w.coordinator)) == {"thee"}


# -- rings that the revoking coordinator does not hold ------------------------------------------------------------


def test_what_went_to_the_own_ring_alone_stays_and_is_cut_by_the_member_s_own_device(w: World, post: Post) -> None:
    """A coordinator never saw it; the laptop did."""
    laptop = laptop_of(w, w.contact)
    own = [w.contact.own_ring]
    post.note(w.contact, "private", "alleen voor mij", own)
    head = w.state
    lost(post, "private")
    with post.at(head):
        post.note(w.contact, "unsent", "niet verstuurd", own)
    assert notes(post.read(laptop)) == {"alleen voor mij", "niet verstuurd"}
    cut = post.cut(w.contact.device, *[n for n in post.sent if n != "unsent"], of=own)
    extend(w, renew(w, laptop, w.contact.own_ring, cuts=[cut]))
    r = post.read(laptop)
    assert notes(r) == {"alleen voor mij"}
    assert set(r.quarantine) == {post.id("unsent")}
    in_any_order(post, laptop)


def test_a_team_s_ring_that_was_not_cut_is_closed_until_its_holder_cuts_it(w: World, post: Post) -> None:
    """A coordinator's laptop is stolen; the one who revokes it can't read every team's ring below."""
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    coordinators = ring.coordinators_ring(north)
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    post.task(w.coordinator, "seen", "planten kopen", [coordinators])
    head = w.state
    lost(post, *post.sent, by=second, who=w.coordinator)
    with post.at(head):
        post.task(w.coordinator, "backdated", "geld overmaken", [coordinators])
    r = post.read(nora)
    assert notes(r) == set()
    assert set(r.quarantine) == {post.id("seen"), post.id("backdated")}
    cut = post.cut(w.coordinator.device, *[n for n in post.sent if n != "backdated"], of=[coordinators])
    extend(w, renew(w, nora, coordinators, cuts=[cut]))
    r = post.read(nora)
    assert notes(r) == {"planten kopen"}
    assert set(r.quarantine) == {post.id("backdated")}
    in_any_order(post, nora)


def test_an_old_number_in_a_ring_that_was_cut_opens_no_way_into_one_that_was_not(w: World, post: Post) -> None:
    """Who holds only the latter can't see that the number was taken before."""
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    both = [w.coordinators_ring, ring.coordinators_ring(north)]
    head = w.state
    with post.forked(w.coordinator.device):
        post.task(w.coordinator, "true", "planten kopen", [w.coordinators_ring])
    lost(post, *post.sent, by=second, who=w.coordinator)
    with post.at(head):
        post.task(w.coordinator, "backdated", "geld overmaken", both)
    del post.sent["true"]
    r = post.read(nora)
    assert (notes(r), set(r.quarantine)) == (set(), {post.id("backdated")})


def test_a_stolen_coordinator_s_laptop_tells_contact_persons_nothing(w: World, post: Post) -> None:
    """Sealed to someone's own ring alone, where nobody who revokes could look: it is not believed."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    visit = post.note(w.contact, "visit", "thee")
    seen = [w.contact.own_ring, w.coordinators_ring]
    post.task(w.coordinator, "word", "dank je", seen)
    head = w.state
    lost(post, *post.sent, by=second, who=w.coordinator)
    with post.at(head):
        post.task(w.coordinator, "backdated", "kom hierheen", [w.contact.own_ring])
    r = post.read(w.contact)
    assert notes(r) == {"thee", "dank je"}
    assert set(r.quarantine) == {post.id("backdated")}
    assert visit in r.records


def test_a_ring_opened_anew_after_everyone_left_takes_nothing_of_theirs_unseen(w: World, post: Post) -> None:
    """The second device had no own ring; what the lost phone wrote there nobody saw."""
    bare = laptop_of(w, w.contact, rings=False)
    own = [w.contact.own_ring]
    post.note(w.contact, "private", "alleen voor mij", own)
    lost(post, "private")
    extend(w, signed(w, bare, Renew((next_epoch(w, own[0], [bare.device]),), (Cut(w.contact.device),))))
    r = post.read(bare)
    assert notes(r) == set()
    assert r.waiting == 1  # it has no key for what was: shown as waiting, never as if it were there


# -- another role or team -----------------------------------------------------------------------------------------


def test_a_moved_member_s_offline_notes_arrive(w: World, post: Post) -> None:
    """Written in the old place, unseen, at an old head: they are theirs, whatever their place is now."""
    north = found_team(w, "north")
    head = w.state
    extend(w, place(w, w.coordinator, w.contact.member, Role.CONTACT, north))
    with post.at(head):
        record = post.note(w.contact, "offline", "thee")
        post.edit(w.contact, "edit", record, "koffie", post.id("offline"))
    r = post.read(w.coordinator)
    assert notes(r) == {"koffie"}
    assert not r.quarantine
    in_any_order(post, w.coordinator)


def test_a_collector_s_notes_from_when_they_were_a_contact_person_arrive(w: World, post: Post) -> None:
    """A role given or taken makes no note of before wrong."""
    head = w.state
    extend(w, place(w, w.coordinator, w.contact.member, Role.COLLECTOR, w.team))
    with post.at(head):
        post.note(w.contact, "offline", "thee")
    assert notes(post.read(w.coordinator)) == {"thee"}


def test_who_is_no_longer_a_coordinator_decides_nothing_by_naming_an_old_head(
    w: World, post: Post, second: Person
) -> None:
    """What a coordinator alone may write is quarantined when it was not seen; their own notes arrive."""
    post.task(second, "seen", "planten kopen")
    head = w.state
    cut = post.cut(second.device, *post.sent, of=w.state.readable(w.coordinator.device))
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team, [cut]))
    with post.at(head):
        post.task(second, "backdated", "niet meer")
        post.note(second, "own", "thee")
    r = post.read(w.coordinator)
    assert notes(r) == {"planten kopen", "thee"}
    assert set(r.quarantine) == {post.id("backdated")}
    assert reasons(post, w.coordinator) == {"backdated": "quarantined"}
    in_any_order(post, w.coordinator)


def test_at_the_new_head_the_new_role_counts(w: World, post: Post, second: Person) -> None:
    """There it is simply forbidden: no cut is needed."""
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    post.task(second, "after", "niet meer")
    post.note(second, "own", "thee")
    assert reasons(post, w.coordinator) == {"after": "forbidden"}
    assert notes(post.read(w.coordinator)) == {"thee"}


def test_a_coordinator_who_moves_keeps_deciding_where_they_still_are(w: World, post: Post) -> None:
    """From the top to a team below: unseen tasks there stand, those elsewhere are quarantined."""
    north, south = found_team(w, "north"), found_team(w, "south")
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    extend(w, grant(w, w.coordinator, *[(r, second.device) for r, _ in w.state.lacking(w.coordinator.device)]))
    head = w.state
    extend(w, place(w, w.coordinator, second.member, Role.COORDINATOR, north))
    with post.at(head):
        post.task(second, "north", "in het noorden", [ring.coordinators_ring(north)])
        post.task(second, "south", "in het zuiden", [ring.coordinators_ring(south)])
    r = post.read(w.coordinator)
    assert notes(r) == {"in het noorden"}
    assert set(r.quarantine) == {post.id("south")}
    in_any_order(post, w.coordinator)


def test_who_was_moved_and_then_lost_the_phone_is_judged_by_both(w: World, post: Post, second: Person) -> None:
    """Two cuts: what the second saw is within, though it was beyond the first."""
    head = w.state
    extend(w, place(w, w.coordinator, w.contact.member, Role.COLLECTOR, w.team))
    with post.at(head):
        post.note(w.contact, "offline", "thee")
    lost(post, *post.sent)
    with post.at(head):
        post.note(w.contact, "later", "te laat")
    r = post.read(second)
    assert notes(r) == {"thee"}
    assert set(r.quarantine) == {post.id("later")}
    in_any_order(post, second)
