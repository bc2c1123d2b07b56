"""What to put in place of a sensitive word, so that the sentence still reads as one."""

from app.services.guard.finding import Category, Finding
from app.services.guard.lists import ENGLISH, Entry, Lists
from app.services.guard.tokens import Words
from app.services.guard.words import Hit

Swap = tuple[int, int, str]  # from, to, and what to put there ("" leaves it out)

_REACH = 5  # small words between a verb and what it says
_PERSONAL = {"nl": "iets persoonlijks", "en": "something personal"}
_NEW_HERE = "is|zijn nieuw in de buurt"
_OF_HOME = {"nl": "vertelde|vertelden over thuis", "en": "talked|talked about home"}
_BUSY = {"nl": "heeft|hebben iets anders aan het hoofd", "en": "has|have other things on the mind"}
_HAVE = frozenset(("heeft", "had", "hebben", "hadden"))
_LINKS = frozenset(("last", "van", "aan", "geen", "met", "in", "of", "bij", "from", "suffering"))
_EMPTY_SUBJECT = frozenset(("het", "dit", "dat", "er", "it", "there"))


def finding_of(words: Words, hit: Hit, lists: Lists) -> Finding:
    """The finding for a hit, with its neutral wording."""
    swap_start, swap_end, offer = _swap(words, hit, lists)
    if not offer:
        swap_start, swap_end, offer = without(words, swap_start, swap_end)
    elif words.opens(swap_start):
        offer = offer[0].upper() + offer[1:]
    return Finding(words[hit.first].start, words[hit.last].end, hit.entry.category, swap_start, swap_end, offer)


def without(words: Words, start: int, end: int) -> Swap:
    """Leaving out from start to end, with a space or comma less, and a capital for what then opens the sentence."""
    text, after = words.text, words.at(end)
    if words.opens(start) and after < len(words) and text[end : words[after].start] in (" ", ", "):
        following = words[after].typed
        return start, words[after].end, following[0].upper() + following[1:]
    if text[max(0, start - 2) : start] == ", " and text[end : end + 1] in (",", ".", "!", "?", ""):
        return start - 2, end, ""
    if start and text[start - 1] == " ":
        return start - 1, end, ""
    if text[end : end + 1] == " ":
        return start, end + 1, ""
    return start, end, ""


def _swap(words: Words, hit: Hit, lists: Lists) -> Swap:
    kind = hit.entry.kind
    if kind in ("phrase", "ending") or (kind == "place" and "|" not in hit.entry.offer):
        return words[hit.first].start, words[hit.last].end, hit.entry.offer
    if kind in ("person", "nation"):
        return _person(words, hit, lists)
    if kind == "country":
        return _origin(words, hit, lists)
    if kind in ("noun", "carer", "place"):
        return _noun(words, hit, lists)
    entry = hit.entry
    if kind == "national":
        entry = Entry(entry.category, "adjective", entry.language, _NEW_HERE)
    return _adjective(words, Hit(hit.first, hit.last, entry), lists)


def _person(words: Words, hit: Hit, lists: Lists) -> Swap:
    """Zij is moslim: zij vertelde over thuis; het zijn moslims: het zijn bewoners; een moslim: een bewoner."""
    entry = hit.entry
    verb_phrase = (_BUSY if entry.category is Category.OFFENCE else _OF_HOME)[entry.language]
    said = _said_of(words, hit, verb_phrase, lists.grammar["be"], lists)
    empty = said and any(
        words.plain(k) in _EMPTY_SUBJECT for k in range(max(0, words.at(said[0]) - 1), hit.first)
    )  # fmt: skip
    return said if said and not empty else (words[hit.first].start, words[hit.last].end, entry.offer)


def _adjective(words: Words, hit: Hit, lists: Lists) -> Swap:
    grammar, entry, start, end = lists.grammar, hit.entry, words[hit.first].start, words[hit.last].end
    if said := _said_of(words, hit, entry.offer, grammar["be"], lists):
        return said
    after = words.plain(hit.last + 1)
    if words.joined(hit.last) and not words.opens(start) and after in grammar["be"]:  # dat hij ziek is
        verb, rest = _parts(entry.offer, after in grammar["be_many"])
        return start, words[hit.last + 1].end, f"{rest} {verb}"
    if words.joined(hit.last) and after not in grammar["follows"] and after not in grammar["be"]:
        return start, end, ""  # een zieke man: een man
    if words.plain(hit.first - 1) in ("en", "and") and words.joined(hit.first - 1) and words.ends(hit.last):
        return words[hit.first - 1].start, end, ""  # moe en depressief: moe
    return _or_without(words, start, end, entry)


def _noun(words: Words, hit: Hit, lists: Lists) -> Swap:
    grammar, entry, end = lists.grammar, hit.entry, words[hit.last].end
    for verbs in (grammar["have"], grammar["with"]):
        if said := _said_of(words, hit, entry.offer, verbs, lists):
            return said
    start = words[_after_verb(words, hit.first, lists)].start
    if words.plain(hit.last + 1) in _HAVE and words.joined(hit.last) and words.ends(hit.last + 1):
        verb, rest = _parts(entry.offer, words.plain(hit.last + 1) in grammar["be_many"])
        return start, words[hit.last + 1].end, f"{rest} {verb}"
    return _or_without(words, start, end, entry)


def _or_without(words: Words, start: int, end: int, entry: Entry) -> Swap:
    """Between commas it is left out; elsewhere it becomes something personal."""
    text = words.text
    opened = text[max(0, start - 2) : start] == ", " or words.opens(start)
    closed = text[end : end + 1] in (",", ".", "!", "?", "")
    alone = words.opens(start) and text[end : end + 1] != ","
    return start, end, "" if opened and closed and not alone else _PERSONAL[entry.language]


def _said_of(words: Words, hit: Hit, offer: str, verbs: frozenset[str], lists: Lists) -> Swap | None:
    """Is erg ziek, heeft last van zijn longen: from the verb on; also "is hij ziek"."""
    grammar, pronoun = lists.grammar, ""
    for before in range(hit.first - 1, max(-1, hit.first - 2 - _REACH), -1):
        if not words.joined(before):
            return None
        plain = words.plain(before)
        owned = plain == "zijn" and hit.entry.kind != "adjective"  # his, not are
        if plain in verbs and not owned:
            verb, rest = _parts(offer, plain in grammar["be_many"])
            said = f"{verb} {pronoun} {rest}" if pronoun and hit.entry.language != ENGLISH else f"{verb} {rest}"
            return words[before].start, words[hit.last].end, said
        if plain in grammar["pronoun"] and not pronoun:
            pronoun = words[before].typed
        elif plain not in grammar["adverb"] and plain not in grammar["determiner"] and plain not in _LINKS:
            return None
    return None


def _after_verb(words: Words, first: int, lists: Lists) -> int:
    """The first of the small words (een, zijn, zware) that belong to word `first`."""
    while first and words.joined(first - 1) and words.plain(first - 1) in lists.grammar["determiner"]:
        first -= 1
    return first


def _parts(offer: str, many: bool) -> tuple[str, str]:
    """The verb of an offer, "kon|konden nu niet", for one or for more, and what follows it."""
    verb, _space, rest = offer.partition(" ")
    one, _bar, more = verb.partition("|")
    return (more or one) if many else one, rest


def _origin(words: Words, hit: Hit, lists: Lists) -> Swap:
    """Komt uit Syrië: is nieuw in de buurt; elsewhere "uit Syrië" is left out."""
    end, verb = words[hit.last].end, hit.first - 2
    while words.plain(verb) in lists.grammar["adverb"] and words.joined(verb):
        verb -= 1
    if words.plain(verb) in ("komt", "komen", "kwam", "kwamen") and words.joined(verb):
        be = "zijn" if words.plain(verb) in ("komen", "kwamen") else "is"
        return words[verb].start, end, f"{be} nieuw in de buurt"
    return words[hit.first - 1].start, end, ""
