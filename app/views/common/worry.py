"""A worry about somebody: one card that says whom to call. It asks nothing and keeps nothing."""

import flet as ft

from app.services.directory import finding
from app.services.directory.board import Shown
from app.services.language import _
from app.views.common.help_card import help_card
from app.views.parts import Colors, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

DANGER, BEHAVIOUR = "112", "08001205"


class WorryScreen(Screen):
    """Works at every stage, offline, without unlocking."""

    @property
    def back(self) -> str:
        return "/"

    def build(self) -> ft.Control:
        self.opened_lines: set[str] = set()
        self.steps = stack(spacing=20)
        self._draw()
        kept = notice(_("Deze kaart bewaart niets: niet wie je bent, niet om wie het gaat, en niet dat je hier keek."))
        return page_body(title(_("Maak je je zorgen om iemand?")), self.steps, kept)

    def refresh(self) -> None:
        """Another list came in, or the clock moved on."""
        self._draw()

    def _draw(self) -> None:
        lines = {x.line.id: x for x in self.app.directory.shown() if x.near == finding.FIXED}
        steps = [
            self._step(_("Is iemand in levensgevaar, of is er nu geweld?"), self._card(lines[DANGER])),
            self._step(
                _("Gedraagt iemand zich zorgwekkend, maar is er geen direct gevaar?"), self._card(lines[BEHAVIOUR])
            ),
            self._step(_("Wil je overleggen met iemand uit je eigen gemeente?"), *self._local()),
            self._step(_("Wil je het er met iemand over hebben?"), self._coordinator()),
        ]
        self.steps.controls = steps

    def _step(self, question: str, *answer: ft.Control) -> ft.Control:
        return stack(title(question, level=2), *answer, spacing=8)

    def _card(self, shown: Shown) -> ft.Control:
        def turn(e) -> None:
            self.opened_lines ^= {shown.line.id}
            self._draw()

        return help_card(self, shown, shown.line.id in self.opened_lines, self.safe(turn))

    def _local(self) -> list[ft.Control]:
        local = [self._card(x) for x in self.app.directory.local()]
        unknown = _("Een nummer van je eigen gemeente staat niet in de lijst. Bel 0800-1205: dat verbindt je door.")
        choose = quiet_button(_("Kies je gemeente bij de hulplijnen"), self.go("/hulplijnen"), ft.Icons.PHONE_OUTLINED)
        if local:
            return local
        return [text(unknown), choose] if not self.app.directory.gemeente else [text(unknown)]

    def _coordinator(self) -> ft.Control:
        names = self.app.directory.coordinators()
        if names:
            words = _("Bel je coördinator: {names}.").format(names=_(" of ").join(names))
        elif self.shell.inside:
            words = _("Bel een collega-coördinator. Er staat er hier nog geen.")
        else:
            words = _("Bel je coördinator. Na het ontgrendelen staat hier wie dat is.")
        rest = _("Je hoeft dit niet alleen te dragen, en je hoeft het niet op te lossen.")
        icon = ft.Icon(ft.Icons.DIVERSITY_1_OUTLINED, color=Colors.PRIMARY, size=24)
        return ft.Row(
            [icon, ft.Container(stack(text(words), text(rest, soft=True), spacing=4), expand=True)],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=12,
        )
