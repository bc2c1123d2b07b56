"""Reading in a list of addresses: a file is chosen, read with its progress shown, looked at, and the streets one wants
are kept.
"""

from time import monotonic

import flet as ft

from app.services.language import _, counted
from app.services.models import Role
from app.services.register.gathering import Found, FoundStreet
from app.services.register.register import Written, sample
from app.services.wording import field_text, sentence
from app.views.coordinate.street_words import bad_counts, bad_lines, written_words
from app.views.parts import (
    card,
    field,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError

PAGE = 50
LOOK_SECONDS = 0.2  # between two steps of the bar


class ImportScreen(Screen):
    """From a file to streets. Nothing is written before the person says so; stopped, it goes on where it was."""

    back = "/straten"
    filled_in = shuts_out_updates = True

    def build(self) -> ft.Control:
        self.found: Found | None = None
        self.kept: set[str] = set()
        self.busy = self.stopping = False
        self.limit, self.wanted, self.drawn = PAGE, "", 0.0
        self.part = stack(spacing=16)
        self._start("")
        return page_body(title(_("Adressen inlezen")), self.part)

    # -- choosing and reading ----------------------------------------------------------------------------

    def _start(self, problem: str) -> None:
        self.part.controls = [
            *([notice(problem, ft.Icons.ERROR_OUTLINE, alarm=True)] if problem else []),
            text(
                _(
                    "Kies een lijst met adressen. Uit een rekenblad: bewaar het als CSV, met kolommen voor straat, huisnummer, toevoeging, postcode en plaats."
                )
            ),
            text(
                _("Een GeoPackage van de BAG of JSON van PDOK kan ook. De gemeente kan je helpen aan een lijst."),
                soft=True,
            ),
            text(_("Namen en andere gegevens nemen we niet over. Er gaat niets naar het internet."), soft=True),
            main_button(_("Kies een bestand"), self.safe(self._choose), ft.Icons.UPLOAD_FILE),
            side_button(_("Probeer een verzonnen voorbeeld"), self.safe(self._sample), ft.Icons.SCIENCE_OUTLINED),
        ]

    async def _choose(self, e) -> None:
        if self.busy:
            return
        try:
            chosen = await self.app.register.choose(
                _("Kies een lijst met adressen."), _("Kies een bestand"), _("Sluiten")
            )
        except BadInput as error:
            self._start(field_text(error))
            return
        if chosen is not None:
            await self._read(chosen.path, chosen.name)

    async def _sample(self, e) -> None:
        if not self.busy:
            await self._read(sample(), _("Voorbeeld"))

    async def _read(self, path: str, name: str) -> None:
        self._work(_("{name} lezen…").format(name=name))
        try:
            self.found = await self.app.register.read(path, self._far)
        except BadInput as error:
            self.busy = False
            self._start(field_text(error))
            return
        self.busy = False
        self.kept = {s.key for s in self.found.streets}
        self._look()

    def _work(self, words: str, stop: bool = False) -> None:
        """Show that something is going on, and how far it is."""
        self.busy, self.stopping = True, False
        self.bar = ft.ProgressBar(value=0, bar_height=8, semantics_label=words)
        self.part.controls = [text(words), self.bar]
        if stop:
            self.part.controls.append(side_button(_("Stop"), self.safe(self._stop), ft.Icons.STOP_CIRCLE_OUTLINED))
        self.part.update()

    def _far(self, done: float) -> None:
        if monotonic() - self.drawn >= LOOK_SECONDS:
            self.drawn, self.bar.value = monotonic(), done
            self.bar.update()

    def _stop(self, e) -> None:
        self.stopping = True

    # -- what was found ----------------------------------------------------------------------------------

    def _look(self) -> None:
        found = self.found
        if not found.streets:
            self._start(_("In deze lijst staat geen enkele deur."))
            self.part.controls.insert(1, self._bad(found))
            return
        self.limit, self.wanted = PAGE, ""
        streets = counted("{n} straat", "{n} straten", len(found.streets))
        doors = counted("{n} deur", "{n} deuren", found.doors)
        self.streets = stack(spacing=4)
        self.keep = stack()
        search = field(_("Zoek een straat"), on_change=self.safe(self._search))
        self.part.controls = [
            title(_("Gevonden: {streets}, {doors}").format(streets=streets, doors=doors), 2),
            *([text(self._twice(found), soft=True)] if found.twice else []),
            *([self._bad(found)] if found.left_out else []),
            title(_("Welke straten wil je houden?"), 2),
            *([search] if len(found.streets) > 12 else []),
            ft.Row(
                [
                    quiet_button(_("Alles"), self.safe(lambda e: self._all(True)), ft.Icons.CHECK_BOX_OUTLINED),
                    quiet_button(_("Niets"), self.safe(lambda e: self._all(False)), ft.Icons.CHECK_BOX_OUTLINE_BLANK),
                ],
                wrap=True,
            ),
            self.streets,
            self.keep,
        ]
        self._draw_streets()

    def _twice(self, found: Found) -> str:
        return counted(
            "{n} regel ging over een deur die er al stond.",
            "{n} regels gingen over een deur die er al stond.",
            found.twice,
        )

    def _bad(self, found: Found) -> ft.Control:
        head = counted("{n} regel slaan we over:", "{n} regels slaan we over:", found.left_out)
        return card(text(f"{head} {bad_counts(found)}", weight=ft.FontWeight.W_600), *bad_lines(found))

    def _shown(self) -> list[FoundStreet]:
        return [s for s in self.found.streets if self.wanted in f"{s.name} {s.place}".casefold()]

    def _draw_streets(self) -> None:
        shown = self._shown()
        rows: list[ft.Control] = [self._tick(s) for s in shown[: self.limit]]
        if len(shown) > self.limit:
            rest = counted("en nog {n} straat", "en nog {n} straten", len(shown) - self.limit)
            rows += [text(rest, soft=True), quiet_button(_("Toon meer"), self.safe(self._more))]
        self.streets.controls = rows or [text(_("Geen straat gevonden."), soft=True)]
        self._draw_keep()

    def _draw_keep(self) -> None:
        words = counted("{n} straat opslaan", "{n} straten opslaan", len(self.kept))
        save = main_button(words, self.safe(self._write), ft.Icons.CHECK, disabled=not self.kept)
        self.keep.controls = [save, quiet_button(_("Een ander bestand"), self.safe(lambda e: self._start("")))]

    def _tick(self, s: FoundStreet) -> ft.Control:
        """A street to keep or not. Its words may be long, and those beside a box of Flet's own don't wrap."""

        def put(kept: bool) -> None:
            (self.kept.add if kept else self.kept.discard)(s.key)
            box.value = kept
            self._draw_keep()

        where = ", ".join(p for p in (s.place, counted("{n} deur", "{n} deuren", len(s.doors))) if p)
        box = ft.Checkbox(
            value=s.key in self.kept,
            semantics_label=f"{s.name}, {where}",
            on_change=self.safe(lambda e: put(bool(e.control.value))),
        )
        words = ft.Container(
            stack(text(s.name), text(where, soft=True, size=15), spacing=0),
            on_click=self.safe(lambda e: put(s.key not in self.kept)),
            padding=ft.Padding.symmetric(vertical=8),
        )
        return ft.Row([box, ft.Semantics(content=words, exclude_semantics=True, expand=True)], spacing=4)

    def _search(self, e) -> None:
        self.wanted, self.limit = (e.control.value or "").strip().casefold(), PAGE
        self._draw_streets()

    def _more(self, e) -> None:
        self.limit += PAGE
        self._draw_streets()

    def _all(self, keep: bool) -> None:
        """All or none of the streets that the search shows."""
        keys = {s.key for s in self._shown()}
        self.kept = self.kept | keys if keep else self.kept - keys
        self._draw_streets()

    # -- writing -----------------------------------------------------------------------------------------

    async def _write(self, e) -> None:
        if self.busy:
            return
        streets = [s for s in self.found.streets if s.key in self.kept]
        self._work(counted("{n} straat opslaan…", "{n} straten opslaan…", len(streets)), stop=True)
        try:
            written = await self.app.register.put(streets, self._far, lambda: not self.stopping)
        except StraatError as error:
            self.say(sentence(error))
            self._look()  # what was told is written: saving again goes on
            return
        finally:
            self.busy = False
        self._done(written)

    def _done(self, written: Written) -> None:
        if written.rest:
            left = counted("{n} straat nog niet.", "{n} straten nog niet.", written.rest)
            self.part.controls = [
                notice(
                    _("Gestopt. {left} Wat er al in staat, blijft.").format(left=left), ft.Icons.PAUSE_CIRCLE_OUTLINED
                ),
                main_button(_("Ga verder"), self.safe(self._write), ft.Icons.PLAY_ARROW),
                quiet_button(_("Naar de straten"), self.go("/straten")),
            ]
            return
        self.part.controls = [
            notice(written_words(written), ft.Icons.CHECK_CIRCLE_OUTLINE),
            text(self._where(), soft=True),
            main_button(_("Naar de straten"), self.go("/straten"), ft.Icons.SIGNPOST_OUTLINED),
            quiet_button(_("Een ander bestand"), self.safe(lambda e: self._start(""))),
        ]

    def _where(self) -> str:
        if any(m.role is Role.COORDINATOR and not m.me for m in self.app.members()):
            return _("Ze staan op dit apparaat, en gaan versleuteld naar de andere coördinatoren.")
        return _("Ze staan op dit apparaat, en versleuteld op de server.")
