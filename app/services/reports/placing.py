"""At which place a visit or an activity is counted: worked out by its author's phone when it is saved, and kept with the count
for as long as that (docs/decisions/0030). The street's own place if the team knows it, else the one place where the author
works; never finer than a complex. Nothing where neither is known.
"""

from app.services import areas
from app.services.addresses import key
from app.services.area_tree import Place
from app.services.session import Session

COUNTED = ("gemeente", "wijk", "buurt", "complex")


def of_address(session: Session, address: str) -> list[str] | None:
    """[kind, code, year], or None."""
    place = None
    if address:
        _home, by_street = areas.homes_and_streets(session, areas.puts(session))
        place = by_street.get(street_of(address))
    place = place or areas.only_place(session, session.member)
    return list(place) if place and place[0] in COUNTED else None


def street_of(address: str) -> str:
    """The key of the street of an address, as areas_streets has it."""
    return key(address).partition("|")[0]


def read(text: str) -> Place | None:
    """The column `area` of the view, "kind|code|year": where something was counted when it was noted."""
    parts = text.split("|")
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and parts[0] in COUNTED and parts[1] else None
