"""The form of a story: consent first, then the words and perhaps a photo. Every change is a draft at once."""

import flet as ft

from app.services.language import _
from app.services.stories import NEW
from app.services.stories_form import MAX_TEXT, MAX_TITLE, StoryForm, StoryStatus
from app.views.common.guarded_field import GuardedField
from app.views.contact.story_photo import PhotoField
from app.views.form import FormScreen
from app.views.parts import (
    DayField,
    card,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from sync.core.errors import NotFound


class StoryFormScreen(FormScreen):
    """A new story, or one of mine (`story`)."""

    named = ("title", "text", "photos", "withdraw_on")

    def __init__(self, shell, story: bytes | None = None) -> None:
        super().__init__(shell)
        self.story = story
        self.key = story.hex() if story else NEW
        saved = self.app.stories.one(story) if story else None
        if saved is not None and saved.status is StoryStatus.WITHDRAWN:
            raise NotFound("story")
        self.offered = saved is not None and saved.status is not StoryStatus.DRAFT
        kept = self.app.stories.draft(self.key)
        self.form = kept[0] if kept else saved.form if saved else StoryForm()
        self.photo = kept[1] if kept and kept[1] is not None else self.app.stories.photo(story) if story else b""

    @property
    def back(self) -> str:
        return f"/verhaal/{self.key}" if self.story else "/buurt"

    def build(self) -> ft.Control:
        self.body = stack(spacing=18)
        self._draw()
        return page_body(self.body)

    def _draw(self) -> None:
        top = title(_("Verhaal aanpassen") if self.story else _("Nieuw verhaal"))
        if self.form.consent is None:
            self.body.controls = [top, *self._question()]
        elif not self.form.consent:
            self.body.controls = [top, *self._refused()]
        else:
            self.body.controls = [top, *self._fields()]

    # -- consent --------------------------------------------------------------------------------------------

    def _question(self) -> list[ft.Control]:
        def choice(consent: bool, icon: ft.IconData, words: str, more: str) -> ft.Control:
            heading = ft.Row(
                [
                    ft.Icon(icon, color=ft.Colors.PRIMARY, size=28),
                    ft.Container(text(words, weight=ft.FontWeight.W_600, size=18), expand=True),
                ]
            )
            return card(heading, text(more, soft=True), on_click=self.safe(lambda e: self._consent(consent)))

        return [
            text(_("Iets moois meegemaakt in de straat? Vertel het, zonder namen.")),
            title(_("Vindt wie het aangaat het goed?"), 2),
            choice(True, ft.Icons.CHECK_CIRCLE_OUTLINE, _("Ja, het mag verteld worden"), _("Of het gaat over jezelf.")),
            choice(False, ft.Icons.HELP_OUTLINE, _("Nee, of nog niet gevraagd"), _("Dan schrijven we niets op.")),
        ]

    def _refused(self) -> list[ft.Control]:
        words = _("Dan schrijven we niets op. Vraag het eerst, en kom dan terug.")
        return [
            notice(words, ft.Icons.HELP_OUTLINE),
            side_button(_("Het mag toch"), self.safe(lambda e: self._consent(True)), ft.Icons.CHECK),
            quiet_button(_("Terug naar de buurt"), self.safe(self._discard)),
        ]

    async def _consent(self, consent: bool | None) -> None:
        await self.change(consent=consent)
        self._draw()

    # -- the fields -----------------------------------------------------------------------------------------

    def _fields(self) -> list[ft.Control]:
        form = self.form
        self.title = GuardedField(
            _("Titel"),
            form.title,
            lambda words: self.change(title=" ".join(words.splitlines())),
            self.safe,
            max=MAX_TITLE,
            strict_names=True,
            min_lines=1,
            max_lines=3,
        )
        self.text = GuardedField(
            _("Je verhaal"),
            form.text,
            lambda words: self.change(text=words),
            self.safe,
            max=MAX_TEXT,
            strict_names=True,
            min_lines=6,
            max_lines=20,
        )
        self.photos = PhotoField(self)
        day = lambda chosen: self.change(withdraw_on=chosen)  # noqa: E731
        self.withdraw_on = DayField(_("Intrekken op"), form.withdraw_on, day, self.safe, clearable=True)
        return [
            notice(_("Het mag verteld worden. Schrijf geen namen op."), ft.Icons.CHECK_CIRCLE_OUTLINE),
            self.title,
            self.text,
            title(_("Een foto erbij? Dat hoeft niet."), 2),
            self.photos,
            title(_("Mag het er een tijdje staan?"), 2),
            text(_("Op deze dag verdwijnt het verhaal vanzelf. Zonder dag blijft het hooguit een jaar."), soft=True),
            self.withdraw_on,
            *self._ending(),
        ]

    def _ending(self) -> list[ft.Control]:
        label = _("Opslaan") if self.offered else _("Bied het aan de coördinator aan")
        button, discard = self.ending(label, lambda e: self._save(True))
        if self.offered:
            return [button, discard]
        keep = side_button(_("Bewaar het voor mijzelf"), self.safe(lambda e: self._save(False)), ft.Icons.LOCK_OUTLINE)
        self.buttons.append(keep)
        return [button, keep, discard]

    # -- keeping --------------------------------------------------------------------------------------------

    async def keep(self, form: StoryForm | None) -> None:
        await self.app.stories.keep_draft(self.key, form)

    async def _save(self, offer: bool) -> None:
        await self.save(lambda: self.app.stories.save(self.form, self.photo, self.story, offer), "/verhaal/{id}")

    def tell(self, name: str, words: str) -> None:
        super().tell("photos" if name == "photo" else name, words)
