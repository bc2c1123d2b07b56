"""A signed receipt from each device that dropped what was erased, and the list of those still to come.

A device writes one when bytes that an erasing change names lay in its log and lie there no more: not for what it never
had, not for a receipt (those can't be erased), one for all that one round brought. What it owes follows from its log and
from what it has said already, so an app that could not write receipts yet makes up for it after its update. What a round
leaves is dropped because the roll says that the round is over: no receipts are written for that.

A receipt proves that a device's app said so. A device that lies, or kept a copy elsewhere, can't be found out.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from app.services import people, records
from app.services.records import Group, iso, month_after
from sync.core import change, envelope, ring
from sync.core.change import ERASE
from sync.core.errors import StraatError
from sync.core.ids import HASH_BYTES
from sync.core.ports import GIVEN, LogEntry, LogState
from sync.core.roll import Device, State
from sync.core.sealing import OF_A_ROUND
from sync.device import meta
from sync.device.terms import DAY_MILLIS
from sync.device.writer import Part

if TYPE_CHECKING:
    from app.services.live import Live
    from app.services.session import Session

KIND = "receipt"
MONTHS = 24
MOST = 500  # erasing changes in one receipt
_SAID = "receipts said"  # the log's named value: erasing changes that this device wrote a receipt for
_EPOCH = date(1970, 1, 1)


# -- each device ------------------------------------------------------------------------------------------


async def pay(session: "Session") -> bool:
    """Write the receipts that this device owes; whether there were any. It looks again only when something was dropped
    or named since. Raises DiskFull: then the next time.
    """
    if session.device not in session.roll.state.devices:
        return False
    named = session.replica.gone.named
    now = (session.log.get(meta.REVISION), sum(map(len, named.values())))
    if now == session.receipts_for:
        return False
    said = set(meta.read_ids(session.log, _SAID))
    owed = {order: team for order, team in _owed(session, named).items() if order not in said}
    if owed:
        await session.writer.write(_parts(session, owed), {_SAID: meta.ids_bytes(sorted(said | owed.keys()))})
    session.receipts_for = now
    return bool(owed)


def _owed(session: "Session", named: Mapping[bytes, Mapping[bytes, object]]) -> dict[bytes, bytes]:
    """The erasing changes that made this device drop something, said already or not, and the team of each."""
    names = _by_order(session, named)
    entries = {e.id: e for e in session.log.fetch(sorted({n for some in names.values() for n in some}))}
    found = {}
    for order, some in names.items():
        there = [entries[n] for n in some if n in entries]
        if any(map(_dropped_here, there)) and not any(map(_whole, there)):
            rings = {link.ring for e in there for link in _links(e)}
            if not _of_a_round(session.roll.state, rings):
                found[order] = _team(session, rings)
    return found


def _by_order(session: "Session", named: Mapping[bytes, Mapping[bytes, object]]) -> dict[bytes, set[bytes]]:
    """Erasing change → what it names. Of a record that is gone whole the change itself is all that is known."""
    found: dict[bytes, set[bytes]] = {}
    for name, orders in named.items():
        for order in orders:
            found.setdefault(order, set()).add(name)
    origins, orphans = session.replica.origins, session.replica.orphans
    return {o: n for o, n in found.items() if o in orphans or (o in origins and _erases(origins[o].what))}


def _erases(what: str) -> bool:
    return what.endswith(f"/{ERASE}")


def _of_a_round(state: State, rings: Iterable[bytes]) -> bool:
    known = [state.rings[r].kind for r in rings if r in state.rings]
    return bool(known) and all(kind == ring.ROUND for kind in known)


def _whole(entry: LogEntry) -> bool:
    return bool(entry.data) and not envelope.is_stub(entry.data)


def _dropped_here(entry: LogEntry) -> bool:
    """Whether it lay here whole once: a stub that came as one does not say so."""
    return not _whole(entry) and not (entry.state == LogState.STUB and entry.reason == GIVEN)


def _team(session: "Session", rings: Iterable[bytes]) -> bytes:
    """The team whose coordinators hear of it: the record's, or this device's own where it may not write in that."""
    state = session.roll.state
    teams = {team for r in rings if r in state.rings and (team := state.team_of(state.rings[r])) is not None}
    return min(teams & state.author(session.device).teams, default=session.team)


def _parts(session: "Session", owed: Mapping[bytes, bytes]) -> list[Part]:
    today = date.fromtimestamp(session.writer.now() / 1000)
    made: list[Part] = []
    for team in sorted(set(owed.values())):
        orders = sorted(order for order, of in owed.items() if of == team)
        rings = frozenset({session.own_ring(), ring.coordinators_ring(team)})
        for start in range(0, len(orders), MOST):
            values = {"orders": orders[start : start + MOST], "day": today.isoformat()}
            made += records.parts(session, KIND, [Group("erased", values, rings, month_after(today, MONTHS))])[1]
    return made


# -- the coordinator's list -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holder:
    """A device that may have had something: whose, since when it says that it has it no more, and whether it left."""

    device: bytes
    by: str
    receipt: date | None
    left: bool
    mine: bool = False


@dataclass(frozen=True, slots=True)
class Erasing:
    """One erased record: what it was, when and by whom, and the devices that may have had it."""

    record: bytes
    kind: str
    day: date
    by: str
    holders: tuple[Holder, ...]

    @property
    def done(self) -> tuple[Holder, ...]:
        """Those that gave a receipt."""
        return tuple(h for h in self.holders if h.receipt)

    @property
    def to_come(self) -> tuple[Holder, ...]:
        """Those on the roll that gave none."""
        return tuple(h for h in self.holders if not h.receipt and not h.left)

    @property
    def left(self) -> tuple[Holder, ...]:
        """Those that left without one: they were asked to wipe everything."""
        return tuple(h for h in self.holders if not h.receipt and h.left)


class Receipts:
    """What coordinators see. Hung on App's `law`."""

    def __init__(self, live: "Live") -> None:
        self._live = live

    async def erasings(self, records_: Iterable[bytes] | None = None) -> list[Erasing]:
        """Everything that was erased (or only these records), the newest first, as far as it is kept."""
        session = self._live.require_session()
        names = _by_order(session, session.replica.gone.named)
        by_record: dict[bytes, dict[bytes, _Order]] = {}
        for order, said in (await _orders(session, names)).items():
            if said.kind not in OF_A_ROUND:
                by_record.setdefault(said.record, {})[order] = said
        wanted = by_record.keys() if records_ is None else by_record.keys() & set(records_)
        receipts = _said(session)
        found = [_erasing(session, record, by_record[record], names, receipts) for record in wanted]
        return sorted(found, key=lambda e: (e.day, e.record), reverse=True)


@dataclass(frozen=True, slots=True)
class _Order:
    """What an erasing change says: of which record and kind, on which day (since 1970), and whose it is."""

    record: bytes
    kind: str
    day: int
    member: bytes


async def _orders(session: "Session", names: Iterable[bytes]) -> dict[bytes, _Order]:
    """Of the merged ones from memory; of those whose record is gone whole by opening them once more."""
    origins, orphans, found = session.replica.origins, session.replica.orphans, dict[bytes, _Order]()
    shut = []
    for name in names:
        if name in origins:
            o = origins[name]
            found[name] = _Order(o.record, o.what.partition("/")[0], o.day, o.member)
        elif name in orphans:
            with suppress(StraatError):
                shut.append(envelope.parse(orphans[name]))
    content, state = session.keyring.content, session.roll.state
    ready = [e for e in shut if e.header.key in content]
    opened = await envelope.open_many(session.world.primitives, [(e, content[e.header.key]) for e in ready])
    for e, plain in zip(ready, opened, strict=True):
        author = state.devices.get(e.header.device) or state.left.get(e.header.device)
        with suppress(StraatError):
            if isinstance(plain, bytes) and author is not None:
                c = change.decode(plain)
                found[e.id] = _Order(c.record, c.kind, c.stamp.millis // DAY_MILLIS, author.member)
    return found


def _said(session: "Session") -> dict[bytes, dict[bytes, date]]:
    """Erasing change → device → the day of its receipt."""
    found: dict[bytes, dict[bytes, date]] = {}
    for row in session.view.ask("SELECT device, orders, day FROM receipts WHERE orders <> ''"):
        for order in row["orders"].split(","):
            if len(order) == 2 * HASH_BYTES:
                found.setdefault(bytes.fromhex(order), {})[bytes.fromhex(row["device"])] = iso(row["day"]) or date.min
    return found


def _erasing(
    session: "Session",
    record: bytes,
    orders: Mapping[bytes, _Order],
    names: Mapping[bytes, set[bytes]],
    said: Mapping[bytes, Mapping[bytes, date]],
) -> Erasing:
    first = min(orders.values(), key=lambda o: o.day)
    receipts = {device: day for o in orders for device, day in said.get(o, {}).items()}
    known, state, me = people.names(session), session.roll.state, session.device
    holders = {**{d.id: d for d in _held(session, list(orders), names)}, **_of(state, receipts)}
    looks = [
        Holder(d.id, known.get(d.member.hex(), ""), receipts.get(d.id), d.id not in state.devices, mine=d.id == me)
        for d in holders.values()
    ]
    looks.sort(key=lambda h: (h.receipt is not None, h.left, h.by, h.device))
    by, day = known.get(first.member.hex(), ""), _EPOCH + timedelta(days=first.day)
    return Erasing(record, first.kind, day, by, tuple(looks))


def _of(state: State, devices: Iterable[bytes]) -> dict[bytes, Device]:
    everyone = {**state.left, **state.devices}
    return {d: everyone[d] for d in devices if d in everyone}


def _held(session: "Session", orders: Sequence[bytes], names: Mapping[bytes, set[bytes]]) -> list[Device]:
    """The devices that held a ring of what is erased when it was written, or when it was erased."""
    found: dict[bytes, Device] = {}
    rings: set[bytes] = set()
    for entry in session.log.fetch(sorted({n for o in orders for n in names[o]})):
        header = _header(entry)
        if header is not None:
            rings |= {link.ring for link in header.links}
            found |= _holders(session, header.head, {link.ring for link in header.links})
    for entry in session.log.fetch(sorted(orders)):
        header = _header(entry)
        if header is not None:
            found |= _holders(session, header.head, rings)
    return list(found.values())


def _header(entry: LogEntry) -> envelope.Header | None:
    try:
        return envelope.parse_any(entry.data).header
    except StraatError:
        return None


def _links(entry: LogEntry) -> tuple[envelope.Link, ...]:
    header = _header(entry)
    return header.links if header else ()


def _holders(session: "Session", head: bytes, rings: Iterable[bytes]) -> dict[bytes, Device]:
    try:
        state = session.roll.at(head)
    except StraatError:
        return {}
    holders = {h for r in rings if r in state.rings for h in state.rings[r].holders}
    return _of(session.roll.state, holders)
