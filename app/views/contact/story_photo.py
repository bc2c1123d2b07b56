"""The photo of a story in its form: chosen or taken, made small by the browser, taken away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.services.wording import field_text
from app.views.parts import error_text, quiet_button, side_button, text, tick
from sync.core.errors import BadInput

if TYPE_CHECKING:
    from app.views.contact.story_form import StoryFormScreen

HEIGHT = 320


def photo_image(jpeg: bytes, name: str) -> ft.Control:
    """A photo at a size that leaves room for the words."""
    return ft.Image(src=jpeg, fit=ft.BoxFit.CONTAIN, height=HEIGHT, border_radius=14, semantics_label=name)


class PhotoField(ft.Column):
    """The photo, and the consent of whoever is on it."""

    def __init__(self, screen: StoryFormScreen) -> None:
        super().__init__(spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.screen = screen
        self.error_text = error_text()
        self._draw()

    def _draw(self) -> None:
        screen = self.screen
        choose = _("Andere foto") if screen.photo else _("Kies of maak een foto")
        self.controls = [
            side_button(choose, screen.safe(self._choose), ft.Icons.ADD_A_PHOTO_OUTLINED),
            self.error_text,
        ]
        if not screen.photo:
            return
        consent = tick(
            _("Wie je herkent op de foto, vindt het goed"),
            screen.form.photo_consent,
            screen.safe(lambda e: screen.change(photo_consent=bool(e.control.value))),
        )
        self.controls = [
            photo_image(screen.photo, _("De foto bij je verhaal")),
            consent,
            *self.controls,
            quiet_button(_("Foto weghalen"), screen.safe(self._remove), ft.Icons.DELETE_OUTLINE),
            text(_("Waar en wanneer de foto gemaakt is, gaat er vanzelf af."), soft=True, size=15),
        ]

    async def _choose(self, e) -> None:
        self.tell("")
        try:
            photo = await self.screen.app.stories.choose_photo(
                self.screen.key, _("Kies een foto voor je verhaal."), _("Kies een foto"), _("Sluiten")
            )
        except BadInput as error:
            self.tell(field_text(error))
            return
        if photo:
            self.screen.photo = photo
            await self.screen.change(photo_consent=False)  # another photo, other people
            self._draw()

    async def _remove(self, e) -> None:
        self.screen.photo = b""
        await self.screen.app.stories.keep_photo(self.screen.key, b"")
        await self.screen.change(photo_consent=False)
        self._draw()

    def tell(self, words: str) -> None:
        """Say what is wrong with the photo, or "" for nothing."""
        self.error_text.value, self.error_text.visible = words, bool(words)
