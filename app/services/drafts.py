"""Drafts: a half-typed form as one sealed row, overwritten at every keystroke, never synced."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any

from app.services.models import Gift, Outcome, VisitForm, Wish
from app.services.session import Session
from sync.core import codec
from sync.core.errors import BadFormat, TooLarge

_PURPOSE = "draft "
_AT_ONCE = 200  # names tried in one go; then whoever taps meanwhile has a turn


class Drafts:
    """The drafts of an open session, in memory and sealed on disk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._forms: dict[str, VisitForm] = {}
        self._latest: dict[str, int] = {}
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
                    log.put_draft(vault.local_name(key), sealed)
                    log.put_draft(name, None)
                    self._forms[key] = from_bytes(plain)
                    break

    def get(self, key: str) -> VisitForm | None:
        """The draft of a form, if there is one."""
        return self._forms.get(key)

    async def put(self, key: str, form: VisitForm | None) -> None:
        """Keep the form as it is now. Of two that overtake each other the later stays. Raises DiskFull."""
        turn = self._latest[key] = self._latest.get(key, 0) + 1
        if form is None:
            self._forms.pop(key, None)
            self._session.log.put_draft(self._session.vault.local_name(key), None)
            return
        self._forms[key] = form
        self._writing += 1
        self._calm.clear()
        try:
            sealed = await self._session.vault.seal_bytes(_PURPOSE + key, to_bytes(form))
            if self._latest[key] == turn:
                self._session.log.put_draft(self._session.vault.local_name(key), sealed)
        finally:
            self._writing -= 1
            if not self._writing:
                self._calm.set()

    async def settled(self) -> None:
        """Return when what was typed last is on disk."""
        await self._calm.wait()


_shape = codec.mapping(codec.anything, 32)


def to_bytes(form: VisitForm) -> bytes:
    """The spelling of a draft."""
    return codec.pack(
        {
            "shared": form.shared,
            "address": form.address,
            "day": form.day.isoformat() if form.day else None,
            "gift": form.gift.value if form.gift else None,
            "outcome": form.outcome.value if form.outcome else None,
            "wishes": sorted(w.value for w in form.wishes),
            "note": form.note,
            "come_back": form.come_back.isoformat() if form.come_back else None,
        }
    )


def from_bytes(data: bytes) -> VisitForm:
    """Read a draft; what this version does not know of it is left empty, never a reason to lose the rest."""
    try:
        raw = codec.checked(_shape, data, 1 << 20)
    except (BadFormat, TooLarge):
        return VisitForm()
    wishes = raw.get("wishes")
    return VisitForm(
        shared=raw.get("shared") if isinstance(raw.get("shared"), bool) else None,
        address=_text(raw, "address"),
        day=_day(raw, "day"),
        gift=next((g for g in Gift if g.value == raw.get("gift")), None),
        outcome=next((o for o in Outcome if o.value == raw.get("outcome")), None),
        wishes=frozenset(w for w in Wish if isinstance(wishes, list) and w.value in wishes),
        note=_text(raw, "note"),
        come_back=_day(raw, "come_back"),
    )


def _text(raw: dict[str, Any], name: str) -> str:
    value = raw.get(name)
    return value if isinstance(value, str) else ""


def _day(raw: dict[str, Any], name: str) -> date | None:
    try:
        return date.fromisoformat(_text(raw, name))
    except ValueError:
        return None
