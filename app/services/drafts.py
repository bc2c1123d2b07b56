"""Drafts: a half-typed form as one sealed row, overwritten at every keystroke, never synced.

A draft is a plain mapping of texts, numbers and lists; each part of the app knows how its own form looks in it.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from app.services.retention import DAY_MILLIS
from app.services.session import Session
from sync.core import codec
from sync.core.errors import BadFormat, DiskFull, TooLarge

_PURPOSE = "draft "
_AT_ONCE = 200  # names tried in one go; then whoever taps meanwhile has a turn
Plain = dict[str, Any]


class Drafts:
    """The drafts of an open session, in memory and sealed on disk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._forms: dict[str, Plain] = {}
        self._latest: dict[str, int] = {}
        self._unkept: set[str] = set()  # typed, and not on disk: it was full
        self._writing = 0
        self._calm = asyncio.Event()
        self._calm.set()

    async def load(self, keys: Iterable[str]) -> None:
        """Open the drafts of these forms; one that can't be read is left on disk."""
        vault, log = self._session.vault, self._session.log
        rows, tried = log.drafts(), []
        for number, key in enumerate(keys):
            if not rows:
                return
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            sealed = rows.pop(vault.local_name(key), None)
            plain = await vault.open_bytes(_PURPOSE + key, sealed) if sealed else None
            tried += [] if sealed else [key]
            if plain is not None:
                self._forms[key] = from_bytes(plain)
        await self._load_old(rows, tried)

    async def _load_old(self, rows: dict[str, bytes], keys: list[str]) -> None:
        """Drafts named before names had a key of their own: found by what they are sealed for, and moved."""
        vault, log = self._session.vault, self._session.log
        for name, sealed in rows.items():
            for key in keys:
                plain = await vault.open_bytes(_PURPOSE + key, sealed)
                if plain is not None:
                    log.put_draft(vault.local_name(key), sealed, self._today())
                    log.put_draft(name, None)
                    self._forms[key] = from_bytes(plain)
                    break

    def get(self, key: str) -> Plain | None:
        """The draft of a form, if there is one."""
        return self._forms.get(key)

    def keys(self, start: str = "") -> list[str]:
        """The names of the drafts that begin so."""
        return sorted(key for key in self._forms if key.startswith(start))

    async def put(self, key: str, form: Plain | None) -> None:
        """Keep the form as it is now. Of two that overtake each other the later stays. Raises DiskFull."""
        turn = self._latest[key] = self._latest.get(key, 0) + 1
        self._unkept.add(key)
        if form is None:
            self._forms.pop(key, None)
            self._session.log.put_draft(self._session.vault.local_name(key), None)
            self._unkept.discard(key)
            return
        self._forms[key] = form
        self._writing += 1
        self._calm.clear()
        try:
            sealed = await self._session.vault.seal_bytes(_PURPOSE + key, to_bytes(form))
            if self._latest[key] == turn:
                self._session.log.put_draft(self._session.vault.local_name(key), sealed, self._today())
                self._unkept.discard(key)
        finally:
            self._writing -= 1
            if not self._writing:
                self._calm.set()

    def _today(self) -> int:
        return self._session.writer.now() // DAY_MILLIS

    async def settled(self) -> None:
        """Return when what was typed last is on disk, or once more found no room there."""
        await self._calm.wait()
        await self.keep_up()

    async def keep_up(self) -> None:
        """Keep what a full disk kept out, as soon as there is room again."""
        with suppress(DiskFull):
            for key in sorted(self._unkept):
                await self.put(key, self._forms.get(key))


_shape = codec.mapping(codec.anything, 64)
MAX_DRAFT_BYTES = 1 << 20


def to_bytes(form: Plain) -> bytes:
    """The spelling of a draft."""
    return codec.pack(form)


def from_bytes(data: bytes) -> Plain:
    """Read a draft; one that is none is empty: what a form does not find in it stays as it was."""
    try:
        raw: Plain = codec.checked(_shape, data, MAX_DRAFT_BYTES)
    except (BadFormat, TooLarge):
        return {}
    return raw
