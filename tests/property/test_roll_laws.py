"""Laws of the roll: whatever anyone tries in any order, allowed or not, these hold after every entry."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import ring
from sync.core.errors import StraatError
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import AddDevice, Body, Place, Recover, Renew, Revoke, Team, Withdraw, parse
from sync.core.roll_state import SheetKey, State
from tests.support.core_world import P, Person, World, add_device, founded, keys, run
from tests.support.roll_steps import (
    extend,
    found_team,
    grant,
    invitation_for,
    joined,
    laptop_of,
    next_epoch,
    place,
    private,
    recovery,
    renew,
    revoke,
    sheet_made,
    signed,
)
from tests.vectors.vector import fixed

MOST = 9  # devices there ever are


@dataclass(slots=True)
class Town:
    """A roll, everyone who was ever on it, and the sheets that were ever made."""

    w: World
    people: list[Person] = field(default_factory=list)
    sheets: list[tuple[str, SheetKey]] = field(default_factory=list)
    made: int = 0

    def name(self) -> str:
        """A name that was not used before."""
        self.made += 1
        return f"town {self.made}"

    def person(self, n: int) -> Person:
        """Anyone who is there or was."""
        return self.people[n % len(self.people)]

    def author(self, n: int) -> Person:
        """A coordinator who is there in two of three tries, else anyone."""
        there = (p for p in self.people if p.device in self.w.state.devices)
        confirmed = [p for p in there if self.w.state.coordinates(p.device, self.w.state.devices[p.device].team)]
        return confirmed[n % len(confirmed)] if n % 3 else self.person(n)

    def team(self, n: int) -> bytes:
        """A team that is there."""
        return sorted(self.w.state.teams)[n % len(self.w.state.teams)]

    def ring(self, n: int) -> bytes:
        """A ring that is there."""
        return sorted(self.w.state.rings)[n % len(self.w.state.rings)]


Act = Callable[[Town, Person, int, int], None]


def _welcome(t: Town, by: Person, a: int, b: int) -> None:
    """Someone new, in any role and team, with that team's ring or nothing."""
    team, name = t.team(b), t.name()
    r = ring.team_ring(team)
    epoch = t.w.state.rings[r].epoch
    grants = {(r, epoch): private(t.w, r, epoch)} if b % 2 else {}
    if len(t.people) < MOST:
        role = Role(a % 3 + 1)
        t.people.append(joined(t.w, name, fixed(name, 16), by=by, role=role, team=team, grants=grants))


def _second(t: Town, by: Person, a: int, b: int) -> None:
    """A second device, that holds what the first does, or nothing."""
    if len(t.people) < MOST:
        t.people.append(laptop_of(t.w, by, t.name(), rings=bool(a % 2)))


def _back(t: Town, by: Person, a: int, b: int) -> None:
    """Someone who has left, or is still there, is invited anew."""
    target, name = t.person(a), t.name()
    left = [d for d in t.w.state.left.values() if d.member == target.member]
    role, team = (left[-1].role, left[-1].team) if left else (Role.CONTACT, t.team(b))
    extend(t.w, invitation_for(t.w, name, by=by, member=target.member, role=role, team=team, grants={}))
    person = run(keys(name, target.member))
    extend(t.w, run(add_device(t.w.roll, name, t.w.state.head, person)))
    t.people.append(person)


def _revoke(t: Town, by: Person, a: int, b: int) -> None:
    leaving = {t.person(a).device, *([t.person(b).device] if b % 3 == 0 else [])}
    extend(t.w, revoke(t.w, by, *sorted(leaving)))


def _revoke_sheet(t: Town, by: Person, a: int, b: int) -> None:
    if t.sheets:
        extend(t.w, revoke(t.w, by, t.sheets[a % len(t.sheets)][1].id))


def _place(t: Town, by: Person, a: int, b: int) -> None:
    extend(t.w, place(t.w, by, t.person(a).member, Role(b % 3 + 1), t.team(b // 3)))


def _team(t: Town, by: Person, a: int, b: int) -> None:
    if len(t.w.state.teams) < 4:
        found_team(t.w, t.name(), by, t.team(a))


def _lacking(t: Town, by: Person, a: int, b: int) -> None:
    """What the author should grant by itself."""
    items = t.w.state.lacking(by.device)
    extend(t.w, grant(t.w, by, *items[: a % 3 + 1]))


def _confirm(t: Town, by: Person, a: int, b: int) -> None:
    """A coordinators' ring, for whom it is or isn't."""
    target = t.person(a).device
    team = t.w.state.device(target).team if b % 4 else t.team(b)
    extend(t.w, grant(t.w, by, (ring.coordinators_ring(team), target)))


def _any_grant(t: Town, by: Person, a: int, b: int) -> None:
    extend(t.w, grant(t.w, by, (t.ring(a), t.person(b).device), epoch=1 if a % 2 else 0))


def _renew(t: Town, by: Person, a: int, b: int) -> None:
    extend(t.w, renew(t.w, by, t.ring(a)))


def _keep(t: Town, by: Person, a: int, b: int) -> None:
    """What a device does by itself: renew what is exposed and its own to renew, open what nobody else can."""
    state = t.w.state
    orphaned = state.orphaned(by.device)
    mine = (state.exposed & state.renewable(by.device)) | orphaned
    extra = {by.device}
    epochs = [next_epoch(t.w, r, state.rings[r].holders | (extra if r in orphaned else set())) for r in sorted(mine)]
    extend(t.w, signed(t.w, by, Renew(tuple(epochs))))


def _sheet(t: Town, by: Person, a: int, b: int) -> None:
    name = t.name()
    t.sheets.append((name, sheet_made(t.w, by, name, *([t.ring(a)] if b % 3 == 0 else []))))


def _recover(t: Town, by: Person, a: int, b: int) -> None:
    if t.sheets:
        label, used = t.sheets[a % len(t.sheets)]
        person = run(keys(t.name(), used.member))
        own = t.w.state.rings[ring.own_ring(used.member)].holders & t.w.state.devices.keys()
        extend(t.w, recovery(t.w, label, used, person, own=not own if b % 4 else bool(own)))
        t.people.append(person)


def _withdraw(t: Town, by: Person, a: int, b: int) -> None:
    announced = sorted(t.w.state.invites) or [t.w.state.head]
    extend(t.w, signed(t.w, by, Withdraw(announced[a % len(announced)])))


def _pending(t: Town, by: Person, a: int, b: int) -> None:
    """An invitation that nobody uses yet."""
    name = t.name()
    extend(t.w, invitation_for(t.w, name, by=by, member=fixed(name, 16), team=t.team(a), grants={}))


ACTS: list[Act] = [
    *(_welcome, _welcome, _second, _back, _revoke, _revoke, _revoke_sheet, _place, _place, _team, _lacking),
    *(_confirm, _confirm, _any_grant, _renew, _keep, _sheet, _recover, _withdraw, _pending),
]
numbers = st.integers(0, 23)
attempts = st.lists(st.tuples(st.sampled_from(ACTS), numbers, numbers, numbers), min_size=6, max_size=24)


def _played(tries: list[tuple[Act, int, int, int]]) -> Town:
    w = run(founded())
    town = Town(w, [w.coordinator, w.contact])
    for act, who, a, b in tries:
        with suppress(StraatError):  # refused: the laws below hold it to having changed nothing
            act(town, town.author(who), a, b)
    return town


# -- the laws ------------------------------------------------------------------------------------------------------


def _always(s: State) -> None:
    """What holds at every head."""
    assert not s.devices.keys() & s.left.keys()
    assert not s.sheets.keys() & (s.devices.keys() | s.left.keys())
    root = next(t for t, above in s.teams.items() if above is None)
    assert any(s.coordinates(d, root) for d in s.devices)
    places: dict[bytes, set[tuple[Role, bytes]]] = {}
    for d in s.devices.values():
        places.setdefault(d.member, set()).add((d.role, d.team))
        assert d.team in s.teams
    assert all(len(p) == 1 for p in places.values())
    assert all(s.inviters[a] in s.devices for a in s.invites if a not in s.used)
    for r in s.rings.values():
        assert all(s.may_hold(h, r) for h in r.holders)
        assert len(set(r.publics)) == len(r.publics)
    for r in (s.rings[name] for name in s.exposed):  # nothing that was lost waits for nobody
        able = any(r.id in s.renewable(d) | s.orphaned(d) for d in s.devices)
        assert able or (r.kind == ring.OWN and r.owner not in places)


def _entry_keeps(before: State, after: State, body: Body, author: bytes) -> None:
    """What an entry may change."""
    assert after.length == before.length + 1
    assert not before.left.items() - after.left.items()
    assert before.used <= after.used
    carried = {e.ring: e for e in body.epochs} if isinstance(body, Renew | Revoke | Place | Team) else {}
    for name, new in after.rings.items():
        old = before.rings.get(name)
        assert old is None or new.publics[: old.epoch] == old.publics
        assert new.epoch - (old.epoch if old else 0) in (0, 1)
        rose = old is None or new.epoch > old.epoch
        if name in carried:
            assert {h for h, _ in carried[name].grants} == new.holders
            assert author in new.holders
        lost = (old.holders if old else frozenset()) - new.holders
        if lost and not rose:
            assert name in after.exposed
        if name in before.exposed and name not in after.exposed:
            assert rose
        gained = new.holders - (old.holders if old else frozenset())
        if gained and name not in carried:
            given = author in (old.holders if old else ()) or _came_with(before, body, name, new.epoch)
            assert given or (rose and new.kind == ring.OWN and len(new.holders) == 1)


def _came_with(before: State, body: Body, name: bytes, epoch: int) -> bool:
    """Whether the ring was granted to the invitation or the sheet, by someone who held it then."""
    if isinstance(body, AddDevice):
        return (name, epoch) in {(g.ring, g.epoch) for g in before.invites[body.announced].grants}
    return isinstance(body, Recover) and body.sheet in before.rings[name].holders


@settings(max_examples=100, deadline=None)
@given(attempts)
def test_whatever_is_tried_the_roll_keeps_its_laws(tries: list[tuple[Act, int, int, int]]) -> None:
    """Who holds what may hold it and got it from a holder; who left holds nothing; what they held is renewed, or
    exposed with somebody to renew it; a coordinator stays; what was at an earlier head stays as it was.
    """
    town = _played(tries)
    roll = town.w.roll
    again, states = Roll(), list[State]()
    for data in roll.entries:
        before = again.state
        run(again.extend(P, [data]))
        states.append(again.state)
        if again.state.length > 2:
            entry = parse(data)
            _entry_keeps(before, again.state, entry.body, entry.author)
            _always(again.state)
    assert again.state == roll.state
    assert [roll.at(s.head) for s in states] == states
    at_once = Roll()
    run(at_once.extend(P, roll.entries))
    assert at_once.state == roll.state


def test_the_tries_above_come_to_something() -> None:
    """Each act is done by someone, and each refused to someone: else the laws would be tried on nothing."""
    luck, done, refused = Random(4), set[str](), set[str]()
    for _ in range(30):
        w = run(founded())
        town = Town(w, [w.coordinator, w.contact])
        for _ in range(40):
            act = luck.choice(ACTS)
            before = len(w.roll.entries)
            try:
                act(town, town.author(luck.randrange(24)), luck.randrange(24), luck.randrange(24))
            except StraatError:
                refused.add(act.__name__)
            if len(w.roll.entries) > before:
                done.add(act.__name__)
    assert done == refused == {act.__name__ for act in ACTS}
