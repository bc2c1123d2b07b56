"""An address, typed once: doors known already and doors where nobody rings are pointed out while there is time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.views.parts import field, notice, quiet_button

if TYPE_CHECKING:
    from app.views.screen import Screen


class AddressField(ft.Column):
    """A field and what there is to say of its address. `door`: it is known whose turn it is, so a known door is fine."""

    def __init__(
        self, screen: Screen, value: str, on_text: Callable[[str], Awaitable[None]], door: bool = False
    ) -> None:
        super().__init__(spacing=8, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.screen, self._on_text, self._door = screen, on_text, door
        self._looked = value
        self.input = field(
            _("Adres"),
            value,
            screen.safe(self._typed),
            hint_text=_("Straat en huisnummer"),
            capitalization=ft.TextCapitalization.SENTENCES,
            on_blur=screen.safe(self._left),
            on_submit=screen.safe(self._left),
        )
        self.hints = ft.Column([], spacing=4)
        self.controls = [self.input, self.hints]
        if value:
            self._look()

    async def _typed(self, e) -> None:
        """Typing draws nothing: comparing the whole screen at every letter costs a slow phone its pace."""
        ft.context.disable_auto_update()
        await self._on_text(e.control.value or "")

    async def _left(self, e) -> None:
        if self.input.value != self._looked:
            self._look()

    def _look(self) -> None:
        """Say what is known of this address."""
        address = self._looked = self.input.value or ""
        welcomes = self.screen.app.welcomes
        hints: list[ft.Control] = []
        if self.screen.app.marks.blocks(address):
            words = _("Hier wil men geen contact. Bel niet aan; er wordt niets genoteerd.")
            hints.append(notice(words, ft.Icons.DO_NOT_DISTURB_ON_OUTLINED, alarm=True))
        elif not self._door:
            if welcomes.same(address):
                hints.append(notice(_("Dit adres ken je al. Het komt bij wat je er al van weet."), ft.Icons.HISTORY))
            for other in welcomes.near(address)[:3]:
                words = _("Bedoel je {address}?").format(address=other)
                hints.append(
                    quiet_button(words, self.screen.safe(lambda e, a=other: self._take(a)), ft.Icons.SPELLCHECK)
                )
        self.hints.controls = hints

    async def _take(self, address: str) -> None:
        self.input.value = address
        await self._on_text(address)
        self._look()

    def tell(self, error: str) -> None:
        """Say what is wrong with the address, or "" for nothing."""
        self.input.error = error or None
