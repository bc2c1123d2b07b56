"""A coordinator's work on the help lines: changing, verifying, closing, seeing what changes, publishing, going back.

What is being changed is a draft on this device, sealed, until it is published; it survives everything that a note
survives. Nothing goes out before `publish`, and that only on the edition that the person has seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from app.services import people
from app.services.directory import built_in, editing, reachable
from app.services.directory import editing_form as forms
from app.services.directory.board import Directory, Shown
from app.services.directory.editing import NOTHING, Change, Difference, Work
from app.services.directory.editing_form import LineForm
from app.services.drafts import Plain
from app.services.live import Live
from sync.core import directory
from sync.core.directory import Edition
from sync.core.errors import BadInput, NotFound, RollMoved, TooLarge
from sync.core.help_line import HelpLine

DRAFT = "help lines"
NEW = "new"  # the draft of a new line's form; those of others are named by their id
_FORM = "help line "
PAGE = 10  # earlier lists asked for at a time


@dataclass(frozen=True, slots=True)
class Entry:
    """A line on the desk. `kind`: what happens to it when the work is published, None for nothing; `before`: as the
    edition in force has it; `contested`: somebody else changed it too, to `before`.
    """

    shown: Shown
    fixed: bool
    kind: editing.Kind | None = None
    before: HelpLine | None = None
    contested: bool = False


@dataclass(frozen=True, slots=True)
class Past:
    """An edition. `by` is the name of whoever signed it, "" for who is not known here. Number 0 is the list of the build."""

    number: int
    day: date
    by: str
    lines: tuple[HelpLine, ...]


class HelpDesk:
    """Hung on App as `help_desk`; for coordinators when OPEN."""

    def __init__(self, live: Live, board: Directory) -> None:
        self._live, self._board = live, board

    # -- what there is -----------------------------------------------------------------------------------

    @property
    def may(self) -> bool:
        """Whether this device may publish: a coordinator's, confirmed."""
        session = self._live.require_session()
        return directory.may_publish(session.roll.state, session.device)

    @property
    def current(self) -> Past | None:
        """The newest list that was published, None for none yet."""
        edition = self._live.require_session().editions.newest
        return self._past(edition) if edition else None

    @property
    def lapsed(self) -> bool:
        """Whether the newest list is on no screen, as who signed it coordinates no more."""
        return self._live.require_session().editions.out_of_force is not None

    def base(self) -> tuple[HelpLine, ...]:
        """The lines that the work is about: of the newest list, else of the build; without the fixed ones."""
        edition = self._live.require_session().editions.newest
        return editing.editable(edition.lines if edition else built_in.built_in())

    def lines(self) -> list[HelpLine]:
        """All lines as they will be, the fixed ones first."""
        return [*directory.fixed(built_in.built_in()), *editing.applied(self.base(), self._work())]

    def entries(self) -> list[Entry]:
        """All lines as they will be, and then those that go."""
        base, work = self.base(), self._work()
        before = {x.id: x for x in base}
        contested = editing.contested(base, work)
        kinds = {d.line.id: d.kind for d in self.changes()}
        fixed = [Entry(self._shown(x), True) for x in directory.fixed(built_in.built_in())]
        there = editing.applied(base, work)
        gone = [x for x in base if x.id not in {y.id for y in there}]
        made = [
            Entry(self._shown(x), False, kinds.get(x.id), before.get(x.id), x.id in contested) for x in [*there, *gone]
        ]
        return [*fixed, *made]

    def _shown(self, line: HelpLine) -> Shown:
        now = self._board.now()
        near = 0 if line.id in directory.ALWAYS_FIRST else 1
        return Shown(line, near, reachable.of_line(line, now, built_in.holidays()), reachable.stale(line, now.date()))

    def preview(self, form: LineForm, name: str) -> Shown | None:
        """How a contact person will see what is typed; None while it can't be read yet."""
        try:
            was = self.one(name).checked if name else ""
            return self._shown(forms.to_line(form, name or "new", self.today(), was))
        except BadInput:
            return None

    def changes(self) -> list[Difference]:
        """What is different for who reads the list, once this is published."""
        base = self.base()
        return editing.differences(base, editing.applied(base, self._work()))

    @property
    def contested(self) -> tuple[str, ...]:
        """Ids of lines that another coordinator changed too: one of the two has to be chosen first."""
        return editing.contested(self.base(), self._work())

    @property
    def full(self) -> bool:
        """Whether no line can be added: a list holds 500."""
        return len(editing.applied(self.base(), self._work())) >= directory.MAX_LINES

    def one(self, name: str) -> HelpLine:
        """A line as it will be. Raises NotFound, also for a fixed one."""
        found = next((x for x in editing.applied(self.base(), self._work()) if x.id == name), None)
        if found is None:
            raise NotFound("help line")
        return found

    def today(self) -> date:
        """The day in Amsterdam."""
        return self._board.now().date()

    # -- the form of one ---------------------------------------------------------------------------------

    def form(self, name: str) -> LineForm:
        """The form as it was left, or as the line is; `name` "" is a new one. Raises NotFound."""
        line = self.one(name) if name else None
        kept = self._kept(_FORM + (name or NEW))
        if kept is not None:
            return forms.from_plain(kept)
        return forms.of_line(line) if line else LineForm()

    async def keep_form(self, name: str, form: LineForm | None) -> None:
        """Keep the form as it is now; None drops it."""
        await self._keep(_FORM + (name or NEW), forms.to_plain(form) if form else None)

    async def save(self, name: str, form: LineForm) -> str:
        """Take the form into the work; gives the line's id. Raises BadInput(field, why): the form is kept."""
        base, work = self.base(), self._work()
        taken = {x.id for x in [*base, *editing.applied(base, work)]}
        if not name and self.full:
            raise BadInput("name", "too_many")
        made = name or forms.new_id(form.name, taken)
        line = forms.to_line(form, made, self.today(), self.one(name).checked if name else "")
        await self._put(editing.put(base, work, line))
        await self.keep_form(name, None)
        return made

    async def verify(self, name: str, source: str) -> None:
        """It was read at its source today (or rung), and it is right. Raises BadInput("source", why)."""
        line = self.one(name)
        form = replace(forms.of_line(line), source=source, checked=self.today())
        await self.save(name, form)

    async def remove(self, name: str) -> None:
        """Take a line out."""
        await self._put(editing.removed(self.base(), self._work(), self.one(name).id))

    async def move(self, name: str, by: int) -> None:
        """Up (below 0) or down so many places."""
        await self._put(editing.moved(self.base(), self._work(), self.one(name).id, by))

    async def undo(self, name: str) -> None:
        """The line is to be as the newest list has it."""
        await self._put(editing.undone(self._work(), name))

    async def keep_mine(self, name: str) -> None:
        """Of a line that another changed too: mine."""
        await self._put(editing.settled(self.base(), self._work(), name))

    async def drop(self) -> None:
        """Everything is to be as the newest list has it."""
        await self._put(NOTHING)

    # -- many at once ------------------------------------------------------------------------------------

    async def take(self, lines: Sequence[HelpLine]) -> None:
        """These lines are to be the list: an earlier one, say. Nothing is published by it."""
        await self._put(editing.instead(self.base(), lines))

    async def read_file(self, data: bytes) -> list[tuple[str, str]]:
        """Add the lines of an HSDS file, or of one of ours; those with an id that is there take its place. Gives what
        was left out, and why. Raises BadInput("help_file", why).
        """
        from app.services.directory.editing_file import read  # late: HSDS is seldom read

        lines, left_out = read(data)
        base, work = self.base(), self._work()
        for line in editing.editable(lines):
            work = editing.put(base, work, line)
        if len(editing.applied(base, work)) > directory.MAX_LINES:
            raise BadInput("help_file", "too_many")
        await self._put(work)
        return left_out

    async def choose_file(self, hint: str, choose: str, close: str) -> bytes:
        """Let the person choose a file; b"" for none. Raises BadInput("help_file", "too_large" | "unreadable")."""
        from app.services.directory.editing_file import MAX_FILE_BYTES

        try:
            chosen = await self._live.page.choose_file(hint, choose, close, ".json", MAX_FILE_BYTES)
        except BadInput as error:
            raise BadInput("help_file", error.why) from error
        return _bytes(chosen.path) if chosen else b""

    # -- publishing --------------------------------------------------------------------------------------

    async def publish(self) -> int:
        """Sign and publish; gives the number of the new list. What was being changed is no draft any more.

        Raises BadInput("lines", "contested" | "too_large"), RollMoved (another was first: what they changed is now
        beneath the work, to be looked at), Forbidden, Unreachable. The work stays then.
        """
        seen = self.current
        if self.contested:
            raise BadInput("lines", "contested")
        lines = editing.applied(self.base(), self._work())
        try:
            number = await self._board.publish(lines, after=seen.number if seen else 0)
        except TooLarge as error:
            raise BadInput("lines", "too_large") from error
        except RollMoved:
            self._board.give_page()
            raise
        await self._put(NOTHING)
        return number

    # -- before ------------------------------------------------------------------------------------------

    async def earlier(self, below: int) -> list[Past]:
        """Up to ten lists with a number below this one, newest first; number 0 is that of the build, which was on the
        phones before the first. Raises Unreachable.
        """
        editions = self._live.require_session().editions
        found = []
        for number in range(below - 1, max(-1, below - 1 - PAGE), -1):
            if not number:
                found.append(Past(0, built_in.made(), "", built_in.built_in()))
                continue
            edition = await editions.earlier(number)
            if edition is not None:
                found.append(self._past(edition))
        return found

    def differences(self, before: Sequence[HelpLine], after: Sequence[HelpLine]) -> list[Difference]:
        """What changed from one list to another."""
        return editing.differences(editing.editable(before), editing.editable(after))

    def _past(self, edition: Edition) -> Past:
        session = self._live.require_session()
        state = session.roll.state
        device = state.devices.get(edition.device) or state.left.get(edition.device)
        by = people.names(session).get(device.member.hex(), "") if device else ""
        return Past(edition.number, date.fromisoformat(edition.made), by, edition.lines)

    # -- the draft ---------------------------------------------------------------------------------------

    def _work(self) -> Work:
        kept = self._kept(DRAFT)
        return editing.from_plain(kept) if kept is not None else NOTHING

    def _kept(self, key: str) -> Plain | None:
        self._live.require_session()
        return self._live.drafts.get(key) if self._live.drafts else None

    async def _put(self, work: Work) -> None:
        there = {x.id for x in self.base()}
        changes: dict[str, Change] = {n: c for n, c in work.changes.items() if c.now is not None or n in there}
        work = replace(work, changes=changes)
        await self._keep(DRAFT, editing.to_plain(work) if work != NOTHING else None)
        self._live.tell()

    async def _keep(self, key: str, plain: Plain | None) -> None:
        self._live.require_session()
        if self._live.drafts:
            await self._live.drafts.put(key, plain)


def _bytes(path: str) -> bytes:
    """A chosen file, which is small. Raises BadInput("help_file", "unreadable")."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadInput("help_file", "unreadable") from error
