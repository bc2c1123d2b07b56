"""The tour for whoever is new: four screens, to skip at any moment, and to see again."""

import flet as ft

from app.services.language import _
from app.services.models import Role
from app.services.tour import SCREENS
from app.views.parts import Colors, main_button, page_body, quiet_button, text, title
from app.views.screen import Screen

Page = tuple[ft.IconData, str, list[str]]


def _pages(role: Role) -> list[Page]:
    """As many for everyone; whoever only walks rounds is told of rounds."""
    welcome = _welcoming(role is Role.COORDINATOR)
    return [*(_walking() if role is Role.COLLECTOR else welcome), *_everyone()]


def _walking() -> list[Page]:
    return [
        (
            ft.Icons.DIRECTIONS_WALK,
            _("Langs alle deuren"),
            [
                _("Je loopt een ronde, samen met anderen. Bij elke deur één tik, en de volgende deur komt vanzelf."),
                _("Niemand hoeft iets. Wil iemand geen contact? Leg dat vast, dan belt niemand van ons daar nog aan."),
            ],
        ),
        (
            ft.Icons.QUESTION_ANSWER_OUTLINED,
            _("Over deuren, niet over mensen"),
            [
                _(
                    "Je noteert of je iemand sprak, en wat iemand graag wil. Nooit een naam, nooit wat iemand heeft of doet."
                ),
                _("Wie meeloopt en de coördinator zien wat er per deur gevonden is, niet door wie."),
                _("Is de ronde klaar? Dan blijven alleen aantallen over."),
            ],
        ),
    ]


def _welcoming(coordinates: bool) -> list[Page]:
    first = _("Je leest wat bewoners met je willen delen, en je bedankt de contactpersoon die langs ging.")
    rounds = _("Soms gaan we samen een ronde langs alle deuren. Die vind je dan bij Vandaag of bij Rondes.")
    return [
        (
            ft.Icons.LOCAL_FLORIST_OUTLINED,
            _("Iedereen is welkom"),
            [
                _("Komt er iemand nieuw in de straat wonen? Dan gaan we langs met een plantje of een taart."),
                _("Elk nieuw adres krijgt dezelfde welkomst. Wil iemand geen contact? Ook goed, dan stopt het."),
                first if coordinates else rounds,
            ],
        ),
        (
            ft.Icons.QUESTION_ANSWER_OUTLINED,
            _("Eerst vragen, dan noteren"),
            [
                _("Vraag de bewoner: mag ik dit opschrijven? En mag de coördinator het lezen?"),
                _(
                    "Bij nee schrijf je niets op. Schrijf nooit op hoe iemand heet, wat iemand heeft of wat iemand doet."
                ),
            ],
        ),
    ]


def _everyone() -> list[Page]:
    return [
        (
            ft.Icons.CLOUD_OFF_OUTLINED,
            _("Werkt ook zonder internet"),
            [
                _(
                    "Wat je opslaat, staat meteen op dit apparaat, op slot. Is er internet, dan gaat het vanzelf verder."
                ),
                _("Onthoud je pincode of wachtzin goed. Niemand anders kent hem, ook wij niet."),
            ],
        ),
        (
            ft.Icons.FAVORITE_OUTLINE,
            _("Je staat er niet alleen voor"),
            [
                _("Levensgevaar? Bel 112. Zorgen om iemand in de buurt? Bel 0800-1205."),
                _("De hulplijnen vind je altijd onderaan, ook als de app op slot zit. Jij hoeft niets op te lossen."),
            ],
        ),
    ]


class TourScreen(Screen):
    """One screen of the tour; a phone that was put away goes on where it was."""

    def build(self) -> ft.Control:
        self._at = self.app.tour.at or 0
        self.body = ft.Column(spacing=16, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._draw()
        return page_body(self.body)

    def _draw(self) -> None:
        icon, head, lines = _pages(self.app.role)[self._at]
        last = self._at == SCREENS - 1
        far = _("{n} van {all}").format(n=self._at + 1, all=SCREENS)
        ways: list[ft.Control] = [
            main_button(_("Aan de slag") if last else _("Verder"), self.safe(self._next), ft.Icons.ARROW_FORWARD)
        ]
        if self._at:
            ways.append(quiet_button(_("Vorige"), self.safe(self._before)))
        if not last:
            ways.append(quiet_button(_("Sla de rondleiding over"), self.safe(self._end)))
        self.body.controls = [
            text(far, soft=True),
            ft.Icon(icon, size=72, color=Colors.PRIMARY),
            title(head),
            *(text(line, size=19) for line in lines),
            *ways,
        ]

    def _next(self, e) -> None:
        if self._at == SCREENS - 1:
            self._end(e)
        else:
            self._to(self._at + 1)

    def _before(self, e) -> None:
        self._to(self._at - 1)

    def _to(self, screen: int) -> None:
        self._at = screen
        self.app.tour.to(screen)
        self._draw()

    def _end(self, e) -> None:
        again = self.app.tour.at is None
        self.app.tour.end()
        self.shell.go("/uitleg" if again else "/")
