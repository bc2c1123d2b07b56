"""The coded answers of a visit in the words of the street."""

from app.services.language import _
from app.services.models import Gift, Outcome, Wish


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
        Wish.HELP_WANTED: _("kan hulp gebruiken"),
        Wish.WANTS_TO_HELP: _("wil zelf helpen"),
    }
