"""Home: what to do, what is not yet on the server, and my own visits."""

import time

import flet as ft

from app.services.language import _, counted, day_text, moment_text
from app.services.models import Role, Visit
from app.services.wording import sentence_of, withheld
from app.views.cards import Cards
from app.views.common.notices import Notices
from app.views.contact.words import outcomes
from app.views.parts import card, main_button, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 25


class HomeScreen(Screen):
    """The contact person's first screen."""

    def build(self) -> ft.Control:
        self.limit = PAGE
        self.cards = Cards(self._visit_card, lambda v: (v, self.app.today()))
        self.sync = stack(spacing=8)
        self.list = stack(spacing=12)
        self.draft = stack(spacing=8)
        self.hello, self.notices = stack(), Notices(self)
        self.refresh()
        return page_body(
            self.hello,
            *([] if self.app.role is Role.COORDINATOR else [self.notices]),  # theirs stand above the queue
            main_button(_("Nieuw welkomstbezoek"), self.go("/nieuw"), ft.Icons.ADD_HOME_OUTLINED),
            self.draft,
            self.sync,
            title(_("Mijn bezoeken"), 2),
            self.list,
        )

    def refresh(self) -> None:
        self.hello.controls = [title(_("Hoi {name}").format(name=self.app.my_name))]
        self.notices.follow()
        self.sync.controls = [self._sync_card()]
        unfinished = self.app.draft("new")
        self.draft.controls = (
            [quiet_button(_("Verder met je niet-opgeslagen bezoek"), self.go("/nieuw"), ft.Icons.EDIT_NOTE)]
            if unfinished
            else []
        )
        visits = self.app.visits()
        self.list.controls = self.cards.of(visits[: self.limit]) or [
            text(_("Nog geen bezoeken. Neem een plantje mee en bel eens aan."), soft=True)
        ]
        if len(visits) > self.limit:
            self.list.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _sync_card(self) -> ft.Control:
        s = self.app.sync_status()
        now = int(time.time() * 1000)
        lines: list[ft.Control] = []
        if s.unsent:
            words = counted(
                "{n} bezoek staat alleen op dit apparaat", "{n} bezoeken staan alleen op dit apparaat", s.unsent
            )
            since = _("sinds {moment}").format(moment=moment_text(s.unsent_since or now, now))
            lines.append(notice(f"{words}, {since}.", ft.Icons.CLOUD_UPLOAD_OUTLINED))
        elif s.last_success:
            lines.append(notice(_("Alles staat op de server."), ft.Icons.CLOUD_DONE_OUTLINED))
        if not s.online:
            lines.append(notice(_("Geen verbinding. Je kunt gewoon doorgaan."), ft.Icons.CLOUD_OFF_OUTLINED))
        if s.trouble:
            lines.append(notice(sentence_of(s.trouble), ft.Icons.WARNING_AMBER, alarm=True))
        if s.clock_off_minutes:
            words = counted(
                "De klok van dit apparaat loopt {n} minuut verkeerd. We rekenen met de juiste tijd.",
                "De klok van dit apparaat loopt {n} minuten verkeerd. We rekenen met de juiste tijd.",
                abs(s.clock_off_minutes),
            )
            lines.append(notice(words, ft.Icons.SCHEDULE, alarm=True))
        if s.aside:
            words = counted("{n} bericht is apart gezet.", "{n} berichten zijn apart gezet.", s.aside)
            lines.append(notice(words, ft.Icons.INVENTORY_2_OUTLINED))
        if s.withheld:
            lines.append(notice(withheld(s.withheld), ft.Icons.INVENTORY_2_OUTLINED))
        return card(*(lines or [notice(_("Verbinding maken met de server…"), ft.Icons.SYNC)]))

    def _visit_card(self, v: Visit) -> ft.Control:
        facts = [day_text(v.form.day, self.app.today())]
        if v.form.outcome:
            facts.append(outcomes()[v.form.outcome])
        rows: list[ft.Control] = [
            text(v.form.address, weight=ft.FontWeight.W_600, size=18),
            text(" · ".join(facts), soft=True),
        ]
        if v.unread_review:
            rows.append(notice(_("Er is een bericht van de coördinator"), ft.Icons.MARK_CHAT_UNREAD_OUTLINED))
        elif v.review:
            rows.append(notice(_("Gezien door de coördinator"), ft.Icons.CHECK_CIRCLE_OUTLINE))
        if not v.synced:
            rows.append(notice(_("Nog niet verstuurd"), ft.Icons.CLOUD_UPLOAD_OUTLINED))
        return card(*rows, on_click=self.go(f"/bezoek/{v.id.hex()}"), accent=v.unread_review)
