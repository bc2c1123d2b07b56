"""Letting a round go on longer, and closing it: what goes, what stays, and who was not heard of, before it is asked."""

from datetime import date

import flet as ft

from app.services.language import _, counted
from app.services.rounds.models import BeforeClosing, RoundLook
from app.services.wording import field_text
from app.views.collect.words import done_text
from app.views.parts import DayField, card, main_button, notice, quiet_button, side_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

NAMED = 3


class Ending(ft.Column):
    """The last day, and the end."""

    def __init__(self, screen: Screen, look: RoundLook) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._look = screen, look
        self._before: BeforeClosing | None = None
        self._closing = False
        self._draw()

    def follow(self, look: RoundLook) -> None:
        """Another last day; what is being read stays."""
        before, self._look = self._look, look
        if before.last != look.last and self._before is None:
            self._draw()

    def _draw(self) -> None:
        self._day = DayField(_("Laatste dag"), self._look.last, self._extend, self._screen.safe)
        self.controls = [title(_("Tot wanneer?"), 2), self._day, *self._end()]

    def _end(self) -> list[ft.Control]:
        if self._before is None:
            label = _("Ronde sluiten")
            return [side_button(label, self._screen.safe(self._ask), ft.Icons.FLAG_OUTLINED)]
        safe, before = self._screen.safe, self._before
        self._agree = main_button(_("Sluit deze ronde"), safe(self._close), ft.Icons.FLAG_OUTLINED)
        return [
            card(
                notice(_("Deze ronde sluiten? Dat kan niet terug."), ft.Icons.FLAG_OUTLINED, alarm=True),
                text(done_text(before.progress)),
                *(text(f"• {line}") for line in _what_happens()),
                *_warnings(before),
                self._agree,
                quiet_button(_("Toch niet"), safe(self._keep_on)),
            )
        ]

    async def _extend(self, day: date) -> None:
        try:
            await self._screen.app.rounds.extend(self._look.id, day)
        except BadInput as error:
            self._day.tell(field_text(error))
            return
        self._screen.say(_("Opgeslagen."))

    async def _ask(self, e: ft.ControlEvent) -> None:
        """Everything that is at the server comes in first, so that the counts are those of now."""
        self._before = await self._screen.app.rounds.before_closing(self._look.id)
        self._draw()

    def _keep_on(self, e: ft.ControlEvent) -> None:
        self._before = None
        self._draw()

    async def _close(self, e: ft.ControlEvent) -> None:
        if self._closing:
            return
        self._closing = self._agree.disabled = True
        try:
            await self._screen.app.rounds.close(self._look.id)
        finally:
            self._closing = self._agree.disabled = False
        self._screen.say(_("De ronde is gesloten."))
        self._screen.refresh()


def _what_happens() -> list[str]:
    return [
        _("De aantallen blijven, per straat en per loopje."),
        _("Wat er per deur genoteerd is, gaat van elke telefoon. Ook wie welk loopje had."),
        _("Adressen zonder contact en nieuwe adressen blijven staan."),
    ]


def _warnings(before: BeforeClosing) -> list[ft.Control]:
    found: list[ft.Control] = []
    if before.taken:
        shown = "; ".join(before.taken[:NAMED])
        rest = len(before.taken) - NAMED
        more = " " + counted("en nog {n}", "en nog {n}", rest) if rest > 0 else ""
        words = _("Er wordt nog gelopen: {walks}.").format(walks=shown + more)
        found.append(notice(words, ft.Icons.DIRECTIONS_WALK))
    if before.unheard:
        names = ", ".join(name or _("iemand") for name in before.unheard)
        words = _("Vandaag nog niet verbonden: {names}. Hun laatste deuren tellen we mee zodra die er zijn.")
        found.append(notice(words.format(names=names), ft.Icons.CLOUD_OFF_OUTLINED))
    return found
