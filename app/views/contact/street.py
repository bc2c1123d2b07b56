"""The street: activities to come and gone by, stories, and what to do about them."""

import flet as ft

from app.services.activities import NEW as NEW_ACTIVITY
from app.services.activities import Activity, Proposal
from app.services.language import _, counted, day_text
from app.services.stories import NEW as NEW_STORY
from app.services.stories import Story
from app.views.cards import Cards
from app.views.contact.activity_words import activity_card, kind_title, when_text
from app.views.contact.story_words import story_card
from app.views.parts import card, main_button, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen

PAGE = 10


class StreetScreen(Screen):
    """What people do together here."""

    def build(self) -> ft.Control:
        self.limit = PAGE
        self.activities = Cards(self._activity, lambda a: (a, self.app.today()))
        self.stories = Cards(self._story, lambda s: (s, self.app.today()))
        self.asked, self.drafts, self.coming, self.told, self.past = (stack(spacing=12) for _n in range(5))
        self.refresh()
        return page_body(
            title(_("Buurt")),
            self.asked,
            main_button(_("Nieuwe activiteit"), self.go("/nieuwe-activiteit"), ft.Icons.ADD),
            side_button(_("Nieuw verhaal"), self.go("/nieuw-verhaal"), ft.Icons.AUTO_STORIES_OUTLINED),
            self.drafts,
            self.coming,
            self.told,
            self.past,
        )

    def refresh(self) -> None:
        self.asked.controls = [*finish_cards(self), *map(self._proposal, self.app.activities.proposals())]
        self.drafts.controls = self._unfinished()
        coming, past = self.app.activities.upcoming(), self.app.activities.past()
        stories = self.app.stories.all()
        cards = self.activities.of([*coming, *past[: self.limit]])
        self.coming.controls = [
            title(_("Binnenkort"), 2),
            *(cards[: len(coming)] or [text(_("Nog niets gepland. Wie zet er koffie?"), soft=True)]),
        ]
        none = text(_("Nog geen verhalen. Gebeurde er iets moois? Vraag of je het mag vertellen."), soft=True)
        self.told.controls = [title(_("Verhalen"), 2), *(self.stories.of(stories) or [none])]
        if number := len(self.app.stories_desk.published()):
            words = counted("Lees {n} geplaatst verhaal", "Lees {n} geplaatste verhalen", number)
            self.told.controls.append(side_button(words, self.go("/verhalen"), ft.Icons.PUBLIC))
        if self.app.stories.some_withdrawn():
            self.told.controls.append(text(_("Een verhaal dat is ingetrokken, is niet meer te lezen."), soft=True))
        self.past.controls = [title(_("Geweest"), 2), *cards[len(coming) :]] if past else []
        if len(past) > self.limit:
            self.past.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _activity(self, a: Activity) -> ft.Control:
        return activity_card(a, self.app.today(), self.go(f"/activiteit/{a.id.hex()}"))

    def _story(self, s: Story) -> ft.Control:
        return story_card(s, self.app.today(), self.go(f"/verhaal/{s.id.hex()}"))

    def _unfinished(self) -> list[ft.Control]:
        found: list[ft.Control] = []
        if self.app.activities.draft(NEW_ACTIVITY):
            words = _("Verder met je activiteit")
            found.append(quiet_button(words, self.go("/nieuwe-activiteit"), ft.Icons.EDIT_NOTE))
        if self.app.stories.draft(NEW_STORY):
            found.append(quiet_button(_("Verder met je verhaal"), self.go("/nieuw-verhaal"), ft.Icons.EDIT_NOTE))
        return found

    def _proposal(self, p: Proposal) -> ft.Control:
        words = _("{what}, volgende keer op {day}?").format(
            what=kind_title(p.last.form), day=day_text(p.day, self.app.today())
        )
        same = side_button(_("Zelfde als vorige week"), self.safe(lambda e: self._repeat(p)), ft.Icons.EVENT_REPEAT)
        where = text(p.last.form.place, soft=True)
        return card(text(words, weight=ft.FontWeight.W_600), *([where] if p.last.form.place else []), same)

    async def _repeat(self, p: Proposal) -> None:
        made = await self.app.activities.repeat(p.last.id)
        self.refresh()
        said = _("Gepland op {day}.").format(day=day_text(p.day, self.app.today()))
        self.say(said, _("Ongedaan maken"), lambda e: self.app.activities.set_removed(made, True))


def finish_cards(screen: Screen) -> list[ft.Control]:
    """For each activity of mine that has been: the question how it was. Also on the first screen."""

    def asked(a: Activity) -> ft.Control:
        about = " · ".join(x for x in (kind_title(a.form), when_text(a.form, screen.app.today()), a.form.place) if x)
        return card(
            text(_("Hoe was het?"), weight=ft.FontWeight.W_600, size=18),
            text(about, soft=True),
            on_click=screen.go(f"/hoe-was-het/{a.id.hex()}"),
            accent=True,
        )

    return [asked(a) for a in screen.app.activities.to_finish()]
