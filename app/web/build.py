"""`straatcontact build`: the phone app as a static site that asks no other host for anything.

Everything that changes lies under /r/<version>/, where the version is made from the content; the few files with
fixed names (index.html, sw.js, manifest, icons) are asked for anew each time. docs/decisions/0002.
"""

import hashlib
import json
import mimetypes
import re
import shutil
import sys
from pathlib import Path

from app.services.directory import built_in, page_copy
from app.web import ROOT, archive, compress, decoder, first_lines, hashes, later, licences, packages, runtime
from app.web.headers import HEADERS
from app.web.texts import pseudo_compiled
from sync.core import directory

ASSETS = ROOT / "assets"
WHEELS = ROOT / "build" / "wheels"
DIRECTORY, AREAS = ASSETS / "directory", ASSETS / "areas"
GUARD = ASSETS / "guard"
REGISTER = ASSETS / "register"
_VERSIONED = ("worker.js", "page.js", "words.js", "lines.js", "counted.js", "updates.js", "letters.js", "surroundings.js", "scan.js", "qr.js", "photo.js", "print.js", "overlay.js", "show.js", "file.js", "picked.js",
              "share.js", "storage.js", "opfs.js", "lead.js", "shelf.js", "crypto.js", "passkey.js", "first.css")  # fmt: skip
_FETCHED = re.compile(r"app\.zip|pyodide/.*\.(wasm|zip|json)|canvaskit/.*\.wasm|assets/(fonts/.*|.*Manifest.*)")
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".otf": "font/otf",
          ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".zip": "application/zip",
          ".frag": "text/plain", ".bin": "application/octet-stream", ".txt": "text/plain"}  # fmt: skip
_NOT_PRECACHED = ("sw.js", licences.NAME)


def build(out: Path, pseudo: bool = False, quick: bool = False) -> dict[str, float]:
    """Make the site in `out`; gives its size in MiB, raw and as sent. `quick`: packed roughly, for this machine alone."""
    version, files = content(pseudo)
    fresh = out.with_name(out.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, data in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    sizes = _describe(fresh, files, version, quick)
    (fresh / hashes.NAME).write_text(hashes.of(version, files, HEADERS).to_text(), encoding="utf-8")
    _put_in_place(fresh, out)
    _say(f"ready in {out}: {sizes['compressed_mib']} MiB as sent, {sizes['raw_mib']} MiB unpacked")
    return sizes


def content(pseudo: bool = False) -> tuple[str, dict[str, bytes]]:
    """The version, and every file of the site by its path: the same for every build of one commit.

    `pseudo` adds a language that nobody speaks (app/web/pseudo.py), to look at screens with.
    """
    _say("packages")
    wheels = packages.fetch(WHEELS)
    runtime_files = runtime.files(packages.wheel_of(wheels, "flet_web"))
    ours = {name: (ASSETS / "web" / name).read_bytes() for name in _VERSIONED}
    ours["app.zip"] = archive.make(wheels, _beside(pseudo))
    ours |= {decoder.NAME: decoder.file(wheels), **later.files(wheels)}
    fixed = {licences.NAME: licences.text(wheels), **runtime.fixed(), **_installable()}
    version = _version(_site("0", runtime_files | ours, fixed))
    return version, _site(version, runtime_files | ours, fixed)


def _beside(pseudo: bool) -> dict[str, bytes]:
    """What the app reads beside its code: the directory's files, the guard's word lists, the example of a register, names of
    areas, and the testers' language."""
    more = {f"locale/{name}": data for name, data in pseudo_compiled().items()} if pseudo else {}
    lines = {path.name: path.read_bytes() for path in sorted(DIRECTORY.glob("*.json"))}
    more |= {f"register/{path.name}": path.read_bytes() for path in sorted(REGISTER.glob("*.csv"))}
    more |= {f"areas/{path.name}": path.read_bytes() for path in sorted(AREAS.glob("*.json"))}
    return lines | more | {f"guard/{path.name}": path.read_bytes() for path in sorted(GUARD.glob("*.txt"))}


def _put_in_place(fresh: Path, out: Path) -> None:
    old = out.with_name(out.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if out.exists():
        out.replace(old)
    fresh.replace(out)
    shutil.rmtree(old, ignore_errors=True)


def _site(version: str, versioned: dict[str, bytes], fixed: dict[str, bytes]) -> dict[str, bytes]:
    """Every file of the site by its path, under the name of one version."""
    base = f"r/{version}"
    to_fetch = sum(len(data) for name, data in versioned.items() if _FETCHED.fullmatch(name))
    files = {f"{base}/{name}": data for name, data in versioned.items()} | fixed
    files["index.html"] = _index(base, to_fetch)
    files["sw.js"] = _service_worker(version, files)
    return files


def _installable() -> dict[str, bytes]:
    icons = {f"icons/{path.name}": path.read_bytes() for path in sorted((ASSETS / "icons").iterdir())}
    return {"manifest.webmanifest": (ASSETS / "web" / "manifest.webmanifest").read_bytes(), **icons}


def _say(what: str) -> None:
    sys.stderr.write(f"build: {what}\n")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _version(files: dict[str, bytes]) -> str:
    """Made from all that is sent, headers included: the phone keeps those with the files."""
    parts = [f"{name}:{_hash(data)}" for name, data in sorted(files.items())] + [_headers_hash()]
    return _hash("\n".join(parts).encode())[:16]


def _headers_hash() -> str:
    return _hash(json.dumps(HEADERS, sort_keys=True).encode())[:16]


def _index(base: str, to_fetch: int) -> bytes:
    page = (ASSETS / "web" / "index.html").read_text(encoding="utf-8")
    lines = first_lines.list_items(directory.combine(built_in.built_in(), None))
    words = {"BASE": base, "BYTES": str(to_fetch), "LINES": lines, "DATE": page_copy.dutch_day(built_in.made())}
    for word, value in words.items():
        page = page.replace(f"@{word}@", value)
    return page.encode()


def _service_worker(version: str, files: dict[str, bytes]) -> bytes:
    text = (ASSETS / "web" / "sw.js").read_text(encoding="utf-8")
    listed = {f"/{n}": _hash(d)[:16] for n, d in files.items() if n not in _NOT_PRECACHED}
    words = {"VERSION": version, "HEADERS": _headers_hash(), "FILES": json.dumps(listed, indent=1)}
    for word, value in words.items():
        text = text.replace(f"@{word}@", value)
    return text.encode()


def _describe(folder: Path, files: dict[str, bytes], version: str, quick: bool) -> dict[str, float]:
    """Compress, and write site.json for the server."""
    about: dict[str, dict[str, object]] = {}
    sent = 0
    for number, (path, encodings, size) in enumerate(compress.all_of((folder / n for n in files), quick), 1):
        name = path.relative_to(folder).as_posix()
        sent += size
        _say(f"compressed {number}/{len(files)} {name}")
        about[name] = {
            "type": _TYPES.get(path.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream",
            "size": len(files[name]),
            "hash": _hash(files[name]),
            "encodings": encodings,
            "ask": not name.startswith("r/"),
        }
    sizes = {"compressed_mib": round(sent / 2**20, 2), "raw_mib": round(sum(map(len, files.values())) / 2**20, 2)}
    site = {"version": version, "headers": HEADERS, "files": about, **sizes}
    (folder / "site.json").write_text(json.dumps(site, indent=1), encoding="utf-8")
    return sizes
