"""`straatcontact build`: the phone app as a static site that asks no other host for anything.

Everything that changes lies under /r/<version>/, where the version is made from the content; the few files with
fixed names (index.html, sw.js, manifest, icons) are asked for anew each time. docs/decisions/0002.
"""

import hashlib
import html
import json
import mimetypes
import shutil
import sys
from pathlib import Path

from app.services.helplines import parse
from app.web import archive, compress, packages, runtime
from app.web.headers import HEADERS

ASSETS = Path("assets")
WHEELS = Path("build/wheels")
DIRECTORY = ASSETS / "directory" / "helplines.json"
_VERSIONED = ("worker.js", "page.js", "opfs.js", "crypto.js", "first.css")
_TYPES = {".mjs": "text/javascript", ".js": "text/javascript", ".wasm": "application/wasm", ".otf": "font/otf",
          ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".zip": "application/zip",
          ".frag": "text/plain", ".bin": "application/octet-stream"}  # fmt: skip
_NOT_PRECACHED = ("sw.js",)


def build(out: Path) -> dict[str, float]:
    """Make the site in `out`; gives its size in MiB, raw and as sent."""
    _say("packages")
    wheels = packages.fetch(WHEELS)
    directory = DIRECTORY.read_bytes()
    ours = {name: (ASSETS / "web" / name).read_bytes() for name in _VERSIONED}
    ours["app.zip"] = archive.make(wheels, directory)
    flet_web = packages.wheel_of(wheels, "flet_web")
    version = _version({**runtime.files(flet_web, "/"), **ours})
    base = f"r/{version}/"
    files = {base + n: d for n, d in {**runtime.files(flet_web, f"/{base}"), **ours}.items()}
    files |= _fixed(version, base, directory)
    files["sw.js"] = _service_worker(version, files)
    fresh = out.with_name(out.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name, data in files.items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    sizes = _describe(fresh, files, version)
    shutil.rmtree(out, ignore_errors=True)
    fresh.replace(out)
    _say(f"ready in {out}: {sizes['compressed_mib']} MiB as sent, {sizes['raw_mib']} MiB unpacked")
    return sizes


def _say(what: str) -> None:
    sys.stderr.write(f"build: {what}\n")


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _version(files: dict[str, bytes]) -> str:
    """Made from all that the site is made of, its page and icons included."""
    fixed = [p for top in ("web", "icons", "directory") for p in sorted((ASSETS / top).iterdir())]
    parts = [f"{n}:{_hash(d)}" for n, d in sorted(files.items())] + [_hash(p.read_bytes()) for p in fixed]
    return _hash("\n".join(parts).encode())[:16]


def _fixed(version: str, base: str, directory: bytes) -> dict[str, bytes]:
    page = (ASSETS / "web" / "index.html").read_text(encoding="utf-8")
    page = page.replace("@BASE@", base.rstrip("/")).replace("@LINES@", help_lines_html(directory.decode()))
    icons = {f"icons/{p.name}": p.read_bytes() for p in sorted((ASSETS / "icons").iterdir())}
    manifest = (ASSETS / "web" / "manifest.webmanifest").read_bytes()
    return {"index.html": page.encode(), "manifest.webmanifest": manifest, **icons}


def help_lines_html(directory: str) -> str:
    """The help lines as list items with tel: links, the directory's own order."""
    return "\n".join(
        f'      <li><a href="tel:{html.escape(x.phone)}"><strong>{html.escape(x.name)}</strong>'
        f"<b>{html.escape(spaced(x.phone))}</b>"
        f"<span>{html.escape(' · '.join(part for part in (x.about, x.hours, x.cost) if part))}</span></a></li>"
        for x in parse(directory)
    )


def spaced(phone: str) -> str:
    """A number as people write it: 0800-1205, 073-206 88 88."""
    if len(phone) == 8 and phone.startswith(("0800", "0900")):
        return f"{phone[:4]}-{phone[4:]}"
    if len(phone) == 10:
        return f"{phone[:3]}-{phone[3:6]} {phone[6:8]} {phone[8:]}"
    return phone


def _service_worker(version: str, files: dict[str, bytes]) -> bytes:
    text = (ASSETS / "web" / "sw.js").read_text(encoding="utf-8")
    listed = {f"/{n}": _hash(d)[:16] for n, d in files.items() if n not in _NOT_PRECACHED}
    return text.replace("@VERSION@", version).replace("@FILES@", json.dumps(listed, indent=1)).encode()


def _describe(folder: Path, files: dict[str, bytes], version: str) -> dict[str, float]:
    """Compress, and write site.json for the server."""
    about: dict[str, dict[str, object]] = {}
    sent = 0
    for number, (path, encodings, size) in enumerate(compress.all_of(folder / n for n in files), 1):
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
