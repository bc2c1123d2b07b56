"""What the law asks, hung on App as `law`: residents' questions, receipts of erasing, terms, and lost devices."""

from typing import TYPE_CHECKING

from app.services.law import about
from app.services.law.about import About
from app.services.law.answering import Answers
from app.services.law.keeping import Keeping
from app.services.law.lost import LostDevices
from app.services.law.receipts import Receipts
from app.services.law.requests import Requests, coordinating
from app.services.law.trail import Act, Trail

if TYPE_CHECKING:
    from app.services.live import Live


class Law:
    """The parts, and looking."""

    def __init__(self, live: "Live", trail: Trail) -> None:
        self._live, self._trail = live, trail
        self.requests, self.answers, self.receipts = Requests(live), Answers(live), Receipts(live)
        self.keeping, self.lost = Keeping(live), LostDevices(live, trail)

    async def about(self, address: str) -> About:
        """Everything about an address, as far as this coordinator can see. That somebody looked stands in the trail.

        Raises BadInput("address", why), Forbidden or DiskFull.
        """
        coordinating(self._live)
        found = await about.find(self._live, address)
        await self._trail.note(Act.READ, "address")
        return found
