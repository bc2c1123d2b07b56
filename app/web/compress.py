"""Brotli and gzip beside each file that gains by it, made once for each content and kept in build/cache."""

import gzip
import hashlib
import os
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import brotli

from app.web import ROOT

CACHE = ROOT / "build" / "cache"
KEPT_DAYS = 30
_ENCODINGS = {"br": ".br", "gzip": ".gz"}
_PACKED_ALREADY = (".png", ".woff2")
_SMALL = 200


def _one(data: bytes, encoding: str) -> bytes:
    kept = CACHE / f"{hashlib.sha256(data).hexdigest()}.{encoding}"
    if kept.exists():
        os.utime(kept)
        return kept.read_bytes()
    packed = brotli.compress(data, quality=11) if encoding == "br" else gzip.compress(data, 9, mtime=0)
    CACHE.mkdir(parents=True, exist_ok=True)
    made = kept.with_suffix(f".{encoding}.new")
    made.write_bytes(packed)
    made.replace(kept)
    return bytes(packed)


def _beside(path: Path) -> tuple[Path, list[str], int]:
    """Write the encodings that are smaller; the file, their names (smallest first), and what is sent at best."""
    data = path.read_bytes()
    sizes = {"": len(data)}
    if not path.name.endswith(_PACKED_ALREADY) and len(data) > _SMALL:
        for encoding, suffix in _ENCODINGS.items():
            packed = _one(data, encoding)
            if len(packed) < len(data) * 0.95:
                path.with_name(path.name + suffix).write_bytes(packed)
                sizes[encoding] = len(packed)
    return path, [e for e in _ENCODINGS if e in sizes], min(sizes.values())


def all_of(paths: Iterable[Path]) -> Iterable[tuple[Path, list[str], int]]:
    """Compress every file, on two cores, the largest first."""
    with ProcessPoolExecutor(2) as pool:
        yield from pool.map(_beside, sorted(paths, key=lambda p: -p.stat().st_size))
    _forget()


def _forget() -> None:
    """What no build has asked for in a month goes."""
    for kept in CACHE.glob("*"):
        if time.time() - kept.stat().st_mtime > KEPT_DAYS * 86400:
            kept.unlink(missing_ok=True)
