"""The build's own hash list: the same from every build of one commit, and what a real server serves agrees with it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from app.web import hashes
from tests.support.server_process import SITE, ServerProcess

ROOT = Path(__file__).parents[2]
MAKE = """
from app.web import hashes
from app.web.build import content
from app.web.headers import HEADERS
print(hashes.of(*content(), HEADERS).to_text(), end="")
"""


def test_two_builds_of_one_commit_give_the_same_list(tmp_path: Path) -> None:
    """In another folder, from files of another day, with another hash seed and locale: byte for byte the list in the site."""
    for part in ("app", "sync", "assets", "requirements"):
        shutil.copytree(
            ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copy
        )
    (tmp_path / "build").mkdir()
    (tmp_path / "build/wheels").symlink_to((ROOT / "build/wheels").resolve())
    around = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(tmp_path), "LC_ALL": "C", "TZ": "Pacific/Auckland"}
    made = subprocess.run([sys.executable, "-c", MAKE], cwd=tmp_path, env=around, capture_output=True, check=True)
    assert made.stdout.decode() == (SITE / hashes.NAME).read_text()


def test_the_list_names_every_file_of_the_site() -> None:
    """What lies in the folder besides is packed copies, the list itself and what the server needs to know."""
    listed = hashes.read((SITE / hashes.NAME).read_text()).files
    there = {p.relative_to(SITE).as_posix() for p in SITE.rglob("*") if p.is_file()}
    assert there - listed.keys() - {f"{name}{end}" for name in listed for end in (".br", ".gz")} == {
        hashes.NAME,
        "site.json",
    }
    assert listed.keys() <= there


def test_the_site_as_our_server_serves_it_verifies(server: ServerProcess) -> None:
    """The whole build over HTTP, every file as it is and packed, against the list that was made with it."""
    server.start()
    command = [sys.executable, "-m", "app.cli", "verify-build", server.url, "--hashes", str(SITE / hashes.NAME)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(": as published\n") > 30
