"""What a device puts on the roll about others: who leaves, who moves, new teams, who walks which round, grants, recovery
sheets; and the upkeep that any device does by itself, which is to renew what was exposed and to grant what is lacking.

Each act is one entry, signed anew on the present head whenever that moved; when it returns it is in force. An act
that turns out to be done already (by another coordinator, meanwhile) does nothing.
"""

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from sync.core import hpke, invitation, ring
from sync.core.change import Change, Patch
from sync.core.errors import NotFound, RollRefused
from sync.core.formats import SENDER_KEY
from sync.core.ids import ID_BYTES, entry_hash, record_id
from sync.core.ports import SEED_BYTES, Log, Primitives, Random
from sync.core.rights import Role
from sync.core.roll import Device, Roll, State
from sync.core.roll_entry import (
    MAX_CUTS,
    Body,
    Cut,
    Epoch,
    Granted,
    Place,
    Renew,
    Revoke,
    Round,
    Sheet,
    Team,
    Withdraw,
    sign,
)
from sync.core.roll_rules import crewed, moved
from sync.core.roll_state import Crew, Ring
from sync.core.sheet import SECRET_BYTES, SheetSecret
from sync.device import ring_keys
from sync.device.keyring import Keyring
from sync.device.replica import ADOPT, ADOPTION, GRANT, KEYS, VERDICT, Replica
from sync.device.secrets import Secrets
from sync.device.syncer import Syncer
from sync.device.writer import Part, Writer

MAX_ITEMS = 500  # grants in one entry
MAX_KEYS = 1000  # content keys in one change

Privates = Mapping[tuple[bytes, int], bytes]


class _NothingToDo(Exception):
    """Someone else has done it meanwhile."""


class Steward:
    """Acts of one open device. `secrets` gives what came with its invitation, when it has to be handed on."""

    def __init__(
        self,
        primitives: Primitives,
        random: Random,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        replica: Replica,
        writer: Writer,
        syncer: Syncer,
        secrets: Callable[[], Awaitable[Secrets]],
    ) -> None:
        self._primitives, self._random, self._log = primitives, random, log
        self._roll, self._keyring, self._replica = roll, keyring, replica
        self._writer, self._syncer, self._secrets = writer, syncer, secrets
        self._looked_to = 0  # the log's position up to which `_keys_of` was made
        self._keys_of: dict[bytes, dict[bytes, int]] = {}  # ring → sender key id → epoch

    @property
    def _me(self) -> bytes:
        return self._keyring.device

    # -- acts --------------------------------------------------------------------------------------------

    async def revoke(self, leaving: Sequence[bytes]) -> None:
        """Devices or sheets leave, and every ring that they held is renewed for those who stay.

        Whatever is on the server is taken in first, so that the cut is drawn behind it. Raises RollRefused or Unreachable:
        nothing was changed.
        """

        async def body(state: State) -> Body:
            gone = {name for name in leaving if name in state.devices or name in state.sheets}
            if not gone:
                raise _NothingToDo()
            lost = {r.id for r in state.rings.values() if r.holders & gone}
            mine = set() if self._me in gone else lost & state.renewable(self._me)
            holders = {r: state.rings[r].holders - gone for r in mine}
            cuts = [self._cut(state, name) for name in sorted(gone)]
            return Revoke(tuple(cuts), await self._epochs(state, holders))

        await self._syncer.take_in()  # what this device has not seen would lie beyond the cut
        await self._append(body)

    async def place(self, member: bytes, role: Role, team: bytes) -> None:
        """A member gets another role or team. Raises RollRefused or Unreachable."""

        async def body(state: State) -> Body:
            theirs = [d for d in state.devices.values() if d.member == member]
            if theirs and all((d.role, d.team) == (role, team) for d in theirs):
                raise _NothingToDo()
            cuts = tuple(self._cut(state, d.id) for d in theirs)
            after = moved(state, member, role, team)
            lost = {r for r in after.renewable(self._me) if after.rings[r].holders != state.rings[r].holders}
            holders = {r: after.rings[r].holders for r in lost}
            return Place(member, role, team, cuts, await self._epochs(state, holders))

        await self._syncer.take_in()
        await self._append(body)
        await self.keep()

    async def found_team(self, parent: bytes) -> bytes:
        """A new team below another; its id (16). Raises RollRefused or Unreachable."""
        team = self._random.bytes(ID_BYTES)

        async def body(state: State) -> Body:
            above = [d.id for d in state.devices.values() if state.coordinates(d.id, parent)]
            above += [s.id for s in state.sheets.values() if state.covers(s.team, parent)]
            rings = (ring.team_ring(team), ring.coordinators_ring(team))
            return Team(team, parent, await self._epochs(state, dict.fromkeys(rings, frozenset(above))))

        await self._append(body)
        return team

    async def open_round(self, round_: bytes, team: bytes, members: Collection[bytes]) -> None:
        """A round with a ring of its own, for these members' devices and the coordinators. `round_` is the id (16) of the
        record that it will be; `members` may be some who have not joined yet. Raises RollRefused or Unreachable: nothing
        was changed.
        """
        crew = Crew(team, frozenset(members))

        async def body(state: State) -> Body:
            if state.rounds.get(round_) == crew:
                raise _NothingToDo()
            after, name = crewed(state, round_, crew), ring.round_ring(round_)
            made = Ring(name, ring.ROUND, round_, ())
            holders = frozenset(h for h in (*after.devices, *after.sheets) if after.may_hold(h, made))
            epochs = await self._epochs(state, {name: holders})
            return Round(round_, team, tuple(sorted(crew.members)), False, (), epochs)

        await self._append(body)

    async def change_round(
        self, round_: bytes, members: Collection[bytes], before: Collection[bytes] | None = None
    ) -> None:
        """Others walk it: whoever leaves can't read on, whoever joins reads all of it. What is asked for is the difference
        with `before`, the members that the caller went by (now, if not given): whom another coordinator put on it or
        took off meanwhile stays on or off. Raises NotFound for an unknown round, RollRefused for one that is over, or
        Unreachable: nothing was changed.
        """
        known = self._roll.state.rounds.get(round_)
        then = frozenset(known.members if known and before is None else before or ())
        more, off = frozenset(members) - then, then - frozenset(members)
        await self._set_round(round_, lambda now: (now | more) - off, closed=False)

    async def close_round(self, round_: bytes) -> None:
        """A round is over: coordinators alone hold its ring. What comes in late is quarantined. Raises NotFound,
        RollRefused or Unreachable: nothing was changed.
        """
        await self._set_round(round_, lambda _: frozenset(), closed=True)

    async def _set_round(
        self, round_: bytes, changed: Callable[[frozenset[bytes]], frozenset[bytes]], *, closed: bool
    ) -> None:
        name = ring.round_ring(round_)

        async def body(state: State) -> Body:
            known = state.rounds.get(round_)
            if known is None:
                raise NotFound("round")
            members = changed(known.members)
            crew = Crew(known.team, members, closed)
            if crew == known:
                raise _NothingToDo()
            before, stay = state.rings[name].holders, crewed(state, round_, crew).rings[name].holders
            gone = (before if closed else before - stay) & state.devices.keys()
            cuts = [Cut(d, tuple((r, *place) for r, place in self._seen(d) if r == name)) for d in sorted(gone)]
            epochs = await self._epochs(state, {name: stay} if closed or before != stay else {})
            return Round(round_, known.team, tuple(sorted(members)), closed, tuple(cuts), epochs)

        await self.keep()  # a ring that is exposed is made new, with its cuts, before anyone else leaves it
        await self._syncer.take_in()  # what this device has not seen would lie beyond the cut
        await self._append(body)
        await self.keep()

    async def confirm(self, device: bytes) -> None:
        """Its words were compared: the device becomes a coordinator's in earnest. Raises RollRefused."""

        async def body(state: State) -> Body:
            team = state.device(device).team
            return await self._grants(state, [(ring.coordinators_ring(team), device)])

        await self._append(body)
        await self.keep()

    async def make_sheet(self) -> SheetSecret:
        """A recovery sheet for this coordinator, with all that this device holds. Raises RollRefused."""
        secret = self._random.bytes(SECRET_BYTES)
        seed = SheetSecret(secret, b"").seed()
        signing = await invitation.signing_key(self._primitives, seed)
        agreement = await invitation.agreement_key(self._primitives, seed)

        async def body(state: State) -> Body:
            privates = await self._privates()
            items = [
                (r, e, agreement.public, privates[r, e])
                for r in sorted(state.renewable(self._me))
                for e in range(1, state.rings[r].epoch + 1)
                if (r, e) in privates
            ]
            sealed = await self._seal(state, items)
            grants = tuple(ring.Grant(r, e, s) for (r, e, _, _), s in zip(items, sealed, strict=True))
            return Sheet(signing.public, agreement.public, grants)

        entry = await self._append(body)
        return SheetSecret.announced_by(secret, entry_hash(entry))

    async def withdraw(self, announced: bytes) -> None:
        """An invitation stops to work. Raises InvitationUsed, InvitationUnknown or Unreachable."""

        async def body(_: State) -> Body:
            return Withdraw(announced)

        await self._append(body)

    # -- upkeep ------------------------------------------------------------------------------------------

    async def keep(self) -> None:
        """Renew what was exposed, grant what is lacking, hand on keys to who came back. Does nothing twice."""
        if self._syncer.state.forked or self._me not in self._roll.state.devices:
            return
        try:
            while self._exposed(self._roll.state) and await self._append(self._renewal):
                pass
            while self._roll.state.lacking(self._me) and await self._append(self._lacking):
                pass
            await self._hand_on_keys()
        except RollRefused:
            return  # the roll says otherwise by now: the next round looks again

    def _exposed(self, state: State) -> set[bytes]:
        """What is to be made new: exposed and this device's to renew, held by nobody who could, or not cut yet for
        one who left and wrote there.
        """
        mine = state.renewable(self._me)
        uncut = {r for d in state.left for r in state.uncut(d, mine, self._me) & self._replica.seen(d).keys()}
        return set(state.exposed) & mine | state.orphaned(self._me) | uncut

    async def _renewal(self, state: State) -> Body:
        exposed = self._exposed(state)
        if not exposed:
            raise _NothingToDo()
        orphaned = state.orphaned(self._me)
        holders = {r: state.rings[r].holders | ({self._me} if r in orphaned else set()) for r in exposed}
        cuts = []  # whoever revoked a device could not see what went to rings that they did not hold
        for device in sorted(state.left):
            places = dict(self._seen(device))
            walked = {r for r in exposed if state.rings[r].kind == ring.ROUND}
            uncut = state.uncut(device, exposed, self._me)
            if uncut - (walked - places.keys()):  # most who left never wrote in a round, or were gone before it
                seen = [(r, *place) for r, place in sorted(places.items()) if r in uncut and r not in orphaned]
                cuts.append(Cut(device, tuple(seen)))
        return Renew(await self._epochs(state, holders), tuple(cuts[:MAX_CUTS]))

    async def _lacking(self, state: State) -> Body:
        return await self._grants(state, state.lacking(self._me))

    async def _grants(self, state: State, wanted: Iterable[tuple[bytes, bytes]]) -> Body:
        """Every epoch of each ring that this device can hand on, to each (ring, device or sheet)."""
        privates = await self._privates()
        items: list[tuple[bytes, int, bytes, bytes]] = []
        names: list[bytes] = []
        for r, holder in wanted:
            to = state.devices.get(holder) or state.sheets[holder]
            epochs = [e for e in range(1, state.rings[r].epoch + 1) if (r, e) in privates]
            if holder not in state.rings[r].holders and len(items) + len(epochs) <= MAX_ITEMS:
                items += [(r, e, to.agreement, privates[r, e]) for e in epochs]
                names += [holder] * len(epochs)
        if not items:
            raise _NothingToDo()
        sealed = await self._seal(state, items)
        granted = [(r, e, n, s) for (r, e, _, _), n, s in zip(items, names, sealed, strict=True)]
        return Granted(tuple(granted))

    # -- keys for who came back --------------------------------------------------------------------------

    async def _hand_on_keys(self) -> None:
        """Whoever lost every device and came back with a new one gets the content keys of what they wrote and
        coordinators can open, also of what their old device hands in later.
        """
        state = self._roll.state
        if not state.coordinates(self._me, state.device(self._me).team):
            return
        for known in list(state.rings.values()):
            if known.kind == ring.OWN and _came_back(state, known.owner):
                first = state.members()[known.owner][0]
                if not state.coordinates(self._me, first.team):
                    continue  # nobody would take it from here: the coordinators of their team do it
                given = self._replica.handed_on.get(first.id, set())
                keys = sorted(self._keys_for(known) - given)
                adopted = sorted(self._replica.adopted_of(known.owner) - given)
                if keys or adopted:
                    await self._hand_on(known, first, keys, adopted)

    async def _hand_on(self, own: Ring, first: Device, names: list[bytes], adopted: list[bytes]) -> None:
        """The keys, and once more each decision to adopt: it was made when nobody could open the own ring."""
        rings, to = frozenset({own.id, ring.coordinators_ring(first.team)}), Patch(first.id)
        parts = []
        for start in range(0, len(names), MAX_KEYS):
            keys = [[name, self._keyring.content[name]] for name in names[start : start + MAX_KEYS]]
            parts.append(
                Part(self._made(GRANT, KEYS, {"ring": Patch(own.id), "device": to, "keys": Patch(keys)}), rings)
            )
        for name in adopted:
            fields = {"envelope": Patch(name), "verdict": Patch(ADOPT), "device": to}
            parts.append(Part(self._made(ADOPTION, VERDICT, fields), rings))
        await self._writer.write(parts)
        await self._replica.catch_up()
        self._syncer.wake()

    def _made(self, kind: str, group: str, fields: dict[str, Patch]) -> Change:
        nonce = self._random.bytes(ID_BYTES)
        record = record_id(self._keyring.member, kind, nonce)
        return Change(kind, group, record, self._writer.stamp(), fields, nonce)

    def _keys_for(self, own: Ring) -> set[bytes]:
        """Ids of content keys that this device has, of envelopes that were sealed to an older epoch of this ring."""
        for header, kind in self._replica.headers(self._looked_to):
            if kind == SENDER_KEY:
                for link in header.links:
                    self._keys_of.setdefault(link.ring, {})[header.key] = link.epoch
        self._looked_to = self._replica.position
        older = {name for name, epoch in self._keys_of.get(own.id, {}).items() if epoch < own.epoch}
        return older & self._keyring.content.keys()

    # -- how ---------------------------------------------------------------------------------------------

    async def _append(self, body: Callable[[State], Awaitable[Body]]) -> bytes:
        """One entry, made on the head that is current. Gives its bytes, or none when there was nothing to do."""

        async def make() -> bytes:
            state = self._roll.state
            return await sign(self._primitives, self._keyring.signing, state.head, self._me, await body(state))

        try:
            return await self._syncer.append_roll(make)
        except _NothingToDo:
            return b""

    def _seen(self, device: bytes) -> list[tuple[bytes, tuple[int, bytes]]]:
        return sorted(self._replica.seen(device).items())

    def _cut(self, state: State, device: bytes) -> Cut:
        """The last places seen of a device, in the rings that this one holds."""
        held = state.readable(self._me)
        return Cut(device, tuple((r, *place) for r, place in self._seen(device) if r in held))

    async def _privates(self) -> Privates:
        known = (await self._secrets()).rings
        return await ring_keys.privates(self._primitives, self._keyring.agreement, self._me, known, self._roll)

    async def _epochs(self, state: State, holders: Mapping[bytes, frozenset[bytes]]) -> tuple[Epoch, ...]:
        """Fresh key pairs for these rings, granted to these devices and sheets: sealed in one crossing."""
        items, made = [], []
        for r in sorted(holders):
            private = self._random.bytes(SEED_BYTES)
            public = (await self._primitives.agreement_key(private)).public
            epoch = state.rings[r].epoch + 1 if r in state.rings else 1
            names = sorted(holders[r])
            made.append((r, epoch, public, names))
            for name in names:
                to = state.devices.get(name) or state.sheets[name]
                items.append((r, epoch, to.agreement, private))
        sealed = iter(await self._seal(state, items))
        return tuple(Epoch(r, e, public, tuple((n, next(sealed)) for n in names)) for r, e, public, names in made)

    async def _seal(self, state: State, items: Sequence[tuple[bytes, int, bytes, bytes]]) -> list[bytes]:
        """(ring, epoch, recipient's public, private half) each sealed to its recipient."""
        organisation = state.organisation
        return await hpke.seal_many(
            self._primitives,
            [
                hpke.ToSeal(self._random.bytes(SEED_BYTES), to, ring.info(organisation, r, e, to), private)
                for r, e, to, private in items
            ],
        )


def _came_back(state: State, member: bytes) -> bool:
    """Whether someone lost every device and was let in again by somebody else."""
    present = state.members().get(member, [])
    left = [d for d in state.left.values() if d.member == member]
    inviters = [state.devices.get(d.inviter) or state.left.get(d.inviter) for d in present]
    return bool(present and left) and all(i is not None and i.member != member for i in inviters)
