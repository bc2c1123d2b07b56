"""What a round came to: counts as a picture, the same as a table, and doing it once more."""

import flet as ft

from app.services.language import _, counted
from app.services.rounds.models import RoundLook
from app.views.coordinate.round_choices import choices
from app.views.coordinate.round_words import (
    Named,
    as_table,
    bar,
    bars_legend,
    for_a_spreadsheet,
    said_of,
    table_rows,
)
from app.views.parts import main_button, notice, quiet_button, stack, title
from app.views.screen import Screen

PAGE = 40


class Result(ft.Column):
    """The counts of a round that is over, by street or by walk."""

    def __init__(self, screen: Screen, look: RoundLook) -> None:
        super().__init__(spacing=20, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._limit, self._open, self._by_walk = screen, PAGE, False, False
        self._late, self._choice, self._bars, self._table = stack(), stack(spacing=16), stack(spacing=20), stack()
        self._again = stack()
        about = title(_("Aantallen"), 2)
        self.controls = [self._late, about, self._choice, self._bars, self._table, self._again]
        self._shown: object = None
        self.follow(look)

    def follow(self, look: RoundLook) -> None:
        """What came in late counts too; nothing is drawn anew as long as it is the same."""
        streets: list[Named] = [(name, p) for name, p, _doors in self._screen.app.rounds.progress_of_streets(look.id)]
        if (look, streets) == self._shown:
            return
        self._shown, self._look, self._streets = (look, streets), look, streets
        words = _("Na het sluiten kwam er nog binnen: {counts}.").format(counts=said_of(look.late))
        self._late.controls = [notice(words, ft.Icons.SCHEDULE)] if look.late.doors else []
        go = self._screen.go(f"/nieuwe-ronde/{look.id.hex()}")
        again = main_button(_("Doe deze ronde nog een keer"), go, ft.Icons.REPLAY)
        gone = notice(_("De deuren zelf bewaren we een jaar. Die zijn nu weg; de aantallen blijven."))
        self._again.controls = [again if look.walks else gone]
        self._draw()

    def _some(self) -> list[Named]:
        return [(walk.name, walk.progress) for walk in self._look.walks] if self._by_walk else self._streets

    def _draw(self) -> None:
        some = self._some()
        options: list[tuple[object, str]] = [(False, _("per straat")), (True, _("per loopje"))]
        choice = choices(options, lambda by_walk: by_walk is self._by_walk, self._screen.safe(self._choose))
        self._choice.controls = [*([choice] if self._look.walks else []), bars_legend(some)]
        rows = [bar(name, progress) for name, progress in some[: self._limit]]
        if len(some) > self._limit:
            rows.append(quiet_button(_("Toon meer"), self._screen.safe(self._more)))
        self._bars.controls = rows
        label = _("Tabel sluiten") if self._open else _("Dezelfde aantallen als tabel")
        ways: list[ft.Control] = [quiet_button(label, self._screen.safe(self._toggle), ft.Icons.TABLE_ROWS_OUTLINED)]
        if self._open:
            ways = [as_table(self._rows()), *ways]
            ways.append(quiet_button(_("Kopieer de tabel"), self._screen.safe(self._copy), ft.Icons.CONTENT_COPY))
        self._table.controls = ways

    def _rows(self) -> list[list[str]]:
        what = _("Loopje") if self._by_walk else _("Straat")
        return table_rows(what, self._some(), self._look.progress)

    def _choose(self, by_walk: bool) -> None:
        self._by_walk, self._limit = by_walk, PAGE
        self._draw()

    def _more(self, e: ft.ControlEvent) -> None:
        self._limit += PAGE
        self._draw()

    def _toggle(self, e: ft.ControlEvent) -> None:
        self._open = not self._open
        self._draw()

    async def _copy(self, e: ft.ControlEvent) -> None:
        await ft.Clipboard().set(for_a_spreadsheet(self._rows()))
        self._screen.say(_("De tabel is gekopieerd."))


def found_text(open_welcomes: int) -> str:
    """New residents who were met at a door and wait to be welcomed."""
    return counted("{n} nieuw adres wacht op een welkom", "{n} nieuwe adressen wachten op een welkom", open_welcomes)
