"""Reports as the app has them: `app.reports`, for a coordinator."""

from app.services.area_tree import Place
from app.services.live import Live
from app.services.reports.models import AreaChoice, Damaged, Period, Published, Report


class Reports:
    """What a coordinator does with reports."""

    def __init__(self, live: Live) -> None:
        self._live = live

    @property
    def threshold(self) -> int:
        """Below this a cell is hidden: 10, or what the organisation set higher."""
        raise NotImplementedError

    async def raise_threshold(self, to: int) -> None:
        """Set it higher for all to come. Raises BadInput("threshold", "lower" or "too_high"), Forbidden, DiskFull."""
        raise NotImplementedError

    def areas(self) -> list[AreaChoice]:
        """Areas to choose from, from top to bottom."""
        raise NotImplementedError

    def report(self, area: Place | None, period: Period, before: bool = False) -> Report:
        """Any period of any area, on screen only. Raises BadInput("report_period", "order") or BadInput("report_area", "unknown")."""
        raise NotImplementedError

    def closed_periods(self) -> list[Period]:
        """Quarters and years that are over, newest first: what may be published."""
        raise NotImplementedError

    def published(self) -> list[Published]:
        """Publications, newest period first; those set aside too."""
        raise NotImplementedError

    def damaged(self) -> list[Damaged]:
        """Publications that can't be read."""
        raise NotImplementedError

    async def publish(self, period: Period, area: Place) -> bytes:
        """Publish a closed quarter or year; the id of a publication that is WAITING until this device has synced twice.

        Raises BadInput("report_period", "open" | "published" | "waiting" | "too_old" | "gives_away" | "damaged"),
        BadInput("report_area", "unknown" | "kind"), Forbidden or DiskFull: nothing was written.
        """
        raise NotImplementedError

    async def set_aside(self, publication: bytes) -> None:
        """Draw back one that waits, or say of one that can't be read that it was never given out. Raises NotFound."""
        raise NotImplementedError
