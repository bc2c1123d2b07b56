"""Stopping: what stays, what goes, in which order; then this device hands in and wipes itself."""

import flet as ft

from app.services.language import _, counted
from app.services.models import Role
from app.views.coordinate.asking import Ask
from app.views.parts import card, notice, page_body, pick, side_button, stack, text, title
from app.views.screen import Screen


class LeaveScreen(Screen):
    """Nobody has to say why, and nobody is asked to stay."""

    back = "/mijn-gegevens"

    def build(self) -> ft.Control:
        self.erase = False
        self.own = stack()
        self._draw()
        if not self.app.mine.may_leave():
            return page_body(
                title(_("Stoppen")),
                notice(
                    _("Je bent de laatste coördinator. Maak eerst iemand anders coördinator, dan kun je stoppen."),
                    ft.Icons.WARNING_AMBER,
                    alarm=True,
                ),
                side_button(_("Naar Mensen"), self.go("/mensen"), ft.Icons.GROUP_OUTLINED),
            )
        return page_body(
            title(_("Stoppen")),
            text(_("Je mag altijd stoppen. Je hoeft niet te zeggen waarom. Dank je wel voor alles wat je deed.")),
            card(
                title(_("Wat er gebeurt"), 2),
                text(_("1. Wat nog niet verstuurd is, wordt eerst ingeleverd. Daarvoor is internet nodig.")),
                text(_("2. Je apparaten worden afgemeld. Je coördinator ziet dat je gestopt bent.")),
                text(_("3. Dit apparaat wist zichzelf. Wat je wilt bewaren, neem je eerst mee.")),
                text(_("Wat je deelde, blijft bij de coördinatoren tot de bewaartijd om is.")),
                *([text(_("Je herstelblad werkt daarna niet meer."))] if self.app.role is Role.COORDINATOR else []),
            ),
            side_button(_("Eerst mijn gegevens meenemen"), self.go("/mijn-gegevens"), ft.Icons.DOWNLOAD),
            self.own,
            Ask(
                self,
                _("Ik stop nu"),
                ft.Icons.LOGOUT,
                [
                    _("Dit kan niet terug. Wil je later weer meedoen, dan vraag je een nieuwe uitnodiging."),
                    _("Is er geen internet? Dan gebeurt er niets, en probeer je het later nog eens."),
                ],
                _("Ja, ik stop"),
                self._leave,
            ),
            text(
                _("Lukt het niet, of is er nooit internet? Bel je coördinator: die kan je afmelden."),
                soft=True,
            ),
        )

    def _draw(self) -> None:
        count = len(self.app.mine.only_mine())
        if not count:
            self.own.controls = []
            return
        said = counted(
            "Er is {n} bezoek dat alleen jij kunt lezen. Als jij weg bent, kan niemand het meer openen.",
            "Er zijn {n} bezoeken die alleen jij kunt lezen. Als jij weg bent, kan niemand ze meer openen.",
            count,
        )
        choices = [(False, _("laat het verlopen")), (True, _("wis het nu ook op de server"))]
        self.own.controls = [
            title(_("Wat alleen van jou is"), 2),
            text(said),
            pick(choices, lambda wipe: wipe == self.erase, self.safe(self._choose)),
        ]

    def _choose(self, erase: bool) -> None:
        self.erase = erase
        self._draw()

    async def _leave(self) -> None:
        await self.app.mine.leave(self.erase)
        self.say(_("Je bent gestopt. Dit apparaat levert in en wist zichzelf."))
