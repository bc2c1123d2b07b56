"""The words of every record that may be read: an index beside the view's tables, in memory, filled when first asked.

It lies in a database of its own, so that neither unlocking nor the saved view grows by it. A number of a row is its
day and then its turn on that day: the newest come first without sorting, however many match. SQLite's FTS5, letters
without accents.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.view.table import Row

MAX_TURN = 16  # bits of a row's number that are its turn on its day
_NO_DAY = date(2000, 1, 1)
_STREET = re.compile(r"\s+\d.*", re.DOTALL)
_LONG = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Found:
    """One row that matches. `about` is the record that it leads to, its own or another."""

    kind: str
    id: str
    about: str
    day: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class _Doc:
    """What of a record can be found. `codes` are coded answers, found by their words in the language on screen."""

    title: str
    body: str = ""
    codes: tuple[str, ...] = ()
    day: str = ""
    outcome: str = ""
    about: str = ""
    until: str = ""  # from this day on it is not to be found
    address: bool = False  # whether the title is one


def _visit(row: Row) -> _Doc:
    codes = tuple(row["wishes"].split(","))
    own = " ".join(c.partition(":")[2] for c in codes if c.startswith("own:"))
    body = "\n".join(x for x in (row["note"], own) if x)
    return _Doc(row["address"], body, (*codes, row["outcome"]), row["day"], row["outcome"], address=True)


def _welcome(row: Row) -> _Doc:
    return _Doc(row["address"], day=row["since"], address=True)


def _mark(row: Row) -> _Doc | None:
    if row["lifted"]:
        return None
    others = [a for a in json.loads(row["addresses"]) if a != row["address"]]
    return _Doc(row["address"], "\n".join(others), day=row["since"], address=True)


def _review(row: Row) -> _Doc:
    return _Doc("", row["reply"], day=row["day"], about=row["visit"])


def _activity(row: Row) -> _Doc:
    codes = (row["kind"], *row["wishes"].split(","), *row["offers"].split(","))
    return _Doc(row["place"], row["how"], codes, row["day"])


def _story(row: Row) -> _Doc | None:
    if row["erased"] or row["status"] == "withdrawn":
        return None
    until = row["withdraw_on"] if row["status"] == "offered" else ""
    return _Doc(row["title"], row["text"], day=row["day"], until=until)


_OF_KIND: dict[str, tuple[str, Callable[[Row], _Doc | None]]] = {
    "visit": ("visits", _visit),
    "review": ("reviews", _review),
    "welcome": ("welcomes", _welcome),
    "mark": ("marks", _mark),
    "activity": ("activities", _activity),
    "story": ("stories", _story),
}
TABLES = {kind: table for kind, (table, _) in _OF_KIND.items()}


@lru_cache(maxsize=1_000)
def code_word(code: str) -> str:
    """A coded answer as a word of the index, unlike any that is typed."""
    return "x0" + re.sub(r"[^a-z0-9]", "", code.lower())


def street_of(address: str) -> str:
    """The street of an address: what stands before its first number."""
    return _STREET.sub("", address.strip())


class Index:
    """What can be found, by its words."""

    def __init__(self) -> None:
        self._db = sqlite3.connect(":memory:", isolation_level=None)
        self._db.execute(
            "CREATE TABLE docs (n INTEGER PRIMARY KEY, kind TEXT, id TEXT, about TEXT, day TEXT, outcome TEXT, "
            "creator TEXT, street TEXT, until TEXT)"
        )
        self._db.execute(
            "CREATE VIRTUAL TABLE words USING fts5(title, body, codes, tokenize = 'unicode61 remove_diacritics 2')"
        )
        self.filled = False  # whether everything that was there is in it
        self._numbers: dict[str, int] = {}  # id → number
        self._turns: Counter[int] = Counter()  # day → how many numbers it has given
        self._streets: Counter[str] = Counter()

    def put(self, kind: str, rows: Iterable[Row]) -> None:
        """Bring these rows of the view up to date, in one transaction."""
        if kind not in _OF_KIND:
            return
        make, docs, words, gone = _OF_KIND[kind][1], [], [], []
        for row in rows:
            if row["id"] in self._numbers:
                gone.append(row["id"])
            doc = None if row.get("hidden") else make(row)
            if doc is None or not (doc.title or doc.body or doc.outcome):
                continue
            street = street_of(doc.title) if doc.address else ""
            self._streets[street] += 1
            codes = " ".join(code_word(c) for c in doc.codes if c)
            docs.append((kind, row["id"], doc.about, doc.day, doc.outcome, row.get("creator", ""), street, doc.until))
            words.append((doc.title, doc.body, codes))
        self._db.execute("BEGIN")
        self._drop(gone)
        numbers = [self._number(doc[1], doc[3]) for doc in docs]
        self._db.executemany(
            "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [(n, *d) for n, d in zip(numbers, docs, strict=True)]
        )
        self._db.executemany(
            "INSERT INTO words (rowid, title, body, codes) VALUES (?, ?, ?, ?)",
            [(n, *w) for n, w in zip(numbers, words, strict=True)],
        )
        self._db.execute("COMMIT")

    def _number(self, name: str, day: str) -> int:
        try:
            since = max((date.fromisoformat(day) - _NO_DAY).days, 0)
        except ValueError:
            since = 0
        self._turns[since] += 1
        number = self._numbers[name] = (since << MAX_TURN) + self._turns[since]
        return number

    def remove(self, names: Iterable[str]) -> None:
        """Forget these records."""
        self._db.execute("BEGIN")
        self._drop([name for name in names if name in self._numbers])
        self._db.execute("COMMIT")

    def _drop(self, names: Sequence[str]) -> None:
        numbers = [(self._numbers.pop(name),) for name in names]
        for number in numbers:
            [street] = self._db.execute("SELECT street FROM docs WHERE n = ?", number).fetchone()
            self._streets[street] -= 1
        self._db.executemany("DELETE FROM words WHERE rowid = ?", numbers)
        self._db.executemany("DELETE FROM docs WHERE n = ?", numbers)

    def clear(self) -> None:
        """Forget everything."""
        self.remove(list(self._numbers))

    def __len__(self) -> int:
        return len(self._numbers)

    def streets(self) -> list[str]:
        """The streets of all addresses, those with most first."""
        return [street for street, count in self._streets.most_common() if street and count > 0]

    def street_words(self) -> set[str]:
        """The longer words of those, as they were typed."""
        return {word for street in self.streets() for word in _LONG.findall(street)}

    def find(self, match: str, where: Mapping[str, Any], today: str, most: int) -> list[Found]:
        """The newest that match an FTS5 expression ("" for all) and these filters, at most so many.

        `where`: kinds, creators (sets of texts), outcome, street, since, to (days).
        """
        tests, values = ["(d.until = '' OR d.until > :today)"], {"today": today, "most": most}
        for name in ("kinds", "creators"):
            if chosen := sorted(where.get(name) or ()):
                values |= {f"{name}{i}": x for i, x in enumerate(chosen)}
                listed = ", ".join(f":{name}{i}" for i in range(len(chosen)))
                tests.append(f"d.{name.removesuffix('s')} IN ({listed})")
        for name, test in (
            ("outcome", "d.outcome = :outcome"),
            ("street", "d.street = :street"),
            ("since", "d.day >= :since"),
            ("to", "d.day <= :to"),
        ):
            if where.get(name):
                tests.append(test)
                values[name] = where[name]
        if match:
            values["match"] = match
            tests.insert(0, "words MATCH :match")
            query = "FROM words JOIN docs d ON d.n = words.rowid"
            order = "words.rowid"
        else:
            query, order = "FROM docs d CROSS JOIN words ON words.rowid = d.n", "d.n"  # docs first, by number
        rows = self._db.execute(
            f"SELECT d.kind, d.id, d.about, d.day, words.title, words.body {query} "
            f"WHERE {' AND '.join(tests)} ORDER BY {order} DESC LIMIT :most",
            values,
        )
        return [Found(*row) for row in rows]
