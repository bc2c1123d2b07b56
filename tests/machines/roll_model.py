"""Who is there, in what place, and who holds which ring: said once more, with sets and without cryptography.

Read from the bodies of entries. It does not look at how an entry is made (that grants go to exactly the holders, that
epochs follow each other): tests/unit/test_roll_*.py hold that. Only at who may do it, and what there is after it.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sync.core import ring
from sync.core.ids import device_id
from sync.core.rights import Role
from sync.core.roll_entry import (
    AddDevice,
    Entry,
    Genesis,
    Granted,
    Invite,
    Place,
    Recover,
    Renew,
    Revoke,
    Round,
    Sheet,
    Team,
)
from sync.core.roll_entry import Withdraw as Withdrawn


class Seat(NamedTuple):
    """A member in a role and a team."""

    member: bytes
    role: Role
    team: bytes


@dataclass
class RollModel:
    """All that counts."""

    above: dict[bytes, bytes | None] = field(default_factory=dict)
    devices: dict[bytes, Seat] = field(default_factory=dict)
    sheets: dict[bytes, Seat] = field(default_factory=dict)
    left: dict[bytes, Seat] = field(default_factory=dict)
    open: dict[bytes, tuple[Seat, bytes, set[bytes]]] = field(default_factory=dict)  # invitation → seat, by, rings
    holders: dict[bytes, set[bytes]] = field(default_factory=dict)
    owners: dict[bytes, tuple[str, bytes]] = field(default_factory=dict)
    epochs: dict[bytes, int] = field(default_factory=dict)
    exposed: set[bytes] = field(default_factory=set)
    rounds: dict[bytes, tuple[bytes, set[bytes], bool]] = field(default_factory=dict)  # team, members, over

    # -- who may ------------------------------------------------------------------------------------------

    def teams_up(self, team: bytes | None) -> list[bytes]:
        """A team and all above it."""
        found = []
        while team is not None:
            found.append(team)
            team = self.above[team]
        return found

    def coordinates(self, device: bytes, team: bytes) -> bool:
        """In the role, at the team or above it, and confirmed: by holding the coordinators' ring of its own."""
        seat = self.devices.get(device)
        if seat is None or seat.role is not Role.COORDINATOR or seat.team not in self.teams_up(team):
            return False
        return device in self.holders[ring.coordinators_ring(seat.team)]

    def entitled(self, holder: bytes, name: bytes) -> bool:
        """Whether a device or sheet may have a ring's key."""
        seat = self.devices.get(holder) or self.sheets.get(holder)
        kind, owner = self.owners[name]
        if seat is None:
            return False
        if kind == ring.OWN:
            return seat.member == owner
        if kind == ring.ROUND:
            team, members, _ = self.rounds[owner]
            on = holder in self.devices and seat.member in members and seat.team == team
            above = holder in self.sheets and seat.team in self.teams_up(team)
            return on or above or self.coordinates(holder, team)
        coordinator = seat.role is Role.COORDINATOR and seat.team in self.teams_up(owner)
        return coordinator or (kind == ring.TEAM and seat.team == owner)

    def renews(self, device: bytes, name: bytes) -> bool:
        """Whether it would be this device's to renew, if it held it."""
        kind, owner = self.owners[name]
        if kind == ring.ROUND:
            team, _, over = self.rounds[owner]
            return not over and self.coordinates(device, team)
        mine = kind == ring.OWN and device in self.devices and self.devices[device].member == owner
        return mine or (kind != ring.OWN and self.coordinates(device, owner))

    def hers(self, device: bytes) -> set[bytes]:
        """What it holds and may renew."""
        return {name for name, who in self.holders.items() if device in who and self.renews(device, name)}

    def nobodys(self, device: bytes) -> set[bytes]:
        """What is this device's to renew, and held by nobody who could."""
        return {
            name
            for name, who in self.holders.items()
            if self.renews(device, name) and not any(self.renews(other, name) for other in who)
        }

    def allows(self, entry: Entry) -> bool:
        """Whether its author may do this now."""
        by, body = entry.author, entry.body
        me = self.devices.get(by)
        if isinstance(body, AddDevice):
            name = device_id(body.signing, body.agreement)
            fresh = name not in self.devices and name not in self.left and name not in self.sheets
            return body.announced in self.open and fresh and self._own_fits(self.open[body.announced][0], body)
        if isinstance(body, Recover):
            name = device_id(body.signing, body.agreement)
            fresh = name not in self.devices and name not in self.left and name not in self.sheets
            return body.sheet in self.sheets and fresh and self._own_fits(self.sheets[body.sheet], body)
        if me is None:
            return False
        if isinstance(body, Invite):
            return self._may_invite(by, me, body)
        if isinstance(body, Withdrawn):
            if body.announced not in self.open:
                return False
            seat = self.open[body.announced][0]
            return seat.member == me.member or self.coordinates(by, seat.team)
        if isinstance(body, Renew):
            may = {e.ring for e in body.epochs} <= self.hers(by) | self.nobodys(by)
            return may and all({name for name, _ in e.grants} == self._after_renewal(by, e.ring) for e in body.epochs)
        if isinstance(body, Team):
            return self.coordinates(by, body.parent)
        if isinstance(body, Round):
            return self._may_decide(by, body)
        if isinstance(body, Granted):
            return all(name in self.hers(by) and self.entitled(to, name) for name, _, to, _ in body.items)
        if isinstance(body, Sheet):
            return self.coordinates(by, me.team)
        if isinstance(body, Revoke):
            seats = [self.devices.get(c.device) or self.sheets.get(c.device) for c in body.cuts]
            mine = all(s and (s.member == me.member or self.coordinates(by, s.team)) for s in seats)
            return mine and self._somebody_stays({c.device for c in body.cuts})
        assert isinstance(body, Place)
        theirs = {name: seat for name, seat in self.devices.items() if seat.member == body.member}
        old = next(iter(theirs.values()), None)
        if old is None or (old.role, old.team) == (body.role, body.team):
            return False
        both = self.coordinates(by, old.team) and self.coordinates(by, body.team)
        root = next(team for team, above in self.above.items() if above is None)
        stays = body.role is Role.COORDINATOR and body.team == root
        return both and (self._somebody_stays(set() if stays else set(theirs)))

    def _may_decide(self, by: bytes, body: Round) -> bool:
        """About a round: a coordinator of its team, who holds its ring; something changes, and it goes on."""
        now = (body.team, set(body.members), body.closed)
        if body.round not in self.rounds:
            return self.coordinates(by, body.team) and not body.closed
        team, _, over = before = self.rounds[body.round]
        same = team == body.team and not over and before != now
        return same and self.coordinates(by, team) and ring.round_ring(body.round) in self.hers(by)

    def _after_renewal(self, by: bytes, name: bytes) -> set[bytes]:
        """Who holds a ring that this device renews: who did, and whoever opens anew what was nobody's."""
        return self.holders[name] | ({by} if name in self.nobodys(by) else set())

    def _own_fits(self, seat: Seat, body: AddDevice | Recover) -> bool:
        """A key for the own ring comes with a device exactly when no device holds it."""
        held = any(h in self.devices for h in self.holders.get(ring.own_ring(seat.member), ()))
        return (body.own_public is not None) != held

    def _may_invite(self, by: bytes, me: Seat, body: Invite) -> bool:
        seat = Seat(body.member, body.role, body.team)
        if any(s.member == body.member for s in self.devices.values()):
            allowed, may = seat == me, {n for n, who in self.holders.items() if by in who}
        else:
            before = [s for s in self.left.values() if s.member == body.member]
            again = not before or before[-1] == seat
            waiting = any(s.member == body.member for s, _, _ in self.open.values())
            allowed = self.coordinates(by, body.team) and again and not waiting
            walked = {
                ring.round_ring(n) for n, (t, on, _) in self.rounds.items() if t == body.team and body.member in on
            }
            may = {n for n in (ring.team_ring(body.team), *walked) if by in self.holders[n]}
        return allowed and {g.ring for g in body.grants} <= may

    def _somebody_stays(self, leaving: set[bytes]) -> bool:
        """The top team keeps a coordinator."""
        root = next(team for team, above in self.above.items() if above is None)
        return any(self.coordinates(d, root) for d in set(self.devices) - leaving)

    # -- what there is then -------------------------------------------------------------------------------

    def follow(self, entry: Entry) -> None:
        """One entry that was taken."""
        by, body = entry.author, entry.body
        getattr(self, f"_{type(body).__name__.lower()}")(by, body, entry)

    def _opened(self, name: bytes, kind: str, owner: bytes, holders: set[bytes]) -> None:
        self.holders[name], self.owners[name], self.epochs[name] = holders, (kind, owner), self.epochs.get(name, 0) + 1
        self.exposed.discard(name)

    def _genesis(self, by: bytes, body: Genesis, entry: Entry) -> None:
        self.above[body.team] = None
        self._opened(ring.team_ring(body.team), ring.TEAM, body.team, set())
        self._opened(ring.coordinators_ring(body.team), ring.COORDINATORS, body.team, set())
        self._invite(b"", body.invite, entry)

    def _invite(self, by: bytes, body: Invite, entry: Entry) -> None:
        given = {g.ring for g in body.grants if g.epoch == self.epochs[g.ring]}
        self.open[entry.hash] = Seat(body.member, body.role, body.team), by, {(r, self.epochs[r]) for r in given}  # type: ignore[assignment]

    def _withdraw(self, by: bytes, body: Withdrawn, entry: Entry) -> None:
        del self.open[body.announced]

    def _adddevice(self, by: bytes, body: AddDevice, entry: Entry) -> None:
        seat, _, given = self.open.pop(body.announced)
        self._arrive(seat, body, {name for name, epoch in given if self.epochs[name] == epoch})  # type: ignore[misc]

    def _recover(self, by: bytes, body: Recover, entry: Entry) -> None:
        seat = self.sheets[body.sheet]
        held = {name for name, who in self.holders.items() if body.sheet in who}
        self._leave({body.sheet})
        self.exposed |= {name for name in held if not self._over(name)}
        self._arrive(Seat(seat.member, Role.COORDINATOR, seat.team), body, held)

    def _arrive(self, seat: Seat, body: AddDevice | Recover, given: set[bytes]) -> None:
        name = device_id(body.signing, body.agreement)
        self.devices[name] = seat
        if body.own_public is not None:
            self._opened(ring.own_ring(seat.member), ring.OWN, seat.member, {name})
        for one in sorted(given, key=lambda n: self.owners[n][0] == ring.ROUND):  # who coordinates is known by the rest
            if self.entitled(name, one):
                self.holders[one] = self.holders[one] | {name}

    def _renew(self, by: bytes, body: Renew, entry: Entry) -> None:
        after = {e.ring: self._after_renewal(by, e.ring) for e in body.epochs}
        for name, holders in after.items():
            self._opened(name, *self.owners[name], holders)

    def _team(self, by: bytes, body: Team, entry: Entry) -> None:
        self.above[body.team] = body.parent
        kinds = {ring.team_ring(body.team): ring.TEAM, ring.coordinators_ring(body.team): ring.COORDINATORS}
        for e in body.epochs:
            self._opened(e.ring, kinds[e.ring], body.team, {name for name, _ in e.grants})

    def _granted(self, by: bytes, body: Granted, entry: Entry) -> None:
        for name, epoch, to, _ in body.items:
            if epoch == self.epochs[name]:
                self.holders[name] = self.holders[name] | {to}

    def _sheet(self, by: bytes, body: Sheet, entry: Entry) -> None:
        name = device_id(body.signing, body.agreement)
        me = self.devices[by]
        self.sheets[name] = Seat(me.member, Role.COORDINATOR, me.team)
        for g in body.grants:
            if g.epoch == self.epochs[g.ring]:
                self.holders[g.ring] = self.holders[g.ring] | {name}

    def _revoke(self, by: bytes, body: Revoke, entry: Entry) -> None:
        before = {name: set(who) for name, who in self.holders.items()}
        self._leave({c.device for c in body.cuts})
        self._lost(by, before)

    def _place(self, by: bytes, body: Place, entry: Entry) -> None:
        before = {name: set(who) for name, who in self.holders.items()}
        theirs = {name for name, seat in self.devices.items() if seat.member == body.member}
        self._leave({name for name, seat in self.sheets.items() if seat.member == body.member})
        self._void(theirs)
        self.devices.update({name: Seat(body.member, body.role, body.team) for name in theirs})
        for team, members, _ in self.rounds.values():
            if team != body.team:
                members.discard(body.member)
        for name, who in self.holders.items():
            self.holders[name] = {h for h in who if self.entitled(h, name)}
        self._lost(by, before)

    def _round(self, by: bytes, body: Round, entry: Entry) -> None:
        begins, name = body.round not in self.rounds, ring.round_ring(body.round)
        self.rounds[body.round] = (body.team, set(body.members), body.closed)
        if begins:
            self._opened(name, ring.ROUND, body.round, {h for h, _ in body.epochs[0].grants})
            return
        stay = {h for h in self.holders[name] if self.entitled(h, name)}
        if body.closed or stay != self.holders[name]:
            self._opened(name, ring.ROUND, body.round, stay)

    def _over(self, name: bytes) -> bool:
        kind, owner = self.owners[name]
        return kind == ring.ROUND and self.rounds[owner][2]

    def _leave(self, leaving: set[bytes]) -> None:
        self.left.update({name: seat for name, seat in self.devices.items() if name in leaving})
        self.devices = {name: seat for name, seat in self.devices.items() if name not in leaving}
        self.sheets = {name: seat for name, seat in self.sheets.items() if name not in leaving}
        self.holders = {name: who - leaving for name, who in self.holders.items()}
        self._void(leaving)

    def _void(self, inviters: set[bytes]) -> None:
        self.open = {announced: one for announced, one in self.open.items() if one[1] not in inviters}

    def _lost(self, by: bytes, before: dict[bytes, set[bytes]]) -> None:
        """What lost a holder is renewed by the author where it is theirs; else it is exposed."""
        for name, who in before.items():
            if self.holders[name] != who and not self._over(name):
                if by in self.holders[name] and self.renews(by, name):
                    self._opened(name, *self.owners[name], self.holders[name])
                else:
                    self.exposed.add(name)

    def says(self) -> dict[str, Any]:
        """For comparing."""
        return {
            "devices": self.devices,
            "sheets": {name: (seat.member, seat.team) for name, seat in self.sheets.items()},
            "left": set(self.left),
            "open": set(self.open),
            "holders": self.holders,
            "epochs": self.epochs,
            "exposed": self.exposed,
            "rounds": self.rounds,
        }
