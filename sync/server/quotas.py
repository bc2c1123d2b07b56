"""What fits of a push: sync.server.limits over the totals of the store.

Once one envelope of a device does not fit, nothing of that device that comes behind it in the same push does: its chain
would be broken. What is here already always passes, so that a device hears that it is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sync.server.limits import Level, Limits, Meter
from sync.server.store import NewEnvelope, Store


class Totals(NamedTuple):
    """How many devices and organisations there are with something stored, and how many are near or over."""

    devices: int
    devices_near: int
    devices_over: int
    organisations_near: int
    organisations_over: int
    refused: int  # envelopes, since the start


class Quotas:
    """Those of all organisations in one store."""

    def __init__(self, store: Store, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._meters: dict[bytes, Meter] = {}
        self._refused = 0

    async def fitting(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[bool]:
        """Whether there is room for each; what there is room for is counted."""
        meter = await self._meter(organisation)
        if envelopes and (device := _one_device(envelopes)) and meter.take(device, _size(envelopes), len(envelopes)):
            return [True] * len(envelopes)
        full: set[bytes] = set()
        fits: list[bool] = []
        for e in envelopes:
            fits.append(e.device not in full and meter.take(e.device, len(e.data)))
            if not fits[-1]:
                full.add(e.device)
        if not full:
            return fits
        known = await self._store.authors(
            organisation, [e.id for e, fit in zip(envelopes, fits, strict=True) if not fit]
        )
        for place, e in enumerate(envelopes):
            if not fits[place] and e.id in known:
                meter.add(e.device, len(e.data))  # until the store says that it has it
                fits[place] = True
        self._refused += fits.count(False)
        return fits

    def settle(self, organisation: bytes, envelopes: Sequence[NewEnvelope], outcomes: Sequence[str]) -> None:
        """The store has answered: what was not stored after all takes no room."""
        meter = self._meters[organisation]
        if envelopes and outcomes.count("stored") == len(outcomes) and (device := _one_device(envelopes)):
            meter.settle(device, _size(envelopes), True, len(envelopes))
            return
        for e, outcome in zip(envelopes, outcomes, strict=True):
            meter.settle(e.device, len(e.data), outcome == "stored")

    async def refresh(self, *organisations: bytes) -> None:
        """Something was overwritten, in these (none named: in any): read the totals anew."""
        for organisation in organisations or tuple(self._meters):
            if organisation in self._meters:
                await self._read(self._meters[organisation], organisation)

    async def totals(self) -> Totals:
        """Of every organisation in the store."""
        for organisation in await self._store.organisations():
            await self._meter(organisation)
        meters = self._meters.values()
        return Totals(
            sum(len(m.devices) for m in meters),
            sum(m.at(Level.NEAR) for m in meters),
            sum(m.at(Level.OVER) for m in meters),
            sum(m.level is Level.NEAR for m in meters),
            sum(m.level is Level.OVER for m in meters),
            self._refused,
        )

    async def _meter(self, organisation: bytes) -> Meter:
        if organisation not in self._meters:
            meter = Meter(self._limits)
            await self._read(meter, organisation)
            self._meters.setdefault(organisation, meter)
        return self._meters[organisation]

    async def _read(self, meter: Meter, organisation: bytes) -> None:
        meter.read((u.device, u.envelopes, u.bytes) for u in await self._store.usage(organisation))


def _one_device(envelopes: Sequence[NewEnvelope]) -> bytes:
    """Whose they all are; empty if they are not all of one."""
    device = envelopes[0].device
    return device if {e.device for e in envelopes} == {device} else b""


def _size(envelopes: Sequence[NewEnvelope]) -> int:
    """Their bytes."""
    return sum([len(e.data) for e in envelopes])
