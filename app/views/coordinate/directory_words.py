"""What the desk of help lines says: names of fields, what happens to a line, one list held against another."""

from collections.abc import Sequence
from datetime import date

import flet as ft

from app.services.directory import telling
from app.services.directory.board import Shown
from app.services.directory.editing import Difference, Kind
from app.services.language import _, counted, day_text
from app.views.common.help_card import help_card
from app.views.parts import Colors, card, notice, stack, text
from app.views.screen import Screen
from sync.core.help_line import HelpLine, Status

PHONE = 390


def field_names() -> dict[str, str]:
    """The name of each field, as its label says it."""
    return {
        "name": _("Naam"),
        "about": _("Waarvoor"),
        "audience": _("Voor wie"),
        "numbers": _("Telefoonnummers"),
        "email": _("E-mail"),
        "website": _("Website"),
        "place": _("Waar"),
        "hours": _("Tijden"),
        "languages": _("Talen"),
        "areas": _("Gebied"),
        "source": _("Waar heb je het nagekeken?"),
        "checked": _("Nagekeken op"),
        "conflict": _("Waar bronnen verschillen"),
        "status": _("Bereikbaar"),
        "alert": _("Bericht bovenaan"),
    }


def value_text(line: HelpLine, name: str) -> str:
    """A field in words."""
    if name == "numbers":
        return "; ".join(telling.number_text(n) for n in line.numbers)
    if name == "hours":
        return telling.hours_text(line.hours) or _("niet bekend")
    if name == "areas":
        return ", ".join(area or code for code, area in line.areas) or _("heel Nederland")
    if name == "languages":
        return ", ".join(line.languages)
    if name == "status":
        return _("Tijdelijk gesloten") if line.status is Status.CLOSED else _("Ja")
    if name == "checked":
        return day_text(date.fromisoformat(line.checked)) if line.checked else _("nog niet")
    return str(getattr(line, name))


def kind_words(kind: Kind) -> tuple[str, ft.IconData]:
    """What happens to a line, with an icon."""
    return {
        Kind.ADDED: (_("Nieuw"), ft.Icons.ADD_CIRCLE_OUTLINE),
        Kind.CHANGED: (_("Veranderd"), ft.Icons.EDIT_OUTLINED),
        Kind.MOVED: (_("Andere plaats"), ft.Icons.SWAP_VERT),
        Kind.REMOVED: (_("Gaat weg"), ft.Icons.REMOVE_CIRCLE_OUTLINE),
    }[kind]


def difference_card(d: Difference) -> ft.Control:
    """One line that is not as it was: what it said, and what it says."""
    words, icon = kind_words(d.kind)
    rows: list[ft.Control] = [text(d.line.name, weight=ft.FontWeight.W_600, size=18), notice(words, icon)]
    names, nothing = {name: label.rstrip("?") for name, label in field_names().items()}, _("leeg")
    if d.kind is Kind.ADDED:
        told = [n for n in ("numbers", "about", "hours", "source") if value_text(d.line, n)]
        rows += [text(f"{names[n]}: {value_text(d.line, n)}", soft=True, size=16) for n in told]
    for name in d.fields if d.before else ():
        was, now = value_text(d.before, name), value_text(d.line, name)
        rows.append(text(f"{names[name]}: {now or nothing}", size=16))
        rows.append(text(_("was: {words}").format(words=was or nothing), soft=True, size=15))
    return card(*rows)


def differences_list(found: Sequence[Difference]) -> list[ft.Control]:
    """All of them, or that there are none."""
    if not found:
        return [notice(_("Er verandert niets aan de lijst."), ft.Icons.CHECK_CIRCLE_OUTLINE)]
    said = counted("{n} hulplijn verandert.", "{n} hulplijnen veranderen.", len(found))
    return [text(said, weight=ft.FontWeight.W_600), *(difference_card(d) for d in found)]


def phone_frame(*controls: ft.Control) -> ft.Control:
    """As wide as a phone, wherever there is room for one."""
    inside = ft.Container(
        stack(*controls),
        padding=14,
        border_radius=26,
        border=ft.Border.all(2, Colors.OUTLINE),
        bgcolor=Colors.SURFACE,
        width=PHONE,
    )
    return ft.Row([inside], alignment=ft.MainAxisAlignment.CENTER, wrap=True)


def card_in_frame(screen: Screen, shown: Shown, open_: bool, turn) -> ft.Control:
    """A line as a contact person sees it."""
    return help_card(screen, shown, open_, turn)
