"""Words: every error has a Dutch sentence, every Dutch text an English one, and days are written as people do."""

import ast
import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from app import VERSION
from app.services import language, wording
from app.web.texts import compiled, pseudo_compiled
from sync.core.errors import BY_CODE, BadInput, StraatError, TrySlower

SOURCES = Path("app")
ENGLISH = Path("assets/locale/en.po")


@pytest.fixture(autouse=True)
def dutch() -> Iterator[None]:
    """Each test starts and leaves the app in Dutch."""
    language.choose(language.DUTCH)
    yield
    language.choose(language.DUTCH)


def _messages() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(
        SOURCES, method_map=[("**.py", "python")], keywords={"_": None, "counted": (1, 2)}, options_map={}
    )
    return {message for _file, _line, message, _comments, _context in found}


def _catalogue() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def _reasons() -> set[tuple[str, str]]:
    """Every BadInput(field, why) that the services raise with plain words."""
    found = set()
    for path in (SOURCES / "services").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BadInput":
                found.add(tuple(ast.literal_eval(a) for a in node.args if isinstance(a, ast.Constant)))
    return {pair for pair in found if len(pair) == 2}


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_every_error_has_a_sentence_of_its_own(code: str) -> None:
    """No error falls back on the general sentence."""
    assert code in wording.covered()
    assert code == "internal" or wording.sentence_of(code) != wording.sentence_of("internal")


def test_no_sentence_is_left_for_an_error_that_is_gone() -> None:
    """The table holds today's errors only."""
    assert wording.covered() == set(BY_CODE)


def test_every_reason_to_refuse_a_form_is_told_at_its_field() -> None:
    """What the services can object to has words of its own."""
    reasons = _reasons()
    assert ("address", "missing") in reasons
    general = wording.sentence_of("bad_input")
    assert [pair for pair in sorted(reasons) if wording.field_text(BadInput(*pair)) == general] == []


def test_an_error_of_a_newer_version_still_gets_a_calm_sentence() -> None:
    """An unknown code says what was kept."""
    assert wording.sentence_of("from_the_future") == wording.sentence_of("internal")
    assert "is er nog" in wording.sentence(StraatError("anything"))


@pytest.mark.parametrize(("millis", "told"), [(1, "1 seconde."), (1000, "1 seconde."), (29_001, "30 seconden.")])
def test_a_wrong_pin_says_how_long_to_wait(millis: int, told: str) -> None:
    """Rounded up, so that the wait is never shorter than told."""
    assert wording.sentence(TrySlower(millis)).endswith(f"Wacht nog {told}")


def test_every_text_has_an_english_translation_and_none_is_left_over() -> None:
    """The English app is whole, and its catalogue holds nothing that is not on any screen."""
    translated = {m.id: m.string for m in _catalogue() if m.id}
    assert set(translated) == _messages()
    for string in translated.values():
        assert all(string) if isinstance(string, tuple) else string


def test_no_translation_is_a_guess_or_left_from_before() -> None:
    """Nothing marked as fuzzy, nothing commented out, and nothing that only repeats the Dutch by mistake."""
    catalogue = _catalogue()
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []
    assert list(catalogue.obsolete) == []
    assert "fuzzy" not in ENGLISH.read_text(encoding="utf-8")


def test_a_count_is_right_for_none_one_and_more() -> None:
    """Every text with a count has both forms in both languages, and the many's form tells how many."""
    plurals = [m for m in _catalogue() if m.id and isinstance(m.id, tuple)]
    assert len(plurals) > 10
    for message in plurals:
        assert len(message.id) == len(message.string) == 2, message.id
        assert all("{n}" in text for text in (message.id[1], message.string[1])), message.id
    for code, none, one, two in [("nl", "0 dagen", "1 dag", "2 dagen"), ("en", "0 days", "1 day", "2 days")]:
        language.choose(code, compiled()["en/LC_MESSAGES/straatcontact.mo"])
        assert [language.counted("{n} dag", "{n} dagen", n) for n in (0, 1, 2)] == [none, one, two]


def test_a_translation_fills_in_the_same_places() -> None:
    """No {name} is lost or invented, or formatting would fail on screen."""
    for message in _catalogue():
        if message.id:
            dutch, english = ([x] if isinstance(x, str) else list(x) for x in (message.id, message.string))
            for one, other in zip(dutch, english, strict=True):
                assert _places(one) == _places(other), one


def _places(text: str) -> set[str]:
    return {part.split("}")[0] for part in text.split("{")[1:]}


def test_the_app_speaks_english_when_asked_and_dutch_again() -> None:
    """Sentences, plurals and days follow the choice."""
    language.choose("en", compiled()["en/LC_MESSAGES/straatcontact.mo"])
    assert wording.sentence_of("not_found") == "This is not here (any more)."
    assert wording.sentence(TrySlower(2000)).endswith("Wait 2 more seconds.")
    assert language.day_text(date(2026, 11, 24), date(2026, 1, 1)) == "Tuesday 24 November"
    assert language.number_text(10_000) == "10,000"
    language.choose("xx")
    assert (language.chosen(), language.number_text(10_000)) == ("nl", "10.000")
    assert language.day_text(date(2026, 11, 24), date(2026, 1, 1)) == "dinsdag 24 november"


def test_a_day_of_another_year_names_the_year() -> None:
    """And no day is no text."""
    assert language.day_text(date(2025, 5, 1), date(2026, 1, 1)) == "donderdag 1 mei 2025"
    assert language.day_text(None) == ""


def test_a_moment_of_today_is_a_time_and_an_older_one_a_day_too() -> None:
    """sinds 14:05, or sinds maandag 23 november 14:05, on the device's own clock."""
    now = datetime(2026, 11, 24, 15, 0).timestamp() * 1000
    today, before = datetime(2026, 11, 24, 14, 5), datetime(2026, 11, 23, 14, 5)
    assert language.moment_text(int(today.timestamp() * 1000), int(now)) == "14:05"
    assert language.moment_text(int(before.timestamp() * 1000), int(now)) == "maandag 23 november 14:05"


@pytest.mark.parametrize("code", ["nl", "en"])
def test_days_and_numbers_are_those_of_the_standard(code: str) -> None:
    """Held against Unicode's own tables (through Babel) for every day of four years, and numbers of all sizes."""
    language.choose(code, compiled()["en/LC_MESSAGES/straatcontact.mo"])
    form = {"nl": "EEEE d MMMM y", "en": "EEEE d MMMM y"}[code]
    for ordinal in range(date(2024, 1, 1).toordinal(), date(2028, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        assert language.day_text(day) == format_date(day, form, locale={"nl": "nl", "en": "en_GB"}[code])
    for number in (0, 1, 12, 999, 1_000, 9_999, 10_000, 123_456, 1_234_567, -1_000):
        assert language.number_text(number) == format_decimal(number, locale={"nl": "nl", "en": "en_GB"}[code])


def test_the_testers_language_is_longer_mirrored_complete_and_offered_to_nobody() -> None:
    """Every text of it is new and 40 % longer with the same places filled in; without its catalogue it is Dutch."""
    language.choose(language.PSEUDO)
    assert (language.chosen(), language.right_to_left()) == ("nl", False)
    assert language.PSEUDO not in language.LANGUAGES
    assert not [name for name in compiled() if name.startswith(language.PSEUDO)]
    language.choose(language.PSEUDO, pseudo_compiled()[f"{language.PSEUDO}/LC_MESSAGES/straatcontact.mo"])
    assert (language.chosen(), language.right_to_left()) == (language.PSEUDO, True)
    for message in filter(lambda m: isinstance(m, str), _messages()):
        said = language._(message)
        assert said != message or not re.search("[aeiouy]", message), message
        assert len(said) >= round(1.4 * len(message)) - 1
        assert _places(said) == _places(message)
    assert language.counted("{n} dag", "{n} dagen", 2).startswith("2 dágéñ")


def test_the_version_on_screen_is_the_project_s() -> None:
    """Settings tell the truth."""
    assert f'version = "{VERSION}"' in Path("pyproject.toml").read_text(encoding="utf-8")
