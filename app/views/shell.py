"""The shell: which screen is on show, the ways between them, and what follows changes of the app."""

import logging
from collections.abc import Callable

import flet as ft

from app.services.carer import ROUTE as CARER
from app.services.face import AppFace
from app.services.inviting import ROUTE
from app.services.language import _
from app.services.models import Role, Stage
from app.services.rounds.rounds import ROUTE as ROUND
from app.services.wording import sentence
from app.views import theme
from app.views.bars import SIDE, Counts, Group, Place, bottom_bar, side_bar, top_bar
from app.views.collect.just_done import Done
from app.views.common.scale import LARGE, Scale
from app.views.coordinate import desk
from app.views.dress import Dress
from app.views.guard import guarded, say
from app.views.parts import icon_button, quiet_button, stack, text
from app.views.routes import place_of, places, screen_at
from app.views.screen import Screen
from app.views.theme import TOUCH
from sync.core.errors import StraatError

logger = logging.getLogger("straatcontact")


class Shell:
    """One page's screens."""

    def __init__(self, page: ft.Page, app: AppFace) -> None:
        self.page, self.app = page, app
        self.dress = Dress(page, app)
        first = page.route or "/"
        self.route = first if first.startswith((f"/{CARER}/", f"/{ROUND}/")) else "/"
        self.invitation = first  # the link that was last tried
        self.replies: dict[bytes, str] = {}  # half-typed words to contact persons, by visit
        self.typed: dict[str, str] = {}  # half-typed texts that no draft keeps, by screen; gone when it locks
        self.last_doors: dict[bytes, Done] = {}  # what was tapped last on each walk; gone when it locks
        self.asked_for = ""  # the care worker's page that brought somebody here who is not in
        self.screen: Screen | None = None
        self._name: ft.Text | None = None
        self._counts = Counts()
        self._stage = app.stage
        self._was_wide = False
        self._scale = 1.0  # how large the text was when it was last measured

    @property
    def wide(self) -> bool:
        """Whether there is room for two panes and a side bar."""
        return (self.page.width or 0) >= theme.WIDE

    @property
    def inside(self) -> bool:
        """Whether somebody is in."""
        return self.app.stage is Stage.OPEN

    async def start(self) -> None:
        """Dress the page, choose the language, and follow the app from now on."""
        await self.dress.put_on()
        self.page.on_route_change = self.safe(self._route_changed)
        self.page.on_resize = self.safe(self._resized)
        self.app.subscribe(self._changed)
        self.show()

    async def speak(self, code: str) -> None:
        """Another language from now on, also after a restart."""
        self.dress.speak(code)
        self.show()
        await self.dress.keep()

    def escape(self) -> None:
        """The Escape key is the way back; where a dialog is open it only closes that."""
        if self.screen and self.screen.back and not self._asking():
            self.go(self.screen.back)

    def _asking(self) -> bool:
        """Whether a dialog waits for an answer; what is only said at the foot of the screen waits for none."""
        dialogs = self.page._dialogs.controls
        return any(getattr(d, "open", False) and not isinstance(d, ft.SnackBar) for d in dialogs)

    async def key(self, letter: str) -> None:
        """A letter typed where nobody types: some screens do something with it."""
        handler = getattr(self.screen, "key", None)
        if handler and self.inside and not self._asking() and self.app.reviews.keys_on:
            await handler(letter)
            self.page.update()  # it comes from the page, and is no event of Flet's, after which all is drawn by itself

    def safe(self, handler: Callable) -> Callable:
        """A handler of something that a person does: its errors are told, and the lock waits."""
        return guarded(self.page, handler, self.app.touch)

    # -- ways ------------------------------------------------------------------------------------------------

    def go(self, route: str) -> None:
        """Open another screen; the browser's back button comes back."""
        if route == "/" and self.asked_for and not self.inside:
            route = self.asked_for
        self.route = route
        self.show()
        self.page.run_task(self.page.push_route, route)

    def welcome(self) -> None:
        """Leave an invitation that does not work."""
        self.app.leave_invitation()
        self.go("/")

    async def _route_changed(self, e) -> None:
        route = self.page.route or "/"
        if f"/{ROUTE}/" in route:
            self.invitation = route
            if self.app.stage in (Stage.WELCOME, Stage.INVITED):
                await self.app.open_invitation(route)
        elif route != self.route:
            self.route = route
            self.show()

    def _resized(self, e) -> None:
        if self.wide != self._was_wide and not (self.screen and self.screen.filled_in):
            self.show()

    # -- following the app -------------------------------------------------------------------------------------

    def _changed(self) -> None:
        """Called from the middle of the app's work: whatever fails here is told, and never thrown back there."""
        try:
            self._follow()
        except StraatError as error:
            say(self.page, sentence(error))
        except Exception as error:
            logger.exception("screen could not follow: %s", type(error).__name__)

    def _follow(self) -> None:
        if self.app.stage is not self._stage:
            if self.app.stage is Stage.OPEN:
                self._enter(joined=self._stage in (Stage.INVITED, Stage.ENROLLING))
            elif self._stage is Stage.OPEN:
                self.typed.clear()
                self.last_doors.clear()
            self.show()
        elif self.screen is not None:
            if self.screen.busy:
                return
            self.screen.refresh()
            if self.inside and self._name is not None:  # a second device hears its member's name after the first sync
                self._name.value = self.app.my_name
            if self.inside:
                self._count()
        self._draw_update_bar()
        self.page.update()

    def _enter(self, joined: bool) -> None:
        """Somebody comes in: whoever is new sees the tour first, and goes on with it after a lock."""
        if joined:
            self.app.tour.joined()
        if self.route.startswith(f"/{CARER}/"):  # a request that a coordinator came in to read
            return
        if self.route.startswith(f"/{ROUND}/") and self.app.tour.at is None:  # the link of a round
            return
        self.route = "/" if self.app.tour.at is None else "/rondleiding"
        self.page.run_task(self.page.push_route, self.route)

    def show(self) -> None:
        """Put the screen of this stage and route on the page."""
        self._stage, self._was_wide = self.app.stage, self.wide
        try:
            self.screen = screen_at(self, self.route)
            body = self.screen.build()
        except (StraatError, ValueError):  # a link to something that is not there (any more)
            self.route = "/"
            self.screen = screen_at(self, self.route)
            body = self.screen.build()
        self.bar = stack(spacing=0)
        self._draw_update_bar()
        top = self._top()
        self.page.navigation_bar = None
        self.page.floating_action_button = (
            self._hide_button() if self.inside and not self.wide and not self._large else None
        )
        body = ft.Column([*top, body], expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        if self.inside and self.wide:
            body = ft.Row(
                [self._side(), ft.VerticalDivider(width=1), ft.Container(body, expand=True)], expand=True, spacing=0
            )
        elif self.inside:
            self.page.navigation_bar = self._bottom()
        whole = ft.Column([self.bar, body], expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self.page.controls = [ft.SafeArea(whole, expand=True)]
        self.page.update()
        self.page.run_task(guarded(self.page, self.screen.opened))

    @property
    def coordinates(self) -> bool:
        """Whether whoever is in coordinates."""
        return self.app.role is Role.COORDINATOR

    @property
    def today_route(self) -> str:
        """Where what is due is listed."""
        return "/vandaag" if self.coordinates else "/"

    # -- bars ----------------------------------------------------------------------------------------------------

    def _top(self) -> list[ft.Control]:
        """The way back on the left and the lock on the right, within reach on every screen."""
        back = self.screen.back if self.screen else ""
        lock = self.inside and not self.wide
        if not back and not lock:
            return [ft.Container(height=12)]
        left: ft.Control = text("Straatcontact", soft=True, weight=ft.FontWeight.W_600)
        if back:
            left = quiet_button(_("Terug"), self.safe(lambda e: self.go(back)), ft.Icons.ARROW_BACK)
        right: list[ft.Control] = []
        if lock:
            if self.route != "/zorgen":
                right.append(quiet_button(_("Zorgen?"), self._to("/zorgen"), ft.Icons.FAVORITE_BORDER))
            if self._large:
                right.append(icon_button(ft.Icons.VISIBILITY_OFF_OUTLINED, _("Snel verbergen"), self.safe(self._hide)))
            right.append(icon_button(ft.Icons.LOCK_OUTLINE, _("Vergrendel"), self.safe(self._lock)))
            left = ft.Stack([left, self._measure()])
        return [top_bar(left, right, start=0 if back else 16)]

    @property
    def _large(self) -> bool:
        """Whether the text is so large that a button over it would cover what one has to tap or read."""
        return self._scale > LARGE

    def _measure(self) -> ft.Control:
        """Hears how large the text is; what hides the screen is then at hand where it covers nothing."""
        scale = Scale(lambda: self._measured(scale.now))
        scale.now = self._scale
        return scale

    def _measured(self, now: float) -> None:
        was, self._scale = self._large, now
        if was is not self._large and not self.wide and not (self.screen and self.screen.filled_in):
            self.show()

    async def _lock(self, e) -> None:
        await self.app.lock()

    def _hide_button(self) -> ft.Control:
        """Within the thumb's reach on every screen: one tap, and only the help lines are to be seen."""
        eye = ft.Icon(ft.Icons.VISIBILITY_OFF_OUTLINED, semantics_label=_("Snel verbergen"))
        return ft.FloatingActionButton(
            eye,
            tooltip=_("Snel verbergen"),
            width=TOUCH,
            height=TOUCH,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
            foreground_color=ft.Colors.ON_SURFACE,
            on_click=self.safe(self._hide),
        )

    async def _hide(self, e) -> None:
        await self.app.safety.hide()

    def _groups(self) -> list[Group]:
        """The places of the bars under their headings: a coordinator's laptop has a whole desk of them."""
        if self.coordinates and self.wide:
            return desk.groups()
        return [("", places(self.app.role, self.wide))]

    def _here(self, groups: list[Group]) -> tuple[list[Place], int]:
        """The places of the bars, and which of them is on show."""
        shown = [place for _heading, several in groups for place in several]
        return shown, place_of(self.route, shown)

    def _count(self) -> None:
        """How much waits at each place of the bars."""
        self._counts.follow(desk.counts(self.app) if self.coordinates else {})

    def _bottom(self) -> ft.Control:
        self._counts = Counts()
        bar = bottom_bar(*self._here(self._groups()), self._to, self._counts)
        self._count()
        return bar

    def _side(self) -> ft.Control:
        self._name = text(self.app.my_name, weight=ft.FontWeight.W_600, size=18)
        name = ft.Container(self._name, padding=ft.Padding.symmetric(horizontal=12, vertical=4))
        worry = quiet_button(_("Zorgen?"), self._to("/zorgen"), ft.Icons.FAVORITE_BORDER)
        worry.style.padding = ft.Padding.symmetric(horizontal=12, vertical=16)
        at_hand = ft.Row(
            [
                icon_button(ft.Icons.VISIBILITY_OFF_OUTLINED, _("Snel verbergen"), self.safe(self._hide)),
                icon_button(ft.Icons.LOCK_OUTLINE, _("Vergrendel"), self.safe(self._lock)),
            ],
            tight=True,
            spacing=0,
        )
        foot = ft.Row([worry, at_hand], wrap=True, width=SIDE, spacing=0, run_spacing=0)
        groups, self._counts = self._groups(), Counts()
        shown, at = self._here(groups)
        here = shown[at].route if at >= 0 else ""
        bar = side_bar([name], groups, here, self._to, self._counts, [foot])
        self._count()
        return bar

    def _to(self, route: str) -> Callable:
        return self.safe(lambda e: self.go(route))

    def _draw_update_bar(self) -> None:
        offered = self.app.update_ready or self.app.update_needed
        button = quiet_button(_("Nu bijwerken"), self.safe(lambda e: self.app.apply_update()))
        why = _("Er is een nieuwe versie.") if self.app.update_ready else _("Deze app moet worden bijgewerkt.")
        row = ft.Row([ft.Container(text(why), expand=True), button])
        bars = [row] if offered and not (self.screen and self.screen.shuts_out_updates) else []
        if self.app.storing.stuck:
            stuck = _(
                "De browser heeft de gegevens van deze app gewist. Er is geen ruimte om ze terug te zetten. Maak ruimte, en laat de app open."
            )
            bars.append(ft.Row([ft.Icon(ft.Icons.WARNING_AMBER), ft.Container(text(stuck), expand=True)]))
        if self.inside and self.app.safety.secret_is_weak and self.route != "/pincode":
            choose = quiet_button(_("Kies een wachtzin"), self.safe(lambda e: self.go("/pincode")))
            words = text(_("Als coördinator heb je een wachtzin nodig."))
            bars.append(ft.Row([ft.Container(words, expand=True), choose]))
        self.bar.controls = [ft.Container(bar, bgcolor=ft.Colors.PRIMARY_CONTAINER, padding=8) for bar in bars]
