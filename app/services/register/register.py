"""The register of streets: what is in it, and writing what was found to it, one record a street.

Only streets that differ are written, in batches, each durable when it is told. Stopped or broken off anywhere, the same
file asked again goes on where it stopped.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from importlib import resources
from pathlib import Path
from time import monotonic
from typing import Any

from app.services import records
from app.services.live import CHOOSING_MILLIS, Live
from app.services.models import Role
from app.services.ports import Chosen
from app.services.register.gathering import Found, FoundStreet, Gathering, joined, named
from app.services.register.rows import address_key, street_key
from app.services.rounds import kinds, writing
from app.services.rounds.models import Door, Street
from app.services.rounds.order import counted_as
from app.services.session import Session
from sync.core import envelope, ring
from sync.core.errors import BadInput, DiskFull, Forbidden, NotFound
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.device.writer import Part

BATCH = 200  # streets in one transaction, about a second in the browser: the bar moves, and a stop costs no more
BREATH = 0.03  # seconds of work between two moments in which the screen may move
ACCEPT = ".csv,.txt,.tsv,.gpkg,.json"
SAMPLE = "voorbeeld-bag.csv"
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class StreetLook:
    """A street in the list."""

    id: bytes
    name: str
    place: str
    complex: str
    doors: int


@dataclass(frozen=True, slots=True)
class Written:
    """What became of the streets that were put in. `rest`: not yet, since it was stopped."""

    new: int = 0
    changed: int = 0
    same: int = 0
    rest: int = 0


def sample() -> str:
    """Where the made-up example lies: in the app's archive on a phone, in assets/ beside the code."""
    packed = Path(str(resources.files("app").joinpath("register", SAMPLE)))
    return str(packed if packed.is_file() else Path(__file__).parents[3] / "assets" / "register" / SAMPLE)


class Register:
    """The streets of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live

    # -- what is there -----------------------------------------------------------------------------------

    def look(self) -> list[StreetLook]:
        """Every street by place and name, with its number of doors."""
        rows = self._live.require_session().view.ask(
            "SELECT id, name, place, complex, iif(doors = '', 0, json_array_length(doors)) AS doors FROM streets"
            " WHERE NOT hidden ORDER BY id"
        )
        looks = [StreetLook(bytes.fromhex(r["id"]), r["name"], r["place"], r["complex"], r["doors"]) for r in rows]
        return sorted(looks, key=lambda s: (s.place, counted_as(s.name), s.name))

    def streets(self) -> list[Street]:
        """Every street with its doors."""
        from app.services.rounds.making import street_of

        rows = self._live.require_session().view.ask("SELECT * FROM streets WHERE NOT hidden ORDER BY place, name, id")
        return [street_of(row) for row in rows]

    def street(self, street: bytes) -> Street:
        """One street with its doors by number. Raises NotFound."""
        from app.services.rounds.making import street_of

        rows = self._live.require_session().view.ask(
            "SELECT * FROM streets WHERE id = :id AND NOT hidden", id=street.hex()
        )
        if not rows:
            raise NotFound(kinds.STREET)
        return street_of(rows[0])

    # -- reading -----------------------------------------------------------------------------------------

    async def choose(self, hint: str, choose: str, close: str) -> Chosen | None:
        """Let the person choose a file; None when none was chosen. Raises BadInput("file", "too_large" | "unreadable")."""
        from app.services.register.reading import MOST_BYTES

        self._live.require_session()
        self._live.choosing_until = self._live.world.clock.millis() + CHOOSING_MILLIS
        try:
            return await self._live.page.choose_file(hint, choose, close, ACCEPT, MOST_BYTES)
        finally:
            self._live.choosing_until = 0

    async def read(self, path: str, progress: Progress = lambda _: None) -> Found:
        """Everything that a file gives; nothing is written yet. `progress` hears how far it is, from 0 to 1.

        Raises BadInput("register", why): see Reading.
        """
        from app.services.register.reading import Reading

        reading, gathering = Reading(path), Gathering()
        until = monotonic() + BREATH
        for row in reading.rows():
            gathering.take(row)
            if gathering.full:
                break
            if monotonic() >= until:
                progress(reading.done)
                await asyncio.sleep(0)
                until = monotonic() + BREATH
        found = gathering.found()
        if not found.rows:
            raise BadInput("register", "empty")
        return found

    async def by_hand(self, text: str, place: str = "") -> tuple[Found, Written]:
        """Put in streets that were typed, unless a line of it can't be read: then nothing is written, and the bad ones are
        told. Doors that are there stay. Raises BadInput or DiskFull.
        """
        from app.services.register import by_hand

        found = by_hand.read(text, place.strip())
        if found.left_out or not found.streets:
            return found, Written()
        return found, await self.put(found.streets, keep=True)

    # -- writing -----------------------------------------------------------------------------------------

    async def put(
        self,
        streets: Sequence[FoundStreet],
        progress: Progress = lambda _: None,
        go_on: Callable[[], bool] = lambda: True,
        keep: bool = False,
    ) -> Written:
        """Write the streets that differ; `keep`: doors that are not among these stay. `progress` hears how far it is, from
        0 to 1, after each batch; `go_on` is asked before each. Raises Forbidden or DiskFull: what was told is written.
        """
        session = self._coordinating()
        there = {street_key(r["name"], r["place"]): bytes.fromhex(r["id"]) for r in self._rows(session)}
        done, taken = Written(), asyncio.create_task(_taken_in(session))
        try:
            for start in range(0, len(streets), BATCH):
                if not go_on():
                    return _plus(done, rest=len(streets) - start)
                parts: list[Part] = []
                for street in streets[start : start + BATCH]:
                    known = session.replica.records.get(there.get(street.key, b""))
                    made = _parts(session, street, known, keep)
                    new, same = int(known is None), int(not made)
                    done = _plus(done, new=new, changed=1 - new - same, same=same)
                    parts += made
                if parts:
                    await session.writer.write(parts)
                    await taken
                    taken = asyncio.create_task(_taken_in(session))  # while the next ones wait to be sealed and signed
                progress(min(1.0, (start + BATCH) / len(streets)))
                await asyncio.sleep(0)
        finally:  # once, as each time costs as much as a batch: what is there to draw and to send
            await taken
            with suppress(DiskFull):
                await session.catch_up()
            session.syncer.wake()
        return done

    async def remove(self, street: bytes, removed: bool = True) -> None:
        """Take a street off the list, or put it back. Rounds that were made of it keep their doors. Raises NotFound."""
        session = self._coordinating()
        known = records.known(session, kinds.STREET, street)
        await records.write(session, [records.removal(session, known, removed, _rings(session), envelope.NEVER)])
        self._live.tell()

    async def take_off(self, street: bytes, key: str) -> Door:
        """Take one door off a street; which it was, so that it can be put back. A list that has it brings it back. Rounds
        that were made of it keep it. Raises NotFound, Forbidden or DiskFull.
        """
        session, there = self._coordinating(), self.street(street)
        gone = next((door for door in there.doors if door.key == key), None)
        if gone is None:
            raise NotFound(kinds.DOOR)
        await self._write_doors(session, street, [door for door in there.doors if door.key != key])
        return gone

    async def put_back(self, street: bytes, door: Door) -> None:
        """A door that was taken off stands there again. Raises as `take_off` does."""
        session, there = self._coordinating(), self.street(street)
        await self._write_doors(session, street, named([*(d for d in there.doors if d.key != door.key), door]))

    async def _write_doors(self, session: Session, street: bytes, doors: Iterable[Door]) -> None:
        group = records.Group("doors", {"doors": kinds.street_doors(doors)}, _rings(session))
        known = records.known(session, kinds.STREET, street)
        await records.write(session, records.parts(session, kinds.STREET, [group], known)[1])
        self._live.tell()

    async def add(self, street: bytes, numbers: str) -> int:
        """More doors in a street: "12A, 14-2", "2-8 even"; how many there were not yet. Raises BadInput("doors",
        "unreadable" | "missing"): nothing was added; NotFound, Forbidden or DiskFull.
        """
        from app.services.register import by_hand

        there = self.street(street)
        if not numbers.strip():
            raise BadInput("doors", "missing")
        found = by_hand.read(f"{there.name}, {' '.join(numbers.split())}", there.place)
        if found.left_out or [s.key for s in found.streets] != [street_key(there.name, there.place)]:
            raise BadInput("doors", "unreadable")
        await self.put(found.streets, keep=True)
        return len(self.street(street).doors) - len(there.doors)

    def _coordinating(self) -> Session:
        session = self._live.require_session()
        if session.roll.state.device(session.device).role is not Role.COORDINATOR:
            raise Forbidden(kinds.STREET)
        return session

    def _rows(self, session: Session) -> list[dict[str, Any]]:
        """Every street that was ever put in, those on the list last: of two with one name that one is changed."""
        return session.view.ask("SELECT id, name, place FROM streets ORDER BY hidden DESC, id DESC")


async def _taken_in(session: Session) -> None:
    with suppress(DiskFull):  # it is written: to say otherwise would make someone write it twice
        await session.replica.catch_up()


def _plus(w: Written, new: int = 0, changed: int = 0, same: int = 0, rest: int = 0) -> Written:
    return Written(w.new + new, w.changed + changed, w.same + same, w.rest + rest)


def _rings(session: Session) -> frozenset[bytes]:
    return frozenset({ring.coordinators_ring(session.team)})


def _parts(session: Session, street: FoundStreet, known: Record | None, keep: bool) -> list[Part]:
    """What to write of one street; nothing when it is there as it is."""
    before = () if known is None else kinds.read_street_doors(known.value("doors.doors"), street.name, street.place)
    doors = merged(before, street.doors, keep) if before else street.doors
    values: dict[str, Any] = {"doors": kinds.street_doors(doors)}
    if known is None or known.hidden or street.complex:
        values["complex"] = street.complex
    if known is None:
        fields = {"name": street.name, "place": street.place, **values}
        return [
            writing.new(
                session, kinds.STREET, "doors", _nonce(session, street), fields, _rings(session), envelope.NEVER
            )[1]
        ]
    made = records.parts(session, kinds.STREET, [records.Group("doors", values, _rings(session))], known)[1]
    if known.hidden:
        made.append(records.removal(session, known, False, _rings(session), envelope.NEVER))
    return made


def _nonce(session: Session, street: FoundStreet) -> bytes:
    """The same on every device of this member, so that one street put in on two of them is one record."""
    nonce = sha256(f"street|{street.key}".encode()).digest()[:ID_BYTES]
    taken = session.replica.records.get(record_id(session.member, kinds.STREET, nonce))
    return nonce if taken is None else session.world.random.bytes(ID_BYTES)


def merged(before: Iterable[Door], after: Iterable[Door], keep: bool) -> tuple[Door, ...]:
    """The doors of a street after new ones came in: a door that was there keeps its key, but for a BAG id, and what the
    new ones leave open. `keep`: doors that are not among the new ones stay.
    """
    known = {address_key(door): door for door in before}
    found = {address_key(door): door for door in after}
    for at, door in found.items():
        if at in known:
            found[at] = joined(door, known[at])
    return named({**(known if keep else {}), **found}.values())
