"""A story to read, and for its author: change, offer or withdraw it."""

import flet as ft

from app.services.language import _, day_text
from app.services.stories import Story
from app.services.stories_form import StoryStatus
from app.views.common.share_story import share_row
from app.views.contact.story_photo import photo_image
from app.views.contact.story_words import status_words
from app.views.coordinate.asking import Ask
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen


class StoryReadScreen(Screen):
    """One story."""

    back = "/buurt"

    def __init__(self, shell, story: bytes) -> None:
        super().__init__(shell)
        self.story = story
        self._shown: object = None

    def build(self) -> ft.Control:
        self.body = stack(spacing=16)
        self._shown = None
        self.refresh()
        return page_body(self.body)

    def refresh(self) -> None:
        s = self.app.stories.one(self.story)
        state = (s, self.app.stories.sent_back(self.story), self.app.stories_desk.link_of(self.story))
        if state == self._shown:  # neither the photo is sent again, nor a question closed under somebody's finger
            return
        self._shown = state
        if s.status is StoryStatus.WITHDRAWN:
            self.body.controls = [title(_("Verhaal")), notice(*status_words(s.status)), *self._gone()]
            return
        photo = self.app.stories.photo(self.story)
        told = _("Verteld op {day}").format(day=day_text(s.day)) if s.day else ""
        by = told if s.mine else f"{told}, {s.by or '?'}"
        ends = _("Wordt ingetrokken op {day}.").format(day=day_text(s.form.withdraw_on)) if s.form.withdraw_on else ""
        sent = [] if s.synced else [notice(_("Nog niet verstuurd"), ft.Icons.CLOUD_UPLOAD_OUTLINED)]
        self.body.controls = [
            title(s.form.title),
            notice(*status_words(s.status)),
            *sent,
            *self._returned(),
            *([photo_image(photo, _("De foto bij dit verhaal"))] if photo else []),
            *([text(s.form.text, size=18)] if s.form.text else []),
            *(card(text(_("Ook geschreven"), soft=True, size=15), text(words)) for words in s.other_texts),
            *(text(x, soft=True, size=15) for x in (by, ends) if x),
            *self._placed(s),
            *(self._mine(s) if s.mine else []),
        ]

    def _returned(self) -> list[ft.Control]:
        """What a coordinator said who sent it back."""
        back = self.app.stories.sent_back(self.story)
        if back is None:
            return []
        words, name = back
        return [card(notice(_("{name} stuurde het terug").format(name=name), ft.Icons.REPLY), text(words))]

    def _placed(self, s: Story) -> list[ft.Control]:
        """Where everybody reads it, once it is there."""
        link = self.app.stories_desk.link_of(s.id)
        return share_row(self, s.form.title, s.form.text, link) if link else []

    def _gone(self) -> list[ft.Control]:
        return [text(_("Tekst en foto zijn gewist."), soft=True)]

    def _mine(self, s: Story) -> list[ft.Control]:
        draft = s.status is StoryStatus.DRAFT
        label = _("Aanpassen of aanbieden") if draft else _("Aanpassen")
        change = side_button(label, self.go(f"/wijzig-verhaal/{s.id.hex()}"), ft.Icons.EDIT_OUTLINED)
        if draft:
            return [change, quiet_button(_("Weghalen"), self.safe(self._remove), ft.Icons.DELETE_OUTLINE)]
        consequences = [
            _("Tekst en foto verdwijnen meteen, bij iedereen. Ze komen niet terug."),
            _("Wat anderen gekopieerd of doorgestuurd hebben, kunnen we niet weghalen."),
        ]
        return [
            change,
            Ask(self, _("Trek het verhaal in"), ft.Icons.UNDO, consequences, _("Ja, trek het in"), self._withdraw),
        ]

    async def _withdraw(self) -> None:
        await self.app.stories.withdraw(self.story)
        self.say(_("Het verhaal is ingetrokken."))
        self.shell.go(self.back)

    async def _remove(self, e) -> None:
        await self.app.stories.set_removed(self.story, True)
        back = lambda event: self.app.stories.set_removed(self.story, False)  # noqa: E731
        self.say(_("Weggehaald."), _("Toch bewaren"), back)
        self.shell.go(self.back)
