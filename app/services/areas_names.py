"""Names of gemeenten and wijken to pick from, with their CBS codes and year. What the list lacks is typed.

assets/areas/regio.json says where every code was read; nothing in it is made up.
"""

import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from app.services.addresses import key
from app.services.models import AreaCode

MOST = 20  # names in one answer


@lru_cache(maxsize=1)
def known() -> tuple[AreaCode, ...]:
    """Every gemeente, each followed by its wijken."""
    listed = _listed()
    found = []
    for gemeente in listed["gemeenten"]:
        found.append(AreaCode("gemeente", gemeente["code"], listed["year"], gemeente["name"]))
        found += [AreaCode("wijk", code, listed["year"], name) for code, name in gemeente["wijken"].items()]
    return tuple(found)


def find(typed: str) -> list[AreaCode]:
    """Those whose name, gemeente or code has what was typed, gemeenten first; nothing typed: the gemeenten."""
    if not typed.strip():
        return [c for c in known() if c.kind == "gemeente"]
    wanted, code = _plain(typed), typed.strip().upper()
    gemeenten = {c.code[2:]: _plain(c.name) for c in known() if c.kind == "gemeente"}
    hits = [
        c
        for c in known()
        if wanted in _plain(c.name) or wanted in gemeenten[c.code[2:6]] or (len(code) > 2 and c.code.startswith(code))
    ]
    return sorted(hits, key=lambda c: (c.kind != "gemeente", wanted not in _plain(c.name), c.code))[:MOST]


def name_of(kind: str, code: str) -> str:
    """The name that the list has for a code, whatever its year; "" for none."""
    return next((c.name for c in known() if (c.kind, c.code) == (kind, code)), "")


def _plain(text: str) -> str:
    """Letters only, as addresses are compared: "Den Bosch" and "'s-Hertogenbosch" stay two names."""
    return key(text).replace("|", "")


def _listed() -> Any:
    packed = resources.files("app").joinpath("areas", "regio.json")
    beside = Path(__file__).parents[2] / "assets" / "areas" / "regio.json"
    return json.loads(packed.read_text(encoding="utf-8") if packed.is_file() else beside.read_text(encoding="utf-8"))
