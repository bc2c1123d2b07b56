"""The parts that screens are made of. Every actionable part has a label; every text can grow to 200 %."""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import flet as ft

from app.services.language import _, day_text, right_to_left
from app.views.theme import CONTENT, TOUCH

Colors = ft.Colors


def title(text: str, level: int = 1, size: int = 0) -> ft.Control:
    """A heading, also to a screen reader."""
    shown = ft.Text(text, size=size or {1: 28, 2: 20}[level], weight=ft.FontWeight.W_600, color=Colors.ON_SURFACE)
    return ft.Semantics(content=shown, heading_level=level)


def text(words: str, soft: bool = False, size: int = 17, **more) -> ft.Text:
    """Running text."""
    color = Colors.ON_SURFACE_VARIANT if soft else Colors.ON_SURFACE
    return ft.Text(words, size=size, color=color, **more)


def copyable(words: str, **more) -> ft.Control:
    """Text that a mouse can select. To a screen reader it is text too (Flutter makes it a field without a name)."""
    return ft.Semantics(content=text(words, selectable=True, **more), label=words, exclude_semantics=True)


def stack(*controls: ft.Control, spacing: int = 12) -> ft.Column:
    """Parts below one another, each as wide as the screen's column."""
    return ft.Column(list(controls), spacing=spacing, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def start() -> ft.Alignment:
    """Where a line of text begins."""
    return ft.Alignment.CENTER_RIGHT if right_to_left() else ft.Alignment.CENTER_LEFT


def inset(start: float = 0, top: float = 0, end: float = 0, bottom: float = 0) -> ft.Padding:
    """Room around something, counted from where a line begins and where it ends."""
    left, right = (end, start) if right_to_left() else (start, end)
    return ft.Padding.only(left=left, top=top, right=right, bottom=bottom)


def ringed(side: ft.BorderSide | None = None) -> dict[ft.ControlState, ft.BorderSide]:
    """The edge of a button: a ring that can't be overlooked while it has the focus, `side` otherwise."""
    ring = ft.BorderSide(3, Colors.ON_SURFACE)
    return {ft.ControlState.FOCUSED: ring, ft.ControlState.DEFAULT: side or ft.BorderSide.none()}


def card(*controls: ft.Control, on_click: Callable | None = None, accent: bool = False) -> ft.Control:
    """A rounded card; the whole card is the button when it can be clicked."""
    inside = ft.Column(list(controls), spacing=8, tight=True)
    ground = Colors.PRIMARY_CONTAINER if accent else Colors.SURFACE_CONTAINER
    edge = ft.BorderSide(1, Colors.OUTLINE_VARIANT)
    if on_click is None:
        return ft.Container(
            inside, padding=16, border_radius=18, bgcolor=ground, border=ft.Border.all(edge.width, edge.color)
        )
    style = ft.ButtonStyle(
        bgcolor=ground,
        shape=ft.RoundedRectangleBorder(radius=18),
        side=ringed(edge),
        padding=16,
        alignment=start(),
    )
    return ft.OutlinedButton(content=inside, on_click=on_click, style=style)


_STYLE = ft.TextStyle(size=18, weight=ft.FontWeight.W_600)


def _shape(side: ft.BorderSide | None = None) -> ft.ButtonStyle:
    """Tall by padding, not by a fixed height: large text makes the button grow."""
    return ft.ButtonStyle(
        shape=ft.RoundedRectangleBorder(radius=16),
        text_style=_STYLE,
        side=ringed(side),
        padding=ft.Padding.symmetric(horizontal=20, vertical=17),
    )


def main_button(label: str, on_click: Callable, icon: ft.IconData | None = None, **more) -> ft.Control:
    """What this screen is for."""
    style = _shape()
    off = ft.ControlState.DISABLED  # legible while something is being done
    style.bgcolor = {off: Colors.SURFACE_CONTAINER_HIGHEST, ft.ControlState.DEFAULT: Colors.PRIMARY}
    style.color = {off: Colors.ON_SURFACE_VARIANT, ft.ControlState.DEFAULT: Colors.ON_PRIMARY}
    return ft.FilledButton(content=label, icon=icon, on_click=on_click, style=style, **more)


def side_button(label: str, on_click: Callable, icon: ft.IconData | None = None, **more) -> ft.Control:
    """What one may also do."""
    style = _shape(ft.BorderSide(1, Colors.OUTLINE))
    return ft.OutlinedButton(content=label, icon=icon, on_click=on_click, style=style, **more)


def quiet_button(label: str, on_click: Callable, icon: ft.IconData | None = None, **more) -> ft.Control:
    """What one seldom does."""
    return ft.TextButton(content=label, icon=icon, on_click=on_click, style=_shape(), **more)


class _IconButton(ft.IconButton):
    """Flet's makes its style anew at every update, and so a page on which nothing changed is drawn again."""

    def before_update(self) -> None:
        before = self._internals.get("style")
        super().before_update()
        if before == self._internals.get("style"):
            self._internals["style"] = before


def icon_button(icon: ft.IconData, label: str, on_click: Callable) -> ft.IconButton:
    """A small action that its icon tells; `label` is what a screen reader says."""
    named = ft.Icon(icon, semantics_label=label)  # a tooltip alone leaves the button nameless
    style = ft.ButtonStyle(side=ringed())
    return _IconButton(named, tooltip=label, on_click=on_click, width=TOUCH, height=TOUCH, style=style)


_SMALL = ft.TextStyle(size=15)


def field(label: str, value: str = "", on_change: Callable | None = None, **more) -> ft.TextField:
    """A text field whose label stays in sight."""
    return ft.TextField(
        label=label,
        value=value,
        on_change=on_change,
        text_size=18,
        border=ft.OutlineInputBorder(border_radius=14, side=ft.BorderSide(1, Colors.OUTLINE)),
        filled=True,
        fill_color=Colors.SURFACE_CONTAINER,
        align_label_with_hint=True,
        error_style=_SMALL,
        error_max_lines=4,
        helper_style=_SMALL,
        helper_max_lines=6,
        counter_style=_SMALL,
        **more,
    )


def error_text() -> ft.Text:
    """Where a part that is no field says what is wrong with it."""
    return ft.Text("", color=Colors.ERROR, size=15, visible=False)


def secret_field(label: str, **more) -> ft.TextField:
    """A field for a PIN or passphrase, with an eye that shows what was typed. (Flet's own eye has no name.)"""
    made = field(label, password=True, **more)

    def toggle(e) -> None:
        made.password = not made.password
        eye.icon = _eye(made.password)
        eye.tooltip = eye.icon.semantics_label
        eye.update()
        made.update()

    eye = icon_button(ft.Icons.VISIBILITY_OUTLINED, _("Laat zien"), toggle)
    made.suffix_icon = eye
    return made


def _eye(hidden: bool) -> ft.Icon:
    if hidden:
        return ft.Icon(ft.Icons.VISIBILITY_OUTLINED, semantics_label=_("Laat zien"))
    return ft.Icon(ft.Icons.VISIBILITY_OFF_OUTLINED, semantics_label=_("Verberg wat je typt"))


def notice(words: str, icon: ft.IconData = ft.Icons.INFO_OUTLINE, alarm: bool = False) -> ft.Control:
    """Something to know, with an icon so that colour is not all that tells."""
    color = Colors.ERROR if alarm else Colors.PRIMARY
    return ft.Row(
        [ft.Icon(icon, color=color, size=24), ft.Container(text(words), expand=True)],
        vertical_alignment=ft.CrossAxisAlignment.START,
        spacing=12,
    )


def pick(
    options: Sequence[tuple[object, str]], chosen: Callable[[object], bool], on_pick: Callable, boxes: bool = False
) -> ft.Row:
    """Big choice chips; `on_pick(value)`, a guarded handler, is called with what was tapped. `boxes`: each has a box to
    tick, so that none grows when it is, and nothing moves.
    """

    def chip(value: object, label: str) -> ft.Chip:
        async def tapped(e) -> None:
            await on_pick(value)

        edge = ft.BorderSide(1, Colors.PRIMARY if chosen(value) else Colors.OUTLINE)

        def focused(e) -> None:
            e.control.border_side = ft.BorderSide(3, Colors.ON_SURFACE)

        def left(e) -> None:
            e.control.border_side = edge

        box = ft.Icon(ft.Icons.CHECK_BOX if chosen(value) else ft.Icons.CHECK_BOX_OUTLINE_BLANK, size=20)
        return ft.Chip(
            label=ft.Row([box, text(label)], spacing=6, tight=True) if boxes else text(label),
            label_padding=0 if boxes else None,
            on_focus=focused,
            on_blur=left,
            selected=chosen(value),
            show_checkmark=not boxes,
            check_color=Colors.PRIMARY,
            bgcolor=Colors.SURFACE_CONTAINER,
            selected_color=Colors.PRIMARY_CONTAINER,
            shape=ft.RoundedRectangleBorder(radius=14),
            border_side=edge,
            padding=ft.Padding.symmetric(horizontal=9 if boxes else 12, vertical=13),
            on_select=tapped,
        )

    return ft.Row([chip(v, label) for v, label in options], wrap=True, spacing=10, run_spacing=10)


def tick(label: str, value: bool, on_change: Callable) -> ft.Checkbox:
    """Something that is so or is not, in letters as large as all others and high enough for a thumb."""
    words = ft.Container(text(label), padding=ft.Padding.symmetric(vertical=14))
    return ft.Checkbox(value=value, label=words, on_change=on_change)


class DayField(ft.Column):
    """A day, picked from a calendar; `on_day(day)` hears it. `clearable` adds a way to empty it."""

    def __init__(self, label: str, day: date | None, on_day: Callable, safe: Callable, clearable: bool = False) -> None:
        super().__init__(spacing=4, tight=True)
        self._label, self._day, self._on_day, self._clearable = label, day, on_day, clearable
        self._safe = safe
        self.error_text = error_text()
        self._draw()

    def _draw(self) -> None:
        shown = day_text(self._day, date.today()) if self._day else _("kies een dag")
        ask = side_button(f"{self._label}: {shown}", self._safe(self._ask), ft.Icons.CALENDAR_MONTH_OUTLINED)
        row: list[ft.Control] = [ask]
        if self._clearable and self._day:
            row.append(icon_button(ft.Icons.CLOSE, _("Dag weghalen"), self._safe(lambda e: self._set(None))))
        self.controls = [ft.Row(row, wrap=True), self.error_text]

    def _ask(self, e) -> None:
        start = self._day or date.today()
        picker = ft.DatePicker(
            value=datetime(start.year, start.month, start.day, 12),
            first_date=datetime(2020, 1, 1),
            last_date=datetime(date.today().year + 3, 12, 31),
            help_text=self._label,
            on_change=self._safe(lambda event: self._set(local_day(event.control.value))),
        )
        self.page.show_dialog(picker)

    async def _set(self, day: date | None) -> None:
        self._day = day
        self._draw()
        self.tell("")
        await self._on_day(day)
        self.update()

    def tell(self, error: str) -> None:
        """Say what is wrong with the day, or "" for nothing."""
        self.error_text.value, self.error_text.visible = error, bool(error)


def local_day(value: object) -> date | None:
    """The picker gives the moment in UTC: a day early in the Netherlands, unless made local first."""
    if isinstance(value, datetime):
        return (value.astimezone() if value.tzinfo else value).date()
    return value if isinstance(value, date) else None


def page_body(*controls: ft.Control, width: int = CONTENT) -> ft.Control:
    """A scrolling screen, its lines not too long on a laptop. Its place must give it a width."""
    inset = ft.Padding.only(left=16, top=8, right=16, bottom=72)
    column = ft.Container(stack(*controls, spacing=16), padding=inset, width=width)
    return ft.Column(
        [column],
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
    )
