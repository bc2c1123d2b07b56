"""HSDS 3.0 out and in: held against the schema, whole for our own lines, and careful with a stranger's."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.cli import main
from app.commands.directory import text_of, validate
from app.services.directory import hsds
from app.services.directory.built_in import built_in, parse
from sync.core.errors import BadFormat
from sync.core.help_line import ALWAYS, UNKNOWN_HOURS, HelpLine, Known, Number, Status
from tests.unit.test_directory_hours import hours

WORDS = st.text(alphabet="abc DEF é'-.", max_size=30).map(lambda t: " ".join(t.split()))
LINES = st.builds(
    HelpLine,
    st.just("koo"),
    WORDS.filter(bool),
    WORDS,
    WORDS,
    st.lists(
        st.builds(Number, st.from_regex(r"0[0-9]{9}", fullmatch=True), WORDS, WORDS, WORDS),
        max_size=3,
        unique_by=lambda n: n.phone,
    ).map(tuple),
    hours=st.one_of(hours(), st.just(ALWAYS), st.just(UNKNOWN_HOURS)),
    languages=st.sampled_from([(), ("nl",), ("nl", "en")]),
    areas=st.sampled_from([(), (("GM0796", ""),), (("GM0796", "Stad"), ("BU07960101", "Binnenstad"))]),
    place=WORDS,
    source=WORDS,
    conflict=WORDS,
    checked=st.sampled_from(["", "2026-11-25"]),
    status=st.sampled_from(Status),
    alert=WORDS,
)
SERVICE: dict[str, Any] = {
    "id": "ac148810-d857-441c-9679-408f346de14b",
    "name": "Buurtkamer De Linde",
    "description": "Koffie\nen een praatje",
    "status": "active",
    "fees_description": "gratis",
    "phones": [{"id": "ac148810-d857-441c-9679-408f346de14c", "number": "073 - 612 88 88"}],
    "schedules": [
        {
            "id": "ac148810-d857-441c-9679-408f346de14d",
            "freq": "WEEKLY",
            "byday": "MO,TU",
            "opens_at": "09:00:00",
            "closes_at": "17:00",
        }
    ],
}


def test_the_built_in_lines_are_hsds_and_come_back_whole() -> None:
    """Every line, within the schema, in its order."""
    services = hsds.write(built_in())
    validate(services)
    assert hsds.read(json.loads(json.dumps(services))) == (list(built_in()), [])
    assert len({s["id"] for s in services}) == len(services)
    assert services == hsds.write(built_in())  # the same ids every time


@settings(deadline=None, max_examples=60)
@given(LINES)
def test_any_line_comes_back_as_it_went(line: HelpLine) -> None:
    """Hours past midnight, holidays, both sides of a conflict: nothing is lost on the way."""
    services = hsds.write([line])
    validate(services)
    assert hsds.read(services) == ([line], [])
    assert list(parse(text_of([line]))) == [line]


def test_a_strangers_service_is_read_without_guessing() -> None:
    """Number, hours and fees are taken along; who says so, the area and the day it was checked are not invented."""
    [line], left_out = hsds.read([SERVICE])
    assert (line.id, line.about, left_out) == ("buurtkamer-de-linde", "Koffie en een praatje", [])
    assert line.numbers == (Number("0736128888", cost="gratis"),)
    assert (line.hours.known, line.hours.weekly) == (Known.WEEKLY, ((0, 540, 1020), (1, 540, 1020)))
    assert (line.source, line.areas, line.checked) == ("", (), "")


ODD: dict[str, tuple[dict[str, Any], str]] = {
    "a status of its own": ({"status": "defunct"}, "status defunct"),
    "a number in letters": ({"phones": [{"id": "x", "number": "0800-BEL-NU"}]}, "number '0800-BEL-NU'"),
    "a website that is not over TLS": ({"url": "http://example.nl"}, "url 'http://example.nl'"),
    "a very long story": ({"description": "woord " * 100}, "the end of description"),
    "a name that is turned round": ({"name": "\u202e211"}, "BadFormat"),
    "phones that are no list": ({"phones": 7}, "TypeError"),
}


@pytest.mark.parametrize("name", ODD)
def test_what_can_not_be_taken_along_is_said(name: str) -> None:
    """By the service's name and what it was; the rest of the file comes in."""
    other, why = ODD[name]
    good = SERVICE | {"name": "Goed"}
    lines, left_out = hsds.read([SERVICE | other, good])
    assert "Goed" in {line.name for line in lines}
    assert len(left_out) == 1
    assert why in left_out[0][1]


def test_hours_that_we_can_not_hold_are_not_known() -> None:
    """Once a month, for a season, without an end: nothing is better than wrong."""
    for other in (
        {"freq": "MONTHLY"},
        {"valid_to": "2026-12-31"},
        {"closes_at": ""},
        {"byday": "1MO"},
        {"interval": 2},
    ):
        [line], _ = hsds.read([SERVICE | {"schedules": [SERVICE["schedules"][0] | other]}])
        assert line.hours == UNKNOWN_HOURS


def test_the_commands_write_and_read_and_refuse_what_is_no_hsds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Out, in, out again: the same bytes. A file that is something else is refused by name."""
    out, lines, again = (tmp_path / name for name in ("hsds.json", "lines.json", "again.json"))
    assert main(["directory", "export", "--out", str(out)]) == 0
    assert main(["directory", "import", str(out), "--out", str(lines)]) == 0
    assert main(["directory", "export", "--lines", str(lines), "--out", str(again)]) == 0
    assert out.read_bytes() == again.read_bytes()
    out.write_text(json.dumps({"contents": [SERVICE | {"url": "http://example.nl"}]}))
    assert main(["directory", "import", str(out), "--out", str(lines)]) == 0
    assert "left out: Buurtkamer De Linde: url" in capsys.readouterr().out
    out.write_text(json.dumps([SERVICE | {"status": "maybe"}]))
    assert main(["directory", "import", str(out), "--out", str(lines)]) == 1
    assert "0/status" in capsys.readouterr().err
    assert main(["directory", "import", str(tmp_path / "none"), "--out", str(lines)]) == 1


def test_a_service_without_a_name_is_no_hsds() -> None:
    """What the specification requires is required."""
    for missing in ("id", "name", "status"):
        with pytest.raises(BadFormat):
            validate([{k: v for k, v in SERVICE.items() if k != missing}])
