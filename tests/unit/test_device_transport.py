"""The faulty wire does what its faults say, in front of a real server."""

import asyncio
from pathlib import Path

from sync.core import wire
from sync.core.errors import Unreachable
from tests.support.faulty_transport import Fault, FaultyTransport, Hold
from tests.support.settled_team import Team, team


async def asks(net: FaultyTransport, t: Team) -> bool:
    """Whether a request for a challenge is answered."""
    try:
        reply = await net.send("POST", "/v1/challenge", wire.encode([b"o" * 32, b"d" * 16]))
    except Unreachable:
        return False
    return bool(reply.body)


def test_each_fault_befalls_one_request_and_the_next_passes(settled: Path, tmp_path: Path) -> None:
    """Dropped: it never arrives. Lost: it arrives and has no answer. Repeated: it arrives twice."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            t.device("fatma")
            net = t.nets["fatma"]
            net.next("challenge", Fault.DROP, Fault.LOSE, Fault.REPEAT, Fault.NONE)
            seen = []
            for _ in range(5):
                before = len(net.sent)
                seen.append((await asks(net, t), len(net.sent) - before))
            assert seen == [(False, 0), (False, 1), (True, 2), (True, 1), (True, 1)]
            assert net.left("challenge") == 0
            net.offline = True
            assert not await asks(net, t)

    asyncio.run(story())


def test_a_held_request_arrives_when_it_is_released_and_others_overtake_it(settled: Path, tmp_path: Path) -> None:
    """While one is held, the next goes on; faults for other paths are not touched."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            t.device("fatma")
            net, hold = t.nets["fatma"], Hold()
            net.next("challenge", hold)
            net.next("push", Fault.DROP)
            held = asyncio.create_task(asks(net, t))
            await hold.arrived.wait()
            assert await asks(net, t)
            assert len(net.sent) == 1
            assert not held.done()
            hold.release.set()
            assert await held
            assert (len(net.sent), net.left("push")) == (2, 1)

    asyncio.run(story())
