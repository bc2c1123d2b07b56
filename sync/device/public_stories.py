"""The published stories on a device: the newest list that held, the sheets that it names, and what stopped some.

As the help directory (sync.device.editions): a list is taken only when it holds, none of a lower number follows it, and
it is in force while whoever signed it coordinates. A server that has an older one (it was put back from a backup) gets
the newest again, and what it lacks of it. A stop is said again for as long as the server does not tell of it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache

from sync.core import codec, stories, wire
from sync.core.directory import may_publish
from sync.core.errors import BadFormat, DiskFull, NotFound, RollMoved, StraatError, TooLarge
from sync.core.ids import ID_BYTES
from sync.core.ports import Log, Primitives
from sync.core.roll import Roll
from sync.core.stories import Entry, Sheet, StoryList
from sync.device.asking import Asking
from sync.device.keyring import Keyring
from sync.device.syncer import Syncer

KEPT = "stories"  # the newest list that held
SHEETS = "story sheets"
STOPS = "story stops"  # secrets of stories that are stopped, shown to the server or not yet
A_ROUND = 20  # sheets asked for at a time
MAX_KEPT = 8 << 20
_sheets = codec.items(codec.blob_up_to(stories.MAX_SHEET_BYTES + 2), 2 * stories.MAX_STORIES)
_stops = codec.items(codec.blob(ID_BYTES), 10_000)


@lru_cache(maxsize=2)
def _parsed(data: bytes | None) -> StoryList | None:
    try:
        return stories.parse(data) if data else None
    except StraatError:
        return None


class PublicStories:
    """One open device's."""

    def __init__(self, primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, syncer: Syncer) -> None:
        self._primitives, self._log, self._roll, self._keyring, self._syncer = primitives, log, roll, keyring, syncer
        self.asking = Asking()
        self.trouble = ""  # the error code of what the server last gave, "" when that was in order
        self.photo_of: Callable[[bytes], bytes] = lambda name: b""  # a photo that this device has itself
        self._read: dict[bytes, Sheet] | None = None
        self._stopped: set[bytes] | None = None
        self._lapsed: StoryList | None = None  # the server's newest, when it is by one who coordinates no more

    # -- what there is -----------------------------------------------------------------------------------

    @property
    def kept(self) -> StoryList | None:
        """The newest list that held, in force or not."""
        found = _parsed(self._log.get(KEPT))
        return found if found and found.organisation == self._roll.state.organisation else None

    @property
    def newest(self) -> StoryList | None:
        """What the next list follows."""
        return self._lapsed or self.kept

    @property
    def in_force(self) -> bool:
        """Whether whoever signed the newest list coordinates still: else nobody shows it."""
        newest = self.newest
        return newest is not None and may_publish(self._roll.state, newest.device)

    def locks(self) -> dict[bytes, Entry]:
        """What stands on the newest list, by its lock."""
        newest = self.newest
        return {entry.lock: entry for entry in newest.entries} if newest else {}

    def stopped(self) -> set[bytes]:
        """Locks of what was stopped."""
        return {stories.lock_of(secret) for secret in self._stops()}

    def shown(self, today: str) -> list[Sheet]:
        """The stories to show on this ISO day, in the list's order, as far as their words have come in."""
        if not self.in_force:
            return []
        sheets, gone = self._sheets(), self.stopped()
        live = [e for e in self.locks().values() if e.until > today and e.lock not in gone]
        return [sheets[e.sheet] for e in live if e.sheet in sheets]

    # -- asking ------------------------------------------------------------------------------------------

    async def look(self, now_millis: int, today: str, woken: bool = False) -> bool:
        """At the end of a round: ask if it is time. True when what is to be shown may have changed. Never raises."""
        if not self.asking.due(now_millis, woken):
            return False
        before = self.newest, self.stopped(), len(self._sheets())
        try:
            await self.ask(today)
            self.trouble = ""
        except StraatError as error:
            self.trouble = error.code
        return before != (self.newest, self.stopped(), len(self._sheets()))

    async def ask(self, today: str) -> None:
        """Take in what the server has, give it what it lacks, and fetch the words that are lacking here.

        Raises what `stories.genuine` and `stories.follow` raise, Unreachable, DiskFull.
        """
        known = self.newest
        organisation = self._roll.state.organisation
        number, data, secrets = await self._syncer.ask(
            "stories", [organisation, known.number if known else 0], wire.STORIES
        )
        if data:
            found = stories.parse(data)
            await stories.genuine(self._primitives, self._roll, found)
            stories.follow(known, found)
            self._lapsed = None
            if may_publish(self._roll.state, found.device):
                self._log.put({KEPT: data})
            else:
                self._lapsed = found
        elif known and number < known.number and self.in_force:
            await self._give(known.data, {})
        locks = self.locks()
        self._keep_stops({*self._stops(), *(s for s in secrets if stories.lock_of(s) in locks)})
        for secret in self._stops() - set(secrets):
            if stories.lock_of(secret) in locks:
                await self._say_stop(secret)
        await self._fetch(today)

    async def _fetch(self, today: str) -> None:
        """The words of what is live; those of what is not are dropped here."""
        newest, gone = self.newest, self.stopped()
        live = [e for e in newest.entries if e.until > today and e.lock not in gone] if newest else []
        here = {name: sheet for name, sheet in self._sheets().items() if name in {e.sheet for e in live}}
        for entry in [e for e in live if e.sheet not in here][:A_ROUND]:
            data = await self._part(entry.sheet)
            with suppress(StraatError):
                sheet = stories.read_sheet(data)
                if newest and stories.fits(newest, entry, sheet):
                    here[entry.sheet] = sheet
        self._keep_sheets(here)

    async def _part(self, name: bytes) -> bytes:
        data = await self._syncer.ask("stories/part", [self._roll.state.organisation, name], None)
        return bytes(data) if data and stories.part_hash(data) == name else b""

    async def photo(self, name: bytes) -> bytes:
        """A photo by its hash, b"" where there is none that fits. Raises Unreachable."""
        data = self.photo_of(name) or await self._part(name)
        try:
            stories.check_photo(data)
        except StraatError:
            return b""
        return data

    # -- doing -------------------------------------------------------------------------------------------

    async def publish(self, entries: Sequence[Entry], parts: Iterable[bytes], made: str) -> StoryList:
        """Sign the next list and publish it, with the sheets and photos that the server lacks.

        Raises what `stories.check` raises, RollMoved when another list came first, Unreachable: then nothing was.
        """
        last = self.newest
        signing, device = self._keyring.signing, self._keyring.device
        data = await stories.sign(self._primitives, signing, self._roll, device, last, entries, made)
        found = stories.parse(data)
        await stories.check(self._primitives, self._roll, last, found)
        here = {stories.part_hash(part): part for part in parts}
        try:
            await self._give(data, here)
        except RollMoved:
            raise
        except StraatError as error:
            await self.ask(made)
            newest = self.newest
            if newest is None or newest.data != data:
                if newest != last:
                    raise RollMoved("another list came first") from error
                raise
        self._lapsed = None
        self._log.put({KEPT: data})
        sheets = self._sheets()
        for name, part in here.items():
            with suppress(StraatError):
                sheets[name] = stories.read_sheet(part)
        self._keep_sheets(sheets)
        return found

    async def _give(self, data: bytes, parts: Mapping[bytes, bytes]) -> None:
        """The list, and then what it lacks: sheets first, since those name photos."""
        have = {name: sheet.data for name, sheet in self._sheets().items()} | dict(parts)
        for _ in range(2):
            lacking = await self._syncer.ask("stories/publish", data, wire.LACKING)
            for name in lacking:
                part = have.get(name) or self.photo_of(name)
                if part:
                    await self._syncer.ask("stories/deliver", part, None)

    async def stop(self, secret: bytes) -> None:
        """Stop a story for good. Kept first; where the server can't be asked now it is told later."""
        self._keep_stops({*self._stops(), secret})
        with suppress(StraatError):
            await self._say_stop(secret)

    async def _say_stop(self, secret: bytes) -> None:
        with suppress(NotFound):
            await self._syncer.ask("stories/stop", [self._roll.state.organisation, secret], None)

    # -- keeping -----------------------------------------------------------------------------------------

    def _sheets(self) -> dict[bytes, Sheet]:
        if self._read is None:
            self._read = {}
            with suppress(BadFormat, TooLarge):
                for data in codec.checked(_sheets, self._log.get(SHEETS) or codec.pack([]), MAX_KEPT):
                    with suppress(StraatError):
                        self._read[stories.part_hash(data)] = stories.read_sheet(data)
        return self._read

    def _keep_sheets(self, sheets: dict[bytes, Sheet]) -> None:
        if sheets != self._read or self._log.get(SHEETS) is None:
            with suppress(DiskFull):
                self._log.put({SHEETS: codec.pack([s.data for s in sheets.values()]) if sheets else None})
                self._read = sheets

    def _stops(self) -> set[bytes]:
        if self._stopped is None:
            self._stopped = set()
            with suppress(BadFormat, TooLarge):
                self._stopped = set(codec.checked(_stops, self._log.get(STOPS) or codec.pack([]), MAX_KEPT))
        return self._stopped

    def _keep_stops(self, secrets: set[bytes]) -> None:
        if secrets != self._stops():
            self._log.put({STOPS: codec.pack(sorted(secrets))})
            self._stopped = secrets
