"""What goes wrong in a seed, besides the weather: machines, disks, lines, backups; and who leaves, moves and comes."""

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sync.core.errors import StraatError
from sync.simulate.ages import OLD
from sync.simulate.device import Device
from sync.simulate.disk import Crash
from sync.simulate.joining import invite, join
from sync.simulate.network import Link, Weather
from sync.simulate.plan import Plan
from sync.simulate.trust import ACTS, coordinates
from sync.simulate.trust import play as play_trust
from sync.simulate.world import DAY, MINUTE

if TYPE_CHECKING:
    from sync.simulate.run import Simulation

MOST_NEW = 3  # devices that join in a seed


def acts(plan: Plan) -> list[str]:
    """What may happen under this plan, each as often as it stands here."""
    found = ["put_away"]
    found += ["kill", "crash", "crash", "full", "room"] if plan.disks else ["kill"]
    found += ["server_crash", "server_restart", "server_full", "back_up", "restore"] if plan.server else []
    found += ["cut", "cut", "line"] if plan.partitions else []
    found += [*ACTS, *ACTS, "second", "evict"] if plan.trust else []
    found += ["erase", "erase_any", "month"] if plan.fading else []
    found += ["update"] if plan.ages else []
    return found + (["clock"] if plan.skew else [])


async def play(s: "Simulation", act: str, d: Device) -> None:
    """One of them."""
    if act not in ("put_away", "line", "room", "clock"):
        s.story.tell(f"{d.name} {act}" if act not in _SERVERS else act)
    luck = s.luck.seeded
    if act in ACTS:
        _trust(s, act, d)
    elif act == "kill":
        d.disk.kill()
        s.start(d, lambda: s.revive(d))
    elif act == "crash":
        d.disk.stop_in(luck.randint(1, 25))
        s.start(d, lambda: s.people.act(d) if luck.random() < 0.4 else s.sync(d))
    elif act == "full":
        d.disk.fill()
        s.start(d, lambda: s.people.act(d))
        s.start(d, lambda: s.sync(d))
    elif act == "room":
        for one in s.awake:
            one.disk.free()
        s.server.disk.free()
    elif act == "cut":
        for one in luck.sample(s.awake, k=max(1, len(s.awake) // 3)):
            one.link.cut = True
    elif act == "line":
        for one in s.awake:
            one.link.cut = False
    elif act == "put_away":
        s.start(d, lambda: d.put_away())
    elif act == "clock":
        d.clock.skew = luck.choice((0, 0, int(DAY) * 1000, -int(DAY) * 2000, int(DAY) * 9000))
    elif act == "update" and d.age == OLD:
        d.update()
        d.disk.kill()
        s.start(d, lambda: s.revive(d))
    elif act in ("erase", "erase_any"):
        one = s.devices[0] if act == "erase_any" else d
        s.start(one, lambda: s.people.erase(one, anyone=act == "erase_any"))
    elif act == "month":
        await asyncio.sleep(20 * DAY)
        await s.server.tidy()
    elif act in _SERVERS:
        await _server(s, act)
    elif act in ("second", "evict"):
        await _phones(s, act, d)


_SERVERS = ("server_crash", "server_restart", "server_full", "back_up", "restore")


async def _server(s: "Simulation", act: str) -> None:
    server, luck = s.server, s.luck.seeded
    if server.down:
        await server.restart()
        await s.invariants.after_server_start()
        return
    if act == "server_crash":
        server.disk.stop_in(luck.randint(1, 30))
        for one in luck.sample(s.awake, k=min(3, len(s.awake))):
            s.start(one, partial(s.sync, one))
    elif act == "server_restart":
        await server.restart()
        await s.invariants.after_server_start()
    elif act == "server_full":
        server.disk.fill()
    elif act == "back_up" and not server.disk.dead:
        server.back_up()
    elif act == "restore" and await server.restore():
        s.story.tell("the server is put back from last night's backup")
        await s.invariants.after_server_start()
        await _come_by(s)


async def _come_by(s: "Simulation") -> None:
    """Within a day of it everyone has been there: at first on the lines as they are, then on good ones. Whoever knows
    more of the roll than the backup and stays away longer than that is shown two rolls (docs/protocol.md).
    """
    for weather in (s.plan.weather, s.plan.weather, Weather(), Weather(), Weather()):
        for one in s.awake:
            one.link.weather, one.link.cut = replace(weather), False
            one.disk.free()
            s.start(one, partial(s.sync, one))
        await asyncio.sleep(10 * MINUTE)
    await s.weather()


def _trust(s: "Simulation", act: str, d: Device) -> None:
    if act == "half":  # the roll is in, the rest of the round is not

        async def half() -> None:
            d.link.shut = frozenset({"push", "pull"})
            try:
                await s.sync(d)
            finally:
                d.link.shut = frozenset()

        s.start(d, half)
        return
    able = [one for one in s.awake if coordinates(one) and not one.asleep]
    if able:
        by = s.luck.seeded.choice(able)
        others = [one for one in s.devices if not one.evicted]
        s.start(by, lambda: play_trust(act, s.luck.seeded, by, others))


async def second(s: "Simulation", d: Device) -> None:
    """Another device for the owner of this one. Raises what the roll or the network does."""
    invited = await invite(s.common, d, None, d.roll.state.device(d.keyring.device).team)
    await s.admit(*await join(s.common, Link(s.server, s.luck, s.story, Weather()), invited))


async def _phones(s: "Simulation", act: str, d: Device) -> None:
    """A second phone for someone; or a phone whose disk is wiped, its owner let in again by the first coordinator."""
    if s.server.down or d is s.devices[0] or d.asleep or len(s.devices) >= s.plan.devices + MOST_NEW:
        return
    office = Link(s.server, s.luck, s.story, Weather())
    try:
        if act == "second":
            if d.present and not d.syncing:
                await second(s, d)
            return
        first, name, member = s.devices[0], d.keyring.device, d.member
        _burn(s, d)
        await d.halt()
        d.disk.wipe()
        d.evicted = True
        await first.steward.revoke([name])
        state = first.roll.state
        if member in state.members():
            return  # they have another one
        if name not in state.left:
            return
        here = state.left[name]
        s.truth.came_back.add(member)
        invited = await invite(s.common, first, here.role, here.team, back=member)
        await s.admit(*await join(s.common, office, invited))
    except StraatError as error:
        s.story.tell(f"{act}: {error.code}")
    except Crash:
        for one in s.awake:
            if one.disk.dead:
                await s.revive(one)


def _burn(s: "Simulation", d: Device) -> None:
    """What only that phone had is gone with it."""
    for note in s.truth.by_device(d.keyring.device):
        if note.id not in s.server.stored:
            s.truth.burnt.add(note.id)
