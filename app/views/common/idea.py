"""An idea for the neighbourhood, by one's own mail, to the person in the gemeente who takes them."""

import flet as ft

from app.services import ideas
from app.services.ideas import MAX_IDEA, Contact
from app.services.language import _
from app.services.wording import field_text
from app.views.common.guarded_field import GuardedField
from app.views.parts import card, copyable, main_button, notice, page_body, pick, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import BadInput


class IdeaScreen(Screen):
    """Nothing typed here is stored or sent by the app."""

    back = "/meer"
    filled_in = shuts_out_updates = True

    def build(self) -> ft.Control:
        self.contacts = ideas.contacts(self.app.directory.lines())
        area = self.shell.typed.get("idea for", "")
        self.chosen: Contact | None = next((c for c in self.contacts if c.area == area), None)
        self.choice, self.ways = stack(), stack()
        self.idea = GuardedField(_("Je idee"), self.shell.typed.get("idea", ""), self._typed, self.safe, max=MAX_IDEA)
        self._draw()
        return page_body(
            title(_("Een idee voor de buurt")),
            text(_("Een bankje, een maaltijd samen, een plek voor een praatje: elk idee is welkom. Ook van bewoners.")),
            notice(_("De app bewaart en verstuurt niets. Je mailt het zelf, met je eigen mail.")),
            title(_("Welke gemeente?"), 2),
            self.choice,
            self.idea,
            self.ways,
        )

    async def _typed(self, words: str) -> None:
        self.shell.typed["idea"] = words
        self.idea.error = ""

    def _draw(self) -> None:
        options = [(c, c.area) for c in self.contacts]
        self.choice.controls = [pick(options, lambda c: c == self.chosen, self.safe(self._choose))]
        if not options:
            self.choice.controls = [text(_("Er staat nog geen contactpersoon in de lijst. Vraag je coördinator."))]
        if self.chosen:
            to = card(
                text(self.chosen.name, weight=ft.FontWeight.W_600),
                copyable(self.chosen.email, soft=True),
            )
            self.choice.controls.append(to)
        self.ways.controls = [
            main_button(_("Open mijn mail"), self.safe(self._mail), ft.Icons.MAIL_OUTLINE),
            side_button(_("Kopieer de tekst"), self.safe(self._copy), ft.Icons.COPY),
        ]

    def _choose(self, contact: Contact) -> None:
        self.chosen = contact
        self.shell.typed["idea for"] = contact.area
        self._draw()

    def _checked(self) -> str | None:
        try:
            return ideas.check(self.idea.value)
        except BadInput as error:
            self.idea.error = field_text(error)
            return None

    async def _mail(self, e) -> None:
        words = self._checked()
        if words is None:
            return
        if self.chosen is None:
            self.say(_("Kies eerst je gemeente."))
            return
        link = ideas.mailto(self.chosen.email, _("Een idee voor de buurt"), words)
        if link:
            await ft.UrlLauncher().launch_url(link)
            self.say(_("Opent je mail niet? Kopieer de tekst en mail hem zelf."))
        else:
            await self._put_on_clipboard(words)
            self.say(_("Dit is te lang voor een maillink. De tekst is gekopieerd: plak hem in je mail."))

    async def _copy(self, e) -> None:
        words = self._checked()
        if words is not None:
            await self._put_on_clipboard(words)
            self.say(_("Gekopieerd. Plak het in je mail."))

    async def _put_on_clipboard(self, words: str) -> None:
        await ft.Clipboard().set(words)
