"""Translations: assets/locale/*.po compiled to the .mo files that gettext reads."""

import io

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.web import ROOT

LOCALES = ROOT / "assets" / "locale"


def compiled() -> dict[str, bytes]:
    """Each language's .mo by its place below the locale folder."""
    out = {}
    for path in sorted(LOCALES.glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.stem)
        buffer = io.BytesIO()
        write_mo(buffer, catalog)
        out[f"{path.stem}/LC_MESSAGES/straatcontact.mo"] = buffer.getvalue()
    return out
