"""A tampered roll or envelope is never taken, wherever the byte is, and by whomever it is altered."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import envelope
from sync.core.errors import StraatError
from sync.core.roll import Roll
from sync.core.roll_entry import parse
from tests.support.core_world import P, World, founded, resigned, run, sealed_change, sealed_key
from tests.vectors.vector import fixed

common = settings(max_examples=150, deadline=None)
KEY = fixed("content key")


@dataclass(frozen=True, slots=True)
class Sent:
    """A world and two envelopes of its contact person."""

    w: World
    key: bytes
    change: bytes


def _sent() -> Sent:
    w = run(founded())
    rings = [w.contact.own_ring, w.coordinators_ring]
    return Sent(w, run(sealed_key(w, w.contact, KEY, rings)), run(sealed_change(w, w.contact, KEY, rings, b"koffie")))


SENT = _sent()
ENTRIES = SENT.w.roll.entries


def altered(data: st.DataObject, good: bytes) -> bytes:
    """The same length or not, but never the same bytes."""
    place = data.draw(st.integers(0, len(good) - 1))
    how = data.draw(st.sampled_from(("flip", "cut", "insert", "swap")))
    if how == "cut":
        return good[:place] + good[place + 1 :]
    if how == "insert":
        return good[:place] + data.draw(st.binary(min_size=1, max_size=3)) + good[place:]
    if how == "swap":
        other = data.draw(st.integers(0, len(good) - 1))
        low, high = sorted((place, other))
        swapped = good[:low] + good[high : high + 1] + good[low + 1 : high] + good[low : low + 1] + good[high + 1 :]
        if low != high and swapped != good:
            return swapped
    return good[:place] + bytes((good[place] ^ data.draw(st.integers(1, 255)),)) + good[place + 1 :]


@common
@given(st.integers(0, len(ENTRIES) - 1), st.data())
def test_no_altered_entry_joins_the_roll(place: int, data: st.DataObject) -> None:
    """Whatever byte of whichever entry is altered: refused, and the roll before it is as it was."""
    roll = Roll()
    run(roll.extend(P, ENTRIES[:place]))
    bad = altered(data, ENTRIES[place])
    if bad == ENTRIES[place]:
        return
    with pytest.raises(StraatError):
        run(roll.extend(P, [bad]))
    assert roll.entries == ENTRIES[:place]
    run(roll.extend(P, ENTRIES[place:]))
    assert roll.state == SENT.w.state


@common
@given(st.permutations(range(len(ENTRIES))), st.integers(1, len(ENTRIES)))
def test_only_the_true_order_is_a_roll(order: list[int], count: int) -> None:
    """Entries left out, turned round or doubled are never taken for the roll."""
    chosen = [ENTRIES[i] for i in order[:count]]
    roll = Roll()
    if chosen == ENTRIES[:count]:
        run(roll.extend(P, chosen))
        return
    with pytest.raises(StraatError):
        run(roll.extend(P, chosen))
    assert roll.entries == []


@common
@given(st.booleans(), st.data())
def test_no_altered_envelope_is_taken(change: bool, data: st.DataObject) -> None:
    """Refused as bytes, or its signature does not hold."""
    good = SENT.change if change else SENT.key
    bad = altered(data, good)
    if bad == good:
        return
    try:
        e = envelope.parse(bad)
    except StraatError:
        return
    assert run(envelope.verify(P, [(e, SENT.w.contact.signing.public)])) == [False]
    assert e.id != envelope.parse(good).id


@common
@given(st.data())
def test_its_own_author_cannot_alter_a_sealed_change_unseen(data: st.DataObject) -> None:
    """Signed anew after altering a byte: it has another id, and opens for no one or not at all."""
    good = SENT.change[:-64]
    bad = resigned(SENT.w.contact, altered(data, good))
    if bad == SENT.change:
        return
    try:
        e = envelope.parse(bad)
    except StraatError:
        return
    assert run(envelope.verify(P, [(e, SENT.w.contact.signing.public)])) == [True]
    assert e.id != envelope.parse(SENT.change).id
    [plain] = run(envelope.open_many(P, [(e, KEY)]))
    assert isinstance(plain, StraatError)


@common
@given(st.integers(1, len(ENTRIES) - 1))
def test_a_signature_is_good_for_one_entry(place: int) -> None:
    """The signature of one entry under another's bytes is refused, among all of them."""
    for other in ENTRIES:
        mixed = ENTRIES[place][:-64] + other[-64:]
        if mixed == ENTRIES[place]:
            continue
        roll = Roll()
        run(roll.extend(P, ENTRIES[:place]))
        with pytest.raises(StraatError):
            run(roll.extend(P, [mixed]))
        assert parse(mixed).hash != parse(ENTRIES[place]).hash
