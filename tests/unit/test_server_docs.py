"""docs/operations.md and docs/deploy say what is so: their commands parse, their bounds are the code's."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from app.cli import _parser
from app.commands.serve import MAX_CONNECTIONS
from sync.core import directory, envelope, roll_entry, wire
from sync.server import answering, connections, logs, routes, service, sessions
from sync.server.backup import KEEP_DAYS
from sync.server.limits import NEAR_TENTHS, OVERHEAD, Limits
from sync.server.unconfirmed import PATIENCE_MILLIS, RECENT_DAYS

TEXT = Path("docs/operations.md").read_text(encoding="utf-8")
FIGURES = "".join(Path(f"sync/server/{name}.py").read_text(encoding="utf-8") for name in ("figures", "metrics"))


DEPLOY = Path("docs/deploy")


def test_every_command_in_it_parses() -> None:
    """Each `straatcontact …` line, those of the units and of the container included."""
    lines = re.findall(r"^straatcontact +([a-z].*)$", TEXT, re.MULTILINE)
    jobs = [_parser().parse_args(shlex.split(line)).job for line in lines]
    first = ["init", "serve", "backup", "doctor", "verify-build", "verify-build"]
    assert jobs == [*first, "backup", "restore", "doctor", "directory", "directory"]
    inline = re.findall(r"`straatcontact (restore|doctor|confirm-rolls) (--[^`]+)`", TEXT)
    assert {_parser().parse_args([job, *shlex.split(rest)]).job for job, rest in inline} == {
        "restore",
        "doctor",
        "confirm-rolls",
    }
    units = [line for path in sorted(DEPLOY.glob("*.service")) for line in _starts(path)]
    assert [_parser().parse_args(shlex.split(line)).job for line in units] == ["backup", "serve"]
    container = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    said = json.loads(container.rsplit("\nCMD ", 1)[1])
    assert _parser().parse_args(said).job == "serve"


def _starts(unit: Path) -> list[str]:
    """What a unit starts, after the program's name."""
    found = re.findall(r"^ExecStart=\S*/straatcontact +(.*)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(found) == 1
    return found


def test_the_units_are_what_systemd_takes(tmp_path: Path) -> None:
    """By its own checker, where there is one; and each file that is there is named in the text."""
    names = {p.name for p in DEPLOY.iterdir()}
    assert {name for name in names if f"(deploy/{name})" in TEXT} == names
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    program = shutil.which("true") or "/bin/true"
    for path in (p for p in DEPLOY.iterdir() if p.suffix in (".service", ".timer")):
        text = path.read_text(encoding="utf-8").replace("/opt/straatcontact/.venv/bin/straatcontact", program)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", *map(str, sorted(tmp_path.iterdir()))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_line_of_the_log_is_told() -> None:
    """Each event, by its name in JSON."""
    assert {name for name, _ in logs.EVENTS.values()} - set(re.findall(r"`([a-z_]+)`", TEXT)) <= {
        "expiring_failed",
        "metrics_port_taken",
    }
    for name in re.findall(r"`(straatcontact_[a-z_]+)", TEXT):
        assert f'"{name.removeprefix("straatcontact_")}' in FIGURES


def test_its_bounds_are_those_of_the_code() -> None:
    """The table of limits, figure by figure."""
    r = routes.Routes(None, lambda: 0)  # type: ignore[arg-type]
    assert wire.MAX_BODY_BYTES == 8 << 20
    assert wire.MAX_PUSH == 200
    assert envelope.MAX_ENVELOPE_BYTES == 1.25 * (1 << 20)
    assert (routes.SMALL, roll_entry.MAX_ENTRY_BYTES, directory.MAX_DIRECTORY_BYTES) == (4 << 10, 256 << 10, 256 << 10)
    assert answering.BODY_SECONDS == 60
    assert (wire.MAX_PULL_BYTES, service.PAGE_ITEMS, wire.MAX_PULL_RINGS) == (4 << 20, 500, 64)
    assert (r._carriers._burst, r._carriers._per_second) == (600, 20)
    assert (r._strangers._burst, r._strangers._per_second) == (300, 10)
    assert MAX_CONNECTIONS == 2000
    assert (connections.HEADER_SECONDS, connections.MAX_HEADER_BYTES, connections.STALLED_SECONDS) == (15, 16 << 10, 60)
    limits = _parser().parse_args(["serve"])
    assert (limits.device_mib, limits.organisation_mib) == (2048, 51_200)
    assert (Limits().device, Limits().organisation) == (2048 << 20, 51_200 << 20)
    assert (NEAR_TENTHS, OVERHEAD, KEEP_DAYS) == (8, 256, 35)
    assert (RECENT_DAYS, PATIENCE_MILLIS) == (14, 24 * 60 * 60 * 1000)
    assert (sessions.CHALLENGE_MILLIS, sessions.TOKEN_MILLIS) == (60_000, 3_600_000)
