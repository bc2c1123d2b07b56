"""Brotli and gzip beside each file that gains by it, made once for each content and kept in build/cache.

Brotli at its best takes a minute of two cores and sends a tenth less; a build for this machine alone is not sent far, and
takes what five seconds give.
"""

import gzip
import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import brotli

from app.web import ROOT

CACHE = ROOT / "build" / "cache"
KEPT_DAYS = 30
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_PACKED_ALREADY = (".png", ".woff2")
_SMALL = 200
BEST, QUICK = 11, 9  # brotli's own scale


def _one(data: bytes, encoding: str, quick: bool) -> bytes:
    kept = CACHE / f"{hashlib.sha256(data).hexdigest()}.{encoding}"
    if kept.exists():
        os.utime(kept)
        return kept.read_bytes()
    if encoding == "br" and quick:
        return bytes(brotli.compress(data, quality=QUICK))
    packed = brotli.compress(data, quality=BEST) if encoding == "br" else gzip.compress(data, 9, mtime=0)
    CACHE.mkdir(parents=True, exist_ok=True)
    made = kept.with_suffix(f".{encoding}.new")
    made.write_bytes(packed)
    made.replace(kept)
    return bytes(packed)


def _beside(quick: bool, path: Path) -> tuple[Path, list[str], int]:
    """Write the encodings that are smaller; the file, their names (smallest first), and what is sent at best."""
    data = path.read_bytes()
    sizes = {"": len(data)}
    if not path.name.endswith(_PACKED_ALREADY) and len(data) > _SMALL:
        for encoding, suffix in _ENCODINGS.items():
            packed = _one(data, encoding, quick)
            if len(packed) < len(data) * 0.95:
                path.with_name(path.name + suffix).write_bytes(packed)
                sizes[encoding] = len(packed)
    return path, [e for e in _ENCODINGS if e in sizes], min(sizes.values())


def all_of(paths: Iterable[Path], quick: bool = False) -> Iterable[tuple[Path, list[str], int]]:
    """Compress every file, on two cores, the largest first. `quick`: what was not packed before, only roughly."""
    with ProcessPoolExecutor(2) as pool:
        yield from pool.map(partial(_beside, quick), sorted(paths, key=lambda p: -p.stat().st_size))
    _forget()


def _forget() -> None:
    """What no build has asked for in a month goes."""
    for kept in CACHE.glob("*"):
        if time.time() - kept.stat().st_mtime > KEPT_DAYS * 86400:
            kept.unlink(missing_ok=True)
