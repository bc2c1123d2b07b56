"""My own visits, newest first."""

from collections.abc import Sequence

import flet as ft

from app.services.language import _, day_text
from app.services.models import QueueFilter, Visit
from app.views.cards import Cards
from app.views.contact.words import outcomes
from app.views.coordinate.queue_filters import ICONS, names
from app.views.parts import card, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 25


class VisitCards:
    """The cards of my visits, each with where it stands: in the words that the desk has for it."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._cards = Cards(self._card, lambda v: (v, screen.app.today(), self._stands.get(v.id)))
        self._stands: dict[bytes, tuple[str, ft.IconData]] = {}

    def of(self, visits: Sequence[Visit]) -> list[ft.Control]:
        """One card for each, the same as last time where nothing changed."""
        said = [v for v in visits if v.review and not v.unread_review]
        signs = self._screen.app.reviews.signs(v.id for v in said) if said else {}
        self._stands = {v.id: self._words(v, signs[v.id].stands) for v in said if v.id in signs}
        return self._cards.of(visits)

    def _words(self, v: Visit, stands: QueueFilter) -> tuple[str, ft.IconData]:
        words = names()[stands]
        if stands is QueueFilter.DONE:
            words = _("Gezien door de coördinator")
        elif stands is QueueFilter.BOTH:
            words = _("Een coördinator kiest nog")
        elif stands is QueueFilter.FOLLOWED and not self._screen.app.followups.of_visit(v.id):
            by = v.review.by or _("De coördinator")  # an errand of somebody else: whether it is done is not known here
            return _("{name} vraagt iemand om dit op te volgen").format(name=by), ICONS[QueueFilter.FOLLOWUP]
        return words, ICONS[stands]

    def _card(self, v: Visit) -> ft.Control:
        go = self._screen.go(f"/bezoek/{v.id.hex()}")
        return visit_card(v, self._screen.app.today(), go, self._stands.get(v.id))


def visit_card(v: Visit, today, on_click, stands: tuple[str, ft.IconData] | None) -> ft.Control:
    """One of my visits in a list; `stands`: what a coordinator's word made of it, and its icon."""
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
    elif stands:
        rows.append(notice(*stands))
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
        self.cards = VisitCards(self)
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
