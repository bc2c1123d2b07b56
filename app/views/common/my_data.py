"""My data: what this device holds of me, to look at and to take along."""

import flet as ft

from app.services.cards import DRAFT
from app.services.language import _, chosen, counted
from app.services.my_data import Mine, Section
from app.services.my_page import Words, page
from app.views.common.invited import role_text
from app.views.common.my_words import heading, lines
from app.views.coordinate.asking import Ask
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen

PAGE = 25
_OURS = "straat."  # the choices that the screens keep on this device begin so


class MyDataScreen(Screen):
    """Counts first; each opens to a list that can be read."""

    back = "/meer"

    def build(self) -> ft.Control:
        self.mine = self.app.mine.all()
        self._open: dict[str, int] = {}  # table → how many of its rows are shown
        self.list = stack(spacing=12)
        self._draw()
        return page_body(
            title(_("Mijn gegevens")),
            text(_("Dit staat op dit apparaat over jou, of is door jou gemaakt.")),
            card(*self._me(self.mine)),
            self.list,
            title(_("Alleen op dit apparaat"), 2),
            card(*(text(f"{name}: {said}") for name, said in self._local())),
            title(_("Meenemen"), 2),
            notice(
                _("Het bestand is niet versleuteld. Bewaar het zoals je brieven bewaart, en mail het niet."),
                ft.Icons.WARNING_AMBER,
                alarm=True,
            ),
            side_button(_("Bewaar om te lezen (HTML)"), self.safe(self._save_page), ft.Icons.DESCRIPTION_OUTLINED),
            side_button(_("Bewaar voor een ander programma (JSON)"), self.safe(self._save_json), ft.Icons.DATA_OBJECT),
            title(_("Stoppen"), 2),
            side_button(_("Ik stop met Straatcontact"), self.go("/stoppen"), ft.Icons.LOGOUT),
        )

    def _me(self, mine: Mine) -> list[ft.Control]:
        name = text(mine.name or "…", size=18, weight=ft.FontWeight.W_600)
        return [name, text(role_text(self.app.role)), *self._devices()]

    def _devices(self) -> list[ft.Control]:
        """Mine, with the way to sign another one off: a phone that was lost, or handed on."""
        parts: list[ft.Control] = []
        for device in (d for p in self.app.trust.people() if p.me for d in p.devices):
            said = _("Dit apparaat: {words}") if device.me else _("Ander apparaat: {words}")
            parts.append(text(said.format(words=" ".join(device.words)), soft=True))
            if not device.me:
                parts.append(self._sign_off(device.id))
        return parts

    def _sign_off(self, device: bytes) -> ft.Control:
        async def act() -> None:
            await self.app.trust.revoke_device(device)
            self.say(_("Dat apparaat is afgemeld."))
            self.shell.show()

        what = [_("Het levert in wat nog niet verstuurd was, en wist zichzelf. Daarna leest het niets meer.")]
        return Ask(self, _("Meld dit andere apparaat af"), ft.Icons.PHONELINK_ERASE, what, _("Ja, meld het af"), act)

    # -- the list --------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self.list.controls = [self._section(s) for s in self.mine.sections if s.rows]

    def _section(self, section: Section) -> ft.Control:
        """Closed, the whole card opens it; open, its rows."""
        shown = self._open.get(section.table, 0)
        said = heading(section.table, len(section.rows))
        more = self.safe(lambda e: self._more(section.table))
        if not shown:
            words = ft.Container(text(said, size=18, weight=ft.FontWeight.W_600), expand=True)
            return card(ft.Row([words, ft.Icon(ft.Icons.EXPAND_MORE)]), on_click=more)
        parts: list[ft.Control] = [title(said, 2)]
        for row in section.rows[:shown]:
            told = [text(f"{name}: {value}") for name, value in lines(section.table, row)]
            parts += [ft.Divider(height=8), ft.Column(told, spacing=2)]
        if shown < len(section.rows):
            parts.append(quiet_button(_("Toon meer"), more, ft.Icons.EXPAND_MORE))
        return card(*parts)

    def _more(self, table: str) -> None:
        self._open[table] = self._open.get(table, 0) + PAGE
        self._draw()

    def _local(self) -> list[tuple[str, str]]:
        drafts = len([key for key in self.mine.local["drafts"] if key != DRAFT])
        choices = self.app.safety.choices
        hidden = choices.hidden_seconds
        return [
            (_("Half getypt"), counted("{n} formulier", "{n} formulieren", drafts)),
            (_("Nog niet verstuurd"), counted("{n} notitie", "{n} notities", self.mine.unsent)),
            (_("Slot als je niets doet"), counted("na {n} minuut", "na {n} minuten", choices.quiet_minutes)),
            (
                _("Slot als de app uit beeld is"),
                _("nooit") if hidden is None else counted("na {n} seconde", "na {n} seconden", hidden),
            ),
        ]

    # -- taking along ----------------------------------------------------------------------------------------

    async def _settings(self) -> dict[str, str]:
        """The choices that the screens keep on this device."""
        kept = ft.SharedPreferences()
        names = [n for n in await kept.get_keys(_OURS) or [] if n.startswith(_OURS)]
        return {name: str(await kept.get(name)) for name in names}

    async def _save_json(self, e) -> None:
        data = self.app.mine.to_json(await self._settings())
        await self._save("straatcontact-mijn-gegevens.json", data)

    async def _save_page(self, e) -> None:
        mine = self.app.mine.all()
        words = Words(
            language=chosen(),
            title=_("Mijn gegevens in Straatcontact"),
            intro=[
                f"{mine.name}, {role_text(self.app.role)}",
                _("Dit bestand is niet versleuteld. Bewaar het zoals je brieven bewaart."),
            ],
            heading=heading,
            lines=lines,
            local=[*self._local(), *(await self._settings()).items()],
            local_title=_("Alleen op dit apparaat"),
        )
        await self._save("straatcontact-mijn-gegevens.html", page(mine, words))

    async def _save(self, name: str, data: bytes) -> None:
        await ft.FilePicker().save_file(file_name=name, src_bytes=data)
        self.say(_("Bewaard. Let op: iedereen die het bestand opent, kan het lezen."))
