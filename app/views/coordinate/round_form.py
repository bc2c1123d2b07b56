"""Making a round: what for, when, which streets, how large a walk, who walks. Every change is a draft at once.

Making needs the server. Without it nothing is made, the form stays as it is, and it says so.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import flet as ft

from app.services.language import _, counted, number_text
from app.services.rounds.making import USUAL_SIZE
from app.services.rounds.models import DoorState, PassRule, Plan, PlannedWalk, Purpose
from app.views.collect.words import ICONS, charity_text, purposes
from app.views.coordinate.round_choices import choices
from app.views.coordinate.round_crew import candidates, member_text
from app.views.coordinate.round_streets import StreetPicker
from app.views.coordinate.round_words import doors_text, orders, walks_text
from app.views.form import FormScreen
from app.views.parts import (
    DayField,
    error_text,
    field,
    notice,
    page_body,
    quiet_button,
    stack,
    text,
    tick,
    title,
)
from sync.core.errors import BadInput, NotFound, Unreachable

SIZES, TIMES = (20, 40, 60, 90, 120), (1, 2, 3)
USUAL_DAYS = 20
AT_ONCE = 600  # doors up to which the walks are shown without asking: cutting takes a moment
NAMED = 12


class NewRoundScreen(FormScreen):
    """A new round; `before`: over the walks of an earlier one."""

    back = "/rondes"
    named = ("round",)

    def __init__(self, shell, before: bytes = b"") -> None:
        super().__init__(shell)
        self.before = before
        self.old = self.app.rounds.round(before) if before else None
        if self.old is not None and not self.old.walks:
            raise NotFound("walk")
        form: Plan = self.app.rounds.plan_draft(before) or self._fresh()
        there = {p.id for p in candidates(self.app)}  # who left since it was begun is not put on it unseen
        self.form = replace(form, members=tuple(m for m in form.members if m in there))

    def _fresh(self) -> Plan:
        today = self.app.today()
        if self.old is None:
            last = today + timedelta(days=USUAL_DAYS)
            return Plan("", Purpose.MEET, today, last, (), (), USUAL_SIZE)
        first, last = next_time(self.old.first, self.old.last, today)
        same = (self.old.order, self.old.rule)
        return Plan(self.old.name, self.old.purpose, first, last, self.old.members, (), USUAL_SIZE, *same)

    async def keep(self, form: Plan | None) -> None:
        """See FormScreen."""
        await self.app.rounds.save_plan_draft(form, self.before)

    # -- the form ----------------------------------------------------------------------------------------------

    def build(self) -> ft.Control:
        form = self.form
        self.errors = {name: error_text() for name in ("period", "streets", "doors_a_walk", "times", "members")}
        self.round = field(
            _("Naam van de ronde"),
            form.name,
            self.safe(lambda e: self.change(name=e.control.value)),
            hint_text=_("bijvoorbeeld kennismaken in de Muntel"),
            capitalization=ft.TextCapitalization.SENTENCES,
        )
        self.purposes, self.charity = ft.Column([]), stack()
        self.sizes, self.orders, self.cut = ft.Column([]), ft.Column([]), stack(spacing=6)
        self.times, self.other, self.members = ft.Column([]), ft.Column([]), stack()
        self.not_made = stack()
        days = [
            DayField(_("Eerste dag"), form.first, lambda day: self._day(first=day), self.safe),
            DayField(_("Laatste dag"), form.last, lambda day: self._day(last=day), self.safe),
        ]
        self._draw_purpose()
        self._draw_rule()
        self._draw_members()
        heading = _("Nieuwe ronde") if self.old is None else _("Nog een keer: {name}").format(name=self.old.name)
        return page_body(
            title(heading),
            self.round,
            title(_("Waar is de ronde voor?"), 2),
            self.purposes,
            self.charity,
            title(_("Wanneer?"), 2),
            *days,
            self.errors["period"],
            *(self._where() if self.old is None else self._same_walks()),
            title(_("Niemand thuis?"), 2),
            self.times,
            self.errors["times"],
            self.other,
            title(_("Wie loopt er mee?"), 2),
            self.members,
            self.errors["members"],
            self.not_made,
            *self.ending(_("Maak deze ronde"), self._save),
        )

    def _where(self) -> list[ft.Control]:
        self.streets = StreetPicker(self, self.form.streets, self._set_streets)
        self._draw_size()
        return [
            title(_("Welke straten?"), 2),
            self.streets,
            self.errors["streets"],
            title(_("Hoeveel deuren ongeveer in een loopje?"), 2),
            text(_("Een loopje is wat één of twee mensen op een avond lopen."), soft=True),
            self.sizes,
            self.errors["doors_a_walk"],
            self.cut,
            title(_("Hoe lopen jullie door een straat?"), 2),
            self.orders,
        ]

    def _same_walks(self) -> list[ft.Control]:
        assert self.old is not None
        walks = self.app.rounds.preview(self.form, self.before)
        said = _("Dezelfde straten als toen: {walks}, {doors}.").format(
            walks=walks_text(len(walks)), doors=doors_text(sum(walk.doors for walk in walks))
        )
        kept = _("Van wat er toen bij de deuren gevonden is, gaat niets mee. Niet aanbellen geldt zoals het nu is.")
        return [title(_("Welke straten?"), 2), text(said), *_shut(walks), text(kept, soft=True)]

    def _draw_purpose(self) -> None:
        options = list(purposes().items())
        chips = choices(options, lambda p: p is self.form.purpose, self.safe(self._set_purpose))
        self.purposes.controls = [chips]
        money = self.form.purpose is Purpose.COLLECTION
        self.charity.controls = [notice(charity_text(), ft.Icons.SAVINGS_OUTLINED)] if money else []

    def _draw_size(self, asked: bool = False) -> None:
        sizes = sorted({*SIZES, self.form.doors_a_walk})
        options = [(n, doors_text(n)) for n in sizes]
        self.sizes.controls = [choices(options, lambda n: n == self.form.doors_a_walk, self.safe(self._set_size))]
        self.orders.controls = [
            choices(list(orders().items()), lambda o: o is self.form.order, self.safe(self._set_order))
        ]
        self.cut.controls = self._walks(asked)

    def _walks(self, asked: bool) -> list[ft.Control]:
        """What the streets are cut into; of many doors only when it is asked for."""
        doors = self.streets.doors
        if not doors:
            return []
        if doors > AT_ONCE and not asked:
            about = walks_text(max(1, round(doors / self.form.doors_a_walk)))
            said = _("{doors}, ongeveer {walks}").format(doors=doors_text(doors), walks=about)
            show = quiet_button(_("Laat de loopjes zien"), self.safe(self._show_walks), ft.Icons.ROUTE_OUTLINED)
            return [text(said, weight=ft.FontWeight.W_600), show]
        try:
            walks = self.app.rounds.preview(self.form)
        except BadInput:
            return []  # what is wrong is told when it is saved
        total = walks_text(len(walks))
        rows = [text(_("Dat geeft {walks}:").format(walks=total), weight=ft.FontWeight.W_600)]
        rows += [text(f"{walk.name}: {doors_text(walk.doors)}", soft=True) for walk in walks[:NAMED]]
        if len(walks) > NAMED:
            rows.append(text(counted("en nog {n} loopje", "en nog {n} loopjes", len(walks) - NAMED), soft=True))
        if any(walk.doors > self.form.doors_a_walk for walk in walks):
            words = _("Soms is een loopje iets groter dan je koos. Zo blijft er geen klein stukje over.")
            rows.append(notice(words))
        return [*rows, *_shut(walks)]

    def _draw_rule(self) -> None:
        rule = self.form.rule
        options = [(n, _tries(n)) for n in sorted({*TIMES, rule.times})]
        self.times.controls = [choices(options, lambda n: n == rule.times, self.safe(self._set_times))]
        words = _("Steeds op een ander deel van de dag")
        self.other.controls = [tick(words, rule.other_part, self.safe(self._set_other))] if rule.times > 1 else []

    def _draw_members(self) -> None:
        people = candidates(self.app)
        options = [(p.id, member_text(self.app, p)) for p in people]
        self.members.controls = [
            choices(options, lambda m: m in self.form.members, self.safe(self._pick_member)),
            text(_("Iemand die nog niet meedoet, nodig je uit als de ronde er is."), soft=True),
        ]

    # -- its changes -------------------------------------------------------------------------------------------

    async def _day(self, **facts) -> None:
        await self.change(**facts)
        self.tell("period", "")

    async def _set_purpose(self, purpose: Purpose) -> None:
        await self.change(purpose=purpose)
        self._draw_purpose()

    async def _set_streets(self, streets: tuple[bytes, ...]) -> None:
        await self.change(streets=streets)
        self.tell("streets", "")
        self._draw_size()

    async def _set_size(self, doors: int) -> None:
        await self.change(doors_a_walk=doors)
        self._draw_size()

    async def _set_order(self, order) -> None:
        await self.change(order=order)
        self._draw_size()

    def _show_walks(self, e) -> None:
        self._draw_size(asked=True)

    async def _set_times(self, times: int) -> None:
        await self._set_rule(replace(self.form.rule, times=times))

    async def _set_other(self, e) -> None:
        await self._set_rule(replace(self.form.rule, other_part=bool(e.control.value)))

    async def _set_rule(self, rule: PassRule) -> None:
        await self.change(rule=rule)
        self._draw_rule()

    async def _pick_member(self, member: bytes) -> None:
        others = tuple(m for m in self.form.members if m != member)
        await self.change(members=others if member in self.form.members else (*others, member))
        self.tell("members", "")
        self._draw_members()

    async def _save(self, e) -> None:
        self.not_made.controls = []
        await self.save(self._make, "/ronde/{id}", _("De ronde is gemaakt."))

    async def _make(self) -> bytes:
        rounds = self.app.rounds
        try:
            return await (rounds.again(self.before, self.form) if self.before else rounds.make(self.form))
        except Unreachable:
            words = _("Geen verbinding. De ronde is nog niet gemaakt. Wat je hebt ingevuld, blijft hier staan.")
            self.not_made.controls = [notice(words, ft.Icons.CLOUD_OFF_OUTLINED, alarm=True)]
            raise


def next_time(first: date, last: date, today: date) -> tuple[date, date]:
    """The same days in the first year in which they are not over yet."""
    years = 1
    while _later(last, years) < today:
        years += 1
    return _later(first, years), _later(last, years)


def _later(day: date, years: int) -> date:
    with suppress(ValueError):
        return day.replace(year=day.year + years)
    return day.replace(year=day.year + years, day=28)  # 29 February


def _shut(walks: Sequence[PlannedWalk]) -> list[ft.Control]:
    """At how many of these doors nobody rings: the round is that much smaller."""
    shut, doors = sum(walk.shut for walk in walks), sum(walk.doors for walk in walks)
    if not shut:
        return []
    words = counted(
        "Bij {n} deur bellen we niet aan: daar wil men geen contact.",
        "Bij {n} deuren bellen we niet aan: daar wil men geen contact.",
        shut,
    )
    rest = _("Er blijven er {n} over.").format(n=number_text(doors - shut))
    return [notice(f"{words} {rest}", ICONS[DoorState.NO_CONTACT])]


def _tries(times: int) -> str:
    """How often a door is tried."""
    return counted("{n} keer langs", "{n} keer langs", times)
