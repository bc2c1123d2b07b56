"""The roll: the hash-chained, signed list of devices, role codes, rings and epochs.

`Roll` gives the state at every head since genesis, so that rights can be judged at the head an envelope names.
No entry is believed before its signature holds. What an entry may do: roll_rules.py. docs/protocol.md, "Roll".
"""

from collections.abc import Sequence

from sync.core.errors import BadSignature, RollForked, RollMoved, RollRefused, UnknownHead
from sync.core.ids import invitation_author
from sync.core.ports import Primitives, Signed
from sync.core.roll_entry import NO_PREVIOUS, parse
from sync.core.roll_rules import follow
from sync.core.roll_state import Device, State

__all__ = ["Device", "Roll", "State"]

KEEP_EVERY = 64


class Roll:
    """A verified roll: its entries in order, and the state at any of them.

    Only now and then a state is kept; one in between is made again from the entries after the kept one, which
    were verified when they came in. So a roll of thousands of entries fits a phone.
    """

    def __init__(self) -> None:
        self.entries: list[bytes] = []
        self.state = State()
        self._places = {NO_PREVIOUS: 0}  # head → number of entries up to it
        self._kept = {0: self.state}
        self._recent: dict[int, State] = {}

    def at(self, head: bytes) -> State:
        """The state at a head. Raises UnknownHead."""
        place = self.place(head)
        if place == self.state.length:
            return self.state
        if place not in self._recent:
            if len(self._recent) >= KEEP_EVERY:
                self._recent.pop(next(iter(self._recent)))
            self._recent[place] = self._made_again(place)
        return self._recent[place]

    def _made_again(self, place: int) -> State:
        start = place - place % KEEP_EVERY
        state = self._kept[start]
        for data in self.entries[start:place]:
            state, _ = follow(state, parse(data))
        return state

    def place(self, head: bytes) -> int:
        """How many entries there are up to a head. Raises UnknownHead."""
        place = self._places.get(head)
        if place is None:
            raise UnknownHead()
        return place

    def knows(self, head: bytes) -> bool:
        """Whether this head is part of the roll."""
        return head in self._places

    def take_over(self, other: "Roll") -> None:
        """Become a copy of another verified roll, to try an entry on."""
        self.entries, self.state = list(other.entries), other.state
        self._places, self._kept, self._recent = dict(other._places), dict(other._kept), dict(other._recent)

    def _signed_since(self, author: bytes, head: bytes) -> bool:
        """Whether our branch has an entry by this author after a head."""
        return any(parse(data).author == author for data in self.entries[self.place(head) :])

    async def extend(self, primitives: Primitives, entries: Sequence[bytes]) -> None:
        """Append entries: all of them, or none.

        Raises BadFormat, NewerVersion, RollRefused and its kin, RollMoved, BadSignature, or RollForked: another
        entry, allowed and signed as well by someone who still may sign, follows a predecessor that already has one.
        A mere claim proves nothing, so nobody can stop a team with unsigned bytes.
        """
        before = self.state
        state, checks = before, list[Signed]()
        places, kept = dict[bytes, int](), dict[int, State]()
        forked = given_up = False
        for number, data in enumerate(entries):
            entry = parse(data)
            if entry.previous != state.head and self.knows(entry.previous):
                if self.knows(entry.hash) or entry.hash in places:
                    raise RollMoved("already there")
                if entry.previous == NO_PREVIOUS:  # anybody can found one: it says nothing about ours
                    raise RollRefused("another organisation")
                other, needed = follow(self.at(entry.previous), entry)
                if not _may_sign(self.state, entry.author):  # whoever left can sign on an old head for ever
                    raise RollMoved("by one who has left")
                forked = True
                checks += needed
                if self._signed_since(entry.author, entry.previous):
                    # An honest author whose entry lost a race signs anew on our branch; the first try is left in the
                    # server's hands. It proves two rolls only when something has been built on it.
                    built = [parse(data) for data in entries[number + 1 : number + 2]]
                    given_up = not built or built[0].previous != entry.hash
                    for later in built if not given_up else ():
                        checks += follow(other, later)[1]
                break
            state, needed = follow(state, entry)
            places[state.head] = state.length
            if state.length % KEEP_EVERY == 0:
                kept[state.length] = state
            checks += needed
        if not all(await primitives.verify(checks)):
            raise BadSignature("roll entry")
        if given_up:
            raise RollMoved("given up by its author")
        if forked:
            raise RollForked()
        if self.state is not before:
            raise RollMoved("meanwhile")
        self.entries += entries
        self._places.update(places)
        self._kept.update(kept)
        self.state = state


def _may_sign(state: State, author: bytes) -> bool:
    """Whether an author could put something on the roll as it is now: a device, a sheet or an unused invitation."""
    open_ = (i.signing for announced, i in state.invites.items() if announced not in state.used)
    return author in state.devices or author in state.sheets or author in map(invitation_author, open_)
