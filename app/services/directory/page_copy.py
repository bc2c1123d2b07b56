"""The help lines of the first page, which is Dutch and stands before anything else has loaded.

The build writes them into the page; once an edition holds, or a gemeente is chosen, the app gives the page a copy of
the rest of the list, which the page keeps and trusts in nothing (assets/web/lines.js). The four fixed lines are always
those of the build.
"""

import html
import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.services.directory.finding import spaced
from app.services.directory.telling import dutch, hours_text
from sync.core.directory import ALWAYS_FIRST
from sync.core.help_line import HelpLine, Number, Status

MAX_COPY_LINES = 100
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni",
           "juli", "augustus", "september", "oktober", "november", "december")  # fmt: skip
_WORDS = {"also": "Of bel", "closed": "Tijdelijk gesloten", "conflict": "Let op, bronnen verschillen."}


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
    """The copy for the page, as JSON: the lines that are not fixed, in the order given."""
    rest = [line for line in lines if line.id not in ALWAYS_FIRST][:MAX_COPY_LINES]
    return json.dumps({"day": dutch_day(day), "lines": [_plain(line) for line in rest]}, ensure_ascii=False)


def _plain(line: HelpLine) -> dict[str, Any]:
    numbers = [[n.phone, _aside(line, n)] for n in line.numbers]
    return {"name": line.name, "numbers": numbers, "email": line.email, "about": about(line), "checked": line.checked}


def _aside(line: HelpLine, number: Number) -> str:
    """Cost, note and, where sources differ, who says so."""
    source = f"volgens {number.source}" if line.conflict and number.source else ""
    return " · ".join(part for part in (number.cost, number.note, source) if part)


def list_items(lines: Sequence[HelpLine]) -> str:
    """The same as HTML, for the build."""
    return "\n".join(_item(line) for line in lines)


def _item(line: HelpLine) -> str:
    fixed = " data-fixed" if line.id in ALWAYS_FIRST else ""
    links = [("tel:" + n.phone, spaced(n.phone), _aside(line, n)) for n in line.numbers]
    links += [("mailto:" + line.email, line.email, "")] if line.email and not line.numbers else []
    shown = [_link(line, place, link) for place, link in enumerate(links)]
    return f'      <li{fixed} data-checked="{html.escape(line.checked)}">{"".join(shown)}</li>'


def _link(line: HelpLine, place: int, link: tuple[str, str, str]) -> str:
    href, word, aside = (html.escape(part) for part in link)
    told = html.escape(about(line)) if not place else ""
    text = " · ".join(part for part in (told, aside) if part)
    name = html.escape(line.name)
    first = f"<strong>{name}</strong>" if not place else f"<strong>{_WORDS['also']}</strong>"
    label = f' aria-label="{name} {word}"' if place else ""
    return f'<a href="{href}"{label}>{first}<b>{word}</b><span>{text}</span></a>'
