"""Earlier lists of help lines: who published what, what changed with each, and going back to one."""

import flet as ft

from app.services.directory.editing_desk import Past
from app.services.language import _, counted, day_text
from app.services.wording import sentence
from app.views.coordinate.directory_words import differences_list
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import StraatError


class HelpHistoryScreen(Screen):
    """The newest first, ten at a time. Going back makes a draft: a new list with the old lines, to be published."""

    back = "/hulplijnen-redactie"

    def build(self) -> ft.Control:
        self.past: list[Past] = []
        self.opened_number = 0
        self.list, self.foot_ = stack(), stack()
        current = self.app.help_desk.current
        self.past = [current] if current else []
        self._draw()
        return page_body(
            title(_("Eerdere lijsten")),
            text(_("Terug naar een eerdere lijst? Die wordt dan een nieuwe, met een nieuw nummer.")),
            self.list,
            self.foot_,
        )

    async def opened(self) -> None:
        await self._more()

    async def _more(self, e=None) -> None:
        if not self.past or self.past[-1].number < 1:
            self._draw()
            return
        try:
            self.past += await self.app.help_desk.earlier(self.past[-1].number)
            self.trouble = ""
        except StraatError as error:
            self.trouble = sentence(error)
        self._draw()
        self.page.update()

    trouble = ""

    def _draw(self) -> None:
        if not self.past:
            self.list.controls = [notice(_("Er is nog geen lijst uitgegeven."))]
        else:
            self.list.controls = [self._card(i, p) for i, p in enumerate(self.past)]
        foot: list[ft.Control] = [notice(self.trouble, ft.Icons.CLOUD_OFF)] if self.trouble else []
        if self.past and self.past[-1].number > 0:
            foot.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.foot_.controls = foot

    def _card(self, place: int, p: Past) -> ft.Control:
        many = counted("{n} hulplijn", "{n} hulplijnen", len(p.lines))
        name, by = (
            (_("Lijst {number}").format(number=p.number), p.by or "?") if p.number else (_("De lijst van de app"), "")
        )
        rows: list[ft.Control] = [
            text(name, weight=ft.FontWeight.W_600, size=18),
            text(" · ".join(x for x in (day_text(p.day), by, many) if x), soft=True),
        ]
        if place == 0:
            rows.append(notice(_("Deze geldt nu."), ft.Icons.CHECK_CIRCLE_OUTLINE))
        before = self.past[place + 1] if place + 1 < len(self.past) else None
        if p.number == self.opened_number and before:
            rows += differences_list(self.app.help_desk.differences(before.lines, p.lines))
        elif before:
            show = self.safe(lambda e: self._show(p.number))
            rows.append(quiet_button(_("Wat veranderde er in lijst {number}?").format(number=p.number), show))
        if place:
            take = self.safe(lambda e: self._take(p))
            label = (
                _("Zet lijst {number} klaar").format(number=p.number)
                if p.number
                else _("Zet de lijst van de app klaar")
            )
            rows.append(side_button(label, take, ft.Icons.RESTORE))
        return card(*rows)

    def _show(self, number: int) -> None:
        self.opened_number = number
        self._draw()

    async def _take(self, p: Past) -> None:
        await self.app.help_desk.take(p.lines)
        self.shell.go("/hulplijnen-redactie/uitgeven")
