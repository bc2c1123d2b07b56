"""What to put in place of a sensitive word, so that the sentence still reads as one."""

from app.services.guard.finding import Finding
from app.services.guard.lists import ENGLISH, Entry, Lists
from app.services.guard.tokens import Words
from app.services.guard.words import Hit

_REACH = 4  # small words between a verb and what it says
_PERSONAL = {"nl": "iets persoonlijks", "en": "something personal"}
_NEW_HERE = "is|zijn nieuw in de buurt"


def finding_of(words: Words, hit: Hit, lists: Lists) -> Finding:
    """The finding for a hit, with its neutral wording."""
    start, end = words[hit.first].start, words[hit.last].end
    swap_start, swap_end, offer = _swap(words, hit, lists)
    if not offer:
        swap_start, swap_end, offer = without(words, swap_start, swap_end)
    elif words.opens(swap_start):
        offer = offer[0].upper() + offer[1:]
    return Finding(start, end, hit.entry.category, swap_start, swap_end, offer)


def without(words: Words, start: int, end: int) -> tuple[int, int, str]:
    """Leaving out from start to end: with one space less, and a capital for what then opens the sentence."""
    text, after = words.text, words.at(end)
    if words.opens(start) and after < len(words) and text[end : words[after].start] == " ":
        following = words[after].typed
        return start, words[after].end, following[0].upper() + following[1:]
    if start and text[start - 1] == " ":
        return start - 1, end, ""
    if text[end : end + 1] == " ":
        return start, end + 1, ""
    return start, end, ""


def _swap(words: Words, hit: Hit, lists: Lists) -> tuple[int, int, str]:
    entry, start, end = hit.entry, words[hit.first].start, words[hit.last].end
    if entry.kind in ("person", "nation", "phrase"):
        return start, end, entry.offer
    if entry.kind == "country":
        return _origin(words, hit, lists)
    if entry.kind == "national":
        entry = Entry(entry.category, "adjective", entry.language, _NEW_HERE)
    verb, rest = _parts(entry, many=False)
    if entry.kind == "adjective":
        if swap := _said_of(words, hit, entry, lists.grammar["be"], lists):
            return swap
        if words.joined(hit.last) and words.plain(hit.last + 1) in lists.grammar["be"]:
            verb, rest = _parts(entry, words.plain(hit.last + 1) in lists.grammar["be_many"])
            return start, words[hit.last + 1].end, f"{rest} {verb}"
        if words.joined(hit.last) and words.plain(hit.last + 1) not in lists.grammar["follows"]:
            return start, end, ""  # een zieke man: een man
    elif swap := _said_of(words, hit, entry, lists.grammar["have"], lists):
        return swap
    elif words.joined(hit.last) and words.plain(hit.last + 1) in ("heeft", "had", "hebben", "hadden"):
        verb, rest = _parts(entry, words.plain(hit.last + 1) in lists.grammar["be_many"])
        return words[_after_verb(words, hit.first, lists)].start, words[hit.last + 1].end, f"{rest} {verb}"
    return words[_after_verb(words, hit.first, lists)].start, end, _PERSONAL[entry.language]


def _said_of(words: Words, hit: Hit, entry: Entry, verbs: frozenset[str], lists: Lists) -> tuple[int, int, str] | None:
    """Is erg ziek, heeft last van zijn longen: from the verb on; also "is hij ziek"."""
    grammar, pronoun = lists.grammar, ""
    for before in range(hit.first - 1, max(-1, hit.first - 2 - _REACH), -1):
        if not words.joined(before):
            return None
        plain = words.plain(before)
        if plain in verbs and not (plain == "zijn" and entry.kind == "noun"):
            verb, rest = _parts(entry, plain in grammar["be_many"])
            if not pronoun and entry.language != ENGLISH:
                pronoun = ""
            offer = f"{verb} {pronoun} {rest}" if pronoun else f"{verb} {rest}"
            return words[before].start, words[hit.last].end, offer
        if plain in grammar["pronoun"] and not pronoun:
            pronoun = words[before].typed
        elif plain not in grammar["adverb"] and plain not in grammar["determiner"] and plain not in _BETWEEN:
            return None
    return None


_BETWEEN = frozenset(("last", "van", "aan", "geen", "met", "in", "of", "from", "suffering"))


def _after_verb(words: Words, first: int, lists: Lists) -> int:
    """The first of the small words (een, zijn, zware) that belong to word `first`."""
    while first and words.joined(first - 1) and words.plain(first - 1) in lists.grammar["determiner"]:
        first -= 1
    return first


def _parts(entry: Entry, many: bool) -> tuple[str, str]:
    """The verb of an offer, "kon|konden nu niet", for one or for more, and what follows it."""
    verb, _space, rest = entry.offer.partition(" ")
    one, _bar, more = verb.partition("|")
    return (more or one) if many else one, rest


def _origin(words: Words, hit: Hit, lists: Lists) -> tuple[int, int, str]:
    """Komt uit Syrië: is nieuw in de buurt; elsewhere "uit Syrië" is left out."""
    end, link, before = words[hit.last].end, hit.first - 1, words.plain(hit.first - 2)
    if before in ("komt", "komen", "kwam", "kwamen") and words.joined(hit.first - 2):
        verb = "zijn" if before in ("komen", "kwamen") else "is"
        return words[hit.first - 2].start, end, f"{verb} nieuw in de buurt"
    return words[link].start, end, ""
