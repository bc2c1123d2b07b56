"""My rounds: what each is for, until when, how far it is, and its walks. A collector's first screen."""

from datetime import date

import flet as ft

from app.services.language import _, counted, day_text
from app.services.models import Role
from app.services.rounds.models import Ended as EndedRound
from app.services.rounds.models import Holding, Purpose, RoundLook
from app.views.cards import Cards
from app.views.collect.words import begins_text, charity_text, counts_text, done_text, period_text, purposes, ring
from app.views.common.notices import Notices
from app.views.common.sync_card import sync_card
from app.views.coordinate.round_list import desk_ways
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen


class RoundsScreen(Screen):
    """All rounds that I am on."""

    @property
    def back(self) -> str:
        return "" if self.app.role is Role.COLLECTOR else "/meer"

    def build(self) -> ft.Control:
        self.cards = Cards(lambda r: round_card(self, r), lambda r: (r, self.app.today()))
        self.list, self.sync, self.over = stack(spacing=12), stack(), stack()
        self.notices = Notices(self)
        self.refresh()
        collects = self.app.role is Role.COLLECTOR
        return page_body(
            title(_("Hoi {name}").format(name=self.app.my_name) if collects else _("Rondes")),
            *([self.notices] if collects else []),
            self.over,
            *desk_ways(self),
            self.list,
            self.sync,
        )

    def refresh(self) -> None:
        self.notices.follow()
        self.sync.controls = [sync_card(self.app.sync_status())]
        rounds = self.app.rounds.rounds()
        shown = self.cards.of(rounds) if rounds else [_none(self.app.role)]
        over = sum(look.closed for look in rounds)  # they come last
        if over:
            shown.insert(len(rounds) - over, title(_("Gesloten rondes"), 2))
        self.list.controls = shown

    async def opened(self) -> None:
        """What a round came to that I walked and that is over is told until it has been read."""
        ended = await self.app.rounds.ended()
        if ended and self.shell.screen is self:
            self.over.controls = [*map(_ended, ended), quiet_button(_("Gelezen"), self.safe(self._read))]
            self.page.update()

    async def _read(self, e: ft.ControlEvent) -> None:
        await self.app.rounds.forget_ended()
        self.over.controls = []


def _none(role: Role) -> ft.Control:
    words = _("Er is nu geen ronde voor je. Zodra de coördinator er een maakt, staat die hier.")
    if role is Role.COORDINATOR:
        words = _("Er is nog geen ronde. Maak er een, dan kan je team langs de deuren.")
    return notice(words, ft.Icons.WB_SUNNY_OUTLINED)


def _ended(ended: EndedRound) -> ft.Control:
    """With thanks: counts of all who walked together, and what became of one's own last doors."""
    thanks = _("De ronde {name} is klaar. Dank je wel voor het lopen!").format(name=ended.name)
    rows: list[ft.Control] = [notice(thanks, ft.Icons.FAVORITE_BORDER)]
    if ended.found.done:
        words = _("Samen: {done}.").format(done=done_text(ended.found))
        rows += [text(words), *(text(f"– {line}") for line in counts_text(ended.found))]
    if ended.counted.doors:
        words = _("Jouw laatste deuren kwamen na het sluiten binnen. Ze tellen mee: {counts}.")
        rows.append(notice(words.format(counts=", ".join(counts_text(ended.counted))), ft.Icons.TASK_ALT))
    if ended.lost.doors:
        words = _("Dit nam de server niet aan, het telt niet mee: {counts}. Vertel het je coördinator.")
        told = ", ".join(counts_text(ended.lost))
        rows.append(notice(words.format(counts=told), ft.Icons.CLOUD_OFF_OUTLINED, alarm=True))
    return card(*rows)


def round_card(screen: Screen, look: RoundLook) -> ft.Control:
    """A round in a list; the card opens it."""
    today = screen.app.today()
    words = ft.Column(
        [
            text(look.name, size=19, weight=ft.FontWeight.W_600),
            text(purposes()[look.purpose], soft=True),
            text(period_text(look, today), soft=True, size=15),
        ],
        spacing=2,
        expand=True,
    )
    top = ft.Row([ring(look.progress), words], spacing=16, vertical_alignment=ft.CrossAxisAlignment.START)
    return card(top, *_state(look, today), on_click=screen.go(f"/ronde/{look.id.hex()}"))


def _state(look: RoundLook, today: date) -> list[ft.Control]:
    if look.closed:
        return [text(_("Gesloten"), soft=True)]
    lines = [done_text(look.progress)]
    if look.first > today:
        lines.append(_("Begint op {day}.").format(day=day_text(look.first, today)))
    elif look.last < today:
        lines.append(_("De laatste dag is voorbij."))
    mine = [walk.name for walk in look.walks if walk.holding is Holding.MINE]
    free = sum(walk.holding is Holding.FREE for walk in look.walks)
    if mine:
        lines.append(_("Jij loopt: {walks}").format(walks="; ".join(mine)))
    else:
        lines.append(counted("{n} loopje vrij", "{n} loopjes vrij", free))
    return [text(line) for line in lines]


def rounds_ways(screen: Screen) -> list[ft.Control]:
    """For whoever has another first screen: a way to each open round that they are on, and to what one came to."""
    today, ways = screen.app.today(), list[ft.Control]()
    for look in screen.app.rounds.rounds():
        if look.closed:
            continue
        words = _("Ronde: {name}").format(name=look.name)
        if look.first > today:
            words = _("Ronde: {name}, vanaf {day}").format(name=look.name, day=day_text(look.first, today))
        ways.append(side_button(words, screen.go(f"/ronde/{look.id.hex()}"), ft.Icons.DIRECTIONS_WALK))
    if screen.app.rounds.any_ended:
        ways.append(side_button(_("Een ronde is klaar"), screen.go("/rondes"), ft.Icons.FAVORITE_BORDER))
    return ways


def head(look: RoundLook) -> ft.Control:
    """How far a round is, and its name: smaller where a word of it is too long for a phone with large text."""
    longest = max(map(len, look.name.split()), default=0)
    name = title(look.name, size=max(18, min(28, 28 * 9 // max(1, longest))))
    return ft.Row([ring(look.progress), ft.Container(name, expand=True)], spacing=16)


def about(look: RoundLook, today: date) -> list[ft.Control]:
    """What a round is for, until when, and whose the money is."""
    rows: list[ft.Control] = [text(purposes()[look.purpose]), text(period_text(look, today), soft=True)]
    if look.first > today and not look.closed:
        rows.append(notice(begins_text(look.first, today), ft.Icons.EVENT))
    if look.purpose is Purpose.COLLECTION:
        rows.append(notice(charity_text(), ft.Icons.SAVINGS_OUTLINED))
    return rows
