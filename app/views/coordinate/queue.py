"""The review queue: the team's visits on the left, reading and answering on the right (or one after the other)."""

import flet as ft

from app.services.language import _, day_text
from app.services.models import QueueFilter, ReviewState, Visit
from app.services.wording import field_text
from app.views.cards import Cards
from app.views.common.guarded_field import GuardedField
from app.views.common.notices import Notices
from app.views.contact.visit_read import review_card, visit_facts
from app.views.contact.words import outcomes
from app.views.parts import (
    card,
    main_button,
    notice,
    page_body,
    pick,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput

PAGE = 25
LIST_WIDTH = 440


class QueueScreen(Screen):
    """What came in, unreviewed first."""

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.which, self.limit = QueueFilter.OPEN, PAGE
        self.reading: ReviewPane | None = None
        self.cards = Cards(self._card, lambda v: (v, self.app.today(), self._chosen(v)))

    def build(self) -> ft.Control:
        self.filters, self.list, self.notices = ft.Column(), stack(), Notices(self)
        self.refresh()
        left = page_body(title(_("Beoordelen")), self.notices, self.filters, self.list, width=LIST_WIDTH)
        if not self.shell.wide:
            return left
        self.right = ft.Container(expand=True)
        self._show_reading()
        return ft.Row(
            [ft.Container(left, width=LIST_WIDTH), ft.VerticalDivider(width=1), self.right], expand=True, spacing=0
        )

    def refresh(self) -> None:
        names = {
            QueueFilter.OPEN: _("Nieuw"),
            QueueFilter.DONE: _("Gezien"),
            QueueFilter.ALL: _("Alles"),
        }
        self.filters.controls = [pick(list(names.items()), lambda f: f is self.which, self.safe(self._filter))]
        self.notices.follow()
        visits = self.app.queue(self.which)
        self.list.controls = self.cards.of(visits[: self.limit]) or [
            text(_("Niets te beoordelen. Nieuwe bezoeken komen vanzelf binnen."), soft=True)
        ]
        if len(visits) > self.limit:
            self.list.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        if self.reading:
            self.reading.refresh()

    def _filter(self, which) -> None:
        self.which, self.limit = which, PAGE
        self.refresh()

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _card(self, v: Visit) -> ft.Control:
        facts = [v.by or "?", day_text(v.form.day, self.app.today())]
        if v.form.outcome:
            facts.append(outcomes()[v.form.outcome])
        open_ = self.safe(lambda e: self._open(v.id))
        rows = [
            text(v.form.address or _("Alleen geteld"), weight=ft.FontWeight.W_600, size=18),
            text(" · ".join(facts), soft=True),
        ]
        if v.review:
            asked = v.review.state is ReviewState.QUESTION
            rows.append(
                notice(_("Vraag gesteld"), ft.Icons.HELP_OUTLINE)
                if asked
                else notice(_("Gezien"), ft.Icons.CHECK_CIRCLE_OUTLINE)
            )
        return card(*rows, on_click=open_, accent=self._chosen(v))

    def _chosen(self, v: Visit) -> bool:
        return self.reading is not None and self.reading.visit == v.id

    def _open(self, visit: bytes) -> None:
        if not self.shell.wide:
            self.shell.go(f"/beoordeel/{visit.hex()}")
            return
        self.reading = ReviewPane(self.shell, visit, self._done)
        self._show_reading()
        self.refresh()

    def _show_reading(self) -> None:
        empty = ft.Container(
            text(_("Kies links een bezoek om te lezen."), soft=True), padding=40, alignment=ft.Alignment.TOP_CENTER
        )
        self.right.content = self.reading.build() if self.reading else empty

    def _done(self) -> None:
        self.reading = None
        self._show_reading()
        self.refresh()


class ReviewPane(Screen):
    """Reading one visit and saying a word on it."""

    back = "/"

    def __init__(self, shell, visit: bytes, done=None) -> None:
        super().__init__(shell)
        self.visit, self.done = visit, done or (lambda: shell.go("/"))

    def build(self) -> ft.Control:
        v = self.app.visit(self.visit)
        self.facts = stack(spacing=12)
        self.refresh()
        self.reply = GuardedField(
            _("Een woord van dank, of een vraag"),
            self.shell.replies.get(self.visit, ""),
            self._type,
            self.safe,
            known=(v.by, v.form.address, self.app.my_name),
            min_lines=2,
            max_lines=8,
        )
        quick = [_("Dank je wel, wat fijn gedaan!"), _("Mooi, dank voor je bezoek.")]
        return page_body(
            title(v.form.address or _("Bezoek van {name}").format(name=v.by or "?")),
            text(_("Bezocht door {name}").format(name=v.by or "?"), soft=True),
            self.facts,
            self.reply,
            pick([(q, q) for q in quick], lambda q: False, self.safe(self._quick)),
            main_button(_("Gezien"), self.safe(lambda e: self._say(ReviewState.SEEN)), ft.Icons.CHECK),
            side_button(_("Vraag terug"), self.safe(lambda e: self._say(ReviewState.QUESTION)), ft.Icons.HELP_OUTLINE),
        )

    def refresh(self) -> None:
        v = self.app.visit(self.visit)
        only_counted = [] if v.detail else [
            notice(_("Alleen geteld: de bewoner wilde niet dat de coördinator meeleest."), ft.Icons.LOCK_OUTLINE)
        ]  # fmt: skip
        self.facts.controls = [*only_counted, *visit_facts(v), *review_card(v)]

    async def _type(self, words: str) -> None:
        self.shell.replies[self.visit] = words

    def _quick(self, words: str) -> None:
        self.reply.value = self.shell.replies[self.visit] = words

    async def _say(self, state: ReviewState) -> None:
        self.reply.error = None
        try:
            await self.app.review(self.visit, state, self.reply.value)
        except BadInput as error:
            self.reply.error = field_text(error)
            return
        self.shell.replies.pop(self.visit, None)
        self.say(_("Opgeslagen. De contactpersoon ziet het bij de volgende keer verbinding."))
        self.done()
