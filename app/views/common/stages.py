"""What is on screen before anyone is in: starting, another tab, data gone, log damaged, joining in progress."""

import asyncio
from contextlib import suppress
from datetime import date

import flet as ft

from app.services.language import _, counted, day_text
from app.services.models import OtherTab, Stage
from app.services.ports import Marker
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
        self.shown = self.app.storing.other_tab
        maker = {
            Stage.OTHER_TAB: self._other_tab,
            Stage.FULL: self._full,
            Stage.GONE: self._gone,
            Stage.DAMAGED: self._damaged,
            Stage.ENROLLING: self._enrolling,
            Stage.SIGNED_OFF: self._signed_off,
        }.get(self.app.stage, self._starting)
        return page_body(*maker(), *self.foot())

    def _starting(self) -> list[ft.Control]:
        return [title(_("Straatcontact")), text(_("Even geduld, de app start.")), ft.ProgressBar()]

    def _other_tab(self) -> list[ft.Control]:
        head = [
            title(_("Straatcontact is al open")),
            text(_("De app werkt in één venster tegelijk. Sluit het andere, dan gaat deze vanzelf verder.")),
            ft.ProgressBar(),
        ]
        match self.app.storing.other_tab:
            case OtherTab.ASKED:
                return [*head, text(_("We vragen het andere venster om plaats te maken."))]
            case OtherTab.MAKING_WAY:
                return [*head, text(_("Het andere venster bewaart alles en gaat op slot. Daarna gaat deze verder."))]
            case OtherTab.ASLEEP:
                return [
                    *head,
                    notice(_("Het andere venster geeft geen antwoord. Misschien slaapt het. Er is niets weg.")),
                    text(_("Open het even, of sluit het. Lukt dat niet? Sluit dan de hele browser en begin opnieuw.")),
                    side_button(_("Nog een keer vragen"), self.safe(self._take_over)),
                ]
        return [
            *head,
            text(_("Of ga hier verder. Het andere venster bewaart dan eerst alles en gaat op slot.")),
            main_button(_("Ga hier verder"), self.safe(self._take_over)),
        ]

    async def _take_over(self, e) -> None:
        await self.app.storing.take_over()

    def refresh(self) -> None:
        """The tab that leads said something."""
        if self.app.stage is Stage.OTHER_TAB and self.shown is not self.app.storing.other_tab:
            self.shell.show()

    def _full(self) -> list[ft.Control]:
        return [
            title(_("Er is geen ruimte meer")),
            notice(_("Dit apparaat is vol. Wat je had opgeslagen, is er nog."), ft.Icons.WARNING_AMBER, alarm=True),
            text(_("Maak ruimte: haal bijvoorbeeld foto's of apps weg die je niet meer nodig hebt.")),
            text(_("Daarna gaat deze app vanzelf verder.")),
            ft.ProgressBar(),
        ]

    def _gone(self) -> list[ft.Control]:
        """Removed by the browser: all of it, or only the key to what still lies here."""
        lost = self.app.storing.lost
        return [
            title(_("De gegevens zijn weg") if lost else _("De sleutel is weg")),
            notice(sentence_of("storage_gone"), ft.Icons.WARNING_AMBER, alarm=True),
            *([text(_what_went(lost))] if lost else self._key_gone()),
            text(_("Wat je coördinator mocht lezen en verstuurd was, kan je coördinator nog lezen.")),
            text(_("Vraag je coördinator om een nieuwe link. Daarmee doe je op dit apparaat weer mee.")),
            main_button(_("Opnieuw beginnen"), self.safe(self._start_over)),
        ]

    @staticmethod
    def _key_gone() -> list[ft.Control]:
        return [
            text(_("Je notities staan nog op dit apparaat, maar geen pincode opent ze meer. Dat ligt niet aan jou.")),
            text(_("Wat nog niet verstuurd was, wordt verstuurd zodra je weer meedoet.")),
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


def _what_went(lost: Marker) -> str:
    if lost.unsent_since is None:
        return _("Alles wat je had opgeslagen, was al verstuurd.")
    day = day_text(date.fromtimestamp(lost.unsent_since / 1000))
    return _("Wat je sinds {day} opsloeg, was nog niet verstuurd. Dat is niet terug te halen.").format(day=day)


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
