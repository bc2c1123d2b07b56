"""Maatjes: who asks and who offers, side by side, for a coordinator to bring together."""

import flet as ft

from app.services.language import _
from app.services.matches import Pair, State
from app.views.contact.words import topics
from app.views.parts import card, notice, page_body, quiet_button, side_button, stack, text, title
from app.views.screen import Screen

PAGE = 25


class MatchesScreen(Screen):
    """By topic and street: nobody stands higher than another."""

    back = "/meer"

    def build(self) -> ft.Control:
        self.limit = PAGE
        self.list, self.decided = stack(spacing=12), stack(spacing=12)
        self.refresh()
        return page_body(
            title(_("Maatjes")),
            text(
                _(
                    "Hier staan bewoners die hulp kunnen gebruiken, naast bewoners die graag helpen. Allebei willen ze voorgesteld worden."
                )
            ),
            notice(_("Vraag het allebei nog een keer voor je adressen doorgeeft.")),
            self.list,
            self.decided,
        )

    def refresh(self) -> None:
        pairs = self.app.matches.open()
        shown: list[ft.Control] = []
        topic = ""
        for pair in pairs[: self.limit]:
            if pair.topic != topic:
                topic = pair.topic
                shown.append(title(topics().get(topic, topic).capitalize(), 2))
            shown.append(self._card(pair))
        if len(pairs) > self.limit:
            shown.append(quiet_button(_("Toon meer"), self.safe(self._more)))
        self.list.controls = shown or [
            text(_("Nu niemand. Zodra twee bewoners bij elkaar passen, staan ze hier."), soft=True)
        ]
        done = self.app.matches.decided()
        heading = [title(_("Afgehandeld"), 2)] if done else []
        self.decided.controls = [*heading, *(self._done(pair) for pair in done[:PAGE])]

    def _more(self, e) -> None:
        self.limit += PAGE
        self.refresh()

    def _lines(self, pair: Pair) -> list[ft.Control]:
        def one(said: str, address: str, by: str) -> ft.Control:
            via = _("via {name}").format(name=by) if by else ""
            return ft.Column(
                [text(address, size=18, weight=ft.FontWeight.W_600), text(f"{said} {via}".strip(), soft=True)],
                spacing=2,
            )

        return [
            one(_("kan hulp gebruiken"), pair.asks.address, pair.asks.by),
            one(_("wil zelf helpen"), pair.offers.address, pair.offers.by),
        ]

    def _card(self, pair: Pair) -> ft.Control:
        ways = ft.Row(
            [
                side_button(_("Gelukt"), self._decide(pair, State.DONE), ft.Icons.HANDSHAKE_OUTLINED),
                quiet_button(_("Niet nu"), self._decide(pair, State.NOT_NOW)),
            ],
            wrap=True,
        )
        return card(*self._lines(pair), ways)

    def _done(self, pair: Pair) -> ft.Control:
        said = _("Gelukt") if pair.state is State.DONE else _("Niet nu")
        where = f"{topics().get(pair.topic, pair.topic)}: {said}"
        back = quiet_button(_("Zet terug"), self._decide(pair, State.OPEN), ft.Icons.UNDO)
        return card(text(where, soft=True), *self._lines(pair), back)

    def _decide(self, pair: Pair, state: State):
        async def act(e) -> None:
            await self.app.matches.decide(pair, state, self.app.today())
            self.refresh()

        return self.safe(act)
