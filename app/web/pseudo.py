"""A language that nobody speaks, made from the Dutch: each text accented, 40 % longer, and read from right to left.

What is not translated stays plain on such a screen, what is cut off is seen at once, and so is what does not mirror.
`straatcontact build --pseudo` carries it; the build that people get never does.
"""

import re

from babel.messages.catalog import Catalog

LONGER = 1.4
_LETTERS = str.maketrans("AEIOUYaeiouyncs", "ÁÉÍÓÚÝáéíóúýñçš")
_PLACE = re.compile(r"(\{[^}]*\})")


def pseudo(text: str) -> str:
    """The text with accents and as much longer as a language may be. What stands in braces is left alone."""
    parts = [part if _PLACE.fullmatch(part) else part.translate(_LETTERS) for part in _PLACE.split(text)]
    more = round(len(text) * LONGER) - len(text)
    filling = ("één twéé dríé víér víjf zés " * (more // 27 + 1))[:more]
    return "".join([*parts, " " if more > 4 else "", filling]).rstrip()


def pseudo_catalogue(english: Catalog) -> Catalog:
    """Every text that is translated into English, as one of this language."""
    made = Catalog(locale=None)
    for message in english:
        if isinstance(message.id, tuple):
            made.add(message.id, tuple(pseudo(text) for text in message.id))
        elif isinstance(message.id, str) and message.id:
            made.add(message.id, pseudo(message.id))
    return made
