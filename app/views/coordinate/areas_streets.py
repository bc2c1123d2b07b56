"""Streets: which lie in which area, and who looks after each. One that nobody looks after stands out."""

import flet as ft

from app.services.areas_streets import Cover, street_key
from app.services.language import _, counted
from app.services.wording import field_text
from app.views.coordinate.area_words import area_facts, area_text
from app.views.coordinate.people import area_name
from app.views.parts import card, field, main_button, notice, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput, NotFound

PAGE = 25
SUGGESTED = 30  # streets of the register that are offered at once


class AreaStreetsScreen(Screen):
    """The streets of one team's areas: names only, for the whole team to see."""

    back = "/gebieden"
    filled_in = shuts_out_updates = True

    def __init__(self, shell, team: bytes) -> None:
        super().__init__(shell)
        self.team = next((t for t in self.app.trust.teams() if t.id == team and t.mine), None)
        if self.team is None:
            raise NotFound("team")
        self.places = self.app.areas.places(team)
        self.place = self.places[0] if self.places else None

    def build(self) -> ft.Control:
        self.choice, self.edit, self.more = ft.Column([]), stack(), stack()
        self._draw()
        return page_body(
            title(_("Straten in {area}").format(area=area_name(self.app, self.team.id))),
            text(_("Zo weet je welke bezoeken bij welke buurt horen, en welke straat nog niemand heeft.")),
            self.choice,
            self.edit,
            self.more,
        )

    def _draw(self) -> None:
        if self.place is None:
            words = _("Kies eerst waar dit team werkt: een wijk, buurt of complex.")
            self.edit.controls = [
                notice(words, ft.Icons.MAP_OUTLINED),
                quiet_button(_("Naar Gebieden"), self.go("/gebieden"), ft.Icons.ARROW_BACK),
            ]
            return
        options = [(p, area_text(self.app, p)) for p in self.places]
        self.choice.controls = [pick(options, lambda p: p == self.place, self.safe(self._choose))]
        lines = "\n".join(self.app.areas.streets(self.team.id, self.place))
        self.names = field(
            _("Straten in {area}").format(area=area_text(self.app, self.place)),
            lines,
            multiline=True,
            min_lines=4,
            helper=_("Eén straat per regel, zonder huisnummers."),
        )
        self.edit.controls = [
            text(area_facts(self.place), soft=True),
            self.names,
            main_button(_("Bewaar"), self.safe(self._save), ft.Icons.CHECK),
        ]
        self._suggest()

    def _suggest(self) -> None:
        """Streets of the register that lie nowhere yet."""
        there = {street_key(line) for line in (self.names.value or "").splitlines()}
        free = [s for s in self.app.areas.register() if s.area is None and street_key(s.name) not in there]
        labels = dict.fromkeys(s.name for s in free)
        shown = list(labels)[:SUGGESTED]
        self.more.controls = []
        if shown:
            words = counted("{n} straat ligt nog nergens", "{n} straten liggen nog nergens", len(labels))
            self.more.controls = [
                title(words, 2),
                text(_("Tik op een straat om hem hier neer te zetten."), soft=True),
                pick([(name, name) for name in shown], lambda name: False, self.safe(self._add)),
            ]

    async def _add(self, name: str) -> None:
        lines = [line for line in (self.names.value or "").splitlines() if line.strip()]
        self.names.value = "\n".join([*lines, name])
        self._suggest()

    async def _choose(self, place) -> None:
        if self.place != place and await self._keep():
            self.place = place
            self._draw()

    async def _save(self, e) -> None:
        if await self._keep():
            self.say(_("Opgeslagen."))
            self._draw()

    async def _keep(self) -> bool:
        """Write what is typed; False where it can't be read."""
        self.names.error = None
        typed = self.names.value or ""
        if typed == "\n".join(self.app.areas.streets(self.team.id, self.place)):
            return True
        try:
            await self.app.areas.put_streets(self.team.id, self.place, typed)
        except BadInput as error:
            self.names.error = field_text(error)
            return False
        return True


class CoverScreen(Screen):
    """Every street that is known here, and who looks after it."""

    back = "/gebieden"

    def build(self) -> ft.Control:
        self.only, self.limit = False, PAGE
        self.filters, self.list = ft.Column([]), stack(spacing=8)
        self.refresh()
        return page_body(
            title(_("Wie waar werkt")),
            text(_("Wie geen eigen straten of buurt heeft, werkt in het hele gebied. Kies dat bij Mensen.")),
            self.filters,
            self.list,
        )

    def refresh(self) -> None:
        rows = self.app.areas.covers()
        ways = [(False, _("Alle straten")), (True, _("Zonder contactpersoon"))]
        self.filters.controls = [pick(ways, lambda only: only is self.only, self.safe(self._filter))] if rows else []
        shown = [row for row in rows if row.nobody] if self.only else rows
        parts: list[ft.Control] = [self._row(row) for row in shown[: self.limit]]
        if not rows:
            words = _("Er zijn nog geen straten. Zet ze bij een gebied, of lees adressen in bij Straten.")
            parts = [notice(words, ft.Icons.SIGNPOST_OUTLINED)]
        elif not shown:
            parts = [notice(_("Elke straat heeft een contactpersoon."), ft.Icons.CHECK_CIRCLE_OUTLINE)]
        if len(shown) > self.limit:
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.list.controls = parts

    async def _filter(self, only: bool) -> None:
        self.only, self.limit = only, PAGE
        self.refresh()

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _row(self, row: Cover) -> ft.Control:
        place = row.street.area
        facts = area_text(self.app, place) if place else _("ligt nog nergens")
        parts: list[ft.Control] = [
            text(row.street.name, weight=ft.FontWeight.W_600, size=18),
            text(facts, soft=True),
        ]
        if row.nobody:
            parts.append(notice(_("Nog niemand"), ft.Icons.PERSON_OFF_OUTLINED, alarm=True))
        elif row.by_choice:
            parts.append(notice(", ".join(row.by_choice), ft.Icons.PERSON_OUTLINE))
        else:
            words = _("Wie overal werkt: {names}").format(names=", ".join(row.everywhere))
            parts.append(text(words, soft=True))
        return card(*parts)
