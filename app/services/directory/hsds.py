"""The directory as HSDS 3.0 (Open Referral's Human Services Data Specification) and back.

One `service` object a line, with its organisation, numbers, hours, languages and areas inside it, as HSDS writes JSON.
What HSDS has no place for (the cost of one number, both sides of a conflict, hours on holidays) stands in `attributes`
of our own taxonomy, so that an export comes back as it went; a stranger's file is read without them. Ids are made from
our own, the same every time. Times are those of the clock in Amsterdam: HSDS knows only offsets, which change with it. The schema that files are held against is assets/hsds/schema.json.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from app.services.directory import osm_hours
from app.services.directory.finding import plain
from app.services.directory.osm_hours import by_days, clock
from sync.core import codec
from sync.core.errors import BadFormat, StraatError
from sync.core.help_line import (
    ALWAYS,
    DAY_MINUTES,
    UNKNOWN_HOURS,
    HelpLine,
    Hours,
    Known,
    Number,
    Status,
    as_row,
    email,
    from_row,
    row,
    website,
)

NAMESPACE = UUID("6f1a3d60-6a1b-5b3e-9d5e-2f4b8c1d7e90")
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STATUS = {Status.OPEN: "active", Status.CLOSED: "temporarily closed"}
_TAXONOMY = "straatcontact"


def write(lines: Iterable[HelpLine]) -> list[dict[str, Any]]:
    """The services of these lines."""
    return [_service(line) for line in lines]


def _id(line: str, *parts: object) -> str:
    return str(uuid5(NAMESPACE, "/".join(map(str, (line, *parts)))))


def _service(line: HelpLine) -> dict[str, Any]:
    organization = {"id": _id(line.id, "organization"), "name": line.name, "description": line.about or line.name}
    service: dict[str, Any] = {
        "id": _id(line.id),
        "name": line.name,
        "description": line.about,
        "status": _STATUS[line.status],
        "eligibility_description": line.audience,
        "fees_description": "; ".join(n.cost for n in line.numbers if n.cost),
        "alert": line.alert,
        "assured_date": line.checked,
        "email": line.email,
        "url": line.website,
        "organization": organization,
        "phones": [_phone(line, place, n) for place, n in enumerate(line.numbers)],
        "schedules": _schedules(line),
        "languages": [{"id": _id(line.id, "language", code), "code": code} for code in line.languages],
        "service_areas": _areas(line),
        "attributes": _attributes(line.id, _beyond(line)),
    }
    return {name: value for name, value in service.items() if value not in ("", [])}


def _phone(line: HelpLine, place: int, number: Number) -> dict[str, Any]:
    beyond = {"cost": number.cost, "source": number.source}
    phone: dict[str, Any] = {"id": _id(line.id, "phone", place), "number": number.phone, "type": "voice"}
    if number.note:
        phone["description"] = number.note
    if attributes := _attributes(line.id, beyond, "phone", place):
        phone["attributes"] = attributes
    return phone


def _areas(line: HelpLine) -> list[dict[str, Any]]:
    if not line.areas:
        return [{"id": _id(line.id, "area"), "name": "Nederland"}]
    return [
        {"id": _id(line.id, "area", code), "name": name or code, "extent": code, "extent_type": "text"}
        for code, name in line.areas
    ]


def _schedules(line: HelpLine) -> list[dict[str, Any]]:
    hours = line.hours
    if hours.known is Known.NOTHING:
        return []
    if hours.known is Known.ALWAYS:
        return [_schedule(line, 0, tuple(range(7)), 0, DAY_MINUTES)]
    spans = [(days, begin, end) for days, several in by_days(hours) for begin, end in several]
    return [_schedule(line, place, *span) for place, span in enumerate(spans)]


def _schedule(line: HelpLine, place: int, days: Sequence[int], begin: int, end: int) -> dict[str, Any]:
    return {
        "id": _id(line.id, "schedule", place),
        "freq": "WEEKLY",
        "wkst": "MO",
        "byday": ",".join(_DAYS[day] for day in days),
        "opens_at": clock(begin),
        "closes_at": clock(end),
        "description": "Europe/Amsterdam",
    }


def _beyond(line: HelpLine) -> dict[str, str]:
    return {
        "id": line.id,
        "hours": osm_hours.write(line.hours),
        "place": line.place,
        "source": line.source,
        "conflict": line.conflict,
    }


def _attributes(line: str, values: Mapping[str, str], *of: object) -> list[dict[str, Any]]:
    return [
        {
            "id": _id(line, *of, "attribute", name),
            "link_entity": "phone" if of else "service",
            "value": value,
            "taxonomy_term": {
                "id": _id(_TAXONOMY, name),
                "code": f"{_TAXONOMY}:{name}",
                "name": name,
                "description": f"Straatcontact: {name}",
            },
        }
        for name, value in values.items()
        if value
    ]


# -- reading --------------------------------------------------------------------------------------------------

LeftOut = tuple[str, str]  # the name of a service, and what of it was left out and why


def read(services: Sequence[Mapping[str, Any]]) -> tuple[list[HelpLine], list[LeftOut]]:
    """Lines from services, and what could not be taken along. Nothing is guessed that is not there."""
    lines, left_out = dict[str, HelpLine](), list[LeftOut]()
    for service in services:
        name = str(service.get("name", "")) if isinstance(service, Mapping) else ""
        parts: list[str] = []
        try:
            line = _line(service, parts)
        except (StraatError, KeyError, TypeError, AttributeError, ValueError) as error:
            left_out.append((name, f"{type(error).__name__}: {error}"))
            continue
        left_out += [(name, part) for part in parts]
        if line.id in lines:
            left_out.append((name, "an id twice"))
        else:
            lines[line.id] = line
    return list(lines.values()), left_out


def _line(service: Mapping[str, Any], left_out: list[str]) -> HelpLine:
    beyond = _read_attributes(service)
    status = service.get("status", "active")
    if status not in _STATUS.values():
        raise BadFormat(f"status {status}")

    def told(name: str, limit: int) -> str:
        text = " ".join(str(service.get(name) or "").split())
        if len(text) > limit:
            left_out.append(f"the end of {name}")
        return text if len(text) <= limit else text[: limit - 3].rpartition(" ")[0] + "..."

    def spelt(name: str, shape: codec.Shape) -> str:
        try:
            return str(shape(service.get(name) or ""))
        except StraatError:
            left_out.append(f"{name} {service[name]!r}")
            return ""

    line = HelpLine(
        beyond.get("id") or _slug(str(service["name"])),
        told("name", 120),
        told("description", 400),
        told("eligibility_description", 200),
        tuple(_numbers(service, left_out)),
        spelt("email", email),
        spelt("url", website),
        beyond.get("place", ""),
        _hours(service, beyond),
        tuple(code for entry in service.get("languages", ()) if (code := str(entry.get("code", "")))),
        tuple((a["extent"], _area_name(a)) for a in service.get("service_areas", ()) if _is_code(a.get("extent", ""))),
        beyond.get("source", ""),
        str(service.get("assured_date") or "")[:10],
        beyond.get("conflict", ""),
        Status.CLOSED if status == _STATUS[Status.CLOSED] else Status.OPEN,
        told("alert", 300),
    )
    return from_row(row(as_row(line)))


def _read_attributes(of: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for attribute in of.get("attributes", ()):
        code = str(attribute.get("taxonomy_term", {}).get("code", ""))
        if code.startswith(f"{_TAXONOMY}:"):
            found[code.removeprefix(f"{_TAXONOMY}:")] = str(attribute.get("value", ""))
    return found


def _numbers(service: Mapping[str, Any], left_out: list[str]) -> Iterator[Number]:
    """The fees of a service are those of its number, when it has one only and the file is not ours."""
    phones = service.get("phones", ())
    fees = str(service.get("fees_description") or "") if len(phones) == 1 and not _read_attributes(service) else ""
    for phone in phones:
        beyond = _read_attributes(phone)
        digits = re.sub(r"[\s().-]", "", str(phone["number"]))
        if re.fullmatch(r"\+?[0-9]{2,20}", digits, re.ASCII):
            cost = beyond.get("cost", fees)[:80]
            yield Number(digits, str(phone.get("description") or "")[:120], cost, beyond.get("source", ""))
        else:
            left_out.append(f"number {phone['number']!r}")


def _hours(service: Mapping[str, Any], beyond: Mapping[str, str]) -> Hours:
    """Our own text where it is there; else weekly schedules with a begin and an end, else nothing."""
    if "hours" in beyond:
        return osm_hours.read(beyond["hours"])
    spans = set()
    for schedule in service.get("schedules", ()):
        times = [str(schedule.get(name, ""))[:5] for name in ("opens_at", "closes_at")]
        plainly = schedule.get("freq") == "WEEKLY" and schedule.get("interval", 1) == 1
        plainly = plainly and not any(schedule.get(name) for name in ("valid_to", "until", "count", "byweekno"))
        if not (plainly and all(re.fullmatch(r"\d\d:\d\d", time) for time in times) and schedule.get("byday")):
            return UNKNOWN_HOURS
        begin, end = (int(time[:2]) * 60 + int(time[3:]) for time in times)
        for day in str(schedule["byday"]).split(","):
            if day not in _DAYS:
                return UNKNOWN_HOURS
            spans.add((_DAYS.index(day), begin, end if end > begin else end + DAY_MINUTES))
    if spans == {(day, 0, DAY_MINUTES) for day in range(7)}:
        return ALWAYS
    return Hours(Known.WEEKLY, tuple(sorted(spans))) if spans else UNKNOWN_HOURS


def _is_code(extent: object) -> bool:
    return isinstance(extent, str) and bool(re.fullmatch(r"GM\d{4}|WK\d{6}|BU\d{8}", extent, re.ASCII))


def _area_name(area: Mapping[str, Any]) -> str:
    name = str(area.get("name", ""))
    return "" if name == area["extent"] else name


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", plain(name)).strip("-")[:64] or "x"
