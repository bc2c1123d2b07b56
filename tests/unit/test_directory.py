"""The help directory: signed by a coordinator, never going back, and 112 always first and unaltered."""

from dataclasses import replace

import pytest

from sync.core import codec, directory, formats
from sync.core.directory import ALWAYS_FIRST, Edition, combine, parse
from sync.core.errors import (
    BadFormat,
    BadSignature,
    Forbidden,
    NewerVersion,
    RollRefused,
    StraatError,
    TooLarge,
    UnknownHead,
)
from sync.core.help_line import ALWAYS, HelpLine, Number, as_row, from_row, row
from sync.core.rights import Role
from tests.property.samples import HELP_LINE
from tests.support import roll_steps as steps
from tests.support.core_world import P, Person, World, founded, keys, resigned, run
from tests.vectors.vector import fixed

LINE, MADE = HELP_LINE, "2026-11-25"
BUILT_IN = [
    *(HelpLine(n, f"lijn {n}", numbers=(Number(n),), hours=ALWAYS) for n in ALWAYS_FIRST),
    HelpLine("luisterlijn", "De Luisterlijn", numbers=(Number("0880767000"),)),
]


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def edition(w: World, last: Edition | None = None, by: Person | None = None, *lines: HelpLine) -> Edition:
    """The next edition."""
    who = by or w.coordinator
    return parse(run(directory.sign(P, who.signing, w.roll, who.device, last, lines or [LINE], MADE)))


def check(w: World, last: Edition | None, e: Edition) -> None:
    """Let it follow, or raise."""
    run(directory.check(P, w.roll, last, e))


def altered(w: World, e: Edition, by: Person | None = None, **other: object) -> Edition:
    """An edition with something other, signed anew."""
    rows = {"organisation": e.organisation, "number": e.number, "previous": e.previous, "head": e.head}
    rows |= {"device": e.device, "made": e.made, "lines": [as_row(x) for x in e.lines]}
    value = list((rows | other).values())
    return parse(resigned(by or w.coordinator, formats.prefix(formats.DIRECTORY) + codec.pack(value)))


def test_editions_follow_one_another(w: World) -> None:
    """The first, the second on it, and a third after a missed one."""
    first = edition(w)
    second = edition(w, first)
    third = edition(w, second)
    for last, e in [(None, first), (None, third), (first, second), (second, third), (first, third)]:
        check(w, last, e)
    assert (first.number, second.number, second.previous) == (1, 2, first.hash)
    assert (first.lines, first.made) == ((LINE,), MADE)


def test_an_edition_never_goes_back(w: World) -> None:
    """The same or an older number is refused, so an old list can't be put back."""
    first = edition(w)
    second = edition(w, first)
    for last, e in [(first, first), (second, first), (second, second), (second, altered(w, second, lines=[]))]:
        with pytest.raises(Forbidden):
            check(w, last, e)


def test_the_next_edition_names_the_one_it_follows(w: World) -> None:
    """A second edition made on another first one is refused."""
    first = edition(w)
    with pytest.raises(Forbidden):
        check(w, first, altered(w, edition(w, first), previous=fixed("another")))


def test_only_a_coordinator_of_the_organisation_publishes(w: World) -> None:
    """Not a contact person, a stranger, another organisation, or at a head that is not here."""
    first = edition(w)
    with pytest.raises(Forbidden):
        check(w, None, edition(w, None, w.contact))
    with pytest.raises(Forbidden):
        check(w, None, altered(w, first, organisation=fixed("other")))
    with pytest.raises(RollRefused):
        check(w, None, edition(w, None, run(keys("stranger", bytes(16)))))
    with pytest.raises(UnknownHead):
        check(w, None, altered(w, first, head=fixed("no head")))
    with pytest.raises(RollRefused):
        check(w, None, altered(w, first, head=bytes(32)))


def test_a_coordinator_who_has_left_publishes_nothing_whatever_head_is_named(w: World) -> None:
    """An edition signed on an old head holds as long as its device coordinates; then it is refused, backdated or not."""
    second = steps.member_of(w, "second", w.team, Role.COORDINATOR)
    backdated = edition(w, None, second)
    check(w, None, backdated)
    steps.extend(w, steps.revoke(w, w.coordinator, second.device))
    with pytest.raises(Forbidden):
        check(w, None, backdated)
    with pytest.raises(RollRefused):
        check(w, None, edition(w, None, second))


def test_a_coordinator_who_became_a_contact_person_publishes_nothing(w: World) -> None:
    """The role is that of now."""
    second = steps.member_of(w, "second", w.team, Role.COORDINATOR)
    backdated = edition(w, None, second)
    steps.extend(w, steps.place(w, w.coordinator, second.member, Role.CONTACT, w.team))
    with pytest.raises(Forbidden):
        check(w, None, backdated)


def test_a_coordinator_whose_words_nobody_compared_publishes_nothing(w: World) -> None:
    """A stolen invitation for a coordinator brings nobody's numbers onto a phone."""
    waiting = steps.joined(w, "new", steps.NEW, role=Role.COORDINATOR, grants=steps.team_grant(w))
    with pytest.raises(Forbidden):
        check(w, None, edition(w, None, waiting))


def test_a_forged_edition_is_a_bad_signature(w: World) -> None:
    """Signed by another than it names, or altered in any byte: refused."""
    first = edition(w)
    with pytest.raises(BadSignature):
        check(w, None, altered(w, first, by=w.contact))
    for place in range(len(first.data)):
        bad = first.data[:place] + bytes((first.data[place] ^ 1,)) + first.data[place + 1 :]
        with pytest.raises(StraatError):
            check(w, None, parse(bad))


BAIT = [
    HelpLine("112", "Gesloten", "bel hier", numbers=(Number("0900123"),)),
    HelpLine("other", "Nep", "bel niet", numbers=(Number("112"),)),
    HelpLine("vt", "Nep", "ook niet", numbers=(Number("0612345678"), Number("08002000"))),
    HelpLine("abroad", "Nep", numbers=(Number("+318001205"),)),
    HelpLine("abroad-too", "Nep", numbers=(Number("00318000113"),)),
]


def test_fixed_lines_come_first_and_unaltered(w: World) -> None:
    """An edition that brings another 112, by id or by number in any spelling, does not change or hide it."""
    e = edition(w, None, None, *BAIT, LINE)
    assert combine(BUILT_IN, e) == [*BUILT_IN[:4], LINE]
    assert combine(BUILT_IN, edition(w, None, None, BAIT[0])) == BUILT_IN[:4]


def test_an_edition_stands_in_place_of_the_rest_of_the_build(w: World) -> None:
    """A number that has become another is replaced, not shown beside the old one; without an edition all is built in."""
    newer = HelpLine("luisterlijn", "De Luisterlijn", numbers=(Number("0880767001"),))
    assert combine(BUILT_IN, None) == BUILT_IN
    assert combine(BUILT_IN, edition(w, None, None, newer, LINE)) == [*BUILT_IN[:4], newer, LINE]


WRONG = {
    "a phone number with a space": ({"numbers": (Number("0800 2000"),)}, BadFormat),
    "a phone number with a dash": ({"numbers": (Number("0800-2000"),)}, BadFormat),
    "a phone number in other digits": ({"numbers": (Number("\u0661\u0661\u0662"),)}, BadFormat),
    "a phone number with a pause": ({"numbers": (Number("112,1"),)}, BadFormat),
    "a phone number with a newline": ({"numbers": (Number("112\n"),)}, BadFormat),
    "one number in two spellings": ({"numbers": (Number("0732068888"), Number("+31732068888"))}, BadFormat),
    "a name that is turned round": ({"name": "\u202e211"}, BadFormat),
    "a name with a second line": ({"name": "Koo\n112"}, BadFormat),
    "an address on the web that is a script": ({"website": "javascript:alert(1)"}, BadFormat),
    "a day that is none": ({"checked": "2026-02-29"}, BadFormat),
    "a very long name": ({"name": "x" * 121}, TooLarge),
    "a very long story": ({"about": "x" * 401}, TooLarge),
}


@pytest.mark.parametrize(("other", "error"), WRONG.values(), ids=WRONG.keys())
def test_odd_lines_are_refused(w: World, other: dict[str, object], error: type[Exception]) -> None:
    """At writing and at reading: no other spelling of a number gets past the built-in ones."""
    line = replace(LINE, **other)
    with pytest.raises(error):
        edition(w, None, None, line)
    with pytest.raises(error):
        altered(w, edition(w), lines=[as_row(line)])


def test_a_line_stands_once(w: World) -> None:
    """Two lines with one id are refused."""
    with pytest.raises(BadFormat):
        edition(w, None, None, LINE, LINE)


def test_an_entry_comes_back_as_it_went() -> None:
    """A line without a number is fine too: some help has only an address."""
    for line in (LINE, replace(LINE, numbers=(), email="koo@example.nl", checked=""), *BUILT_IN):
        assert from_row(row(codec.unpack(codec.pack(as_row(line)), 10_000))) == line


def test_other_first_bytes_and_cuts_are_refused(w: World) -> None:
    """A newer edition is kept for the update; an older version and anything else is BadFormat."""
    data = edition(w).data
    with pytest.raises(NewerVersion):
        parse(b"\4\3" + data[2:])
    bad_ones = (b"\3\2" + data[2:], b"\4\1" + data[2:], b"\4\0" + data[2:], data + b"\0")
    for bad in (*bad_ones, *(data[:i] for i in range(len(data)))):
        with pytest.raises(BadFormat):
            parse(bad)
    with pytest.raises(TooLarge):
        parse(b"\4\2" + bytes(directory.MAX_DIRECTORY_BYTES + 65))
