"""The areas: which team works where, as a tree; and making one."""

import re
from collections import Counter

import flet as ft

from app.services.area_tree import Node
from app.services.language import _, counted
from app.services.models import AreaCode, TeamLook
from app.services.wording import field_text
from app.views.coordinate.area_words import ICONS, area_facts, area_text, kinds
from app.views.coordinate.people import area_name
from app.views.parts import (
    Colors,
    card,
    field,
    inset,
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
    """The areas as they lie in one another, and every team in its place; a tap opens a team to change it, or to make one
    below it.
    """

    @property
    def back(self) -> str:
        """On a phone it was opened from the desk's list."""
        return "" if self.shell.wide else "/bureau"

    def build(self) -> ft.Control:
        self.open: bytes | None = None
        self.below = False
        self.map, self.tree, self.form = stack(spacing=4), stack(spacing=10), stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Gebieden")),
            text(
                _("Wie in een gebied werkt, leest alleen wat daar gedeeld is. Wie erboven staat, leest alles eronder.")
            ),
            self.map,
            title(_("Teams"), 2),
            text(_("Tik op een gebied om het te veranderen, of om er een gebied onder te maken."), soft=True),
            self.tree,
            self.form,
        )

    def refresh(self) -> None:
        self.map.controls = self._map()
        people = Counter(p.team for p in self.app.trust.people() if p.devices)
        self.tree.controls = [
            self._card(depth, team, people[team.id]) for depth, team in in_tree(self.app.trust.teams())
        ]

    # -- the areas -----------------------------------------------------------------------------------------------

    def _map(self) -> list[ft.Control]:
        rows = self.app.areas.tree()
        if not rows:
            return [
                notice(_("Er staan nog geen gebieden in. Kies bij een team waar het werkt."), ft.Icons.MAP_OUTLINED)
            ]
        names = {team.id: area_name(self.app, team.id) for team in self.app.trust.teams()}
        parts: list[ft.Control] = [self._row(depth, node, names) for depth, node in rows]
        years = self.app.areas.years()
        if len(years) > 1:
            words = _("Er staan gebieden in uit {years}. Een rapport kan maar over de indeling van één jaar gaan.")
            parts.insert(0, notice(words.format(years=", ".join(years)), ft.Icons.EVENT_OUTLINED, alarm=True))
        alone = sum(cover.nobody for cover in self.app.areas.covers())
        if alone:
            words = counted("{n} straat zonder contactpersoon", "{n} straten zonder contactpersoon", alone)
            parts.append(notice(words, ft.Icons.PERSON_OFF_OUTLINED, alarm=True))
        parts.append(side_button(_("Wie waar werkt"), self.go("/wie-waar"), ft.Icons.SIGNPOST_OUTLINED))
        return parts

    def _row(self, depth: int, node: Node, teams: dict[bytes, str]) -> ft.Control:
        """One area: bold where a team works, else only to show where others lie."""
        names = [teams.get(team, "") for team in node.teams]
        streets = sum(len(self.app.areas.streets(team, node.place)) for team in node.teams)
        facts = [area_facts(node.place), *names]
        facts += [counted("{n} straat", "{n} straten", streets)] if streets else []
        words = ft.Column(
            [
                text(area_text(self.app, node.place), weight=ft.FontWeight.W_600 if names else None),
                text(" · ".join(facts), soft=True, size=15),
            ],
            spacing=0,
            expand=True,
        )
        icon = ft.Icon(ICONS[node.place[0]], size=22, color=Colors.PRIMARY if names else Colors.ON_SURFACE_VARIANT)
        row = ft.Row([icon, words], spacing=12)
        return ft.Container(row, padding=inset(start=22 * min(depth, 4), top=6, bottom=6))

    # -- the teams -----------------------------------------------------------------------------------------------

    def _card(self, depth: int, team: TeamLook, people: int) -> ft.Control:
        rows = [text(area_name(self.app, team.id), weight=ft.FontWeight.W_600, size=18)]
        rows += [text(code_line(c), soft=True) for c in team.areas]
        rows.append(text(counted("{n} mens", "{n} mensen", people), soft=True))
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
        self.search = field(_("Zoek een gemeente of wijk"), on_change=self.safe(self._search))
        self.found = ft.Column([])
        label = _("Maak dit gebied") if self.below else _("Bewaar")
        team_hex = team.id.hex()
        self.form.controls = [
            title(area_name(self.app, team.id), 2),
            pick(ways, lambda below: below is self.below, self.safe(self._switch)),
            self.name,
            self.codes,
            self.search,
            self.found,
            main_button(label, self.safe(self._save), ft.Icons.CHECK),
            quiet_button(
                _("Straten in dit gebied"), self.go(f"/gebied-straten/{team_hex}"), ft.Icons.SIGNPOST_OUTLINED
            ),
            quiet_button(_("Wensen in dit gebied"), self.go(f"/wensen/{team_hex}"), ft.Icons.FAVORITE_BORDER),
            quiet_button(_("Sluit"), self.safe(lambda e: self._close())),
        ]

    def _search(self, e) -> None:
        """Names to pick from; what is tapped is added as a line."""
        typed = self.search.value or ""
        found = self.app.areas.find(typed)
        labels = [(c, f"{c.name} ({kinds()[c.kind]})") for c in found]
        nothing = text(_("Staat er niet bij. Typ de code van het CBS hierboven, met het jaar."), soft=True)
        self.found.controls = [pick(labels, lambda c: False, self.safe(self._add))] if found else [nothing]

    async def _add(self, code: AreaCode) -> None:
        lines = [x for x in (self.codes.value or "").splitlines() if x.strip()]
        if code_line(code) not in lines:
            self.codes.value = "\n".join([*lines, code_line(code)])
        self.search.value, self.found.controls = "", []

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
