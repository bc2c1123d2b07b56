"""One row of a list of addresses: from texts as they stand in a file to a door, or why it is none.

Nothing of a person is taken: columns with names are not looked at, and a row that is somebody is refused. A cell that a
spreadsheet would compute is a text like any other, and no street.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from app.services import addresses
from app.services.addresses import tidy
from app.services.rounds.kinds import FLOORS, MAX_ADDITION, MAX_NAME, MAX_NUMBER, MAX_STAIR
from app.services.rounds.models import Door


class Why(StrEnum):
    """Why a row gives no door."""

    NO_STREET = "no_street"
    NO_NUMBER = "no_number"
    TOO_LONG = "too_long"
    FORMULA = "formula"
    NAME = "name"  # somebody's name: only addresses are taken over
    NO_HOME = "no_home"  # the register says that nobody lives there: a shop, a garage
    ENDED = "ended"  # the register says that it is no more, or never was
    UNREADABLE = "unreadable"
    TOO_MANY = "too_many"  # more doors in one street, or rows in all, than can be kept


@dataclass(frozen=True, slots=True)
class Raw:
    """A row as it was read, every text as it stands there. `line`: counted from 1. `letter` None: the file has no column
    for it, so that it may stand in the addition. `whole`: the address in one piece.
    """

    line: int
    street: str = ""
    number: str = ""
    letter: str | None = None
    addition: str = ""
    postcode: str = ""
    place: str = ""
    bag: str = ""
    stair: str = ""
    floor: str = ""
    complex: str = ""
    use: str = ""
    status: str = ""
    whole: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """A row that was left out: its line, the start of what stands there, and why."""

    line: int
    text: str
    why: Why


_OFTEN = 20_000  # texts that come again and again: streets, places, numbers
MAX_SHOWN = 60  # characters of a bad row
_NUMBER = re.compile(r"(\d{1,5})(?:[.,]0)?(?!\d)(.*)", re.DOTALL)
_LETTER = re.compile(r"([A-Za-z])(?![A-Za-z])(.*)", re.DOTALL)
_POSTCODE = re.compile(r"([1-9]\d{3})\s?([A-Za-z]{2})(?![A-Za-z])")
_ID = re.compile(r"(?:\D|^)(\d{14,16})$")
_FORMULA = ("=", "+", "-", "@")
_ENDED = re.compile(r"ingetrokken|niet gerealiseerd|gesloopt", re.IGNORECASE)
_SOMEBODY = re.compile(r"\b(mevrouw|mevr|mw|meneer|dhr|de heer|heer|fam|familie|mrs)\b", re.IGNORECASE)
_WAYS = (
    r"(straat|str|laan|weg|plein|hof|pad|kade|gracht|dreef|singel|plantsoen|steeg|dijk|park|erf|ring|markt|veld)\.?$"
)
_WAY = re.compile(_WAYS, re.IGNORECASE)
_GROUND = re.compile(r"(hs|huis|bg|bgg|begane\s?grond|parterre)\b", re.IGNORECASE)
_UP = re.compile(r"(\d{1,3})\s*(?:e\s*)?-?(hoog|verd\w*|etage)", re.IGNORECASE)
_DOWN = re.compile(r"(sous\w*|kelder)\b", re.IGNORECASE)


def door_of(raw: Raw) -> Door | Why:
    """The door of a row, or why there is none. Its key is the BAG id, or "" where the address is its key."""
    street, number, rest, postcode, place = _parts(raw)
    if (why := _no_street(street, place)) is not None:
        return why
    found = _NUMBER.match(number.strip())
    if found is None or not 0 < int(found[1]) <= MAX_NUMBER:
        return Why.NO_NUMBER
    if raw.use and "woon" not in raw.use.casefold():
        return Why.NO_HOME
    if raw.status and _ENDED.search(raw.status):
        return Why.ENDED
    letter, addition = _letter_and_addition(raw.letter, f"{found[2]} {rest}")
    stair = clean(raw.stair)
    if len(stair) > MAX_STAIR or max(len(letter), len(addition)) > MAX_ADDITION:
        return Why.TOO_LONG
    floor = floor_of(raw.floor) if raw.floor else floor_of(addition, written=True)
    return Door(bag_id(raw.bag), street, int(found[1]), letter, addition, postcode, place, stair, floor)


@lru_cache(maxsize=_OFTEN)
def _no_street(street: str, place: str) -> Why | None:
    if street.startswith(_FORMULA) or place.startswith(_FORMULA):
        return Why.FORMULA
    if not any(c.isalpha() for c in street):
        return Why.NO_STREET
    if _SOMEBODY.search(street) and not _WAY.search(street):
        return Why.NAME
    return Why.TOO_LONG if max(len(street), len(place)) > MAX_NAME else None


@lru_cache(maxsize=_OFTEN)
def clean(text: str) -> str:
    """One line of what can be printed, single spaces; an empty cell's "-" is nothing."""
    bare = text if text.isprintable() else "".join(c if c.isprintable() else " " for c in text)
    bare = tidy(bare)
    return "" if bare in ("-", "--") else bare


def bag_id(text: str) -> str:
    """The 16 digits of a nummeraanduiding ("20" stands behind the municipality's four), zeros in front put back that a
    spreadsheet took away; "" for anything else. Source: Catalogus BAG 2018, "identificatie".
    """
    found = _ID.search(text.strip())
    number = found[1].zfill(16) if found else ""
    return number if number[4:6] == "20" else ""


@lru_cache(maxsize=_OFTEN)
def floor_of(text: str, written: bool = False) -> int | None:
    """The floor that a text says: "3", "3 hoog", "bg". `written`: only where it says floor ("3 hoog", "hs"), since an
    addition of "3" may be anything.
    """
    bare = text.strip()
    up = _UP.match(bare)
    floor: int | None = None
    if up:
        floor = int(up[1])
    elif _GROUND.match(bare):
        floor = 0
    elif _DOWN.match(bare):
        floor = -1
    elif not written and re.fullmatch(r"-?\d{1,3}", bare):
        floor = int(bare)
    return floor if floor in FLOORS else None


@lru_cache(maxsize=_OFTEN)
def street_key(street: str, place: str) -> str:
    """What spellings of one street of one place have in common."""
    return f"{_of_street(street)}|{_of_street(place)}"


def address_key(door: Door) -> str:
    """What spellings of one door of its street have in common."""
    return f"{door.number}|{re.sub('[^a-z0-9]', '', (door.letter + door.addition).casefold())}"


@lru_cache(maxsize=_OFTEN)
def _of_street(name: str) -> str:
    return addresses.key(f"{name} 1").partition("|")[0]


def _parts(raw: Raw) -> tuple[str, str, str, str, str]:
    """Street, number, what follows the number, postcode and place; from the whole address where that is all there is."""
    postcode, place = _postcode(raw.postcode), clean(raw.place)
    if not raw.whole or raw.street:
        return clean(raw.street), raw.number, raw.addition, postcode, place
    text = clean(raw.whole)
    name, comma, after = text.partition(",")
    if comma and not any(c.isdigit() for c in name) and any(c.isdigit() for c in after):
        text = after.strip()  # a name before a comma is left out
    address, comma, behind = text.partition(",")
    found = _POSTCODE.search(text)
    if found and not comma:
        address, behind = text[: found.start()], text[found.start() :]
    if not place and behind:
        place = clean(_POSTCODE.sub("", behind)).strip(" ,")
    street, number, rest = addresses.split(address) or (address, "", "")
    return clean(street), number, f"{rest} {raw.addition}", postcode or _postcode(text), place


@lru_cache(maxsize=_OFTEN)
def _postcode(text: str) -> str:
    found = _POSTCODE.search(text)
    return f"{found[1]}{found[2].upper()}" if found else ""


@lru_cache(maxsize=_OFTEN)
def _letter_and_addition(letter: str | None, rest: str) -> tuple[str, str]:
    """ "A-3" is a letter and an addition; where the file has letters of its own, the rest is all addition."""
    bare = clean(rest).strip(" -/.,")
    if letter is None:
        found = _LETTER.match(bare)
        letter, bare = (found[1], found[2].strip(" -/.,")) if found else ("", bare)
    return clean(letter).upper(), bare
