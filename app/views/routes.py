"""Which screen stands at which route, for whom, and to which place of the bars it belongs."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING

import flet as ft

from app.services.language import _
from app.services.models import Role, Stage
from app.views.bars import Place
from app.views.collect.door import DoorScreen
from app.views.collect.exchange import ExchangeScreen
from app.views.collect.paper import PaperScreen
from app.views.collect.round import RoundScreen
from app.views.collect.rounds import RoundsScreen
from app.views.collect.street import WalkPictureScreen
from app.views.common.card import CardScreen
from app.views.common.carer import CarerScreen, CarersScreen
from app.views.common.explain import ExplainScreen
from app.views.common.help import HelpScreen
from app.views.common.idea import IdeaScreen
from app.views.common.invited import InvitedScreen
from app.views.common.leave import LeaveScreen
from app.views.common.lock import ForgottenScreen, LockScreen
from app.views.common.lock_settings import LockSettingsScreen
from app.views.common.more import MoreScreen
from app.views.common.my_data import MyDataScreen
from app.views.common.retention import RetentionScreen
from app.views.common.secret import ChangeSecretScreen
from app.views.common.settings import SettingsScreen
from app.views.common.stages import StageScreen, WelcomeScreen
from app.views.common.tour import TourScreen
from app.views.common.wipe import WipeScreen
from app.views.common.worry import WorryScreen
from app.views.contact.activity_form import ActivityFormScreen
from app.views.contact.activity_read import ActivityReadScreen
from app.views.contact.address import AddressScreen
from app.views.contact.marks import MarksScreen
from app.views.contact.new_address import ListScreen, NewAddressScreen
from app.views.contact.offers import OffersScreen
from app.views.contact.search import SearchScreen
from app.views.contact.story_form import StoryFormScreen
from app.views.contact.story_read import StoryReadScreen
from app.views.contact.street import StreetScreen
from app.views.contact.today import TodayScreen
from app.views.contact.visit_form import VisitFormScreen
from app.views.contact.visit_read import VisitReadScreen
from app.views.contact.visits import VisitsScreen
from app.views.coordinate.followups import FollowUpScreen, FollowUpsScreen
from app.views.coordinate.people import SecondDeviceScreen
from app.views.coordinate.queue import QueueScreen
from app.views.coordinate.review_pane import ReviewPane
from app.views.screen import Screen
from sync.core.ids import ID_BYTES

if TYPE_CHECKING:
    from app.views.shell import Shell

Maker = Callable[["Shell", str], Screen]


def record_of(text: str) -> bytes:
    """The record id in a route. Raises ValueError for anything else."""
    record = bytes.fromhex(text)
    if len(record) != ID_BYTES:
        raise ValueError("not a record id")
    return record


def _maybe_record(text: str) -> bytes:
    return record_of(text) if text else b""


def late(screen: str, takes: Callable[[str], object] | None = None) -> Maker:
    """The maker of a screen that few open: its file is imported when somebody does, so that nobody else waits for it.

    `screen`: its file below app/views, and its name; `takes` reads what stands behind the route's first word.
    """
    file, _dot, name = screen.rpartition(".")

    def make(shell: Shell, rest: str) -> Screen:
        maker = getattr(import_module(f"app.views.{file}"), name)
        return maker(shell, takes(rest)) if takes else maker(shell)

    return make


# A maker gets what stands behind the route's first word: "/bezoek/00ff" makes the screen of "bezoek" with "00ff".
ALWAYS: dict[str, Maker] = {
    "aanvraag": lambda s, rest: CarerScreen(s, rest),
    "hulplijnen": lambda s, rest: HelpScreen(s),
    "zorgen": lambda s, rest: WorryScreen(s),
}
LOCKED: dict[str, Maker] = {
    "vergeten": lambda s, rest: ForgottenScreen(s),
    "wissen": lambda s, rest: WipeScreen(s),
}
_SUPPLY, _ROUND_DESK = late("coordinate.supply.SupplyScreen"), late("coordinate.round_desk.RoundDesk", record_of)
INSIDE: dict[str, Maker] = {
    "vandaag": lambda s, rest: TodayScreen(s),
    "nieuw": lambda s, rest: VisitFormScreen(s, welcome=record_of(rest) if rest else b""),
    "wijzig": lambda s, rest: VisitFormScreen(s, record_of(rest)),
    "terug": lambda s, rest: VisitFormScreen(s, again=record_of(rest)),
    "bezoek": lambda s, rest: VisitReadScreen(s, record_of(rest)),
    "bezoeken": lambda s, rest: VisitsScreen(s),
    "adres": lambda s, rest: AddressScreen(s, bytes.fromhex(rest).decode()),
    "nieuw-adres": lambda s, rest: NewAddressScreen(s),
    "adreslijst": lambda s, rest: ListScreen(s),
    "geen-contact": lambda s, rest: MarksScreen(s),
    "zoeken": lambda s, rest: SearchScreen(s),
    "buurt": lambda s, rest: StreetScreen(s),
    "activiteit": lambda s, rest: ActivityReadScreen(s, record_of(rest)),
    "nieuwe-activiteit": lambda s, rest: ActivityFormScreen(s),
    "wijzig-activiteit": lambda s, rest: ActivityFormScreen(s, record_of(rest)),
    "hoe-was-het": lambda s, rest: ActivityFormScreen(s, record_of(rest), after=True),
    "verhalen": late("common.published.PublishedScreen"),
    "verhaal": lambda s, rest: StoryReadScreen(s, record_of(rest)),
    "nieuw-verhaal": lambda s, rest: StoryFormScreen(s),
    "wijzig-verhaal": lambda s, rest: StoryFormScreen(s, record_of(rest)),
    "opvolgen": lambda s, rest: FollowUpsScreen(s),
    "opvolg": lambda s, rest: FollowUpScreen(s, record_of(rest)),
    "beoordeel": lambda s, rest: ReviewPane(s, record_of(rest)),
    "apparaat": lambda s, rest: SecondDeviceScreen(s),
    "slot": lambda s, rest: LockSettingsScreen(s),
    "pincode": lambda s, rest: ChangeSecretScreen(s),
    "bewaren": lambda s, rest: RetentionScreen(s),
    "meer": lambda s, rest: MoreScreen(s),
    "rondleiding": lambda s, rest: TourScreen(s),
    "uitleg": lambda s, rest: ExplainScreen(s),
    "kaart": lambda s, rest: CardScreen(s),
    "begeleider": lambda s, rest: CarersScreen(s),
    "idee": lambda s, rest: IdeaScreen(s),
    "aanbod": lambda s, rest: _SUPPLY(s, rest) if s.coordinates else OffersScreen(s),
    "mijn-gegevens": lambda s, rest: MyDataScreen(s),
    "stoppen": lambda s, rest: LeaveScreen(s),
    "instellingen": lambda s, rest: SettingsScreen(s),
    "wissen": lambda s, rest: WipeScreen(s),
    "rondes": lambda s, rest: RoundsScreen(s),
    "ronde": lambda s, rest: _ROUND_DESK(s, rest) if s.coordinates else RoundScreen(s, record_of(rest)),
    "loop": lambda s, rest: DoorScreen(s, record_of(rest)),
    "straat": lambda s, rest: WalkPictureScreen(s, record_of(rest)),
    "ruil": lambda s, rest: ExchangeScreen(s, record_of(rest)),
    "papier": lambda s, rest: PaperScreen(s, record_of(rest)),
}
_LAW, _REQUEST = late("coordinate.law.LawScreen"), late("coordinate.law_request.RequestScreen", record_of)
COORDINATING: dict[str, Maker] = {
    "bureau": late("coordinate.desk.DeskScreen"),
    "mensen": late("coordinate.people.PeopleScreen", str),
    "mens": late("coordinate.person.PersonScreen", record_of),
    "bevestig": late("coordinate.person.ConfirmScreen", record_of),
    "welkom": late("coordinate.welcomes.WelcomesScreen"),
    "wensen": late("coordinate.wishes.WishesScreen", record_of),
    "gebieden": late("coordinate.areas.AreasScreen"),
    "gebied-straten": late("coordinate.areas_streets.AreaStreetsScreen", record_of),
    "wie-waar": late("coordinate.areas_streets.CoverScreen"),
    "nieuw-aanbod": late("coordinate.offer_form.OfferFormScreen"),
    "wijzig-aanbod": late("coordinate.offer_form.OfferFormScreen", record_of),
    "herstelblad": late("coordinate.sheet.SheetScreen"),
    "quarantaine": late("coordinate.quarantine.QuarantineScreen"),
    "maatjes": late("coordinate.matches.MatchesScreen"),
    "straten": late("coordinate.street_places.screen", str),
    "meenemen": late("coordinate.export.ExportScreen"),
    "rapport": late("coordinate.report.ReportScreen"),
    "publicaties": late("coordinate.report_published.PublicationsScreen"),
    "publicatie": late("coordinate.report_published.PublicationScreen", record_of),
    "redactie": late("coordinate.story_desk.StoriesDeskScreen"),
    "nakijken": late("coordinate.story_desk.StoryCheckScreen", record_of),
    "recht": lambda s, rest: (_REQUEST if rest else _LAW)(s, rest),
    "gewist": late("coordinate.law_erased.ErasedScreen", _maybe_record),
    "bewaartermijnen": late("coordinate.law_terms.TermsScreen"),
    "logboek": late("coordinate.law.TrailScreen"),
    "kwijt": late("coordinate.law_lost.LostScreen", record_of),
    "hulplijnen-redactie": late("coordinate.directory_desk.help_desk_screen", str),
    "hulplijn": late("coordinate.directory_line.HelpLineScreen", str),
    "nieuwe-ronde": late("coordinate.round_form.NewRoundScreen", _maybe_record),
}
HOME: dict[Role, Callable[[Shell], Screen]] = {Role.COORDINATOR: QueueScreen, Role.COLLECTOR: RoundsScreen}
OUTSIDE: dict[Stage, Callable[[Shell], Screen]] = {
    Stage.WELCOME: WelcomeScreen,
    Stage.INVITED: InvitedScreen,
    Stage.LOCKED: LockScreen,
}


def screen_at(shell: Shell, route: str) -> Screen:
    """The screen of this stage, role and route; home for a route that is nobody's. Raises ValueError or NotFound."""
    first, _slash, rest = route.strip("/").partition("/")
    if first in ALWAYS:
        return ALWAYS[first](shell, rest)
    stage = shell.app.stage
    if stage is Stage.LOCKED and first in LOCKED:
        return LOCKED[first](shell, rest)
    if stage is not Stage.OPEN:
        return OUTSIDE.get(stage, StageScreen)(shell)
    makers = {**INSIDE, **(COORDINATING if shell.coordinates else {})}
    if first in makers:
        return makers[first](shell, rest)
    return HOME.get(shell.app.role, TodayScreen)(shell)


def places(role: Role, wide: bool) -> list[Place]:
    """The places of the bars; a phone has room for five. (A coordinator's laptop has the desk at the side.)"""
    start = Place("/", _("Vandaag"), ft.Icons.TODAY_OUTLINED)
    search = Place("/zoeken", _("Zoeken"), ft.Icons.SEARCH)
    street = Place("/buurt", _("Buurt"), ft.Icons.LOCAL_CAFE_OUTLINED)
    rounds = Place("/rondes", _("Rondes"), ft.Icons.DIRECTIONS_WALK)
    ends = [
        Place("/hulplijnen", _("Hulplijnen"), ft.Icons.PHONE_OUTLINED),
        Place("/meer", _("Meer"), ft.Icons.MENU),
    ]
    if role is Role.COLLECTOR:
        return [rounds, street, *ends]
    if role is not Role.COORDINATOR:
        return [start, search, street, *([rounds] if wide else []), *ends]
    return [
        Place("/", _("Beoordelen"), ft.Icons.RATE_REVIEW_OUTLINED),
        Place("/vandaag", start.label, start.icon),
        Place("/bureau", _("Bureau"), ft.Icons.DESK),
        *ends,
    ]


_STREET = (
    "activiteit",
    "nieuwe-activiteit",
    "wijzig-activiteit",
    "hoe-was-het",
    "verhaal",
    "nieuw-verhaal",
    "verhalen",
)
_UNDER = {
    "/buurt": (*_STREET, "wijzig-verhaal"),
    "/vandaag": ("nieuw", "wijzig", "terug", "bezoek", "bezoeken", "adres", "nieuw-adres", "adreslijst", "welkom"),
    "/mensen": ("mens", "bevestig", "herstelblad", "quarantaine", "kwijt"),
    "/gebieden": ("wensen", "gebied-straten", "wie-waar"),
    "/aanbod": ("nieuw-aanbod", "wijzig-aanbod"),
    "/hulplijnen-redactie": ("hulplijn",),
    "/redactie": ("nakijken",),
    "/rapport": ("publicaties", "publicatie"),
    "/recht": ("gewist", "bewaartermijnen"),
    "/meer": ("instellingen", "apparaat", "slot", "pincode", "wissen", "geen-contact"),
    "/": ("beoordeel",),
    "/opvolgen": ("opvolg",),
    "/rondes": ("ronde", "nieuwe-ronde", "loop", "straat", "ruil", "papier", "straten"),
}
_UNDER["/meer"] += (
    "rondleiding",
    "uitleg",
    "kaart",
    "begeleider",
    "idee",
    "maatjes",
    "mijn-gegevens",
    "stoppen",
    "bewaren",
)


def place_of(route: str, shown: list[Place]) -> int:
    """The number of the place that a route belongs to; -1 where there is none."""
    first = route.strip("/").partition("/")[0]
    place = next((p for p, under in _UNDER.items() if first in under), "/" + first)
    routes = [p.route for p in shown]
    if place == "/rondes" and first != "rondes" and not {"/rondes", "/bureau"} & set(routes):
        place = "/"  # whoever has no place of rounds found this one under what waits today
    for at, instead in (
        ("/vandaag", "/"),
        ("/rondes", "/bureau"),
        ("/rondes", "/meer"),
        ("/aanbod", "/bureau"),
        ("/aanbod", "/meer"),
        ("/opvolgen", "/bureau"),
        ("/opvolgen", "/"),
        ("/", routes[0]),
    ):
        if place == at and at not in routes and instead in routes:
            place = instead
    if place not in routes and first in COORDINATING and "/bureau" in routes:
        place = "/bureau"
    return routes.index(place) if place in routes else -1
