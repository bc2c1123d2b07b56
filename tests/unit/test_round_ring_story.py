"""A round from its first entry to its end, on real devices and a real server: who reads what, and when no longer."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack

import pytest

from app.services.app import App
from app.services.inviting import invite
from app.services.models import Alert
from sync.core import ring, wire
from sync.core.change import Change, Patch
from sync.core.errors import Forbidden, NotFound, RollRefused, Unreachable
from sync.core.ids import record_id
from sync.core.rights import Role
from sync.core.roll_state import Crew
from sync.device.writer import Part
from sync.server.sessions import Carrier
from tests.support.faulty_transport import Fault, Hold
from tests.support.native_app import ORIGIN, synced
from tests.support.settled_team import Team, hushed, session_of

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


async def nothing() -> None:
    """No upkeep."""


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


async def member_of(t: Team, app: App, name: str, round_: bytes = b"") -> App:
    """A new collector who has just joined, and has not synced since; on a round when one is named."""
    s = session_of(app)
    member = s.world.random.bytes(16)
    if round_:
        await s.steward.change_round(round_, {*s.roll.state.rounds[round_].members, member})
    w = s.world
    ports = (w.primitives, w.random, w.clock, s.syncer, s.roll, s.keyring, await s.vault.secrets())
    link = await invite(*ports, ORIGIN, name, Role.COLLECTOR, member=member)
    made = t.device(name)
    await made.start(link.url)
    await made.accept(name, BRAM)
    return await hushed(made)


def test_a_new_collector_walks_at_once_and_offline(tell: Tell) -> None:
    """The invitation carried the ring: nobody has to be online to grant it, and what is ticked is there later."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        round_ = await opened(joke)
        walk = await write(joke, "walk", "plan", round_, name="Tulpstraat 1-45")
        await synced(joke)
        bram = await member_of(t, joke, "bram", round_)
        length = len(session_of(bram).roll.entries)
        await synced(bram)
        assert (value(bram, walk, "plan.name"), len(session_of(bram).roll.entries)) == ("Tulpstraat 1-45", length)
        t.nets["bram"].offline = True
        door = await write(bram, "door", "state", round_, a="not_home")
        with pytest.raises(Unreachable):
            await bram.sync_once()
        bram = await t.unlocked("bram", BRAM)
        await synced(bram, joke)
        assert value(joke, door, "state.a") == "not_home"
        assert not session_of(joke).replica.aside

    tell(story)


def test_who_leaves_a_round_is_given_nothing_more_and_drops_what_the_others_said(tell: Tell) -> None:
    """By the server neither; their own words stay theirs, and no notice says that they were moved."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        round_ = await opened(joke)
        bram = await member_of(t, joke, "bram", round_)
        theirs = await write(bram, "door", "state", round_, a="met")
        await synced(bram, fatma)
        mine = await write(fatma, "door", "state", round_, b="later")
        await synced(fatma)  # Joke has not seen it when she decides: it was in time all the same
        assert value(fatma, theirs, "state.a") == "met"
        s = session_of(joke)
        await s.steward.change_round(round_, [session_of(bram).member])
        await synced(fatma)
        assert (value(fatma, theirs, "state.a"), value(fatma, mine, "state.b")) == (None, "later")
        assert [n for n in fatma.trust.notices() if n.alert is Alert.MOVED] == []
        with pytest.raises(Forbidden):
            await session_of(fatma).syncer.ask("pull", [[ring.round_ring(round_), 0]], wire.PULLED)
        after = await write(joke, "door", "state", round_, c="empty")
        await synced(joke, bram, fatma)
        assert (value(bram, after, "state.c"), value(bram, mine, "state.b")) == ("empty", "later")
        assert session_of(fatma).replica.records.get(after) is None
        assert not session_of(joke).replica.aside
        await s.steward.change_round(round_, [session_of(bram).member, session_of(fatma).member])
        await synced(fatma)
        assert (value(fatma, theirs, "state.a"), value(fatma, after, "state.c")) == ("met", "empty")

    tell(story)


def test_a_round_s_end_loses_no_door_that_comes_in_late(tell: Tell) -> None:
    """It is put before the coordinator, and the collector hears that it was too late; what is taken is taken."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        round_ = await opened(joke)
        await synced(joke, fatma)
        door = await write(fatma, "door", "state", round_, a="met")
        await synced(fatma, joke)
        late = await write(fatma, "door", "state", round_, b="later")
        for app in (joke, fatma):  # what the app does about it by itself: tests of app.services.rounds
            session_of(app).syncer.upkeep = nothing
        await session_of(joke).steward.close_round(round_)
        await session_of(joke).catch_up()
        await session_of(fatma).syncer.once()
        await session_of(joke).syncer.take_in()
        for app in (joke, fatma):
            s = session_of(app)
            [held] = s.replica.quarantine.values()
            assert (held.change.record, held.change.fields["b"].value) == (late, "later")
            assert [a.reason for a in s.replica.aside.values()] == ["quarantined"]
            assert value(app, door, "state.a") == "met"
        [name] = session_of(joke).replica.quarantine
        await joke.trust.adopt(name)
        assert value(joke, late, "state.b") == "later"

    tell(story)


def test_both_phones_on_a_round_are_woken_by_a_door_and_nobody_else(tell: Tell) -> None:
    """The server goes by who holds the ring."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        round_ = await opened(joke)
        bram = await member_of(t, joke, "bram", round_)
        other = await member_of(t, joke, "other")
        await synced(joke, fatma, bram, other)
        await write(fatma, "door", "state", round_, a="met")
        service, organisation = t.asgi.state.service, session_of(joke).roll.state.organisation
        with ExitStack() as stack:
            heard = {}
            for app in (joke, fatma, bram, other):
                carrier = Carrier(organisation, session_of(app).device)
                heard[app] = stack.enter_context(await service.listen(carrier))
            await synced(fatma)
            for app in (joke, bram):
                assert await asyncio.wait_for(anext(heard[app]), 1)
            for app in (fatma, other):
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(anext(heard[app]), 0.1)

    tell(story)


def test_without_the_server_no_round_changes(tell: Tell) -> None:
    """Nothing was opened, changed or ended; and what is done already is done, whoever asks again."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        s, round_ = session_of(joke), round_of(joke)
        t.nets["joke"].offline = True
        with pytest.raises(Unreachable):
            await s.steward.open_round(round_, s.team, [])
        assert round_ not in s.roll.state.rounds
        t.nets["joke"].offline = False
        with pytest.raises(NotFound):
            await s.steward.change_round(round_, [])
        await s.steward.open_round(round_, s.team, [])
        t.nets["joke"].offline = True
        for act in (s.steward.change_round(round_, [s.member]), s.steward.close_round(round_)):
            with pytest.raises(Unreachable):
                await act
        assert s.roll.state.rounds[round_] == Crew(s.team, frozenset())
        t.nets["joke"].offline = False
        length = len(s.roll.entries)
        await s.steward.open_round(round_, s.team, [])
        await s.steward.change_round(round_, [])
        assert len(s.roll.entries) == length
        for _ in range(2):
            await s.steward.close_round(round_)
        assert len(s.roll.entries) == length + 1
        with pytest.raises(RollRefused):
            await s.steward.change_round(round_, [s.member])

    tell(story)


def test_two_coordinators_at_once_put_on_and_take_off_both(tell: Tell) -> None:
    """What one decides while the other's entry is on its way is not undone by it, nor what changed behind a screen."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        s, other = session_of(joke), session_of(fatma)
        await s.steward.place(other.member, Role.COORDINATOR, s.team)
        for device in (d.id for d in s.roll.state.unconfirmed()):
            await s.steward.confirm(device)
        a, b, c, d = (bytes([n]) * 16 for n in (1, 2, 3, 4))
        round_ = round_of(joke)
        await s.steward.open_round(round_, s.team, [a, c])
        await synced(fatma, joke)
        held = Hold()
        t.nets["joke"].next("roll/append", held)
        hers = asyncio.create_task(s.steward.change_round(round_, [a, b, c]))
        await held.arrived.wait()
        await other.steward.change_round(round_, [a, d])
        held.release.set()
        await hers
        assert s.roll.state.rounds[round_].members == {a, b, d}
        await s.steward.change_round(round_, [a, c], before=[a, c])
        assert s.roll.state.rounds[round_].members == {a, b, d}
        await s.steward.change_round(round_, [c], before=[a, c])
        assert s.roll.state.rounds[round_].members == {b, d}

    tell(story)


def test_a_lost_answer_opens_no_second_round(tell: Tell) -> None:
    """The entry stands on the roll; whoever tries again finds it there."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        s, round_ = session_of(joke), round_of(joke)
        t.nets["joke"].next("roll/append", Fault.LOSE)
        try:
            await s.steward.open_round(round_, s.team, [])
        except Unreachable:
            await s.steward.open_round(round_, s.team, [])
        assert s.roll.state.rings[ring.round_ring(round_)].epoch == 1
        await write(joke, "round", "detail", round_, name="Tulpen in mei")
        await synced(joke)
        assert value(joke, round_, "detail.name") == "Tulpen in mei"

    tell(story)
