"""Whatever is ticked at whatever head, whoever comes, leaves or ends the round: every reader says the same, and nothing
that was written is neither merged nor shown.
"""

from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import envelope, ring
from sync.core.change import ERASE, Change, Patch
from sync.core.ids import record_id
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import Round, parse
from sync.device.replica import ADOPT, Replica
from sync.device.replica import ERASE as GONE
from tests.support.core_world import P, Person, World, founded, run
from tests.support.readers import Post, told
from tests.support.roll_steps import extend, grant, member_of, opened_round, set_round
from tests.vectors.vector import fixed


class Act(NamedTuple):
    """What somebody does: `who` of four, `back` entries behind the roll, `pick` among what there is."""

    what: str
    who: int
    back: int
    pick: int


WHATS = ("tick", "tick", "tick", "tick", "crew", "crew", "erase", "verdict", "close")
acts = st.builds(Act, st.sampled_from(WHATS), st.integers(0, 3), st.integers(0, 2), st.integers(0, 15))


class Story:
    """A round with some people, and what each said."""

    def __init__(self) -> None:
        self.w: World = run(founded())
        self.anna, self.ben = (member_of(self.w, n, self.w.team, Role.COLLECTOR) for n in ("anna", "ben"))
        self.people: list[Person] = [self.anna, self.ben, self.w.contact, self.w.coordinator]
        self.post = Post(self.w)
        self.round = opened_round(self.w, "spring", self.anna.member, self.ben.member)
        self.ring, self.begun = ring.round_ring(self.round), self.w.state.length
        self.doors: dict[str, bytes] = {}  # what was sent → its record
        self.erased: set[bytes] = set()
        self.verdicts: dict[str, set[str]] = {}

    def tick(self, act: Act) -> None:
        """A door, by someone who may be behind, on it or not."""
        by, name = self.people[act.who], f"door {len(self.doors)}"
        state = next(s for s in self.states() if s.length == max(self.begun, self.w.state.length - act.back))
        nonce = fixed(name, 16)
        record = record_id(by.member, "door", nonce)
        with self.post.at(state):
            said = Change("door", "state", record, self.post.stamp(), {"a": Patch(name)}, nonce)
            self.post.send(name, by, said, [self.ring])
        self.doors[name] = record

    def crew(self, act: Act) -> None:
        """Others are on it; the coordinator had seen all, or all but the last that was sent."""
        some = tuple(p.member for i, p in enumerate(self.people[:3]) if act.pick >> i & 1)
        self.decided(some, act.back, closed=False)

    def close(self, act: Act) -> None:
        """It is over."""
        self.decided((), act.back, closed=True)

    def decided(self, members: tuple[bytes, ...], unseen: int, *, closed: bool) -> None:
        known = self.w.state.rounds[self.round]
        if known.closed or (known.members, closed) == (frozenset(members), False):
            return
        seen = list(self.post.sent)[: len(self.post.sent) - unseen]
        cuts = [self.post.cut(p.device, *seen, of=[self.ring]) for p in self.people] if seen else []
        extend(self.w, set_round(self.w, self.w.coordinator, "spring", *members, closed=closed, cuts=cuts))
        if lacking := self.w.state.lacking(self.w.coordinator.device):
            extend(self.w, grant(self.w, self.w.coordinator, *lacking))

    def erase(self, act: Act) -> None:
        """A coordinator erases a door."""
        if self.doors:
            name = sorted(self.doors)[act.pick % len(self.doors)]
            said = Change("door", ERASE, self.doors[name], self.post.stamp(), seen=(self.post.id(name),))
            self.post.send(f"erase {self.post.clock}", self.w.coordinator, said, [self.w.coordinators_ring])
            self.erased.add(self.doors[name])

    def verdict(self, act: Act) -> None:
        """A coordinator decides about a door, quarantined or not."""
        if self.doors:
            name, said = sorted(self.doors)[act.pick % len(self.doors)], (ADOPT, GONE)[act.back % 2]
            self.post.verdict(self.w.coordinator, f"verdict {self.post.clock}", name, said, [self.w.coordinators_ring])
            self.verdicts.setdefault(name, set()).add(said)

    def states(self) -> list[object]:
        return [self.w.roll.at(head) for head in self.w.roll._places]

    def expected(self, name: str) -> str:
        """What becomes of a door, said once more from the entries alone."""
        e = envelope.parse(self.post.sent[name])
        state, number = self.w.roll.at(e.header.head), e.header.links[0].number
        if e.header.device not in state.rings[self.ring].holders or state.rounds[self.round].closed:
            return "forbidden"
        said = self.verdicts.get(name, set())
        for data in self.w.roll.entries[state.length :]:
            body = parse(data).body
            for cut in body.cuts if isinstance(body, Round) else ():
                if cut.device == e.header.device and number > next((n for _, n, _ in cut.places), 0):
                    return "quarantined" if not said else "gone" if GONE in said else self._merged(name)
        return self._merged(name)

    def _merged(self, name: str) -> str:
        return "gone" if self.doors[name] in self.erased else "merged"

    def became(self, r: Replica, name: str) -> str:
        """What this reader made of it."""
        if self.post.id(name) in r.aside:
            return r.aside[self.post.id(name)].reason
        record = r.records.get(self.doors[name])
        return "merged" if record is not None and record.value("state.a") == name else "gone"


def without_shells(r: Replica) -> tuple[object, ...]:
    """What a reader says, but for records of which nothing but their erasing is left: opened anew that waits apart."""
    records, *rest = told(r)  # type: ignore[misc]
    return {i: record for i, record in records.items() if not r.records[i].erased}, *rest


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.lists(acts, min_size=4, max_size=12), st.integers(0, 1000))
def test_a_round_is_the_same_for_every_reader_and_nothing_is_lost(said: list[Act], luck: int) -> None:
    """In any order, roll first or roll last, opened anew or not; and it is what the entries say."""
    s, shuffled = Story(), Random(luck)
    for act in [Act("tick", 0, 0, 0), *said]:
        getattr(s, act.what)(act)
    coordinator = s.w.coordinator
    whole = s.post.read(coordinator)
    assert {n: s.became(whole, n) for n in s.doors} == {n: s.expected(n) for n in s.doors}
    names = list(s.post.sent)
    shuffled.shuffle(names)
    behind = Roll()
    run(behind.extend(P, s.w.roll.entries[: s.begun]))
    late = s.post.reader(coordinator, roll=behind)
    for name in names[::2]:
        late.take(name)
    for entry in s.w.roll.entries[s.begun :]:
        late.learn(entry)
    late.take(*names[1::2])
    assert told(late.replica) == told(whole)
    assert without_shells(late.restarted()) == without_shells(whole)
    for reader in (s.anna, s.ben):  # who hear of no verdict and no erasing here
        r = s.post.read(reader)
        assert told(s.post.read(reader, names, 1)) == told(r)
        assert all(s.expected(n) in ("merged", "gone") for n in s.doors if s.became(r, n) == "merged")
