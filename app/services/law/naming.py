"""Whether a text names an address: as the address itself, by the key of a door, or somewhere in a sentence. Pure.

A slip of spelling is forgiven in a sentence (one letter in a longer street's name); of an address that is merely near
the person is asked, as everywhere (app.services.addresses).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.services import addresses

_TOKEN = re.compile(r"\w+(?:['’.-]\w+)*", re.UNICODE)
_HOUSE = re.compile(r"(\d{1,5})[-/]?([a-z0-9]*)", re.IGNORECASE)
_LONGEST = 6  # words in a street's name: "Burgemeester van de Ven van der Sterrenlaan"
_LONG = 200  # letters: what is longer is no address, though it may name one
_FORGIVEN = 7  # letters from which one may be wrong


@dataclass(frozen=True, slots=True)
class Door:
    """The address that is asked about: street, number and what follows it, as in its key; and the key."""

    street: str
    number: str
    addition: str
    key: str

    @classmethod
    def of(cls, typed: str) -> "Door":
        """From what was typed."""
        key = addresses.key(typed)
        street, number, addition = key.split("|") if key else ("", "", "")
        return cls(street, number, addition, key)


def is_it(text: str, door: Door) -> bool:
    """Whether this text is the address, or the key of its door."""
    if not door.key or door.number not in text or len(text) > _LONG:
        return False
    return text == door.key or addresses.key(text) == door.key


def nearly(text: str, door: Door) -> bool:
    """Whether it is another address that may well be meant: the same number, a street a letter or two off."""
    if not door.number or door.number not in text or len(text) > _LONG:
        return False
    return bool(addresses.near(f"{door.street} {door.number}{door.addition}", [text]))


def mentions(text: str, door: Door) -> bool:
    """Whether a text names the address somewhere. Where the text leaves the addition out it may be meant: it counts."""
    if not door.street or door.number not in text:
        return False
    words = _TOKEN.findall(text)
    if not door.number:
        return any(_is_street(some, door) for end in range(1, len(words) + 1) for some in _before(words, end))
    for at, word in enumerate(words):
        house = _HOUSE.fullmatch(word)
        if house is None or str(int(house[1])) != door.number or not at:
            continue
        rest = house[2].casefold()
        after = words[at + 1].casefold() if at + 1 < len(words) else ""
        if rest and rest != door.addition:
            continue
        if not rest and not door.addition and len(after) == 1 and after.isalpha() and after not in "u":
            continue  # "12 b" is another door than 12; "12 u" may be a time
        if any(_is_street(some, door) for some in _before(words, at)):
            return True
    return False


def _before(words: list[str], end: int) -> Iterator[list[str]]:
    return (words[start:end] for start in range(max(0, end - _LONGEST), end))


def _is_street(words: list[str], door: Door) -> bool:
    street = addresses.key(" ".join(words)).split("|")[0]
    if street == door.street:
        return True
    forgiving = len(door.street) >= _FORGIVEN and abs(len(street) - len(door.street)) <= 1
    return forgiving and addresses.distance(street, door.street, 1) <= 1


def texts(value: Any) -> Iterator[str]:
    """Every text in a value of a field, whatever shape another version may have given it."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts(name)
            yield from texts(one)
