"""Locking: opening a session behind the lock screen, keeping it in sync, and ending it again."""

import asyncio
import logging
from contextlib import suppress

from app.services import people, visits
from app.services.drafts import Drafts
from app.services.live import Live
from app.services.models import Stage
from app.services.session import Session, open_session
from sync.device.secrets import Secrets

logger = logging.getLogger(__name__)
AUTO_LOCK_MILLIS = 10 * 60_000


class Locking:
    """When the session is open, and why it ends."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._syncing: asyncio.Task[None] | None = None
        self.last_act = live.world.clock.millis()

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
        await drafts.load(["new", *visits.my_ids(session)])
        session.on_change = live.tell
        self.touch()
        self._syncing = asyncio.create_task(self._run(session))
        live.enter(Stage.OPEN)

    async def _run(self, session: Session) -> None:
        """Sync, and lock after ten quiet minutes."""
        syncing = asyncio.create_task(session.syncer.run())
        try:
            while self._live.world.clock.millis() - self.last_act < AUTO_LOCK_MILLIS:
                await asyncio.sleep(5)
                if syncing.done():  # a fault of ours: locking goes on, and the sync is tried again
                    logger.error("the sync stopped: %s", type(syncing.exception()).__name__)
                    syncing = asyncio.create_task(session.syncer.run())
        finally:
            syncing.cancel()
        self._syncing = None
        await self.lock()

    async def lock(self) -> None:
        """See AppFace."""
        await self.stop()
        if self._live.session:
            await self._live.session.keeping.now()
        self._live.close()
        self._live.enter(Stage.LOCKED)
        self._live.page.reload()

    def hidden(self) -> None:
        """The app is out of sight, and may be ended there without a word: the next unlocking is prepared."""
        if self._live.session:
            self._live.session.keeping.soon()

    async def stop(self) -> None:
        """End the sync that goes on by itself."""
        task, self._syncing = self._syncing, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
