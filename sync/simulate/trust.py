"""What a simulation does to trust: phones are lost, members move, roles change; and what must hold after it.

The first device is the first coordinator's: it stays, so that there is someone to ask at the end.
"""

from collections.abc import Iterator, Sequence
from random import Random as Seeded
from typing import Protocol

from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import Random
from sync.core.rights import Role
from sync.core.roll import Roll
from sync.device.keyring import Keyring
from sync.device.replica import ADOPT, ADOPTION, VERDICT, Replica
from sync.device.steward import Steward
from sync.device.writer import Part, Writer

ACTS = ("half", "lose", "move", "role")
MOST_LOST = 2


class Acting(Protocol):
    """What is needed of a simulated device."""

    @property
    def name(self) -> str:
        """What the story calls it."""
        ...

    @property
    def keyring(self) -> Keyring:
        """Its keys."""
        ...

    @property
    def roll(self) -> Roll:
        """The roll as it knows it."""
        ...

    @property
    def replica(self) -> Replica:
        """Its records."""
        ...

    @property
    def writer(self) -> Writer:
        """Its way to write."""
        ...

    @property
    def steward(self) -> Steward:
        """Its acts on the roll."""
        ...


async def play(act: str, luck: Seeded, by: Acting, devices: Sequence[Acting]) -> None:
    """One act of a coordinator (`by`), on anyone but the first one's owner. Raises what the roll or the network does."""
    others = [d for d in devices if d.keyring.member != devices[0].keyring.member]
    if not others:
        return
    target = luck.choice(others)
    state, name = by.roll.state, target.keyring.device
    if name not in state.devices:
        return
    root = next(team for team, above in state.teams.items() if above is None)
    if act == "lose" and len(state.left) < min(MOST_LOST, len(devices) - 2):
        await by.steward.revoke([name])
    elif act == "move":
        below = [team for team in state.teams if team != root]
        to = luck.choice([root, *below]) if len(below) > 1 else await by.steward.found_team(root)
        await by.steward.place(target.keyring.member, luck.choice([Role.CONTACT, Role.CONTACT, Role.COLLECTOR]), to)
    elif act == "role":
        await by.steward.place(target.keyring.member, Role.COORDINATOR, luck.choice(sorted(state.teams)))
        await by.steward.confirm(name)


def coordinates(d: Acting) -> bool:
    """Whether this is a confirmed coordinator's of the team at the top, as far as it knows."""
    here = d.roll.state.devices.get(d.keyring.device)
    return here is not None and d.roll.state.coordinates(here.id, here.team) and d.roll.state.teams[here.team] is None


async def adopt_all(by: Acting, random: Random) -> None:
    """Adopt all that is quarantined here, and what comes to light by that, as someone does who knows whose it is: a
    coordinator of all teams, or for what is in their own ring alone its author on another device. Said to everyone who
    has it, as app.services.trust does.
    """
    tried: set[bytes] = set()
    own, everything = [ring.own_ring(by.keyring.member)], coordinates(by)
    while held := [
        name
        for name, h in by.replica.quarantine.items()
        if name not in tried and (everything or [link.ring for link in h.envelope.header.links] == own)
    ]:
        for name in held:
            nonce = random.bytes(ID_BYTES)
            record = record_id(by.keyring.member, ADOPTION, nonce)
            fields = {"envelope": Patch(name), "verdict": Patch(ADOPT)}
            change = Change(ADOPTION, VERDICT, record, by.writer.stamp(), fields, nonce)
            rings = frozenset(link.ring for link in by.replica.quarantine[name].envelope.header.links)
            await by.writer.write([Part(change, rings)])
        tried.update(held)
        await by.replica.catch_up()


def unkept(devices: Sequence[Acting]) -> Iterator[str]:
    """What the roll still owes when all of these have synced: nothing, or this."""
    state = devices[0].roll.state
    members = {state.devices[d.keyring.device].member for d in devices if d.keyring.device in state.devices}
    for name in state.exposed:
        if state.rings[name].kind != ring.OWN or state.rings[name].owner in members:
            yield "a ring that someone left was not renewed"
    for device in devices:
        me = device.keyring.device
        if me not in state.devices:
            continue
        if device.roll.state.head != state.head:
            yield f"{device.name} knows another roll"
        if state.lacking(me) or state.orphaned(me):
            yield f"{device.name} did not do the upkeep that was its to do"
        if not {(r, state.rings[r].epoch) for r in state.readable(me)} <= device.keyring.rings.keys():
            yield f"{device.name} holds a ring that it can't open"
        if any(device.roll.state.rings[r].epoch == epoch for r, epoch in _lost(device)):
            yield f"{device.name} can open a ring that is not its own any more"


def _lost(device: Acting) -> Iterator[tuple[bytes, int]]:
    state = device.roll.state
    for r, epoch in device.keyring.rings:
        if r in state.rings and not state.may_hold(device.keyring.device, state.rings[r]):
            yield r, epoch
