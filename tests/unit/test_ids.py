"""Ids: made from content, so nobody can claim another's, and no two kinds can meet."""

from hashlib import sha256

from sync.core import ids

A, B = bytes(range(32)), bytes(range(32, 64))


def test_a_digest_is_length_prefixed_sha_256() -> None:
    """The label and each part are preceded by their length in four bytes, big endian."""
    label = b"straatcontact test"
    plain = len(label).to_bytes(4, "big") + label + b"\0\0\0\2ab" + b"\0\0\0\0"
    assert ids.digest("test", b"ab", b"") == sha256(plain).digest()


def test_no_two_splits_of_the_same_bytes_meet() -> None:
    """Moving a byte from one part to the next gives another id."""
    assert len({ids.digest("x", *parts) for parts in [(b"ab", b"c"), (b"a", b"bc"), (b"abc",), (b"abc", b"")]}) == 4


def test_no_two_kinds_of_id_meet() -> None:
    """The same bytes named as another kind of thing have another id."""
    made = [
        ids.organisation_id(A),
        ids.entry_hash(A),
        ids.envelope_id(A),
        ids.sender_key_id(A, b"", []),
        ids.digest("directory", A),
        ids.digest("session", A),
        ids.invitation_author(A),
        ids.device_id(A, B),
        ids.ring_id("own", A),
        ids.record_id(A, "own", b""),
    ]
    assert len({m[:16] for m in made}) == len(made)


def test_ids_have_their_sizes() -> None:
    """16 bytes for members' things, 32 for whatever stands for bytes."""
    sixteen = [ids.device_id(A, B), ids.ring_id("team", A), ids.record_id(A, "visit", A), ids.invitation_author(A)]
    thirty_two = [ids.organisation_id(A), ids.entry_hash(A), ids.envelope_id(A), ids.sender_key_id(A, B, [])]
    assert {len(x) for x in sixteen} == {ids.ID_BYTES} == {16}
    assert {len(x) for x in thirty_two} == {ids.HASH_BYTES} == {32}


def test_a_record_belongs_to_one_member_kind_and_nonce() -> None:
    """Another member, kind or nonce is another record."""
    nonce = bytes(16)
    made = {ids.record_id(m, k, n) for m in (A, B) for k in ("visit", "story") for n in (nonce, A[:16])}
    assert len(made) == 8


def test_a_device_is_its_two_keys_in_order() -> None:
    """Swapping or replacing a key gives another device."""
    assert len({ids.device_id(A, B), ids.device_id(B, A), ids.device_id(A, A), ids.device_id(B, B)}) == 4


def test_a_sender_key_id_binds_key_device_rings_and_epochs() -> None:
    """Whatever of these differs, the id does."""
    r, s = A[:16], B[:16]
    made = [
        ids.sender_key_id(A, r, [(r, 1)]),
        ids.sender_key_id(B, r, [(r, 1)]),
        ids.sender_key_id(A, s, [(r, 1)]),
        ids.sender_key_id(A, r, [(s, 1)]),
        ids.sender_key_id(A, r, [(r, 2)]),
        ids.sender_key_id(A, r, [(r, 1), (s, 1)]),
        ids.sender_key_id(A, r, []),
    ]
    assert len(set(made)) == len(made)
