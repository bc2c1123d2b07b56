"""What is not yet on the server, since when, and why."""

import time

import flet as ft

from app.services.language import _, counted, moment_text
from app.services.models import SyncStatus
from app.services.wording import sentence_of, withheld
from app.views.parts import card, notice

STRANGERS = ("unknown_organisation", "unknown_device")  # a server that says this has nothing of ours


def sync_card(s: SyncStatus) -> ft.Control:
    """For the first screen of whoever notes things."""
    return card(*(_lines(s) or [notice(_("Verbinding maken met de server…"), ft.Icons.SYNC)]))


def _lines(s: SyncStatus) -> list[ft.Control]:
    now = int(time.time() * 1000)
    lines: list[ft.Control] = []
    if s.unsent:
        words = counted(
            "{n} notitie staat alleen op dit apparaat", "{n} notities staan alleen op dit apparaat", s.unsent
        )
        since = _("sinds {moment}").format(moment=moment_text(s.unsent_since or now, now))
        lines.append(notice(f"{words}, {since}.", ft.Icons.CLOUD_UPLOAD_OUTLINED))
    elif s.last_success and s.trouble not in STRANGERS:
        lines.append(notice(_("Alles staat op de server."), ft.Icons.CLOUD_DONE_OUTLINED))
    if not s.online:
        lines.append(notice(_("Geen verbinding. Je kunt gewoon doorgaan."), ft.Icons.CLOUD_OFF_OUTLINED))
    if s.trouble:
        lines.append(notice(sentence_of(s.trouble), ft.Icons.WARNING_AMBER, alarm=True))
    if s.clock_off_minutes:
        words = counted(
            "De klok van dit apparaat loopt {n} minuut verkeerd. We rekenen met de juiste tijd.",
            "De klok van dit apparaat loopt {n} minuten verkeerd. We rekenen met de juiste tijd.",
            abs(s.clock_off_minutes),
        )
        lines.append(notice(words, ft.Icons.SCHEDULE, alarm=True))
    if s.aside:
        words = counted("{n} bericht is apart gezet.", "{n} berichten zijn apart gezet.", s.aside)
        lines.append(notice(words, ft.Icons.INVENTORY_2_OUTLINED))
    if s.withheld:
        lines.append(notice(withheld(s.withheld), ft.Icons.INVENTORY_2_OUTLINED))
    return lines
