"""The question that comes before anything is typed: may this be noted, and who may read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.views.parts import card, notice, quiet_button, text, title

if TYPE_CHECKING:
    from app.views.contact.visit_form import VisitFormScreen


class Consent:
    """The question, or its answer, in the form of a visit."""

    def __init__(self, screen: VisitFormScreen) -> None:
        self.screen = screen

    def question(self) -> list[ft.Control]:
        """Three answers, none of them more work than another."""
        return [
            title(_("Mag je dit noteren?"), 2),
            text(_("Vraag het aan de bewoner. Elk antwoord is goed.")),
            *choices(self._answer),
            text(_("Wat je invult, wordt bij elke letter bewaard op dit apparaat."), soft=True),
        ]

    def _answer(self, noted: bool, shared: bool):
        return self.screen.safe(lambda e: self.screen.share(noted, shared))

    def chosen(self) -> list[ft.Control]:
        """The answer, and the way back to the question while nothing is saved."""
        form = self.screen.form
        told = notice(*consent_words(form.noted, bool(form.shared)))
        if self.screen.visit:  # who may read a saved visit is changed where it is read
            return [told]
        other = quiet_button(_("Wijzig"), self.screen.safe(lambda e: self.screen.share(True, None)))
        return [ft.Row([ft.Container(told, expand=True), other])]


def consent_words(noted: bool, shared: bool) -> tuple[str, ft.IconData]:
    """Who reads a visit."""
    if not noted:
        return _("Niets genoteerd. Het bezoek telt alleen mee."), ft.Icons.EXPOSURE_PLUS_1
    if shared:
        return _("De coördinator leest mee."), ft.Icons.GROUP_OUTLINED
    return _("Alleen jij leest dit bezoek."), ft.Icons.LOCK_OUTLINE


def choices(answer) -> list[ft.Control]:
    """The three answers; `answer(noted, shared)` gives what a tap does."""
    rows = [
        (
            answer(True, True),
            ft.Icons.GROUP_OUTLINED,
            _("Ja, de coördinator mag het lezen"),
            _("Jij en de coördinator zien adres, wensen en notitie."),
        ),
        (
            answer(True, False),
            ft.Icons.LOCK_OUTLINE,
            _("Ja, alleen voor mijzelf"),
            _("De coördinator ziet alleen dat er een bezoek was, niet waar of bij wie."),
        ),
        (
            answer(False, False),
            ft.Icons.EXPOSURE_PLUS_1,
            _("Nee, noteer niets"),
            _("Er wordt alleen geteld dat je bij iemand was. Je kunt dan niets opschrijven."),
        ),
    ]
    return [_choice(*row) for row in rows]


def _choice(on_click, icon: ft.IconData, words: str, more: str) -> ft.Control:
    heading = ft.Row(
        [
            ft.Icon(icon, color=ft.Colors.PRIMARY, size=28),
            ft.Container(text(words, weight=ft.FontWeight.W_600, size=18), expand=True),
        ]
    )
    return card(heading, text(more, soft=True), on_click=on_click)
