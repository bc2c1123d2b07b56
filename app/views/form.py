"""What every form is: each change is kept at once, saving tells at the field what is wrong, and nothing typed is lost."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import flet as ft

from app.services.language import _
from app.services.wording import field_text, sentence
from app.views.parts import main_button, quiet_button
from app.views.screen import Screen
from sync.core.errors import BadInput, StraatError


class FormScreen(Screen):
    """A form around `self.form`, a frozen value. A subclass says how it is kept, and where errors belong."""

    filled_in = shuts_out_updates = True
    named: tuple[str, ...] = ()  # attributes of the screen that can be told what is wrong with them

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.errors: dict[str, ft.Text] = {}  # where parts that are no field are told
        self.buttons: list[ft.Control] = []  # what must not be tapped twice
        self.saving = False

    async def keep(self, form) -> None:
        """Keep the form as a draft; None drops it."""
        raise NotImplementedError

    async def change(self, **facts) -> None:
        """Take a change into the form and keep it: killed now, it is there again."""
        self.form = replace(self.form, **facts)
        await self.keep(self.form)

    def ending(self, label: str, save: Callable) -> list[ft.Control]:
        """The buttons that a form ends with."""
        button = main_button(label, self.safe(save), ft.Icons.CHECK)
        self.buttons = [button]
        return [button, quiet_button(_("Niet opslaan"), self.safe(self._discard))]

    async def save(self, write: Callable[[], Awaitable[bytes]], route: str, said: str = "") -> None:
        """Write once, say so, and go to `route`, where {id} is the record's; or say what is wrong, and where."""
        if self.saving:
            return
        self._busy(True)
        for name in (*self.named, *self.errors):
            self.tell(name, "")
        try:
            record = await write()
        except BadInput as error:
            self.tell(error.field, field_text(error))
            self.say(field_text(error))
        except StraatError as error:
            self.say(sentence(error))
        else:
            self.say(said or _("Opgeslagen op dit apparaat."))
            self.shell.go(route.format(id=record.hex()))
        finally:
            self._busy(False)

    def _busy(self, busy: bool) -> None:
        self.saving = busy
        for button in self.buttons:
            button.disabled = busy

    def tell(self, name: str, words: str) -> None:
        """Say at the field what is wrong with it; "" for nothing."""
        target = getattr(self, name, None)
        if name in self.errors:
            self.errors[name].value, self.errors[name].visible = words, bool(words)
        elif name in self.named and hasattr(target, "tell"):
            target.tell(words)
        elif name in self.named and target is not None:
            target.error = words or None

    async def _discard(self, e) -> None:
        await self.keep(None)
        self.shell.go(self.back)
