"""What coordinators ask of somebody, on top of their day: questions about visits, and what is to be done by a day."""

import flet as ft

from app.services.followups import When, when
from app.services.language import _
from app.services.models import ReviewState, Visit
from app.services.reviews import ASKING
from app.views.contact.said import said_by
from app.views.coordinate.followup_form import followup_card
from app.views.parts import card, notice, quiet_button, text, title
from app.views.screen import Screen

SHOWN = 6


def asked_cards(screen: Screen) -> list[ft.Control]:
    """Questions first; then what is due by now or within two weeks. The rest stands under "Opvolgen"."""
    today = screen.app.today()
    questions = [_question(screen, v) for v in screen.app.reviews.asked_of_me()]
    mine = screen.app.followups.mine()
    near = [f for f in mine if when(f.due, today) is not When.LATER]
    cards = [followup_card(f, today, screen.go(f"/opvolg/{f.id.hex()}"), mine=True) for f in near[:SHOWN]]
    rows: list[ft.Control] = []
    if questions:
        rows += [title(_("Vraag aan jou"), 2), *questions]
    if cards:
        rows += [title(_("Opvolgen"), 2), *cards]
    if len(mine) > len(cards):
        rows.append(quiet_button(_("Alles om op te volgen"), screen.go("/opvolgen"), ft.Icons.TASK_ALT))
    return rows


def _question(screen: Screen, v: Visit) -> ft.Control:
    said = [s for s in screen.app.reviews.standing(v.id) if s.state in ASKING]
    return card(
        *(
            notice(said_by(s), ft.Icons.UNDO if s.state is ReviewState.RETURNED else ft.Icons.HELP_OUTLINE)
            for s in said
        ),
        text(v.form.address or _("Bezoek zonder notitie"), weight=ft.FontWeight.W_600),
        *(text(s.text, max_lines=4) for s in said),
        on_click=screen.go(f"/bezoek/{v.id.hex()}"),
        accent=True,
    )
