"""A round from its first entry to its end, on real devices and a real server: who reads what, and when no longer."""

from collections.abc import Awaitable, Callable

from app.services.app import App
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.ids import record_id
from sync.core.rights import Role
from sync.device.writer import Part
from tests.support.native_app import synced
from tests.support.settled_team import Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
BRAM = "918273"


def round_of(app: App) -> bytes:
    """The id of a new round of this coordinator: that of the record that it will be."""
    return record_id(session_of(app).member, "round", b"n" * 16)


async def write(app: App, kind: str, group: str, round_: bytes, record: bytes = b"", **values: object) -> bytes:
    """A change in the round's ring, of a new record or a known one; the record."""
    s = session_of(app)
    nonce = None if record else s.world.random.bytes(16)
    if (kind, group) == ("round", "detail"):
        nonce = b"n" * 16
    name = record or record_id(s.member, kind, nonce or b"")
    said = Change(kind, group, name, s.writer.stamp(), {n: Patch(v) for n, v in values.items()}, nonce)
    await s.writer.write([Part(said, frozenset({ring.round_ring(round_)}))])
    await s.catch_up()
    return name


def value(app: App, record: bytes, field: str) -> object:
    """What this device knows of a field."""
    known = session_of(app).replica.records.get(record)
    return known.value(field) if known is not None else None


async def opened(app: App) -> bytes:
    """Joke opens a round with Fatma on it, and says so."""
    s = session_of(app)
    fatma = next(d.member for d in s.roll.state.devices.values() if d.role is Role.CONTACT)
    round_ = round_of(app)
    await s.steward.open_round(round_, s.team, [fatma])
    await write(app, "round", "detail", round_, name="Tulpen in mei")
    return round_


def test_whoever_is_on_a_round_reads_and_writes_it_and_nobody_else(tell: Tell) -> None:
    """The ring is there when the act returns; the coordinator's and the collector's doors reach one another."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        round_ = await opened(joke)
        walk = await write(joke, "walk", "plan", round_, name="Tulpstraat 1-45", at=0)
        await synced(joke, fatma)
        assert value(fatma, round_, "detail.name") == "Tulpen in mei"
        await write(fatma, "walk", "claim", round_, walk, until=1)
        door = await write(fatma, "door", "state", round_, a="met")
        await synced(fatma, joke)
        assert (value(joke, walk, "claim.until"), value(joke, door, "state.a")) == (1, "met")
        assert not session_of(joke).replica.aside
        laptop = await t.unlocked("laptop")
        await synced(laptop)
        assert value(laptop, door, "state.a") == "met"

    tell(story)
