"""One help line on screen: whether somebody answers now, what it is for, a number to tap, and who says so."""

from collections.abc import Callable

import flet as ft

from app.services.directory import telling
from app.services.directory.board import Shown
from app.services.directory.finding import FIXED, spaced
from app.services.directory.reachable import State
from app.services.language import _
from app.services.models import HelpLine
from app.views.parts import Colors, icon_button, main_button, notice, quiet_button, side_button, stack, text
from app.views.screen import Screen
from sync.core.help_line import Number, Status

EMERGENCY = "112"


def help_card(screen: Screen, shown: Shown, open_: bool, on_more: Callable) -> ft.Control:
    """A line; `open_` shows all that is known of it, `on_more` is the handler that turns that round."""
    line = shown.line
    return ft.Container(
        ft.Column(
            [
                _name(shown),
                _head(screen, shown, open_, on_more),
                *_doubts(shown),
                *[_number(screen, shown, number) for number in line.numbers],
                *_mail(screen, line),
                *(_details(screen, line) if open_ else []),
            ],
            spacing=8,
            tight=True,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=16,
        border_radius=18,
        bgcolor=None if shown.stale else Colors.SURFACE_CONTAINER,
        border=_edge(shown),
    )


def _edge(shown: Shown) -> ft.Border:
    if shown.line.id == EMERGENCY:
        return ft.Border.all(3, Colors.SECONDARY)
    return ft.Border.all(1, Colors.OUTLINE if shown.stale else Colors.OUTLINE_VARIANT)


def _name(shown: Shown) -> ft.Control:
    """A heading."""
    color = Colors.ON_SURFACE_VARIANT if shown.stale else Colors.ON_SURFACE
    name = ft.Text(shown.line.name, size=20, weight=ft.FontWeight.W_600, color=color)
    return ft.Semantics(content=name, heading_level=2)  # named: else it would be a tooltip, and a grey box be drawn


def _head(screen: Screen, shown: Shown, open_: bool, on_more: Callable) -> ft.Control:
    """What it is for, and beside that what else one may do: share it, know more of it."""
    line = shown.line
    words = stack(*([text(line.about)] if line.about else []), _reach(screen, shown), spacing=4)
    more = _("Minder over {name}") if open_ else _("Meer over {name}")
    icon = ft.Icons.EXPAND_LESS if open_ else ft.Icons.EXPAND_MORE
    share = _("Deel {name}").format(name=line.name)
    beside = [
        icon_button(ft.Icons.SHARE_OUTLINED, share, screen.safe(lambda e: share_line(screen, line))),
        icon_button(icon, more.format(name=line.name), on_more),
    ]
    row = [ft.Container(words, expand=True), ft.Column(beside, spacing=0, tight=True)]
    return ft.Row(row, vertical_alignment=ft.CrossAxisAlignment.START, spacing=4)


_SIGNS = {
    State.ALWAYS: (ft.Icons.CHECK_CIRCLE_OUTLINE, Colors.PRIMARY),
    State.OPEN: (ft.Icons.CHECK_CIRCLE_OUTLINE, Colors.PRIMARY),
    State.CLOSED: (ft.Icons.SCHEDULE, Colors.ON_SURFACE_VARIANT),
    State.UNKNOWN: (ft.Icons.HELP_OUTLINE, Colors.ON_SURFACE_VARIANT),
}


def _reach(screen: Screen, shown: Shown) -> ft.Control:
    """An icon and words, so that colour is not all that tells. What only takes mail is open at any hour."""
    if not shown.line.numbers:
        return ft.Container()
    words = telling.reach_text(shown.reach, screen.app.directory.now())
    if shown.line.status is Status.CLOSED:
        words = _("Tijdelijk gesloten")
    icon, color = _SIGNS[shown.reach.state]
    weight = ft.FontWeight.W_600 if color == Colors.PRIMARY else ft.FontWeight.W_400
    told = ft.Text(words, size=16, color=color, weight=weight)
    return ft.Row([ft.Icon(icon, color=color, size=20), ft.Container(told, expand=True)], spacing=8)


def _doubts(shown: Shown) -> list[ft.Control]:
    line, found = shown.line, list[ft.Control]()
    if line.alert:
        found.append(notice(line.alert, ft.Icons.CAMPAIGN_OUTLINED))
    if line.conflict:
        words = _("Bronnen verschillen. {what}").format(what=line.conflict)
        found.append(notice(words, ft.Icons.WARNING_AMBER_OUTLINED, alarm=True))
    if shown.stale:
        old = _("Langer dan een jaar niet nagekeken: misschien klopt dit niet meer.")
        never = _("Nog niet nagekeken: misschien klopt dit niet.")
        found.append(notice(old if line.checked else never, ft.Icons.HISTORY))
    return found


def _number(screen: Screen, shown: Shown, number: Number) -> ft.Control:
    """The number is the button; what it costs and who says so stand below it. A doubtful one stands back."""
    line, label = shown.line, spaced(number.phone)
    sure = not line.conflict or shown.near == FIXED
    make = main_button if sure and line.numbers[0] is number else side_button
    call = screen.safe(lambda e: _call(screen, number.phone))
    button = make(label, call, ft.Icons.PHONE, tooltip=_("Bel {name}").format(name=line.name))
    source = _("volgens {source}").format(source=number.source) if number.source else ""
    aside = " · ".join(part for part in (number.cost, number.note, source) if part)
    copy = icon_button(
        ft.Icons.CONTENT_COPY,
        _("Kopieer {number}").format(number=label),
        screen.safe(lambda e: _copy(screen, number.phone)),
    )
    row = ft.Row([ft.Container(button, expand=True), copy], spacing=8)
    return ft.Column([row, *([text(aside, soft=True, size=15)] if aside else [])], spacing=2, tight=True)


async def _call(screen: Screen, phone: str) -> None:
    await ft.UrlLauncher().launch_url(f"tel:{phone}")
    screen.say(_("Bellen lukt niet vanaf dit apparaat? Toets zelf {phone}.").format(phone=spaced(phone)))


async def _copy(screen: Screen, words: str) -> None:
    await ft.Clipboard().set(words)
    screen.say(_("Gekopieerd."))


def _mail(screen: Screen, line: HelpLine) -> list[ft.Control]:
    if not line.email:
        return []
    open_ = screen.safe(lambda e: ft.UrlLauncher().launch_url(f"mailto:{line.email}"))
    tip = _("Mail {name}").format(name=line.name)
    return [side_button(line.email, open_, ft.Icons.MAIL_OUTLINE, tooltip=tip)]


def _details(screen: Screen, line: HelpLine) -> list[ft.Control]:
    """Everything that is known, each with its word before it."""
    areas = ", ".join(name or code for code, name in line.areas) or _("heel Nederland")
    told = [
        (_("Voor wie"), line.audience),
        (_("Tijden"), telling.hours_text(line.hours) or (_("niet bekend") if line.numbers else "")),
        (_("Talen"), ", ".join(_language(code) for code in line.languages)),
        (_("Gebied"), areas),
        (_("Waar"), line.place),
    ]
    rows = [text(f"{word}: {what}", size=16) for word, what in told if what]
    site = line.website.removeprefix("https://")
    visit = screen.safe(lambda e: ft.UrlLauncher().launch_url(line.website))
    link = [quiet_button(site, visit, ft.Icons.OPEN_IN_NEW)] if site else []
    return [*rows, text(telling.checked_text(line), soft=True, size=15), *link]


def _language(code: str) -> str:
    return {"nl": _("Nederlands"), "en": _("Engels")}.get(code, code)


async def share_line(screen: Screen, line: HelpLine) -> None:
    """By the device's own way of sharing; where there is none it is copied."""
    words = telling.share_text(line)
    if not await screen.app.directory.share(line.name, words):
        await ft.Clipboard().set(words)
        screen.say(_("Gekopieerd. Plak het in een bericht."))
