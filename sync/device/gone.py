"""What others gave as gone: stubs that were received, and what explains them.

A stub proves whose it is, its number and its month, since its author signed them. That its body is gone is explained
by its month being over, or by someone who may erase it having named it: an erasing change names what it erases, a
verdict what it erases. A stub that nothing explains counts as withheld. Nothing here believes a server.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sync.core.rights import Author, Role

Place = tuple[bytes, bytes]  # (device, ring)


@dataclass(frozen=True, slots=True)
class Left:
    """A received stub: the device and member that signed it, the team that they were in, where it is to stay until
    when, and its rings.
    """

    device: bytes
    member: bytes
    team: bytes
    expiry: int
    rings: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """Who said that something is erased: their member, and the teams that they coordinate."""

    member: bytes
    teams: frozenset[bytes]

    @classmethod
    def of(cls, author: Author) -> "Word":
        """What this author's word is worth."""
        return cls(author.member, author.teams if author.role is Role.COORDINATOR else frozenset())

    def counts_for(self, member: bytes, team: bytes) -> bool:
        """Whether they may have erased what this member wrote in this team: their own, or their team's."""
        return self.member == member or team in self.teams


@dataclass(slots=True)
class Gone:
    """Received stubs by id, and for each id that somebody named as erased, who did: envelope that says so → word."""

    left: dict[bytes, Left] = field(default_factory=dict)
    named: dict[bytes, dict[bytes, Word]] = field(default_factory=dict)
    _known: tuple[int, set[Place]] | None = None  # the answer for a month, until something comes in

    def note(self, name: bytes, left: Left) -> None:
        """A stub came in."""
        self.left[name], self._known = left, None

    def forget(self, name: bytes) -> None:
        """The whole is here after all."""
        if self.left.pop(name, None):
            self._known = None

    def name(self, ids: Iterable[bytes], by: bytes, word: Word) -> None:
        """The envelope `by` says that these are erased."""
        self._known = None
        for one in ids:
            self.named.setdefault(one, {})[by] = word

    def explained(self, name: bytes, month: int) -> bool:
        """Whether there is a reason why this one is gone: its month is before this one, or it was erased."""
        left = self.left[name]
        if 0 < left.expiry < month:
            return True
        return any(word.counts_for(left.member, left.team) for word in self.named.get(name, {}).values())

    def unexplained(self, month: int) -> set[Place]:
        """Where a body is missing without a reason."""
        if self._known is None or self._known[0] != month:
            missing = [x for name, x in self.left.items() if not self.explained(name, month)]
            self._known = month, {(x.device, ring) for x in missing for ring in x.rings}
        return self._known[1]

    def facts(self) -> list[Any]:
        """Everything, in plain values."""
        return [
            [[name, x.device, x.member, x.team, x.expiry, list(x.rings)] for name, x in self.left.items()],
            [[n, by, w.member, list(w.teams)] for n, words in self.named.items() for by, w in words.items()],
        ]

    @classmethod
    def recalled(cls, left: Any, named: Any) -> "Gone":
        """From what `facts` gave."""
        made = cls(
            {n: Left(device, member, team, expiry, tuple(rings)) for n, device, member, team, expiry, rings in left}
        )
        for name, by, member, teams in named:
            made.name([name], by, Word(member, frozenset(teams)))
        return made
