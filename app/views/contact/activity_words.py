"""Activities in the words of the street: what they are, when, how long, and a card for a list."""

from datetime import date

import flet as ft

from app.services.activities import Activity
from app.services.activities_form import ActivityForm, ActivityKind
from app.services.language import _, counted, day_text
from app.views.parts import card, notice, text

_ICONS = {
    ActivityKind.COFFEE: ft.Icons.LOCAL_CAFE_OUTLINED,
    ActivityKind.BINGO: ft.Icons.GRID_ON_OUTLINED,
    ActivityKind.REPAIR: ft.Icons.HANDYMAN_OUTLINED,
    ActivityKind.EATING: ft.Icons.RESTAURANT_OUTLINED,
    ActivityKind.GARDEN: ft.Icons.YARD_OUTLINED,
    ActivityKind.WALK: ft.Icons.DIRECTIONS_WALK,
    ActivityKind.OTHER: ft.Icons.GROUPS_OUTLINED,
}


def kinds() -> dict[ActivityKind, str]:
    """What people come together for."""
    return {
        ActivityKind.COFFEE: _("koffie"),
        ActivityKind.BINGO: _("bingo"),
        ActivityKind.REPAIR: _("repair café"),
        ActivityKind.EATING: _("samen eten"),
        ActivityKind.GARDEN: _("tuinieren"),
        ActivityKind.WALK: _("wandelen"),
        ActivityKind.OTHER: _("iets anders"),
    }


def kind_title(form: ActivityForm) -> str:
    """As a heading: "Koffie". What is something else has no better name than that it is an activity."""
    if form.kind in (None, ActivityKind.OTHER):
        return _("Activiteit")
    words = kinds()[form.kind]
    return words[0].upper() + words[1:]


def lasting(minutes: int) -> str:
    """Half an hour, one hour, 90 minutes as an hour and a half, and so on."""
    if minutes == 30:
        return _("een half uur")
    if minutes % 60 == 0:
        return counted("{n} uur", "{n} uur", minutes // 60)
    if minutes == 90:
        return _("anderhalf uur")
    return counted("{n} minuut", "{n} minuten", minutes)


def when_text(form: ActivityForm, today: date | None = None) -> str:
    """woensdag 2 december, 10:00."""
    day = day_text(form.day, today)
    return f"{day}, {form.time}" if form.time else day


def heads_text(form: ActivityForm) -> str:
    """How many came and helped, as far as it was told."""
    told = []
    if form.heads is not None:
        told.append(counted("{n} bezoeker", "{n} bezoekers", form.heads))
    if form.helpers is not None:
        told.append(counted("{n} helper", "{n} helpers", form.helpers))
    return ", ".join(told)


def activity_card(a: Activity, today: date, on_click) -> ft.Control:
    """One activity in a list."""
    facts = [when_text(a.form, today), *([a.form.place] if a.form.place else [])]
    heading = ft.Row(
        [
            ft.Icon(_ICONS[a.form.kind or ActivityKind.OTHER], color=ft.Colors.PRIMARY, size=24),
            ft.Container(text(kind_title(a.form), weight=ft.FontWeight.W_600, size=18), expand=True),
        ],
        spacing=12,
    )
    rows: list[ft.Control] = [heading, text(" · ".join(facts), soft=True)]
    if told := heads_text(a.form):
        rows.append(text(told, soft=True, size=15))
    if a.form.weekly:
        rows.append(notice(_("Elke week"), ft.Icons.EVENT_REPEAT))
    if not a.mine:
        rows.append(text(_("Van {name}").format(name=a.by or "?"), soft=True, size=15))
    if not a.synced:
        rows.append(notice(_("Nog niet verstuurd"), ft.Icons.CLOUD_UPLOAD_OUTLINED))
    return card(*rows, on_click=on_click)
