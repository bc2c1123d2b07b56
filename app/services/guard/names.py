"""Names of people: after a title, from the list of first names, and capitals in a sentence that nothing else explains."""

from collections.abc import Collection
from dataclasses import dataclass

from app.services.guard.lists import Lists
from app.services.guard.tokens import Words, fold
from app.services.guard.words import is_place

_HONOURED = frozenset(("sint", "st", "heilige", "prins", "prinses", "koning", "koningin", "paus", "burgemeester"))
_OFFERS = ("de bewoner", "de bewoners")
_LONGEST = 13  # letters of a name that no list knows; longer words with a capital name something else


@dataclass(frozen=True, slots=True)
class Name:
    """Words `first` to `last` (inclusive) of a text that name somebody; `more` than one person."""

    first: int
    last: int
    more: bool = False


def names(words: Words, lists: Lists, taken: Collection[int], strict: bool, known: Collection[str]) -> list[Name]:
    """The names in a text. `taken` are numbers of words that are something else already; `known` are folded words
    that need no pointing out; `strict` also sees everyday words that are names too where a sentence starts."""
    found: list[Name] = []
    finder = _Finder(words, lists, strict, known)
    last = -1
    for i, (typed, plain) in enumerate(zip(words.typed, words.plains, strict=True)):
        may = i > last and i not in taken and (typed[0].isupper() or finder.may_begin(plain))
        if may and (name := finder.at(i)):
            found.append(name)
            last = name.last
    return _together(words, found)


def _together(words: Words, found: list[Name]) -> list[Name]:
    """Yusuf en Zeynep are one finding."""
    joined: list[Name] = []
    for name in found:
        last = joined[-1] if joined else None
        if (
            last
            and last.last + 2 == name.first
            and words.plain(last.last + 1) in ("en", "and")
            and words.joined(last.last)
        ):
            joined[-1] = Name(last.first, name.last, True)
        else:
            joined.append(name)
    return joined


class _Finder:
    def __init__(self, words: Words, lists: Lists, strict: bool, known: Collection[str]) -> None:
        self.words, self.lists, self.strict, self.known = words, lists, strict, known
        self.grammar, self.titles = lists.grammar, lists.grammar["title"]

    def may_begin(self, plain: str) -> bool:
        """Whether a word without a capital may begin a name."""
        return (
            plain in self.titles or plain in self.lists.names or (plain[-1] == "s" and plain[:-1] in self.lists.names)
        )

    def at(self, i: int) -> Name | None:
        """The name that starts with word i, if one does."""
        words, plain = self.words, self.words.plain(i)
        if plain in self.grammar["title"] and (last := self._titled(i)) is not None:
            return Name(i, last, plain in ("fam", "familie"))
        if plain in self.known or self._in_a_place(i):
            return None
        bare = _bare(plain, self.lists.names)
        if bare in self.known:
            return None
        if self._is_first_name(i, bare) or self._called(i) or self._unexplained(i):
            return Name(i, self._rest(i))
        return None if not words[i].capital else self._initial(i)

    # -- after a title ----------------------------------------------------------------------------------------

    def _titled(self, i: int) -> int | None:
        """Mevrouw Jansen, dhr. v.d. Berg, fam. de Wit; lower case where it is a family name of the list."""
        after = self._skip_dot(i)
        j = after
        while j < len(self.words) and self.words.plain(j) in self.grammar["infix"] and j - after < 3:
            j += 1
        if j >= len(self.words) or self.words.plain(j) in self.known:
            return None
        word, plain = self.words[j], self.words.plain(j)
        listed = plain in self.lists.surnames or plain in self.lists.names
        usual = plain in self.lists.usual and not listed
        if not self._close(i, j) or self._in_a_place(j):
            return None
        if (word.capital and not usual and not word.typed.isupper()) or (listed and (j > after or len(plain) > 3)):
            if not word.capital and self.words.plain(i) in ("heer", "zuster", "broeder", "ms"):
                return None
            if not word.capital and self.lists.names.get(plain) == "middle":
                return None
            return self._rest(j)
        return None

    def _skip_dot(self, i: int) -> int:
        return i + 1

    def _close(self, i: int, j: int) -> bool:
        """Whether only spaces and the dots of abbreviations stand between words i and j."""
        between = self.words.text[self.words[i].end : self.words[j].start]
        short = len(self.words.plain(i)) <= 4
        return (
            len(between) < 20
            and "\n" not in between
            and (short or "." not in between[:1])
            and not any(c in ",;:!?()" for c in between)
        )

    # -- first names ------------------------------------------------------------------------------------------

    def _is_first_name(self, i: int, bare: str) -> bool:
        kind, word = self.lists.names.get(bare), self.words[i]
        if kind is None:
            return False
        if not word.capital:
            return kind == "any" and len(bare) >= 4
        if word.typed.isupper() and len(word.typed) > 1 and kind != "any":
            return False
        if kind == "middle":
            inside = not self.words.opens(word.start)
            return (inside and bare not in self.lists.usual) or self.strict or self._surname_after(i)
        return bare not in self.lists.usual or self._surname_after(i) or self.words.plain(i - 1) in self.grammar["role"]

    def _surname_after(self, i: int) -> bool:
        j = i + 1
        while self.words.joined(j - 1) and self.words.plain(j) in self.grammar["infix"] and j - i < 4:
            j += 1
        return self.words.joined(j - 1) and self.words[j].capital and self.words.plain(j) in self.lists.surnames

    def _rest(self, i: int) -> int:
        """The last word of a name that has its first (or family) name at word i: Anja van der Meer."""
        last = i
        while self.words.joined(last):
            j = last + 1
            while self.words.joined(j) and self.words.plain(j) in self.grammar["infix"] and j - last < 4:
                j += 1
            word = self.words[j]
            infixed = j > last + 1
            if not word.capital or word.typed.isupper() or self.words.plain(j) in self.grammar["infix"]:
                break
            if self.words.plain(j) in self.lists.usual and self.words.plain(j) not in self.lists.surnames:
                break
            if (
                infixed
                and self.words.plain(last + 1) in ("in", "op")
                and self.words.plain(j) not in self.lists.surnames
            ):
                break
            last = j
        return last

    def _initial(self, i: int) -> Name | None:
        """J. de Vries."""
        words = self.words
        if len(words[i].typed) != 1 or words.text[words[i].end : words[i].end + 1] != "." or i + 1 >= len(words):
            return None
        j = i + 1
        while words.plain(j) in self.grammar["infix"] and j - i < 4:
            j += 1
        if j < len(words) and words[j].capital and words.plain(j) in self.lists.surnames and self._close(i, j):
            return Name(i, self._rest(j))
        return None

    # -- capitals that nothing explains ---------------------------------------------------------------------------

    def _called(self, i: int) -> bool:
        """Ze heet Xandra: whatever the word is."""
        return (
            self.words[i].capital
            and i > 0
            and self.words.plain(i - 1) in self.grammar["call"]
            and self.words.joined(i - 1)
            and not self.words[i].typed.isupper()
        )

    def _unexplained(self, i: int) -> bool:
        word, plain = self.words[i], self.words.plain(i)
        if (
            not word.capital
            or not 3 <= len(plain) <= _LONGEST
            or any(c.isupper() or c.isdigit() for c in word.typed[1:])
        ):
            return False
        entry = self.lists.exact.get(plain)
        if entry and entry.kind in ("national", "nation", "country"):
            return False
        if plain in self.lists.usual or plain in self.lists.harmless or self.words.opens(word.start):
            return False
        if self.words.text[word.end : word.end + 1] == "-":  # Beweeg- en Ontmoetingstuin
            return False
        parts = plain.split("-")
        if any(part in self.lists.usual for part in parts) or _known_stem(plain, self.lists.usual):
            return False
        first = i  # De Vrolijke Noot is called by all its capitals
        while self.words.joined(first - 1) and self.words.typed[first - 1][0].isupper():
            first -= 1
            if self.words.plain(first) in self.lists.usual or self.words.plain(first) in ("de", "het"):
                return False
        return self.words.plain(first - 1) not in self.grammar["place_cue"]

    def _in_a_place(self, i: int) -> bool:
        """Whether word i belongs to a street, square or building: Willem de Zwijgerlaan 40, Sint Jan."""
        words, plain = self.words, self.words.plain(i)
        if is_place(plain, self.lists) or words.plain(i - 1) in _HONOURED:
            return True
        for j in range(i + 1, min(i + 5, len(words))):
            if not words.joined(j - 1):
                break
            after = words.plain(j)
            if is_place(after, self.lists, 0):
                return True
            if not words.typed[j][0].isupper() and after not in self.grammar["infix"]:
                break
        end = words[i].end if i < len(words) else 0
        return len(plain) > 6 and words.text[end : end + 1] == " " and words.text[end + 1 : end + 2].isdigit()


def _bare(plain: str, names: dict[str, str]) -> str:
    """Ahmeds, Fatima's, Truus': the name without its ending."""
    if plain in names:
        return plain
    for ending in ("'s", "s", "'"):
        if plain.endswith(ending) and plain[: -len(ending)] in names and len(plain) > 4:
            return plain[: -len(ending)]
    return plain


def _known_stem(plain: str, usual: set[str]) -> bool:
    return any(plain.endswith(end) and plain[: -len(end)] in usual for end in ("s", "se", "e", "'s", "en", "er"))


def offer_for(words: Words, name: Name, wording: tuple[str, str] = _OFFERS) -> str:
    """What to put for a name: the bewoner, or bewoners; a capital where a sentence starts."""
    offer = wording[name.more]
    return offer[0].upper() + offer[1:] if words.opens(words[name.first].start) and offer else offer


def known_words(texts: Collection[str]) -> frozenset[str]:
    """The folded words of names and addresses that may be written."""
    return frozenset(fold(part) for text in texts for part in text.replace("-", " ").split())
