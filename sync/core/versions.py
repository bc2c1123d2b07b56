"""Protocol versions: which ones each side speaks, how they settle on one, and what a new format means to the old.

The number of a protocol version stands for the messages of sync.core.wire: their paths, bodies, and what they mean.
Each side says the range that it speaks in a header, on every request and on every answer; the highest that both
speak is the one that counts, and without a common one nothing is exchanged and nothing is lost. Bytes that devices
sign have version bytes of their own (sync.core.formats): FORMATS says which of these travel without a new protocol.
docs/protocol.md, "Versions".
"""

from typing import NamedTuple

from sync.core import formats
from sync.core.errors import BadFormat, NewerVersion, ServerBehind, UpdateNeeded

HEADER = "Straatcontact-Protocol"
UPDATE_HELPS = (UpdateNeeded.code, NewerVersion.code)  # the troubles of a device that end with its own update
HIGHEST = 9999


class Range(NamedTuple):
    """The protocol versions from low to high, both included."""

    low: int
    high: int

    def __str__(self) -> str:
        """As in the header: 1-3."""
        return f"{self.low}-{self.high}"


DEVICE = Range(1, 1)  # what this app speaks
SERVER = Range(1, 1)  # what this server speaks; `low` rises only when no phone of the last two years needs it
SILENT = Range(1, 1)  # what whoever says nothing speaks: the apps and servers from before this header


def read(said: str | None) -> Range:
    """The range in a header; SILENT without one. Raises BadFormat for anything else than 1-3 and its like."""
    if said is None:
        return SILENT
    low, dash, high = said.partition("-")
    numbers = [int(n) for n in (low, high) if n.isascii() and n.isdecimal() and len(n) <= 4 and n[0] != "0"]
    if not dash or len(numbers) != 2 or numbers[0] > numbers[1]:
        raise BadFormat("protocol versions")
    return Range(*numbers)


def agreed(device: Range, server: Range) -> int:
    """The version that counts between these two: the highest that both speak.

    Raises UpdateNeeded where the device knows only older ones, ServerBehind where the server does.
    """
    if device.high < server.low:
        raise UpdateNeeded(f"speaks {device}, the server {server}")
    if server.high < device.low:
        raise ServerBehind(f"speaks {server}, the device {device}")
    return min(device.high, server.high)


def heard(said: str | None) -> int:
    """What a device settles on after an answer with this header. Raises UpdateNeeded or ServerBehind.

    What is no range is as good as nothing said: a server can be as wrong as it likes.
    """
    try:
        theirs = read(said)
    except BadFormat:
        theirs = SILENT
    return agreed(DEVICE, theirs)


class Newer(NamedTuple):
    """What a higher version byte of a format means to those who don't know it yet."""

    device: str  # an older app that meets it
    server: str  # an older server that is given it
    negotiated: bool  # whether it needs a new protocol version besides


_kept = "kept aside as newer_version and read after the update; all else goes on"
_pasted = "newer_version: whoever opens it is asked to update, nothing is changed"
_unread = "never sees it"
_queued = "outcome newer_version: it stays in the device's queue (server_behind) until the server is updated"
_refused = "newer_version: nothing is changed"

FORMATS = {
    formats.CHANGE: Newer(_kept, _queued, False),
    formats.SENDER_KEY: Newer(_kept, _queued, False),
    formats.STUB: Newer(_kept, _queued, False),
    formats.ROLL_ENTRY: Newer("the roll ends there until the update; notes still come and go", _refused, False),
    formats.DIRECTORY: Newer("the edition before it stays on the screens", _refused, False),
    formats.INVITATION: Newer(_pasted, _unread, False),
    formats.SESSION: Newer(_unread, "the signature does not hold: nobody gets in", True),
    formats.PROOF: Newer("the entry does not hold: the roll ends there", "the entry is refused", True),
    formats.SHEET: Newer(_pasted, _unread, False),
    formats.CARER_LINK: Newer(_pasted, _unread, False),
    formats.CARER_REQUEST: Newer(_pasted, _unread, False),
    formats.FRAME: Newer(_pasted, _unread, False),
    formats.CARRIED: Newer(_pasted, _unread, False),
    formats.STORY_CHECK: Newer("its signature does not hold: the list before it stays", _refused, False),
    formats.STORY_LIST: Newer("the list before it stays on the screens", _refused, False),
    formats.STORY_SHEET: Newer("the story is shown to nobody until the update", _refused, False),
}
