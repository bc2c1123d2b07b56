"""The form of a help line: hours as people type them, and what can't be published said at its field."""

from dataclasses import replace
from datetime import date

import pytest

from app.services.directory import editing_file, editing_form, editing_hours, hsds, osm_hours
from app.services.directory.built_in import built_in
from app.services.directory.editing_form import LineForm, NumberForm, dialled, new_id, of_line, to_line
from app.services.wording import field_text
from sync.core.errors import BadFormat, BadInput
from sync.core.help_line import MAX_NUMBERS, HelpLine, Number

TODAY = date(2026, 11, 25)
GOOD = LineForm("Buurtkamer", numbers=(NumberForm("073 - 612 88 88"),), source="gebeld", checked=TODAY)
TYPED = {
    "": "",
    "24/7": "24/7",
    "dag en nacht": "24/7",
    "ma-vr 9:00-17:00": "Mo-Fr 09:00-17:00",
    "Ma t/m vr 9.00 – 17.00 uur": "Mo-Fr 09:00-17:00",
    "maandag t/m donderdag 9-12:30, 13:30-17; vr 9-12.30; feestdagen gesloten": (
        "Mo-Th 09:00-12:30,13:30-17:00; Fr 09:00-12:30; PH off"
    ),
    "werkdagen 8-18\nfeestdagen niet bekend": "Mo-Fr 08:00-18:00; PH unknown",
    "elke dag 22:00-06:00": "Mo-Su 22:00-06:00",
    "za en zo 10:00-12:00; op feestdagen 11:00-12:00": "Sa-Su 10:00-12:00; PH 11:00-12:00",
    "Monday-Friday 9:00-17:00; public holidays closed": "Mo-Fr 09:00-17:00; PH off",
    "ma, wo 18:00-24:00": "Mo,We 18:00-24:00",
}


@pytest.mark.parametrize("typed", TYPED)
def test_hours_are_read_as_people_write_them(typed: str) -> None:
    """In Dutch or English, with dots or colons."""

    assert osm_hours.write(editing_hours.read(typed)) == TYPED[typed]


@pytest.mark.parametrize(
    "typed", ["soms", "ma-vr", "9-17", "ma-vr 9", "xx 9-17", "ma 25:00-26:00", "feestdagen", "ma 9:0-5"]
)
def test_hours_that_say_nothing_certain_are_refused(typed: str) -> None:
    """Nothing is guessed."""

    with pytest.raises(BadFormat):
        editing_hours.read(typed)


@pytest.mark.parametrize("line", built_in(), ids=lambda line: line.id)
def test_every_line_of_the_build_goes_through_the_form_and_comes_back_as_it_was(line: HelpLine) -> None:
    """The fixed ones are refused: no list can say them otherwise."""

    form = editing_form.from_plain(editing_form.to_plain(of_line(line)))
    if line.id in ("112", "113", "08001205", "08002000"):
        with pytest.raises(BadInput, match="phone: fixed"):
            to_line(form, line.id, TODAY)
    else:
        assert to_line(form, line.id, TODAY) == line


BAD: dict[str, LineForm] = {
    "name missing": replace(GOOD, name=" \u200b"),
    "name too_long": replace(GOOD, name="x" * 121),
    "alert too_long": replace(GOOD, alert="x" * 301),
    "phone missing": replace(GOOD, numbers=(NumberForm(),)),
    "phone unknown": replace(GOOD, numbers=(NumberForm("bel me"),)),
    "phone fixed": replace(GOOD, numbers=(NumberForm("0073612"), NumberForm("+31 (0)800 - 1205"))),
    "phone twice": replace(GOOD, numbers=(NumberForm("0736128888"), NumberForm("+31 73 612 88 88"))),
    "phone too_long": replace(GOOD, numbers=(NumberForm("0736128888", "x" * 121),)),
    "phone too_many": replace(GOOD, numbers=tuple(NumberForm(f"07361288{n}") for n in range(10, 11 + MAX_NUMBERS))),
    "email unknown": replace(GOOD, email="joke@"),
    "website unknown": replace(GOOD, website="http://example.nl"),
    "hours unknown": replace(GOOD, hours="ma 9-17; ma 10-12"),
    "languages unknown": replace(GOOD, languages="Nederlands"),
    "areas unknown": replace(GOOD, areas="Den Bosch"),
    "checked future": replace(GOOD, checked=date(2026, 11, 26)),
    "source missing": replace(GOOD, source=""),
}


@pytest.mark.parametrize("why", BAD)
def test_what_can_not_be_published_is_told_at_its_field_in_words(why: str) -> None:
    """And a draft holds it all the same."""

    with pytest.raises(BadInput) as caught:
        to_line(BAD[why], "kamer", TODAY)
    assert f"{caught.value.field} {caught.value.why}" == why
    assert field_text(caught.value) != field_text(BadInput("?", "?"))
    assert editing_form.from_plain(editing_form.to_plain(BAD[why])) == BAD[why]


def test_signs_that_turn_or_hide_text_are_taken_out() -> None:
    """A line must not look like another one."""

    line = to_line(replace(GOOD, name="Buurt\u202ekamer\u0000 ", about="een\ntwee"), "kamer", TODAY)
    assert (line.name, line.about) == ("Buurtkamer", "een twee")


def test_numbers_are_dialled_as_they_are_written() -> None:
    """Spaces, dashes, dots, and the zero in brackets."""

    assert [dialled(x) for x in ("0800-1205", "+31 (0)73 – 206.88.88")] == ["08001205", "+31732068888"]


def test_a_new_line_gets_an_id_of_its_own_and_never_one_of_the_fixed() -> None:
    """Made of its name."""

    assert [new_id(n, {"buurtkamer"}) for n in ("Buurtkamer!", "112", "€")] == ["buurtkamer-2", "112-2", "lijn"]


def test_a_file_of_either_kind_is_read() -> None:
    """HSDS, and ours; nothing is lost on the way."""

    import json

    from app.commands.directory import text_of

    lines = list(built_in())
    assert editing_file.read(json.dumps(hsds.write(lines)).encode())[0] == lines
    assert editing_file.read(text_of(lines).encode()) == (lines, [])


@pytest.mark.parametrize("data", [b"", b"\xff", b"{}", b"[]", b"3", b'{"lines": [{"id": "x"}]}', b"[" * 100_000])
def test_another_file_changes_nothing_and_says_so(data: bytes) -> None:
    """Whatever it is."""

    with pytest.raises(BadInput) as caught:
        editing_file.read(data)
    assert caught.value.field == "help_file"
    assert field_text(caught.value) != field_text(BadInput("?", "?"))


def test_numbers_of_the_line_keep_their_notes() -> None:
    """Note, cost and source stand beside the number."""

    form = replace(GOOD, numbers=(NumberForm("14 073", "dag", "lokaal", "site"),))
    assert to_line(form, "x", TODAY).numbers == (Number("14073", "dag", "lokaal", "site"),)
