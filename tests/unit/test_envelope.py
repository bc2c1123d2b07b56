"""The envelope: sealed, signed, chained; every altered byte shows."""

from dataclasses import replace

import pytest

from sync.core import codec, envelope, formats
from sync.core.envelope import Draft, Header, Link, encode_header, id_of, parse
from sync.core.errors import BadFormat, NewerVersion, NotForThisKey, StraatError, TooLarge
from sync.core.padding import padded_size
from tests.support.core_world import P, World, founded, key_id, resigned, run, sealed_change, sealed_key
from tests.vectors.vector import fixed

KEY = fixed("content key")
TEXT = b"Mevrouw wil graag meedoen met de koffieochtend"


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def rings(w: World) -> list[bytes]:
    """Where a contact person's visit goes."""
    return [w.contact.own_ring, w.coordinators_ring]


def change(w: World, plain: bytes = TEXT) -> bytes:
    """The contact person's next change."""
    return run(sealed_change(w, w.contact, KEY, rings(w), plain, 202811))


def opened(data: bytes, key: bytes = KEY) -> object:
    """The plaintext, or the error in its place."""
    return run(envelope.open_many(P, [(parse(data), key)]))[0]


def holds(w: World, data: bytes) -> bool:
    """Whether the contact person signed this."""
    return run(envelope.verify(P, [(parse(data), w.contact.signing.public)]))[0]


def test_a_change_opens_as_what_was_sealed(w: World) -> None:
    """Header, numbers and text come back; the id stands for all bytes; the text is nowhere in them."""
    data = change(w)
    e = parse(data)
    assert opened(data) == TEXT
    assert holds(w, data)
    assert e.id == id_of(data)
    assert (e.format, e.header.expiry, e.header.device) == (formats.CHANGE, 202811, w.contact.device)
    assert [(x.ring, x.epoch, x.number) for x in e.header.links] == [(r, 1, 1) for r in sorted(rings(w))]
    assert e.data == data
    assert TEXT not in data


def test_every_flipped_bit_is_refused_or_a_bad_signature(w: World) -> None:
    """Whichever byte is altered, in a change or a sender key, no reader takes it."""
    for data in (change(w), run(sealed_key(w, w.contact, KEY, rings(w)))):
        for place in range(len(data)):
            bad = data[:place] + bytes((data[place] ^ 1 << place % 8,)) + data[place + 1 :]
            try:
                taken = holds(w, bad)
            except StraatError:
                taken = False
            assert not taken, place


def test_a_flipped_header_byte_is_unreadable_even_when_signed_anew(w: World) -> None:
    """The author's own device can't put a body under another header: the header is what it is sealed with."""
    data = change(w)
    e = parse(data)
    for other in (
        replace(e.header, expiry=0),
        replace(e.header, head=w.roll.state.organisation),
        replace(e.header, nonce=fixed("other", 12)),
        replace(e.header, organisation=fixed("other")),
        replace(e.header, links=(replace(e.header.links[0], number=2, previous=e.id), e.header.links[1])),
    ):
        swapped = resigned(w.contact, formats.prefix(formats.CHANGE) + codec.pack([encode_header(other), e.body]))
        assert holds(w, swapped)
        assert isinstance(opened(swapped), NotForThisKey)


def test_bodies_cannot_be_swapped(w: World) -> None:
    """Two envelopes of one key with their bodies exchanged, rightly signed, open nothing."""
    one, two = parse(change(w)), parse(change(w, b"Niemand thuis"))
    swapped = resigned(w.contact, formats.prefix(formats.CHANGE) + codec.pack([one.header_bytes, two.body]))
    assert isinstance(opened(swapped), NotForThisKey)


def test_another_s_signature_does_not_hold(w: World) -> None:
    """Nobody else can sign in a device's name, the coordinator neither."""
    data = change(w)
    assert run(envelope.verify(P, [(parse(data), w.coordinator.signing.public)])) == [False]
    assert not holds(w, resigned(w.coordinator, data[:-64]))


def test_one_that_does_not_open_never_blocks_the_next(w: World) -> None:
    """Each envelope has its own answer, in order."""
    good, bad, odd = change(w), change(w), change(w)
    unpadded = parse(odd)
    [body] = run(P.seal([_sealing(unpadded, b"no padding".ljust(256, b"x"))]))
    odd = resigned(w.contact, formats.prefix(formats.CHANGE) + codec.pack([unpadded.header_bytes, body]))
    results = run(
        envelope.open_many(P, [(parse(good), KEY), (parse(bad), fixed("wrong")), (parse(odd), KEY), (parse(good), KEY)])
    )
    assert [r if isinstance(r, bytes) else type(r) for r in results] == [TEXT, BadFormat, BadFormat, TEXT]


def _sealing(e: envelope.Envelope, plain: bytes):  # type: ignore[no-untyped-def]
    return envelope.Sealing(KEY, e.header.nonce, e.aad, plain)


def test_a_key_for_other_rings_opens_nothing(w: World) -> None:
    """A key granted to fewer rings, other epochs or by another device is refused, though the body would open."""
    links = w.links(w.contact, rings(w))
    right = [(x.ring, x.epoch) for x in links]
    for name in (
        envelope.sender_key_id(KEY, w.contact.device, right[:1]),
        envelope.sender_key_id(KEY, w.contact.device, [(r, 2) for r, _ in right]),
        envelope.sender_key_id(KEY, w.coordinator.device, right),
        fixed("any"),
    ):
        header = Header(w.state.organisation, w.contact.device, w.state.head, name, links, 0, fixed("n", 12))
        data = run(envelope.seal(P, w.contact.signing, Draft(header, TEXT, KEY)))
        assert isinstance(opened(data), BadFormat)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 1023, 1024, 4095, 4096, 10_000])
def test_the_body_tells_only_its_padded_size(w: World, size: int) -> None:
    """The ciphertext is as long as the padded text and its tag."""
    assert len(parse(change(w, b"x" * size)).body) == padded_size(size + 1) + 16


def test_a_body_that_tells_its_size_is_refused(w: World) -> None:
    """A client that does not pad gives its author away; everyone, the server too, refuses it unread."""
    e = parse(change(w))
    for size in (0, 15, 16, 255 + 16, 257 + 16, 5000):
        with pytest.raises(BadFormat):
            parse(formats.prefix(formats.CHANGE) + codec.pack([e.header_bytes, bytes(size)]) + bytes(64))


A, B = sorted((fixed("a", 16), fixed("b", 16)))
FIRST, ZERO = fixed("first"), envelope.NO_PREVIOUS


def header(**other: object) -> list[object]:
    """A header's row, with some of it other."""
    rows = {
        "organisation": fixed("o"),
        "device": fixed("d", 16),
        "head": fixed("h"),
        "key": fixed("k"),
        "links": [[A, 1, 1, ZERO], [B, 1, 2, FIRST]],
        "expiry": 202811,
        "nonce": bytes(12),
    }
    return list((rows | other).values())


def bytes_of(row: list[object], prefix: bytes = formats.prefix(formats.CHANGE)) -> bytes:
    """An unsigned envelope around a header."""
    return prefix + codec.pack([codec.pack(row), bytes(256 + 16)]) + bytes(64)


WRONG = {
    "no ring": ({"links": []}, BadFormat),
    "nine rings": ({"links": [[bytes(15) + bytes((i,)), 1, 1, ZERO] for i in range(9)]}, TooLarge),
    "rings in falling order": ({"links": [[B, 1, 1, ZERO], [A, 1, 1, ZERO]]}, BadFormat),
    "a ring twice": ({"links": [[A, 1, 1, ZERO], [A, 1, 1, ZERO]]}, BadFormat),
    "a ring twice, with two epochs": ({"links": [[A, 1, 1, ZERO], [A, 2, 1, ZERO]]}, BadFormat),
    "epoch 0": ({"links": [[A, 0, 1, ZERO]]}, BadFormat),
    "number 0": ({"links": [[A, 1, 0, ZERO]]}, BadFormat),
    "a first with a previous": ({"links": [[A, 1, 1, FIRST]]}, BadFormat),
    "a second without": ({"links": [[A, 1, 2, ZERO]]}, BadFormat),
    "a short previous": ({"links": [[A, 1, 2, FIRST[1:]]]}, BadFormat),
    "a short ring": ({"links": [[A[1:], 1, 1, ZERO]]}, BadFormat),
    "month 0": ({"expiry": 202800}, BadFormat),
    "month 13": ({"expiry": 202813}, BadFormat),
    "a month as text": ({"expiry": "202811"}, BadFormat),
    "a year of five digits": ({"expiry": 1_000_001}, BadFormat),
    "no nonce": ({"nonce": b""}, BadFormat),
    "a short nonce": ({"nonce": bytes(11)}, BadFormat),
    "a long nonce": ({"nonce": bytes(13)}, TooLarge),
    "a short organisation": ({"organisation": bytes(31)}, BadFormat),
    "a long device": ({"device": bytes(17)}, BadFormat),
    "no head": ({"head": b""}, BadFormat),
    "no key": ({"key": None}, BadFormat),
    "one more": ({"more": 1}, BadFormat),
}


@pytest.mark.parametrize(("other", "error"), WRONG.values(), ids=WRONG.keys())
def test_odd_headers_are_refused(other: dict[str, object], error: type[Exception]) -> None:
    """Each wrong part of a header by its own error; the control passes."""
    assert parse(bytes_of(header()))
    with pytest.raises(error):
        parse(bytes_of(header(**other)))


def test_a_sender_key_has_no_nonce() -> None:
    """Its body is not under the content key."""
    prefix = formats.prefix(formats.SENDER_KEY)
    assert parse(bytes_of(header(nonce=b""), prefix))
    with pytest.raises(BadFormat):
        parse(bytes_of(header(), prefix))


def test_other_first_bytes_are_refused() -> None:
    """Another format is BadFormat, a newer version of a change is kept for the update."""
    for prefix, error in [
        (b"\3\1", BadFormat),
        (b"\0\1", BadFormat),
        (b"\1\0", BadFormat),
        (b"\1\3", NewerVersion),
        (b"\2\xff", NewerVersion),
    ]:
        with pytest.raises(error):
            parse(bytes_of(header(), prefix))


def test_every_cut_is_refused(w: World) -> None:
    """An envelope cut off anywhere, or with bytes more, is refused before any key is tried."""
    data = change(w)
    for size in range(len(data)):
        with pytest.raises(BadFormat):
            parse(data[:size])
    with pytest.raises(BadFormat):
        parse(data + b"\0")


def test_an_oversized_envelope_is_too_large() -> None:
    """The bound holds before anything is unpacked."""
    with pytest.raises(TooLarge):
        parse(formats.prefix(formats.CHANGE) + bytes(envelope.MAX_ENVELOPE_BYTES + 65))


def test_a_header_in_another_spelling_is_refused() -> None:
    """The inner bytes have one spelling too."""
    row = codec.pack(header())
    longer = b"\xdc\x00\x07" + row[1:]
    with pytest.raises(BadFormat):
        parse(formats.prefix(formats.CHANGE) + codec.pack([longer, bytes(272)]) + bytes(64))


def test_the_largest_change_fits_an_envelope(w: World) -> None:
    """What may be written can be sealed and read."""
    big = b"x" * (1 << 20)
    assert opened(change(w, big)) == big


def test_nothing_unreadable_is_sealed(w: World) -> None:
    """A header that no one would take is refused at sealing, while the form is still open."""
    right = parse(change(w)).header
    for other in (
        replace(right, links=()),
        replace(right, links=right.links[::-1]),
        replace(right, links=(Link(A, 1, 2, ZERO),)),
        replace(right, expiry=202813),
    ):
        with pytest.raises(BadFormat):
            run(envelope.seal(P, w.contact.signing, Draft(other, TEXT, KEY)))


def test_the_next_names_the_one_before(w: World) -> None:
    """Numbers go up by one in each ring, with the hash of the envelope before."""
    first, second = parse(run(sealed_key(w, w.contact, KEY, rings(w)))), parse(change(w))
    assert [x.number for x in second.header.links] == [2, 2]
    assert {x.previous for x in second.header.links} == {first.id}
    assert second.header.key == first.header.key == key_id(w.contact, KEY, second.header.links)
