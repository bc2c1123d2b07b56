"""Reading a QR code with the camera, where the browser can; pasting and typing stay for who can't or won't."""

from collections.abc import Awaitable, Callable

import flet as ft

from app.services.language import _
from app.views.parts import side_button
from app.views.screen import Screen


def scan_button(screen: Screen, on_text: Callable[[str], Awaitable[None]]) -> list[ft.Control]:
    """A button whose result `on_text` hears; no button where the browser can't read QR codes.

    What keeps the camera from working is told at the foot of the screen.
    """

    async def scan(e) -> None:
        text = await screen.app.scan(_("Richt de camera op de QR-code."), _("Sluiten"))
        if text:
            await on_text(text)

    if not screen.app.surroundings.can_scan:
        return []
    return [side_button(_("Lees een QR-code"), screen.safe(scan), ft.Icons.QR_CODE_SCANNER)]
