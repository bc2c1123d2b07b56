"""The recovery sheet: a page on paper with which a coordinator who lost every device gets in again."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import SheetLook, SheetPage
from app.views.coordinate.asking import Ask
from app.views.coordinate.people import qr_picture
from app.views.parts import card, main_button, notice, page_body, stack, text, title
from app.views.screen import Screen


def mark_text(sheet: SheetLook) -> str:
    """What tells one sheet from another, on paper and on screen: the first words of its fingerprint."""
    return _("Kenmerk: {words}").format(words=" ".join(sheet.words[:3]))


class SheetScreen(Screen):
    """Make one, print it at once, put it away; take back one that was lost."""

    back = "/mensen"

    def build(self) -> ft.Control:
        self.fresh: SheetPage | None = None
        self.page_parts, self.list = stack(spacing=16), stack(spacing=12)
        self.button = main_button(_("Maak een herstelblad"), self.safe(self._make), ft.Icons.NOTE_ADD_OUTLINED)
        self.refresh()
        return page_body(
            title(_("Herstelblad")),
            text(_("Ben je al je apparaten kwijt? Met dit blad papier kom je er weer in, één keer.")),
            text(_("Bewaar het zoals een paspoort: thuis, achter slot. Wie het heeft, kan coördinator worden.")),
            self.button,
            self.page_parts,
            title(_("Bladen die nog werken"), 2),
            self.list,
        )

    def refresh(self) -> None:
        sheets = self.app.trust.sheets()
        self.list.controls = [self._card(s) for s in sheets] or [text(_("Nog geen."), soft=True)]

    def _card(self, sheet: SheetLook) -> ft.Control:
        name = _("van jou") if sheet.mine else _("van {name}").format(name=sheet.by or _("onbekend"))

        async def act() -> None:
            await self.app.trust.revoke_sheet(sheet.id)
            self.say(_("Dat blad werkt niet meer."))

        why = [_("Het blad werkt dan niet meer, ook niet als iemand het vindt. Maak meteen een nieuw.")]
        label = _("Dit blad is kwijt")
        return card(
            text(_("Herstelblad {name}").format(name=name), weight=ft.FontWeight.W_600, size=18),
            text(mark_text(sheet), soft=True),
            Ask(self, label, ft.Icons.CONTENT_CUT, why, _("Trek het in"), act),
        )

    async def _make(self, e) -> None:
        before = {s.id for s in self.app.trust.sheets()}
        self.fresh = await self.app.trust.make_sheet()
        self.mark = next((mark_text(s) for s in self.app.trust.sheets() if s.id not in before), "")
        self.button.visible = False
        self.page_parts.controls = self._shown(self.fresh)
        self.refresh()

    def _shown(self, sheet: SheetPage) -> list[ft.Control]:
        words = [
            ft.Container(ft.Row([text(str(n), soft=True), text(w, weight=ft.FontWeight.W_600)], spacing=8), width=150)
            for n, w in enumerate(sheet.words, 1)
        ]
        return [
            notice(
                _("Je ziet dit nu één keer. Print het, of schrijf de 30 woorden over."), ft.Icons.WARNING_AMBER, True
            ),
            main_button(_("Print het blad"), self.safe(self._print), ft.Icons.PRINT_OUTLINED),
            ft.Row([qr_picture(sheet.qr, _("QR-code van het herstelblad"))], alignment=ft.MainAxisAlignment.CENTER),
            card(ft.Row(words, wrap=True, spacing=8, run_spacing=8)),
        ]

    def _print(self, e) -> None:
        sheet = self.fresh
        if sheet is None:
            return
        made = _("Gemaakt op {day} voor {name}.").format(day=day_text(sheet.made), name=sheet.name)
        lines = [
            made,
            self.mark,
            _("Hiermee kan één coördinator er weer in, één keer. Bewaar het achter slot. Maak er geen foto van."),
            _("Open {place} op een nieuw apparaat, en kies Lees een QR-code of typ de 30 woorden over.").format(
                place=sheet.url.split("/#", 1)[0]
            ),
            _("Is dit blad kwijt? Laat een coördinator het intrekken bij Mensen, Herstelblad."),
        ]
        self.app.print_sheet(_("Herstelblad Straatcontact"), lines, sheet)
