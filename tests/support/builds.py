"""Another build of the site, as after any update: everything under another version, and what a test wants changed in it.

publish(server, "app.zip", spoiled)      # the site in server.site, which is a copy, and the server started anew
"""

import hashlib
import io
import json
import shutil
import zipfile
from pathlib import Path

from tests.support.server_process import SITE, ServerProcess

MARK = "data-newer"  # stands on the page of a published version


def copy(site: Path) -> Path:
    """A site of one's own, to be changed."""
    return Path(shutil.copytree(SITE, site))  # never linked: a test may write into it


def publish(server: ServerProcess, mark: str = MARK, changed: dict[str, bytes] | None = None) -> str:
    """Replace the site by another version: `mark` stands on its page, and `changed` are files under r/<version>/.

    Gives the version. The server runs again afterwards.
    """
    site, changed = server.site, changed or {}
    about = json.loads((site / "site.json").read_text())
    old = about["version"]
    new = hashlib.sha256(f"{old} {mark}".encode()).hexdigest()[:16]
    (site / "r" / old).rename(site / "r" / new)
    for name in ("index.html", "sw.js"):
        _write(site / name, (site / name).read_text().replace(old, new).encode())
    files = {name.replace(f"r/{old}/", f"r/{new}/"): facts for name, facts in about["files"].items()}
    page = (site / "index.html").read_text().replace("<main ", f"<main {mark} ", 1)
    contents = {"index.html": page.encode(), **{f"r/{new}/{name}": data for name, data in changed.items()}}
    worker = (site / "sw.js").read_text()
    for name, data in contents.items():
        worker = worker.replace(files[name]["hash"][:16], hashlib.sha256(data).hexdigest()[:16])
    contents["sw.js"] = worker.encode()
    for name, data in contents.items():
        _write(site / name, data)
        for packed in (site / name).parent.glob(f"{(site / name).name}.*"):
            packed.unlink()
        files[name] |= {"hash": hashlib.sha256(data).hexdigest(), "size": len(data), "encodings": []}
    _write(site / "site.json", json.dumps({**about, "version": new, "files": files}).encode())
    server.stop()
    server.start()
    return new


def with_module(archive: bytes, name: str, code: str) -> bytes:
    """The app's archive with another text for one of its modules."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        for entry in old.infolist():
            new.writestr(entry, code.encode() if entry.filename == name else old.read(entry))
    return out.getvalue()


def _write(path: Path, data: bytes) -> None:
    """In place of the file, whole or not at all: the server may be reading it."""
    fresh = path.with_name(path.name + "~")
    fresh.write_bytes(data)
    fresh.replace(path)
