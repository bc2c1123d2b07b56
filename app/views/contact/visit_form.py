"""The form of a visit: consent first, then the rest. Every change is kept as a draft at once."""

from dataclasses import replace

import flet as ft

from app.services.language import _, number_text
from app.services.models import MAX_NOTE, VisitForm
from app.services.wording import field_text, sentence
from app.views.contact.words import gifts, outcomes, wishes
from app.views.parts import (
    DayField,
    card,
    field,
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError


class VisitFormScreen(Screen):
    """A new visit (`visit` None) or one of mine."""

    def __init__(self, shell, visit: bytes | None = None) -> None:
        super().__init__(shell)
        self.visit = visit
        self.key = visit.hex() if visit else "new"
        saved = self.app.visit(visit).form if visit else VisitForm(day=self.app.today())
        self.form = self.app.draft(self.key) or saved
        self.errors: dict[str, ft.Text] = {}
        self.saving = False

    @property
    def back(self) -> str:
        return f"/bezoek/{self.key}" if self.visit else self.shell.visits_route

    def build(self) -> ft.Control:
        self.body = stack(spacing=18)
        self._draw()
        return page_body(self.body)

    def _draw(self) -> None:
        top = title(_("Bezoek aanpassen") if self.visit else _("Nieuw welkomstbezoek"))
        if self.form.shared is None:
            self.body.controls = [top, *self._consent()]
        else:
            self.body.controls = [top, self._consent_chosen(), *self._fields()]

    # -- consent decides who can read, so it is asked before anything is typed ------------------------------

    def _consent(self) -> list[ft.Control]:
        return [
            text(_("Vindt de bewoner het goed dat de coördinator dit bezoek leest?")),
            self._choice(
                True,
                ft.Icons.GROUP_OUTLINED,
                _("Ja, de coördinator mag het lezen"),
                _("Jij en de coördinator zien adres, wensen en notitie."),
            ),
            self._choice(
                False,
                ft.Icons.LOCK_OUTLINE,
                _("Nee, alleen voor mijzelf"),
                _("De coördinator ziet alleen dat er een bezoek was, niet waar of bij wie."),
            ),
            text(_("Wat je invult, wordt bij elke letter bewaard op dit apparaat."), soft=True),
        ]

    def _choice(self, shared: bool, icon: ft.IconData, words: str, more: str) -> ft.Control:
        heading = ft.Row(
            [
                ft.Icon(icon, color=ft.Colors.PRIMARY, size=28),
                ft.Container(text(words, weight=ft.FontWeight.W_600, size=18), expand=True),
            ]
        )
        return card(heading, text(more, soft=True), on_click=self.safe(lambda e: self._share(shared)))

    async def _share(self, shared: bool | None) -> None:
        await self._change(shared=shared)
        self._draw()

    def _consent_chosen(self) -> ft.Control:
        words = _("De coördinator leest mee.") if self.form.shared else _("Alleen jij leest dit bezoek.")
        icon = ft.Icons.GROUP_OUTLINED if self.form.shared else ft.Icons.LOCK_OUTLINE
        if self.visit:  # who may read a saved visit is decided
            return notice(words, icon)
        other = quiet_button(_("Wijzig"), self.safe(lambda e: self._share(None)))
        return ft.Row([ft.Container(notice(words, icon), expand=True), other])

    # -- the fields -----------------------------------------------------------------------------------------

    def _fields(self) -> list[ft.Control]:
        self.address = field(
            _("Adres"),
            self.form.address,
            self.safe(self._type_address),
            hint_text=_("Straat en huisnummer"),
            capitalization=ft.TextCapitalization.SENTENCES,
        )
        self.day = DayField(_("Dag"), self.form.day, lambda day: self._change(day=day), self.safe)
        self.come_back = DayField(
            _("Terugkomen"), self.form.come_back, lambda day: self._change(come_back=day), self.safe, clearable=True
        )
        self.note = field(
            _("Notitie"),
            self.form.note,
            self.safe(self._type_note),
            multiline=True,
            min_lines=4,
            max_lines=12,
            counter=self._count(),
        )
        self.gift = ft.Column([self._gift()])
        self.outcome = ft.Column([self._outcome()])
        self.wishes = ft.Column([self._wishes()])
        self.errors = {"outcome": self._error()}
        self.button = main_button(_("Opslaan"), self.safe(self._save), ft.Icons.CHECK)
        return [
            self.address,
            self.day,
            title(_("Hoe ging het?"), 2),
            self.outcome,
            self.errors["outcome"],
            title(_("Wat nam je mee?"), 2),
            self.gift,
            title(_("Wat zou de bewoner leuk vinden?"), 2),
            self.wishes,
            title(_("Wil je nog iets onthouden?"), 2),
            text(
                _("Schrijf niets over gezondheid, geloof, afkomst of problemen. Kort en vriendelijk is genoeg."),
                soft=True,
            ),
            self.note,
            self.come_back,
            self.button,
            quiet_button(_("Niet opslaan"), self.safe(self._discard)),
        ]

    def _error(self) -> ft.Text:
        return ft.Text("", color=ft.Colors.ERROR, size=15, visible=False)

    def _count(self) -> str:
        return _("{n} van {most} tekens").format(n=number_text(len(self.form.note)), most=number_text(MAX_NOTE))

    def _gift(self) -> ft.Control:
        return pick(list(gifts().items()), lambda g: g is self.form.gift, self.safe(self._pick_gift))

    def _outcome(self) -> ft.Control:
        return pick(list(outcomes().items()), lambda o: o is self.form.outcome, self.safe(self._pick_outcome))

    def _wishes(self) -> ft.Control:
        return pick(list(wishes().items()), lambda w: w in self.form.wishes, self.safe(self._pick_wish))

    async def _pick_gift(self, gift) -> None:
        await self._change(gift=None if gift is self.form.gift else gift)
        self.gift.controls = [self._gift()]

    async def _pick_outcome(self, outcome) -> None:
        await self._change(outcome=outcome)
        self.outcome.controls = [self._outcome()]
        self._tell("outcome", "")

    async def _pick_wish(self, wish) -> None:
        await self._change(wishes=self.form.wishes ^ {wish})
        self.wishes.controls = [self._wishes()]

    # Typing draws nothing but the counter: comparing the whole screen at every letter costs a slow phone its pace.

    async def _type_address(self, e) -> None:
        ft.context.disable_auto_update()
        await self._change(address=e.control.value or "")

    async def _type_note(self, e) -> None:
        ft.context.disable_auto_update()
        await self._change(note=e.control.value or "")
        self.note.counter = self._count()
        self.note.update()

    async def _change(self, **facts) -> None:
        """Take a change into the form and keep it: killed now, it is there again."""
        self.form = replace(self.form, **facts)
        await self.app.save_draft(self.key, self.form)

    # -- saving ---------------------------------------------------------------------------------------------

    async def _save(self, e) -> None:
        if self.saving:
            return
        self.saving = self.button.disabled = True
        self._clear_errors()
        try:
            visit = await self.app.save_visit(self.form, self.visit)
        except BadInput as error:
            self._tell(error.field, field_text(error))
            self.say(field_text(error))
        except StraatError as error:
            self.say(sentence(error))
        else:
            self.say(_("Opgeslagen op dit apparaat."))
            self.shell.go(f"/bezoek/{visit.hex()}")
        finally:
            self.saving = self.button.disabled = False

    def _clear_errors(self) -> None:
        for name in ("address", "day", "outcome", "note", "come_back"):
            self._tell(name, "")

    def _tell(self, name: str, words: str) -> None:
        """Say at the field what is wrong with it."""
        target = getattr(self, name, None)
        if name in self.errors:
            self.errors[name].value, self.errors[name].visible = words, bool(words)
        elif isinstance(target, DayField):
            target.tell(words)
        elif isinstance(target, ft.TextField):
            target.error = words or None

    async def _discard(self, e) -> None:
        await self.app.save_draft(self.key, None)
        self.shell.go(self.back)
