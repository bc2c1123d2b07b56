"""How long things are kept here: within bounds, with what would go before it is set."""

from collections.abc import Callable

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.terms import BOUNDS, Kept
from app.views.common.retention import GOES
from app.views.coordinate.asking import Ask
from app.views.parts import card, notice, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen

CHOICES = {
    Kept.DETAIL: (3, 6, 9, 12),
    Kept.COUNT: (12, 24, 36, 60, 84),
    Kept.TRAIL: (12, 18, 24),
    Kept.DRAFT: (7, 14, 30),
}


class TermsScreen(Screen):
    """Everybody may look; a coordinator of the whole organisation may shorten."""

    back = "/recht"

    def build(self) -> ft.Control:
        self.length = dict(self.app.law.keeping.terms().length)
        self.rows, self.effect, self.coming = stack(spacing=12), stack(), stack(spacing=12)
        self._draw()
        self._draw_coming()
        intro = _("Dit zijn de langste termijnen. Jullie mogen korter bewaren, niet langer.")
        return page_body(
            title(_("Bewaartermijnen")),
            text(intro),
            self.rows,
            self.effect,
            title(_("Dit gaat binnenkort van dit apparaat"), 2),
            self.coming,
            quiet_button(_("Alles over bewaren"), self.go("/bewaren"), ft.Icons.HOURGLASS_EMPTY),
        )

    def _draw(self) -> None:
        may = self.app.law.keeping.may_set()
        self.rows.controls = [self._row(kept, may) for kept in Kept]
        if not may:
            said = _("Alleen een coördinator van de hele organisatie kan dit veranderen.")
            self.effect.controls = [notice(said, ft.Icons.LOCK_OUTLINE)]
        elif self.length == self.app.law.keeping.terms().length:
            self.effect.controls = []
        else:
            self._draw_effect()

    def _row(self, kept: Kept, may: bool) -> ft.Control:
        name, about = _names()[kept]
        head = [text(name, weight=ft.FontWeight.W_600, size=18), text(about, soft=True)]
        if not may:
            return card(*head, text(_length(kept)(self.length[kept])))
        here = self.length[kept]
        numbers = sorted({*CHOICES[kept], here})
        options: list[tuple[object, str]] = [(n, _length(kept)(n)) for n in numbers]

        async def choose(value: object) -> None:
            self.length[kept] = int(str(value))
            self.filled_in = self.length != self.app.law.keeping.terms().length
            self._draw()

        return card(*head, pick(options, lambda n: n == here, self.safe(choose)))

    def _draw_effect(self) -> None:
        today = self.app.today()
        goes = self.app.law.keeping.would_go(self.length, today)
        said = [
            _("Voor nieuwe notities geldt het meteen."),
            _(
                "Oudere notities gaan vanaf de eerste van volgende maand van alle apparaten. Tot dan kun je het terugzetten."
            ),
            _("Op de server blijven oude notities verzegeld staan tot hun eerste termijn om is."),
        ]
        said += [_("Van dit apparaat: {what}").format(what=GOES[w](n)) for w, n in goes.items() if w in GOES]

        async def act() -> None:
            await self.app.law.keeping.put(self.length, today)
            self.filled_in = False
            self.say(_("Opgeslagen. Elk apparaat hoort het bij zijn volgende contact."))
            self._draw()
            self._draw_coming()

        ask = Ask(self, _("Bewaar voortaan zo lang"), ft.Icons.HOURGLASS_BOTTOM, said, _("Ja, stel dit in"), act)
        self.effect.controls = [ask]

    def _draw_coming(self) -> None:
        today = self.app.today()
        lines = []
        for going in (g for g in self.app.retention.coming() if g.what in GOES):
            day = day_text(going.day, today)
            lines.append(
                notice(f"{day[:1].upper()}{day[1:]}: {GOES[going.what](going.count)}", ft.Icons.EVENT_BUSY_OUTLINED)
            )
        self.coming.controls = lines or [
            text(_("De komende twee maanden gaat er niets van dit apparaat weg."), soft=True)
        ]


def _names() -> dict[Kept, tuple[str, str]]:
    return {
        Kept.DETAIL: (_("Wat er bij een bezoek staat"), _("Adres, wensen en notitie; ook verhalen, taken en woorden")),
        Kept.COUNT: (_("Dat er een bezoek was"), _("De telling, zonder adres")),
        Kept.TRAIL: (_("Logboek, ontvangsten en vragen"), _("Om te laten zien wat er gedaan is")),
        Kept.DRAFT: (_("Een half ingevuld formulier"), _("Op het apparaat zelf, na de laatste letter")),
    }


def _length(kept: Kept) -> Callable[[int], str]:
    if kept is Kept.DRAFT:
        return lambda n: counted("{n} dag", "{n} dagen", n)
    if kept is Kept.COUNT:
        return lambda n: counted("{n} jaar", "{n} jaar", n // 12) if n % 12 == 0 else _months(n)
    return _months


def _months(n: int) -> str:
    return counted("{n} maand", "{n} maanden", n)


assert {kept: (choices[0], choices[-1]) for kept, choices in CHOICES.items()} == dict(BOUNDS)
