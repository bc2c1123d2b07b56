"""What is kept, how long, and what goes next from this device."""

from collections.abc import Callable, Mapping

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.terms import Kept
from app.services.retention import CONTACT_DAYS, Going
from app.views.parts import card, notice, page_body, stack, text, title
from app.views.screen import Screen


class RetentionScreen(Screen):
    """Said before it happens: nobody should miss a note without having been told."""

    back = "/meer"

    def build(self) -> ft.Control:
        self.soon = stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Hoelang bewaren we?")),
            text(_("We bewaren niet meer dan nodig. Wat voorbij is, gaat vanzelf weg.")),
            title(_("Dit gaat binnenkort weg"), 2),
            self.soon,
            title(_("Zo lang blijft het"), 2),
            *(
                card(text(what, weight=ft.FontWeight.W_600), text(long))
                for what, long in _terms(self._keeps, self._own)
            ),
            notice(
                _("Wat weggaat, is echt weg. Het wordt overschreven: op dit apparaat, bij de anderen en op de server.")
            ),
        )

    @property
    def _keeps(self) -> bool:
        return self.app.retention.keeps_details

    @property
    def _own(self) -> Mapping[Kept, int]:
        return self.app.law.keeping.terms().length

    def refresh(self) -> None:
        coming = [g for g in self.app.retention.coming() if g.what in GOES]
        none = text(_("De komende twee maanden gaat er niets van dit apparaat weg."), soft=True)
        self.soon.controls = [self._line(going) for going in coming] or [none]
        if gone := self.app.retention.came_gone:
            words = counted(
                "{n} bericht was al verlopen of gewist toen dit apparaat erbij kwam.",
                "{n} berichten waren al verlopen of gewist toen dit apparaat erbij kwam.",
                gone,
            )
            self.soon.controls.append(text(words, soft=True))

    def _line(self, going: Going) -> ft.Control:
        day = day_text(going.day, self.app.today())
        return notice(f"{day[:1].upper()}{day[1:]}: {GOES[going.what](going.count)}", ft.Icons.EVENT_BUSY_OUTLINED)


# What nobody sees apart (that something was removed, say) goes with the rest, and is not told apart.
GOES: dict[str, Callable[[int], str]] = {
    "visit/detail": lambda n: counted(
        "wat er bij {n} bezoek genoteerd is. Het bezoek zelf blijft meetellen.",
        "wat er bij {n} bezoeken genoteerd is. De bezoeken zelf blijven meetellen.",
        n,
    ),
    "visit/count": lambda n: counted("{n} bezoek uit de telling.", "{n} bezoeken uit de telling.", n),
    "activity/detail": lambda n: counted(
        "wat er bij {n} activiteit genoteerd is.", "wat er bij {n} activiteiten genoteerd is.", n
    ),
    "activity/count": lambda n: counted("{n} activiteit uit de telling.", "{n} activiteiten uit de telling.", n),
    "welcome/task": lambda n: counted("{n} nieuw adres.", "{n} nieuwe adressen.", n),
    "story/detail": lambda n: counted("{n} verhaal.", "{n} verhalen.", n),
    "review/word": lambda n: counted("{n} woord van een coördinator.", "{n} woorden van een coördinator.", n),
    "review/answer": lambda n: counted("{n} antwoord aan een coördinator.", "{n} antwoorden aan een coördinator.", n),
    "followup/detail": lambda n: counted("{n} vraag om iets te doen.", "{n} vragen om iets te doen.", n),
    "draft": lambda n: counted("{n} half ingevuld formulier.", "{n} half ingevulde formulieren.", n),
}


def _terms(keeps_details: bool, own: Mapping[Kept, int]) -> list[tuple[str, str]]:
    """What is kept, and how long, in plain words. `own`: as the organisation set it."""
    months, days = own[Kept.DETAIL], own[Kept.DRAFT]
    details = _("Op dit apparaat, bij wie het noteerde en op de server: {months} maanden.").format(months=months)
    if not keeps_details:
        details = _(
            "Mag de coördinator meelezen? Dan staat het {days} dagen op je telefoon, en {months} maanden bij de coördinator. Is het alleen voor jou? Dan staat het {months} maanden op je telefoon."
        ).format(days=min(CONTACT_DAYS, months * 30), months=months)
    return [
        (_("Wat je bij een bezoek of activiteit noteert"), details),
        (_("Hoeveel bezoeken en activiteiten er waren, zonder adres"), _years(own[Kept.COUNT])),
        (
            _("Verhalen, en woorden van een coördinator"),
            _("{months} maanden, of tot iemand het verhaal intrekt.").format(months=months),
        ),
        (
            _("Een half ingevuld formulier"),
            _("{days} dagen nadat je er voor het laatst iets in typte.").format(days=days),
        ),
        (
            _("Een adres waar niemand meer aanbelt"),
            _("Tot een coördinator het weghaalt. Elke twee jaar vragen we het na."),
        ),
        (
            _("Wat er op een ronde bij de deuren staat"),
            _("Tot de ronde gesloten wordt, hooguit 12 maanden. De tellingen blijven: {long}").format(
                long=_years(own[Kept.COUNT])
            ),
        ),
        (_("Wat nog niet verstuurd is"), _("Dat blijft staan, hoelang het ook duurt.")),
    ]


def _years(months: int) -> str:
    """So many months, in years where it comes out."""
    if months % 12 == 0:
        return counted("{n} jaar.", "{n} jaar.", months // 12)
    return counted("{n} maand.", "{n} maanden.", months)
