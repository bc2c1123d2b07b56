"""Today: who is due and why, each noted in two taps; then what else one came for."""

from datetime import timedelta

import flet as ft

from app.services.due import Due
from app.services.language import _, counted
from app.services.models import Outcome, Role
from app.views.cards import Cards
from app.views.collect.rounds import rounds_ways
from app.views.common.notices import Notices
from app.views.common.sync_card import sync_card
from app.views.contact.asked import asked_cards
from app.views.contact.street import finish_cards
from app.views.contact.visits import VisitCards
from app.views.contact.words import outcomes, reason_text
from app.views.parts import (
    card,
    icon_button,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen

SOON = timedelta(days=14)
SHOWN, LATEST = 12, 3


class TodayScreen(Screen):
    """The contact person's first screen."""

    def build(self) -> ft.Control:
        self.limit = SHOWN
        self.cards = Cards(self._due_card, lambda d: (d, d.asked, self.app.today()))
        self.visits = VisitCards(self)
        self.sync, self.drafts, self.due, self.held, self.soon, self.latest, self.asked = (
            stack(spacing=8) for _n in range(7)
        )
        self.hello, self.notices = stack(), Notices(self)
        self.refresh()
        coordinates = self.app.role is Role.COORDINATOR
        return page_body(
            self.hello,
            *([] if coordinates else [self.notices]),  # theirs stand above the queue
            self.asked,
            self.due,
            self.held,
            self.drafts,
            main_button(_("Nieuw bezoek"), self.go("/nieuw"), ft.Icons.ADD_HOME_OUTLINED),
            side_button(_("Nieuw adres doorgeven"), self.go("/nieuw-adres"), ft.Icons.PERSON_ADD_ALT),
            *([quiet_button(_("Nieuwe adressen"), self.go("/welkom"), ft.Icons.LIST_ALT)] if coordinates else []),
            self.soon,
            self.sync,
            self.latest,
        )

    def refresh(self) -> None:
        today = self.app.today()
        self.hello.controls = [title(_("Hoi {name}").format(name=self.app.my_name))]
        self.notices.follow()
        self.sync.controls = [sync_card(self.app.sync_status())]
        self.drafts.controls = self._unfinished()
        self.held.controls = [*finish_cards(self), *rounds_ways(self)]
        self.asked.controls = asked_cards(self)
        due = self.app.agenda.due()
        now, soon = [d for d in due if d.on <= today], [d for d in due if today < d.on <= today + SOON]
        heading = counted("{n} deur wacht op je", "{n} deuren wachten op je", len(now))
        self.due.controls = (
            [title(heading, 2), *self.cards.of(now[: self.limit])]
            if now
            else []
            if self.asked.controls
            else [
                notice(
                    _("Vandaag hoeft er niets. Zin om iemand te verrassen? Noteer een nieuw bezoek."),
                    ft.Icons.WB_SUNNY_OUTLINED,
                )
            ]
        )
        if len(now) > self.limit:
            self.due.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.soon.controls = [title(_("Binnenkort"), 2), *map(self._soon_row, soon[: self.limit])] if soon else []
        latest = self.visits.of(self.app.visits()[:LATEST])
        self.latest.controls = [
            title(_("Mijn bezoeken"), 2),
            *(latest or [text(_("Nog geen bezoeken. Neem een plantje mee en bel eens aan."), soft=True)]),
            *([quiet_button(_("Al mijn bezoeken"), self.go("/bezoeken"), ft.Icons.LIST)] if latest else []),
        ]

    def _more(self, e) -> None:
        self.limit += SHOWN
        self.refresh()

    def _unfinished(self) -> list[ft.Control]:
        routes = {"new": "/nieuw"}
        found = []
        for key in self.app.visit_drafts():
            kind, _space, rest = key.partition(" ")
            route = (
                routes.get(key) or {"new": f"/nieuw/{rest}", "again": f"/terug/{rest}"}.get(kind) or f"/wijzig/{key}"
            )
            form = self.app.draft(key)
            words = _("Verder met je niet-opgeslagen bezoek")
            name = f"{words}: {form.address}" if form and form.address else words
            found.append(quiet_button(name, self.go(route), ft.Icons.EDIT_NOTE))
        return found

    # -- one door ------------------------------------------------------------------------------------------

    def _due_card(self, d: Due) -> ft.Control:
        met = side_button(_("Thuis"), self.go(visit_route(d)), ft.Icons.WAVING_HAND_OUTLINED)
        away = side_button(_("Niet thuis"), self.safe(lambda e: self._away(d)), ft.Icons.DOOR_FRONT_DOOR_OUTLINED)
        about = _("Alles over {address}").format(address=d.address)
        heading = ft.Row(
            [
                ft.Container(text(d.address, weight=ft.FontWeight.W_600, size=19), expand=True),
                icon_button(ft.Icons.MORE_HORIZ, about, self.go(address_route(d.address))),
            ]
        )
        return card(
            heading,
            text(reason_text(d, self.app.today()), soft=True),
            ft.Row([met, away], wrap=True, spacing=8, run_spacing=8),
        )

    def _soon_row(self, d: Due) -> ft.Control:
        return card(
            text(d.address, weight=ft.FontWeight.W_600),
            text(reason_text(d, self.app.today()), soft=True, size=15),
            on_click=self.go(address_route(d.address)),
        )

    async def _away(self, d: Due) -> None:
        visit = await self.app.tap_outcome(d.address, Outcome.NOT_HOME, d.welcome)
        self.refresh()
        said = _("{address}: {outcome}. Opgeslagen.").format(address=d.address, outcome=outcomes()[Outcome.NOT_HOME])
        self.say(said, _("Ongedaan maken"), lambda e: self.app.remove_visit(visit))


def visit_route(d: Due) -> str:
    """Where a visit to this door is noted."""
    return f"/nieuw/{d.welcome.hex()}" if d.welcome and not d.visit else f"/terug/{d.visit.hex()}"


def address_route(address: str) -> str:
    """Where all about one door stands. The address is spelt in hex: nothing of it is to be read in the address bar."""
    return f"/adres/{address.encode().hex()}"
