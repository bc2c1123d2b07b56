"""Settings: language, lock, another device, what is kept aside, what is not yet sent."""

import flet as ft

from app import VERSION
from app.services.language import LANGUAGES, _, chosen, counted
from app.services.wording import sentence_of, withheld
from app.views.common.invited import role_text
from app.views.parts import card, page_body, pick, side_button, text, title
from app.views.screen import Screen

LANGUAGE = "straat.language"


class SettingsScreen(Screen):
    """Everything one seldom needs."""

    def build(self) -> ft.Control:
        who = _("Je bent {name}, {role}.").format(name=self.app.my_name or "…", role=role_text(self.app.role))
        self.languages = ft.Column([self._languages()])
        return page_body(
            title(_("Instellingen")),
            text(who),
            title(_("Taal"), 2),
            self.languages,
            title(_("Dit apparaat"), 2),
            text(_("Jouw woorden: {words}").format(words=" ".join(self.app.trust.my_words()))),
            text(_("Vraagt je coördinator ernaar? Lees ze voor. Zo weet die zeker dat jij het bent."), soft=True),
            side_button(_("Vergrendel nu"), self.safe(lambda e: self.app.lock()), ft.Icons.LOCK_OUTLINE),
            side_button(_("Slot, passkey en wissen"), self.go("/slot"), ft.Icons.LOCK_CLOCK_OUTLINED),
            side_button(_("Nog een apparaat van mij"), self.go("/apparaat"), ft.Icons.DEVICES),
            side_button(_("Bewaar wat nog niet verstuurd is"), self.safe(self._save_unsent), ft.Icons.DOWNLOAD),
            side_button(_("Breng een bewaard bestand binnen"), self.safe(self._bring_in), ft.Icons.UPLOAD_FILE),
            title(_("Apart gezet"), 2),
            *self._aside(),
            title(_("Over Straatcontact"), 2),
            text(
                _(
                    "Voor wie nieuwe buren welkom heet. Je notities zijn versleuteld: ook wie de server beheert, kan ze niet lezen."
                )
            ),
            text(_("Versie {version}").format(version=VERSION), soft=True),
        )

    def _languages(self) -> ft.Control:
        return pick(list(LANGUAGES.items()), lambda code: code == chosen(), self.safe(self._choose))

    async def _choose(self, code: str) -> None:
        await self.shell.speak(code)

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
