"""Finding again what was written down: by word, street, outcome, period and area; a street's name may be misspelt.

The index is filled the first time that somebody searches (app.view.search), so that unlocking does not wait for it.
"""

import asyncio
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.services import areas
from app.services.addresses import distance
from app.services.live import Live
from app.services.records import iso
from app.services.session import Session
from app.view.search import TABLES, Found, Index, code_word
from sync.device.memory import BREATH

MAX_QUERY, MAX_WORDS = 200, 8  # of what was typed; more is left out
AT_ONCE = 250  # rows put into the index in one go; then whoever taps meanwhile has a turn
_WORD = re.compile(r"[^\W_]+")
_TYPOS = ((4, 1), (6, 2))  # from so many letters on so many may be wrong
_EXCERPT = 140


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look among; empty is everything. `area` is a name as `Finder.areas` gives it."""

    kinds: frozenset[str] = frozenset()
    outcome: str = ""
    street: str = ""
    area: str = ""
    days: int = 0  # not older than so many, 0 for any age


@dataclass(frozen=True, slots=True)
class Hit:
    """One record that was found. `title` is an address, a place or a title, `excerpt` the text around the match, and
    `code` how a visit went or what kind of activity it was.
    """

    kind: str
    id: bytes
    day: date | None
    title: str
    excerpt: str = ""
    code: str = ""
    mine: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found, whether there is more, and the street names that were taken instead of those typed."""

    hits: tuple[Hit, ...] = ()
    more: bool = False
    instead: tuple[str, ...] = field(default=())


class Finder:
    """The search of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self.last: tuple[str, Filters] = ("", Filters())  # what was looked for, until the app is locked: in memory only

    @property
    def ready(self) -> bool:
        """Whether everything is in the index."""
        index = self._live.require_session().view.index
        return index is not None and index.filled

    async def prepare(self) -> None:
        """Fill the index, a little at a time. What changes meanwhile, and from then on, is taken along."""
        session = self._live.require_session()
        view = session.view
        if view.index is not None:
            return
        index, self.last = Index(), ("", Filters())
        view.index = index
        for kind, table in TABLES.items():
            last = 0
            while rows := view.ask(
                f"SELECT rowid AS place, * FROM {table} WHERE rowid > :last ORDER BY rowid LIMIT :some",  # noqa: S608
                last=last,
                some=AT_ONCE,
            ):
                index.put(kind, rows)
                last = rows[-1]["place"]
                await asyncio.sleep(BREATH)
        index.filled = True

    # -- what one may choose -------------------------------------------------------------------------------

    def streets(self, most: int = 12) -> list[str]:
        """The streets with most in them."""
        index = self._live.require_session().view.index
        return index.streets()[:most] if index is not None else []

    def areas(self) -> list[str]:
        """The areas in which members are at work, by name."""
        return sorted(_areas(self._live.require_session()))

    # -- finding -------------------------------------------------------------------------------------------

    def find(self, typed: str, filters: Filters, codes: Mapping[str, str], today: date, most: int = 25) -> Answer:
        """The newest of what matches. `codes` gives the words on screen of each coded answer."""
        session = self._live.require_session()
        index = session.view.index
        words = _WORD.findall(typed[:MAX_QUERY])[:MAX_WORDS]
        if index is None or not (words or filters != Filters()):
            return Answer()
        where = _where(session, filters, today)
        parts = [_part(word, codes) for word in words]
        found = index.find(" AND ".join(parts), where, today.isoformat(), most + 1)
        instead: list[str] = []
        if not found and words:
            parts, instead = _forgiving(words, parts, index)
            found = index.find(" AND ".join(parts), where, today.isoformat(), most + 1) if instead else []
        hits = tuple(_hit(session, f, words) for f in found[:most])
        return Answer(hits, len(found) > most, tuple(instead) if hits else ())


def plain(text: str) -> str:
    """Small letters without accents, one for each letter."""
    return "".join(unicodedata.normalize("NFD", c)[:1].casefold()[:1] or c for c in text)


def _areas(session: Session) -> dict[str, set[str]]:
    """Name of an area → the members (hex) who are at work in it."""
    found: dict[str, set[str]] = {}
    for device in session.roll.state.devices.values():
        _name, of_team = areas.of_team(session, device.team)
        for area in areas.of_member(session, device.member) or of_team:
            found.setdefault(area.name or area.code, set()).add(device.member.hex())
    return found


def _where(session: Session, filters: Filters, today: date) -> dict[str, object]:
    where: dict[str, object] = {"kinds": filters.kinds, "outcome": filters.outcome, "street": filters.street}
    if filters.area:
        where["creators"] = _areas(session).get(filters.area) or {"nobody"}
    if filters.days:
        where["since"] = (today - timedelta(days=filters.days)).isoformat()
    return where


def _part(word: str, codes: Mapping[str, str]) -> str:
    """An FTS5 expression for one typed word: a number as it stands, else the beginning of a word or of a code's."""
    if word[0].isdigit() or len(word) == 1:
        return f'"{word}"'
    start = plain(word)
    coded = sorted({code_word(c) for c, said in codes.items() if any(w.startswith(start) for w in plain(said).split())})
    said = [f"codes : {code}" for code in coded] if len(start) > 2 else []
    quoted = f'"{word}" *'
    return f"({' OR '.join([quoted, *said])})"


def _forgiving(words: Sequence[str], parts: Sequence[str], index: Index) -> tuple[list[str], list[str]]:
    """The same, but for a word (or two written apart) that is nearly a street's: that one. And which those were."""
    known = {plain(w): w for w in index.street_words()}
    made, taken, skip = [], [], False
    for i, word in enumerate(words):
        if skip:
            skip = False
            continue
        joined = _near(plain(word + words[i + 1]), known) if i + 1 < len(words) else []
        near, skip = joined or _near(plain(word), known), bool(joined)
        taken += [known[n] for n in near]
        made.append("(" + " OR ".join([*([] if skip else [parts[i]]), *(f'"{n}"' for n in near)]) + ")")
    return made, sorted(set(taken))


def _near(word: str, known: Mapping[str, str]) -> list[str]:
    """Words of streets that this one may have been meant for, or the beginning of, the nearest ones only."""
    most = next((n for letters, n in reversed(_TYPOS) if len(word) >= letters), 0)
    if not most or not word.isalpha():
        return []
    pairs = _pairs(word)
    best: dict[int, list[str]] = {}
    for other in known:
        if len(other) < len(word) - most or len(pairs & _pairs(other)) < len(pairs) - 2 * most - 1:
            continue
        ends = range(max(1, len(word) - most), min(len(other), len(word) + most) + 1)
        off = min(distance(word, other[:end], most) for end in {*ends, *([len(other)] if len(other) in ends else [])})
        best.setdefault(off, []).append(other)
    return sorted(best[min(best)]) if best and min(best) <= most else []


def _pairs(word: str) -> frozenset[str]:
    return frozenset(word[i : i + 2] for i in range(len(word) - 1))


def _hit(session: Session, found: Found, words: Sequence[str]) -> Hit:
    kind, name, title, code, mine = found.kind, found.id, found.title, "", True
    if kind in ("visit", "review"):
        name = found.about if kind == "review" else name
        rows = session.view.ask("SELECT address, outcome, creator FROM visits WHERE id = :id", id=name)
        if rows:
            title, code = rows[0]["address"], rows[0]["outcome"]
            mine = rows[0]["creator"] == session.member.hex()
    elif kind == "activity":
        code = session.view.ask("SELECT kind FROM activities WHERE id = :id", id=name)[0]["kind"]
    return Hit(kind, bytes.fromhex(name), iso(found.day), title, excerpt(found.body, words), code, mine)


def excerpt(text: str, words: Sequence[str]) -> str:
    """A piece of a text around the first word that matches, or its beginning."""
    line = " ".join(text.split())
    if len(line) <= _EXCERPT:
        return line
    low = plain(line)
    places = [m.start() for w in words if (m := re.search(r"\b" + re.escape(plain(w)), low))]
    start = max(0, min(places, default=0) - _EXCERPT // 3)
    start = line.rfind(" ", 0, start) + 1 if start else 0
    end = min(len(line), start + _EXCERPT)
    return f"{'…' if start else ''}{line[start:end].strip()}{'…' if end < len(line) else ''}"
