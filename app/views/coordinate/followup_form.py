"""Asking somebody to do something after a visit: what, who, and by which day."""

from collections.abc import Callable
from datetime import date, timedelta

import flet as ft

from app.services.followups import FollowUp, When, when
from app.services.language import _, day_text
from app.services.reviewing import WORD
from app.services.wording import field_text
from app.views.common.guarded_field import GuardedField
from app.views.parts import DayField, card, error_text, main_button, notice, pick, quiet_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput, NotFound

USUAL = timedelta(days=7)
ASKED = "asked"  # the draft of what is asked


def due_words(f: FollowUp, today: date) -> str:
    """By which day, and how near that is."""
    day = day_text(f.due, today)
    if f.done is not None:
        return _("Gedaan: {day}").format(day=day_text(f.done, today))
    return {
        When.OVERDUE: _("Kon al sinds {day}"),
        When.TODAY: _("Vandaag"),
        When.SOON: _("Uiterlijk {day}"),
        When.LATER: _("Uiterlijk {day}"),
    }[when(f.due, today)].format(day=day)


def followup_card(f: FollowUp, today: date, on_click: Callable | None, mine: bool = False) -> ft.Control:
    """One follow-up: what, where, who and when."""
    who = _("van {name}").format(name=f.by or "?") if mine else _("voor {name}").format(name=f.name or "?")
    icon = ft.Icons.TASK_ALT if f.done else ft.Icons.EVENT_OUTLINED
    rows: list[ft.Control] = [
        text(f.what, weight=ft.FontWeight.W_600, size=18),
        text(" · ".join(x for x in (f.address, who) if x), soft=True),
        notice(due_words(f, today), icon),
    ]
    if f.word:
        rows.append(text(f.word))
    if not f.done and not f.there and not mine:
        left = _("{name} hoort niet meer bij dit team. Geef het aan iemand anders.").format(name=f.name or "?")
        rows.append(notice(left, ft.Icons.PERSON_OFF_OUTLINED, alarm=True))
    if f.blocked:
        rows.append(
            notice(_("Hier wil men geen contact. Bel niet aan."), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, alarm=True)
        )
    return card(*rows, on_click=on_click)


class WhoField(ft.Column):
    """Who does it, chosen from those who can."""

    def __init__(self, screen: Screen, people: list[tuple[bytes, str]], chosen: bytes, on_pick: Callable) -> None:
        super().__init__(spacing=4, tight=True)
        self._screen, self._people, self.chosen, self._on_pick = screen, people, chosen, on_pick
        self.error_text = error_text()
        self._draw()

    def _draw(self) -> None:
        chips = pick(self._people, lambda m: m == self.chosen, self._screen.safe(self._pick))
        self.controls = [text(_("Wie pakt het op?"), soft=True, size=15), chips, self.error_text]

    def _pick(self, member: bytes) -> None:
        self.chosen = member
        self.tell("")
        self._draw()
        self._on_pick(member)

    def tell(self, words: str) -> None:
        """Say what is wrong with it, or "" for nothing."""
        self.error_text.value, self.error_text.visible = words, bool(words)


class FollowUpForm(ft.Column):
    """Closed at first. `done` hears that something was asked."""

    def __init__(self, screen: Screen, visit: bytes, done: Callable[[], None]) -> None:
        super().__init__(spacing=12, visible=False, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._visit, self._done, self._busy = screen, visit, done, False
        self._due: date | None = screen.app.today() + USUAL
        self.what = GuardedField(
            _("Wat vraag je?"),
            screen.app.reviews.typed(ASKED, visit),
            self._type,
            screen.safe,
            min_lines=2,
            max_lines=5,
        )
        if self.what.value:  # half typed before
            self.open()

    def open(self) -> None:
        """Show the form. Who can be asked is looked up now: somebody may have left."""
        app = self._screen.app
        people = app.followups.candidates(self._visit)
        author = next((m for m, name in people if name and name == self._author()), b"")
        alone = people[0][0] if len(people) == 1 else b""
        self._who = WhoField(self._screen, people, alone or author, lambda member: None)
        self._day = DayField(_("Voor welke dag"), self._due, self._set_day, self._screen.safe)
        send = main_button(_("Vraag dit"), self._screen.safe(self._send), ft.Icons.TASK_ALT)
        close = quiet_button(_("Toch niet"), self._screen.safe(self._close))
        told = text(_("Diegene ziet het adres en wat je vraagt, en niets anders."), soft=True, size=15)
        self.controls = [title(_("Opvolgen"), 2), self.what, self._who, self._day, told, send, close]
        self.visible = True

    def _author(self) -> str:
        try:
            return self._screen.app.visit(self._visit).by
        except NotFound:  # erased meanwhile: what was typed is still to be read
            return ""

    async def _type(self, words: str) -> None:
        await self._screen.app.reviews.type(ASKED, self._visit, words)

    async def _set_day(self, day: date | None) -> None:
        self._due = day

    async def _close(self, e) -> None:
        self.visible, self.what.value = False, ""
        await self._type("")

    async def _send(self, e) -> None:
        if self._busy:
            return
        self._busy = True
        for part in (self._who, self._day):
            part.tell("")
        self.what.error = None
        app, reply = self._screen.app, self._screen.reply.value
        try:
            await app.followups.ask(self._visit, self._who.chosen, self.what.value, self._due, reply, app.today())
        except BadInput as error:
            self._tell(error)
            return
        finally:
            self._busy = False
        await self._type("")
        self._screen.say(_("Gevraagd. Diegene ziet het bij de volgende keer verbinding."))
        self._done()

    def _tell(self, error: BadInput) -> None:
        words = field_text(error)
        if error.field == "member":
            self._who.tell(words)
        elif error.field == "due":
            self._day.tell(words)
        elif error.field == "what":
            self.what.error = words
        self._screen.say(words)


class HowField(GuardedField):
    """How it went, half typed or not."""

    def __init__(self, screen: Screen, followup: bytes) -> None:
        self._app, self._about = screen.app, followup
        super().__init__(
            _("Hoe ging het? (hoeft niet)"),
            screen.app.followups.typed(WORD, followup),
            self._keep,
            screen.safe,
            min_lines=2,
            max_lines=6,
        )

    async def _keep(self, words: str) -> None:
        await self._app.followups.type(WORD, self._about, words)
