"""The app: its stages from start to lock, and the parts that do what users do. Implements AppFace.

What a part is about stands in its own file: joining, locking, people, inviting, visits, reviews, drafts.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from app.services import inviting, people, review_queue, visit_draft, visits
from app.services.activities import Activities
from app.services.agenda import Agenda
from app.services.areas_desk import Areas
from app.services.cards import Cards
from app.services.carer import Carers
from app.services.desk import Desk
from app.services.directory.board import Directory
from app.services.directory.editing_desk import HelpDesk
from app.services.display import Display
from app.services.face import AppFace
from app.services.finder import Finder
from app.services.joining import RECOVERY_ROUTE, Joining
from app.services.law.trail import Trail
from app.services.live import Live
from app.services.locking import Locking
from app.services.marks import Marks
from app.services.matches import Matches
from app.services.models import (
    VALID_DAYS,
    AsideItem,
    HelpLine,
    InvitationLook,
    InviteLink,
    Member,
    Outcome,
    QueueFilter,
    ReviewState,
    Role,
    SheetPage,
    Stage,
    SyncStatus,
    Visit,
    VisitForm,
)
from app.services.my_data import MyData
from app.services.offers import Offers
from app.services.ports import PagePort, Storage
from app.services.register.register import Register
from app.services.retention import Retention
from app.services.reviewing import FollowUps, Reviews
from app.services.rounds.rounds import Rounds
from app.services.safety import Safety
from app.services.session import World
from app.services.signing_off import SigningOff
from app.services.stories import Stories
from app.services.stories_desk import StoriesDesk
from app.services.storing import Storing
from app.services.supply_desk import Supply
from app.services.surroundings import Surroundings
from app.services.tour import Tour
from app.services.trust import Trust
from app.services.visit_draft import draft_key, is_draft_key
from app.services.welcomes import Welcomes
from app.services.wishes import Wishes
from sync.core.errors import BadInput, DiskFull, LogDamaged, NotFound, StorageGone
from sync.core.versions import UPDATE_HELPS
from sync.device import meta
from sync.device.secrets import Secrets

if TYPE_CHECKING:
    from app.services.law.law import Law
    from app.services.leaving.leaving import Leaving
    from app.services.papers.papers import Papers
    from app.services.reports.reports import Reports


class App:
    """One device's app."""

    def __init__(self, world: World, storage: Storage, page: PagePort) -> None:
        self.live = Live(world, storage, page)
        self.locking = Locking(self.live)
        self._joining = Joining(self.live, self.locking.begin)
        self.trust = Trust(self.live)
        self.agenda, self.welcomes, self.marks = Agenda(self.live), Welcomes(self.live), Marks(self.live)
        self.wishes, self.rounds, self.register = Wishes(self.live), Rounds(self.live), Register(self.live)
        self.retention, self.trail = Retention(self.live), Trail(self.live)
        self.activities, self.stories = Activities(self.live), Stories(self.live)
        self.finder = Finder(self.live)
        self.areas, self.offers = Areas(self.live), Offers(self.live, self.activities)
        self.supply = Supply(self.live, self.areas, self.offers)
        self.safety = Safety(self.live, self.locking, self._enter)
        self.storing = Storing(self.live, self.locking)
        self.signing_off = SigningOff(self.live, self.locking)
        self.locking.on_left = self.signing_off.leave
        self.directory, self.display = Directory(self.live), Display(self.live)
        self.stories_desk = StoriesDesk(self.live, self.stories)
        self.help_desk = HelpDesk(self.live, self.directory)
        self.tour, self.cards, self.mine = Tour(self.live), Cards(self.live), MyData(self.live)
        self.carers, self.matches = Carers(self.live, self.welcomes), Matches(self.live)
        self.desk = Desk(self.live)
        self.reviews, self.followups = Reviews(self.live), FollowUps(self.live)
        self.update_ready = False
        self._route = ""

    @property
    def leaving(self) -> "Leaving":
        """See AppFace."""
        from app.services.leaving.leaving import Leaving  # late: few ever ask for it

        return Leaving(self.live, self.directory)

    @property
    def papers(self) -> "Papers":
        """See AppFace."""
        from app.services.papers.papers import Papers  # late: few ever ask for it

        return Papers(self.live)

    @cached_property
    def reports(self) -> "Reports":
        """See AppFace."""
        from app.services.reports.reports import Reports  # late: few ever ask for it

        return Reports(self.live)

    @property
    def law(self) -> "Law":
        """See AppFace."""
        from app.services.law.law import Law  # late: few ever ask for it

        return Law(self.live, self.trail)

    @property
    def stage(self) -> Stage:
        """See AppFace."""
        return self.live.stage

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """See AppFace."""
        return self.live.subscribe(callback)

    def announce_update(self) -> None:
        """The page has downloaded a new version."""
        self.update_ready = True
        self.live.tell()

    @property
    def update_needed(self) -> bool:
        """See AppFace."""
        session = self.live.session
        trouble = session.syncer.state.trouble if session else self.look_error
        return trouble in UPDATE_HELPS

    # -- starting ----------------------------------------------------------------------------------------

    async def start(self, route: str = "") -> None:
        """Open the storage and find out where this device stands. `route` may hold an invitation."""
        live = self.live
        self._route = route
        opened = await self.storing.open()
        if opened.damaged or opened.log is None:
            return live.enter(Stage.DAMAGED)
        try:
            live.use(opened.log)
            locked = live.require_vault().exists
            self.directory.give_page()
        except LogDamaged:  # the file opens and can't be read further on
            return live.enter(Stage.DAMAGED)
        if locked:
            live.mark()
            return live.enter(Stage.LOCKED)
        self.storing.lost = opened.marker
        if opened.marker:
            return live.enter(Stage.GONE)
        return await self._arrive()

    async def _arrive(self) -> None:
        """With the invitation that was opened, or none."""
        linked = f"/{inviting.ROUTE}/" in self._route or f"/{RECOVERY_ROUTE}/" in self._route
        if invitation := self._route if linked else self.live.page.kept_invitation:
            return await self.open_invitation(invitation)
        return self.live.enter(Stage.WELCOME)

    async def start_over(self) -> None:
        """See AppFace."""
        stage, vault = self.stage, self.live.vault
        await self.locking.stop()
        self.live.close()
        if stage in (Stage.LOCKED, Stage.GONE) and vault is not None:
            if vault.exists:
                await self._forget_secret()
            self.live.unmark()
        else:  # the device key stays: what is kept aside can be opened again by whoever remembers its PIN
            self.live.use(await self.live.storage.start_over())
        if stage is Stage.GONE:
            await self._arrive()
        else:
            self.live.enter(Stage.WELCOME)

    async def _forget_secret(self) -> None:
        """A forgotten PIN: a new device on the same log, so that what is unsent is sent all the same."""
        self.live.require_vault().set_aside()
        self.live.require_log().put({meta.CHAINS: None, meta.CURSORS: None, meta.MOVED: None})
        await self.live.world.shelf.remove()

    # -- joining -----------------------------------------------------------------------------------------

    @property
    def look(self) -> InvitationLook | None:
        """See AppFace."""
        return self._joining.look

    @property
    def look_error(self) -> str:
        """See AppFace."""
        return self._joining.look_error

    async def open_invitation(self, text: str) -> None:
        """See AppFace."""
        await self._joining.open_invitation(text)

    @property
    def invitation_link(self) -> str:
        """See AppFace."""
        return self._joining.link

    @property
    def surroundings(self) -> Surroundings:
        """See AppFace."""
        return self.live.page.surroundings

    @property
    def advised(self) -> bool:
        """See AppFace."""
        return self._joining.advised

    def go_on_here(self) -> None:
        """See AppFace."""
        self._joining.go_on_here()

    async def scan(self, hint: str, close: str) -> str:
        """See AppFace."""
        return await self.live.page.scan(hint, close)

    def print_sheet(self, title: str, lines: Sequence[str], sheet: SheetPage) -> None:
        """See AppFace."""
        self.live.page.print_sheet(title, lines, sheet.words, sheet.qr)

    def leave_invitation(self) -> None:
        """See AppFace."""
        self._joining.leave_invitation()

    async def accept(self, name: str, secret: str) -> None:
        """See AppFace."""
        await self._joining.accept(name, secret)

    async def retry_enrolment(self) -> None:
        """See AppFace."""
        await self._joining.retry()

    # -- locking and unlocking ---------------------------------------------------------------------------

    def unlock_wait_millis(self) -> int:
        """See AppFace."""
        return self.live.vault.wait_millis() if self.live.vault else 0

    async def unlock(self, secret: str) -> None:
        """See AppFace."""
        try:
            secrets = await self.live.require_vault().open(secret)
        except LogDamaged:
            self.live.enter(Stage.DAMAGED)
            raise
        except StorageGone:
            self.live.enter(Stage.GONE)
            raise
        await self._enter(secrets)
        self.safety.weigh(secret)

    async def _enter(self, secrets: Secrets) -> None:
        """Go on with what the vault held: in, or once more onto the roll."""
        try:
            if secrets.invitation is None:
                await self.locking.begin(secrets)
            else:
                self.live.enter(Stage.ENROLLING)
                await self._joining.enrol(secrets)
        except LogDamaged:
            self.live.enter(Stage.DAMAGED)
            raise

    async def lock(self) -> None:
        """See AppFace."""
        await self.locking.lock()

    def touch(self) -> None:
        """See AppFace."""
        self.locking.touch()

    # -- who and how -------------------------------------------------------------------------------------

    @property
    def role(self) -> Role:
        """See AppFace."""
        session = self.live.require_session()
        return session.roll.state.device(session.device).role

    @property
    def my_name(self) -> str:
        """See AppFace."""
        return people.my_name(self.live.require_session())

    def sync_status(self) -> SyncStatus:
        """See AppFace."""
        session = self.live.session
        if session is None:
            return SyncStatus()
        state = session.syncer.state
        unsent = visits.unsent_notes(session)
        return SyncStatus(
            unsent=unsent,
            unsent_since=meta.read_int(session.log, meta.UNSENT_SINCE) if unsent else None,
            last_success=meta.read_int(session.log, meta.LAST_SYNC),
            busy=state.busy,
            online=state.online,
            trouble="" if state.trouble == "unreachable" else state.trouble,
            clock_off_minutes=round(state.skew_millis / 60_000),
            aside=len(people.aside(session)),
            withheld=len({device for device, _ in session.replica.withheld} | session.short),
        )

    def sync_now(self) -> None:
        """See AppFace."""
        if self.live.session:
            self.live.session.syncer.wake()

    async def sync_once(self) -> None:
        """One whole round now. Raises what stopped it."""
        await self.live.require_session().syncer.once()

    def today(self) -> date:
        """See AppFace. By the corrected clock: a device that is days behind must not call today the future."""
        return date.fromtimestamp(self.live.require_session().writer.now() / 1000)

    def _latest_day(self) -> date:
        """The later of both clocks' days: a server that is years behind must not keep today's visit from being saved."""
        return max(self.today(), date.fromtimestamp(self.live.world.clock.millis() / 1000))

    # -- visits ------------------------------------------------------------------------------------------

    def visits(self) -> Sequence[Visit]:
        """See AppFace."""
        return visits.of_mine(self.live.require_session())

    def visit(self, visit: bytes) -> Visit:
        """See AppFace."""
        return visits.one(self.live.require_session(), visit)

    async def save_visit(self, form: VisitForm, visit: bytes | None = None, draft: str = "") -> bytes:
        """See AppFace."""
        key = draft or draft_key(visit, form.welcome)
        spent = await self.live.spend(key)
        saved = await self.agenda.save(form, self._latest_day(), visit, spent)
        with suppress(DiskFull):  # it is saved: to say otherwise would make someone save it twice
            await self.save_draft(key, None)
        self.live.tell()
        return saved

    async def tap_outcome(self, address: str, outcome: Outcome, welcome: bytes = b"") -> bytes:
        """See AppFace."""
        saved = await self.agenda.tap(address, outcome, welcome, self._latest_day())
        self.live.tell()
        return saved

    async def change_consent(self, visit: bytes, noted: bool, shared: bool) -> bytes:
        """See AppFace."""
        fresh = await visits.change_consent(self.live.require_session(), visit, noted, shared, self._latest_day())
        if fresh != visit and (typed := self.draft(visit.hex())) is not None:
            with suppress(DiskFull):  # what was being changed goes along, where it may be noted at all
                await self.save_draft(fresh.hex(), replace(typed, shared=shared) if noted else None)
                await self.save_draft(visit.hex(), None)
        self.live.tell()
        return fresh

    async def choose_version(self, visit: bytes, field: str, form: VisitForm) -> None:
        """See AppFace."""
        await visits.choose(self.live.require_session(), visit, field, form)
        self.live.tell()

    async def remove_visit(self, visit: bytes) -> None:
        """See AppFace."""
        await self.agenda.set_removed(visit, True)
        self.live.tell()

    async def restore_visit(self, visit: bytes) -> None:
        """See AppFace."""
        await self.agenda.set_removed(visit, False)
        self.live.tell()

    async def mark_review_read(self, visit: bytes) -> None:
        """See AppFace."""
        visits.mark_review_read(self.live.require_session(), visit)
        self.live.tell()

    def draft(self, key: str) -> VisitForm | None:
        """See AppFace."""
        kept = self.live.drafts.get(key) if self.live.drafts else None
        return visit_draft.from_plain(kept) if kept is not None else None

    def visit_drafts(self) -> list[str]:
        """See AppFace."""
        kept = self.live.drafts.keys() if self.live.drafts else []
        return [key for key in kept if is_draft_key(key)]

    async def save_draft(self, key: str, form: VisitForm | None) -> None:
        """See AppFace."""
        self.live.require_session()
        if self.live.drafts:
            await self.live.drafts.put(key, visit_draft.to_plain(form) if form else None)

    # -- the coordinator ---------------------------------------------------------------------------------

    def queue(self, which: QueueFilter) -> Sequence[Visit]:
        """See AppFace."""
        return self.reviews.queue(review_queue.Look(which), self.today())

    async def review(self, visit: bytes, state: ReviewState, reply: str) -> None:
        """See AppFace."""
        await self.reviews.say(visit, state, reply, self.today())

    def members(self) -> list[Member]:
        """See AppFace."""
        return people.members(self.live.require_session())

    async def invite(self, name: str, role: Role, team: bytes = b"", days: int = 14) -> InviteLink:
        """See AppFace."""
        return await self._invite(name, role, team, days=days)

    async def invite_back(self, member: bytes) -> InviteLink:
        """See AppFace."""
        session = self.live.require_session()
        before = [d for d in session.roll.state.left.values() if d.member == member]
        if not before:
            raise NotFound("member")
        gone = before[-1]  # the place that they had last
        return await self._invite(people.names(session).get(member.hex(), "-"), gone.role, gone.team, member)

    async def second_device(self) -> InviteLink:
        """See AppFace."""
        return replace(await self._invite("", None, days=1), name=self.my_name)

    async def _invite(
        self, name: str, role: Role | None, team: bytes = b"", back: bytes = b"", days: int = 14
    ) -> InviteLink:
        s, w = self.live.require_session(), self.live.world
        if days not in VALID_DAYS:
            raise BadInput("days", "unknown")
        return await inviting.invite(
            w.primitives,
            w.random,
            w.clock,
            s.syncer,
            s.roll,
            s.keyring,
            await self.live.require_vault().secrets(),
            self.live.page.origin,
            name,
            role,
            team,
            back,
            days * inviting.DAY_MILLIS,
        )

    # -- at every stage ----------------------------------------------------------------------------------

    def help_lines(self, search: str = "") -> list[HelpLine]:
        """See AppFace."""
        return [x.line for x in self.directory.shown(search)]

    def aside(self) -> list[AsideItem]:
        """See AppFace."""
        session = self.live.require_session()
        names = people.names(session)
        owners = {d.id: names.get(d.member.hex(), "") for d in session.roll.state.devices.values()}
        return [AsideItem(a.reason, owners.get(a.device or b"", ""), a.size) for a in session.replica.aside.values()]

    async def apply_update(self) -> None:
        """See AppFace."""
        self.live.page.apply_update()

    async def save_unsent_file(self) -> bytes:
        """See AppFace."""
        return self.safety.unsent_file()


def _is_what_views_rely_on(app: App) -> AppFace:
    return app  # checked by mypy, called by nobody
