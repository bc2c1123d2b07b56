"""Translations: assets/locale/*.po compiled to the .mo files that gettext reads."""

import io

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.services.language import PSEUDO
from app.web import ROOT
from app.web.pseudo import pseudo_catalogue

LOCALES = ROOT / "assets" / "locale"


def compiled() -> dict[str, bytes]:
    """Each language's .mo by its place below the locale folder."""
    out = {}
    for path in sorted(LOCALES.glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.stem)
        out[_place(path.stem)] = _mo(catalog)
    return out


def pseudo_compiled() -> dict[str, bytes]:
    """The same of the language that nobody speaks (see app.web.pseudo): for testers only."""
    with (LOCALES / "en.po").open("rb") as file:
        return {_place(PSEUDO): _mo(pseudo_catalogue(read_po(file, locale="en")))}


def _place(language: str) -> str:
    return f"{language}/LC_MESSAGES/straatcontact.mo"


def _mo(catalog: Catalog) -> bytes:
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()
