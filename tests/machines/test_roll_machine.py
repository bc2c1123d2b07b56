"""The roll by any decisions of anyone, with a server, readers that page through it, and coordinators who are behind.

Beside tests/property/test_roll_laws.py, whose steps these are: what is taken is exactly what the model allows and
leaves what the model says, on a device and on the server alike; an entry on a head that has moved is never taken; what
two rolls make of each other is told as what it is.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from sync.core import roll, roll_rules
from sync.core.errors import RollForked, RollMoved, StraatError
from sync.core.ids import invitation_author
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import AddDevice, Recover, Renew, Withdraw, parse
from sync.core.roll_state import State
from sync.server.service import Service
from sync.server.sessions import Carrier
from sync.server.store_memory import MemoryStore
from tests.machines.roll_model import RollModel
from tests.machines.runs import Loop, catches, long, short
from tests.property.test_roll_laws import RollMachine
from tests.support import roll_steps as steps
from tests.support.core_world import P, Person, World

picks = st.integers(0, 1_000)


class Noon:
    """A clock that stands still, long before any invitation ends."""

    def millis(self) -> int:
        return 1_700_000_000_000


def says(state: State) -> dict[str, Any]:
    """What the roll says, in the model's words."""
    return {
        "devices": {name: (d.member, d.role, d.team) for name, d in state.devices.items()},
        "sheets": {name: (s.member, s.team) for name, s in state.sheets.items()},
        "left": set(state.left),
        "open": set(state.invites) - state.used,
        "holders": {name: set(r.holders) for name, r in state.rings.items()},
        "epochs": {name: r.epoch for name, r in state.rings.items()},
        "exposed": set(state.exposed),
        "rounds": {name: (c.team, set(c.members), c.closed) for name, c in state.rounds.items()},
    }


class SharedRollMachine(RollMachine):
    """One roll on a device that takes all, on a server, and on readers and coordinators who are behind."""

    @initialize()
    def begin(self) -> None:
        """The same team as there, founded on a server too."""
        super().begin()
        self.loop, self.service, self.model = Loop(), Service(MemoryStore(), P, Noon()), RollModel()
        self.readers: list[Roll] = []
        self.branch: list[bytes] = []  # what those who are behind have put on their own roll
        self.fall_behind()
        first, *rest = self.w.roll.entries
        self.loop.run(self.service.found(first))
        self.model.follow(parse(first))
        for data in rest:
            assert self.model.allows(parse(data))
            self.model.follow(parse(data))
            assert self.given(data) is None

    def given(self, data: bytes, expected: bytes | None = None) -> StraatError | None:
        """What the server says to an entry: None when it takes it."""
        entry = parse(data)
        expected = entry.previous if expected is None else expected
        carrier = Carrier(self.w.state.organisation, entry.author)
        try:
            if isinstance(entry.body, AddDevice | Recover):
                self.loop.run(self.service.enrol(expected, data))
            else:
                self.loop.run(self.service.append(carrier, expected, data))
        except StraatError as error:
            return error
        return None

    def tried(self, entry: bytes) -> bool:
        """By a device, by the server and by the model: all three take it, or none."""
        may = self.model.allows(parse(entry))
        taken = super().tried(entry)
        assert taken == may, (type(parse(entry).body).__name__, taken, may)
        error = self.given(entry)
        assert (error is None) == taken, error
        if taken:
            self.model.follow(parse(entry))
            assert self.given(entry) is not None, "twice"
        return taken

    @rule(by=picks)
    def open_anew(self, by: int) -> None:
        """What a device's steward does: rings that nobody who is there could renew."""
        author = self.someone(by)
        mine = sorted(self.w.state.orphaned(author.device))
        if mine:
            epochs = [steps.next_epoch(self.w, r, {*self.w.state.rings[r].holders, author.device}) for r in mine]
            assert self.tried(steps.signed(self.w, author, Renew(tuple(epochs))))
            assert not self.w.state.orphaned(author.device)

    # -- readers ------------------------------------------------------------------------------------------

    @rule()
    def begin_to_read(self) -> None:
        """A device that knows nothing yet, in any pages."""
        if len(self.readers) < 4:
            self.readers.append(Roll())

    @precondition(lambda self: bool(self.readers))
    @rule(pick=picks, who=picks, size=st.integers(1, 9), pages=st.integers(1, 4))
    def read(self, pick: int, who: int, size: int, pages: int) -> None:
        """Some pages of any size: the state is what it was at that head."""
        roll = self.readers[pick % len(self.readers)]
        carrier = Carrier(self.w.state.organisation, self.present(who))
        for _ in range(pages):
            entries = self.loop.run(self.service.roll(carrier, len(roll.entries)))[:size]
            self.loop.run(roll.extend(P, entries))
        place = len(roll.entries)
        assert roll.entries == self.w.roll.entries[:place]
        assert roll.state == (self.history[place] if place < len(self.history) else self.w.state)

    @precondition(lambda self: bool(self.w.state.left))
    @rule(pick=picks)
    def whoever_left_reads_on(self, pick: int) -> None:
        """Up to the entry that says so, and not one further."""
        gone = sorted(self.w.state.left)[pick % len(self.w.state.left)]
        entries = self.loop.run(self.service.roll(Carrier(self.w.state.organisation, gone), 0))
        last = next(n for n, state in enumerate(self.history) if gone in state.left)
        assert entries == self.w.roll.entries[:last]

    # -- whoever is behind --------------------------------------------------------------------------------

    @precondition(lambda self: self.branch or len(self.w.roll.entries) > len(self.behind.roll.entries) + 9)
    @rule()
    def fall_behind(self) -> None:
        """Devices that hear nothing for a while; the same people, on the roll as it is now."""
        roll = Roll()
        roll.take_over(self.w.roll)
        self.behind, self.branch = replace(self.w, roll=roll, privates=dict(self.w.privates)), []

    @rule(acts=st.lists(st.tuples(picks, st.integers(0, 5), picks, picks), min_size=1, max_size=3))
    def act_behind(self, acts: list[tuple[int, int, int, int]]) -> None:
        """Some decisions of those who are behind."""
        for act in acts:
            self.act_on_old_head(*act)

    def act_on_old_head(self, by: int, act: int, pick: int, to: int) -> None:
        """An entry made on a head that may have moved: refused by all who know better, and made anew."""
        there = [p for p in self.people if p.device in self.behind.state.devices]
        deciding = [
            p for p in there if self.behind.state.coordinates(p.device, self.behind.state.device(p.device).team)
        ]
        author = (deciding if by % 4 else there)[by // 4 % len(deciding if by % 4 else there)]
        entry = self.made(self.behind, author, act, pick, to)
        here, before = self.w.state.head, self.w.state
        if parse(entry).previous == here:
            self.tried(entry)
            return
        error = self.given(entry)
        assert error is not None
        if author.device in self.w.state.devices:
            assert isinstance(error, RollMoved), error
        assert self.given(entry, expected=here) is not None
        self.shown([entry])
        assert self.w.state == before
        try:
            self.loop.run(self.behind.roll.extend(P, [entry]))
            self.branch.append(entry)
        except StraatError:
            pass
        else:
            self.shown(self.branch)
            start = len(self.behind.roll.entries) - len(self.branch)
            self.shown_to(self.behind.roll, self.w.roll.entries[start:])
        if author.device in self.w.state.devices:
            self.tried(self.made(self.w, author, act, pick, to))

    def made(self, w: World, by: Person, act: int, pick: int, to: int) -> bytes:
        """What a coordinator does, on the head that `w` knows."""
        devices = sorted(w.state.devices)
        device = devices[pick % len(devices)]
        rings = sorted(w.state.rings)
        if act == 0:
            return steps.revoke(w, by, device)
        if act == 1:
            return steps.renew(w, by, rings[pick % len(rings)])
        if act == 2:
            return steps.grant(w, by, (rings[pick % len(rings)], devices[to % len(devices)]))
        if act == 3 and w.state.invites:
            return steps.signed(w, by, Withdraw(sorted(w.state.invites)[pick % len(w.state.invites)]))
        if act == 4:
            teams = sorted(w.state.teams)
            return steps.place(w, by, w.state.devices[device].member, list(Role)[to % 3], teams[to % len(teams)])
        return steps.invitation_for(w, self.label("behind"), by=by, member=bytes([7]) * 16, grants={})

    def shown(self, branch: list[bytes]) -> None:
        """Another branch is shown to the device that knows all."""
        self.shown_to(self.w.roll, branch)

    def shown_to(self, roll: Roll, branch: list[bytes]) -> None:
        """Never taken; a fork exactly when its first entry proves one to this device."""
        before = roll.state, list(roll.entries)
        proves = self.proves(roll, branch)
        told: StraatError | None = None
        trial = Roll()
        trial.take_over(roll)
        try:
            self.loop.run(trial.extend(P, branch))
        except StraatError as error:
            told = error
        assert told is not None
        assert (trial.state, trial.entries) == before
        assert isinstance(told, RollForked) == proves, (told, proves)

    def proves(self, roll: Roll, branch: list[bytes]) -> bool:
        """By the protocol's words: it is not part of our roll, was allowed where it stands, its author can still sign,
        and has not signed in our branch since, unless something was built on it.
        """
        first = parse(branch[0])
        if not roll.knows(first.previous) or roll.knows(first.hash) or first.previous == roll.state.head:
            return False
        other = Roll()
        start = roll.place(first.previous)
        try:
            self.loop.run(other.extend(P, [*roll.entries[:start], branch[0]]))
        except StraatError:
            return False
        state = roll.state
        open_ = {invitation_author(i.signing) for a, i in state.invites.items() if a not in state.used}
        if first.author not in {*state.devices, *state.sheets, *open_}:
            return False
        ours = {parse(data).author for data in roll.entries[start:]}
        return first.author not in ours or (len(branch) > 1 and parse(branch[1]).previous == first.hash)

    # -- the laws -----------------------------------------------------------------------------------------

    @invariant()
    def the_roll_says_what_the_model_says(self) -> None:
        """Who is there, who has left, which invitations stand, who holds what, what is exposed."""
        if hasattr(self, "model"):
            ours, theirs = says(self.w.state), self.model.says()
            for what, value in theirs.items():
                assert ours[what] == value, what

    @invariant()
    def whoever_left_holds_nothing(self) -> None:
        """No device or sheet that is not there is a holder."""
        if hasattr(self, "model"):
            there = {*self.w.state.devices, *self.w.state.sheets}
            assert all(r.holders <= there for r in self.w.state.rings.values())

    def teardown(self) -> None:
        """The server started again says the same."""
        if hasattr(self, "service"):
            super().teardown()
            try:
                again = Service(self.service._store, P, Noon())
                self.loop.run(again.start())
                [known] = again._organisations.values()
                assert known.roll.state == self.w.state
            finally:
                self.loop.close()


def test_server_device_and_model_take_the_same() -> None:
    """Any decisions, by anyone, in any order."""
    short(SharedRollMachine, 15, 40)


@pytest.mark.soak
def test_the_roll_for_long() -> None:
    """Many more."""
    long(SharedRollMachine, 15, 100)


# -- the machine can fail ---------------------------------------------------------------------------------


def keeps_rings(patch: pytest.MonkeyPatch) -> None:
    """Whoever leaves stays a holder."""
    right = roll_rules._without

    def wrong(state: State, leaving: Any) -> State:
        return replace(right(state, leaving), rings=state.rings)

    patch.setattr(roll_rules, "_without", wrong)


def needs_no_words(patch: pytest.MonkeyPatch) -> None:
    """A coordinator's role is enough, nobody has to confirm it."""

    def wrong(self: State, device: bytes, team: bytes) -> bool:
        d = self.devices.get(device)
        return d is not None and d.role is Role.COORDINATOR and self.covers(d.team, team)

    patch.setattr(State, "coordinates", wrong)


def invitations_outlive_their_maker(patch: pytest.MonkeyPatch) -> None:
    """Whoever left can still let people in."""
    patch.setattr(roll_rules, "_without_invites", lambda state, announced: state)


def reads_on(patch: pytest.MonkeyPatch) -> None:
    """The server gives the roll to whoever left, to the end."""

    async def wrong(self: Service, carrier: Carrier, after: int) -> list[bytes]:
        return (await self._organisation(carrier.organisation)).roll.entries[after:]

    patch.setattr(Service, "roll", wrong)


def claims_by_leavers(patch: pytest.MonkeyPatch) -> None:
    """Whoever left can prove a fork for ever."""
    patch.setattr(roll, "_may_sign", lambda state, author: True)


def takes_what_it_has_not_checked(patch: pytest.MonkeyPatch) -> None:
    """The server goes by the head alone."""

    async def wrong(self: Service, organisation: bytes, expected: bytes, entry: bytes) -> list[bytes]:
        known = await self._organisation(organisation)
        if known.roll.state.head != expected:
            raise RollMoved()
        known.roll.entries.append(entry)
        known.roll.state = replace(known.roll.state, head=parse(entry).hash)
        return [parse(entry).hash]

    patch.setattr(Service, "_append", wrong)


def walks_on(patch: pytest.MonkeyPatch) -> None:
    """Whoever is taken off a round still holds its ring, and gets its new key."""
    right = roll_rules.crewed

    def wrong(state: State, round_: bytes, crew: Any) -> State:
        return replace(right(state, round_, crew), rings=state.rings)

    patch.setattr(roll_rules, "crewed", wrong)


def moves_along(patch: pytest.MonkeyPatch) -> None:
    """Whoever moves to another team stays on the rounds of the old one."""
    right = roll_rules.moved

    def wrong(state: State, member: bytes, role: Role, team: bytes) -> State:
        return replace(right(state, member, role, team), rounds=state.rounds)

    patch.setattr(roll_rules, "moved", wrong)


FAULTS = (
    walks_on,
    moves_along,
    keeps_rings,
    needs_no_words,
    invitations_outlive_their_maker,
    reads_on,
    claims_by_leavers,
    takes_what_it_has_not_checked,
)


class WithoutRounds(SharedRollMachine):
    """So that what has nothing to do with rounds is met soon."""

    walk = leave_a_round = None  # type: ignore[assignment]


class OnARound(SharedRollMachine):
    """One goes on from the start, so that what is wrong with leaving it is met soon."""

    @initialize()
    def begin(self) -> None:
        """With the contact person on it."""
        super().begin()
        members = [p.member for p in self.people if self.w.state.devices[p.device].team == self.w.team]
        assert self.tried(steps.set_round(self.w, self.w.coordinator, "0", *members))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_roll_is_caught(fault: Callable[[pytest.MonkeyPatch], None]) -> None:
    """The control of the machine."""
    with pytest.MonkeyPatch.context() as patch:
        fault(patch)
        catches(OnARound if fault in (walks_on, moves_along) else WithoutRounds, 50, 40)
