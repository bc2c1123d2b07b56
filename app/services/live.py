"""What the parts of the app share while it runs: the stage, the log and vault, and the session while it is open."""

import logging
from collections.abc import Callable

from app.services.drafts import Drafts
from app.services.models import Stage
from app.services.ports import Marker, PagePort, Storage
from app.services.session import Session, World
from app.services.vault import Vault, VaultPorts
from sync.core.errors import Locked
from sync.core.ports import Log
from sync.device import meta

logger = logging.getLogger(__name__)
CHOOSING_MILLIS = 3 * 60_000  # how long taking a photo may keep the page out of sight


class Live:
    """One device's app at this moment. `log` and `vault` come with the start, `session` and `drafts` with unlocking."""

    def __init__(self, world: World, storage: Storage, page: PagePort) -> None:
        self.world, self.storage, self.page = world, storage, page
        self.stage = Stage.STARTING
        self.log: Log | None = None
        self.vault: Vault | None = None
        self.session: Session | None = None
        self.drafts: Drafts | None = None
        self.choosing_until = 0  # a photo is being taken or chosen, in another app: until then being hidden is no sign
        self.on_directory: Callable[[], None] = lambda: None  # other help lines are to be shown
        self._listeners: list[Callable[[], None]] = []
        self._marked: Marker | None = None

    # -- telling the screens -----------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See AppFace."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def tell(self) -> None:
        """Something on screen may have changed."""
        for listener in list(self._listeners):
            try:
                listener()
            except Exception as error:  # a screen that can't be drawn must not stop the sync, nor unsay a save
                logger.error("a screen was not refreshed: %s", type(error).__name__)

    def enter(self, stage: Stage) -> None:
        """Go to a stage, and tell."""
        self.stage = stage
        self.tell()

    # -- what is there -----------------------------------------------------------------------------------

    def use(self, log: Log) -> None:
        """Work on this log from now on; its vault is closed."""
        w = self.world
        self.log = log
        self.vault = Vault(VaultPorts(w.primitives, w.device_key, w.random, w.clock, log, w.passkeys))

    def mark(self) -> None:
        """Remember outside of the log what it could not tell any more if the browser removed it."""
        marker = Marker(meta.read_int(self.require_log(), meta.UNSENT_SINCE))
        if marker != self._marked:
            self.storage.mark(marker)
            self._marked = marker

    def unmark(self) -> None:
        """Nothing of anybody is here (any more)."""
        self.storage.mark(None)
        self._marked = None

    async def spend(self, *drafts: str) -> dict[str, bytes]:
        """What an act that makes records of these drafts has to write with them (Drafts.spend)."""
        return await self.drafts.spend(*drafts) if self.drafts else {}

    def require_log(self) -> Log:
        """The log. Raises Locked before the start."""
        if self.log is None:
            raise Locked()
        return self.log

    def require_vault(self) -> Vault:
        """The vault, open or not. Raises Locked before the start."""
        if self.vault is None:
            raise Locked()
        return self.vault

    def require_session(self) -> Session:
        """The open session. Raises Locked."""
        if self.session is None:
            raise Locked()
        return self.session

    def close(self) -> None:
        """Forget what was unlocked."""
        if self.vault:
            self.vault.close()
        self.session = self.drafts = None
