"""An idea goes by one's own mail, to one recipient, whole or not at all."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import ideas
from app.services.ideas import MAX_IDEA, MAX_LINK
from sync.core.errors import BadInput
from sync.core.help_line import HelpLine

texts = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=600)


@given(texts, texts)
def test_the_link_says_exactly_what_was_typed_to_nobody_else(subject: str, body: str) -> None:
    """A mail app reads back the same; no field is added, whatever stands in the text."""
    link = ideas.mailto("a.b@example.nl", subject, body)
    if not link:
        assert len(subject) + len(body) > 150
        return
    assert len(link) <= MAX_LINK
    assert link.isascii()
    parts = urlsplit(link)
    assert parts.path == "a.b@example.nl"
    read = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True))
    assert set(read) == {"subject", "body"}
    assert (read["subject"], read["body"]) == (subject, "\r\n".join(body.splitlines()))


def test_an_address_cannot_carry_a_second_recipient() -> None:
    """A directory entry that tries is encoded, and so a wrong address rather than two."""
    assert ideas.mailto("a@b.nl?bcc=c@d.nl", "s", "b").count("?") == 1
    assert "," not in ideas.mailto("a@b.nl,c@d.nl", "s", "b")


def test_a_text_too_long_for_a_link_gives_none_rather_than_half() -> None:
    """Then it is copied."""
    assert ideas.mailto("a@b.nl", "s", "é" * 1_000) == ""


def test_an_empty_idea_and_a_book_are_refused() -> None:
    """Told at the field, before a mail app opens."""
    for text, why in ((" \n", "missing"), ("a" * (MAX_IDEA + 1), "too_long")):
        with pytest.raises(BadInput) as caught:
            ideas.check(text)
        assert (caught.value.field, caught.value.why) == ("idea", why)
    assert ideas.check(" een bankje \n") == "een bankje"


def test_gemeenten_come_from_the_directory_one_for_each_area_and_only_with_an_address() -> None:
    """One person for two gemeenten is in the list twice; 's-Hertogenbosch stands at the H."""
    lines = [
        HelpLine(
            "1", "Idee: Dichtbij", email="i@d.nl", areas=(("GM0845", "Sint-Michielsgestel"), ("GM0757", "Boxtel"))
        ),
        HelpLine("2", "Idee: Den Bosch", email="n@s.nl", areas=(("GM0796", "'s-Hertogenbosch"),)),
        HelpLine("5", "Idee: Maasdriel", email="a@m.nl", areas=(("GM0263", "Maasdriel"),)),
        HelpLine("3", "Zonder", areas=(("GM0865", "Vught"),)),
        HelpLine("4", "Landelijk", email="x@y.nl"),
    ]
    assert [c.area for c in ideas.contacts(lines)] == ["Boxtel", "'s-Hertogenbosch", "Maasdriel", "Sint-Michielsgestel"]
