"""Invitations: a link's secret that survives copying and pasting, and says nothing to whoever prints it."""

from base64 import urlsafe_b64encode

import pytest

from sync.core import invitation
from sync.core.errors import BadFormat, NewerVersion
from sync.core.hkdf import hkdf
from sync.core.invitation import Invitation
from tests.support.core_world import P, run
from tests.vectors.vector import fixed

SEED, ANNOUNCED = fixed("seed"), fixed("announced")
TEXT = Invitation(SEED, ANNOUNCED).to_text()


def coded(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def test_an_invitation_comes_back() -> None:
    """88 characters of base64url, safe in a link's fragment, forgiving of white space around them."""
    assert Invitation.from_text(f"  {TEXT}\n") == Invitation(SEED, ANNOUNCED)
    assert len(TEXT) == 88
    assert TEXT.replace("-", "").replace("_", "").isalnum()


BAD = {
    "nothing": "",
    "one character": "A",
    "a word": "uitnodiging",
    "a character missing": TEXT[:-1],
    "a character more": TEXT + "A",
    "padding": TEXT + "=",
    "a space inside": TEXT[:40] + " " + TEXT[40:],
    "a character that is not base64url": TEXT[:40] + "+" + TEXT[41:],
    "a character that decoders skip": TEXT[:40] + "!" + TEXT[40:],
    "Dutch": "één uitnodiging",
    "a null": TEXT[:-1] + "\0",
    "another format": coded(b"\1\1" + SEED + ANNOUNCED),
    "version 0": coded(b"\5\0" + SEED + ANNOUNCED),
    "a seed only": coded(b"\5\1" + SEED),
    "a byte more": coded(b"\5\1" + SEED + ANNOUNCED + b"\0"),
    "a whole book": "A" * 1_000_000,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
def test_anything_else_is_no_invitation(text: str) -> None:
    """Whatever is pasted or scanned, the answer is BadFormat."""
    with pytest.raises(BadFormat):
        Invitation.from_text(text)


def test_a_newer_invitation_says_so() -> None:
    """The app can then ask for an update instead of calling the link wrong."""
    with pytest.raises(NewerVersion):
        Invitation.from_text(coded(b"\5\2" + SEED + ANNOUNCED))


def test_it_is_never_printed() -> None:
    """Neither in a log line nor in a traceback."""
    assert SEED.hex() not in repr(Invitation(SEED, ANNOUNCED))
    assert repr(SEED) not in f"{Invitation(SEED, ANNOUNCED)}"


def test_the_seed_gives_two_independent_keys() -> None:
    """By HKDF with a label each, as docs/protocol.md says."""
    signing, agreement = run(invitation.signing_key(P, SEED)), run(invitation.agreement_key(P, SEED))
    one = hkdf(SEED, b"", b"straatcontact invitation signing", 32)
    other = hkdf(SEED, b"", b"straatcontact invitation agreement", 32)
    assert one != other
    assert signing.public == run(P.signing_key(one)).public
    assert agreement.public == run(P.agreement_key(other)).public
