"""Search: one field, chips to narrow it, and what was found, the newest first. What is searched for is kept nowhere."""

import asyncio
from dataclasses import replace

import flet as ft

from app.services.activities_form import ActivityKind
from app.services.finder import Answer, Filters, Hit
from app.services.language import _, counted, day_text
from app.services.models import Outcome, Role, Topic, Wish
from app.views.contact.activity_words import kinds
from app.views.contact.today import address_route
from app.views.contact.words import outcomes, topics, wishes
from app.views.parts import card, field, notice, page_body, pick, quiet_button, stack, text, title
from app.views.screen import Screen

PAGE = 25
PAUSE_SECONDS = 0.15  # after the last key, then it looks
MONTH, QUARTER, YEAR = 31, 92, 366


def _groups() -> list[tuple[frozenset[str], str]]:
    return [
        (frozenset({"visit"}), _("bezoeken")),
        (frozenset({"welcome", "mark"}), _("adressen")),
        (frozenset({"review"}), _("berichten")),
        (frozenset({"activity"}), _("activiteiten")),
        (frozenset({"story"}), _("verhalen")),
    ]


def _codes() -> dict[str, str]:
    """Coded answers in the words that people search with."""
    topical = {f"{w}:{t}": topics()[t] for w in (Wish.HELP_WANTED, Wish.WANTS_TO_HELP) for t in Topic}
    said = {str(w): words for w, words in wishes().items()} | topical
    for code, words in [
        *((o.value, w) for o, w in outcomes().items()),
        *((k.value, w) for k, w in kinds().items() if k is not ActivityKind.OTHER),
    ]:
        said[code] = f"{said[code]} {words}" if code in said else words
    return said


class SearchScreen(Screen):
    """Find again what was written down."""

    def __init__(self, shell) -> None:
        super().__init__(shell)
        self.typed, self.filters = self.app.finder.last if self.app.finder.ready else ("", Filters())
        self.limit = PAGE
        self.narrowing = False
        self._timer: asyncio.Task[None] | None = None

    def build(self) -> ft.Control:
        self.field = field(
            _("Zoeken"),
            self.typed,
            self.safe(self._type),
            prefix_icon=ft.Icons.SEARCH,
            hint_text=_("straat, woord of wens"),
            autofocus=True,
        )
        self.chips, self.found = stack(spacing=14), stack(spacing=12)
        self._draw_chips()
        self._draw()
        return page_body(title(_("Zoeken")), self.field, self.chips, self.found)

    async def opened(self) -> None:
        if not self.app.finder.ready:
            await self.app.finder.prepare()
            self._draw_chips()
            self._draw()
            self.page.update()

    def refresh(self) -> None:
        self._draw()
        if not self.app.finder.ready:
            self.page.run_task(self.opened)

    # -- what to look for --------------------------------------------------------------------------------------

    async def _type(self, e) -> None:
        """Typing draws nothing; a little after the last key it looks."""
        ft.context.disable_auto_update()
        self.typed, self.limit = e.control.value or "", PAGE
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().create_task(self._look_later())

    async def _look_later(self) -> None:
        await asyncio.sleep(PAUSE_SECONDS)
        await self.safe(self._look)()

    def _look(self) -> None:
        self._draw()
        self.found.update()

    def _draw_chips(self) -> None:
        chosen = self.filters != Filters()
        words = _("Minder filters") if self.narrowing else _("Filters")
        rows: list[ft.Control] = [quiet_button(words, self.safe(self._narrow), ft.Icons.TUNE)]
        if chosen:
            rows.append(quiet_button(_("Alles weer tonen"), self.safe(self._widen), ft.Icons.CLOSE))
        self.chips.controls = [ft.Row(rows, wrap=True)]
        if not self.narrowing:
            return
        periods = [(MONTH, _("laatste maand")), (QUARTER, _("laatste drie maanden")), (YEAR, _("laatste jaar"))]
        results = [(o.value, words) for o, words in outcomes().items() if o is not Outcome.NO_CONTACT]
        groups = [
            (_("Wat"), "kinds", _groups()),
            (_("Wanneer"), "days", periods),
            (_("Hoe ging het"), "outcome", results),
            (_("Straat"), "street", [(s, s) for s in self.app.finder.streets()]),
        ]
        if self.app.role is Role.COORDINATOR:
            groups.append((_("Gebied"), "area", [(a, a) for a in self.app.finder.areas()]))
        for label, name, options in groups:
            if options:
                self.chips.controls += [text(label, soft=True), self._pick(name, options)]

    def _pick(self, name: str, options: list) -> ft.Control:
        async def chose(value) -> None:
            empty = getattr(Filters(), name)
            same = value == getattr(self.filters, name)
            await self._filter(**{name: empty if same else value})

        return pick(options, lambda value: value == getattr(self.filters, name), self.safe(chose))

    async def _filter(self, **facts) -> None:
        self.filters, self.limit = replace(self.filters, **facts), PAGE
        self._draw_chips()
        self._draw()

    async def _narrow(self, e) -> None:
        self.narrowing = not self.narrowing
        self._draw_chips()

    async def _widen(self, e) -> None:
        self.filters, self.limit = Filters(), PAGE
        self._draw_chips()
        self._draw()

    # -- what was found ----------------------------------------------------------------------------------------

    def _draw(self) -> None:
        ready = self.app.finder.ready
        if ready:
            self.app.finder.last = self.typed, self.filters
        if not self.typed.strip() and self.filters == Filters():
            words = _("Typ een straat, een woord uit een notitie of een wens. Een tikfout in een straat geeft niet.")
            self.found.controls = [text(words, soft=True)]
            return
        answer = self.app.finder.find(self.typed, self.filters, _codes(), self.app.today(), self.limit)
        told = self._told(answer) if ready else [text(_("Even je notities doorkijken…"), soft=True)]
        said = ft.Semantics(
            content=stack(*told), container=True, live_region=True
        )  # a screen reader hears what came of it
        self.found.controls = [said, *map(self._card, answer.hits)]
        if answer.more:
            self.found.controls.append(quiet_button(_("Toon meer"), self.safe(self._more)))

    def _told(self, answer: Answer) -> list[ft.Control]:
        if not answer.hits:
            return [notice(_("Niets gevonden. Probeer een ander woord, of minder filters."), ft.Icons.SEARCH_OFF)]
        count = len(answer.hits)
        words = (
            _("Meer dan {n} gevonden.").format(n=count)
            if answer.more
            else counted("{n} gevonden.", "{n} gevonden.", count)
        )
        told: list[ft.Control] = [text(words, soft=True)]
        if answer.instead:
            words = _("Gezocht naar {street}.").format(street=", ".join(answer.instead))
            told.insert(0, notice(words, ft.Icons.SPELLCHECK))
        return told

    async def _more(self, e) -> None:
        self.limit += PAGE
        self._draw()

    def _card(self, hit: Hit) -> ft.Control:
        label, icon = _kind_words(hit.kind)
        day = day_text(hit.day, self.app.today()) if hit.kind != "mark" else ""  # of a mark only the month is kept
        if hit.kind == "activity":
            label = next((words for k, words in kinds().items() if k.value == hit.code), label)
        outcome = next((words for o, words in outcomes().items() if o.value == hit.code), "")
        facts = [label, day, outcome] if hit.kind == "visit" else [label, day]
        heading = ft.Row(
            [
                ft.Icon(icon, color=ft.Colors.PRIMARY, size=24),
                ft.Container(text(hit.title or label, weight=ft.FontWeight.W_600, size=18), expand=True),
            ],
            spacing=12,
        )
        rows = [heading, text(" · ".join(x for x in facts if x), soft=True, size=15)]
        if hit.excerpt:
            rows.append(text(hit.excerpt))
        return card(*rows, on_click=self.go(self._route(hit)))

    def _route(self, hit: Hit) -> str:
        name = hit.id.hex()
        if hit.kind in ("visit", "review"):
            return f"/bezoek/{name}" if hit.mine else f"/beoordeel/{name}"
        if hit.kind in ("welcome", "mark"):
            return address_route(hit.title)
        return f"/activiteit/{name}" if hit.kind == "activity" else f"/verhaal/{name}"


def _kind_words(kind: str) -> tuple[str, ft.IconData]:
    return {
        "visit": (_("Bezoek"), ft.Icons.HOME_OUTLINED),
        "review": (_("Bericht van de coördinator"), ft.Icons.MARK_CHAT_READ_OUTLINED),
        "welcome": (_("Nieuw adres"), ft.Icons.PERSON_ADD_ALT),
        "mark": (_("Hier belt niemand aan"), ft.Icons.DO_NOT_DISTURB_ON_OUTLINED),
        "activity": (_("Activiteit"), ft.Icons.LOCAL_CAFE_OUTLINED),
        "story": (_("Verhaal"), ft.Icons.AUTO_STORIES_OUTLINED),
    }[kind]
