"""A walk on paper: print it, and enter it afterwards. One line a door, one tap a state; the keyboard does it as well."""

import asyncio
from collections.abc import Callable
from datetime import date

import flet as ft

from app.services.language import _, day_text
from app.services.models import DayPart
from app.services.rounds.models import Answer, DoorLook, DoorState, Interest
from app.services.rounds.paper import Line, line, next_line, sheets
from app.services.wording import field_text
from app.views.collect.over import walk_or_leave
from app.views.collect.words import door_text, floor_text, interests, period_text, states
from app.views.contact.words import parts
from app.views.parts import (
    Colors,
    DayField,
    card,
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput

FLYER, NEW = "flyer", "new"


def extras() -> list[tuple[str, str]]:
    """What may be ticked beside a state, on the paper and on the screen."""
    listed = [(FLYER, _("flyer")), (NEW, _("nieuwe bewoner")), *((str(i), words) for i, words in interests().items())]
    return [(what, words[:1].upper() + words[1:]) for what, words in listed]


class PaperScreen(Screen):
    """One walk. Day and part of the day are chosen once, for all doors that follow."""

    def __init__(self, shell, walk: bytes) -> None:
        super().__init__(shell)
        self.look = self.app.rounds.walk(walk)
        self.round = self.app.rounds.round(self.look.round)
        self.back = f"/ronde/{self.look.round.hex()}"
        self.day = min(self.app.today(), self.round.last)
        self.part: DayPart | None = None
        self.doors = self.app.rounds.doors(walk)
        self.at: str | None = None  # the door that is being entered
        self.last: str | None = None  # the one that was entered last
        self.said = ""  # what there
        self.extra: set[str] = set()
        self.slots: dict[str, ft.Container] = {}
        self.turn = asyncio.Lock()  # keys that come quickly are for one door after another

    @property
    def filled_in(self) -> bool:
        """Half a paper is entered: not drawn anew when the window changes."""
        return self.part is not None

    def build(self) -> ft.Control:
        self.page.on_keyboard_event = self.safe(self._key)
        self.top, self.told = stack(spacing=16), stack(spacing=8)
        self.slots = {look.door.key: ft.Container(self._slot(look)) for look in self.doors}
        self._draw_top()
        if self.round.closed:
            return page_body(self.top)
        return page_body(self.top, *self._headed(), self.told)

    def refresh(self) -> None:
        """What is half entered stays; a round that is over is left."""
        walk_or_leave(self, self.look.id)

    def _draw_top(self) -> None:
        """First what to print and which day; once that is chosen a line, so that the door stands high on the screen."""
        if self.part is not None and self.day is not None:
            when = f"{day_text(self.day, self.app.today())}, {parts()[self.part]}"
            other = quiet_button(_("Andere dag"), self.safe(lambda e: self._set_part(None)), ft.Icons.EDIT_CALENDAR)
            self.top.controls = [title(_("Invullen van papier")), ft.Row([text(when), other], wrap=True)]
            return
        self.top.controls = [
            title(_("Op papier")),
            text(self.look.name, soft=True),
            text(_("Loop je liever met een lijst? Print hem, en vul hem hier later in.")),
            main_button(_("Print de lijst"), self.safe(self._print), ft.Icons.PRINT_OUTLINED),
        ]
        if not self.round.closed:
            self.top.controls += [
                title(_("Invullen van papier"), 2),
                text(_("Op welke dag liep je? Kies dat één keer.")),
                DayField(_("Dag"), self.day, self._set_day, self.safe),
                pick(list(parts().items()), lambda part: part is self.part, self.safe(self._set_part)),
            ]

    # -- printing --------------------------------------------------------------------------------------------------

    async def _print(self, e) -> None:
        empty = {Line.BOXES: "", Line.BLOCKED: _("niet aanbellen"), Line.DONE: _("al geweest")}
        made = []
        for sheet in sheets(self.doors):
            name = ", ".join(x for x in (sheet.first.street, floor_text(sheet.first)) if x)
            made.append((name, [(door.label, empty[what]) for door, what in sheet.lines]))
        lines = [
            f"{self.look.name} · {period_text(self.round, self.app.today())}",
            _("Dag: ______________    Deel van de dag:  ☐ ochtend   ☐ middag   ☐ avond"),
            _("Zet alleen kruisjes. Schrijf geen namen op, en niets over mensen."),
            _("Klaar? Vul de lijst in de app in en versnipper hem."),
        ]
        beside = [words.replace("contactpersoon", "contact\u00adpersoon") for _what, words in extras()]
        boxes = [*states().values(), *beside]  # narrow columns: a long word is cut where it may be
        self.app.rounds.print_paper(self.round.name, lines, boxes, made)

    # -- entering --------------------------------------------------------------------------------------------------

    async def _set_day(self, day: date | None) -> None:
        self.day = day or self.day

    async def _set_part(self, part: DayPart | None) -> None:
        if part is not None:
            try:
                self.app.rounds.check_when(self.look.id, (self.day, part))
            except BadInput as error:
                self.say(field_text(error))
                return
        self.part = part
        self._draw_top()
        self._open(self.at or next_line(self.doors) if part is not None else None)

    def _headed(self) -> list[ft.Control]:
        """The doors, under the names of their streets and floors."""
        shown: list[ft.Control] = []
        for sheet in sheets(self.doors):
            shown.append(title(", ".join(x for x in (sheet.first.street, floor_text(sheet.first)) if x), 2))
            shown += [self.slots[door.key] for door, _what in sheet.lines]
        return shown

    def _slot(self, look: DoorLook) -> ft.Control:
        number = text(look.door.label, size=20, weight=ft.FontWeight.W_600, width=90)
        if line(look) is Line.BLOCKED:
            icon = ft.Icon(ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, color=Colors.ON_SURFACE_VARIANT)
            return card(ft.Row([number, icon, text(_("niet aanbellen"), soft=True)]))
        if look.door.key == self.at:
            return self._editor(look)
        key = look.door.key
        row: list[ft.Control] = [number, ft.Container(text(door_text(look), soft=True), expand=True)]
        return card(ft.Row(row), on_click=self.safe(lambda e: self._pick(key)))

    async def _pick(self, key: str) -> None:
        if self.part is None:
            self.say(_("Kies eerst het deel van de dag."))
            return
        self._open(key)

    def _editor(self, look: DoorLook) -> ft.Control:
        """The door that is being entered, in its own place on the list."""
        door, key = look.door, look.door.key
        where = ", ".join(x for x in (door.street, floor_text(door), door_text(look)) if x)
        chips = pick(extras(), lambda what: what in self.extra, self.safe(self._toggle), boxes=True)
        buttons = [
            side_button(f"{n} {words}", self._tapping(key, state))
            for n, (state, words) in enumerate(states().items(), 1)
        ]
        big = text(door.label, size=38, weight=ft.FontWeight.W_600)
        head = ft.Row([big, ft.Container(text(where, soft=True), expand=True)], spacing=16)
        shown = [head, chips, ft.Row(list(buttons), wrap=True, spacing=8, run_spacing=8)]
        return card(*shown, *([self._last_row()] if self.last is not None else []), accent=True)

    def _tapping(self, key: str, state: DoorState) -> Callable:
        return self.safe(lambda e: self._enter(key, state))

    async def _toggle(self, what: str) -> None:
        self.extra ^= {what}
        self._draw(self.at)

    async def _enter(self, key: str, state: DoorState) -> None:
        """Written before the next door opens; what can't be written keeps the door."""
        if self.part is None:
            return
        wishes = tuple(i for i in Interest if str(i) in self.extra)
        answer = Answer(state, FLYER in self.extra, wishes)
        new = state is DoorState.MET and NEW in self.extra
        await self.app.rounds.tap(self.look.id, key, answer, new, (self.day, self.part))
        self.last, self.extra, self.said = key, set(), states()[state]
        self.doors = self.app.rounds.doors(self.look.id)
        self._open(next_line(self.doors, key))
        last = notice(_("Dat was de laatste deur."), ft.Icons.CHECK_CIRCLE_OUTLINED)
        self.told.controls = [self._last_row(), last] if self.at is None else []

    def _last_row(self) -> ft.Control:
        """What was entered last, and a way to undo it."""
        label = next(look.door.label for look in self.doors if look.door.key == self.last)
        undo = quiet_button(_("Ongedaan maken"), self.safe(self._undo), ft.Icons.UNDO)
        return ft.Row([text(f"{label}: {self.said}"), undo], wrap=True)

    async def _undo(self, e) -> None:
        if self.last is None:
            return
        undone, self.last = self.last, None
        await self.app.rounds.undo(self.look.id, undone)
        self.doors, self.told.controls = self.app.rounds.doors(self.look.id), []
        self._open(undone)

    def _open(self, key: str | None) -> None:
        before, self.at = self.at, key
        for one in {before, key, self.last}:
            self._draw(one)

    def _draw(self, key: str | None) -> None:
        look = next((x for x in self.doors if x.door.key == key), None)
        if look is not None:
            self.slots[look.door.key].content = self._slot(look)

    async def _key(self, e: ft.KeyboardEvent) -> None:
        """1 to 6: a state. F: a flyer. Arrows: another door."""
        if self.shell.screen is not self or self.at is None or e.ctrl or e.alt or e.meta:
            return
        chosen = list(states())
        digit = e.key.removeprefix("Numpad ")
        if digit.isdigit() and 1 <= int(digit) <= len(chosen):
            async with self.turn:
                if self.at is not None:
                    await self._enter(self.at, chosen[int(digit) - 1])
        elif e.key.upper() == "F":
            await self._toggle(FLYER)
        elif e.key == "Arrow Down":
            self._open(next_line(self.doors, self.at) or self.at)
        elif e.key == "Arrow Up":
            open_ = [look.door.key for look in self.doors if line(look) is not Line.BLOCKED]
            self._open(open_[max(0, open_.index(self.at) - 1)])
