"""Addresses: two spellings of one door are one, two doors are never taken for one."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.addresses import distance, key, near, street, tidy

SAME = [
    (
        "Tulpstraat 12",
        "tulpstr. 12",
        "TULPSTRAAT  12 ",
        "Tulp straat 12",
        "Tulpstraat 12, Vught",
        "Tulpstraat 12 5262AB",
    ),
    ("Tulpstraat 12a", "Tulpstraat 12-A", "Tulpstraat 12 a", "Tulpstraat 12 A"),
    ("Burg. Loeffplein 70 2 hoog", "Burgemeester Loeffplein 70 2hoog", "Burg Loeffplein 70-2 hoog"),
    ("Plein 1944 12", "plein 1944  12"),
    ("Plein 1944 12a", "Plein 1944 12-A", "plein 1944 12 a"),
    ("'s-Gravenlaan 3", "s-gravenlaan 3", "’s-Gravenlaan 3"),
    ("St. Jansstraat 4", "Sint Jansstraat 4", "Sint-Jansstraat 4"),
    ("Café­straat 1", "Café­straat 1"),
    ("1e Hofstraat 3 bis", "Eerste Hofstraat 3bis"),
]
DIFFERENT = [
    ("Tulpstraat 12", "Tulpstraat 12a"),
    ("Tulpstraat 12", "Tulpstraat 1"),
    ("Tulpstraat 12-3", "Tulpstraat 123"),
    ("Tulpstraat 12", "Tulplaan 12"),
    ("Plein 1944 12", "Plein 1945 12"),
]


@pytest.mark.parametrize("spellings", SAME)
def test_spellings_of_one_door_are_one(spellings: tuple[str, ...]) -> None:
    """Capitals, spaces, points, hyphens, accents, usual short forms, a town behind it."""
    assert len({key(s) for s in spellings}) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_doors_are_never_taken_for_one(one: str, other: str) -> None:
    """A letter behind the number, another number, another street."""
    assert key(one) != key(other)


@given(st.text(max_size=300))
def test_anything_typed_has_a_key_and_its_own_tidy_form_has_the_same(text: str) -> None:
    """Nothing typed breaks it."""
    assert key(tidy(text)) == key(text)
    assert isinstance(street(text), str)
    assert tidy(tidy(text)) == tidy(text)


@given(st.text(string.ascii_lowercase, min_size=4, max_size=12), st.integers(1, 9999), st.data())
def test_a_street_with_a_slip_of_the_thumb_is_asked_about_and_another_number_is_not(
    name: str, number: int, data: st.DataObject
) -> None:
    """One letter left out, doubled or swapped: "did you mean"."""
    known = f"{name}straat {number}"
    at = data.draw(st.integers(0, len(name) - 1))
    slips = [name[:at] + name[at + 1 :], name[:at] + name[at] + name[at:]]
    for slip in slips:
        typed = f"{slip}straat {number}"
        if key(typed) != key(known):
            assert near(typed, [known]) == [known]
            assert near(f"{slip}straat {number + 1}", [known]) == []


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_the_distance_is_the_same_both_ways_and_bounded(a: str, b: str) -> None:
    """Against the plain definition for what is within bounds."""
    d = distance(a, b, 3)
    assert d == distance(b, a, 3)
    assert (d == 0) == (a == b)
    assert abs(len(a) - len(b)) <= d or d == 4
    assert d <= 4
