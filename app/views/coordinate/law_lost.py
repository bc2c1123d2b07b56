"""A device is lost: what it could have opened, and the two letters, filled in as far as this device knows."""

from collections.abc import Callable

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.letters import authority, residents
from app.services.law.lost import Lost
from app.services.records import iso
from app.views.coordinate.law_words import kind_text
from app.views.parts import card, copyable, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen

PAGE = 25


class LostScreen(Screen):
    """First what to do now, then what was on it, then the letters."""

    back = "/mensen"

    def __init__(self, shell, device: bytes) -> None:
        super().__init__(shell)
        self.device = device

    def build(self) -> ft.Control:
        self.lost: Lost | None = None
        self.limit, self.shown = 0, ""
        self.top = stack(notice(_("Even kijken wat erop kon staan…"), ft.Icons.HOURGLASS_EMPTY))
        self.list, self.letters = stack(spacing=8), stack()
        return page_body(title(_("Apparaat kwijt: en nu?")), self.top, self.list, self.letters)

    async def opened(self) -> None:
        self.lost = await self.app.law.lost.look(self.device)
        self._draw_top(self.lost)
        self._draw_list(self.lost)
        self._draw_letters(self.lost)
        self.page.update()

    def _draw_top(self, lost: Lost) -> None:
        parts: list[ft.Control] = [text(_("Apparaat van {name}").format(name=lost.by or _("onbekend")), soft=True)]
        if lost.revoked:
            parts.append(notice(_("Het is afgemeld: het leest niets nieuws meer."), ft.Icons.CHECK_CIRCLE_OUTLINED))
        else:
            parts.append(
                notice(
                    _("Het is nog niet afgemeld. Doe dat eerst: bij Mensen, Dit apparaat is kwijt."),
                    ft.Icons.REPORT_OUTLINED,
                    alarm=True,
                )
            )
        parts += [
            card(
                text(_("Binnen 72 uur nadat je het weet"), weight=ft.FontWeight.W_600, size=18),
                text(
                    _("Schrijf op wanneer het kwijtraakte, of het op slot was, en hoe lang de pincode of wachtzin is.")
                ),
                text(
                    _(
                        "Overleg met de functionaris gegevensbescherming of je het meldt bij de Autoriteit Persoonsgegevens."
                    )
                ),
                text(_("Is het risico voor bewoners groot? Dan krijgen zij een brief.")),
                text(_("Noteer het altijd in je eigen register van datalekken.")),
            ),
            title(_("Wat het kon openen"), 2),
        ]
        for opened in lost.opened:
            said = f"{opened.count} × {kind_text(opened.kind)}"
            if opened.dropped and opened.kind != "gone":
                said += " · " + counted("{n} was er al af", "{n} waren er al af", opened.dropped)
            parts.append(text(said))
        if not lost.opened:
            parts.append(text(_("Niets over bewoners."), soft=True))
        if lost.alone:
            words = counted(
                "En {n} bezoek dat alleen {{name}} kan lezen. Vraag {{name}} wat erin stond.",
                "En {n} bezoeken die alleen {{name}} kan lezen. Vraag {{name}} wat erin stond.",
                lost.alone,
            )
            parts.append(notice(words.replace("{name}", lost.by or _("iemand")), ft.Icons.VISIBILITY_OFF_OUTLINED))
        if lost.unconfirmed:
            words = counted(
                "Hooguit nog {n} adres kan erop staan: hier is het gewist, maar dit apparaat heeft dat niet bevestigd."
                " Welk adres het was, is hier niet meer te zien.",
                "Hooguit nog {n} adressen kunnen erop staan: hier zijn ze gewist, maar dit apparaat heeft dat niet bevestigd."
                " Welke adressen het waren, is hier niet meer te zien.",
                lost.unconfirmed,
            )
            parts.append(notice(words, ft.Icons.DELETE_SWEEP_OUTLINED, alarm=True))
        if lost.unseen:
            parts.append(
                notice(
                    _(
                        "Het las ook mee met een team of ronde die jij niet kunt lezen. Vraag die coördinator hetzelfde."
                    ),
                    ft.Icons.GROUPS,
                )
            )
        if lost.brought_in:
            names = ", ".join(name or _("iemand") for name in lost.brought_in)
            parts.append(
                notice(
                    _("Kijk na wie via dit apparaat is binnengekomen: {names}.").format(names=names),
                    ft.Icons.PERSON_SEARCH,
                )
            )
        parts.append(text(_("Ruim geteld: alles wat het ooit kon openen, ook wat er later af ging."), soft=True))
        self.top.controls = parts

    def _draw_list(self, lost: Lost) -> None:
        if not lost.places:
            self.list.controls = []
            return
        said = counted("Toon {n} adres", "Toon {n} adressen", len(lost.places))
        if not self.limit:
            self.list.controls = [side_button(said, self.safe(self._more), ft.Icons.LIST)]
            return
        rows: list[ft.Control] = [title(_("Deze adressen"), 2)]
        for place in lost.places[: self.limit]:
            day = iso(place.day)
            when = f" · {day_text(day, self.app.today())}" if day else ""
            off = f" · {_('was er al af')}" if place.dropped else ""
            rows.append(text(f"{place.address} · {kind_text(place.kind)}{when}{off}"))
        if len(lost.places) > self.limit:
            rows.append(quiet_button(_("Toon meer"), self.safe(self._more), ft.Icons.EXPAND_MORE))
        self.list.controls = rows

    def _more(self, e) -> None:
        self.limit += PAGE
        if self.lost:
            self._draw_list(self.lost)

    # -- the letters ---------------------------------------------------------------------------------------

    def _draw_letters(self, lost: Lost) -> None:
        today = self.app.today()
        name = next((t.name for t in self.app.trust.teams() if t.parent is None), "")
        self.letters.controls = [
            title(_("Teksten"), 2),
            text(_("In het Nederlands, voor wie ze leest. Wat tussen [ ] staat, vul je zelf in.")),
            self._letter(_("Voor de Autoriteit Persoonsgegevens"), authority(lost, name, today)),
            self._letter(_("Brief aan bewoners"), residents(lost, name, today)),
        ]

    def _letter(self, name: str, lines: list[str]) -> ft.Control:
        async def copy(e) -> None:
            await self.app.law.lost.note_copied()
            await ft.Clipboard().set("\n\n".join(lines))
            self.say(_("Gekopieerd."))

        async def print_(e) -> None:
            await self.app.law.lost.print(lines)

        return card(
            text(name, weight=ft.FontWeight.W_600, size=18),
            *(copyable(line) for line in lines),
            ft.Row(
                [self._small(_("Kopieer"), copy, ft.Icons.COPY), self._small(_("Print"), print_, ft.Icons.PRINT)],
                wrap=True,
            ),
        )

    def _small(self, label: str, act: Callable, icon: ft.IconData) -> ft.Control:
        return side_button(label, self.safe(act), icon)
