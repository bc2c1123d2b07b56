"""The private halves of rings that the roll grants to this device.

The roll is where they lie: each grant is sealed to the device's own key in an entry that is kept anyway. So a
renewed ring is there or not with its entry, and nothing else has to be written at the same moment.
"""

from collections.abc import Iterable, Iterator

from sync.core import ring
from sync.core.errors import NotForThisKey
from sync.core.ports import AgreementKey, Primitives
from sync.core.roll import Roll, State
from sync.core.roll_entry import Entry, Granted, Place, Renew, Revoke, Round, Sheet, Team, parse


def granted_in(entry: Entry, holder: bytes, sheet_agreement: bytes = b"") -> Iterator[ring.Grant]:
    """The grants in one entry to a device or sheet (for a sheet's own entry: to its agreement public)."""
    match entry.body:
        case Renew() | Revoke() | Place() | Team() | Round() as body:
            for epoch in body.epochs:
                for name, sealed in epoch.grants:
                    if name == holder:
                        yield ring.Grant(epoch.ring, epoch.epoch, sealed)
        case Granted(items):
            for name, number, other, sealed in items:
                if other == holder:
                    yield ring.Grant(name, number, sealed)
        case Sheet() as body if body.agreement == sheet_agreement:
            yield from body.grants


async def opened(
    primitives: Primitives, key: AgreementKey, holder: bytes, state: State, entries: Iterable[bytes]
) -> list[tuple[bytes, int, bytes, AgreementKey]]:
    """(ring, epoch, private half, its key) for each grant to this device in these entries. One that its key does
    not open, or in which another key lies than the roll says, is left out: it would only take the place of the
    right one, and whoever may can make it again.
    """
    found = []
    for data in entries:
        for grant in granted_in(parse(data), holder, key.public):
            try:
                private = await ring.accept(primitives, key, state.organisation, grant)
            except NotForThisKey:
                continue
            half = await primitives.agreement_key(private)
            if fits(state, grant.ring, grant.epoch, half.public):
                found.append((grant.ring, grant.epoch, private, half))
    return found


def fits(state: State, ring_id: bytes, epoch: int, public: bytes) -> bool:
    """Whether this is the ring's public half of that epoch, as far as the roll knows it."""
    known = state.rings.get(ring_id)
    return known is None or epoch > known.epoch or known.publics[epoch - 1] == public


async def privates(
    primitives: Primitives, key: AgreementKey, holder: bytes, known: Iterable[tuple[bytes, int, bytes]], roll: Roll
) -> dict[tuple[bytes, int], bytes]:
    """(ring, epoch) → private half, of all that this device can hand on: what came with its invitation (`known`),
    and what the roll granted since.
    """
    found = {(r, epoch): private for r, epoch, private in known}
    for r, epoch, private, _ in await opened(primitives, key, holder, roll.state, roll.entries):
        found[r, epoch] = private
    return found
