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
VERSION = 1


def prefix(kind: int) -> bytes:
    """The two first bytes."""
    return bytes((kind, VERSION))


def kind_of(data: bytes, *expected: int) -> int:
    """The format byte. Raises BadFormat for another format, NewerVersion for another version of it."""
    if len(data) < 2 or data[0] not in expected:
        raise BadFormat("unknown format")
    if data[1] != VERSION:
        if data[1] > VERSION:
            raise NewerVersion(f"format {data[0]} version {data[1]}")
        raise BadFormat("version 0")
    return data[0]
