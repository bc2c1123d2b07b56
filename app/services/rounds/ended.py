"""What whoever walked a round is told when it is over: counts, and nothing of a door.

The closing erases what was said at the doors, and that comes in together with the news that the round is closed. So each
phone remembers, sealed, what the rounds come to that go on, as it knew them after its last round of sync.
"""

from typing import Any
from weakref import WeakKeyDictionary

from app.services.records import iso
from app.services.rounds.counting import plain_progress, read_progress
from app.services.rounds.here import coordinates
from app.services.rounds.looking import Looking
from app.services.rounds.models import Ended, Progress
from app.services.session import Session
from sync.core import codec
from sync.core.errors import StraatError
from sync.core.ids import HASH_BYTES, ID_BYTES
from sync.core.ports import LogState

# named values: what to tell, sealed; what rounds that go on come to, sealed; refused envelopes of which it was read
_ENDED, _KNOWN, _READ = "rounds ended", "rounds known", "rounds read"
_MOST, _BYTES = 100, 1 << 20
_names = codec.items(codec.blob(HASH_BYTES), 100_000)  # of envelopes
_ended = codec.items(
    codec.row(codec.text(200), codec.text(10), codec.anything, codec.anything, codec.anything, _names), 1000
)
_counts = codec.items(codec.row(codec.blob(ID_BYTES), codec.anything), 1000)
_looking: WeakKeyDictionary[Session, tuple[Looking, dict[bytes, Progress]]] = WeakKeyDictionary()


async def remember(session: Session) -> None:
    """Keep what each round that goes on, and that this device walks, comes to now. Written only where that changed."""
    if coordinates(session):  # they have the result
        return
    if session not in _looking:
        _looking[session] = (Looking(lambda: session), await _known(session))
    looking, known = _looking[session]
    now = {look.id: look.progress for look in looking.rounds()}
    over = {name: known[name] for name in known if name not in now and name in session.roll.state.rounds}
    if (found := {**over, **now}) != known:
        rows = [[name, plain_progress(p)] for name, p in sorted(found.items())][-_MOST:]
        session.log.put({_KNOWN: await session.vault.seal_bytes(_KNOWN, codec.pack(rows)) if rows else None})
        _looking[session] = (looking, found)


async def _known(session: Session) -> dict[bytes, Progress]:
    return {name: read_progress(counts) for name, counts in await _sealed(session, _KNOWN, _counts)}


async def _forgotten(session: Session, name: bytes) -> Progress:
    """What a round came to when it was last known; it is remembered no longer."""
    known = await _known(session)
    found = known.pop(name, Progress())
    rows = [[n, plain_progress(p)] for n, p in sorted(known.items())]
    session.log.put({_KNOWN: await session.vault.seal_bytes(_KNOWN, codec.pack(rows)) if rows else None})
    _looking.pop(session, None)
    return found


async def tell(session: Session, name: bytes, late: Progress, lost: Progress, refused: list[bytes]) -> None:
    """A round is over: what it came to, what was sent too late, and what no server took, which is `refused`."""
    known = session.replica.records.get(name)
    title, last = (str(known.value(f"detail.{f}") or "") if known else "" for f in ("name", "last"))
    whole = await _forgotten(session, name)
    if not (title or late.doors or lost.doors):
        return  # it was never here
    counts = map(plain_progress, (late, whole, lost))
    rows = [*await _noted(session), [title[:200], last[:10], *counts, refused]]
    session.log.put({_ENDED: await session.vault.seal_bytes(_ENDED, codec.pack(rows[-1000:]))})


async def _noted(session: Session) -> list[list[Any]]:
    return await _sealed(session, _ENDED, _ended)


async def _sealed(session: Session, name: str, shape: codec.Shape) -> list[list[Any]]:
    sealed = session.log.get(name)
    plain = await session.vault.open_bytes(name, sealed) if sealed else None
    try:
        return [list(row) for row in codec.checked(shape, plain, _BYTES)] if plain else []
    except StraatError:
        return []


async def ended(session: Session) -> list[Ended]:
    """Rounds that this member walked and that are over, until it has been read."""
    return [
        Ended(title, iso(last), *map(read_progress, (late, whole, lost)))
        for title, last, late, whole, lost, _refused in await _noted(session)
    ]


def any_ended(session: Session) -> bool:
    """Whether there is something to tell of rounds that are over."""
    return session.log.get(_ENDED) is not None


async def forget(session: Session) -> None:
    """It has been read. What no server took of it is let go at the next round of sync."""
    refused = {name for row in await _noted(session) for name in row[-1]} | _read(session)
    session.log.put({_ENDED: None, _READ: codec.pack(sorted(refused)) if refused else None})


def _read(session: Session) -> set[bytes]:
    return set(codec.checked(_names, session.log.get(_READ) or codec.pack([]), 64 << 20))


async def let_go(session: Session) -> None:
    """What no server took of a round that is over, once its owner has read what it was."""
    if names := _read(session):
        gone = {e.id for e in session.log.fetch(sorted(names)) if e.state == LogState.REFUSED}
        if gone:
            await session.replica.drop(gone)
            session.keeping.soon()
        session.log.put({_READ: None})
