"""Frames of a series, whatever is lost, repeated or made up: exactly the bytes that were shown, or nothing."""

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import bundle, formats, frames
from sync.core.bundle import Bundle
from sync.core.errors import BadFormat, StraatError, TooLarge
from sync.core.frames import Collector, Series, from_text, parse, to_text
from sync.core.ids import digest

contents = st.binary(min_size=1, max_size=3_000)
blocks = st.integers(min_value=16, max_value=700)


@given(contents, blocks, st.randoms(use_true_random=False), st.floats(0, 0.6))
def test_in_any_order_with_any_loss_and_repetition_the_bytes_come_out(
    content: bytes, most: int, luck: random.Random, lost: float
) -> None:
    """Numbers in any order, most of them lost, each seen a few times: a few more than there are blocks is enough."""
    series, seen = Series(content, most), Collector()
    order = list(range(4 * series.blocks + 40))
    luck.shuffle(order)
    kept = [number for number in order if luck.random() >= lost]
    needed = 0
    for number in kept:
        if seen.content is None:
            needed += 1
        for _ in range(luck.randrange(1, 3)):
            seen.add(parse(from_text(to_text(series.frame(number)))))
    assert (seen.content, seen.broken, seen.seen) == (content, 0, series.blocks)
    assert needed <= series.blocks + 25


@given(contents, blocks)
def test_one_turn_without_a_miss_is_enough_and_one_missed_frame_costs_few(content: bytes, most: int) -> None:
    """The blocks come first, each frame telling something new; after any one miss a few parities do."""
    series = Series(content, most)
    seen = Collector()
    assert all(seen.add(parse(series.frame(n))) for n in range(series.blocks))
    assert seen.content == content
    missed = Collector()
    for n in range(1, series.blocks):
        missed.add(parse(series.frame(n)))
    extra = 0
    while missed.content is None:
        missed.add(parse(series.frame(series.blocks + extra)))
        extra += 1
    assert missed.content == content
    assert extra <= 25


@settings(max_examples=60)
@given(contents, blocks, st.data())
def test_a_hostile_frame_gives_an_error_or_nothing_never_other_bytes(
    content: bytes, most: int, data: st.DataObject
) -> None:
    """Bits flipped, cut off, made up with a right check: what comes out in the end is the bytes, or it begins anew."""
    series, seen = Series(content, most), Collector()
    for n in range(series.blocks + 30):
        good = series.frame(n)
        kind = data.draw(st.sampled_from(("good", "good", "flip", "cut", "lie", "junk")))
        if kind == "flip":
            at = data.draw(st.integers(0, len(good) - 1))
            bad = good[:at] + bytes((good[at] ^ 1 << data.draw(st.integers(0, 7)),)) + good[at + 1 :]
        elif kind == "cut":
            bad = good[: data.draw(st.integers(0, len(good) - 1))]
        elif kind == "lie":
            bad = rechecked(
                good[:13] + data.draw(st.binary(min_size=2, max_size=2)) + data.draw(st.binary(max_size=40))
            )
        else:
            bad = data.draw(st.binary(max_size=80))
        for one in (bad, good) if kind != "good" else (good,):
            try:
                seen.add(parse(one))
            except StraatError:
                assert one is not good
        assert seen.content in (None, content) or frames._name(seen.content) != series.name
        assert len(seen._rows) <= frames.MAX_BLOCKS


def rechecked(said: bytes) -> bytes:
    """A frame with a check that fits."""
    return said + digest("frame", said)[: frames.CHECK_BYTES]


def test_two_frames_that_contradict_each_other_begin_anew_and_the_bytes_still_come() -> None:
    """Somebody held up a lie of the same series: the right frames win in the next turn."""
    content = bytes(range(200))
    series, seen = Series(content, 50), Collector()
    lie = parse(rechecked(series.frame(0)[: -frames.CHECK_BYTES - 1] + b"!"))
    seen.add(lie)
    for n in range(2 * series.blocks):
        seen.add(parse(series.frame(n % series.blocks)))
    assert (seen.content, seen.broken) == (content, 1)


def test_another_series_takes_the_place_of_the_one_before() -> None:
    """The other phone shows something else: no memory is kept of what was begun."""
    one, two = Series(bytes(500), 50), Series(bytes([1]) * 500, 50)
    seen = Collector()
    for n in range(one.blocks - 1):
        seen.add(parse(one.frame(n)))
    for n in range(two.blocks):
        seen.add(parse(two.frame(n)))
    assert seen.content == bytes([1]) * 500


def test_what_is_too_large_is_neither_shown_nor_collected() -> None:
    """A bound on the bytes, on the blocks and on a frame; a frame that claims more is refused at once."""
    with pytest.raises(TooLarge):
        Series(bytes(frames.MAX_CONTENT_BYTES + 1), 600)
    with pytest.raises(TooLarge):
        Series(bytes(frames.MAX_CONTENT_BYTES), 16)
    with pytest.raises(BadFormat):
        Series(b"", 600)
    head = formats.prefix(formats.FRAME) + bytes(8)
    for size, block in ((frames.MAX_CONTENT_BYTES + 1, 600), (frames.MAX_CONTENT_BYTES, 16), (0, 16)):
        with pytest.raises(TooLarge):
            parse(rechecked(head + size.to_bytes(3, "big") + bytes(2) + bytes(block)))
    with pytest.raises(TooLarge):
        from_text("0" * 5_000)


@given(st.binary(max_size=60))
def test_base45_gives_back_the_bytes_and_takes_no_other_spelling(data: bytes) -> None:
    """As RFC 9285 has it."""
    assert from_text(to_text(data)) == data
    assert to_text(b"Hello!!") == "%69 VD92EX0"
    assert to_text(b"base-45") == "UJCLQE7W581"
    for wrong in ("a", "A", "GGW", "::", "AB,", ":::"):
        with pytest.raises(BadFormat):
            from_text(wrong)


envelopes = st.lists(st.binary(max_size=300), max_size=8).map(tuple)
have = st.dictionaries(st.binary(min_size=8, max_size=8), st.integers(1, 2**48), max_size=5)


@given(st.binary(min_size=16, max_size=16), have, envelopes)
def test_a_bundle_gives_back_every_byte_of_its_envelopes(
    ring: bytes, have: dict[bytes, int], some: tuple[bytes, ...]
) -> None:
    """Also of those that begin alike."""
    alike = tuple(b"the same beginning of all" + one for one in some)
    for each in (some, alike):
        made = Bundle(ring, have, each)
        assert bundle.parse(bundle.encode(made)) == made


@given(envelopes, st.integers(60, 2_000))
def test_a_bundle_keeps_to_its_room(some: tuple[bytes, ...], most: int) -> None:
    """As many of the first as fit, and never more."""
    made = bundle.fitting(bytes(16), {}, some, most)
    assert made.envelopes == some[: len(made.envelopes)]
    assert len(bundle.encode(made)) <= most
    if len(made.envelopes) < len(some):
        more = replace(made, envelopes=some[: len(made.envelopes) + 1])
        assert len(bundle.encode(more)) > most - 10 * (len(more.envelopes) + 1)


@given(st.binary(max_size=200), st.binary(min_size=16, max_size=16))
def test_any_bytes_as_a_bundle_are_an_error_or_a_bundle(junk: bytes, ring: bytes) -> None:
    """Nothing else, whatever they are."""
    real = bundle.encode(Bundle(ring, {b"deviceid": 3}, (b"x" * 30, b"x" * 20 + b"y")))
    for data in (junk, formats.prefix(formats.CARRIED) + junk, real[: len(junk)], real + junk):
        try:
            assert bundle.encode(bundle.parse(data)) == data
        except StraatError:
            continue


def test_a_small_bundle_can_not_unfold_into_a_large_one() -> None:
    """Each envelope the whole of the one before: bounded in number and in bytes."""
    whole = b"x" * bundle.MAX_ONE_BYTES
    with pytest.raises(TooLarge):
        bundle.encode(Bundle(bytes(16), {}, (whole,) * 200))
    with pytest.raises(TooLarge):
        bundle.encode(Bundle(bytes(16), {}, (b"x" * (bundle.MAX_ONE_BYTES + 1),)))
