"""One street of the list: which doors it has; one that is wrong is taken off, and what is missing is added."""

import flet as ft

from app.services.language import _, counted
from app.services.rounds.models import Door
from app.services.wording import field_text
from app.views.collect.words import floor_text
from app.views.parts import Colors, field, main_button, page_body, quiet_button, ringed, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput

PAGE = 100


class StreetDoorsScreen(Screen):
    """Its doors by number, each a button: tapped, it asks whether it is to go."""

    back = "/straten"
    typed: ft.TextField | None = None

    def __init__(self, shell, street: bytes) -> None:
        super().__init__(shell)
        self.id = street
        self.street = self.app.register.street(street)
        self.limit, self.asked = PAGE, ""  # the door that is asked about, by its key

    @property
    def filled_in(self) -> bool:
        return bool(self.typed and self.typed.value)

    def build(self) -> ft.Control:
        self.doors = stack()
        helper = _("Bijvoorbeeld: 12A, 14-2, of 2-8 even.")
        self.typed = field(_("Nummers erbij"), on_submit=self.safe(self._add), helper=helper)
        self.refresh()
        where = ", ".join(x for x in (self.street.complex, self.street.place) if x)
        return page_body(
            title(self.street.name),
            *([text(where, soft=True)] if where else []),
            self.doors,
            title(_("Mist er een deur?"), 2),
            self.typed,
            main_button(_("Toevoegen"), self.safe(self._add), ft.Icons.ADD),
            text(_("Rondes die er al zijn, houden hun deuren."), soft=True),
        )

    def refresh(self) -> None:
        self.street = self.app.register.street(self.id)
        doors = self.street.doors
        count = counted("{n} deur", "{n} deuren", len(doors))
        shown = [self._door(door) for door in doors[: self.limit]]
        rows: list[ft.Control] = [
            text(_("{doors}. Klopt er een niet? Tik erop.").format(doors=count)),
            ft.Row(shown, wrap=True, spacing=8, run_spacing=8),
        ]
        if len(doors) > self.limit:
            rows.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.doors.controls = rows

    def _door(self, door: Door) -> ft.Control:
        if door.key == self.asked:
            return self._asking(door)
        floor = floor_text(door)
        words = ft.Column(
            [text(door.label, weight=ft.FontWeight.W_600), *([text(floor, soft=True, size=15)] if floor else [])],
            spacing=0,
            tight=True,
        )
        style = ft.ButtonStyle(
            shape=ft.RoundedRectangleBorder(radius=14),
            side=ringed(ft.BorderSide(1, Colors.OUTLINE)),
            padding=ft.Padding.symmetric(horizontal=14, vertical=14),
            bgcolor=Colors.SURFACE_CONTAINER,
        )
        return ft.OutlinedButton(content=words, on_click=self.safe(lambda e: self._ask(door.key)), style=style)

    def _asking(self, door: Door) -> ft.Control:
        words = text(_("{address} van de lijst halen?").format(address=door.address), weight=ft.FontWeight.W_600)
        off = quiet_button(_("Van de lijst halen"), self.safe(lambda e: self._off(door.key)), ft.Icons.PLAYLIST_REMOVE)
        keep = quiet_button(_("Toch niet"), self.safe(lambda e: self._ask("")))
        inside = stack(words, ft.Row([off, keep], wrap=True, spacing=4, run_spacing=0), spacing=4)
        return ft.Container(inside, bgcolor=Colors.PRIMARY_CONTAINER, border_radius=14, padding=14)

    def _ask(self, key: str) -> None:
        self.asked = key
        self.refresh()

    def _more(self, e: ft.ControlEvent) -> None:
        self.limit += PAGE
        self.refresh()

    async def _off(self, key: str) -> None:
        door = await self.app.register.take_off(self.id, key)
        self.asked = ""
        self.refresh()
        words = _("{address} is van de lijst.").format(address=door.address)
        self.say(words, _("Ongedaan maken"), lambda e: self.app.register.put_back(self.id, door))

    async def _add(self, e: ft.ControlEvent) -> None:
        self.typed.error = None
        try:
            new = await self.app.register.add(self.id, self.typed.value or "")
        except BadInput as error:
            self.typed.error = field_text(error)
            return
        self.typed.value = ""
        self.refresh()
        added = counted("{n} deur toegevoegd.", "{n} deuren toegevoegd.", new)
        self.say(added if new else _("Die deuren stonden er al."))
