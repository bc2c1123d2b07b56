"""More: everything that has no place in the bars, a calm list."""

import flet as ft

from app.services.language import _
from app.services.models import Role
from app.views.parts import Colors, page_body, text, title
from app.views.screen import Screen

Way = tuple[str, str, str, ft.IconData]


class MoreScreen(Screen):
    """One tap to each."""

    @property
    def ways(self) -> list[Way]:
        """All ways, from top to bottom: route, label, what it is about, icon."""
        return [*self._there(self._street()), *self._there(self._mine())]

    def _there(self, ways: list[Way]) -> list[Way]:
        """Those that lead somewhere."""
        from app.views import routes  # which knows every screen, this one too

        known = routes.INSIDE | (routes.COORDINATING if self.shell.coordinates else {})
        return [way for way in ways if way[0].strip("/") in known]

    def build(self) -> ft.Control:
        return page_body(
            title(_("Meer")),
            title(_("In de buurt"), 2),
            *(self._way(*way) for way in self._there(self._street())),
            title(_("Van jou"), 2),
            *(self._way(*way) for way in self._there(self._mine())),
        )

    def _street(self) -> list[Way]:
        coordinates = self.app.role is Role.COORDINATOR
        desk: list[Way] = [
            ("/straten", _("Straten"), _("Straten en deuren voor rondes"), ft.Icons.SIGNPOST_OUTLINED),
            ("/zoeken", _("Zoeken"), _("In alles wat je mag lezen"), ft.Icons.SEARCH),
            ("/maatjes", _("Maatjes"), _("Wie hulp vraagt en wie wil helpen"), ft.Icons.HANDSHAKE_OUTLINED),
        ]
        return [
            (
                "/buurt",
                _("Activiteiten en verhalen"),
                _("Wat er te doen is, en wat goed ging"),
                ft.Icons.LOCAL_CAFE_OUTLINED,
            ),
            (
                "/aanbod",
                _("Aanbod in de buurt"),
                _("Wat er is voor wie iets wenst"),
                ft.Icons.VOLUNTEER_ACTIVISM_OUTLINED,
            ),
            ("/rondes", _("Rondes"), _("Samen langs alle deuren"), ft.Icons.DIRECTIONS_WALK),
            *(desk if coordinates else []),
            (
                "/geen-contact",
                _("Adressen zonder contact"),
                _("Hier bellen we niet aan"),
                ft.Icons.DO_NOT_DISTURB_ON_OUTLINED,
            ),
            ("/kaart", _("Welkomstkaart"), _("Om te printen, voor wie niet thuis was"), ft.Icons.MAIL_OUTLINE),
            (
                "/begeleider",
                _("Begeleiders"),
                _("Zo vraagt een begeleider een welkomst aan"),
                ft.Icons.SUPPORT_AGENT_OUTLINED,
            ),
            (
                "/idee",
                _("Een idee voor de buurt"),
                _("Mail het de contactpersoon van je gemeente"),
                ft.Icons.LIGHTBULB_OUTLINE,
            ),
        ]

    def _mine(self) -> list[Way]:
        return [
            ("/mijn-gegevens", _("Mijn gegevens"), _("Bekijken, meenemen, stoppen"), ft.Icons.PERSON_OUTLINE),
            ("/bewaren", _("Bewaren"), _("Wat er wanneer verdwijnt"), ft.Icons.HOURGLASS_EMPTY),
            ("/uitleg", _("Uitleg"), _("Vragen en antwoorden"), ft.Icons.HELP_OUTLINE),
            ("/instellingen", _("Instellingen"), _("Taal, slot, opslag, versturen"), ft.Icons.SETTINGS_OUTLINED),
        ]

    def _way(self, route: str, label: str, about: str, icon: ft.IconData) -> ft.Control:
        words = ft.Column(
            [text(label, size=18, weight=ft.FontWeight.W_600), text(about, soft=True)], spacing=2, expand=True
        )
        row = ft.Row([ft.Icon(icon, color=Colors.PRIMARY, size=28), words], spacing=16)
        return ft.Container(
            row,
            padding=16,
            border_radius=18,
            bgcolor=Colors.SURFACE_CONTAINER,
            border=ft.Border.all(1, Colors.OUTLINE_VARIANT),
            on_click=self.go(route),
            ink=True,
        )
