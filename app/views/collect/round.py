"""One round as whoever walks it sees it: take a walk, go on with it, hand it back, and come back for who was not home."""

import flet as ft

from app.services.language import _
from app.services.models import Role
from app.services.rounds.left import again
from app.services.rounds.models import Holding, RoundLook, Standing, WalkLook
from app.views.cards import Cards
from app.views.collect.rounds import about, head
from app.views.collect.words import again_text, done_text, holding_text, ring
from app.views.common.sync_card import sync_card
from app.views.coordinate.people import qr_picture
from app.views.parts import (
    card,
    copyable,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen


class RoundScreen(Screen):
    """The walks of one round."""

    def __init__(self, shell, name: bytes) -> None:
        super().__init__(shell)
        self.name, self.linked = name, False

    @property
    def back(self) -> str:
        return "/" if self.app.role is Role.COLLECTOR else "/rondes"

    def build(self) -> ft.Control:
        self.cards = Cards(self._walk, lambda pair: (pair, self.app.today()))
        self.head, self.walks, self.ways, self.sync = stack(), stack(spacing=12), stack(), stack()
        self.refresh()
        return page_body(self.head, self.walks, self.ways, self.sync)

    def refresh(self) -> None:
        self.sync.controls = [sync_card(self.app.sync_status())]
        standing = self.app.rounds.standing(self.name)
        if standing is not Standing.ON:
            self.head.controls = [title(_("Ronde")), notice(standing_text(standing))]
            self.walks.controls = self.ways.controls = []
            return
        look, today = self.app.rounds.round(self.name), self.app.today()
        self.head.controls = [head(look), *about(look, today), text(done_text(look.progress), soft=True)]
        self.walks.controls = [title(_("Loopjes"), 2), *self.cards.of(self._pairs(look))]
        self.ways.controls = [] if look.closed else self._more()

    def _pairs(self, look: RoundLook) -> list[tuple[WalkLook, str]]:
        """Each walk, mine first, with what is to be done again there."""
        if look.closed:
            return [(walk, "") for walk in look.walks]
        pairs = []
        for walk in look.walks:
            count, fits = again(self.app.rounds.doors(walk.id), look.rule)
            pairs.append((walk, again_text(count, fits) if count else ""))
        return sorted(pairs, key=lambda pair: pair[0].holding is not Holding.MINE)

    # -- one walk ------------------------------------------------------------------------------------------------

    def _walk(self, pair: tuple[WalkLook, str]) -> ft.Control:
        walk, later = pair
        words = ft.Column(
            [text(walk.name, size=19, weight=ft.FontWeight.W_600), text(done_text(walk.progress), soft=True)],
            spacing=2,
            expand=True,
        )
        rows: list[ft.Control] = [ft.Row([ring(walk.progress), words], spacing=12)]
        if later:
            rows.append(notice(later, ft.Icons.EVENT_REPEAT))
        if walk.holding is Holding.MINE:
            left = self.app.rounds.next_door(walk.id) is not None
            words_on = _("Verder lopen") if left else _("Bekijk dit loopje")
            on = main_button(words_on, self.go(f"/loop/{walk.id.hex()}"), ft.Icons.DIRECTIONS_WALK)
            back = quiet_button(_("Geef terug"), self.safe(lambda e: self._hand_back(walk.id)), ft.Icons.UNDO)
            rows += [on, back]
        elif walk.holding is Holding.FREE:
            take = side_button(_("Ik loop deze"), self.safe(lambda e: self._take(walk.id)), ft.Icons.DIRECTIONS_WALK)
            rows.append(take)
        else:
            rows.append(notice(holding_text(walk, self.app.today()), ft.Icons.DIRECTIONS_WALK))
            beside = quiet_button(_("Ik loop mee"), self.safe(lambda e: self._take(walk.id)), ft.Icons.GROUP_OUTLINED)
            rows.append(beside)
        rows.append(walk_looks(self, walk))
        return card(*rows, accent=walk.holding is Holding.MINE)

    async def _take(self, walk: bytes) -> None:
        await self.app.rounds.take(walk)
        self.shell.go(f"/loop/{walk.hex()}")

    async def _hand_back(self, walk: bytes) -> None:
        await self.app.rounds.hand_back(walk)
        self.say(_("Teruggegeven. Iemand anders kan dit loopje nu nemen."))
        self.refresh()

    # -- other ways ----------------------------------------------------------------------------------------------

    def _more(self) -> list[ft.Control]:
        rows: list[ft.Control] = [
            title(_("Samen lopen"), 2),
            text(_("Geen bereik? Geef elkaar je deuren door met QR-codes, van telefoon naar telefoon."), soft=True),
            side_button(_("Wissel uit met een ander"), self.go(f"/ruil/{self.name.hex()}"), ft.Icons.QR_CODE_2),
        ]
        if self.linked:
            link = self.app.rounds.link(self.name)
            rows += [
                text(_("Alleen wie meeloopt met deze ronde, kan hem openen.")),
                ft.Row(
                    [qr_picture(link.qr, _("QR-code met de link van deze ronde"))],
                    alignment=ft.MainAxisAlignment.CENTER,
                ),
                copyable(link.url),
            ]
        else:
            rows.append(quiet_button(_("Link van deze ronde"), self.safe(self._link), ft.Icons.LINK))
        return rows

    def _link(self, e: ft.ControlEvent) -> None:
        self.linked = True
        self.refresh()


def walk_looks(screen: Screen, walk: WalkLook) -> ft.Control:
    """The picture of a walk, and the walk on paper."""
    where = walk.id.hex()
    picture = quiet_button(_("Straatbeeld"), screen.go(f"/straat/{where}"), ft.Icons.GRID_VIEW)
    paper = quiet_button(_("Op papier"), screen.go(f"/papier/{where}"), ft.Icons.PRINT_OUTLINED)
    return ft.Row([picture, paper], wrap=True, spacing=4, run_spacing=0)


def standing_text(standing: Standing) -> str:
    """Why a round can't be seen here."""
    return {
        Standing.ON: "",
        Standing.COMING: _("Deze ronde komt eraan. Zodra je telefoon de server hoort, staat hij hier."),
        Standing.OVER: _("Deze ronde is voorbij. Dank je wel voor het lopen."),
        Standing.NOT_ON: _("Je staat niet bij deze ronde. Vraag de coördinator of je mee mag lopen."),
        Standing.UNKNOWN: _("Deze ronde kennen we hier niet (meer)."),
    }[standing]
