"""Sending what is unsent: in order, in batches, each envelope with its own outcome. Idempotent by envelope id.

An envelope that is refused, or that the server stumbles over, is set aside with the reason and the rest goes on. On a
line that breaks off before a batch is through, the batches get smaller.
"""

from collections.abc import Sequence
from contextlib import suppress

from sync.core import wire
from sync.core.envelope import id_of, parse_any
from sync.core.errors import BadFormat, BrokenChain, NewerVersion, ServerBehind, StraatError, Unreachable, from_code
from sync.core.ports import Log, LogEntry, LogState
from sync.device import erasing, meta, restored
from sync.device.keyring import Keyring
from sync.device.line import Line
from sync.device.replica import Replica

PUSH_BATCH = 100
PUSH_BYTES = 4 << 20
LEAST_BYTES = 32 << 10  # of a batch; one envelope goes always, whatever its size
SMALLER = 16  # each time that the line breaks off


class Pushing:
    """One device's."""

    def __init__(self, line: Line, log: Log, keyring: Keyring, replica: Replica) -> None:
        self._line, self._log, self._keyring, self._replica = line, log, keyring, replica
        self._offered = False  # everything of our own is being offered again because of a broken chain
        self._most = PUSH_BYTES

    async def push(self) -> None:
        """Until nothing is left. Raises BadFormat for answers to other envelopes, and what is to be tried later."""
        while pending := self._log.pending(PUSH_BATCH):
            batch = wire.fitting(pending, self._most, lambda e: len(e.data))
            self._settle(batch, await self._sent(batch))
        self._offered, self._most = False, PUSH_BYTES
        self._log.put({meta.UNSENT_SINCE: None})

    async def _sent(self, batch: Sequence[LogEntry]) -> list[str]:
        """The outcome of each."""
        try:
            return await self._outcomes(batch)
        except Unreachable:
            self._most = max(self._most // SMALLER, LEAST_BYTES)
            raise
        except StraatError as error:
            if error.code != StraatError.code or len(batch) == 1:
                raise
            return await self._one_by_one(batch, error)

    async def _outcomes(self, batch: Sequence[LogEntry]) -> list[str]:
        answers = await self._line.ask("push", [e.data for e in batch], wire.PUSHED)
        if [name for name, _ in answers] != [id_of(e.data) for e in batch]:
            raise BadFormat("answers for other envelopes")
        return [outcome for _, outcome in answers]

    async def _one_by_one(self, batch: Sequence[LogEntry], error: StraatError) -> list[str]:
        """The server stumbles over something in here. Raises `error` again when it does so over the first and the last:
        then it is the server that is ill, and nothing is said of any envelope.
        """
        found: dict[int, str] = {}
        for place in (0, len(batch) - 1, *range(1, len(batch) - 1)):
            found[place] = await self._outcome(batch[place])
            if len(found) == 2 and set(found.values()) == {error.code}:
                raise error
        return [found[place] for place in range(len(batch))]

    async def _outcome(self, entry: LogEntry) -> str:
        try:
            [outcome] = await self._outcomes([entry])
        except StraatError as error:
            if error.code != StraatError.code:
                raise
            return error.code
        return outcome

    def _settle(self, batch: Sequence[LogEntry], outcomes: Sequence[str]) -> None:
        """Note each outcome; one to try again later stops the round only after the others have been noted."""
        pairs = list(zip(batch, outcomes, strict=True))
        self._log.mark([e.id for e, outcome in pairs if outcome in (wire.STORED, wire.DUPLICATE)], LogState.STORED)
        failed = [(e, _why(e, o)) for e, o in pairs if o not in (wire.STORED, wire.DUPLICATE)]
        if any(isinstance(error, BrokenChain) for _, error in failed) and not self._offered:
            # The server misses something that it once acknowledged (a backup put back by hand, say): that first.
            self._offered = True
            self.offer_again()
            return
        later = next((error for _, error in failed if error.retryable), None)
        for e, error in failed:
            if not error.retryable:
                self._log.mark([e.id], LogState.REFUSED, error.code)
                self._replica.note_refused(e.id, error, len(e.data))
        if later:
            raise later

    def offer_again(self) -> None:
        """Queue everything of our own, and every order to erase, once more."""
        restored.offer_envelopes(self._log, self._keyring.device, self._replica.aside)
        erasing.again(self._log, self._replica.gone.named, self._replica.origins, self._keyring.device)


def _why(e: LogEntry, outcome: str) -> StraatError:
    """The error that an outcome stands for. A server that does not know yet what we wrote needs its update: the
    envelope waits for that. But what we can't read ourselves either is refused as anything else is.
    """
    error = from_code(outcome)
    if isinstance(error, NewerVersion):
        with suppress(StraatError):
            parse_any(e.data)
            return ServerBehind("an envelope")
    return error
