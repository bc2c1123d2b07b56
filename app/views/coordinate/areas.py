"""The areas: which team works where, as a tree; and making one."""

import re

import flet as ft

from app.services.language import _
from app.services.models import AreaCode, TeamLook
from app.services.wording import field_text
from app.views.coordinate.people import area_name
from app.views.parts import card, field, inset, main_button, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

_KINDS = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}


def parse_codes(typed: str) -> tuple[AreaCode, ...]:
    """A line for each area: `BU07960101 2026 Muntel`, a BAG id of 16 digits, or the name of a complex."""
    found = []
    for line in (x.strip() for x in typed.splitlines()):
        if not line:
            continue
        code, _space, rest = line.partition(" ")
        if (kind := _KINDS.get(code[:2].upper())) and code[2:].isdigit():
            year, _space, name = rest.strip().partition(" ")
            if not re.fullmatch(r"\d{4}", year):
                year, name = "", rest
            found.append(AreaCode(kind, code.upper(), year, name.strip()))
        elif re.fullmatch(r"\d{16}", code):
            found.append(AreaCode("address", code, "", rest.strip()))
        else:
            found.append(AreaCode("complex", line, "", ""))
    return tuple(found)


def code_line(code: AreaCode) -> str:
    """An area as it is typed."""
    return " ".join(part for part in (code.code, code.year, code.name) if part)


def in_tree(teams: list[TeamLook]) -> list[tuple[int, TeamLook]]:
    """Each team after the one it belongs to, with how deep it stands."""

    def below(parent: bytes | None, depth: int) -> list[tuple[int, TeamLook]]:
        found = []
        for team in (t for t in teams if t.parent == parent):
            found += [(depth, team), *below(team.id, depth + 1)]
        return found

    return below(None, 0)


class AreasScreen(Screen):
    """Every team in its place; a tap opens one to change it, or to make one below it."""

    back = "/mensen"

    def build(self) -> ft.Control:
        self.open: bytes | None = None
        self.below = False
        self.tree, self.form = stack(spacing=10), stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Gebieden")),
            text(
                _("Wie in een gebied werkt, leest alleen wat daar gedeeld is. Wie erboven staat, leest alles eronder.")
            ),
            text(_("Tik op een gebied om het te veranderen, of om er een gebied onder te maken."), soft=True),
            self.tree,
            self.form,
        )

    def refresh(self) -> None:
        self.tree.controls = [self._card(depth, team) for depth, team in in_tree(self.app.trust.teams())]

    def _card(self, depth: int, team: TeamLook) -> ft.Control:
        rows = [text(area_name(self.app, team.id), weight=ft.FontWeight.W_600, size=18)]
        rows += [text(code_line(c), soft=True) for c in team.areas]
        choose = self.safe(lambda e: self._choose(team.id)) if team.mine else None
        shown = card(*rows, on_click=choose, accent=team.id == self.open)
        return ft.Container(shown, padding=inset(start=20 * min(depth, 4)))

    def _choose(self, team: bytes) -> None:
        self.open, self.below = team, False
        self._draw_form()
        self.refresh()

    def _switch(self, below: bool) -> None:
        self.below = below
        self._draw_form()

    def _draw_form(self) -> None:
        team = next(t for t in self.app.trust.teams() if t.id == self.open)
        ways = [(False, _("Dit gebied")), (True, _("Nieuw gebied eronder"))]
        codes = "" if self.below else "\n".join(code_line(c) for c in team.areas)
        self.name = field(_("Naam van het gebied"), "" if self.below else team.name)
        self.codes = field(
            _("Waar"),
            codes,
            multiline=True,
            min_lines=2,
            helper=_("Eén regel per plek. Bijvoorbeeld BU07960101 2026 Muntel, of de naam van een complex."),
        )
        label = _("Maak dit gebied") if self.below else _("Bewaar")
        self.form.controls = [
            title(area_name(self.app, team.id), 2),
            pick(ways, lambda below: below is self.below, self.safe(self._switch)),
            self.name,
            self.codes,
            main_button(label, self.safe(self._save), ft.Icons.CHECK),
            quiet_button(_("Wensen in dit gebied"), self.go(f"/wensen/{team.id.hex()}"), ft.Icons.FAVORITE_BORDER),
            quiet_button(_("Sluit"), self.safe(lambda e: self._close())),
        ]

    def _close(self) -> None:
        self.open, self.form.controls = None, []
        self.refresh()

    async def _save(self, e) -> None:
        self.name.error = self.codes.error = None
        name, codes = self.name.value or "", parse_codes(self.codes.value or "")
        try:
            if self.below:
                await self.app.trust.make_team(self.open, name, codes)
            else:
                await self.app.trust.put_team(self.open, name, codes)
        except BadInput as error:
            (self.codes if error.field == "code" else self.name).error = field_text(error)
            return
        self._close()
        self.say(_("Opgeslagen."))
