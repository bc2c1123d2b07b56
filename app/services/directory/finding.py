"""Finding a help line: by words, also mistyped, by number, and by what is near.

Order: the fixed lines; one's own buurt, wijk and gemeente; the whole country; elsewhere.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from sync.core.directory import ALWAYS_FIRST
from sync.core.help_line import HelpLine, plain_number

MAX_SEARCH = 100  # characters that are looked at
_LONG, _VERY_LONG = 5, 8  # a word of this many letters may have one wrong, or two

FIXED, OWN, NATIONAL, ELSEWHERE = range(4)


def near(line: HelpLine, own: Iterable[str]) -> int:
    """FIXED, OWN, NATIONAL or ELSEWHERE. `own` are CBS codes where somebody lives or works."""
    if line.id in ALWAYS_FIRST:
        return FIXED
    if not line.areas:
        return NATIONAL
    return OWN if _closeness(line, own) else ELSEWHERE


def _closeness(line: HelpLine, own: Iterable[str]) -> int:
    """How precisely the line is about here: the digits of its area's code, 0 for elsewhere."""
    mine = [code[2:] for code in own]
    return max((len(code) - 2 for code, _ in line.areas if any(_over(code[2:], m) for m in mine)), default=0)


def _over(one: str, other: str) -> bool:
    """Whether one of two areas lies within the other: codes of a wijk and buurt begin with those of what is above."""
    return one.startswith(other) or other.startswith(one)


def in_order(lines: Sequence[HelpLine], own: Sequence[str]) -> list[HelpLine]:
    """Nearest first; within one place the directory's own order."""
    return sorted(lines, key=lambda line: (near(line, own), -_closeness(line, own)))


def gemeenten(lines: Sequence[HelpLine]) -> list[tuple[str, str]]:
    """The gemeenten that the directory knows something of: (code, name), by name."""
    found = {code: name or code for line in lines for code, name in line.areas if code.startswith("GM")}
    return sorted(found.items(), key=lambda pair: plain(pair[1]))


def search(lines: Sequence[HelpLine], text: str) -> list[HelpLine]:
    """Lines in which every word occurs, in the order given; all of them for an empty search.

    A number is found however it is spelt. When nothing has every word, words may be mistyped a little.
    """
    text = text[:MAX_SEARCH]
    digits = re.sub(r"[\s().-]", "", text)
    if re.fullmatch(r"\+?\d{2,}", digits, re.ASCII):
        wanted = plain_number(digits)
        found = [x for x in lines if any(wanted in plain_number(n.phone) for n in x.numbers)]
        if found:
            return found
    words = plain(text).split()
    return [x for x in lines if all(w in _whole(x) for w in words)] or [
        x for x in lines if all(w in _whole(x) or any(_alike(w, other) for other in _words(x)) for w in words)
    ]


@lru_cache(maxsize=1024)
def _whole(line: HelpLine) -> str:
    places = " ".join(name for _, name in line.areas)
    numbers = " ".join(n.phone for n in line.numbers)
    return plain(f"{line.name} {line.about} {line.audience} {line.place} {places} {numbers}")


@lru_cache(maxsize=1024)
def _words(line: HelpLine) -> frozenset[str]:
    return frozenset(re.findall(r"\w+", _whole(line)))


def _alike(typed: str, word: str) -> bool:
    """Whether a word, or its beginning, is what was typed but for a slip or two."""
    slips = 0 if len(typed) < _LONG else 1 if len(typed) < _VERY_LONG else 2
    return any(_within(typed, word[:size], slips) for size in range(len(typed) - slips, len(typed) + slips + 1))


def _within(one: str, other: str, slips: int) -> bool:
    """Whether so many letters added, left out, changed or turned round make one word of the other."""
    if abs(len(one) - len(other)) > slips:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, wanted in enumerate(other, 1):
            best = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and (letter, one[i - 2]) == (other[j - 2], wanted):
                best = min(best, last[j - 2] + 1)
            row.append(best)
        if min(row) > slips:
            return False
    return row[-1] <= slips


@lru_cache(maxsize=1024)
def plain(text: str) -> str:
    """Small letters without accents."""
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def spaced(phone: str) -> str:
    """A number as people write it: 0800-1205, 088-0767 000, 073-206 88 88."""
    if len(phone) == 8 and phone.startswith(("0800", "0900")):
        return f"{phone[:4]}-{phone[4:]}"
    if len(phone) == 10 and phone.startswith("088"):
        return f"088-{phone[3:7]} {phone[7:]}"
    if len(phone) == 10:
        return f"{phone[:3]}-{phone[3:6]} {phone[6:8]} {phone[8:]}"
    return phone
