"""A server put back from a backup: what it had acknowledged and lost is offered to it again.

It shows itself by a new incarnation number, or, when nobody gave it one, by a broken chain or an unknown roll
head in its answer to a push. Everything is idempotent, so offering too much does no harm.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from sync.core import codec, roll_entry, wire
from sync.core.envelope import parse_any
from sync.core.errors import BadFormat, BadSignature, NotFound, RollMoved, RollUnconfirmed, StraatError
from sync.core.ids import device_id
from sync.core.ports import GIVEN, Log, LogState
from sync.core.roll import Roll
from sync.device import meta
from sync.device.replica import Aside
from sync.device.sync_state import SyncState

Ask = Callable[[str, Any, codec.Shape | None], Awaitable[Any]]
_PAGE = 1000
_BODY_BYTES = 3 << 20
_FORGED = (BadSignature.code, BadFormat.code)


def offer_envelopes(log: Log, device: bytes, aside: dict[bytes, Aside]) -> None:
    """Queue every envelope of our own again, in order, and pull from the beginning: the server's numbering may
    differ. Of what was dropped here its stub is offered, so that its number is there. `aside` is the list that is shown: what waits in the queue again leaves it.
    """
    _offer(log, device, aside, {LogState.STORED, LogState.REFUSED, LogState.STUB})
    log.put({meta.CURSORS: None})


def offer_refused(log: Log, device: bytes, aside: dict[bytes, Aside]) -> None:
    """Queue again what a server once refused of our own: a refusal proves nothing, and would stop all after it."""
    if log.count().get(LogState.REFUSED):
        _offer(log, device, aside, {LogState.REFUSED})


def _offer(log: Log, device: bytes, aside: dict[bytes, Aside], states: set[int]) -> None:
    """What somebody forged in our name (its signature does not hold) stays where it is."""
    position = 0
    while entries := log.read(position, _PAGE):
        came = [e.id for e in entries if e.state == LogState.STORED and e.id in aside]
        forged = {name for name in came if aside[name].reason in _FORGED}
        ours = [e for e in entries if e.state in states and e.id not in forged and e.reason != GIVEN]
        own = [e.id for e in ours if _sender(e.data) == device]
        log.mark(own, LogState.PENDING)
        for name in own:
            aside.pop(name, None)
        position = entries[-1].position


def _sender(data: bytes) -> bytes | None:
    try:
        return parse_any(data).header.device
    except StraatError:
        return None


async def join_again(ask: Ask, roll: Roll, device: bytes) -> bool:
    """Give the server, which does not know this device, the roll up to the entry with which it joined: its invitation
    may be lost with that, and whoever made it gone. Whether this device is on the server's roll then.
    """
    joined = next((n for n, data in enumerate(roll.entries) if _joins(roll_entry.parse(data).body, device)), None)
    if joined is None:
        return False
    try:
        return await _tail(ask, roll.entries[: joined + 1])
    except NotFound:
        return await _join_alone(ask, roll.entries[joined])
    except StraatError as error:
        if _later(error):
            raise
        return False


def _joins(body: roll_entry.Body, device: bytes) -> bool:
    if not isinstance(body, roll_entry.AddDevice | roll_entry.Recover):
        return False
    return device_id(body.signing, body.agreement) == device


async def _tail(ask: Ask, entries: Sequence[bytes]) -> bool:
    """The last of these, from further and further back until the server knows where they begin."""
    start, taken = len(entries), 0
    while start > 0 and not taken:
        start = max(0, start - wire.MAX_OFFER)
        taken = await _given(ask, "enrol/offer", entries, start)
    return taken == len(entries)


async def _given(ask: Ask, path: str, entries: Sequence[bytes], start: int) -> int:
    """Give these from `start` on; up to where the server took them, or had them. 0 when it knows nothing before."""
    at = start
    while at < len(entries):
        some = wire.fitting(entries[at : at + wire.MAX_OFFER], _BODY_BYTES, lambda data: len(data) + 8)
        [taken] = await ask(path, some, wire.OFFERED)
        at += taken
        if taken < len(some):
            break
    return at if at > start else 0


async def _join_alone(ask: Ask, data: bytes) -> bool:
    """To a server of before: the entry with which this device joined, if that still follows its head."""
    try:
        await _either(ask, "enrol/again", "enrol", [roll_entry.parse(data).previous, data])
    except StraatError as error:
        if _later(error):
            raise
        return False
    return True


async def offer_roll(ask: Ask, roll: Roll, device: bytes, theirs: int) -> None:
    """Give the server, which has `theirs` of our entries, the ones that it lost, whoever signed them."""
    at = theirs
    while at < len(roll.entries):
        some = wire.fitting(roll.entries[at : at + wire.MAX_OFFER], _BODY_BYTES, lambda data: len(data) + 8)
        try:
            [length] = await ask("roll/offer", some, wire.OFFERED)
        except NotFound:
            await _offer_own(ask, roll.entries[at:], device)
            return
        except StraatError as error:
            if _later(error):
                raise
            return
        at += len(some)
        if length < at:
            return


async def know_no_more(ask: Ask) -> None:
    """Say, with an empty offer, that the server has all that this device knows of the roll."""
    try:
        await ask("roll/offer", [], wire.OFFERED)
    except StraatError as error:
        if _later(error):
            raise


def _later(error: StraatError) -> bool:
    """Whether it is to be tried again. That another has been there first, or that the server will not have it, is not:
    it must not stop the sync.
    """
    return error.retryable and not isinstance(error, RollMoved)


async def _offer_own(ask: Ask, lost: Sequence[bytes], device: bytes) -> None:
    """To a server of before: those that this device signed, and devices that joined. One that another device signed
    waits for that device, as does all after it.
    """
    for data in lost:
        entry = roll_entry.parse(data)
        joining = isinstance(entry.body, roll_entry.AddDevice | roll_entry.Recover)
        if not joining and entry.author != device:
            return
        try:
            await ask("enrol" if joining else "roll/append", [entry.previous, data], wire.APPENDED)
        except StraatError as error:
            if _later(error):
                raise
            return


async def _either(ask: Ask, path: str, before: str, value: Any) -> None:
    """Ask at this path, or at the one that a server of before knows."""
    try:
        await ask(path, value, wire.APPENDED)
    except NotFound:
        await ask(before, value, wire.APPENDED)


async def confirm(ask: Ask, log: Log, roll: Roll, device: bytes, state: SyncState) -> StraatError | None:
    """A coordinator's device tells a server that was put back that its roll ends where ours does; until that has been
    taken nothing new goes on it. Gives why it is not taken yet.
    """
    if log.get(meta.UNCONFIRMED) is None or device not in roll.state.devices:
        return None
    if not roll.state.coordinates(device, roll.state.device(device).team):
        return None
    try:
        confirmed, heard, awaited, ahead = await ask("roll/confirm", [roll.state.head], wire.CONFIRMED)
    except NotFound:
        confirmed = True  # a server of before, which asks for none
    if not confirmed:
        state.missing = awaited - heard
        return RollUnconfirmed(f"{heard} of {awaited} devices, {ahead} heads")
    state.missing = None
    log.put({meta.UNCONFIRMED: None})
    return None
