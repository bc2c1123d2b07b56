"""What SQLite leaves in a file beside what it holds, also with secure_delete: found by tests/machines/test_log_machine.py.

It overwrites what is deleted. It does not overwrite the place where an entry stood before it was moved to a neighbouring
page, nor put back a free page that a broken-off transaction wrote on. Both may hold a copy of what is dropped later.
"""

import os

LEAF = 13  # first byte of a page with rows


def broken_off(path: str) -> bool:
    """Whether a transaction was: its journal is still there."""
    try:
        return os.path.getsize(f"{path}-journal") > 0
    except OSError:
        return False


def holds_copies(path: str) -> bool:
    """Whether a page of rows has bytes where none belong: between its cell pointers and its cells
    (sqlite.org/fileformat2.html, 1.6). Raises OSError.
    """
    if not os.path.exists(path):  # in memory
        return False
    with open(path, "rb") as file:
        size = int.from_bytes(file.read(18)[16:], "big")
        size = 65_536 if size == 1 else size
        file.seek(0)
        first = 100
        while page := file.read(size):
            cells, start = (int.from_bytes(page[first + at : first + at + 2], "big") for at in (3, 5))
            if page[first] == LEAF and page[first + 8 + 2 * cells : start or 65_536].strip(b"\0"):
                return True
            first = 0
    return False
