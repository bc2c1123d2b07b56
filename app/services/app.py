"""The app: from start to lock, one stage after another. Implements AppFace over the ports of one device."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from app.services import enrolment, helplines, inviting, reviews, visits
from app.services.drafts import Drafts
from app.services.face import AppFace
from app.services.models import (
    AsideItem,
    HelpLine,
    InvitationLook,
    InviteLink,
    Member,
    QueueFilter,
    ReviewState,
    Role,
    Stage,
    SyncStatus,
    Visit,
    VisitForm,
)
from app.services.session import Session, World, open_session
from app.services.vault import Vault, VaultPorts, check_secret
from sync.core import codec, ring
from sync.core.change import Change, Patch
from sync.core.errors import (
    BadFormat,
    BadInput,
    DiskFull,
    InvitationExpired,
    InvitationUsed,
    Locked,
    LogDamaged,
    StraatError,
    UnknownDevice,
)
from sync.core.ids import ID_BYTES, record_id
from sync.core.ports import Log
from sync.device import meta
from sync.device.secrets import Secrets
from sync.device.writer import Part

logger = logging.getLogger(__name__)
AUTO_LOCK_MILLIS = 10 * 60_000
MAX_NAME = inviting.MAX_NAME

__all__ = ["App", "AppFace", "Opened", "PagePort", "Storage"]


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage found: a log (None in a tab that does not lead), and what happened to it."""

    log: Log | None
    evicted: bool = False
    damaged: bool = False


class Storage(Protocol):
    """Where the log lies. One tab leads."""

    async def open(self) -> Opened:
        """Open the log, or tell why not."""

    async def wait_for_lead(self) -> None:
        """Return when the tab that led is gone."""

    async def start_over(self) -> Log:
        """Keep what is there aside and give an empty log."""


class PagePort(Protocol):
    """The page around the app."""

    @property
    def origin(self) -> str:
        """https://host of this site, for links."""

    def reload(self) -> None:
        """Start the page again: ends everything in memory."""

    def apply_update(self) -> None:
        """Take the waiting version and start again."""


class App:
    """One device's app."""

    def __init__(self, world: World, storage: Storage, page: PagePort) -> None:
        self._world, self._storage, self._page = world, storage, page
        self.stage = Stage.STARTING
        self.look: InvitationLook | None = None
        self.look_error = ""
        self.update_ready = False
        self._log: Log | None = None
        self._vault: Vault | None = None
        self._looked: enrolment.Looked | None = None
        self._session: Session | None = None
        self._drafts: Drafts | None = None
        self._syncing: asyncio.Task[None] | None = None
        self._enrolling = asyncio.Lock()
        self._listeners: list[Callable[[], None]] = []
        self._last_act = world.clock.millis()

    # -- telling the screens -----------------------------------------------------------------------------

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See AppFace."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback) if callback in self._listeners else None

    def _tell(self) -> None:
        for listener in list(self._listeners):
            try:
                listener()
            except Exception as error:  # a screen that can't be drawn must not stop the sync, nor unsay a save
                logger.error("a screen was not refreshed: %s", type(error).__name__)

    def _enter(self, stage: Stage) -> None:
        self.stage = stage
        self._tell()

    def announce_update(self) -> None:
        """The page has downloaded a new version."""
        self.update_ready = True
        self._tell()

    # -- starting ----------------------------------------------------------------------------------------

    async def start(self, route: str = "") -> None:
        """Open the storage and find out where this device stands. `route` may hold an invitation."""
        opened = await self._storage.open()
        while opened.log is None and not opened.damaged:
            self._enter(Stage.OTHER_TAB)
            await self._storage.wait_for_lead()
            opened = await self._storage.open()
        if opened.damaged or opened.log is None:
            return self._enter(Stage.DAMAGED)
        try:
            self._use(opened.log)
            locked = self._require_vault().exists
        except LogDamaged:  # the file opens and can't be read further on
            return self._enter(Stage.DAMAGED)
        if locked:
            return self._enter(Stage.LOCKED)
        if opened.evicted:
            return self._enter(Stage.GONE)
        if f"/{inviting.ROUTE}/" in route:
            return await self.open_invitation(route)
        return self._enter(Stage.WELCOME)

    def _use(self, log: Log) -> None:
        w = self._world
        self._log = log
        self._vault = Vault(VaultPorts(w.primitives, w.device_key, w.random, w.clock, log))

    def _require_vault(self) -> Vault:
        if self._vault is None:
            raise Locked()
        return self._vault

    def _open(self) -> Session:
        if self._session is None:
            raise Locked()
        return self._session

    async def start_over(self) -> None:
        """See AppFace."""
        await self._stop()
        self._session = self._drafts = None
        # The device key stays: what is kept aside can be opened again by whoever remembers its PIN.
        self._use(await self._storage.start_over())
        self._enter(Stage.WELCOME)

    # -- joining -----------------------------------------------------------------------------------------

    async def open_invitation(self, text: str) -> None:
        """See AppFace."""
        self._looked, self.look, self.look_error = None, None, ""
        try:
            found = inviting.from_text(text)
            self._looked = await enrolment.look(self._world.primitives, self._world.transport, found)
            if self._looked.invite.expires_millis < self._world.clock.millis():
                raise InvitationExpired()
            self.look = self._looked.to_show()
        except BadFormat:
            self.look_error = "invitation_unknown"
        except StraatError as error:
            self.look_error = error.code
        self._enter(Stage.INVITED)

    async def accept(self, name: str, secret: str) -> None:
        """See AppFace."""
        looked = self._looked
        if looked is None:
            raise BadFormat("no invitation")
        name = name.strip()
        if not looked.second_device and not name:
            raise BadInput("name", "missing")
        if len(name) > MAX_NAME:
            raise BadInput("name", "too_long")
        check_secret(secret, looked.invite.role)
        secrets = await enrolment.new_secrets(self._world.primitives, self._world.random, looked, name)
        log = await self._log_for(looked)
        await self._require_vault().create(secret, secrets)
        if not log.roll():
            log.append_roll(looked.roll.entries)
        self._enter(Stage.ENROLLING)
        await self._enrol(secrets)

    async def _log_for(self, looked: enrolment.Looked) -> Log:
        """The log to join with: a new one if an invitation of another organisation came to nothing in this."""
        if self._log is None:
            raise Locked()
        if self._log.roll()[:1] not in ([], looked.roll.entries[:1]):
            self._use(await self._storage.start_over())
        return self._log

    async def _enrol(self, secrets: Secrets) -> None:
        async with self._enrolling:
            await self._enrol_now(secrets)

    async def _enrol_now(self, secrets: Secrets) -> None:
        """Get onto the roll and open. When the server can't be reached it goes on by itself later."""
        log, vault = self._log, self._require_vault()
        if log is None:
            raise Locked()
        session = await open_session(self._world, log, vault, secrets)
        try:
            roll = await enrolment.enrol(self._world.primitives, self._world.transport, secrets, session.roll)
        except InvitationUsed:
            # Used by whom? If by this very device, whose answer got lost, the server knows it.
            try:
                await session.syncer.refresh_roll()
            except UnknownDevice:
                vault.discard()
                self._looked, self.look, self.look_error = None, None, InvitationUsed.code
                self._enter(Stage.INVITED)
                raise InvitationUsed() from None
            roll = session.roll
        except InvitationExpired:
            vault.discard()
            self._looked, self.look, self.look_error = None, None, InvitationExpired.code
            self._enter(Stage.INVITED)
            raise
        log.append_roll(roll.entries[len(log.roll()) :])
        await vault.keep(secrets.enrolled())
        await self._begin(secrets.enrolled(), first_time=True)

    async def retry_enrolment(self) -> None:
        """See AppFace. A try that is still under way is waited for, and not made twice."""
        async with self._enrolling:
            if self.stage is Stage.ENROLLING:
                await self._enrol_now(await self._require_vault().secrets())

    # -- locking and unlocking ---------------------------------------------------------------------------

    def unlock_wait_millis(self) -> int:
        """See AppFace."""
        return self._vault.wait_millis() if self._vault else 0

    async def unlock(self, secret: str) -> None:
        """See AppFace."""
        try:
            secrets = await self._require_vault().open(secret)
            if secrets.invitation is None:
                await self._begin(secrets)
            else:
                self._enter(Stage.ENROLLING)
                await self._enrol(secrets)
        except LogDamaged:
            self._enter(Stage.DAMAGED)
            raise

    async def _begin(self, secrets: Secrets, first_time: bool = False) -> None:
        if self._log is None:
            raise Locked()
        session = await open_session(self._world, self._log, self._require_vault(), secrets)
        self._session, self._drafts = session, Drafts(session)
        if first_time and secrets.name and not self._has_name(session):
            await self._write_name(session, secrets.name)
        await self._drafts.load(["new", *(v.id.hex() for v in visits.of_mine(session))])
        session.on_change = self._tell
        self._last_act = self._world.clock.millis()
        self._syncing = asyncio.create_task(self._run(session))
        self._enter(Stage.OPEN)

    def _has_name(self, session: Session) -> bool:
        me = session.member.hex()
        return bool(session.view.ask("SELECT 1 FROM members WHERE member = :me AND name <> ''", me=me))

    async def _write_name(self, session: Session, name: str) -> None:
        nonce = self._world.random.bytes(ID_BYTES)
        record = record_id(session.member, "member", nonce)
        stamp = session.writer.stamp()
        change = Change("member", "name", record, stamp, {"name": Patch(name)}, nonce)
        await session.writer.write([Part(change, frozenset({ring.team_ring(session.team)}))])
        await session.catch_up()

    async def _run(self, session: Session) -> None:
        """Sync, and lock after ten quiet minutes."""
        syncing = asyncio.create_task(session.syncer.run())
        try:
            while self._world.clock.millis() - self._last_act < AUTO_LOCK_MILLIS:
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
        await self._stop()
        if self._vault:
            self._vault.close()
        self._session = self._drafts = None
        self._enter(Stage.LOCKED)
        self._page.reload()

    async def _stop(self) -> None:
        task, self._syncing = self._syncing, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    # -- who and how -------------------------------------------------------------------------------------

    @property
    def role(self) -> Role:
        """See AppFace."""
        session = self._open()
        return session.roll.state.device(session.device).role

    @property
    def my_name(self) -> str:
        """See AppFace."""
        session = self._open()
        rows = session.view.ask("SELECT name FROM members WHERE member = :me", me=session.member.hex())
        return str(rows[0]["name"]) if rows else session.name

    def sync_status(self) -> SyncStatus:
        """See AppFace."""
        if self._session is None:
            return SyncStatus()
        session, state = self._session, self._session.syncer.state
        unsent = len(visits.unsent_records(session))
        return SyncStatus(
            unsent=unsent,
            unsent_since=meta.read_int(session.log, meta.UNSENT_SINCE) if unsent else None,
            last_success=meta.read_int(session.log, meta.LAST_SYNC),
            busy=state.busy,
            online=state.online,
            trouble="" if state.trouble == "unreachable" else state.trouble,
            clock_off_minutes=round(state.skew_millis / 60_000),
            aside=len(session.replica.aside),
        )

    def sync_now(self) -> None:
        """See AppFace."""
        if self._session:
            self._session.syncer.wake()

    async def sync_once(self) -> None:
        """One whole round now. Raises what stopped it."""
        await self._open().syncer.once()

    def touch(self) -> None:
        """See AppFace."""
        self._last_act = self._world.clock.millis()

    def today(self) -> date:
        """See AppFace. By the corrected clock: a device that is days behind must not call today the future."""
        return date.fromtimestamp(self._open().writer.now() / 1000)

    # -- visits ------------------------------------------------------------------------------------------

    def visits(self) -> list[Visit]:
        """See AppFace."""
        return visits.of_mine(self._open())

    def visit(self, visit: bytes) -> Visit:
        """See AppFace."""
        return visits.one(self._open(), visit)

    async def save_visit(self, form: VisitForm, visit: bytes | None = None) -> bytes:
        """See AppFace."""
        saved = await visits.save(self._open(), form, self.today(), visit)
        with suppress(DiskFull):  # it is saved: to say otherwise would make someone save it twice
            await self.save_draft(visit.hex() if visit else "new", None)
        self._tell()
        return saved

    async def remove_visit(self, visit: bytes) -> None:
        """See AppFace."""
        await visits.set_removed(self._open(), visit, True)
        self._tell()

    async def restore_visit(self, visit: bytes) -> None:
        """See AppFace."""
        await visits.set_removed(self._open(), visit, False)
        self._tell()

    async def mark_review_read(self, visit: bytes) -> None:
        """See AppFace."""
        visits.mark_review_read(self._open(), visit)
        self._tell()

    def draft(self, key: str) -> VisitForm | None:
        """See AppFace."""
        return self._drafts.get(key) if self._drafts else None

    async def save_draft(self, key: str, form: VisitForm | None) -> None:
        """See AppFace."""
        self._open()
        if self._drafts:
            await self._drafts.put(key, form)

    # -- the coordinator ---------------------------------------------------------------------------------

    def queue(self, which: QueueFilter) -> list[Visit]:
        """See AppFace."""
        return reviews.queue(self._open(), which)

    async def review(self, visit: bytes, state: ReviewState, reply: str) -> None:
        """See AppFace."""
        await reviews.write(self._open(), visit, state, reply, self.today())
        self._tell()

    def members(self) -> list[Member]:
        """See AppFace."""
        session = self._open()
        names = {r["member"]: r["name"] for r in session.view.ask("SELECT * FROM members")}
        return [
            Member(m, names.get(m.hex(), ""), devices[0].role, len(devices), m == session.member)
            for m, devices in session.roll.state.members().items()
        ]

    async def invite(self, name: str, role: Role) -> InviteLink:
        """See AppFace."""
        return await self._invite(name, role)

    async def second_device(self) -> InviteLink:
        """See AppFace."""
        return replace(await self._invite("", None), name=self.my_name)

    async def _invite(self, name: str, role: Role | None) -> InviteLink:
        s, w = self._open(), self._world
        secrets = await self._require_vault().secrets()
        return await inviting.invite(
            w.primitives,
            w.random,
            w.clock,
            s.syncer,
            s.roll,
            s.keyring,
            secrets,
            self._page.origin,
            name,
            role,
        )

    # -- at every stage ----------------------------------------------------------------------------------

    def help_lines(self, search: str = "") -> list[HelpLine]:
        """See AppFace."""
        return helplines.search(helplines.built_in(), search)

    def aside(self) -> list[AsideItem]:
        """See AppFace."""
        session = self._open()
        names = {r["member"]: r["name"] for r in session.view.ask("SELECT * FROM members")}
        owners = {d.id: names.get(d.member.hex(), "") for d in session.roll.state.devices.values()}
        return [AsideItem(a.reason, owners.get(a.device or b"", ""), a.size) for a in session.replica.aside.values()]

    async def apply_update(self) -> None:
        """See AppFace."""
        self._page.apply_update()

    async def save_unsent_file(self) -> bytes:
        """See AppFace."""
        return codec.pack([e.data for e in self._open().log.pending(100_000)])


def _is_what_views_rely_on(app: App) -> AppFace:
    return app  # checked by mypy, called by nobody
