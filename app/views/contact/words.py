"""The coded answers of a visit in the words of the street."""

from datetime import date

from app.services.due import Due, Reason
from app.services.language import _, counted, day_text
from app.services.models import DayPart, Gift, Outcome, Topic, Wish


def gifts() -> dict[Gift, str]:
    """What was brought."""
    return {
        Gift.PLANT: _("plantje"),
        Gift.CAKE: _("taart"),
        Gift.OTHER: _("iets anders"),
        Gift.NONE: _("niets"),
    }


def outcomes() -> dict[Outcome, str]:
    """How it went."""
    return {
        Outcome.MET: _("kennisgemaakt"),
        Outcome.NOT_HOME: _("niet thuis"),
        Outcome.LATER: _("later terugkomen"),
        Outcome.NO_CONTACT: _("wil geen contact"),
        Outcome.MOVED: _("verhuisd of leeg"),
    }


def wishes() -> dict[Wish, str]:
    """What a resident would like."""
    return {
        Wish.COFFEE: _("koffie drinken"),
        Wish.EATING: _("samen eten"),
        Wish.REPAIR: _("repair café"),
        Wish.GARDEN: _("moestuin"),
        Wish.LANGUAGE: _("Nederlands oefenen"),
        Wish.HELP_WANTED: _("kan hulp gebruiken"),
        Wish.WANTS_TO_HELP: _("wil zelf helpen"),
    }


def parts() -> dict[DayPart, str]:
    """When on the day."""
    return {
        DayPart.MORNING: _("in de ochtend"),
        DayPart.AFTERNOON: _("in de middag"),
        DayPart.EVENING: _("in de avond"),
    }


def reason_text(d: Due, today: date) -> str:
    """Why a door is due: "3 weken geleden: later terugkomen"."""
    ago = ago_text(d.since, today)
    if d.reason is Reason.NEW:
        words = _("Nieuw adres, bekend sinds {day}.").format(day=day_text(d.since, today))
    elif d.reason is Reason.PLANNED:
        words = _("Gepland op {day}.").format(day=day_text(d.on, today))
    elif d.reason is Reason.COME_BACK:
        words = _("{ago}: kennisgemaakt, je komt nog eens terug.").format(ago=ago)
    elif d.reason is Reason.LATER:
        words = _("{ago}: later terugkomen.").format(ago=ago)
    elif d.asked is not None:
        words = _("{ago}: niet thuis, {part}.").format(ago=ago, part=parts()[d.asked])
    else:
        words = _("{ago}: niet thuis.").format(ago=ago)
    if d.part is not None:
        words += " " + _("Probeer het nu eens {part}.").format(part=parts()[d.part])
    if d.on > today:
        words += " " + _("Vanaf {day}.").format(day=day_text(d.on, today))
    return words


def ago_text(day: date, today: date) -> str:
    """Vandaag, gisteren, 4 dagen geleden, 3 weken geleden."""
    days = (today - day).days
    if days <= 0:
        return _("Vandaag")
    if days == 1:
        return _("Gisteren")
    if days < 14:
        return counted("{n} dag geleden", "{n} dagen geleden", days)
    if days < 60:
        return counted("{n} week geleden", "{n} weken geleden", days // 7)
    return counted("{n} maand geleden", "{n} maanden geleden", days // 30)


def topics() -> dict[Topic, str]:
    """With what someone can use help, or helps."""
    return {
        Topic.JOBS: _("klusjes"),
        Topic.DIGITAL: _("telefoon of computer"),
        Topic.SHOPPING: _("boodschappen"),
        Topic.FORMS: _("formulieren"),
        Topic.COMPANY: _("gezelschap"),
    }


def wish_text(code: str) -> str:
    """A wish in words: one of ours, one with what it is about, or one that an area has added, as it stands."""
    wish, _colon, topic = code.partition(":")
    known = {str(w): words for w, words in wishes().items()}.get(wish)
    about = {str(t): words for t, words in topics().items()}.get(topic)
    if known is None:
        return topic if wish == "own" else code
    return f"{known}: {about}" if about else known
