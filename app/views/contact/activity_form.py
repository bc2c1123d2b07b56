"""The form of an activity: what, when, where; and once it has been, how many came. Every change is a draft at once."""

from dataclasses import replace

import flet as ft

from app.services.activities import NEW
from app.services.activities_form import MINUTES, ActivityForm, clock, count, is_over
from app.services.language import _
from app.services.models import MAX_NOTE
from app.views.common.guarded_field import GuardedField
from app.views.contact.activity_tags import TagFields
from app.views.contact.activity_words import kind_title, kinds, lasting, when_text
from app.views.form import FormScreen
from app.views.parts import (
    DayField,
    error_text,
    field,
    page_body,
    pick,
    quiet_button,
    stack,
    text,
    tick,
    title,
)


class ActivityFormScreen(FormScreen):
    """A new activity, one of mine (`activity`), or only how that one was (`after`)."""

    named = ("day", "time", "place", "until", "heads", "helpers", "how")

    def __init__(self, shell, activity: bytes | None = None, after: bool = False) -> None:
        super().__init__(shell)
        self.activity, self.after = activity, after
        self.key = activity.hex() if activity else NEW
        saved = self.app.activities.one(activity).form if activity else ActivityForm(day=self.app.today())
        self.form = self.app.activities.draft(self.key) or saved
        self.telling = False

    @property
    def back(self) -> str:
        return f"/activiteit/{self.key}" if self.activity else "/buurt"

    def build(self) -> ft.Control:
        self.body = stack(spacing=18)
        self._draw()
        return page_body(self.body)

    def _draw(self) -> None:
        self.errors = {"kind": error_text(), "minutes": error_text(), "wishes": error_text()}
        end = self.ending(_("Opslaan"), self._save)
        if self.after:
            about = f"{kind_title(self.form)}, {when_text(self.form, self.app.today())}"
            self.body.controls = [title(_("Hoe was het?")), text(about, soft=True), *self._told(), *end]
            return
        heading = _("Activiteit aanpassen") if self.activity else _("Nieuwe activiteit")
        told = self._told() if self._tells() else self._ask_to_tell()
        self.body.controls = [title(heading), *self._planned(), *told, *end]

    def _tells(self) -> bool:
        """Whether how it was is asked: once it has been, or when somebody wants to tell it on the day itself."""
        form, now = self.form, self.app.activities.now()
        began = form.heads is not None or form.helpers is not None or bool(form.how)
        return began or is_over(form, now) or (self.telling and self._today())

    def _today(self) -> bool:
        return self.form.day == self.app.activities.now().date()

    def _ask_to_tell(self) -> list[ft.Control]:
        words = _("Is het al geweest? Vertel hoe het was")
        return [quiet_button(words, self.safe(self._tell_now), ft.Icons.EDIT_NOTE)] if self._today() else []

    async def _tell_now(self, e) -> None:
        self.telling = True
        self._draw()

    # -- what, when and where -------------------------------------------------------------------------------

    def _planned(self) -> list[ft.Control]:
        form = self.form
        self.kinds, self.minutes = ft.Column([self._kinds()]), ft.Column([self._minutes()])
        self.day = DayField(_("Dag"), form.day, self._set_day, self.safe)
        self.time = field(
            _("Hoe laat?"),
            form.time,
            self.safe(lambda e: self._type("time", e.control.value)),
            hint_text=_("bijvoorbeeld 14:30"),
            keyboard_type=ft.KeyboardType.DATETIME,
        )
        self.place = field(
            _("Waar?"),
            form.place,
            self.safe(lambda e: self._type("place", e.control.value)),
            hint_text=_("bijvoorbeeld huiskamer De Hoef"),
            helper=_("Een plek voor iedereen, niet bij iemand thuis."),
            capitalization=ft.TextCapitalization.SENTENCES,
        )
        weekly = tick(_("Elke week op deze dag"), form.weekly, self.safe(self._set_weekly))
        until: list[ft.Control] = []
        if form.weekly:
            set_until = lambda day: self.change(until=day)  # noqa: E731
            self.until = DayField(_("Tot en met"), form.until, set_until, self.safe, clearable=True)
            words = _("Elke week vragen we je of het weer doorgaat. Met één tik staat de volgende erin.")
            until = [self.until, text(words, soft=True)]
        return [
            title(_("Wat doen jullie?"), 2),
            self.kinds,
            self.errors["kind"],
            self.day,
            self.time,
            text(_("Hoe lang?")),
            self.minutes,
            self.errors["minutes"],
            self.place,
            weekly,
            *until,
        ]

    def _kinds(self) -> ft.Control:
        return pick(list(kinds().items()), lambda k: k is self.form.kind, self.safe(self._pick_kind))

    def _minutes(self) -> ft.Control:
        offered = sorted({*MINUTES, *([self.form.minutes] if self.form.minutes else [])})
        options = [(n, lasting(n)) for n in offered]
        return pick(options, lambda n: n == self.form.minutes, self.safe(self._pick_minutes))

    async def _pick_kind(self, kind) -> None:
        await self.change(kind=kind)
        self.kinds.controls = [self._kinds()]
        self._tell("kind", "")

    async def _pick_minutes(self, minutes) -> None:
        await self.change(minutes=None if minutes == self.form.minutes else minutes)
        self.minutes.controls = [self._minutes()]

    async def _set_day(self, day) -> None:
        before = self._tells(), self._today()
        await self.change(day=day)
        if (self._tells(), self._today()) != before:
            self._draw()
            self.body.update()

    async def _set_weekly(self, e) -> None:
        await self.change(weekly=bool(e.control.value))
        self._draw()

    # -- how it was -----------------------------------------------------------------------------------------

    def _told(self) -> list[ft.Control]:
        form = self.form
        self.heads = self._number("heads", _("Hoeveel mensen kwamen er?"), form.heads)
        self.helpers = self._number("helpers", _("Hoeveel mensen hielpen er?"), form.helpers)
        self.how = GuardedField(
            _("Hoe ging het?"),
            form.how,
            lambda words: self.change(how=words),
            self.safe,
            max=MAX_NOTE,
            min_lines=3,
        )
        return [
            text(_("Alleen aantallen, geen namen."), soft=True),
            self.heads,
            self.helpers,
            self.how,
            TagFields(self),
            self.errors["wishes"],
        ]

    def _number(self, name: str, label: str, value: int | None) -> ft.TextField:
        return field(
            label,
            "" if value is None or value < 0 else str(value),
            self.safe(lambda e: self._type(name, count(e.control.value or ""))),
            keyboard_type=ft.KeyboardType.NUMBER,
            input_filter=ft.NumbersOnlyInputFilter(),
        )

    # -- keeping --------------------------------------------------------------------------------------------

    async def _type(self, name: str, value) -> None:
        """Typing draws nothing: comparing the whole screen at every letter costs a slow phone its pace."""
        ft.context.disable_auto_update()
        await self.change(**{name: value})

    async def keep(self, form: ActivityForm | None) -> None:
        await self.app.activities.keep_draft(self.key, form)

    async def _save(self, e) -> None:
        time = clock(self.form.time)
        form = self.form if time is None else replace(self.form, time=time)
        await self.save(lambda: self.app.activities.save(form, self.activity), "/activiteit/{id}")
