"""Dutch first: the source text is Dutch, English comes from assets/locale/en.po through gettext.

Dates are written by our own few lines, so that no library of megabytes has to travel to the phone.
"""

import gettext as _gettext
import io
from datetime import date, datetime
from importlib import resources

DUTCH, ENGLISH = "nl", "en"
LANGUAGES = {DUTCH: "Nederlands", ENGLISH: "English"}  # what a person can choose
PSEUDO = "qps"  # longer, accented and from right to left: for tests, and for a build made with --pseudo
_DAYS = {
    DUTCH: ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"),
    ENGLISH: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = {
    DUTCH: [
        "januari",
        "februari",
        "maart",
        "april",
        "mei",
        "juni",
        "juli",
        "augustus",
        "september",
        "oktober",
        "november",
        "december",
    ],
    ENGLISH: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}


class _Language:
    """The language on screen: one for the whole app, as a person has one pair of eyes."""

    def __init__(self) -> None:
        self.code = DUTCH
        self.texts: _gettext.NullTranslations = _gettext.NullTranslations()


_now = _Language()


def choose(code: str, mo: bytes | None = None) -> None:
    """Speak this language from now on; a code that is not known here means Dutch.

    `mo` is a compiled catalogue to use instead of the one that the build put beside this code. Without either
    the source text, which is Dutch, stands.
    """
    _now.code = code if code in (ENGLISH, PSEUDO) else DUTCH
    if _now.code == DUTCH:
        _now.texts = _gettext.NullTranslations()
    elif mo is not None:
        _now.texts = _gettext.GNUTranslations(io.BytesIO(mo))
    else:
        folder = resources.files("app").joinpath("locale")
        _now.texts = _gettext.translation("straatcontact", str(folder), [code], fallback=True)
        if code == PSEUDO and not isinstance(_now.texts, _gettext.GNUTranslations):
            _now.code = DUTCH  # only a build for testers carries it


def chosen() -> str:
    """The code of the language on screen."""
    return _now.code


def _names() -> str:
    """Whose names of days and months are used."""
    return _now.code if _now.code in LANGUAGES else DUTCH


def right_to_left() -> bool:
    """Whether the language on screen is read from right to left. None that is offered now is."""
    return _now.code == PSEUDO


def _(text: str) -> str:
    """The text in the language on screen."""
    return _now.texts.gettext(text)


def counted(one: str, many: str, count: int) -> str:
    """One or many, with {n} filled in."""
    return _now.texts.ngettext(one, many, count).format(n=count)


def number_text(number: int) -> str:
    """10.000 in Dutch, 10,000 in English."""
    text = f"{number:,}"
    return text if _names() == ENGLISH else text.replace(",", ".")


def day_text(day: date | None, today: date | None = None) -> str:
    """dinsdag 24 november, with the year when it is another than today's."""
    if day is None:
        return ""
    text = f"{_DAYS[_names()][day.weekday()]} {day.day} {_MONTHS[_names()][day.month - 1]}"
    return text if today is not None and today.year == day.year else f"{text} {day.year}"


def moment_text(millis: int, now_millis: int) -> str:
    """14:05 today, else the day and time."""
    then, now = datetime.fromtimestamp(millis / 1000), datetime.fromtimestamp(now_millis / 1000)
    clock = f"{then.hour:02}:{then.minute:02}"
    return clock if then.date() == now.date() else f"{day_text(then.date(), now.date())} {clock}"
