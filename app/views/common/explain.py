"""Short help in the app: questions as people ask them, answers in a few sentences."""

import flet as ft

from app.services.language import _
from app.views.parts import card, page_body, quiet_button, side_button, text, title
from app.views.screen import Screen

MHFA = "https://mhfa.nl"


def _answers() -> list[tuple[str, list[str]]]:
    """Question, and what to say to it."""
    return [
        (
            _("Wat schrijf ik op?"),
            [
                _("Het adres, de dag, wat je meenam en hoe het ging. En wat iemand graag wil, zoals koffie drinken."),
                _("Alleen als de bewoner het goed vindt. Vraag dat eerst."),
            ],
        ),
        (
            _("Wat schrijf ik niet op?"),
            [
                _(
                    "Geen namen. Niets over ziekte, geloof, afkomst, geld of politie. Niets over hoe iemand zich gedraagt."
                ),
                _("Zou je het de bewoner zelf laten lezen? Dan is het goed."),
            ],
        ),
        (
            _("Wie leest het?"),
            [
                _("Een bezoek: jijzelf, en de coördinator van je team als de bewoner dat goed vindt. Verder niemand."),
                _(
                    "Een ronde: wie meeloopt en de coördinator zien wat er per deur gevonden is, niet door wie. Na de ronde blijven alleen aantallen over."
                ),
                _("Alles is versleuteld. Ook wie de server beheert, kan het niet lezen."),
            ],
        ),
        (
            _("Hoe loop ik een ronde?"),
            [
                _(
                    "Open de ronde, kies een loopje en tik op ‘Ik loop deze’. Bij elke deur één tik; de volgende komt vanzelf."
                ),
                _(
                    "Niemand thuis? De app zegt wanneer je nog eens kunt gaan. Een kruis in het straatbeeld: niet aanbellen."
                ),
                _(
                    "Liever met een lijst? Onder elk loopje staat ‘Op papier’. Geen bereik? Ga door, of wissel uit met QR-codes."
                ),
            ],
        ),
        (
            _("De bewoner bedenkt zich. En nu?"),
            [
                _(
                    "Open het bezoek. Daar kun je veranderen of het bewaard mag worden, en of de coördinator het mag lezen."
                ),
                _("Wil iemand geen contact meer? Dat leg je vast met één tik. Dan belt niemand van ons daar nog aan."),
            ],
        ),
        (
            _("Ik heb geen internet"),
            [
                _(
                    "Ga gewoon door. Alles staat op dit apparaat. Is er weer internet, dan gaat het vanzelf naar je team."
                ),
                _("Bij Instellingen zie je wat er nog niet verstuurd is."),
            ],
        ),
        (
            _("Mijn telefoon is kwijt"),
            [
                _("Bel meteen je coördinator. Die meldt je telefoon af. Je notities zitten op slot achter je pincode."),
                _("Op een nieuwe telefoon krijg je terug wat je met de coördinator deelde."),
            ],
        ),
        (
            _("Ik ben mijn pincode vergeten"),
            [
                _("Niemand kan hem opzoeken. Vraag je coördinator om een nieuwe uitnodiging."),
                _("Wat nog niet verstuurd was, gaat niet verloren: de app stuurt het dan alsnog."),
            ],
        ),
        (
            _("Ik maak me zorgen om iemand"),
            [
                _("Levensgevaar? Bel 112. Andere zorgen? Bel 0800-1205, of praat met je coördinator."),
                _("Schrijf je zorgen niet in de app. Jij bent een buur, geen hulpverlener."),
            ],
        ),
    ]


class ExplainScreen(Screen):
    """Nothing to fill in, nothing to be wrong about."""

    back = "/meer"

    def build(self) -> ft.Control:
        cards = [card(title(question, 2), *(text(line) for line in lines)) for question, lines in _answers()]
        return page_body(
            title(_("Uitleg")),
            side_button(_("Bekijk de rondleiding"), self.go("/rondleiding"), ft.Icons.TOUR_OUTLINED),
            *cards,
            self._mhfa(),
        )

    def _mhfa(self) -> ft.Control:
        return card(
            title(_("Leren omgaan met kwetsbare mensen"), 2),
            text(
                _(
                    "Mental Health First Aid (MHFA) is een soort EHBO voor het omgaan met mensen die psychisch kwetsbaar zijn. Je leert luisteren, iets bespreken en hulp erbij halen."
                )
            ),
            text(_("Er zijn cursussen in heel Nederland. Vraag je coördinator of er een in de buurt is.")),
            quiet_button(_("Open mhfa.nl, buiten de app"), self.safe(self._open_mhfa), ft.Icons.OPEN_IN_NEW),
        )

    async def _open_mhfa(self, e) -> None:
        await ft.UrlLauncher().launch_url(MHFA)
