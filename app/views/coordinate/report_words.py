"""Reports in words: what each table and row is, of which days, and what is said below."""

from app.services.language import _, number_text
from app.services.reports.models import Cell, Note, Period, Row, Shown, Topic
from app.views.contact.offers import wish_words
from app.views.contact.words import outcomes


def topics() -> dict[Topic, str]:
    """What a table is about."""
    return {
        Topic.VISITS: _("Bezoeken"),
        Topic.OUTCOMES: _("Hoe het ging"),
        Topic.WISHES: _("Wat bewoners willen"),
        Topic.ACTIVITIES: _("Activiteiten"),
        Topic.ROUNDS: _("Rondes langs de deuren"),
        Topic.STORIES: _("Verhalen"),
        Topic.AREAS: _("Bezoeken per gebied"),
        Topic.AREAS_REACHED: _("Kennisgemaakt per gebied"),
    }


def row_words(topic: Topic, row: Row) -> str:
    """What one line counts."""
    if row.label:
        return row.label
    if topic is Topic.WISHES:
        return _capital(wish_words(row.key))
    if topic is Topic.OUTCOMES:
        known = {outcome.value: words for outcome, words in outcomes().items()}
        return _capital(known.get(row.key, _("iets anders")))
    return {
        "visits": _("Bezoeken"),
        "reached": _("Kennisgemaakt"),
        "activities": _("Activiteiten"),
        "heads": _("Mensen die er waren"),
        "rounds": _("Rondes"),
        "doors": _("Deuren waar is aangebeld"),
        "spoken": _("Deuren waar iemand opendeed"),
        "stories": _("Verhalen die geplaatst zijn"),
        "rest": _("Overige adressen"),
    }.get(row.key, row.key)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def cell_words(cell: Cell | None, threshold: int) -> str:
    """A number, or that it is too small to be shown."""
    if cell is None:
        return ""
    return number_text(cell.n) if isinstance(cell, Shown) else few(threshold)


def few(threshold: int) -> str:
    """What stands in the place of a number that is not shown."""
    return _("minder dan {n}").format(n=threshold)


def published_words(cell: Cell) -> str:
    """In a published table a cell may also be hidden because it would give another away."""
    return number_text(cell.n) if isinstance(cell, Shown) else _("niet getoond")


def period_words(period: Period) -> str:
    """2026, "derde kwartaal van 2026", or the days."""
    key = period.key
    if len(key) == 4:
        return key
    if "-Q" in key:
        names = [_("eerste kwartaal"), _("tweede kwartaal"), _("derde kwartaal"), _("vierde kwartaal")]
        return _("{quarter} van {year}").format(quarter=names[int(key[-1]) - 1], year=key[:4])
    return _("{first} tot en met {last}").format(first=_day(period.first), last=_day(period.last))


def _day(day) -> str:
    return f"{day.day}-{day.month}-{day.year}"


def notes(of: tuple[Note, ...], threshold: int) -> list[str]:
    """The footnotes, each a sentence or two."""
    said = {
        Note.SMALL: _(
            "Aantallen onder de {n} laten we niet zien. Nul ziet er hetzelfde uit: zo valt niemand op."
        ).format(n=threshold),
        Note.ROUNDED: _("Alle aantallen zijn afgerond op 5. Opgeteld komen ze daarom niet precies uit."),
        Note.NOT_FOR_PUBLICATION: _("Niet voor publicatie: deze aantallen zijn alleen voor op dit scherm."),
        Note.OLD_BORDERS: _("Oudere aantallen staan in de grenzen die de buurten toen hadden."),
        Note.NO_PLACE: _("Van sommige bezoeken weten we de buurt niet. Ze tellen mee in het totaal, niet per gebied."),
        Note.WISHES_GONE: _("Van bezoeken van meer dan een jaar geleden bewaren we geen wensen."),
        Note.WISHES_SHARED: _("Wensen tellen alleen van bewoners die het goed vonden dat de coördinator meelas."),
        Note.NOT_OVER: _("Deze periode is nog niet voorbij, of er kunnen nog notities onderweg zijn."),
        Note.STORIES_NO_PLACE: _("Verhalen horen niet bij een buurt: we tellen ze alleen voor het hele team."),
    }
    return [said[note] for note in of if note in said]


def change_words(row: Row, threshold: int) -> str:
    """How it was before: "daarvoor 120", or nothing."""
    if row.before is None:
        return ""
    return _("daarvoor {n}").format(n=cell_words(row.before, threshold))
