"""The places of the app: a bar at the foot of a phone, a column at the side of a laptop. Both grow with the text.

Flet's own navigation bar breaks words at 200 % text, and its rail has no roles. Here a place is a button that says
when it is the one on show, and a bar too narrow for its words goes on in a second line.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import flet as ft

from app.views.parts import Colors, inset, ringed, start, text

SIDE = 220
ROOMY = 9  # with more places than this at the side, they stand closer together
MOST = 999  # a larger number says no more than this one


class Place(NamedTuple):
    """A place of the bars: its route, its word, its icon, and what it is about (where a list has room to say so)."""

    route: str
    label: str
    icon: ft.IconData
    about: str = ""


Group = tuple[str, Sequence[Place]]  # a heading ("" for none) and the places below it


class Count(ft.Container):
    """How much waits at a place; nothing at all where nothing does."""

    def __init__(self) -> None:
        self._number = text("", size=13, weight=ft.FontWeight.W_700, no_wrap=True)
        self._number.color = Colors.ON_PRIMARY
        padding = ft.Padding.symmetric(horizontal=8, vertical=1)
        super().__init__(self._number, bgcolor=Colors.PRIMARY, border_radius=10, padding=padding, visible=False)

    def say(self, number: int) -> None:
        """From now on it is this many."""
        self._number.value = str(number) if number <= MOST else f"{MOST}+"
        self.visible = number > 0


class Counts(dict[str, Count]):
    """The numbers of one bar, by route: they follow without the bar being drawn anew under somebody's finger."""

    def follow(self, numbers: Mapping[str, int]) -> None:
        """Show these; a place that is not among them has nothing waiting."""
        for route, count in self.items():
            count.say(numbers.get(route, 0))


def bottom_bar(places: Sequence[Place], here: int, go: Callable[[str], Callable], counts: Counts) -> ft.Control:
    """All places at the foot of the screen; `go(route)` is what a tap does. Two lines when one is too narrow."""
    row = ft.Row(
        [_foot_place(place, number == here, go, counts) for number, place in enumerate(places)],
        wrap=True,
        spacing=0,
        run_spacing=0,
        alignment=ft.MainAxisAlignment.SPACE_EVENLY,
    )
    edge = ft.Border.only(top=ft.BorderSide(1, Colors.OUTLINE_VARIANT))
    inside = ft.SafeArea(row, avoid_intrusions_top=False)
    return ft.Container(inside, bgcolor=Colors.SURFACE_CONTAINER, border=edge, padding=ft.Padding.symmetric(vertical=4))


def _foot_place(place: Place, here: bool, go: Callable[[str], Callable], counts: Counts) -> ft.Control:
    ink = Colors.ON_PRIMARY_CONTAINER if here else Colors.ON_SURFACE_VARIANT
    mark = ft.Container(
        ft.Row(
            [ft.Icon(place.icon, size=24, color=ink), counts.setdefault(place.route, Count())], spacing=4, tight=True
        ),
        bgcolor=Colors.PRIMARY_CONTAINER if here else None,
        border_radius=14,
        padding=ft.Padding.symmetric(horizontal=10, vertical=3),
    )
    weight = ft.FontWeight.W_700 if here else ft.FontWeight.W_500
    word = text(place.label, size=13, weight=weight, no_wrap=True)
    inside = ft.Column([mark, word], spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return _place(inside, here, go(place.route), padding=ft.Padding.symmetric(horizontal=6, vertical=4))


def top_bar(left: ft.Control, right: Sequence[ft.Control], start: float) -> ft.Control:
    """The way back, and what is at hand on every screen; in a second line when the first is too narrow for it."""
    row = ft.Row(
        [left, ft.Row(list(right), tight=True, spacing=4)],
        wrap=True,
        run_spacing=0,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    return ft.Container(row, padding=inset(start=start, end=8, top=4))


def side_bar(
    above: Sequence[ft.Control],
    groups: Sequence[Group],
    here: str,
    go: Callable[[str], Callable],
    counts: Counts,
    below: Sequence[ft.Control] = (),
) -> ft.Control:
    """All places in a column under their headings. What is `above` and `below` stays in sight; the places between
    them scroll when the window is low or the text large.
    """
    dense = sum(len(places) for _heading, places in groups) > ROOMY

    def place(it: Place) -> ft.Control:
        on_show = it.route == here
        ink = Colors.ON_PRIMARY_CONTAINER if on_show else Colors.ON_SURFACE_VARIANT
        weight = ft.FontWeight.W_600 if on_show else ft.FontWeight.W_500
        word = text(it.label, size=16 if dense else 18, weight=weight, no_wrap=True)
        icon = ft.Icon(it.icon, size=20 if dense else 24, color=ink)
        inside = ft.Row([icon, word, counts.setdefault(it.route, Count())], spacing=12, tight=True)
        padding = ft.Padding.symmetric(horizontal=12 if dense else 16, vertical=4 if dense else 12)
        return _place(inside, on_show, go(it.route), padding=padding, ground=True, dense=dense)

    listed: list[ft.Control] = []
    for heading, places in groups:
        listed += [_heading(heading)] if heading else []
        listed += map(place, places)
    stretch, wide = ft.CrossAxisAlignment.STRETCH, ft.Container(width=SIDE)  # so wide at least
    column = ft.Column([wide, *listed], spacing=0 if dense else 4, intrinsic_width=True, horizontal_alignment=stretch)
    between = ft.Column([column], scroll=ft.ScrollMode.AUTO, expand=True)
    foot = ft.Column(list(below), spacing=0, tight=True)
    return ft.Container(ft.Column([*above, between, foot], spacing=4, expand=True), padding=8 if dense else 12)


def _heading(words: str) -> ft.Control:
    shown = text(words, size=13, weight=ft.FontWeight.W_700, soft=True)
    return ft.Semantics(content=ft.Container(shown, padding=inset(start=12, top=10, bottom=2)), heading_level=2)


def _place(
    inside: ft.Control,
    here: bool,
    on_click: Callable,
    padding: ft.Padding,
    ground: bool = False,
    dense: bool = False,
) -> ft.Control:
    """A button; a screen reader hears whether it is the place on show (aria-current)."""
    style = ft.ButtonStyle(
        padding=padding,
        shape=ft.RoundedRectangleBorder(radius=16),
        side=ringed(),
        bgcolor=Colors.PRIMARY_CONTAINER if ground and here else None,
        alignment=start() if ground else None,
        visual_density=ft.VisualDensity.COMPACT if dense else None,  # a mouse's, not a thumb's
    )
    button = ft.TextButton(content=inside, on_click=on_click, style=style)
    return ft.Semantics(content=button, container=True, selected=here)
