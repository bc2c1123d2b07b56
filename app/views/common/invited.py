"""An invitation: what it is for, a name, and a PIN chosen twice."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import InvitationLook, Role
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


def _offers(look: InvitationLook) -> list[ft.Control]:
    """What the invitation is for, what it is bound to, and what is gone before one begins."""
    if look.sheet:
        return [
            text(_("Je gebruikt een herstelblad. Dit apparaat wordt er een van jou, als coördinator.")),
            notice(_("Het blad werkt één keer. Maak daarna meteen een nieuw."), ft.Icons.NOTE_OUTLINED),
            *_what_comes_back(),
        ]
    until = text(_("De uitnodiging geldt tot en met {day}.").format(day=day_text(look.expires)), soft=True)
    if look.returning:
        why = _("Dit apparaat neemt de plaats in van wat je had. Je bent {role}.").format(role=role_text(look.role))
        return [text(why), *_what_comes_back(), until]
    if look.second_device:
        return [text(_("Dit apparaat komt erbij als een apparaat van jou.")), until]
    return [text(_("Je bent uitgenodigd als {role}.").format(role=role_text(look.role))), until]


def _what_comes_back() -> list[ft.Control]:
    return [
        notice(_("Terug komt wat je met de coördinator deelde. Dat kan even duren."), ft.Icons.CLOUD_DOWNLOAD_OUTLINED),
        notice(_("Weg is wat alleen voor jezelf was, en wat nooit verstuurd is."), ft.Icons.CLOUD_OFF_OUTLINED),
    ]


class InvitedScreen(Screen):
    """Nothing is used up before the PIN is set."""

    filled_in = True

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
        helper = [_("Zo zien de anderen van je team je."), _("Je naam staat niet in de uitnodiging.")]
        self.name = field(_("Je naam"), autofocus=True, helper=" ".join(helper))
        self.secret = NewSecret(self, boss, self.safe(self._accept))
        self.first, self.second = self.secret.first, self.secret.second
        self.first.label = secret
        self.button = main_button(_("Meedoen"), self.safe(self._accept), ft.Icons.CHECK)
        self.busy = ft.ProgressBar(visible=False)
        known = [] if look.second_device or look.returning else [self.name]
        return page_body(
            title(_("Welkom terug") if look.returning else _("Fijn dat je meedoet")),
            *_offers(look),
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
