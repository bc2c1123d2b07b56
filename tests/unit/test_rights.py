"""Rights: every cell of the table, allowed and refused, and the ways around it that must not exist."""

from itertools import product

import pytest

from sync.core.change import ERASE, LIFE, Change, Patch
from sync.core.errors import Forbidden, ForeignRecord, NewerVersion
from sync.core.hlc import ZERO
from sync.core.ids import record_id
from sync.core.rights import FIXED, KINDS, TABLE, Author, Relation, Role, Standing, check, needs_subject
from tests.vectors.vector import fixed

ME, OTHER, TEAM = fixed("me", 16), fixed("other", 16), fixed("team", 16)
NONCE = fixed("nonce", 16)
CONTACT, COLLECTOR, COORDINATOR = Role
NOBODY, CREATOR, TEAM_, ROUND, SUBJECT = "nobody", "creator", "team", "round", "subject"

# The whole table once more, written by hand from DESIGN.md: kind, group → contact, collector, coordinator.
EXPECTED = {
    ("member", "name"): (CREATOR, CREATOR, CREATOR),
    ("member", "life"): (CREATOR, CREATOR, TEAM_),
    ("member", "erase"): (CREATOR, CREATOR, TEAM_),
    ("visit", "count"): (CREATOR, NOBODY, CREATOR),
    ("visit", "detail"): (CREATOR, NOBODY, CREATOR),
    ("visit", "life"): (CREATOR, NOBODY, CREATOR),
    ("visit", "erase"): (CREATOR, CREATOR, TEAM_),
    ("activity", "count"): (CREATOR, NOBODY, CREATOR),
    ("activity", "detail"): (CREATOR, NOBODY, CREATOR),
    ("activity", "life"): (CREATOR, NOBODY, CREATOR),
    ("activity", "erase"): (CREATOR, CREATOR, TEAM_),
    ("story", "detail"): (CREATOR, NOBODY, CREATOR),
    ("story", "photo"): (CREATOR, NOBODY, CREATOR),
    ("story", "publication"): (NOBODY, NOBODY, TEAM_),
    ("welcome", "task"): (CREATOR, CREATOR, TEAM_),
    ("welcome", "state"): (TEAM_, TEAM_, TEAM_),
    ("story", "life"): (CREATOR, NOBODY, CREATOR),
    ("story", "erase"): (CREATOR, CREATOR, TEAM_),
    ("review", "word"): (NOBODY, NOBODY, TEAM_),
    ("review", "answer"): (SUBJECT, NOBODY, SUBJECT),
    ("review", "desk"): (NOBODY, NOBODY, TEAM_),
    ("followup", "state"): (TEAM_, TEAM_, TEAM_),
    ("review", "life"): (CREATOR, CREATOR, TEAM_),
    ("review", "erase"): (CREATOR, CREATOR, TEAM_),
    **{(kind, "detail"): (NOBODY, NOBODY, TEAM_) for kind in ("task", "offer", "area", "round", "followup", "request")},
    ("street", "doors"): (NOBODY, NOBODY, TEAM_),
    ("round", "result"): (NOBODY, NOBODY, TEAM_),
    ("walk", "plan"): (NOBODY, NOBODY, TEAM_),
    ("walk", "claim"): (ROUND, ROUND, ROUND),
    **{
        (kind, group): (CREATOR, CREATOR, TEAM_)
        for kind in (
            "task",
            "offer",
            "area",
            "street",
            "round",
            "walk",
            "door",
            "welcome",
            "followup",
            "request",
            "setting",
        )
        for group in ("life", "erase")
    },
    ("door", "state"): (ROUND, ROUND, ROUND),
    ("mark", "address"): (CREATOR, CREATOR, CREATOR),
    ("mark", "request"): (TEAM_, TEAM_, TEAM_),
    ("mark", "lift"): (NOBODY, NOBODY, TEAM_),
    ("mark", "confirm"): (NOBODY, NOBODY, TEAM_),
    ("mark", "life"): (NOBODY, NOBODY, NOBODY),
    ("mark", "erase"): (NOBODY, NOBODY, NOBODY),
    ("adoption", "verdict"): (CREATOR, CREATOR, TEAM_),
    ("grant", "keys"): (NOBODY, NOBODY, TEAM_),
    ("report", "table"): (NOBODY, NOBODY, TEAM_),
    ("setting", "keeping"): (NOBODY, NOBODY, TEAM_),
    ("audit", "event"): (NOBODY, NOBODY, TEAM_),
    ("receipt", "erased"): (CREATOR, CREATOR, CREATOR),
    **{
        (kind, group): (NOBODY, NOBODY, NOBODY)
        for kind in ("adoption", "grant", "report", "audit", "receipt")
        for group in ("life", "erase")
    },
}
STANDINGS = list(product((True, False), repeat=3))  # creator of the record, in its round, creator of its subject
CELLS = [
    (kind, group, role, cells[role - 1], standing)
    for (kind, group), cells in EXPECTED.items()
    for role in Role
    for standing in STANDINGS
]


def _change(kind: str, group: str, nonce: bytes | None = None, member: bytes = ME) -> Change:
    return Change(kind, group, record_id(member, kind, NONCE), ZERO, {}, nonce)


def _author(role: Role, in_round: bool = False) -> Author:
    return Author(ME, role, TEAM, frozenset({TEAM}), in_round)


def _check(change: Change, author: Author, creator: bytes | None = None, subject: bytes | None = None) -> None:
    ours = frozenset({TEAM})
    check(change, author, ours, Standing(creator, ours if creator else frozenset(), subject))


def test_the_table_has_these_rows_and_no_others() -> None:
    """A row added to or missing from the table is noticed."""
    assert set(TABLE) == set(EXPECTED)
    assert {kind for kind, _ in EXPECTED} == KINDS


@pytest.mark.parametrize(
    ("kind", "group", "role", "cell", "standing"), CELLS, ids=lambda x: str(x.name if isinstance(x, Role) else x)
)
def test_every_cell_allows_and_refuses(
    kind: str, group: str, role: Role, cell: str, standing: tuple[bool, bool, bool]
) -> None:
    """In every relation to the record, a cell lets pass exactly what it says."""
    made, in_round, about = standing
    author = _author(role, in_round)
    creator, subject = (ME if made else OTHER), (ME if about else OTHER)
    allowed = {NOBODY: False, CREATOR: made, TEAM_: True, ROUND: in_round, SUBJECT: about}[cell]
    if allowed:
        _check(_change(kind, group), author, creator, subject)
    else:
        with pytest.raises(Forbidden):
            _check(_change(kind, group), author, creator, subject)


@pytest.mark.parametrize("row", [r for r, cells in EXPECTED.items() if CREATOR in cells], ids="/".join)
def test_an_unknown_creator_is_nobody(row: tuple[str, str]) -> None:
    """As long as the creating change has not come in, no one counts as the creator."""
    for role, cell in zip(Role, EXPECTED[row], strict=True):
        if cell == CREATOR:
            with pytest.raises(Forbidden):
                _check(_change(*row), _author(role), None)


def test_an_unknown_subject_is_nobody() -> None:
    """An answer to a review of a visit that is not known is not the visitor's."""
    with pytest.raises(Forbidden):
        _check(_change("review", "answer"), _author(CONTACT), OTHER, None)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_nobody_claims_another_s_record(kind: str) -> None:
    """A nonce makes the author the creator only of the record that follows from it, for each kind and role."""
    group = next(g for k, g in TABLE if k == kind)
    for role in Role:
        with pytest.raises(ForeignRecord):
            _check(_change(kind, group, NONCE, member=OTHER), _author(role), None)
        with pytest.raises(ForeignRecord):
            _check(_change(kind, group, fixed("another", 16)), _author(role), ME)


def test_a_nonce_of_another_kind_makes_nothing() -> None:
    """A record id binds its kind: a visit's nonce does not make a story."""
    foreign = Change("story", "detail", record_id(ME, "visit", NONCE), ZERO, {}, NONCE)
    with pytest.raises(ForeignRecord):
        _check(foreign, _author(CONTACT), None)


def test_making_a_record_still_needs_the_right() -> None:
    """Whoever makes a record is its creator, which a coordinator's kind does not care for."""
    _check(_change("visit", "detail", NONCE), _author(CONTACT), None)
    _check(_change("review", "word", NONCE), _author(COORDINATOR), None)
    for kind, group, role in [
        ("review", "word", CONTACT),
        ("visit", "detail", COLLECTOR),
        ("story", "publication", CONTACT),
    ]:
        with pytest.raises(Forbidden):
            _check(_change(kind, group, NONCE), _author(role), None)


@pytest.mark.parametrize(("kind", "group"), [("moon", "detail"), ("visit", "phase"), ("", ""), ("visit", "")])
def test_what_is_newer_waits(kind: str, group: str) -> None:
    """An unknown kind or group is neither merged nor thrown away."""
    with pytest.raises(NewerVersion):
        _check(_change(kind, group), _author(COORDINATOR), ME)


def test_only_answers_need_their_subject() -> None:
    """What can be judged without the record it is about does not wait for it."""
    assert {row for row in TABLE if needs_subject(_change(*row))} == {("review", "answer")}
    assert not needs_subject(_change("moon", "detail"))


@pytest.mark.parametrize("role", Role)
def test_any_member_sets_a_mark_and_nobody_moves_another_s(role: Role) -> None:
    """Making one is open to every role; giving another's mark another address is not, to a coordinator neither."""
    _check(_change("mark", "address", NONCE), _author(role), None)
    with pytest.raises(Forbidden):
        _check(_change("mark", "address"), _author(role), OTHER)


def test_a_mark_can_only_be_lifted() -> None:
    """No role removes or erases a no-contact mark, its maker neither."""
    assert TABLE["mark", LIFE] == TABLE["mark", ERASE] == {}


def test_every_relation_is_used() -> None:
    """No relation stands in the code without a cell that asks for it."""
    assert {r for cells in TABLE.values() for r in cells.values()} == set(Relation)


FOREIGN = fixed("foreign team", 16)


@pytest.mark.parametrize("row", [r for r, cells in EXPECTED.items() if cells[2] == TEAM_], ids="/".join)
def test_a_coordinator_stays_within_the_own_teams(row: tuple[str, str]) -> None:
    """A record of another team, or one about another team's, is not theirs; one of a team below is."""
    ours, foreign = frozenset({TEAM}), frozenset({FOREIGN})
    with pytest.raises(Forbidden):
        check(_change(*row), _author(COORDINATOR), ours, Standing(OTHER, foreign))
    with pytest.raises(Forbidden):
        check(_change(*row), _author(COORDINATOR), ours, Standing(OTHER, ours, OTHER, foreign))
    above = Author(ME, COORDINATOR, TEAM, frozenset({TEAM, FOREIGN}))
    check(_change(*row), above, foreign, Standing(OTHER, foreign, OTHER, foreign))


@pytest.mark.parametrize("role", Role)
def test_nobody_writes_into_another_team(role: Role) -> None:
    """Everyone knows the public half of every ring: that is no right to seal to it."""
    note = _change("member", "name", NONCE)
    check(note, _author(role), frozenset({TEAM}), Standing())
    check(note, _author(role), frozenset(), Standing())
    with pytest.raises(Forbidden):
        check(note, _author(role), frozenset({TEAM, FOREIGN}), Standing())


def test_a_word_is_not_turned_to_another_visit() -> None:
    """What a review is about is said when it is made; later changes can't move it, whoever makes them."""
    assert {("review", "word"): frozenset({"visit"})} == FIXED
    record = record_id(ME, "review", NONCE)
    turned = Change("review", "word", record, ZERO, {"visit": Patch(fixed("visit", 16))})
    with pytest.raises(Forbidden):
        _check(turned, _author(COORDINATOR), ME)
    _check(Change("review", "word", record, ZERO, {"visit": Patch(fixed("visit", 16))}, NONCE), _author(COORDINATOR))
