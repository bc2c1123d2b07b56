"""The roll between a device and its server: taken in, compared where it does not follow, appended to.

The server is believed in nothing: each entry is verified, and that there are two rolls is proved by signed entries.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from sync.core import codec, wire
from sync.core.errors import DiskFull, NotAuthorized, RollForked, RollMoved, StraatError, Unreachable
from sync.core.ports import Log, Primitives
from sync.core.roll import Roll
from sync.device import begun_again, meta, restored
from sync.device.keyring import Keyring
from sync.device.line import Line
from sync.device.sync_state import SyncState

MOST_FOLLOWED = 10_000  # entries of another roll
TRIES = 5  # of an append, when others are quicker


class RollExchange:
    """One device's. `lost`: the server may have less of the roll than we."""

    def __init__(
        self, line: Line, primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, state: SyncState
    ) -> None:
        self._line, self._primitives, self._log = line, primitives, log
        self._roll, self._keyring, self._state = roll, keyring, state
        self._growing = asyncio.Lock()
        self.lost = log.get(meta.ROLL_OWED) is not None
        self._kept = True  # the log has all that is known of the roll

    async def exchange(self, offer_again: Callable[[], None]) -> StraatError | None:
        """Take in the roll, and give back what the server lost of it, then all envelopes too (`offer_again`).

        Trouble with it is given, not raised: it keeps no note from going on.
        """
        try:
            if self.lost:
                await self._give_back(offer_again)
            await self.pull()
            return await self._confirm()
        except (NotAuthorized, Unreachable):
            raise
        except StraatError as error:
            return error

    async def _give_back(self, offer_again: Callable[[], None]) -> None:
        """What the server lost of the roll. Owed until it has all of it: others may give back the same at the same moment,
        and then it takes only a part from each.
        """
        theirs = await self._compared()
        if theirs < len(self._roll.entries):
            await restored.offer_roll(self._line.ask, self._roll, self._keyring.device, theirs)
            now = await self._compared(theirs)
            if now > theirs:
                offer_again()
            if now < len(self._roll.entries):
                return
        await restored.know_no_more(self._line.ask)
        self.lost = False
        if self._log.get(meta.ROLL_OWED) is not None:
            self._log.put({meta.ROLL_OWED: None})

    async def _confirm(self) -> StraatError | None:
        try:
            return await restored.confirm(self._line.ask, self._log, self._roll, self._keyring.device, self._state)
        except RollMoved:
            self.lost = True  # its roll ends elsewhere: the next round looks where
            raise

    async def pull(self) -> None:
        """Take in what is new. Raises RollForked, RollMoved, or what makes an entry wrong."""
        async with self._growing:
            await self._take()

    async def _take(self) -> None:
        if self._state.forked:
            return
        if not self._kept:
            self._keep()
        while entries := await self._line.ask("roll", len(self._roll.entries), wire.ROLL):
            try:
                await self._grow(entries)
            except RollForked:  # proved by what these entries are, not by what the server says of them
                self._keep_fork(entries)
                raise
            except RollMoved:
                await self._compared()
                raise

    async def _grow(self, entries: Sequence[bytes]) -> None:
        """These entries follow: taken in, kept, and what they grant to this device opened."""
        await self._roll.extend(self._primitives, entries)
        await self._keyring.absorb(self._primitives, self._roll.state, entries)
        self._keep()

    def _keep(self) -> None:
        """All that the log has not: a full disk may have kept some out, and no gap may stay behind them."""
        self._kept = False
        self._log.append_roll(self._roll.entries[len(self._log.roll()) :])
        self._kept = True

    # -- comparing ---------------------------------------------------------------------------------------

    async def _compared(self, same: int = 0) -> int:
        """Read the server's roll from its first entry (or after the first `same`); how many of ours it has.

        If it has another entry where we have one, and that is allowed and signed as well, there are two rolls:
        the proof is kept, and RollForked raised. Anything else that differs is raised for what it is.
        """
        known = len(self._roll.entries)
        if same < known and (await self._line.ask("roll", known - 1, wire.ROLL))[:1] == self._roll.entries[-1:]:
            return known  # each entry names the one before it: the same last one is the same roll
        while same < len(self._roll.entries) and (theirs := await self._line.ask("roll", same, wire.ROLL)):
            for place, entry in enumerate(theirs[: len(self._roll.entries) - same]):
                if entry != self._roll.entries[same + place]:
                    await self._other(same + place, theirs[place:])
                    return len(self._roll.entries)
            same += min(len(theirs), len(self._roll.entries) - same)
        return same

    async def _other(self, place: int, entries: Sequence[bytes]) -> None:
        """The server has other entries after so many of ours. Returns when its roll is ours by now (begun_again)."""
        trial = Roll()  # so that an entry out of its place can't become part of ours
        trial.take_over(self._roll)
        try:
            await trial.extend(self._primitives, entries[:2])
        except RollForked:
            if await self._follow(place):
                return
            self._keep_fork(entries)
            raise
        raise RollMoved("another entry")

    async def _follow(self, place: int) -> bool:
        """Take the server's roll in the place of ours, if that may be."""
        theirs: list[bytes] = []
        while more := await self._line.ask("roll", place + len(theirs), wire.ROLL):
            theirs += more
            if len(theirs) > MOST_FOLLOWED:
                return False
        try:
            followed = await begun_again.follow(self._primitives, self._log, self._roll, self._keyring, place, theirs)
        except DiskFull:
            raise
        except StraatError:  # something is wrong with theirs further on: all the more reason to keep the proof
            return False
        self._state.forked = self._state.forked and not followed
        return followed

    def forget_fork(self) -> None:
        """Someone has looked into it: go on with the roll that this device knows."""
        self._state.forked = False
        self._log.put({meta.FORK: None})

    def _keep_fork(self, entries: Sequence[bytes]) -> None:
        """Keep the other roll's entry beside ours (or two that were not ours yet): it is the proof."""
        self._state.forked = True
        self._log.put({meta.FORK: codec.pack([e for e in entries if e not in self._roll.entries][:2])})

    # -- appending ---------------------------------------------------------------------------------------

    async def append(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Append one entry by compare-and-swap: `make` signs it on the current head, anew when that moved.

        Gives the entry's bytes. Raises what `make` or the server refuses, Unreachable when offline.
        """
        try:
            return await self._append(make)
        except NotAuthorized:
            self._line.token = ""  # expired, or the server started again: once more with a new one
            return await self._append(make)

    async def _append(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        if self._state.forked:
            raise RollForked()
        if not self._line.token:
            await self._line.sign_in()
        for _ in range(TRIES):
            async with self._growing:  # a round that takes in the roll meanwhile waits, and so does this
                await self._take()
                entry = await make()
                try:
                    await self._line.ask("roll/append", [self._roll.state.head, entry], wire.APPENDED)
                except RollMoved:
                    continue
                with suppress(DiskFull):  # it is on the roll: to say otherwise would make someone do it twice
                    await self._grow([entry])
                return entry
        if await self._compared() < len(self._roll.entries):
            self.lost = True
        raise RollMoved()
