"""Locking: opening a session behind the lock screen, keeping it in sync, and ending it again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.services import activities, cards, people, stories, visits, welcomes
from app.services.drafts import Drafts
from app.services.live import CHOOSING_MILLIS, Live
from app.services.models import LockChoices, Stage
from app.services.session import Session, open_session
from app.services.visit_draft import draft_key
from sync.core import codec
from sync.core.errors import BadFormat, StraatError
from sync.device.secrets import Secrets

logger = logging.getLogger(__name__)
_CHOICES = "locking"
_choices = codec.row(codec.whole(1, 1), codec.whole(1, 60), codec.maybe(codec.whole(0, 3600)))


class Locking:
    """When the session is open, and why it ends."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._syncing: asyncio.Task[None] | None = None
        self._hidden_at: int | None = None
        self.last_act = live.world.clock.millis()
        self.on_left: Callable[[Session], Awaitable[None]] | None = None  # this device has left, and handed all in

    def touch(self) -> None:
        """See AppFace."""
        self.last_act = self._live.world.clock.millis()

    async def begin(self, secrets: Secrets, first_time: bool = False) -> None:
        """Open the session of an enrolled device, and sync from now on."""
        live = self._live
        session = await open_session(live.world, live.require_log(), live.require_vault(), secrets)
        drafts = Drafts(session)
        live.session, live.drafts = session, drafts
        if first_time and secrets.name:
            await people.say_my_name(session, secrets.name)
        await drafts.load(self.draft_keys(session))
        session.on_change, session.on_directory = live.tell, live.on_directory
        self.touch()
        self._syncing = asyncio.create_task(self._run(session))
        live.page.inside(self.choices.hidden_seconds is not None)
        live.enter(Stage.OPEN)

    @staticmethod
    def draft_keys(session: Session) -> list[str]:
        """The names of all forms that may have a draft."""
        waiting = [draft_key(None, w.id) for w in welcomes.waiting(session, everyone=True)]
        mine = visits.my_ids(session)
        street = [activities.NEW, *activities.my_ids(session), *stories.draft_keys(session)]
        return [
            "new",
            cards.DRAFT,
            *waiting,
            *mine,
            *(draft_key(None, again=bytes.fromhex(name)) for name in mine),
            *street,
        ]

    async def _run(self, session: Session) -> None:
        """Sync, and lock when it is time."""
        syncing = asyncio.create_task(session.syncer.run())
        try:
            while not self._due():
                await asyncio.sleep(5)
                self._live.mark()
                if self._live.drafts is not None:
                    await self._live.drafts.keep_up()
                if session.syncer.state.handed_in and self.on_left is not None:
                    self._syncing = None
                    await self.on_left(session)
                    return
                await people.say_after_a_move(session)
                with suppress(StraatError):  # tried again in a moment
                    await stories.keep_promises(session)
                if syncing.done():  # a fault of ours: locking goes on, and the sync is tried again
                    logger.error("the sync stopped: %s", type(syncing.exception()).__name__)
                    syncing = asyncio.create_task(session.syncer.run())
        finally:
            syncing.cancel()
        self._syncing = None
        await self.lock()

    # -- when --------------------------------------------------------------------------------------------

    @property
    def choices(self) -> LockChoices:
        """As kept on this device."""
        try:
            _, minutes, seconds = codec.checked(_choices, self._live.require_log().get(_CHOICES) or b"", 64)
        except BadFormat:
            return LockChoices()
        return LockChoices(minutes, seconds)

    def choose(self, choices: LockChoices) -> None:
        """From now on."""
        kept = codec.pack([1, choices.quiet_minutes, choices.hidden_seconds])
        self._live.require_log().put({_CHOICES: kept})
        self._live.page.inside(choices.hidden_seconds is not None)

    def _due(self) -> bool:
        """Whether nobody touched it, or saw it, for as long as was chosen. A clock put back starts neither anew."""
        now, choices = self._live.world.clock.millis(), self.choices
        self.last_act = min(self.last_act, now)
        if now - self.last_act >= choices.quiet_minutes * 60_000:
            return True
        if self._hidden_at is None or choices.hidden_seconds is None:
            return False
        self._hidden_at = min(self._hidden_at, now)
        if self._hidden_at <= now < self._live.choosing_until <= self._hidden_at + CHOOSING_MILLIS:
            return False
        return now - self._hidden_at >= choices.hidden_seconds * 1000

    async def out_of_sight(self) -> None:
        """The page is hidden."""
        self._hidden_at = self._live.world.clock.millis()
        await self._lock_if_due()

    async def in_sight(self) -> None:
        """The page is back: perhaps after hours in which nothing here could run."""
        await self._lock_if_due()
        self._hidden_at = None
        if self._live.stage is Stage.OPEN:
            self._live.page.uncover()

    async def _lock_if_due(self) -> None:
        if self._live.stage is Stage.OPEN and self._due():
            await self.lock()

    async def lock(self) -> None:
        """See AppFace."""
        await self.close()
        self._live.enter(Stage.LOCKED)
        self._live.page.reload()

    def hidden(self) -> None:
        """The app is out of sight, and may be ended there without a word: the next unlocking is prepared."""
        if self._live.session:
            self._live.mark()
            self._live.session.keeping.soon()

    async def close(self, keep: bool = True) -> None:
        """End the sync, let the last keystrokes (and the view, to keep) reach the disk; forget what was unlocked."""
        await self.stop()
        if self._live.drafts is not None:
            await self._live.drafts.settled()
        if keep and self._live.session is not None:
            await self._live.session.keeping.now()
        self._live.close()

    async def stop(self) -> None:
        """End the sync that goes on by itself."""
        task, self._syncing = self._syncing, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
