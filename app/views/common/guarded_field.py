"""A field for more lines of text with the guard on sensitive words beneath it: what it saw, why, and neutral words.

It never blocks: what is typed goes to the form at every key, whatever the guard thinks. A little after the last key
it looks, and draws beneath the field. What somebody wants to leave as it is, is remembered by this control alone,
until the screen is left.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import flet as ft

from app.services.language import _, counted, number_text
from app.views.parts import field, quiet_button, side_button, text

PAUSE_SECONDS = 0.4  # after the last key, then it looks
SHOWN = 2  # findings at a time: a wall of remarks helps nobody, and the way to "Opslaan" stays short
KINDS = 3  # kinds named in the line that a screen reader says
_EXCERPT = 40  # characters of what was seen


class GuardedField(ft.Column):
    """The field and what the guard has to say.

    `on_text(text)`, async, hears every key. `max` is the number of characters in the counter, 0 for none; a longer
    text is never cut. `person_words` take the place of a name and of names; `known` are names and addresses that may
    be written here; `strict_names` is for stories. `safe` is the screen's.
    """

    def __init__(
        self,
        label: str,
        value: str,
        on_text: Callable[[str], Awaitable[None]],
        safe: Callable,
        max: int = 0,
        person_words: tuple[str, str] | None = None,
        known: Collection[str] = (),
        strict_names: bool = False,
        min_lines: int = 4,
        max_lines: int = 12,
        **more,
    ) -> None:
        super().__init__(spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._on_text, self._safe, self._most = on_text, safe, max
        self._person_words, self._known, self._strict = person_words, tuple(known), strict_names
        self._left: set[tuple[object, str]] = set()  # what stays as it is, for this text
        self._undo: tuple[str, str] | None = None  # the text after a swap, and before it
        self._timer: asyncio.Task[None] | None = None
        self._findings: list = []
        self._looked: str | None = None  # the text that the findings are places of
        self.field = field(
            label, value, safe(self._typed), multiline=True, min_lines=min_lines, max_lines=max_lines, **more
        )
        self._count()
        self._panel = ft.Column(spacing=10, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._heading = text("", weight=ft.FontWeight.W_600)
        row = ft.Row(
            [
                ft.Icon(ft.Icons.VISIBILITY_OUTLINED, color=ft.Colors.PRIMARY, size=24),
                ft.Container(self._heading, expand=True),
            ],
            vertical_alignment=ft.CrossAxisAlignment.START,
            spacing=12,
        )
        # A live region: a screen reader says politely that there is something, the rest is read when one goes there.
        self._said = ft.Semantics(content=row, container=True, live_region=True, visible=False)
        self.controls = [self.field, self._said, self._panel]

    # -- what a form uses -----------------------------------------------------------------------------------------

    @property
    def value(self) -> str:
        """The text."""
        return self.field.value or ""

    @value.setter
    def value(self, words: str) -> None:
        self.field.value = words
        self._count()
        self.look()

    @property
    def error(self) -> str | None:
        """What is wrong with the text, told at the field."""
        return self.field.error

    @error.setter
    def error(self, words: str | None) -> None:
        self.field.error = words or None

    @property
    def counter(self) -> str:
        """How much was typed."""
        return self.field.counter or ""

    def did_mount(self) -> None:
        """A text that was there already is looked through as well."""
        super().did_mount()
        if self.value.strip():
            self._wait_a_little()

    def will_unmount(self) -> None:
        """Nothing is looked at any more."""
        if self._timer is not None:
            self._timer.cancel()
        super().will_unmount()

    # -- typing ---------------------------------------------------------------------------------------------------

    async def _typed(self, e) -> None:
        """Typing draws nothing but the counter; a little later the guard looks."""
        ft.context.disable_auto_update()
        self._wait_a_little()
        await self._on_text(self.value)
        if self._most:
            self._count()
            self.field.update()

    def _count(self) -> None:
        if self._most:
            n, most = number_text(len(self.value)), number_text(self._most)
            self.field.counter = _("{n} van {most} tekens").format(n=n, most=most)

    def _wait_a_little(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().create_task(self._look_later())

    async def _look_later(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        before = self._findings_shown()
        await self._safe(self.look)()
        if self._findings_shown() != before:
            self.update()

    def _findings_shown(self) -> list[tuple]:
        """What is on show now, to draw only what changed."""
        return [(f.category, f.start, f.end, f.offer) for f in self._findings] + [(bool(self._undo),)]

    # -- looking --------------------------------------------------------------------------------------------------

    def look(self) -> None:
        """Look through the text now and draw what is to be said of it."""
        from app.services import guard  # not before somebody types: its lists cost the start nothing

        words = self._looked = self.value
        persons = self._person_words or (_("de bewoner"), _("de bewoners"))
        found = guard.look(words, self._strict, self._known, persons)
        self._findings = [f for f in found if (f.category, words[f.start : f.end]) not in self._left]
        if self._undo and self._undo[0] != words:
            self._undo = None
        self._draw()

    def _draw(self) -> None:
        shown, rest = self._findings[:SHOWN], len(self._findings) - SHOWN
        self._heading.value = self._summary()
        self._said.visible = bool(self._heading.value)
        parts = [self._finding(f) for f in shown]
        if self._undo:
            back = quiet_button(_("Zet terug wat er stond"), self._safe(self._put_back), ft.Icons.UNDO)
            parts.insert(0, back)
        if rest > 0:
            parts.append(text(counted("En nog {n} plek.", "En nog {n} plekken.", rest), soft=True, size=15))
        self._panel.controls = parts

    def _summary(self) -> str:
        """What is said first: that something was replaced, and what there is to look at again."""
        from app.services import guard

        parts = [_("Vervangen.")] if self._undo else []
        if self._findings:
            kinds = list(dict.fromkeys(guard.name_of(f.category) for f in self._findings))
            some = ", ".join(kinds[:KINDS]) + (" …" if len(kinds) > KINDS else "")
            parts.append(_("Kijk nog eens naar: {kinds}. Opslaan kan altijd.").format(kinds=some))
        return " ".join(parts)

    def _finding(self, finding) -> ft.Control:
        from app.services import guard

        seen = self.value[finding.start : finding.end]
        shown = seen if len(seen) <= _EXCERPT else f"{seen[:_EXCERPT]}…"
        about = _("‘{words}’: {what}").format(words=shown, what=guard.name_of(finding.category))
        if finding.offer:
            change = _("Maak ervan: ‘{words}’").format(words=finding.offer)
        else:
            change = _("Laat ‘{words}’ weg").format(words=shown)
        keep = _("Laat ‘{words}’ zo staan").format(words=shown)
        return ft.Container(
            ft.Column(
                [
                    text(about, weight=ft.FontWeight.W_600),
                    text(guard.why(finding.category), soft=True),
                    side_button(change, self._safe(lambda e: self._swap(finding)), ft.Icons.EDIT_OUTLINED),
                    quiet_button(keep, self._safe(lambda e: self._leave(finding.category, seen))),
                ],
                spacing=8,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            padding=14,
            border_radius=14,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH,
            border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        )

    # -- doing ----------------------------------------------------------------------------------------------------

    async def _swap(self, finding) -> None:
        from app.services import guard

        before = self.value
        if before != self._looked:  # typed on since: its places have moved, so what is on show is drawn anew first
            self.look()
            self.update()
            return
        await self._put(guard.replaced(before, finding), before)

    async def _put_back(self, e) -> None:
        if self._undo:
            await self._put(self._undo[1], None)

    async def _put(self, words: str, before: str | None) -> None:
        self.field.value = words
        self._undo = (words, before) if before is not None else None
        self._count()
        self.look()
        self.update()
        await self._on_text(words)

    def _leave(self, category: object, seen: str) -> None:
        self._left.add((category, seen))
        self.look()
        self.update()
