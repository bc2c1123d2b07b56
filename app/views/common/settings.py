"""Settings: language, lock, storage, what is not yet sent, another device, what is kept aside."""

import flet as ft

from app import VERSION
from app.services.language import LANGUAGES, _, chosen, counted, number_text
from app.services.ports import Room
from app.services.wording import sentence_of, withheld
from app.views.common.display import display_parts
from app.views.common.invited import role_text
from app.views.common.sync_card import sync_card
from app.views.parts import card, page_body, pick, side_button, stack, text, title
from app.views.screen import Screen


class SettingsScreen(Screen):
    """Everything one seldom needs."""

    back = "/meer"

    def build(self) -> ft.Control:
        who = _("Je bent {name}, {role}.").format(name=self.app.my_name or "…", role=role_text(self.app.role))
        self.languages = ft.Column([self._languages()])
        self.sync, self.room, self.aside = stack(), stack(), stack()
        self.refresh()
        return page_body(
            title(_("Instellingen")),
            text(who),
            title(_("Taal"), 2),
            self.languages,
            *display_parts(self),
            title(_("Nog niet verstuurd"), 2),
            self.sync,
            side_button(_("Verstuur nu"), self.safe(self._sync_now), ft.Icons.SYNC),
            side_button(_("Bewaar wat nog niet verstuurd is"), self.safe(self._save_unsent), ft.Icons.DOWNLOAD),
            side_button(_("Breng een bewaard bestand binnen"), self.safe(self._bring_in), ft.Icons.UPLOAD_FILE),
            title(_("Dit apparaat"), 2),
            text(_("Jouw woorden: {words}").format(words=" ".join(self.app.trust.my_words()))),
            text(_("Vraagt je coördinator ernaar? Lees ze voor. Zo weet die zeker dat jij het bent."), soft=True),
            side_button(_("Vergrendel nu"), self.safe(lambda e: self.app.lock()), ft.Icons.LOCK_OUTLINE),
            side_button(_("Slot, passkey en wissen"), self.go("/slot"), ft.Icons.LOCK_CLOCK_OUTLINED),
            side_button(_("Nog een apparaat van mij"), self.go("/apparaat"), ft.Icons.DEVICES),
            title(_("Opslag"), 2),
            self.room,
            title(_("Apart gezet"), 2),
            self.aside,
            title(_("Over Straatcontact"), 2),
            text(
                _(
                    "Voor wie nieuwe buren welkom heet. Je notities zijn versleuteld: ook wie de server beheert, kan ze niet lezen."
                )
            ),
            text(_("Versie {version}").format(version=VERSION), soft=True),
        )

    def refresh(self) -> None:
        self.sync.controls = [sync_card(self.app.sync_status())]
        self.aside.controls = self._aside()

    async def opened(self) -> None:
        """The browser is asked how much room there is; until then nothing is said of it."""
        said = room_text(await self.app.mine.room())
        if self.shell.screen is self:
            self.room.controls = [text(line) for line in said]
            self.page.update()

    def _languages(self) -> ft.Control:
        return pick(list(LANGUAGES.items()), lambda code: code == chosen(), self.safe(self._choose))

    async def _choose(self, code: str) -> None:
        await self.shell.speak(code)

    async def _sync_now(self, e) -> None:
        await self.app.sync_once()
        self.refresh()
        self.say(_("Alles is verstuurd."))

    async def _save_unsent(self, e) -> None:
        data = await self.app.save_unsent_file()
        await ft.FilePicker().save_file(file_name="straatcontact-niet-verstuurd.bin", src_bytes=data)
        self.say(_("Het bestand is verzegeld: alleen je team kan het lezen."))

    async def _bring_in(self, e) -> None:
        for file in await ft.FilePicker().pick_files(with_data=True) or []:
            new = await self.app.trust.bring_in(file.bytes or b"")
            came = counted("{n} bericht is binnengebracht.", "{n} berichten zijn binnengebracht.", new)
            self.say(came if new else _("Hier zat niets nieuws in."))

    def _aside(self) -> list[ft.Control]:
        items = self.app.aside()
        missing = self.app.sync_status().withheld
        if missing:
            return [text(withheld(missing)), *self._each_aside(items)]
        if not items:
            return [text(_("Niets. Alles wat binnenkwam, was te lezen."), soft=True)]
        return self._each_aside(items)

    def _each_aside(self, items) -> list[ft.Control]:
        return [card(text(sentence_of(i.reason)), text(i.by or _("afzender onbekend"), soft=True)) for i in items]


def room_text(room: Room) -> list[str]:
    """How much is used, how much is left, and whether the browser keeps it."""
    if room.used is None or room.all is None:
        said = [_("Deze browser zegt niet hoeveel ruimte er is.")]
    else:
        free = max(0, room.all - room.used)
        said = [_("In gebruik: {used}. Vrij: {free}.").format(used=_size(room.used), free=_size(free))]
    if room.kept is True:
        said.append(_("De browser bewaart dit, ook als het apparaat vol raakt."))
    elif room.kept is False:
        said.append(_("De browser kan dit wissen als het apparaat vol raakt. Verstuur daarom op tijd."))
    return said


def _size(count: int) -> str:
    """In MB, or GB from a thousand of those; never more precise than it is."""
    if count < 1_000_000:
        return _("minder dan 1 MB")
    if count < 1_000_000_000:
        return f"{number_text(round(count / 1_000_000))} MB"
    return f"{number_text(round(count / 1_000_000_000))} GB"
