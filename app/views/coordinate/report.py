"""The report: a period of an area in pictures, with the tables behind them. For the screen only; publishing is apart."""

from datetime import date

import flet as ft

from app.services.area_tree import Place
from app.services.language import _
from app.services.reports.models import Period, Report, quarter, year
from app.services.wording import field_text
from app.views.coordinate.report_areas import AreaPick
from app.views.coordinate.report_charts import NARROW, chart, charted, table_of
from app.views.coordinate.report_words import notes, period_words
from app.views.parts import (
    DayField,
    card,
    error_text,
    notice,
    page_body,
    pick,
    side_button,
    stack,
    text,
    tick,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput

WIDTH = 980
OWN = "own"


class ReportScreen(Screen):
    """What was done, when and where."""

    def build(self) -> ft.Control:
        self.today = self.app.today()
        choice = getattr(self.shell, "report_choice", None) or ("this_year", None, False, None)
        self.which, self.area, self.comparing, self.own = choice
        self.own = self.own or Period(self.today.replace(day=1), self.today)
        self.as_table = False
        self.periods, self.days, self.compare = ft.Column([]), stack(), stack()
        self.areas = AreaPick(self, self._choose_area, _("alles"))
        self.wrong, self.body = error_text(), stack(spacing=28)
        self.refresh()
        return page_body(
            title(_("Rapport")),
            notice(
                _("Niet voor publicatie. Naar buiten? Publiceer dan een kwartaal of een jaar."), ft.Icons.VISIBILITY
            ),
            self.periods,
            self.days,
            self.areas,
            self.compare,
            self.wrong,
            self.body,
            width=WIDTH,
        )

    def refresh(self) -> None:
        self._draw_choices()
        self.body.controls = self._report()
        self.shell.report_choice = (self.which, self.area, self.comparing, self.own)

    # -- what to look at -----------------------------------------------------------------------------------------

    def _periods(self) -> dict[str, tuple[str, Period]]:
        now, this = self.today, quarter(self.today.year, (self.today.month + 2) // 3)
        return {
            "this_year": (str(now.year), year(now.year)),
            "last_year": (str(now.year - 1), year(now.year - 1)),
            "this_quarter": (_("dit kwartaal"), this),
            "last_quarter": (_("vorig kwartaal"), this.before),
            OWN: (_("zelf kiezen"), self.own),
        }

    def _draw_choices(self) -> None:
        options = [(key, words) for key, (words, _period) in self._periods().items()]
        self.periods.controls = [pick(options, lambda w: w == self.which, self.safe(self._choose))]
        self.days.controls = []
        if self.which == OWN:
            self.days.controls = [
                ft.Row(
                    [
                        DayField(_("van"), self.own.first, self._first, self.safe),
                        DayField(_("tot en met"), self.own.last, self._last, self.safe),
                    ],
                    wrap=True,
                )
            ]
        self.areas.show(self.app.reports.areas(), self.area)
        self.compare.controls = [tick(_("vergelijk met de tijd ervoor"), self.comparing, self.safe(self._compare))]

    async def _choose(self, which: str) -> None:
        self.which = which
        self.refresh()

    async def _choose_area(self, place: Place | None) -> None:
        self.area = place
        self.refresh()

    async def _compare(self, e) -> None:
        self.comparing = e.control.value
        self.refresh()

    async def _first(self, day: date | None) -> None:
        self.own = Period(day or self.own.first, self.own.last)
        self._again()

    async def _last(self, day: date | None) -> None:
        self.own = Period(self.own.first, day or self.own.last)
        self._again()

    def _again(self) -> None:
        self.refresh()
        self.page.update()

    # -- the report ------------------------------------------------------------------------------------------------

    def _report(self) -> list[ft.Control]:
        self.wrong.visible = False
        try:
            report = self.app.reports.report(self.area, self._periods()[self.which][1], self.comparing)
        except BadInput as error:
            self.wrong.value, self.wrong.visible = field_text(error), True
            return [self._outward()]
        ways = [(False, _("Plaatje")), (True, _("Tabel"))]
        parts: list[ft.Control] = [
            self._head(report),
            pick(ways, lambda w: w is self.as_table, self.safe(self._look)),
        ]
        wide = (self.page.width or WIDTH) > NARROW
        if self.as_table:
            parts += [table_of(report, table) for table in report.tables if table.rows]
        else:
            parts += [chart(report, table, wide) for table in charted(report)]
        said = [text(words, soft=True, size=15) for words in notes(report.notes, report.threshold)]
        return [*parts, stack(*said, spacing=6), self._outward()]

    def _head(self, report: Report) -> ft.Control:
        lines: list[ft.Control] = [
            title(report.name or _("Hele organisatie"), 2),
            text(period_words(report.period), soft=True),
        ]
        if report.before:
            before = _("vergeleken met {period}").format(period=period_words(report.before))
            lines.append(text(before, soft=True))
        return stack(*lines, spacing=2)

    async def _look(self, as_table: bool) -> None:
        self.as_table = as_table
        self.refresh()

    def _outward(self) -> ft.Control:
        return card(
            title(_("Naar buiten"), 2),
            text(
                _(
                    "Wat je publiceert, is afgerond en verraadt niemand. Het kan voor elk kwartaal en elk jaar dat voorbij is."
                )
            ),
            side_button(_("Publicaties"), self.go("/publicaties"), ft.Icons.CAMPAIGN_OUTLINED),
        )
