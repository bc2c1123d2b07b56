"""What reads QR codes where the browser can't: ZXing for JavaScript, as html5-qrcode 2.3.8 carries it. It is made for npm,
which `make run` does without: this wheel passes on the very file (docs/decisions/0035).
"""

from pathlib import Path

from app.web.packages import read, wheel_of

NAME = "zxing.js"
PACKAGE = "lona_html5_qrcode"
_DIST = f"{PACKAGE}/static/lona-html5-qrcode/dist/"
_NOTICE = """html5-qrcode 2.3.8, with ZXing for JavaScript: Apache License 2.0, source at https://github.com/mebjas/html5-qrcode
"""


def file(wheels: list[Path]) -> bytes:
    """The library, as it is sent."""
    return read(wheel_of(wheels, PACKAGE), _DIST)["html5-qrcode.min.js"]


def licence(wheels: list[Path]) -> str:
    """Whose it is, and its licence in full."""
    return f"{_NOTICE}\n{read(wheel_of(wheels, PACKAGE), _DIST)['LICENSE'].decode()}"
