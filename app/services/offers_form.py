"""An offer as it stands in its form: something that an area has, and the wish that it answers. Pure."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.services.area_tree import Place
from app.services.records import iso
from app.services.wishes import MAX_WORDS, OWN
from sync.core.errors import BadInput

MAX_NAME, MAX_PLACE, MAX_WHEN, MAX_ASK = 80, 120, 80, 120
YEARS_AHEAD = 5


@dataclass(frozen=True, slots=True)
class OfferForm:
    """`wish`: the code of the wish that it answers. `area`: where it is for, None for the whole team's. `place`, `when`,
    `ask` (who to ask) in free words. `until`: the last day on which it is there, None: until it is removed.
    """

    wish: str = ""
    name: str = ""
    area: Place | None = None
    place: str = ""
    when: str = ""
    ask: str = ""
    until: date | None = None


def tidied(form: OfferForm) -> OfferForm:
    """The same in single lines."""
    line = " ".join
    return OfferForm(
        line(form.wish.split()),
        line(form.name.split()),
        form.area,
        line(form.place.split()),
        line(form.when.split()),
        line(form.ask.split()),
        form.until,
    )


def check(form: OfferForm, today: date) -> None:
    """Refuse what can't be kept; of a tidied form. Raises BadInput(field, why)."""
    if not form.wish:
        raise BadInput("offer_wish", "missing")
    if len(form.wish) > len(OWN) + MAX_WORDS:
        raise BadInput("wishes", "too_long")
    if not form.name:
        raise BadInput("offer_name", "missing")
    for field, words, most in (
        ("offer_name", form.name, MAX_NAME),
        ("offer_place", form.place, MAX_PLACE),
        ("offer_when", form.when, MAX_WHEN),
        ("offer_ask", form.ask, MAX_ASK),
    ):
        if len(words) > most:
            raise BadInput(field, "too_long", what=str(most))
    if form.until is not None and form.until < today:
        raise BadInput("offer_until", "past")
    if form.until is not None and form.until.year > today.year + YEARS_AHEAD:
        raise BadInput("offer_until", "far")


def to_fields(form: OfferForm) -> dict[str, Any]:
    """The fields of offer/detail."""
    return {
        "wish": form.wish,
        "name": form.name,
        "area": list(form.area) if form.area else [],
        "place": form.place,
        "when": form.when,
        "ask": form.ask,
        "until": form.until.isoformat() if form.until else "",
    }


def from_row(row: dict[str, Any]) -> OfferForm:
    """From a row of the view's table `offers`."""
    area = (row["kind"], row["code"], row["year"]) if row["kind"] else None
    return OfferForm(row["wish"], row["name"], area, row["place"], row["at"], row["ask"], iso(row["until"]))


def bare(wish: str) -> str:
    """A wish without what it is about: `help_wanted` of `help_wanted:jobs`; one of an area's own as it is."""
    return wish if wish.startswith(OWN) else wish.partition(":")[0]


def answers(offered: str, wished: str) -> bool:
    """Whether an offer is for a wish: the same, or one of the two says no more than what kind it is."""
    if offered == wished:
        return True
    return bare(offered) == bare(wished) and bare(wished) in (offered, wished)
