"""The coordinator's list of new addresses: who goes where, what is welcomed, and what was a mistake."""

import flet as ft

from app.services.language import _, counted, day_text
from app.services.welcomes import Assigned
from app.views.parts import card, main_button, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 50


class WelcomesScreen(Screen):
    """Open ones first, oldest first; each can be taken off the list and put back."""

    @property
    def back(self) -> str:
        return "/vandaag"

    def build(self) -> ft.Control:
        self.limit = PAGE
        self.list = stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Nieuwe adressen")),
            main_button(_("Nieuw adres doorgeven"), self.go("/nieuw-adres"), ft.Icons.PERSON_ADD_ALT),
            self.list,
        )

    def refresh(self) -> None:
        assigned = self.app.welcomes.assigned()
        waiting = [a for a in assigned if not a.welcome.done]
        done = len(assigned) - len(waiting)
        count = counted("{n} adres wacht op een welkom", "{n} adressen wachten op een welkom", len(waiting))
        rows: list[ft.Control] = [text(count, soft=True), *map(self._card, waiting[: self.limit])]
        if not waiting:
            rows = [notice(_("Er wacht geen nieuw adres."), ft.Icons.WB_SUNNY_OUTLINED)]
        if len(waiting) > self.limit:
            rows.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        if done:
            rows.append(text(counted("{n} adres is klaar.", "{n} adressen zijn klaar.", done), soft=True))
        self.list.controls = rows

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _card(self, a: Assigned) -> ft.Control:
        today = self.app.today()
        who = _("Voor {name}").format(name=a.name or "…") if a.whom else _("Voor wie in de buurt is")
        since = _("sinds {moment}").format(moment=day_text(a.welcome.since, today))
        off = self.safe(lambda e: self._off(a.welcome.id))
        return card(
            text(a.welcome.address, weight=ft.FontWeight.W_600, size=18),
            text(f"{who}, {since}", soft=True),
            quiet_button(_("Van de lijst halen"), off, ft.Icons.PLAYLIST_REMOVE),
        )

    async def _off(self, welcome: bytes) -> None:
        await self.app.welcomes.done(welcome)
        self.say(_("Van de lijst gehaald."), _("Ongedaan maken"), lambda e: self.app.welcomes.done(welcome, False))
