"""Tables of a report as pictures: large numbers, a band of parts, bars. What is hidden is said, never drawn.

Each part says itself to a screen reader; colour never tells alone (a number and a word stand beside it).
"""

from collections.abc import Sequence

import flet as ft

from app.services.language import _
from app.services.reports.models import Cell, Report, Row, Shown, Table, Topic
from app.views.coordinate.report_words import cell_words, change_words, period_words, row_words, topics
from app.views.parts import Colors, stack, text, title

BAR, SLIM = 22, 8
LABEL = 190
NARROW = 560
LARGE = {Topic.VISITS, Topic.ACTIVITIES, Topic.ROUNDS, Topic.STORIES}


def chart(report: Report, table: Table, wide: bool) -> ft.Control:
    """One table as a picture under its heading."""
    if table.topic in LARGE:
        drawn: ft.Control = _numbers(report, table)
    elif table.topic is Topic.AREAS:
        drawn = _areas(report, table, wide)
    else:
        drawn = _bars(report, table, wide)
    return stack(title(topics()[table.topic], 2), drawn, spacing=10)


def _numbers(report: Report, table: Table) -> ft.Control:
    tiles = [_number(report, table, row) for row in table.rows]
    return ft.Row(tiles, wrap=True, spacing=12, run_spacing=12)


def _number(report: Report, table: Table, row: Row) -> ft.Control:
    said = cell_words(row.cell, report.threshold)
    size = 34 if isinstance(row.cell, Shown) else 20
    lines = [
        text(said, size=size, weight=ft.FontWeight.W_700),
        text(row_words(table.topic, row), size=15),
    ]
    before = change_words(row, report.threshold)
    if before:
        lines.append(text(before, soft=True, size=14))
    tile = ft.Container(
        ft.Column(lines, spacing=0, tight=True),
        padding=ft.Padding.symmetric(horizontal=18, vertical=12),
        border_radius=18,
        bgcolor=Colors.SURFACE_CONTAINER,
        border=ft.Border.all(1, Colors.OUTLINE_VARIANT),
    )
    label = f"{row_words(table.topic, row)}: {said}" + (f", {before}" if before else "")
    return ft.Semantics(content=tile, label=label, container=True, exclude_semantics=True)


def charted(report: Report) -> list[Table]:
    """The tables that have a picture of their own: where somebody was met is drawn within the visits of an area."""
    return [t for t in report.tables if t.rows and t.topic is not Topic.AREAS_REACHED]


def _areas(report: Report, table: Table, wide: bool) -> ft.Control:
    """A bar an area; the full part of it is where somebody was met."""
    reached = {r.key: r.cell for t in report.tables if t.topic is Topic.AREAS_REACHED for r in t.rows}
    most = max((r.cell.n for r in table.rows if isinstance(r.cell, Shown)), default=0)
    rows = [_area(report, row, reached.get(row.key), most, wide) for row in _ordered(table.rows, table.topic)]
    drawn = any(isinstance(reached.get(r.key), Shown) and isinstance(r.cell, Shown) for r in table.rows)
    legend = [text(_("Het volle deel: kennisgemaakt."), soft=True, size=15)] if drawn else []
    return stack(*legend, *rows, spacing=10)


def _area(report: Report, row: Row, met: Cell | None, most: int, wide: bool) -> ft.Control:
    name, said = row_words(Topic.AREAS, row), cell_words(row.cell, report.threshold)
    inside = met.n if isinstance(met, Shown) else 0
    if met is not None:
        said = _("{n}, kennisgemaakt {met}").format(n=said, met=cell_words(met, report.threshold))
    before = change_words(row, report.threshold)
    drawn: list[ft.Control] = [_line(row.cell, most, BAR, Colors.PRIMARY, said, inside)]
    if row.before is not None:
        drawn.append(_line(row.before, most, SLIM, Colors.OUTLINE, before))
    return _placed(name, drawn, ", ".join(x for x in (said, before) if x), wide)


def _bars(report: Report, table: Table, wide: bool) -> ft.Control:
    shown = [c.n for row in table.rows for c in (row.cell, row.before) if isinstance(c, Shown)]
    most = max(shown, default=0)
    return stack(*(_bar(report, table, row, most, wide) for row in _ordered(table.rows, table.topic)), spacing=10)


def _ordered(rows: Sequence[Row], topic: Topic) -> list[Row]:
    """The longest bar first, what is hidden last; outcomes stay as they are read."""
    if topic is Topic.OUTCOMES:
        return list(rows)
    return sorted(rows, key=lambda r: (r.key == "rest", -(r.cell.n if isinstance(r.cell, Shown) else -1), r.label))


def _bar(report: Report, table: Table, row: Row, most: int, wide: bool) -> ft.Control:
    name, said = row_words(table.topic, row), cell_words(row.cell, report.threshold)
    before = change_words(row, report.threshold)
    drawn: list[ft.Control] = [_line(row.cell, most, BAR, Colors.PRIMARY, said)]
    if row.before is not None:
        drawn.append(_line(row.before, most, SLIM, Colors.OUTLINE, before))
    return _placed(name, drawn, ", ".join(x for x in (said, before) if x), wide)


def _placed(name: str, drawn: list[ft.Control], said: str, wide: bool) -> ft.Control:
    """A name before its bars, or above them where there is little room."""
    lines = ft.Column(drawn, spacing=3, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    label = text(name, weight=ft.FontWeight.W_500)
    placed: ft.Control = stack(label, lines, spacing=3)
    if wide:
        placed = ft.Row(
            [ft.Container(label, width=LABEL), ft.Container(lines, expand=True)],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=12,
        )
    return ft.Semantics(content=placed, label=f"{name}: {said}", container=True, exclude_semantics=True)


def _line(cell: Cell, most: int, height: int, colour: str, said: str, full: int | None = None) -> ft.Control:
    """A bar with its number behind it, which has room of its own; the number alone where there is nothing to draw. `full`:
    how much of it is drawn full, all of it unless told.
    """
    words = text(said, size=17 if height == BAR else 14, soft=height != BAR)
    if not isinstance(cell, Shown) or not most:
        return ft.Row([words])
    shares = [
        (cell.n if full is None else full, colour),
        (0 if full is None else cell.n - full, Colors.PRIMARY_CONTAINER),
    ]
    pieces = [
        ft.Container(height=height, bgcolor=ink, expand=round(1000 * n / most)) for n, ink in shares if n * 1000 >= most
    ]
    left = 1000 - sum(piece.expand for piece in pieces)
    drawn = ft.Row([*pieces, *([ft.Container(expand=left)] if left > 0 else [])], spacing=0)
    return ft.Row(
        [ft.Container(drawn, expand=True), words], spacing=10, vertical_alignment=ft.CrossAxisAlignment.CENTER
    )


def table_of(report: Report, table: Table) -> ft.Control:
    """The same as a table, for who reads rather than looks."""
    comparing = report.before is not None
    rows = [
        [row_words(table.topic, r), cell_words(r.cell, report.threshold), cell_words(r.before, report.threshold)]
        for r in table.rows
    ]
    heads = ["", period_words(report.period), period_words(report.before)] if report.before else []
    lines = [_table_line(heads, soft=True)] if heads else []
    lines += [_table_line(row if comparing else row[:2]) for row in rows]
    return stack(title(topics()[table.topic], 2), *lines, spacing=6)


def _table_line(words: list[str], soft: bool = False) -> ft.Control:
    name, *numbers = words
    cells = [ft.Container(text(name, soft=soft), expand=3)]
    cells += [ft.Container(text(n, soft=soft, text_align=ft.TextAlign.END), expand=2) for n in numbers]
    row = ft.Row(cells, vertical_alignment=ft.CrossAxisAlignment.START)
    return ft.Semantics(
        content=row, label=": ".join(x for x in (name, ", ".join(numbers)) if x), container=True, exclude_semantics=True
    )
