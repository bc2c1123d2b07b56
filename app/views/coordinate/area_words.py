"""Areas in words: what kind they are, what they are called, and with which sign they are drawn."""

import flet as ft

from app.services.area_tree import Place
from app.services.face import AppFace
from app.services.language import _
from app.services.models import AreaCode


def kinds() -> dict[str, str]:
    """What an area is."""
    return {
        "gemeente": _("gemeente"),
        "wijk": _("wijk"),
        "buurt": _("buurt"),
        "complex": _("complex"),
        "address": _("adres"),
        "street": _("straat"),
    }


ICONS = {
    "gemeente": ft.Icons.LOCATION_CITY,
    "wijk": ft.Icons.MAP_OUTLINED,
    "buurt": ft.Icons.HOLIDAY_VILLAGE_OUTLINED,
    "complex": ft.Icons.APARTMENT,
    "street": ft.Icons.SIGNPOST_OUTLINED,
}


def area_text(app: AppFace, place: Place | None) -> str:
    """What an area is called: its name, else its code."""
    if place is None:
        return _("Zonder gebied")
    return app.areas.name(place) or place[1]


def area_facts(place: Place) -> str:
    """Its kind, and its code with the year of the borders it is in."""
    kind, code, year = place
    return " · ".join(x for x in (kinds().get(kind, kind), "" if kind == "complex" else code, year) if x)


def code_text(app: AppFace, code: AreaCode) -> str:
    """A place where somebody works, in a word."""
    if code.kind in ("street", "address"):
        return code.name or code.code
    return code.name or area_text(app, (code.kind, code.code, code.year))
