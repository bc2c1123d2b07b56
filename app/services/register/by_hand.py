"""Streets that are typed: "Tulpstraat 2-48 even", "1-45 oneven, 12A, 14-2", "Torenflat 10 t/m 90".

One street a line. Numbers stand in pieces between commas: a range ("2-48", "10 t/m 90"; "even", "oneven" or both sides),
or one door with its letter and addition ("12A", "14-2", "3 hoog"). "14-2" is a door, since no range goes down.
"""

import re
from collections.abc import Iterator

from app.services.register.gathering import Found, Gathering
from app.services.register.rows import MAX_SHOWN, Bad, Raw, Why
from app.services.rounds.kinds import MAX_DOORS
from sync.core.errors import BadInput

MAX_TEXT = 20_000  # characters
_PIECE = re.compile(
    r"(?P<first>\d{1,5})\s*(?:-|–|t/m|tot en met|tot)\s*(?P<last>\d{1,5})(?:\s+(?P<side>even|oneven|odd))?"
    r"|(?P<one>\d{1,5}\s*(?:[a-z]|bis|ter|hs|huis)?(?:[\s/-]+(?:[a-z]?\d{1,3}|[a-z]{1,2}|bis|ter|hs|huis|bg))?(?:\s*hoog)?)",
    re.IGNORECASE,
)
_APART = re.compile(r"\d\s+\d{1,3}\b(?!\s*hoog)")
_SIDES = {"even": (0,), "oneven": (1,), "odd": (1,), "": (0, 1)}


def read(text: str, place: str = "") -> Found:
    """The streets of a text, all of `place`; lines that can't be read are among the bad ones.

    Raises BadInput("by_hand", "missing" | "too_long").
    """
    if not text.strip():
        raise BadInput("by_hand", "missing")
    if len(text) > MAX_TEXT:
        raise BadInput("by_hand", "too_long")
    gathering = Gathering()
    for line, words in enumerate(text.splitlines(), 1):
        if words.strip():
            for row in _line(line, words.strip(), place):
                gathering.take(row)
    return gathering.found()


def _line(line: int, words: str, place: str) -> Iterator[Raw | Bad]:
    street, numbers = _parted(words)
    if not street or not numbers:
        named = any(c.isalpha() for c in street)
        yield Bad(line, words[:MAX_SHOWN], Why.NO_NUMBER if named else Why.NO_STREET)
        return
    for piece in re.split(r"[,;]| en (?=\d)", numbers):
        if not piece.strip():
            continue
        found = _PIECE.fullmatch(piece.strip())
        if found is None:
            yield Bad(line, piece.strip()[:MAX_SHOWN], Why.NO_NUMBER)
            continue
        for number, rest in _numbers(found):
            yield Raw(line, street, number, None, rest, place=place)


def _numbers(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Number and what follows it of every door in a piece."""
    if found["one"]:
        yield found["one"], ""
        return
    first, last, side = int(found["first"]), int(found["last"]), (found["side"] or "").casefold()
    if last < first:
        yield found["first"], f"-{found['last']}"
        return
    for number in range(first, min(last, first + 2 * MAX_DOORS) + 1):
        if number % 2 in _SIDES[side]:
            yield str(number), ""


def _parted(words: str) -> tuple[str, str]:
    """The street and its numbers. A number that belongs to the name ("Plein 1944") has a number behind it."""
    numbers = [m.start() for m in re.finditer(r"(?<=\s)\d", words)]
    for start in numbers:
        rest = words[start:]
        pieces = [p for p in re.split(r"[,;]| en (?=\d)", rest) if p.strip()]
        if all(_PIECE.fullmatch(p.strip()) and not _APART.search(p) for p in pieces):
            return words[:start].strip(" ,:"), rest
    return words, ""
