"""How a round ends: counts are all that is kept of it, and nothing that was noted is lost unsaid.

1. The ring is closed on the roll: from then on coordinators alone hold it, and what comes in later lies beyond a cut.
2. A coordinator's device writes the result and erases every tally and claim, in one transaction. If it stops between the
   two, any coordinator's device goes on at its next round of sync.
3. What phones send only now is counted by a coordinator's device when it comes (`late`), and erased in the same write:
   no counts are lost, and nobody sees it door by door any more. Marks and new addresses are records of their own and
   arrive as ever.
4. Everyone else's phone drops all that it holds of the round, own words too, as soon as it hears of the end and has sent
   what it had. It tells its owner in counts what the round came to, what was sent too late, and what no server took: that
   goes once it has been read.
"""

import logging
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from app.services.records import COUNT_MONTHS, iso, month_after
from app.services.rounds import doors, ended, kinds
from app.services.rounds.counting import plain_progress, read_progress
from app.services.rounds.here import coordinates, now
from app.services.rounds.kinds import Entry
from app.services.rounds.looking import Looking
from app.services.rounds.models import DoorState, Interest, Progress
from app.services.rounds.writing import own
from app.services.session import Session
from sync.core import change, codec, envelope, formats, ring
from sync.core.change import Change, Patch
from sync.core.errors import BrokenChain, NotFound, StraatError
from sync.core.hlc import Stamp
from sync.core.ids import ID_BYTES, record_id
from sync.core.merge import Record
from sync.core.ports import LogEntry, LogState
from sync.device import erasing
from sync.device.replica import ADOPTION, ERASE, VERDICT, Held
from sync.device.writer import Part

logger = logging.getLogger(__name__)
_OVER = "rounds over"  # a named value: rounds that were dropped
_PAGE = 1000
_names = codec.items(codec.blob(ID_BYTES), 100_000)


async def close(looking: Looking, name: bytes) -> Progress:
    """Close a round; what it came to. Raises NotFound, Unreachable or RollRefused: nothing was changed; or DiskFull:
    it is closed, and the rest follows by itself when there is room.
    """
    session = looking.session()
    looking.row(name)
    await session.steward.close_round(name)
    await session.catch_up()
    await finish(looking, name)
    return looking.round(name).progress


async def finish(looking: Looking, name: bytes) -> None:
    """The result and the erasing of a round that is over on the roll. Does nothing twice."""
    session, counted, made = looking.session(), bool(looking.endings(name)), []
    if counted and not looking.said_in(name):
        return
    said = _said(session, name)
    if not counted:
        walks = [[w.name, plain_progress(w.progress)] for w in looking.round(name).walks]
        streets = [[street, plain_progress(p)] for street, p, _ in looking.progress_of_streets(name)]
        made = _result(looking, name, {"walks": walks, "streets": streets, "late": plain_progress(Progress())})
    made += [await erasing.part(session, record) for record in said]
    if made:
        await session.writer.write(made)
        await session.catch_up()
        session.syncer.wake()


def _result(looking: Looking, name: bytes, values: dict[str, Any]) -> list[Part]:
    session, row = looking.session(), looking.row(name)
    team = session.roll.state.rounds[name].team
    whole = {k: row[k] for k in ("name", "purpose", "first", "last")} | {"round": name, **values}
    end = month_after(iso(row["last"]) or now(session)[0], COUNT_MONTHS)
    return own(session, kinds.ROUND, "result", name, whole, frozenset({ring.coordinators_ring(team)}), end)


def _said(session: Session, name: bytes) -> list[Record]:
    """Every tally and claim that was sealed to the round's ring, whatever it says of itself."""
    found: dict[bytes, Record] = {}
    for entry in _in_rings(session, [name])[name]:
        origin = session.replica.origins.get(entry.id)
        record = session.replica.records.get(origin.record) if origin else None
        if record is not None and not record.erased and _is_said(record):
            found[record.id] = record
    return list(found.values())


def _is_said(record: Record) -> bool:
    return record.kind == kinds.DOOR or (record.kind == kinds.WALK and "plan.round" not in record.fields)


def _in_rings(session: Session, names: Iterable[bytes]) -> dict[bytes, list[LogEntry]]:
    """All in the log that is sealed to these rounds' rings, by round: looked through once."""
    rounds, position = {ring.round_ring(name): name for name in names}, 0
    found: dict[bytes, list[LogEntry]] = {name: [] for name in rounds.values()}
    while entries := session.log.read(position, _PAGE):
        position = entries[-1].position
        for entry in entries:
            with suppress(StraatError):
                for link in envelope.parse_any(entry.data).header.links:
                    if link.ring in rounds:
                        found[rounds[link.ring]].append(entry)
    return found


# -- what goes on by itself --------------------------------------------------------------------------------------------


async def follow_up(session: Session) -> None:
    """After a round of sync: finish what is over, count what came late, drop what this device may hold no more."""
    over = {name for name, crew in session.roll.state.rounds.items() if crew.closed}
    await ended.remember(session)
    if not over or session.device not in session.roll.state.devices:
        return
    looking = Looking(lambda: session)
    held = session.roll.state.readable(session.device)
    try:
        await ended.let_go(session)
        await _drop(session, {name for name in over if ring.round_ring(name) not in held})
        for name in sorted(over):
            if ring.round_ring(name) in held and coordinates(session):
                await _go_on(looking, name)
    except StraatError as error:  # it keeps nothing else from going on, and is tried at the next round
        logger.warning("a round is not ended yet: %s", error.code)


async def _go_on(looking: Looking, name: bytes) -> None:
    session = looking.session()
    with suppress(NotFound):  # the round itself has not come in here
        await finish(looking, name)
        late = _late(session, name)
        if late and _responsible(looking, name):
            before = session.replica.records.get(kinds.ending_id(session.member, name))
            counted = doors.together(
                [read_progress(before.value("result.late") if before else None), _count(h.change for h in late)]
            )
            made = _result(looking, name, {"late": plain_progress(counted)})
            await session.writer.write([*made, *(_verdict(session, h, name) for h in late)])
            await session.catch_up()
            session.syncer.wake()


def _responsible(looking: Looking, name: bytes) -> bool:
    """Whether it is this member who counts what comes late: of those who closed it, as long as one of them is there."""
    session, present = looking.session(), looking.session().roll.state.members()
    rows = session.view.ask("SELECT id FROM rounds WHERE of = :of AND NOT hidden", of=name.hex())
    makers = {session.replica.records[bytes.fromhex(row["id"])].creator for row in rows}
    there = sorted(m for m in makers if m in present)
    return not there or there[0] == session.member


def _late(session: Session, name: bytes) -> list[Held]:
    """What lies beyond the cut with which a round ended."""
    return [held for held in session.replica.quarantine.values() if round_over(session, held) == name]


def round_over(session: Session, held: Held) -> bytes:
    """The round that is over of which this is something that came late: it is counted and erased, and nobody is asked
    about it. No bytes for anything else.
    """
    rings = (session.roll.state.rings[link.ring] for link in held.envelope.header.links)
    late = held.change.kind in (kinds.DOOR, kinds.WALK)
    return next((r.owner for r in rings if late and session.roll.state.over(r)), b"")


def _count(late: Iterable[Change]) -> Progress:
    """Doors that came late: each with what was said there last. What was undone is none."""
    last: dict[tuple[bytes, str], tuple[Stamp, Entry | None]] = {}
    for said in late:
        for field, patch in said.fields.items() if said.kind == kinds.DOOR else ():
            entries, key = kinds.read_said(patch.value), (said.record, field)
            if isinstance(patch.value, list) and (key not in last or last[key][0] < said.stamp):
                last[key] = (said.stamp, entries[-1] if entries else None)
    return _counted([e for _, e in last.values() if e is not None])


def _counted(said: list[Entry]) -> Progress:
    states = Counter(e.state for e in said)
    interests = Counter(i for e in said for i in e.interests)
    return Progress(
        doors=len(said),
        states=tuple((s, states[s]) for s in DoorState if states[s]),
        flyers=sum(e.flyer for e in said),
        interests=tuple((i, interests[i]) for i in Interest if interests[i]),
    )


def _verdict(session: Session, held: Held, name: bytes) -> Part:
    """It was counted, and is erased: by everyone who may have it."""
    nonce = session.world.random.bytes(ID_BYTES)
    fields = {"envelope": Patch(held.envelope.id), "verdict": Patch(ERASE)}
    said = Change(ADOPTION, VERDICT, record_id(session.member, ADOPTION, nonce), session.writer.stamp(), fields, nonce)
    team = session.roll.state.rounds[name].team
    return Part(said, frozenset({ring.coordinators_ring(team), ring.own_ring(held.device.member)}))


async def _drop(session: Session, over: set[bytes]) -> None:
    """All of these rounds goes from this device, once what it had of its own was sent."""
    done = set(codec.checked(_names, session.log.get(_OVER) or codec.pack([]), 64 << 20))
    if not over - done:
        return
    had = {ring_id for ring_id, _ in session.keyring.rings}  # of others there is nothing here
    for name, entries in _in_rings(session, [n for n in over - done if ring.round_ring(n) in had]).items():
        if any(e.state == LogState.PENDING for e in entries):
            over = over - {name}
            continue
        refused = [e for e in entries if e.state == LogState.REFUSED]  # no server took it: it is here alone
        entries = [e for e in entries if e.state != LogState.REFUSED]
        late, lost = [_count(await _unheard(session, some)) for some in (entries, refused)]
        await ended.tell(session, name, late, lost, [e.id for e in refused if e.reason != BrokenChain.code])
        names = {e.id for e in entries if e.state != LogState.STUB and not _keeps_a_place(session, e)}
        if names:
            await session.replica.drop(names)
            session.keeping.soon()
            logger.info("%d envelopes dropped: their round is over", len(names))
    session.log.put({_OVER: codec.pack(sorted(done | over))})


def _keeps_a_place(session: Session, entry: LogEntry) -> bool:
    """A sender key leaves no stub: without it there would be a gap in the other rings that it is sealed to. It says
    nothing, and what was sealed with it goes.
    """
    if entry.data[:1] != bytes([formats.SENDER_KEY]):
        return False
    held = session.roll.state.readable(session.device)
    return any(link.ring in held for link in envelope.parse_any(entry.data).header.links)


async def _unheard(session: Session, entries: Iterable[LogEntry]) -> list[Change]:
    """What this member wrote in a round that is over, and no coordinator erased as known to them."""
    mine = {d.id for d in (*session.roll.state.devices.values(),) if d.member == session.member}
    content, ready = session.keyring.content, []
    for entry in entries:
        with suppress(StraatError):
            e = envelope.parse_any(entry.data)
            if (
                e.header.device in mine
                and not e.gone
                and e.id not in session.replica.gone.named
                and e.header.key in content
            ):
                ready.append((e, content[e.header.key]))
    found = []
    for plain in await envelope.open_many(session.world.primitives, ready):
        with suppress(StraatError):
            if isinstance(plain, bytes):
                found.append(change.decode(plain))
    return found
