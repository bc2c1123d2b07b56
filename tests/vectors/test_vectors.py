"""Every vector, replayed on CPython. The worker's half is tests/browser/test_vectors_browser.py."""

import asyncio

import pytest

from app.platform.native_crypto import NativePrimitives
from sync.core.errors import BadFormat
from tests.vectors.make_vectors import make
from tests.vectors.vector import EXPECT, FILES, REPLAYS, Vector, from_text, load, load_cases, outcome

VECTORS = load()


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v.name)
def test_the_outcome_is_the_published_one(vector: Vector) -> None:
    """Each vector ends as its file says: the same bytes, or that error and no other."""
    assert asyncio.run(outcome(NativePrimitives(), vector)) == vector.expect


def test_the_files_are_what_the_makers_make() -> None:
    """No file is stale, missing or written by hand: no byte changes unnoticed."""
    made = {f"{v.name}.txt": v.to_text() for v in asyncio.run(make())}
    assert {p.name: p.read_text() for p in FILES.glob("*")} == made


def test_every_kind_succeeds_somewhere() -> None:
    """A kind of which no vector succeeds would prove nothing about its failures."""
    load_cases()
    assert {v.kind for v in VECTORS if v.expect == "success"} == set(REPLAYS)


def test_a_wrong_byte_is_seen() -> None:
    """The runner itself fails when a successful vector's payload is another."""
    good = next(v for v in VECTORS if v.name == "hkdf_rfc5869_a1")
    bad = Vector(good.name, good.kind, good.comment, bytes(len(good.payload)), good.values)
    with pytest.raises(AssertionError):
        asyncio.run(outcome(NativePrimitives(), bad))


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.replace("expect: success", "expect: fine"),
        lambda t: t.replace("kind: ", "kind : "),
        lambda t: t + "\n",
        lambda t: t.upper(),
        lambda t: t.replace("ikm: ", "ikm: 00\nikm: "),
    ],
)
def test_a_file_has_one_spelling(change) -> None:  # type: ignore[no-untyped-def]
    """A vector file written another way than the generator's is refused."""
    text = next(v for v in VECTORS if v.name == "hkdf_rfc5869_a1").to_text()
    assert from_text("x", text)
    with pytest.raises((ValueError, KeyError)):
        from_text("x", change(text))


def test_outcomes_are_the_closed_list() -> None:
    """What a vector may expect is success or a code of sync/core/errors.py."""
    assert BadFormat.code in EXPECT
    assert "fine" not in EXPECT
