"""Where the device's store stands: led by another tab, without room, removed by the browser, put back again."""

import asyncio

from app.services.live import Live
from app.services.locking import Locking
from app.services.models import OtherTab, Stage
from app.services.ports import Marker, Opened
from sync.core.errors import DiskFull

FULL_SECONDS = 5  # between two looks whether there is room


class Storing:
    """The store of one device's app, as its screens see it."""

    def __init__(self, live: Live, locking: Locking) -> None:
        self._live, self._locking = live, locking
        self.lost: Marker | None = None  # what is known of the data that the browser removed (at GONE), if anything
        self.other_tab = OtherTab.UNASKED  # what the tab that leads said (at OTHER_TAB)
        self.stuck = False  # the browser removed the data under the open app, and there is no room to save them
        self._saving = asyncio.Lock()
        self.rescued = False  # they were put back at this start

    async def open(self) -> Opened:
        """The store, as soon as this tab leads and there is room to open it."""
        live = self._live
        while True:
            try:
                opened = await live.storage.open()
            except DiskFull:
                live.enter(Stage.FULL)
                await asyncio.sleep(FULL_SECONDS)
                continue
            if opened.log is not None or opened.damaged:
                self.rescued = opened.rescued
                return opened
            live.enter(Stage.OTHER_TAB)
            await live.storage.wait_for_lead()

    async def take_over(self) -> None:
        """Ask the tab that leads to make way for this one. It saves all and locks; nothing is taken from it."""
        self.other_tab = OtherTab.ASKED
        self._live.tell()
        answers = await self._live.storage.ask_to_make_way()
        self.other_tab = OtherTab.MAKING_WAY if answers else OtherTab.ASLEEP
        self._live.tell()

    async def make_way(self) -> None:
        """Another tab asked for it: what is typed and open here reaches the disk, then this page starts anew."""
        if self._live.stage is Stage.OPEN:
            await self._locking.lock()
        else:
            self._live.page.reload()

    def hear_stuck(self, stuck: bool) -> None:
        """Data that were cleared under the open app can't be saved for want of room, or now they can."""
        self.stuck = stuck
        self._live.tell()

    async def put_back(self) -> None:
        """The browser removed the data under this app. All is saved, and put back where the page starts anew."""
        async with self._saving:
            await self._locking.close(keep=False)
            try:
                await self._live.storage.save_adrift()
            except DiskFull:  # tried again in a moment; what was kept before stands until then
                self.stuck = True
                self._live.enter(Stage.LOCKED if self._live.stage is Stage.OPEN else self._live.stage)
            else:
                self._live.page.reload()
