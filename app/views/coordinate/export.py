"""Taking along: everything of the organisation, a database to look at, the calendar, the help lines.

Whatever holds notes says so first, and is made only after a yes.
"""

from collections.abc import Awaitable, Callable
from time import monotonic

import flet as ft

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.language import _, counted
from app.services.leaving.unopened import Unopened
from app.views.contact.activity_words import kind_title
from app.views.coordinate.asking import Ask
from app.views.parts import card, page_body, side_button, stack, text, title
from app.views.screen import Screen

LOOK_SECONDS = 0.2  # between two steps of the bar
Make = Callable[[Callable[[float], None]], Awaitable[bytes]]


class ExportScreen(Screen):
    """Four files, each with what it is for."""

    def build(self) -> ft.Control:
        self.busy, self.drawn = False, 0.0
        self.bar = ft.ProgressBar(value=0, bar_height=8)
        self.at_work = stack(spacing=8)
        self.choices = stack(spacing=16)
        self._choose()
        return page_body(
            title(_("Meenemen")),
            text(
                _("Jullie gegevens zijn van jullie. Hier neem je ze mee, in een vorm die ook andere programma's lezen.")
            ),
            self.at_work,
            self.choices,
        )

    def _choose(self) -> None:
        self.at_work.controls = []
        left_out = self.app.leaving.unopened()
        self.choices.controls = [
            self._card(
                _("Alles van de organisatie"),
                _(
                    "Een zip met elk gegeven dat dit apparaat kan openen, als JSON en als tabel. Voor als jullie stoppen of overstappen."
                ),
                self._asked(_("Maak een zip met alles"), ft.Icons.FOLDER_ZIP_OUTLINED, left_out, self._everything),
            ),
            self._card(
                _("Een database om in te zoeken"),
                _(
                    "Eén SQLite-bestand met dezelfde tabellen als deze app. Bijvoorbeeld om te openen met Datasette, op je eigen computer."
                ),
                self._asked(_("Maak een database"), ft.Icons.STORAGE, left_out, self._database),
            ),
            self._card(
                _("Alle activiteiten"),
                _("Een bestand voor je agenda (.ics): wat, waar en wanneer. Er staan geen namen in."),
                side_button(_("Bewaar voor de agenda"), self.safe(self._calendar), ft.Icons.CALENDAR_MONTH_OUTLINED),
            ),
            self._card(
                _("De hulplijnen"),
                _("De openbare lijst, in het open formaat HSDS 3.0."),
                side_button(_("Bewaar de hulplijnen"), self.safe(self._help_lines), ft.Icons.PHONE_OUTLINED),
            ),
        ]

    def _card(self, name: str, about: str, act: ft.Control) -> ft.Control:
        return card(title(name, 2), text(about), act)

    def _asked(self, label: str, icon: ft.IconData, left_out: Unopened, act: Callable) -> ft.Control:
        what = [
            _("Dit bestand is niet versleuteld. Wie het heeft, kan alle notities over bewoners lezen."),
            _("Bewaar het op een versleutelde schijf. Mail het niet. Gooi het weg als het niet meer nodig is."),
            _("Wat een bewoner later laat wissen, blijft in dit bestand staan: wis het dan ook daar."),
            _("In het logboek komt te staan dat je dit hebt gemaakt."),
            *_missing(left_out),
        ]
        return Ask(self, label, icon, what, _("Ja, maak het bestand"), act)

    # -- making ----------------------------------------------------------------------------------------------

    async def _everything(self) -> None:
        titles = _titles()
        await self._make(
            _("De zip wordt gemaakt…"),
            "straatcontact-alles.zip",
            lambda progress: self.app.leaving.everything(titles, progress),
        )

    async def _database(self) -> None:
        await self._make(_("De database wordt gemaakt…"), "straatcontact.db", self.app.leaving.database)

    async def _make(self, words: str, name: str, make: Make) -> None:
        if self.busy:
            return
        self.busy = True
        self.bar = ft.ProgressBar(value=0, bar_height=8, semantics_label=words)
        self.at_work.controls, self.choices.controls = [card(text(words), self.bar)], []
        self.page.update()
        try:
            data = await make(self._far)
        finally:
            self.busy = False
            self._choose()
            self.page.update()
        await self._save(name, data)
        self.say(_("Bewaard. Let op: iedereen die het bestand opent, kan het lezen."))

    def _far(self, done: float) -> None:
        if monotonic() - self.drawn >= LOOK_SECONDS:
            self.drawn, self.bar.value = monotonic(), done
            self.bar.update()

    async def _calendar(self, e) -> None:
        await self._save("straatcontact-activiteiten.ics", await self.app.leaving.calendar(_titles()))
        self.say(_("Bewaard."))

    async def _help_lines(self, e) -> None:
        await self._save("straatcontact-hulplijnen.json", self.app.leaving.help_lines())
        self.say(_("Bewaard."))

    async def _save(self, name: str, data: bytes) -> None:
        await ft.FilePicker().save_file(file_name=name, src_bytes=data)


def _titles() -> dict[str, str]:
    """What each kind of activity is called in a calendar."""
    return {kind.value: kind_title(ActivityForm(kind)) for kind in ActivityKind}


def _missing(left_out: Unopened) -> list[str]:
    """What would not be in it, where that is anything."""
    said = []
    if left_out.counts_only:
        visits = counted("{n} bezoek", "{n} bezoeken", left_out.counts_only)
        said.append(
            _("Van {visits} staat er alleen de telling: de rest is niet gedeeld, of de bewaartijd is voorbij.").format(
                visits=visits
            )
        )
    if left_out.other_teams:
        teams = counted("{n} team", "{n} teams", left_out.other_teams)
        said.append(_("Van {teams} heeft dit apparaat geen sleutel: dat staat er niet in.").format(teams=teams))
    aside = sum(n for _reason, n in left_out.aside) + left_out.waiting + left_out.quarantined
    if aside:
        messages = counted("{n} bericht", "{n} berichten", aside)
        said.append(_("{messages} kon dit apparaat niet openen of wachten op een besluit.").format(messages=messages))
    if left_out.unsent:
        said.append(_("Nog niet alles van dit apparaat is verstuurd. Het staat er wel in."))
    return said
