"""Bytes as Dutch words: to compare by voice, and to write down on a recovery sheet. One byte is one word.

The 256 words are short nouns that are learned early, all different in their first four letters and none that
sounds like another over a bad line; so four letters of each are enough, and one wrong letter can be named.
docs/protocol.md, "Words".
"""

import re

from sync.core.errors import BadFormat, BadInput
from sync.core.ids import digest

WORDS = tuple(
    """
    aardbei adres akker album amandel ananas appel atlas auto bakfiets ballon berk beschuit bezem bloem boon
    borstel boter brief brood brug bus buurman cadeau camera chocola circus citroen computer confetti dadel
    dagboek dans deken deksel deur dijk dinsdag dolfijn domino donder douche driehoek droom druif eekhoorn eend
    egel emmer envelop feest fiets film fles fontein foto framboos geluk gember gieter giraf glas glijbaan
    glimlach gordijn goud groet hamer hamster handdoek haring haven heide helm hengel herfst hockey hoed hoepel
    hommel honing horloge iglo ijsbeer ijsje jasmijn jurk kaas kalender kanarie kaneel kano kapitein kapper
    karamel kastanje kelder kers ketel ketting keuken kikker klarinet klaver kleur klok knoop koala koek koffie
    kompas konijn kraan krekel krent krokus kruimel laars ladder lamp lavendel lelie lepel lijm linde lucht maan
    mango markt matroos medaille mees meeuw melk merel metro molen mosterd muis museum muziek naald nagel narcis
    oceaan ochtend olifant olijf ooievaar oranje orgel paleis papegaai papier paprika paraplu pasta peper perzik
    piano pijl piraat pizza plant plein pompoen postbode potlood puzzel pyjama raam rabarber radijs raket regen
    reiger rijst ring rivier robot roos rozijn rugzak salade sandaal schaar schep schilder schoen sjaal sleutel
    slinger sloot sneeuw soep sok specht spiegel spinazie spoor station ster stoel storm straat strik suiker taart
    tapijt telefoon tennis theater thee tomaat toren touw trap trein trekker trommel tuin tulp tunnel vakantie
    valk vanille verhaal veter veulen vijver viooltje vlag vlieger vlinder voetbal vogel vork vrede wafel wagen
    walnoot walvis wens winkel wortel zalm zand zebra zeehond zilver zolder zomer zondag zwaan zwaluw zwembad
    """.split()  # noqa: SIM905 - so many quotes would hide the words
)
FINGERPRINT_WORDS = 8  # 64 bits: making a key with another's words takes 2⁶⁴ tries
SHEET_BYTES = 28  # what a recovery sheet carries
CHECK_BYTES = 2
_TELLING = 4  # letters that tell a word from all others
_NUMBER = {word[:_TELLING]: number for number, word in enumerate(WORDS)}


def fingerprint(data: bytes) -> tuple[str, ...]:
    """Eight words for these bytes (a device's id, a sheet's): both sides read them out and compare."""
    return tuple(WORDS[byte] for byte in digest("fingerprint", data)[:FINGERPRINT_WORDS])


def to_words(payload: bytes) -> tuple[str, ...]:
    """28 bytes and a check of two as thirty words. Raises BadFormat for another length."""
    if len(payload) != SHEET_BYTES:
        raise BadFormat(f"{len(payload)} bytes for words")
    return tuple(WORDS[byte] for byte in payload + _check(payload))


def from_words(text: str) -> bytes:
    """The 28 bytes of thirty words as somebody typed them: case, commas, lines and line numbers don't matter, and
    of each word the first four letters are enough.

    Raises BadInput("words", why): unknown (`what` is the place and the word), count (`what` is how many there
    are), or check (each is in the list, and yet they are not these thirty in this order).
    """
    typed = re.findall(r"[^\W\d_]+", text.lower())
    numbers = [_number(place, word) for place, word in enumerate(typed, 1)]
    if len(numbers) != SHEET_BYTES + CHECK_BYTES:
        raise BadInput("words", "count", str(len(numbers)))
    payload, check = bytes(numbers[:SHEET_BYTES]), bytes(numbers[SHEET_BYTES:])
    if check != _check(payload):
        raise BadInput("words", "check")
    return payload


def _number(place: int, word: str) -> int:
    try:
        return _NUMBER[word[:_TELLING]]
    except KeyError:
        raise BadInput("words", "unknown", f"{place}: {word[:40]}") from None


def _check(payload: bytes) -> bytes:
    return digest("words", payload)[:CHECK_BYTES]
