"""Publications: what went out, what can go out now, and each of them on paper."""

import flet as ft

from app.services.area_tree import CBS, Place
from app.services.language import _, day_text
from app.services.papers.csv_file import csv_file
from app.services.papers.page import page as page_file
from app.services.reports.models import Damaged, Period, Published, Standing
from app.services.wording import field_text
from app.views.coordinate.asking import Ask
from app.views.coordinate.report_areas import AreaPick
from app.views.coordinate.report_paper import about, file_name, paper, wide
from app.views.coordinate.report_words import period_words, published_words, row_words, topics
from app.views.parts import (
    card,
    error_text,
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

WIDTH = 760
PERIODS = 8


class PublicationsScreen(Screen):
    """All of them, newest first, and how to make one."""

    back = "/rapport"

    def build(self) -> ft.Control:
        self.period: Period | None = None
        self.area: Place | None = None
        self.more = False
        self.areas = AreaPick(self, self._choose_area)
        self.form, self.list = stack(spacing=14), stack()
        self.refresh()
        return page_body(title(_("Publicaties")), self.form, title(_("Wat er al is"), 2), self.list, width=WIDTH)

    def refresh(self) -> None:
        self.wrong = error_text()
        self.form.controls = self._form()
        found = [self._card(p) for p in self.app.reports.published()]
        broken = [self._broken(d) for d in self.app.reports.damaged()]
        none = [text(_("Er is nog niets gepubliceerd."), soft=True)]
        self.list.controls = [*broken, *(found or none)]

    # -- making one ------------------------------------------------------------------------------------------------

    def _form(self) -> list[ft.Control]:
        periods = self.app.reports.closed_periods()
        areas = [a for a in self.app.reports.areas() if a.place[0] in CBS]
        if not periods:
            return [
                notice(_("Publiceren kan als er een kwartaal voorbij is waarin iets is genoteerd."), ft.Icons.SCHEDULE)
            ]
        if not areas:
            words = _("Zet eerst een gemeente, wijk of buurt bij Gebieden. Daarna kun je publiceren.")
            ways = ft.Row([quiet_button(_("Naar Gebieden"), self.go("/gebieden"), ft.Icons.ARROW_FORWARD)])
            return [notice(words, ft.Icons.MAP_OUTLINED), ways]
        shown = periods if self.more else periods[:PERIODS]
        self.period = self.period or shown[0]
        self.area = self.area or areas[0].place
        parts: list[ft.Control] = [
            text(_("Voor wie buiten het team staat: afgerond, en zo dat niemand te herkennen is.")),
            title(_("Welke tijd?"), 2),
            pick([(p, period_words(p)) for p in shown], lambda p: p == self.period, self.safe(self._choose_period)),
        ]
        if len(shown) < len(periods):
            parts.append(ft.Row([quiet_button(_("Toon oudere"), self.safe(self._older), ft.Icons.EXPAND_MORE)]))
        self.areas.show(areas, self.area)
        parts += [title(_("Welk gebied?"), 2), self.areas]
        name = next((a.name for a in areas if a.place == self.area), "")
        consequences = [
            _("Je publiceert: {name}, {period}.").format(name=name, period=period_words(self.period)),
            _("Aantallen zijn afgerond op 5, en kleine aantallen staan er niet in."),
            _("Wat gepubliceerd is, verandert niet meer. Wat later binnenkomt, telt er niet in mee."),
            _("Alle coördinatoren zien dat je dit hebt gepubliceerd."),
        ]
        return [
            *parts,
            self.wrong,
            Ask(self, _("Publiceer"), ft.Icons.CAMPAIGN_OUTLINED, consequences, _("Ja, publiceer"), self._publish),
        ]

    async def _choose_period(self, period: Period) -> None:
        self.period = period
        self.refresh()

    async def _choose_area(self, area: Place) -> None:
        self.area = area
        self.refresh()

    def _older(self, e) -> None:
        self.more = True
        self.refresh()

    async def _publish(self) -> None:
        try:
            await self.app.reports.publish(self.period, self.area)
        except BadInput as error:
            self.refresh()
            self.wrong.value, self.wrong.visible = field_text(error), True
            return
        self.refresh()
        self.say(_("Vastgelegd. De aantallen staan er zodra zeker is dat niemand anders dit tegelijk deed."))

    # -- what is there -----------------------------------------------------------------------------------------------

    def _card(self, p: Published) -> ft.Control:
        head = text(f"{p.name}, {period_words(p.period)}", size=18, weight=ft.FontWeight.W_600)
        day = text(_("Gepubliceerd op {day}.").format(day=day_text(p.day)), soft=True)
        if p.standing is Standing.HELD:
            return card(head, day, on_click=self.go(f"/publicatie/{p.id.hex()}"))
        if p.standing is Standing.WAITING:
            words = _("Wacht op verbinding: pas als zeker is dat dit de eerste is, staan de aantallen er.")
            back = Ask(
                self,
                _("Trek terug"),
                ft.Icons.UNDO,
                [_("Er is dan niets gepubliceerd. Je kunt het later opnieuw doen.")],
                _("Ja, trek terug"),
                self._withdraw(p.id),
            )
            return card(head, notice(words, ft.Icons.SCHEDULE), back)
        words = _("Telt niet: een ander was eerst, of het is teruggetrokken. Gebruik deze aantallen niet.")
        return card(head, notice(words, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED))

    def _broken(self, d: Damaged) -> ft.Control:
        what = _("Een publicatie is gemaakt met een nieuwere versie van de app.") if d.why == "newer" else _(
            "Een publicatie is niet te lezen."
        )  # fmt: skip
        words = _("Zolang die er is, publiceren we niets wat erover kan gaan.")
        where = [text(period_words(d.period), soft=True)] if d.period else []
        ask = Ask(
            self,
            _("Is nooit naar buiten gegaan"),
            ft.Icons.DELETE_OUTLINE,
            [_("Zeg dit alleen als je het zeker weet: anders kan een volgende publicatie iets verraden.")],
            _("Ja, leg opzij"),
            self._withdraw(d.id),
        )
        return card(notice(f"{what} {words}", ft.Icons.WARNING_AMBER, alarm=True), *where, ask)

    def _withdraw(self, publication: bytes):
        async def act() -> None:
            await self.app.reports.set_aside(publication)
            self.refresh()

        return act


class PublicationScreen(Screen):
    """One publication: its tables, and taking it along."""

    back = "/publicaties"

    def __init__(self, shell, publication: bytes) -> None:
        super().__init__(shell)
        self.publication = publication

    def build(self) -> ft.Control:
        found = [p for p in self.app.reports.published() if p.id == self.publication and p.standing is Standing.HELD]
        if not found:
            return page_body(title(_("Publicatie")), notice(_("Deze publicatie is er niet (meer).")))
        self.p = found[0]
        document = paper(self.p)
        ways = ft.Row(
            [
                main_button(_("Print"), self.safe(self._print), ft.Icons.PRINT_OUTLINED),
                side_button(_("Excel"), self.safe(self._workbook), ft.Icons.TABLE_CHART_OUTLINED),
                side_button(_("CSV"), self.safe(self._csv), ft.Icons.GRID_ON),
                side_button(_("Webpagina"), self.safe(self._page), ft.Icons.LANGUAGE),
            ],
            wrap=True,
            spacing=10,
            run_spacing=10,
        )
        parts = [part for area in self.p.areas for part in self._area(area)]
        said = [text(words, soft=True, size=15) for words in document.notes]
        lines = [text(words, soft=True) for words in document.lines]
        return page_body(title(document.title), stack(*lines, spacing=4), ways, *parts, stack(*said), width=WIDTH)

    def _area(self, area) -> list[ft.Control]:
        parts: list[ft.Control] = [stack(title(area.name, 2), text(about(area), soft=True, size=15), spacing=2)]
        for table in area.tables:
            lines = [self._line(row_words(table.topic, r), published_words(r.cell)) for r in table.rows]
            if lines:
                parts.append(stack(text(topics()[table.topic], weight=ft.FontWeight.W_600), *lines, spacing=6))
        return parts

    def _line(self, name: str, number: str) -> ft.Control:
        row = ft.Row(
            [ft.Container(text(name), expand=True), text(number)], vertical_alignment=ft.CrossAxisAlignment.START
        )
        return ft.Semantics(content=row, label=f"{name}: {number}", container=True, exclude_semantics=True)

    async def _print(self, e) -> None:
        self.app.papers.print(paper(self.p))

    async def _workbook(self, e) -> None:
        await self._save("xlsx", await self.app.papers.workbook(wide(self.p)))

    async def _csv(self, e) -> None:
        await self._save("csv", csv_file(wide(self.p)))

    async def _page(self, e) -> None:
        await self._save("html", page_file(paper(self.p)))

    async def _save(self, ending: str, data: bytes) -> None:
        await ft.FilePicker().save_file(file_name=file_name(self.p, ending), src_bytes=data)
        self.say(_("Bewaard."))
