"""`straatcontact doctor`: what is well is said to be well, and each thing that can be wrong is found, with what to do."""

import asyncio
import json
import os
import sqlite3
import ssl
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.commands import doctor as command
from app.commands.backup import backup
from sync.core import versions
from sync.core.rights import Role
from sync.core.roll_state import State
from sync.server import doctor
from sync.server.backup import name_of
from sync.server.doctor import DAY, Level
from sync.server.limits import Limits
from sync.server.service import LIMITS
from tests.support.native_app import TestClock
from tests.support.organisation import founded
from tests.support.process import commanded
from tests.unit.test_server_backup import filled

NOW = 1_795_000_000.0
MIB = 1 << 20
CLI = [sys.executable, "-m", "app.cli"]


def found(
    data: Path, backups: Path | None = None, url: str = "", limits: Limits = LIMITS
) -> dict[str, tuple[str, str, str]]:
    """Subject → level, how, do; the last finding of a subject that has more."""
    lines: list[str] = []
    code = command.run(data, url, data / "site", backups, limits, True, lines.append)
    told = json.loads("\n".join(lines))
    assert code == Level[told["worst"]]
    assert all(f["do"] for f in told["findings"] if f["level"] != "OK")
    return {f["subject"]: (f["level"], f["how"], f["do"]) for f in told["findings"]}


def test_a_server_that_is_well_is_said_to_be(tmp_path: Path) -> None:
    """Against a running one, as an administrator types it: nothing to do but what a team of two has to hear."""
    asyncio.run(filled(tmp_path))
    place = tmp_path.parent / f"{tmp_path.name}-backups"
    place.mkdir()
    backup(tmp_path, place, None, lambda _: None)
    server = commanded(tmp_path)

    async def whole() -> subprocess.CompletedProcess[str]:
        try:
            await server.ready()
            more = ["--data", str(tmp_path), "--url", server.url, "--backups", str(place), "--site", "nowhere"]
            done = [*CLI, "doctor", *more]
            return await asyncio.to_thread(subprocess.run, done, capture_output=True, text=True, check=False)
        finally:
            await server.end(15)

    done = asyncio.run(whole())
    assert done.stderr == ""
    wrong = [line for line in done.stdout.splitlines() if line.startswith(("WARN", "FAIL"))]
    assert {line.split(":")[0][6:] for line in wrong} == {"roll of organisation 1", "site", "permissions"}
    assert done.returncode == 2  # this folder has no site
    assert "OK    store: whole; 1 organisations, 4 roll entries, 60 envelopes" in done.stdout
    for subject in ("schema", "clock", "address", "protocol", "clock at the address", "backups", "TLS", "disk"):
        assert f"OK    {subject}:" in done.stdout


@pytest.mark.parametrize("how", ["no database", "a roll entry", "cut off", "none"])
def test_a_store_that_is_not_whole_fails(tmp_path: Path, how: str) -> None:
    """And nothing in the folder is changed by looking."""
    organisation, _ = asyncio.run(filled(tmp_path, 20))
    store = tmp_path / "store.db"
    content = store.read_bytes()
    if how == "no database":
        store.write_bytes(b"somebody's text " * 1000)
    elif how == "a roll entry":
        at = content.index(organisation.roll.entries[1][-40:])
        store.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    elif how == "cut off":
        store.write_bytes(content[: len(content) // 2])
    else:
        store.unlink()
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert found(tmp_path)["store"][0] == "FAIL"
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_whole_store_is_left_as_it_is(tmp_path: Path) -> None:
    """Byte for byte, with no file beside it that a server of another user could not open."""
    asyncio.run(filled(tmp_path, 3))
    before = {p: p.read_bytes() for p in tmp_path.iterdir()}
    assert found(tmp_path)["store"][0] == "OK"
    assert {p: p.read_bytes() for p in tmp_path.iterdir()} == before


def test_a_store_of_another_version_is_told_from_a_damaged_one(tmp_path: Path) -> None:
    """A newer one: run that doctor. An older one: the next start migrates it, and the doctor does not."""
    asyncio.run(filled(tmp_path, 3))
    with closing(sqlite3.connect(tmp_path / "store.db")) as db, db:
        db.execute("INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('store', 'm999_x', '')")
    assert "newer version" in found(tmp_path)["store"][1]
    with closing(sqlite3.connect(tmp_path / "store.db")) as db, db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = 'm999_x'")
    assert found(tmp_path)["schema"][0] == "OK"


def test_files_that_others_may_open_are_named(tmp_path: Path) -> None:
    """The folder's name and the store's."""
    asyncio.run(filled(tmp_path, 1))
    os.chmod(tmp_path, 0o700)
    assert found(tmp_path)["permissions"][0] == "OK"
    os.chmod(tmp_path / "store.db", 0o640)
    assert found(tmp_path)["permissions"][:2] == ("WARN", "others may open store.db")


def test_room_that_runs_out_is_told_before_phones_have_to_wait(tmp_path: Path) -> None:
    """Of an organisation, and of its fullest device."""
    asyncio.run(filled(tmp_path, 20))
    told = {
        found(tmp_path, limits=limits)["room of organisation 1"][0]
        for limits in (Limits(), Limits(organisation=9 << 20, device=1 << 30))
    }
    assert told == {"OK"}
    assert found(tmp_path, limits=Limits(device=1000))["room of organisation 1"][0] == "FAIL"
    assert found(tmp_path, limits=Limits(organisation=1000))["room of organisation 1"][0] == "FAIL"
    for used, most, level in ((79, 0, 0), (80, 0, 1), (0, 80, 1), (100, 0, 2), (0, 100, 2)):
        assert doctor.room("room", used, most, Limits(device=100, organisation=100)).level == level


def test_the_age_of_backups(tmp_path: Path) -> None:
    """None, from last night, of two days, of over a week; and one that is kept too long."""
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    for hours, level in ((1, 0), (26, 0), (27, 1), (7 * 24, 1), (7 * 24 + 1, 2)):
        assert doctor.backups([now - timedelta(hours=hours)], now)[0].level == level
    assert [f.level for f in doctor.backups([], now)] == [Level.FAIL]
    old = doctor.backups([now - timedelta(days=36), now], now)
    assert [(f.subject, f.level) for f in old] == [("backups", 0), ("old backups", 1)]
    asyncio.run(filled(tmp_path, 1))
    moment = datetime.now(UTC)
    (tmp_path / name_of(moment - timedelta(days=3))).write_bytes((tmp_path / "store.db").read_bytes())
    assert found(tmp_path, tmp_path)["backups"][0] == "WARN"
    assert "0 hours" in doctor.backups([moment + timedelta(seconds=1)], moment)[0].how
    assert "-0" not in doctor.backups([moment + timedelta(seconds=1)], moment)[0].how
    assert doctor.backups([moment + timedelta(days=1)], moment)[0].level == Level.WARN


@pytest.mark.parametrize("content", [b"", b"somebody's text " * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_a_name_alone_makes_no_backup(tmp_path: Path, content: bytes) -> None:
    """A file that is called like one of last night and is none does not count, and is named."""
    asyncio.run(filled(tmp_path / "data", 1))
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / name_of(datetime.now(UTC))).write_bytes(content)
    told = found(tmp_path / "data", tmp_path / "backups")
    assert told["backups"][:2] == ("FAIL", "there is none")
    assert told["files among the backups"][0] == "WARN"


def test_room_on_the_disk_and_how_long_it_lasts() -> None:
    """By what is free, by the store's own size (a backup has to fit), and by what backups say of its growth."""
    for free, store, per_day, level in (
        (100 * MIB, MIB, None, 2),
        (900 * MIB, MIB, None, 1),
        (5000 * MIB, MIB, None, 0),
        (5000 * MIB, 3000 * MIB, None, 1),
        (5000 * MIB, MIB, 1000 * MIB, 2),
        (5000 * MIB, MIB, 100 * MIB, 1),
        (5000 * MIB, MIB, 10 * MIB, 0),
        (5000 * MIB, MIB, -MIB, 0),
    ):
        assert doctor.disk(free, store, per_day).level == level, (free, store, per_day)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    assert doctor.growth([(start, 100), (start + timedelta(days=10), 600)]) == 50
    assert doctor.growth([(start, 100), (start + timedelta(hours=2), 600)]) is None


def test_a_clock_that_is_wrong() -> None:
    """Impossible years, before what the store has seen, far from the other machine's."""
    today = int(NOW // DAY)
    for now, seen, level in (
        (NOW, today, 0),
        (NOW, 0, 0),
        (0, 0, 2),
        (9_999_999_999, 0, 2),
        (NOW, today + 3, 2),
        (NOW, today - 500, 1),
    ):
        assert doctor.clock(now, seen).level == level
    assert [doctor.clocks(NOW, NOW + s).level for s in (0, 60, 61, -61, 3601)] == [0, 0, 1, 1, 2]


def test_a_roll_that_hangs_on_one_person_or_was_put_back() -> None:
    """One coordinator, no sheet, nobody at all, not confirmed since a restore: each with what to do about it."""

    async def whole() -> None:
        organisation = await founded(TestClock())
        state = organisation.roll.state
        told = doctor.roll("roll", state, unconfirmed=True)
        assert [f.level for f in told] == [1, 1, 1]
        assert "1 coordinators" in told[0].how
        assert all(f.do for f in told)
        assert "confirm-rolls" in told[-1].do
        assert ["confirm-rolls" in f.do for f in doctor.roll("roll", State(), unconfirmed=True)] == [False, True]
        await organisation.joined(await organisation.invited(organisation.people[0], Role.COORDINATOR))
        assert (
            "1 devices of coordinators not yet confirmed" in doctor.roll("roll", organisation.roll.state, False)[0].how
        )

    asyncio.run(whole())


def test_what_the_address_serves() -> None:
    """The site that was built, another, none; the protocol of another version."""
    assert [doctor.site(*both).level for both in (("a", "a"), ("a", "b"), ("", "a"), ("a", ""))] == [0, 1, 0, 2]
    assert command._spoken(str(versions.SERVER)).level == Level.OK
    assert command._spoken("1-9").level == command._spoken(None).level == Level.WARN


def made_certificate(folder: Path, name: str, days: float) -> Path:
    """One that signs itself, with its key, for so many days from now."""
    key = ec.generate_private_key(ec.SECP256R1())
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=90))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password)
    path = folder / f"{name}-{days}.pem"
    path.write_bytes(private + made.public_bytes(encoding))
    return path


@pytest.mark.parametrize(
    ("name", "days", "trusted", "level", "word"),
    [
        ("localhost", 60, True, 0, "holds for the name"),
        ("localhost", 10, True, 1, "10 days"),
        ("localhost", 2, True, 2, "2 days"),
        ("localhost", -1, True, 2, "expired"),
        ("straat.example", 60, True, 2, "mismatch"),
        ("localhost", 60, False, 2, "self-signed"),
    ],
)
def test_the_certificate_as_phones_see_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, days: float, trusted: bool, level: int, word: str
) -> None:
    """A real handshake: for how long it holds, for which name, and whether anybody trusts it."""
    path = made_certificate(tmp_path, name, days + 0.01)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(path))

    async def whole() -> doctor.Finding:
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=serving)
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)  # a refused handshake is what is wanted
        port = server.sockets[0].getsockname()[1]
        told = await asyncio.to_thread(command._certificate, "localhost", port)
        server.close()
        return told

    told = asyncio.run(whole())
    assert told.level == level
    assert word in told.how


def test_a_short_certificate_is_not_called_late() -> None:
    """Of six days, renewed two days before its end."""
    whole = 6 * DAY
    for left, level in ((5.9, 0), (2, 0), (1.4, 1), (0.5, 2)):
        until = NOW + left * DAY
        assert doctor.certificate(until - whole, until, NOW, "x").level == level


def test_an_address_where_nobody_answers_fails(tmp_path: Path) -> None:
    """And the rest is looked at all the same."""
    asyncio.run(filled(tmp_path, 1))
    told = found(tmp_path, url="http://localhost:9")
    assert told["address"][0] == "FAIL"
    assert told["store"][0] == "OK"
