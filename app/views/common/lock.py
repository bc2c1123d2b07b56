"""The lock: a PIN pad for the thumb and a field for a passphrase. Help lines stay within reach."""

import asyncio
from collections.abc import Awaitable

import flet as ft

from app.services.language import _, right_to_left
from app.services.wording import sentence
from app.views.parts import (
    icon_button,
    main_button,
    notice,
    page_body,
    quiet_button,
    secret_field,
    side_button,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import StraatError, TrySlower


class LockScreen(Screen):
    """Wrong PINs only make one wait, never for ever."""

    def build(self) -> ft.Control:
        rescued = self.app.storing.rescued
        pad = not self.shell.wide  # a laptop has keys; a phone's keyboard would cover the pad
        self.secret = secret_field(
            _("Pincode of wachtzin"),
            autofocus=not pad,
            on_submit=self.safe(self._unlock),
        )
        self.busy = ft.ProgressBar(visible=False)
        self.button = main_button(_("Ontgrendel"), self.safe(self._unlock), ft.Icons.LOCK_OPEN)
        return page_body(
            title(_("Straatcontact")),
            text(_("Je notities zijn vergrendeld.")),
            *([notice(_("De browser had de gegevens van deze app gewist. Alles is teruggezet."))] if rescued else []),
            self.secret,
            *([self._pad()] if pad else []),
            self.button,
            *([self._passkey()] if self.app.safety.has_passkey else []),
            self.busy,
            quiet_button(_("Pincode vergeten"), self.go("/vergeten")),
            *self.foot(),
            width=420,
        )

    def _passkey(self) -> ft.Control:
        return side_button(_("Ontgrendel met je passkey"), self.safe(self._by_passkey), ft.Icons.FINGERPRINT)

    async def _by_passkey(self, e) -> None:
        await self._try(self.app.safety.unlock_by_passkey())

    def _pad(self) -> ft.Control:
        rows = [("1", "2", "3"), ("4", "5", "6"), ("7", "8", "9"), ("", "0", "<")]
        if right_to_left():  # the keys of a telephone lie the same everywhere
            rows = [row[::-1] for row in rows]
        return ft.Column(
            [ft.Row([self._key(k) for k in row], alignment=ft.MainAxisAlignment.CENTER, spacing=14) for row in rows],
            spacing=10,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        )

    def _key(self, key: str) -> ft.Control:
        if not key:
            return ft.Container(width=84, height=60)
        if key == "<":
            back = icon_button(ft.Icons.BACKSPACE_OUTLINED, _("Laatste cijfer weg"), self.safe(self._back))
            return ft.Container(back, width=84, height=60, alignment=ft.Alignment.CENTER)
        return ft.FilledTonalButton(
            content=key,
            width=84,
            height=60,
            style=ft.ButtonStyle(
                text_style=ft.TextStyle(size=24), shape=ft.RoundedRectangleBorder(radius=18), padding=0
            ),
            on_click=self.safe(lambda e, k=key: self._type(k)),
        )

    def _type(self, key: str) -> None:
        self.secret.value = (self.secret.value or "") + key
        self.secret.error = None

    def _back(self, e) -> None:
        self.secret.value = (self.secret.value or "")[:-1]

    async def _unlock(self, e) -> None:
        await self._try(self.app.unlock(self.secret.value or ""))

    async def _try(self, opening: Awaitable[None]) -> None:
        self.secret.error = None
        self.button.disabled = self.busy.visible = True
        self.page.update()
        try:
            await opening
        except TrySlower as error:
            self.secret.error = sentence(error)
            self.page.run_task(self._count_down)
        except StraatError as error:
            self.secret.value, self.secret.error = "", sentence(error)
        finally:
            self.button.disabled = self.busy.visible = False

    async def _count_down(self) -> None:
        while wait := self.app.unlock_wait_millis():
            self.secret.error = sentence(TrySlower(wait))
            self.page.update()
            await asyncio.sleep(1)
        self.secret.error = None
        self.page.update()


class ForgottenScreen(Screen):
    """A forgotten PIN means a new invitation; said plainly, with what is and is not lost."""

    back = "/"

    def build(self) -> ft.Control:
        return page_body(
            title(_("Pincode vergeten")),
            text(_("Niemand kan je pincode terughalen. Probeer het eerst rustig nog een paar keer.")),
            text(
                _(
                    "Lukt het echt niet? Vraag je coördinator om een nieuwe uitnodiging. Wat al op de server staat, blijft bij de coördinator leesbaar."
                )
            ),
            text(
                _(
                    "Wat je had opgeslagen en nog niet verstuurd was, gaat niet weg: het wordt verstuurd zodra je weer meedoet."
                )
            ),
            text(
                _(
                    "Ben je zelf coördinator? Vraag een andere coördinator, of gebruik je herstelblad. Zonder die twee kan niemand meer lezen wat je team je stuurde."
                )
            ),
            side_button(_("Opnieuw beginnen met een uitnodiging"), self.safe(lambda e: self.app.start_over())),
            quiet_button(_("Wis dit apparaat"), self.go("/wissen"), ft.Icons.DELETE_OUTLINE),
        )
