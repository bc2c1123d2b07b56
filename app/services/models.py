"""What services give to views and take from them: plain frozen values, no Flet, no keys."""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import Enum, StrEnum

from sync.core.help_line import HelpLine
from sync.core.rights import Role

__all__ = ["HelpLine", "Role"]

MAX_NOTE = 10_000
MAX_ADDRESS = 200
MIN_PIN = 6
VALID_DAYS = (1, 7, 14, 30)  # how long an invitation may be used


class Stage(Enum):
    """Where the app stands; the shell shows one screen group for each."""

    STARTING = "starting"
    OTHER_TAB = "other tab"  # another tab leads; this one takes over when that is gone
    FULL = "full"  # there is no room to open the store; goes on by itself
    GONE = "gone"  # the browser removed the data
    DAMAGED = "damaged"  # the log can't be read; the file is kept
    WELCOME = "welcome"  # nobody is enrolled here and there is no invitation
    INVITED = "invited"  # an invitation is being looked at: choose a name and a PIN
    LOCKED = "locked"
    ENROLLING = "enrolling"  # PIN is set, the server has not yet answered
    OPEN = "open"
    SIGNED_OFF = "signed off"  # this device has left the roll: what it had is handed in, then it is wiped


class OtherTab(Enum):
    """What is known of the tab that leads, at OTHER_TAB."""

    UNASKED = "unasked"
    ASKED = "asked"
    MAKING_WAY = "making way"  # it saves all, and this one goes on
    ASLEEP = "asleep"  # it does not answer


class Gift(Enum):
    """What was brought."""

    PLANT = "plant"
    CAKE = "cake"
    OTHER = "other"
    NONE = "none"


class Outcome(Enum):
    """How the visit went."""

    MET = "met"
    NOT_HOME = "not_home"
    LATER = "later"
    NO_CONTACT = "no_contact"
    MOVED = "moved"


class Wish(StrEnum):
    """Coded wishes that every area starts with: what a resident would like. An area may have others (wishes.py)."""

    COFFEE = "coffee"
    EATING = "eating"
    REPAIR = "repair"
    GARDEN = "garden"
    LANGUAGE = "language"
    HELP_WANTED = "help_wanted"
    WANTS_TO_HELP = "wants_to_help"


class Topic(StrEnum):
    """What a resident can use help with, or wants to help with: written behind the wish, as `help_wanted:jobs`."""

    JOBS = "jobs"
    DIGITAL = "digital"
    SHOPPING = "shopping"
    FORMS = "forms"
    COMPANY = "company"


class DayPart(Enum):
    """When on the day someone rang: finer times are kept nowhere."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True)
class VisitForm:
    """A welcome visit as it stands in the form. Consent decides the rings and so is fixed before typing: `shared` is
    whether the coordinator may read the detail (None: not chosen yet), `noted` whether anything may be noted at all;
    without it only the count is written. `introduce`: the resident wants to be introduced to someone who offers what
    they ask for. `welcome` is the new address that this visit answers, if there is one.
    """

    shared: bool | None = None
    address: str = ""
    day: date | None = None
    gift: Gift | None = None
    outcome: Outcome | None = None
    wishes: frozenset[str] = frozenset()
    note: str = ""
    come_back: date | None = None
    noted: bool = True
    introduce: bool = False
    part: DayPart | None = None
    welcome: bytes = b""


class ReviewState(Enum):
    """A coordinator's word on a visit."""

    SEEN = "seen"
    QUESTION = "question"
    FOLLOWUP = "followup"  # somebody is asked to do something about it
    RETURNED = "returned"  # its author is asked to correct or complete it


@dataclass(frozen=True, slots=True)
class Review:
    """A review as anyone who may read it sees it. `answered`: it asks something, and the visit's author answered."""

    state: ReviewState
    reply: str
    by: str  # the coordinator's name
    day: date
    answered: bool = False


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """One field of a visit (a name of VisitForm) that was changed in two places at once, as it is in the place that is
    not shown: `form` is the visit with that. `by` is who wrote it.
    """

    field: str
    form: VisitForm
    by: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A saved visit to read. `synced` is False while it exists on this device only. For a visit that was not
    shared, a coordinator has the count only: `detail` is False and address, note and so on are empty.
    """

    id: bytes
    form: VisitForm
    by: str
    mine: bool
    synced: bool
    detail: bool = True
    review: Review | None = None
    unread_review: bool = False
    other_notes: tuple[tuple[str, str], ...] = ()  # (who, text): versions nobody has chosen between
    others: tuple[OtherVersion, ...] = ()  # the same of every other field


class QueueFilter(Enum):
    """What the review queue shows: where a visit stands, each in one place; the first five wait for a coordinator."""

    OPEN = "open"  # not yet reviewed
    BOTH = "both"  # two words were said without knowing of each other: one is to be chosen
    ANSWERED = "answered"
    CHANGED = "changed"  # changed by its author since the last word
    FOLLOWED = "followed"  # all that was asked about it is done
    QUESTION = "question"  # asked, and not answered yet
    FOLLOWUP = "followup"
    RETURNED = "returned"
    DONE = "done"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class SyncStatus:
    """What is not yet on the server, since when, and why. Times are milliseconds since 1970 UTC."""

    unsent: int = 0
    unsent_since: int | None = None
    last_success: int | None = None
    busy: bool = False
    online: bool = True
    trouble: str = ""  # an error code of sync.core.errors, "" when all is well
    clock_off_minutes: int = 0  # how far this device's clock is off, 0 below 10 minutes
    aside: int = 0  # envelopes kept aside because they could not be read or were not allowed
    withheld: int = 0  # devices with a gap in what came in of them


@dataclass(frozen=True, slots=True)
class LockChoices:
    """When a device locks by itself: after so many minutes without a touch, and so many seconds out of sight
    (None: not for being out of sight).
    """

    quiet_minutes: int = 10
    hidden_seconds: int | None = 60


QUIET_MINUTES = (1, 5, 10)
HIDDEN_SECONDS = (0, 60, None)


@dataclass(frozen=True, slots=True)
class InvitationLook:
    """What an invitation offers, before it is used. Nothing is used up by looking."""

    role: Role
    expires: date | None  # None: a recovery sheet, which has no end
    second_device: bool = False
    returning: bool = False  # the member had devices and has none left: this one takes their place
    sheet: bool = False  # a recovery sheet


@dataclass(frozen=True, slots=True)
class InviteLink:
    """A fresh invitation to hand over. `qr` are the rows of a QR code, True is dark, quiet zone included."""

    url: str
    expires: date
    role: Role
    name: str
    qr: tuple[tuple[bool, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the team."""

    id: bytes
    name: str
    role: Role
    devices: int
    me: bool


@dataclass(frozen=True, slots=True)
class AreaCode:
    """One area: `kind` gemeente, wijk, buurt, complex or address; a CBS code with its year, a BAG id, or a free id."""

    kind: str
    code: str
    year: str  # of the CBS division, "" where there is none
    name: str


@dataclass(frozen=True, slots=True)
class TeamLook:
    """A team and where it is put. `parent` is None for the top one."""

    id: bytes
    parent: bytes | None
    name: str
    areas: tuple[AreaCode, ...] = ()
    mine: bool = False  # whether this device may invite, move and revoke here


@dataclass(frozen=True, slots=True)
class DeviceLook:
    """A device as others see it. `seen` is the last day it synced, None when that is not known here."""

    id: bytes
    words: tuple[str, ...]
    seen: date | None
    me: bool
    inviter: str  # by whose invitation it came, "" for the first
    confirmed: bool  # False: a coordinator's device whose words nobody has compared yet


@dataclass(frozen=True, slots=True)
class Person:
    """A member with a device on the roll, or one who left (no devices)."""

    id: bytes
    name: str
    role: Role
    team: bytes
    devices: tuple[DeviceLook, ...]
    me: bool
    areas: tuple[AreaCode, ...] = ()
    mine: bool = False  # whether this device may move or revoke them


@dataclass(frozen=True, slots=True)
class Waiting:
    """An invitation that is not used yet."""

    announced: bytes
    role: Role
    team: bytes
    expires: date
    until: datetime  # the same to the minute, in local time


@dataclass(frozen=True, slots=True)
class SheetLook:
    """A recovery sheet that can still be used."""

    id: bytes
    by: str
    words: tuple[str, ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class SheetPage:
    """A fresh recovery sheet to print: it is shown once and kept nowhere."""

    words: tuple[str, ...]
    url: str
    name: str
    made: date
    qr: tuple[tuple[bool, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class QuarantineItem:
    """What a device wrote that had left by then: a coordinator adopts or erases it. `lines` are (name, value)."""

    id: bytes
    by: str
    kind: str
    lines: tuple[tuple[str, str], ...]


class Alert(Enum):
    """What someone should know about who may read what."""

    ALONE = "alone"  # one coordinator only: invite a second
    NO_SHEET = "no_sheet"  # a coordinator without a recovery sheet
    UNCONFIRMED = "unconfirmed"  # a coordinator waits for compared words
    RECOVERED = "recovered"  # a recovery sheet has been used
    QUARANTINE = "quarantine"  # something waits for a decision
    MARKS = "marks"  # addresses without contact to look at: someone asks, or two years are over
    MOVED = "moved"  # this device has another place since
    DOUBLED = "doubled"  # a device that says two things under one number
    FORKED = "forked"  # two rolls exist
    RESTORED = "restored"  # the server was put back: nobody joins or leaves until so many devices have been there
    BEGUN_AGAIN = "begun_again"  # the server lost a part of the roll that only this device knew: that counts no more


@dataclass(frozen=True, slots=True)
class Notice:
    """An alert and its number or name."""

    alert: Alert
    count: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class AsideItem:
    """One envelope that is kept aside: why (an error code) and from whom, if known."""

    reason: str
    by: str
    size: int
