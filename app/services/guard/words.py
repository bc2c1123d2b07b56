"""Sensitive words: looked up whole, by how they begin or end, in phrases, and with one letter wrong."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.services.guard.finding import Category
from app.services.guard.lists import SHORTEST_TYPO, Entry, Lists, lesses
from app.services.guard.tokens import Words

_PART = 4  # letters that a part of a word needs to be looked up by itself
_COUNTRY_REACH = 4  # words back in which "komt", "gevlucht" ... make a country somebody's origin


@dataclass(frozen=True, slots=True)
class Hit:
    """Words `first` to `last` (inclusive) of a text, and the entry that they match."""

    first: int
    last: int
    entry: Entry


def hits(words: Words, lists: Lists) -> tuple[list[Hit], set[int]]:
    """All sensitive words and phrases, in order, none over another; and the numbers of the words in harmless phrases."""
    phrases, harmless = _phrases(words, lists)
    taken = [False] * len(words)
    for first, last in harmless:
        taken[first : last + 1] = [True] * (last + 1 - first)
    found = []
    for hit in phrases:
        if not any(taken[hit.first : hit.last + 1]) and _in_context(words, hit.first, hit.entry, lists):
            taken[hit.first : hit.last + 1] = [True] * (hit.last + 1 - hit.first)
            found.append(hit)
    known: dict[str, Entry | None] = {}
    for i, plain in enumerate(words.plains):
        if taken[i]:
            continue
        typed = words.typed[i]
        entry = _shouted(typed, lists) if typed[-1].isupper() or typed[:1].isupper() else None
        if entry is None:
            if plain not in known:
                known[plain] = entry_of(plain, lists)
            entry = known[plain]
        if entry is not None and _in_context(words, i, entry, lists):
            found.append(Hit(i, i, entry))
    found = _with_komaf(found)
    passed = {k for first, last in harmless for k in range(first, last + 1)}
    return found, passed


def _with_komaf(found: list[Hit]) -> list[Hit]:
    """Chinese komaf is one thing to point out."""
    joined: list[Hit] = []
    for hit in sorted(found, key=lambda hit: hit.first):
        last = joined[-1] if joined else None
        if (
            last
            and last.entry.kind == "national"
            and hit.entry.category is Category.ORIGIN
            and hit.first == last.last + 1
        ):
            joined[-1] = Hit(last.first, hit.last, hit.entry)
        else:
            joined.append(hit)
    return joined


def _phrases(words: Words, lists: Lists) -> tuple[list[Hit], list[tuple[int, int]]]:
    """Phrases of the lists, the longest at each place, and the places of harmless ones."""
    found: list[Hit] = []
    harmless: list[tuple[int, int]] = []
    plains, by_first = words.plains, lists.phrases
    for i, plain in enumerate(plains):
        for rest, entry in by_first.get(plain, ()):
            last = i + len(rest)
            if tuple(plains[i + 1 : last + 1]) == rest and not any(words.ends(k) for k in range(i, last)):
                if entry is None:
                    harmless.append((i, last))
                else:
                    found.append(Hit(i, last, entry))
    return sorted(found, key=lambda hit: hit.first - hit.last), harmless


def entry_of(plain: str, lists: Lists) -> Entry | None:
    """The entry that a folded word matches: whole, by its parts, or but for one letter."""
    if plain in lists.harmless or is_place(plain, lists):
        return None
    if entry := lists.exact.get(plain):
        return entry
    if plain.startswith(lists.harmless_starts):
        return None
    if entry := _by_ends(plain, lists):
        return entry
    if "-" in plain or "'" in plain:
        parts = [part for part in plain.replace("'", "-").split("-") if len(part) >= _PART]
        found = (lists.exact.get(part) or _by_ends(part, lists) for part in parts if part not in lists.harmless)
        return next((entry for entry in found if entry), None)
    return _mistyped(plain, lists)


def _by_ends(plain: str, lists: Lists) -> Entry | None:
    if plain[:2] in lists.heads:
        for n in range(len(plain), 1, -1):
            if entry := lists.starts.get(plain[:n]):
                return entry
    if plain[-4:] in lists.tails:
        for n in range(2, len(plain) - _PART + 1):
            if entry := lists.ends.get(plain[n:]):
                return entry
    return None


def _mistyped(plain: str, lists: Lists) -> Entry | None:
    """One letter too many, too few, another or swapped with its neighbour, not counting the first; long words only."""
    if len(plain) < SHORTEST_TYPO - 1:
        return None
    typos = lists.typos
    for less in (plain, *lesses(plain)):
        for word, entry in typos.get(less, ()):
            if is_slip(plain, word):
                return entry
    return None


def is_slip(typed: str, meant: str) -> bool:
    """Whether two different words are one slip apart: a letter more, less, other, or two swapped."""
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) == len(right) + 1 else left == right[1:]


def is_place(plain: str, lists: Lists, before: int = 3) -> bool:
    """Moskeeplein, Ziekenhuisstraat: what ends as streets do, after so many letters, names a place."""
    if plain[-3:] not in lists.street_tails:
        return False
    street = lists.grammar["street"]
    return any(plain[-n:] in street for n in range(3, min(8, len(plain) - before) + 1))


def _shouted(typed: str, lists: Lists) -> Entry | None:
    """MS, PVV-stemmer: by capitals only, as without them they are other words."""
    return lists.shouted.get(typed) or next((lists.shouted[p] for p in typed.split("-") if p in lists.shouted), None)


# -- words that need something beside them to be about somebody ------------------------------------------------------


def _in_context(words: Words, i: int, entry: Entry, lists: Lists) -> bool:
    if entry.kind == "national":
        return _is_about_people(words, i, lists)
    if entry.kind == "nation":
        return (words[i].capital and _names_people(words, i, lists)) or len(words.plain(i)) >= 8
    if entry.kind == "carer":
        return _is_visited(words, i, lists)
    if entry.kind == "country":
        return _is_origin(words, i, lists)
    if entry.kind == "ending":
        return words.ends(i)
    if entry.category is Category.HEALTH and _is_of_pet(words, i, lists):
        return False
    return entry.kind != "place" or not _is_work(words, i)


def _is_about_people(words: Words, i: int, lists: Lists) -> bool:
    """Een Turks gezin, Poolse jonge mannen, zij is Turks; not Turks brood."""
    grammar = lists.grammar
    for after in (i + 1, i + 2):
        if words.ends(after - 1):
            break
        if words.plain(after) in grammar["people"] or words.plain(after) in lists.names:
            return True
    if i and words.ends(i) and words.ends(i - 1):
        return words.plain(i - 1) in grammar["people"]  # een vrouw, Poolse, ...
    if not (words.ends(i) or words.plain(i + 1) in grammar["follows"] or words.plain(i + 1) in grammar["be"]):
        return False
    return any(True for _ in _be_before(words, i, lists)) or (words.plain(i + 1) in grammar["be"] and words.joined(i))


def _be_before(words: Words, i: int, lists: Lists) -> Iterator[int]:
    """Where is, was, zijn ... stands before word i, with nothing but small words between."""
    grammar = lists.grammar
    for before in range(i - 1, max(-1, i - 5), -1):
        if words.ends(before):
            return
        plain = words.plain(before)
        if plain in grammar["be"] and (plain != "zijn" or words.plain(before - 1) not in ("met", "van", "bij", "voor")):
            yield before
            return
        if plain not in grammar["adverb"] and plain not in grammar["pronoun"] and plain not in ("een", "a", "an"):
            return


def _names_people(words: Words, i: int, lists: Lists) -> bool:
    """De Turken, een Pool, twee Roemenen; not Polen as a country."""
    if words[i].plain not in ("polen", "pool", "pers", "rus", "let", "letten", "indo"):
        return True
    before = words.plain(i - 1)
    return before in lists.grammar["determiner"] or before in ("twee", "drie", "vier", "paar", "veel", "zijn", "als")


def _is_visited(words: Words, i: int, lists: Lists) -> bool:
    """Naar de huisarts, loopt bij een psycholoog; not somebody who is one, works at one, or lives next to one."""
    before = i - 1
    while words.plain(before) in lists.grammar["determiner"] and words.joined(before):
        before -= 1
    if words.plain(before) not in ("bij", "naar", "heeft", "had", "van") or not words.joined(before):
        return False
    return not _is_work(words, i)


def _is_of_pet(words: Words, i: int, lists: Lists) -> bool:
    """De kat is doof, de zieke heg."""
    near = [*range(max(0, i - 3), i), *([i + 1] if words.joined(i) else [])]
    return any(words.plain(k) in lists.grammar["pet"] and not any(words.ends(n) for n in range(k, i)) for k in near)


def _is_work(words: Words, i: int) -> bool:
    """Werkt drie dagen in het ziekenhuis: who works, learns or helps there is not ill."""
    near = [words.plain(k) for k in range(max(0, i - 6), min(len(words), i + 5))]
    return any(plain.startswith(("werk", "vrijwillig", "studeer", "stage", "collega")) for plain in near)


def _is_origin(words: Words, i: int, lists: Lists) -> bool:
    """Komt uit Syrië, geboren in Marokko; not op vakantie naar Turkije, terug uit Spanje."""
    link = words.plain(i - 1)
    if link not in ("uit", "in", "from") or words.ends(i - 1):
        return False
    near = [words.plain(k) for k in range(max(0, i - 1 - _COUNTRY_REACH), i - 1)]
    if "terug" in near or "vakantie" in near or "back" in near:
        return False
    if link == "in":
        return any(plain in ("geboren", "opgegroeid") for plain in near)
    return any(plain in lists.grammar["origin_cue"] for plain in near)
