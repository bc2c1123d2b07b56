"""Words: easy to read out, hard to mishear, and a slip of the pen is named."""

import re
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync.core.errors import BadFormat, BadInput
from sync.core.words import CHECK_BYTES, SHEET_BYTES, WORDS, fingerprint, from_words, to_words

PAYLOADS = st.binary(min_size=SHEET_BYTES, max_size=SHEET_BYTES)
# Dutch spellings of one sound, the longer first; what is not said apart over a telephone is written the same.
_SOUNDS = "sch:sx ch:x ij:1 ei:1 y:i au:2 ou:2 ooi:oi ph:f qu:kw g:x z:s v:f c:k w:f b:p d:t th:t ie:i oe:u aa:a ee:e oo:o uu:u"


def sound(word: str) -> str:
    """A rough spelling by sound."""
    for pair in _SOUNDS.split():
        word = word.replace(*pair.split(":"))
    return re.sub(r"(.)\1+", r"\1", word)


def one_slip(a: str, b: str) -> bool:
    """Whether one sound more, less or other makes the one into the other."""
    if len(a) > len(b):
        a, b = b, a
    if len(b) - len(a) > 1:
        return False
    cuts = range(len(a) + 1)
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    return any(a[:i] == b[:i] and a[i:] == b[i + 1 :] for i in cuts)


def test_there_is_one_short_word_for_each_byte_in_order() -> None:
    """256 of three to eight plain letters, so that no accent or capital can go wrong."""
    assert len(WORDS) == 256
    assert list(WORDS) == sorted(set(WORDS))
    assert all(re.fullmatch("[a-z]{3,8}", word) for word in WORDS)


def test_four_letters_tell_each_word_from_all_others() -> None:
    """And none is how another begins, so that half a word is never a whole other one."""
    assert len({word[:4] for word in WORDS}) == 256
    assert [(a, b) for a in WORDS for b in WORDS if a != b and b.startswith(a)] == []


def test_no_two_words_sound_alike_over_a_bad_line() -> None:
    """At least two sounds apart, with ij and ei, au and ou, g and ch, v and f, z and s, d and t taken as the same."""
    assert one_slip(sound("boot"), sound("bood"))
    assert one_slip(sound("kaas"), sound("vaas"))
    assert [(a, b) for a, b in combinations(WORDS, 2) if one_slip(sound(a), sound(b))] == []


def test_a_fingerprint_is_eight_words_and_other_bytes_have_others() -> None:
    """The same each time, another for each device."""
    assert len(fingerprint(b"a")) == 8
    assert fingerprint(b"a") == fingerprint(b"a") != fingerprint(b"b")
    assert len({fingerprint(bytes([n])) for n in range(256)}) == 256


@given(PAYLOADS)
def test_thirty_words_give_the_same_bytes_back(payload: bytes) -> None:
    """What a sheet says is what comes back."""
    words = to_words(payload)
    assert len(words) == SHEET_BYTES + CHECK_BYTES == 30
    assert from_words(" ".join(words)) == payload


@given(PAYLOADS, st.data())
def test_however_it_is_typed_it_is_understood(payload: bytes, data: st.DataObject) -> None:
    """Capitals, line numbers, commas, line breaks, and no more than the first four letters."""
    between = st.sampled_from([" ", ", ", "\n", "\t", ";", "  - "])
    text = ""
    for number, word in enumerate(to_words(payload), 1):
        said = data.draw(st.sampled_from([word, word.upper(), word.title(), word[:4], f"{number}. {word}"]))
        text += said + data.draw(between)
    assert from_words(text) == payload


@given(PAYLOADS, st.integers(0, 29), st.text("abcdefghijklmnopqrstuvwxyzé", min_size=1, max_size=12))
def test_a_word_that_is_not_in_the_list_is_named_with_its_place(payload: bytes, at: int, wrong: str) -> None:
    """The message for logs does not hold it: a recovery word is a secret."""
    assume(not any(wrong[:4] == word[:4] for word in WORDS))
    words = [*to_words(payload)]
    words[at] = wrong
    with pytest.raises(BadInput) as told:
        from_words(" ".join(words))
    assert (told.value.field, told.value.why, told.value.what) == ("words", "unknown", f"{at + 1}: {wrong}")
    assert str(told.value) == "bad_input: Something in the form needs another look. Nothing was lost. (words: unknown)"


@given(PAYLOADS, st.integers(0, 29), st.sampled_from(WORDS))
def test_another_word_of_the_list_is_noticed(payload: bytes, at: int, other: str) -> None:
    """Or, once in 65,536 times, it gives other bytes: a key that fits nowhere."""
    words = [*to_words(payload)]
    assume(words[at] != other)
    words[at] = other
    try:
        read = from_words(" ".join(words))
    except BadInput:
        return
    assert read != payload


def test_two_words_in_the_wrong_order_are_noticed() -> None:
    """One known case, so that the check is really looked at."""
    words = [*to_words(bytes(range(SHEET_BYTES)))]
    words[3], words[4] = words[4], words[3]
    with pytest.raises(BadInput, match="words: check"):
        from_words(" ".join(words))


@pytest.mark.parametrize("count", [0, 1, 29, 31])
def test_too_few_or_too_many_words_are_counted(count: int) -> None:
    """The person hears how many there were."""
    with pytest.raises(BadInput) as told:
        from_words(" ".join(["fiets"] * count))
    assert (told.value.why, told.value.what) == ("count", str(count))


@pytest.mark.parametrize("length", [0, 27, 29])
def test_only_the_agreed_length_is_written(length: int) -> None:
    """A sheet is one size."""
    with pytest.raises(BadFormat):
        to_words(bytes(length))
