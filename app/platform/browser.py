"""The log's place and the page, in the browser's worker. What is the device's own: browser_device; the network:
browser_transport.
"""

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence

from js import Object, location
from pyodide.ffi import JsException, create_proxy, to_js
from straat_js import page, storage

from app.platform.browser_device import BrowserClock as BrowserClock
from app.platform.browser_device import BrowserDeviceKey as BrowserDeviceKey
from app.platform.browser_device import BrowserPasskeys as BrowserPasskeys
from app.platform.browser_device import BrowserRandom as BrowserRandom
from app.platform.browser_device import roomy
from app.services.papers.document import Document
from app.services.ports import Chosen, Marker, Opened, Room, SeriesWords
from app.services.surroundings import Surroundings, told
from sync.core.errors import BadInput, LogDamaged, Unreachable
from sync.core.ports import DeviceKey, Log
from sync.device.log import SqliteLog


class BrowserStorage:
    """See app.services.ports.Storage: one SQLite file on OPFS, one tab that leads."""

    async def open(self) -> Opened:
        """See Storage."""
        found = json.loads(await roomy(storage.open(page.marker), "store"))
        if not found["leader"]:
            return Opened(None)
        try:
            return Opened(SqliteLog(found["path"]), _marker(found["marked"]), rescued=found["rescued"])
        except LogDamaged:
            return Opened(None, damaged=True)

    async def wait_for_lead(self) -> None:
        """See Storage."""
        await storage.lead()

    async def ask_to_make_way(self) -> bool:
        """See Storage."""
        return await storage.ask()

    def mark(self, marker: Marker | None) -> None:
        """See Storage."""
        storage.mark(json.dumps({"unsent": marker.unsent_since}) if marker else "")

    async def save_adrift(self) -> None:
        """See Storage."""
        await roomy(storage.board(), "store")

    async def start_over(self) -> Log:
        """See Storage. The new log is opened by a fresh start; until then there is one in memory."""
        await roomy(storage.startOver(), "store")
        self.mark(None)
        _post(reload=True)
        return SqliteLog(":memory:")

    async def wipe(self, log: Log | None, device_key: DeviceKey) -> Log:
        """See Storage."""
        if log is not None:
            log.close()
        await storage.wipe()
        return SqliteLog(":memory:")


class BrowserShelf:
    """See sync.device.saved.Shelf: a file on OPFS, beside the log."""

    @property
    def version(self) -> str:
        """Of the build: it stands in the worker's address."""
        return str(location.pathname)

    async def read(self) -> bytes | None:
        """See Shelf."""
        try:
            return (await storage.view.read()).to_bytes() or None
        except JsException as e:
            raise OSError(str(e)) from e

    async def write(self, pieces: Sequence[bytes]) -> None:
        """See Shelf."""
        try:
            await roomy(storage.view.write(to_js(pieces)), "view")
        except JsException as e:
            raise OSError(str(e)) from e

    async def remove(self) -> None:
        """See Shelf."""
        await storage.view.remove()


class BrowserPage:
    """See app.services.ports.PagePort."""

    def __init__(self) -> None:
        self._scanned: asyncio.Future[str] | None = None
        self._photo: asyncio.Future[bytes] | None = None
        self._file: asyncio.Future[Chosen | None] | None = None
        self._shared: asyncio.Future[bool] | None = None
        self._series: asyncio.Future[None] | None = None
        self._shown: asyncio.Future[None] | None = None
        self._hear_codes: Callable[[Sequence[str]], tuple[int, int] | None] = lambda texts: None
        self._counted = ""

    @property
    def origin(self) -> str:
        """See PagePort."""
        return page.origin

    @property
    def surroundings(self) -> Surroundings:
        """See PagePort."""
        return told(page.surroundings.to_py()) if page.surroundings else Surroundings()

    @property
    def kept_invitation(self) -> str:
        """See PagePort."""
        return page.invitation

    def keep_invitation(self, text: str) -> None:
        """See PagePort."""
        page.invitation = text
        _post(invitation=text)

    def print_sheet(self, title: str, lines: Sequence[str], words: Sequence[str], qr: Sequence[Sequence[bool]]) -> None:
        """See PagePort."""
        rows = ["".join("1" if dark else "0" for dark in row) for row in qr]
        _post(sheet={"title": title, "lines": list(lines), "words": list(words), "qr": rows})

    def print_cards(self, blocks: Sequence[tuple[str, str]], qr: Sequence[Sequence[bool]], copies: int) -> None:
        """See PagePort."""
        rows = ["".join("1" if dark else "0" for dark in row) for row in qr]
        _post(cards={"blocks": [list(b) for b in blocks], "qr": rows, "copies": copies})

    def print_list(
        self,
        title: str,
        lines: Sequence[str],
        boxes: Sequence[str],
        sheets: Sequence[tuple[str, Sequence[Sequence[str]]]],
    ) -> None:
        """See PagePort."""
        tables = [[name, [list(row) for row in rows]] for name, rows in sheets]
        _post(list={"title": title, "lines": list(lines), "boxes": list(boxes), "sheets": tables})

    async def bring(self, package: str) -> None:
        """See PagePort."""
        try:
            await page.bring(package)
        except JsException as e:
            raise Unreachable(package) from e

    def print_report(self, document: Document) -> None:
        """See PagePort."""
        sheets = [[s.title, list(s.heads), [list(row) for row in s.rows], s.bars] for s in document.sheets]
        words = {"title": document.title, "lines": list(document.lines), "notes": list(document.notes)}
        _post(report={**words, "sheets": sheets})

    async def room(self) -> Room:
        """See PagePort."""
        said = json.loads(await page.room())
        return Room(said.get("used"), said.get("all"), said.get("kept"))

    async def scan(self, hint: str, close: str) -> str:
        """See PagePort."""
        if self._scanned is None or self._scanned.done():
            self._scanned = asyncio.get_running_loop().create_future()
            _post(scan={"hint": hint, "close": close})
        return await self._scanned

    async def scan_series(self, words: SeriesWords, hear: Callable[[Sequence[str]], tuple[int, int] | None]) -> None:
        """See PagePort."""
        if self._series is None or self._series.done():
            self._series = asyncio.get_running_loop().create_future()
            self._hear_codes, self._counted = hear, words.counted
            _post(scanSeries={"hint": words.hint, "close": words.close})
        await self._series

    async def show_series(self, words: SeriesWords, total: int, codes: Iterable[Sequence[str]]) -> None:
        """See PagePort. A breath between two: whoever taps meanwhile has a turn."""
        if self._shown is not None and not self._shown.done():
            return
        shown = self._shown = asyncio.get_running_loop().create_future()
        said = {"hint": words.hint, "close": words.close, "counted": words.counted, "total": total}
        _post(showSeries=said)
        for rows in codes:
            _post(code=list(rows))
            await asyncio.sleep(0.02)
            if shown.done():
                break
        await shown

    def _take_codes(self, texts: Sequence[str]) -> None:
        far = self._hear_codes(texts)
        if far is None:
            _post(enough=True)
        elif far[1]:
            _post(soFar=[self._counted.replace("{}", "%d") % far, far[0] / far[1]])

    def _end_series(self, said: dict[str, str]) -> None:
        waiting, self._series = self._series, None
        if waiting is None or waiting.done():
            return
        if "problem" in said:
            waiting.set_exception(BadInput("codes", said["problem"]))
        else:
            waiting.set_result(None)

    async def shrink_photo(self, hint: str, choose: str, close: str) -> bytes:
        """See PagePort. A second question ends the first: not every browser says that a choice was given up."""
        if self._photo is not None and not self._photo.done():
            self._photo.set_result(b"")
        self._photo = asyncio.get_running_loop().create_future()
        _post(photo={"hint": hint, "choose": choose, "close": close})
        return await self._photo

    async def choose_file(self, hint: str, choose: str, close: str, accept: str, most_bytes: int) -> Chosen | None:
        """See PagePort. A second question ends the first, as for photos."""
        if self._file is not None and not self._file.done():
            self._file.set_result(None)
        self._file = asyncio.get_running_loop().create_future()
        _post(file={"hint": hint, "choose": choose, "close": close, "accept": accept, "most": most_bytes})
        return await self._file

    def _hear_file(self, file: dict[str, object]) -> None:
        waiting, self._file = self._file, None
        if waiting is None or waiting.done():
            return
        if "problem" in file:
            waiting.set_exception(BadInput("file", str(file["problem"])))
        else:
            path = str(file.get("path") or "")
            waiting.set_result(Chosen(str(file["name"]), int(str(file["size"])), path) if path else None)

    def _hear_photo(self, photo: dict[str, object]) -> None:
        waiting, self._photo = self._photo, None
        if waiting is None or waiting.done():
            return
        if "problem" in photo:
            waiting.set_exception(BadInput("photo", str(photo["problem"])))
        else:
            waiting.set_result(bytes(photo.get("jpeg") or b""))

    def _hear_scan(self, scanned: dict[str, str]) -> None:
        waiting, self._scanned = self._scanned, None
        if waiting is None or waiting.done():
            return
        if "problem" in scanned:
            waiting.set_exception(BadInput("scan", scanned["problem"]))
        else:
            waiting.set_result(scanned["text"])

    def keep_directory(self, text: str) -> None:
        """See PagePort."""
        _post(directory=text)

    async def share(self, title: str, text: str) -> bool:
        """See PagePort."""
        if self._shared is None or self._shared.done():
            self._shared = asyncio.get_running_loop().create_future()
            _post(share={"title": title, "text": text})
        return await self._shared

    def dress(self, language: str, percent: int) -> None:
        """See PagePort."""
        _post(dress={"language": language, "percent": percent})

    def reload(self) -> None:
        """See PagePort."""
        _post(reload=True)

    def hide(self) -> None:
        """See PagePort."""
        _post(hide=True)

    def cover(self) -> None:
        """See PagePort."""
        _post(cover=True)

    def uncover(self) -> None:
        """See PagePort."""
        _post(uncover=True)

    def inside(self, inside: bool) -> None:
        """See PagePort."""
        _post(inside=inside)

    def apply_update(self) -> None:
        """See PagePort."""
        _post(applyUpdate=True)

    def letter_done(self) -> None:
        """What a letter asked is done: the next one may do something."""
        _post(letterDone=True)

    def ready(self) -> None:
        """The first screen is there: the first page may make way."""
        _post(ready=True)

    def works(self) -> None:
        """This version has got as far as the first screen: the one before it is needed no more."""
        _post(works=True)

    def failed(self, reason: str) -> None:
        """The app can't go on: the first page comes back, with the help lines and a way to try again."""
        page.post(to_js({"failed": reason}, dict_converter=Object.fromEntries))

    def listen(self, callback: Callable[[dict[str, object]], None]) -> None:
        """Hear the page: {"updateReady": true}, {"visible": bool}, {"online": bool}; and the store: {"makeWay": true}
        when another tab asks for it, {"adrift": true} when its data were cleared under this app, {"stuck": bool} when they can't be saved yet.
        """

        def hear(message) -> None:
            facts = message.to_py()
            if "scanned" in facts:
                self._hear_scan(facts["scanned"])
            if "codes" in facts:
                self._take_codes(facts["codes"])
            if "codesScanned" in facts:
                self._end_series(facts["codesScanned"])
            if "codesShown" in facts and self._shown is not None and not self._shown.done():
                self._shown.set_result(None)
            if "photo" in facts:
                self._hear_photo(facts["photo"])
            if "file" in facts:
                self._hear_file(facts["file"])
            if "shared" in facts and self._shared is not None and not self._shared.done():
                self._shared.set_result(bool(facts["shared"]))
            callback(facts)

        page.onmessage = create_proxy(hear)


def _marker(text: str) -> Marker | None:
    """What `mark` wrote, at some time, in some version."""
    if not text:
        return None
    try:
        since = json.loads(text)["unsent"]
    except (ValueError, TypeError, KeyError):
        return Marker()
    return Marker(since if isinstance(since, int) else None)


def _post(**facts: object) -> None:
    page.post(to_js(facts, dict_converter=Object.fromEntries))
