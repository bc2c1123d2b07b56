"""The help lines of the first page, which is Dutch and stands before anything else has loaded.

The build writes them into the page (app/web/first_lines.py); once an edition holds, or a gemeente is chosen, the app
gives the page a copy of the rest of the list, which the page keeps and trusts in nothing (assets/web/lines.js). The four
fixed lines are always those of the build.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.services.directory.telling import dutch, hours_text
from sync.core.directory import ALWAYS_FIRST
from sync.core.help_line import HelpLine, Number, Status

MAX_COPY_LINES = 100
MAX_COPY_CHARACTERS = 150_000
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni",
           "juli", "augustus", "september", "oktober", "november", "december")  # fmt: skip
_WORDS = {"closed": "Tijdelijk gesloten", "conflict": "Let op, bronnen verschillen."}


def about(line: HelpLine) -> str:
    """What it is for, when, and what is not certain: one sentence after another."""
    closed = _WORDS["closed"] if line.status is Status.CLOSED else ""
    doubt = f"{_WORDS['conflict']} {line.conflict}" if line.conflict else ""
    parts = (closed, line.alert, line.about, hours_text(line.hours, dutch), doubt)
    return " · ".join(part for part in parts if part)


def dutch_day(day: date) -> str:
    """25 november 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def copy(lines: Sequence[HelpLine], day: date) -> str:
    """The copy for the page, as JSON: the lines that are not fixed, in the order given, as many as the page takes."""
    taken: list[dict[str, Any]] = []
    left = MAX_COPY_CHARACTERS
    for line in [x for x in lines if x.id not in ALWAYS_FIRST][:MAX_COPY_LINES]:
        plain = _plain(line)
        left -= len(json.dumps(plain, ensure_ascii=False)) + 2
        if left < 0:
            break
        taken.append(plain)
    return json.dumps({"day": dutch_day(day), "lines": taken}, ensure_ascii=False)


def _plain(line: HelpLine) -> dict[str, Any]:
    numbers = [[n.phone, aside(line, n)] for n in line.numbers]
    return {"name": line.name, "numbers": numbers, "email": line.email, "about": about(line), "checked": line.checked}


def aside(line: HelpLine, number: Number) -> str:
    """Cost, note and, where sources differ, who says so."""
    source = f"volgens {number.source}" if line.conflict and number.source else ""
    return " · ".join(part for part in (number.cost, number.note, source) if part)
