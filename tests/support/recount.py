"""An independent recount of what reports show, from an organisation's export (docs/export.md): plain Python over its lines.

Written from docs/records.md and the rules of docs/decisions/0030 in words, without a look at app/services/reports. Slow and
simple on purpose: every number is a loop over records.

    again = Recount(zip_bytes)
    again.outcomes(date(2026, 7, 1), date(2026, 9, 30), ("buurt", "BU99990101", "2026"))   # {"met": 12, …}

Which rules:
- A visit counts on its `day`, and `reached` are those with the outcome `met`. What was removed or erased is not in the export.
- Wishes stand in the detail: they count where that can be read, each once a visit, whatever was said behind a colon.
- While its detail is there, a visit lies where its street lies (area/detail `streets`, street/doors `area`), in the borders of
  now; else where visit/count `place` says. A street that two areas beside one another claim lies nowhere.
- An area holds what lies in it by CBS code and year; a complex lies where the area record that names it has one smallest CBS
  area, else where the team above that lies.
- An activity counts on its `day`, once that has come, with its `heads`; a closed round on the last day of its result, with
  the doors that were rung (blocked ones were not) and those where somebody was spoken to.
"""

import io
import json
import re
import zipfile
from collections import Counter
from datetime import date
from typing import Any

Place = tuple[str, str, str]
DIGITS = {"gemeente": 4, "wijk": 6, "buurt": 8}


class Recount:
    """One export, read whole."""

    def __init__(self, data: bytes, today: date) -> None:
        self.today = today
        self._read: dict[str, list[dict[str, Any]]] = {}
        self._lies: dict[tuple[Place | None, Place | None], bool] = {}
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self._files = set(self._zip.namelist())
        self.teams = {t["team"]: t for t in json.loads(self._zip.read("teams.json"))}
        self.homes = self._homes()
        self.streets = self._streets()

    def records(self, kind: str) -> list[dict[str, Any]]:
        """The fields of each record of a kind, read once."""
        name = f"records/{kind}.jsonl"
        if kind not in self._read:
            lines = self._zip.read(name).decode().split("\n") if name in self._files else []
            self._read[kind] = [json.loads(line)["fields"] for line in lines if line]
        return self._read[kind]

    # -- where ---------------------------------------------------------------------------------------

    def _homes(self) -> dict[Place, Place]:
        """Complex → the CBS area that it lies in."""
        found: dict[Place, Place] = {}
        for team in self.teams.values():
            for area in team["areas"]:
                if area["kind"] != "complex":
                    continue
                at: dict[str, Any] | None = team
                smallest: Place | None = None
                while at is not None and smallest is None:
                    smallest = _only_smallest(at["areas"])
                    at = self.teams.get(at["parent"]) if at["parent"] else None
                if smallest:
                    found.setdefault(("complex", area["code"], area["year"]), smallest)
        return found

    def _streets(self) -> dict[str, Place]:
        claims: dict[str, set[Place]] = {}
        for fields in self.records("area"):
            if fields.get("detail.member"):
                continue
            for kind, code, year, names in fields.get("detail.streets") or []:
                for name in names:
                    claims.setdefault(_street(name), set()).add((kind, code, year))
        found = {}
        for street, places in claims.items():
            inner = [p for p in places if all(p == q or self.lies_in(p, q) for q in places)]
            if len(inner) == 1:
                found[street] = inner[0]
        return found

    def lies_in(self, place: Place, area: Place) -> bool:
        """Whether a place is an area or lies in it."""
        if place == area:
            return True
        if place[0] == "complex":
            return place in self.homes and self.lies_in(self.homes[place], area)
        if place[0] not in DIGITS or area[0] not in DIGITS or place[2] != area[2]:
            return False
        digits = DIGITS[area[0]]
        return digits < DIGITS[place[0]] and place[1][2 : 2 + digits] == area[1][2:]

    def _place(self, fields: dict[str, Any]) -> Place | None:
        """Where a visit lies."""
        if fields.get("detail.address"):
            found = self.streets.get(_street_of(fields["detail.address"]))
            if found:
                return found
        at = fields.get("count.place")
        return (at[0], at[1], at[2]) if isinstance(at, list) and len(at) == 3 else None

    def _there(self, place: Place | None, area: Place | None) -> bool:
        if (place, area) not in self._lies:
            self._lies[place, area] = area is None or (place is not None and self.lies_in(place, area))
        return self._lies[place, area]

    # -- what ----------------------------------------------------------------------------------------

    def visits(self, first: date, last: date, area: Place | None) -> list[dict[str, Any]]:
        """Those of the period and area."""
        return [
            f
            for f in self.records("visit")
            if _within(f.get("count.day"), first, last) and self._there(self._place(f), area)
        ]

    def outcomes(self, first: date, last: date, area: Place | None) -> dict[str, int]:
        """How visits went."""
        known = ("met", "not_home", "later", "no_contact", "moved")
        counts = Counter(f.get("count.outcome") for f in self.visits(first, last, area))
        return {name: counts[name] for name in known} | {"other": sum(n for o, n in counts.items() if o not in known)}

    def totals(self, first: date, last: date, area: Place | None) -> dict[str, int]:
        """Visits, and those where somebody was met."""
        found = self.visits(first, last, area)
        return {"visits": len(found), "reached": sum(f.get("count.outcome") == "met" for f in found)}

    def wishes(self, first: date, last: date, area: Place | None) -> dict[str, int]:
        """Wishes by code, each once a visit."""
        counts: Counter[str] = Counter()
        for f in self.visits(first, last, area):
            counts.update({w.partition(":")[0] for w in f.get("detail.wishes") or [] if isinstance(w, str)})
        return dict(counts)

    def activities(self, first: date, last: date, area: Place | None) -> dict[str, int]:
        """Activities, and how many came to those of which that is known."""
        found = []
        for f in self.records("activity"):
            at = f.get("count.place")
            place = (at[0], at[1], at[2]) if isinstance(at, list) and len(at) == 3 else None
            if _within(f.get("count.day"), first, min(last, self.today)) and self._there(place, area):
                found.append(f)
        return {"activities": len(found), "heads": sum(f.get("count.heads") or 0 for f in found)}

    def rounds(self, first: date, last: date) -> dict[str, int]:
        """Rounds of everywhere: how many, doors rung, doors where somebody was spoken to."""
        spoken = ("met", "no_contact", "later")
        found = [f for f in self.records("round") if _within(f.get("result.last"), first, last)]
        rung = talked = 0
        for f in found:
            for _name, (_doors, _blocked, states, *_rest) in f.get("result.streets") or []:
                rung += sum(states.values())
                talked += sum(n for state, n in states.items() if state in spoken)
        return {"rounds": len(found), "doors": rung, "spoken": talked}

    def areas(
        self, first: date, last: date, area: Place | None, below: list[Place], met: bool = False
    ) -> dict[Place, int]:
        """Visits by each of these areas."""
        found: dict[Place, int] = {}
        for place in below:
            some = self.visits(first, last, place)
            found[place] = sum(not met or f.get("count.outcome") == "met" for f in some)
        return found


def _only_smallest(areas: list[dict[str, str]]) -> Place | None:
    cbs = {(a["kind"], a["code"], a["year"]) for a in areas if a["kind"] in DIGITS}
    most = max((DIGITS[kind] for kind, _, _ in cbs), default=0)
    deepest = [place for place in cbs if DIGITS[place[0]] == most]
    return deepest[0] if len(deepest) == 1 else None


def _within(day: Any, first: date, last: date) -> bool:
    try:
        return first <= date.fromisoformat(day) <= last
    except (TypeError, ValueError):
        return False


def _street(name: str) -> str:
    """One spelling; the demo's streets need no more."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _street_of(address: str) -> str:
    """What stands before the house number."""
    found = re.fullmatch(r"(.*\D)\s*\d+\s*\S*", address.strip())
    return _street(found[1]) if found else _street(address)
