"""Exchanging a round between two phones without a network: show and scan."""

import flet as ft

from app.services.language import _
from app.services.ports import SeriesWords
from app.views.parts import main_button, notice, page_body, stack, text, title
from app.views.screen import Screen
from sync.device.carrying import Taken


class ExchangeScreen(Screen):
    """One meeting: it remembers what the other has until the screen is left."""

    def __init__(self, shell, round_: bytes) -> None:
        super().__init__(shell)
        self.back = f"/ronde/{round_.hex()}"
        self.exchange = self.app.rounds.exchange(round_)
        self.name = self.app.rounds.round(round_).name
        self.result = stack(spacing=8)
        self.showed = self.scanned = False

    def build(self) -> ft.Control:
        how = [
            _("1. Een van jullie tikt op ‘Laat zien’. De ander tikt op ‘Scan’."),
            _("2. Is het klaar? Doe het dan ook andersom."),
        ]
        steps = stack(*(text(words) for words in how), spacing=4)
        self.show_button = main_button(_("Laat zien"), self.safe(self._show), ft.Icons.QR_CODE_2)
        scan = main_button(_("Scan"), self.safe(self._scan), ft.Icons.QR_CODE_SCANNER)
        parts: list[ft.Control] = [
            title(_("Uitwisselen zonder internet")),
            text(self.name, soft=True),
            text(_("Geen internet? Zo krijgt de ander wat jij deed, en jij wat de ander deed.")),
            steps,
            self.show_button,
            scan if self.exchange.can_scan else notice(_no_camera(), ft.Icons.NO_PHOTOGRAPHY_OUTLINED),
            self.result,
            text(_("De codes zijn op slot: alleen wie op deze ronde loopt, kan ze lezen."), soft=True, size=15),
        ]
        self._tell_owed()
        return page_body(*parts)

    def _words(self, hint: str, close: str) -> SeriesWords:
        return SeriesWords(hint, close, _("{} van {}"))

    async def _show(self, e) -> None:
        hint = _("Houd je scherm stil voor de camera van de ander.")
        await self.exchange.show(self._words(hint, _("Klaar")))
        self.showed = True
        if not self.scanned and self.exchange.can_scan:
            self._tell(notice(_("Heeft de ander alles? Tik dan op ‘Scan’."), ft.Icons.SWAP_HORIZ))

    async def _scan(self, e) -> None:
        hint = _("Richt de camera op het scherm van de ander.")
        took = await self.exchange.scan(self._words(hint, _("Stop")))
        if took is None:
            seen, of = self.exchange.far
            if of:
                words = _("Je hebt {seen} van {of}. Tik op ‘Scan’ om verder te gaan.").format(seen=seen, of=of)
                self._tell(notice(words, ft.Icons.HOURGLASS_TOP))
            return
        self.scanned = True
        self._tell(*outcome(took, self.showed))

    def _tell(self, *controls: ft.Control) -> None:
        self.result.controls = list(controls)
        self._tell_owed()

    def _tell_owed(self) -> None:
        if self.exchange.owed:
            words = _("Wat je van anderen hebt, stuur je vanzelf mee zodra er internet is.")
            self.result.controls.append(notice(words, ft.Icons.CLOUD_UPLOAD_OUTLINED))


def outcome(took: Taken, showed: bool) -> list[ft.Control]:
    """What came of scanning, in words."""
    told: list[ft.Control] = []
    if took.behind:
        told.append(notice(_("Nog niet alles is binnen. Laat nu zien, en scan daarna nog een keer."), ft.Icons.SYNC))
    elif took.new or took.waiting:
        told.append(notice(_("Klaar: alles van de ander is binnen."), ft.Icons.CHECK_CIRCLE_OUTLINED))
    elif not (took.refused or took.newer):
        told.append(notice(_("Je had alles al."), ft.Icons.CHECK_CIRCLE_OUTLINED))
    if took.waiting:
        told.append(notice(_("Een deel zie je pas als er weer internet is."), ft.Icons.HOURGLASS_TOP))
    if took.newer:
        told.append(notice(_("Een deel kan deze versie niet lezen. Werk de app bij."), ft.Icons.UPDATE))
    if took.refused:
        told.append(notice(_("Een deel klopte niet. Dat is niet overgenomen."), ft.Icons.WARNING_AMBER))
    if not showed and not took.behind:
        told.append(notice(_("Tik nu op ‘Laat zien’, dan krijgt de ander wat jij deed."), ft.Icons.SWAP_HORIZ))
    return told


def _no_camera() -> str:
    return _(
        "Deze telefoon kan geen codes lezen. De ander kan wel scannen wat jij laat zien."
        " Wat de ander deed, krijg je zodra er internet is."
    )
