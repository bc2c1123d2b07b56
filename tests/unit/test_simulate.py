"""Whole organisations on a fake network, and the proof that the simulation can fail."""

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from app.platform.native_crypto import NativePrimitives
from sync.device.log import SqliteLog
from sync.device.steward import Steward
from sync.server.store import NewEnvelope, Page
from sync.server.store_memory import MemoryStore
from sync.simulate.run import Broken, Simulation


@pytest.mark.parametrize("seed", range(1, 41))
def test_a_seed_loses_nothing_and_everyone_agrees(seed: int) -> None:
    """Loss, repetition, crashes and wrong clocks: every saved note is there, on every device that may see it."""
    assert asyncio.run(Simulation(NativePrimitives(), seed, contacts=2 + seed % 5, steps=60).run()) > 0


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_seed_in_which_phones_are_lost_and_members_move_loses_nothing_either(seed: int) -> None:
    """What a lost phone's owner noted is merged or can be adopted; nobody reads what is no longer theirs."""
    simulation = Simulation(NativePrimitives(), seed, contacts=3 + seed % 4, steps=60, trust=True)
    assert asyncio.run(simulation.run()) > 0


@pytest.mark.parametrize("seed", range(1, 21))
def test_a_seed_in_which_notes_are_erased_and_months_go_by_keeps_what_lives_and_nothing_else(seed: int) -> None:
    """What is erased or over has left every log and the server, to the last byte; whatever lives is there."""
    simulation = Simulation(NativePrimitives(), seed, contacts=2 + seed % 5, steps=60, fading=True)
    assert asyncio.run(simulation.run()) > 0
    assert simulation.faded()


def test_a_seed_replays_exactly() -> None:
    """The same seed tells the same story."""
    stories = []
    for _ in range(2):
        simulation = Simulation(NativePrimitives(), 7, contacts=3, steps=40)
        asyncio.run(simulation.run())
        stories.append(simulation.story)
    assert stories[0] == stories[1]


class _Forgetful(MemoryStore):
    """Says stored, and keeps every fifth envelope for itself."""

    kept = 0

    async def put(self, organisation: bytes, envelopes: Sequence[NewEnvelope]) -> list[str]:
        """See Store."""
        outcomes = []
        for e in envelopes:
            self.kept += 1
            outcomes += ["stored"] if self.kept % 5 == 0 else await super().put(organisation, [e])
        return outcomes


class _Skipping(MemoryStore):
    """Leaves one envelope out of a page now and then, and moves the cursor past it."""

    pages = 0

    async def page(self, organisation: bytes, ring: bytes, after: int, limit: int, max_bytes: int) -> Page:
        """See Store."""
        page = await super().page(organisation, ring, after, limit, max_bytes)
        self.pages += 1
        return Page(page.items[1:], page.more) if self.pages % 3 == 0 and len(page.items) > 1 else page


async def _ten_seeds(fault: type[MemoryStore]) -> None:
    for seed in range(1, 11):
        await Simulation(NativePrimitives(), seed, contacts=3, steps=60, store=fault).run()


@pytest.mark.parametrize("fault", [_Forgetful, _Skipping])
def test_a_planted_fault_is_caught(fault: type[MemoryStore]) -> None:
    """A server that forgets, or cursors that skip, break the simulation within a few seeds."""
    with pytest.raises(Broken):
        asyncio.run(_ten_seeds(fault))


class _Hoarding(MemoryStore):
    """Says overwritten, and overwrites nothing."""

    def _overwrite(self, place: tuple[bytes, bytes]) -> bool:
        return False


def _kept(self: SqliteLog, ids: Sequence[bytes], meta: Mapping[str, bytes] | None = None) -> None:
    """A log that drops nothing."""
    self.put(meta or {})


async def _ten_fading(store: type[MemoryStore] = MemoryStore) -> None:
    for seed in range(1, 11):
        await Simulation(NativePrimitives(), seed, contacts=3, steps=60, store=store, fading=True).run()


def test_a_server_that_keeps_what_it_was_to_overwrite_is_caught() -> None:
    """Its bytes are looked for."""
    with pytest.raises(Broken, match="the server still has the bytes"):
        asyncio.run(_ten_fading(_Hoarding))


def test_a_phone_that_keeps_what_is_over_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """So are a phone's."""
    monkeypatch.setattr(SqliteLog, "drop", _kept)
    with pytest.raises(Broken, match=r"still has the bytes|not theirs|shows what is gone"):
        asyncio.run(_ten_fading())


async def _nothing(_: Steward) -> None:
    """A device that neglects its upkeep."""


async def _adopting_nothing(*_: object) -> None:
    """A coordinator who lets everything lie in quarantine."""


async def _neglected() -> None:
    for seed in range(1, 21):
        await Simulation(NativePrimitives(), seed, contacts=4, steps=60, trust=True).run()


def test_a_ring_that_nobody_renews_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the upkeep of devices the simulation breaks within a few seeds."""
    monkeypatch.setattr(Steward, "keep", _nothing)
    with pytest.raises(Broken, match=r"renewed|upkeep|open"):
        asyncio.run(_neglected())


def test_a_note_that_is_refused_for_its_cut_instead_of_kept_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Quarantine is no bin: were it one, the lost phone's notes would be missing."""
    monkeypatch.setattr("sync.simulate.run.adopt_all", _adopting_nothing)
    with pytest.raises(Broken, match=r"aside|shows"):
        asyncio.run(_neglected())
