"""A roll that was begun again without what this device knew of it.

A phone knows entries that a backup lacks, and stays away for longer than the server waits. A coordinator's device confirms
the head without them, and something new goes on it. Then there are two rolls, and nobody's ill will: the server has said
that it was put back, and whoever coordinates was told. This device takes the server's roll, keeps what it drops, seals
what it wrote on that anew, and says so.

Never by itself, though, where the other roll takes in who had gone by ours: then there are two rolls, and a person has to
look into it. And never where the server did not say that it was put back.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sync.core import envelope, sender_key
from sync.core.envelope import NO_PREVIOUS, Envelope
from sync.core.errors import BadFormat, NotForThisKey, StraatError, UnknownHead
from sync.core.formats import SENDER_KEY
from sync.core.ports import REWRITTEN, AgreementKey, Log, LogState, Primitives
from sync.core.roll import Roll, State
from sync.device import meta, ring_keys
from sync.device.keyring import Keyring
from sync.device.rechain import sealed_again
from sync.device.replica import Replica
from sync.device.writer import Part, Writer

_PAGE = 1000


def may_follow(common: State, ours: State, theirs: State, device: bytes) -> bool:
    """Whether nobody gains by the other roll: this device stands there in its place, and of what we know no ring is there
    with someone who had gone from it by ours, or still open to one who had; no sheet and no invitation counts that ours
    had taken back. `common` is the state up to which both are the same.
    """
    here, there = ours.devices.get(device), theirs.devices.get(device)
    if here is None or there is None or (here.role, here.team) != (there.role, there.team):
        return False
    known = ours.devices.keys() | ours.left.keys() | ours.sheets.keys()
    rings = [r for name, r in theirs.rings.items() if name in ours.rings]
    if any(h in known and not ours.may_hold(h, r) for r in rings for h in r.holders):
        return False
    taken_back = common.sheets.keys() - ours.sheets.keys() | common.invites.keys() - ours.invites.keys()
    open_again = theirs.exposed & (common.exposed - ours.exposed)
    return not open_again and not taken_back & (theirs.sheets.keys() | theirs.invites.keys())


async def follow(
    primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, kept: int, theirs: Sequence[bytes]
) -> bool:
    """Take the server's entries in the place of ours, after the first `kept` that are the same; whether it may be.

    Raises what is wrong with theirs, or DiskFull: nothing was changed.
    """
    if log.get(meta.ROLL_OWED) != meta.PUT_BACK or log.get(meta.RESEAL) is not None:
        return False
    before, ours = roll.state, list(roll.entries)
    new = Roll()
    await new.extend(primitives, ours[:kept])
    common = new.state
    await new.extend(primitives, theirs)
    if not may_follow(common, before, new.state, keyring.device) or roll.state is not before:
        return False
    dropped = meta.dropped_bytes(kept, ours[kept:])
    log.replace_roll(
        kept, theirs, {meta.DROPPED: dropped, meta.RESEAL: b"\1", meta.BEGUN_AGAIN: b"\1", meta.FORK: None}
    )
    roll.take_over(new)
    keyring.rings = {at: half for at, half in keyring.rings.items() if ring_keys.fits(new.state, *at, half.public)}
    keyring.sending.clear()
    await keyring.absorb(primitives, roll.state, roll.entries)
    return True


@dataclass(slots=True)
class _Mine:
    """What this device has written: where what stands ends, and what does not stand on the roll any more, in order."""

    last: meta.Chains = field(default_factory=dict)
    fallen: list[Envelope] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)  # what others wrote on it


async def reseal(
    primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, replica: Replica, writer: Writer
) -> bool:
    """Seal anew, on the present head, what this device wrote on what was dropped; whether there was anything to do.

    What can't be sealed again, and what others wrote there, is kept aside and shown: whoever wrote it seals it again.
    Raises DiskFull.
    """
    if log.get(meta.RESEAL) is None:
        return False
    kept, dropped = meta.read_dropped(log)
    before = Roll()
    await before.extend(primitives, [*roll.entries[:kept], *dropped])
    keys = await _content(primitives, before, keyring, _mine(log, roll, before, keyring.device).fallen)
    gone: list[bytes] = []
    stay: list[bytes] = []

    async def again() -> tuple[meta.Chains, list[tuple[bytes, Part]]]:
        mine = _mine(log, roll, before, keyring.device)
        parts: dict[object, tuple[bytes, Part]] = {}
        for e in mine.fallen:
            if e.gone or e.format == SENDER_KEY:
                gone.append(e.id)
                continue
            at = before if before.knows(e.header.head) else roll
            part = await sealed_again(primitives, at, roll.state, keyring.device, keys, e)
            if part is None or not part.rings <= roll.state.rings.keys():
                stay.append(e.id)
            elif (same := _act(part)) in parts:  # it was sealed anew before, and the app stopped right after it
                gone.append(e.id)
            else:
                parts[same] = (e.id, part)
        rings = {link.ring for e in mine.fallen for link in e.header.links}
        return {ring: mine.last.get(ring, (0, NO_PREVIOUS)) for ring in rings}, list(parts.values())

    new = await writer.rewrite(again)
    others = _mine(log, roll, before, keyring.device).others
    await replica.before_drop()
    log.drop(list(new))  # the same words stand in what was sealed anew: nobody would erase them here
    log.mark([*gone, *new], LogState.ASIDE, REWRITTEN)
    log.mark([*stay, *others], LogState.ASIDE, UnknownHead.code)
    await replica.without([*gone, *new, *stay, *others])
    log.put({meta.RESEAL: None})
    return True


def _act(part: Part) -> object:
    """What makes a change this one and no other, whatever envelopes it names."""
    c = part.change
    return c.record, c.kind, c.group, c.stamp, tuple(sorted(c.fields)), part.rings


def _mine(log: Log, roll: Roll, before: Roll, device: bytes) -> _Mine:
    """From the first envelope of ours that names a head that was dropped, all of ours has fallen."""
    mine, position = _Mine(), 0
    while entries := log.read(position, _PAGE):
        position = entries[-1].position
        for entry in entries:
            if entry.state == LogState.ASIDE:
                continue
            try:
                e = envelope.parse_any(entry.data)
            except StraatError:
                continue
            stands = roll.knows(e.header.head) or not before.knows(e.header.head)
            if e.header.device != device:
                mine.others += [] if stands else [e.id]
            elif stands and not mine.fallen:
                mine.last.update({link.ring: (link.number, e.id) for link in e.header.links})
            else:
                mine.fallen.append(e)
    return mine


async def _content(
    primitives: Primitives, before: Roll, keyring: Keyring, fallen: Sequence[Envelope]
) -> Mapping[bytes, bytes]:
    """The content keys of what has fallen. After a restart of the app nobody else opens them: their heads are gone."""
    rings: dict[tuple[bytes, int], AgreementKey] = dict(keyring.rings)
    found = await ring_keys.opened(primitives, keyring.agreement, keyring.device, before.state, before.entries)
    rings |= {(ring, epoch): half for ring, epoch, _, half in found}
    keys = dict(keyring.content)
    for e in fallen:
        if e.format != SENDER_KEY or e.gone:
            continue
        for at in ((link.ring, link.epoch) for link in e.header.links):
            if e.header.key not in keys and at in rings:
                with suppress(NotForThisKey, BadFormat):
                    keys[e.header.key] = await sender_key.accept(primitives, e, at[0], rings[at])
    return keys
