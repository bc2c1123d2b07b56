"""What the made-up organisation is made of: streets, buurten, first names of its own people, and short notes.

Nothing here exists. The gemeente has a code that CBS gives to nobody (GM9999), so that no real street is told about.
No note names anybody, as in the app.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.services.models import AreaCode, Topic, Wish

YEAR = "2026"  # of the made-up division
GEMEENTE = AreaCode("gemeente", "GM9999", YEAR, "Voorbeeldstad")


@dataclass(frozen=True, slots=True)
class Buurt:
    """A buurt, its streets (name, highest number) and the wishes that are heard most there."""

    code: AreaCode
    streets: tuple[tuple[str, int], ...]
    likes: tuple[str, ...]
    complex: AreaCode | None = None  # one of its streets is a block: the last one


@dataclass(frozen=True, slots=True)
class Wijk:
    """A wijk with its buurten: where one team works."""

    code: AreaCode
    buurten: tuple[Buurt, ...]


def _wijk(number: int, name: str, *buurten: tuple[str, str, tuple[str, ...], str]) -> Wijk:
    made = []
    for n, (called, streets, likes, block) in enumerate(buurten, 1):
        code = AreaCode("buurt", f"BU9999{number:02}{n:02}", YEAR, called)
        found = tuple((s.rsplit(" ", 1)[0].strip(), int(s.rsplit(" ", 1)[1])) for s in streets.split(","))
        there = AreaCode("complex", f"C{number:02}{n:02}", YEAR, block) if block else None
        made.append(Buurt(code, found, likes, there))
    return Wijk(AreaCode("wijk", f"WK9999{number:02}", YEAR, name), tuple(made))


C, E, R, G, L, H, W = (w.value for w in Wish)
WIJKEN: tuple[Wijk, ...] = (
    _wijk(
        1,
        "De Akkers",
        ("Korenakker", "Korenaar 84, Haverveld 62, Gerstehof 48, Roggestraat 96, Boekweitlaan 40", (C, E, G), ""),
        ("Weidebuurt", "Klaverweide 72, Boterbloem 58, Pinksterbloem 66, Madelief 44, Zuring 36", (C, L), ""),
        ("De Torens", "Noordtoren 120, Zuidtoren 120, Kleine Toren 60", (H, C, E), "Torenflats"),
    ),
    _wijk(
        2,
        "Waterrijk",
        ("Sluiskwartier", "Sluiskade 90, Schutsluis 42, Sluiswachter 56, Bolderstraat 64", (R, C), ""),
        ("De Steigers", "Aanlegsteiger 52, Loopplank 38, Scheepswerf 74, Ankerplein 30, Kombuis 46", (L, H, C), ""),
        ("Rietvelden", "Rietvink 68, Karekiet 60, Waterhoen 54, Lisdodde 48", (G, C), "Rietveldhof"),
    ),
    _wijk(
        3,
        "Hogenkamp",
        ("Kampstraten", "Lange Kamp 110, Korte Kamp 40, Kamperpad 58, Hogenkampseweg 130", (E, H), ""),
        ("Ambachtsbuurt", "Smidse 44, Wagenmaker 50, Mandenvlechter 36, Leerlooier 42, Kuiperij 38", (R, W, C), ""),
        ("Hof van Kamp", "Voorhof 66, Achterhof 66, Binnenhof 28", (C, E, L), "Hof van Kamp"),
    ),
)

COORDINATORS = ("Joke", "Karim")
COLLECTOR = "Annika"
CONTACTS = (
    "Fatma", "Henk", "Annie", "Mo", "Truus", "Wim", "Samira", "Gerrit", "Leyla", "Ans", "Youssef", "Riet",
    "Piet", "Nadia", "Toon", "Els", "Dilan", "Cor", "Ingrid", "Said", "Bep", "Johan", "Zeynep", "Miep",
)  # fmt: skip

BEGUN: Sequence[str] = (
    "Net verhuisd uit een andere stad.",
    "Woont er sinds twee weken.",
    "Nog tussen de dozen, maar we mochten binnenkomen.",
    "Gezin met jonge kinderen.",
    "Woonde hier als kind en is nu terug.",
    "Stel zonder kinderen, allebei veel aan het werk.",
    "Komt van een kleine kamer en is heel blij met de ruimte.",
    "Rustig gesprek aan de deur.",
    "Samen thee gedronken aan de keukentafel.",
    "Hond kwam eerst, daarna het praatje.",
    "Had ons al met de plantjes zien lopen.",
    "Spreekt nog weinig Nederlands; met handen en voeten kwam het goed.",
)
HEARD: Mapping[str, Sequence[str]] = {
    C: ("Wil graag een keer komen koffiedrinken.", "Vroeg waar de koffieochtend is.", "Kent nog niemand in de straat."),
    E: ("Eet graag een keer mee op woensdag.", "Kookt zelf ook graag voor een groep.", "Vroeg naar samen eten."),
    R: ("Heeft een broodrooster voor het repair café.", "Zoekt iemand die naar de fiets kan kijken."),
    G: ("Zoekt een plek in de moestuin.", "Heeft stekjes over.", "Wil helpen met de bakken voor de deur."),
    L: ("Oefent graag Nederlands.", "Vroeg naar het taalcafé.", "Zoekt iemand om mee te praten."),
    H: ("Kan wat hulp gebruiken.", "Vroeg wie er wel eens kan helpen.", "Weet de weg nog niet met formulieren."),
    W: ("Wil zelf iets doen voor de buurt.", "Kan goed klussen en helpt graag.", "Heeft tijd op donderdag."),
}
ENDED: Sequence[str] = (
    "", "", "", "Blij met het bezoek.", "We mogen nog eens langskomen.", "Zwaait nu al naar ons.",
    "Kaartje achtergelaten.", "Plantje staat voor het raam.", "Fijne buurt, zei men.", "Mooi moment.",
)  # fmt: skip
LATER: Sequence[str] = (
    "Was nog aan het uitpakken; liever over een paar weken.",
    "Stond net op het punt om weg te gaan.",
    "Had bezoek. We mogen terugkomen.",
    "Moest zo werken, vroeg of we op een zaterdag willen komen.",
)
TOPICS = tuple(t.value for t in Topic)
QUESTIONS = (
    "Weet je nog of ze het adres van de huiskamer kregen?",
    "Zal ik de klusploeg vragen, of doe jij dat?",
    "Mag ik de moestuin laten bellen?",
)
ANSWERS = ("Ja, ik heb het opgeschreven.", "Vraag jij het maar, ik heb nu weinig tijd.", "Ja, dat wil men graag.")
THANKS = (
    "", "", "", "", "", "Wat mooi, dank je wel!", "Fijn dat je er was.", "Dank je. Goed dat je terug gaat.",
    "Wat een warm welkom.", "Dank je wel voor het opschrijven.",
)  # fmt: skip
FOLLOWUPS = (
    "Nog eens langsgaan met de folder van het taalcafé.",
    "Vragen of de klus gelukt is.",
    "Meenemen naar de koffie.",
)
PLACES = ("Huiskamer De Akker", "Buurthuis Het Anker", "De Smidse", "Wijkplein Hogenkamp")
HOW = (
    "Gezellig, er kwamen ook nieuwe mensen.",
    "Rustig door de regen, maar fijn.",
    "Veel gelachen. Volgende keer meer stoelen.",
    "De taart was in een kwartier op.",
    "Twee mensen boden aan om te helpen.",
)
STORIES: Sequence[tuple[str, str]] = (
    ("De bank voor de deur", "Sinds de zomer staat er een bank voor de flat. Eerst zat er één iemand, nu drinken we er elke donderdag koffie."),
    ("Soep voor de hele gang", "Er was soep over. Nu kookt elke maand een andere deur voor de hele gang."),
    ("Een fiets op maat", "In het repair café is een oude fiets weer rijdend gemaakt. Nu kan iemand naar de taalles."),
    ("De tuin van iedereen", "De bakken bij de ingang waren leeg. Nu groeien er kruiden en bonen, en wie wil die plukt."),
    ("Voor het eerst meegegeten", "Na maanden achter de voordeur kwam iemand mee-eten. En daarna weer."),
    ("Samen naar de markt", "Twee buren die elkaar niet kenden gaan nu samen naar de markt, elke woensdag."),
)  # fmt: skip
OFFERS: Sequence[tuple[str, str, str]] = (
    (C, "Koffieochtend", "dinsdag van 10 tot 12 uur"),
    (E, "Samen eten", "woensdag om 18 uur"),
    (R, "Repair café", "eerste zaterdag van de maand"),
    (G, "Moestuin", "elke dag open"),
    (L, "Taalcafé", "donderdag om 14 uur"),
    (H, "Klusploeg", "op afspraak"),
)
