"""The syncer: by itself, at start and after reconnecting, in small steps that may stop anywhere.

One round: sign in, take in the roll, push what is unsent, pull each ring after its cursor, merge. Idempotent
by envelope id; a cursor moves only in the same transaction as the envelopes it stands for. A refused
envelope is set aside with the server's reason and the rest goes on. Failures wait with backoff and jitter.

The server is believed in nothing that can be checked: an answer that does not fit its question is bad_format
and changes nothing, trouble with the roll keeps no note from being sent, and a gap or a false signature makes
the device look again from the beginning (sync.device.doubt).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sync.core import codec, wire
from sync.core.envelope import id_of, is_stub
from sync.core.errors import (
    BadFormat,
    BrokenChain,
    NotAuthorized,
    Revoked,
    RollForked,
    RollMoved,
    StraatError,
    UnknownDevice,
    UnknownHead,
    Unreachable,
    from_code,
)
from sync.core.hlc import SKEW_WORTH_SAYING_MILLIS
from sync.core.ports import Clock, Log, LogEntry, LogState, Primitives, Random, Transport
from sync.core.roll import Roll
from sync.device import doubt, erasing, meta, restored
from sync.device.keyring import Keyring
from sync.device.replica import Replica
from sync.device.writer import Writer

IDLE_MILLIS = 15_000
FIRST_WAIT_MILLIS = 1_000
LONGEST_WAIT_MILLIS = 5 * 60_000
PUSH_BATCH = 100
PUSH_BYTES = 4 << 20
PAGES_A_ROUND = 50  # then what was written meanwhile has its turn, and the next round goes on
YEAR_2020, YEAR_2100 = 1_577_836_800_000, 4_102_444_800_000  # a server's clock outside of these corrects nothing


@dataclass(slots=True)
class SyncState:
    """What a screen says about the sync. `trouble` is an error code, "" when all is well."""

    busy: bool = False
    online: bool = True
    trouble: str = ""
    skew_millis: int = 0
    forked: bool = False  # two rolls exist: notes go on, nothing is put on the roll until this is cleared
    handed_in: bool = False  # this device has left, and the server has all that it had


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
        self._transport, self._primitives, self._clock, self._random = transport, primitives, clock, random
        self._log, self._roll, self._keyring = log, roll, keyring
        self._replica, self._writer, self._on_change = replica, writer, on_change
        self.state = SyncState(forked=log.get(meta.FORK) is not None)
        self.upkeep: Callable[[], Awaitable[None]] | None = None  # done at the end of each round
        self._token = ""
        self._failures = 0
        self._roll_lost = False  # the server may have less of the roll than we
        self._forged: set[bytes] = set()  # of what names an unknown head: the ids whose signature does not hold
        self._elsewhere = False  # a member's device writes on a roll that we do not know
        self._offered = False  # everything of our own is being offered again because of a broken chain
        self._wake = asyncio.Event()
        self._one_at_a_time, self._growing = asyncio.Lock(), asyncio.Lock()

    def wake(self) -> None:
        """Something was written, or the network is back: don't wait."""
        self._failures = 0
        self._wake.set()

    async def run(self) -> None:
        """Round after round, for as long as the app is open. Ends only by cancellation."""
        while True:
            with suppress(StraatError):  # the state tells it; the next round tries again
                await self.once()
            self._on_change(set())
            await self._rest()

    async def once(self) -> None:
        """One round. Raises what stopped it; everything done so far stays done."""
        async with self._one_at_a_time:
            self._wake.clear()
            self.state.busy = True
            try:
                await self._round()
                trouble = RollForked.code if self.state.forked else UnknownHead.code if self._elsewhere else ""
                self.state.online, self.state.trouble, self._failures = True, trouble, 0
                self._log.put({meta.LAST_SYNC: meta.int_bytes(self._clock.millis())})
            except StraatError as error:
                self._failures += 1
                self.state.online = not isinstance(error, Unreachable)
                self.state.trouble = error.code
                raise
            finally:
                self.state.busy = False

    async def _rest(self) -> None:
        millis = IDLE_MILLIS if not self._failures else self._backoff()
        try:
            await asyncio.wait_for(self._wake.wait(), millis / 1000)
        except TimeoutError:
            return

    def _backoff(self) -> int:
        """Doubling from a second to five minutes, and anywhere in the upper half of it."""
        doublings: int = min(self._failures - 1, 16)
        longest = min(FIRST_WAIT_MILLIS << doublings, LONGEST_WAIT_MILLIS)
        return longest // 2 + int.from_bytes(self._random.bytes(4), "big") % (longest // 2 + 1)

    async def _round(self) -> None:
        try:
            await self._exchange()
        except NotAuthorized:
            self._token = ""  # expired meanwhile: once more with a new one
            await self._exchange()

    async def _exchange(self) -> None:
        if not self._token:
            await self._sign_in_or_join()
        trouble = await self._exchange_roll()
        self._tell(await self._replica.catch_up())
        if self._keyring.device in self._roll.state.left:
            await self._push()
            self.state.handed_in = True
            raise Revoked()
        try:
            await self._push()
        except UnknownHead as error:  # the server misses a part of the roll: that keeps nothing from coming in
            self._roll_lost = True
            trouble = trouble or error
        await self._pull()
        await erasing.send(self._ask, self._log)
        await self._look_for_heads()
        if trouble:
            raise trouble
        if self.upkeep:
            await self.upkeep()

    async def _exchange_roll(self) -> StraatError | None:
        """Take in the roll, and give back what the server lost of it. Trouble with it keeps no note from going on."""
        try:
            if self._roll_lost:
                theirs = await self._compared()
                if await restored.offer_roll(self._ask, self._roll, self._keyring.device, theirs):
                    self._offer_again()
                self._roll_lost = False
            await self._pull_roll()
        except (NotAuthorized, Unreachable):
            raise
        except StraatError as error:
            return error
        return None

    async def _look_for_heads(self) -> None:
        """What came in names a head that is not known here: the roll has grown meanwhile, or there is another one."""
        if self._replica.early and not self.state.forked:
            with suppress(StraatError):  # the next round says what is wrong with it
                await self._pull_roll()
                self._tell(await self._replica.catch_up())
        early, forged = self._replica.early, self._forged
        self._elsewhere = await doubt.from_another_roll(self._primitives, self._roll, early, forged)

    def _tell(self, changed: set[bytes]) -> None:
        if changed:
            self._on_change(changed)

    # -- talking -----------------------------------------------------------------------------------------

    async def _ask(self, path: str, value: Any, shape: codec.Shape | None) -> Any:
        body = value if isinstance(value, bytes) else wire.encode(value)  # signed bytes travel as they are
        reply = await self._transport.send("POST", f"/v1/{path}", body, self._token)
        if reply.status != 200:
            raise wire.decode_error(reply.body)
        return wire.decode(shape, reply.body) if shape else reply.body

    async def _sign_in_or_join(self) -> None:
        try:
            await self._sign_in()
        except UnknownDevice:  # it lost the entry with which this device joined, or never kept it
            if not await restored.join_again(self._ask, self._roll, self._keyring.device):
                raise
            await self._sign_in()

    async def _sign_in(self) -> None:
        organisation, device = self._roll.state.organisation, self._keyring.device
        nonce, server_millis = await self._ask("challenge", [organisation, device], wire.CHALLENGED)
        self._note_skew(server_millis)
        proof = wire.session_bytes(organisation, device, nonce)
        [signature] = await self._primitives.sign(self._keyring.signing, [proof])
        token, _, incarnation = await self._ask("token", [organisation, device, nonce, signature], wire.TOKENED)
        if not (token.isascii() and token.isprintable()):
            raise BadFormat("token")
        self._token = token
        self._note_incarnation(incarnation)
        restored.offer_refused(self._log, self._keyring.device, self._replica.aside)

    def _note_skew(self, server_millis: int) -> None:
        skew = server_millis - self._clock.millis()
        far = abs(skew) > SKEW_WORTH_SAYING_MILLIS
        self.state.skew_millis = skew if far else 0
        likely = YEAR_2020 < server_millis < YEAR_2100
        self._writer.offset_millis = skew if far and likely else 0
        if likely:
            self._log.put({meta.SERVER_TIME: meta.int_bytes(server_millis)})

    def _note_incarnation(self, incarnation: bytes) -> None:
        """A server restored from a backup has another number: offer everything of our own again, and pull
        from the beginning, since its numbering may differ.
        """
        known = self._log.get(meta.INCARNATION)
        if known is not None and known != incarnation:
            self._roll_lost = True
            self._offer_again()
        if known != incarnation:
            self._log.put({meta.INCARNATION: incarnation})

    def _offer_again(self) -> None:
        restored.offer_envelopes(self._log, self._keyring.device, self._replica.aside)
        erasing.again(self._log, self._replica.gone.named, self._replica.origins, self._keyring.device)

    # -- the roll ----------------------------------------------------------------------------------------

    async def _pull_roll(self) -> None:
        async with self._growing:
            await self._take_roll()

    async def _take_roll(self) -> None:
        if self.state.forked:
            return
        while entries := await self._ask("roll", len(self._roll.entries), wire.ROLL):
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
        self._log.append_roll(entries)
        await self._keyring.absorb(self._primitives, self._roll.state, entries)

    async def _compared(self) -> int:
        """Read the server's roll from its first entry; how many of ours it has.

        If it has another entry where we have one, and that is allowed and signed as well, there are two rolls:
        the proof is kept, and RollForked raised. Anything else that differs is raised for what it is.
        """
        same = 0
        while same < len(self._roll.entries) and (theirs := await self._ask("roll", same, wire.ROLL)):
            for place, entry in enumerate(theirs[: len(self._roll.entries) - same]):
                if entry != self._roll.entries[same + place]:
                    await self._other(theirs[place:])
            same += min(len(theirs), len(self._roll.entries) - same)
        return same

    async def _other(self, entries: Sequence[bytes]) -> None:
        trial = Roll()  # so that an entry out of its place can't become part of ours
        trial.take_over(self._roll)
        try:
            await trial.extend(self._primitives, entries[:2])
        except RollForked:
            self._keep_fork(entries)
            raise
        raise RollMoved("another entry")

    def forget_fork(self) -> None:
        """Someone has looked into it: go on with the roll that this device knows."""
        self.state.forked = False
        self._log.put({meta.FORK: None})

    def _keep_fork(self, entries: Sequence[bytes]) -> None:
        """Keep the other roll's entry beside ours (or two that were not ours yet): it is the proof."""
        self.state.forked = True
        self._log.put({meta.FORK: codec.pack([e for e in entries if e not in self._roll.entries][:2])})

    async def ask(self, path: str, value: Any, shape: codec.Shape | None) -> Any:
        """One question outside the rounds; without a shape the answer's bytes as they are. Raises what the server
        answers, or Unreachable.
        """
        if not self._token:
            await self._sign_in()
        try:
            return await self._ask(path, value, shape)
        except NotAuthorized:
            await self._sign_in()
            return await self._ask(path, value, shape)

    async def refresh_roll(self) -> None:
        """Sign in and take in the roll. Raises UnknownDevice when the server does not know this one."""
        await self._sign_in()
        await self._pull_roll()

    async def append_roll(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        """Append one entry by compare-and-swap: `make` signs it on the current head, anew when that moved.

        Gives the entry's bytes. Raises what `make` or the server refuses, Unreachable when offline.
        """
        try:
            return await self._append_roll(make)
        except NotAuthorized:
            self._token = ""  # expired, or the server started again: once more with a new one
            return await self._append_roll(make)

    async def _append_roll(self, make: Callable[[], Awaitable[bytes]]) -> bytes:
        if self.state.forked:
            raise RollForked()
        if not self._token:
            await self._sign_in()
        for _ in range(5):
            async with self._growing:  # a round that takes in the roll meanwhile waits, and so does this
                await self._take_roll()
                entry = await make()
                try:
                    await self._ask("roll/append", [self._roll.state.head, entry], wire.APPENDED)
                except RollMoved:
                    continue
                await self._grow([entry])
                return entry
        if await self._compared() < len(self._roll.entries):
            self._roll_lost = True
        raise RollMoved()

    # -- envelopes ---------------------------------------------------------------------------------------

    async def _push(self) -> None:
        while pending := self._log.pending(PUSH_BATCH):
            batch: list[LogEntry] = []
            size = 0
            for e in pending:
                if batch and size + len(e.data) > PUSH_BYTES:
                    break
                batch.append(e)
                size += len(e.data)
            answers = await self._ask("push", [e.data for e in batch], wire.PUSHED)
            if [name for name, _ in answers] != [id_of(e.data) for e in batch]:
                raise BadFormat("answers for other envelopes")
            self._settle(batch, [outcome for _, outcome in answers])
        self._offered = False
        self._log.put({meta.UNSENT_SINCE: None})

    def _settle(self, batch: Sequence[LogEntry], outcomes: Sequence[str]) -> None:
        """Note each outcome; one to try again later stops the round only after the others have been noted."""
        pairs = list(zip(batch, outcomes, strict=True))
        self._log.mark([e.id for e, outcome in pairs if outcome in (wire.STORED, wire.DUPLICATE)], LogState.STORED)
        failed = [(e, from_code(o)) for e, o in pairs if o not in (wire.STORED, wire.DUPLICATE)]
        if any(isinstance(error, BrokenChain) for _, error in failed) and not self._offered:
            # The server misses something that it once acknowledged (a backup put back by hand, say): that first.
            self._offered = True
            self._offer_again()
            return
        later = next((error for _, error in failed if error.retryable), None)
        for e, error in failed:
            if not error.retryable:
                self._log.mark([e.id], LogState.REFUSED, error.code)
                self._replica.note_refused(e.id, error, len(e.data))
        if later:
            raise later

    async def _pull(self) -> None:
        known = doubt.doubts(self._replica)
        rings = sorted(self._roll.state.readable(self._keyring.device))
        cursors = meta.read_cursors(self._log)
        asked = [(ring, cursors.get(ring, 0)) for ring in rings]
        for _ in range(PAGES_A_ROUND):
            if not asked:
                break
            pages = await self._ask("pull", [list(one) for one in asked], wire.PULLED)
            _check(asked, pages)
            await self._take(pages, cursors)
            self._tell(await self._replica.catch_up())
            asked = [(ring, cursors.get(ring, 0)) for ring, _, more in pages if more]
        if asked or doubt.look_again(self._log, self._clock.millis(), known, doubt.doubts(self._replica)):
            self._wake.set()

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
