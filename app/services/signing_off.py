"""Signing off: what happens on a device that has left the roll.

It has handed in what was unsent and the server has confirmed each piece; then it wipes itself. Only the signed entry
on the roll makes it do so, never an answer of the server. What the server will not take stays, and is shown.
"""

from dataclasses import dataclass

from app.services.live import Live
from app.services.locking import Locking
from app.services.models import Stage
from app.services.session import Session
from sync.core import codec
from sync.core.ports import Log, LogState


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a signed-off device had: pieces that the server has confirmed, and those that it will not take."""

    confirmed: int
    refused: int


class SigningOff:
    """From the moment a device knows that it has left."""

    def __init__(self, live: Live, locking: Locking) -> None:
        self._live, self._locking = live, locking
        self.receipt: Receipt | None = None
        self._refused: list[bytes] = []

    async def leave(self, session: Session) -> None:
        """Count, wipe if all is handed in, and go to SIGNED_OFF."""
        if session.device not in session.roll.state.left or session.log.pending(1):
            return
        self._refused = _refused(session.log)
        refused = len(self._refused)
        mine = sum(1 for header, _ in session.replica.headers() if header.device == session.device)
        self.receipt = Receipt(mine - refused, refused)
        await self._locking.close(keep=False)
        if not refused:
            await self._wipe()
        self._live.enter(Stage.SIGNED_OFF)

    def refused_file(self) -> bytes:
        """What the server would not take, sealed as it is, to save as a file and bring to a coordinator."""
        return codec.pack(self._refused)

    async def finish(self) -> None:
        """Wipe what is left, and begin anew."""
        if self.receipt and self.receipt.refused:
            await self._wipe()
        self.receipt = None
        self._live.enter(Stage.WELCOME)
        self._live.page.reload()

    async def _wipe(self) -> None:
        live = self._live
        await live.world.shelf.remove()
        live.use(await live.storage.wipe(live.log, live.world.device_key))


def _refused(log: Log) -> list[bytes]:
    found, position = list[bytes](), 0
    while entries := log.read(position):
        position = entries[-1].position
        found += [e.data for e in entries if e.state == LogState.REFUSED]
    return found
