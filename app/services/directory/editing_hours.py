"""Hours as a coordinator types them, in Dutch or English, and back.

    24/7    ma-vr 9:00-17:00    ma t/m do 9-12.30, 13.30-17; vr 9-12; feestdagen gesloten    elke dag 18:00-02:00

It is put into the grammar of osm_hours.py, which reads it: nothing is guessed.
"""

import re

from app.services.directory import osm_hours
from sync.core.errors import BadFormat
from sync.core.help_line import Hours

_NAMES = (
    ("Mo", "maandag", "monday"),
    ("Tu", "dinsdag", "tuesday"),
    ("We", "woensdag", "wednesday"),
    ("Th", "donderdag", "thursday"),
    ("Fr", "vrijdag", "friday"),
    ("Sa", "zaterdag", "saturday"),
    ("Su", "zondag", "sunday"),
)
_ALWAYS = ("24/7", "altijd", "dag en nacht", "always", "day and night")
_HOLIDAYS = ("feestdagen", "op feestdagen", "public holidays", "on public holidays", "holidays", "ph")
_CLOSED = ("gesloten", "dicht", "niet", "closed", "off")
_UNKNOWN = ("niet bekend", "onbekend", "not known", "unknown")
_EVERY = {"elke dag": "Mo-Su", "every day": "Mo-Su", "werkdagen": "Mo-Fr", "weekdays": "Mo-Fr", "weekend": "Sa-Su"}
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)


def _days() -> dict[str, str]:
    """Every spelling of a day: ma, maandag, mon, monday, Mo."""
    found: dict[str, str] = {}
    for code, dutch, english in _NAMES:
        for spelling in (code.lower(), dutch, dutch[:2], dutch[:3], english, english[:2], english[:3]):
            found.setdefault(spelling, code)
    return found


_DAYS = _days()


def read(text: str) -> Hours:
    """Hours from what was typed; "" is what is not known. Raises BadFormat."""
    plain = re.sub(r"\s+", " ", text.strip().lower().replace("–", "-").replace("t/m", "-").replace("\n", "; "))
    plain = re.sub(r"\s*-\s*", "-", re.sub(r" ?\b(uur|u)\b", "", plain)).strip(" ;.")
    if not plain or plain in _ALWAYS:
        return osm_hours.read("24/7" if plain else "")
    return osm_hours.read("; ".join(_rule(rule.strip()) for rule in plain.split(";") if rule.strip()))


def _rule(rule: str) -> str:
    found = re.fullmatch(r"([^\d]*?)[ :]*(\d.*)?", rule)
    if not found:
        raise BadFormat("opening hours")
    who, times = found[1].strip(), found[2] or ""
    for name in sorted(_HOLIDAYS, key=len, reverse=True):
        if who == name and times:
            return f"PH {_spans(times)}"
        if who.startswith(name + " ") and not times:
            what = who[len(name) :].strip()
            if what in _UNKNOWN:
                return "PH unknown"
            if what in _CLOSED:
                return "PH off"
    return f"{_EVERY.get(who) or ','.join(_run(part) for part in re.split(', ?| en | and ', who))} {_spans(times)}"


def _run(part: str) -> str:
    ends = [_DAYS.get(day.strip(" .")) for day in part.split("-")]
    if not 1 <= len(ends) <= 2 or None in ends:
        raise BadFormat("opening hours")
    return "-".join(str(end) for end in ends)


def _spans(times: str) -> str:
    spans = []
    for span in re.split(r", ?| en | and ", times):
        begin, dash, end = span.strip().partition("-")
        if not dash:
            raise BadFormat("opening hours")
        spans.append(f"{_clock(begin)}-{_clock(end)}")
    return ",".join(spans)


def _clock(text: str) -> str:
    found = _TIME.fullmatch(text.strip())
    if not found:
        raise BadFormat("opening hours")
    return f"{int(found[1]):02}:{found[2] or '00'}"


def write(hours: Hours) -> str:
    """What `read` reads, in Dutch: in a field that is typed in, one spelling serves both languages."""
    text = osm_hours.write(hours)
    for code, dutch, _english in _NAMES:
        text = re.sub(rf"\b{code}\b", dutch[:2], text)
    text = text.replace("PH off", "feestdagen gesloten").replace("PH unknown", "feestdagen niet bekend")
    return text.replace("PH ", "feestdagen ").replace(",", ", ")
