"""Rounds on the roll: who opens one, who is on it, who holds its ring, and what leaving and ending take."""

from dataclasses import replace

import pytest

from sync.core import ring, roll_entry, roll_rules
from sync.core.errors import BadSignature
from sync.core.rights import Role
from sync.core.roll_entry import Cut, Revoke, sign
from sync.core.roll_state import Crew
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
    opened_round,
    place,
    private,
    recovery,
    refused,
    refused_for,
    renew,
    revoke,
    revoke_body,
    round_body,
    second_device,
    set_round,
    sheet_made,
    signed,
    team_grant,
)
from tests.vectors.vector import fixed

DECIDES = "only a coordinator of its team decides about a round"
EXACTLY = "granted to exactly the holders"
WANTED = "these rings are not the ones to be renewed"


@pytest.fixture
def walker(w: World) -> Person:
    """A collector of the team."""
    return member_of(w, "walker", w.team, Role.COLLECTOR)


def holders(w: World, round_: bytes) -> frozenset[bytes]:
    """Who holds a round's ring."""
    found: frozenset[bytes] = w.state.rings[ring.round_ring(round_)].holders
    return found


def epoch(w: World, round_: bytes) -> int:
    """Its ring's epoch."""
    found: int = w.state.rings[ring.round_ring(round_)].epoch
    return found


# -- opening ---------------------------------------------------------------------------------------------------


def test_a_round_begins_with_its_ring_for_who_is_on_it_and_who_coordinates(w: World, walker: Person) -> None:
    """All their devices and the coordinators' sheets; a member of the team who is not on it holds nothing."""
    laptop, paper = laptop_of(w, walker), sheet_made(w, w.coordinator, "paper")
    round_ = opened_round(w, "spring", walker.member)
    assert w.state.rounds == {round_: Crew(w.team, frozenset({walker.member}))}
    made = w.state.rings[ring.round_ring(round_)]
    assert (made.kind, made.owner, made.epoch, w.state.team_of(made)) == (ring.ROUND, round_, 1, w.team)
    assert made.holders == {walker.device, laptop.device, w.coordinator.device, paper.id}
    assert w.state.walks(walker.device, round_)
    assert not w.state.walks(w.contact.device, round_)


def test_only_a_confirmed_coordinator_of_the_team_or_above_opens_changes_and_ends_one(w: World, walker: Person) -> None:
    """Nobody who walks it, no neighbour, nobody from below, nobody whose words were not compared."""
    north, south = found_team(w, "north"), found_team(w, "south")
    nora, sara = (member_of(w, n, t, Role.COORDINATOR) for n, t in (("nora", north), ("sara", south)))
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    opened_round(w, "open", walker.member)
    nico = member_of(w, "nico", north)
    opened_round(w, "north", nico.member, by=nora, team=north)
    for by in (w.contact, walker, unconfirmed, nora):
        refused_for(w, DECIDES, set_round(w, by, "new", walker.member))
        refused_for(w, DECIDES, set_round(w, by, "open", walker.member, w.contact.member))
        refused_for(w, DECIDES, set_round(w, by, "open", closed=True))
    refused_for(w, DECIDES, set_round(w, sara, "another", nico.member, team=north))
    refused_for(w, DECIDES, set_round(w, sara, "north", closed=True))
    refused_for(w, DECIDES, set_round(w, w.coordinator, "nowhere", walker.member, team=fixed("no team", 16)))
    refused_for(w, "unknown device", set_round(w, run(keys("stranger", NEW)), "new", walker.member))
    extend(w, set_round(w, w.coordinator, "north", nico.member, fixed("to come", 16)))


def test_nobody_opens_one_in_another_s_name(w: World, walker: Person) -> None:
    """The signature has to be the author's: a server can't put anyone on a round."""
    round_ = opened_round(w, "spring", walker.member)
    more = replace(round_body(w, "spring", walker.member, w.contact.member))
    refused(w, BadSignature, run(sign(P, walker.signing, w.state.head, w.coordinator.device, more)))
    assert w.state.rounds[round_].members == {walker.member}


def test_a_round_begins_with_exactly_its_ring_at_epoch_one(w: World, walker: Person) -> None:
    """Not without, not at another epoch, not another ring, not one more, not ended, not with a cut."""
    body, why = round_body(w, "spring", walker.member), "a round begins with its ring"
    other = next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders)
    late = replace(body.epochs[0], epoch=2)
    for epochs in ((), (other,), (late,), (*body.epochs, other), body.epochs * 2):
        refused_for(w, why, signed(w, w.coordinator, replace(body, epochs=epochs)))
    for wrong in (replace(body, closed=True), replace(body, cuts=(Cut(w.contact.device),))):
        refused_for(w, "a round begins open, and cuts nobody", signed(w, w.coordinator, wrong))


def test_a_new_ring_is_granted_once_to_those_who_may_hold_it_and_to_its_maker(w: World, walker: Person) -> None:
    """Nobody who is not on it, no stranger, no unconfirmed coordinator, nobody from another team."""
    north = found_team(w, "north")
    nico = member_of(w, "nico", north)
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    body, name = round_body(w, "spring", walker.member, nico.member), ring.round_ring(fixed("round spring", 16))
    mine = [w.coordinator.device, walker.device]

    def granted(*to: bytes) -> bytes:
        return signed(w, w.coordinator, replace(body, epochs=(next_epoch(w, name, to),)))

    for other in (w.contact.device, nico.device, unconfirmed.device, fixed("nobody", 16)):
        refused_for(w, "not for this device", granted(*mine, other))
    twice = replace(body.epochs[0], grants=body.epochs[0].grants * 2)
    refused_for(w, "a grant twice", signed(w, w.coordinator, replace(body, epochs=(twice,))))
    refused_for(w, "its maker holds a round's ring", granted(walker.device))
    extend(w, granted(w.coordinator.device))
    assert w.state.lacking(w.coordinator.device) == [(name, walker.device)]


def test_a_member_stands_on_a_round_once(w: World, walker: Person) -> None:
    """Also when it changes."""
    body = round_body(w, "spring", walker.member)
    refused_for(w, "a member twice", signed(w, w.coordinator, replace(body, members=body.members * 2)))
    opened_round(w, "spring", walker.member)
    twice = replace(round_body(w, "spring", walker.member, w.contact.member), members=(walker.member,) * 2)
    refused_for(w, "a member twice", signed(w, w.coordinator, twice))


def test_a_round_may_begin_with_nobody_on_it(w: World, walker: Person) -> None:
    """Coordinators hold it; who joins later gets it."""
    round_ = opened_round(w, "spring")
    assert holders(w, round_) == {w.coordinator.device}
    extend(w, set_round(w, w.coordinator, "spring", walker.member))
    assert w.state.lacking(w.coordinator.device) == [(ring.round_ring(round_), walker.device)]


def test_so_many_rounds_are_open_at_once_and_so_many_are_on_them(w: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is over counts no more."""
    assert (roll_rules.MAX_OPEN_ROUNDS, roll_rules.MAX_PLACES, roll_entry.MAX_MEMBERS) == (64, 512, 64)
    monkeypatch.setattr(roll_rules, "MAX_OPEN_ROUNDS", 2)
    monkeypatch.setattr(roll_rules, "MAX_PLACES", 5)
    some = [fixed(f"to come {i}", 16) for i in range(4)]
    why = "too many rounds at once"
    opened_round(w, "one", *some)
    refused_for(w, why, set_round(w, w.coordinator, "two", *some[:2]))
    opened_round(w, "two", some[0])
    refused_for(w, why, set_round(w, w.coordinator, "two", *some[:2]))
    refused_for(w, why, set_round(w, w.coordinator, "three"))
    extend(w, set_round(w, w.coordinator, "one", closed=True))
    opened_round(w, "three", *some)


def test_the_entry_in_which_a_coordinator_leaves_every_round_there_may_be_still_fits() -> None:
    """Each of so many rings renewed for who is on it, with two devices each, and ten of coordinators, and a team's."""
    sealed, public = bytes(80), run(P.agreement_key(fixed("x"))).public
    rounds, places = roll_rules.MAX_OPEN_ROUNDS, roll_rules.MAX_PLACES
    each = 2 * places // rounds + 10

    def renewed(name: str, count: int) -> roll_entry.Epoch:
        grants = tuple((fixed(f"{name} {i}", 16), sealed) for i in range(count))
        return roll_entry.Epoch(fixed(name, 16), 2, public, grants)

    epochs = tuple(renewed(f"ring {i}", each) for i in range(rounds))
    body = Revoke((Cut(fixed("gone", 16)),), (*epochs, renewed("team", 500), renewed("coordinators", 20)))
    key = run(P.signing_key(fixed("signer")))
    assert len(run(sign(P, key, fixed("head"), fixed("by", 16), body))) < roll_entry.MAX_ENTRY_BYTES


# -- joining ---------------------------------------------------------------------------------------------------


def test_who_joins_a_round_is_granted_all_its_epochs_and_changes_nothing_else(w: World, walker: Person) -> None:
    """No new key: they are to read what is there. Upkeep grants it."""
    round_ = opened_round(w, "spring", walker.member)
    extend(w, set_round(w, w.coordinator, "spring", walker.member, w.contact.member))
    assert epoch(w, round_) == 1
    name = ring.round_ring(round_)
    assert w.state.lacking(w.coordinator.device) == [(name, w.contact.device)]
    assert w.state.lacking(walker.device) == []
    refused_for(w, "not this device's to grant", grant(w, walker, (name, w.contact.device)))
    extend(w, grant(w, w.coordinator, (name, w.contact.device)))
    assert w.state.walks(w.contact.device, round_)


def test_a_ring_that_nobody_leaves_is_not_renewed_in_passing(w: World, walker: Person) -> None:
    """An epoch that is not called for is refused, and so is another ring's."""
    round_ = opened_round(w, "spring", walker.member)
    body = round_body(w, "spring", walker.member, w.contact.member)
    for name in (ring.round_ring(round_), w.team_ring):
        more = replace(body, epochs=(next_epoch(w, name, w.state.rings[name].holders),))
        refused_for(w, WANTED, signed(w, w.coordinator, more))


def test_an_invitation_carries_the_rings_of_the_rounds_that_its_member_is_on(w: World) -> None:
    """So that a new collector can walk at once; no other round's, and not of another team."""
    north = found_team(w, "north")
    round_, other = opened_round(w, "spring", NEW), opened_round(w, "other", w.contact.member)
    there = opened_round(w, "there", NEW, team=north)
    mine = ring.round_ring(round_)

    def invited(*names: bytes, label: str = "third", **more: object) -> bytes:
        grants = team_grant(w) | {(n, 1): private(w, n, 1) for n in names}
        return invitation_for(w, label, role=Role.COLLECTOR, grants=grants, **more)

    for wrong in (other, there):
        refused_for(w, "grants more than the author may", invited(mine, ring.round_ring(wrong)))
    extend(w, invited(mine))
    person = run(keys("third", NEW))
    extend(w, run(add_device(w.roll, "third", w.state.head, person)))
    assert w.state.walks(person.device, round_)
    assert w.state.readable(person.device) == {person.own_ring, w.team_ring, mine}


def test_an_invitation_from_before_the_ring_was_renewed_or_the_round_was_over_opens_nothing(
    w: World, walker: Person
) -> None:
    """The first gets it by upkeep, the second never."""
    round_, ended = opened_round(w, "spring", walker.member, NEW), opened_round(w, "ended", NEW)
    names = [ring.round_ring(n) for n in (round_, ended)]
    extend(w, invitation_for(w, role=Role.COLLECTOR, grants=team_grant(w) | {(n, 1): private(w, n, 1) for n in names}))
    announced = w.state.head
    extend(w, set_round(w, w.coordinator, "spring", NEW))
    extend(w, set_round(w, w.coordinator, "ended", closed=True))
    person = run(keys("third", NEW))
    extend(w, run(add_device(w.roll, "third", announced, person)))
    assert w.state.readable(person.device) == {person.own_ring, w.team_ring}
    assert w.state.lacking(w.coordinator.device) == [(names[0], person.device)]


def test_another_device_of_a_member_gets_the_ring_with_its_invitation(w: World, walker: Person) -> None:
    """Of who walks and of a coordinator alike: it grants what the first device holds."""
    round_ = opened_round(w, "spring", walker.member)
    for first in (walker, w.coordinator):
        second = laptop_of(w, first, f"laptop of {first.member.hex()}")
        assert second.device in holders(w, round_)


# -- leaving ---------------------------------------------------------------------------------------------------


def test_who_leaves_a_round_makes_its_ring_new_and_is_cut_there(w: World, walker: Person) -> None:
    """Granted to exactly those who stay; in its other rings nothing changes."""
    round_ = opened_round(w, "spring", walker.member, w.contact.member)
    name = ring.round_ring(round_)
    cut = Cut(walker.device, ((name, 3, fixed("third")),))
    length = w.state.length
    extend(w, set_round(w, w.coordinator, "spring", w.contact.member, cuts=[cut]))
    assert (epoch(w, round_), holders(w, round_)) == (2, {w.contact.device, w.coordinator.device})
    [mark] = w.state.marks[walker.device]
    assert (mark.place, mark.round, mark.numbers) == (length + 1, round_, {name: (3, fixed("third"))})
    assert (mark.role, mark.teams) == (Role.COLLECTOR, {w.team})
    assert not w.state.walks(walker.device, round_)
    assert w.team_ring in w.state.readable(walker.device)
    assert w.contact.device not in w.state.marks


def test_the_house_rule_holds_for_a_round(w: World, walker: Person) -> None:
    """Not without a new key, not for the leaver, not leaving anyone out, not an epoch too far, not a key again."""
    round_ = opened_round(w, "spring", walker.member, w.contact.member)
    body, name = round_body(w, "spring", w.contact.member), ring.round_ring(round_)
    stay = [w.contact.device, w.coordinator.device]

    def wrong(*epochs: roll_entry.Epoch) -> bytes:
        return signed(w, w.coordinator, replace(body, epochs=epochs))

    refused_for(w, WANTED, wrong())
    refused_for(w, WANTED, wrong(*body.epochs, next_epoch(w, w.team_ring, w.state.rings[w.team_ring].holders)))
    for to in ([*stay, walker.device], stay[1:], stay[:1]):
        refused_for(w, EXACTLY, wrong(next_epoch(w, name, to)))
    refused_for(w, "epochs follow one another", wrong(next_epoch(w, name, stay, 3)))
    refused_for(w, "a ring's key twice", wrong(replace(body.epochs[0], public=w.state.rings[name].public)))


def test_exactly_who_leaves_a_round_is_cut_and_in_its_ring_alone(w: World, walker: Person) -> None:
    """Not fewer, not others, not in the team's ring, not twice in one."""
    round_ = opened_round(w, "spring", walker.member, w.contact.member)
    body, name = round_body(w, "spring", w.contact.member), ring.round_ring(round_)
    for cuts in ((), (Cut(w.contact.device),), (*body.cuts, Cut(w.contact.device)), body.cuts * 2):
        refused_for(w, "each device's cut", signed(w, w.coordinator, replace(body, cuts=cuts)))
    first = (name, 1, fixed("first"))
    for places in (((w.team_ring, 1, fixed("first")),), (first, (w.team_ring, 1, fixed("first"))), (first, first)):
        cut = Cut(walker.device, places)
        refused_for(w, "a round cuts in its own ring", signed(w, w.coordinator, replace(body, cuts=(cut,))))


def test_a_coordinator_who_is_taken_off_a_round_still_holds_it(w: World) -> None:
    """They decide about it: nobody has left its ring."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    round_ = opened_round(w, "spring", second.member, w.contact.member)
    extend(w, set_round(w, w.coordinator, "spring", w.contact.member))
    assert (epoch(w, round_), second.device in holders(w, round_)) == (1, True)


def test_an_unconfirmed_coordinator_holds_a_round_only_while_on_it(w: World) -> None:
    """Their role counts once words were compared."""
    unconfirmed = joined(w, "unconfirmed", NEW, role=Role.COORDINATOR)
    round_ = opened_round(w, "spring", NEW)
    assert unconfirmed.device in holders(w, round_)
    extend(w, set_round(w, w.coordinator, "spring"))
    assert holders(w, round_) == {w.coordinator.device}


def test_only_who_holds_a_round_s_ring_changes_or_ends_it(w: World, walker: Person) -> None:
    """A coordinator who was not granted it yet could not renew it; nobody could read on."""
    round_ = opened_round(w, "spring", walker.member)
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    assert second.device not in holders(w, round_)
    why = "not this device's to renew"
    for entry in (set_round(w, second, "spring"), set_round(w, second, "spring", closed=True)):
        refused_for(w, why, entry)
    extend(w, grant(w, w.coordinator, *w.state.lacking(w.coordinator.device)))
    extend(w, set_round(w, second, "spring"))


def test_a_round_stays_with_its_team_and_something_changes(w: World, walker: Person) -> None:
    """No other team, no same members again."""
    north = found_team(w, "north")
    opened_round(w, "spring", walker.member)
    elsewhere = replace(round_body(w, "spring", walker.member, w.contact.member), team=north)
    refused_for(w, "a round stays with its team", signed(w, w.coordinator, elsewhere))
    refused_for(w, "nothing changes", set_round(w, w.coordinator, "spring", walker.member))


# -- ending ----------------------------------------------------------------------------------------------------


def test_a_round_that_is_over_is_the_coordinators_alone(w: World, walker: Person) -> None:
    """Its ring is made new for them; all who held it are cut, coordinators too: what comes late is looked at."""
    paper = sheet_made(w, w.coordinator, "paper")
    round_ = opened_round(w, "spring", walker.member, w.contact.member)
    name = ring.round_ring(round_)
    extend(w, set_round(w, w.coordinator, "spring", closed=True, cuts=[Cut(walker.device, ((name, 1, fixed("1")),))]))
    assert w.state.rounds[round_] == Crew(w.team, frozenset(), True)
    assert (epoch(w, round_), holders(w, round_)) == (2, {w.coordinator.device, paper.id})
    cut = {d: m[-1].numbers[name] for d, m in w.state.marks.items() if m[-1].round == round_}
    assert cut == {
        walker.device: (1, fixed("1")),
        w.contact.device: roll_rules.NOTHING_SEEN,
        w.coordinator.device: roll_rules.NOTHING_SEEN,
    }
    assert not any(w.state.walks(d, round_) for d in w.state.devices)


def test_the_end_of_a_round_has_to_make_its_ring_new_cut_everyone_and_list_nobody(w: World, walker: Person) -> None:
    """Also when nobody was on it."""
    round_ = opened_round(w, "spring", walker.member)
    body = round_body(w, "spring", closed=True)
    refused_for(w, WANTED, signed(w, w.coordinator, replace(body, epochs=())))
    everyone = next_epoch(w, ring.round_ring(round_), holders(w, round_))
    refused_for(w, EXACTLY, signed(w, w.coordinator, replace(body, epochs=(everyone,))))
    refused_for(w, "each device's cut", signed(w, w.coordinator, replace(body, cuts=body.cuts[:1])))
    still = replace(body, members=(walker.member,))
    refused_for(w, "nobody walks a round that is over", signed(w, w.coordinator, still))
    opened_round(w, "empty")
    assert len(round_body(w, "empty", closed=True).epochs) == 1
    extend(w, set_round(w, w.coordinator, "empty", closed=True))


def test_what_is_over_stays_over(w: World, walker: Person) -> None:
    """Nobody opens it again, puts anyone on it, renews its ring, grants it or carries it in an invitation."""
    laptop = laptop_of(w, w.coordinator)
    round_ = opened_round(w, "spring", walker.member, NEW, lacking=[laptop.device])
    name = ring.round_ring(round_)
    extend(w, set_round(w, w.coordinator, "spring", closed=True))
    for entry in (set_round(w, w.coordinator, "spring", walker.member), set_round(w, w.coordinator, "spring")):
        refused_for(w, "the round is over", entry)
    refused_for(w, "not this device's to renew", renew(w, w.coordinator, name))
    refused_for(w, "not this device's to grant", grant(w, w.coordinator, (name, laptop.device)))
    carried = invitation_for(w, grants=team_grant(w) | {(name, 2): private(w, name, 2)})
    refused_for(w, "grants more than the author may", carried)
    assert name not in w.state.renewable(w.coordinator.device)
    assert w.state.lacking(w.coordinator.device) == []


def test_the_ring_of_a_round_that_is_over_is_never_renewed_again(w: World, walker: Person) -> None:
    """Whoever leaves, moves or recovers: it costs nothing more, and no entry grows with the years."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    paper = sheet_made(w, second, "paper")
    round_ = opened_round(w, "spring", walker.member)
    name = ring.round_ring(round_)
    extend(w, set_round(w, w.coordinator, "spring", closed=True))
    assert second.device in holders(w, round_)
    person = run(keys("recovered", second.member))
    extend(w, recovery(w, "paper", paper, person))
    assert name not in w.state.exposed
    extend(w, renew(w, person, *sorted(w.state.exposed & w.state.renewable(person.device))))
    body = revoke_body(w, w.coordinator, second.device)
    assert name not in {e.ring for e in body.epochs}
    extend(w, signed(w, w.coordinator, body))
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    assert (epoch(w, round_), holders(w, round_)) == (2, {w.coordinator.device})
    assert name not in w.state.exposed
    assert w.state.orphaned(w.coordinator.device) == set()


# -- moving and losing a phone -----------------------------------------------------------------------------------


def test_who_moves_to_another_team_leaves_the_rounds_of_the_old_one(w: World, walker: Person) -> None:
    """In the same entry, ring and list; who comes back is put on it again, and nobody else's round changes."""
    north = found_team(w, "north")
    round_, there = opened_round(w, "spring", walker.member), opened_round(w, "north", walker.member, team=north)
    assert walker.device not in holders(w, there)
    extend(w, place(w, w.coordinator, walker.member, Role.COLLECTOR, north))
    assert w.state.rounds[round_].members == frozenset()
    assert (epoch(w, round_), holders(w, round_)) == (2, {w.coordinator.device})
    assert w.state.rounds[there].members == {walker.member}
    assert (ring.round_ring(there), walker.device) in w.state.lacking(w.coordinator.device)
    extend(w, place(w, w.coordinator, walker.member, Role.COLLECTOR, w.team))
    assert all(walker.device != d for r, d in w.state.lacking(w.coordinator.device) if r == ring.round_ring(round_))


def test_another_role_in_the_same_team_changes_no_round(w: World, walker: Person) -> None:
    """A collector who becomes a contact person walks on."""
    round_ = opened_round(w, "spring", walker.member)
    extend(w, place(w, w.coordinator, walker.member, Role.CONTACT, w.team))
    assert (epoch(w, round_), w.state.walks(walker.device, round_)) == (1, True)


def test_a_coordinator_who_is_one_no_more_leaves_the_rounds_that_they_are_not_on(w: World, walker: Person) -> None:
    """And stays on the others."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    on, off = opened_round(w, "on", second.member), opened_round(w, "off", walker.member)
    extend(w, place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    assert (epoch(w, on), second.device in holders(w, on)) == (1, True)
    assert (epoch(w, off), second.device in holders(w, off)) == (2, False)


def test_a_lost_phone_leaves_the_round_and_the_next_one_of_that_member_is_on_it_again(w: World, walker: Person) -> None:
    """Losing a phone is not leaving a round: the member stays listed, without a device that could read."""
    round_ = opened_round(w, "spring", walker.member)
    extend(w, revoke(w, w.coordinator, walker.device))
    assert w.state.rounds[round_].members == {walker.member}
    assert (epoch(w, round_), holders(w, round_)) == (2, {w.coordinator.device})
    name = ring.round_ring(round_)
    team = {(w.team_ring, 2): private(w, w.team_ring, 2)}
    again = {"role": Role.COLLECTOR, "grants": team | {(name, e): private(w, name, e) for e in (1, 2)}}
    extend(w, invitation_for(w, "again", member=walker.member, **again))
    phone = run(keys("again", walker.member))
    extend(w, run(add_device(w.roll, "again", w.state.head, phone)))
    assert w.state.walks(phone.device, round_)


def test_a_phone_that_its_own_member_signs_off_exposes_the_round_until_a_coordinator_renews_it(
    w: World, walker: Person
) -> None:
    """They may not renew it themselves: no collector ever gives a round's ring to anyone."""
    laptop = laptop_of(w, walker)
    round_ = opened_round(w, "spring", walker.member)
    name = ring.round_ring(round_)
    extend(w, revoke(w, laptop, walker.device))
    assert (epoch(w, round_), name in w.state.exposed) == (1, True)
    refused_for(w, "not this device's to renew", renew(w, laptop, name))
    extend(w, renew(w, w.coordinator, name))
    assert (epoch(w, round_), holders(w, round_)) == (2, {laptop.device, w.coordinator.device})
    assert name not in w.state.exposed


def test_a_round_that_no_coordinator_holds_any_more_is_opened_anew_by_one_who_may(w: World, walker: Person) -> None:
    """Its only coordinator has left: who comes after them takes it up."""
    second = member_of(w, "second", w.team, Role.COORDINATOR)
    round_ = opened_round(w, "spring", walker.member, lacking=[second.device])
    name = ring.round_ring(round_)
    extend(w, revoke(w, second, w.coordinator.device))
    assert name in w.state.exposed
    assert w.state.orphaned(second.device) == {name}
    body = roll_entry.Renew((next_epoch(w, name, {walker.device, second.device}),))
    extend(w, signed(w, second, body))
    assert holders(w, round_) == {walker.device, second.device}


def test_who_is_not_on_a_round_gets_no_grant_of_it(w: World, walker: Person) -> None:
    """Not from a coordinator either; a sheet from above does."""
    round_ = opened_round(w, "spring", walker.member)
    name = ring.round_ring(round_)
    north = found_team(w, "north")
    nora = member_of(w, "nora", north, Role.COORDINATOR)
    for other in (w.contact, nora):
        refused_for(w, "not for this device", grant(w, w.coordinator, (name, other.device)))
    paper = sheet_made(w, w.coordinator, "paper", w.team_ring)
    extend(w, grant(w, w.coordinator, (name, paper.id)))
    assert paper.id in holders(w, round_)


def test_a_round_s_own_device_invitation_still_needs_its_member(w: World, walker: Person) -> None:
    """An invitation for another device of oneself opens no round that its member was taken off meanwhile."""
    round_ = opened_round(w, "spring", walker.member, w.contact.member)
    name = ring.round_ring(round_)
    own = {(walker.own_ring, 1): walker.own, (name, 1): private(w, name, 1)}
    extend(w, second_device(w, walker, grants=own | team_grant(w)))
    announced = w.state.head
    extend(w, set_round(w, w.coordinator, "spring", w.contact.member))
    laptop = run(keys("laptop", walker.member))
    extend(w, run(add_device(w.roll, "laptop", announced, laptop, own=False)))
    assert laptop.device not in holders(w, round_)
