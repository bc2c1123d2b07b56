"""The app as its screens see it: one object, no Flet, no browser. Every public method is what a user does.

Contract (views rely on it):
- `stage` tells which screens to show; `subscribe` calls back after anything on screen may have changed.
- Reading methods are synchronous and answer from memory; doing methods are async and return only when the
  result is durable. All raise errors of sync.core.errors, which say what was kept.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from app.services.activities import Activities
from app.services.agenda import Agenda
from app.services.areas_desk import Areas
from app.services.cards import Cards
from app.services.carer import Carers
from app.services.desk import Desk
from app.services.directory.board import Directory
from app.services.directory.editing_desk import HelpDesk
from app.services.display import Display
from app.services.finder import Finder
from app.services.law.trail import Trail
from app.services.marks import Marks
from app.services.matches import Matches
from app.services.models import (
    Alert,
    AreaCode,
    AsideItem,
    HelpLine,
    InvitationLook,
    InviteLink,
    Member,
    Notice,
    Outcome,
    Person,
    QuarantineItem,
    QueueFilter,
    ReviewState,
    Role,
    SheetLook,
    SheetPage,
    Stage,
    SyncStatus,
    TeamLook,
    Visit,
    VisitForm,
    Waiting,
)
from app.services.my_data import MyData
from app.services.offers import Offers
from app.services.register.register import Register
from app.services.retention import Retention
from app.services.reviewing import FollowUps, Reviews
from app.services.rounds.rounds import Rounds
from app.services.safety import Safety
from app.services.signing_off import SigningOff
from app.services.stories import Stories
from app.services.stories_desk import StoriesDesk
from app.services.storing import Storing
from app.services.supply_desk import Supply
from app.services.surroundings import Surroundings
from app.services.tour import Tour
from app.services.welcomes import Welcomes
from app.services.wishes import Wishes

if TYPE_CHECKING:
    from app.services.law.law import Law
    from app.services.leaving.leaving import Leaving
    from app.services.papers.papers import Papers
    from app.services.reports.reports import Reports

if TYPE_CHECKING:
    from app.services.law.law import Law


class TrustFace(Protocol):
    """What a coordinator decides about people, devices, teams and recovery; some of it is for everyone.

    Acts are in force when they return. They raise Unreachable (nothing was changed), RollRefused (this device may
    not), RollForked (two rolls exist: nothing is put on either).
    """

    def people(self) -> list[Person]:
        """Everyone with a device on the roll, then those who left (no devices: they can be invited back)."""

    def my_words(self) -> tuple[str, ...]:
        """Eight words for this device, to compare by voice."""

    def teams(self) -> list[TeamLook]:
        """Every team, the top one first."""

    def waiting(self) -> list[Waiting]:
        """Invitations that are not used yet."""

    async def refresh(self) -> None:
        """Coordinator: ask the server on which day each device was last there."""

    async def revoke_device(self, device: bytes) -> None:
        """A lost device, or another one of mine: it leaves, its rings are renewed."""

    async def revoke_member(self, member: bytes) -> None:
        """Someone leaves with all their devices and recovery sheets."""

    def brought_in(self, device: bytes) -> list[str]:
        """Names of those who came in by this device's invitations: to be looked at when it was lost."""

    async def move(self, member: bytes, role: Role, team: bytes) -> None:
        """Give a member another role or team."""

    async def make_team(self, parent: bytes, name: str, codes: Sequence[AreaCode]) -> bytes:
        """A new team below another. Raises BadInput("name" or "code", why)."""

    async def put_team(self, team: bytes, name: str, codes: Sequence[AreaCode]) -> None:
        """Name a team and say where it works. Raises BadInput."""

    async def put_member(self, member: bytes, codes: Sequence[AreaCode]) -> None:
        """Say where within the team a member works. Raises BadInput."""

    async def confirm(self, device: bytes) -> None:
        """The words of this new coordinator's device were compared: from now on it is one."""

    async def withdraw(self, announced: bytes) -> None:
        """An invitation stops to work."""

    def sheets(self) -> list[SheetLook]:
        """Recovery sheets that can still be used."""

    async def make_sheet(self) -> SheetPage:
        """A recovery sheet for me, shown once, kept nowhere."""

    async def revoke_sheet(self, sheet: bytes) -> None:
        """A lost sheet stops to work."""

    def quarantine(self) -> list[QuarantineItem]:
        """What waits for a decision: written by a device that had left by then."""

    async def adopt(self, name: bytes) -> None:
        """Take it as if it had come in time."""

    async def erase(self, name: bytes) -> None:
        """Erase it, everywhere."""

    async def bring_in(self, data: bytes) -> int:
        """Take along a file of unsent messages, of whatever device of this organisation; how many are new here.

        Raises BadFormat. They are sent with the next round, and judged by everyone like any other.
        """

    def notices(self) -> list[Notice]:
        """What one should know now, most urgent first."""

    def dismiss(self, alert: Alert) -> None:
        """MOVED or RECOVERED: it has been read."""


class AppFace(Protocol):
    """What app/views may call. Implemented by app.services.app.App."""

    signing_off: SigningOff  # at SIGNED_OFF: the receipt, what was refused, and beginning anew
    storing: Storing  # the store: led by another tab, full, removed by the browser, put back
    safety: Safety  # the lock: another secret, a passkey, when it locks, hiding, wiping
    agenda: Agenda  # what is due at which door (when OPEN)
    welcomes: Welcomes  # new addresses (when OPEN)
    rounds: Rounds  # from door to door: rounds, walks, doors and what was found (when OPEN)
    wishes: Wishes  # what residents may wish here (when OPEN)
    reviews: Reviews  # words on visits, and the answers to them (when OPEN)
    followups: FollowUps  # what is asked of somebody after a visit (when OPEN)
    retention: Retention  # what goes from this device next (when OPEN)
    trail: Trail  # coordinator: who read, exported, erased what kind of thing (when OPEN)
    activities: Activities  # coffee, bingo, eating together: planned and held (when OPEN)
    finder: Finder  # search in all that may be read (when OPEN)
    stories: Stories  # positive stories, with consent (when OPEN)
    marks: Marks  # where nobody rings (when OPEN)
    directory: Directory  # the help lines: what is on show, whose area, who answers now
    stories_desk: StoriesDesk  # coordinator: checking and placing stories; everyone: the published ones (when OPEN)
    help_desk: HelpDesk  # coordinator: changing and publishing the help lines (when OPEN)
    tour: Tour  # for whoever is new
    cards: Cards  # the welcome card to print
    mine: MyData  # one's own data: looking, taking along, leaving (when OPEN)
    carers: Carers  # care workers: making a request at every stage, opening it when OPEN
    register: Register  # coordinator: streets and doors (when OPEN)
    matches: Matches  # coordinator: residents to bring together (when OPEN)
    areas: Areas  # coordinator: areas, streets and who looks after which (when OPEN)
    offers: Offers  # what areas have on offer (when OPEN)
    supply: Supply  # coordinator: wishes against offers (when OPEN)
    desk: Desk  # coordinator: how much waits at the desk
    display: Display  # what the page has to know of the text's size and the language
    update_ready: bool  # a new version is downloaded and waits for consent

    @property
    def leaving(self) -> "Leaving":
        """Coordinator: taking along all that the organisation has (when OPEN)."""

    @property
    def papers(self) -> "Papers":
        """Figures as a print, a workbook."""

    @property
    def reports(self) -> "Reports":
        """Coordinator: figures of a period and an area, and what of them is published (when OPEN)."""

    @property
    def law(self) -> "Law":
        """Coordinator: what residents ask, receipts of erasing, terms, lost devices (when OPEN)."""

    @property
    def update_needed(self) -> bool:
        """Whether sending goes on only with a newer version of this app, so that one has to be looked for."""

    @property
    def stage(self) -> Stage:
        """Which screens to show."""

    @property
    def look(self) -> InvitationLook | None:
        """What the invitation offers (at INVITED, when it can be used)."""

    @property
    def look_error(self) -> str:
        """Error code when the invitation can't be used or looked at, else ""."""

    def subscribe(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Be called after a change; gives the function that ends it."""

    async def open_invitation(self, text: str) -> None:
        """Look at an invitation (a whole link or only its secret part) or a recovery sheet (link or words): stage
        becomes INVITED. Raises BadInput("words", why) for words that are not a sheet's.
        """

    @property
    def invitation_link(self) -> str:
        """The whole link of the invitation that is being looked at, "" for none."""

    @property
    def surroundings(self) -> Surroundings:
        """What the page is shown in."""

    @property
    def advised(self) -> bool:
        """Whether, before joining, the person is told how to open the app where it belongs (at INVITED)."""

    def go_on_here(self) -> None:
        """Past the advice: the invitation leaves the address bar, and a reload still finds it."""

    async def scan(self, hint: str, close: str) -> str:
        """The text of a QR code, read with the camera; "" when it was closed. See PagePort."""

    def print_sheet(self, title: str, lines: Sequence[str], sheet: SheetPage) -> None:
        """Open the browser's print of a recovery sheet."""

    def leave_invitation(self) -> None:
        """Leave an invitation that does not work: back to WELCOME."""

    async def accept(self, name: str, secret: str) -> None:
        """Set the PIN, enrol this device with the invitation looked at, and open.

        Raises BadInput("name" or "secret", why), InvitationUsed, InvitationExpired, or Unreachable (nothing
        used up).
        """

    async def unlock(self, secret: str) -> None:
        """Open the vault. Raises WrongSecret or TrySlower(wait_millis)."""

    async def retry_enrolment(self) -> None:
        """At ENROLLING: ask the server once more. Raises Unreachable and its kin."""

    def unlock_wait_millis(self) -> int:
        """How long the next try has to wait, 0 when it may be now."""

    def touch(self) -> None:
        """Someone is using the app: not yet time to lock. Reading for a refresh is not use."""

    async def lock(self) -> None:
        """Close the vault: the page starts again behind the lock screen."""

    async def start_over(self) -> None:
        """From LOCKED, GONE or DAMAGED: keep what is there aside and begin anew with an invitation."""

    @property
    def role(self) -> Role:
        """This device's role (when OPEN)."""

    @property
    def my_name(self) -> str:
        """The member's name (when OPEN)."""

    def today(self) -> date:
        """The day it is, by the clock as corrected by the server (when OPEN)."""

    def sync_status(self) -> SyncStatus:
        """For the home screen."""

    def sync_now(self) -> None:
        """Ask for a round of sync at once."""

    def visits(self) -> Sequence[Visit]:
        """My own visits, newest day first."""

    def visit(self, visit: bytes) -> Visit:
        """One visit. Raises NotFound."""

    async def save_visit(self, form: VisitForm, visit: bytes | None = None, draft: str = "") -> bytes:
        """Save a new visit or changes to one of mine; returns its id when durable, and drops the draft (that of this
        name, or the form's own).

        Raises BadInput(field, why) with field one of shared, address, day, gift, outcome, wishes, note, come_back;
        DiskFull (the draft is kept).
        """

    async def tap_outcome(self, address: str, outcome: Outcome, welcome: bytes = b"") -> bytes:
        """One tap at the door, where nobody could be asked: not home, moved, no contact. Raises BadInput, DiskFull."""

    async def change_consent(self, visit: bytes, noted: bool, shared: bool) -> bytes:
        """The resident gave or took back a consent: the visit is written anew for whoever may read it now, the old
        one is erased everywhere. The new visit's id. Raises NotFound, Forbidden, DiskFull.
        """

    async def choose_version(self, visit: bytes, field: str, form: VisitForm) -> None:
        """Of one field that was changed in two places: the version that stands in `form`. Raises DiskFull."""

    async def remove_visit(self, visit: bytes) -> None:
        """Hide one of my visits; undoable for 30 days."""

    async def restore_visit(self, visit: bytes) -> None:
        """Undo a removal."""

    async def mark_review_read(self, visit: bytes) -> None:
        """The contact person has seen the coordinator's word."""

    def draft(self, key: str) -> VisitForm | None:
        """The draft of a visit's form, by the names of app.services.visit_draft."""

    def visit_drafts(self) -> list[str]:
        """The names of the visits' forms that have a draft."""

    async def save_draft(self, key: str, form: VisitForm | None) -> None:
        """Keep the form as it is now (at every keystroke); None drops it."""

    def queue(self, which: QueueFilter) -> Sequence[Visit]:
        """Coordinator: visits of the team, oldest unreviewed first."""

    async def review(self, visit: bytes, state: ReviewState, reply: str) -> None:
        """Coordinator: say a word on a visit. Raises BadInput("reply", why)."""

    def members(self) -> list[Member]:
        """The people of the team."""

    async def invite(self, name: str, role: Role, team: bytes = b"", days: int = 14) -> InviteLink:
        """Coordinator: announce an invitation for a team (b"": my own), that works 1, 7, 14 or 30 days.

        Raises BadInput("name" or "days", …), Unreachable.
        """

    async def invite_back(self, member: bytes) -> InviteLink:
        """Coordinator: a new device for someone who has none left, in the place they had. Raises Unreachable."""

    @property
    def trust(self) -> TrustFace:
        """Who may read what (when OPEN)."""

    async def second_device(self) -> InviteLink:
        """An invitation for another device of mine."""

    def help_lines(self, search: str = "") -> list[HelpLine]:
        """The directory, always the same ones first; works at every stage."""

    def aside(self) -> list[AsideItem]:
        """What was kept aside and why."""

    async def apply_update(self) -> None:
        """Take the new version now (the page reloads)."""

    async def save_unsent_file(self) -> bytes:
        """Unsent envelopes, sealed as they are, to save as a file."""
