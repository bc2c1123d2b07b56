"""Errors: a closed list of stable codes that travel and come back as what they were."""

import pytest

from sync.core import wire
from sync.core.errors import BY_CODE, BadInput, StraatError, TrySlower, from_code

EVERY = list(BY_CODE.values())


def _make(kind: type[StraatError]) -> StraatError:
    if kind is BadInput:
        return BadInput("day", "missing")
    return TrySlower(1500) if kind is TrySlower else kind("why")


def test_codes_are_unique() -> None:
    """No two errors share a code, so a code names one error."""

    def below(kind: type[StraatError]) -> int:
        return 1 + sum(below(k) for k in kind.__subclasses__())

    assert below(StraatError) == len(BY_CODE)


@pytest.mark.parametrize("kind", EVERY, ids=lambda k: k.code)
def test_each_says_what_happened(kind: type[StraatError]) -> None:
    """A code in snake case, an HTTP error status, one sentence with a full stop."""
    assert kind.code.replace("_", "").isalpha()
    assert kind.code.islower()
    assert len(kind.code) <= 40
    assert 400 <= kind.status <= 599
    assert kind.sentence.endswith(".")
    assert kind.sentence[0].isupper()


@pytest.mark.parametrize("kind", EVERY, ids=lambda k: k.code)
def test_each_survives_the_wire(kind: type[StraatError]) -> None:
    """Sent as an error body it comes back as the same code; what needs more than a detail keeps its words."""
    error = _make(kind)
    again = wire.decode_error(wire.encode_error(error))
    if kind in (BadInput, TrySlower, StraatError):
        assert type(again) is StraatError
        assert kind.code in again.detail
    else:
        assert type(again) is kind
        assert again.detail == error.detail


def test_a_code_of_a_newer_server_is_still_an_error() -> None:
    """An unknown code is kept as the detail of a plain error."""
    assert from_code("moon_too_full", "tonight").detail == "moon_too_full tonight"
    assert not from_code("moon_too_full").retryable


def test_an_error_body_that_cannot_be_read_is_an_error_too() -> None:
    """Garbage, HTML of a proxy, an empty or a huge body never raise anything else."""
    for body in (
        b"",
        b"<html>502</html>",
        b"\xc1",
        b"\x92\x01\x02",
        b"\x92",
        bytes(10_000),
        wire.encode(["a" * 41, ""]),
    ):
        assert wire.decode_error(body).code == "bad_format"


def test_a_long_detail_is_cut() -> None:
    """An error body always fits its own bounds."""
    long = StraatError("é" * 5000)
    assert len(wire.decode_error(wire.encode_error(long)).detail) <= 400 + len("internal ")
