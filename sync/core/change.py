"""A change: an immutable patch of some fields of one record, naming the versions it replaces.

A version is named by the id of the envelope that carried it. `nonce` stands in the change that creates the
record (and in each part of it that is sealed apart, such as count and detail of a visit), so that every
reader can check that the record belongs to the author. docs/protocol.md, "Change".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core import codec
from sync.core.errors import NewerVersion
from sync.core.hlc import STAMP_BYTES, Stamp
from sync.core.ids import HASH_BYTES, ID_BYTES

VERSION = 1
MAX_FIELDS = 64
MAX_REPLACED = 256
MAX_SEEN = 4096
MAX_PLAIN_BYTES = 1 << 20

LIFE = "life"  # group of the one field `removed`
ERASE = "erase"  # group without fields: the record is gone for good
REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Patch:
    """A field's new value and the versions (envelope ids) that it replaces."""

    value: Any
    replaces: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What one envelope says. `seen` names, for a removal, every version it knew of."""

    kind: str
    group: str
    record: bytes
    stamp: Stamp
    fields: Mapping[str, Patch] = field(default_factory=dict)
    nonce: bytes | None = None
    seen: tuple[bytes, ...] = ()


_ids = codec.items(codec.blob(HASH_BYTES), MAX_REPLACED)
_shape = codec.row(
    codec.whole(1, 2**16),
    codec.text(32),
    codec.text(32),
    codec.blob(ID_BYTES),
    codec.maybe(codec.blob(ID_BYTES)),
    codec.blob(STAMP_BYTES),
    codec.mapping(codec.row(codec.anything, _ids), MAX_FIELDS),
    codec.items(codec.blob(HASH_BYTES), MAX_SEEN),
)


def encode(change: Change) -> bytes:
    """The plaintext of an envelope, before padding.

    Raises BadFormat or TooLarge instead of writing what `decode` would not read.
    """
    data = codec.pack(
        [
            VERSION,
            change.kind,
            change.group,
            change.record,
            change.nonce,
            change.stamp.to_bytes(),
            {name: [p.value, p.replaces] for name, p in change.fields.items()},
            change.seen,
        ]
    )
    decode(data)
    return data


def decode(data: bytes) -> Change:
    """Read a plaintext. Raises BadFormat, TooLarge, or NewerVersion for one to keep until the update."""
    value = codec.unpack(data, MAX_PLAIN_BYTES)
    if isinstance(value, list) and value and isinstance(value[0], int) and value[0] > VERSION:
        raise NewerVersion(f"change {value[0]}")
    _, kind, group, record, nonce, stamp, fields, seen = _shape(value)
    patches = {name: Patch(v, replaces) for name, (v, replaces) in fields.items()}
    return Change(kind, group, record, Stamp.from_bytes(stamp), patches, nonce, seen)
