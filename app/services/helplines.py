"""Help lines: the built-in directory and its search. Works at every stage, offline, without unlocking."""

import json
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources
from pathlib import Path

from sync.core.directory import HelpLine


def parse(text: str) -> tuple[HelpLine, ...]:
    """The lines in a directory file (assets/directory/helplines.json)."""
    names = HelpLine.__dataclass_fields__
    return tuple(HelpLine(**{n: str(v) for n, v in entry.items() if n in names}) for entry in json.loads(text)["lines"])


@lru_cache(maxsize=1)
def built_in() -> tuple[HelpLine, ...]:
    """The directory that the build put into the app."""
    packed = resources.files("app").joinpath("helplines.json")
    if not packed.is_file():  # a checkout, which is not packed: tests, the command line
        packed = Path(__file__).parents[2] / "assets" / "directory" / "helplines.json"
    return parse(packed.read_text(encoding="utf-8"))


def search(lines: Sequence[HelpLine], text: str) -> list[HelpLine]:
    """Lines in which every word occurs, in the directory's own order; all of them for an empty search."""
    words = _plain(text).split()
    return [x for x in lines if all(w in _plain(f"{x.name} {x.phone} {x.about}") for w in words)]


def spaced(phone: str) -> str:
    """A number as people write it: 0800-1205, 088-0767 000, 073-206 88 88."""
    if len(phone) == 8 and phone.startswith(("0800", "0900")):
        return f"{phone[:4]}-{phone[4:]}"
    if len(phone) == 10 and phone.startswith("088"):
        return f"088-{phone[3:7]} {phone[7:]}"
    if len(phone) == 10:
        return f"{phone[:3]}-{phone[3:6]} {phone[6:8]} {phone[8:]}"
    return phone


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
