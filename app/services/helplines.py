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


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
