"""Published stories on the server: the newest list, the parts that it names, and what stops one.

The server keeps no part that the newest list does not name, that was stopped, or whose day has come: it drops those by
itself. It can leave a story out; it can't make one, alter one, or bring one back on a phone (sync.core.stories).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sync.core import stories
from sync.core.directory import may_publish
from sync.core.errors import Forbidden, NotFound, RollMoved, StraatError
from sync.core.ports import Clock, Primitives
from sync.core.roll import Roll
from sync.core.stories import Entry, Sheet, StoryList
from sync.server.store import Store

# A story's day begins in the Netherlands at 22:00 or 23:00 UTC of the day before: an hour early in winter, never late.
AHEAD = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Told:
    """A story to show: its words, the hash that names it, and whether its photo is here."""

    sheet: Sheet
    name: bytes
    photo: bool


class Shelf:
    """The stories of every organisation."""

    def __init__(self, store: Store, primitives: Primitives, clock: Clock) -> None:
        self._store, self._primitives, self._clock = store, primitives, clock
        self._sheets: dict[bytes, Sheet] = {}  # read once; forgotten with the next tidying

    def today(self) -> date:
        """The day in the Netherlands, in winter from an hour before midnight on."""
        return (datetime.fromtimestamp(self._clock.millis() / 1000, UTC) + AHEAD).date()

    # -- what devices ask --------------------------------------------------------------------------------

    async def newest(self, organisation: bytes, known: int) -> list[object]:
        """The number of the newest list, its bytes if that is above the one known, and what stopped stories on it."""
        found = await self._list(organisation)
        if found is None:
            return [0, b"", []]
        secrets = await self._store.stopped_stories(organisation)
        locks = {entry.lock for entry in found.entries}
        stopped = sorted(s for s in secrets if stories.lock_of(s) in locks)
        return [found.number, found.data if found.number > known else b"", stopped]

    async def publish(self, organisation: bytes, roll: Roll, data: bytes) -> Sequence[bytes]:
        """Take a newer list, or the newest once more; gives the hashes of what is lacking.

        Raises what `stories.check` raises, Forbidden for a story that is to stand too long, RollMoved.
        """
        last = await self._list(organisation)
        if last is None or last.data != data:
            found = stories.parse(data)
            await stories.check(self._primitives, roll, last, found)
            latest = (self.today() + timedelta(days=stories.MAX_DAYS)).isoformat()
            if any(entry.until > latest for entry in found.entries):
                raise Forbidden("a story that is to stand too long")
            if not await self._store.put_story_list(organisation, found.number, data):
                raise RollMoved("a newer list exists")
            await self.tidy(organisation)
        return await self._lacking(organisation)

    async def part(self, organisation: bytes, name: bytes) -> bytes:
        """A sheet or photo that is still to be read, b"" for none."""
        named = await self._named(organisation)
        return (await self._store.story_part(organisation, name) or b"") if name in named else b""

    async def deliver(self, organisation: bytes, data: bytes) -> bytes:
        """Keep a sheet or photo that the newest list names. Raises NotFound for any other."""
        name = stories.part_hash(data)
        live = await self._live(organisation)
        if name in live:
            if not stories.fits(*live[name], stories.read_sheet(data)):
                raise Forbidden("a sheet of another story")
        elif name in await self._named(organisation):
            stories.check_photo(data)
        else:
            raise NotFound("story part")
        await self._store.put_story_part(organisation, name, data)
        return b""

    async def stop(self, organisation: bytes, secret: bytes) -> bytes:
        """Whoever has the secret of a story on the list stops it, for good. Raises NotFound for any other."""
        found = await self._list(organisation)
        if found is None or stories.lock_of(secret) not in {e.lock for e in found.entries}:
            raise NotFound("story")
        if secret not in await self._store.stopped_stories(organisation):
            await self._store.stop_story(organisation, secret)
            await self.tidy(organisation)
        return b""

    # -- what the pages ask --------------------------------------------------------------------------------

    async def told(self, organisation: bytes, roll: Roll) -> list[Told]:
        """The stories to show today, in the list's order; none when whoever signed the list coordinates no more."""
        found = await self._list(organisation)
        if found is None or not may_publish(roll.state, found.device):
            return []
        here = await self._store.story_parts(organisation)
        shown = []
        for name, (_, entry) in (await self._live(organisation)).items():
            sheet = await self._sheet(organisation, entry) if name in here else None
            if sheet is not None:
                shown.append(Told(sheet, name, sheet.photo in here))
        return shown

    async def tidy(self, organisation: bytes) -> int:
        """Drop every part that is not to be read any more; how many."""
        self._sheets.clear()
        named = await self._named(organisation)
        return await self._store.drop_story_parts(
            organisation, sorted(await self._store.story_parts(organisation) - named)
        )

    # -- within --------------------------------------------------------------------------------------------

    async def _list(self, organisation: bytes) -> StoryList | None:
        data = await self._store.story_list(organisation)
        return stories.parse(data) if data else None

    async def _live(self, organisation: bytes) -> dict[bytes, tuple[StoryList, Entry]]:
        """By the hash of its sheet: what is neither over nor stopped."""
        found = await self._list(organisation)
        if found is None:
            return {}
        today = self.today().isoformat()
        stopped = {stories.lock_of(s) for s in await self._store.stopped_stories(organisation)}
        return {e.sheet: (found, e) for e in found.entries if e.until > today and e.lock not in stopped}

    async def _sheet(self, organisation: bytes, entry: Entry) -> Sheet | None:
        if entry.sheet not in self._sheets:
            data = await self._store.story_part(organisation, entry.sheet)
            if not data:
                return None
            try:
                self._sheets[entry.sheet] = stories.read_sheet(data)
            except StraatError:
                return None
        return self._sheets[entry.sheet]

    async def _named(self, organisation: bytes) -> set[bytes]:
        """The hashes of all parts that may be read: sheets, and the photos of those that are here."""
        live = await self._live(organisation)
        sheets = [await self._sheet(organisation, entry) for _, entry in live.values()]
        return {*live, *(s.photo for s in sheets if s is not None and s.photo)}

    async def _lacking(self, organisation: bytes) -> Sequence[bytes]:
        return sorted(await self._named(organisation) - await self._store.story_parts(organisation))
