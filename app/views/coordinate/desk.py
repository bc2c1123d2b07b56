"""The desk: all that a coordinator does, in groups. At the side of a laptop; a screen of its own on a phone.

A new part of the desk adds one line to `groups`, and one to `counts` where something may wait there.
"""

import flet as ft

from app.services.face import AppFace
from app.services.language import _
from app.views.bars import Count, Group, Place
from app.views.parts import Colors, card, page_body, stack, text, title
from app.views.screen import Screen


def counts(app: AppFace) -> dict[str, int]:
    """How much waits at each place, by route. Asked after each change: every number is one question to the view."""
    waiting = {
        "/": app.desk.to_review(),
        "/opvolgen": app.desk.overdue(),
        "/recht": app.desk.law_due(),
        "/redactie": app.stories_desk.waiting(),
    }
    waiting["/bureau"] = sum(number for route, number in waiting.items() if route != "/")
    return waiting


def groups() -> list[Group]:
    """Every place of the desk that is there, under its heading."""
    every: list[Group] = [
        (
            "",
            [
                Place("/", _("Beoordelen"), ft.Icons.RATE_REVIEW_OUTLINED, _("Bezoeken lezen, en een woord terug")),
                Place("/opvolgen", _("Opvolgen"), ft.Icons.TASK_ALT, _("Taken met een datum")),
                Place("/vandaag", _("Vandaag"), ft.Icons.TODAY_OUTLINED, _("Wie op een welkom wacht")),
                Place("/zoeken", _("Zoeken"), ft.Icons.SEARCH, _("In alles wat je mag lezen")),
            ],
        ),
        (
            _("Team"),
            [
                Place("/mensen", _("Mensen"), ft.Icons.GROUP_OUTLINED, _("Wie meedoet, en uitnodigen")),
                Place("/gebieden", _("Gebieden"), ft.Icons.MAP_OUTLINED, _("Wie waar werkt, en welke straten")),
            ],
        ),
        (
            _("In de buurt"),
            [
                Place("/buurt", _("Buurt"), ft.Icons.LOCAL_CAFE_OUTLINED, _("Activiteiten en verhalen")),
                Place("/aanbod", _("Wens en aanbod"), ft.Icons.BALANCE, _("Wat bewoners willen, en wat er is")),
                Place("/rondes", _("Rondes"), ft.Icons.DIRECTIONS_WALK, _("Samen langs alle deuren")),
            ],
        ),
        (
            _("Naar buiten"),
            [
                Place("/rapport", _("Rapport"), ft.Icons.BAR_CHART, _("Aantallen, om te laten zien")),
                Place("/redactie", _("Verhalen"), ft.Icons.AUTO_STORIES_OUTLINED, _("Nakijken en plaatsen")),
                Place("/hulplijnen-redactie", _("Hulplijnen beheren"), ft.Icons.EDIT_NOTE, _("Nakijken en verversen")),
            ],
        ),
        (
            _("Gegevens"),
            [
                Place("/recht", _("Recht van bewoners"), ft.Icons.GAVEL, _("Inzien, verbeteren, wissen")),
                Place("/logboek", _("Logboek"), ft.Icons.HISTORY, _("Wie wat deed, zonder inhoud")),
                Place("/meenemen", _("Meenemen"), ft.Icons.DOWNLOAD, _("Alles in een open vorm")),
            ],
        ),
        (
            _("Verder"),
            [
                Place("/hulplijnen", _("Hulplijnen"), ft.Icons.PHONE_OUTLINED, _("Wie je kunt bellen")),
                Place("/meer", _("Meer"), ft.Icons.MENU, _("Kaart, uitleg, instellingen")),
            ],
        ),
    ]
    there = [(heading, [place for place in places if _leads(place.route)]) for heading, places in every]
    return [(heading, places) for heading, places in there if places]


def _leads(route: str) -> bool:
    """Whether a screen stands there."""
    from app.views import routes  # which knows every screen, this one too

    first = route.strip("/")
    return not first or first in {**routes.ALWAYS, **routes.INSIDE, **routes.COORDINATING}


class DeskScreen(Screen):
    """The desk on a phone: one card a place, under the same headings as at the side of a laptop."""

    def build(self) -> ft.Control:
        self.list = stack(spacing=12)
        self.refresh()
        return page_body(title(_("Bureau")), self.list)

    def refresh(self) -> None:
        waiting, parts = counts(self.app), []
        for heading, places in groups():
            parts += [title(heading, 2)] if heading else []
            parts += [self._card(place, waiting.get(place.route, 0)) for place in places]
        self.list.controls = parts

    def _card(self, place: Place, waiting: int) -> ft.Control:
        count = Count()
        count.say(waiting)
        words = ft.Column(
            [text(place.label, size=18, weight=ft.FontWeight.W_600), text(place.about, soft=True)],
            spacing=2,
            expand=True,
        )
        row = ft.Row([ft.Icon(place.icon, color=Colors.PRIMARY, size=28), words, count], spacing=16)
        return card(row, on_click=self.go(place.route))
