"""What a signed-off device still wrote: read it, then take it in or erase it."""

import flet as ft

from app.services.language import _
from app.services.law.trail import Act
from app.services.models import QuarantineItem
from app.services.rounds import kinds
from app.views.collect.words import states
from app.views.contact.words import gifts, outcomes, wishes
from app.views.coordinate.asking import Ask
from app.views.parts import card, main_button, page_body, stack, text, title
from app.views.screen import Screen


def kind_text(kind: str) -> str:
    """What sort of thing it is."""
    return {
        "visit": _("welkomstbezoek"),
        "review": _("beoordeling"),
        "member": _("naam van een lid"),
        "area": _("gebied"),
        kinds.DOOR: _("deur van een ronde"),
        kinds.WALK: _("loopje van een ronde"),
    }.get(kind, _("notitie"))


def field_name(name: str) -> str:
    """A field, as on the forms."""
    return {
        "address": _("Adres"),
        "note": _("Notitie"),
        "day": _("Dag"),
        "outcome": _("Hoe het ging"),
        "gift": _("Cadeautje"),
        "wishes": _("Wensen"),
        "come_back": _("Terugkomen"),
        "name": _("Naam"),
        "reply": _("Antwoord"),
    }.get(name, name)


def value_text(value: str) -> str:
    """A value in the words of the street, where it is coded: one code, or several with commas between."""
    coded = {**outcomes(), **gifts(), **wishes(), **states()}
    words = {code.value: said for code, said in coded.items()}
    parts = value.split(", ")
    return ", ".join(words[p] for p in parts) if all(p in words for p in parts) else value


class QuarantineScreen(Screen):
    """One card for each; nothing is lost as long as nobody chooses."""

    back = "/mensen"

    def build(self) -> ft.Control:
        self.list, self._shown = stack(spacing=12), None
        self.refresh()
        return page_body(
            title(_("Van afgemelde apparaten")),
            text(_("Dit kwam binnen van wie er toen niet meer bij hoorde: bij de groep, of bij een ronde.")),
            text(_("Er gaat niets verloren: het wacht tot jij kiest.")),
            self.list,
        )

    async def opened(self) -> None:
        if self.app.trust.quarantine():
            await self.app.trail.note(Act.READ, "quarantine")

    def refresh(self) -> None:
        items = self.app.trust.quarantine()
        if items == self._shown:
            return
        self._shown = items
        self.list.controls = [self._card(i) for i in items] or [text(_("Er wacht niets."), soft=True)]

    def _card(self, item: QuarantineItem) -> ft.Control:
        lines = [text(f"{field_name(name)}: {value_text(value)}") for name, value in item.lines if value]

        async def adopt(e) -> None:
            await self.app.trust.adopt(item.id)
            self.say(_("Overgenomen."))

        async def erase() -> None:
            await self.app.trail.note(Act.ERASED, "quarantine")
            await self.app.trust.erase(item.id)
            self.say(_("Gewist."))

        why = [_("Het gaat overal weg, en komt niet terug.")]
        head = kind_text(item.kind)
        if item.kind not in (kinds.DOOR, kinds.WALK):  # of a round nobody's name stands beside a door
            head = f"{head} · {item.by or _('onbekend')}"
        return card(
            text(head, weight=ft.FontWeight.W_600, size=18),
            *lines,
            main_button(_("Neem over"), self.safe(adopt), ft.Icons.CHECK),
            Ask(self, _("Wis het"), ft.Icons.DELETE_OUTLINE, why, _("Ja, wis het"), erase),
        )
