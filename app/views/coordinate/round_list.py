"""What a coordinator has above the list of rounds: making one, and the streets that they are made of."""

import flet as ft

from app.services.language import _
from app.services.models import Role
from app.views.parts import main_button, side_button
from app.views.screen import Screen


def desk_ways(screen: Screen) -> list[ft.Control]:
    """Ways to a new round and to the streets; none for whoever does not coordinate."""
    if screen.app.role is not Role.COORDINATOR:
        return []
    begun = screen.app.rounds.plan_draft() is not None
    make = _("Verder met je nieuwe ronde") if begun else _("Nieuwe ronde")
    return [
        main_button(make, screen.go("/nieuwe-ronde"), ft.Icons.ADD),
        side_button(_("Straten"), screen.go("/straten"), ft.Icons.SIGNPOST_OUTLINED),
    ]
