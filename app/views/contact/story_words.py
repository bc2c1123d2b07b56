"""Stories in the words of the street: how far they are, and a card for a list."""

from datetime import date

import flet as ft

from app.services.language import _, day_text
from app.services.stories import Story
from app.services.stories_form import StoryStatus
from app.views.parts import card, notice, text

_EXCERPT = 120


def status_words(status: StoryStatus) -> tuple[str, ft.IconData]:
    """How far a story is."""
    return {
        StoryStatus.DRAFT: (_("Alleen jij leest dit verhaal."), ft.Icons.LOCK_OUTLINE),
        StoryStatus.OFFERED: (_("Aangeboden aan de coördinator."), ft.Icons.GROUP_OUTLINED),
        StoryStatus.PUBLISHED: (_("Twee coördinatoren zeiden ja: iedereen mag het lezen."), ft.Icons.PUBLIC),
        StoryStatus.WITHDRAWN: (_("Dit verhaal is ingetrokken."), ft.Icons.UNDO),
    }[status]


def story_card(s: Story, today: date, on_click) -> ft.Control:
    """One story in a list."""
    words = s.form.text if len(s.form.text) <= _EXCERPT else f"{s.form.text[:_EXCERPT].rstrip()}…"
    about = [day_text(s.day, today), *([] if s.mine else [s.by or "?"]), *([_("met foto")] if s.photo else [])]
    rows: list[ft.Control] = [
        text(s.form.title, weight=ft.FontWeight.W_600, size=18),
        *([text(words, soft=True)] if words else []),
        text(" · ".join(x for x in about if x), soft=True, size=15),
        notice(*status_words(s.status)),
    ]
    if not s.synced:
        rows.append(notice(_("Nog niet verstuurd"), ft.Icons.CLOUD_UPLOAD_OUTLINED))
    return card(*rows, on_click=on_click)
