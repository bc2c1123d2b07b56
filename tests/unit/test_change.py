"""Changes: written once, read back whole, and refused when they are not what a change may be."""

from dataclasses import replace

import pytest

from sync.core import change, codec
from sync.core.change import Change, Patch
from sync.core.errors import BadFormat, NewerVersion, TooLarge
from sync.core.hlc import Stamp
from tests.vectors.vector import fixed

ID = fixed("version")
PLAIN = Change(
    "visit",
    "detail",
    fixed("record", 16),
    Stamp(1_764_000_000_000, 3),
    {"note": Patch("Koffie bij mevrouw op 3 hoog", (ID,)), "gift": Patch("plant")},
    fixed("nonce", 16),
)
REMOVAL = Change("visit", "life", PLAIN.record, Stamp(5, 0), {"removed": Patch(True)}, None, (ID, fixed("other")))


@pytest.mark.parametrize(
    "c", [PLAIN, REMOVAL, Change("visit", "erase", PLAIN.record, Stamp(0, 0))], ids=lambda c: c.group
)
def test_a_change_comes_back_as_it_was(c: Change) -> None:
    """Kind, group, record, nonce, stamp, fields, replaced and seen versions survive."""
    assert change.decode(change.encode(c)) == c


def test_fields_of_a_newer_version_are_kept() -> None:
    """Unknown kinds, groups, fields and any plain value pass untouched."""
    value = {"a": [1, None, {"b": b"c"}], "d": True}
    newer = Change("moon", "phase", PLAIN.record, PLAIN.stamp, {"brand_new": Patch(value)})
    assert change.decode(change.encode(newer)) == newer


def test_field_order_does_not_matter() -> None:
    """Two equal changes have the same bytes."""
    turned = replace(PLAIN, fields=dict(reversed(list(PLAIN.fields.items()))))
    assert change.encode(turned) == change.encode(PLAIN)


def _raw(**other: object) -> bytes:
    rows = {
        "version": 1,
        "kind": "visit",
        "group": "detail",
        "record": PLAIN.record,
        "nonce": None,
        "stamp": bytes(8),
        "fields": {"note": ["x", [ID]]},
        "seen": [],
    }
    return codec.pack(list((rows | other).values()))


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"version": 2}, NewerVersion),
        ({"version": 2**40}, NewerVersion),
        ({"version": 0}, BadFormat),
        ({"version": -1}, BadFormat),
        ({"version": "1"}, BadFormat),
        ({"version": True}, BadFormat),
        ({"kind": "k" * 33}, TooLarge),
        ({"kind": None}, BadFormat),
        ({"group": "g" * 33}, TooLarge),
        ({"record": bytes(15)}, BadFormat),
        ({"record": bytes(17)}, BadFormat),
        ({"nonce": b""}, BadFormat),
        ({"nonce": bytes(17)}, BadFormat),
        ({"stamp": bytes(7)}, BadFormat),
        ({"stamp": 5}, BadFormat),
        ({"fields": []}, BadFormat),
        ({"fields": {"note": "x"}}, BadFormat),
        ({"fields": {"note": ["x"]}}, BadFormat),
        ({"fields": {"note": ["x", [ID], 1]}}, BadFormat),
        ({"fields": {"note": ["x", [ID[:31]]]}}, BadFormat),
        ({"fields": {"note": ["x", [ID] * 257]}}, TooLarge),
        ({"fields": {"n" * 65: ["x", []]}}, TooLarge),
        ({"fields": {f"n{i}": ["x", []] for i in range(65)}}, TooLarge),
        ({"seen": [ID] * 4097}, TooLarge),
        ({"seen": [b""]}, BadFormat),
        ({"seen": None}, BadFormat),
        ({"extra": 1}, BadFormat),
    ],
    ids=lambda x: next(iter(x)) if isinstance(x, dict) else x.code,
)
def test_anything_else_is_refused(other: dict[str, object], error: type[Exception]) -> None:
    """Each wrong part is refused with its own error; the control is accepted."""
    assert change.decode(_raw())
    with pytest.raises(error):
        change.decode(_raw(**other))


def test_a_change_over_a_mebibyte_is_too_large() -> None:
    """The bound holds for the whole, at reading and at writing."""
    big = Change("visit", "detail", PLAIN.record, PLAIN.stamp, {"note": Patch("x" * change.MAX_PLAIN_BYTES)})
    with pytest.raises(TooLarge):
        change.encode(big)
    with pytest.raises(TooLarge):
        change.decode(bytes(change.MAX_PLAIN_BYTES + 1))


@pytest.mark.parametrize(
    "c",
    [
        replace(PLAIN, record=b"short"),
        replace(PLAIN, kind="k" * 33),
        replace(PLAIN, fields={"price": Patch(1.5)}),
        replace(PLAIN, fields={"note": Patch("x", (ID,) * 257)}),
        replace(PLAIN, fields={"note": Patch("\ud83d")}),
        replace(PLAIN, seen=(ID,) * 4097),
    ],
)
def test_what_no_reader_would_take_is_never_written(c: Change) -> None:
    """Encoding refuses at once, while the text is still on the screen, what could not be read back."""
    with pytest.raises((BadFormat, TooLarge)):
        change.encode(c)


def test_ten_thousand_characters_of_note_are_fine() -> None:
    """A very long note fits, in any script."""
    long = replace(PLAIN, fields={"note": Patch("é漢🙂" * 10_000)})
    assert change.decode(change.encode(long)) == long
