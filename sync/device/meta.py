"""The named values in the log, each with its own spelling: chains, clock, cursors, age of what is unsent, doubts."""

from collections.abc import Iterable

from sync.core import codec
from sync.core.hlc import STAMP_BYTES, ZERO, Stamp
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.ports import Log, Random

CHAINS = "chains"
CLOCK = "clock"
UNSENT_SINCE = "unsent since"
LAST_SYNC = "last sync"
INCARNATION = "incarnation"
ROLL_OWED = "roll owed"  # the server may lack a part of the roll that has not been given back yet
PUT_BACK, FIRST_TIME = b"\1", b"\2"  # why: it said that it was put back; this device has never been there before
UNCONFIRMED = "unconfirmed"  # the server was put back: whether its roll was confirmed since is to be asked
CURSORS = "cursors"
LOOKED_AGAIN = "looked again"  # when everything was last pulled from the beginning for want of something
SERVER_TIME = "server time"  # the latest that a server said, in milliseconds
PASSED = "passed"  # the latest moment that this device's clock and a server's have both been at
ORDERS = "erase orders"  # ids of envelopes that the server has yet to overwrite
UNNAMED = "unnamed"  # what was dropped because its record is erased, and which no erasing change names yet
FORK = "fork"
DROPPED = "dropped roll"  # what this device knew of the roll and is on it no more (sync.device.begun_again)
RESEAL = "reseal"  # what this device wrote on that is still to be sealed anew
BEGUN_AGAIN = "begun again"  # that it is so has not been put away by a person yet
MOVED = "moved"  # the roll entry of the last move that this device has acted on
MOVED_COUNT = "moved count"  # how many envelopes went with it, until that has been said
MENDED = "mended"  # when what can't follow was last sealed anew (sync.device.rechain)
MENDED_COUNT = "mended count"  # how often
SPENT = "spent drafts"  # hashes of the drafts that the last act has made into a record: they are no drafts any more
CARRIED = "carried"  # ids of what other phones showed this one, and no server is known to have
REVISION = "revision"  # counts what happened to envelopes that were in the log already; kept by the log itself
IDENTITY = "identity"  # the log's own random name

_chains = codec.items(codec.row(codec.blob(ID_BYTES), codec.whole(0, 2**48), codec.blob(HASH_BYTES)), 100_000)
_cursors = codec.items(codec.row(codec.blob(ID_BYTES), codec.whole(0, 2**63 - 1)), 100_000)
_dropped = codec.row(codec.whole(1, 2**32), codec.items(codec.blob_up_to(1 << 20), 100_000))
_ids = codec.items(codec.blob(HASH_BYTES), 1_000_000)
_LIMIT = 64 << 20

Chains = dict[bytes, tuple[int, bytes]]  # ring → (last number, hash of the envelope that had it)


def read_chains(log: Log) -> Chains:
    """This device's own place in each ring."""
    data = log.get(CHAINS)
    return {r: (n, h) for r, n, h in codec.checked(_chains, data, _LIMIT)} if data else {}


def chains_bytes(chains: Chains) -> bytes:
    """The spelling that `read_chains` reads."""
    return codec.pack([[r, n, h] for r, (n, h) in sorted(chains.items())])


def identity(log: Log, random: Random) -> bytes:
    """The log's own random name, made when first asked for. Raises DiskFull."""
    name = log.get(IDENTITY)
    if name is None:
        name = random.bytes(ID_BYTES)
        log.put({IDENTITY: name})
    return name


def read_clock(log: Log) -> Stamp:
    """The last stamp given or followed."""
    data = log.get(CLOCK)
    return Stamp.from_bytes(data) if data and len(data) == STAMP_BYTES else ZERO


def read_cursors(log: Log) -> dict[bytes, int]:
    """How far each ring has been pulled."""
    data = log.get(CURSORS)
    return dict(codec.checked(_cursors, data, _LIMIT)) if data else {}


def cursors_bytes(cursors: dict[bytes, int]) -> bytes:
    """The spelling that `read_cursors` reads."""
    return codec.pack([[r, n] for r, n in sorted(cursors.items())])


def read_ids(log: Log, key: str) -> list[bytes]:
    """A list of envelope ids."""
    data = log.get(key)
    return list(codec.checked(_ids, data, _LIMIT)) if data else []


def ids_bytes(ids: Iterable[bytes]) -> bytes:
    """The spelling that `read_ids` reads: each once, in order."""
    return codec.pack(list(dict.fromkeys(ids)))


def read_dropped(log: Log) -> tuple[int, list[bytes]]:
    """How many entries stand before what was dropped of the roll, and what was."""
    data = log.get(DROPPED)
    if not data:
        return 0, []
    kept, entries = codec.checked(_dropped, data, _LIMIT)
    return kept, list(entries)


def dropped_bytes(kept: int, entries: Iterable[bytes]) -> bytes:
    """The spelling that `read_dropped` reads."""
    return codec.pack([kept, list(entries)])


def read_int(log: Log, key: str) -> int | None:
    """A number, or None."""
    data = log.get(key)
    return int.from_bytes(data, "big") if data else None


def int_bytes(value: int) -> bytes:
    """The spelling that `read_int` reads."""
    return value.to_bytes(8, "big")
