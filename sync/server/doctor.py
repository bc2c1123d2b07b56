"""What is well and what is not, in words for whoever runs a server. Pure: facts in, findings out.

A finding says how it is, and, where something has to be done, what.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from enum import IntEnum
from typing import NamedTuple

from sync.core.rights import Role
from sync.core.roll_state import State
from sync.server.backup import KEEP_DAYS
from sync.server.limits import Level as Full
from sync.server.limits import Limits, level

DAY = 86_400
MIB = 1 << 20
YEAR_2026, YEAR_2100 = 1_767_225_600, 4_102_444_800
WAL_BYTES = 64 * MIB
LEAST_FREE, WANTED_FREE = 200 * MIB, 1024 * MIB
FULL_SOON_DAYS, FULL_DAYS = 60, 7
CLOCK_SECONDS, CLOCK_FAR_SECONDS = 60, 3600
CERTIFICATE_DAYS, CERTIFICATE_LAST_DAYS = 21, 3
BACKUP_HOURS, BACKUP_LOST_DAYS = 26, 7
LEAST_SQLITE = (3, 37)  # tables that are STRICT


class Level(IntEnum):
    """The worst of all is the exit code."""

    OK = 0
    WARN = 1
    FAIL = 2


class Finding(NamedTuple):
    """One line. `do` is "" when nothing has to be done."""

    level: Level
    subject: str
    how: str
    do: str = ""


def modes(subject: str, wrong: Sequence[str]) -> Finding:
    """`wrong`: names in the data folder that others than its owner may open."""
    if not wrong:
        return Finding(Level.OK, subject, "only the owner may open folder and files")
    return Finding(
        Level.WARN, subject, f"others may open {', '.join(wrong)}", "chmod 700 the folder and 600 the files in it"
    )


def wal(size: int) -> Finding:
    """The write-ahead file, in bytes."""
    if size <= WAL_BYTES:
        return Finding(Level.OK, "write-ahead file", f"{size >> 20} MiB")
    do = "something reads for long (a backup that hangs?); if it stays so, restart the server"
    return Finding(Level.WARN, "write-ahead file", f"{size >> 20} MiB", do)


def disk(free: int, store: int, per_day: float | None) -> Finding:
    """Free bytes on the store's disk, the store's own, and by how many it grows in a day, if that is known."""
    left = free / per_day if per_day and per_day > 0 else None
    how = f"{free >> 20} MiB free, the store is {store >> 20} MiB"
    if left is not None and per_day is not None:
        how += f" and grows by {per_day / MIB:.1f} MiB a day: full in {min(left, 9999):.0f} days"
    do = "make room or move to a larger disk; a full one loses nothing, but phones have to wait"
    if free < LEAST_FREE or (left is not None and left < FULL_DAYS):
        return Finding(Level.FAIL, "disk", how, do)
    if free < max(WANTED_FREE, 2 * store) or (left is not None and left < FULL_SOON_DAYS):
        return Finding(Level.WARN, "disk", how, do)
    return Finding(Level.OK, "disk", how)


def growth(sizes: Sequence[tuple[datetime, int]]) -> float | None:
    """Bytes a day, from what dated backups weigh, oldest first; None when they are less than a day apart."""
    if len(sizes) < 2:
        return None
    (first, small), (last, large) = sizes[0], sizes[-1]
    days = (last - first).total_seconds() / DAY
    return (large - small) / days if days >= 1 else None


def clock(now: float, last_seen_day: int) -> Finding:
    """Seconds since 1970, and the last day (since 1970) that the store has seen somebody; 0 for none."""
    day = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    do = "set the clock (timedatectl set-ntp true): it decides which notes are over and are overwritten"
    if not YEAR_2026 <= now <= YEAR_2100:
        return Finding(Level.FAIL, "clock", f"{day} can't be", do)
    if now // DAY < last_seen_day - 1:
        return Finding(Level.FAIL, "clock", f"{day} is before what the store has seen already", do)
    if last_seen_day and now // DAY > last_seen_day + 400:
        return Finding(Level.WARN, "clock", f"{day}; nobody was here for over a year", do)
    return Finding(Level.OK, "clock", day)


def clocks(here: float, there: float) -> Finding:
    """This machine's clock and that of the server at the address, in seconds."""
    apart = abs(here - there)
    if apart <= CLOCK_SECONDS:
        return Finding(Level.OK, "clock at the address", f"{apart:.0f} s apart")
    level = Level.FAIL if apart > CLOCK_FAR_SECONDS else Level.WARN
    return Finding(level, "clock at the address", f"{apart:.0f} s apart", "set the clock that is wrong")


def certificate(begin: float, until: float, now: float, issuer: str) -> Finding:
    """One that holds for the name: its first and last second, since 1970. A short one is renewed shortly before."""
    days, whole = (until - now) / DAY, (until - begin) / DAY
    how = f"holds for the name, until {datetime.fromtimestamp(until, UTC):%Y-%m-%d} ({days:.0f} days), by {issuer}"
    do = "look why the proxy does not renew it: its log, port 80 and 443 from outside, DNS"
    if days < min(CERTIFICATE_LAST_DAYS, whole / 10):
        return Finding(Level.FAIL, "TLS", how, do)
    if days < min(CERTIFICATE_DAYS, whole / 4):
        return Finding(Level.WARN, "TLS", how, do)
    return Finding(Level.OK, "TLS", how)


def backups(made: Sequence[datetime], now: datetime) -> list[Finding]:
    """The moments of the backups in a folder, oldest first."""
    if not made:
        return [Finding(Level.FAIL, "backups", "there is none", "straatcontact backup, each night (docs/deploy)")]
    hours = (now - made[-1]).total_seconds() / 3600
    if hours < -1:
        how = f"the newest is named for a moment to come, {made[-1]:%Y-%m-%d %H:%M} UTC"
        return [Finding(Level.WARN, "backups", how, "look at the clock, and at who made that file")]
    hours = max(hours, 0.0)
    how, do = (
        f"{len(made)}, the newest is {hours:.0f} hours old",
        "look at the timer: journalctl -u straatcontact-backup",
    )
    level = Level.FAIL if hours > BACKUP_LOST_DAYS * 24 else Level.WARN if hours > BACKUP_HOURS else Level.OK
    found = [Finding(level, "backups", how, do if level else "")]
    old = sum((now - moment).total_seconds() > KEEP_DAYS * DAY for moment in made)
    if old:
        how = f"{old} are older than {KEEP_DAYS} days and hold what was erased since"
        found.append(Finding(Level.WARN, "old backups", how, f"straatcontact backup --keep-days {KEEP_DAYS}"))
    return found


def roll(subject: str, state: State, unconfirmed: bool) -> list[Finding]:
    """One organisation's, whose entries hold from the first on."""
    how = "put back from a backup and not confirmed: nobody joins or leaves"
    if not state.devices:
        do = "stop the server and say straatcontact confirm-rolls; then hand over the link that init printed"
        restored = [Finding(Level.WARN, subject, how, do)] if unconfirmed else []
        return [
            Finding(Level.WARN, subject, "nobody has joined yet", "hand over the link that init printed"),
            *restored,
        ]
    do = (
        "have each coordinator and everyone else open the app; after a day it goes on by itself, and if it does not"
        " in two: stop the server and say straatcontact confirm-rolls"
    )
    restored = [Finding(Level.WARN, subject, how, do)] if unconfirmed else []
    coordinators = {d.member for d in state.devices.values() if state.coordinates(d.id, d.team)}
    waiting = sum(d.role is Role.COORDINATOR for d in state.devices.values()) - sum(
        state.coordinates(d.id, d.team) for d in state.devices.values()
    )
    how = f"holds; {len(state.devices)} devices, {len(coordinators)} coordinators" + (
        f", {waiting} devices of coordinators not yet confirmed" if waiting else ""
    )
    do = "have a coordinator invite a second one: who loses the only device can let nobody in"
    found = [
        Finding(Level.OK if len(coordinators) > 1 else Level.WARN, subject, how, do if len(coordinators) < 2 else "")
    ]
    if not state.sheets:
        do = "have a coordinator make one (Mensen, Herstelblad) and put it in a safe"
        found.append(Finding(Level.WARN, subject, "no recovery sheet", do))
    return [*found, *restored]


def room(subject: str, used: int, fullest: int, limits: Limits) -> Finding:
    """What an organisation's devices use of what `serve` allows them, and the fullest device of its own. Bytes."""
    levels = level(used, limits.organisation), level(fullest, limits.device)
    how = f"{used >> 20} of {limits.organisation >> 20} MiB used, the fullest device {fullest >> 20} of {limits.device >> 20}"
    do = "allow more (serve --organisation-mib, --device-mib; the same here) if the disk has room"
    if max(levels) is Full.OVER:
        return Finding(Level.FAIL, subject, f"{how}: phones keep what they can't send", do)
    return Finding(Level.WARN, subject, how, do) if max(levels) is Full.NEAR else Finding(Level.OK, subject, how)


def versions(python: tuple[int, ...], sqlite: tuple[int, ...], package: str) -> Finding:
    """Of what runs here."""
    told = f"straatcontact {package}, Python {'.'.join(map(str, python[:3]))}, SQLite {'.'.join(map(str, sqlite[:3]))}"
    if python < (3, 11) or sqlite < LEAST_SQLITE:
        return Finding(Level.FAIL, "versions", told, "Python 3.11 and SQLite 3.37 are the least")
    return Finding(Level.OK, "versions", told)


def site(built: str, served: str) -> Finding:
    """The build in the folder and the one that the address serves; "" when there is none."""
    if built and built == served:
        return Finding(Level.OK, "site", f"version {served} is served, as built")
    if not served:
        return Finding(Level.FAIL, "site", "the address serves no Straatcontact", "look at the proxy")
    if not built:
        return Finding(Level.OK, "site", f"version {served} is served; not compared, as --site names no build here")
    do = "restart the server after a build; else look with straatcontact verify-build"
    return Finding(Level.WARN, "site", f"version {served} is served, {built} was built", do)


def worst(found: Sequence[Finding]) -> Level:
    """The exit code."""
    return max((f.level for f in found), default=Level.OK)
