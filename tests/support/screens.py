"""Screens on CPython: the real Shell over a real App, in a real Flet session whose other end is this file.

Written against the internals of Flet 1.0.5 (see the pinned requirements). What a person sees is read from the
control tree; what a person does is sent as the events that the browser's client sends.
"""

import asyncio
import dataclasses
import re
from collections.abc import Callable, Iterator
from typing import Any

import flet as ft
import msgpack
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import Message, MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from app.services.face import AppFace
from app.views.shell import Shell

PHONE, LAPTOP = (390, 844), (1280, 800)
_pack: Callable[[Any], bytes] = lambda value: msgpack.packb(  # noqa: E731
    value, default=configure_encode_object_for_msgpack(BaseControl)
)


class _Client(Connection):
    """The browser's end: answers what a browser answers, and remembers what it was asked to do."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(self.loop)
        self.page_url = "http://test"
        self.crashes: list[str] = []
        self.asked: list[tuple[str, Any]] = []
        self.kept: dict[str, Any] = {}
        self.copied: str | None = None  # what lies on the clipboard
        self.picked: list[dict[str, Any]] = []  # the files that are chosen when asked
        self.session: Session | None = None

    def send_message(self, message: Message) -> None:
        """See Connection. Everything is packed, as an unpackable control would fail in the browser only."""
        _pack(message.body)
        if message.action is MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        elif message.action is MessageAction.INVOKE_METHOD:
            self.loop.call_soon(self._answer, message.body)

    def _answer(self, call: Any) -> None:
        self.asked.append((call.name, call.args))
        result = None
        if call.name == "set" and "key" in call.args:
            self.kept[call.args["key"]] = call.args["value"]
        elif call.name == "get" and call.args:
            result = self.kept.get(call.args["key"])
        elif call.name == "get":
            result = self.copied
        elif call.name == "pick_files":
            result = self.picked
        assert self.session is not None
        self.session.handle_invoke_method_results(call.control_id, call.call_id, result, None)


class Person:
    """Somebody in front of one page."""

    def __init__(self, app: AppFace, size: tuple[int, int] = PHONE, route: str = "/") -> None:
        self.app, self.client = app, _Client()
        self.session = self.client.session = Session(self.client)
        self.page = self.session.page
        _context_page.set(self.page)
        self.session.apply_page_patch({"route": route, "web": True, "width": size[0], "height": size[1]})
        _pack(self.session.get_page_patch())  # packing turns change tracking on
        self.shell = Shell(self.page, app)

    async def arrive(self) -> None:
        """The page opens."""
        await self.shell.start()
        await self.breathe()

    async def breathe(self) -> None:
        """Let what was started finish."""
        for _ in range(8):
            await asyncio.sleep(0.005)

    def calm(self) -> bool:
        """Whether Flet never showed its error page, nor has a grey box on show: what the browser draws where a
        Semantics has no content (its first argument is another one).
        """
        grey = [c for c in self.controls() if isinstance(c, ft.Semantics) and c.content is None]
        return not self.client.crashes and not grey

    # -- seeing --------------------------------------------------------------------------------------------

    def _roots(self) -> list[BaseControl]:
        dialogs = [d for d in self.page._dialogs.controls if getattr(d, "open", False)]
        bar = [self.page.navigation_bar] if self.page.navigation_bar else []
        hide = [self.page.floating_action_button] if self.page.floating_action_button else []
        return [*self.page.controls, *bar, *hide, *dialogs]

    def _walk(self, control: BaseControl) -> Iterator[BaseControl]:
        if getattr(control, "visible", True) is False:
            return
        yield control
        for field in dataclasses.fields(control):
            if field.name.startswith("_"):
                continue
            value = getattr(control, field.name, None)
            for part in value if isinstance(value, list) else [value]:
                if isinstance(part, BaseControl):
                    yield from self._walk(part)

    def controls(self) -> list[BaseControl]:
        """All that is on show."""
        return [c for root in self._roots() for c in self._walk(root)]

    def reads(self) -> str:
        """All words on show, labels, errors and buttons included, a line each."""
        words = []
        for c in self.controls():
            for name in ("value", "label", "error", "helper", "content", "action", "tooltip", "counter"):
                value = getattr(c, name, None)
                hidden = name == "value" and getattr(c, "password", False)
                if isinstance(value, str) and value and not hidden:
                    words.append(value)
        return "\n".join(words)

    def sees(self, words: str) -> bool:
        """Whether these words are on show."""
        return words in self.reads()

    def named(self, control: BaseControl) -> str:
        """What a screen reader would call it."""
        if isinstance(control, ft.TextField):
            return str(control.label)
        if isinstance(
            control, ft.Chip | ft.Container | ft.Button | ft.FilledButton | ft.OutlinedButton | ft.TextButton
        ):
            content = control.label if isinstance(control, ft.Chip) else control.content
            if control.tooltip:
                return str(control.tooltip)
            if isinstance(content, str):
                return content
            inside = self._walk(content) if isinstance(content, BaseControl) else []
            return " ".join(c.value for c in inside if isinstance(c, ft.Text))
        if isinstance(control, ft.Checkbox) and isinstance(control.label, BaseControl):
            return " ".join(c.value for c in self._walk(control.label) if isinstance(c, ft.Text))
        return str(getattr(control, "tooltip", None) or getattr(control, "label", None) or "")

    def actions(self) -> list[BaseControl]:
        """Everything that can be tapped."""
        return [c for c in self.controls() if getattr(c, "on_click", None) or getattr(c, "on_select", None)]

    def find(self, name: str, kind: type[BaseControl] | None = None) -> BaseControl:
        """The one whose name begins with this."""
        among = [c for c in self.controls() if isinstance(c, kind)] if kind else self.actions()
        found = [c for c in among if self.named(c).startswith(name)]
        assert found, f"no {name!r} among {[self.named(c) for c in among]}"
        return found[0]

    # -- doing ---------------------------------------------------------------------------------------------

    async def tap(self, name: str) -> None:
        """Tap the button, card or chip of that name."""
        control = self.find(name)
        assert not getattr(control, "disabled", False), f"{name} is disabled"
        event = "select" if getattr(control, "on_select", None) else "click"
        await self.session.dispatch_event(control._i, event, True if event == "select" else None)
        await self.breathe()

    async def type(self, name: str, text: str) -> None:
        """Type into a field, every letter an event of its own."""
        control = self.find(name, ft.TextField)
        assert isinstance(control, ft.TextField)
        for end in range(1, len(text) + 1):
            await self._put(control, text[:end])
        if not text:
            await self._put(control, "")
        await self.breathe()

    async def paste(self, name: str, text: str) -> None:
        """Put a whole text into a field at once."""
        control = self.find(name, ft.TextField)
        assert isinstance(control, ft.TextField)
        await self._put(control, text)
        await self.breathe()

    async def _put(self, control: ft.TextField, text: str) -> None:
        self.session.apply_patch(control._i, {"value": text})
        if control.on_change:
            await self.session.dispatch_event(control._i, "change", text)

    async def place(self, name: str) -> None:
        """Choose a place in the bar at the foot, or at the side; a number of what waits there may follow its name. A
        coordinator's phone has most of them behind "Bureau".
        """
        places = [c.content for c in self.controls() if isinstance(c, ft.Semantics) and c.selected is not None]
        named = {re.sub(r" \d+\+?$", "", self.named(c)): c for c in places if c}
        if name not in named and "Bureau" in named:
            await self.place("Bureau")
            await self.tap(name)
            return
        await self.session.dispatch_event(named[name]._i, "click", None)
        await self.breathe()

    async def go(self, route: str) -> None:
        """The browser's address changes: back, forward, or a link."""
        self.session.apply_page_patch({"route": route})
        await self.session.dispatch_event(self.page._i, "route_change", {"route": route})
        await self.breathe()

    async def resize(self, size: tuple[int, int]) -> None:
        """The window becomes another size."""
        self.session.apply_page_patch({"width": size[0], "height": size[1]})
        await self.session.dispatch_event(self.page._i, "resize", {"width": size[0], "height": size[1]})
        await self.breathe()
