"""Vectors for words: fingerprints, and the words of a recovery sheet with one slip each."""

from sync.core import words
from sync.core.errors import BadInput
from sync.core.ports import Primitives
from tests.vectors.vector import Vector, fixed, maker, replay


@maker
async def fingerprints(primitives: Primitives) -> list[Vector]:
    """Eight words for a device's id, and for nothing."""
    device = fixed("device", 16)
    return [
        Vector(
            "fingerprint_device", "fingerprint", "Of 16 bytes", device, {"words": " ".join(words.fingerprint(device))}
        ),
        Vector("fingerprint_nothing", "fingerprint", "Of no bytes", b"", {"words": " ".join(words.fingerprint(b""))}),
    ]


@maker
async def sheets(primitives: Primitives) -> list[Vector]:
    """Thirty words as printed and as typed, and one slip each."""
    payload = fixed("sheet", words.SHEET_BYTES)
    printed = words.to_words(payload)
    typed = " ".join(f"{n}. {word[:4].upper()}," for n, word in enumerate(printed, 1))
    swapped = [*printed[:4], printed[5], printed[4], *printed[6:]]
    bad = {
        "unknown": ("A word that is not in the list", ["zonnebrand", *printed[1:]]),
        "short": ("Twenty-nine words", printed[:-1]),
        "long": ("Thirty-one words", [*printed, printed[0]]),
        "swapped": ("Two words in the wrong order", swapped),
        "check": ("Another last word", [*printed[:-1], words.WORDS[words.WORDS.index(printed[-1]) - 1]]),
    }
    return [
        Vector("words_printed", "words", "As the sheet prints them", payload, {"words": " ".join(printed)}),
        Vector("words_typed", "words", "Numbered, in capitals, four letters each", payload, {"words": typed}),
        *(
            Vector(f"words_{name}", "words", comment, payload, {"words": " ".join(w)}, BadInput.code)
            for name, (comment, w) in bad.items()
        ),
    ]


@replay("fingerprint")
async def _(primitives: Primitives, v: Vector) -> None:
    assert " ".join(words.fingerprint(v.payload)) == v.values["words"]


@replay("words")
async def _(primitives: Primitives, v: Vector) -> None:
    assert words.from_words(str(v.values["words"])) == v.payload
