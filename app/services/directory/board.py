"""The help lines of this device: the built-in list, or the newest edition that holds; one's own area first; at every
stage, offline. What is chosen here stays on the device.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.services import areas, people
from app.services.directory import built_in, finding, page_copy, reachable
from app.services.directory.dutch_time import amsterdam
from app.services.directory.reachable import Reach
from app.services.live import Live
from app.services.models import Role
from app.services.session import Session
from sync.core import directory
from sync.core.errors import BadInput
from sync.core.help_line import HelpLine
from sync.device import editions

GEMEENTE = "help area"  # the gemeente chosen on this device, in the log's named values


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as it is to be shown now. `near` is finding.FIXED, OWN, NATIONAL or ELSEWHERE."""

    line: HelpLine
    near: int
    reach: Reach
    stale: bool


class Directory:
    """Help lines, at every stage. Hung on App as `directory`."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._chosen = ""  # where there is no log to keep it in
        live.on_directory = self.give_page

    # -- what there is -----------------------------------------------------------------------------------

    def _edition(self) -> directory.Edition | None:
        return editions.in_force(self._live.log) if self._live.log else None

    @property
    def verified(self) -> bool:
        """Whether a coordinator's edition is on show; else it is the built-in list."""
        return self._edition() is not None

    @property
    def day(self) -> date:
        """Of the list on show."""
        edition = self._edition()
        return date.fromisoformat(edition.made) if edition else built_in.made()

    @property
    def lapsed_by(self) -> str:
        """For a coordinator: whose list holds no more, as they coordinate no more; "" when there is none such."""
        session = self._live.session
        if session is None or (edition := session.editions.out_of_force) is None:
            return ""
        state = session.roll.state
        signer = state.devices.get(edition.device) or state.left.get(edition.device)
        if signer is None or not state.coordinates(session.device, state.device(session.device).team):
            return ""
        return people.names(session).get(signer.member.hex(), "-")

    @property
    def trouble(self) -> str:
        """The error code of what the server last gave for a list, "" when that was in order."""
        session = self._live.session
        return session.editions.trouble if session else ""

    def lines(self) -> list[HelpLine]:
        """All of them, nearest first; 112, 113, 0800-1205 and Veilig Thuis before everything."""
        return finding.in_order(directory.combine(built_in.built_in(), self._edition()), self.own())

    def now(self) -> datetime:
        """The wall clock in Amsterdam."""
        session = self._live.session
        return amsterdam(session.writer.now() if session else self._live.world.clock.millis())

    def shown(self, search: str = "") -> list[Shown]:
        """The lines in which the words occur, as they are now. What is elsewhere is shown when it is looked for."""
        own, now, holidays = self.own(), self.now(), built_in.holidays()
        found = [
            Shown(
                line,
                finding.near(line, own),
                reachable.of_line(line, now, holidays),
                reachable.stale(line, now.date()),
            )
            for line in finding.search(self.lines(), search)
        ]
        return [x for x in found if search.strip() or x.near != finding.ELSEWHERE]

    # -- where -------------------------------------------------------------------------------------------

    def own(self) -> list[str]:
        """CBS codes of where this person works, and of the gemeente chosen here."""
        session = self._live.session
        mine = _worked(session) if session else []
        return [*dict.fromkeys([*mine, *([self.gemeente] if self.gemeente else [])])]

    def gemeenten(self) -> list[tuple[str, str]]:
        """(code, name) of the gemeenten that the list knows something of, by name."""
        return finding.gemeenten(self.lines())

    @property
    def gemeente(self) -> str:
        """The gemeente chosen on this device, "" for none."""
        kept = self._live.log.get(GEMEENTE) if self._live.log else None
        return kept.decode("ascii", "replace") if kept else self._chosen

    def choose_gemeente(self, code: str) -> None:
        """From now on, on this device; "" for none. Raises BadInput or DiskFull."""
        if code and code not in dict(self.gemeenten()):
            raise BadInput("code", "unknown")
        self._chosen = code
        if self._live.log:
            self._live.log.put({GEMEENTE: code.encode() or None})
        self.give_page()

    def local(self) -> list[Shown]:
        """The numbers of one's own area, for who is worried."""
        return [x for x in self.shown() if x.near == finding.OWN and x.line.numbers]

    def coordinators(self) -> list[str]:
        """The names of this team's coordinators other than oneself, nearest first; none before unlocking."""
        session = self._live.session
        return _coordinators(session) if session else []

    # -- the first page, and the others --------------------------------------------------------------------

    def give_page(self) -> None:
        """Let the first page show the same list (public text, of which it believes nothing), and tell the screens."""
        if self.verified or self.gemeente:
            self._live.page.keep_directory(page_copy.copy(self.lines(), self.day))
        else:
            self._live.page.keep_directory("")
        self._live.tell()

    async def share(self, title: str, text: str) -> bool:
        """Open the device's own way of sharing; False where there is none."""
        return await self._live.page.share(title, text)

    async def publish(self, lines: Sequence[HelpLine], after: int | None = None) -> int:
        """Coordinator: sign and publish these lines as the directory's next edition; gives its number. `after`: the
        number of the edition that they were made on.

        The fixed lines are never part of it. Raises BadFormat, TooLarge, Forbidden, RollMoved (another was first),
        Unreachable: then nothing was published.
        """
        session = self._live.require_session()
        added = [line for line in lines if line.id not in directory.ALWAYS_FIRST]
        made = self.now().date().isoformat()
        edition = await session.editions.publish(added, made, after)
        self.give_page()
        return edition.number


def _worked(session: Session) -> list[str]:
    """Where the member works within the team, else the team, else what is above it."""
    codes = [*areas.of_member(session, session.member)]
    team: bytes | None = session.team
    while not codes and team is not None:
        codes = [*areas.of_team(session, team)[1]]
        team = session.roll.state.teams.get(team)
    return [c.code for c in codes if c.kind in ("gemeente", "wijk", "buurt")]


def _coordinators(session: Session) -> list[str]:
    state, names = session.roll.state, people.names(session)
    found = [d for d in state.devices.values() if d.role is Role.COORDINATOR and state.coordinates(d.id, session.team)]
    found.sort(key=lambda d: d.team != session.team)
    members = dict.fromkeys(d.member for d in found if d.member != session.member)
    return [names[m.hex()] for m in members if names.get(m.hex())]
