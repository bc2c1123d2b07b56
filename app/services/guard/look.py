"""Looking through a text, once, for everything that the guard knows."""

from bisect import bisect_left
from collections.abc import Collection

from app.services.guard import numbers
from app.services.guard.finding import Category, Finding
from app.services.guard.lists import lists
from app.services.guard.names import Name, known_words, names, offer_for
from app.services.guard.swaps import finding_of, without
from app.services.guard.tokens import Words
from app.services.guard.words import hits

BOUND = 20_000  # characters looked at; a note that can be saved has at most half of that
RESIDENT = ("de bewoner", "de bewoners")
_CALL = frozenset(("op", "naar", "via", "is", "on", "at", "to"))
_LEADING = dict.fromkeys(Category, _CALL) | {
    Category.BIRTH: frozenset(("geboren", "op", "geb", "geboortedatum", "born", "on"))
}


def look(
    text: str,
    strict_names: bool = False,
    known: Collection[str] = (),
    person_words: tuple[str, str] = RESIDENT,
) -> list[Finding]:
    """What in this text had better not be noted, in order of place, no finding over another.

    Only the first 20,000 characters are looked at, so that pasting a book freezes nothing. Nothing is kept from one
    call to the next. `strict_names` (for stories) points out more names; `known` are names and addresses that may be
    written (of the reader, the street); `person_words` take the place of one name, or of more.
    """
    words, everything = Words(text[:BOUND]), lists()
    taken = _Places()
    findings = [
        _number(words, start, end, category)
        for start, end, category in numbers.places(words.text)
        if taken.take(start, end)
    ]
    found, harmless = hits(words, everything)
    for hit in found:
        if taken.take(words[hit.first].start, words[hit.last].end):
            findings.append(finding_of(words, hit, everything))
    inside = harmless | {k for hit in found for k in range(hit.first, hit.last + 1)}
    for name in names(words, everything, inside, strict_names, known_words(known)):
        if taken.take(words[name.first].start, words[name.last].end):
            findings.append(_name(words, name, person_words, everything.grammar["role"]))
    return sorted(findings, key=lambda f: f.start)


class _Places:
    """Places in a text, none over another."""

    def __init__(self) -> None:
        self._taken: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> bool:
        """Take a place, unless (part of) it is taken."""
        at = bisect_left(self._taken, (start, end))
        before, after = self._taken[at - 1] if at else (0, 0), self._taken[at] if at < len(self._taken) else (end, end)
        if before[1] > start or after[0] < end:
            return False
        self._taken.insert(at, (start, end))
        return True


def _number(words: Words, start: int, end: int, category: Category) -> Finding:
    """A number is left out, and with it the small words that lead to it: bellen op, mailen naar, geboren op."""
    from_word = words.at(start)
    while from_word and words.plain(from_word - 1) in _LEADING[category]:
        between = words.text[
            words[from_word - 1].end : start if from_word == words.at(start) else words[from_word].start
        ]
        if between.strip(" .:"):
            break
        from_word -= 1
    swap_start = words[from_word].start if from_word < words.at(start) else start
    swap_start, swap_end, offer = without(words, swap_start, end)
    return Finding(start, end, category, swap_start, swap_end, offer)


def _name(words: Words, name: Name, person_words: tuple[str, str], known_roles: frozenset[str]) -> Finding:
    """De bewoner for a name; after buurvrouw or zoontje it is left out; heet Sanne becomes woont hier."""
    start, end = words[name.first].start, words[name.last].end
    before = words.plain(name.first - 1) if words.joined(name.first - 1) else ""
    if before in known_roles and not name.more:
        swap_start, swap_end, offer = without(words, start, end)
        return Finding(start, end, Category.NAME, swap_start, swap_end, offer)
    if before in ("heet", "heette"):
        return Finding(start, end, Category.NAME, words[name.first - 1].start, end, "woont hier")
    return Finding(start, end, Category.NAME, start, end, offer_for(words, name, person_words))
