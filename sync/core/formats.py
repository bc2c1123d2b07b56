"""First bytes of everything signed: a format byte, then a version byte. docs/protocol.md, "First bytes".

Every message a key ever signs starts with its own format byte, so that no signature can be taken for another's.
"""

from sync.core.errors import BadFormat, NewerVersion

CHANGE = 0x01
SENDER_KEY = 0x02
ROLL_ENTRY = 0x03
DIRECTORY = 0x04
INVITATION = 0x05
SESSION = 0x06
PROOF = 0x07
SHEET = 0x08
STUB = 0x09  # what is left of a change: signed as that change was
CARER_LINK = 0x0A
CARER_REQUEST = 0x0B
FRAME = 0x0C  # one QR code of a series (sync.core.frames)
CARRIED = 0x0D  # what such a series carries (sync.core.bundle)
STORY_CHECK = 0x0E  # what each of two coordinators signs for a story
STORY_LIST = 0x0F  # the stories that are published (sync.core.stories)
STORY_SHEET = 0x10  # the words of one
VERSION = 1
_later = {CHANGE: 2, SENDER_KEY: 2, DIRECTORY: 2}


def version_of(kind: int) -> int:
    """The version that is written: 2 for the directory, of which 1 had fewer fields and was never in use, and for
    envelopes, of which 1 is still read (sync.core.envelope).
    """
    return _later.get(kind, VERSION)


def prefix(kind: int) -> bytes:
    """The two first bytes."""
    return bytes((kind, version_of(kind)))


def kind_of(data: bytes, *expected: int) -> int:
    """The format byte. Raises BadFormat for another format, NewerVersion for another version of it."""
    if len(data) < 2 or data[0] not in expected:
        raise BadFormat("unknown format")
    if data[1] != version_of(data[0]):
        if data[1] > version_of(data[0]):
            raise NewerVersion(f"format {data[0]} version {data[1]}")
        raise BadFormat(f"version {data[1]}")
    return data[0]
