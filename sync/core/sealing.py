"""To which rings a change may be sealed, as far as its kind decides it: what is of a round stands in the round's ring alone.

Every reader applies this beside the rights table. docs/protocol.md, "Rights".
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sync.core import ring
from sync.core.change import ERASE, LIFE, Change
from sync.core.errors import Forbidden
from sync.core.rights import TABLE
from sync.core.roll_state import State

# Nobody else reads these, and whoever may write one is known by the ring that it stands in.
IN_A_ROUND = frozenset(
    {("round", "detail"), ("walk", "plan"), ("walk", "claim"), ("walk", LIFE), ("door", "state"), ("door", LIFE)}
)
FOR_COORDINATORS = frozenset({("round", "result"), ("street", "doors")})
OF_A_ROUND = frozenset({"round", "walk", "door"})
_DECIDED = "adoption"  # a verdict goes wherever the envelope went that it is about


@dataclass(frozen=True, slots=True)
class Sealed:
    """Of the rings of one envelope, at the head that it names: the teams whose they are, the kinds of them, the rounds
    among them, and whether one of those is over. `round` is the round when its ring is the only one, or else no bytes.
    """

    teams: frozenset[bytes]
    kinds: frozenset[str]
    rounds: frozenset[bytes]
    round: bytes
    over: bool


def of(state: State, rings: Iterable[bytes]) -> Sealed:
    """What the roll says of these rings, all of which it knows."""
    known = [state.rings[r] for r in rings]
    teams = frozenset(team for r in known if (team := state.team_of(r)) is not None)
    rounds = frozenset(r.owner for r in known if r.kind == ring.ROUND)
    alone = known[0].owner if len(known) == 1 and rounds else b""
    return Sealed(teams, frozenset(r.kind for r in known), rounds, alone, any(state.over(r) for r in known))


def check(change: Change, sealed: Sealed) -> None:
    """Let a change pass or raise Forbidden. An unknown kind or group passes: the rights table lets it wait."""
    row = (change.kind, change.group)
    if row not in TABLE or change.group == ERASE:
        return
    if row in IN_A_ROUND and not sealed.round:
        raise Forbidden("outside of the round's ring")
    if row == ("round", "detail") and change.record != sealed.round:
        raise Forbidden("another round's ring")
    if row in FOR_COORDINATORS and sealed.kinds != {ring.COORDINATORS}:
        raise Forbidden("for coordinators alone")
    if sealed.rounds and change.kind not in OF_A_ROUND | {_DECIDED}:
        raise Forbidden("in a round's ring")
    if sealed.over and change.kind != _DECIDED:
        raise Forbidden("the round is over")


def elsewhere(change: Change, sealed: Sealed, rounds: frozenset[bytes]) -> bool:
    """Whether a change of a record of a round stands in another round's ring than what made the record (`rounds`)."""
    of_a_round = change.kind in OF_A_ROUND and change.nonce is None and change.group != ERASE
    return of_a_round and bool(sealed.rounds - rounds)
