"""How much a device and an organisation may store: told early, refused late, and what is refused stays on the phone."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.native_crypto import NativePrimitives
from app.services.wording import sentence_of
from sync.core.envelope import id_of
from sync.core.errors import QuotaFull
from sync.server.app import make_app
from sync.server.limits import Level, Limits, Meter, level, weight
from sync.server.store_memory import MemoryStore
from sync.server.store_sqlite import SqliteStore
from tests.support.native_app import TestClock, synced
from tests.support.organisation import P, founded
from tests.support.server import Caller
from tests.support.settled_team import FORM, session_of, team
from tests.unit.test_device_restored import notes, read_by, status


@given(st.lists(st.tuples(st.sampled_from([b"a", b"b", b"c"]), st.integers(0, 400)), max_size=60))
def test_never_more_than_is_allowed_and_never_less_than_fits(asked: list[tuple[bytes, int]]) -> None:
    """Whatever comes from whom: totals are those of what was taken, within both bounds; what is refused did not fit."""
    limits = Limits(device=2000, organisation=3500)
    meter, taken = Meter(limits), list[tuple[bytes, int]]()
    for device, size in asked:
        mine = sum(weight(1, s) for d, s in taken if d == device)
        total = sum(weight(1, s) for _, s in taken)
        fits = mine + weight(1, size) <= limits.device and total + weight(1, size) <= limits.organisation
        assert meter.take(device, size) is fits
        if fits:
            taken.append((device, size))
    fresh = Meter(limits)
    by_device = {d: [s for e, s in taken if e == d] for d, _ in taken}
    fresh.read((d, len(sizes), sum(sizes)) for d, sizes in by_device.items())
    assert (fresh.devices, fresh.used) == (meter.under_way, meter.used)
    for place, (device, size) in enumerate(taken):
        meter.settle(device, size, stored=place % 2 == 0)
    assert meter.used == sum(weight(1, size) for _, size in taken[::2])
    assert meter.under_way == {}


def test_the_warning_comes_before_the_refusal() -> None:
    """From 80 % near, from the last byte over."""
    assert [level(used, 1000) for used in (0, 799, 800, 999, 1000, 2000)] == [
        Level.OK, Level.OK, Level.NEAR, Level.NEAR, Level.OVER, Level.OVER,
    ]  # fmt: skip


def test_what_is_here_already_is_never_refused_and_no_chain_gets_a_gap() -> None:
    """A full device: what it sends again is a duplicate; behind one that does not fit nothing smaller slips through."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        store = MemoryStore()
        for number, entry in enumerate(organisation.roll.entries):
            await store.append_roll(organisation.id, number, entry)
        app = make_app(store, P, clock, None, Limits(device=6000, organisation=1 << 20))
        async with app.router.lifespan_context(app):
            joke, me = organisation.people
            caller = Caller(app)
            token = await caller.signed_in(me)
            small = [await me.envelope(b"x") for _ in range(2)]
            large, later = await me.envelope(b"y" * 5000), await me.envelope(b"z")
            assert await caller.push(token, [*small, large, later]) == ["stored"] * 2 + ["quota_full"] * 2
            assert await caller.push(token, [*small, large, later]) == ["duplicate"] * 2 + ["quota_full"] * 2
            totals = await app.state.service.quotas.totals()
            assert (totals.devices, totals.refused) == (1, 4)
            assert await caller.push(await caller.signed_in(joke), [await joke.envelope(b"x")]) == ["stored"]
            app.state.service.quotas._meters[organisation.id].limits = Limits()
            assert await caller.push(token, [large, later]) == ["stored"] * 2

    asyncio.run(whole())


def test_an_organisations_own_bound_counts_all_its_devices_and_no_others() -> None:
    """Two devices together; overwriting makes room."""

    async def whole() -> None:
        clock = TestClock()
        store = MemoryStore()
        one, other = await founded(clock), await founded(clock)
        for organisation in (one, other):
            for number, entry in enumerate(organisation.roll.entries):
                await store.append_roll(organisation.id, number, entry)
        app = make_app(store, P, clock, None, Limits(device=1 << 20, organisation=16_000))
        async with app.router.lifespan_context(app):
            caller = Caller(app)
            outcomes = []
            for person in one.people:
                token = await caller.signed_in(person)
                made = [await person.envelope(b"x" * 1500) for _ in range(3)]
                outcomes += await caller.push(token, made)
            assert outcomes.count("stored") == 3
            assert (await app.state.service.quotas.totals()).organisations_near == 1
            stranger = other.people[0]
            assert await caller.push(await caller.signed_in(stranger), [await stranger.envelope(b"x")]) == ["stored"]

    asyncio.run(whole())


def test_a_note_that_does_not_fit_stays_on_the_phone_says_so_and_goes_along_later(
    settled: Path, tmp_path: Path
) -> None:
    """Nothing is lost or set aside, what others wrote still comes in, and with room it is sent by itself."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, laptop = await t.fatma(), await t.joke(), await t.unlocked("laptop")
            made = await notes(fatma, 1)
            await synced(fatma, joke, laptop)
            [organisation] = t.asgi.state.service.quotas._meters
            meter = t.asgi.state.service.quotas._meters[organisation]
            used = meter.of(session_of(fatma).keyring.device)
            meter.limits = Limits(device=used + 100)
            made |= await notes(fatma, 2, first=1)
            mine = await laptop.save_visit(replace(FORM, note="van de laptop"))
            await laptop.sync_once()
            with pytest.raises(QuotaFull):
                await fatma.sync_once()
            assert status(fatma).trouble == "quota_full"
            assert "ruimte op de server is op" in sentence_of(status(fatma).trouble)
            assert (status(fatma).unsent > 0, status(fatma).aside) == (True, 0)
            assert {v.form.note for v in fatma.visits()} == made | {"van de laptop"}
            assert fatma.visit(mine).form.note == "van de laptop"
            fatma = await t.fatma()  # also after a restart
            assert {v.form.note for v in fatma.visits()} == made | {"van de laptop"}
            meter.limits = Limits()
            await synced(fatma, joke)
            assert (status(fatma).unsent, status(fatma).trouble) == (0, "")
            assert read_by(joke) == made | {"van de laptop"}

    asyncio.run(story())


def test_the_totals_are_those_of_the_store_after_a_restart_and_after_erasing(tmp_path: Path) -> None:
    """Counted while pushing, and read anew: the same; what was overwritten has given its room back."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        store = SqliteStore(tmp_path / "store.db")
        for number, entry in enumerate(organisation.roll.entries):
            await store.append_roll(organisation.id, number, entry)
        app = make_app(store, NativePrimitives(), clock, None)
        async with app.router.lifespan_context(app):
            me, caller = organisation.people[1], Caller(app)
            token = await caller.signed_in(me)
            made = [await me.envelope(b"x" * 3000) for _ in range(4)]
            await caller.push(token, made)
            quotas = app.state.service.quotas
            counted = dict(quotas._meters[organisation.id].devices)
            await quotas.refresh()
            assert quotas._meters[organisation.id].devices == counted
            await caller.ask("erase", [id_of(made[0])], None, token)
            assert quotas._meters[organisation.id].used < sum(counted.values()) - 2000

    asyncio.run(whole())
