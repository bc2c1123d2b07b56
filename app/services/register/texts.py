"""Tables of text: any CSV, as a stream of rows, whatever its separator, encoding and quotes.

A line's quotes are looked at before the standard library reads it: one that is never closed must not take thousands of
good rows with it.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import BinaryIO, TextIO

from app.services.register import columns
from app.services.register.rows import MAX_SHOWN, Bad, Raw, Why
from sync.core.errors import BadInput

BLOCK = 1 << 20
OFTEN = 500  # lines between two words about how far it is
LONGEST_LINE = 100_000  # characters
MOST_LINES = 10  # that one row may take: a cell with line breaks in it
SEPARATORS = ";,\t|"
UNPARTED = "\x1f"  # of lines that are one cell
HEADER_WITHIN = 10  # rows: some lists begin with a title
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(file: BinaryIO) -> str:
    """UTF-8 or UTF-16 where the bytes say so, else Windows-1252, which any bytes are. Reads the file once."""
    file.seek(0)
    start = file.read(BLOCK)
    for bom, name in _BOMS:
        if start.startswith(bom):
            return name
    zeros = start[:2000].count(0)
    if zeros > 100 or zeros > len(start[:2000]) // 4:
        return "utf-16-le" if start[1:2000:2].count(0) > zeros // 2 else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    block = start
    try:
        while block:
            decoder.decode(block)
            block = file.read(BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def rows(path: str, far: Callable[[float], None]) -> Iterator[Raw | Bad]:
    """Every row of a table with its line; `far` hears now and then how far it is, from 0 to 1.

    Raises BadInput("register", "columns") when no addresses are seen in it.
    """
    with open(path, "rb") as file:
        encoding = encoding_of(file)
        size = file.seek(0, io.SEEK_END) or 1
    with open(path, "rb") as file, io.TextIOWrapper(file, encoding, errors="replace", newline="") as stream:
        lines = _lines(stream)
        first = list(islice(lines, columns.LOOKED_AT + HEADER_WITHIN))
        separator = _separator([text for _, text in first])
        found, start = _columns([_cells(text, separator) for _, text in first])
        if "whole" in found and separator == "," and not start:
            found, separator = {"whole": 0}, UNPARTED  # the comma stands within the address
        for line, text in chain(first[start:], lines):
            if line % OFTEN == 0:
                far(file.tell() / size)
            cells = _cells(text, separator)
            if isinstance(cells, Why):
                yield Bad(line, text[:MAX_SHOWN].strip(), cells)
            elif any(cell and not cell.isspace() for cell in cells):
                yield columns.raw(found, cells, line)


def _columns(read: list[list[str] | Why]) -> tuple[columns.Columns, int]:
    """What the columns are, and how many rows stand above the first address."""
    for at, cells in enumerate(read[:HEADER_WITHIN]):
        if isinstance(cells, list) and (found := columns.by_header(cells)):
            return found, at + 1
    found = columns.by_content([cells for cells in read if isinstance(cells, list)])
    if not found:
        raise BadInput("register", "columns")
    return found, 0


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Each row's text with the number of its first line; a row goes on while a quote is open, a few lines at most."""
    waiting: deque[tuple[int, str]] = deque()
    fresh = _numbered(stream)
    while True:
        if not waiting and (one := next(fresh, None)) is not None:
            waiting.append(one)
        if not waiting:
            return
        line, text = waiting.popleft()
        if text.count('"') % 2:
            taken = 0
            while taken < MOST_LINES and sum(t.count('"') for _, t in islice(waiting, taken)) % 2 == 0:
                taken += 1
                if len(waiting) < taken and (one := next(fresh, None)) is not None:
                    waiting.append(one)
                if len(waiting) < taken:
                    break
            if taken <= len(waiting) and sum(t.count('"') for _, t in islice(waiting, taken)) % 2:
                text += "".join(waiting.popleft()[1] for _ in range(taken))
        yield line, text


def _numbered(stream: TextIO) -> Iterator[tuple[int, str]]:
    """Lines, none longer than can be read: of a longer one the start."""
    number = 0
    while text := stream.readline(LONGEST_LINE):
        number += 1
        rest = text
        while len(rest) == LONGEST_LINE and not rest.endswith("\n"):
            rest = stream.readline(LONGEST_LINE)
        yield number, text


def _cells(text: str, separator: str) -> list[str] | Why:
    if len(text) >= LONGEST_LINE:
        return Why.UNREADABLE
    try:
        return next(csv.reader([text], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return Why.UNREADABLE


def _separator(lines: list[str]) -> str:
    """The one that parts most rows into as many cells, more rather than fewer."""

    def parts(separator: str) -> tuple[int, int]:
        counts = [len(cells) for text in lines if isinstance(cells := _cells(text, separator), list)]
        often = max(set(counts), key=lambda n: (counts.count(n), n), default=1)
        return (often > 1) * counts.count(often), often

    best = max(SEPARATORS, key=parts)
    return best if parts(best)[0] * 2 > sum(not text.isspace() for text in lines) else UNPARTED
