"""A server that reads all it can: requests as they come in, its store, its log, for days."""

import asyncio
import logging
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgpack
import pytest

from app.services.models import Gift, ReviewState, Role, Wish
from sync.core import wire
from sync.core.envelope import parse
from tests.adversary.evil_server import Siege, besieged
from tests.support.settled_team import FATMA, FORM, JOKE, session_of

SAID = (
    "Zonnebloemhof",
    "ontvangen",
    "Kwetsbaar",
    "kookclub",
    "Fatma",
    "Bramwell",
    "Roestbruin",
    FATMA,
    JOKE,
    Wish.COFFEE.value,
    Gift.PLANT.value,
    "not_home",
    "2026-11-18",
    "come_back",
    "detail",
    "address",
    "visit",
)


async def lived(s: Siege) -> None:
    """A day of use: visits kept to oneself and shared, a change, a removal, words, an invitation, a new device."""
    form = replace(FORM, address="Zonnebloemhof 8", come_back=date(2026, 12, 1))
    first = await s.fatma.save_visit(replace(form, note="Hartelijk ontvangen. Kwetsbaar, dus zacht aan."))
    private = await s.fatma.save_visit(replace(form, shared=False, note="Roestbruin"))
    await s.fatma.save_visit(replace(form, shared=False, note="Roestbruin, kookclub"), private)
    gone = await s.fatma.save_visit(replace(form, note="kookclub"))
    await s.fatma.remove_visit(gone)
    await s.fatma.save_draft("new", replace(form, note="half Roestbruin"))
    await s.round(s.fatma)
    await s.round(s.joke)
    await s.joke.review(first, ReviewState.QUESTION, "Dank je! Lukt de kookclub?")
    link = (await s.joke.invite("Bramwell", Role.CONTACT)).url
    bram = s.t.device("bram")
    await bram.start(link)
    await bram.accept("Bramwell", FATMA)
    await bram.locking.stop()
    await bram.sync_once()
    for app in (s.joke, s.fatma, s.joke):
        await s.round(app)


def held(s: Siege, caplog: pytest.LogCaptureFixture) -> dict[str, bytes]:
    """Everything that the server's owner can look at."""
    files = {p.name: p.read_bytes() for p in (s.t.folder / "server").rglob("*") if p.is_file()}
    requests = {f"{n} {r.path}": r.body for n, r in enumerate(s.evil.heard)}
    return {**files, **requests, "log": caplog.text.encode()}


def test_looks_for_every_word(settled: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No address, note, name, wish, day, PIN, kind or field name stands in its files, its log or any request."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await lived(s)
            for where, data in held(s, caplog).items():
                for word in SAID:
                    for spelling in {word.encode(), word.lower().encode(), word.encode("utf-16-le")}:
                        assert spelling not in data, f"{word!r} in {where}"
            assert {v.form.note for v in s.fatma.visits()} >= {"Roestbruin, kookclub"}

    with caplog.at_level(logging.DEBUG):
        asyncio.run(story())


def test_looks_for_keys(settled: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """No private half, sender key or invitation's secret stands there either; nor a record's id."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            await lived(s)
            secret: set[bytes] = set()
            for app in (s.joke, s.fatma):
                vault = app.live.require_vault()
                secrets = await vault.secrets()
                secret |= {secrets.signing, secrets.agreement, *(seed for _, _, seed in secrets.rings)}
                secret |= set(session_of(app).keyring.content.values())
                secret |= set(session_of(app).replica.records)
            assert len(secret) > 12
            for where, data in held(s, caplog).items():
                for one in secret:
                    assert one not in data, where
                    assert one.hex().encode() not in data, where

    with caplog.at_level(logging.DEBUG):
        asyncio.run(story())


def test_compares_what_was_sealed(settled: Path, tmp_path: Path) -> None:
    """The same visit written twice gives nothing to compare: no two bodies, nonces or sealed keys are equal."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for _ in range(5):
                await s.fatma.save_visit(FORM)
            await s.round(s.fatma)
            sent = [parse(e) for r in s.evil.heard if r.path == "push" for e in r.value(wire.PUSH)]
            bodies = [e.body for e in sent]
            nonces = [e.header.nonce for e in sent if e.header.nonce]
            assert len(sent) >= 10
            assert len(set(bodies)) == len(bodies)
            assert len(set(nonces)) == len(nonces)
            blocks = [b[i : i + 16] for b in bodies for i in range(0, len(b) - 15, 16)]
            assert len(set(blocks)) == len(blocks)

    asyncio.run(story())


def test_takes_envelopes_apart(settled: Path, tmp_path: Path) -> None:
    """What a header tells is what the protocol says it tells: ids, rings, numbers, an expiry month, and a size of
    which there are few.
    """

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for length in (0, 1, 50, 200, 500, 900):
                await s.fatma.save_visit(replace(FORM, note="x" * length))
            await s.round(s.fatma)
            sent = [parse(e) for r in s.evil.heard if r.path == "push" for e in r.value(wire.PUSH)]
            changes = [e for e in sent if e.header.nonce]
            assert {len(e.body) - 16 for e in changes} <= {256, 1024, 4096}
            for e in sent:
                kinds = [type(part).__name__ for part in msgpack.unpackb(e.header_bytes)]
                assert kinds == ["bytes", "bytes", "bytes", "bytes", "list", "int", "bytes"]

    asyncio.run(story())
