"""One visit on the desk: reading it, what was said about it, saying a word, and what came before at that door."""

from collections.abc import Callable

import flet as ft

from app.services.language import _, day_text
from app.services.models import ReviewState, Visit
from app.services.review_words import Said
from app.services.reviewing import REPLY
from app.services.wording import field_text
from app.views.common.guarded_field import GuardedField
from app.views.contact.said import said_cards
from app.views.contact.visit_read import visit_facts
from app.views.contact.words import outcomes
from app.views.coordinate import queue_keys as keys
from app.views.coordinate.followup_form import FollowUpForm, followup_card
from app.views.parts import card, main_button, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput, NotFound


class ReviewPane(Screen):
    """Beside the list on a laptop, a screen of its own on a phone. `done` hears that a word was said."""

    back = "/"

    def __init__(self, shell, visit: bytes, done: Callable[[], None] | None = None) -> None:
        super().__init__(shell)
        self.visit, self.done = visit, done or (lambda: shell.go("/"))
        self.saying = False

    def build(self) -> ft.Control:
        v = self._there()
        self.desk, self.facts, self.said, self.asked, self.before = (stack(spacing=12) for _n in range(5))
        self.reply = GuardedField(
            _("Een woord van dank, of een vraag"),
            self.app.reviews.typed(REPLY, self.visit),
            self._type,
            self.safe,
            known=(v.by, v.form.address, self.app.my_name) if v else (),
            min_lines=2,
            max_lines=8,
        )
        quick = [_("Dank je wel, wat fijn gedaan!"), _("Mooi, dank voor je bezoek.")]
        self.form = FollowUpForm(self, self.visit, self._followed)
        self.words = stack(
            self.reply,
            *(quiet_button(q, self.safe(lambda e, q=q: self._quick(q)), ft.Icons.ADD_COMMENT_OUTLINED) for q in quick),
            main_button(_("Gezien"), self._saying(ReviewState.SEEN), ft.Icons.CHECK),
            ft.Row(
                [
                    side_button(_("Vraag terug"), self._saying(ReviewState.QUESTION), ft.Icons.HELP_OUTLINE),
                    side_button(_("Terugsturen"), self._saying(ReviewState.RETURNED), ft.Icons.UNDO),
                    side_button(_("Opvolgen"), self.safe(self._ask), ft.Icons.TASK_ALT),
                ],
                wrap=True,
                spacing=8,
                run_spacing=8,
            ),
            self.form,
        )
        self.heading = stack(spacing=4)
        self.refresh()
        self.body = page_body(self.heading, self.desk, self.facts, self.said, self.asked, self.words, self.before)
        return self.body

    async def opened(self) -> None:
        self.app.reviews.mark_read(self.visit)

    def _there(self) -> Visit | None:
        """The visit; None when it was erased, or taken away by its author, meanwhile."""
        try:
            v = self.app.visit(self.visit)
        except NotFound:
            return None
        return v if v.form.day is not None else None

    def refresh(self) -> None:
        v = self._there()
        if v is None:
            gone = _("Dit bezoek is intussen gewist. Wat je typte, staat er nog: neem over wat je wilt bewaren.")
            self.heading.controls = [title(_("Gewist bezoek")), notice(gone, ft.Icons.DELETE_OUTLINE)]
            for part in (self.desk, self.facts, self.said, self.asked, self.before):
                part.controls = []
            return
        by = _("Bezocht door {name}").format(name=v.by or "?")
        self.heading.controls = [
            title(v.form.address or _("Bezoek van {name}").format(name=v.by or "?")),
            text(by, soft=True),
        ]
        only_counted = [] if v.detail else [
            notice(_("Alleen geteld: de bewoner wilde niet dat de coördinator meeleest."), ft.Icons.LOCK_OUTLINE)
        ]  # fmt: skip
        self.desk.controls = self._who()
        self.facts.controls = [*only_counted, *visit_facts(v)]
        self.said.controls = said_cards(self.app.reviews.thread(self.visit), self._choosing)
        self.asked.controls = [
            followup_card(f, self.app.today(), self.go(f"/opvolg/{f.id.hex()}"))
            for f in self.app.followups.of_visit(self.visit)
        ]
        self.before.controls = self._history()

    # -- who is at it --------------------------------------------------------------------------------------

    def _who(self) -> list[ft.Control]:
        holders = self.app.reviews.holders(self.visit)
        mine = any(m == self._me for m, _name in holders)
        others = [name for m, name in holders if m != self._me]
        take = self.safe(lambda e: self.app.reviews.take(self.visit, self.app.today()))
        leave = self.safe(lambda e: self.app.reviews.let_go(self.visit, self.app.today()))
        if mine and others:
            words = _("Jij en {names} pakken dit allebei op. Wie doet het?").format(names=", ".join(others))
            both = [quiet_button(_("Ik doe het"), take, ft.Icons.BACK_HAND_OUTLINED)]
            both.append(quiet_button(_("Ik laat het los"), leave, ft.Icons.DO_NOT_TOUCH_OUTLINED))
            return [card(notice(words, ft.Icons.CALL_SPLIT), ft.Row(both, wrap=True))]
        if mine:
            left = quiet_button(_("Ik laat het los"), leave, ft.Icons.DO_NOT_TOUCH_OUTLINED)
            return [ft.Row([notice(_("Jij pakt dit op."), ft.Icons.BACK_HAND_OUTLINED), left], wrap=True)]
        if others:
            words = _("{names} pakt dit op.").format(names=", ".join(others))
            over = quiet_button(_("Ik neem het over"), take, ft.Icons.BACK_HAND_OUTLINED)
            return [card(notice(words, ft.Icons.BACK_HAND_OUTLINED), over)]
        return [ft.Row([quiet_button(_("Ik pak dit op"), take, ft.Icons.BACK_HAND_OUTLINED)])]

    @property
    def _me(self) -> bytes:
        return next((m.id for m in self.app.members() if m.me), b"")

    # -- saying --------------------------------------------------------------------------------------------

    async def _type(self, words: str) -> None:
        await self.app.reviews.type(REPLY, self.visit, words)

    async def _quick(self, words: str) -> None:
        """Usual words come after what is typed already: they take the place of nothing."""
        typed = self.reply.value.rstrip()
        self.reply.value = f"{typed} {words}" if typed and not typed.endswith(words) else typed or words
        await self._type(self.reply.value)

    def _saying(self, state: ReviewState) -> Callable:
        return self.safe(lambda e: self.say_word(state))

    async def say_word(self, state: ReviewState) -> None:
        """Send what is typed; a question and a return need words."""
        if self.saying:
            return
        self.saying, self.reply.error = True, None
        try:
            undo = await self.app.reviews.say(self.visit, state, self.reply.value, self.app.today())
        except BadInput as error:
            self.reply.error = field_text(error)
            self.page.update()  # it has to be on the page to get the focus: a step through the list may just have drawn it
            await self.reply.field.focus()
            return
        finally:
            self.saying = False
        said = _("Opgeslagen. De contactpersoon ziet het bij de volgende keer verbinding.")
        self.say(said, _("Ongedaan maken"), lambda e: self.app.reviews.take_back([undo], self.app.today()))
        self.done()

    def _choosing(self, said: Said) -> Callable:
        return self.safe(lambda e: self.app.reviews.choose(self.visit, said.id, self.app.today()))

    async def _ask(self, e) -> None:
        self.form.open()

    def _followed(self) -> None:
        self.done()

    async def key(self, letter: str) -> None:
        """What a letter does: the same as the button."""
        state = {keys.SEEN: ReviewState.SEEN, keys.QUESTION: ReviewState.QUESTION, keys.RETURN: ReviewState.RETURNED}
        if self._there() is None:
            return
        if letter in state:
            await self.say_word(state[letter])
        elif letter == keys.FOLLOWUP:
            self.form.open()
            self.page.update()  # it has to be on the page to get the focus
            await self.form.what.field.focus()

    # -- what came before ----------------------------------------------------------------------------------

    def _history(self) -> list[ft.Control]:
        earlier = self.app.reviews.history(self.visit)
        if not earlier:
            return []
        return [title(_("Ook aan deze deur"), 2), *(self._earlier(v) for v in earlier)]

    def _earlier(self, v: Visit) -> ft.Control:
        how = outcomes()[v.form.outcome] if v.form.outcome else ""
        facts = [day_text(v.form.day, self.app.today()), how, v.by or "?"]
        rows: list[ft.Control] = [text(" · ".join(x for x in facts if x), weight=ft.FontWeight.W_600)]
        said = [s for s in self.app.reviews.thread(v.id) if s.stands and s.text]
        rows += [text(f"{s.by or '?'}: {s.text}", soft=True, max_lines=3) for s in said]
        return card(*rows, on_click=self.go(f"/beoordeel/{v.id.hex()}"))
