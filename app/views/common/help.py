"""The help lines: the same ones always first, then one's own area; found by any word, called with one tap."""

import flet as ft

from app.services.directory import finding
from app.services.language import _, chosen, day_text
from app.services.wording import sentence_of
from app.views.common.help_card import help_card
from app.views.parts import field, notice, page_body, pick, stack, text, title
from app.views.screen import Screen

_WITHOUT_A_WORD = ("", "unreachable")  # no network is no trouble
MOST = 60  # cards at once: more would make a cheap phone slow


class HelpScreen(Screen):
    """Works at every stage, offline, without unlocking."""

    @property
    def back(self) -> str:
        return "" if self.shell.inside else "/"

    def build(self) -> ft.Control:
        self.opened_lines: set[str] = set()
        self.search = field(
            _("Zoek een hulplijn"), on_change=self.safe(lambda e: self._draw()), prefix_icon=ft.Icons.SEARCH
        )
        self.about = stack(spacing=8)
        self.lines = stack(spacing=12)
        self._draw()
        return page_body(title(_("Hulplijnen")), self.search, self.lines, self.about)

    def refresh(self) -> None:
        """Another list came in, or the clock moved on. What is as it was is left alone: somebody may be reading it."""
        if self._state() != self._drawn:
            self._draw()

    def _state(self) -> object:
        d = self.app.directory
        whose = (d.verified, d.day, d.trouble, d.lapsed_by, d.gemeente, d.now().date(), chosen())
        return (d.shown(self.search.value or ""), whose)

    def _draw(self) -> None:
        search = self.search.value or ""
        self._drawn = self._state()
        shown = self.app.directory.shown(search)
        made: list[ft.Control] = []
        before = -1
        for one in shown[:MOST]:
            if one.near != before and one.near != finding.FIXED:
                made.append(title(self._group(one.near), level=2))
            before = one.near
            made.append(help_card(self, one, one.line.id in self.opened_lines, self._turn(one.line.id)))
        if len(shown) > MOST:
            made.append(notice(_("Er zijn meer hulplijnen. Zoek op naam, onderwerp of plaats.")))
        nothing = notice(_("Niets gevonden. Bij gevaar bel je altijd 112."))
        self.lines.controls = made or [nothing]
        self.about.controls = self._about(bool(search.strip()))

    def _group(self, near: int) -> str:
        return {finding.OWN: _("Bij jou in de buurt"), finding.NATIONAL: _("In heel Nederland")}.get(near, _("Elders"))

    def _turn(self, line: str):
        def turn(e) -> None:
            self.opened_lines ^= {line}
            self._draw()

        return self.safe(turn)

    def _about(self, searching: bool) -> list[ft.Control]:
        """Whose numbers are on show, and of which list."""
        d = self.app.directory
        day = day_text(d.day)
        listed = (
            _("Lijst van {day}, vastgesteld door een coördinator.") if d.verified else _("Ingebouwde lijst van {day}.")
        )
        told = [text(listed.format(day=day), soft=True, size=15)]
        told.append(text(_("Klopt een nummer niet? Zeg het je coördinator."), soft=True, size=15))
        if d.trouble not in _WITHOUT_A_WORD:
            why = _("De server gaf een lijst die niet klopt; deze blijft staan. {why}")
            told.insert(0, notice(why.format(why=sentence_of(d.trouble)), ft.Icons.GPP_MAYBE_OUTLINED))
        if d.lapsed_by:
            why = _("De lijst met hulplijnen van {name} geldt niet meer. Nu staat de ingebouwde lijst er.")
            told.insert(0, notice(why.format(name=d.lapsed_by), ft.Icons.GPP_MAYBE_OUTLINED))
        return told if searching else [*self._where(), *told]

    def _where(self) -> list[ft.Control]:
        """The choice of a gemeente, kept on this device alone."""
        d = self.app.directory
        choices = [*d.gemeenten(), ("", _("Geen"))]
        chips = pick(choices, lambda code: code == d.gemeente, self.safe(self._choose))
        why = text(_("Je keuze blijft op dit apparaat."), soft=True, size=15)
        return [title(_("Nummers van jouw gemeente"), level=2), why, chips]

    def _choose(self, code: object) -> None:
        self.app.directory.choose_gemeente(str(code))
        self._draw()
