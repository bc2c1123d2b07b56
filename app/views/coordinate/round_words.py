"""A round in figures and as bars, for whoever plans it: doors and streets, never people.

A figure counts doors of a street, a walk or a whole round. Who walked them stands nowhere beside it.
"""

import csv
import io
from collections.abc import Sequence

import flet as ft

from app.services.language import _, counted, number_text
from app.services.papers.document import guarded
from app.services.rounds.models import Answer, Door, DoorLook, DoorState, Interest, Order, Progress
from app.views.collect.words import counts_text, states
from app.views.common.tiles import EDGE, colours, legend, sign
from app.views.parts import Colors, text

Named = tuple[str, Progress]
ROOM = 0.07  # of a bar, for a letter to fit in its piece


def orders() -> dict[Order, str]:
    """How the doors of a street follow one another."""
    return {
        Order.SIDES: _("eerst de ene kant, dan de andere kant terug"),
        Order.CROSSING: _("steeds oversteken, op nummer"),
    }


def doors_text(doors: int) -> str:
    """58 deuren."""
    return counted("{n} deur", "{n} deuren", doors)


def walks_text(walks: int) -> str:
    """3 loopjes."""
    return counted("{n} loopje", "{n} loopjes", walks)


def wishes_text(progress: Progress) -> list[str]:
    """What people at the door would like, and what they were given: counts, a line for each that occurs."""
    wished = dict(progress.interests)
    contact, activity = wished.get(Interest.CONTACT_PERSON, 0), wished.get(Interest.ACTIVITY, 0)
    said = {
        counted(
            "bij {n} deur wil men een contactpersoon", "bij {n} deuren wil men een contactpersoon", contact
        ): contact,
        counted("bij {n} deur wil men een activiteit", "bij {n} deuren wil men een activiteit", activity): activity,
        counted("bij {n} deur een flyer gegeven", "bij {n} deuren een flyer gegeven", progress.flyers): progress.flyers,
    }
    return [line for line, n in said.items() if n]


def figures(progress: Progress) -> ft.Control:
    """How a round stands, in a few large numbers."""
    shown = [
        (progress.doors - progress.blocked, _("deuren")),
        (progress.done, _("gedaan")),
        (progress.reached, _("bereikt")),
        (dict(progress.states).get(DoorState.NOT_HOME, 0), _("niet thuis")),
    ]
    return ft.Row([_figure(n, words) for n, words in shown], wrap=True, spacing=12, run_spacing=12)


def shut_text(progress: Progress) -> list[ft.Control]:
    """Why there are fewer doors to ring than stand in the streets."""
    if not progress.blocked:
        return []
    words = counted(
        "{n} deur tellen we niet mee: daar wil men geen contact.",
        "{n} deuren tellen we niet mee: daar wil men geen contact.",
        progress.blocked,
    )
    return [text(words, soft=True, size=15)]


def _figure(number: int, words: str) -> ft.Control:
    large = text(number_text(number), size=30, weight=ft.FontWeight.W_700)
    tile = ft.Container(
        ft.Column([large, text(words, soft=True, size=15)], spacing=0, tight=True),
        padding=ft.Padding.symmetric(horizontal=18, vertical=10),
        border_radius=18,
        bgcolor=Colors.SURFACE_CONTAINER,
        border=ft.Border.all(1, Colors.OUTLINE_VARIANT),
    )
    return ft.Semantics(content=tile, label=f"{number} {words}", container=True, exclude_semantics=True)


# -- as bars --------------------------------------------------------------------------------------------------------


def _look(state: DoorState | None, blocked: bool = False) -> DoorLook:
    """A door in this state: it has the colour and the letter of all of them."""
    return DoorLook(Door("", "", 0), Answer(state) if state else None, blocked, False)


def _pieces(progress: Progress) -> list[tuple[DoorLook, int]]:
    """What a bar is made of: every door once."""
    counts = dict(progress.states)
    found = [(_look(state), counts.get(state, 0)) for state in states()]
    open_ = progress.doors - progress.blocked - progress.done
    found += [(_look(None, blocked=True), progress.blocked), (_look(None), open_)]
    return [(look, n) for look, n in found if n > 0]


def bars_legend(some: Sequence[Named]) -> ft.Control:
    """What the colours and letters of these bars say."""
    found: dict[tuple[str, str], DoorLook] = {}
    for _name, progress in some:
        found |= {colours(look): look for look, _n in _pieces(progress)}
    return legend(list(found.values()))


def bar(name: str, progress: Progress) -> ft.Control:
    """One street or walk: its name, a bar in the colours of the tiles, and the same in words."""
    pieces = _pieces(progress)
    parts = [_piece(look, n, n / max(1, progress.doors)) for look, n in pieces]
    drawn = ft.Container(
        ft.Row(parts, spacing=0),
        border_radius=8,
        border=ft.Border.all(1.5, EDGE),
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
    said = said_of(progress)
    shown = ft.Column(
        [text(name, weight=ft.FontWeight.W_600), drawn, text(said, soft=True, size=15)],
        spacing=6,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Semantics(content=shown, label=f"{name}: {said}", container=True, exclude_semantics=True)


def said_of(progress: Progress) -> str:
    """Doors, and what was found there."""
    return ", ".join([doors_text(progress.doors), *counts_text(progress)])


def _piece(look: DoorLook, number: int, share: float) -> ft.Control:
    ground, ink = colours(look)
    letter = ft.Text(sign(look) if share > ROOM else "", size=15, weight=ft.FontWeight.W_700, color=ink)
    return ft.Container(letter, bgcolor=ground, expand=number, height=30, alignment=ft.Alignment.CENTER)


# -- as a table -----------------------------------------------------------------------------------------------------


def table_rows(what: str, some: Sequence[Named], together: Progress) -> list[list[str]]:
    """The head, a line for each, and the sum: `what` it is, doors, a column for each state, where nobody rings, wishes
    and flyers.
    """
    head = [what, _("Deuren"), *states().values(), _("Niet aanbellen")]
    head += [_("Wil contactpersoon"), _("Wil activiteit"), _("Flyers")]
    return [head, *(_row(name, p) for name, p in some), _row(_("Samen"), together)]


def _row(name: str, progress: Progress) -> list[str]:
    counts, wished = dict(progress.states), dict(progress.interests)
    numbers = [progress.doors, *(counts.get(s, 0) for s in states()), progress.blocked]
    numbers += [wished.get(i, 0) for i in (Interest.CONTACT_PERSON, Interest.ACTIVITY)]
    return [name, *map(str, [*numbers, progress.flyers])]


def for_a_spreadsheet(rows: Sequence[Sequence[str]]) -> str:
    """The table as text that a spreadsheet takes: cells parted by tabs, none of them a formula."""
    made = io.StringIO()
    safe = [[guarded(cell) for cell in row] for row in rows]
    csv.writer(made, delimiter="\t", lineterminator="\n").writerows(safe)
    return made.getvalue()


def as_table(rows: Sequence[Sequence[str]]) -> ft.Control:
    """The table; where the screen is narrower it can be moved sideways."""
    columns = [ft.DataColumn(_head(words), numeric=n > 0) for n, words in enumerate(rows[0])]
    lines = [ft.DataRow([ft.DataCell(text(cell, size=15)) for cell in row]) for row in rows[1:]]
    table = ft.DataTable(columns, lines, column_spacing=14, horizontal_margin=4, heading_row_height=72)
    return ft.Row([table], scroll=ft.ScrollMode.AUTO)


def _head(words: str) -> ft.Control:
    """Over as many lines as it has words, so that all columns fit beside one another."""
    return ft.Text("\n".join(words.replace(" / ", "/ ").split(" ")), size=14, weight=ft.FontWeight.W_600)
