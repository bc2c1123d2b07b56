"""The register of streets that rounds are made of: what is in it, and a street typed by hand."""

import flet as ft

from app.services.language import _, counted
from app.services.register.register import StreetLook
from app.services.wording import field_text
from app.views.coordinate.street_words import bad_lines, written_words
from app.views.parts import card, field, main_button, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

PAGE = 50
SEARCHED_FROM = 12  # streets from which a search helps


class StreetsScreen(Screen):
    """Every street by place and name; each can be taken off the list and put back."""

    back = "/rondes"
    form: ft.Column | None = None  # open while a street is being typed

    @property
    def filled_in(self) -> bool:
        return bool(self.form and self.form.controls)

    def build(self) -> ft.Control:
        self.limit, self.wanted = PAGE, ""
        self.list, self.form = stack(), stack()
        self.search = field(_("Zoek een straat"), on_change=self.safe(self._search), visible=False)
        self.refresh()
        return page_body(
            title(_("Straten")),
            text(_("Van deze straten maak je rondes. Er staan alleen adressen in, nooit wie er woont.")),
            main_button(_("Adressen inlezen"), self.go("/straten/import"), ft.Icons.UPLOAD_FILE),
            side_button(_("Een straat opschrijven"), self.safe(self._open_form), ft.Icons.EDIT_OUTLINED),
            self.form,
            self.search,
            self.list,
        )

    # -- the list ----------------------------------------------------------------------------------------

    def refresh(self) -> None:
        streets = self.app.register.look()
        self.search.visible = len(streets) >= SEARCHED_FROM
        shown = [s for s in streets if self.wanted in f"{s.name} {s.place} {s.complex}".casefold()]
        rows: list[ft.Control] = [text(self._count(shown), soft=True), *map(self._card, shown[: self.limit])]
        if not streets:
            words = _("Er staan nog geen straten in. Lees een lijst met adressen in, of schrijf een straat op.")
            rows = [notice(words, ft.Icons.SIGNPOST_OUTLINED)]
        if len(shown) > self.limit:
            rows.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.list.controls = rows

    def _count(self, streets: list[StreetLook]) -> str:
        doors = sum(s.doors for s in streets)
        return _("{streets}, {doors}").format(
            streets=counted("{n} straat", "{n} straten", len(streets)), doors=counted("{n} deur", "{n} deuren", doors)
        )

    def _card(self, s: StreetLook) -> ft.Control:
        off = self.safe(lambda e: self._off(s))
        where = ", ".join(p for p in (s.complex, s.place, counted("{n} deur", "{n} deuren", s.doors)) if p)
        return card(
            text(s.name, weight=ft.FontWeight.W_600, size=18),
            text(where, soft=True),
            ft.Row(
                [
                    quiet_button(
                        _("Bekijk de deuren"), self.go(f"/straten/{s.id.hex()}"), ft.Icons.DOOR_FRONT_DOOR_OUTLINED
                    ),
                    quiet_button(_("Van de lijst halen"), off, ft.Icons.PLAYLIST_REMOVE),
                ],
                wrap=True,
                spacing=4,
                run_spacing=0,
            ),
        )

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _search(self, e) -> None:
        self.wanted, self.limit = (e.control.value or "").strip().casefold(), PAGE
        self.refresh()

    async def _off(self, s: StreetLook) -> None:
        await self.app.register.remove(s.id)
        words = _("{street} is van de lijst. Rondes die er zijn, houden hun deuren.").format(street=s.name)
        self.say(words, _("Ongedaan maken"), lambda e: self.app.register.remove(s.id, removed=False))

    # -- by hand -----------------------------------------------------------------------------------------

    def _open_form(self, e) -> None:
        places = [s.place for s in self.app.register.look() if s.place]
        self.place = field(_("Woonplaats"), max(set(places), key=places.count, default=""))
        self.typed = field(
            _("Straat en nummers"),
            multiline=True,
            min_lines=3,
            max_lines=10,
            helper=_("Eén straat op een regel. Bijvoorbeeld: Tulpstraat 2-48 even, of Rozenlaan 1-9, 12A, 14-2."),
        )
        self.said = stack(spacing=8)
        self.form.controls = [
            self.place,
            self.typed,
            self.said,
            main_button(_("Toevoegen"), self.safe(self._add), ft.Icons.CHECK),
            quiet_button(_("Sluit"), self.safe(self._close_form)),
        ]

    def _close_form(self, e) -> None:
        self.form.controls = []

    async def _add(self, e) -> None:
        self.typed.error, self.said.controls = None, []
        try:
            found, written = await self.app.register.by_hand(self.typed.value or "", self.place.value or "")
        except BadInput as error:
            self.typed.error = field_text(error)
            return
        if found.left_out:
            self.said.controls = [notice(_("Dit kunnen we niet lezen. Er is nog niets toegevoegd."), alarm=True)]
            self.said.controls += bad_lines(found)
            return
        self._close_form(e)
        self.refresh()
        self.say(written_words(written))
