"""Taking along what the organisation has: what the screen asks and does. Hung on App as `leaving`.

It is made on a coordinator's device, as only there it can be read, of what that device can open. Each time is noted in the
trail before anything is handed over. docs/decisions/0034-taking-along.md.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from app.services.activities import KIND as ACTIVITY
from app.services.activities import calendar_event
from app.services.calendar_file import calendar_of
from app.services.directory import hsds
from app.services.directory.board import Directory
from app.services.law.trail import Act, part
from app.services.leaving import unopened
from app.services.leaving.unopened import Unopened
from app.services.live import Live
from app.services.models import Role
from app.services.records import write
from app.services.session import Session
from sync.core.errors import Forbidden

Progress = Callable[[float], None]


class Leaving:
    """Of the open app, for a coordinator."""

    def __init__(self, live: Live, directory: Directory) -> None:
        self._live, self._directory = live, directory

    def unopened(self) -> Unopened:
        """What would not be in it. Raises Forbidden."""
        return unopened.look(self._coordinating())

    async def everything(self, titles: Mapping[str, str], progress: Progress = lambda _: None) -> bytes:
        """The zip of all that this device can open. `titles`: what a kind of activity is called in a calendar.

        Raises Forbidden, or DiskFull: it could not be noted, and so was not made.
        """
        from app.services.leaving.whole import whole  # late: few ever ask for it

        session = await self._noted("all")
        return await whole(session, self._help_lines(), self._calendar(session, titles), progress)

    async def database(self, progress: Progress = lambda _: None) -> bytes:
        """The readable tables as an SQLite file. Raises as `everything` does."""
        from app.services.leaving.database import database

        return await database(await self._noted("all"), progress)

    async def calendar(self, titles: Mapping[str, str]) -> bytes:
        """All activities that this device may read, as a calendar file. Raises as `everything` does."""
        return self._calendar(await self._noted(ACTIVITY), titles)

    def help_lines(self) -> bytes:
        """The directory on show, as HSDS: it is public, so nothing is noted. Raises Forbidden."""
        self._coordinating()
        return self._help_lines()

    def _help_lines(self) -> bytes:
        return json.dumps(hsds.write(self._directory.lines()), ensure_ascii=False, indent=1).encode()

    def _calendar(self, session: Session, titles: Mapping[str, str]) -> bytes:
        rows = session.view.ask("SELECT * FROM activities WHERE NOT hidden AND day <> '' ORDER BY day, time, id")
        events = [event for row in rows if (event := calendar_event(row, titles)) is not None]
        return calendar_of(events, datetime.fromtimestamp(session.writer.now() / 1000, UTC))

    async def _noted(self, kind: str) -> Session:
        session = self._coordinating()
        await write(session, part(session, Act.EXPORTED, kind))
        return session

    def _coordinating(self) -> Session:
        session = self._live.require_session()
        if session.roll.state.device(session.device).role is not Role.COORDINATOR:
            raise Forbidden("export")
        return session
