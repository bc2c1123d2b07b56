"""One place where every handler's errors end: a sentence on the screen, never a blank one."""

import inspect
import logging
from collections.abc import Callable

import flet as ft

from app.services.wording import sentence, sentence_of
from sync.core.errors import StraatError

logger = logging.getLogger("straatcontact")


def say(page: ft.Page, words: str, action: str = "", on_action: Callable | None = None) -> None:
    """A short message at the foot of the screen."""
    page.show_dialog(
        ft.SnackBar(
            content=ft.Text(words, size=17),
            behavior=ft.SnackBarBehavior.FLOATING,
            duration=10_000 if action else 4000,
            persist=False,
            action=action or None,
            on_action=on_action,
        )
    )


def guarded(page: ft.Page, handler: Callable, touch: Callable[[], None] = lambda: None) -> Callable:
    """The handler, whose errors are told to the person and never reach Flet. `touch` hears that someone is there."""

    async def safe(*args) -> None:
        try:
            touch()
            result = handler(*args)
            if inspect.isawaitable(result):
                await result
        except StraatError as error:
            say(page, sentence(error))
        except Exception as error:
            logger.exception("handler failed: %s", type(error).__name__)
            say(page, sentence_of("internal"))
        finally:
            if ft.context.was_update_called():  # then Flet sends nothing by itself of what was changed after that
                page.update()

    return safe
