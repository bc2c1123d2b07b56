"""One help line in its form, beside (or above) how a contact person will see it."""

from dataclasses import replace

import flet as ft

from app.services.directory import editing_hours, telling
from app.services.directory.editing_form import LineForm, NumberForm
from app.services.language import _
from app.views.coordinate.asking import Ask
from app.views.coordinate.directory_words import card_in_frame, difference_card, field_names, phone_frame
from app.views.form import FormScreen
from app.views.parts import (
    DayField,
    card,
    error_text,
    field,
    icon_button,
    notice,
    page_body,
    pick,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from sync.core.errors import BadFormat, NotFound
from sync.core.help_line import MAX_NUMBERS

HOME = "/hulplijnen-redactie"
FORM_WIDTH = 560


class HelpLineScreen(FormScreen):
    """A new line (`name` ""), or the one of this id."""

    back = HOME
    named = ("name", "about", "audience", "email", "website", "place", "hours", "languages", "areas", "source", "checked",
             "conflict", "alert")  # fmt: skip

    def __init__(self, shell, name: str) -> None:
        super().__init__(shell)
        self.line = name
        self.form: LineForm = self.app.help_desk.form(name)  # raises NotFound
        if name and any(e.fixed and e.shown.line.id == name for e in self.app.help_desk.entries()):
            raise NotFound("help line")
        self.open_card = True

    async def keep(self, form) -> None:
        await self.app.help_desk.keep_form(self.line, form)

    def build(self) -> ft.Control:
        self.preview = stack()
        self.contest = stack()
        self._see()
        self._contested()
        left = [title(_("Hulplijn aanpassen") if self.line else _("Nieuwe hulplijn")), self.contest, *self._fields()]
        heading = title(_("Zo ziet een contactpersoon het"), 2)
        if not self.shell.wide:
            return page_body(*left, heading, self.preview)
        side = page_body(heading, self.preview, width=440)
        return ft.Row(
            [
                ft.Container(page_body(*left, width=FORM_WIDTH), expand=3),
                ft.VerticalDivider(width=1),
                ft.Container(side, expand=2),
            ],
            expand=True,
            spacing=0,
        )

    # -- fields -------------------------------------------------------------------------------------------

    def _field(self, name: str, lines: int = 1, **more) -> ft.TextField:
        async def typed(e) -> None:
            ft.context.disable_auto_update()
            await self.change(**{name: e.control.value or ""})

        made = field(
            field_names()[name],
            getattr(self.form, name),
            self.safe(typed),
            multiline=lines > 1,
            min_lines=lines if lines > 1 else None,
            max_lines=8 if lines > 1 else None,
            on_blur=self.safe(lambda e: self._see()),
            **more,
        )
        setattr(self, name, made)
        return made

    def _fields(self) -> list[ft.Control]:
        self.numbers = stack(spacing=8)
        self.errors["phone"] = error_text()
        self._draw_numbers()
        self.how = text("", soft=True, size=15)
        self.chips = ft.Column()
        self._draw_chips()
        hours = self._field(
            "hours",
            lines=2,
            helper=_(
                "Zo: ma-vr 9:00-17:00; za 10:00-12:00; feestdagen gesloten. Dag en nacht: 24/7. Leeg: niet bekend."
            ),
        )
        self.hours = hours
        day = lambda chosen: self._checked(chosen)  # noqa: E731
        self.checked = DayField(field_names()["checked"], self.form.checked, day, self.safe, clearable=True)
        ways = _("Eén of meer nummers, of anders een e-mailadres of website.")
        return [
            self._field("name"),
            self._field("about", 2),
            title(_("Hoe bereik je ze?"), 2),
            text(ways, soft=True),
            self.numbers,
            self._field("email"),
            self._field("website"),
            title(_("Wanneer?"), 2),
            hours,
            self.how,
            self.chips,
            self._field("alert", 2, helper=_("Bijvoorbeeld: tot 1 mei verbouwing. Leeg: geen bericht.")),
            title(_("Voor wie en waar?"), 2),
            self._field("audience"),
            self._field("areas", 2, helper=_("Op elke regel een code en een naam, zoals: GM0796 's-Hertogenbosch. Leeg: heel Nederland.")),
            self._field("place"),
            self._field("languages", helper=_("Codes, zoals: nl, en, tr")),
            title(_("Klopt het?"), 2),
            text(_("Bel het nummer, of lees het na bij de organisatie zelf."), soft=True),
            self._field("source", 2),
            side_button(_("Vandaag nagekeken"), self.safe(self._today), ft.Icons.VERIFIED_OUTLINED),
            self.checked,
            self._field("conflict", 2, helper=_("Zeggen bronnen niet hetzelfde? Dan staat dit erbij tot het is nagekeken.")),
            *self.ending(_("Zet klaar"), self._save),
            *self._removing(),
        ]  # fmt: skip

    def _removing(self) -> list[ft.Control]:
        if not self.line:
            return []
        words = [_("De hulplijn verdwijnt van alle telefoons zodra je de lijst uitgeeft.")]
        return [Ask(self, _("Haal deze hulplijn weg"), ft.Icons.DELETE_OUTLINE, words, _("Ja, haal weg"), self._remove)]

    def _draw_numbers(self) -> None:
        rows: list[ft.Control] = []
        for place, number in enumerate(self.form.numbers):
            rows.append(self._number(place, number))
        rows.append(self.errors["phone"])
        if len(self.form.numbers) < MAX_NUMBERS:
            rows.append(quiet_button(_("Nog een nummer"), self.safe(self._add_number), ft.Icons.ADD))
        self.numbers.controls = rows

    def _number(self, place: int, number: NumberForm) -> ft.Control:
        def typing(name: str):
            async def typed(e) -> None:
                ft.context.disable_auto_update()
                numbers = list(self.form.numbers)
                numbers[place] = replace(numbers[place], **{name: e.control.value or ""})
                await self.change(numbers=tuple(numbers))

            return self.safe(typed)

        see = self.safe(lambda e: self._see())
        drop = icon_button(
            ft.Icons.CLOSE, _("Haal nummer {n} weg").format(n=place + 1), self.safe(lambda e: self._drop_number(place))
        )
        phone = field(_("Nummer {n}").format(n=place + 1), number.phone, typing("phone"), on_blur=see)
        phone.expand = True
        several = len(self.form.numbers) > 1
        return card(
            stack(
                ft.Row([phone, *([drop] if several else [])], vertical_alignment=ft.CrossAxisAlignment.START),
                field(_("Wat kost het? Mag leeg"), number.cost, typing("cost"), on_blur=see),
                field(_("Toelichting. Mag leeg"), number.note, typing("note"), on_blur=see),
            )
        )

    async def _add_number(self, e) -> None:
        await self.change(numbers=(*self.form.numbers, NumberForm()))
        self._draw_numbers()

    async def _drop_number(self, place: int) -> None:
        await self.change(numbers=tuple(n for i, n in enumerate(self.form.numbers) if i != place))
        self._draw_numbers()
        self._see()

    def _draw_chips(self) -> None:
        options = [(False, _("Gewoon bereikbaar")), (True, _("Tijdelijk gesloten"))]
        self.chips.controls = [pick(options, lambda x: x is self.form.closed, self.safe(self._close))]

    async def _close(self, closed: object) -> None:
        await self.change(closed=bool(closed))
        self._draw_chips()
        self._see()

    async def _checked(self, day) -> None:
        await self.change(checked=day)
        self._see()

    async def _today(self, e) -> None:
        await self.change(checked=self.app.help_desk.today())
        await self.checked._set(self.form.checked)

    # -- seeing -------------------------------------------------------------------------------------------

    def _see(self) -> None:
        """Draw the card of what is typed now, and how the hours are read."""
        try:
            read = telling.hours_text(editing_hours.read(self.form.hours))
            told = _("We lezen: {hours}").format(hours=read) if read else ""
        except BadFormat:
            told = _("Deze tijden kunnen we nog niet lezen.")
        if hasattr(self, "how"):
            self.how.value = told
        shown = self.app.help_desk.preview(self.form, self.line)
        if shown is None:
            self.preview.controls = [notice(_("Nog niet alles is ingevuld, of er klopt iets niet."))]
            return
        self.preview.controls = [phone_frame(card_in_frame(self, shown, self.open_card, self.safe(self._turn)))]

    def _turn(self, e) -> None:
        self.open_card = not self.open_card
        self._see()

    def _contested(self) -> None:
        self.contest.controls = []
        entry = next((e for e in self.app.help_desk.entries() if e.shown.line.id == self.line), None)
        if not self.line or entry is None or not entry.contested:
            return
        from app.services.directory.editing import differences

        other = [entry.before] if entry.before else []
        found = differences(other, [entry.shown.line])
        self.contest.controls = [
            card(
                notice(_("Een ander heeft deze hulplijn ook veranderd."), ft.Icons.CALL_SPLIT, alarm=True),
                *(difference_card(d) for d in found),
                side_button(_("Houd mijn tekst"), self.safe(self._mine), ft.Icons.CHECK),
                side_button(_("Neem de tekst van de ander"), self.safe(self._theirs), ft.Icons.UNDO),
            )
        ]

    async def _mine(self, e) -> None:
        await self.app.help_desk.keep_mine(self.line)
        self._contested()

    async def _theirs(self, e) -> None:
        await self.app.help_desk.keep_form(self.line, None)
        await self.app.help_desk.undo(self.line)
        self.shell.go(HOME)

    # -- keeping ------------------------------------------------------------------------------------------

    async def _save(self, e) -> None:
        async def write() -> bytes:
            return (await self.app.help_desk.save(self.line, self.form)).encode()

        await self.save(write, HOME, _("Klaargezet. Niemand anders ziet dit al."))

    async def _remove(self) -> None:
        await self.app.help_desk.keep_form(self.line, None)
        await self.app.help_desk.remove(self.line)
        self.shell.go(HOME)
