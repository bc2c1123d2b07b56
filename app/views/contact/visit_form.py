"""The form of a visit: how it went, then (where someone was there to ask) consent, then the rest. Every change is kept
as a draft at once.
"""

from dataclasses import replace

import flet as ft

from app.services.agenda import UNASKED
from app.services.language import _
from app.services.models import MAX_NOTE, Outcome, VisitForm
from app.services.visit_draft import draft_key
from app.views.common.address_field import AddressField
from app.views.common.guarded_field import GuardedField
from app.views.contact.consent import Consent
from app.views.contact.wish_field import WishField
from app.views.contact.words import gifts, outcomes, parts
from app.views.form import FormScreen
from app.views.parts import (
    DayField,
    error_text,
    notice,
    page_body,
    pick,
    quiet_button,
    stack,
    text,
    title,
)


class VisitFormScreen(FormScreen):
    """One of my visits (`visit`), a visit to a new address (`welcome`), to a door I know from `again`, or a new one."""

    named = ("address", "day", "note", "come_back")

    def __init__(self, shell, visit: bytes | None = None, welcome: bytes = b"", again: bytes = b"") -> None:
        super().__init__(shell)
        self.visit, self.again = visit, again
        self.key = draft_key(visit, welcome, again)
        self.form = self.app.draft(self.key) or self._fresh(welcome)

    def _fresh(self, welcome: bytes) -> VisitForm:
        if self.visit:
            return self.app.visit(self.visit).form
        form = VisitForm(day=self.app.today(), part=self.app.agenda.part())
        if welcome:
            return replace(form, address=self.app.welcomes.one(welcome).address, welcome=welcome, outcome=Outcome.MET)
        if self.again:
            before = self.app.visit(self.again).form
            return replace(form, address=before.address, welcome=before.welcome, outcome=Outcome.MET)
        return form

    @property
    def back(self) -> str:
        return f"/bezoek/{self.visit.hex()}" if self.visit else self.shell.today_route

    def build(self) -> ft.Control:
        self.body = stack(spacing=18)
        self._draw()
        return page_body(self.body)

    def _draw(self) -> None:
        top = title(_("Bezoek aanpassen") if self.visit else _("Nieuw bezoek"))
        self.outcome = ft.Column([self._outcome()])
        self.errors = {"outcome": error_text()}
        door = [text(self.form.address, size=19)] if self.form.address else []
        shown = [top, *door, title(_("Hoe ging het?"), 2), self.outcome, self.errors["outcome"]]
        if self.form.outcome is not None:
            shown += self._below()
        self.body.controls = shown

    def _below(self) -> list[ft.Control]:
        """What follows from how it went. Consent decides who can read, so it is asked before anything is typed."""
        if self.visit:
            return [*Consent(self).chosen(), *(self._fields() if self.form.noted else self._counted())]
        if self.form.outcome in UNASKED:
            return self._unasked()
        if self.form.shared is None:
            return Consent(self).question()
        return [*Consent(self).chosen(), *(self._fields() if self.form.noted else self._counted())]

    # -- the fields -----------------------------------------------------------------------------------------

    def _where(self) -> ft.Control:
        self.address = AddressField(self, self.form.address, self._set_address, door=bool(self.form.address))
        return self.address

    def _when(self) -> list[ft.Control]:
        self.day = DayField(_("Dag"), self.form.day, lambda day: self.change(day=day), self.safe)
        self.part = ft.Column([self._part()])
        return [self.day, self.part]

    def _come_back(self) -> ft.Control:
        return DayField(
            _("Terugkomen"), self.form.come_back, lambda day: self.change(come_back=day), self.safe, clearable=True
        )

    def _ending(self, label: str) -> list[ft.Control]:
        return self.ending(label, self._save)

    def _unasked(self) -> list[ft.Control]:
        """Nobody was there to be asked: noted for oneself, or only the address."""
        if self.form.outcome is Outcome.NO_CONTACT:
            words = _("We onthouden alleen het adres: daar belt niemand meer aan. Geen naam, geen reden.")
            return [
                notice(words, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
                self._where(),
                *self._when(),
                *self._ending(_("Niet meer aanbellen")),
            ]
        more: list[ft.Control] = []
        if self.form.outcome is Outcome.NOT_HOME:
            self.come_back = self._come_back()
            words = _("We herinneren je over een paar dagen, op een ander deel van de dag. Hooguit drie keer.")
            more = [text(words, soft=True), self.come_back]
            more.append(quiet_button(_("Laat een welkomstkaart achter"), self.go("/kaart"), ft.Icons.CARD_GIFTCARD))
        seen = notice(_("Dit staat alleen op jouw apparaten: er was niemand om het te vragen."), ft.Icons.LOCK_OUTLINE)
        return [seen, self._where(), *self._when(), *more, *self._ending(_("Opslaan"))]

    def _counted(self) -> list[ft.Control]:
        """Nothing may be noted: the count goes up, and nothing can be typed."""
        words = _("Alleen dat je er was, telt mee. Geen adres, geen notitie.")
        lost = self.form.address or self.form.note or self.form.wishes
        more = [text(_("Wat je al had ingevuld, slaan we niet op."), soft=True)] if lost and not self.visit else []
        return [notice(words, ft.Icons.EXPOSURE_PLUS_1), *more, *self._when(), *self._ending(_("Opslaan"))]

    def _fields(self) -> list[ft.Control]:
        self.come_back = self._come_back()
        self.note = GuardedField(
            _("Notitie"),
            self.form.note,
            self._set_note,
            self.safe,
            MAX_NOTE,
            known=[self.form.address, self.app.my_name],
            min_lines=3,
        )
        self.gift = ft.Column([self._gift()])
        self.wishes = WishField(self)
        again = [self.come_back] if self.form.outcome is Outcome.LATER else []
        return [
            self._where(),
            *again,
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
            *self._when(),
            *([] if again else [self.come_back]),
            *self._ending(_("Opslaan")),
        ]

    def _gift(self) -> ft.Control:
        return pick(list(gifts().items()), lambda g: g is self.form.gift, self.safe(self._pick_gift))

    def _part(self) -> ft.Control:
        return pick(list(parts().items()), lambda p: p is self.form.part, self.safe(self._pick_part))

    def _outcome(self) -> ft.Control:
        return pick(list(outcomes().items()), lambda o: o is self.form.outcome, self.safe(self._pick_outcome))

    async def _pick_gift(self, gift) -> None:
        await self.change(gift=None if gift is self.form.gift else gift)
        self.gift.controls = [self._gift()]

    async def _pick_part(self, part) -> None:
        await self.change(part=None if part is self.form.part else part)
        self.part.controls = [self._part()]

    async def _pick_outcome(self, outcome) -> None:
        await self.change(outcome=outcome)
        self._draw()

    async def share(self, noted: bool, shared: bool | None) -> None:
        """Consent, as just given, or None to ask again."""
        await self.change(noted=noted, shared=shared)
        self._draw()

    async def _set_address(self, address: str) -> None:
        await self.change(address=address)

    async def _set_note(self, note: str) -> None:
        await self.change(note=note)

    async def keep(self, form: VisitForm | None) -> None:
        await self.app.save_draft(self.key, form)

    # -- saving ---------------------------------------------------------------------------------------------

    def _final(self) -> VisitForm:
        """The form as it is saved: unasked it is one's own, and without consent there is the count alone."""
        form = self.form
        if self.visit:
            return form
        if form.outcome in UNASKED:
            return replace(form, shared=False, noted=True)
        if not form.noted:
            return VisitForm(shared=False, noted=False, day=form.day, outcome=form.outcome, welcome=form.welcome)
        return form

    async def _save(self, e) -> None:
        done = self.form.outcome is Outcome.NO_CONTACT and self.visit is None
        said = _("Opgeslagen. Hier belt niemand meer aan.") if done else ""
        route = self.back if done else "/bezoek/{id}"
        await self.save(lambda: self.app.save_visit(self._final(), self.visit, self.key), route, said)
