"""What residents asked, and by when they have an answer: a month at most (art. 12(3) GDPR)."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from app.services import addresses, records
from app.services.models import MAX_ADDRESS
from app.services.records import Group, iso, month_after
from sync.core import ring
from sync.core.errors import BadInput, Forbidden
from sync.core.merge import Record
from sync.core.rights import Role
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

KIND = "request"
MONTHS = 24
MAX_HOW = 1_000


class Asked(Enum):
    """What a resident asked for. Once released a value keeps its meaning."""

    LOOK = "look"
    EXPORT = "export"
    CORRECT = "correct"
    ERASE = "erase"
    OBJECT = "object"


@dataclass(frozen=True, slots=True)
class Request:
    """One question. `done`: the day of the answer; `how`: what was answered, in a line; `erased`: ids of records,
    `why`: the reason of that erasing, which is no answer.
    """

    id: bytes
    day: date
    what: Asked
    address: str
    until: date
    done: date | None
    how: str
    erased: tuple[bytes, ...]
    why: str = ""


def month_later(day: date) -> date:
    """The same day of the next month, or that month's last."""
    year, month = day.year + day.month // 12, day.month % 12 + 1
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


class Requests:
    """Noting them, and saying that they are answered. Hung on App's `law`."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    def open(self) -> list[Request]:
        """Those without an answer, the first to be due first."""
        return [r for r in self._all("done = ''", "until, made") if r.done is None]

    def answered(self, most: int = 25) -> list[Request]:
        """Those that were answered, the last first."""
        return self._all("done <> ''", "done DESC, made DESC")[:most]

    def one(self, request: bytes) -> Request | None:
        """A request, or None where it is not (any more)."""
        found = self._all("id = :id", "id", id=request.hex())
        return found[0] if found else None

    def due(self, today: date) -> int:
        """How many have to be answered within a week, or had to be."""
        return sum((r.until - today).days <= 7 for r in self.open())

    def _all(self, where: str, order: str, **values: str) -> list[Request]:
        """`where` and `order` are texts of ours."""
        query = f"SELECT * FROM requests WHERE NOT hidden AND day <> '' AND {where} ORDER BY {order}"  # noqa: S608
        return [_request(row) for row in self._live.require_session().view.ask(query, **values)]

    async def note(self, what: Asked, address: str, day: date, today: date) -> bytes:
        """A question came in on a day; its id. Raises BadInput("address" or "day", why), Forbidden or DiskFull."""
        session = coordinating(self._live)
        if day > today:
            raise BadInput("day", "future")
        values: dict[str, Any] = {
            "day": day.isoformat(),
            "what": what.value,
            "address": checked(address),
            "until": month_later(day).isoformat(),
            "done": "",
            "how": "",
            "records": [],
            "why": "",
        }
        record, made = records.parts(session, KIND, [_group(session, values, None, month_later(day))])
        await records.write(session, made)
        self._live.tell()
        return record

    async def answer(self, request: bytes, how: str, today: date) -> None:
        """It is answered. Raises BadInput("law_how", why), NotFound, Forbidden or DiskFull."""
        session = coordinating(self._live)
        await records.write(session, answering(session, request, how, today))
        self._live.tell()


def coordinating(live: "Live") -> "Session":
    """The open session of a coordinator. Raises Forbidden."""
    session = live.require_session()
    if session.roll.state.device(session.device).role is not Role.COORDINATOR:
        raise Forbidden("law")
    return session


def checked(address: str) -> str:
    """An address to look for. Raises BadInput("address", why)."""
    tidied = addresses.tidy(address)
    if not tidied:
        raise BadInput("address", "missing")
    if len(tidied) > MAX_ADDRESS:
        raise BadInput("address", "too_long")
    return tidied


def answering(session: "Session", request: bytes, how: str, today: date) -> list[Part]:
    """What to write to answer a request; all of it once more, so that it is kept as long as the answer. Raises
    BadInput("law_how", why) or NotFound.
    """
    how = how.strip()
    if not how:
        raise BadInput("law_how", "missing")
    if len(how) > MAX_HOW:
        raise BadInput("law_how", "too_long")
    return _anew(session, records.known(session, KIND, request), {"done": today.isoformat(), "how": how}, today)


def erasing_for(session: "Session", request: bytes, erased: tuple[bytes, ...], why: str, today: date) -> list[Part]:
    """What to write so that a request says what was erased for it and why. Only a person answers it. Raises NotFound."""
    known = records.known(session, KIND, request)
    before = known.value("detail.records")
    ids = [*(before if isinstance(before, list) else []), *erased]
    days = [iso(str(known.value(f"detail.{name}") or "")) for name in ("done", "until")]
    return _anew(session, known, {"records": ids, "why": why}, max([today, *(day for day in days if day)]))


def _anew(session: "Session", known: Record, new: dict[str, Any], day: date) -> list[Part]:
    fields = ("day", "what", "address", "until", "done", "how", "records", "why")
    values = {name: known.value(f"detail.{name}") for name in fields if f"detail.{name}" in known.fields} | new
    return records.parts(session, KIND, [_group(session, values, known, day)], known, everything=True)[1]


def _group(session: "Session", values: dict[str, Any], known: Record | None, day: date) -> Group:
    rings = frozenset({ring.coordinators_ring(records.team_of(session, known))})
    return Group("detail", values, rings, month_after(day, MONTHS))


def _request(row: dict[str, Any]) -> Request:
    day = iso(row["day"]) or date.min
    return Request(
        id=bytes.fromhex(row["id"]),
        day=day,
        what=next((a for a in Asked if a.value == row["what"]), Asked.LOOK),
        address=row["address"],
        until=iso(row["until"]) or day,
        done=iso(row["done"]),
        how=row["how"],
        erased=tuple(bytes.fromhex(x) for x in row["records"].split(",") if x),
        why=row["why"],
    )
