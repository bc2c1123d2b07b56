"""Which screen about streets stands at "/straten", "/straten/import" and "/straten/<id of a street>"."""

from app.views.coordinate.street_doors import StreetDoorsScreen
from app.views.coordinate.street_import import ImportScreen
from app.views.coordinate.street_list import StreetsScreen
from app.views.screen import Screen


def screen(shell, rest: str) -> Screen:
    """The screen of a place. Raises ValueError for what is no record id."""
    from app.views.routes import record_of

    if rest == "import":
        return ImportScreen(shell)
    return StreetDoorsScreen(shell, record_of(rest)) if rest else StreetsScreen(shell)
