"""Stories at the desk: checked by two different coordinators, sent back with a word, placed, taken away; and shared.

A yes is signed over the very words (sync.core.stories): whoever changes a letter afterwards has nobody's yes any more.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import Enum

from app.services import erasing, people, records, stories_placing
from app.services.live import Live
from app.services.records import Group, month_after
from app.services.stories import KIND, Stories, Story
from app.services.stories_form import StoryStatus
from sync.core import ring, stories
from sync.core.directory import may_publish
from sync.core.errors import BadInput, Forbidden, NotFound, StraatError
from sync.core.merge import Record
from sync.core.stories import Sheet

CONSENT, NAMES, PHOTO = "consent", "names", "photo"  # what is looked at before a yes
PATH = "/verhalen"


class Stage(Enum):
    """How far a story is at the desk."""

    WAITING = "waiting"  # nobody has checked it
    SECOND = "second"  # another has: the second yes can be mine
    MINE = "mine"  # I have: it waits for another
    RETURNED = "returned"  # sent back to its author
    PLACING = "placing"  # two have, and it is not on the public list yet
    PLACED = "placed"


ORDER = (Stage.SECOND, Stage.WAITING, Stage.MINE, Stage.PLACING, Stage.RETURNED, Stage.PLACED)


@dataclass(frozen=True, slots=True)
class Item:
    """A story at the desk. `checked` and `stale` are names: who said yes to these words, and to others before."""

    story: Story
    stage: Stage
    checked: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    word: str = ""  # with which it was sent back
    word_by: str = ""
    until: date | None = None
    link: str = ""  # where everybody reads it, once it is placed


class StoriesDesk:
    """Hung on App as `stories_desk`; for coordinators when OPEN, reading published stories for everyone."""

    def __init__(self, live: Live, own: Stories) -> None:
        self._live, self._own = live, own

    # -- reading -----------------------------------------------------------------------------------------

    def items(self) -> list[Item]:
        """What was offered here, what waits for me first."""
        found = [self._item(s) for s in self._own.all() if s.status is not StoryStatus.DRAFT]
        return sorted(found, key=lambda x: ORDER.index(x.stage))

    def waiting(self) -> int:
        """How many wait for my yes. Asked after each change: what is on the public list is passed over."""
        session = self._live.require_session()
        rows = session.view.ask("SELECT id FROM stories WHERE status = 'offered' AND NOT hidden AND NOT erased")
        locks, found = session.stories.locks(), 0
        for story in (bytes.fromhex(row["id"]) for row in rows):
            if stories.lock_of(stories.secret_of(story)) not in locks:
                one = self._own.one(story)
                open_ = one.status is StoryStatus.OFFERED
                found += open_ and self._item(one).stage in (Stage.WAITING, Stage.SECOND)
        return found

    def one(self, story: bytes) -> Item:
        """One of them. Raises NotFound, also for a draft and one that was withdrawn."""
        found = self._own.one(story)
        if found.status not in (StoryStatus.OFFERED, StoryStatus.PUBLISHED):
            raise NotFound(KIND)
        return self._item(found)

    def _item(self, story: Story) -> Item:
        session = self._live.require_session()
        record = session.replica.records[story.id]
        yes, sheet = stories_placing.standing(session, record), stories_placing.sheet_of(session, record)
        others = stories_placing.approvals(session, record)
        back = stories_placing.returned(session, record)
        names = people.names(session)
        placed = stories_placing.on_list(session, record) is not None and session.stories.in_force
        if back:
            stage = Stage.RETURNED
        elif placed:
            stage = Stage.PLACED
        elif len(yes) >= stories.CHECKERS:
            stage = Stage.PLACING
        elif any(x.member == session.member for x in yes):
            stage = Stage.MINE
        else:
            stage = Stage.SECOND if yes else Stage.WAITING
        return Item(
            story,
            stage,
            tuple(names.get(x.member.hex(), "?") for x in yes),
            tuple(names.get(x.member.hex(), "?") for x in others if x not in yes),
            back[1] if back else "",
            names.get(back[0].hex(), "?") if back else "",
            date.fromisoformat(sheet.until) if sheet else None,
            self._link(sheet) if sheet and placed else "",
        )

    def to_look_at(self, item: Item) -> tuple[str, ...]:
        """What has to be looked at before a yes."""
        return (CONSENT, NAMES, PHOTO) if item.story.photo else (CONSENT, NAMES)

    @property
    def may(self) -> bool:
        """Whether this device's yes counts: a coordinator's, confirmed."""
        session = self._live.require_session()
        return may_publish(session.roll.state, session.device)

    # -- doing -------------------------------------------------------------------------------------------

    async def approve(self, story: bytes, looked: Collection[str]) -> Stage:
        """My yes to these words; with the second one the story is placed, now or when there is a network.

        Raises BadInput("looked", "missing"), NotFound, Forbidden (not confirmed, or my yes is there), DiskFull.
        """
        session = self._live.require_session()
        item = self.one(story)
        if set(self.to_look_at(item)) - set(looked):
            raise BadInput("looked", "missing")
        if item.story.other_texts:
            raise BadInput("looked", "versions")
        record = session.replica.records[story]
        sheet = stories_placing.sheet_of(session, record)
        if sheet is None:
            raise NotFound(KIND)
        if not self.may or item.stage in (Stage.MINE, Stage.PLACING, Stage.PLACED):
            raise Forbidden("story check")
        check = await stories.vouch(
            session.world.primitives, session.keyring.signing, session.roll, session.device, sheet
        )
        said = [stories.part_hash(sheet.data), sorted(looked), check.head, check.device, check.signature]
        await self._write(record, {"approved": said, "returned": None, "day": self._own.today().isoformat()})
        return await self.place(story)

    async def place(self, story: bytes) -> Stage:
        """Try to place what two have checked; what it is then. No network is no error: it is tried by itself."""
        session = self._live.require_session()
        with suppress(StraatError):
            await stories_placing.place(session)
        self._live.tell()
        return self.one(story).stage

    async def send_back(self, story: bytes, word: str) -> None:
        """Back to its author, with a word that the author reads. Raises BadInput("reply", why), NotFound, DiskFull."""
        session = self._live.require_session()
        words = word.strip()
        if not words:
            raise BadInput("reply", "missing")
        if len(words) > stories_placing.MAX_WORD:
            raise BadInput("reply", "too_long")
        if self.one(story).stage in (Stage.PLACED, Stage.PLACING):
            raise Forbidden("published already")
        record = session.replica.records[story]
        sheet = stories_placing.sheet_of(session, record)
        name = stories.part_hash(sheet.data) if sheet else bytes(32)
        day = self._own.today().isoformat()
        await self._write(record, {"approved": None, "returned": [name, words], "day": day})
        self._live.tell()

    async def take_away(self, story: bytes) -> None:
        """The resident, or anybody who is in it, asks: the story is erased everywhere, at once. There is no way back."""
        session = self._live.require_session()
        record = records.known(session, KIND, story)
        await erasing.erase(session, record)
        with suppress(StraatError):  # and with the next round, wherever one is
            if stories.lock_of(stories.secret_of(story)) in session.stories.locks():
                await session.stories.stop(stories.secret_of(story))
            await stories_placing.place(session)
        self._live.tell()

    async def _write(self, record: Record, values: dict[str, object]) -> None:
        session = self._live.require_session()
        team = ring.coordinators_ring(records.team_of(session, record))
        rings = frozenset({ring.own_ring(record.creator or b""), team})
        group = Group("publication", values, rings, month_after(self._own.today(), records.DETAIL_MONTHS))
        await records.write(session, records.parts(session, KIND, [group], record)[1])

    # -- for everyone ------------------------------------------------------------------------------------

    def published(self) -> list[Sheet]:
        """The stories that everybody may read, as far as they have come in here; each checked against its signatures."""
        session = self._live.require_session()
        return session.stories.shown(self._own.today().isoformat())

    async def photo(self, sheet: Sheet) -> bytes:
        """Its photo, b"" for none or where it can't be had now."""
        with suppress(StraatError):
            return await self._live.require_session().stories.photo(sheet.photo) if sheet.photo else b""
        return b""

    def _link(self, sheet: Sheet) -> str:
        organisation = sheet.organisation.hex()[:12]
        return f"{self._live.page.origin}{PATH}/{organisation}/{sheet.lock.hex()[:20]}"

    def link_of(self, story: bytes) -> str:
        """Where everybody reads this story, "" while it is not placed."""
        session = self._live.require_session()
        record = session.replica.records.get(story)
        sheet = stories_placing.sheet_of(session, record) if record else None
        there = record is not None and stories_placing.on_list(session, record) is not None
        return self._link(sheet) if sheet and there and session.stories.in_force else ""

    def link(self, sheet: Sheet) -> str:
        """Where everybody reads it."""
        return self._link(sheet)

    async def share(self, title: str, text: str) -> bool:
        """Open the device's own way of sharing; False where there is none."""
        return await self._live.page.share(title, text)
