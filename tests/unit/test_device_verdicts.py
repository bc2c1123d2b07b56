"""Quarantined envelopes are adopted or erased by who may decide, and by nobody else; keys handed on prove themselves."""

from itertools import permutations
from random import Random

import pytest

from sync.core import envelope, ring
from sync.core.ports import LogState
from sync.core.rights import Role
from tests.support.core_world import Person, World, founded, run
from tests.support.readers import Post, notes, told
from tests.support.roll_steps import (
    NEW,
    extend,
    found_team,
    grant,
    joined,
    laptop_of,
    member_of,
    place,
    renew,
    revoke,
)


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


@pytest.fixture
def second(w: World) -> Person:
    """A second coordinator."""
    return member_of(w, "second coordinator", w.team, Role.COORDINATOR)


@pytest.fixture
def post(w: World, second: Person) -> Post:
    """The contact person's phone is lost; of two notes only one was seen."""
    made = Post(w)
    made.note(w.contact, "seen", "thee")
    seen = list(made.sent)
    made.note(w.contact, "unsent", "koffie")
    cut = made.cut(w.contact.device, *seen, of=w.state.readable(w.coordinator.device))
    extend(w, revoke(w, w.coordinator, w.contact.device, cuts=[cut]))
    assert second.device in w.state.devices
    return made


def team_only(post: Post) -> list[bytes]:
    """Where a coordinator seals a verdict."""
    return [post.w.coordinators_ring]


def in_any_order(post: Post, person: Person, tries: int = 20) -> None:
    """One by one in many orders, and opened anew: the same in the end."""
    names = list(post.sent)
    whole = told(post.read(person))
    luck = Random(2)
    orders = list(permutations(names)) if len(names) <= 4 else [luck.sample(names, len(names)) for _ in range(tries)]
    for order in orders:
        r = post.reader(person)
        for name in order:
            r.take(name)
        assert told(r.replica) == whole, order
        assert told(r.restarted()) == whole, order


# -- adopting ------------------------------------------------------------------------------------------------------


def test_what_a_coordinator_adopts_is_merged_by_every_reader(w: World, post: Post, second: Person) -> None:
    """As its author wrote it: it stays that author's."""
    post.verdict(second, "verdict", "unsent", "adopt", team_only(post))
    for reader in (w.coordinator, second):
        r = post.read(reader)
        assert notes(r) == {"thee", "koffie"}
        assert (r.quarantine, r.aside) == ({}, {})
        assert r.origins[post.id("unsent")].member == w.contact.member
    in_any_order(post, second)


def test_an_adopted_note_and_all_that_follows_it_can_be_adopted_one_by_one(
    w: World, post: Post, second: Person
) -> None:
    """An edit of a quarantined note is put to the coordinator once the note itself is there."""
    head = next(w.roll.at(h) for h in w.roll._places if w.roll.at(h).length == w.state.length - 1)
    with post.at(head):
        record = post.note(w.contact, "more", "taart")
        post.edit(w.contact, "edit", record, "soep", post.id("more"))
    assert set(post.read(second).quarantine) == {post.id("unsent"), post.id("more")}
    post.verdict(second, "first", "more", "adopt", team_only(post))
    r = post.read(second)
    assert notes(r) == {"thee", "taart"}
    assert set(r.quarantine) == {post.id("unsent"), post.id("edit")}
    post.verdict(second, "then", "edit", "adopt", team_only(post))
    assert notes(post.read(second)) == {"thee", "soep"}
    in_any_order(post, second, 12)


def test_an_adoption_may_come_before_what_it_adopts(w: World, post: Post, second: Person) -> None:
    """Whoever carries it comes later; one catching up is enough, also when the adoption waits for its key."""
    post.verdict(second, "verdict", "unsent", "adopt", team_only(post))
    key = next(n for n in post.sent if n.startswith("sender key") and n != "sender key 1")
    r = post.reader(w.coordinator)
    r.take("verdict", "sender key 1", "seen", "unsent")
    assert notes(r.replica) == {"thee"}
    assert notes(r.take(key)) == {"thee", "koffie"}
    assert told(r.replica) == told(r.restarted())


# -- erasing -------------------------------------------------------------------------------------------------------


def test_what_a_coordinator_erases_is_gone_from_the_log(w: World, post: Post, second: Person) -> None:
    """Its bytes too; the stub stays, so that its place is known."""
    post.verdict(second, "verdict", "unsent", "erase", team_only(post))
    r = post.reader(w.coordinator)
    r.take(*post.sent)
    assert notes(r.replica) == {"thee"}
    assert (r.replica.quarantine, r.replica.aside) == ({}, {})
    entry = next(e for e in r.log.read() if e.id == post.id("unsent"))
    assert (entry.state, entry.data) == (LogState.STUB, envelope.stub(post.sent["unsent"]))


def test_of_two_verdicts_the_stricter_stands(w: World, post: Post, second: Person) -> None:
    """Adopted by one and erased by another: erased, whichever comes first."""
    post.verdict(second, "adopted", "unsent", "adopt", team_only(post))
    post.verdict(w.coordinator, "erased", "unsent", "erase", team_only(post))
    luck = Random(3)
    for _ in range(12):
        r = post.reader(second)
        for name in luck.sample(list(post.sent), len(post.sent)):
            r.take(name)
        assert notes(r.replica) == {"thee"}
        assert r.replica.quarantine == {}
    assert {e.state for e in r.log.read() if e.id == post.id("unsent")} == {LogState.STUB}


def test_what_is_not_quarantined_is_erased_by_no_verdict(w: World, post: Post, second: Person) -> None:
    """It stays, and nothing is judged anew for it."""
    rebuilt = post.read(second).rebuilt
    post.verdict(second, "verdict", "seen", "erase", team_only(post))
    r = post.read(second)
    assert notes(r) == {"thee"}
    post.note(w.coordinator, "note", "taart")
    post.verdict(second, "another", "note", "erase", team_only(post))
    assert notes(post.read(second)) == {"thee", "taart"}
    assert post.read(second).rebuilt <= rebuilt + 1
    in_any_order(post, second, 8)


def test_a_verdict_of_another_kind_decides_nothing(w: World, post: Post, second: Person) -> None:
    """A word that this version does not know neither adopts nor erases."""
    for i, word in enumerate(("", "ERASE", "keep", "adopted")):
        post.verdict(second, f"verdict {i}", "unsent", word, team_only(post))
    r = post.read(second)
    assert set(r.quarantine) == {post.id("unsent")}
    assert notes(r) == {"thee"}


# -- who may -------------------------------------------------------------------------------------------------------


def test_a_contact_person_s_verdict_counts_for_nothing(w: World, post: Post, second: Person) -> None:
    """Neither a colleague's, nor that of the same member's other device, on what went to a team's ring."""
    colleague = member_of(w, "colleague", w.team)
    for i, said in enumerate(("adopt", "erase")):
        post.verdict(colleague, f"verdict {i}", "unsent", said)
    r = post.read(second)
    assert notes(r) == {"thee"}
    assert set(r.quarantine) == {post.id("unsent")}


def test_a_coordinator_decides_in_the_own_team_and_below_and_not_beside(w: World) -> None:
    """A sibling team's coordinator adopts and erases nothing; the one above may."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    sara = member_of(w, "sara", south, Role.COORDINATOR)
    nico = member_of(w, "nico", north)
    post = Post(w)
    post.note(nico, "unsent", "koffie")
    extend(w, revoke(w, nora, nico.device))
    for i, said in enumerate(("adopt", "erase")):
        post.verdict(sara, f"beside {i}", "unsent", said, [ring.coordinators_ring(south)])
    for reader in (nora, w.coordinator):
        r = post.read(reader)
        assert (notes(r), set(r.quarantine)) == (set(), {post.id("unsent")})
    post.verdict(w.coordinator, "above", "unsent", "adopt", [ring.coordinators_ring(north)])
    for reader in (nora, w.coordinator):
        assert notes(post.read(reader)) == {"koffie"}


def test_a_device_that_has_left_adopts_nothing_of_its_own(w: World, post: Post, second: Person) -> None:
    """Its verdict lies beyond the cut itself, in whatever ring it stands; a coordinator's as well."""
    head = next(w.roll.at(h) for h in w.roll._places if w.roll.at(h).length == w.state.length - 1)
    with post.at(head):
        post.verdict(w.contact, "own", "unsent", "adopt", [w.contact.own_ring, w.coordinators_ring])
    assert notes(post.read(second)) == {"thee"}
    in_any_order(post, second, 8)


def test_a_coordinator_s_stolen_laptop_adopts_nothing(w: World, post: Post, second: Person) -> None:
    """Named at an old head, unseen: neither its note nor its adoption of it; what it adopted before stands."""
    post.verdict(second, "honest", "unsent", "adopt", team_only(post))
    seen = list(post.sent)
    head = w.state
    cut = post.cut(second.device, *seen, of=w.state.readable(w.coordinator.device))
    extend(w, revoke(w, w.coordinator, second.device, cuts=[cut]))
    with post.at(head):
        post.note(second, "backdated", "bedrog", [w.coordinators_ring])
        post.verdict(second, "of itself", "backdated", "adopt", team_only(post))
    r = post.read(w.coordinator)
    assert notes(r) == {"thee", "koffie"}
    assert set(r.quarantine) == {post.id("backdated"), post.id("of itself")}
    in_any_order(post, w.coordinator, 12)


def test_a_verdict_that_turns_out_to_be_beyond_a_cut_is_undone(w: World, post: Post, second: Person) -> None:
    """It was obeyed before the news that its author's laptop is lost: what it let in goes back to quarantine."""
    post.verdict(second, "unseen", "unsent", "adopt", team_only(post))
    r = post.reader(w.coordinator)
    assert notes(r.take(*post.sent)) == {"thee", "koffie"}
    r.learn(revoke(w, w.coordinator, second.device))
    assert notes(r.replica) == {"thee"}
    assert set(r.replica.quarantine) == {post.id("unsent"), post.id("unseen")}
    assert told(r.replica) == told(r.restarted()) == told(post.read(w.coordinator))


def test_who_is_no_longer_a_coordinator_adopts_nothing(w: World, post: Post, second: Person) -> None:
    """Neither at the new head, nor unseen at an old one."""
    head = w.state
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    with post.at(head):
        post.verdict(second, "old head", "unsent", "adopt", team_only(post))
    post.verdict(second, "new head", "unsent", "adopt", team_only(post))
    r = post.read(w.coordinator)
    assert notes(r) == {"thee"}
    assert post.id("unsent") in r.quarantine
    in_any_order(post, w.coordinator, 8)


def test_what_went_to_the_own_ring_alone_is_the_member_s_to_decide(w: World, second: Person) -> None:
    """The member's other device adopts it; a coordinator, who can't read it, has no say."""
    laptop = laptop_of(w, w.contact)
    own = [w.contact.own_ring]
    post = Post(w)
    post.note(w.contact, "private", "alleen voor mij", own)
    extend(w, revoke(w, w.coordinator, w.contact.device))
    extend(w, renew(w, laptop, own[0], cuts=[post.cut(w.contact.device, of=[])]))
    assert set(post.read(laptop).quarantine) == {post.id("private")}
    post.verdict(second, "coordinator", "private", "erase", [own[0], w.coordinators_ring])
    assert set(post.read(laptop).quarantine) == {post.id("private")}
    post.verdict(laptop, "own", "private", "adopt", own)
    assert notes(post.read(laptop)) == {"alleen voor mij"}
    in_any_order(post, laptop)


# -- keys handed on ------------------------------------------------------------------------------------------------


@pytest.fixture
def newcomer(w: World, second: Person) -> Person:
    """A coordinator who can read nothing that was sealed before they came."""
    for r in (w.team_ring, w.coordinators_ring):
        extend(w, renew(w, w.coordinator, r))
    return member_of(w, "newcomer", w.team)


def test_keys_that_are_handed_on_open_what_they_are_for(w: World, post: Post, newcomer: Person) -> None:
    """The envelope names the id, the key gives it; in any order."""
    own = [newcomer.own_ring, w.coordinators_ring]
    assert notes(post.read(newcomer)) == set()
    post.handed_on(w.coordinator, "keys", [post.content_key("seen")], own)
    assert notes(post.read(newcomer)) == {"thee"}
    in_any_order(post, newcomer)


def test_a_wrong_key_opens_nothing_and_shuts_out_no_right_one(w: World, post: Post, newcomer: Person) -> None:
    """Under the right name first, last or among others: only what gives the id is used."""
    name, key = post.content_key("seen")
    own = [newcomer.own_ring, w.coordinators_ring]
    wrong = [(name, bytes(32)), (name, key[::-1])]
    post.handed_on(w.coordinator, "wrong", wrong, own)
    assert notes(post.read(newcomer)) == set()
    post.handed_on(w.coordinator, "right", [(name, key)], own)
    post.handed_on(w.coordinator, "wrong again", wrong, own)
    r = post.read(newcomer)
    assert notes(r) == {"thee"}
    assert r.aside.keys() <= {post.id("unsent")}
    in_any_order(post, newcomer)


def test_a_key_for_one_device_s_envelopes_is_none_for_another_s(w: World, post: Post, newcomer: Person) -> None:
    """A key under another envelope's id does not give that id."""
    key = post.content_key("seen")[1]
    other = member_of(w, "other", w.team)
    post.note(other, "of the other", "taart")
    post.handed_on(
        w.coordinator,
        "keys",
        [(post.content_key("of the other")[0], key)],
        [newcomer.own_ring, w.coordinators_ring],
    )
    assert notes(post.read(newcomer)) == set()


def test_only_a_coordinator_hands_on_keys(w: World, post: Post, newcomer: Person) -> None:
    """A contact person's are set aside."""
    other = member_of(w, "other", w.team)
    post.handed_on(other, "keys", [post.content_key("seen")], [newcomer.own_ring, w.coordinators_ring])
    r = post.read(newcomer)
    assert notes(r) == set()
    assert r.aside[post.id("keys")].reason == "forbidden"


def test_malformed_keys_are_passed_over(w: World, post: Post, newcomer: Person) -> None:
    """A list that is none takes nothing from what is right."""
    own = [newcomer.own_ring, w.coordinators_ring]
    post.handed_on(w.coordinator, "short", [(b"short", b"key")], own)
    post.handed_on(w.coordinator, "right", [post.content_key("seen")], own)
    assert notes(post.read(newcomer)) == {"thee"}
    in_any_order(post, newcomer, 8)


# -- rings granted later -------------------------------------------------------------------------------------------


def test_a_ring_that_is_granted_later_opens_what_lay_waiting_in_the_log(w: World, second: Person) -> None:
    """Without starting again; and no gap is seen where there is none."""
    newcomer = member_of(w, "newcomer", w.team)
    post = Post(w)
    post.task(w.coordinator, "task", "planten kopen", [w.team_ring, w.coordinators_ring])
    post.task(w.coordinator, "for coordinators", "vergadering", [w.coordinators_ring])
    post.task(w.coordinator, "again", "taart bakken", [w.team_ring, w.coordinators_ring])
    r = post.reader(newcomer)
    assert notes(r.take(*post.sent)) == {"planten kopen", "taart bakken"}
    r.learn(place(w, w.coordinator, newcomer.member, Role.COORDINATOR, w.team))
    r.learn(grant(w, w.coordinator, (w.coordinators_ring, newcomer.device)))
    assert notes(r.replica) == {"planten kopen", "taart bakken", "vergadering"}
    assert (r.replica.withheld, r.replica.waiting) == (set(), 0)
    assert told(r.replica) == told(r.restarted())


def test_an_older_epoch_that_is_granted_later_opens_what_was_before(w: World, second: Person) -> None:
    """Without starting again: the sender keys that came in before the grant open then."""
    post = Post(w)
    post.task(w.coordinator, "task", "planten kopen", [w.team_ring])
    extend(w, renew(w, w.coordinator, w.team_ring))
    newcomer = member_of(w, "newcomer", w.team)
    post.task(w.coordinator, "new", "taart bakken", [w.team_ring])
    r = post.reader(newcomer)
    half = r.keyring.rings.pop((w.team_ring, 1))
    assert notes(r.take(*post.sent)) == {"taart bakken"}
    assert r.replica.waiting == 1
    r.keyring.rings[w.team_ring, 1] = half
    run(r.replica.catch_up())
    assert notes(r.replica) == {"planten kopen", "taart bakken"}
    assert (r.replica.waiting, r.replica.rebuilt) == (0, 0)


# -- judged anew ---------------------------------------------------------------------------------------------------


def test_judging_everything_anew_shows_nothing_twice_and_loses_nothing(w: World, post: Post, second: Person) -> None:
    """What changed is told once more, removed records too, and the rest is as it was."""
    r = post.reader(w.coordinator)
    r.take(*post.sent)
    before, rebuilt = told(r.replica), r.replica.rebuilt
    changed = []
    for round_ in range(2):
        colleague = member_of(w, f"colleague {round_}", w.team)
        extend(w, revoke(w, w.coordinator, colleague.device))
        r.unlock()
        changed.append(run(r.replica.catch_up()))
    assert r.replica.rebuilt == rebuilt + 2
    assert changed == [set(r.replica.records)] * 2
    assert told(r.replica) == before
    assert run(r.replica.catch_up()) == set()
    assert len(r.replica.origins) == 1
    assert len(r.replica.aside) == len(r.replica.quarantine) == 1


def test_an_unconfirmed_coordinator_writes_as_a_contact_person(w: World) -> None:
    """What only a coordinator may is set aside, their own notes arrive; confirmed, the next one passes."""
    post = Post(w)
    new = joined(w, "new", NEW, role=Role.COORDINATOR)
    post.task(new, "before", "niet bevestigd")
    post.note(new, "note", "thee")
    extend(w, grant(w, w.coordinator, (w.coordinators_ring, new.device)))
    post.task(new, "after", "bevestigd")
    r = post.read(w.coordinator)
    assert notes(r) == {"thee", "bevestigd"}
    assert {i: a.reason for i, a in r.aside.items()} == {post.id("before"): "forbidden"}
    in_any_order(post, w.coordinator, 8)
