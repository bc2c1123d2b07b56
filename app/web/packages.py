"""The wheels that go into the phone's app: fetched once, checked against their hashes, unpacked as needed."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

from app.web import ROOT

REQUIREMENTS = ROOT / "requirements" / "web.txt"
PLATFORM = (
    "--python-version 3.14 --implementation cp --abi cp314 --abi abi3 --abi none --platform pyemscripten_2026_0_wasm32"
)


def fetch(folder: Path) -> list[Path]:
    """The wheels named in requirements/web.txt, downloaded where they are not there yet.

    Raises CalledProcessError when a package can't be had or its hash is another.
    """
    lines = [x for x in REQUIREMENTS.read_text().splitlines() if "--hash" in x]
    wanted = {line.rsplit("sha256:", 1)[1]: line.split("==")[0] for line in lines}
    if set(wanted) - set(_present(folder)):
        folder.mkdir(parents=True, exist_ok=True)
        options = (
            f"download --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary=:all: {PLATFORM}"
        )
        command = [sys.executable, "-m", "pip", *options.split(), "-d", str(folder), "-r", str(REQUIREMENTS)]
        subprocess.run(command, check=True)  # noqa: S603 our own words
    present = _present(folder)
    return [present[digest] for digest in wanted]


def _present(folder: Path) -> dict[str, Path]:
    return {hashlib.sha256(p.read_bytes()).hexdigest(): p for p in folder.glob("*.whl")}


def wheel_of(wheels: list[Path], name: str) -> Path:
    """The wheel of one package."""
    return next(w for w in wheels if w.name.startswith(f"{name}-"))


def read(wheel: Path, prefix: str = "") -> dict[str, bytes]:
    """A wheel's files below a prefix, by the rest of their path."""
    with zipfile.ZipFile(wheel) as archive:
        names = [n for n in archive.namelist() if n.startswith(prefix) and not n.endswith("/")]
        return {n[len(prefix) :]: archive.read(n) for n in names}
