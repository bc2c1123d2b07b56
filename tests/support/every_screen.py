"""Every screen of the app, in one table: what the browser test walks over and what `make screenshots` shows.

A screen that is added to app/views/routes.py is added here too; a test holds us to it. What stands in braces is a
record of the made-up team (tests/support/made_up.py).
"""

from dataclasses import dataclass
from enum import Enum


class Who(Enum):
    """Who sees a screen."""

    EVERYONE = "everyone"  # whoever is in
    CONTACT = "contact"
    COORDINATOR = "coordinator"
    NOBODY_YET = "new"  # a device on which nobody is in
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class Stop:
    """One screen: its file name in docs/screenshots, its route, what must be read on it (Dutch), and who sees it."""

    name: str
    route: str
    sees: str
    who: Who = Who.EVERYONE

    @property
    def first(self) -> str:
        """The word by which routes.py knows it."""
        return self.route.strip("/").partition("/")[0]


BEFORE = [
    Stop("welkom", "/", "Welkom bij Straatcontact", Who.NOBODY_YET),
    Stop("uitgenodigd", "/uitnodiging/{invitation}", "Fijn dat je meedoet", Who.NOBODY_YET),
]
INSIDE = [
    Stop("vandaag", "/vandaag", "Nieuw bezoek"),
    Stop("nieuw", "/nieuw", "Nieuw bezoek"),
    Stop("nieuw-op-adres", "/nieuw/{welcome}", "Nieuw bezoek"),
    Stop("wijzig", "/wijzig/{visit}", "Bezoek aanpassen"),
    Stop("terug", "/terug/{visit}", "Nieuw bezoek"),
    Stop("bezoek", "/bezoek/{visit}", "Kwam uit Oss"),
    Stop("bezoeken", "/bezoeken", "Wilgenstraat 7"),
    Stop("adres", "/adres/{address}", "Krokussenhof"),
    Stop("nieuw-adres", "/nieuw-adres", "Nieuw adres doorgeven"),
    Stop("adreslijst", "/adreslijst", "Een lijst met adressen"),
    Stop("geen-contact", "/geen-contact", "Rozenlaan 9"),
    Stop("zoeken", "/zoeken", "Zoeken"),
    Stop("buurt", "/buurt", "Wijkplein De Helftheuvel"),
    Stop("activiteit", "/activiteit/{activity}", "Wijkplein De Helftheuvel"),
    Stop("nieuwe-activiteit", "/nieuwe-activiteit", "Wat doen jullie?"),
    Stop("wijzig-activiteit", "/wijzig-activiteit/{activity}", "Wat doen jullie?"),
    Stop("hoe-was-het", "/hoe-was-het/{held}", "Hoe was het?"),
    Stop("verhaal", "/verhaal/{story}", "De bank voor de flat"),
    Stop("verhalen", "/verhalen", "Verhalen uit de buurt"),
    Stop("nieuw-verhaal", "/nieuw-verhaal", "Nieuw verhaal"),
    Stop("wijzig-verhaal", "/wijzig-verhaal/{story}", "Verhaal aanpassen"),
    Stop("hulplijnen", "/hulplijnen", "Hulplijnen"),
    Stop("zorgen", "/zorgen", "Maak je je zorgen om iemand?"),
    Stop("aanvraag", "/aanvraag/{request}", "Een aanvraag voor een welkomst"),
    Stop("meer", "/meer", "Van jou"),
    Stop("rondleiding", "/rondleiding", "Komt er iemand nieuw in de straat wonen?"),
    Stop("uitleg", "/uitleg", "Uitleg"),
    Stop("kaart", "/kaart", "Welkomstkaart"),
    Stop("begeleider", "/begeleider", "Begeleiders"),
    Stop("idee", "/idee", "Een idee voor de buurt"),
    Stop("mijn-gegevens", "/mijn-gegevens", "Mijn gegevens"),
    Stop("stoppen", "/stoppen", "Stoppen"),
    Stop("instellingen", "/instellingen", "Taal"),
    Stop("apparaat", "/apparaat", "Nog een apparaat van mij"),
    Stop("bewaren", "/bewaren", "Hoelang bewaren we?"),
    Stop("slot", "/slot", "Snel verbergen"),
    Stop("pincode", "/pincode", "Onthoud dit goed"),
    Stop("wissen", "/wissen", "Wis dit apparaat"),
    Stop("rondes", "/rondes", "Collecte najaar"),
    Stop("ronde", "/ronde/{round}", "Collecte najaar"),
    Stop("loop", "/loop/{walk}", "Gesproken"),
    Stop("straat", "/straat/{walk}", "Tulpstraat"),
    Stop("ruil", "/ruil/{round}", "Uitwisselen zonder internet"),
    Stop("papier", "/papier/{walk}", "Print de lijst"),
    Stop("aanbod", "/aanbod", "Wens en aanbod"),
]
DESK = [
    Stop("bureau", "/bureau", "Team", Who.COORDINATOR),
    Stop("beoordelen", "/", "Beoordelen", Who.COORDINATOR),
    Stop("opvolgen", "/opvolgen", "Opvolgen", Who.COORDINATOR),
    Stop("opvolg", "/opvolg/{followup}", "Breng een folder", Who.COORDINATOR),
    Stop("beoordeel", "/beoordeel/{theirs}", "Gezien", Who.COORDINATOR),
    Stop("mensen", "/mensen", "Fatma", Who.COORDINATOR),
    Stop("mens", "/mens/{member}", "Fatma", Who.COORDINATOR),
    Stop("bevestig", "/bevestig/{new_coordinator}", "Anneke", Who.COORDINATOR),
    Stop("welkomst", "/welkom", "Nieuwe adressen", Who.COORDINATOR),
    Stop("wensen", "/wensen/{team}", "Wensen in", Who.COORDINATOR),
    Stop("meenemen", "/meenemen", "Alles van de organisatie", Who.COORDINATOR),
    Stop("redactie", "/redactie", "Samen soep", Who.COORDINATOR),
    Stop("nakijken", "/nakijken/{offered}", "Kijk het na", Who.COORDINATOR),
    Stop("hulplijnen-redactie", "/hulplijnen-redactie", "Hulplijnen beheren", Who.COORDINATOR),
    Stop("hulplijn", "/hulplijn", "Nieuwe hulplijn", Who.COORDINATOR),
    Stop("maatjes", "/maatjes", "Maatjes", Who.COORDINATOR),
    Stop("ronde-bureau", "/ronde/{round}", "Loopjes", Who.COORDINATOR),
    Stop("ronde-gesloten", "/ronde/{ended}", "Aantallen", Who.COORDINATOR),
    Stop("nieuwe-ronde", "/nieuwe-ronde", "Waar is de ronde voor?", Who.COORDINATOR),
    Stop("straten", "/straten", "Straten", Who.COORDINATOR),
    Stop("adressen-inlezen", "/straten/import", "Adressen inlezen", Who.COORDINATOR),
    Stop("gebieden", "/gebieden", "Gebieden", Who.COORDINATOR),
    Stop("gebied-straten", "/gebied-straten/{team}", "Straten in", Who.COORDINATOR),
    Stop("wie-waar", "/wie-waar", "Wie waar werkt", Who.COORDINATOR),
    Stop("nieuw-aanbod", "/nieuw-aanbod", "Welke wens beantwoordt dit?", Who.COORDINATOR),
    Stop("wijzig-aanbod", "/wijzig-aanbod/{offer}", "Aanbod aanpassen", Who.COORDINATOR),
    Stop("herstelblad", "/herstelblad", "Herstelblad", Who.COORDINATOR),
    Stop("recht", "/recht", "Recht van bewoners", Who.COORDINATOR),
    Stop("recht-vraag", "/recht/{asked_law}", "Zoek alles over dit adres", Who.COORDINATOR),
    Stop("gewist", "/gewist", "Wat is gewist", Who.COORDINATOR),
    Stop("bewaartermijnen", "/bewaartermijnen", "Dat er een bezoek was", Who.COORDINATOR),
    Stop("logboek", "/logboek", "Logboek", Who.COORDINATOR),
    Stop("kwijt", "/kwijt/{new_coordinator}", "Voor de Autoriteit Persoonsgegevens", Who.COORDINATOR),
    Stop("rapport", "/rapport", "Hoe het ging", Who.COORDINATOR),
    Stop("publicaties", "/publicaties", "Publicaties", Who.COORDINATOR),
    Stop("publicatie", "/publicatie/{publication}", "Kwartaalverslag straatcontact", Who.COORDINATOR),
    Stop("quarantaine", "/quarantaine", "Van afgemelde apparaten", Who.COORDINATOR),
]
LOCKED = [
    Stop("slot-dicht", "/", "Je notities zijn vergrendeld", Who.LOCKED),
    Stop("vergeten", "/vergeten", "Pincode vergeten", Who.LOCKED),
    Stop("wissen-dicht", "/wissen", "Wis dit apparaat", Who.LOCKED),
]
EVERY = [*BEFORE, *INSIDE, *DESK, *LOCKED]
