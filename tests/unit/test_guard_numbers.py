"""Numbers and names that tell who somebody is."""

import pytest

from app.services.guard import Category, look, replaced
from app.services.guard.numbers import is_bsn

C = Category


def seen(text: str, **how: object) -> list[tuple[Category, str]]:
    """What is seen in a text."""
    return [(f.category, text[f.start : f.end]) for f in look(text, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["123456782", "1234.56.782", "123 456 782", "BSN: 123456789", "bsn 12345678"])
def test_a_bsn_is_seen_by_its_proof_or_by_being_called_one(text: str) -> None:
    """With separators, and mistyped when the text says what it is."""
    assert [category for category, _ in seen(f"Zie {text} op de brief")] == [C.BSN]


def test_the_proof_of_eleven_lets_other_numbers_of_nine_digits_pass() -> None:
    """One in eleven passes by chance; not leading zeros, not other scripts' digits."""
    assert not is_bsn("123456789")
    assert not is_bsn("000123456")
    assert not is_bsn("١٢٣٤٥٦٧٨٢")
    assert seen("Ordernummer 123456789, bedrag 100.000.000") == []


@pytest.mark.parametrize(
    "text",
    ["0612345678", "06-12345678", "06 12 34 56 78", "+31612345678", "+31 (0)6 1234 5678", "0031 6 12345678",
     "073-6123456", "(073) 612 34 56", "0411 67 89 01", "+48 512 345 678"],
)  # fmt: skip
def test_a_telephone_number_is_seen_in_every_way_of_writing_it(text: str) -> None:
    """Mobile, fixed, with the land, with brackets and spaces."""
    assert [category for category, _ in seen(f"Bel {text} dan")] == [C.PHONE]


@pytest.mark.parametrize(
    "text",
    ["Bel 112 of 113.", "Lijn 0800-1205 of 0900-8844.", "Gemeente: 14 073", "088-0767 000", "10:00-12:00 en 14:00-16:30",
     "01-12-2026 10:30", "5211 AB 12", "van 12-01-2027 tot 19-01-2027", "Huisnummer 12-14, 3 hoog", "€ 12,50"],
)  # fmt: skip
def test_public_numbers_times_dates_and_sums_pass(text: str) -> None:
    """Help lines are meant to be passed on."""
    assert seen(text) == []


def test_mail_account_and_date_of_birth_are_seen() -> None:
    """And a day of the visit is not."""
    assert seen("Mail jan.p@voorbeeld.nl.") == [(C.MAIL, "jan.p@voorbeeld.nl")]
    assert seen("NL91ABNA0417164300") == [(C.IBAN, "NL91ABNA0417164300")]
    assert seen("BE68 5390 0754 7034") == [(C.IBAN, "BE68 5390 0754 7034")]
    assert seen("Geboren 12-03-1948.") == [(C.BIRTH, "12-03-1948")]
    assert seen("jarig, 3 mei 1951") == [(C.BIRTH, "3 mei 1951")]
    assert seen("Geboren in de zomer. Sinds 12-03-1998 hier. Feest op 12 september 2026. @thuis") == []


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Je kunt haar bellen op 06-12345678.", "Je kunt haar bellen."),
        ("Bel 06-12345678 na zessen.", "Bel na zessen."),
        ("0612345678 is van haar.", "Is van haar."),
        ("geboren op 3 mei 1951", ""),
    ],
)
def test_a_number_is_left_out_with_the_small_words_before_it(text: str, after: str) -> None:
    """What is left is a sentence."""
    [found] = look(text)
    assert replaced(text, found) == after


@pytest.mark.parametrize(
    "text",
    ["Mevrouw Jansen", "mevrouw jansen", "dhr. Kowalski", "meneer Van den Berg", "fam. de Wit", "Mw. Öztürk",
     "de heer Bouzid", "Mrs Jones", "Ahmed", "ahmed", "Fatima's", "Anja van der Meer", "J. de Vries", "Sjaan",
     "Yusuf en Zeynep", "heet Xandra", "met Vreskelinus"],
)  # fmt: skip
def test_names_are_seen_after_a_title_from_the_list_or_by_a_capital_that_nothing_explains(text: str) -> None:
    """Of every origin, with capitals or without."""
    assert [category for category, _ in seen(f"Gesproken met {text}.".replace("met met", "met"))] == [C.NAME]


@pytest.mark.parametrize(
    "text",
    [
        "Ze komt op Maandag en in Mei, met Kerst is ze weg.",
        "Op de Willem de Zwijgerlaan 40 en de Anna Paulownastraat 3.",
        "Naar het Rode Kruis, de Lidl, Brabant Wonen en het Sint Jan.",
        "Roos in de tuin. Bas speelt hij. Wil graag koffie. Mark my words.",
        "Ze verhuist naar Rosmalen, bij Den Bosch.",
        "De TV en de PC van de BUURT",
        "Sinterklaas komt, en Koningsdag.",
    ],
)
def test_usual_capitals_streets_and_everyday_words_are_no_names(text: str) -> None:
    """Days, months, feasts, places, shops."""
    assert seen(text) == []


def test_stories_are_looked_at_more_strictly_and_known_names_may_stand() -> None:
    """Roos at the start of a sentence; the contact person's own name in a reply; the street of the address."""
    assert seen("Roos bakte taart.") == []
    assert seen("Roos bakte taart.", strict_names=True) == [(C.NAME, "Roos")]
    assert seen("Dank je Fatma!", known=("Fatma",)) == []
    assert seen("Dank je Fatma van Dijk!", known=("Fatma van Dijk",)) == []
    assert seen("Fijn dat Ahmed hielp, Fatma.", known=("Fatma",)) == [(C.NAME, "Ahmed")]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("Gesproken met Ahmed.", "Gesproken met een buurtgenoot."),
        ("Mevrouw Jansen deed open.", "Een buurtgenoot deed open."),
        ("Yusuf en Zeynep bakten.", "Buurtgenoten bakten."),
        ("Hun dochter heet Sanne.", "Hun dochter woont hier."),
        ("Plant bij buurvrouw Fatima gezet.", "Plant bij buurvrouw gezet."),
    ],
)
def test_a_name_becomes_somebody(text: str, after: str) -> None:
    """In the words of the form."""
    [found] = look(text, person_words=("een buurtgenoot", "buurtgenoten"))
    assert replaced(text, found) == after
