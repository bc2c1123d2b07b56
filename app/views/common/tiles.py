"""The picture of a street: every door a tile, told by its colour and by its letter. For one walk or a whole round.

A street is one drawing (SVG), made as one text: 2,000 tiles as controls, or as shapes on a canvas, take Python twenty
times as long, at every update of the page again. What a drawing can't do, the list beside it does: be read aloud, be
reached by the keyboard, grow with the text. Tiles have square corners: rounded ones take 40 % of drawing a frame.
"""

from collections.abc import Awaitable, Callable, Sequence
from html import escape

import flet as ft

from app.services.language import _
from app.services.rounds import doors as counting
from app.services.rounds.models import DoorLook, DoorState
from app.views.bars import SIDE
from app.views.collect.words import counts_text, done_text, door_state, door_text, states
from app.views.common.scale import Scale
from app.views.common.tile_layout import Layout, lay_out
from app.views.parts import card, quiet_button, stack, text, title
from app.views.screen import Screen
from app.views.theme import CONTENT

OnDoor = Callable[[str], Awaitable[None]]
TILE, SHOWN = 54.0, 60  # six beside one another on a phone
INK, EDGE, HERE = "#21302A", "#5B6862", "#B1472A"
# The same on a light and on a dark screen, as a map is: ground and ink of each sign.
COLOURS: dict[DoorState | None, tuple[str, str]] = {
    None: ("#FFFDF8", INK),
    DoorState.MET: ("#1F5C4A", "#FFFFFF"),
    DoorState.NOT_HOME: ("#F4C95D", INK),
    DoorState.LATER: ("#BBD9F2", INK),
    DoorState.NO_CONTACT: ("#8F3A22", "#FFFFFF"),
    DoorState.EMPTY: ("#CFC8BA", INK),
    DoorState.UNREACHABLE: ("#4D5C55", "#FFFFFF"),
}
BLOCKED = ("#E7DDCB", "#6B1A0E")


def letters() -> dict[DoorState, str]:
    """One letter for each state, so that colour is not all that tells."""
    return {
        DoorState.MET: _("G"),
        DoorState.NOT_HOME: _("N"),
        DoorState.LATER: _("L"),
        DoorState.NO_CONTACT: _("W"),
        DoorState.EMPTY: _("V"),
        DoorState.UNREACHABLE: _("B"),
    }


def colours(look: DoorLook) -> tuple[str, str]:
    """Ground and ink of a door's tile."""
    if look.answer is None and look.blocked:
        return BLOCKED
    return COLOURS[look.answer.state if look.answer else None]


def sign(look: DoorLook) -> str:
    """The letter on a door's tile."""
    if look.answer is not None:
        return letters()[look.answer.state]
    return "X" if look.blocked else ""


def drawing(plan: Layout, looks: Sequence[DoorLook], here: str | None = None) -> str:
    """The picture as SVG. `here`: the key of the door that somebody stands at."""
    size, known = plan.tile, {look.door.key: sign(look) for look in looks}
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {plan.width:.0f} {plan.height:.0f}">',
        '<g font-family="Roboto" text-anchor="middle">',
    ]
    made += [
        f'<rect x="0" y="{y - 2:.1f}" width="{plan.width:.0f}" height="4" rx="2" fill="#A9B3AD"/>' for y in plan.roads
    ]
    for tile in plan.tiles:
        look = looks[tile.index]
        ground, ink = colours(look)
        edge, thick = (HERE, 5) if look.door.key == here else (EDGE, 1.5)
        middle = tile.x + size / 2
        inner = size - thick
        made.append(
            f'<rect x="{tile.x + thick / 2:.1f}" y="{tile.y + thick / 2:.1f}" width="{inner:.1f}" height="{inner:.1f}"'
            f' fill="{ground}" stroke="{edge}" stroke-width="{thick}"/>'
        )
        for words, down, most, weight in _lines(look, known[look.door.key]):
            letter = min(most * size, 1.55 * size / max(1, len(words)))
            made.append(
                f'<text x="{middle:.1f}" y="{tile.y + down * size:.1f}" font-size="{letter:.1f}" fill="{ink}"'
                f' font-weight="{weight}">{escape(words)}</text>'
            )
    made += [_beside(x, y, words, size) for x, y, words in plan.labels]
    made.append("</g></svg>")
    return "".join(made)


def _beside(x: float, middle: float, words: str, size: float) -> str:
    """A floor or a staircase, on a ground of its own: the picture is the same in the dark."""
    letter = size * 0.27
    wide = max(size * 0.45, letter * 0.7 * (len(words) + 1))
    return (
        f'<rect x="{x:.1f}" y="{middle - letter * 0.75:.1f}" width="{wide:.1f}" height="{letter * 1.5:.1f}" rx="5"'
        f' fill="{BLOCKED[0]}"/><text x="{x + wide / 2:.1f}" y="{middle + letter * 0.36:.1f}" font-size="{letter:.1f}"'
        f' fill="{INK}">{escape(words)}</text>'
    )


def _lines(look: DoorLook, letter: str) -> list[tuple[str, float, float, int]]:
    """What stands on a tile: words, where (of its height), how large at most (of its size), how bold."""
    door = look.door
    number, more = f"{door.number}{door.letter}", door.addition
    lines = [(number, 0.36 if more or letter else 0.58, 0.3, 600)]
    if more:
        lines.append((more, 0.6 if letter else 0.66, 0.22, 400))
    if letter:
        lines.append((letter, 0.88 if more else 0.8, 0.27 if more else 0.34, 700))
    return lines


def legend(looks: Sequence[DoorLook], here: bool = False) -> ft.Control:
    """What the colours and letters say, of those that occur; `here`: one of them has the ring of where somebody stands."""
    known = {door_state(look): look for look in looks}
    order = {words: i for i, words in enumerate(states().values())}
    shown = sorted(known, key=lambda words: order.get(words, 99))
    samples = [_sample(known[words], words) for words in shown]
    if here:
        samples.append(_sample(known[shown[0]], _("hier was je"), ringed=True))
    return ft.Row(list(samples), wrap=True, spacing=16, run_spacing=8)


def _sample(look: DoorLook, words: str, ringed: bool = False) -> ft.Control:
    ground, ink = COLOURS[None] if ringed else colours(look)
    letter = ft.Text("" if ringed else sign(look), size=15, weight=ft.FontWeight.W_700, color=ink)
    tile = ft.Container(
        letter,
        bgcolor=ground,
        border=ft.Border.all(4, HERE) if ringed else ft.Border.all(1.5, EDGE),
        padding=ft.Padding.symmetric(horizontal=9, vertical=3),
    )
    shown = ft.Row([tile, text(words, size=15)], spacing=8, tight=True)
    return ft.Semantics(content=shown, label=words, container=True, exclude_semantics=True)


def _guess(screen: Screen) -> float:
    """The width that a screen's column most likely has: drawn so at once, what stands below stays where it is."""
    beside = SIDE + 24 if screen.shell.wide else 0
    return min(CONTENT, (screen.page.width or CONTENT) - beside) - 2 * 16


class StreetPicture(ft.Column):
    """One street or complex: its name, its counts, its picture, and the same as a list. `on_door(key)`, if any, hears a tap."""

    def __init__(self, screen: Screen, name: str, looks: Sequence[DoorLook], on_door: OnDoor | None = None) -> None:
        super().__init__(spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._name, self._looks, self._on_door = screen, name, list(looks), on_door
        self._here: str | None = None
        self._room, self._scale = _guess(screen), Scale(self._redraw)
        self._listed = 0  # how many doors stand in the list; 0: it is closed
        self._said, self._drawn, self._list = stack(spacing=2), ft.Container(), stack(spacing=8)
        place = ft.Container(self._drawn, on_size_change=self._sized)
        self.controls = [title(name, 2), self._said, ft.Stack([place, self._scale]), self._list]
        self._draw()

    def show(self, looks: Sequence[DoorLook], here: str | None = None) -> None:
        """Other doors, or in another state; `here`: where somebody stands. Costs nothing where nothing changed."""
        if list(looks) != self._looks or here != self._here:
            self._looks, self._here = list(looks), here
            self._draw()

    def _sized(self, e: ft.LayoutSizeChangeEvent) -> None:
        if abs(e.width - self._room) > 1:
            self._room = e.width
            self._redraw()

    def _redraw(self) -> None:
        self._draw()
        self.update()

    def _draw(self) -> None:
        progress = counting.progress(self._looks)
        lines = [done_text(progress), ", ".join(counts_text(progress))]
        self._said.controls = [text(line, soft=True, size=15) for line in lines if line]
        if self._room > 0:
            self._plan = lay_out([look.door for look in self._looks], self._room, TILE * min(self._scale.now, 2.0))
            self._drawn.content = self._picture()
        self._list.controls = self._as_list()

    def _picture(self) -> ft.Control:
        source = drawing(self._plan, self._looks, self._here)
        picture: ft.Control = ft.Image(
            src=source, width=self._plan.width, height=self._plan.height, exclude_from_semantics=True
        )
        if self._on_door is not None:
            tapped = self._screen.safe(self._tapped)
            picture = ft.GestureDetector(content=picture, on_tap_up=tapped, exclude_from_semantics=True)
        words = _("Plaatje van {street}. Dezelfde deuren staan in de lijst eronder.").format(street=self._name)
        return ft.Semantics(content=picture, label=words, image=True, container=True, exclude_semantics=True)

    async def _tapped(self, e: ft.TapEvent) -> None:
        if self._on_door is None or e.local_position is None:
            return
        index = self._plan.at(e.local_position.x, e.local_position.y)
        if index is not None:
            await self._on_door(self._looks[index].door.key)

    # -- the same as a list -----------------------------------------------------------------------------------

    def _as_list(self) -> list[ft.Control]:
        if not self._listed:
            words = _("{street} als lijst").format(street=self._name)
            return [quiet_button(words, self._screen.safe(self._more), ft.Icons.LIST)]
        rows: list[ft.Control] = [self._line(look) for look in self._looks[: self._listed]]
        if self._listed < len(self._looks):
            rows.append(quiet_button(_("Toon meer"), self._screen.safe(self._more)))
        return [*rows, quiet_button(_("Lijst sluiten"), self._screen.safe(self._close), ft.Icons.CLOSE)]

    def _line(self, look: DoorLook) -> ft.Control:
        several = len({x.door.street for x in self._looks}) > 1
        words = f"{look.door.address if several else look.door.label}: {door_text(look)}"
        if self._on_door is None:
            return text(words)
        on_door, key = self._on_door, look.door.key
        return card(text(words), on_click=self._screen.safe(lambda e: on_door(key)))

    def _more(self, e: ft.ControlEvent) -> None:
        self._listed += SHOWN
        self._list.controls = self._as_list()

    def _close(self, e: ft.ControlEvent) -> None:
        self._listed = 0
        self._list.controls = self._as_list()


class Pictures(ft.Column):
    """All streets of a walk or a round, below one another, with one legend above them."""

    def __init__(self, screen: Screen, on_door: OnDoor | None = None) -> None:
        super().__init__(spacing=24, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._on_door = screen, on_door
        self._streets: dict[str, StreetPicture] = {}

    def show(self, streets: Sequence[tuple[str, Sequence[DoorLook]]], here: str | None = None) -> None:
        """These streets; one that is there already is drawn anew only where something changed."""
        for name, looks in streets:
            if name not in self._streets:
                self._streets[name] = StreetPicture(self._screen, name, looks, self._on_door)
            self._streets[name].show(looks, here)
        names = [name for name, _looks in streets]
        self._streets = {name: self._streets[name] for name in names}
        together = [look for _name, looks in streets for look in looks]
        ringed = any(look.door.key == here for look in together)
        self.controls = [legend(together, ringed), *self._streets.values()]
