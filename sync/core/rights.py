"""Who may write what: one table, applied by every reader when it merges a change.

Reading rights say nothing about writing, since everyone knows a ring's public half. Rows are kinds and field
groups; columns are roles; a cell says in what relation to the record the author must stand. An empty cell
refuses. docs/protocol.md prints this table; tests/unit/test_rights.py tries every cell.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum

from sync.core.change import ERASE, LIFE, Change
from sync.core.errors import Forbidden, ForeignRecord, NewerVersion
from sync.core.ids import record_id


class Role(IntEnum):
    """Role codes as they stand on the roll."""

    CONTACT = 1
    COLLECTOR = 2
    COORDINATOR = 3


class Relation(Enum):
    """How the author must stand to the record."""

    CREATOR = "creator"  # the author's member made the record
    TEAM = "team"  # writes in a team whose record it is: a member of it, or a coordinator of it or of one above
    ROUND = "round"  # a device that holds the round's ring
    SUBJECT = "subject"  # the author's member made the record that this one is about


Cells = Mapping[Role, Relation]
_CREATOR_ANY: Cells = dict.fromkeys(Role, Relation.CREATOR)
_NOTES: Cells = {Role.CONTACT: Relation.CREATOR, Role.COORDINATOR: Relation.CREATOR}
_COORDINATOR: Cells = {Role.COORDINATOR: Relation.TEAM}
_CREATOR_OR_COORDINATOR: Cells = {**_CREATOR_ANY, Role.COORDINATOR: Relation.TEAM}
_WHOLE_TEAM: Cells = dict.fromkeys(Role, Relation.TEAM)
_WHOLE_ROUND: Cells = dict.fromkeys(Role, Relation.ROUND)

TABLE: dict[tuple[str, str], Cells] = {
    ("member", "name"): _CREATOR_ANY,
    ("visit", "count"): _NOTES,
    ("visit", "detail"): _NOTES,
    ("activity", "count"): _NOTES,
    ("activity", "detail"): _NOTES,
    ("story", "detail"): _NOTES,
    ("story", "photo"): _NOTES,
    ("story", "publication"): _COORDINATOR,
    ("welcome", "task"): {**_CREATOR_ANY, Role.COORDINATOR: Relation.TEAM},
    ("welcome", "state"): _WHOLE_TEAM,
    ("review", "word"): _COORDINATOR,
    ("review", "answer"): {Role.CONTACT: Relation.SUBJECT, Role.COORDINATOR: Relation.SUBJECT},
    ("review", "desk"): _COORDINATOR,
    ("followup", "detail"): _COORDINATOR,
    ("followup", "state"): _WHOLE_TEAM,
    ("task", "detail"): _COORDINATOR,
    ("offer", "detail"): _COORDINATOR,
    ("area", "detail"): _COORDINATOR,
    ("street", "doors"): _COORDINATOR,
    ("round", "detail"): _COORDINATOR,
    ("round", "result"): _COORDINATOR,
    ("walk", "plan"): _COORDINATOR,
    ("walk", "claim"): _WHOLE_ROUND,
    ("door", "state"): _WHOLE_ROUND,
    ("mark", "address"): _CREATOR_ANY,
    ("mark", "request"): _WHOLE_TEAM,
    ("mark", "lift"): _COORDINATOR,
    ("mark", "confirm"): _COORDINATOR,
    ("adoption", "verdict"): {**_CREATOR_ANY, Role.COORDINATOR: Relation.TEAM},
    ("grant", "keys"): _COORDINATOR,
    ("report", "table"): _COORDINATOR,
    ("request", "detail"): _COORDINATOR,
    ("setting", "keeping"): _COORDINATOR,
    ("audit", "event"): _COORDINATOR,
    ("receipt", "erased"): _CREATOR_ANY,
}
for _kind in {kind for kind, _ in TABLE}:
    TABLE[_kind, LIFE] = _CREATOR_OR_COORDINATOR
    TABLE[_kind, ERASE] = _CREATOR_OR_COORDINATOR
# A mark must outlive its maker's second thoughts and its maker: only a lift ends it. Any member sets one, since
# whoever makes a record is its creator; nobody moves another's to an address where it hurts nobody. Whoever shows
# marks has to take every version of the address, replaced ones too, so that its maker can't move it either.
TABLE["mark", LIFE] = {}
TABLE["mark", ERASE] = {}
# Removing someone's visit or story is theirs alone; erasing for the law may be a coordinator's.
for _kind in ("visit", "activity", "story"):
    TABLE[_kind, LIFE] = _NOTES

# What a record is about is said once, when it is made: else a word could be turned to another's visit.
FIXED = {("review", "word"): frozenset({"visit"})}

KINDS = frozenset(kind for kind, _ in TABLE)


# What was decided about someone's quarantined envelopes, and keys that were handed on, stays. So do published tables
# (a later one must know what readers have), what coordinators did with personal data, and a device's word that it erased.
for _kind in ("adoption", "grant", "report", "audit", "receipt"):
    TABLE[_kind, LIFE] = {}
    TABLE[_kind, ERASE] = {}


@dataclass(frozen=True, slots=True)
class Author:
    """Who signed, as the roll stood at the head that the envelope names. `teams` are those they may write in;
    `in_round`: it is sealed to the ring of a round that goes on, and to no other, and its device holds that.
    """

    member: bytes
    role: Role
    team: bytes
    teams: frozenset[bytes] = frozenset()
    in_round: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the record that a change is of: its creator, and the teams that it was made in.

    `subject` and `subject_teams` are those of the record that it is about.
    """

    creator: bytes | None = None
    teams: frozenset[bytes] = frozenset()
    subject: bytes | None = None
    subject_teams: frozenset[bytes] = frozenset()


def needs_subject(change: Change) -> bool:
    """Whether this can be judged only when the record that it is about is known: until then it waits."""
    return Relation.SUBJECT in TABLE.get((change.kind, change.group), {}).values()


def relation(change: Change, author: Author) -> Relation | None:
    """In what relation this author has to stand to the record; None where the table refuses."""
    return TABLE.get((change.kind, change.group), {}).get(author.role)


def check(change: Change, author: Author, sealed_in: frozenset[bytes], standing: Standing) -> None:
    """Let a change pass or raise.

    `sealed_in` are the teams whose rings the envelope is sealed to. Raises ForeignRecord (claims a record that
    its author could not have made), NewerVersion (a kind or group of a newer version: kept, not merged) or
    Forbidden.
    """
    if change.nonce is not None and record_id(author.member, change.kind, change.nonce) != change.record:
        raise ForeignRecord(change.kind)
    if (change.kind, change.group) not in TABLE:
        raise NewerVersion(f"{change.kind}/{change.group}")
    if change.nonce is None and FIXED.get((change.kind, change.group), frozenset()) & set(change.fields):
        raise Forbidden("what it is about is said once")
    made_by = author.member if change.nonce is not None else standing.creator
    before = standing.teams if made_by == author.member else frozenset()  # whoever moved edits what they made there
    if not sealed_in <= author.teams | before:
        raise Forbidden("sealed to another team")
    ours = standing.teams or sealed_in or frozenset({author.team})
    about = standing.subject_teams or ours
    allowed = {
        None: False,
        Relation.CREATOR: made_by == author.member,
        Relation.TEAM: bool(ours & author.teams) and bool(about & author.teams),
        Relation.ROUND: author.in_round,
        Relation.SUBJECT: standing.subject == author.member,
    }[relation(change, author)]
    if not allowed:
        raise Forbidden(f"{change.kind}/{change.group} by {author.role.name}")
