"""The review queue: the team's visits on the left, reading and answering on the right (or one after the other)."""

import flet as ft

from app.services.language import _, counted, day_text
from app.services.models import QueueFilter, Visit
from app.services.review_queue import WAITING, Look, Sign
from app.services.reviews import MOST_AT_ONCE
from app.views.cards import Cards
from app.views.common.notices import Notices
from app.views.contact.words import outcomes
from app.views.coordinate import queue_keys as keys
from app.views.coordinate.queue_filters import ICONS, QueueFilters, names
from app.views.coordinate.queue_keys import KeysHelp
from app.views.coordinate.review_pane import ReviewPane
from app.views.parts import card, main_button, notice, page_body, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 25
LIST_WIDTH = 440


class QueueScreen(Screen):
    """What came in, unreviewed first."""

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.limit = PAGE
        self.reading: ReviewPane | None = None
        self.at = 0  # the place in the list of what is read
        self.picked: set[bytes] | None = None  # while choosing many
        self.signs: dict[bytes, Sign] = {}
        self.cards = Cards(self._card, self._about)

    @property
    def look(self) -> Look:
        """What is on show: it stays as it was chosen, also after reading a visit on a phone."""
        return self.app.reviews.look

    def build(self) -> ft.Control:
        self.filters = QueueFilters(self, self.look, self._filter)
        self.list, self.many, self.notices = stack(), stack(), Notices(self)
        self.unread = stack(spacing=0)
        helps = [KeysHelp(self)] if self.shell.wide else []
        self.help = helps[0] if helps else None
        self.left = page_body(
            title(_("Beoordelen")),
            self.notices,
            self.unread,
            self.filters,
            *helps,
            self.many,
            self.list,
            width=LIST_WIDTH,
        )
        self.refresh()
        if not self.shell.wide:
            return self.left
        self.right = ft.Container(expand=True)
        self._show_reading()
        return ft.Row(
            [ft.Container(self.left, width=LIST_WIDTH), ft.VerticalDivider(width=1), self.right], expand=True, spacing=0
        )

    def refresh(self) -> None:
        self.filters.follow()
        self.notices.follow()
        n = self.app.reviews.unread()
        words = counted("{n} antwoord nog niet gelezen", "{n} antwoorden nog niet gelezen", n)
        self.unread.controls = [notice(words, ft.Icons.MARK_EMAIL_UNREAD_OUTLINED)] if n else []
        self.visits = self.app.reviews.queue(self.look, self.app.today())
        self.shown = self.visits[: self.limit]
        self.signs = self.app.reviews.signs(v.id for v in self.shown)
        self.many.controls = self._choosing_many()
        none = _("Niets te beoordelen. Nieuwe bezoeken komen vanzelf binnen.")
        if self.look.narrowed or self.look.which is not QueueFilter.OPEN:
            none = _("Hier staat niets.")
        elif elsewhere := self._elsewhere():
            none = _("Niets nieuws. Dit wacht nog: {what}.").format(what=elsewhere)
        self.filters.visible = True
        if self.notices.reads_nothing_yet and not self.app.reviews.counts(Look(), self.app.today()):
            none = _("Je ziet de bezoeken zodra een andere coördinator deze woorden heeft vergeleken.")
            self.filters.visible = False  # its counts would say that nothing waits
        self.list.controls = self.cards.of(self.shown) or [text(none, soft=True)]
        if len(self.visits) > self.limit:
            self.list.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        if self.reading:
            self.reading.refresh()

    def _elsewhere(self) -> str:
        """What waits for a coordinator and is not new, with how many."""
        counts = self.app.reviews.counts(Look(), self.app.today())
        return ", ".join(f"{names()[w].lower()} ({counts[w]})" for w in WAITING if counts.get(w))

    def _filter(self, look: Look) -> None:
        self.app.reviews.look, self.limit, self.at = look, PAGE, 0
        self.picked = None
        self.refresh()

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    # -- one card ------------------------------------------------------------------------------------------

    def _about(self, v: Visit) -> tuple:
        picked = v.id in self.picked if self.picked is not None else None
        return v, self.app.today(), self._chosen(v), self.signs.get(v.id), picked

    def _card(self, v: Visit) -> ft.Control:
        sign = self.signs.get(v.id) or Sign(QueueFilter.OPEN)
        facts = [v.by or "?", day_text(v.form.day, self.app.today())]
        if v.form.outcome:
            facts.append(outcomes()[v.form.outcome])
        address = text(v.form.address or _("Alleen geteld"), weight=ft.FontWeight.W_600, size=18)
        rows: list[ft.Control] = [address, text(" · ".join(facts), soft=True)]
        if sign.stands in ICONS:
            rows.append(notice(names()[sign.stands], ICONS[sign.stands]))
        if sign.unread:
            rows.append(notice(_("Nieuw antwoord"), ft.Icons.MARK_EMAIL_UNREAD_OUTLINED))
        if sign.holders:
            words = _("Jij pakt dit op.") if sign.mine and len(sign.holders) == 1 else ", ".join(sign.holders)
            rows.append(notice(words, ft.Icons.BACK_HAND_OUTLINED))
        if self.picked is not None and sign.stands is QueueFilter.OPEN:
            on = v.id in self.picked
            icon = ft.Icons.CHECK_BOX if on else ft.Icons.CHECK_BOX_OUTLINE_BLANK
            rows.insert(0, notice(_("Gekozen") if on else _("Niet gekozen"), icon))
        made = card(*rows, on_click=self.safe(lambda e: self._tap(v.id)), accent=self._chosen(v))
        made.key = ft.ScrollKey(v.id.hex())
        return made

    def _chosen(self, v: Visit) -> bool:
        return self.reading is not None and self.reading.visit == v.id

    async def _tap(self, visit: bytes) -> None:
        if self.picked is None:
            return await self._open(visit)
        sign = self.signs.get(visit)
        if sign and sign.stands is QueueFilter.OPEN:
            self.picked ^= {visit}
            self.refresh()
        return None

    async def _open(self, visit: bytes) -> None:
        if not self.shell.wide:
            self.shell.go(f"/beoordeel/{visit.hex()}")
            return
        self.at = next((i for i, v in enumerate(self.shown) if v.id == visit), self.at)
        self._read(visit)

    def _read(self, visit: bytes) -> None:
        self.reading = ReviewPane(self.shell, visit, self._done)
        self._show_reading()
        self.app.reviews.mark_read(visit)
        self.refresh()

    def _show_reading(self) -> None:
        empty = ft.Container(
            text(_("Kies links een bezoek om te lezen."), soft=True), padding=40, alignment=ft.Alignment.TOP_CENTER
        )
        self.right.content = self.reading.build() if self.reading else empty

    def _done(self) -> None:
        """A word was said: what comes after it in the list is read next."""
        said, self.reading = self.reading.visit if self.reading else b"", None
        self.refresh()
        after = self.shown[min(self.at, len(self.shown) - 1)].id if self.shown else said
        if self.look.which is QueueFilter.ALL or after == said:
            return self._show_reading()
        return self._read(after)

    # -- many at once --------------------------------------------------------------------------------------

    def _choosing_many(self) -> list[ft.Control]:
        if self.look.which is not QueueFilter.OPEN or not len(self.visits):
            return []
        if self.picked is None:
            return [ft.Row([quiet_button(_("Kies er meer"), self.safe(self._begin), ft.Icons.CHECKLIST)], wrap=True)]
        n = len(self.picked)
        label = counted("Zet {n} bezoek op gezien", "Zet {n} bezoeken op gezien", n)
        parts: list[ft.Control] = [
            text(_("Tik op bezoeken om ze te kiezen. Wat een ander oppakt, blijft staan."), soft=True),
            quiet_button(_("Kies alles wat hier staat"), self.safe(self._pick_all), ft.Icons.SELECT_ALL),
            quiet_button(_("Klaar met kiezen"), self.safe(self._leave), ft.Icons.CLOSE),
        ]
        if n:
            parts.insert(1, main_button(label, self.safe(self._seen_all), ft.Icons.DONE_ALL))
        return [card(*parts)]

    def _begin(self, e) -> None:
        self.picked = set()
        self.refresh()

    def _pick_all(self, e) -> None:
        """Those that can be seen in the list: nobody should mark what they did not lay eyes on."""
        free = {v.id for v in self.shown if (s := self.signs.get(v.id)) is None or not s.holders or s.mine}
        self.picked = set(sorted(free)[:MOST_AT_ONCE])
        self.refresh()

    def _leave(self, e) -> None:
        self.picked = None
        self.refresh()

    async def _seen_all(self, e) -> None:
        chosen, self.picked = sorted(self.picked or ()), None
        undos = await self.app.reviews.seen_all(chosen, self.app.today())
        said = counted("{n} bezoek gezien.", "{n} bezoeken gezien.", len(undos))
        if len(undos) < len(chosen):
            said += " " + _("De rest was al beoordeeld of opgepakt.")
        self.say(said, _("Ongedaan maken"), lambda e: self.app.reviews.take_back(undos, self.app.today()))
        self.refresh()

    # -- keys ----------------------------------------------------------------------------------------------

    async def key(self, letter: str) -> None:
        """What a letter does; see KeysHelp."""
        letter = keys.ARROWS.get(letter, letter)
        if not self.shell.wide:
            return
        if letter == keys.HELP and self.help:
            self.help.toggle()
        elif letter in (keys.NEXT, keys.BEFORE):
            await self._step(1 if letter == keys.NEXT else -1)
        elif self.reading:
            await self.reading.key(letter)

    async def _step(self, by: int) -> None:
        if not self.shown:
            return
        to = self.at + by if self.reading else self.at
        to = max(0, min(to, len(self.visits) - 1))
        if to >= self.limit:
            self.limit += PAGE
            self.refresh()
        visit = self.shown[min(to, len(self.shown) - 1)].id
        await self._open(visit)
        self.page.update()
        await self.left.scroll_to(scroll_key=visit.hex(), duration=0)
