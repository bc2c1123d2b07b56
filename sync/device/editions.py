"""The help directory on a device: asked for in the sync's rounds, taken only when it holds, kept for offline.

The newest edition that ever held is kept, so that none of a lower number follows it. It is in force while its device
is a confirmed coordinator's on the roll as known here: with whoever leaves, what they published leaves the screens,
and the built-in directory stands until another coordinator has published. What comes in by one who has left is not
kept, for else an old head would do to take the numbers away from those who stay; the next edition follows it all the
same.
"""

from contextlib import suppress
from functools import lru_cache

from sync.core import directory
from sync.core.directory import Edition, may_publish
from sync.core.errors import DiskFull, Forbidden, RollMoved, StraatError
from sync.core.help_line import HelpLine
from sync.core.ports import Log, Primitives
from sync.core.roll import Roll
from sync.device.asking import ASK_AGAIN_MILLIS, ASK_SOON_MILLIS, Asking
from sync.device.keyring import Keyring
from sync.device.syncer import Syncer

__all__ = ["ASK_AGAIN_MILLIS", "ASK_SOON_MILLIS", "Editions", "in_force", "kept"]

KEPT = "directory"  # the newest edition that held
IN_FORCE = "directory in force"


def in_force(log: Log) -> Edition | None:
    """The edition to show, readable before unlocking: as it was when this device last looked."""
    return kept(log) if log.get(IN_FORCE) else None


def kept(log: Log) -> Edition | None:
    """The newest edition that held. One that this version can't read any more counts as none."""
    return _parsed(log.get(KEPT))


@lru_cache(maxsize=2)
def _parsed(data: bytes | None) -> Edition | None:
    try:
        return directory.parse(data) if data else None
    except StraatError:
        return None


class Editions:
    """One open device's."""

    def __init__(self, primitives: Primitives, log: Log, roll: Roll, keyring: Keyring, syncer: Syncer) -> None:
        self._primitives, self._log, self._roll, self._keyring, self._syncer = primitives, log, roll, keyring, syncer
        self.asking = Asking()
        self.lapsed: Edition | None = None  # the server's newest, when it is by one who coordinates no more
        self.trouble = ""  # the error code of what the server last gave, "" when that was in order

    @property
    def out_of_force(self) -> Edition | None:
        """The newest edition, when whoever signed it coordinates no more: nobody sees it."""
        return self.lapsed or (None if self._log.get(IN_FORCE) else self._last())

    async def look(self, now_millis: int, woken: bool = False) -> bool:
        """At the end of a round (`woken`: by the server's word): ask if it is time, and see whether what is kept is still
        in force.

        True when what is to be shown changed. Never raises: no list of numbers keeps a note from being sent.
        """
        before = self._log.get(KEPT) if self._log.get(IN_FORCE) else None
        try:
            if self.asking.due(now_millis, woken):
                await self._ask()
                self.trouble = ""
        except StraatError as error:
            self.trouble = error.code
        with suppress(DiskFull):
            self._judge()
        return before != (self._log.get(KEPT) if self._log.get(IN_FORCE) else None)

    async def _ask(self) -> None:
        known = self._last()
        question = [self._roll.state.organisation, known.number if known else 0]
        data = await self._syncer.ask("directory", question, None)
        self.lapsed = None
        if data:
            edition = directory.parse(data)
            await directory.genuine(self._primitives, self._roll, edition)
            directory.follow(known, edition)
            if may_publish(self._roll.state, edition.device):
                self._log.put({KEPT: edition.data, IN_FORCE: b"\1"})
            else:
                self.lapsed = edition

    def _last(self) -> Edition | None:
        """What the next edition has to follow: a device that began anew may hold one of another organisation."""
        last = kept(self._log)
        return last if last and last.organisation == self._roll.state.organisation else None

    def _judge(self) -> None:
        """What was kept is in force while whoever signed it coordinates."""
        edition = self._last()
        holds = edition is not None and may_publish(self._roll.state, edition.device)
        if holds != bool(self._log.get(IN_FORCE)):
            self._log.put({IN_FORCE: b"\1" if holds else None})

    @property
    def newest(self) -> Edition | None:
        """The newest edition known here, in force or not: what the next one follows."""
        return self.lapsed or self._last()

    async def earlier(self, number: int) -> Edition | None:
        """An edition of before, None where the server has none of that number: signed by who was a coordinator then.

        Raises what `directory.genuine` raises, Forbidden for another number, Unreachable.
        """
        data = await self._syncer.ask("directory/earlier", [self._roll.state.organisation, number], None)
        if not data:
            return None
        edition = directory.parse(data)
        await directory.genuine(self._primitives, self._roll, edition)
        newest = self.newest
        follows = newest is None or edition.number != newest.number - 1 or newest.previous == edition.hash
        if edition.number != number or not follows:
            raise Forbidden("directory edition")
        return edition

    async def publish(self, lines: list[HelpLine], made: str, after: int | None = None) -> Edition:
        """Sign the next edition of the directory and publish it; `made` is today as an ISO date. `after` is the number
        of the edition that these lines were made on, where that matters.

        Raises what `directory.sign` and `directory.check` raise (BadFormat, TooLarge, Forbidden, …), RollMoved when
        another coordinator was first, and Unreachable. Then nothing was published.
        """
        await self._ask()
        last = self.newest
        if after is not None and after != (last.number if last else 0):
            self._judge()
            raise RollMoved("another edition came first")
        signing, device = self._keyring.signing, self._keyring.device
        data = await directory.sign(self._primitives, signing, self._roll, device, last, lines, made)
        edition = directory.parse(data)
        await directory.check(self._primitives, self._roll, last, edition)
        try:
            await self._syncer.ask("directory/publish", data, None)
        except StraatError as error:
            await self._ask()
            if (self.lapsed or self._last()) != last:
                raise RollMoved("another edition came first") from error
            raise
        self._log.put({KEPT: data, IN_FORCE: b"\1"})
        return edition
