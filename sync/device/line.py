"""What one device says to its server: questions with a token, and the challenge that gives one."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sync.core import codec, wire
from sync.core.errors import BadFormat, NotAuthorized
from sync.core.hlc import SKEW_WORTH_SAYING_MILLIS
from sync.core.ports import Clock, Log, Primitives, Transport
from sync.core.roll import Roll
from sync.device import meta
from sync.device.keyring import Keyring
from sync.device.sync_state import SyncState
from sync.device.writer import Writer

T = TypeVar("T")
YEAR_2020, YEAR_2100 = 1_577_836_800_000, 4_102_444_800_000  # a server's clock outside of these corrects nothing


class Line:
    """One device's. `on_signed_in` hears the server's incarnation each time that there is a new token."""

    def __init__(
        self,
        transport: Transport,
        primitives: Primitives,
        clock: Clock,
        log: Log,
        roll: Roll,
        keyring: Keyring,
        writer: Writer,
        state: SyncState,
    ) -> None:
        self._transport, self._primitives, self._clock = transport, primitives, clock
        self._log, self._roll, self._keyring, self._writer, self._state = log, roll, keyring, writer, state
        self.on_signed_in: Callable[[bytes], None] = lambda _: None
        self.token = ""

    async def ask(self, path: str, value: Any, shape: codec.Shape | None) -> Any:
        """One question with the token that there is; without a shape the answer's bytes as they are. Raises what the
        server answers, or Unreachable.
        """
        body = value if isinstance(value, bytes) else wire.encode(value)  # signed bytes travel as they are
        reply = await self._transport.send("POST", f"/v1/{path}", body, self.token)
        answer = wire.accepted(reply)
        return wire.decode(shape, answer) if shape else answer

    async def signed_in(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do something that asks, signing in before where there is no token, and once more where it has expired."""
        if not self.token:
            await self.sign_in()
        try:
            return await work()
        except NotAuthorized:
            await self.sign_in()
            return await work()

    async def sign_in(self) -> None:
        """A fresh token for a signed challenge. Raises UnknownDevice when the server does not know this one."""
        organisation, device = self._roll.state.organisation, self._keyring.device
        nonce, server_millis = await self.ask("challenge", [organisation, device], wire.CHALLENGED)
        self._note_skew(server_millis)
        proof = wire.session_bytes(organisation, device, nonce)
        [signature] = await self._primitives.sign(self._keyring.signing, [proof])
        token, _, incarnation = await self.ask("token", [organisation, device, nonce, signature], wire.TOKENED)
        if not (token.isascii() and token.isprintable()):
            raise BadFormat("token")
        self.token = token
        self.on_signed_in(incarnation)

    def _note_skew(self, server_millis: int) -> None:
        own = self._clock.millis()
        skew = server_millis - own
        far = abs(skew) > SKEW_WORTH_SAYING_MILLIS
        self._state.skew_millis = skew if far else 0
        likely = YEAR_2020 < server_millis < YEAR_2100
        passed = meta.read_int(self._log, meta.PASSED) or 0
        # A server may not set us back to before what both clocks once agreed on: what is noted would soon be over.
        self._writer.offset_millis = max(skew, min(passed - own, 0)) if far and likely else 0
        if likely:
            passed = max(passed, min(own, server_millis))
            self._log.put({meta.SERVER_TIME: meta.int_bytes(server_millis), meta.PASSED: meta.int_bytes(passed)})
