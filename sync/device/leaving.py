"""What a device may no longer hold after a move, or after a round, goes from its log: the bytes are overwritten, the stub
stays.

Whoever comes back to the team or the round gets all of it again. Kept is whatever its own member wrote, and whatever is sealed to a
ring that this device may have now.
"""

from sync.core import envelope, ring
from sync.core.errors import StraatError
from sync.core.ports import Log, LogState
from sync.core.roll import Roll, State
from sync.device import meta
from sync.device.keyring import Keyring
from sync.device.replica import Replica

_PAGE = 1000


async def drop_lost(log: Log, roll: Roll, keyring: Keyring, replica: Replica) -> int:
    """Drop what is no longer this device's to hold; how many envelopes went. Looks once after each move, and each round
    that it left or that is over.
    """
    before = meta.read_int(log, meta.MOVED) or 0
    new = [m for m in roll.state.marks.get(keyring.device, ()) if m.place > before]
    if not new or keyring.device not in roll.state.devices:
        return 0
    held = roll.state.readable(keyring.device)
    looked = any(not m.round or ring.round_ring(m.round) not in held for m in new)
    lost = _lost(log, roll.state, keyring) if looked else []
    if lost:
        await replica.before_drop()
        cursors = {r: number for r, number in meta.read_cursors(log).items() if r in held}
        log.drop(lost, {meta.CURSORS: meta.cursors_bytes(cursors)}, again=True)
        await replica.start_again()
    values = {meta.MOVED: meta.int_bytes(new[-1].place)}
    if any(not m.round for m in new):  # the end of a round goes without saying
        values[meta.MOVED_COUNT] = meta.int_bytes(len(lost))
    log.put(values)
    return len(lost)


def _lost(log: Log, state: State, keyring: Keyring) -> list[bytes]:
    mine = {d.id for d in (*state.devices.values(), *state.left.values()) if d.member == keyring.member}
    held = {r.id for r in state.rings.values() if state.may_hold(keyring.device, r)}
    lost, position = [], 0
    while entries := log.read(position, _PAGE):
        position = entries[-1].position
        for entry in entries:
            if entry.state == LogState.STUB:
                continue
            try:
                header = envelope.parse_any(entry.data).header
            except StraatError:
                continue  # kept aside, where it is shown
            if header.device not in mine and not any(link.ring in held for link in header.links):
                lost.append(entry.id)
    return lost
