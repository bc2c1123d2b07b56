"""One help line as a coordinator types it, and whether it can stand in an edition so. Pure.

Every field is text as typed, so that a draft holds what is not right yet; `to_line` says at which field it is not.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from app.services.directory import editing_hours
from app.services.directory.editing import says_a_fixed_number
from app.services.directory.finding import plain, spaced
from app.services.drafts import Plain
from app.services.records import iso
from sync.core.directory import ALWAYS_FIRST
from sync.core.errors import BadFormat, BadInput, TooLarge
from sync.core.help_line import (
    MAX_NUMBERS,
    HelpLine,
    Number,
    Status,
    as_row,
    from_row,
    plain_number,
    row,
)

_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_BOUNDS = {"name": 120, "about": 400, "audience": 200, "place": 300, "source": 400, "conflict": 400, "alert": 300}
_SHAPES = {
    "phone": r"\+?[0-9]{2,20}",
    "email": r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "website": r"https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~%/?=&#+-]*)?",
    "area": r"GM\d{4}|WK\d{6}|BU\d{8}",
    "language": "[a-z]{2,3}",
}


@dataclass(frozen=True, slots=True)
class NumberForm:
    """A number as typed, spaces and dashes and all."""

    phone: str = ""
    note: str = ""
    cost: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class LineForm:
    """`areas`: a line each, the CBS code and the name; `languages`: codes with commas; `hours`: see editing_hours."""

    name: str = ""
    about: str = ""
    audience: str = ""
    numbers: tuple[NumberForm, ...] = (NumberForm(),)
    email: str = ""
    website: str = ""
    place: str = ""
    hours: str = ""
    languages: str = "nl"
    areas: str = ""
    source: str = ""
    checked: date | None = None
    conflict: str = ""
    closed: bool = False
    alert: str = ""


def of_line(line: HelpLine) -> LineForm:
    """The form of a line that is there."""
    numbers = tuple(NumberForm(spaced(n.phone), n.note, n.cost, n.source) for n in line.numbers)
    return LineForm(
        name=line.name,
        about=line.about,
        audience=line.audience,
        numbers=numbers or (NumberForm(),),
        email=line.email,
        website=line.website,
        place=line.place,
        hours=editing_hours.write(line.hours),
        languages=", ".join(line.languages),
        areas="\n".join(f"{code} {name}".strip() for code, name in line.areas),
        source=line.source,
        checked=iso(line.checked),
        conflict=line.conflict,
        closed=line.status is Status.CLOSED,
        alert=line.alert,
    )


def to_line(form: LineForm, name: str, today: date, was: str = "") -> HelpLine:
    """The line, with this id. `was`: the day of checking that stood there, right by whatever clock.

    Raises BadInput(field, why); nothing is lost.
    """
    texts = {key: _text(key, getattr(form, key)) for key in _BOUNDS}
    if not texts["name"]:
        raise BadInput("name", "missing")
    numbers = _numbers(form.numbers)
    email, website = form.email.strip(), _website(form.website)
    if email and not _fits("email", email, 120):
        raise BadInput("email", "unknown")
    if not (numbers or email or website):
        raise BadInput("phone", "missing")
    if form.checked is not None and form.checked > today and form.checked != iso(was):
        raise BadInput("checked", "future")
    if form.checked is not None and not texts["source"]:
        raise BadInput("source", "missing")
    try:
        hours = editing_hours.read(form.hours)
    except BadFormat as error:
        raise BadInput("hours", "unknown") from error
    line = HelpLine(
        id=name,
        numbers=numbers,
        email=email,
        website=website,
        hours=hours,
        languages=_languages(form.languages),
        areas=_areas(form.areas),
        checked=form.checked.isoformat() if form.checked else "",
        status=Status.CLOSED if form.closed else Status.OPEN,
        **texts,
    )
    if says_a_fixed_number(line):
        raise BadInput("phone", "fixed")
    return _whole(line)


def _whole(line: HelpLine) -> HelpLine:
    """As it comes out of an edition. What no field was blamed for can only be the hours: spans over one another."""
    try:
        return from_row(row(as_row(line)))
    except (BadFormat, TooLarge) as error:
        raise BadInput("hours", "unknown") from error


def _text(key: str, typed: str) -> str:
    """On one line, without what can't be seen."""
    words = " ".join(_HIDDEN.sub("", typed).split())
    if len(words) > _BOUNDS[key]:
        raise BadInput(key, "too_long")
    return words


def _fits(shape: str, words: str, most: int) -> bool:
    return len(words) <= most and bool(re.fullmatch(_SHAPES[shape], words, re.ASCII))


def dialled(typed: str) -> str:
    """A number as it is dialled: +31 (0)73 - 206 88 88 is +31732068888."""
    return re.sub(r"[\s().\-–/]", "", typed.replace("(0)", ""))


def _numbers(typed: Collection[NumberForm]) -> tuple[Number, ...]:
    found: list[Number] = []
    for number in typed:
        phone = dialled(number.phone)
        note, cost, source = (" ".join(_HIDDEN.sub("", x).split()) for x in (number.note, number.cost, number.source))
        if not phone and not (note or cost or source):
            continue
        if not _fits("phone", phone, 20):
            raise BadInput("phone", "unknown", number.phone.strip()[:40])
        if len(note) > 120 or len(cost) > 80 or len(source) > 400:
            raise BadInput("phone", "too_long")
        if plain_number(phone) in {plain_number(n.phone) for n in found}:
            raise BadInput("phone", "twice", number.phone.strip()[:40])
        found.append(Number(phone, note, cost, source))
    if len(found) > MAX_NUMBERS:
        raise BadInput("phone", "too_many")
    return tuple(found)


def _website(typed: str) -> str:
    site = typed.strip()
    if site and "://" not in site:
        site = f"https://{site}"
    if site and not _fits("website", site, 200):
        raise BadInput("website", "unknown")
    return site


def _languages(typed: str) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(x for x in re.split(r"[\s,;]+", typed.strip().lower()) if x))
    if len(found) > 20 or not all(_fits("language", x, 3) for x in found):
        raise BadInput("languages", "unknown")
    return found


def _areas(typed: str) -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for line in (x.strip() for x in typed.splitlines()):
        code, _space, name = line.partition(" ")
        if not line:
            continue
        if not _fits("area", code.upper(), 10) or len(name) > 80:
            raise BadInput("areas", "unknown", line[:40])
        found[code.upper()] = " ".join(_HIDDEN.sub("", name).split())
    if len(found) > 50:
        raise BadInput("areas", "too_many")
    return tuple(found.items())


def new_id(name: str, taken: Collection[str]) -> str:
    """An id for a new line, from its name."""
    slug = re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[:56] or "lijn"
    names = {*taken, *ALWAYS_FIRST}
    return next(x for x in (slug, *(f"{slug}-{n}" for n in range(2, len(names) + 3))) if x not in names)


def to_plain(form: LineForm) -> Plain:
    """The form as a draft."""
    plain_form: dict[str, Any] = {f.name: getattr(form, f.name) for f in fields(LineForm)}
    plain_form["numbers"] = [[n.phone, n.note, n.cost, n.source] for n in form.numbers]
    plain_form["checked"] = form.checked.isoformat() if form.checked else None
    return plain_form


def from_plain(raw: Plain) -> LineForm:
    """The form again; what this version does not know of it is left as in a new one."""
    values = {f.name: raw[f.name] for f in fields(LineForm) if isinstance(raw.get(f.name), (str, bool))}
    values.pop("numbers", None)
    day = raw.get("checked")
    numbers = raw.get("numbers")
    rows = [r for r in numbers if len(r) == 4] if isinstance(numbers, (list, tuple)) else []
    made = tuple(NumberForm(*map(str, r)) for r in rows)
    values |= {"checked": iso(day if isinstance(day, str) else None), "numbers": made or (NumberForm(),)}
    return LineForm(**values)
