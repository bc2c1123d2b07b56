"""One's own data in words: what each table holds, and each value as people say it."""

from collections.abc import Callable
from datetime import date

from app.services.language import _, counted, day_text
from app.services.models import ReviewState
from app.services.my_data import Row
from app.services.records import iso
from app.views.contact.words import gifts, outcomes, parts, wish_text


def heading(table: str, count: int) -> str:
    """What a table holds, and how much of it."""
    words: dict[str, Callable[[], str]] = {
        "visits": lambda: counted("{n} welkomstbezoek", "{n} welkomstbezoeken", count),
        "reviews": lambda: counted("{n} woord van de coördinator", "{n} woorden van de coördinator", count),
        "members": lambda: _("Je naam in het team"),
        "areas": lambda: _("Waar je werkt"),
        "welcomes": lambda: counted("{n} nieuw adres", "{n} nieuwe adressen", count),
        "marks": lambda: counted("{n} adres zonder contact", "{n} adressen zonder contact", count),
        "activities": lambda: counted("{n} activiteit", "{n} activiteiten", count),
        "stories": lambda: counted("{n} verhaal", "{n} verhalen", count),
        "tasks": lambda: counted("{n} keuze over maatjes", "{n} keuzes over maatjes", count),
        "streets": lambda: counted("{n} straat in het register", "{n} straten in het register", count),
        "rounds": lambda: counted("{n} ronde gemaakt", "{n} rondes gemaakt", count),
        "walks": lambda: counted("{n} loopje gemaakt of gelopen", "{n} loopjes gemaakt of gelopen", count),
        "doors": lambda: counted("{n} loopje met deuren", "{n} loopjes met deuren", count),
        "followups": lambda: counted("{n} vraag om iets te doen", "{n} vragen om iets te doen", count),
        "events": lambda: counted("{n} regel in het logboek", "{n} regels in het logboek", count),
        "receipts": lambda: counted("{n} ontvangst van wissen", "{n} ontvangsten van wissen", count),
        "requests": lambda: counted("{n} vraag van een bewoner", "{n} vragen van bewoners", count),
        "offers": lambda: counted("{n} aanbod in de buurt", "{n} keer aanbod in de buurt", count),
        "reports": lambda: counted("{n} publicatie", "{n} publicaties", count),
        "terms": lambda: counted("{n} keuze over bewaren", "{n} keuzes over bewaren", count),
    }
    return words[table]() if table in words else f"{table}: {count}"


def _names() -> dict[str, str]:
    """Columns in words; those that are not here say nothing to a person."""
    return {
        "address": _("Adres"),
        "day": _("Dag"),
        "part": _("Wanneer op de dag"),
        "outcome": _("Hoe ging het?"),
        "gift": _("Wat je meenam"),
        "wishes": _("Wensen"),
        "offers": _("Aanbod"),
        "introduce": _("Wil voorgesteld worden"),
        "note": _("Notitie"),
        "come_back": _("Terugkomen op"),
        "shared": _("De coördinator mag het lezen"),
        "state": _("Stand"),
        "reply": _("Bericht"),
        "answer": _("Antwoord"),
        "what": _("Wat te doen"),
        "due": _("Voor welke dag"),
        "word": _("Hoe het ging"),
        "name": _("Naam"),
        "since": _("Sinds"),
        "plan": _("Gepland op"),
        "done": _("Klaar"),
        "kind": _("Soort"),
        "heads": _("Hoeveel mensen"),
        "helpers": _("Hoeveel helpers"),
        "place": _("Plek"),
        "time": _("Tijd"),
        "how": _("Hoe het was"),
        "weekly": _("Elke week"),
        "title": _("Titel"),
        "text": _("Tekst"),
        "status": _("Stand"),
        "withdraw_on": _("Verdwijnt op"),
        "confirmed": _("Bevestigd op"),
        "lifted": _("Opgeheven"),
        "topic": _("Onderwerp"),
        "hidden": _("Weggehaald"),
    }


def lines(table: str, row: Row) -> list[tuple[str, str]]:
    """What a row says: (name, value), empty values and technical columns left out."""
    names, found = _names(), []
    for column, name in names.items():
        value = row.get(column)
        if (table, column) == ("tasks", "what"):  # a code
            continue
        if column in row and value not in (None, "", 0):
            found.append((name, said(column, value)))
    return found


def said(column: str, value: object) -> str:
    """A value as people say it; what we don't know stands as it is."""
    text = str(value)
    known: dict[str, dict[str, str]] = {
        "outcome": {o.value: w for o, w in outcomes().items()},
        "gift": {g.value: w for g, w in gifts().items()},
        "part": {p.value: w for p, w in parts().items()},
        "state": {
            ReviewState.SEEN.value: _("gezien"),
            ReviewState.QUESTION.value: _("vraag"),
            ReviewState.FOLLOWUP.value: _("wordt opgevolgd"),
            ReviewState.RETURNED.value: _("teruggestuurd"),
        },
    }
    if isinstance(value, int) and column in ("shared", "introduce", "done", "weekly", "lifted", "hidden"):
        return _("ja")
    if column in ("wishes", "offers"):
        return ", ".join(wish_text(code) for code in text.split(",") if code)
    if text in known.get(column, {}):
        return known[column][text]
    day = (
        iso(text)
        if column in ("day", "come_back", "since", "plan", "withdraw_on", "confirmed", "due", "done")
        else None
    )
    return day_text(day, date.min) if day else text
