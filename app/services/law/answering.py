"""Answering a resident: what was found leaves as a page and as data, is asked to be corrected, or is erased everywhere.

Each act stands in the trail and in what becomes of the request, in the same transaction as the act itself.
"""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from app import VERSION
from app.services import followups, records, visits
from app.services.law import requests, trail
from app.services.law.about import STAYS, About, Found
from app.services.law.requests import coordinating
from app.services.law.trail import Act
from app.services.records import DETAIL_MONTHS, Group, month_after
from sync.core import ring
from sync.core.errors import BadInput, DiskFull, NotFound
from sync.device import erasing
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

FORMAT, FORMAT_VERSION = "straatcontact-address", 1
MAX_WHY = 500


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of an erasing: the ids of records that are erased now, and how many had gone already."""

    records: tuple[bytes, ...]
    before: int
    drafts: int


class Answers:
    """The acts. Hung on App's `law`."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    # -- taking along --------------------------------------------------------------------------------------

    async def to_json(self, about: About, some: Sequence[Found]) -> bytes:
        """What was found, for machines (docs/export.md). Noted in the trail first. Raises Forbidden or DiskFull."""
        session = coordinating(self._live)
        await self.note_export()
        made = datetime.fromtimestamp(session.writer.now() / 1000, UTC)
        whole = {
            "format": FORMAT,
            "version": FORMAT_VERSION,
            "app": VERSION,
            "made": made.isoformat(timespec="seconds"),
            "address": about.address,
            "records": [{"kind": f.kind, "found": f.how, **f.told()} for f in some],
            "rounds": [{"name": name, "noted": said} for name, said in about.rounds],
            "not_seen": {
                "visits_only_their_author_can_read": sum(n for _, _, n in about.unseen),
                "other_teams": about.elsewhere,
            },
        }
        return json.dumps(whole, ensure_ascii=False, indent=1).encode()

    async def note_export(self) -> None:
        """What was found is about to leave the app. Raises DiskFull: then it should not."""
        session = coordinating(self._live)
        await records.write(session, trail.part(session, Act.EXPORTED, "address"))

    # -- correcting ----------------------------------------------------------------------------------------

    def to_ask(self, about: About) -> list[tuple[bytes, str, int]]:
        """Of whom can be asked to look into what only they can read: of those with a device in this team."""
        session = self._live.require_session()
        there = {m for m, _ in followups.candidates(session, session.team)}
        return [one for one in about.unseen if one[0] in there]

    async def ask(
        self, members: Iterable[bytes], visit: bytes, address: str, what: str, due: date | None, today: date
    ) -> int:
        """Ask these members to look, correct or erase, as a follow-up with a day; `visit`: which one it is about, or
        nothing for whatever only they can read. How many were asked. A coordinator can't rewrite another's visit.

        Raises BadInput("what", "due" or "member", why), Forbidden or DiskFull.
        """
        session = coordinating(self._live)
        what, day = followups.check(what, due, today)
        wanted = list(dict.fromkeys(members))
        if not wanted:
            raise BadInput("member", "missing")
        known = records.known(session, visits.KIND, visit) if visit else None
        team = records.team_of(session, known)
        made: list[Part] = []
        for member in wanted:
            if member not in {m for m, _ in followups.candidates(session, team)}:
                raise BadInput("member", "left")
            values = {"visit": visit, "address": address, "what": what, "due": day.isoformat(), "member": member}
            rings = frozenset({ring.own_ring(member), ring.coordinators_ring(team)})
            group = Group("detail", values, rings, month_after(today, DETAIL_MONTHS))
            made += records.parts(session, followups.KIND, [group])[1]
        if visit:
            made += trail.part(session, Act.CORRECTED, visits.KIND)
        await records.write(session, made)
        self._live.tell()
        return len(wanted)

    # -- erasing -------------------------------------------------------------------------------------------

    async def erase(
        self, found: Sequence[Found], drafts: Sequence[str], why: str, today: date, request: bytes = b""
    ) -> Erased:
        """Erase these records for good, everywhere, and half-typed forms on this device. One transaction: all or
        nothing. In force here at once, elsewhere once this device has sent it and the others have heard.

        `request`: for whom; it says so, and is not answered by it.
        A no-contact mark stays, whatever is chosen. What was erased meanwhile is passed over.
        Raises BadInput("law_why" or "found", why), Forbidden or DiskFull.
        """
        session = coordinating(self._live)
        why = why.strip()
        if not why:
            raise BadInput("law_why", "missing")
        if len(why) > MAX_WHY:
            raise BadInput("law_why", "too_long")
        chosen = [f for f in found if f.kind not in STAYS]
        if not chosen and not drafts:
            raise BadInput("found", "missing")
        made, names = await _erasing(session, chosen)
        for kind in sorted({f.kind for f in chosen if f.id in names}) or (["draft"] if drafts else []):
            made += trail.part(session, Act.ERASED, kind)
        if request:
            made += requests.erasing_for(session, request, tuple(names), why, today)
        await session.writer.write(made)
        for draft in drafts if self._live.drafts else ():
            await self._live.drafts.put(draft, None)  # type: ignore[union-attr]
        with suppress(DiskFull):  # it is written: the bytes go the next time
            await session.catch_up()
        session.syncer.wake()
        self._live.tell()
        return Erased(tuple(names), len(chosen) - len(names), len(drafts))


async def _erasing(session: "Session", chosen: Sequence[Found]) -> tuple[list[Part], list[bytes]]:
    """What to write to erase these, and which are not erased yet."""
    made, names = list[Part](), list[bytes]()
    for one in chosen:
        try:
            known = records.known(session, one.kind, one.id)
        except NotFound:
            continue
        made.append(await erasing.part(session, known))
        names.append(one.id)
    return made, names
