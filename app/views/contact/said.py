"""What was said about a visit, as cards: the coordinators' words and the answers to them, for all who read the visit."""

from collections.abc import Callable, Mapping, Sequence

import flet as ft

from app.services.language import _, day_text
from app.services.models import ReviewState
from app.services.review_words import Said
from app.services.reviewing import ANSWER
from app.services.wording import field_text
from app.views.common.guarded_field import GuardedField
from app.views.parts import card, main_button, notice, quiet_button, stack, text
from app.views.screen import Screen
from sync.core.errors import BadInput

_ICONS = {
    None: ft.Icons.REPLY,
    ReviewState.SEEN: ft.Icons.CHECK_CIRCLE_OUTLINE,
    ReviewState.QUESTION: ft.Icons.HELP_OUTLINE,
    ReviewState.FOLLOWUP: ft.Icons.TASK_ALT,
    ReviewState.RETURNED: ft.Icons.UNDO,
}


def said_by(said: Said) -> str:
    """Who said what sort of thing."""
    words = {
        None: _("Antwoord van {name}"),
        ReviewState.SEEN: _("{name} heeft dit gezien"),
        ReviewState.QUESTION: _("Vraag van {name}"),
        ReviewState.FOLLOWUP: _("{name} vraagt iemand om dit op te volgen"),
        ReviewState.RETURNED: _("{name} stuurt dit terug om aan te passen"),
    }
    return words[said.state].format(name=said.by or _("De coördinator"))


def said_cards(
    thread: Sequence[Said],
    choose: Callable[[Said], Callable] | None = None,
    met: Mapping[ReviewState, str] | None = None,
) -> list[ft.Control]:
    """All of it, in order. Of words that coordinators said without knowing of each other every one is there, side by side
    with the others; `choose` gives the handler that lets one stand. `met`: what was done about words that ask something,
    which then wait no more.
    """
    open_ = [s for s in thread if s.state is not None and s.stands]
    several = len({(s.state, s.text) for s in open_}) > 1
    rows: list[ft.Control] = []
    if several:
        words = _(
            "Coördinatoren zeiden dit zonder het van elkaar te weten. Het staat er allemaal, tot een van hen kiest."
        )
        rows.append(notice(words, ft.Icons.CALL_SPLIT))
    for said in thread:
        parts: list[ft.Control] = [notice(said_by(said), _ICONS[said.state])]
        if said.text:
            parts.append(text(said.text, size=18))
        earlier = "" if said.stands else _("eerder")
        parts.append(text(" · ".join(x for x in (day_text(said.day), earlier) if x), soft=True, size=15))
        done = (met or {}).get(said.state, "") if said.state and said.stands else ""
        if done:
            parts.append(notice(done, ft.Icons.CHECK_CIRCLE_OUTLINE))
        if several and choose and said in open_:
            parts.append(quiet_button(_("Laat dit staan"), choose(said), ft.Icons.CHECK))
        rows.append(card(*parts, accent=said.stands and said.state is not None and not done))
    return rows


class AnswerPart:
    """Where the visit's author answers a coordinator. The field is made once: what is typed stays whatever comes in."""

    def __init__(self, screen: Screen, visit: bytes, known: tuple[str, ...] = ()) -> None:
        self._screen, self._visit, self._busy = screen, visit, False
        self.field = GuardedField(
            _("Je antwoord"),
            screen.app.reviews.typed(ANSWER, visit),
            self._type,
            screen.safe,
            known=known,
            min_lines=2,
            max_lines=8,
        )
        self.control = stack(self.field, main_button(_("Verstuur je antwoord"), screen.safe(self._send), ft.Icons.SEND))

    async def _type(self, words: str) -> None:
        await self._screen.app.reviews.type(ANSWER, self._visit, words)

    async def _send(self, e) -> None:
        if self._busy:
            return
        self._busy, self.field.error = True, None
        try:
            await self._screen.app.reviews.answer(self._visit, self.field.value, self._screen.app.today())
        except BadInput as error:
            self.field.error = field_text(error)
            return
        finally:
            self._busy = False
        self.field.value = ""
        self._screen.refresh()
        self._screen.say(_("Opgeslagen. De coördinator ziet het bij de volgende keer verbinding."))
