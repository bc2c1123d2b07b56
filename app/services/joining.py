"""Joining: looking at an invitation, setting the PIN, and getting onto the roll however often that is cut off."""

import asyncio
from collections.abc import Awaitable, Callable

from app.services import enrolment, inviting
from app.services.live import Live
from app.services.models import InvitationLook, Stage
from app.services.session import open_session
from app.services.vault import check_secret
from sync.core.errors import (
    BadFormat,
    BadInput,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    StraatError,
    UnknownDevice,
)
from sync.core.ports import Log
from sync.core.sheet import SheetSecret
from sync.device.secrets import Secrets

RECOVERY_ROUTE = "herstel"
FEW_WORDS = 10  # more than any link has
Begin = Callable[[Secrets, bool], Awaitable[None]]


class Joining:
    """From an invitation to an enrolled device; `begin(secrets, first time)` opens it."""

    def __init__(self, live: Live, begin: Begin) -> None:
        self._live, self._begin = live, begin
        self._looked: enrolment.Looked | None = None
        self.link = ""
        self._kept = ""  # the secret part of an invitation, for a reload; a recovery sheet's is never kept
        self._stays = False
        self._enrolling = asyncio.Lock()
        self.look: InvitationLook | None = None
        self.look_error = ""

    async def open_invitation(self, text: str) -> None:
        """See AppFace."""
        w, page = self._live.world, self._live.page
        self._forget()
        try:
            self._looked = await self._look(text)
            if self._looked.invite.expires_millis < w.clock.millis():
                raise InvitationExpired()
            self.look = self._looked.to_show()
            if not page.surroundings.elsewhere:  # else the address is still needed, to open it somewhere else
                page.keep_invitation(self._kept)
        except BadFormat:
            self.look_error = "invitation_unknown"
        except BadInput:  # a word of a recovery sheet: told where it was typed
            raise
        except StraatError as error:
            self.look_error = error.code
            if isinstance(error, (InvitationUsed, InvitationExpired, InvitationUnknown)):
                page.keep_invitation("")
        self._live.enter(Stage.INVITED)

    async def _look(self, text: str) -> enrolment.Looked:
        """An invitation's link, or a recovery sheet's link or words."""
        w, origin = self._live.world, self._live.page.origin
        if secret := _sheet_in(text):
            self._kept, self.link = "", inviting.url_of(origin, RECOVERY_ROUTE, secret.to_text())
            return await enrolment.look_at_sheet(w.primitives, w.transport, secret)
        found = inviting.from_text(text)
        self._kept, self.link = found.to_text(), inviting.url_of(origin, inviting.ROUTE, found.to_text())
        return await enrolment.look(w.primitives, w.transport, found)

    @property
    def advised(self) -> bool:
        """See AppFace."""
        return not self._stays and self._live.page.surroundings.advised

    def go_on_here(self) -> None:
        """See AppFace."""
        self._stays = True
        self._live.page.keep_invitation(self._kept)
        self._live.tell()

    def leave_invitation(self) -> None:
        """See AppFace."""
        self._forget()
        self._kept = self.link = ""
        self._live.page.keep_invitation("")
        self._live.enter(Stage.WELCOME)

    def _forget(self, look_error: str = "") -> None:
        self._looked, self.look, self.look_error = None, None, look_error

    async def accept(self, name: str, secret: str) -> None:
        """See AppFace."""
        looked, w = self._looked, self._live.world
        if looked is None:
            raise BadFormat("no invitation")
        name = name.strip()
        if not looked.second_device and not looked.returning and not name:
            raise BadInput("name", "missing")
        if len(name) > inviting.MAX_NAME:
            raise BadInput("name", "too_long")
        check_secret(secret, looked.invite.role)
        secrets = await enrolment.new_secrets(w.primitives, w.random, looked, name)
        log = await self._log_for(looked)
        await self._live.require_vault().create(secret, secrets)
        self._live.mark()
        if not log.roll():
            log.append_roll(looked.roll.entries)
        self._live.page.keep_invitation("")  # it is in the vault now
        self._live.enter(Stage.ENROLLING)
        await self.enrol(secrets)

    async def _log_for(self, looked: enrolment.Looked) -> Log:
        """The log to join with: a new one if an invitation of another organisation came to nothing in this."""
        if self._live.require_log().roll()[:1] not in ([], looked.roll.entries[:1]):
            self._live.use(await self._live.storage.start_over())
        return self._live.require_log()

    async def enrol(self, secrets: Secrets) -> None:
        """Get onto the roll and open. When the server can't be reached it goes on by itself later."""
        async with self._enrolling:
            await self._enrol_now(secrets)

    async def _enrol_now(self, secrets: Secrets) -> None:
        live, log, vault = self._live, self._live.require_log(), self._live.require_vault()
        session = await open_session(live.world, log, vault, secrets)
        try:
            roll = await enrolment.enrol(live.world.primitives, live.world.transport, secrets, session.roll)
        except (InvitationUsed, InvitationUnknown) as error:
            # Used by whom? If by this very device, whose answer got lost, the server knows it. (A recovery sheet that was
            # used is unknown from then on.)
            try:
                await session.syncer.refresh_roll()
            except UnknownDevice:
                self._come_to_nothing(error.code)
                raise error from None
            if session.device not in session.roll.state.devices:  # whatever the server says: it is not on the roll
                self._come_to_nothing(error.code)
                raise
            roll = session.roll
        except InvitationExpired:
            self._come_to_nothing(InvitationExpired.code)
            raise
        log.append_roll(roll.entries[len(log.roll()) :])
        await vault.keep(secrets.enrolled())
        await self._begin(secrets.enrolled(), True)

    def _come_to_nothing(self, code: str) -> None:
        self._live.require_vault().discard()
        self._live.unmark()
        self._forget(code)
        self._live.enter(Stage.INVITED)

    async def retry(self) -> None:
        """See AppFace.retry_enrolment. A try that is still under way is waited for, and not made twice."""
        async with self._enrolling:
            if self._live.stage is Stage.ENROLLING:
                await self._enrol_now(await self._live.require_vault().secrets())


def _sheet_in(text: str) -> SheetSecret | None:
    """A recovery sheet's secret in a link or as words; None for anything else. Raises BadInput for wrong words."""
    if f"/{RECOVERY_ROUTE}/" in text:
        return SheetSecret.from_text(text.strip().rsplit("/", 1)[-1].split("?", 1)[0])
    if len(text.split()) >= FEW_WORDS:
        return SheetSecret.from_words(text)
    return None
