"""The help lines: the same ones always first, found by any word, called with one tap."""

import flet as ft

from app.services.directory.finding import spaced
from app.services.language import _
from app.services.models import HelpLine
from app.views.parts import field, notice, page_body, stack, title
from app.views.screen import Screen

_ALWAYS_OPEN = "112"


class HelpScreen(Screen):
    """Works at every stage, offline, without unlocking."""

    @property
    def back(self) -> str:
        return "" if self.shell.inside else "/"

    def build(self) -> ft.Control:
        self.search = field(_("Zoek een hulplijn"), on_change=self.safe(self._search), prefix_icon=ft.Icons.SEARCH)
        self.lines = stack(spacing=12)
        self._search(None)
        return page_body(title(_("Hulplijnen")), self.search, self.lines)

    def _search(self, e) -> None:
        found = self.app.help_lines(self.search.value or "")
        self.lines.controls = [self._line(x) for x in found] or [
            notice(_("Niets gevonden. Bij gevaar bel je altijd 112."))
        ]

    def _line(self, line: HelpLine) -> ft.Control:
        first = line.phone == _ALWAYS_OPEN
        ground = ft.Colors.SECONDARY if first else ft.Colors.SURFACE_CONTAINER
        ink = ft.Colors.ON_SECONDARY if first else ft.Colors.ON_SURFACE
        about = line.about
        words = ft.Column(
            [
                ft.Text(line.name, size=19, weight=ft.FontWeight.W_600, color=ink),
                ft.Text(spaced(line.phone), size=20, weight=ft.FontWeight.W_700, color=ink),
                ft.Text(about, size=16, color=ink),
            ],
            spacing=2,
            expand=True,
        )
        return ft.Container(
            ft.Row([words, ft.Icon(ft.Icons.PHONE, color=ink, size=28)]),
            padding=16,
            border_radius=18,
            bgcolor=ground,
            border=None if first else ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
            ink=True,
            tooltip=_("Bel {name}").format(name=line.name),
            on_click=self.safe(lambda e, phone=line.phone: self._call(phone)),
        )

    async def _call(self, phone: str) -> None:
        await ft.UrlLauncher().launch_url(f"tel:{phone}")
        self.say(_("Bellen lukt niet vanaf dit apparaat? Toets zelf {phone}.").format(phone=spaced(phone)))
