"""Every device's numbered envelopes in each ring, as far as they came in: gaps, doubles, and what a cut says.

docs/protocol.md, "Envelope" (links) and "Cut".
"""

from dataclasses import dataclass, field

from sync.core.envelope import NO_PREVIOUS, Envelope
from sync.core.roll_state import Mark

Place = tuple[bytes, bytes]  # (device, ring)


@dataclass(slots=True)
class Chain:
    """One device's envelopes in one ring. `places` maps each number to {envelope id: the id before it}."""

    places: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    number: int = 0  # the unbroken part, by its tip
    tip: bytes = NO_PREVIOUS

    def add(self, number: int, previous: bytes, name: bytes) -> None:
        """Note an envelope, and move the tip over all that now follow it."""
        self.places.setdefault(number, {})[name] = previous
        while following := self._after_tip():
            self.number, self.tip = self.number + 1, following

    def _after_tip(self) -> bytes | None:
        there = self.places.get(self.number + 1, {})
        return next((name for name in sorted(there) if there[name] == self.tip), None)

    @property
    def last(self) -> int:
        """The highest number that came in."""
        return max(self.places, default=0)

    def led_to(self, number: int, name: bytes) -> dict[int, bytes]:
        """Number → id on the way back from this envelope, as far as the way is known."""
        way: dict[int, bytes] = {}
        while number > 0 and name in self.places.get(number, {}):
            way[number] = name
            name = self.places[number][name]
            number -= 1
        if number > 0:
            way[number] = name  # not come in, but named by the one after it
        return way


class Chains:
    """The chains of every device, in the rings that this device can read."""

    def __init__(self) -> None:
        self.withheld: set[Place] = set()  # a gap or a mismatch in the numbers
        self.doubled: set[Place] = set()  # two envelopes with one number: a device that says two things
        self._chains: dict[Place, Chain] = {}

    def note(self, e: Envelope, readable: set[bytes]) -> None:
        """Remember the envelope's places."""
        for link in e.header.links:
            if link.ring not in readable:
                continue
            place = (e.header.device, link.ring)
            chain = self._chains.setdefault(place, Chain())
            chain.add(link.number, link.previous, e.id)
            (self.withheld.add if chain.last > chain.number else self.withheld.discard)(place)
            if len(chain.places[link.number]) > 1:
                self.doubled.add(place)

    def seen(self, device: bytes) -> dict[bytes, tuple[int, bytes]]:
        """The last number and envelope id that came in of this device, by ring: what a cut names."""
        found = {}
        for (sender, ring), chain in self._chains.items():
            if sender == device and chain.last:
                found[ring] = (chain.last, min(chain.places[chain.last]))
        return found

    def beyond(self, e: Envelope, mark: Mark) -> bool:
        """Whether an envelope lies beyond a cut: a higher number, or not the one that the cut's envelope led back
        to.
        """
        for link in e.header.links:
            if link.ring not in mark.numbers:
                continue
            number, name = mark.numbers[link.ring]
            if link.number > number:
                return True
            chain = self._chains.get((e.header.device, link.ring))
            if chain is not None and chain.led_to(number, name).get(link.number, e.id) != e.id:
                return True
        return False
