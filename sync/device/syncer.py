"""The syncer: by itself, at start and after reconnecting, in small steps that may stop anywhere.

One round: sign in, take in the roll, push what is unsent, pull each ring after its cursor, merge. What each step does
stands in its own file: line (asking and signing in), roll_exchange, pushing, pulling. Failures wait with backoff and
jitter.

The server is believed in nothing that can be checked: an answer that does not fit its question is bad_format
and changes nothing, trouble with the roll keeps no note from being sent, and a gap or a false signature makes
the device look again from the beginning (sync.device.doubt).
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from sync.core import codec
from sync.core.errors import (
    Busy,
    Forbidden,
    NotAuthorized,
    QuotaFull,
    Revoked,
    RollForked,
    SlowDown,
    StraatError,
    UnknownDevice,
    UnknownHead,
    Unreachable,
)
from sync.core.ports import Clock, Log, Primitives, Random, Transport, Wakeable
from sync.core.roll import Roll
from sync.device import begun_again, doubt, erasing, meta, rechain, restored
from sync.device.carrying import Carrying
from sync.device.keyring import Keyring
from sync.device.line import Line
from sync.device.listening import Listening
from sync.device.patience import Pace, backoff, upto
from sync.device.pulling import Pulling
from sync.device.pushing import Pushing
from sync.device.replica import Replica
from sync.device.roll_exchange import RollExchange
from sync.device.sync_state import SyncState
from sync.device.writer import Writer

IDLE_MILLIS = 60_000  # the server says when there is something (listening); without its word, never more often
AFTER_SECONDS = 0.3  # what was just written may be on the screen by then
JITTER_MILLIS = 200  # fifty phones that are woken at once do not ask at once
WAKINGS, WAKING_SECONDS = 20, 3.0  # so many rounds at a server's word in a row, then one each so often
DEAF = (Unreachable.code, SlowDown.code, Busy.code)


class Syncer:
    """One device's exchange with one server. `on_change` hears the ids of records that changed."""

    def __init__(
        self,
        transport: Transport,
        primitives: Primitives,
        clock: Clock,
        random: Random,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        replica: Replica,
        writer: Writer,
        on_change: Callable[[set[bytes]], None] = lambda _: None,
    ) -> None:
        self._primitives, self._clock, self._random = primitives, clock, random
        self._log, self._roll, self._keyring = log, roll, keyring
        self._replica, self._writer, self._on_change = replica, writer, on_change
        self.state = SyncState(forked=log.get(meta.FORK) is not None)
        self.line = Line(transport, primitives, clock, log, roll, keyring, writer, self.state)
        self.line.on_signed_in = self._signed_in
        self.rolls = RollExchange(self.line, primitives, log, roll, keyring, self.state)
        self._pushing = Pushing(self.line, log, keyring, replica)
        self.carrying = Carrying(primitives, clock, log, roll, keyring, replica)
        self._pulling = Pulling(self.line, primitives, clock, log, roll, keyring, replica, self._tell)
        self.upkeep: Callable[[], Awaitable[None]] | None = None  # done at the end of each round
        self.soon: Callable[[], int | None] = lambda: None  # milliseconds after which upkeep has something to do
        self._word = False  # the server has said since the last round began that there is something
        self.woken = False  # this round is at such a word, or the last one that came to nothing was
        self._failures: Counter[bool] = Counter()  # in a row, by whether the server answered
        self._forged: set[bytes] = set()  # of what names an unknown head: the ids whose signature does not hold
        self._elsewhere = False  # a member's device writes on a roll that we do not know
        self._wake = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._listening = (
            Listening(transport, self.line, random, self._hear) if isinstance(transport, Wakeable) else None
        )
        self._pace = Pace(WAKINGS, WAKING_SECONDS)
        self._soon: asyncio.TimerHandle | None = None  # the round at the server's word
        self._later: asyncio.TimerHandle | None = None  # and the one at what was written here

    # -- rounds ------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Something was written, or the network is back: don't wait."""
        self._failures.clear()
        self._wake.set()
        if self._listening and not self._listening.open:
            self._listening.hurry()

    def wake_soon(self) -> None:
        """The same, once what was written is on the screen: a round takes processor time from that."""
        if self._later is None:
            self._later = asyncio.get_running_loop().call_later(AFTER_SECONDS, self._due)

    def _due(self) -> None:
        self._later = None
        self.wake()

    def _hear(self) -> None:
        """The server says that there may be something: a round soon. What it says meanwhile is the same round. No word
        shortens the wait of who could not reach it, or was told to wait.
        """
        if self._soon is None and self.state.trouble not in DEAF:
            loop = asyncio.get_running_loop()
            seconds = self._pace.wait(loop.time()) + upto(JITTER_MILLIS, self._random) / 1000
            self._soon = loop.call_later(seconds, self._go)

    def _go(self) -> None:
        self._soon, self._word = None, True
        self._wake.set()

    async def run(self) -> None:
        """Round after round, for as long as the app is open. Ends only by cancellation."""
        listening = asyncio.create_task(self._listening.run()) if self._listening else None
        try:
            while True:
                with suppress(StraatError):  # the state tells it; the next round tries again
                    await self.once()
                if self._listening and self.line.token and self.state.online:  # whatever else is wrong
                    self._listening.signed_in()
                self._on_change(set())
                await self._rest()
        finally:
            for timer in (self._soon, self._later):
                if timer:
                    timer.cancel()
            self._soon = self._later = None
            if listening:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)

    async def once(self) -> None:
        """One round. Raises what stopped it; everything done so far stays done."""
        async with self._one_at_a_time:
            self._wake.clear()
            self.woken, self._word = self.woken or self._word, False
            self.state.busy = True
            try:
                await self._round()
                trouble = RollForked.code if self.state.forked else UnknownHead.code if self._elsewhere else ""
                self.state.online, self.state.trouble, self.woken = True, trouble, False
                self._failures.clear()
                self._log.put({meta.LAST_SYNC: meta.int_bytes(self._clock.millis())})
            except StraatError as error:
                online = self.state.online = not isinstance(error, Unreachable)
                self._failures[online] += 1
                if online:  # a line that drops later is tried again soon, however long the other trouble lasts
                    self._failures[False] = 0
                self.state.trouble = error.code
                raise
            finally:
                self.state.busy = False

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), self.wait_millis() / 1000)

    def wait_millis(self) -> int:
        """How long a rest after the last round is, unless something wakes it."""
        failures = self._failures[self.state.online]
        if failures:
            return backoff(failures, self._random)
        soon = self.soon()
        return IDLE_MILLIS if soon is None else min(IDLE_MILLIS, soon + JITTER_MILLIS)

    async def _round(self) -> None:
        try:
            await self._exchange()
        except NotAuthorized:
            self.line.token = ""  # expired meanwhile: once more with a new one
            await self._exchange()

    async def _exchange(self) -> None:
        if not self.line.token:
            await self._sign_in_or_join()
        trouble = await self.rolls.exchange(self._pushing.offer_again)
        self._tell(await self._replica.catch_up())
        if await begun_again.reseal(
            self._primitives, self._log, self._roll, self._keyring, self._replica, self._writer
        ):
            self._tell(await self._replica.catch_up())
        if self._keyring.device in self._roll.state.left:
            await self._pushing.push()
            await self.carrying.hand_on(self.line.ask)
            self.state.handed_in = True
            raise Revoked()
        try:
            await self._pushing.push()
        except UnknownHead as error:  # the server misses a part of the roll: that keeps nothing from coming in
            self.rolls.lost = True
            trouble = trouble or error
        except QuotaFull as error:  # nor does this
            trouble = trouble or error
        if await self._pulling.pull():
            self._wake.set()
        if self._pulling.refused:
            self.rolls.lost = True
            trouble = trouble or Forbidden("ring")
        await self.carrying.hand_on(self.line.ask)
        await erasing.send(self.line.ask, self._log)
        await self._look_for_heads()
        if trouble:
            raise trouble
        if not self._pulling.whole:
            return  # what follows decides, also about others, by all that there is
        if await self._mended():
            self._tell(await self._replica.catch_up())
            self._wake.set()
        if self.upkeep:
            await self.upkeep()

    async def _mended(self) -> int:
        now, keyring = self._clock.millis(), self._keyring
        return await rechain.mend(self._primitives, self._log, self._roll, keyring, self._replica, self._writer, now)

    async def _look_for_heads(self) -> None:
        """What came in names a head that is not known here: the roll has grown meanwhile, or there is another one."""
        if self._replica.early and not self.state.forked:
            with suppress(StraatError):  # the next round says what is wrong with it
                await self.rolls.pull()
                self._tell(await self._replica.catch_up())
        early, forged = self._replica.early, self._forged
        self._elsewhere = await doubt.from_another_roll(self._primitives, self._roll, early, forged)

    def _tell(self, changed: set[bytes]) -> None:
        if changed:
            self._on_change(changed)

    # -- signing in --------------------------------------------------------------------------------------

    async def _sign_in_or_join(self) -> None:
        try:
            await self.line.sign_in()
        except UnknownDevice:  # it lost the entry with which this device joined, or never kept it
            if not await restored.join_again(self.line.ask, self._roll, self._keyring.device):
                raise
            await self.line.sign_in()

    def _signed_in(self, incarnation: bytes) -> None:
        """A server restored from a backup has another number: offer everything of our own again, and pull
        from the beginning, since its numbering may differ.
        """
        known = self._log.get(meta.INCARNATION)
        if known != incarnation:
            self.rolls.lost = True
            again = {meta.ROLL_OWED: meta.FIRST_TIME}  # it may have been put back since this device joined
            if known is not None:
                self._pushing.offer_again()
                again = {meta.ROLL_OWED: meta.PUT_BACK, meta.UNCONFIRMED: b"\1"}
            self._log.put({meta.INCARNATION: incarnation, **again})
        restored.offer_refused(self._log, self._keyring.device, self._replica.aside)

    # -- outside the rounds ------------------------------------------------------------------------------

    async def ask(self, path: str, value: Any, shape: codec.Shape | None) -> Any:
        """One question outside the rounds; without a shape the answer's bytes as they are. Raises what the server
        answers, or Unreachable.
        """
        return await self.line.signed_in(lambda: self.line.ask(path, value, shape))

    async def refresh_roll(self) -> None:
        """Sign in and take in the roll. Raises UnknownDevice when the server does not know this one."""
        await self.line.sign_in()
        await self.rolls.pull()

    async def take_in(self) -> None:
        """Everything that the server has, before a decision that draws a line under what this device has seen.

        Raises what stops it: then this device does not know enough to decide.
        """
        async with self._one_at_a_time:
            await self.line.signed_in(self._take_in)

    async def _take_in(self) -> None:
        await self.rolls.pull()
        self._tell(await self._replica.catch_up())
        await self._pulling.pull_all()

    async def append_roll(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Append one entry by compare-and-swap: `make` signs it on the current head, anew when that moved.

        Gives the entry's bytes. Raises what `make` or the server refuses, Unreachable when offline.
        """
        return await self.rolls.append(make)

    def forget_fork(self) -> None:
        """Someone has looked into it: go on with the roll that this device knows."""
        self.rolls.forget_fork()
