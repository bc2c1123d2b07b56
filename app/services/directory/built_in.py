"""The directory that the build put into the app, and the public holidays of the years to come."""

import json
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from app.services.directory import osm_hours
from sync.core.errors import BadFormat
from sync.core.help_line import HelpLine, Number, Status, as_row, from_row, row

_ASSETS = Path(__file__).parents[3] / "assets" / "directory"


def parse(text: str) -> tuple[HelpLine, ...]:
    """The lines of a directory file (assets/directory/helplines.json), within the bounds of an edition.

    Raises BadFormat or TooLarge.
    """
    return tuple(from_plain(entry) for entry in json.loads(text)["lines"])


def from_plain(entry: Mapping[str, Any]) -> HelpLine:
    """One entry as it stands in a file: hours as text, numbers as maps. Raises BadFormat or TooLarge."""
    values = dict(entry)
    try:
        values["numbers"] = tuple(Number(**n) for n in values.get("numbers", ()))
        values["hours"] = osm_hours.read(values.get("hours", ""))
        values["languages"] = tuple(values.get("languages", ()))
        values["areas"] = tuple((code, name) for code, name in values.get("areas", ()))
        values["status"] = Status(values.get("status", Status.OPEN))
        line = HelpLine(**values)
        return from_row(row(as_row(line)))
    except (TypeError, ValueError) as e:
        raise BadFormat("directory entry") from e


def to_plain(line: HelpLine) -> dict[str, Any]:
    """The entry as `from_plain` reads it; what is empty is left out."""
    values: dict[str, Any] = {name: getattr(line, name) for name in HelpLine.__dataclass_fields__}
    values["numbers"] = [
        {name: getattr(n, name) for name in Number.__dataclass_fields__ if getattr(n, name)} for n in line.numbers
    ]
    values |= {"hours": osm_hours.write(line.hours), "status": int(line.status)}
    return {name: list(v) if isinstance(v, tuple) else v for name, v in values.items() if v}


@lru_cache(maxsize=1)
def built_in() -> tuple[HelpLine, ...]:
    """The lines of the build."""
    return parse(_packed("helplines.json"))


@lru_cache(maxsize=1)
def made() -> date:
    """The day of the built-in list."""
    return date.fromisoformat(json.loads(_packed("helplines.json"))["edition"])


@lru_cache(maxsize=1)
def holidays() -> frozenset[date]:
    """Dutch public holidays, for some years from the day of the build on (assets/directory/holidays.json)."""
    return frozenset(date.fromisoformat(day) for day in json.loads(_packed("holidays.json"))["days"])


def _packed(name: str) -> str:
    packed = resources.files("app").joinpath(name)
    if packed.is_file():
        return packed.read_text(encoding="utf-8")
    return (_ASSETS / name).read_text(encoding="utf-8")  # a checkout, which is not packed: tests, the command line
