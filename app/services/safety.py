"""Keeping the phone's notes to its owner: another secret, a passkey, when it locks, hiding, and wiping."""

from collections.abc import Awaitable, Callable
from contextlib import suppress

from app.services.live import Live
from app.services.locking import Locking
from app.services.models import LockChoices, Stage
from app.services.vault import check_secret
from sync.core import codec
from sync.core.errors import BadInput, StorageGone, StraatError
from sync.core.ports import LogState
from sync.core.rights import Role
from sync.device.secrets import Secrets


class Safety:
    """What a person does about the lock. `enter(secrets)` opens the app with what the vault held."""

    def __init__(self, live: Live, locking: Locking, enter: Callable[[Secrets], Awaitable[None]]) -> None:
        self._live, self._locking, self._enter = live, locking, enter
        self.secret_is_weak = False  # weaker than this role asks: say so, and offer to choose another

    # -- unlocking ---------------------------------------------------------------------------------------

    def weigh(self, secret: str) -> None:
        """Remember whether the secret just used is strong enough for the role that the roll gives now."""
        self.secret_is_weak = False
        if self._live.session is not None:
            try:
                check_secret(secret, self._role())
            except BadInput:
                self.secret_is_weak = True

    def _role(self) -> Role:
        session = self._live.require_session()
        return session.roll.state.device(session.device).role

    @property
    def has_passkey(self) -> bool:
        """Whether a passkey opens this device. Known at every stage."""
        return self._live.vault is not None and self._live.vault.has_passkey

    async def offers_passkey(self) -> bool:
        """Whether this browser can make one that gives a secret."""
        passkeys = self._live.world.passkeys
        return passkeys is not None and await passkeys.available()

    async def unlock_by_passkey(self) -> None:
        """Open with the passkey. Raises TrySlower, WrongSecret, StorageGone or BadInput("passkey", why)."""
        try:
            secrets = await self._live.require_vault().open_by_passkey()
        except StorageGone:
            self._live.enter(Stage.GONE)
            raise
        await self._enter(secrets)

    async def add_passkey(self, secret: str) -> None:
        """Make a passkey beside the secret. Raises WrongSecret, TrySlower or BadInput("passkey", why)."""
        self._live.require_session()
        await self._live.require_vault().add_passkey(secret)
        self._live.tell()

    async def remove_passkey(self) -> None:
        """From now on the secret alone opens."""
        self._live.require_session()
        await self._live.require_vault().remove_passkey()
        self._live.tell()

    async def change_secret(self, old: str, new: str) -> None:
        """Another PIN or passphrase. Raises BadInput("secret", why), WrongSecret or TrySlower; the old one stands."""
        check_secret(new, self._role())
        await self._live.require_vault().change(old, new)
        self.weigh(new)
        self._live.tell()

    async def change_secret_by_passkey(self, new: str) -> None:
        """The same for whoever has a passkey and forgot the old one."""
        check_secret(new, self._role())
        await self._live.require_vault().change_by_passkey(new)
        self.weigh(new)
        self._live.tell()

    # -- locking -----------------------------------------------------------------------------------------

    @property
    def choices(self) -> LockChoices:
        """When this device locks by itself."""
        return self._locking.choices

    def choose(self, choices: LockChoices) -> None:
        """Another choice, from now on and after a restart."""
        self._locking.choose(choices)
        self._live.tell()

    async def hide(self) -> None:
        """Cover the screen at once, lock, and leave only the help lines; going back leads to the lock screen."""
        self._live.page.cover()
        await self._locking.close()
        self._live.enter(Stage.LOCKED)
        self._live.page.hide()

    # -- what is unsent, and wiping ----------------------------------------------------------------------

    def unsent(self) -> int:
        """How many sealed messages the server has not confirmed. Known without unlocking."""
        return self._live.log.count().get(LogState.PENDING, 0) if self._live.log is not None else 0

    def unsent_file(self) -> bytes:
        """Those messages, sealed as they are, to save as a file. Needs no unlocking."""
        return codec.pack([e.data for e in self._live.require_log().pending(100_000)])

    async def wipe(self) -> None:
        """Destroy everything of this device: key, log, drafts, what is kept aside. There is no way back.

        Cut off anywhere, the next start finishes it. Ends at WELCOME.
        """
        live = self._live
        await self._locking.close(keep=False)
        await live.world.shelf.remove()
        with suppress(StraatError):
            await live.require_vault().remove_passkey()
        live.use(await live.storage.wipe(live.log, live.world.device_key))
        live.enter(Stage.WELCOME)
        live.page.reload()
