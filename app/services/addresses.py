"""Addresses as people type them: when two spellings are the same front door, and when they nearly are.

A key is `street|number|addition`, all small letters without accents, spaces or points: only equal keys are the same
door. What is merely close is asked about, never joined by itself.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_DOOR = re.compile(
    r"(?P<street>.+?)\s+(?!(?:1[5-9]|20)\d\d\s+\d{1,4}[a-z]?(?![a-z]))(?P<number>\d{1,5})"  # a year: "Plein 1944 12a"
    r"(?P<rest>(?:\s+\d{1,2}\s*hoog|\s*[-/]\s*[a-z0-9]+|\s*[a-z]+\d*|\s+[a-z0-9]*[a-z][a-z0-9]*)*)",
    re.IGNORECASE,
)
_TOWN = re.compile(r"(,|\b\d{4}\s?[a-z]{2}\b).*", re.IGNORECASE)  # a postcode or a town behind the door is left out
_ORDINALS = {"1e": "eerste", "2e": "tweede", "3e": "derde", "4e": "vierde", "5e": "vijfde"}
_ENDINGS = (("str", "straat"), ("ln", "laan"), ("wg", "weg"), ("pln", "plein"), ("sngl", "singel"))
_WORDS = {"st": "sint", "v": "van", "d": "de", "burg": "burgemeester", "pr": "prins", "kon": "koning"}
NEAR = 2  # letters that may differ in a street's name for it to be asked about


def tidy(text: str) -> str:
    """One line, single spaces: how an address is kept and shown."""
    return " ".join(text.split())


@lru_cache(maxsize=20_000)
def key(text: str) -> str:
    """What two spellings of one door have in common; "" for an empty text."""
    plain = _plain(text)
    found = _DOOR.fullmatch(_TOWN.sub("", plain).strip()) or _DOOR.fullmatch(plain)
    if found is None:
        return f"{_street(plain)}||" if plain else ""
    return f"{_street(found['street'])}|{int(found['number'])}|{re.sub('[^a-z0-9]', '', found['rest'])}"


def street(text: str) -> str:
    """The street of an address as it was typed, without number: "Tulpstraat"."""
    whole = tidy(text)
    found = _DOOR.fullmatch(_TOWN.sub("", whole).strip()) or _DOOR.fullmatch(whole)
    return found["street"] if found else whole


def split(text: str) -> tuple[str, str, str] | None:
    """Street, number and what follows it of an address as it was typed, or None for what has no number."""
    found = _DOOR.fullmatch(tidy(text))
    return (found["street"], found["number"], found["rest"]) if found else None


def near(text: str, known: Iterable[str]) -> list[str]:
    """Known addresses with another key that may well be meant: the same number, a street a letter or two off."""
    mine, *numbers = key(text).split("|")
    if not mine or numbers == ["", ""]:
        return []
    found: dict[str, str] = {}
    for other in known:
        theirs, *others = key(other).split("|")
        if others == numbers and theirs != mine and distance(mine, theirs, NEAR) <= NEAR:
            found.setdefault(key(other), other)
    return sorted(found.values())


def distance(a: str, b: str, most: int) -> int:
    """Letters to add, leave out, change or swap to make one of the other; `most` + 1 for anything beyond.

    Source: Damerau, "A technique for computer detection and correction of spelling errors", CACM 1964 (restricted).
    """
    if abs(len(a) - len(b)) > most:
        return most + 1
    before, row = list(range(len(b) + 1)), list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        older, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(re.sub(r"[.'’`\"]", " ", bare).replace(" s ", " s").split())


def _street(plain: str) -> str:
    words = [_ORDINALS.get(w, _WORDS.get(w, w)) for w in re.split(r"[\s-]+", plain) if w]
    for short, whole in _ENDINGS:
        if words and words[-1].endswith(short) and not words[-1].endswith(whole):
            words[-1] = words[-1][: -len(short)] + whole
    return "".join(words)
