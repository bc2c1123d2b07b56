"""`straatcontact doctor`: is all well with a server? One line a thing, what to do, and an exit code: 0 well, 1 look at it
some day, 2 now. Nothing is changed: the store is looked at in a copy, which a server goes on writing beside.
"""

import asyncio
import json
import os
import pwd
import shutil
import socket
import sqlite3
import ssl
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from sqlite_utils import Database

from app.commands.served import checked_url
from app.commands.verify_build import VERSION
from app.platform.native_crypto import NativePrimitives
from sync.core import versions
from sync.core.errors import Busy, NewerVersion, StraatError
from sync.server import backup as copies
from sync.server import doctor
from sync.server.checking import Whole, check_content, check_file
from sync.server.doctor import Finding, Level
from sync.server.limits import Limits
from sync.server.migrations import migrations
from sync.server.store_sqlite import STORE, SqliteStore

SECONDS = 10
PAGE_BYTES = 1 << 20
NO_ROOM = 1 << 20
Say = Callable[[str], None]


def run(data: Path, url: str, site: Path, backups: Path | None, limits: Limits, as_json: bool, say: Say) -> int:
    """Look at everything; gives the exit code. Raises BadInput for an address that is none."""
    address = checked_url(url) if url else ""
    found = [doctor.versions(sys.version_info[:3], sqlite3.sqlite_version_info, version("straatcontact"))]
    found += _folder(data, backups, limits)
    if address:
        found += _address(address, site)
    if as_json:
        plain = [{"level": f.level.name, "subject": f.subject, "how": f.how, "do": f.do} for f in found]
        say(json.dumps({"worst": doctor.worst(found).name, "findings": plain}, indent=1))
    else:
        for f in found:
            say(f"{f.level.name:4}  {f.subject}: {f.how}" + (f"\n      {f.do}" if f.do else ""))
    return int(doctor.worst(found))


# -- the folder ------------------------------------------------------------------------------------------


def _folder(data: Path, backups: Path | None, limits: Limits) -> Iterator[Finding]:
    store = data / STORE
    made: list[tuple[Path, datetime]] = []
    try:
        named = copies.dated(backups) if backups and backups.is_dir() else []
        wrong = [path for path, _ in named if not copies.is_store(path)]
        made = [(path, moment) for path, moment in named if path not in wrong]
        if wrong:
            how = f"{len(wrong)} files are named like one and are none (or not for this user): {wrong[0].name}"
            yield Finding(Level.WARN, "files among the backups", how, "look who made them; they don't count")
    except OSError as error:
        yield Finding(Level.FAIL, "files among the backups", _refused(error), _AS_OWNER)
    try:
        there = stat.S_ISREG(store.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        there = False
    except OSError as error:
        yield Finding(Level.FAIL, "data folder", _refused(error), _AS_OWNER)
        return
    if not there:
        yield Finding(Level.FAIL, "store", f"{store} is not there", "straatcontact init or restore, or another --data")
        return
    try:
        names = [p for p in (data, *data.iterdir()) if stat.S_IMODE(p.stat().st_mode) & 0o077]
        yield doctor.modes("permissions", sorted(p.name for p in names))
    except FileNotFoundError:
        pass  # one that went while we looked
    except OSError as error:
        yield Finding(Level.FAIL, "data folder", _refused(error), _AS_OWNER)
        return
    yield doctor.wal(_size(store.with_name(STORE + "-wal")))
    grows = doctor.growth([(moment, path.stat().st_size) for path, moment in made])
    yield doctor.disk(shutil.disk_usage(data).free, _size(store), grows)
    hindered = _hindered(store)
    if hindered is not None:
        yield hindered
    if os.access(store, os.R_OK, effective_ids=True):
        yield from _store(store, limits, hindered is not None)
    if backups is None:
        yield Finding(Level.WARN, "backups", "not looked at", "give --backups FOLDER")
    else:
        yield from doctor.backups([moment for _, moment in made], datetime.now(UTC))


_AS_OWNER = "run this as the server's own user (runuser -u straatcontact -- …), or give the folder back to it: chown -R"


def _refused(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return f"{error.filename} is not this user's ({_named(os.geteuid())}): it may not look into it"
    return f"{error.filename} can't be opened: {error.strerror}"


def _named(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _hindered(store: Path) -> Finding | None:
    """What keeps this user from writing there, as a server would, and says nothing about what is in the store."""
    data, me = store.parent, os.geteuid()
    if os.statvfs(data).f_flag & os.ST_RDONLY:
        do = "look why (journalctl -k, mount): a disk that fails is often made so. Then mount it for writing again"
        return Finding(Level.FAIL, "data folder", f"{data} is on a disk that is read-only now", do)
    beside = (store.with_name(STORE + end) for end in ("-wal", "-shm"))
    for path in (data, store, *(p for p in beside if p.exists())):
        if not os.access(path, os.R_OK | os.W_OK, effective_ids=True):
            owner = path.stat().st_uid
            if owner != me:
                how = f"{path} is not this user's ({_named(me)}): it is {_named(owner)}'s"
                return Finding(Level.FAIL, "data folder", how, _AS_OWNER)
            return Finding(Level.FAIL, "data folder", f"{path} is read-only for its owner", f"chmod u+rwX {path}")
    if shutil.disk_usage(data).free < NO_ROOM:
        do = "make room on that disk; then the server goes on by itself"
        return Finding(Level.FAIL, "data folder", f"no room on the disk of {data}: nothing can be stored", do)
    return None


def _copied(store: Path, copy: Path, hindered: bool) -> None:
    """As SQLite copies. Where it could not work (it needs files beside the store): file by file, as they are now."""
    if not hindered:
        copies.private_file(copy)
        copies.copy(store, copy, lambda _: None)
        return
    for end in ("", "-wal"):
        if (source := store.with_name(STORE + end)).exists():
            copies.private_copy(source, copy.with_name(STORE + end))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _store(store: Path, limits: Limits, hindered: bool) -> list[Finding]:
    """In a copy, in the system's folder for temporary files. `hindered`: this user can't write in the store's."""
    with tempfile.TemporaryDirectory(prefix="straatcontact-doctor-") as scratch:
        copy = Path(scratch, STORE)
        try:
            room = shutil.disk_usage(scratch).free
            if room < _size(store) + 64 * doctor.MIB:
                do = "set TMPDIR to a folder with more room"
                return [Finding(Level.WARN, "store", f"not looked at: {room >> 20} MiB free in {scratch}", do)]
            _copied(store, copy, hindered)
            check_file(copy)
            with closing(sqlite3.connect(copy)) as db:
                behind = len(migrations.pending(Database(db)))
            whole, seen, unconfirmed = asyncio.run(_looked_at(copy))
        except NewerVersion:
            do = "install that version here, or run the doctor that came with it"
            return [Finding(Level.FAIL, "store", "written by a newer version than this one", do)]
        except (StraatError, OSError, sqlite3.Error) as error:
            return [_unread(error, hindered, shutil.disk_usage(scratch).free < NO_ROOM)]
    found = [Finding(Level.OK, "store", _told(whole))]
    if behind:
        how = f"{behind} steps of its tables are older than this program"
        found.append(
            Finding(Level.WARN, "schema", how, "the next start of the server brings them up to date; back up first")
        )
    else:
        found.append(Finding(Level.OK, "schema", "as this program has it"))
    found.append(doctor.clock(time.time(), seen))
    for number, (organisation, roll) in enumerate(whole.rolls.items(), 1):
        found += doctor.roll(f"roll of organisation {number}", roll.state, organisation in unconfirmed)
        found.append(doctor.room(f"room of organisation {number}", *whole.used[organisation], limits))
    if not whole.rolls:
        found.append(Finding(Level.WARN, "roll", "no organisation yet", "straatcontact init"))
    return found


def _unread(error: StraatError | OSError | sqlite3.Error, hindered: bool, full: bool) -> Finding:
    """Damaged, or only not to be looked at: then a restore would be the wrong thing to do."""
    why = (error.detail if isinstance(error, StraatError) else "") or str(error)
    if full:
        do = "make room, or set TMPDIR to a folder with more"
        return Finding(Level.WARN, "store", "not looked at: no room for a copy", do)
    if hindered:
        do = "mend what is said of the data folder, then look again"
        return Finding(Level.WARN, "store", f"could not be looked at well: {why}", do)
    if isinstance(error, (Busy, OSError, sqlite3.OperationalError)):
        do = "try again; if it stays so, look at the disk (journalctl -k)"
        return Finding(Level.FAIL, "store", f"can't be read now: {why}", do)
    return Finding(Level.FAIL, "store", f"not whole: {why}", "stop the server and restore a backup")


async def _looked_at(copy: Path) -> tuple[Whole, int, dict[bytes, int]]:
    store = SqliteStore(copy)
    try:
        whole = await check_content(store, NativePrimitives())
        seen = [day for o in whole.rolls for _, day in await store.seen_days(o)]
        return whole, max(seen, default=0), await store.unconfirmed()
    finally:
        await store.close()


def _told(whole: Whole) -> str:
    return (
        f"whole; {len(whole.rolls)} organisations, {whole.entries} roll entries,"
        f" {whole.envelopes} envelopes, {whole.orders} orders to erase"
    )


# -- the address -----------------------------------------------------------------------------------------


def _address(address: str, site: Path) -> Iterator[Finding]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme == "https":
        yield _certificate(host, parts.port or 443)
    else:
        yield Finding(Level.OK, "TLS", "none, on this machine itself")
    try:
        trusted = ssl.create_default_context()  # what this machine trusts, as for the certificate above
        with httpx.Client(base_url=address, timeout=SECONDS, trust_env=False, verify=trusted) as client:
            before = time.time()
            health = client.get("/v1/health")
            here = (before + time.time()) / 2
            page = client.get("/", headers={"Accept": "text/html"})
    except httpx.HTTPError as error:
        do = "look whether the server and the proxy run, and at DNS"
        yield Finding(Level.FAIL, "address", f"no answer ({type(error).__name__})", do)
        return
    if health.status_code == 200:
        yield Finding(Level.OK, "address", "the server behind it is ready")
    else:
        yield Finding(Level.FAIL, "address", f"health answers {health.status_code}", "look at the server's log")
    yield _spoken(health.headers.get(versions.HEADER))
    if "date" in health.headers:
        yield doctor.clocks(here, parsedate_to_datetime(health.headers["date"]).timestamp())
    served = VERSION.findall(page.text[:PAGE_BYTES]) if page.status_code == 200 else []
    yield doctor.site(_built(site), served[0] if served else "")


def _spoken(said: str | None) -> Finding:
    if said == str(versions.SERVER):
        return Finding(Level.OK, "protocol", f"the server there speaks {said}, as this program")
    do = "restart the server after an update; a proxy must not drop headers"
    return Finding(Level.WARN, "protocol", f"{said or 'nothing'} is said there, {versions.SERVER} by this program", do)


def _built(site: Path) -> str:
    try:
        return str(json.loads((site / "site.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return ""


def _certificate(host: str, port: int) -> Finding:
    try:
        with (
            socket.create_connection((host, port), SECONDS) as raw,
            ssl.create_default_context().wrap_socket(raw, server_hostname=host) as tls,
        ):
            got = tls.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        do = "phones refuse this too: look at the proxy's certificate"
        return Finding(Level.FAIL, "TLS", f"the certificate does not hold: {error.verify_message}", do)
    except OSError as error:
        return Finding(Level.FAIL, "TLS", f"no connection ({type(error).__name__})", "look whether the proxy runs")
    begin, until = (ssl.cert_time_to_seconds(str(got[name])) for name in ("notBefore", "notAfter"))
    issuer: dict[str, str] = {}
    for part in got.get("issuer", ()):
        issuer.update(part)  # type: ignore[arg-type]
    name = issuer.get("organizationName") or issuer.get("commonName") or "somebody"
    return doctor.certificate(begin, until, time.time(), name)
