"""A story's photo as it may be kept: a JPEG of at most 300 kB that says nothing of camera, place or time.

The browser makes it small and upright (assets/web/photo.js); here whatever it may have left in is taken out, so that
nothing depends on which browser that was. Source of the markers: ITU-T T.81, annex B.
"""

from sync.core.errors import BadInput

MAX_PHOTO = 300_000
_START, _END, _SCAN = b"\xff\xd8", b"\xff\xd9", 0xDA
_JFIF = 0xE0
_TELLING = {*range(0xE1, 0xF0), 0xFE}  # APP1 (EXIF, XMP) to APP15, and comments
_ADOBE = 0xEE  # says how colours are written: without it they are wrong


def bare(data: bytes) -> bytes:
    """The photo without anything that tells about it. Raises BadInput("photo", "unreadable" | "too_large")."""
    if not data.startswith(_START) or data.rfind(_END) < 4:
        raise BadInput("photo", "unreadable")
    kept, at = [_START], 2
    while True:
        if at + 4 > len(data) or data[at] != 0xFF:
            raise BadInput("photo", "unreadable")
        marker, size = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == _SCAN:
            break
        segment = data[at : at + 2 + size]
        if size < 2 or len(segment) < 2 + size:
            raise BadInput("photo", "unreadable")
        if marker not in _TELLING or (marker == _ADOBE and segment[4:9] == b"Adobe"):
            kept.append(_plain(marker, segment))
        at += 2 + size
    kept.append(data[at : data.rfind(_END) + 2])  # what lies behind the end, such as a film or a second picture, goes
    small = b"".join(kept)
    if len(small) > MAX_PHOTO:
        raise BadInput("photo", "too_large")
    return small


def _plain(marker: int, segment: bytes) -> bytes:
    """A JFIF segment without its thumbnail; anything else as it is."""
    if marker == _JFIF and segment[4:9] == b"JFIF\0" and len(segment) > 18:
        return segment[:2] + (16).to_bytes(2, "big") + segment[4:16] + b"\0\0"
    return segment
