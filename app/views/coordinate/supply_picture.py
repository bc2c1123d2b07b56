"""One picture of wishes against offers. A ring is as large as the wish; what is on offer fills it. An empty ring is what
one looks for: wished, and not there. Shape, sign and words say it, never colour alone.
"""

from math import sqrt

import flet as ft

from app.services.area_tree import Place
from app.services.face import AppFace
from app.services.language import _, counted
from app.services.supply import Cell, Match, Picture
from app.views.contact.offers import wish_words
from app.views.coordinate.area_words import area_text
from app.views.parts import Colors, inset, stack, text, title

TILE, LARGEST, SMALLEST = 144, 56, 24
SIGN = 20


def few(seen: Picture) -> str:
    """What stands where a number is not shown."""
    return _("minder dan {n} wensen").format(n=seen.threshold)


def cell_words(seen: Picture, cell: Cell) -> str:
    """A cell in words: what is wished, and what there is."""
    wished = counted("{n} wens", "{n} wensen", cell.wished) if cell.wished is not None else few(seen)
    there = counted("{n} aanbod", "{n} keer aanbod", len(cell.offers)) if cell.offers else _("geen aanbod")
    return f"{wished}, {there}"


def legend(seen: Picture) -> ft.Control:
    """What the signs mean."""
    rows = [
        (_sign(Match.MISSING, 0, 1), _("Gewenst, maar er is nog niets")),
        (_sign(Match.MET, 0, 1), _("Gewenst, en het is er")),
        (_sign(Match.SPARE, 0, 1), _("Het is er, en minder dan {n} wensen").format(n=seen.threshold)),
    ]
    parts = [
        ft.Row([ft.Container(sign, width=SMALLEST), ft.Container(text(words, size=15), expand=True)])
        for sign, words in rows
    ]
    return stack(*parts, spacing=4)


def row_text(app: AppFace, seen: Picture, area: Place | None) -> str:
    """What a row is called: one that has others inside it counts only the rest, and says so."""
    name = area_text(app, area)
    return _("{area}, elders").format(area=name) if area in seen.rest else name


def area_picture(app: AppFace, seen: Picture, area: Place | None) -> ft.Control:
    """One area: a tile for each wish of which there is something to see, the rest in one line."""
    name = row_text(app, seen, area)
    told = [(w, seen.cells[area, w]) for w in seen.wishes]
    tiles = [_tile(seen, wish_words(w), cell) for w, cell in told if cell.match is not Match.NOTHING]
    rest = [wish_words(w) for w, cell in told if cell.match is Match.NOTHING]
    parts: list[ft.Control] = [title(name, 2)]
    if tiles:
        parts.append(
            ft.Row(tiles, wrap=True, spacing=10, run_spacing=10, vertical_alignment=ft.CrossAxisAlignment.START)
        )
    if rest:
        words = _("{few} en geen aanbod: {wishes}").format(few=few(seen), wishes=", ".join(rest))
        parts.append(text(words[0].upper() + words[1:], soft=True, size=15))
    return ft.Container(stack(*parts, spacing=8), padding=inset(bottom=8))


def _tile(seen: Picture, wish: str, cell: Cell) -> ft.Control:
    """A sign above its words; the one that is missing stands in a frame of its own."""
    missing = cell.match is Match.MISSING
    lines = [
        text(_in_two(wish), weight=ft.FontWeight.W_600, size=15, text_align=ft.TextAlign.CENTER),
        text(
            _in_two(cell_words(seen, cell).replace(", ", ",\n")),
            soft=not missing,
            size=13,
            text_align=ft.TextAlign.CENTER,
        ),
    ]
    if missing:
        lines[1].weight = ft.FontWeight.W_700
    sign = ft.Container(
        _sign(cell.match, cell.wished or 0, seen.most), height=LARGEST + 8, alignment=ft.Alignment.CENTER
    )
    column = ft.Column(
        [ft.Container(width=TILE), sign, *lines],
        spacing=2,
        tight=True,
        intrinsic_width=True,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
    edge = ft.BorderSide(2, Colors.TERTIARY) if missing else ft.BorderSide(1, Colors.OUTLINE_VARIANT)
    shown = ft.Container(
        column,
        padding=ft.Padding.symmetric(horizontal=8, vertical=10),
        border_radius=14,
        bgcolor=Colors.TERTIARY_CONTAINER if missing else Colors.SURFACE_CONTAINER,
        border=ft.Border.all(edge.width, edge.color),
    )
    if missing:
        for line in lines:
            line.color = Colors.ON_TERTIARY_CONTAINER
    return ft.Semantics(
        content=shown, label=f"{wish}: {cell_words(seen, cell)}", exclude_semantics=True, container=True
    )


def _sign(match: Match, wished: int, most: int) -> ft.Control:
    """An empty ring with a stroke through what is not there, a full disc with a tick, or a small square."""
    size = SMALLEST + (LARGEST - SMALLEST) * sqrt(wished / most) if most else SMALLEST
    if match is Match.MISSING:
        mark = ft.Icon(ft.Icons.PRIORITY_HIGH, size=min(SIGN, size * 0.7), color=Colors.TERTIARY)
        return _round(size, mark, None, ft.Border.all(4, Colors.TERTIARY))
    if match is Match.MET:
        mark = ft.Icon(ft.Icons.CHECK, size=min(SIGN, size * 0.7), color=Colors.ON_PRIMARY)
        return _round(size, mark, Colors.PRIMARY, None)
    return ft.Row(
        [ft.Container(width=16, height=16, bgcolor=Colors.PRIMARY, border_radius=3)],
        alignment=ft.MainAxisAlignment.CENTER,
    )


def _round(size: float, mark: ft.Control, ground: str | None, edge: ft.Border | None) -> ft.Control:
    disc = ft.Container(
        mark,
        width=size,
        height=size,
        border_radius=size / 2,
        bgcolor=ground,
        border=edge,
        alignment=ft.Alignment.CENTER,
    )
    return ft.Row([disc], alignment=ft.MainAxisAlignment.CENTER)


def _in_two(words: str) -> str:
    """Two lines of about the same length: a tile is as wide as the longer one, at any size of text."""
    if "\n" in words or len(words) < 14 or " " not in words:
        return words
    spaces = [i for i, c in enumerate(words) if c == " "]
    at = min(spaces, key=lambda i: abs(i - len(words) / 2))
    return f"{words[:at]}\n{words[at + 1 :]}"
