"""What was erased, and which devices have said that they have it no more."""

from contextlib import suppress

import flet as ft

from app.services.language import _, counted, day_text
from app.services.law.receipts import Erasing, Holder
from app.views.coordinate.law_words import kind_text
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen
from sync.core.errors import StraatError

PAGE = 25


class ErasedScreen(Screen):
    """One card for each; it opens to the list of devices. `request`: only what was erased for that."""

    back = "/recht"

    def __init__(self, shell, request: bytes = b"") -> None:
        super().__init__(shell)
        self.request = request

    def build(self) -> ft.Control:
        self.list = stack(spacing=12)
        self.erasings: list[Erasing] = []
        self._open: set[bytes] = set()
        self._limit = PAGE
        return page_body(
            title(_("Wat is gewist")),
            text(
                _(
                    "Elk apparaat dat het had, wist het bij zijn eerste contact en stuurt daar een ontvangst van, met zijn handtekening."
                )
            ),
            text(
                _(
                    "Een ontvangst zegt wat de app op dat apparaat deed. Wie eerder iets overschreef of een oneerlijk apparaat heeft, is zo niet te vinden."
                ),
                soft=True,
            ),
            self.list,
        )

    async def opened(self) -> None:
        await self._load()
        with suppress(StraatError):  # offline: then it is not known when they were last there
            await self.app.trust.refresh()
            self._draw()
            self.page.update()

    def refresh(self) -> None:
        self.page.run_task(self.safe(self._follow), None)

    async def _follow(self, e) -> None:
        await self._load()

    async def _load(self) -> None:
        asked = self.app.law.requests.one(self.request) if self.request else None
        found = await self.app.law.receipts.erasings(asked.erased if asked else None)
        if found != self.erasings or not self.list.controls:
            self.erasings = found
            self._draw()
            self.page.update()

    def _draw(self) -> None:
        parts = [self._card(e) for e in self.erasings[: self._limit]]
        if len(self.erasings) > self._limit:
            parts.append(side_button(_("Toon meer"), self.safe(self._more), ft.Icons.EXPAND_MORE))
        self.list.controls = parts or [text(_("Er is niets gewist."), soft=True)]

    def _more(self, e) -> None:
        self._limit += PAGE
        self._draw()

    def _card(self, e: Erasing) -> ft.Control:
        day = day_text(e.day, self.app.today())
        head = text(f"{kind_text(e.kind)} · {day} · {e.by or _('onbekend')}", weight=ft.FontWeight.W_600, size=18)
        rows: list[ft.Control] = [head, self._sum(e)]
        if e.record in self._open:
            rows += [self._holder(h, e) for h in e.holders]
            rows.append(quiet_button(_("Minder"), self.safe(lambda ev: self._toggle(e.record)), ft.Icons.EXPAND_LESS))
        else:
            rows.append(
                quiet_button(_("Welke apparaten?"), self.safe(lambda ev: self._toggle(e.record)), ft.Icons.EXPAND_MORE)
            )
        return card(*rows)

    def _sum(self, e: Erasing) -> ft.Control:
        if not e.to_come:
            said = counted("Klaar: {n} apparaat is het kwijt.", "Klaar: {n} apparaten zijn het kwijt.", len(e.done))
            return notice(said, ft.Icons.CHECK_CIRCLE_OUTLINED)
        said = counted("{n} apparaat moet nog.", "{n} apparaten moeten nog.", len(e.to_come))
        return notice(said, ft.Icons.SCHEDULE)

    def _toggle(self, record: bytes) -> None:
        self._open ^= {record}
        self._draw()

    def _holder(self, h: Holder, e: Erasing) -> ft.Control:
        name = _("Dit apparaat") if h.mine else _("Apparaat van {name}").format(name=h.by or _("onbekend"))
        today = self.app.today()
        if h.receipt:
            return notice(_("{name}: weg op {day}.").format(name=name, day=day_text(h.receipt, today)), ft.Icons.CHECK)
        if h.left:
            return notice(
                _("{name}: is afgemeld, en toen gevraagd alles te wissen.").format(name=name), ft.Icons.PHONELINK_ERASE
            )
        seen = self._seen().get(h.device)
        if seen is None:
            return notice(_("{name}: nog niet.").format(name=name), ft.Icons.SCHEDULE)
        if seen > e.day:
            words = _(
                "{name}: nog geen ontvangst, wel contact op {day}. Het had dit niet, of heeft nog een oude versie."
            )
        else:
            words = _("{name}: nog niet. Laatste contact: {day}.")
        return notice(words.format(name=name, day=day_text(seen, today)), ft.Icons.SCHEDULE)

    def _seen(self) -> dict:
        return {d.id: d.seen for person in self.app.trust.people() for d in person.devices if d.seen}
