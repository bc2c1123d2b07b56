"""At which place a visit or an activity is counted: worked out by its author's phone when it is saved, and kept with the count
for as long as that (docs/decisions/0030). The street's own place if the team knows it, else the one place where the author
works; never finer than a complex. Nothing where neither is known.
"""

from app.services import areas
from app.services.addresses import key
from app.services.session import Session

COUNTED = ("gemeente", "wijk", "buurt", "complex")


def of_address(session: Session, address: str) -> list[str] | None:
    """[kind, code, year], or None."""
    place = None
    if address:
        _home, by_street = areas.homes_and_streets(session, areas.puts(session))
        place = by_street.get(key(address).partition("|")[0])
    place = place or areas.only_place(session, session.member)
    return list(place) if place and place[0] in COUNTED else None
