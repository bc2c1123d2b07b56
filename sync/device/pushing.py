"""Sending what is unsent: in order, in batches, each envelope with its own outcome. Idempotent by envelope id.

A refused envelope is set aside with the server's reason and the rest goes on.
"""

from collections.abc import Sequence
from contextlib import suppress

from sync.core import wire
from sync.core.envelope import id_of, parse_any
from sync.core.errors import BadFormat, BrokenChain, NewerVersion, ServerBehind, StraatError, from_code
from sync.core.ports import Log, LogEntry, LogState
from sync.device import erasing, meta, restored
from sync.device.keyring import Keyring
from sync.device.line import Line
from sync.device.replica import Replica

PUSH_BATCH = 100
PUSH_BYTES = 4 << 20


class Pushing:
    """One device's."""

    def __init__(self, line: Line, log: Log, keyring: Keyring, replica: Replica) -> None:
        self._line, self._log, self._keyring, self._replica = line, log, keyring, replica
        self._offered = False  # everything of our own is being offered again because of a broken chain

    async def push(self) -> None:
        """Until nothing is left. Raises BadFormat for answers to other envelopes, and what is to be tried later."""
        while pending := self._log.pending(PUSH_BATCH):
            batch = _fitting(pending)
            answers = await self._line.ask("push", [e.data for e in batch], wire.PUSHED)
            if [name for name, _ in answers] != [id_of(e.data) for e in batch]:
                raise BadFormat("answers for other envelopes")
            self._settle(batch, [outcome for _, outcome in answers])
        self._offered = False
        self._log.put({meta.UNSENT_SINCE: None})

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


def _fitting(pending: Sequence[LogEntry]) -> list[LogEntry]:
    """The first ones that go into one body, one at least."""
    batch: list[LogEntry] = []
    size = 0
    for e in pending:
        if batch and size + len(e.data) > PUSH_BYTES:
            break
        batch.append(e)
        size += len(e.data)
    return batch
