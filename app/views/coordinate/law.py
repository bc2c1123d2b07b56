"""Residents' rights: which questions wait, until when; and the ways to what was erased, the terms and the trail."""

from datetime import date

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.requests import Asked, Request
from app.services.wording import field_text
from app.views.coordinate.law_words import asked_texts, due_text
from app.views.parts import (
    Colors,
    DayField,
    card,
    field,
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput


class LawScreen(Screen):
    """A list with what is due; a new question is noted here, and opens."""

    def build(self) -> ft.Control:
        self.form = stack()
        self.list = stack(spacing=12)
        self._shown: object = None
        self._close()
        self.refresh()
        return page_body(
            title(_("Recht van bewoners")),
            text(_("Een bewoner mag vragen wat er over het adres staat, en het laten verbeteren of wissen.")),
            text(_("Je antwoordt binnen een maand. Het kost niets, en waarom is niet nodig."), soft=True),
            self.form,
            self.list,
            title(_("Meer"), 2),
            self._way("/gewist", _("Wat is gewist"), _("Welke apparaten het kwijt zijn, en welke nog niet")),
            self._way("/bewaartermijnen", _("Bewaartermijnen"), _("Hoelang, en wat er volgende maand weggaat")),
            self._way("/logboek", _("Logboek"), _("Wie wat deed, zonder inhoud")),
        )

    def _way(self, route: str, label: str, about: str) -> ft.Control:
        words = ft.Column([text(label, weight=ft.FontWeight.W_600, size=18), text(about, soft=True)], spacing=2)
        return card(words, on_click=self.go(route))

    def refresh(self) -> None:
        open_, answered = self.app.law.requests.open(), self.app.law.requests.answered()
        if (open_, answered) == self._shown:
            return
        self._shown = (open_, answered)
        none = text(_("Er wacht geen vraag."), soft=True)
        self.list.controls = [
            title(counted("{n} vraag wacht", "{n} vragen wachten", len(open_)) if open_ else _("Vragen"), 2),
            *([self._card(r) for r in open_] or [none]),
            *([title(_("Beantwoord"), 2), *(self._card(r) for r in answered)] if answered else []),
        ]

    def _card(self, r: Request) -> ft.Control:
        today = self.app.today()
        head = text(f"{asked_texts()[r.what]} · {r.address}", weight=ft.FontWeight.W_600, size=18)
        if r.done:
            said = _("Beantwoord op {day}: {how}").format(day=day_text(r.done, today), how=r.how)
            return card(head, text(said, soft=True), on_click=self.go(f"/recht/{r.id.hex()}"))
        late = (r.until - today).days <= 7
        icon = ft.Icon(ft.Icons.SCHEDULE, color=Colors.ERROR if late else Colors.PRIMARY)
        due = ft.Row([icon, ft.Container(text(due_text(r, today)), expand=True)], spacing=8)
        return card(head, due, on_click=self.go(f"/recht/{r.id.hex()}"))

    # -- a new one -----------------------------------------------------------------------------------------

    def _close(self) -> None:
        self.filled_in = False
        self.form.controls = [main_button(_("Nieuwe vraag"), self.safe(self._open), ft.Icons.ADD)]

    async def _open(self, e) -> None:
        self.filled_in = True
        self.what, self.day = Asked.LOOK, self.app.today()
        self.chips = stack()
        self.address = field(_("Adres"), hint_text=_("Straat en huisnummer"))
        self.on = DayField(_("Gevraagd op"), self.day, self._set_day, self.safe)
        self._draw_chips()
        parts = stack(
            title(_("Nieuwe vraag"), 2),
            text(_("Wat vraagt de bewoner?")),
            self.chips,
            self.address,
            self.on,
            notice(_("Schrijf geen naam op. Vraag wel of diegene daar woont: geef niets aan een ander.")),
            main_button(_("Noteer de vraag"), self.safe(self._note), ft.Icons.CHECK),
            quiet_button(_("Toch niet"), self.safe(lambda e: self._close())),
        )
        self.form.controls = [card(parts)]
        self.form.update()
        await self.address.focus()  # whoever came by keys goes on by keys

    def _draw_chips(self) -> None:
        options: list[tuple[object, str]] = list(asked_texts().items())
        self.chips.controls = [pick(options, lambda what: what is self.what, self.safe(self._choose))]

    def _choose(self, what: Asked) -> None:
        self.what = what
        self._draw_chips()

    async def _set_day(self, day: date | None) -> None:
        self.day = day or self.app.today()

    async def _note(self, e) -> None:
        self.address.error = None
        self.on.tell("")
        try:
            made = await self.app.law.requests.note(self.what, self.address.value or "", self.day, self.app.today())
        except BadInput as error:
            if error.field == "day":
                self.on.tell(field_text(error))
            else:
                self.address.error = field_text(error)
            return
        self._close()
        self.shell.go(f"/recht/{made.hex()}")


class TrailScreen(Screen):
    """The trail: the newest first."""

    back = "/recht"
    PAGE = 50

    def build(self) -> ft.Control:
        self.list = stack(spacing=4)
        self._limit, self._count = self.PAGE, -1
        self.refresh()
        return page_body(
            title(_("Logboek")),
            text(_("Wat coördinatoren met gegevens deden. Er staat niet in wat erin stond, en geen adres.")),
            text(
                _(
                    "Van vrijwilligers staat hier niets. Alle coördinatoren van het team zien dit; na 24 maanden gaat het weg."
                ),
                soft=True,
            ),
            text(_("We bewaren alleen de dag, niet hoe laat het was."), soft=True),
            self.list,
        )

    def refresh(self) -> None:
        count = self.app.trail.count()
        if count == self._count:
            return
        self._count = count
        self._draw()

    def _draw(self) -> None:
        from app.views.coordinate.law_words import act_text, kind_text

        today, rows, last = self.app.today(), [], None
        for event in self.app.trail.events(self._limit):
            if event.day != last:
                last = event.day
                said = day_text(event.day, today)
                rows.append(title(f"{said[:1].upper()}{said[1:]}", 2))
            who = event.by or _("onbekend")
            rows.append(text(f"{who} · {kind_text(event.kind)} · {act_text(event.what)}"))
        if self._count > self._limit:
            rows.append(side_button(_("Toon meer"), self.safe(self._more), ft.Icons.EXPAND_MORE))
        self.list.controls = rows or [text(_("Er is nog niets gebeurd."), soft=True)]

    def _more(self, e) -> None:
        self._limit += self.PAGE
        self._draw()
