"""Which screen stands at which route, for whom, and to which place of the bars it belongs."""

from __future__ import annotations

from collections.abc import Callable
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
from app.views.coordinate.areas import AreasScreen
from app.views.coordinate.areas_streets import AreaStreetsScreen, CoverScreen
from app.views.coordinate.desk import DeskScreen
from app.views.coordinate.followups import FollowUpScreen, FollowUpsScreen
from app.views.coordinate.matches import MatchesScreen
from app.views.coordinate.offer_form import OfferFormScreen
from app.views.coordinate.people import PeopleScreen, SecondDeviceScreen
from app.views.coordinate.person import ConfirmScreen, PersonScreen
from app.views.coordinate.quarantine import QuarantineScreen
from app.views.coordinate.queue import QueueScreen
from app.views.coordinate.review_pane import ReviewPane
from app.views.coordinate.round_desk import RoundDesk
from app.views.coordinate.round_form import NewRoundScreen
from app.views.coordinate.sheet import SheetScreen
from app.views.coordinate.street_doors import StreetDoorsScreen
from app.views.coordinate.street_import import ImportScreen
from app.views.coordinate.street_list import StreetsScreen
from app.views.coordinate.supply import SupplyScreen
from app.views.coordinate.welcomes import WelcomesScreen
from app.views.coordinate.wishes import WishesScreen
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


def _published(shell: Shell) -> Screen:
    from app.views.common.published import PublishedScreen

    return PublishedScreen(shell)


def _stories_desk(shell: Shell) -> Screen:
    from app.views.coordinate.story_desk import StoriesDeskScreen

    return StoriesDeskScreen(shell)


def _story_check(shell: Shell, story: bytes) -> Screen:
    from app.views.coordinate.story_desk import StoryCheckScreen

    return StoryCheckScreen(shell, story)


def _help_desk(shell: Shell, rest: str) -> Screen:
    from app.views.coordinate.directory_desk import help_desk_screen  # late: few open it

    return help_desk_screen(shell, rest)


def _help_line(shell: Shell, rest: str) -> Screen:
    from app.views.coordinate.directory_line import HelpLineScreen

    return HelpLineScreen(shell, rest)


def _report(shell: Shell) -> Screen:
    from app.views.coordinate.report import ReportScreen  # late: few open it

    return ReportScreen(shell)


def _publications(shell: Shell) -> Screen:
    from app.views.coordinate.report_published import PublicationsScreen

    return PublicationsScreen(shell)


def _publication(shell: Shell, publication: bytes) -> Screen:
    from app.views.coordinate.report_published import PublicationScreen

    return PublicationScreen(shell, publication)


def _export(shell: Shell, rest: str) -> Screen:
    from app.views.coordinate.export import ExportScreen  # late: few open it

    return ExportScreen(shell)


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
    "verhalen": lambda s, rest: _published(s),
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
    "aanbod": lambda s, rest: (SupplyScreen if s.coordinates else OffersScreen)(s),
    "mijn-gegevens": lambda s, rest: MyDataScreen(s),
    "stoppen": lambda s, rest: LeaveScreen(s),
    "instellingen": lambda s, rest: SettingsScreen(s),
    "wissen": lambda s, rest: WipeScreen(s),
    "rondes": lambda s, rest: RoundsScreen(s),
    "ronde": lambda s, rest: (RoundDesk if s.coordinates else RoundScreen)(s, record_of(rest)),
    "loop": lambda s, rest: DoorScreen(s, record_of(rest)),
    "straat": lambda s, rest: WalkPictureScreen(s, record_of(rest)),
    "ruil": lambda s, rest: ExchangeScreen(s, record_of(rest)),
    "papier": lambda s, rest: PaperScreen(s, record_of(rest)),
}
COORDINATING: dict[str, Maker] = {
    "bureau": lambda s, rest: DeskScreen(s),
    "mensen": lambda s, rest: PeopleScreen(s),
    "mens": lambda s, rest: PersonScreen(s, record_of(rest)),
    "bevestig": lambda s, rest: ConfirmScreen(s, record_of(rest)),
    "welkom": lambda s, rest: WelcomesScreen(s),
    "wensen": lambda s, rest: WishesScreen(s, record_of(rest)),
    "gebieden": lambda s, rest: AreasScreen(s),
    "gebied-straten": lambda s, rest: AreaStreetsScreen(s, record_of(rest)),
    "wie-waar": lambda s, rest: CoverScreen(s),
    "nieuw-aanbod": lambda s, rest: OfferFormScreen(s),
    "wijzig-aanbod": lambda s, rest: OfferFormScreen(s, record_of(rest)),
    "herstelblad": lambda s, rest: SheetScreen(s),
    "quarantaine": lambda s, rest: QuarantineScreen(s),
    "maatjes": lambda s, rest: MatchesScreen(s),
    "straten": lambda s, rest: _streets(s, rest),
    "meenemen": lambda s, rest: _export(s, rest),
    "rapport": lambda s, rest: _report(s),
    "publicaties": lambda s, rest: _publications(s),
    "publicatie": lambda s, rest: _publication(s, record_of(rest)),
    "redactie": lambda s, rest: _stories_desk(s),
    "recht": lambda s, rest: _law(s, "recht", rest),
    "gewist": lambda s, rest: _law(s, "gewist", rest),
    "bewaartermijnen": lambda s, rest: _law(s, "bewaartermijnen", rest),
    "logboek": lambda s, rest: _law(s, "logboek", rest),
    "kwijt": lambda s, rest: _law(s, "kwijt", rest),
    "nakijken": lambda s, rest: _story_check(s, record_of(rest)),
    "hulplijnen-redactie": lambda s, rest: _help_desk(s, rest),
    "hulplijn": lambda s, rest: _help_line(s, rest),
    "nieuwe-ronde": lambda s, rest: NewRoundScreen(s, record_of(rest) if rest else b""),
}
HOME: dict[Role, Callable[[Shell], Screen]] = {Role.COORDINATOR: QueueScreen, Role.COLLECTOR: RoundsScreen}
OUTSIDE: dict[Stage, Callable[[Shell], Screen]] = {
    Stage.WELCOME: WelcomeScreen,
    Stage.INVITED: InvitedScreen,
    Stage.LOCKED: LockScreen,
}


def _law(shell: Shell, place: str, rest: str) -> Screen:
    from app.views.coordinate.law_places import screen  # late: few ever open one

    return screen(shell, place, record_of(rest) if rest else b"")


def _streets(shell: Shell, rest: str) -> Screen:
    if rest == "import":
        return ImportScreen(shell)
    return StreetDoorsScreen(shell, record_of(rest)) if rest else StreetsScreen(shell)


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
