"""Whatever is decided in whatever order: nobody opens what is not theirs, nobody who left gets a key, nothing half."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sync.core import ring
from sync.core.errors import StraatError
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import (
    AddDevice,
    Entry,
    Genesis,
    Invite,
    Place,
    Recover,
    Renew,
    Revoke,
    Round,
    Team,
    Withdraw,
    parse,
)
from sync.core.roll_state import SheetKey, State
from sync.device.ring_keys import granted_in
from tests.support import roll_steps as steps
from tests.support.core_world import P, Person, add_device, founded, keys, run
from tests.vectors.vector import fixed

Epoch = tuple[bytes, int]
picks = st.integers(0, 1_000)


def entitled(state: State, holder: bytes, ring_id: bytes) -> bool:
    """Who may open a ring, said once more and in other words than the roll's own rules."""
    known = state.devices.get(holder) or state.sheets.get(holder)
    if known is None:
        return False
    r = state.rings[ring_id]
    if r.kind == ring.OWN:
        return known.member == r.owner
    crew = state.rounds[r.owner] if r.kind == ring.ROUND else None
    if crew and holder in state.devices and known.team == crew.team and known.member in crew.members:
        return not crew.closed
    above, team = [], crew.team if crew else r.owner
    while team is not None:
        above.append(team)
        team = state.teams[team]
    coordinates = isinstance(known, SheetKey) or known.role is Role.COORDINATOR
    return (coordinates and known.team in above) or (r.kind == ring.TEAM and known.team == r.owner)


@dataclass
class Knowledge:
    """Who ever got which private half into their hands, read off the entries alone."""

    of: dict[Epoch, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    invited: dict[bytes, list[Epoch]] = field(default_factory=dict)  # announced → what the invitation carries

    def hear(self, entry: Entry, before: State, after: State) -> None:
        """One entry that was taken."""
        body = entry.body
        invite = body.invite if isinstance(body, Genesis) else body if isinstance(body, Invite) else None
        if invite:
            self.invited[entry.hash] = [(g.ring, g.epoch) for g in invite.grants]
        for holder in {*before.devices, *after.devices, *before.sheets, *after.sheets}:
            known = after.sheets.get(holder)
            for g in granted_in(entry, holder, known.agreement if known else b""):
                self.of[g.ring, g.epoch].add(holder)
        if isinstance(body, Renew | Revoke | Place | Team | Round):
            for e in body.epochs:  # whoever makes a key has it
                self.of[e.ring, e.epoch].add(entry.author)
        new = set(after.devices) - set(before.devices)
        if isinstance(body, AddDevice | Recover):
            [device] = new
            carried = self.invited[body.announced] if isinstance(body, AddDevice) else self.with_(body.sheet)
            own = after.rings[ring.own_ring(after.devices[device].member)]
            for epoch in [*carried, *([(own.id, own.epoch)] if body.own_public else [])]:
                self.of[epoch].add(device)

    def with_(self, holder: bytes) -> list[Epoch]:
        """All that someone has."""
        return [epoch for epoch, who in self.of.items() if holder in who]


class RollMachine(RuleBasedStateMachine):
    """Everyone who ever was there tries everything; what is taken must keep the laws below."""

    @initialize()
    def begin(self) -> None:
        """Two coordinators and a contact person, and a team below with a coordinator and a contact person."""
        w = self.w = run(founded())
        second = steps.member_of(w, "second", w.team, Role.COORDINATOR)
        north = steps.found_team(w, "north")
        nora, nico = steps.member_of(w, "nora", north, Role.COORDINATOR), steps.member_of(w, "nico", north)
        self.people: list[Person] = [w.coordinator, w.contact, second, nora, nico]
        self.sheets: dict[bytes, tuple[str, Person]] = {}
        self.pending: list[tuple[str, bytes, bytes]] = []  # label, member, announced
        self.coming = [fixed(f"to come {n}", 16) for n in range(3)]
        self.known, self.count = Knowledge(), 0
        self.history = [w.roll.at(parse(e).previous) for e in w.roll.entries] + [w.state]
        for i, data in enumerate(self.w.roll.entries):
            self.known.hear(parse(data), self.history[i], self.history[i + 1])

    # -- trying ---------------------------------------------------------------------------------------------

    def tried(self, entry: bytes) -> bool:
        """Taken, or refused with nothing changed."""
        before, length = self.w.state, len(self.w.roll.entries)
        try:
            run(self.w.roll.extend(P, [entry]))
        except StraatError:
            assert (self.w.state, len(self.w.roll.entries)) == (before, length)
            return False
        self.known.hear(parse(entry), before, self.w.state)
        self.history.append(self.w.state)
        return True

    def someone(self, pick: int) -> Person:
        """Most often a coordinator who is there, else anyone who ever was: also those who have left."""
        there = self._coordinators() if pick % 4 else self.people
        return there[pick // 4 % len(there)]

    def _coordinators(self) -> list[Person]:
        state = self.w.state
        there = [p for p in self.people if p.device in state.devices]
        return [p for p in there if state.coordinates(p.device, state.devices[p.device].team)]

    def label(self, what: str) -> str:
        self.count += 1
        return f"{what} {self.count}"

    def team(self, pick: int) -> bytes:
        return sorted(self.w.state.teams)[pick % len(self.w.state.teams)]

    def present(self, pick: int) -> bytes:
        return sorted(self.w.state.devices)[pick % len(self.w.state.devices)]

    # -- what people do -------------------------------------------------------------------------------------

    @rule(by=picks, team=picks, role=st.sampled_from(Role), current=st.booleans(), again=st.booleans(), pick=picks)
    def invite(self, by: int, team: int, role: Role, current: bool, again: bool, pick: int) -> None:
        """A new member, or one who was there; with the team's ring or without."""
        where = self.team(team)
        gone = sorted({d.member for d in self.w.state.left.values()})
        new = self.coming[pick % 3] if pick % 2 else fixed(self.label("member"), 16)
        member = gone[pick % len(gone)] if again and gone else new
        rounds = [
            n for n, c in self.w.state.rounds.items() if (member in c.members and c.team == where) or not pick % 9
        ]
        held = [ring.team_ring(where), *map(ring.round_ring, rounds)] if current else []
        grants = {(r, e): steps.private(self.w, r, e) for r in held for e in [self.w.state.rings[r].epoch]}
        self.announce(self.someone(by), {"member": member, "role": role, "team": where, "grants": grants})

    @rule(by=picks)
    def invite_oneself(self, by: int) -> None:
        """Another device of oneself, with all that the first holds."""
        author = self.someone(by)
        d = self.w.state.devices.get(author.device)
        if d is not None:
            held = sorted(self.w.state.readable(d.id))
            grants = {(r, e): steps.private(self.w, r, e) for r in held for e in [self.w.state.rings[r].epoch]}
            self.announce(author, {"member": d.member, "role": d.role, "team": d.team, "grants": grants})

    def announce(self, by: Person, given: dict[str, Any]) -> None:
        """What is announced waits until somebody joins by it, or for ever."""
        label = self.label("invited")
        if self.tried(steps.invitation_for(self.w, label, by=by, **given)):
            self.pending.append((label, given["member"], self.w.state.head))
            if self.count % 2:
                self.join_by(0)

    @precondition(lambda self: bool(self.pending))
    @rule(pick=picks)
    def join(self, pick: int) -> None:
        """By any invitation there ever was."""
        self.join_by(pick)

    def join_by(self, pick: int) -> None:
        """Once, and not when whoever made the invitation has left."""
        label, member, announced = self.pending[-1 - pick % len(self.pending)]
        inviter, used = self.w.state.inviters[announced], announced in self.w.state.used
        person = run(keys(self.label(label), member))
        taken = False
        for own in (True, False):
            if not taken and self.tried(run(add_device(self.w.roll, label, announced, person, own=own))):
                taken = True
                assert not used
                assert inviter in self.w.state.devices
                self.people.append(person)
                if own and self.w.state.rings[person.own_ring].epoch == 1:
                    self.w.privates[person.own_ring] = person.own
        if taken:
            twice = run(keys(self.label(label), member))
            assert not any(
                self.tried(run(add_device(self.w.roll, label, announced, twice, own=o))) for o in (True, False)
            )

    @rule(by=picks, pick=picks)
    def renew(self, by: int, pick: int) -> None:
        """Any ring, by anyone."""
        name = sorted(self.w.state.rings)[pick % len(self.w.state.rings)]
        self.tried(steps.renew(self.w, self.someone(by), name))

    @rule(by=picks, pick=picks)
    def upkeep(self, by: int, pick: int) -> None:
        """What a device's steward does: exposed rings that it may renew."""
        author = self.someone(by)
        mine = sorted(self.w.state.exposed & self.w.state.renewable(author.device))
        if mine:
            assert self.tried(steps.renew(self.w, author, *mine))
            assert not self.w.state.exposed & set(mine)

    @rule(by=picks, first=picks, more=st.booleans(), second=picks)
    def revoke(self, by: int, first: int, more: bool, second: int) -> None:
        """One or two devices or sheets."""
        there = sorted({*self.w.state.devices, *self.w.state.sheets})
        leaving = {there[p % len(there)] for p in ((first, second) if more else (first,))}
        if self.tried(steps.revoke(self.w, self.someone(by), *sorted(leaving))):
            assert not leaving & {*self.w.state.devices, *self.w.state.sheets}

    @rule(by=picks, who=picks, role=st.sampled_from(Role), team=picks)
    def place(self, by: int, who: int, role: Role, team: int) -> None:
        """Another role or team."""
        member = self.w.state.devices[self.present(who)].member
        self.tried(steps.place(self.w, self.someone(by), member, role, self.team(team)))

    @precondition(lambda self: len(self.w.state.teams) < 5)
    @rule(by=picks, parent=picks)
    def make_team(self, by: int, parent: int) -> None:
        """A team below one that is there."""
        author = self.someone(by)
        if author.device in self.w.state.devices:
            body = steps.team_body(self.w, self.label("team"), self.team(parent), author)
            self.tried(steps.signed(self.w, author, body))

    @rule(
        by=picks,
        which=st.integers(0, 2),
        team=picks,
        on=st.lists(picks, min_size=1, max_size=4),
        closed=st.sampled_from((0, 0, 0, 1)),
    )
    def walk(self, by: int, which: int, team: int, on: list[int], closed: int) -> None:
        """A round opens, gets other members or is over; with some who are to come, some of other teams."""
        there = sorted({d.member for d in self.w.state.devices.values()}) + self.coming
        members = () if closed else tuple(dict.fromkeys(there[p % len(there)] for p in on))
        known = self.w.state.rounds.get(fixed(f"round {which}", 16))
        where = known.team if known and team % 5 else self.team(team)
        begins = known is None and bool(closed)  # nobody can even make an entry of it
        body = steps.round_body(self.w, f"{which}", *members, team=where, closed=bool(closed and not begins))
        if self.tried(steps.signed(self.w, self.someone(by), body)):
            crew = self.w.state.rounds[body.round]
            assert (crew.team, crew.members, crew.closed) == (where, set(members), body.closed)

    @precondition(lambda self: any(not c.closed for c in self.w.state.rounds.values()))
    @rule(by=picks, which=picks, who=picks, moves=st.booleans(), team=picks)
    def leave_a_round(self, by: int, which: int, who: int, moves: bool, team: int) -> None:
        """Somebody who is on one: off it, or to another team; the last one ends it."""
        rounds = self.w.state.rounds
        goes_on = sorted(n for n, c in rounds.items() if not c.closed)
        name = goes_on[which % len(goes_on)]
        crew, author = rounds[name], self.someone(by)
        there = sorted(crew.members & {d.member for d in self.w.state.devices.values()})
        label = next(f"{n}" for n in range(3) if fixed(f"round {n}", 16) == name)
        if there and moves:
            d = next(d for d in self.w.state.devices.values() if d.member == there[who % len(there)])
            elsewhere = sorted(self.w.state.teams.keys() - {crew.team})[team % (len(self.w.state.teams) - 1)]
            if self.tried(steps.place(self.w, author, d.member, d.role, elsewhere)):
                assert d.member not in self.w.state.rounds[name].members
            return
        rest = sorted(crew.members - {there[who % len(there)]}) if there else []
        body = steps.round_body(self.w, label, *rest, closed=not there)
        self.tried(steps.signed(self.w, author, body))

    @rule(by=picks, pick=picks, to=picks)
    def grant(self, by: int, pick: int, to: int) -> None:
        """Any ring to anyone."""
        name = sorted(self.w.state.rings)[pick % len(self.w.state.rings)]
        self.tried(steps.grant(self.w, self.someone(by), (name, self.present(to))))

    @rule(by=picks)
    def grant_what_lacks(self, by: int) -> None:
        """What a device's steward does: rings for those who may hold them and do not."""
        author = self.someone(by)
        lacking = self.w.state.lacking(author.device)
        if lacking:
            assert self.tried(steps.grant(self.w, author, *lacking))
            assert self.w.state.lacking(author.device) == []

    @precondition(lambda self: len(self.w.state.sheets) < 3)
    @rule(by=picks)
    def make_sheet(self, by: int) -> None:
        """A recovery sheet with all that its maker may hand on."""
        author, label = self.someone(by), self.label("paper")
        body = steps.sheet(self.w, author, label, *sorted(self.w.state.renewable(author.device)))
        before = set(self.w.state.sheets)
        if self.tried(steps.signed(self.w, author, body)):
            [made] = set(self.w.state.sheets) - before
            self.sheets[made] = (label, author)

    @precondition(lambda self: bool(self.sheets))
    @rule(pick=picks)
    def recover(self, pick: int) -> None:
        """A sheet is used, whether it still stands or not."""
        name = sorted(self.sheets)[pick % len(self.sheets)]
        label, maker = self.sheets[name]
        sheet = next(s.sheets[name] for s in reversed(self.history) if name in s.sheets)
        person = run(keys(self.label("recovered"), maker.member))
        stood = name in self.w.state.sheets
        taken = any(self.tried(steps.recovery(self.w, label, sheet, person, own=own)) for own in (False, True))
        assert taken == stood
        if taken:
            assert name not in self.w.state.sheets
            self.people.append(person)

    @rule(by=picks, pick=picks)
    def withdraw(self, by: int, pick: int) -> None:
        """An invitation, used or not."""
        if self.w.state.invites:
            announced = sorted(self.w.state.invites)[pick % len(self.w.state.invites)]
            self.tried(steps.signed(self.w, self.someone(by), Withdraw(announced)))

    # -- the laws -------------------------------------------------------------------------------------------

    @invariant()
    def nobody_has_the_present_key_of_a_ring_that_is_not_theirs(self) -> None:
        """But where the ring is marked as exposed, until one of its holders renews it; and a round that is over may be
        read by who coordinated then: nothing is sealed to it any more.
        """
        state = self.w.state
        for r in state.rings.values():
            strangers = {h for h in self.known.of[r.id, r.epoch] if not entitled(state, h, r.id)}
            if state.over(r):
                strangers = {h for h in strangers if h not in {*self.were_coordinators(), *state.sheets, *self.sheets}}
            assert not strangers or r.id in state.exposed, (r.kind, strangers)

    def were_coordinators(self) -> set[bytes]:
        """Whoever ever was one."""
        return {d.id for s in self.history for d in s.devices.values() if d.role is Role.COORDINATOR}

    @invariant()
    def nobody_walks_a_round_that_is_over_or_that_they_are_not_on(self) -> None:
        """Devices of its members in its team, and confirmed coordinators."""
        state = self.w.state
        for name, crew in state.rounds.items():
            r = state.rings[ring.round_ring(name)]
            for d in (state.devices[h] for h in r.holders if h in state.devices):
                on = d.member in crew.members and d.team == crew.team
                assert (on and not crew.closed) or state.coordinates(d.id, crew.team)
                assert state.walks(d.id, name) != crew.closed

    @invariant()
    def holders_have_what_they_are_said_to_hold(self) -> None:
        """And only who is there and entitled is a holder."""
        state = self.w.state
        for r in state.rings.values():
            assert r.holders <= self.known.of[r.id, r.epoch]
            assert all(entitled(state, h, r.id) for h in r.holders)

    @invariant()
    def the_top_team_has_a_coordinator_and_the_left_stay_left(self) -> None:
        """Someone can always decide; a device id never comes back."""
        state = self.w.state
        assert any(state.coordinates(d, self.w.team) for d in state.devices) or len(self.w.roll.entries) < 2
        assert not state.left.keys() & state.devices.keys()
        assert state.marks.keys() <= {*state.left, *state.devices}

    def teardown(self) -> None:
        """The same entries give the same states to whoever reads them later, at every head."""
        if not hasattr(self, "w"):
            return
        fresh = Roll()
        run(fresh.extend(P, self.w.roll.entries))
        assert fresh.state == self.w.state
        for state in self.history:
            assert fresh.at(state.head) == state


TestRollLaws = RollMachine.TestCase
TestRollLaws.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
