"""What was asked after visits: the whole list for a coordinator, one's own for a contact person; and one of them."""

from datetime import date

import flet as ft

from app.services.followups import FollowUp, When, when
from app.services.language import _, day_text
from app.services.wording import field_text
from app.views.cards import Cards
from app.views.contact.today import address_route
from app.views.coordinate.followup_form import HowField, WhoField, due_words, followup_card
from app.views.parts import (
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
from sync.core.errors import BadInput, NotFound

PAGE = 25


def whens() -> dict[When, str]:
    """How near, as headings."""
    return {
        When.OVERDUE: _("Kon al eerder"),
        When.TODAY: _("Vandaag"),
        When.SOON: _("Binnenkort"),
        When.LATER: _("Later"),
    }


class FollowUpsScreen(Screen):
    """What is open by its day, or what is done."""

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.open, self.limit = True, PAGE
        self.cards = Cards(self._card, lambda f: (f, self.app.today()))

    @property
    def back(self) -> str:
        return "" if self.shell.coordinates else "/"

    def build(self) -> ft.Control:
        self.filter, self.list = stack(), stack()
        self.refresh()
        return page_body(title(_("Opvolgen")), self.filter, self.list)

    def refresh(self) -> None:
        if self.shell.coordinates:
            names = [(True, _("Nog te doen")), (False, _("Gedaan"))]
            self.filter.controls = [pick(names, lambda f: f is self.open, self.safe(self._pick))]
            found = self.app.followups.of_team(self.open)
        else:
            found = self.app.followups.mine()
        made = dict(zip((f.id for f in found), self.cards.of(found[: self.limit]), strict=False))
        rows: list[ft.Control] = []
        for near in When if self.open else ():
            some = [made[f.id] for f in found if f.id in made and when(f.due, self.app.today()) is near]
            rows += [title(whens()[near], 2), *some] if some else []
        self.list.controls = (rows if self.open else list(made.values())) or [text(_("Hier staat niets."), soft=True)]
        if len(found) > self.limit:
            self.list.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))

    def _card(self, f: FollowUp) -> ft.Control:
        return followup_card(f, self.app.today(), self.go(f"/opvolg/{f.id.hex()}"), mine=not self.shell.coordinates)

    def _pick(self, open_: bool) -> None:
        self.open, self.limit = open_, PAGE
        self.refresh()

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()


class FollowUpScreen(Screen):
    """One of them: done with a word by whoever it is asked of; another day or another person by a coordinator."""

    def __init__(self, shell, followup: bytes) -> None:
        super().__init__(shell)
        self.followup = followup
        self.app.followups.one(followup)  # raises NotFound: home it is

    @property
    def back(self) -> str:
        return "/opvolgen" if self.shell.coordinates else "/"

    def build(self) -> ft.Control:
        self.heading = stack()
        self.acts = stack()
        self.how = HowField(self, self.followup)
        self.who: WhoField | None = None
        self.refresh()
        return page_body(self.heading, self.acts)

    async def opened(self) -> None:
        if self.shell.coordinates and (f := self._one()) and f.done:
            self.app.reviews.mark_read(f.visit)

    def _one(self) -> FollowUp | None:
        try:
            return self.app.followups.one(self.followup)
        except NotFound:
            return None

    def refresh(self) -> None:
        f, today = self._one(), self.app.today()
        if f is None:
            self.heading.controls = [title(_("Opvolgen")), notice(_("Dit hoeft niet meer. Het is weggehaald."))]
            self.acts.controls = []
            return
        mine = any(m.me and m.id == f.member for m in self.app.members())
        rows: list[ft.Control] = [title(f.what), text(f.address or _("Adres alleen bij de contactpersoon"), soft=True)]
        rows.append(text(_("{by} vraagt dit aan {name}").format(by=f.by or "?", name=f.name or "?"), soft=True))
        rows.append(notice(due_words(f, today), ft.Icons.TASK_ALT if f.done else ft.Icons.EVENT_OUTLINED))
        if f.blocked:
            no = _("Hier wil men geen contact. Bel niet aan.")
            rows.append(notice(no, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, alarm=True))
        if f.word:
            rows.append(card(text(f.word, size=18), accent=True))
        for day, word in f.others:
            rows.append(card(text(_("Ook geschreven"), soft=True, size=15), text(word or day or _("nog niet gedaan"))))
        self.heading.controls = rows
        self.acts.controls = self._done(f, mine) if f.done else self._open(f, mine)

    def _open(self, f: FollowUp, mine: bool) -> list[ft.Control]:
        rows: list[ft.Control] = [self.how, main_button(_("Gedaan"), self.safe(self._finish), ft.Icons.CHECK)]
        if mine and f.address and not f.blocked:
            about = _("Alles over dit adres")
            rows.append(side_button(about, self.go(address_route(f.address)), ft.Icons.HOME_OUTLINED))
        if self.shell.coordinates:
            rows += self._desk(f)
        return rows

    def _done(self, f: FollowUp, mine: bool) -> list[ft.Control]:
        again = quiet_button(_("Toch nog niet gedaan"), self.safe(self._again), ft.Icons.UNDO)
        return [again, *(self._visit(f) if self.shell.coordinates else [])]

    def _visit(self, f: FollowUp) -> list[ft.Control]:
        """The way to it; none where something was asked about an address (app.services.law.answering)."""
        way = self.go(f"/beoordeel/{f.visit.hex()}")
        return [side_button(_("Naar het bezoek"), way, ft.Icons.RATE_REVIEW_OUTLINED)] if f.visit else []

    def _desk(self, f: FollowUp) -> list[ft.Control]:
        if self.who is None:
            self.who = WhoField(self, self.app.followups.candidates(f.visit), f.member, self._hand)
            self.day = DayField(_("Voor welke dag"), f.due, self._move, self.safe)
        if not f.there:
            left = _("{name} hoort niet meer bij dit team. Geef het aan iemand anders.").format(name=f.name or "?")
            self.who.tell(left)
        away = quiet_button(_("Dit hoeft niet meer"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE)
        who = [self.who] if f.visit else []
        return [title(_("Anders afspreken"), 2), *who, self.day, *self._visit(f), away]

    async def _finish(self, e) -> None:
        try:
            await self.app.followups.done(self.followup, self.how.value, self.app.today())
        except BadInput as error:
            self.how.error = field_text(error)
            return
        undo = self.safe(lambda e: self.app.followups.undone(self.followup, self.app.today()))
        self.say(_("Gedaan. De coördinator ziet het bij de volgende keer verbinding."), _("Ongedaan maken"), undo)
        self.shell.go(self.back)

    async def _again(self, e) -> None:
        await self.app.followups.undone(self.followup, self.app.today())

    def _hand(self, member: bytes) -> None:
        self.page.run_task(self.safe(self._hand_over), member)

    async def _hand_over(self, member: bytes) -> None:
        try:
            fresh = await self.app.followups.hand_over(self.followup, member, self.app.today())
        except BadInput as error:
            if self.who:
                self.who.tell(field_text(error))
            return
        self.say(_("Doorgegeven."))
        self.shell.go(f"/opvolg/{fresh.hex()}")

    async def _move(self, day: date | None) -> None:
        try:
            await self.app.followups.move(self.followup, day, self.app.today())
        except BadInput as error:
            self.day.tell(field_text(error))
            return
        self.say(_("Nieuwe dag: {day}.").format(day=day_text(day, self.app.today())))

    async def _remove(self, e) -> None:
        await self.app.followups.set_removed(self.followup, True, self.app.today())
        back = self.safe(lambda e: self.app.followups.set_removed(self.followup, False, self.app.today()))
        self.say(_("Weggehaald."), _("Ongedaan maken"), back)
        self.shell.go(self.back)
