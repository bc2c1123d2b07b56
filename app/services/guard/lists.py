"""The word lists of assets/guard, read once when they are first needed. How they are written: docs/guard.md."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path

from app.services.guard.finding import Category

DUTCH, ENGLISH = "nl", "en"
WORD_FILES = {
    Category.HEALTH: "health.txt",
    Category.DIAGNOSIS: "diagnosis.txt",
    Category.RELIGION: "religion.txt",
    Category.ORIGIN: "origin.txt",
    Category.OFFENCE: "offence.txt",
    Category.SEXUALITY: "sexuality.txt",
    Category.POLITICS: "politics.txt",
}
SHORTEST_TYPO = 7  # letters; in a shorter word another letter makes too often another word
_LONGEST_TYPO = 18
_HEADER = re.compile(r"\[(\w+)(?: (nl|en))?(?:: (.+))?\]")


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a list. Its `kind` says when it counts and how its sentence is mended: docs/guard.md. `offer` is a verb
    phrase, "kon|konden nu niet", or (without a bar) the very words to put there."""

    category: Category
    kind: str
    language: str = DUTCH
    offer: str = ""


Phrases = dict[str, list[tuple[tuple[str, ...], Entry | None]]]


@dataclass(slots=True)
class Lists:
    """All lists, made for looking up. A phrase is found by its first word; its entry is None if it is harmless."""

    exact: dict[str, Entry] = field(default_factory=dict)
    starts: dict[str, Entry] = field(default_factory=dict)
    ends: dict[str, Entry] = field(default_factory=dict)
    phrases: Phrases = field(default_factory=dict)
    harmless: set[str] = field(default_factory=set)
    harmless_starts: tuple[str, ...] = ()
    shouted: dict[str, Entry] = field(default_factory=dict)  # abbreviations, as they are written only
    typos: dict[str, list[tuple[str, Entry]]] = field(default_factory=dict)  # words by themselves less one letter
    names: dict[str, str] = field(default_factory=dict)  # first names: any, capital, middle
    surnames: set[str] = field(default_factory=set)
    usual: set[str] = field(default_factory=set)  # what is often written with a capital
    grammar: dict[str, frozenset[str]] = field(default_factory=dict)
    # what most words have not, to pass over those quickly
    heads: frozenset[str] = frozenset()  # the first two letters of `starts`
    tails: frozenset[str] = frozenset()  # the last four letters of `ends`
    street_tails: frozenset[str] = frozenset()  # the last three letters of streets


def sections(text: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Each section of a list: its kind, language, offer, and words ("_" stands for a space in them)."""
    kind, language, offer, words = "", DUTCH, "", list[str]()
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if header := _HEADER.fullmatch(line.strip()):
            if kind:
                yield kind, language, offer, words
            kind, language, offer, words = header[1], header[2] or DUTCH, header[3] or "", []
        else:
            words += line.split()
    if kind:
        yield kind, language, offer, words


def read(name: str) -> str:
    """A list as the build packed it, or as it lies in a checkout."""
    packed = resources.files("app").joinpath("guard", name)
    if not packed.is_file():
        return (Path(__file__).parents[3] / "assets" / "guard" / name).read_text(encoding="utf-8")
    return packed.read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def lists() -> Lists:
    """All lists, read at the first call."""
    made = Lists()
    for category, name in WORD_FILES.items():
        for kind, language, offer, words in sections(read(name)):
            _take(made, Entry(category, kind, language, offer), words)
    for kind, _language, _offer, words in sections(read("names.txt")):
        if kind == "surname":
            made.surnames.update(words)
        else:
            made.names.update(dict.fromkeys(words, kind))
    for _kind, _language, _offer, words in sections(read("capitals.txt")):
        made.usual.update(word.replace("_", " ") for word in words)
    for kind, _language, _offer, words in sections(read("grammar.txt")):
        made.grammar[kind] = frozenset(words)
    made.heads = frozenset(word[:2] for word in made.starts)
    made.tails = frozenset(word[-4:] for word in made.ends)
    made.street_tails = frozenset(word[-3:] for word in made.grammar["street"])
    return made


def _take(made: Lists, entry: Entry, words: list[str]) -> None:
    if entry.kind == "shouted":
        made.shouted.update(dict.fromkeys(words, Entry(entry.category, "noun", entry.language, entry.offer)))
    elif entry.kind == "nationality":
        _take_nations(made, words)
    else:
        for word in words:
            _take_word(made, entry, word.replace("_", " "))


def _take_nations(made: Lists, words: list[str]) -> None:
    """Groups between bars: what one of them is called, what more are called, adjectives."""
    kinds = {
        0: Entry(Category.ORIGIN, "nation", DUTCH, "bewoner"),
        1: Entry(Category.ORIGIN, "nation", DUTCH, "bewoners"),
    }
    place = 0
    for word in words:
        if word == "|":
            place = 0
        elif word != "-":
            made.exact.setdefault(word, kinds.get(place, Entry(Category.ORIGIN, "national")))
        place += word != "|"


def _take_word(made: Lists, entry: Entry, word: str) -> None:
    plain = word.strip("*~")
    never = entry.kind == "never"
    if " " in plain:
        first, *rest = plain.split()
        made.phrases.setdefault(first, []).append((tuple(rest), None if never else entry))
    elif never:
        if word.endswith("*"):
            made.harmless_starts += (plain,)
        else:
            made.harmless.add(plain)
    elif word.startswith("*"):
        made.ends.setdefault(plain, entry)
    elif word.endswith("*"):
        made.starts.setdefault(plain, entry)
    else:
        made.exact.setdefault(plain, entry)
    if word.endswith("~") and len(plain) >= SHORTEST_TYPO:
        for less in (plain, *lesses(plain)):
            made.typos.setdefault(less, []).append((plain, entry))


def lesses(word: str) -> list[str]:
    """The word with one letter left out, each place but the first in turn; nothing for words that are too long."""
    return [word[:i] + word[i + 1 :] for i in range(1, len(word))] if len(word) <= _LONGEST_TYPO else []
