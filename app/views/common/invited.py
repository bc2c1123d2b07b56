"""An invitation: what it is for, a name, and a PIN chosen twice."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import Role
from app.services.wording import field_text, sentence_of
from app.views.common.arrival import advice
from app.views.common.secret import NewSecret
from app.views.parts import field, main_button, notice, page_body, quiet_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput


def role_text(role: Role) -> str:
    """A role in the words of the street."""
    return {
        Role.CONTACT: _("contactpersoon"),
        Role.COLLECTOR: _("collectant"),
        Role.COORDINATOR: _("coördinator"),
    }[role]


class InvitedScreen(Screen):
    """Nothing is used up before the PIN is set."""

    def build(self) -> ft.Control:
        look = self._shown = self.app.look
        self._advised = look is not None and self.app.advised
        if look is None:
            return page_body(
                title(_("Deze uitnodiging werkt niet")),
                notice(sentence_of(self.app.look_error or "invitation_unknown"), ft.Icons.WARNING_AMBER, alarm=True),
                main_button(_("Nog een keer proberen"), self.safe(self._again), ft.Icons.REFRESH),
                quiet_button(_("Een andere uitnodiging"), self.safe(lambda e: self.shell.welcome())),
                *self.foot(),
            )
        if self._advised:
            return page_body(*advice(self), *self.foot())
        boss = look.role is Role.COORDINATOR
        secret = _("Wachtzin") if boss else _("Pincode")
        self.name = field(_("Je naam"), autofocus=True, helper=_("Zo zien de anderen van je team je."))
        self.secret = NewSecret(self, boss, self.safe(self._accept))
        self.first, self.second = self.secret.first, self.secret.second
        self.first.label = secret
        self.button = main_button(_("Meedoen"), self.safe(self._accept), ft.Icons.CHECK)
        self.busy = ft.ProgressBar(visible=False)
        known = [] if look.second_device else [self.name]
        why = (
            _("Dit apparaat komt erbij als een apparaat van jou.")
            if look.second_device
            else _("Je bent uitgenodigd als {role}.").format(role=role_text(look.role))
        )
        return page_body(
            title(_("Fijn dat je meedoet")),
            text(why),
            text(_("De uitnodiging geldt tot en met {day}.").format(day=day_text(look.expires)), soft=True),
            *known,
            *self.secret.controls,
            notice(_("Onthoud dit goed. Niemand kan het voor je opzoeken, ook de coördinator niet.")),
            self.button,
            self.busy,
            *self.foot(),
        )

    def refresh(self) -> None:
        advised = self.app.look is not None and self.app.advised
        if self.app.look is not self._shown or advised != self._advised:
            self.shell.show()  # looked at again, or past the advice

    async def _again(self, e) -> None:
        await self.app.open_invitation(self.app.invitation_link or self.shell.invitation)

    async def _accept(self, e) -> None:
        self.name.error = self.first.error = self.second.error = None
        if self.first.value != self.second.value:
            self.second.error = field_text(BadInput("secret", "different"))
            return
        self.button.disabled = self.busy.visible = True
        self.page.update()
        try:
            await self.app.accept(self.name.value or "", self.first.value or "")
        except BadInput as error:
            (self.name if error.field == "name" else self.first).error = field_text(error)
        finally:
            self.button.disabled = self.busy.visible = False
