"""The help directory: signed by a coordinator, never going back, and 112 always first and unaltered."""

from dataclasses import replace

import pytest

from sync.core import codec, directory, formats
from sync.core.directory import ALWAYS_FIRST, Edition, HelpLine, combine, parse
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
from tests.support.core_world import P, Person, World, founded, keys, resigned, run
from tests.vectors.vector import fixed

LINE = HelpLine("koo", "Koo", "0732068888", "Hulp in de buurt", "werkdagen", "gratis", "kijkopkoo.nl", "2026-11-01")
BUILT_IN = [HelpLine(n, f"lijn {n}", n, "altijd") for n in ALWAYS_FIRST]


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def edition(w: World, last: Edition | None = None, by: Person | None = None, *lines: HelpLine) -> Edition:
    """The next edition."""
    who = by or w.coordinator
    return parse(run(directory.sign(P, who.signing, w.roll, who.device, last, lines or [LINE])))


def check(w: World, last: Edition | None, e: Edition) -> None:
    """Let it follow, or raise."""
    run(directory.check(P, w.roll, last, e))


def altered(w: World, e: Edition, by: Person | None = None, **other: object) -> Edition:
    """An edition with something other, signed anew."""
    rows = {"organisation": e.organisation, "number": e.number, "previous": e.previous, "head": e.head}
    rows |= {"device": e.device, "lines": [[x.id, x.name, x.phone, x.about, "", "", "", ""] for x in e.lines]}
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
    assert first.lines == (LINE,)


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


def test_a_forged_edition_is_a_bad_signature(w: World) -> None:
    """Signed by another than it names, or altered in any byte: refused."""
    first = edition(w)
    with pytest.raises(BadSignature):
        check(w, None, altered(w, first, by=w.contact))
    for place in range(len(first.data)):
        bad = first.data[:place] + bytes((first.data[place] ^ 1,)) + first.data[place + 1 :]
        with pytest.raises(StraatError):
            check(w, None, parse(bad))


def test_built_in_lines_come_first_and_unaltered(w: World) -> None:
    """An edition that brings another 112, by id or by number, does not change or hide it."""
    bait = [
        HelpLine("112", "Gesloten", "0900123", "bel hier"),
        HelpLine("other", "Nep", "112", "bel niet"),
        HelpLine("vt", "Nep", "08002000", "ook niet"),
    ]
    e = edition(w, None, None, *bait, LINE)
    assert combine(BUILT_IN, e) == [*BUILT_IN, LINE]
    assert combine(BUILT_IN, None) == BUILT_IN
    assert combine(BUILT_IN, edition(w, None, None, replace(LINE, id="x"))) == [*BUILT_IN, replace(LINE, id="x")]


WRONG = {
    "a phone number with a space": ({"phone": "0800 2000"}, BadFormat),
    "a phone number with a dash": ({"phone": "0800-2000"}, BadFormat),
    "a phone number in other digits": ({"phone": "\u0661\u0661\u0662"}, BadFormat),
    "a phone number with a pause": ({"phone": "112,1"}, BadFormat),
    "a phone number with a newline": ({"phone": "112\n"}, BadFormat),
    "a plus alone": ({"phone": "+"}, BadFormat),
    "a very long name": ({"name": "x" * 121}, TooLarge),
    "a very long story": ({"about": "x" * 401}, TooLarge),
}


@pytest.mark.parametrize(("other", "error"), WRONG.values(), ids=WRONG.keys())
def test_odd_lines_are_refused(w: World, other: dict[str, str], error: type[Exception]) -> None:
    """At writing and at reading: no other spelling of a number gets past the built-in ones."""
    line = replace(LINE, **other)
    with pytest.raises(error):
        edition(w, None, None, line)
    with pytest.raises(error):
        altered(w, edition(w), lines=[[line.id, line.name, line.phone, line.about, "", "", "", ""]])


def test_a_line_stands_once(w: World) -> None:
    """Two lines with one id are refused."""
    with pytest.raises(BadFormat):
        edition(w, None, None, LINE, LINE)


def test_a_line_without_a_number_is_fine(w: World) -> None:
    """Some help has only a web page or an address."""
    assert edition(w, None, None, replace(LINE, phone="")).lines[0].phone == ""
    assert edition(w, None, None, replace(LINE, phone="+31732068888")).lines[0].phone == "+31732068888"


def test_other_first_bytes_and_cuts_are_refused(w: World) -> None:
    """A newer edition is kept for the update; anything else is BadFormat."""
    data = edition(w).data
    with pytest.raises(NewerVersion):
        parse(b"\4\2" + data[2:])
    for bad in (b"\3\1" + data[2:], b"\4\0" + data[2:], data + b"\0", *(data[:i] for i in range(len(data)))):
        with pytest.raises(BadFormat):
            parse(bad)
    with pytest.raises(TooLarge):
        parse(b"\4\1" + bytes(directory.MAX_DIRECTORY_BYTES + 65))
