"""What a device makes of what is sealed to a round's ring: who may write there, what belongs there, what comes too late."""

from dataclasses import dataclass
from itertools import permutations

import pytest

from sync.core import envelope, ring
from sync.core.change import ERASE, LIFE, REMOVED, Change, Patch
from sync.core.ids import record_id
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import Round
from sync.core.roll_state import State
from sync.device.memory import pack_record, unpack_record
from sync.device.replica import Replica
from tests.support.core_world import P, Person, World, founded, run
from tests.support.readers import Post, told
from tests.support.roll_steps import (
    extend,
    found_team,
    grant,
    laptop_of,
    member_of,
    next_epoch,
    opened_round,
    place,
    renew,
    revoke,
    set_round,
    signed,
)
from tests.vectors.vector import fixed


@dataclass
class Street:
    """A round with two collectors on it, another round, and all that was sent."""

    w: World
    post: Post
    anna: Person
    ben: Person
    round: bytes
    other: bytes

    def made(self, by: Person, name: str, kind: str, group: str, rings: list[bytes], /, **fields: object) -> bytes:
        """A new record, sealed to these rings; its id."""
        nonce = fixed(f"{kind} {name}", 16)
        record = record_id(by.member, kind, nonce)
        said = {n: Patch(v) for n, v in fields.items()}
        self.post.send(name, by, Change(kind, group, record, self.post.stamp(), said, nonce), rings)
        return record

    def said(
        self, by: Person, name: str, kind: str, group: str, record: bytes, rings: list[bytes], /, **f: object
    ) -> None:
        """A change of a record that is there."""
        fields = {n: Patch(v) for n, v in f.items()}
        self.post.send(name, by, Change(kind, group, record, self.post.stamp(), fields), rings)

    @property
    def here(self) -> list[bytes]:
        """The round's ring alone."""
        return [ring.round_ring(self.round)]

    @property
    def there(self) -> list[bytes]:
        """The other round's."""
        return [ring.round_ring(self.other)]

    def why(self, reader: Person) -> dict[str, str]:
        """Why each envelope is kept aside, by name."""
        r = self.post.read(reader)
        return {n: r.aside[self.post.id(n)].reason for n in self.post.sent if self.post.id(n) in r.aside}

    def in_any_order(self, reader: Person) -> Replica:
        """However it comes in, and opened anew, the same."""
        whole = self.post.read(reader)
        orders = list(permutations(self.post.sent))
        for order in orders[:: max(1, len(orders) // 24)]:
            r = self.post.reader(reader)
            for name in order:
                r.take(name)
            assert told(r.replica) == told(whole), order
            assert told(r.restarted()) == told(whole), order
        return whole


@pytest.fixture
def s() -> Street:
    """Anna and Ben walk one round; Ben walks another as well."""
    w = run(founded())
    anna, ben = (member_of(w, n, w.team, Role.COLLECTOR) for n in ("anna", "ben"))
    round_ = opened_round(w, "spring", anna.member, ben.member)
    return Street(w, Post(w), anna, ben, round_, opened_round(w, "autumn", ben.member))


def values(r: Replica, field: str) -> set[object]:
    """Every value of a field that is shown."""
    return {v for record in r.records.values() if (v := record.value(field)) is not None}


# -- who may -----------------------------------------------------------------------------------------------------


def test_whoever_is_on_a_round_and_whoever_coordinates_tick_its_doors(s: Street) -> None:
    """In every role: collector, contact person, coordinator."""
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", s.anna.member, s.ben.member, s.w.contact.member))
    extend(s.w, grant(s.w, s.w.coordinator, *s.w.state.lacking(s.w.coordinator.device)))
    for by in (s.anna, s.w.contact, s.w.coordinator):
        s.made(by, f"by {by.member.hex()}", "door", "state", s.here, a=by.member.hex())
    for reader in (s.anna, s.ben, s.w.contact, s.w.coordinator):
        r = s.post.read(reader)
        assert len(values(r, "state.a")) == 3
        assert not r.aside


def test_who_does_not_hold_a_round_s_ring_ticks_no_door(s: Street) -> None:
    """Everyone knows its public half: that is no right. Nor is a coordinator's role, without the ring."""
    second = member_of(s.w, "second", s.w.team, Role.COORDINATOR)
    for by in (s.w.contact, second):
        s.made(by, f"by {by.member.hex()}", "door", "state", s.here, a="met")
    assert set(s.why(s.anna).values()) == {"forbidden"}
    assert values(s.post.read(s.anna), "state.a") == set()


def test_only_coordinators_plan(s: Street) -> None:
    """The round, its walks, its result and the streets."""
    up = [s.w.coordinators_ring]
    s.made(s.anna, "plan", "walk", "plan", s.here, name="Mijn straat")
    s.made(s.anna, "result", "round", "result", up, doors=1)
    s.made(s.anna, "street", "street", "doors", up, name="Tulpstraat")
    assert set(s.why(s.w.coordinator)) == {"plan", "result", "street"}
    assert set(s.why(s.w.coordinator).values()) == {"forbidden"}


# -- what belongs where ------------------------------------------------------------------------------------------


def test_what_is_of_a_round_stands_in_its_ring_alone(s: Street) -> None:
    """Not in the team's, where others could read it; not in both; not in one's own, where nobody sees it."""
    own, team = s.anna.own_ring, s.w.team_ring
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    for n, rings in enumerate(([team], [own], [*s.here, team], [*s.here, own], [s.w.coordinators_ring])):
        s.made(s.anna, f"door {n}", "door", "state", rings, a="met")
        s.said(s.anna, f"claim {n}", "walk", "claim", walk, rings, until=1)
        if own not in rings:
            s.made(s.w.coordinator, f"plan {n}", "walk", "plan", rings, name="Elders")
    aside = s.why(s.w.coordinator) | s.why(s.anna)
    assert {n for n in aside if aside[n] == "forbidden"} == {n for n in s.post.sent if " " in n and "key" not in n}


def test_what_is_of_two_rounds_is_of_none(s: Street) -> None:
    """A door in two rings would be in two rounds."""
    s.made(s.ben, "both", "door", "state", [*s.here, *s.there], a="met")
    assert s.why(s.ben) == {"both": "forbidden"}


def test_a_round_is_told_in_its_own_ring(s: Street) -> None:
    """The record's id is the round's: nobody's details pass for another's."""
    s.made(s.w.coordinator, "wrong", "round", "detail", s.here, name="Een andere")
    s.w.chains.clear()
    s.post.sent.clear()
    nonce, by = fixed("the round's", 16), s.w.coordinator
    round_ = record_id(by.member, "round", nonce)
    name = ring.round_ring(round_)
    body = Round(round_, s.w.team, (s.anna.member,), False, (), (next_epoch(s.w, name, {by.device, s.anna.device}),))
    extend(s.w, signed(s.w, by, body))
    said = {"name": Patch("Tulpen in mei")}
    s.post.keys.clear()
    s.post.send("right", by, Change("round", "detail", round_, s.post.stamp(), said, nonce), [name])
    s.post.send("moved", by, Change("round", "detail", round_, s.post.stamp(), said, nonce), s.here)
    assert values(s.post.read(s.anna), "detail.name") == {"Tulpen in mei"}
    assert s.why(s.anna) == {"moved": "forbidden"}


@pytest.mark.parametrize(("kind", "group"), [("round", "result"), ("street", "doors")])
def test_what_is_kept_for_long_is_the_coordinators_alone(s: Street, kind: str, group: str) -> None:
    """Not in a round's ring, nor the team's."""
    up = [s.w.coordinators_ring]
    s.made(s.w.coordinator, "right", kind, group, up, doors=60)
    for n, rings in enumerate((s.here, [s.w.team_ring], [*up, *s.here], [*up, s.w.team_ring])):
        s.made(s.w.coordinator, f"wrong {n}", kind, group, rings, doors=61)
    assert values(s.post.read(s.w.coordinator), f"{group}.doors") == {60}
    assert set(s.why(s.w.coordinator)) == {f"wrong {n}" for n in range(4)}


def test_nothing_else_is_sealed_to_a_round(s: Street) -> None:
    """A visit, a mark or a name there would be read by whoever walks."""
    for kind, group in (("visit", "detail"), ("mark", "address"), ("member", "name")):
        s.made(s.w.contact, kind, kind, group, s.here, a="x")
        s.made(s.w.contact, f"{kind} too", kind, group, [s.w.contact.own_ring, *s.here], a="x")
    assert set(s.why(s.anna).values()) == {"forbidden"}
    assert len(s.why(s.anna)) == 6


def test_a_record_is_not_moved_to_another_round(s: Street) -> None:
    """Ben walks both: what he writes in one ring about a walk of the other counts in neither, in any order."""
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    s.said(s.ben, "moved", "walk", "claim", walk, s.there, until=9)
    for reader in (s.ben, s.w.coordinator):
        assert values(s.in_any_order(reader), "claim.until") == set()
    s.said(s.ben, "right", "walk", "claim", walk, s.here, until=1)
    assert values(s.post.read(s.anna), "claim.until") == {1}


def test_whoever_makes_one_record_in_two_rounds_divides_no_readers(s: Street) -> None:
    """A coordinator's odd device: then it is of both, for every reader, however it comes in."""
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    s.said(s.ben, "moved", "walk", "claim", walk, s.there, until=9)
    again = s.post.sent.pop("walk")
    s.made(s.w.coordinator, "walk", "walk", "plan", s.there, name="Tulpstraat")
    s.post.sent["first"] = again
    assert values(s.in_any_order(s.ben), "claim.until") == {9}


def test_a_newer_kind_in_a_round_waits(s: Street) -> None:
    """It is neither refused nor lost."""
    s.made(s.anna, "newer", "moon", "phase", s.here, a="x")
    r = s.post.read(s.ben)
    assert (r.waiting, r.aside) == (1, {})


# -- erasing -----------------------------------------------------------------------------------------------------


def test_a_coordinator_erases_a_door_and_its_bytes_go(s: Street) -> None:
    """Sealed to whoever may have read it; a collector can't erase another's, their own they can."""
    doors = {p.member: s.made(p, p.member.hex(), "door", "state", s.here, a="met") for p in (s.anna, s.ben)}
    wide = [*s.here, s.w.coordinators_ring, s.anna.own_ring]
    names = (s.post.id(s.anna.member.hex()),)
    erase = Change("door", ERASE, doors[s.anna.member], s.post.stamp(), seen=names)
    s.post.send("not hers", s.ben, erase, wide)
    s.post.send("erased", s.w.coordinator, erase, wide)
    s.post.send("own", s.ben, Change("door", ERASE, doors[s.ben.member], s.post.stamp()), s.here)
    for reader in (s.anna, s.ben, s.w.coordinator):
        reading = s.post.reader(reader)
        r = reading.take(*s.post.sent)
        assert values(r, "state.a") == set()
        [entry] = reading.log.fetch([s.post.id(s.anna.member.hex())])
        assert envelope.is_stub(entry.data)
        assert {n for n in s.post.sent if s.post.id(n) in r.aside} == {"not hers"}


# -- too late ----------------------------------------------------------------------------------------------------


def left(s: Street, *seen: str) -> None:
    """Anna is taken off the round by a coordinator who got no more of her than this."""
    cut = s.post.cut(s.anna.device, *seen, of=s.here)
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", s.ben.member, cuts=[cut]))


def test_who_left_a_round_reads_and_writes_no_further(s: Street) -> None:
    """What others write since is shut to them; what they write at a later head is refused."""
    s.made(s.anna, "before", "door", "state", s.here, a="met")
    left(s, *s.post.sent)
    s.made(s.ben, "after", "door", "state", s.here, a="later")
    s.made(s.anna, "still", "door", "state", s.here, a="empty")
    assert values(s.post.read(s.ben), "state.a") == {"met", "later"}
    assert s.why(s.ben)["still"] == "forbidden"
    mine = s.post.read(s.anna)
    assert values(mine, "state.a") == {"met"}


def test_what_comes_late_from_who_left_is_quarantined_and_can_be_adopted(s: Street) -> None:
    """Written before they heard of it: nothing is lost, and a coordinator decides. In any order."""
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head, seen = s.w.state, list(s.post.sent)
    left(s, *seen)
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
    for reader in (s.w.coordinator, s.ben):
        r = s.post.read(reader)
        assert values(r, "state.a") == {"met"}
        assert set(r.quarantine) == {s.post.id("late")}
        assert r.quarantine[s.post.id("late")].change.fields["a"].value == "not_home"
    s.post.verdict(s.ben, "not his", "late", "adopt", s.here)
    assert values(s.in_any_order(s.w.coordinator), "state.a") == {"met"}
    s.post.verdict(s.w.coordinator, "adopted", "late", "adopt", s.here)
    for reader in (s.w.coordinator, s.ben):
        assert values(s.post.read(reader), "state.a") == {"met", "not_home"}


def test_who_comes_back_to_a_round_goes_on(s: Street) -> None:
    """Only what named a head before they left was held back."""
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    left(s, *s.post.sent)
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", s.anna.member, s.ben.member))
    extend(s.w, grant(s.w, s.w.coordinator, *s.w.state.lacking(s.w.coordinator.device)))
    s.made(s.anna, "again", "door", "state", s.here, a="later")
    for reader in (s.anna, s.ben, s.w.coordinator):
        r = s.post.read(reader)
        assert (values(r, "state.a"), r.aside) == ({"met", "later"}, {})


def over(s: Street, *seen: str) -> State:
    """The round ends, by a coordinator who has seen this; the head before."""
    head = s.w.state
    cuts = [s.post.cut(d.device, *seen, of=s.here) for d in (s.anna, s.ben, s.w.coordinator)]
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", closed=True, cuts=cuts))
    return head


def test_what_comes_after_the_end_of_a_round_is_set_aside_and_shown(s: Street) -> None:
    """A collector was without network: it is quarantined, on their own phone too, and a coordinator can adopt it."""
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head = over(s, *s.post.sent)
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
        s.said(s.ben, "claim", "walk", "claim", walk, s.here, until=1)
        s.said(s.w.coordinator, "plan", "walk", "plan", walk, s.here, name="Elders")
    late = {"late", "claim", "plan"}
    for reader in (s.w.coordinator, s.anna):
        r = s.post.read(reader)
        assert {n for n in s.post.sent if s.post.id(n) in r.quarantine} == late
        assert s.why(reader) == dict.fromkeys(late, "quarantined")
        assert values(r, "state.a") == {"met"}
    s.post.verdict(s.w.coordinator, "adopted", "late", "adopt", s.here)
    assert values(s.post.read(s.w.coordinator), "state.a") == {"met", "not_home"}


def test_a_round_that_is_over_takes_nothing_but_erasing(s: Street) -> None:
    """Also of coordinators, who hold its ring: it stays as it was, and can still go."""
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    door = s.made(s.anna, "seen", "door", "state", s.here, a="met")
    over(s, *s.post.sent)
    s.made(s.w.coordinator, "door", "door", "state", s.here, a="later")
    s.said(s.w.coordinator, "plan", "walk", "plan", walk, s.here, name="Elders")
    removed = Change("walk", LIFE, walk, s.post.stamp(), {REMOVED: Patch(True)})
    s.post.send("removed", s.w.coordinator, removed, s.here)
    s.post.send("erased", s.w.coordinator, Change("door", ERASE, door, s.post.stamp()), s.here)
    assert s.why(s.w.coordinator) == dict.fromkeys(("door", "plan", "removed"), "forbidden")
    r = s.post.read(s.w.coordinator)
    assert (values(r, "state.a"), values(r, "plan.name")) == (set(), {"Tulpstraat"})


def test_an_erasing_from_before_the_end_counts_however_late_it_comes(s: Street) -> None:
    """Taking away is never held back."""
    door = s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head = over(s, *s.post.sent)
    with s.post.at(head):
        s.post.send("own", s.anna, Change("door", ERASE, door, s.post.stamp()), s.here)
    r = s.post.read(s.w.coordinator)
    assert (values(r, "state.a"), r.aside) == (set(), {})


def test_what_a_coordinator_wrote_in_a_round_stays_when_they_leave_after_its_end(s: Street) -> None:
    """Whoever revokes them may never have held that ring, which nobody renews any more: the end of the round has cut
    them there. What they slip in later is held back all the same.
    """
    first = member_of(s.w, "first", s.w.team, Role.COORDINATOR)
    extend(s.w, grant(s.w, s.w.coordinator, *s.w.state.lacking(s.w.coordinator.device)))
    s.made(first, "walk", "walk", "plan", s.here, name="Tulpstraat")
    head = s.w.state
    cuts = [s.post.cut(d.device, of=s.here) for d in (s.anna, s.ben, s.w.coordinator, first)]
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", closed=True, cuts=cuts))
    late = member_of(s.w, "late", s.w.team, Role.COORDINATOR)
    assert s.here[0] not in s.w.state.readable(late.device)
    extend(s.w, revoke(s.w, late, first.device))
    with s.post.at(head):
        s.made(first, "slipped", "walk", "plan", s.here, name="Nepstraat")
    r = s.post.read(s.w.coordinator)
    assert values(r, "plan.name") == {"Tulpstraat"}
    assert set(r.quarantine) == {s.post.id("slipped")}


def test_a_lost_phone_s_late_doors_are_quarantined(s: Street) -> None:
    """As all that it slips in: a round's ring is cut like a team's."""
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head = s.w.state
    cut = s.post.cut(s.anna.device, of=s.w.state.readable(s.w.coordinator.device))
    extend(s.w, revoke(s.w, s.w.coordinator, s.anna.device, cuts=[cut]))
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
    r = s.post.read(s.ben)
    assert (values(r, "state.a"), set(r.quarantine)) == ({"met"}, {s.post.id("late")})


def test_a_phone_that_its_member_signs_off_is_cut_in_the_round_by_the_coordinator_who_renews_it(s: Street) -> None:
    """Until then all that it wrote there is held back; after it only what is late."""
    laptop = laptop_of(s.w, s.anna, rings=False)
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head = s.w.state
    extend(s.w, revoke(s.w, laptop, s.anna.device))
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
    cuts = [s.post.cut(s.anna.device, "seen", of=s.here)]
    extend(s.w, renew(s.w, s.w.coordinator, *s.here, cuts=cuts))
    r = s.post.read(s.ben)
    assert (values(r, "state.a"), set(r.quarantine)) == ({"met"}, {s.post.id("late")})


def test_a_moved_member_s_late_doors_are_quarantined_and_their_own_notes_arrive(s: Street) -> None:
    """The right to tick a door went with the team."""
    north = found_team(s.w, "north")
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    head = s.w.state
    cut = s.post.cut(s.anna.device, of=s.w.state.readable(s.w.coordinator.device))
    extend(s.w, place(s.w, s.w.coordinator, s.anna.member, Role.COLLECTOR, north, cuts=[cut]))
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
        s.made(s.anna, "name", "member", "name", [s.anna.own_ring, s.w.team_ring], name="Anna")
    r = s.post.read(s.ben)
    assert (values(r, "state.a"), set(r.quarantine)) == ({"met"}, {s.post.id("late")})
    assert values(r, "name.name") == {"Anna"}


def test_another_role_in_the_team_holds_no_door_back(s: Street) -> None:
    """A collector who became a contact person was on the round all the time."""
    head = s.w.state
    extend(s.w, place(s.w, s.w.coordinator, s.anna.member, Role.CONTACT, s.w.team))
    with s.post.at(head):
        s.made(s.anna, "late", "door", "state", s.here, a="not_home")
    r = s.post.read(s.ben)
    assert (values(r, "state.a"), r.aside) == ({"not_home"}, {})


def test_it_is_remembered_in_which_round_a_record_was_made(s: Street) -> None:
    """In the saved view too: a claim that comes in after an unlocking is judged as before it."""
    walk = s.made(s.w.coordinator, "walk", "walk", "plan", s.here, name="Tulpstraat")
    record = s.post.read(s.ben).records[walk]
    assert record.rounds == {s.round}
    assert unpack_record(walk, pack_record(record)) == record


# -- hearing of it last --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("late", [False, True])
def test_who_hears_of_it_last_comes_to_the_same_and_judges_anew_only_what_it_may_change(
    s: Street, closed: bool, late: bool
) -> None:
    """The doors were merged before the entry arrived; without anything late a phone has nothing to do."""
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    entries, head, seen = len(s.w.roll.entries), s.w.state, list(s.post.sent)
    if closed:
        over(s, *seen)
    else:
        left(s, *seen)
    if late:
        with s.post.at(head):
            s.made(s.anna, "late", "door", "state", s.here, a="not_home")
    whole = told(s.post.read(s.ben))
    behind = Roll()
    run(behind.extend(P, s.w.roll.entries[:entries]))
    r = s.post.reader(s.ben, roll=behind)
    r.take(*s.post.sent)
    assert len(values(r.replica, "state.a")) == 1 + late
    r.learn(*s.w.roll.entries[entries:])
    assert told(r.replica) == whole
    assert (r.replica.rebuilt > 0) == late
    assert told(r.restarted()) == whole


def test_the_end_of_a_round_counts_anew_for_who_had_left_it_and_the_team(s: Street) -> None:
    """Who signed Anna's phone off held no ring of it, so all was held back; with the end her first cut counts."""
    laptop = laptop_of(s.w, s.anna, rings=False)
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    left(s, *s.post.sent)
    extend(s.w, set_round(s.w, s.w.coordinator, "spring", s.anna.member, s.ben.member))
    extend(s.w, revoke(s.w, laptop, s.anna.device))
    entries = len(s.w.roll.entries)
    behind = Roll()
    run(behind.extend(P, s.w.roll.entries))
    r = s.post.reader(s.w.coordinator, roll=behind)
    assert values(r.take(*s.post.sent), "state.a") == set()
    over(s, *s.post.sent)
    assert values(r.learn(*s.w.roll.entries[entries:]), "state.a") == {"met"}
    assert told(r.replica) == told(s.post.read(s.w.coordinator))


def test_another_number_before_the_cut_is_judged_anew(s: Street) -> None:
    """A phone that says two things under one number is not let through by being early."""
    s.made(s.anna, "seen", "door", "state", s.here, a="met")
    with s.post.forked(s.anna.device):
        s.made(s.anna, "doubled", "door", "state", s.here, a="empty")
    s.made(s.anna, "told", "door", "state", s.here, a="later")
    entries = len(s.w.roll.entries)
    left(s, "sender key 1", "seen", "told")
    whole = told(s.post.read(s.ben))
    behind = Roll()
    run(behind.extend(P, s.w.roll.entries[:entries]))
    r = s.post.reader(s.ben, roll=behind)
    r.take(*s.post.sent)
    r.learn(*s.w.roll.entries[entries:])
    assert told(r.replica) == whole
