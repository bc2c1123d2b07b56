"""The guard's word lists: each category is seen as people write it, and what only looks like it passes."""

import re
from pathlib import Path

import pytest

from app.services.guard import Category, Finding, look, replaced
from app.services.guard.lists import WORD_FILES, lists, read, sections
from app.services.guard.tokens import fold
from app.services.guard.words import is_slip
from app.web import build

C = Category


def seen(text: str) -> list[tuple[Category, str]]:
    """What is seen in a text."""
    return [(f.category, text[f.start : f.end]) for f in look(text)]


def neutral(text: str) -> str:
    """The text after taking every offer."""
    for _ in range(20):
        findings = look(text)
        if not findings or replaced(text, findings[0]) == text:
            return text
        text = replaced(text, findings[0])
    return text


@pytest.mark.parametrize(
    ("category", "text"),
    [
        (C.HEALTH, "Hij is al weken ziek."),
        (C.HEALTH, "ZIEK, zegt de buurvrouw"),
        (C.HEALTH, "Ze heeft longkanker."),
        (C.HEALTH, "Herstelt van een galblaasoperatie."),
        (C.HEALTH, "Hij heeft suikerzikte."),
        (C.HEALTH, "In de hal staat zijn rolstoel."),
        (C.DIAGNOSIS, "Zij is depressief."),
        (C.DIAGNOSIS, "Zij is depresief."),
        (C.DIAGNOSIS, "een alcoholprobleem"),
        (C.DIAGNOSIS, "is cocaïneverslaafd"),
        (C.DIAGNOSIS, "psychiatrisch patiënt"),
        (C.DIAGNOSIS, "een eetstoornis"),
        (C.DIAGNOSIS, "schizofrenie-achtige dingen"),
        (C.RELIGION, "Het zijn moslims."),
        (C.RELIGION, "gaat elke week naar de moskee"),
        (C.RELIGION, "streng gelovig gezin"),
        (C.ORIGIN, "een Turks gezin"),
        (C.ORIGIN, "de Marokkanen van boven"),
        (C.ORIGIN, "Ze is Oekraïense."),
        (C.ORIGIN, "komt uit Afghanistan"),
        (C.ORIGIN, "geboren in Marokko"),
        (C.ORIGIN, "jonge statushouders"),
        (C.OFFENCE, "heeft een strafblad"),
        (C.OFFENCE, "zit in de gevangenis"),
        (C.OFFENCE, "er was politie aan de deur"),
        (C.SEXUALITY, "hij is homo"),
        (C.SEXUALITY, "een lesbisch stel"),
        (C.POLITICS, "stemt PVV"),
        (C.POLITICS, "lid van de vakbond"),
        (C.POLITICS, "Ze is van de SP."),
    ],
)
def test_each_category_is_seen_inflected_compound_mistyped_or_in_capitals(category: Category, text: str) -> None:
    """As people write it on a phone."""
    assert category in [found for found, _ in seen(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Woont op de Ziekenhuisstraat 4.",
        "Bij het Moskeeplein linksaf, voorbij de Kerkstraat en de Marokkostraat 12.",
        "De kerk organiseert een kerstmarkt.",
        "Paas-ontbijt in het wijkcentrum, met Pinksteren is er niets.",
        "De wijkagent kwam koffie drinken.",
        "De huisarts zit om de hoek, de apotheek ernaast.",
        "Een Turkse pizza van de Griekse bakker en Marokkaanse thee.",
        "Ze spreekt Pools en leert Nederlands.",
        "Op vakantie naar Turkije, terug uit Spanje.",
        "Een rood hek, een zwarte bel en een blauwe deur.",
        "Als ze thuis is, bel dan aan.",
        "De oprichter van het koor zingt en de zanger speelt.",
        "We spelen bingo en dronken thee.",
        "Ze werkt in het ziekenhuis.",
        "Ik geloof dat ze morgen komt.",
        "De coöperatie doet mee met Operatie Steenbreek.",
        "Dat was gek, waanzinnig en crimineel lekker.",
        "denk dat het volgende week lukt, sp of bbb zegt niets",
        "Alcoholvrij bier en homogene soep.",
        "Buitenlandse vakantie geboekt.",
    ],
)
def test_what_only_looks_like_it_passes_in_silence(text: str) -> None:
    """A guard that cries wolf is tapped away."""
    assert seen(text) == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("Mevrouw is ziek.", "Mevrouw kon nu niet."),
        ("Ze zijn ziek.", "Ze konden nu niet."),
        ("Volgens de buurman is hij erg ziek.", "Volgens de buurman kon hij nu niet."),
        ("Ik denk dat hij ziek is.", "Ik denk dat hij nu niet kon."),
        ("Ze is depressief.", "Ze wil graag rust."),
        ("Hij heeft last van zijn longen.", "Hij heeft iets anders aan het hoofd."),
        ("Een Turks gezin.", "Een gezin."),
        ("Poolse jongens.", "Jongens."),
        ("Het zijn moslims.", "Het zijn bewoners."),
        ("Zij komen uit Syrië.", "Zij zijn nieuw in de buurt."),
        ("Oudere heer, slechtziend, houdt van lezen.", "Oudere heer, houdt van lezen."),
        ("Ze gaan zondag naar de kerk.", "Ze gaan zondag weg."),
        ("Hij was moe en depressief.", "Hij was moe."),
        ("She is ill.", "She could not just now."),
    ],
)
def test_the_neutral_wording_reads_as_a_sentence(text: str, offered: str) -> None:
    """One or more people, in whatever order the sentence stands."""
    assert neutral(text) == offered


def test_a_slip_is_one_letter_and_no_more() -> None:
    """More, less, other, swapped; two are another word."""
    assert all(is_slip(typed, "verslaafd") for typed in ("verslafd", "verslaaafd", "verslaafs", "versalafd"))
    assert not is_slip("verlsaadf", "verslaafd")
    assert not is_slip("broertje", "beroerte")


def test_lists_are_written_as_words_are_looked_up() -> None:
    """Lower case, without accents; each file names what was consulted; no word both sensitive and harmless."""
    for name in [*WORD_FILES.values(), "names.txt", "capitals.txt", "grammar.txt"]:
        text = read(name)
        assert text.startswith("# ")
        assert next(x for x in text.splitlines() if not x.startswith("#")).startswith("["), "a word before any heading"
        for kind, _language, _offer, words in sections(text):
            if kind != "shouted":
                assert [w for w in words if fold(w) != w] == [], name
    assert lists().harmless.isdisjoint(lists().exact)


def test_each_name_is_in_one_list() -> None:
    """A name that is an everyday word too must not be in the list for any case as well."""
    found: dict[str, str] = {}
    for kind, _language, _offer, words in sections(read("names.txt")):
        if kind == "any":
            found |= dict.fromkeys(words, kind)
        elif kind != "surname":
            assert [w for w in words if w in found] == [], kind


def test_the_guard_reads_its_lists_only_when_first_asked() -> None:
    """The lock screen does not wait for them: importing the field or the package reads nothing."""
    import subprocess
    import sys

    code = (
        "import sys, app.views.common.guarded_field as f; assert 'app.services.guard' not in sys.modules;"
        "import app.services.guard.lists as l; assert l.lists.cache_info().currsize == 0"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_finding_keeps_places_and_an_offer_and_not_the_words() -> None:
    """What was seen is in the text alone."""
    [found] = look("Zij heeft borderline, geloof ik.")
    assert found.category is C.DIAGNOSIS
    assert "borderline" not in repr(found)
    assert Finding.__slots__ == ("start", "end", "category", "swap_start", "swap_end", "offer")


def test_the_lists_are_packed_with_the_app_and_the_guard_writes_to_no_log() -> None:
    """On the phone they lie where the guard looks for them; its code has no line that could tell what it saw."""
    packed = build._beside(pseudo=False)
    for name in [*WORD_FILES.values(), "names.txt", "capitals.txt", "grammar.txt"]:
        assert packed[f"guard/{name}"].decode() == read(name)
    for path in Path("app/services/guard").glob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"\b(logging|logger|print|open|warnings)\b", source.replace("no log", "")), path
