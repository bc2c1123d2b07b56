"""One door: what I noted there, what is due, and what one may do."""

from datetime import date

import flet as ft

from app.services.language import _, day_text
from app.services.marks import Why
from app.services.models import Outcome
from app.views.contact.today import visit_route
from app.views.contact.visits import VisitCards
from app.views.contact.words import outcomes, reason_text
from app.views.parts import (
    DayField,
    card,
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


class AddressScreen(Screen):
    """All that this device knows of one door."""

    def __init__(self, shell, address: str) -> None:
        super().__init__(shell)
        self.address = address

    @property
    def back(self) -> str:
        return self.shell.today_route

    def build(self) -> ft.Control:
        self.body, self.visits = stack(spacing=16), VisitCards(self)
        self.refresh()
        return page_body(self.body)

    def refresh(self) -> None:
        door = self.app.agenda.door(self.address)
        today = self.app.today()
        rows: list[ft.Control] = [title(self.address)]
        if door.blocked:
            words = _("Hier wil men geen contact. Bel niet aan.")
            rows.append(notice(words, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, alarm=True))
            rows.append(quiet_button(_("Klopt dit niet meer?"), self.go("/geen-contact")))
        else:
            rows += self._acts(door, today)
        if len(door.spellings) > 1:
            rows += self._spellings(door.spellings)
        rows.append(title(_("Mijn bezoeken hier"), 2))
        seen = self.visits.of(door.visits)
        rows += seen or [text(_("Nog niets genoteerd."), soft=True)]
        self.body.controls = rows

    def _acts(self, door, today: date) -> list[ft.Control]:
        due = door.due
        rows: list[ft.Control] = [text(reason_text(due, today))] if due else []
        welcome = due.welcome if due else b""
        last = door.visits[0].id.hex() if door.visits else ""
        route = visit_route(due) if due else f"/terug/{last}" if last else "/nieuw"
        rows.append(main_button(_("Bezoek noteren"), self.go(route), ft.Icons.WAVING_HAND_OUTLINED))
        taps = [
            side_button(outcomes()[o], self.safe(lambda e, o=o: self._tap(o, welcome)), icon)
            for o, icon in (
                (Outcome.NOT_HOME, ft.Icons.DOOR_FRONT_DOOR_OUTLINED),
                (Outcome.MOVED, ft.Icons.LOCAL_SHIPPING_OUTLINED),
                (Outcome.NO_CONTACT, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
            )
        ]
        rows.append(ft.Row(taps, wrap=True, spacing=8, run_spacing=8))
        if welcome:
            plan = self.app.welcomes.one(welcome).plan
            rows.append(
                DayField(_("Plan een dag"), plan, lambda day: self._plan(welcome, day), self.safe, clearable=True)
            )
            off = self.safe(lambda e: self._off(welcome))
            rows.append(quiet_button(_("Van de lijst halen"), off, ft.Icons.PLAYLIST_REMOVE))
        rows.append(quiet_button(_("Welkomstkaart"), self.go("/kaart"), ft.Icons.CARD_GIFTCARD))
        return rows

    async def _plan(self, welcome: bytes, day: date | None) -> None:
        await self.app.welcomes.plan(welcome, day)
        if day:
            self.say(_("Gepland op {day}.").format(day=day_text(day, self.app.today())))

    async def _off(self, welcome: bytes) -> None:
        await self.app.welcomes.done(welcome)
        self.say(_("Van de lijst gehaald."), _("Ongedaan maken"), lambda e: self.app.welcomes.done(welcome, False))
        self.shell.go(self.back)

    async def _tap(self, outcome: Outcome, welcome: bytes) -> None:
        visit = await self.app.tap_outcome(self.address, outcome, welcome)
        if outcome is Outcome.NO_CONTACT:  # for the whole team from now on: only a coordinator takes it back
            said = _("Hier belt niemand meer aan. We bewaren alleen het adres: geen naam, geen reden.")
            self.say(said, _("Vergissing?"), self._mistaken)
        else:
            said = _("{address}: {outcome}. Opgeslagen.").format(address=self.address, outcome=outcomes()[outcome])
            self.say(said, _("Ongedaan maken"), lambda e: self.app.remove_visit(visit))
        self.shell.go(self.back)

    async def _mistaken(self, e) -> None:
        marks = self.app.marks.at(self.address, self.app.today())
        for mark in marks:
            await self.app.marks.ask_to_lift(mark.id, Why.MISTAKE, self.app.today())
        self.say(_("Doorgegeven aan de coördinator. Tot die tijd belt er niemand aan."))

    # -- one door, several spellings -----------------------------------------------------------------------

    def _spellings(self, spellings: tuple[str, ...]) -> list[ft.Control]:
        picks = [
            quiet_button(s, self.safe(lambda e, s=s: self._merge(spellings, s)), ft.Icons.SPELLCHECK) for s in spellings
        ]
        return [card(text(_("Dit adres is op meer manieren geschreven. Welke is goed?")), *picks)]

    async def _merge(self, spellings: tuple[str, ...], chosen: str) -> None:
        await self.app.agenda.merge(spellings, chosen)
        self.address = chosen
        self.say(_("Samengevoegd. Er is niets weg."))
        self.refresh()
