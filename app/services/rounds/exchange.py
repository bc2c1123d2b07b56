"""Two on one round without a network: one shows QR codes, the other scans them, and the other way round.

What goes across is what lies in the round's ring, sealed and signed as it is (sync.device.carrying). One of these for
each meeting: it remembers how far the other one is, so that only what they miss is shown.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import segno

from app.services.live import Live
from app.services.ports import SeriesWords
from sync.core import bundle, ring
from sync.core.errors import DiskFull, NotFound, StraatError
from sync.core.frames import OVERHEAD, Collector, Series, from_text, parse, to_text
from sync.device.carrying import Taken

# A QR code of version 16 at error level L holds 568 bytes as Base45. Of all that were tried on pictures as a cheap phone
# takes them (docs/decisions/0028), it is the fullest that is always read; a misread costs one parity, no more.
VERSION, LEVEL, QUIET = 16, "l", 4
BLOCK = 568 - OVERHEAD
MASK = 2  # sealed bytes look like noise under any mask: choosing one for each code would take five times as long
EXTRA = 4  # parities in a turn at least; else a third of the blocks


class Exchange:
    """One meeting of two phones."""

    def __init__(self, live: Live, round_: bytes) -> None:
        self._live, self._ring = live, ring.round_ring(round_)
        self._theirs: Mapping[bytes, int] | None = None  # what the other has, once we have seen it
        self._seen = Collector()

    @property
    def can_scan(self) -> bool:
        """Whether the camera of this device can read QR codes here."""
        return self._live.page.surroundings.can_scan

    @property
    def owed(self) -> int:
        """How many notes of others lie here that no server is known to have: they go along by themselves."""
        return self._live.require_session().syncer.carrying.owed

    @property
    def far(self) -> tuple[int, int]:
        """How much of what the other shows has been seen: so many of so many."""
        return self._seen.seen, self._seen.blocks

    def series(self) -> Series:
        """What to show now. Raises NotFound when this device does not read the round."""
        session = self._live.require_session()
        if self._ring not in session.roll.state.readable(session.device):
            raise NotFound("round")
        return Series(bundle.encode(session.syncer.carrying.offer(self._ring, self._theirs)), BLOCK)

    async def show(self, words: SeriesWords) -> None:
        """Show it, over and over, until the person closes it. Raises NotFound."""
        made = self.series()
        total = made.blocks + (max(EXTRA, made.blocks // 3) if made.blocks > 1 else 0)
        await self._live.page.show_series(words, total, codes(made, total))

    async def scan(self, words: SeriesWords) -> Taken | None:
        """Read what the other shows, and take it in; None when it was closed before it was whole: then scanning again
        goes on from there.

        Raises BadInput("codes" or "exchange", why), DiskFull: nothing was taken in; or what bytes of something else raise.
        """
        if self._seen.content is not None:
            self._seen = Collector()
        await self._live.page.scan_series(words, self.hear)
        if self._seen.content is None:
            return None
        session, content = self._live.require_session(), self._seen.content
        took = await session.syncer.carrying.take_in(self._ring, content)
        self._theirs = bundle.parse(content).have
        with suppress(DiskFull):
            await session.catch_up()
        session.syncer.wake()
        return took

    def hear(self, texts: Sequence[str]) -> tuple[int, int] | None:
        """QR codes that the camera saw: how far that is, None when it is whole. What is no frame is passed over."""
        for text in texts:
            with suppress(StraatError):
                self._seen.add(parse(from_text(text)))
        return None if self._seen.content is not None else self.far


def codes(series: Series, total: int) -> Iterator[list[str]]:
    """The rows of each QR code, "1" is dark, with a quiet zone."""
    for number in range(total):
        text = to_text(series.frame(number))
        version = VERSION if series.blocks > 1 else None
        code = segno.make(text, version=version, error=LEVEL, mask=MASK, boost_error=False, micro=False)
        yield ["".join("1" if cell else "0" for cell in row) for row in code.matrix_iter(border=QUIET)]
