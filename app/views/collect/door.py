"""One big screen a door: where it is, six buttons, and the next door comes by itself.

A tap is written before the screen moves on; what can't be written keeps the door and says why. The next door is sent to
the screen first, by itself; the strip about the one just done follows when that has been drawn (docs/decisions/0036).
"""

import asyncio

import flet as ft

from app.services.language import _
from app.services.rounds.left import again, find, passed
from app.services.rounds.models import Answer, DoorLook, DoorState, Holding
from app.services.wording import field_text, sentence
from app.views.collect.just_done import Done, JustDone
from app.views.collect.over import walk_or_leave
from app.views.collect.sign import DoorSign
from app.views.collect.words import (
    ICONS,
    Ring,
    again_text,
    begins_text,
    counts_text,
    holding_text,
    later_text,
    seen_text,
    states,
)
from app.views.common.scale import LARGE, Scale
from app.views.parts import (
    Colors,
    field,
    icon_button,
    inset,
    main_button,
    notice,
    quiet_button,
    ringed,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from app.views.theme import CONTENT
from sync.core.errors import BadInput, NotFound, StraatError

DRAWN = 0.08  # seconds after which the next door is on the screen

Told = tuple[str, ft.IconData, bool]  # words, icon, alarm


def where(walk: bytes) -> str:
    """Under which name the shell keeps the door where one was, until the app locks."""
    return f"loop {walk.hex()}"


def wanted(walk: bytes) -> str:
    """Under which name the shell keeps the door that was asked for on the picture, until it is shown."""
    return f"naar {walk.hex()}"


class DoorScreen(Screen):
    """A walk, door by door."""

    def __init__(self, shell, walk: bytes) -> None:
        super().__init__(shell)
        self.walk = walk
        self.place = where(walk)
        self.look = self.app.rounds.walk(walk)
        self.done: Done | None = shell.last_doors.get(walk)
        self.before: str | None = None  # the door that the one on show came after
        self.asking = False

    @property
    def back(self) -> str:
        return f"/ronde/{self.look.round.hex()}"

    # -- what is on show ---------------------------------------------------------------------------------------------

    def build(self) -> ft.Control:
        self.key = self._first()
        self.first = self.app.rounds.round(self.look.round).first
        self.sign, self.ring, self.head = DoorSign(), Ring(64), ft.Row(spacing=16)
        self.told, self.ways = stack(spacing=8), stack(spacing=8)
        self.number = field(_("Naar nummer"), on_submit=self.safe(self._jump))
        self.scale = Scale(self._grown)
        self.buttons = stack(spacing=8)
        self.strip = JustDone(self, self._extra, self._undo)
        self._draw_buttons()
        self.refresh()
        head = ft.Container(self.head, padding=inset(16, 4, 16, 8), width=CONTENT)
        inside = stack(self.told, self.buttons, self.ways, self.strip, self.scale, spacing=12)
        body = ft.Container(inside, padding=inset(16, 0, 16, 72), width=CONTENT)
        self.rest = ft.Column(
            [body], scroll=ft.ScrollMode.AUTO, expand=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER
        )
        return ft.Column([head, self.rest], expand=True, spacing=0, horizontal_alignment=ft.CrossAxisAlignment.CENTER)

    def _first(self) -> str | None:
        """The door that was asked for; else where one was, unless somebody has been there meanwhile."""
        asked = self.shell.typed.pop(wanted(self.walk), None)
        was = self.shell.typed.get(self.place)
        still = any(x.door.key == was and x.answer is None and not x.blocked for x in self.app.rounds.doors(self.walk))
        return asked or (was if still else self.app.rounds.next_door(self.walk, was))

    def refresh(self) -> None:
        look = walk_or_leave(self, self.walk)
        if look is None:
            self._remember(None)
            return
        self.look = look
        looks = self.app.rounds.doors(self.walk)
        if self.key is None:  # at the end: another may have undone something since
            self.key = self.app.rounds.next_door(self.walk)
        at = next((i for i, look in enumerate(looks) if look.door.key == self.key), None)
        self.strip.show(self.done)
        if at is None:
            self._draw_end(looks)
        else:
            self._draw_door(looks, at)

    def _draw_door(self, looks: list[DoorLook], at: int) -> None:
        look = looks[at]
        self._draw_head(looks, at)
        self.buttons.visible = not look.blocked
        kind = (look.blocked, look.blocked and _said_so(look), self.asking, self.look.holding)
        if self.ways.data != kind:  # mostly the same as at the door before: what need not be made anew is not
            self.ways.controls, self.ways.data = self._ways(look), kind

    def _draw_head(self, looks: list[DoorLook], at: int) -> None:
        """Which door it is, and what there is to know before one rings."""
        look = looks[at]
        self.sign.show(look.door, _how_far(looks, at), self.scale.now)
        self.ring.show(self.look.progress).visible = self.scale.now <= LARGE
        self._put_head(self.sign)
        told = self._to_tell(looks, at)
        if self.told.data != told:
            self.told.controls, self.told.data = [notice(words, icon, alarm) for words, icon, alarm in told], told

    def _to_tell(self, looks: list[DoorLook], at: int) -> list[Told]:
        look, today = looks[at], self.app.today()
        if look.blocked:
            return [(_("Niet aanbellen. Hier wil men geen contact."), ICONS[DoorState.NO_CONTACT], True)]
        told: list[Told] = [(seen_text(seen, today), ft.Icons.HISTORY, False) for seen in look.seen[-2:]]
        here = look.door.street
        skipped = [x.door.label if x.door.street == here else x.door.address for x in passed(looks, self.before, at)]
        if skipped:
            words = _("Niet aanbellen op {numbers}: sla over.").format(numbers=", ".join(skipped))
            told.insert(0, (words, ICONS[DoorState.NO_CONTACT], False))
        if self.first > today:
            told.append((begins_text(self.first, today), ft.Icons.EVENT, False))
        if self.look.holding is Holding.OTHERS:
            told.append((holding_text(self.look, today), ft.Icons.DIRECTIONS_WALK, False))
        return told

    def _put_head(self, left: ft.Control) -> None:
        if self.head.controls[:1] != [left]:
            self.head.controls = [left, self.ring]

    def _ways(self, look: DoorLook) -> list[ft.Control]:
        skip = self.safe(self._skip)
        rows: list[ft.Control] = []
        if look.blocked:
            rows.append(main_button(_("Naar de volgende deur"), skip, ft.Icons.SKIP_NEXT))
            if _said_so(look):
                words = _("Dat was een vergissing")
                rows.append(side_button(words, self.safe(lambda e: self._mistake(look)), ft.Icons.UNDO))
        ways = [] if look.blocked else [quiet_button(_("Overslaan"), skip, ft.Icons.SKIP_NEXT)]
        ways.append(quiet_button(_("Ander nummer"), self.safe(self._ask), ft.Icons.PIN_OUTLINED))
        for way in ways:
            way.style.padding = ft.Padding.symmetric(horizontal=8, vertical=17)
        picture = icon_button(ft.Icons.GRID_VIEW, _("Straatbeeld"), self.go(f"/straat/{self.walk.hex()}"))
        rows.append(ft.Row([picture, *ways], wrap=True, spacing=8, run_spacing=0))
        if self.asking:
            rows += [self.number, side_button(_("Ga naar deze deur"), self.safe(self._jump), ft.Icons.ARROW_FORWARD)]
        if self.look.holding is Holding.FREE:
            rows.append(notice(_("Neem dit loopje, dan weten anderen dat jij hier loopt.")))
            rows.append(side_button(_("Ik loop deze"), self.safe(self._take), ft.Icons.DIRECTIONS_WALK))
        return rows

    def _draw_end(self, looks: list[DoorLook]) -> None:
        progress, rule = self.look.progress, self.app.rounds.round(self.look.round).rule
        self.ring.show(progress).visible = True
        self._put_head(ft.Container(title(_("Voor nu ben je rond")), expand=True))
        lines = [self.look.name, *(f"– {line}" for line in counts_text(progress))]
        rows: list[ft.Control] = [text(line, size=19 if i == 0 else 17) for i, line in enumerate(lines)]
        count, fits = again(looks, rule)
        if count:
            rows.append(notice(again_text(count, fits), ft.Icons.EVENT_REPEAT))
        if later := dict(progress.states).get(DoorState.LATER, 0):
            rows.append(notice(later_text(later), ft.Icons.EVENT_REPEAT))
        if not count and not later:
            rows.append(notice(_("Dank je wel. Dit loopje is klaar."), ft.Icons.FAVORITE_BORDER))
        self.told.controls, self.told.data, self.buttons.visible = rows, None, False
        ways: list[ft.Control] = [
            side_button(_("Straatbeeld"), self.go(f"/straat/{self.walk.hex()}"), ft.Icons.GRID_VIEW)
        ]
        if self.look.holding is Holding.MINE:
            ways.insert(0, main_button(_("Geef dit loopje terug"), self.safe(self._hand_back), ft.Icons.CHECK))
        self.ways.data = None
        self.ways.controls = [*ways, quiet_button(_("Naar de ronde"), self.go(self.back), ft.Icons.ARROW_BACK)]

    def _grown(self) -> None:
        self._draw_buttons()
        self.refresh()

    def _draw_buttons(self) -> None:
        """Two beside one another; where the text is too large for that one a line, and no higher than a line."""
        each = [self._button(state, words) for state, words in states().items()]
        across = 1 if self.scale.now > LARGE else 2
        self.buttons.controls = [ft.Row(each[i : i + across], spacing=8) for i in range(0, len(each), across)]

    def _button(self, state: DoorState, words: str) -> ft.Control:
        first, large = state is DoorState.MET, self.scale.now > LARGE
        ink = Colors.ON_PRIMARY if first else Colors.ON_SURFACE
        label = ft.Text(words, size=17, weight=ft.FontWeight.W_600, color=ink, text_align=ft.TextAlign.CENTER)
        icon = ft.Icon(ICONS[state], size=28, color=ink)
        inside = (
            ft.Row([icon, ft.Container(label, expand=True)], spacing=4)
            if large
            else ft.Column([icon, label], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER)
        )
        style = ft.ButtonStyle(
            bgcolor=Colors.PRIMARY if first else Colors.SURFACE_CONTAINER,
            shape=ft.RoundedRectangleBorder(radius=18),
            side=ringed(None if first else ft.BorderSide(1, Colors.OUTLINE)),
            padding=ft.Padding.symmetric(horizontal=14 if large else 6, vertical=4 if large else 13),
        )
        return ft.OutlinedButton(
            content=inside, on_click=self.safe(lambda e: self._tap(state)), style=style, expand=True
        )

    # -- what one does ---------------------------------------------------------------------------------------------

    async def _tap(self, state: DoorState) -> None:
        look = self._on_show()
        if look is None or self.busy:
            return
        done = Done(look.door, Answer(state))
        if await self._write(done):
            self._remember(done)
            self.before = look.door.key
            if self._move_to(self.app.rounds.next_door(self.walk, look.door.key)):
                await asyncio.sleep(DRAWN)
            if self.shell.screen is self:
                self.refresh()

    async def _extra(self, extra: object) -> None:
        if self.done is None or self.busy or self.strip.shown != self.done:  # meant for the door that it still names
            return
        done = self.done.with_extra(extra)
        if await self._write(done):
            self._remember(done)
        self.refresh()

    async def _write(self, done: Done) -> bool:
        """Whether it is written. What stands in the way is told, and the door stays."""
        self.busy = True
        try:
            await self.app.rounds.tap(self.walk, done.door.key, done.answer, done.new_resident)
        except BadInput as error:
            self.say(field_text(error))
            return False
        except NotFound as error:  # the round was closed, or I am off it
            self.say(sentence(error))
            self._remember(None)
            self.shell.go(self.back)
            return False
        except StraatError as error:
            self.say(sentence(error))
            return False
        finally:
            self.busy = False
        return True

    def _remember(self, done: Done | None) -> None:
        """The last tap, also for when one comes back to this screen; gone when the app locks."""
        self.done = done
        if done is None:
            self.shell.last_doors.pop(self.walk, None)
        else:
            self.shell.last_doors[self.walk] = done

    async def _mistake(self, look: DoorLook) -> None:
        """I said that nobody rings here, and it was another door."""
        await self.app.rounds.undo(self.walk, look.door.key)
        self._remember(None)
        self.say(_("De coördinator is gevraagd om hier weer te laten aanbellen."))
        self.refresh()

    async def _undo(self) -> None:
        if self.done is None or self.busy:
            return
        self.busy, done = True, self.done
        try:
            await self.app.rounds.undo(self.walk, done.door.key)
        finally:
            self.busy = False
        self._remember(None)
        self.before = None
        self._go_to(done.door.key)

    def _skip(self, e: ft.ControlEvent) -> None:
        looks = self.app.rounds.doors(self.walk)
        self.before = self.key
        following = self.app.rounds.next_door(self.walk, self.key)
        if following == self.key and sum(look.due for look in looks) == 1:
            self.say(_("Dit is de laatste deur van nu."))
        if not self._move_to(following):
            self.refresh()

    def _ask(self, e: ft.ControlEvent) -> None:
        self.asking = not self.asking
        self.number.value, self.number.error = "", None
        self.refresh()

    async def _jump(self, e: ft.ControlEvent) -> None:
        key = find(self.app.rounds.doors(self.walk), self.number.value or "", self.key)
        if key is None:
            self.number.error = _("Dit nummer zit niet in dit loopje.")
            return
        self.asking, self.before = False, None
        self._go_to(key)
        await self.rest.scroll_to(offset=0)  # the number is typed at the foot

    async def _take(self, e: ft.ControlEvent) -> None:
        await self.app.rounds.take(self.walk)
        self.refresh()

    async def _hand_back(self, e: ft.ControlEvent) -> None:
        await self.app.rounds.hand_back(self.walk)
        self.shell.go(self.back)

    def _go_to(self, key: str | None) -> None:
        self._be_at(key)
        self.refresh()

    def _be_at(self, key: str | None) -> None:
        self.key = key
        if key is None:
            self.shell.typed.pop(self.place, None)
        else:
            self.shell.typed[self.place] = key

    def _move_to(self, key: str | None) -> bool:
        """Send the head of another door to the screen, and nothing else yet; False: all of it has to be drawn."""
        self._be_at(key)
        looks = self.app.rounds.doors(self.walk)
        at = next((i for i, look in enumerate(looks) if look.door.key == key), None)
        if at is None or looks[at].blocked or self.ways.data is None or self.ways.data[0]:
            return False
        self.look = self.app.rounds.walk(self.walk)
        self._draw_head(looks, at)
        self.page.update(self.head, self.told)
        return True

    def _on_show(self) -> DoorLook | None:
        return next((look for look in self.app.rounds.doors(self.walk) if look.door.key == self.key), None)


def _how_far(looks: list[DoorLook], at: int) -> str:
    """The how many-th of the doors that are rung; nothing at one where nobody rings."""
    rung = [not look.blocked or look.answer is not None for look in looks]
    words = _("Deur {number} van {total}").format(number=sum(rung[: at + 1]), total=sum(rung))
    return words if rung[at] else ""


def _said_so(look: DoorLook) -> bool:
    """Whether it was I who noted, on this round, that nobody rings here."""
    return any(seen.mine and seen.answer.state is DoorState.NO_CONTACT for seen in look.seen)
