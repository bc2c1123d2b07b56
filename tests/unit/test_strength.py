"""Strength advice: low and honest, in words that somebody can act on."""

import pytest

from app.services.strength import GUESSES_A_SECOND, advice, estimate, guesses, time_text

MINUTE, DAY, YEAR = 60, 86_400, 365 * 86_400


@pytest.mark.parametrize(
    ("secret", "kind"),
    [
        ("274915", "weak"),
        ("27491508", "weak"),
        ("19630412", "weak"),
        ("een lange zin", "fair"),
        ("welkom2026", "weak"),
        ("fiets kaars tulp", "fair"),
        ("fiets kaars tulp regen", "strong"),
        ("fiets fiets fiets fiets", "weak"),
        ("27491508364209", "strong"),
    ],
)
def test_what_people_choose_is_weighed_as_a_guesser_would(secret: str, kind: str) -> None:
    """Days, years, common words and repeats count for little; four different words or fourteen digits hold."""
    assert estimate(secret).kind == kind


def test_six_digits_last_half_a_minute_on_one_rented_computer() -> None:
    """A million guesses, half of them needed: the figure of the threat model."""
    assert guesses("274915") == 10**6
    assert estimate("274915").seconds == pytest.approx(10**6 / 2 / GUESSES_A_SECOND)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (5, "minder dan een minuut"),
        (MINUTE, "1 minuut"),
        (150, "2 minuten"),
        (DAY, "1 dag"),
        (40 * DAY, "40 dagen"),
        (40 * YEAR, "40 jaar"),
        (1e6 * YEAR, "duizenden jaren"),
    ],
)
def test_times_are_told_in_words(seconds: float, words: str) -> None:
    """No powers, no units that nobody uses."""
    assert time_text(seconds) == words


def test_nothing_is_said_before_there_is_anything_to_say() -> None:
    """Three characters are no secret yet; from then on there is always a next step."""
    assert advice("274") == ""
    assert "Vier losse woorden" in advice("274915")
    assert "Dat is sterk" in advice("fiets kaars tulp regen")
