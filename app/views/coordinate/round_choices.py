"""Choices whose words may be long: names of streets and people. Flet's chips cut off what does not fit on one line."""

from collections.abc import Callable, Sequence

import flet as ft

from app.views.parts import Colors, ringed


def choices(options: Sequence[tuple[object, str]], chosen: Callable[[object], bool], on_pick: Callable) -> ft.Row:
    """As parts.pick, in buttons that grow with their words; `on_pick(value)` is a guarded handler."""
    made = [_choice(value, label, chosen(value), on_pick) for value, label in options]
    return ft.Row(made, wrap=True, spacing=10, run_spacing=10)


def _choice(value: object, label: str, on: bool, on_pick: Callable) -> ft.Control:
    """A screen reader hears whether it is chosen."""

    async def tapped(e: ft.ControlEvent) -> None:
        await on_pick(value)

    style = ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=14),
        text_style=ft.TextStyle(size=17),
        side=ringed(ft.BorderSide(1, Colors.PRIMARY if on else Colors.OUTLINE)),
        padding=ft.Padding.symmetric(horizontal=14, vertical=15),
        bgcolor=Colors.PRIMARY_CONTAINER if on else Colors.SURFACE_CONTAINER,
        color=Colors.ON_SURFACE,
        icon_color=Colors.PRIMARY,
    )
    button = ft.OutlinedButton(content=label, icon=ft.Icons.CHECK if on else None, on_click=tapped, style=style)
    return ft.Semantics(content=button, container=True, selected=on)
