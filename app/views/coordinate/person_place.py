"""Where within the team somebody works: areas and streets to tick. None ticked: in the whole area."""

import flet as ft

from app.services.language import _
from app.services.models import AreaCode, Person
from app.services.wording import field_text
from app.views.coordinate.area_words import code_text
from app.views.parts import error_text, field, main_button, pick, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

SEARCHED_FROM, SHOWN = 12, 20  # streets from which a search helps, and how many are shown at once


class PlaceField(ft.Column):
    """The places of one member; what is ticked is kept when the button is tapped."""

    def __init__(self, screen: Screen, person: Person) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._person = screen, person
        self._chosen = set(person.areas)
        self._options = self._all()
        self._wanted = ""
        self._chips, self._foot, self._error = stack(), stack(), error_text()
        streets = sum(c.kind == "street" for c in self._options)
        self._search = field(_("Zoek een straat"), on_change=screen.safe(self._find), visible=streets >= SEARCHED_FROM)
        self._draw()
        self.controls = [
            title(_("Waar"), 2),
            text(
                _("Kies buurten of straten. Kies je niets, dan werkt {name} in het hele gebied.").format(
                    name=person.name or "?"
                )
            ),
            self._search,
            self._chips,
            self._error,
            self._foot,
        ]

    def _all(self) -> list[AreaCode]:
        """What can be ticked, and what is ticked already though it is no longer on offer. Names don't count."""
        app = self._screen.app
        team = next(t for t in app.trust.teams() if t.id == self._person.team)
        found = {(c.kind, c.code, c.year): c for c in app.areas.choices(team)}
        found |= {(c.kind, c.code, c.year): c for c in self._person.areas}
        return list(found.values())

    @property
    def empty(self) -> bool:
        """Whether there is nothing to choose."""
        return not self._options

    def _draw(self) -> None:
        places = [c for c in self._options if c.kind != "street"]
        streets = [c for c in self._options if c.kind == "street"]
        fit = [c for c in streets if c in self._chosen or (self._wanted in c.code.casefold())]
        fit.sort(key=lambda c: c not in self._chosen)
        rows: list[ft.Control] = []
        for label, some in ((_("Gebieden"), places), (_("Straten"), fit[:SHOWN])):
            if some:
                rows.append(text(label, soft=True, size=15))
                labels = [(c, code_text(self._screen.app, c)) for c in some]
                rows.append(pick(labels, lambda c: c in self._chosen, self._screen.safe(self._tick)))
        if len(fit) > SHOWN:
            rows.append(text(_("Er zijn er meer. Zoek op de naam van de straat."), soft=True))
        self._chips.controls = rows
        changed = self._chosen != set(self._person.areas)
        save = main_button(_("Bewaar waar"), self._screen.safe(self._save), ft.Icons.CHECK)
        self._foot.controls = [save] if changed else []

    def _find(self, e) -> None:
        self._wanted = (e.control.value or "").strip().casefold()
        self._draw()

    async def _tick(self, code: AreaCode) -> None:
        self._chosen ^= {code}
        self._draw()

    async def _save(self, e) -> None:
        self._error.visible = False
        wanted = tuple(c for c in self._options if c in self._chosen)
        try:
            await self._screen.app.trust.put_member(self._person.id, wanted)
        except BadInput as error:
            self._error.value, self._error.visible = field_text(error), True
            return
        self._screen.say(_("Opgeslagen."))
