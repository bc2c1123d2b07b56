"""My own visits, newest first."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import Visit
from app.views.cards import Cards
from app.views.contact.words import outcomes
from app.views.parts import card, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 25


def visit_card(v: Visit, today, on_click) -> ft.Control:
    """One of my visits in a list."""
    facts = [day_text(v.form.day, today)]
    if v.form.outcome:
        facts.append(outcomes()[v.form.outcome])
    address = v.form.address or _("Bezoek zonder notitie")
    rows: list[ft.Control] = [
        text(address, weight=ft.FontWeight.W_600, size=18),
        text(" · ".join(facts), soft=True),
    ]
    if v.unread_review:
        rows.append(notice(_("Er is een bericht van de coördinator"), ft.Icons.MARK_CHAT_UNREAD_OUTLINED))
    elif v.review:
        rows.append(notice(_("Gezien door de coördinator"), ft.Icons.CHECK_CIRCLE_OUTLINE))
    if not v.synced:
        rows.append(notice(_("Nog niet verstuurd"), ft.Icons.CLOUD_UPLOAD_OUTLINED))
    return card(*rows, on_click=on_click, accent=v.unread_review)


class VisitsScreen(Screen):
    """All that I noted."""

    @property
    def back(self) -> str:
        return self.shell.today_route

    def build(self) -> ft.Control:
        self.limit = PAGE
        self.cards = Cards(
            lambda v: visit_card(v, self.app.today(), self.go(f"/bezoek/{v.id.hex()}")), lambda v: (v, self.app.today())
        )
        self.list = stack(spacing=12)
        self.refresh()
        return page_body(title(_("Mijn bezoeken")), self.list)

    def refresh(self) -> None:
        visits = self.app.visits()
        self.list.controls = self.cards.of(visits[: self.limit]) or [
            text(_("Nog geen bezoeken. Neem een plantje mee en bel eens aan."), soft=True)
        ]
        if len(visits) > self.limit:
            self.list.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()
