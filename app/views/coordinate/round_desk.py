"""One round as a coordinator sees it: how it stands, street by street as a picture, who walks, and its end."""

import flet as ft

from app.services.language import _
from app.services.rounds.models import DoorLook, RoundLook, Standing
from app.views.collect.round import standing_text
from app.views.collect.rounds import about, head
from app.views.collect.words import counts_text
from app.views.common.sync_card import sync_card
from app.views.common.tiles import Pictures
from app.views.coordinate.round_closing import Ending
from app.views.coordinate.round_crew import Crew
from app.views.coordinate.round_result import Result, found_text
from app.views.coordinate.round_walks import Walks
from app.views.coordinate.round_words import figures, shut_text, wishes_text
from app.views.parts import notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from app.views.theme import CONTENT

LEFT, WHOLE = 470, 980  # the pane of words beside pictures, and a page on a laptop
DRAWN = 2000  # doors that are drawn at once

Streets = list[tuple[str, list[DoorLook]]]


class RoundDesk(Screen):
    """Live while it is open; counts once it is closed."""

    back = "/rondes"

    def __init__(self, shell, name: bytes) -> None:
        super().__init__(shell)
        self.name = name
        self.drawn = DRAWN
        self.closed: bool | None = None  # what the parts were made for; None: nothing is known of it yet

    def build(self) -> ft.Control:
        self.head, self.main, self.below = stack(), stack(spacing=24), stack(spacing=24)
        self.pictures, self.sync = stack(spacing=16), stack()
        self.place, self.closed = ft.Container(expand=True), None
        self._lay_out()
        self.refresh()
        return self.place

    def _lay_out(self) -> None:
        """On a laptop the words stand beside the pictures; a closed round is one page, its table needs the room."""
        if not self.shell.wide or self.closed is not False:
            parts = [self.head, self.main, self.below, self.pictures, self.sync]
            self.place.content = page_body(*parts, width=WHOLE if self.shell.wide else CONTENT)
            return
        words = page_body(self.head, self.main, self.below, self.sync, width=LEFT)
        shown = ft.Container(page_body(self.pictures, width=WHOLE), expand=True)
        panes = [ft.Container(words, width=LEFT), ft.VerticalDivider(width=1), shown]
        self.place.content = ft.Row(panes, expand=True, spacing=0)

    def refresh(self) -> None:
        self.sync.controls = [sync_card(self.app.sync_status())]
        standing = self.app.rounds.standing(self.name)
        if standing is not Standing.ON:
            self.head.controls = [title(_("Ronde")), notice(standing_text(standing))]
            self.main.controls = self.below.controls = self.pictures.controls = []
            if self.closed is not None:
                self.closed = None
                self._lay_out()
            return
        look = self.app.rounds.round(self.name)
        if look.closed is not self.closed:
            self.closed = look.closed
            self._make(look)
            self._lay_out()
        self._draw_head(look)
        if look.closed:
            self.result.follow(look)
        else:
            self.walks.follow(look)
            self.crew.follow(look)
            self.ending.follow(look)
            self._draw_pictures()

    def _make(self, look: RoundLook) -> None:
        if look.closed:
            self.result = Result(self, look)
            self.main.controls, self.below.controls, self.pictures.controls = [], [], [self.result]
            return
        me = next((m.id for m in self.app.members() if m.me), b"")
        self.walks, self.crew, self.ending = Walks(self, me), Crew(self, look), Ending(self, look)
        self.shown = Pictures(self)
        self.main.controls, self.below.controls = [self.walks], [self.crew, self.ending]
        meet = quiet_button(_("Wissel uit met een ander"), self.go(f"/ruil/{self.name.hex()}"), ft.Icons.QR_CODE_2)
        self.below.controls.append(meet)

    def _draw_head(self, look: RoundLook) -> None:
        closed = [notice(_("Gesloten. De aantallen zijn bewaard, de rest is weg."), ft.Icons.TASK_ALT)]
        self.head.controls = [
            head(look),
            *about(look, self.app.today()),
            *(closed if look.closed else []),
            figures(look.progress),
            *shut_text(look.progress),
            *self._found(look),
        ]

    def _found(self, look: RoundLook) -> list[ft.Control]:
        """What came of it: wishes as counts, new residents as the tasks that they are."""
        lines = [*counts_text(look.progress), *wishes_text(look.progress)]
        told = stack(*(text(f"• {line}") for line in lines), spacing=4)
        rows: list[ft.Control] = [title(_("Wat er gevonden is"), 2), told] if lines else []
        if look.progress.interests and not look.closed:
            rows.append(text(_("Welke deuren dat zijn, staat in de lijst onder elke straat."), soft=True))
        waiting = self.app.rounds.new_residents(look.id)
        if waiting:
            rows.append(side_button(found_text(waiting), self.go("/welkom"), ft.Icons.WAVING_HAND_OUTLINED))
        return rows

    def _draw_pictures(self) -> None:
        shown, more = self._streets()
        self.shown.show(shown)
        rest = [quiet_button(_("Toon meer straten"), self.safe(self._more))] if more else []
        self.pictures.controls = [self.shown, *rest]

    def _streets(self) -> tuple[Streets, bool]:
        """As many whole streets as can be drawn at once, and whether there are more."""
        streets: Streets = []
        doors = 0
        for name, _progress, looks in self.app.rounds.pictures(self.name):
            if streets and doors + len(looks) > self.drawn:
                return streets, True
            streets.append((name, looks))
            doors += len(looks)
        return streets, False

    def _more(self, e: ft.ControlEvent) -> None:
        self.drawn += DRAWN
        self._draw_pictures()
