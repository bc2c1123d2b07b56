"""Which Ed25519 keys and signatures are not even tried, rule by rule."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.native_crypto import NativePrimitives
from sync.core.curves import plausible
from sync.core.ports import Signed

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
FINE = (4).to_bytes(32, "little")


def _y(value: int, sign: int = 0) -> bytes:
    return (value | sign << 255).to_bytes(32, "little")


def _signature(r: bytes = FINE, s: int = 5) -> bytes:
    return r + s.to_bytes(32, "little")


def _double(y: int) -> int:
    """The y of twice the point with this y (RFC 8032, 5.1.4; x² comes from the curve's equation)."""
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    return (y * y + xx) * pow(1 - D * xx * y * y, -1, P) % P


@given(seed=st.binary(min_size=32, max_size=32), message=st.binary(max_size=200))
def test_every_honest_signature_is_plausible(seed: bytes, message: bytes) -> None:
    """Nothing that a signer makes is turned away."""

    async def sign() -> Signed:
        primitives = NativePrimitives()
        key = await primitives.signing_key(seed)
        return Signed(key.public, (await primitives.sign(key, [message]))[0], message)

    assert plausible(asyncio.run(sign()))


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("high", [0, P])
def test_no_point_of_small_order(sign: int, high: int) -> None:
    """Every point that comes to the neutral one by doubling three times is refused, as key and as R."""
    eighth = 2707385501144840649318225287225658788936804267575313519463743609750303402022
    assert (_double(_double(eighth)), _double(eighth)) == (P - 1, 0)
    for y in (0, 1, P - 1, eighth, P - eighth):
        assert _double(_double(_double(y))) == 1
        if y + high < 2**255:
            assert not plausible(Signed(_y(y + high, sign), _signature(), b""))
            assert not plausible(Signed(FINE, _signature(_y(y + high, sign)), b""))


@pytest.mark.parametrize("y", [P + 3, P + 18])
def test_a_point_has_one_spelling(y: int) -> None:
    """A y of p or more is refused, as key and as R."""
    assert plausible(Signed(_y(y - P), _signature(), b""))
    assert not plausible(Signed(_y(y), _signature(), b""))
    assert not plausible(Signed(FINE, _signature(_y(y)), b""))


def test_a_scalar_is_below_the_order() -> None:
    """S is refused from the group's order on (RFC 8032, 5.1.7)."""
    assert plausible(Signed(FINE, _signature(s=ORDER - 1), b""))
    assert not plausible(Signed(FINE, _signature(s=ORDER), b""))
    assert not plausible(Signed(FINE, _signature(s=2**256 - 1), b""))


def test_lengths_are_exact() -> None:
    """32 and 64 bytes."""
    assert plausible(Signed(FINE, _signature(), b""))
    for public, signature in (
        (b"", _signature()),
        (FINE[:31], _signature()),
        (FINE + b"\0", _signature()),
        (FINE, b""),
        (FINE, _signature()[:63]),
        (FINE, _signature() + b"\0"),
    ):
        assert not plausible(Signed(public, signature, b""))
