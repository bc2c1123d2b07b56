"""Wiping this device, in two steps: what is not sent yet comes first, and there is no way back."""

import flet as ft

from app.services.language import _, counted
from app.views.parts import field, main_button, notice, page_body, quiet_button, side_button, text, title
from app.views.screen import Screen


class WipeScreen(Screen):
    """Also behind the lock screen: whoever forgot the PIN may leave nothing behind."""

    @property
    def back(self) -> str:
        return "/slot" if self.shell.inside else "/vergeten"

    def build(self) -> ft.Control:
        unsent = self.app.safety.unsent()
        left = counted(
            "Er is nog {n} bericht dat niet verstuurd is. Na het wissen is het voorgoed weg.",
            "Er zijn nog {n} berichten die niet verstuurd zijn. Na het wissen zijn ze voorgoed weg.",
            unsent,
        )
        keep = [
            notice(left, ft.Icons.WARNING_AMBER, alarm=True),
            text(_("Bewaar ze eerst als bestand. Het is verzegeld: alleen je team kan het lezen."), soft=True),
            side_button(_("Bewaar wat nog niet verstuurd is"), self.safe(self._save), ft.Icons.DOWNLOAD),
        ]
        word = _("wissen")
        self.word = field(_("Typ: {word}").format(word=word), on_change=self.safe(self._typed))
        self.button = main_button(
            _("Wis alles op dit apparaat"), self.safe(self._wipe), ft.Icons.DELETE_FOREVER_OUTLINED, disabled=True
        )
        self.sure = quiet_button(_("Ik wil alles wissen"), self.safe(self._ask))
        self.last = ft.Column([self.word, self.button], visible=False, spacing=12)
        self.last.horizontal_alignment = ft.CrossAxisAlignment.STRETCH
        return page_body(
            title(_("Wis dit apparaat")),
            text(
                _(
                    "Alle notities, half getypte formulieren en sleutels gaan van dit apparaat af. Wat op de server staat, blijft bij je team."
                )
            ),
            *(keep if unsent else [text(_("Alles is verstuurd. Er gaat niets verloren."))]),
            text(_("Dit kan niet terug. Om weer mee te doen heb je een nieuwe uitnodiging nodig.")),
            self.sure,
            self.last,
        )

    async def _save(self, e) -> None:
        data = self.app.safety.unsent_file()
        await ft.FilePicker().save_file(file_name="straatcontact-niet-verstuurd.bin", src_bytes=data)

    def _ask(self, e) -> None:
        self.sure.visible, self.last.visible = False, True

    def _typed(self, e) -> None:
        self.button.disabled = (self.word.value or "").strip().lower() != _("wissen")
        self.page.update()

    async def _wipe(self, e) -> None:
        if not self.button.disabled:
            await self.app.safety.wipe()
            self.shell.go("/")
