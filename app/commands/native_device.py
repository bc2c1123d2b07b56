"""A device on CPython: its log in a folder, no page around it. For the demo's members and for tests."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from app.services.papers.document import Document
from app.services.ports import Chosen, Marker, Opened, Room, SeriesWords
from app.services.surroundings import Surroundings
from sync.core.errors import BadInput, LogDamaged
from sync.core.ports import DeviceKey, Log
from sync.device.log import SqliteLog


class NativeStorage:
    """See app.services.ports.Storage. One process, so this one always leads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.marker: Marker | None = None

    def _path(self) -> Path:
        numbered = sorted(self._folder.glob("log-*.db"))
        return numbered[-1] if numbered else self._folder / "log-0001.db"

    async def open(self) -> Opened:
        """See Storage."""
        try:
            return Opened(SqliteLog(str(self._path())), self.marker)
        except LogDamaged:
            return Opened(None, damaged=True)

    async def wait_for_lead(self) -> None:
        """See Storage."""

    async def ask_to_make_way(self) -> bool:
        """See Storage."""
        return True

    def mark(self, marker: Marker | None) -> None:
        """See Storage."""
        self.marker = marker

    async def save_adrift(self) -> None:
        """See Storage: nothing removes a folder's files here."""

    async def start_over(self) -> Log:
        """See Storage."""
        number = int(self._path().stem.split("-")[1]) + 1
        return SqliteLog(str(self._folder / f"log-{number:04}.db"))

    async def wipe(self, log: Log | None, device_key: DeviceKey) -> Log:
        """See Storage."""
        if log is not None:
            log.close()
        self.marker = None
        await device_key.forget()
        for path in self._folder.glob("log-*.db*"):
            path.unlink(missing_ok=True)
        return SqliteLog(str(self._folder / "log-0001.db"))


@dataclass(slots=True)
class QuietPage:
    """See app.services.ports.PagePort: nothing to reload, and no camera."""

    origin: str
    surroundings: Surroundings = field(default_factory=Surroundings)
    kept_invitation: str = ""
    photo: bytes = b""
    file: str = ""
    kept_directory: str = ""
    dressed: tuple[str, int] = ("", 0)
    seen: Sequence[str] = ()
    shown: Sequence[Sequence[str]] = ()
    printed: Sequence[str] = ()

    def keep_invitation(self, text: str) -> None:
        """See PagePort."""
        self.kept_invitation = text

    async def shrink_photo(self, hint: str, choose: str, close: str) -> bytes:
        """See PagePort: `photo` is what is chosen; nothing here could make one smaller."""
        return self.photo

    async def choose_file(self, hint: str, choose: str, close: str, accept: str, most_bytes: int) -> Chosen | None:
        """See PagePort: `file` is what is chosen."""
        return _chosen(Path(self.file), most_bytes) if self.file else None

    def print_sheet(self, title: str, lines: Sequence[str], words: Sequence[str], qr: Sequence[Sequence[bool]]) -> None:
        """See PagePort."""

    async def scan(self, hint: str, close: str) -> str:
        """See PagePort."""
        raise BadInput("scan", "no_camera")

    async def scan_series(self, words: SeriesWords, hear: Callable[[Sequence[str]], tuple[int, int] | None]) -> None:
        """See PagePort: `seen` is what the camera sees."""
        if not self.seen:
            raise BadInput("codes", "no_camera")
        for text in self.seen:
            if hear([text]) is None:
                return

    async def show_series(self, words: SeriesWords, total: int, codes: Iterable[Sequence[str]]) -> None:
        """See PagePort: kept in `shown`."""
        self.shown = list(codes)

    def keep_directory(self, text: str) -> None:
        """See PagePort."""
        self.kept_directory = text

    async def share(self, title: str, text: str) -> bool:
        """See PagePort."""
        return False

    def print_cards(self, blocks: Sequence[tuple[str, str]], qr: Sequence[Sequence[bool]], copies: int) -> None:
        """See PagePort."""

    def print_list(
        self,
        title: str,
        lines: Sequence[str],
        boxes: Sequence[str],
        sheets: Sequence[tuple[str, Sequence[Sequence[str]]]],
    ) -> None:
        """See PagePort: kept in `printed`."""
        self.printed = (title, *lines, *boxes, *(f"{name}: {' '.join(row)}" for name, rows in sheets for row in rows))

    async def bring(self, package: str) -> None:
        """See PagePort: here it is installed, or not."""

    def print_report(self, document: Document) -> None:
        """See PagePort: kept in `printed`."""
        rows = (
            " ".join(map(str, row)) for sheet in document.sheets for row in ((sheet.title,), sheet.heads, *sheet.rows)
        )
        self.printed = (document.title, *document.lines, *rows, *document.notes)

    async def room(self) -> Room:
        """See PagePort: there is no browser to say so."""
        return Room()

    def dress(self, language: str, percent: int) -> None:
        """See PagePort."""
        self.dressed = (language, percent)

    def reload(self) -> None:
        """See PagePort."""

    def hide(self) -> None:
        """See PagePort."""

    def cover(self) -> None:
        """See PagePort."""

    def uncover(self) -> None:
        """See PagePort."""

    def inside(self, inside: bool) -> None:
        """See PagePort."""

    def apply_update(self) -> None:
        """See PagePort."""


def _chosen(path: Path, most_bytes: int) -> Chosen:
    size = path.stat().st_size
    if size > most_bytes:
        raise BadInput("file", "too_large")
    return Chosen(path.name, size, str(path))
