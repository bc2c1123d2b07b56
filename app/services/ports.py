"""What the app needs of the device around it, beyond the ports of sync.core: where its log lies, and its page."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app.services.papers.document import Document
from app.services.surroundings import Surroundings
from sync.core.ports import DeviceKey, Log


@dataclass(frozen=True, slots=True)
class Marker:
    """What is remembered outside of the log, in a place that goes at other moments: that this device took part, and
    since when (milliseconds since 1970) something had not been sent; None: everything had been.
    """

    unsent_since: int | None = None


@dataclass(frozen=True, slots=True)
class Opened:
    """What the storage found: a log (None in a tab that does not lead), and what happened to it.

    A `marker` beside a log that nobody took part with: the browser removed the one that was there.
    """

    log: Log | None
    marker: Marker | None = None
    damaged: bool = False
    rescued: bool = False  # the browser had removed it under the open app, and it was put back


@dataclass(frozen=True, slots=True)
class SeriesWords:
    """What to show with a series of QR codes: what to do, how to end it, and how far it is ("{} van {}")."""

    hint: str
    close: str
    counted: str


@dataclass(frozen=True, slots=True)
class Room:
    """How much the browser stores for this site, in bytes, and how much it would; None: it does not say. `kept`:
    whether it has promised not to clear this by itself.
    """

    used: int | None = None
    all: int | None = None
    kept: bool | None = None


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file that the person chose: its name, its size in bytes, and where it can be opened and read (never written),
    until another is chosen. Nothing of it is in memory yet.
    """

    name: str
    size: int
    path: str


class Storage(Protocol):
    """Where the log lies. One tab leads."""

    async def open(self) -> Opened:
        """Open the log, or tell why not. Raises DiskFull; asked again, it goes on where it stopped."""

    async def wait_for_lead(self) -> None:
        """Return when the tab that led is gone."""

    async def ask_to_make_way(self) -> bool:
        """Ask the tab that leads to make way for this one. False: it does not answer, it may be asleep."""

    def mark(self, marker: Marker | None) -> None:
        """Remember this outside of the log; None: that nothing of anybody is here."""

    async def save_adrift(self) -> None:
        """The browser removed the data under this app: keep all that it has for the next start, which puts it back.
        Raises DiskFull.
        """

    async def start_over(self) -> Log:
        """Keep what is there aside and give an empty log. Raises DiskFull."""

    async def wipe(self, log: Log | None, device_key: DeviceKey) -> Log:
        """Close this log, destroy the device key and every log, and give an empty log.

        Cut off anywhere, the next start finishes it before anything else.
        """


class PagePort(Protocol):
    """The page around the app."""

    @property
    def origin(self) -> str:
        """https://host of this site, for links."""

    @property
    def surroundings(self) -> Surroundings:
        """What the page is shown in."""

    @property
    def kept_invitation(self) -> str:
        """The invitation that this tab was looking at before it was loaded anew, "" for none."""

    def keep_invitation(self, text: str) -> None:
        """Take an invitation out of the address bar, and keep it in case this tab is loaded anew; "" forgets it."""

    async def scan(self, hint: str, close: str) -> str:
        """The text of a QR code, read with the camera; "" when the person closed it. `hint` and `close` are what
        to show meanwhile. Raises BadInput("scan", "refused" | "no_camera" | "failed").
        """

    async def scan_series(self, words: SeriesWords, hear: Callable[[Sequence[str]], tuple[int, int] | None]) -> None:
        """Read QR codes with the camera, one after another, until `hear` gives None or the person closes it. It hears
        texts that were seen, some of them more than once, and says how far that is (so many of so many).

        Raises BadInput("codes", "refused" | "no_camera" | "failed").
        """

    async def show_series(self, words: SeriesWords, total: int, codes: Iterable[Sequence[str]]) -> None:
        """Show `total` QR codes one after another, over and over, until the person closes it. A code is its rows, "1" is
        dark, quiet zone included; each is asked for when there is time, the first ones while they are shown.
        """

    async def shrink_photo(self, hint: str, choose: str, close: str) -> bytes:
        """A picture that the person chooses or takes, as a small upright JPEG; b"" when none was chosen. `hint`,
        `choose` and `close` are what to show meanwhile. It is decoded by the browser, never by us. Raises
        BadInput("photo", "too_large" | "not_image" | "unreadable").
        """

    async def choose_file(self, hint: str, choose: str, close: str, accept: str, most_bytes: int) -> Chosen | None:
        """A file that the person chooses, None when none was chosen. `accept` are endings (".csv,.json") to show first;
        `hint`, `choose` and `close` are what to show meanwhile. Raises BadInput("file", "too_large" | "unreadable"): of
        what is larger than `most_bytes` nothing is read.
        """

    def print_sheet(self, title: str, lines: Sequence[str], words: Sequence[str], qr: Sequence[Sequence[bool]]) -> None:
        """Print one page: a title, a QR code (rows, True is dark), numbered words, and sentences. Kept nowhere."""

    def keep_directory(self, text: str) -> None:
        """Give the first page a copy of the help lines (page_copy.copy), "" for those of the build."""

    async def share(self, title: str, text: str) -> bool:
        """Open the device's own way of sharing, right after a tap; False where there is none, and for a refusal."""

    def print_cards(self, blocks: Sequence[tuple[str, str]], qr: Sequence[Sequence[bool]], copies: int) -> None:
        """Print the same card one or four times on an A4: its parts (how it looks, words), and a QR code."""

    async def bring(self, package: str) -> None:
        """Have a package that few need, so that it can be imported from now on. Raises Unreachable: it can't be had."""

    def print_report(self, document: Document) -> None:
        """Print tables with their headings (app.services.papers)."""

    def print_list(
        self,
        title: str,
        lines: Sequence[str],
        boxes: Sequence[str],
        sheets: Sequence[tuple[str, Sequence[Sequence[str]]]],
    ) -> None:
        """Print a list to tick by hand, on A4: sentences, and for each sheet its name and a table. A row is what stands
        before the boxes and, where there are none, the words in their place ("" for boxes). Kept nowhere.
        """

    async def room(self) -> Room:
        """How much room the browser gives, and whether it keeps what is there."""

    def dress(self, language: str, percent: int) -> None:
        """The language that a screen reader has to speak, and the text's size over the device's own (100: the same)."""

    def reload(self) -> None:
        """Start the page again: ends everything in memory."""

    def hide(self) -> None:
        """End everything in memory and show the help lines alone; going back leads to the lock screen."""

    def cover(self) -> None:
        """Show the help lines before everything else, at once."""

    def uncover(self) -> None:
        """Show the app again after it was out of sight."""

    def inside(self, inside: bool) -> None:
        """Whether what is on screen is to be covered whenever the page is hidden."""

    def apply_update(self) -> None:
        """Take the waiting version and start again."""
