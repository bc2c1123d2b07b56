"""What a disk may show after power went: between the last flush and the next, any part of what was written.

An image is what lies under each ending ("" the database, "-journal", "-wal"). What was flushed is never touched here:
the database before a commit, the write-ahead file up to the last acknowledged commit.
Sources: https://www.sqlite.org/fileformat2.html, sections 1.3 (rollback journal) and 4 (write-ahead log).
"""

from pathlib import Path
from random import Random as Seeded

Image = dict[str, bytes]
_ENDINGS = ("", "-journal", "-wal")
_SECTOR = 512
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")


def taken(path: Path) -> Image:
    """The files as they are."""
    found = {}
    for ending in _ENDINGS:
        try:
            found[ending] = Path(f"{path}{ending}").read_bytes()
        except FileNotFoundError:
            continue
    return found


def put_back(path: Path, image: Image) -> None:
    """Make the files such as these, and no others."""
    for ending in (*_ENDINGS, "-shm"):
        file = Path(f"{path}{ending}")
        if ending in image:
            file.write_bytes(image[ending])
        else:
            file.unlink(missing_ok=True)


def unflushed(luck: Seeded, image: Image) -> Image:
    """In the middle of a transaction: nothing of it was flushed, so its journal may be there in part, or be rubbish."""
    after = dict(image)
    if journal := image.get("-journal"):
        after["-journal"] = _torn(luck, journal[:0], journal)
    return after


def between(luck: Seeded, before: Image, after: Image) -> Image:
    """Somewhere in a commit, or in a checkpoint."""
    if "-wal" in after or "-wal" in before:
        return _in_wal(luck, before, after)
    how = luck.random()
    if how < 0.3:  # it is done, and nobody heard of it
        return dict(after)
    old, new = before[""], after[""]
    if how < 0.5:  # the journal was not flushed yet, so the database is as it was
        return {"": old, "-journal": _torn(luck, b"", _journal(luck, old, new))}
    return {"": _mixed(luck, old, new), "-journal": _journal(luck, old, new)}


def _in_wal(luck: Seeded, before: Image, after: Image) -> Image:
    old, new = before.get("-wal", b""), after.get("-wal", b"")
    if before[""] != after[""]:  # a checkpoint: all that it copies stands in the flushed write-ahead file
        return {"": _mixed(luck, before[""], after[""]), "-wal": old}
    if luck.random() < 0.3:
        return dict(after)
    return {"": before[""], "-wal": _torn(luck, old, new)}


def _torn(luck: Seeded, old: bytes, new: bytes) -> bytes:
    """A write of which only the first part arrived; what follows is as it was, or zeros, or anything."""
    first, same = 0, min(len(old), len(new))
    while first < same and old[first : first + _SECTOR] == new[first : first + _SECTOR]:
        first += _SECTOR
    first = min(first, same)
    cut = luck.randrange(first, len(new) + 1)
    rest = len(new) - cut
    tail = luck.choice((old[cut:], bytes(rest), luck.randbytes(min(rest, 3 * _SECTOR)), b""))
    if cut < len(old):  # of what was there before nothing is cut off
        tail = old[cut:]
    return new[:cut] + tail


def _page_size(database: bytes) -> int:
    size = int.from_bytes(database[16:18], "big")
    return 65536 if size == 1 else size


def _pages(database: bytes) -> list[bytes]:
    size = _page_size(database)
    return [database[i : i + size] for i in range(0, len(database), size)]


def _mixed(luck: Seeded, old: bytes, new: bytes) -> bytes:
    """Pages of which each has arrived, has not, or is torn in the middle."""
    if len(old) < _SECTOR:
        return old
    before, after = _pages(old), _pages(new)
    mixed = []
    for number, page in enumerate(after):
        was = before[number] if number < len(before) else bytes(len(page))
        cut = luck.choice((0, len(page), luck.randrange(0, len(page), _SECTOR)))
        mixed.append(page[:cut] + was[cut:])
    mixed += before[len(after) :]
    return b"".join(mixed)


def _journal(luck: Seeded, old: bytes, new: bytes) -> bytes:
    """The journal that SQLite has flushed before it touches the database: every page that changes, as it was."""
    if len(old) < _SECTOR:
        return b""
    before, after = _pages(old), _pages(new)
    size, nonce = _page_size(old), luck.randrange(1, 2**31)
    changed = [n for n, page in enumerate(before) if n >= len(after) or page != after[n]]
    numbers = (len(changed), nonce, len(before), _SECTOR, size)
    header = _JOURNAL_MAGIC + b"".join(n.to_bytes(4, "big") for n in numbers)
    records = [(n + 1).to_bytes(4, "big") + before[n] + _checksum(nonce, before[n]).to_bytes(4, "big") for n in changed]
    return header.ljust(_SECTOR, b"\0") + b"".join(records)


def _checksum(nonce: int, page: bytes) -> int:
    return (nonce + sum(page[i] for i in range(len(page) - 200, 0, -200))) & 0xFFFFFFFF
