"""A new PIN or passphrase: typed twice, with an honest word on how strong it is while typing."""

import flet as ft

from app.services.language import _
from app.services.models import Role
from app.services.strength import advice, estimate
from app.services.wording import field_text, sentence
from app.views.parts import main_button, notice, page_body, quiet_button, secret_field, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError


class NewSecret:
    """The two fields and the advice under them, for any screen. `on_submit` hears the return key."""

    def __init__(self, screen: Screen, boss: bool, on_submit) -> None:
        rule = _("Minstens 10 tekens, bijvoorbeeld een korte zin.") if boss else _("Minstens 6 cijfers.")
        # A PIN's keyboard has digits only: who wants a passphrase needs letters, and may have them.
        more = {"keyboard_type": ft.KeyboardType.TEXT if boss else ft.KeyboardType.NUMBER}
        self._page, self._boss = screen.page, boss
        self.first = secret_field(
            _("Nieuwe wachtzin") if boss else _("Nieuwe pincode"),
            helper=rule,
            on_change=screen.safe(self._weigh),
            **more,
        )
        self.second = secret_field(_("Nog een keer"), on_submit=on_submit, **more)
        self.words = text("", soft=True, visible=False)
        self.switch = quiet_button(_("Liever een wachtzin"), screen.safe(self._letters), visible=not boss)
        self.controls: list[ft.Control] = [self.first, self.words, self.second, self.switch]

    def _letters(self, e) -> None:
        self.first.label = _("Wachtzin")
        self.first.helper = _("Vier losse woorden zijn makkelijk te onthouden en heel sterk.")
        self.first.keyboard_type = self.second.keyboard_type = ft.KeyboardType.TEXT
        self.switch.visible = False

    def _weigh(self, e) -> None:
        words = advice(self.first.value or "")
        self.words.value, self.words.visible = words, bool(words)
        weak = estimate(self.first.value or "").kind == "weak"
        self.words.color = ft.Colors.ERROR if weak else ft.Colors.ON_SURFACE_VARIANT
        self._page.update()

    def taken(self) -> str | None:
        """What was typed twice; None with the reason said when it differs."""
        self.first.error = self.second.error = None
        if self.first.value != self.second.value:
            self.second.error = field_text(BadInput("secret", "different"))
            return None
        return self.first.value or ""


class ChangeSecretScreen(Screen):
    """The old one opens once more, with the new one it is put back: never neither."""

    back = "/slot"

    def build(self) -> ft.Control:
        boss = self.app.role is Role.COORDINATOR
        self.passkey = self.app.safety.has_passkey
        self.old = secret_field(_("Pincode of wachtzin van nu"))
        self.new = NewSecret(self, boss, self.safe(self._change))
        self.button = main_button(_("Verander"), self.safe(self._change), ft.Icons.CHECK)
        self.busy = ft.ProgressBar(visible=False)
        known = [text(_("Weet je de oude niet meer? Laat hem leeg en gebruik je passkey."), soft=True)]
        return page_body(
            title(_("Pincode of wachtzin veranderen")),
            self.old,
            *(known if self.passkey else []),
            *self.new.controls,
            notice(_("Onthoud dit goed. Niemand kan het voor je opzoeken, ook de coördinator niet.")),
            self.button,
            self.busy,
        )

    async def _change(self, e) -> None:
        new = self.new.taken()
        if new is None:
            return
        self.old.error = None
        self.button.disabled = self.busy.visible = True
        self.page.update()
        try:
            if self.passkey and not self.old.value:
                await self.app.safety.change_secret_by_passkey(new)
            else:
                await self.app.safety.change_secret(self.old.value or "", new)
        except BadInput as error:
            (self.new.first if error.field == "secret" else self.old).error = field_text(error)
        except StraatError as error:
            self.old.error = sentence(error)
        else:
            self.shell.go("/slot")
            self.say(_("Veranderd. Vanaf nu gebruik je de nieuwe."))
        finally:
            self.button.disabled = self.busy.visible = False
