"""Figures on paper as the app has them: `app.papers`."""

from app.services.live import Live
from app.services.papers.document import Document


class Papers:
    """What a document can be made into, some of it only with the page's help."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def print(self, document: Document) -> None:
        """Open the browser's print of it."""
        self._live.page.print_report(document)

    async def workbook(self, document: Document) -> bytes:
        """An Excel workbook of it. Raises Unreachable when what makes one can't be fetched."""
        from app.services.papers.workbook import PACKAGE, workbook

        await self._live.page.bring(PACKAGE)
        return workbook(document)
