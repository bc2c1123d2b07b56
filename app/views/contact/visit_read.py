"""A visit to read, with the coordinator's word on it."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import ReviewState, Visit
from app.views.contact.words import gifts, outcomes, wishes
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen


def visit_facts(v: Visit) -> list[ft.Control]:
    """What a visit holds, for whoever may read it."""
    f = v.form
    rows = [
        (_("Dag"), day_text(f.day)),
        (_("Hoe ging het"), outcomes()[f.outcome] if f.outcome else ""),
        (_("Meegenomen"), gifts()[f.gift] if f.gift else ""),
        (_("Wensen"), ", ".join(words for w, words in wishes().items() if w in f.wishes)),
        (_("Terugkomen"), day_text(f.come_back)),
    ]
    facts: list[ft.Control] = [
        ft.Column([text(label, soft=True, size=15), text(value)], spacing=0, tight=True)
        for label, value in rows
        if value
    ]
    if f.note:
        facts.append(ft.Column([text(_("Notitie"), soft=True, size=15), text(f.note)], spacing=0))
    for who, note in v.other_notes:
        words = _("Ook geschreven, door {name}").format(name=who or "?")
        facts.append(card(text(words, soft=True, size=15), text(note)))
    return facts


def review_card(v: Visit) -> list[ft.Control]:
    """The coordinator's word, if there is one."""
    if v.review is None:
        return []
    asked = v.review.state is ReviewState.QUESTION
    words = _("Vraag van {name}") if asked else _("{name} heeft dit gezien")
    icon = ft.Icons.HELP_OUTLINE if asked else ft.Icons.CHECK_CIRCLE_OUTLINE
    rows: list[ft.Control] = [notice(words.format(name=v.review.by or _("De coördinator")), icon)]
    if v.review.reply:
        rows.append(text(v.review.reply, size=18))
    return [card(*rows, text(day_text(v.review.day), soft=True, size=15), accent=True)]


class VisitReadScreen(Screen):
    """One of my visits."""

    def __init__(self, shell, visit: bytes) -> None:
        super().__init__(shell)
        self.visit = visit

    @property
    def back(self) -> str:
        return self.shell.visits_route

    def build(self) -> ft.Control:
        self.body = stack(spacing=16)
        self.refresh()
        return page_body(self.body)

    async def opened(self) -> None:
        if self.app.visit(self.visit).unread_review:
            await self.app.mark_review_read(self.visit)

    def refresh(self) -> None:
        v = self.app.visit(self.visit)
        state = (
            notice(_("Staat op de server."), ft.Icons.CLOUD_DONE_OUTLINED)
            if v.synced
            else notice(_("Opgeslagen op dit apparaat, nog niet verstuurd."), ft.Icons.CLOUD_UPLOAD_OUTLINED)
        )
        mine = [
            side_button(_("Aanpassen"), self.go(f"/wijzig/{v.id.hex()}"), ft.Icons.EDIT_OUTLINED),
            quiet_button(_("Weghalen"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE),
        ]
        self.body.controls = [
            title(v.form.address or _("Bezoek")),
            state,
            *review_card(v),
            *visit_facts(v),
            *(mine if v.mine else []),
        ]

    async def _remove(self, e) -> None:
        await self.app.remove_visit(self.visit)
        self.say(_("Weggehaald."), _("Toch bewaren"), lambda event: self.app.restore_visit(self.visit))
        self.shell.go(self.back)
