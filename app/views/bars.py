"""The places of the app: a bar at the foot of a phone, a column at the side of a laptop. Both grow with the text.

Flet's own navigation bar breaks words at 200 % text, and its rail has no roles. Here a place is a button that says
when it is the one on show, and a bar too narrow for its words goes on in a second line.
"""

from collections.abc import Callable, Sequence

import flet as ft

from app.views.parts import Colors, inset, ringed, start, text

Place = tuple[str, str, ft.IconData]  # the route, its word, its icon
SIDE = 220


def bottom_bar(places: Sequence[Place], here: int, go: Callable[[str], Callable]) -> ft.Control:
    """All places at the foot of the screen; `go(route)` is what a tap does. Two lines when one is too narrow."""
    row = ft.Row(
        [_foot_place(*place, number == here, go) for number, place in enumerate(places)],
        wrap=True,
        spacing=0,
        run_spacing=0,
        alignment=ft.MainAxisAlignment.SPACE_EVENLY,
    )
    edge = ft.Border.only(top=ft.BorderSide(1, Colors.OUTLINE_VARIANT))
    inside = ft.SafeArea(row, avoid_intrusions_top=False)
    return ft.Container(inside, bgcolor=Colors.SURFACE_CONTAINER, border=edge, padding=ft.Padding.symmetric(vertical=4))


def _foot_place(route: str, label: str, icon: ft.IconData, here: bool, go: Callable[[str], Callable]) -> ft.Control:
    ink = Colors.ON_PRIMARY_CONTAINER if here else Colors.ON_SURFACE_VARIANT
    mark = ft.Container(
        ft.Icon(icon, size=24, color=ink),
        bgcolor=Colors.PRIMARY_CONTAINER if here else None,
        border_radius=14,
        padding=ft.Padding.symmetric(horizontal=16, vertical=3),
    )
    weight = ft.FontWeight.W_700 if here else ft.FontWeight.W_500
    word = text(label, size=13, weight=weight, no_wrap=True)
    inside = ft.Column([mark, word], spacing=2, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
    return _place(inside, here, go(route), padding=ft.Padding.symmetric(horizontal=6, vertical=4))


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
    places: Sequence[Place],
    here: int,
    go: Callable[[str], Callable],
    below: Sequence[ft.Control] = (),
) -> ft.Control:
    """All places in a column, with parts above and below them; it scrolls when the window is low or the text large."""

    def place(route: str, label: str, icon: ft.IconData, on_show: bool) -> ft.Control:
        ink = Colors.ON_PRIMARY_CONTAINER if on_show else Colors.ON_SURFACE_VARIANT
        weight = ft.FontWeight.W_600 if on_show else ft.FontWeight.W_500
        word = text(label, size=18, weight=weight, no_wrap=True)
        inside = ft.Row([ft.Icon(icon, size=24, color=ink), word], spacing=12, tight=True)
        return _place(inside, on_show, go(route), padding=ft.Padding.symmetric(horizontal=16, vertical=12), ground=True)

    column = ft.Column(
        [
            ft.Container(width=SIDE),  # so wide at least
            *above,
            *(place(*p, number == here) for number, p in enumerate(places)),
            ft.Divider(),
            *below,
        ],
        spacing=4,
        intrinsic_width=True,  # as wide as the longest word of now
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(ft.Column([column], scroll=ft.ScrollMode.AUTO, expand=True), padding=12)


def _place(inside: ft.Control, here: bool, on_click: Callable, padding: ft.Padding, ground: bool = False) -> ft.Control:
    """A button; a screen reader hears whether it is the place on show (aria-current)."""
    style = ft.ButtonStyle(
        padding=padding,
        shape=ft.RoundedRectangleBorder(radius=16),
        side=ringed(),
        bgcolor=Colors.PRIMARY_CONTAINER if ground and here else None,
        alignment=start() if ground else None,
    )
    button = ft.TextButton(content=inside, on_click=on_click, style=style)
    return ft.Semantics(content=button, container=True, selected=here)
