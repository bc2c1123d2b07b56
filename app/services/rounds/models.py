"""What screens see of streets, rounds, walks and doors. No Flet, no browser, nothing of a person.

A *round* is a purpose, a period and its collectors; it is cut into *walks* that fit an evening; a walk is a row of *doors*
in walking order. What happened at a door is one *state*, of the day's part, never of the minute.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum

from app.services.models import DayPart


class DoorState(StrEnum):
    """What a tap at a door says. A door without a tap has none."""

    MET = "met"
    NOT_HOME = "not_home"
    LATER = "later"  # come back on another day, at their word
    NO_CONTACT = "no_contact"  # writes a no-contact mark as well
    EMPTY = "empty"  # moved out, or nobody lives there
    UNREACHABLE = "unreachable"  # a shut porch, no bell


class Interest(StrEnum):
    """What somebody at the door would like: a wish, never a word about a person."""

    CONTACT_PERSON = "contact_person"
    ACTIVITY = "activity"


class Purpose(StrEnum):
    """What a round is for."""

    MEET = "meet"
    WISHES = "wishes"
    NEWS = "news"
    COLLECTION = "collection"  # for a charity; boxes and money are the charity's own
    OTHER = "other"


class Order(StrEnum):
    """How the doors of a street follow one another."""

    SIDES = "sides"  # one side up, the other side down
    CROSSING = "crossing"  # from one side to the other, by number


@dataclass(frozen=True, slots=True)
class Door:
    """One front door. `key` is the same for every spelling: its BAG id (nummeraanduiding, 16 digits), or the key of its
    address (app.services.addresses.key). `floor` counts from 0 (ground floor); None: not known. `stair`: which porch or
    staircase of a block, "" for a door on the street.
    """

    key: str
    street: str
    number: int
    letter: str = ""
    addition: str = ""
    postcode: str = ""
    place: str = ""
    stair: str = ""
    floor: int | None = None

    @property
    def label(self) -> str:
        """The number as it stands beside the door: "12A-3"."""
        more = f"-{self.addition}" if self.addition else ""
        return f"{self.number}{self.letter}{more}"

    @property
    def address(self) -> str:
        """As it is written: "Tulpstraat 12A-3"."""
        return f"{self.street} {self.label}"


@dataclass(frozen=True, slots=True)
class Street:
    """A street of the register with its doors, in order of number."""

    id: bytes
    name: str
    place: str
    doors: tuple[Door, ...]
    complex: str = ""  # a block or complex of a housing association, "" for a street


@dataclass(frozen=True, slots=True)
class PassRule:
    """How often doors where nobody was home are tried, and whether at another part of the day. The coordinator's."""

    times: int = 2
    other_part: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator fills in for a round."""

    name: str
    purpose: Purpose
    first: date
    last: date
    members: tuple[bytes, ...]
    streets: tuple[bytes, ...]
    doors_a_walk: int = 60
    order: Order = Order.SIDES
    rule: PassRule = field(default_factory=PassRule)


@dataclass(frozen=True, slots=True)
class PlannedWalk:
    """A walk that a plan would give. `shut`: at how many of its doors nobody rings."""

    name: str
    doors: int
    shut: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is noted at a door. Nothing but the state has to be said."""

    state: DoorState
    flyer: bool = False
    interests: tuple[Interest, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """One entry of a door's history on its round: the answer, on which part of which day."""

    answer: Answer
    day: date
    part: DayPart
    mine: bool


@dataclass(frozen=True, slots=True)
class DoorLook:
    """A door on the screen. `answer` is what counts now of all that was said (None: nothing yet); `blocked`: nobody rings;
    `due`: it is to be tried (again) on this pass; `seen`: the history, oldest first.
    """

    door: Door
    answer: Answer | None
    blocked: bool
    due: bool
    seen: tuple[Seen, ...] = ()


class Holding(Enum):
    """Whose walk it is at this moment."""

    FREE = "free"
    MINE = "mine"
    OTHERS = "others"  # until it is handed back or its time is over


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of a walk, street or round. `reached` = met or no contact or later; nothing here is per person."""

    doors: int = 0
    blocked: int = 0
    states: tuple[tuple[DoorState, int], ...] = ()
    flyers: int = 0
    interests: tuple[tuple[Interest, int], ...] = ()

    @property
    def done(self) -> int:
        """Doors with a state."""
        return sum(n for _, n in self.states)

    @property
    def reached(self) -> int:
        """Doors where somebody was spoken to."""
        spoken = (DoorState.MET, DoorState.NO_CONTACT, DoorState.LATER)
        return sum(n for state, n in self.states if state in spoken)


@dataclass(frozen=True, slots=True)
class WalkLook:
    """A walk in a list. `name` says where: "Tulpstraat 1-45, oneven"; `till`: the day on which it is free again."""

    id: bytes
    round: bytes
    name: str
    holding: Holding
    till: date | None
    progress: Progress


@dataclass(frozen=True, slots=True)
class RoundLook:
    """A round in a list, with its walks in order. `late`: what phones counted that were heard of only after it was closed,
    beside what `progress` has.
    """

    id: bytes
    name: str
    purpose: Purpose
    first: date
    last: date
    closed: bool
    members: tuple[bytes, ...]
    walks: tuple[WalkLook, ...]
    progress: Progress
    rule: PassRule = field(default_factory=PassRule)
    order: Order = Order.SIDES
    late: Progress = field(default_factory=Progress)


class Standing(Enum):
    """How this device stands to a round that a link names."""

    ON = "on"
    COMING = "coming"  # on it, and the round has not come in yet
    OVER = "over"  # it was closed
    NOT_ON = "not on"  # not among those who walk it
    UNKNOWN = "unknown"  # no such round here (yet)


@dataclass(frozen=True, slots=True)
class RoundLink:
    """A link that opens a round for whoever is on it. `qr` are the rows of a QR code, quiet zone included."""

    url: str
    qr: tuple[tuple[bool, ...], ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A round that this member walked and that is over. `found`: all of it as this device knew it, for as much as that was;
    `counted`: doors of this member that came in only after it was closed, and count; `lost`: such as no server took.
    """

    name: str
    last: date | None
    counted: Progress
    found: Progress = field(default_factory=Progress)
    lost: Progress = field(default_factory=Progress)


@dataclass(frozen=True, slots=True)
class BeforeClosing:
    """What a coordinator is told before a round is closed. `taken`: walks that somebody has at this moment; `unheard`:
    names of those on it with a device that was not at the server today: what it has not sent yet is counted when it
    comes, but nobody sees it door by door any more.
    """

    progress: Progress
    taken: tuple[str, ...]
    unheard: tuple[str, ...]
