"""What is on screen before anyone is in: starting, another tab, data gone, log damaged, joining in progress."""

import asyncio
from contextlib import suppress

import flet as ft

from app.services.language import _, counted
from app.services.models import Stage
from app.services.wording import field_text, sentence_of
from app.views.common.arrival import paste_button
from app.views.common.scan import scan_button
from app.views.parts import field, main_button, notice, page_body, side_button, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError

RETRY_SECONDS = 20


class StageScreen(Screen):
    """A calm page for each stage that is nobody's work screen."""

    def build(self) -> ft.Control:
        maker = {
            Stage.OTHER_TAB: self._other_tab,
            Stage.GONE: self._gone,
            Stage.DAMAGED: self._damaged,
            Stage.ENROLLING: self._enrolling,
            Stage.SIGNED_OFF: self._signed_off,
        }.get(self.app.stage, self._starting)
        return page_body(*maker(), *self.foot())

    def _starting(self) -> list[ft.Control]:
        return [title(_("Straatcontact")), text(_("Even geduld, de app start.")), ft.ProgressBar()]

    def _other_tab(self) -> list[ft.Control]:
        return [
            title(_("Straatcontact is al open")),
            text(_("De app werkt in één venster tegelijk. Sluit het andere, dan gaat deze vanzelf verder.")),
            ft.ProgressBar(),
        ]

    def _gone(self) -> list[ft.Control]:
        return [
            title(_("De gegevens zijn weg")),
            notice(sentence_of("storage_gone"), ft.Icons.WARNING_AMBER, alarm=True),
            text(_("Wat al op de server stond, is er nog. Wat alleen op dit apparaat stond, is niet meer te lezen.")),
            text(_("Vraag je coördinator om een nieuwe uitnodiging.")),
            main_button(_("Opnieuw beginnen"), self.safe(self._start_over)),
        ]

    def _damaged(self) -> list[ft.Control]:
        return [
            title(_("De notities zijn niet te lezen")),
            notice(sentence_of("log_damaged"), ft.Icons.WARNING_AMBER, alarm=True),
            text(_("Je kunt met een nieuwe uitnodiging opnieuw beginnen. Het oude bestand blijft op dit apparaat.")),
            side_button(_("Opnieuw beginnen"), self.safe(self._start_over)),
        ]

    def _enrolling(self) -> list[ft.Control]:
        return [
            title(_("Bijna klaar")),
            text(_("Je pincode is gezet. Dit apparaat meldt zich nu aan bij de server.")),
            ft.ProgressBar(),
            text(
                _("Geen verbinding? De app probeert het vanzelf opnieuw. Je kunt hem ook later weer openen."), soft=True
            ),
            side_button(_("Nog een keer proberen"), self.safe(self._retry)),
        ]

    def _signed_off(self) -> list[ft.Control]:
        receipt = self.app.signing_off.receipt
        confirmed, refused = (receipt.confirmed, receipt.refused) if receipt else (0, 0)
        handed_in = counted(
            "Alles is ingeleverd: de server heeft {n} bericht bevestigd.",
            "Alles is ingeleverd: de server heeft {n} berichten bevestigd.",
            confirmed,
        )
        kept = counted(
            "De server neemt {n} bericht niet aan. Het staat nog op dit apparaat.",
            "De server neemt {n} berichten niet aan. Ze staan nog op dit apparaat.",
            refused,
        )
        wiped = text(_("Dit apparaat heeft zichzelf daarna gewist. Wat je verstuurde, blijft bij je team."))
        rest = [
            notice(kept, ft.Icons.WARNING_AMBER, alarm=True),
            text(_("Bewaar ze als bestand en geef dat aan je coördinator. Daarna kun je dit apparaat wissen.")),
            side_button(_("Bewaar het bestand"), self.safe(self._save_refused), ft.Icons.DOWNLOAD),
        ]
        return [
            title(_("Dit apparaat is afgemeld")),
            *(rest if refused else [notice(handed_in, ft.Icons.CHECK_CIRCLE_OUTLINE), wiped]),
            text(_("Klopt dit niet? Bel je coördinator. Met een nieuwe uitnodiging kun je opnieuw beginnen.")),
            side_button(
                _("Wis dit apparaat") if refused else _("Opnieuw beginnen"),
                self.safe(lambda e: self.app.signing_off.finish()),
            ),
        ]

    async def _save_refused(self, e) -> None:
        data = self.app.signing_off.refused_file()
        await ft.FilePicker().save_file(file_name="straatcontact-niet-aangenomen.bin", src_bytes=data)
        self.say(_("Het bestand is verzegeld: alleen je team kan het lezen."))

    async def _retry(self, e) -> None:
        await self.app.retry_enrolment()

    async def opened(self) -> None:
        """Ask the server again now and then, for as long as this screen is on show."""
        while self.app.stage is Stage.ENROLLING:
            await asyncio.sleep(RETRY_SECONDS)
            if self.shell.screen is not self or self.app.stage is not Stage.ENROLLING:
                return
            with suppress(StraatError):
                await self.app.retry_enrolment()

    async def _start_over(self, e) -> None:
        await self.app.start_over()


class WelcomeScreen(Screen):
    """Nobody is enrolled here: an invitation is the way in."""

    filled_in = True

    def build(self) -> ft.Control:
        self.link = field(_("Plak hier je uitnodiging"), on_submit=self.safe(self._open))
        return page_body(
            title(_("Welkom bij Straatcontact")),
            text(_("Heet nieuwe bewoners welkom, iedereen, zonder onderscheid. Met een plantje of een taart.")),
            text(
                _(
                    "Je doet mee op uitnodiging van de coördinator in je buurt. Open de link die je kreeg, of plak hem hier."
                )
            ),
            self.link,
            ft.Row([paste_button(self, self.link), *scan_button(self, self._take)], wrap=True, spacing=12),
            main_button(_("Verder"), self.safe(self._open), ft.Icons.ARROW_FORWARD),
            *self.foot(),
        )

    async def _take(self, read: str) -> None:
        self.link.value = read
        await self._open(None)

    async def _open(self, e) -> None:
        self.link.error = None
        if not (self.link.value or "").strip():
            self.link.error = _("Plak eerst de link van je uitnodiging.")
            return
        self.shell.invitation = self.link.value
        try:
            await self.app.open_invitation(self.link.value)
        except BadInput as error:
            self.link.error = field_text(error)
