"""The tree of areas, the names to pick from, and the streets in them: for whatever codes and teams there are."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services import areas, areas_names, areas_streets
from app.services.area_tree import CBS, Place, Put, chain, flat, homes, place_of, tree, within, years
from app.services.areas_desk import quiet
from app.services.areas_streets import Street, Worker, covers, street_key, where
from app.services.models import AreaCode, DeviceLook, Person, Role
from sync.core.errors import BadInput

FEW = settings(max_examples=60, deadline=None)
BUURT, WIJK, GEMEENTE = ("buurt", "BU07960401", "2025"), ("wijk", "WK079604", "2025"), ("gemeente", "GM0796", "2025")
HOEF: Place = ("complex", "De Hoef", "")


def code(place: Place, name: str = "") -> AreaCode:
    """As it stands in a team's record."""
    return AreaCode(*place, name)


YEARS = st.sampled_from(["2024", "2025"])
DIGITS = st.sampled_from(["07960401", "07960402", "07960501", "07570001"])


@st.composite
def cbs(draw: st.DrawFn) -> Place:
    """A gemeente, wijk or buurt of a few that lie in one another."""
    digits, kind, year = draw(DIGITS), draw(st.sampled_from(CBS)), draw(YEARS)
    letters, n = {"gemeente": ("GM", 4), "wijk": ("WK", 6), "buurt": ("BU", 8)}[kind]
    return (kind, letters + digits[:n], year)


PLACES = st.one_of(cbs(), st.sampled_from([HOEF, ("complex", "Het Hof", "")]))


@st.composite
def teams(draw: st.DrawFn) -> list[Put]:
    """Up to five teams, each below an earlier one, put at whatever areas."""
    found: list[Put] = []
    for n in range(draw(st.integers(1, 5))):
        parent = found[draw(st.integers(0, n - 1))].team if n else None
        codes = draw(st.lists(PLACES, max_size=3, unique=True))
        found.append(Put(bytes([n]), parent, tuple(map(code, codes))))
    return found


def test_a_buurt_lies_in_its_wijk_and_that_in_its_gemeente_in_one_year() -> None:
    """As its code says; in another year's borders nothing is known of it."""
    assert chain(BUURT, {}) == [BUURT, WIJK, GEMEENTE]
    assert {year for _kind, _code, year in chain((*BUURT[:2], "2024"), {})} == {"2024"}
    assert within(BUURT, GEMEENTE)
    assert not within(BUURT, ("gemeente", "GM0796", "2024"))
    assert not within(GEMEENTE, BUURT)
    assert not within(BUURT, ("wijk", "WK079605", "2025"))


@FEW
@given(teams())
def test_every_area_stands_in_the_tree_once_and_below_all_that_it_lies_in(put: list[Put]) -> None:
    """Whatever teams name: nothing is lost, nothing is shown twice, and no area is its own roof."""
    rows = flat(tree(put, {}))
    listed = [node.place for _depth, node in rows]
    home = homes(put)
    wanted = {at for p in put for c in p.codes for at in chain(place_of(c), home)}
    assert sorted(listed) == sorted(wanted)
    for depth, node in rows:
        assert depth == len(chain(node.place, home)) - 1
        assert set(node.teams) == {p.team for p in put if node.place in map(place_of, p.codes)}


@FEW
@given(teams())
def test_a_complex_lies_in_at_most_one_area_and_that_is_a_cbs_one(put: list[Put]) -> None:
    """The one that its record, or one of a team above, says without doubt."""
    for place, home in homes(put).items():
        assert place[0] == "complex"
        assert home[0] in CBS


def test_a_complex_lies_where_its_record_is_put_else_where_the_team_above_is() -> None:
    """Two buurten in one record leave it open: then the team above says it."""
    top = Put(b"t", None, (code(WIJK),))
    assert homes([top, Put(b"a", b"t", (code(BUURT), code(HOEF)))]) == {HOEF: BUURT}
    unsure = Put(b"a", b"t", (code(BUURT), code(("buurt", "BU07960402", "2025")), code(HOEF)))
    assert homes([top, unsure]) == {HOEF: WIJK}
    assert homes([Put(b"a", None, (code(HOEF),))]) == {}


def test_areas_of_two_years_are_told() -> None:
    """No report can be made of both."""
    assert years([Put(b"t", None, (code(BUURT), code(("wijk", "WK079605", "2024")), code(HOEF)))]) == ["2024", "2025"]


def test_every_code_to_pick_from_can_be_kept_and_lies_in_a_gemeente_of_the_list() -> None:
    """All of one year, each once, and the seven of the meeting are there."""
    known = areas_names.known()
    areas.check(known)
    assert len({c.code for c in known}) == len(known)
    gemeenten = {c.code for c in known if c.kind == "gemeente"}
    assert {"GM0796", "GM0757", "GM0263", "GM1948", "GM0845", "GM0865", "GM0297"} == gemeenten
    assert all(chain(place_of(c), {})[-1][1] in gemeenten for c in known)
    assert {c.year for c in known} == {"2025"}
    assert all(re.fullmatch(r"GM\d{4}|WK\d{6}", c.code) for c in known)


def test_names_are_found_by_a_part_of_them_or_by_their_gemeente_or_code() -> None:
    """Without accents or capitals; nothing typed gives the gemeenten."""
    assert [c.name for c in areas_names.find("muntel")] == ["Muntel / Vliert"]
    assert [c.kind for c in areas_names.find("")] == ["gemeente"] * 7
    assert [c.code for c in areas_names.find("Vught")][:2] == ["GM0865", "WK086500"]
    assert [c.code for c in areas_names.find("wk0263")] == [f"WK02630{n}" for n in range(5)]
    assert areas_names.find("Atlantis") == []


# -- streets -----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Tulpstraat", "Tulpstr.", "Rozenlaan", "Plein 1944", "1e Hof"])


def test_one_street_in_two_spellings_is_one_street_also_with_a_year_in_it() -> None:
    """As addresses are compared: what a visit says is found back."""
    assert street_key("Tulpstr.") == street_key("tulpstraat")
    assert street_key("Plein 1944") != street_key("Plein 1813")
    assert areas_streets.read("Tulpstraat\n\n tulpstr. \nPlein 1944,") == ["Tulpstraat", "Plein 1944"]


def test_a_door_is_no_street() -> None:
    """What is kept for the whole team are names of streets: no address gets in by mistake."""
    with pytest.raises(BadInput) as refused:
        areas_streets.read("Rozenlaan\nTulpstraat 12a")
    assert (refused.value.field, refused.value.why, refused.value.what) == ("area_streets", "number", "Tulpstraat 12a")


@FEW
@given(st.lists(st.tuples(PLACES, st.lists(NAMES, max_size=4)), max_size=5), st.randoms())
def test_where_a_street_lies_does_not_depend_on_the_order_and_is_never_a_guess(rows: list, order: object) -> None:
    """The smallest of areas in one another; of two beside one another none."""
    found = where(rows, {})
    order.shuffle(rows)  # type: ignore[attr-defined]
    assert where(rows, {}) == found
    for at, place in found.items():
        claims = [p for p, names in rows if at in map(street_key, names)]
        assert all(within(place, p) for p in claims)


@FEW
@given(st.lists(st.tuples(NAMES, st.none() | PLACES), max_size=5), st.lists(st.lists(PLACES, max_size=2), max_size=4))
def test_a_street_stands_out_exactly_when_nobody_works_there(streets: list, places: list) -> None:
    """Whoever has no places works everywhere; whoever has some only there. Those without anybody come first."""
    workers = [Worker(f"p{n}", tuple(map(code, some))) for n, some in enumerate(places)]
    rows = covers([Street(*s) for s in streets], workers, {})
    assert len(rows) == len(streets)
    assert [r.nobody for r in rows] == sorted((r.nobody for r in rows), reverse=True)
    for row in rows:
        there = [
            w
            for w in workers
            if not w.places
            or (row.street.area is not None and any(within(row.street.area, place_of(c)) for c in w.places))
        ]
        assert row.nobody == (not there)


def test_a_street_in_two_areas_is_looked_after_by_whoever_works_in_either() -> None:
    """Which door lies where is not known, so it has no area; but it is nobody's street only when neither has anybody."""
    both = Street("Tulpstraat", None, (BUURT, ("buurt", "BU07960501", "2025")))
    [row] = covers([both], [Worker("Fatma", (code(WIJK),))], {})
    assert row.by_choice == ("Fatma",)
    [row] = covers([both], [Worker("Fatma", (code(("wijk", "WK075700", "2025")),))], {})
    assert row.nobody


def test_somebody_can_be_put_at_one_street() -> None:
    """That is what a contact person of a street is."""
    fatma = Worker("Fatma", (AreaCode("street", "Tulpstraat", "", ""),))
    tulp, rozen = covers([Street("Tulpstr."), Street("Rozenlaan")], [fatma], {})[::-1]
    assert (tulp.by_choice, rozen.nobody) == (("Fatma",), True)
    areas.check(fatma.places)


# -- who was not there for a while --------------------------------------------------------------------------

TODAY = date(2026, 11, 25)


@FEW
@given(st.lists(st.lists(st.none() | st.integers(0, 90), max_size=3), max_size=6), st.sampled_from([7, 14, 30]))
def test_whoever_was_there_with_any_device_within_the_days_is_not_listed(seen: list, days: int) -> None:
    """And whoever has no device left is not either: they can't sync."""

    def person(n: int, ago: list) -> Person:
        looks = tuple(
            DeviceLook(bytes([n, i]), (), None if d is None else TODAY - timedelta(d), False, "", True)
            for i, d in enumerate(ago)
        )
        return Person(bytes([n]), f"p{n}", Role.CONTACT, b"", looks, False)

    people = [person(n, ago) for n, ago in enumerate(seen)]
    listed = {q.person.id for q in quiet(people, TODAY, days)}
    wanted = {p.id for p, ago in zip(people, seen, strict=True) if ago and all(d is None or d >= days for d in ago)}
    assert listed == wanted
