"""How long a secret holds against someone with the whole device copied and a rented computer. An honest, low guess.

Digits count as digits, words as picked from a short list: people choose common ones. Figures and sources:
docs/threat-model.md, "Guessing the secret".
"""

import re
from dataclasses import dataclass

from app.services.language import _, counted

GUESSES_A_SECOND = 15_000  # one GPU of 2022 at 600,000 rounds of PBKDF2-HMAC-SHA256
_WORD = 2_000  # a word counts as one out of so many common ones
_LETTER = 26
_MARK = 12  # punctuation and capitals: where people put them is no surprise
_YEAR = 130
_DAY = 366 * _YEAR
_KNOWN_LETTERS = 3  # below this many letters it is no word
_MINUTE, _HOUR, _DAYS, _YEARS = 60, 3_600, 86_400, 365 * 86_400
_LONGEST = 10_000 * _YEARS
WEAK_SECONDS, STRONG_SECONDS = _DAYS, 10 * _YEARS


@dataclass(frozen=True, slots=True)
class Strength:
    """Seconds until it is found on average, and so its kind: "weak", "fair" or "strong"."""

    seconds: float

    @property
    def kind(self) -> str:
        """Below a day weak, from ten years on strong."""
        return "weak" if self.seconds < WEAK_SECONDS else "strong" if self.seconds >= STRONG_SECONDS else "fair"


def guesses(secret: str) -> int:
    """How many secrets are tried before this one, at worst."""
    total, seen = 1, set()
    for part in re.findall(r"\d+|[^\W\d_]+|.", secret):
        known = part.lower()
        if known in seen:
            continue  # said twice is hardly harder
        seen.add(known)
        total *= _part(part)
    return max(total, 1)


def _part(part: str) -> int:
    if part.isdigit():
        if len(part) == 8 and _looks_like_a_day(part):
            return _DAY
        if len(part) == 4 and part[:2] in ("19", "20"):
            return _YEAR
        return int(10 ** len(part))
    if part.isalpha():
        return int(min(_LETTER ** len(part), _WORD)) if len(part) >= _KNOWN_LETTERS else int(_LETTER ** len(part))
    return 2 if part == " " else _MARK


def _looks_like_a_day(digits: str) -> bool:
    return (1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12 and digits[4:6] in ("19", "20")) or (
        digits[:2] in ("19", "20") and 1 <= int(digits[4:6]) <= 12 and 1 <= int(digits[6:]) <= 31
    )


def estimate(secret: str) -> Strength:
    """On average half of the guesses are needed."""
    return Strength(guesses(secret) / 2 / GUESSES_A_SECOND)


def time_text(seconds: float) -> str:
    """About how long, in words."""
    if seconds < _MINUTE:
        return _("minder dan een minuut")
    if seconds >= _LONGEST:
        return _("duizenden jaren")
    if seconds < _HOUR:
        return counted("{n} minuut", "{n} minuten", round(seconds / _MINUTE))
    if seconds < _DAYS:
        return counted("{n} uur", "{n} uur", round(seconds / _HOUR))
    if seconds < _YEARS:
        return counted("{n} dag", "{n} dagen", round(seconds / _DAYS))
    return counted("{n} jaar", "{n} jaar", round(seconds / _YEARS))


def advice(secret: str) -> str:
    """What to say while somebody types a new secret; "" before there is anything to say."""
    if len(secret) < 4:
        return ""
    found = estimate(secret)
    time = _(
        "Wie dit toestel in handen krijgt en een snelle computer huurt, raadt dit, naar schatting, in {time}."
    ).format(time=time_text(found.seconds))
    more = {
        "weak": _("Vier losse woorden zijn veel sterker."),
        "fair": _("Nog een woord erbij maakt het sterk."),
        "strong": _("Dat is sterk."),
    }[found.kind]
    return f"{time} {more}"
