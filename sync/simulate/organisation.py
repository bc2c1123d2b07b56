"""A whole organisation made by hand from sync.core: one team, coordinators, contact persons and collectors."""

from collections.abc import Sequence
from dataclasses import dataclass

from sync.core import ring
from sync.core.ids import ID_BYTES, device_id, invitation_author
from sync.core.ports import SEED_BYTES, Primitives, Random
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_entry import NO_PREVIOUS, AddDevice, Genesis, Granted, Invite, proof_bytes, sign
from sync.device.secrets import Secrets

FAR = 2**47  # no invitation of a simulation expires


@dataclass(frozen=True, slots=True)
class Organisation:
    """A verified roll and the secrets of each device, coordinator first."""

    roll: Roll
    secrets: tuple[Secrets, ...]
    team: bytes


class _Maker:
    def __init__(self, primitives: Primitives, random: Random) -> None:
        self._primitives, self._random = primitives, random
        self.roll = Roll()
        self.team = random.bytes(ID_BYTES)
        self._shared: dict[bytes, bytes] = {}

    def _seed(self) -> bytes:
        return self._random.bytes(SEED_BYTES)

    async def _invite(self, role: Role, rings: list[bytes], inviting: bytes, agreeing: bytes) -> Invite:
        p, organisation = self._primitives, self.roll.state.organisation or NO_PREVIOUS
        signing, agreement = await p.signing_key(inviting), await p.agreement_key(agreeing)
        grants = [
            await ring.grant(p, self._seed(), self._shared[r], organisation, r, 1, agreement.public) for r in rings
        ]
        member = self._random.bytes(ID_BYTES)
        return Invite(signing.public, agreement.public, member, role, self.team, FAR, tuple(grants))

    async def found(self) -> Secrets:
        """Genesis, and its coordinator's device."""
        p = self._primitives
        team, coordinators = ring.team_ring(self.team), ring.coordinators_ring(self.team)
        self._shared = {team: self._seed(), coordinators: self._seed()}
        publics = [(await p.agreement_key(self._shared[r])).public for r in (team, coordinators)]
        inviting, agreeing = self._seed(), self._seed()
        invite = await self._invite(Role.COORDINATOR, [team, coordinators], inviting, agreeing)
        key = await p.signing_key(inviting)
        body = Genesis(self._random.bytes(ID_BYTES), self.team, publics[0], publics[1], invite)
        entry = await sign(p, key, NO_PREVIOUS, invitation_author(key.public), body)
        await self.roll.extend(p, [entry])
        return await self._join(invite, inviting, [team, coordinators])

    async def welcome(self, by: Secrets, role: Role) -> Secrets:
        """Someone invited by the coordinator, and their device; a coordinator is confirmed at once."""
        p = self._primitives
        inviting, agreeing = self._seed(), self._seed()
        invite = await self._invite(role, [ring.team_ring(self.team)], inviting, agreeing)
        await self._append(by, invite)
        joined = await self._join(invite, inviting, [ring.team_ring(self.team)])
        if role is Role.COORDINATOR:
            r, public = ring.coordinators_ring(self.team), (await p.agreement_key(joined.agreement)).public
            device = device_id((await p.signing_key(joined.signing)).public, public)
            organisation = self.roll.state.organisation
            grant = await ring.grant(p, self._seed(), self._shared[r], organisation, r, 1, public)
            await self._append(by, Granted(((r, 1, device, grant.sealed),)))
        return joined

    async def _append(self, by: Secrets, body: Invite | Granted) -> None:
        p = self._primitives
        key, agreement = await p.signing_key(by.signing), await p.agreement_key(by.agreement)
        author = device_id(key.public, agreement.public)
        await self.roll.extend(p, [await sign(p, key, self.roll.state.head, author, body)])

    async def _join(self, invite: Invite, inviting: bytes, rings: list[bytes]) -> Secrets:
        p, announced = self._primitives, self.roll.state.head
        own = ring.own_ring(invite.member)
        granted = [(r, 1, self._shared[r]) for r in rings] + [(own, 1, self._seed())]
        secrets = Secrets(self._seed(), self._seed(), announced, invite.member, "", tuple(granted))
        signing, agreement = await p.signing_key(secrets.signing), await p.agreement_key(secrets.agreement)
        public = (await p.agreement_key(granted[-1][2])).public
        [proof] = await p.sign(signing, [proof_bytes(announced, signing.public, agreement.public, public)])
        body = AddDevice(announced, signing.public, agreement.public, public, proof)
        key = await p.signing_key(inviting)
        entry = await sign(p, key, self.roll.state.head, invitation_author(key.public), body)
        await self.roll.extend(p, [entry])
        return secrets


async def make(primitives: Primitives, random: Random, others: Sequence[Role]) -> Organisation:
    """One coordinator, and someone in each of these roles, each with one device."""
    maker = _Maker(primitives, random)
    coordinator = await maker.found()
    welcomed = [await maker.welcome(coordinator, role) for role in others]
    return Organisation(maker.roll, (coordinator, *welcomed), maker.team)
