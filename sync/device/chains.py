"""Every device's numbered envelopes in each ring, as far as they came in: gaps, doubles, and what a cut says.

docs/protocol.md, "Envelope" (links) and "Cut".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core.envelope import NO_PREVIOUS, Envelope
from sync.core.roll_state import Mark

Place = tuple[bytes, bytes]  # (device, ring)


@dataclass(slots=True)
class Chain:
    """One device's envelopes in one ring. `places` maps each number to {envelope id: the id before it}.

    What it says depends only on which envelopes were noted, not on their order.
    """

    places: dict[int, dict[bytes, bytes]] = field(default_factory=dict)
    number: int = 0  # up to where an unbroken line goes
    torn: bool = False  # two envelopes with one number, or one that follows another than the one that is there
    last: int = 0  # the highest number that came in
    joined: dict[int, set[bytes]] | None = None  # what the unbroken line goes through; None: all places
    _ways: dict[tuple[int, bytes], dict[int, bytes]] = field(default_factory=dict)

    def add(self, number: int, previous: bytes, name: bytes) -> bool:
        """Note an envelope; whether it is new here."""
        there = self.places.setdefault(number, {})
        if name in there:
            return False
        joined = self._joined()
        there[name] = previous
        self.last = max(self.last, number)
        self._ways.clear()
        before, after = self.places.get(number - 1), self.places.get(number + 1, {})
        astray = (before is not None and previous not in before) or any(p not in there for p in after.values())
        self.torn = self.torn or len(there) > 1 or astray
        if previous in joined.get(number - 1, ()):
            self._join(joined, number, name)
        return True

    def _joined(self) -> dict[int, set[bytes]]:
        if self.joined is None:
            self.joined = {0: {NO_PREVIOUS}, **{number: set(there) for number, there in self.places.items() if there}}
        return self.joined

    def _join(self, joined: dict[int, set[bytes]], number: int, name: bytes) -> None:
        reached = [(number, name)]
        while reached:
            number, name = reached.pop()
            joined.setdefault(number, set()).add(name)
            self.number = max(self.number, number)
            reached += [(number + 1, n) for n, p in self.places.get(number + 1, {}).items() if p == name]

    def facts(self) -> list[Any]:
        """Everything, in plain values."""
        whole = self.number == self.last and not self.torn
        joined = None if whole else {number: list(names) for number, names in self._joined().items()}
        return [self.places, self.number, self.torn, self.last, joined]

    @classmethod
    def recalled(cls, places: Any, number: int, torn: bool, last: int, joined: Any) -> "Chain":
        """From what `facts` gave."""
        known = None if joined is None else {number: set(names) for number, names in joined.items()}
        return cls(places, number, torn, last, known)

    def led_to(self, number: int, name: bytes) -> dict[int, bytes]:
        """Number → id on the way back from this envelope, as far as the way is known."""
        way = self._ways.get((number, name))
        if way is None:
            way = self._ways[number, name] = {}
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

    def facts(self) -> list[Any]:
        """Everything, in plain values."""
        chains = [[*place, *chain.facts()] for place, chain in self._chains.items()]
        return [chains, [list(p) for p in self.withheld], [list(p) for p in self.doubled]]

    @classmethod
    def recalled(cls, chains: Any, withheld: Any, doubled: Any) -> "Chains":
        """From what `facts` gave."""
        made = cls()
        made._chains = {(device, ring): Chain.recalled(*rest) for device, ring, *rest in chains}
        made.withheld, made.doubled = {(d, r) for d, r in withheld}, {(d, r) for d, r in doubled}
        return made

    def note(self, e: Envelope, readable: set[bytes]) -> bool:
        """Remember the envelope's places. True when it is new in a torn chain: then an envelope that was judged
        before may turn out to lie beyond a cut.
        """
        doubtful = False
        for link in e.header.links:
            if link.ring not in readable:
                continue
            place = (e.header.device, link.ring)
            chain = self._chains.setdefault(place, Chain())
            new = chain.add(link.number, link.previous, e.id)
            doubtful = doubtful or (new and chain.torn)
            (self.withheld.add if chain.last > chain.number else self.withheld.discard)(place)
            if len(chain.places[link.number]) > 1:
                self.doubled.add(place)
        return doubtful

    def in_ring(self, ring: bytes) -> dict[bytes, Chain]:
        """Each device's chain in a ring."""
        return {device: chain for (device, at), chain in self._chains.items() if at == ring}

    def seen(self, device: bytes) -> dict[bytes, tuple[int, bytes]]:
        """The last number and envelope id that came in of this device, by ring: what a cut names."""
        found = {}
        for (sender, ring), chain in self._chains.items():
            if sender == device and chain.last:
                found[ring] = (chain.last, min(chain.places[chain.last]))
        return found

    def short_of(self, marks: Mapping[bytes, Iterable[Mark]], readable: set[bytes]) -> set[Place]:
        """Where a cut names an envelope that did not come in: somebody has seen it, and it was not given to us. A cut
        at number 0 names none: its device wrote nothing there.
        """
        short = set()
        for device, of_it in marks.items():
            for ring, (number, name) in (place for mark in of_it for place in mark.numbers.items()):
                chain = self._chains.get((device, ring))
                if number and ring in readable and (chain is None or name not in chain.places.get(number, {})):
                    short.add((device, ring))
        return short

    def within(self, device: bytes, mark: Mark) -> bool:
        """Whether all that came in of a device lies within this cut, as far as can be told of unbroken chains."""
        for ring, (number, name) in mark.numbers.items():
            chain = self._chains.get((device, ring))
            if chain is not None and chain.last:
                other = chain.last == number and name not in chain.places[number]
                if chain.torn or chain.last > number or other:
                    return False
        return True

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
