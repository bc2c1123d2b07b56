"""The tour for whoever is new: begun once, after joining; where it was left is kept on this device only."""

from app.services.live import Live
from app.services.models import Stage

SCREENS = 4
_TOUR = "tour"
_DONE = b"\xff"


class Tour:
    """How far the tour is. Works on an open device; without a log it is simply not there."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def joined(self) -> None:
        """Somebody has just joined here: the tour begins, unless this device has had it."""
        if self._read() is None:
            self._write(bytes([0]))

    @property
    def at(self) -> int | None:
        """The screen to show, from 0; None when there is none to show."""
        kept = self._read()
        return kept[0] if kept and kept[0] < SCREENS else None

    def to(self, screen: int) -> None:
        """This screen is on show. While the tour is seen again, after its end, nothing is kept."""
        if self.at is not None and 0 <= screen < SCREENS:
            self._write(bytes([screen]))

    def end(self) -> None:
        """Seen or skipped: not by itself any more."""
        self._write(_DONE)

    def _read(self) -> bytes | None:
        log = self._live.log
        return log.get(_TOUR) if log is not None and self._live.stage is Stage.OPEN else None

    def _write(self, value: bytes) -> None:
        if self._live.log is not None and self._live.stage is Stage.OPEN:
            self._live.log.put({_TOUR: value})
