"""What the server answers to each message of sync.core.wire: the shape of it, and every error that it may be instead.

`sync.server.routes` makes no route without a row here, `sync.server.openapi` writes the rows down, and the tests hold
the running server to them.
"""

from typing import NamedTuple

from sync.core import codec, wire
from sync.core.errors import (
    BadFormat,
    BadSignature,
    BrokenChain,
    Busy,
    Forbidden,
    InvitationExpired,
    InvitationUnknown,
    InvitationUsed,
    NewerVersion,
    NotAuthorized,
    NotFound,
    QuotaFull,
    Revoked,
    RollForked,
    RollMoved,
    RollRefused,
    RollUnconfirmed,
    ServerBehind,
    SlowDown,
    StaleEpoch,
    StraatError,
    TooLarge,
    UnknownDevice,
    UnknownHead,
    UnknownOrganisation,
    UpdateNeeded,
)

Kind = type[StraatError]


class Answer(NamedTuple):
    """One message. `shape` None: bytes as they are, and so is a body whose own shape is None."""

    about: str
    shape: codec.Shape | None
    errors: tuple[Kind, ...]


ANY_MESSAGE: tuple[Kind, ...] = (BadFormat, TooLarge, SlowDown, Busy, UpdateNeeded, ServerBehind, StraatError)
WITH_TOKEN: tuple[Kind, ...] = (NotAuthorized,)
LISTENING: tuple[Kind, ...] = (
    BadFormat,
    NotAuthorized,
    Revoked,
    SlowDown,
    Busy,
    UpdateNeeded,
    ServerBehind,
    StraatError,
)
_invited = (InvitationUnknown, InvitationUsed, InvitationExpired)
_entry = (RollRefused, RollMoved, RollForked, BadSignature, NewerVersion, UnknownHead, Forbidden, *_invited)

ANSWERS = {
    "challenge": Answer(
        "A nonce to sign, and the server's time.", wire.CHALLENGED, (UnknownOrganisation, UnknownDevice)
    ),
    "token": Answer(
        "A token for a signed nonce, its last moment, and the store's incarnation.",
        wire.TOKENED,
        (UnknownOrganisation, UnknownDevice, NotAuthorized),
    ),
    "roll": Answer("Roll entries after those known.", wire.ROLL, ()),
    "roll/append": Answer(
        "The new head of the roll, with this entry on it.", wire.APPENDED, (*_entry, Revoked, RollUnconfirmed)
    ),
    "roll/offer": Answer("How many entries the roll has now.", wire.OFFERED, (*_entry, Revoked)),
    "roll/confirm": Answer(
        "Whether the head is confirmed, how many devices were here of how many awaited, and how many unknown heads were"
        " named.",
        wire.CONFIRMED,
        (Revoked, Forbidden, RollMoved),
    ),
    "push": Answer("The outcome for each envelope, in order.", wire.PUSHED, ()),
    "erase": Answer("The outcome for each envelope, in order.", wire.ERASED, (Revoked,)),
    "pull/small": Answer(
        "The same, of 32 KiB: for a line that breaks off again and again.", wire.PULLED, (Revoked, Forbidden)
    ),
    "pull": Answer("A page of each ring, in order, and whether there is more.", wire.PULLED, (Revoked, Forbidden)),
    "enrol/roll": Answer("Roll entries, for whoever holds an invitation.", wire.ROLL, _invited),
    "recover/roll": Answer("Roll entries, for whoever holds a recovery sheet.", wire.ROLL, _invited),
    "enrol": Answer(
        "The new head of the roll, with this device on it.",
        wire.APPENDED,
        (*_entry, UnknownOrganisation, RollUnconfirmed),
    ),
    "enrol/again": Answer(
        "The same, for a device that stood on the roll before a backup was put back.",
        wire.APPENDED,
        (*_entry, UnknownOrganisation),
    ),
    "enrol/offer": Answer(
        "How many of these entries, from the first on, the roll has now.",
        wire.OFFERED,
        (RollRefused, RollForked, BadSignature, NewerVersion, *_invited),
    ),
    "devices": Answer("The day on which each device was last here.", wire.DEVICES, (Revoked, Forbidden)),
    "directory": Answer("The newest edition, if its number is above the one known.", None, (UnknownOrganisation,)),
    "directory/earlier": Answer("The edition of this number, or nothing.", None, (UnknownOrganisation,)),
    "stories": Answer(
        "The number of the newest list, the list if that is above the one known, and what stopped stories on it.",
        wire.STORIES,
        (UnknownOrganisation,),
    ),
    "stories/part": Answer("A sheet or photo that the list names, or nothing.", None, (UnknownOrganisation,)),
    "stories/stop": Answer("Nothing: the story is shown no more.", None, (UnknownOrganisation, NotFound)),
    "stories/publish": Answer(
        "The hashes of the sheets and photos that are lacking.",
        wire.LACKING,
        (Revoked, Forbidden, BadSignature, NewerVersion, UnknownHead, RollMoved, RollRefused, UnknownDevice),
    ),
    "stories/deliver": Answer("Nothing: it is kept.", None, (Revoked, Forbidden, NewerVersion, NotFound)),
    "directory/publish": Answer(
        "Nothing: the edition is kept.",
        None,
        (Revoked, Forbidden, BadSignature, NewerVersion, UnknownHead, RollMoved, RollRefused),
    ),
}

_envelope: tuple[Kind, ...] = (BadFormat, TooLarge, NewerVersion, Forbidden, UnknownHead, UnknownDevice)
_chain: tuple[Kind, ...] = (BrokenChain, StaleEpoch, BadSignature, QuotaFull)
# The texts in answers that are one of a few today (a device takes any: a newer server may know more).
KNOWN = {
    "outcome of a push": (wire.STORED, wire.DUPLICATE, *(e.code for e in (*_envelope, *_chain))),
    "outcome of erasing": (wire.OVERWRITTEN, NotFound.code, Forbidden.code),
}


def errors_of(path: str, token: bool) -> list[Kind]:
    """Every error that a message at this path may be answered with, each once, by status and code."""
    kinds = {*ANSWERS[path].errors, *ANY_MESSAGE, *(WITH_TOKEN if token else ())}
    return sorted(kinds, key=lambda e: (e.status, e.code))
