"""Stories at the desk: what waits for whom, and one of them to check, send back, share or take away."""

import flet as ft

from app.services.language import _, day_text
from app.services.stories_desk import CONSENT, NAMES, PHOTO, Item, Stage
from app.services.wording import field_text
from app.views.common.guarded_field import GuardedField
from app.views.common.share_story import share_row
from app.views.contact.story_photo import photo_image
from app.views.coordinate.asking import Ask
from app.views.parts import (
    card,
    error_text,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    tick,
    title,
)
from app.views.screen import Screen
from sync.core.errors import BadInput

HOME = "/redactie"
MOST = 25
_EXCERPT = 160


def stage_words(item: Item) -> tuple[str, ft.IconData]:
    """How far a story is, and who has said yes."""
    by = ", ".join(item.checked)
    return {
        Stage.WAITING: (_("Nog door niemand nagekeken"), ft.Icons.HOURGLASS_EMPTY),
        Stage.SECOND: (_("Nagekeken door {names}. Jij kunt de tweede zijn.").format(names=by), ft.Icons.HOW_TO_REG),
        Stage.MINE: (_("Jij zei ja. Wacht op een andere coördinator."), ft.Icons.HOURGLASS_BOTTOM),
        Stage.RETURNED: (_("Teruggestuurd door {name}").format(name=item.word_by), ft.Icons.REPLY),
        Stage.PLACING: (
            _("Twee zeiden ja. Wordt geplaatst zodra er verbinding is."),
            ft.Icons.CLOUD_UPLOAD_OUTLINED,
        ),
        Stage.PLACED: (_("Geplaatst: iedereen kan het lezen"), ft.Icons.PUBLIC),
    }[item.stage]


class StoriesDeskScreen(Screen):
    """Everything that was offered, by whose turn it is."""

    @property
    def back(self) -> str:
        """On a phone it was opened from the desk's list."""
        return "" if self.shell.wide else "/bureau"

    def build(self) -> ft.Control:
        self.limit = MOST
        self.list = stack()
        self._drawn: object = None
        self.refresh()
        return page_body(
            title(_("Verhalen")),
            text(_("Twee coördinatoren kijken een verhaal na. Dan staat het op een pagina die iedereen kan lezen.")),
            self.list,
            width=760,
        )

    def refresh(self) -> None:
        items = self.app.stories_desk.items()
        if (items, self.limit) == self._drawn:
            return
        self._drawn = (items, self.limit)
        headings = {
            _("Wacht op jou"): (Stage.SECOND, Stage.WAITING),
            _("Wacht op een ander"): (Stage.MINE, Stage.PLACING, Stage.RETURNED),
            _("Geplaatst"): (Stage.PLACED,),
        }
        parts: list[ft.Control] = []
        for heading, stages in headings.items():
            some = [x for x in items[: self.limit] if x.stage in stages]
            if some:
                parts += [title(heading, 2), *(self._card(x) for x in some)]
        if len(items) > self.limit:
            parts.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        nothing = _("Er zijn nog geen verhalen. Contactpersonen schrijven ze bij Buurt, en bieden ze daar aan.")
        self.list.controls = parts or [text(nothing, soft=True)]

    def _more(self, e) -> None:
        self.limit += MOST
        self.refresh()

    def _card(self, item: Item) -> ft.Control:
        s = item.story
        words = " ".join(s.form.text.split())
        words = words if len(words) <= _EXCERPT else f"{words[:_EXCERPT].rstrip()}…"
        about = [day_text(s.day, self.app.today()) if s.day else "", s.by or "?", _("met foto") if s.photo else ""]
        return card(
            text(s.form.title, weight=ft.FontWeight.W_600, size=18),
            text(words, soft=True),
            text(" · ".join(x for x in about if x), soft=True, size=15),
            notice(*stage_words(item)),
            on_click=self.go(f"/nakijken/{s.id.hex()}"),
        )


class StoryCheckScreen(Screen):
    """One story, whole: a yes, a word back, or away with it."""

    back = HOME

    def __init__(self, shell, story: bytes) -> None:
        super().__init__(shell)
        self.story = story
        self.looked: set[str] = set()
        self.app.stories_desk.one(story)  # raises NotFound

    def build(self) -> ft.Control:
        self.body, self.doing = stack(spacing=16), stack(spacing=12)
        self._drawn: object = None
        self.refresh()
        return page_body(self.body, self.doing, width=680)

    def refresh(self) -> None:
        item = self.app.stories_desk.one(self.story)
        if item == self._drawn:
            return
        before, self._drawn = self._drawn, item
        s = item.story
        photo = self.app.stories.photo(s.id) if s.photo else b""
        told = _("Verteld op {day}, {name}").format(day=day_text(s.day) if s.day else "?", name=s.by or "?")
        until = _("Staat er tot {day}.").format(day=day_text(item.until)) if item.until else ""
        stale = _("{names} zei ja tegen een eerdere tekst. Die telt niet meer.").format(names=", ".join(item.stale))
        self.body.controls = [
            title(s.form.title),
            notice(*stage_words(item)),
            *([notice(stale, ft.Icons.EDIT_NOTE)] if item.stale else []),
            *([card(text(item.word))] if item.word else []),
            *([photo_image(photo, _("De foto bij dit verhaal"))] if photo else []),
            text(s.form.text, size=18),
            *(card(text(_("Ook geschreven"), soft=True, size=15), text(words)) for words in s.other_texts),
            text(f"{told}. {until}", soft=True, size=15),
        ]
        if before is None or before.stage != item.stage or before.story.form != s.form:
            self.looked = set()
            self.doing.controls = self._ways(item)

    def _ways(self, item: Item) -> list[ft.Control]:
        parts: list[ft.Control] = []
        if item.stage is Stage.PLACED:
            parts += self._placed(item)
        elif item.stage in (Stage.WAITING, Stage.SECOND):
            parts += self._checking(item)
        if item.stage in (Stage.WAITING, Stage.SECOND, Stage.MINE):
            parts += self._sending_back()
        words = [
            _("Tekst en foto worden gewist, bij iedereen, en van de pagina. Ze komen niet terug."),
            _("Wat anderen gekopieerd of doorgestuurd hebben, kunnen we niet weghalen."),
        ]
        label = _("Haal dit verhaal weg, omdat iemand erom vraagt")
        return [*parts, Ask(self, label, ft.Icons.DELETE_OUTLINE, words, _("Ja, haal het weg"), self._away)]

    # -- checking -----------------------------------------------------------------------------------------

    def _checking(self, item: Item) -> list[ft.Control]:
        questions = {
            CONSENT: _("Wie het aangaat, wil dat dit verteld wordt. Dat is gevraagd."),
            NAMES: _("Er staan geen namen in, en niets waaraan je iemand herkent."),
            PHOTO: _("Iedereen die herkenbaar is op de foto, vindt die foto goed."),
        }
        self.error = error_text()
        ticks = [tick(questions[q], False, self._ticking(q)) for q in self.app.stories_desk.to_look_at(item)]
        second = item.stage is Stage.SECOND
        what = _("Met jouw ja staat het op een pagina die iedereen kan lezen.")
        if not second:
            what = _("Daarna kijkt een andere coördinator het na. Pas dan kan iedereen het lezen.")
        more = _(
            "Weghalen kan altijd. Maar wat anderen dan al gekopieerd of doorgestuurd hebben, kunnen we niet terughalen."
        )
        self.yes = main_button(
            _("Ja, plaats het") if second else _("Ja, dit kan geplaatst worden"),
            self.safe(self._approve),
            ft.Icons.CHECK,
        )
        off = []
        if not self.app.stories_desk.may:
            off = [
                notice(_("Je bent nog niet bevestigd als coördinator. Je ja telt nog niet."), ft.Icons.HOURGLASS_EMPTY)
            ]
        return [
            title(_("Kijk het na"), 2),
            *self._seen(item),
            *ticks,
            self.error,
            notice(f"{what} {more}", ft.Icons.PUBLIC),
            *off,
            self.yes,
        ]

    def _seen(self, item: Item) -> list[ft.Control]:
        """What the guard saw: it only helps to look, and may be wrong both ways."""
        from app.services import guard  # late: its lists cost the start nothing

        words = f"{item.story.form.title}\n{item.story.form.text}"
        found = guard.look(words, True, (), (_("de bewoner"), _("de bewoners")))
        if not found:
            return [text(_("De meekijker zag niets bijzonders. Lees zelf ook goed."), soft=True)]
        rows = [text(_("De meekijker wijst op:"), weight=ft.FontWeight.W_600)]
        for f in found[:8]:
            rows.append(
                text(_("‘{words}’: {what}").format(words=words[f.start : f.end][:40], what=guard.name_of(f.category)))
            )
        return [card(*rows)]

    def _ticking(self, question: str):
        def changed(e) -> None:
            self.looked = self.looked | {question} if e.control.value else self.looked - {question}
            self.error.visible = False

        return self.safe(changed)

    async def _approve(self, e) -> None:
        if self.yes.disabled:
            return
        self.yes.disabled = True
        try:
            stage = await self.app.stories_desk.approve(self.story, self.looked)
        except BadInput as error:
            self.error.value, self.error.visible = field_text(error), True
            return
        finally:
            self.yes.disabled = False
        said = {
            Stage.PLACED: _("Het verhaal is geplaatst."),
            Stage.PLACING: _("Het wordt geplaatst zodra er verbinding is."),
        }
        self.say(said.get(stage, _("Genoteerd. Nu is een andere coördinator aan de beurt.")))
        self.refresh()

    def _sending_back(self) -> list[ft.Control]:
        self.reply = GuardedField(
            _("Of stuur het terug, met een woord"),
            self.shell.replies.get(self.story, ""),
            self._type,
            self.safe,
            min_lines=2,
            max_lines=8,
        )
        return [self.reply, side_button(_("Stuur terug"), self.safe(self._send_back), ft.Icons.REPLY)]

    async def _type(self, words: str) -> None:
        self.shell.replies[self.story] = words

    async def _send_back(self, e) -> None:
        try:
            await self.app.stories_desk.send_back(self.story, self.reply.value)
        except BadInput as error:
            self.reply.error = field_text(error)
            return
        self.shell.replies.pop(self.story, None)
        self.say(_("Teruggestuurd. De schrijver leest je woord."))
        self.shell.go(HOME)

    async def _away(self) -> None:
        await self.app.stories_desk.take_away(self.story)
        self.say(_("Het verhaal is weggehaald."))
        self.shell.go(HOME)

    # -- placed -------------------------------------------------------------------------------------------

    def _placed(self, item: Item) -> list[ft.Control]:
        return share_row(self, item.story.form.title, item.story.form.text, item.link)
