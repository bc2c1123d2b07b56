"""Messages between device and server: MessagePack bodies under /v1, each with its bounds.

One row a message: what is sent, what comes back. docs/protocol.md, "Wire".
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sync.core import codec, formats, versions
from sync.core.envelope import MAX_ENVELOPE_BYTES
from sync.core.errors import BadFormat, StraatError, from_code
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.ports import SIGNATURE_BYTES, Reply
from sync.core.roll_entry import MAX_ENTRY_BYTES
from sync.core.stories import MAX_LIST_BYTES, MAX_STORIES

Item = TypeVar("Item")
MEDIA_TYPE = "application/msgpack"
MAX_BODY_BYTES = 8 << 20
MAX_PUSH = 200
MAX_PULL_RINGS = 64
MAX_PULL_BYTES = 4 << 20
SMALL_PULL_BYTES = 32 << 10  # of a page for whose line breaks off before a whole one is through
CHALLENGE_BYTES = 32
STORED, DUPLICATE = "stored", "duplicate"  # outcomes of a push; any other outcome is an error code

_org = codec.named("organisation", codec.blob(HASH_BYTES))
_device, _ring = codec.named("device", codec.blob(ID_BYTES)), codec.named("ring", codec.blob(ID_BYTES))
_hash, _id = codec.named("head", codec.blob(HASH_BYTES)), codec.named("envelope id", codec.blob(HASH_BYTES))
_announced, _sheet = codec.named("announced", codec.blob(HASH_BYTES)), codec.named("sheet", codec.blob(ID_BYTES))
_seq, _millis = codec.named("sequence", codec.whole(0, 2**63 - 1)), codec.named("millis", codec.whole(0, 2**48))
_nonce = codec.named("nonce", codec.blob(CHALLENGE_BYTES))
_signature = codec.named("signature", codec.blob(SIGNATURE_BYTES))
_count, _day = codec.named("number known", codec.whole(0, 2**32)), codec.named("day since 1970", codec.whole(0, 2**32))
_entry = codec.named("roll entry", codec.blob_up_to(MAX_ENTRY_BYTES))
_envelope = codec.named("envelope", codec.blob_up_to(MAX_ENVELOPE_BYTES))

# POST /v1/challenge: [organisation, device] → [nonce, server time]
CHALLENGE = codec.row(_org, _device)
CHALLENGED = codec.row(_nonce, _millis)
# POST /v1/token: [organisation, device, nonce, signature over session_bytes] → [token, expires, incarnation]
TOKEN = codec.row(_org, _device, _nonce, _signature)
TOKENED = codec.row(codec.named("token", codec.text(64)), _millis, codec.named("incarnation", codec.blob(ID_BYTES)))
# POST /v1/push: [envelope, …] → [[id, outcome], …] in the same order
# Not bounded one by one here: an envelope that is too large gets its own outcome and does not hold up the rest.
PUSH = codec.items(codec.named("envelope", codec.blob_up_to(MAX_BODY_BYTES)), MAX_PUSH)
PUSHED = codec.items(codec.row(_id, codec.named("outcome of a push", codec.text(40))), MAX_PUSH)
# POST /v1/erase: [envelope id, …] → [[id, "overwritten" or an error code], …] in the same order
MAX_ERASE = 500
OVERWRITTEN = "overwritten"
ERASE = codec.items(_id, MAX_ERASE)
ERASED = codec.items(codec.row(_id, codec.named("outcome of erasing", codec.text(40))), MAX_ERASE)
# POST /v1/pull: [[ring, after], …] → [[ring, [[seq, envelope], …], more], …]
PULL = codec.items(codec.row(_ring, _seq), MAX_PULL_RINGS)
PULLED = codec.items(codec.row(_ring, codec.items(codec.row(_seq, _envelope), 10_000), codec.truth), MAX_PULL_RINGS)
# POST /v1/roll: after (number of entries known) → [entry, …]
ROLL_AFTER = _count
ROLL = codec.items(_entry, 1000)
# POST /v1/roll/append: [expected head, entry] → [head]; roll_moved when the head is another
APPEND = codec.row(_hash, _entry)
APPENDED = codec.row(_hash)
# POST /v1/roll/offer: [entry, …] that a server put back from a backup may lack → [number of entries it has now]
MAX_OFFER = 200
OFFER = codec.items(_entry, MAX_OFFER)
OFFERED = codec.row(_count)
# POST /v1/roll/confirm: [head] → [confirmed, devices heard, devices awaited, unknown heads that were named]
CONFIRM = codec.row(_hash)
_devices = codec.named("number of devices", codec.whole(0, 2**32))
CONFIRMED = codec.row(codec.truth, _devices, _devices, codec.named("number of heads", codec.whole(0, 2**32)))
# POST /v1/enrol/again: [expected head, entry] → [head]; for a device whose entry was lost with the server
# POST /v1/enrol/offer: OFFER, up to the entry with which a device joined → [number of these that it has now]
# POST /v1/enrol/roll: [announced, after] → [entry, …]; POST /v1/enrol: [expected head, entry] → [head]
ENROL_ROLL = codec.row(_announced, _count)
# POST /v1/recover/roll: [sheet, after] → [entry, …]
RECOVER_ROLL = codec.row(_sheet, _count)
# POST /v1/devices: nothing → [[device, day since 1970 on which it was last here], …], for coordinators
NOTHING = codec.row()
DEVICES = codec.items(codec.row(_device, _day), 100_000)
# POST /v1/directory: [organisation, number known] → edition bytes above that or b""
# POST /v1/directory/earlier: [organisation, number] → edition bytes of that number or b""
# POST /v1/directory/publish: edition → b""
DIRECTORY = codec.row(_org, _count)
# POST /v1/stories: [organisation, number known] → [number of the newest list, its bytes if above that or b"", [secret of
# a story on it that was stopped, …]]; POST /v1/stories/publish: list → [hash of a part that is lacking, …]
# POST /v1/stories/part: [organisation, hash] → a sheet's or photo's bytes or b""; POST /v1/stories/deliver: part → b""
# POST /v1/stories/stop: [organisation, secret] → b""
STORIES = codec.row(
    codec.named("number of a list", codec.whole(0, 2**32)),
    codec.named("story list", codec.blob_up_to(MAX_LIST_BYTES + SIGNATURE_BYTES + 2)),
    codec.items(codec.named("story secret", codec.blob(ID_BYTES)), MAX_STORIES),
)
LACKING = codec.items(codec.named("story part", codec.blob(HASH_BYTES)), 2 * MAX_STORIES)
PART = codec.row(_org, codec.named("story part", codec.blob(HASH_BYTES)))
STOP = codec.row(_org, codec.named("story secret", codec.blob(ID_BYTES)))


def fitting(items: Sequence[Item], most: int, size: Callable[[Item], int]) -> Sequence[Item]:
    """As many of the first items as have at most this size together; one at least, where there are any."""
    total = 0
    for count, item in enumerate(items):
        total += size(item)
        if count and total > most:
            return items[:count]
    return items


def session_bytes(organisation: bytes, device: bytes, nonce: bytes) -> bytes:
    """What a device signs to get a token."""
    return formats.prefix(formats.SESSION) + codec.pack([organisation, device, nonce])


def encode(value: Any) -> bytes:
    """A body."""
    return codec.pack(value)


def decode(shape: codec.Shape, body: bytes) -> Any:
    """Check a body. Raises BadFormat or TooLarge."""
    return codec.checked(shape, body, MAX_BODY_BYTES)


def accepted(reply: Reply) -> bytes:
    """The body of an answer that is one. Raises what else the server said; UpdateNeeded or ServerBehind where there is
    no protocol version in common, whatever it said (sync.core.versions).
    """
    versions.heard(reply.speaks)
    if reply.status != 200:
        raise decode_error(reply.body)
    return reply.body


ERROR = codec.row(codec.named("error code", codec.text(40)), codec.named("detail", codec.text(400)))


def encode_error(error: StraatError) -> bytes:
    """[code, detail]: no content, no trace."""
    return codec.pack([error.code, error.detail[:400]])


def decode_error(body: bytes) -> StraatError:
    """The error a body stands for; a body that can't be read is an error too."""
    try:
        code, detail = codec.checked(ERROR, body, 4096)
    except StraatError:
        return BadFormat("error body")
    return from_code(code, detail)
