"""Taking in each ring after its cursor. A cursor moves only in the same transaction as the envelopes it stands for.

On a line that breaks off before a page is through, twice in a row, smaller pages are asked for: as long as anything gets
through, it ends. An answer that does not fit its question is bad_format and changes nothing; a gap or a false signature makes the
device look again from the beginning (sync.device.doubt).
"""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from sync.core import wire
from sync.core.envelope import id_of, is_stub
from sync.core.errors import BadFormat, Forbidden, NotFound, Unreachable
from sync.core.ports import Clock, Log, LogState, Primitives
from sync.core.roll import Roll
from sync.device import doubt, meta
from sync.device.keyring import Keyring
from sync.device.line import Line
from sync.device.replica import Replica

PAGES_A_ROUND = 50  # then what was written meanwhile has its turn, and the next round goes on
BROKEN_OFF = 2  # times in a row, before smaller pages are asked for
PULL, SMALL_PULL = "pull", "pull/small"


class Pulling:
    """One device's. `tell` hears the ids of records that changed."""

    def __init__(
        self,
        line: Line,
        primitives: Primitives,
        clock: Clock,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        replica: Replica,
        tell: Callable[[set[bytes]], None],
    ) -> None:
        self._line, self._primitives, self._clock, self._log = line, primitives, clock, log
        self._roll, self._keyring, self._replica, self._tell = roll, keyring, replica, tell
        self._broken_off, self._small = 0, False
        self.whole = True  # the last time ended with all that there was
        self.refused = False  # the last time the server would not give some ring that is ours by the roll

    async def pull(self) -> bool:
        """Page after page; whether there is a reason to go on at once."""
        known = doubt.doubts(self._replica)
        await self._follow()
        again = doubt.look_again(self._log, self._clock.millis(), known, doubt.doubts(self._replica))
        return again or not self.whole

    async def pull_all(self) -> None:
        """Until there is no more, however much it is."""
        await self._follow()
        while not self.whole:
            await self._follow()

    async def _follow(self) -> None:
        self.whole = self.refused = False
        cursors = meta.read_cursors(self._log)
        rings = sorted(self._roll.state.readable(self._keyring.device))
        asked = [(ring, cursors.get(ring, 0)) for ring in rings]
        for _ in range(PAGES_A_ROUND):
            if not asked:
                break
            now, later = asked[: wire.MAX_PULL_RINGS], asked[wire.MAX_PULL_RINGS :]
            pages = await self._page(now)
            _check(now, pages)
            await self._take(pages, cursors)
            self._tell(await self._replica.catch_up())
            # Who was not asked yet comes first, then who had little: a full ring holds up no other.
            asked = later + [(ring, cursors.get(ring, 0)) for ring, _, more in sorted(pages, key=_filled) if more]
        self.whole = not asked
        self._small = self._small and not self.whole

    async def _page(self, asked: Sequence[tuple[bytes, int]]) -> Any:
        try:
            pages = await self._line.ask(SMALL_PULL if self._small else PULL, [list(one) for one in asked], wire.PULLED)
        except Unreachable:
            self._broken_off += 1
            self._small = self._small or self._broken_off >= BROKEN_OFF
            raise
        except NotFound:  # a server from before there were small pages
            if not self._small:
                raise
            self._small = False
            return await self._page(asked)
        except Forbidden:  # it knows another roll: what it does give is taken all the same
            self.refused = True
            half = len(asked) // 2
            return (
                [*await self._page(asked[:half]), *await self._page(asked[half:])]
                if half
                else [[asked[0][0], [], False]]
            )
        self._broken_off = 0
        return pages

    async def _take(self, pages: Any, cursors: dict[bytes, int]) -> None:
        """Envelopes and cursors in one transaction: a kill in between loses or repeats nothing."""
        received = [data for _, items, _ in pages for _, data in items]
        if doubt.too_much(self._replica):
            received = await doubt.certain(self._primitives, self._roll, received)
        for ring, items, _ in pages:
            if items:
                cursors[ring] = items[-1][0]
        if any(items for _, items, _ in pages):
            values: Mapping[str, bytes] = {meta.CURSORS: meta.cursors_bytes(cursors)}
            state = {True: LogState.STUB, False: LogState.STORED}
            self._log.append([(id_of(data), data, state[is_stub(data)]) for data in received], values)


def _filled(page: Any) -> int:
    return sum(len(data) for _, data in page[1])


def _check(asked: Sequence[tuple[bytes, int]], pages: Any) -> None:
    """Refuse pages of other rings than asked, with numbers that do not rise, or that promise more and give nothing.

    A page may begin below the cursor: then that was of another numbering, and the server begins again.
    """
    if [ring for ring, _ in asked] != [ring for ring, _, _ in pages]:
        raise BadFormat("pages of other rings")
    for _, items, _ in pages:
        if any(later <= earlier for earlier, later in pairwise([0, *(number for number, _ in items)])):
            raise BadFormat("numbers that do not rise")
    if any(more for _, _, more in pages) and not any(items for _, items, _ in pages):
        raise BadFormat("more, and nothing")
