"""Rounds from door to door: what screens ask and do. Hung on App as `rounds`.

Reading answers from memory. Whatever writes is durable when it returns; who walks which round is decided on the roll, so
making, closing and changing members needs the server (Unreachable: nothing was changed).
"""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date

from app.services import inviting, people
from app.services.live import Live
from app.services.models import DayPart, InviteLink
from app.services.rounds import closing, doors, ended, here, making, paper, plan_draft, walking
from app.services.rounds.exchange import Exchange
from app.services.rounds.looking import Looking, StreetLook
from app.services.rounds.models import (
    Answer,
    BeforeClosing,
    DoorLook,
    Ended,
    Holding,
    Plan,
    PlannedWalk,
    Progress,
    RoundLink,
    RoundLook,
    Standing,
    WalkLook,
)
from sync.core import ring, wire
from sync.core.errors import DiskFull, NotFound
from sync.core.ids import ID_BYTES

ROUTE = "ronde"
DRAFT = "round"
DAY_MILLIS = 24 * 60 * 60_000


class Rounds:
    """The rounds of one device's app."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._looking = Looking(live.require_session)
        self._one_at_a_time = asyncio.Lock()

    # -- looking -----------------------------------------------------------------------------------------

    def rounds(self) -> list[RoundLook]:
        """Open ones first, newest first: for a coordinator all of their teams, for others those they are on."""
        return self._looking.rounds()

    def round(self, name: bytes) -> RoundLook:
        """One round. Raises NotFound (see `standing` for why)."""
        return self._looking.round(name)

    def walk(self, walk: bytes) -> WalkLook:
        """One walk. Raises NotFound."""
        return self._looking.walk(walk)

    def doors(self, walk: bytes) -> list[DoorLook]:
        """The doors of a walk, in walking order. Raises NotFound."""
        return self._looking.doors(walk)

    def next_door(self, walk: bytes, after: str | None = None) -> str | None:
        """The key of the next door to ring after this one, around the end; None: there is none now. Never one where
        nobody rings. Raises NotFound.
        """
        return doors.next_door(self._looking.doors(walk), after)

    def pictures(self, name: bytes) -> list[StreetLook]:
        """The same with a complex of several streets as one. Raises NotFound."""
        return self._looking.pictures(name)

    def pictures_of_walk(self, walk: bytes) -> list[StreetLook]:
        """The streets and complexes of a walk, as pictures. Raises NotFound."""
        return self._looking.pictures_of_walk(walk)

    def new_residents(self, name: bytes) -> int:
        """How many new addresses of this round's doors wait for a welcome. Raises NotFound."""
        return self._looking.new_residents(name)

    def progress_of_streets(self, name: bytes) -> list[StreetLook]:
        """Each street's name, counts and doors, as a picture; of a closed round the counts alone. Raises NotFound."""
        return self._looking.progress_of_streets(name)

    def standing(self, name: bytes) -> Standing:
        """How this device stands to a round that a link names."""
        session = self._live.require_session()
        state = session.roll.state
        crew = state.rounds.get(name)
        if crew is None:
            return Standing.UNKNOWN
        if ring.round_ring(name) not in state.readable(session.device) and session.member not in crew.members:
            return Standing.OVER if crew.closed else Standing.NOT_ON
        with suppress(NotFound):
            self.round(name)
            return Standing.ON
        return Standing.COMING

    def link(self, name: bytes) -> RoundLink:
        """What opens a round for whoever is on it; there is no secret in it."""
        url = inviting.url_of(self._live.page.origin, ROUTE, name.hex())
        return RoundLink(url, inviting.qr(url))

    def from_link(self, text: str) -> bytes | None:
        """The round that a link, a route or only its last part names, or None."""
        with suppress(ValueError):
            name = bytes.fromhex(text.strip().rsplit("/", 1)[-1])
            return name if len(name) == ID_BYTES else None
        return None

    def exchange(self, name: bytes) -> Exchange:
        """A meeting of two on this round who have no network. Raises NotFound."""
        self.round(name)
        return Exchange(self._live, name)

    # -- walking -----------------------------------------------------------------------------------------

    async def take(self, walk: bytes) -> None:
        """Have a walk until the end of the evening; then it is free again by itself. Nobody is refused: two who took it
        both keep what they noted. Raises NotFound, BadInput("round", "closed") or DiskFull.
        """
        async with self._one_at_a_time:
            await walking.take(self._looking, walk)

    async def hand_back(self, walk: bytes) -> None:
        """It is free for others at once. Raises as `take` does."""
        async with self._one_at_a_time:
            await walking.hand_back(self._looking, walk)

    async def tap(
        self,
        walk: bytes,
        key: str,
        answer: Answer,
        new_resident: bool = False,
        when: tuple[date, DayPart] | None = None,
    ) -> None:
        """What was found at a door. With it, in the same write: no contact wanted sets the mark, `new_resident` at a met
        door makes the task of every new address. Whether this device has the walk is not asked. `when`: on which
        part of which day it was, where it is entered from paper.

        Raises as `check_when` does, NotFound, DiskFull (nothing was written), or BadInput("round", "closed"): then a mark
        and a new address were written all the same.
        """
        if when:
            self.check_when(walk, when)
        async with self._one_at_a_time:  # two quick taps at one door are one after the other
            await walking.tap(self._looking, walk, key, answer, new_resident, when)

    def check_when(self, walk: bytes, when: tuple[date, DayPart]) -> None:
        """Whether a walk may have been walked then. Raises NotFound, or BadInput("day", "future", "part" or "before_round")."""
        first = self._looking.round(self.walk(walk).round).first
        paper.check_when(when, first, here.now(self._live.require_session()))

    async def undo(self, walk: bytes, key: str) -> None:
        """My last tap at a door was not meant: what I said before it stands again; undone twice, it stands. A mark that it
        set stands until a coordinator lifts it, and they are asked to. Raises as `tap` does.
        """
        async with self._one_at_a_time:
            await walking.undo(self._looking, walk, key)

    def print_paper(
        self,
        title: str,
        lines: Sequence[str],
        boxes: Sequence[str],
        sheets: Sequence[tuple[str, Sequence[Sequence[str]]]],
    ) -> None:
        """A walk on paper: see PagePort.print_list."""
        self._live.page.print_list(title, lines, boxes, sheets)

    async def ended(self) -> list[Ended]:
        """Rounds that I walked and that are over, in counts, until it has been read."""
        return await ended.ended(self._live.require_session())

    @property
    def any_ended(self) -> bool:
        """Whether there is one to tell of."""
        return ended.any_ended(self._live.require_session())

    async def forget_ended(self) -> None:
        """That has been read."""
        await ended.forget(self._live.require_session())
        self._live.tell()

    # -- the coordinator ---------------------------------------------------------------------------------

    def plan_draft(self, before: bytes = b"") -> Plan | None:
        """The plan that was begun, or that could not be made yet; `before`: the one that is a re-run of that round."""
        kept = self._live.drafts.get(_draft(before)) if self._live.drafts else None
        return plan_draft.from_plain(kept, self._today()) if kept is not None else None

    async def save_plan_draft(self, plan: Plan | None, before: bytes = b"") -> None:
        """Keep the plan as it is now; None drops it. Raises DiskFull."""
        if self._live.drafts:
            await self._live.drafts.put(_draft(before), plan_draft.to_plain(plan) if plan else None)

    def preview(self, plan: Plan, before: bytes = b"") -> list[PlannedWalk]:
        """The walks that a plan would give; `before`: over those of that round. Raises BadInput or NotFound."""
        session = self._live.require_session()
        walks = making.walks_of(self._looking, before) if before else making.cut(session, plan)
        return making.planned(session, walks)

    async def make(self, plan: Plan) -> bytes:
        """Make a round; its id. Raises BadInput, Forbidden, or Unreachable: nothing was made, and the plan is a draft."""
        session = self._live.require_session()
        making.coordinating(session)
        making.check(plan, self._today())
        return await self._made(plan, making.cut(session, plan))

    async def again(self, before: bytes, plan: Plan) -> bytes:
        """A round over the walks of an earlier one, with nothing of what was found then. `plan.streets` is not looked at.
        Raises as `make` does, or NotFound.
        """
        session = self._live.require_session()
        making.coordinating(session)
        making.check(plan, self._today(), again=True)
        return await self._made(plan, making.walks_of(self._looking, before), before)

    async def _made(self, plan: Plan, walks: making.Walks, before: bytes = b"") -> bytes:
        await self.save_plan_draft(plan, before)
        spent = await self._live.spend(_draft(before))
        name = await making.make(self._live.require_session(), plan, walks, before, spent)
        with suppress(DiskFull):  # it is made: to say otherwise would make someone make it twice
            await self.save_plan_draft(None, before)
        self._live.tell()
        return name

    async def change_members(self, name: bytes, wanted: Iterable[bytes]) -> None:
        """These members are on it from now on: whoever leaves can't read on. Raises NotFound, Unreachable, RollRefused."""
        making.coordinating(self._live.require_session())
        await making.change_members(self._live.require_session(), self._looking, name, wanted)
        self._live.tell()

    async def invite(self, name: str, round_: bytes, days: int = 14) -> InviteLink:
        """An invitation for a new collector, who is on the round at once. Raises BadInput, Unreachable, RollRefused."""
        session = self._live.require_session()
        making.coordinating(session)
        secrets = await self._live.require_vault().secrets()
        made = await making.invite(session, self._looking, round_, name, secrets, self._live.page.origin, days)
        self._live.tell()
        return made

    async def extend(self, name: bytes, last: date) -> None:
        """It goes on until another day. Raises NotFound, BadInput or DiskFull."""
        making.coordinating(self._live.require_session())
        await making.extend(self._live.require_session(), self._looking, name, last)
        self._live.tell()

    async def before_closing(self, name: bytes) -> BeforeClosing:
        """What to know before a round is closed. Raises NotFound, or Unreachable: it can't be closed now either."""
        session, look = self._live.require_session(), self.round(name)
        making.coordinating(session)
        await session.syncer.take_in()
        look = self.round(name)
        seen = dict(await session.syncer.ask("devices", [], wire.DEVICES))
        taken = tuple(w.name for w in look.walks if w.holding is not Holding.FREE)
        today = session.writer.now() // DAY_MILLIS
        names, on_it = people.names(session), session.roll.state.members()
        unheard = {names.get(m.hex(), "") for m in look.members for d in on_it.get(m, ()) if seen.get(d.id, 0) < today}
        return BeforeClosing(look.progress, taken, tuple(sorted(unheard)))

    async def close(self, name: bytes) -> Progress:
        """The round is over: counts are kept, all else is erased everywhere. What phones send later is counted when it
        comes. Raises NotFound, Unreachable or RollRefused: nothing was changed.
        """
        making.coordinating(self._live.require_session())
        progress = await closing.close(self._looking, name)
        self._live.tell()
        return progress

    def _today(self) -> date:
        return date.fromtimestamp(self._live.require_session().writer.now() / 1000)


def _draft(before: bytes) -> str:
    """By which name a plan is kept: a re-run never takes the place of a new round that is half filled in."""
    return f"{DRAFT} {before.hex()}" if before else DRAFT
