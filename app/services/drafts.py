"""Drafts: a half-typed form as one sealed row, overwritten at every keystroke, never synced.

A draft is a plain mapping of texts, numbers and lists; each part of the app knows how its own form looks in it.

Guarantees: a draft is found again whatever has become of what it was about (its name stands in a sealed list), but for
what was erased; one that was saved is no draft any more, also when the device dies before it is taken away: the act that
saves names it in the same transaction (`spend`).
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from typing import Any

from app.services.retention import DAY_MILLIS
from app.services.session import Session
from sync.core import codec
from sync.core.errors import BadFormat, DiskFull, TooLarge
from sync.device import meta

_PURPOSE, _NAMES = "draft ", "draft names"
MAX_NAMES = 10_000
_names = codec.items(codec.text(200), MAX_NAMES)
_AT_ONCE = 200  # names tried in one go; then whoever taps meanwhile has a turn
Plain = dict[str, Any]


class Drafts:
    """The drafts of an open session, in memory and sealed on disk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._forms: dict[str, Plain] = {}
        self._latest: dict[str, int] = {}
        self._unkept: set[str] = set()  # typed, and not on disk: it was full
        self._hashes: dict[str, bytes] = {}  # of what is on disk
        self._named: set[str] = set()  # in the sealed list of names
        self._writing = 0
        self._calm = asyncio.Event()
        self._calm.set()

    async def load(self, keys: Iterable[str]) -> None:
        """Open all drafts: of those whose names are listed, and of these forms. One that can't be read is left on disk."""
        vault, log = self._session.vault, self._session.log
        rows, tried = self._not_spent(log.drafts()), list[str]()
        listed = await self._listed()
        for number, key in enumerate(dict.fromkeys([*listed, *keys])):
            if not rows:
                break
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)
            sealed = rows.pop(vault.local_name(key), None)
            if sealed and self._is_of_erased(key):
                with suppress(DiskFull):
                    log.put_draft(vault.local_name(key), None)
                continue
            plain = await vault.open_bytes(_PURPOSE + key, sealed) if sealed else None
            tried += [] if sealed else [key]
            if sealed and plain is not None:
                self._forms[key], self._hashes[key] = from_bytes(plain), sha256(sealed).digest()
        await self._load_old(rows, tried)
        with suppress(DiskFull):
            if set(listed) != self._forms.keys():
                await self._list(set(self._forms))

    def _not_spent(self, rows: dict[str, bytes]) -> dict[str, bytes]:
        """What was saved, and not taken away any more: now it is."""
        log = self._session.log
        hashes = log.get(meta.SPENT) or b""
        spent = {hashes[i : i + 32] for i in range(0, len(hashes), 32)}
        gone = [name for name, sealed in rows.items() if sha256(sealed).digest() in spent]
        with suppress(DiskFull):
            for name in gone:
                log.put_draft(name, None)
        return {name: sealed for name, sealed in rows.items() if name not in gone}

    def _is_of_erased(self, key: str) -> bool:
        """Whether it is of a record that was erased: then what was typed of it goes as well."""
        try:
            record = self._session.replica.records.get(bytes.fromhex(key.rpartition(" ")[2]))
        except ValueError:
            return False
        return record is not None and bool(record.erased)

    async def _listed(self) -> list[str]:
        data = await self._session.vault.open_bytes(_NAMES, self._session.log.get(_NAMES) or b"")
        try:
            self._named = set(codec.checked(_names, data or b"", MAX_DRAFT_BYTES))
        except (BadFormat, TooLarge):
            self._named = set()
        return sorted(self._named)

    async def _list(self, names: set[str]) -> None:
        """Keep the names. Raises DiskFull."""
        sealed = await self._session.vault.seal_bytes(_NAMES, codec.pack(sorted(names)[:MAX_NAMES]))
        self._session.log.put({_NAMES: sealed})
        self._named = names

    async def _load_old(self, rows: dict[str, bytes], keys: list[str]) -> None:
        """Drafts named before names had a key of their own: found by what they are sealed for, and moved."""
        vault, log = self._session.vault, self._session.log
        for name, sealed in rows.items():
            for key in keys:
                plain = await vault.open_bytes(_PURPOSE + key, sealed)
                if plain is not None:
                    log.put_draft(vault.local_name(key), sealed, self._today())
                    log.put_draft(name, None)
                    self._forms[key], self._hashes[key] = from_bytes(plain), sha256(sealed).digest()
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
            self._hashes.pop(key, None)
            return
        self._forms[key] = form
        self._writing += 1
        self._calm.clear()
        try:
            if key not in self._named:
                await self._list({*self._named, key})
            sealed = await self._session.vault.seal_bytes(_PURPOSE + key, to_bytes(form))
            if self._latest[key] == turn:
                self._session.log.put_draft(self._session.vault.local_name(key), sealed, self._today())
                self._unkept.discard(key)
                self._hashes[key] = sha256(sealed).digest()
        finally:
            self._writing -= 1
            if not self._writing:
                self._calm.set()

    async def spend(self, *keys: str) -> dict[str, bytes]:
        """What an act that makes records of these drafts has to write with them, once all that is typed is on disk."""
        await self._calm.wait()
        return {meta.SPENT: b"".join(self._hashes[key] for key in keys if key in self._hashes)}

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
