"""The lock as one chooses it: when it falls by itself, a passkey, another secret, hiding and wiping."""

import flet as ft

from app.services.language import _, counted
from app.services.models import HIDDEN_SECONDS, QUIET_MINUTES, LockChoices
from app.services.wording import field_text, sentence
from app.views.parts import (
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    secret_field,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError


class LockSettingsScreen(Screen):
    """Everything about keeping this device's notes to oneself."""

    back = "/instellingen"

    def build(self) -> ft.Control:
        self.times, self.passkey = stack(), stack()
        self._draw_times()
        weak = _("Als coördinator heb je een wachtzin nodig. Je huidige pincode of wachtzin is te kort.")
        return page_body(
            title(_("Slot")),
            *([notice(weak, ft.Icons.WARNING_AMBER, alarm=True)] if self.app.safety.secret_is_weak else []),
            side_button(_("Pincode of wachtzin veranderen"), self.go("/pincode"), ft.Icons.PIN_OUTLINED),
            self.passkey,
            self.times,
            title(_("Snel verbergen"), 2),
            text(
                _(
                    "Het knopje met het oog vergrendelt de app en laat alleen de hulplijnen zien. Ga daarna terug om weer te ontgrendelen. Wat je aan het typen was, blijft bewaard."
                )
            ),
            title(_("Alles wissen"), 2),
            text(_("Voor als je stopt of je telefoon weggeeft. Eerst zie je wat nog niet verstuurd is.")),
            side_button(_("Wis dit apparaat"), self.go("/wissen"), ft.Icons.DELETE_OUTLINE),
        )

    async def opened(self) -> None:
        """Whether this browser has passkeys is asked; until then nothing of it is shown."""
        offered = self.app.safety.has_passkey or await self.app.safety.offers_passkey()
        if offered and self.shell.screen is self:
            self._draw_passkey()
            self.page.update()

    # -- times -------------------------------------------------------------------------------------------------

    def _draw_times(self) -> None:
        now = self.app.safety.choices
        minutes = [(m, counted("na {n} minuut", "na {n} minuten", m)) for m in QUIET_MINUTES]
        names = {0: _("meteen"), 60: _("na 1 minuut"), None: _("nooit")}
        hidden = [(s, names[s]) for s in HIDDEN_SECONDS]
        self.times.controls = [
            title(_("Vergrendelen als je niets doet"), 2),
            pick(minutes, lambda m: m == now.quiet_minutes, self.safe(self._quiet)),
            title(_("Vergrendelen als de app uit beeld is"), 2),
            pick(hidden, lambda s: s == now.hidden_seconds, self.safe(self._hidden)),
        ]

    def _quiet(self, minutes: int) -> None:
        self.app.safety.choose(LockChoices(minutes, self.app.safety.choices.hidden_seconds))
        self._draw_times()

    def _hidden(self, seconds: int | None) -> None:
        self.app.safety.choose(LockChoices(self.app.safety.choices.quiet_minutes, seconds))
        self._draw_times()

    # -- passkey -----------------------------------------------------------------------------------------------

    def _draw_passkey(self) -> None:
        there = self.app.safety.has_passkey
        about = (
            _("Deze app gaat ook open met je passkey: je vinger, je gezicht of de pincode van het toestel.")
            if there
            else _("Met een passkey open je de app met je vinger, je gezicht of de pincode van het toestel.")
        )
        both = _("Je pincode of wachtzin blijft werken. Bewaar die goed: een passkey kan kwijtraken.")
        self.secret = secret_field(
            _("Pincode of wachtzin van nu"),
            on_submit=self.safe(self._add),
            visible=False,
        )
        self.add = main_button(_("Maak een passkey"), self.safe(self._add), ft.Icons.FINGERPRINT, visible=not there)
        self.remove = quiet_button(_("Haal de passkey weg"), self.safe(self._remove), visible=there)
        parts = [title(_("Passkey"), 2), text(about), text(both, soft=True), self.secret, self.add, self.remove]
        self.passkey.controls = parts

    async def _add(self, e) -> None:
        if not self.secret.visible:  # first who it is: an open phone on the table must not be enough
            self.secret.visible = True
            return
        self.secret.error = None
        try:
            await self.app.safety.add_passkey(self.secret.value or "")
        except BadInput as error:
            self.secret.error = field_text(error)
        except StraatError as error:
            self.secret.error = sentence(error)
        else:
            self._draw_passkey()
            self.say(_("De passkey is gemaakt."))

    async def _remove(self, e) -> None:
        await self.app.safety.remove_passkey()
        self._draw_passkey()
        self.say(_("De passkey opent deze app niet meer."))
