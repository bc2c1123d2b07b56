"""The hash list of a build: every file by name, size and SHA-256, and the headers that belong with them.

One text, the same for every build of one commit, so that it can be published where the site's own host has no say
and compared by `straatcontact verify-build`. Lines, names in rising order:

    straatcontact 1 <version>
    header <name>: <value>
    file <SHA-256, hex> <bytes> <name>
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sync.core.errors import BadFormat, NewerVersion, TooLarge

NAME = "hashes.txt"
MAX_LIST_CHARACTERS = 1 << 20
MAX_FILE_BYTES = 64 << 20
_FIRST = re.compile(r"straatcontact (\d{1,9}) ([0-9a-f]{16})")
_HEADER = re.compile(r"header ([A-Za-z-]{1,64}): ([ -~]{1,2000})")
_FILE = re.compile(r"file ([0-9a-f]{64}) (\d{1,9}) ((?!/)(?!.*\.\.)[A-Za-z0-9._/-]{1,200})")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file has to be, unpacked: its SHA-256 in hex and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Published:
    """One build as published."""

    version: str
    headers: Mapping[str, str]
    files: Mapping[str, Facts]

    def to_text(self) -> str:
        """The list."""
        lines = [f"straatcontact 1 {self.version}"]
        lines += [f"header {name}: {value}" for name, value in sorted(self.headers.items())]
        lines += [f"file {facts.sha256} {facts.size} {name}" for name, facts in sorted(self.files.items())]
        return "\n".join(lines) + "\n"


def of(version: str, files: Mapping[str, bytes], headers: Mapping[str, str]) -> Published:
    """What there is to publish of one build."""
    facts = {name: Facts(hashlib.sha256(data).hexdigest(), len(data)) for name, data in files.items()}
    return Published(version, headers, facts)


def read(text: str) -> Published:
    """Read a list. Raises TooLarge, NewerVersion, or BadFormat for anything that `to_text` would not have written."""
    if len(text) > MAX_LIST_CHARACTERS:
        raise TooLarge("hash list")
    first, *lines = text.split("\n")
    found = _FIRST.fullmatch(first)
    if not found:
        raise BadFormat("not the hash list of a build")
    if int(found[1]) > 1:
        raise NewerVersion("hash list")
    headers = {m[1]: m[2] for m in map(_HEADER.fullmatch, lines) if m}
    files = {m[3]: Facts(m[1], int(m[2])) for m in map(_FILE.fullmatch, lines) if m}
    published = Published(found[2], headers, files)
    if not files or published.to_text() != text:
        raise BadFormat("a hash list that was cut off, or has lines that do not belong")
    if max(facts.size for facts in files.values()) > MAX_FILE_BYTES:
        raise TooLarge("a file in the hash list")
    return published
