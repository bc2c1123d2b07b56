"""The way in for a care worker: nothing but an address, readable to the coordinators' ring alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import carer
from sync.core.carer import MAX_ADDRESS, MAX_TEXT, Link, Request
from sync.core.errors import BadFormat, BadInput, NotForThisKey, StraatError
from tests.support.core_world import P, run
from tests.vectors.vector import fixed

KEY = run(P.agreement_key(fixed("ring")))
LINK = Link(fixed("organisation"), fixed("ring id", 16), 2, KEY.public)
streets = st.from_regex(r"[A-Za-zÀ-ÿ' .-]{0,60}[A-Za-z] [1-9][0-9]{0,3}[a-z]?", fullmatch=True)


@settings(max_examples=40, deadline=None)
@given(streets)
def test_an_address_comes_out_as_it_went_in(text: str) -> None:
    """Tidied, and readable with the ring's private half."""
    request = run(carer.seal(P, fixed("seed"), LINK, text))
    again = carer.read(request.to_text())
    assert isinstance(again, Request)
    assert run(carer.open_(P, KEY, again)) == " ".join(text.split())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=400))
def test_what_is_no_address_is_refused_before_anything_is_sealed(text: str) -> None:
    """Whatever is taken is one line of at most 200 characters with letters and a number in it."""
    try:
        found = carer.address(text)
    except BadInput:
        return
    assert 0 < len(found) <= MAX_ADDRESS
    assert carer.address(found) == found
    assert any(c.isdigit() for c in found)
    assert "@" not in found


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "missing"),
        (" \n ", "missing"),
        ("Tulpstraat", "no_number"),
        ("12", "no_number"),
        ("Tulpstraat 12, bel 06-12 34 56 78", "more"),
        ("Tulpstraat 12 BSN 123456782", "more"),
        ("Tulpstraat 12 geboren 01-02-1980", "more"),
        ("Tulpstraat 12 jan@example.nl", "more"),
        ("Tulpstraat \u202e12", "more"),
        ("Tulpstraat 12 " + "a" * 200, "too_long"),
        ("a 1" * 100_000, "too_long"),
    ],
)
def test_anything_but_an_address_is_refused(text: str, why: str) -> None:
    """And says why."""
    with pytest.raises(BadInput) as caught:
        carer.address(text)
    assert (caught.value.field, caught.value.why) == ("carer_address", why)


@pytest.mark.parametrize(
    "text", ["Tulpstraat 1234 5211 AB 's-Hertogenbosch", "2e Dwarsstraat 3-bis", "Plein 1940 nr 7"]
)
def test_dutch_addresses_pass(text: str) -> None:
    """With postcode, with numbers in the street's name."""
    assert carer.address(text) == text


def test_all_requests_are_of_one_length_for_usual_addresses() -> None:
    """So that the length in a mail tells nothing of the street."""
    sizes = {len(run(carer.seal(P, fixed("seed"), LINK, a)).sealed) for a in ("Ei 1", "Lange Kerkstraat 123 b " * 5)}
    assert sizes == {32 + 256 + 16}


def test_another_ring_or_another_organisation_opens_nothing() -> None:
    """The seal is bound to all that the link says."""
    request = run(carer.seal(P, fixed("seed"), LINK, "Tulpstraat 12"))
    other = run(P.agreement_key(fixed("another ring")))
    with pytest.raises(NotForThisKey):
        run(carer.open_(P, other, request))
    with pytest.raises(NotForThisKey):
        run(carer.open_(P, KEY, Request(fixed("another"), request.ring, request.epoch, request.sealed)))


def test_a_link_to_a_weak_key_seals_nothing() -> None:
    """A forged link with a point of low order."""
    with pytest.raises(BadFormat):
        run(carer.seal(P, fixed("seed"), Link(LINK.organisation, LINK.ring, 1, bytes(32)), "Tulpstraat 12"))


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda b: b.hex())))
def test_any_text_is_read_or_refused_in_our_own_words(text: str) -> None:
    """Nothing else is ever raised; a link stays one under white space."""
    try:
        carer.read(text)
    except StraatError:
        return


def test_a_text_as_long_as_a_book_is_refused_at_once() -> None:
    """Also when it is all white space."""
    for text in ("A" * (MAX_TEXT + 1), " " * 100_000, LINK.to_text() + " " * 100_000):
        with pytest.raises(BadFormat):
            carer.read(text)
    assert carer.read("\n" + "\n".join(LINK.to_text()) + " ") == LINK
