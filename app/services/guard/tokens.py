"""A text as words with their places, and words without capitals and accents."""

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_][\w\u0300-\u036f'’‘-]*")
_BREAK = frozenset('.,;:!?…()\n\r"“”/•')
_OPENING = frozenset(" \t\n\r\"“”„'‘’(*•-–—#>")
_QUOTES = frozenset('"“„‘')
_ENDING = frozenset(".!?…:\n\r")
LONGEST = 40  # letters; what is longer is no word


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the text: its place, as typed, and folded."""

    start: int
    end: int
    typed: str
    plain: str

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.typed[0].isupper()


def fold(word: str) -> str:
    """Lower case, no accents, straight apostrophes."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFD", word.replace("’", "'").replace("‘", "'").lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


class Words:
    """The words of a text, in order, and what stands between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.typed: list[str] = []
        self.plains: list[str] = []
        self._starts: list[int] = []
        folded: dict[str, str] = {}
        for found in _WORD.finditer(text):
            typed = found.group()
            if typed[-1] in "'’‘-_":
                typed = typed.rstrip("'’‘-_")
            if len(typed) <= LONGEST:
                self._starts.append(found.start())
                self.typed.append(typed)
                self.plains.append(folded.get(typed) or folded.setdefault(typed, fold(typed)))

    def __len__(self) -> int:
        return len(self.plains)

    def __getitem__(self, i: int) -> Word:
        start, typed = self._starts[i], self.typed[i]
        return Word(start, start + len(typed), typed, self.plains[i])

    def plain(self, i: int) -> str:
        """The i-th word folded, "" beyond the ends."""
        return self.plains[i] if 0 <= i < len(self.plains) else ""

    def at(self, place: int) -> int:
        """The number of the first word that starts at or after this place."""
        return bisect_left(self._starts, place)

    def joined(self, i: int) -> bool:
        """Whether nothing but space stands between word i and the next."""
        if not 0 <= i < len(self.plains) - 1:
            return False
        between = self._between(i)
        return between == " " or (len(between) < 4 and not between.strip() and "\n" not in between)

    def ends(self, i: int) -> bool:
        """Whether something ends after word i: a comma, a full stop, a bracket, the text."""
        return i >= len(self.plains) - 1 or any(c in _BREAK for c in self._between(i))

    def _between(self, i: int) -> str:
        return self.text[self._starts[i] + len(self.typed[i]) : self._starts[i + 1]]

    def opens(self, place: int) -> bool:
        """Whether a sentence starts at this place of the text."""
        at = place - 1
        if at >= 0 and self.text[at] in _QUOTES:
            return True
        while at >= 0 and place - at < 12:
            c = self.text[at]
            if c in _ENDING:
                return True
            if c not in _OPENING:
                return False
            at -= 1
        return at < 0
