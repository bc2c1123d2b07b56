"""What the screens about the law say: kinds of things, questions, acts, and how something was found."""

from collections.abc import Callable
from datetime import date

from app.services.language import _, counted, day_text
from app.services.law.requests import Asked, Request
from app.services.law.trail import Act


def kind_text(kind: str) -> str:
    """What sort of thing it is, as on the screens."""
    return {
        "visit": _("Bezoek"),
        "review": _("Woord op een bezoek"),
        "welcome": _("Nieuw adres"),
        "mark": _("Adres zonder contact"),
        "activity": _("Activiteit"),
        "story": _("Verhaal"),
        "task": _("Maatjes"),
        "followup": _("Taak"),
        "offer": _("Aanbod"),
        "request": _("Vraag van een bewoner"),
        "draft": _("Half ingevuld formulier"),
        "report": _("Rapport"),
        "device": _("Apparaat dat kwijt is"),
        "address": _("Alles over een adres"),
        "all": _("Alles van de organisatie"),
        "quarantine": _("Bericht van een afgemeld apparaat"),
        "directory": _("Hulplijnen"),
        "setting": _("Bewaartermijnen"),
        "round": _("Ronde"),
        "door": _("Deuren van een ronde"),
        "walk": _("Loopje van een ronde"),
        "gone": _("Al verlopen of gewist"),
    }.get(kind, _("Iets van een nieuwere versie"))


def asked_texts() -> dict[Asked, str]:
    """What a resident may ask."""
    return {
        Asked.LOOK: _("Inzien"),
        Asked.EXPORT: _("Meenemen"),
        Asked.CORRECT: _("Verbeteren"),
        Asked.ERASE: _("Wissen"),
        Asked.OBJECT: _("Bezwaar"),
    }


def act_text(what: str) -> str:
    """What was done."""
    return {
        Act.READ.value: _("bekeken"),
        Act.EXPORTED.value: _("meegenomen"),
        Act.ERASED.value: _("gewist"),
        Act.CORRECTED.value: _("verbetering gevraagd"),
        Act.PUBLISHED.value: _("geplaatst"),
        Act.WITHDRAWN.value: _("ingetrokken"),
        Act.DECIDED.value: _("besloten"),
    }.get(what, _("iets van een nieuwere versie"))


def how_text(how: str) -> str:
    """Why something was found."""
    return {
        "address": _("Op dit adres"),
        "mention": _("Noemt dit adres in een tekst"),
        "linked": _("Hoort bij een bezoek hier"),
        "older": _("Noemde dit adres vroeger; de oude tekst is er nog"),
    }.get(how, "")


def due_text(request: Request, today: date) -> str:
    """By when a question has to be answered."""
    days = (request.until - today).days
    if days < 0:
        return counted("{n} dag te laat.", "{n} dagen te laat.", -days)
    if days == 0:
        return _("Vandaag is de laatste dag.")
    said = _("Antwoord uiterlijk {day}.").format(day=day_text(request.until, today))
    return f"{said} {counted('Nog {n} dag.', 'Nog {n} dagen.', days)}" if days <= 7 else said


def erased_text(kind: str) -> Callable[[int], str]:
    """So many of a kind, for the check before erasing."""
    words: dict[str, Callable[[int], str]] = {
        "visit": lambda n: counted("{n} bezoek", "{n} bezoeken", n),
        "review": lambda n: counted("{n} woord op een bezoek", "{n} woorden op een bezoek", n),
        "welcome": lambda n: counted("{n} nieuw adres", "{n} nieuwe adressen", n),
        "activity": lambda n: counted("{n} activiteit", "{n} activiteiten", n),
        "story": lambda n: counted("{n} verhaal", "{n} verhalen", n),
        "task": lambda n: counted("{n} keuze over maatjes", "{n} keuzes over maatjes", n),
        "followup": lambda n: counted("{n} taak", "{n} taken", n),
        "draft": lambda n: counted("{n} half ingevuld formulier", "{n} half ingevulde formulieren", n),
    }
    return words.get(kind, lambda n: counted("{n} ander bericht", "{n} andere berichten", n))
