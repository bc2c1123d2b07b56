"""Looking through a text, once, for everything that the guard knows."""

from collections.abc import Collection

from app.services.guard import numbers
from app.services.guard.finding import Category, Finding
from app.services.guard.lists import lists
from app.services.guard.names import known_words, names, offer_for
from app.services.guard.swaps import finding_of, without
from app.services.guard.tokens import Words
from app.services.guard.words import hits

BOUND = 20_000  # characters looked at; a note that can be saved has at most half of that
RESIDENT = ("de bewoner", "de bewoners")


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
    seen = text[:BOUND]
    everything = lists()
    findings: list[Finding] = []
    for start, end, category in numbers.places(seen):
        if not _over(findings, start, end):
            findings.append(_number(seen, start, end, category))
    words = Words(seen)
    found = hits(words, everything)
    for hit in found:
        finding = finding_of(words, hit, everything)
        if not _over(findings, finding.start, finding.end):
            findings.append(finding)
    taken = {k for hit in found for k in range(hit.first, hit.last + 1)}
    for name in names(words, everything, taken, strict_names, known_words(known)):
        start, end = words[name.shown].start, words[name.last].end
        if not _over(findings, start, end):
            offer = offer_for(words, name, person_words)
            findings.append(Finding(start, end, Category.NAME, words[name.first].start, end, offer))
    return sorted(findings, key=lambda f: f.start)


def _over(findings: list[Finding], start: int, end: int) -> bool:
    return any(f.start < end and start < f.end for f in findings)


def _number(text: str, start: int, end: int, category: Category) -> Finding:
    """A number is left out."""
    swap_start, swap_end, offer = without(Words(""), start, end) if not text else _gap(text, start, end)
    return Finding(start, end, category, swap_start, swap_end, offer)


def _gap(text: str, start: int, end: int) -> tuple[int, int, str]:
    if start and text[start - 1] == " ":
        return start - 1, end, ""
    if text[end : end + 1] == " ":
        return start, end + 1, ""
    return start, end, ""
