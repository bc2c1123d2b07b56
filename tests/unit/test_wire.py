"""The wire: every message with its bounds, and what a device signs to get a token."""

import pytest

from sync.core import codec, formats, wire
from sync.core.errors import BadFormat, StraatError, TooLarge
from sync.server.service import ROLL_PAGE_BYTES, ROLL_PAGE_ITEMS
from tests.property.samples import SHAPES, specimens
from tests.vectors.vector import fixed

H, I = fixed("hash"), fixed("id", 16)  # noqa: E741


@pytest.mark.parametrize("name", SHAPES)
def test_each_message_is_read(name: str) -> None:
    """A body as the other half writes it passes, with lists as tuples."""
    _, body = specimens()[f"wire {name}"]
    assert wire.encode(wire.decode(SHAPES[name], body)) == body


TOO_MUCH = {
    "201 envelopes at once": ("PUSH", [b""] * 201),
    "65 rings at once": ("PULL", [[I, 0]] * 65),
    "1,001 roll entries": ("ROLL", [b""] * 1001),
    "a roll entry over its bound": ("APPEND", [H, bytes(wire.MAX_ENTRY_BYTES + 1)]),
    "a token of 65 characters": ("TOKENED", ["x" * 65, 5, I]),
    "an outcome of 41 characters": ("PUSHED", [[H, "x" * 41]]),
    "10,001 envelopes in a ring": ("PULLED", [[I, [[1, b""]] * 10_001, False]]),
}


@pytest.mark.parametrize(("name", "value"), TOO_MUCH.values(), ids=TOO_MUCH.keys())
def test_bounds_are_held(name: str, value: object) -> None:
    """One over a bound is TooLarge."""
    with pytest.raises(TooLarge):
        wire.decode(SHAPES[name], wire.encode(value))


WRONG = {
    "no organisation": ("CHALLENGE", [b"", I]),
    "a device of 15 bytes": ("CHALLENGE", [H, I[1:]]),
    "a signature of 63 bytes": ("TOKEN", [H, I, H, bytes(63)]),
    "a cursor below zero": ("PULL", [[I, -1]]),
    "a cursor of 64 bits": ("PULL", [[I, 2**63]]),
    "true for a cursor": ("PULL", [[I, True]]),
    "one ring instead of a list": ("PULL", [I, 0]),
    "text for an envelope": ("PUSH", ["envelope"]),
    "a number for `more`": ("PULLED", [[I, [], 0]]),
    "an entry too few": ("APPEND", [H]),
    "a map": ("APPEND", {"head": H}),
    "a number too large": ("ROLL_AFTER", 2**32 + 1),
    "nothing": ("DIRECTORY", None),
}


@pytest.mark.parametrize(("name", "value"), WRONG.values(), ids=WRONG.keys())
def test_other_bodies_are_refused(name: str, value: object) -> None:
    """A wrong size, type or row is BadFormat."""
    with pytest.raises(BadFormat):
        wire.decode(SHAPES[name], wire.encode(value))


def test_a_body_over_eight_mebibytes_is_too_large() -> None:
    """Before anything of it is unpacked."""
    with pytest.raises(TooLarge):
        wire.decode(wire.PUSH, bytes(wire.MAX_BODY_BYTES + 1))


def test_a_page_of_the_roll_fits_a_body() -> None:
    """A page as full as the server makes it, and one entry more of the largest size, are under the bound."""
    page = ROLL_PAGE_BYTES + wire.MAX_ENTRY_BYTES + 5 * ROLL_PAGE_ITEMS + 5
    assert page < wire.MAX_BODY_BYTES


def test_a_session_is_signed_under_its_own_first_bytes() -> None:
    """Organisation, device and nonce are bound, and no other signed thing starts the same."""
    made = {wire.session_bytes(H, I, H), wire.session_bytes(fixed("o"), I, H), wire.session_bytes(H, fixed("i", 16), H)}
    made.add(wire.session_bytes(H, I, fixed("n")))
    assert len(made) == 4
    assert {m[:2] for m in made} == {b"\x06\x01"}
    assert wire.session_bytes(H, I, H) == b"\x06\x01" + codec.pack([H, I, H])


def test_first_bytes_are_all_different() -> None:
    """A signature over one kind of thing can never be one over another."""
    kinds = [v for k, v in vars(formats).items() if k.isupper() and k != "VERSION"]
    assert sorted(kinds) == list(range(1, len(kinds) + 1))


def test_an_error_tells_its_code_and_detail_only() -> None:
    """No trace, no class name, no content."""
    body = wire.encode_error(TooLarge("9 > 8 bytes"))
    assert codec.unpack(body, 100) == ["too_large", "9 > 8 bytes"]
    assert isinstance(wire.decode_error(body), TooLarge)
    assert isinstance(wire.decode_error(b"?"), StraatError)
