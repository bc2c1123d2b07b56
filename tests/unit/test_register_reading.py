"""Reading addresses: whatever a file looks like, its good rows become doors and its bad ones are told with line and reason."""

import codecs
import csv
import io
import json
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.services import addresses
from app.services.register.gathering import MOST_BAD, Found, Gathering
from app.services.register.reading import MAX_JSON, MAX_TEXT, MOST_BYTES, Reading
from app.services.register.rows import Raw, Why, address_key, bag_id, door_of, floor_of, street_key
from app.services.rounds.models import Door
from sync.core.errors import BadInput

SAMPLE = Path("assets/register/voorbeeld-bag.csv")
TABLE = "straat;huisnummer;huisletter;huisnummertoevoeging;postcode;woonplaats"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str | bytes], Found]:
    """Reads what stands in a file."""

    def run(content: str | bytes) -> Found:
        path = tmp_path / "list"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_file(path)

    return run


def read_file(path: Path) -> Found:
    """What a file gives."""
    gathering = Gathering()
    for row in Reading(str(path)).rows():
        gathering.take(row)
    return gathering.found()


def addresses_of(found: Found) -> list[str]:
    """Every door as it is written."""
    return [door.address for street in found.streets for door in street.doors]


def why(act: Callable[[], object]) -> str:
    """Why a file is refused."""
    with pytest.raises(BadInput) as raised:
        act()
    return f"{raised.value.field}.{raised.value.why}"


# -- CSV -----------------------------------------------------------------------------------------------------------


def test_the_made_up_sample_gives_two_streets_with_floors() -> None:
    """In the real format: letters, additions, floors, BAG ids; the shop is told as no home."""
    found = read_file(SAMPLE)
    assert [(s.name, s.place, len(s.doors)) for s in found.streets] == [
        ("Bedachte Flat", "Voorbeelddorp", 16),
        ("Voorbeeldstraat", "Voorbeelddorp", 25),
    ]
    flat = {door.label: door.floor for door in found.streets[0].doors}
    assert (flat["1-hs"], flat["3-2hoog"], flat["2"]) == (0, 2, None)
    assert "Voorbeeldstraat 12A" in addresses_of(found)
    assert all(len(door.key) == 16 for street in found.streets for door in street.doors)
    assert [(bad.line, bad.why) for bad in found.bad] == [(27, Why.NO_HOME)]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_encoding_and_line_end_gives_the_same_doors(
    read: Callable[[bytes], Found], separator: str, encoding: str, end: str
) -> None:
    """As spreadsheets and registers write them."""
    rows = [
        TABLE.split(";"),
        ["Coördinatorweg", "12", "A", "3", "1234 ab", "Café"],
        ["'s-Gravenlaan", "1", "", "", "", "Café"],
    ]
    table = end.join(separator.join(row) for row in rows) + end
    assert addresses_of(read(table.encode(encoding))) == ["Coördinatorweg 12A-3", "'s-Gravenlaan 1"]


@pytest.mark.parametrize(
    "table",
    [
        'Straat, Huisnummer, Toevoeging, Postcode, Woonplaats\n"Laan, Oude", 3, bis, 1234AB, Dorp\n',
        "Gemeente Dorp, adressen per straat\n\nSTRAATNAAM;HUISNR;TOEV;POSTCODE;PLAATS\nLaan, Oude;3;bis;1234AB;Dorp\n",
        "Laan, Oude;3;;bis;1234AB;Dorp\nLaan, Oude;5;A;;1234AB;Dorp\n" * 2,
        "9999200000000001\tLaan, Oude\t3\tbis\t1234 AB\tDorp\n" * 2,
        'Jansen;"Laan, Oude";3;bis;1234AB;Dorp\nPietersen;"Laan, Oude";3;bis;1234AB;Dorp\n',
        "naam;straat;nr;toev;plaats\nJansen;Laan, Oude;3.0;bis;Dorp\n",
    ],
)
def test_columns_are_found_by_their_names_or_by_what_stands_in_them(read: Callable[[str], Found], table: str) -> None:
    """Quotes, titles above the table, no header, a column with names: which nobody takes over."""
    found = read(table)
    door = found.streets[0].doors[0]
    assert (door.street, door.number, door.addition, door.place) == ("Laan, Oude", 3, "bis", "Dorp")
    assert "Jansen" not in repr(found)


def test_whole_addresses_are_read_one_a_line(read: Callable[[str], Found]) -> None:
    """A year in the name, a floor, a town behind a comma; no name before one."""
    found = read("Plein 1944 12\nTulpstraat 12 2 hoog, 1234AB Dorp\nmw Bos, Tulpstraat 14a\nTulpstraat 14-2\n")
    assert addresses_of(found) == ["Plein 1944 12", "Tulpstraat 14-2", "Tulpstraat 14A", "Tulpstraat 12-2 hoog"]
    assert found.streets[-1].doors[0].floor == 2
    assert found.streets[-1].doors[0].postcode == "1234AB"
    assert "Bos" not in repr(found)


def test_bad_rows_are_told_with_line_and_reason_and_the_rest_is_kept(read: Callable[[str], Found]) -> None:
    """Every reason, the line as an editor counts it, and formulas are texts that nobody computes."""
    bad = [
        (";12;;;;Dorp", Why.NO_STREET),
        ("Laan;geen;;;;Dorp", Why.NO_NUMBER),
        ("Laan;0;;;;Dorp", Why.NO_NUMBER),
        ("Laan;=1+1;;;;Dorp", Why.NO_NUMBER),
        ("Laan;123456;;;;Dorp", Why.NO_NUMBER),
        ("=CMD|' /C calc'!A0;1;;;;Dorp", Why.FORMULA),
        ('"=HYPERLINK(""x"")";1;;;;Dorp', Why.FORMULA),
        ("@SUM(A1);1;;;;Dorp", Why.FORMULA),
        ("+31 6 Laan;1;;;;Dorp", Why.FORMULA),
        ("-Laan;1;;;;Dorp", Why.FORMULA),
        ("Laan;1;;;;=Dorp", Why.FORMULA),
        ("Fam. Jansen;1;;;;Dorp", Why.NAME),
        ("L" * 101 + ";1;;;;Dorp", Why.TOO_LONG),
        ("Laan;1;;een hele lange toevoeging;;Dorp", Why.TOO_LONG),
    ]
    found = read("\n".join([TABLE, "Laan;8;;;;Dorp", *(row for row, _ in bad), "Familie Bosstraat;8;;;;Dorp"]))
    assert [(b.line, b.why) for b in found.bad] == [(3 + i, reason) for i, (_, reason) in enumerate(bad)]
    assert addresses_of(found) == ["Familie Bosstraat 8", "Laan 8"]
    assert found.rows == len(bad) + 2


def test_a_quote_that_is_never_closed_costs_its_own_row_only(read: Callable[[str], Found]) -> None:
    """And a cell with a line break in it is one cell."""
    rows = [
        TABLE,
        '"Laan;1;;;;Dorp',
        *(f"Laan;{n};;;;Dorp" for n in range(2, 40)),
        '"Weg\nBreed";1;;;;Dorp',
        "Weg;2;;;;Dorp",
    ]
    found = read("\n".join(rows))
    assert [a for a in addresses_of(found) if a.startswith("Laan")] == [f"Laan {n}" for n in range(2, 40)]
    assert addresses_of(found)[-2:] == ["Weg 2", "Weg Breed 1"]
    assert [b.line for b in found.bad] == [2]


def test_duplicates_are_joined_by_bag_id_or_address_and_said(read: Callable[[str], Found]) -> None:
    """Another spelling is the same door; what one row leaves open another fills in; other places are other doors."""
    found = read(
        "straat;nr;toev;plaats;bagid;etage\n"
        "Tulpstraat;12;a;Dorp;;\nTulpstr.;12;A;Dorp;0344200000128086;2\nTulpstraat;12a;;Dorp;344200000128086;\n"
        "Tulpstraat;14;;Dorp;0344200000128087;\nTulpstraat;99;;Dorp;0344200000128087;\nTulpstraat;12;A;Stad;;\n"
    )
    assert [(d.place, d.label, d.key, d.floor) for s in found.streets for d in s.doors] == [
        ("Dorp", "12A", "0344200000128086", 2),
        ("Dorp", "14", "0344200000128087", None),
        ("Stad", "12A", "tulpstraat|12|a", None),
    ]
    assert (found.rows, found.twice, found.bad) == (6, 3, ())


def test_behind_a_duplicate_without_an_id_every_other_door_is_kept(read: Callable[[str], Found]) -> None:
    """Nothing that has no BAG id is the same door by that."""
    found = read(
        "straat;nr;plaats\nKerkstraat;1;Dorp\nKerkstraat;1;Dorp\nLaan;1;Dorp\nLaan;2;Dorp\nKerkstraat;3;Dorp\n"
    )
    assert addresses_of(found) == ["Kerkstraat 1", "Kerkstraat 3", "Laan 1", "Laan 2"]
    assert (found.rows, found.twice) == (5, 1)


def test_bad_rows_are_listed_up_to_a_bound_and_all_counted(read: Callable[[str], Found]) -> None:
    """A file of rubbish takes no memory for it, and stays honest about how much it was."""
    found = read(TABLE + "\n" + "Laan;x;;;;Dorp\n" * 5_000 + "Laan;1;;;;Dorp\n")
    assert (len(found.bad), found.left_out, found.doors) == (MOST_BAD, 5_000, 1)


# -- what is no list, or too much ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \r\n", "empty"),
        (b"PK\x03\x04rest of a spreadsheet", "zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "excel"),
        (b"%PDF-1.7", "unknown"),
        (bytes(range(256)) * 20, "unknown"),
        (b"SQLite format 3\0" + b"\0" * 4000, "damaged"),
        (b"{", "damaged"),
        (b"[" * 100_000, "damaged"),
        (b'{"features": []}', "no_docs"),
        ("Lorem ipsum dolor sit amet\nzonder één adres\n".encode(), "columns"),
        (b"voornaam;achternaam;geboortedatum\nA;B;1-1-1950\n", "columns"),
    ],
)
def test_what_is_no_list_of_addresses_says_what_it_is(
    read: Callable[[bytes], Found], content: bytes, reason: str
) -> None:
    """Each with a sentence of its own on screen."""
    assert why(lambda: read(content)) == f"register.{reason}"


@pytest.mark.parametrize(
    ("start", "most"), [(b"a;b\n", MAX_TEXT), (b"{", MAX_JSON), (b"SQLite format 3\0", MOST_BYTES)]
)
def test_a_gigabyte_is_refused_before_it_is_read(tmp_path: Path, start: bytes, most: int) -> None:
    """By its size: nothing of it comes into memory."""
    path = tmp_path / "huge"
    with path.open("wb") as file:
        file.write(start)
        file.truncate(1 << 30)
    tracemalloc.start()
    assert why(lambda: Reading(str(path))) == "register.too_large"
    assert tracemalloc.get_traced_memory()[1] < 1 << 20
    tracemalloc.stop()
    with path.open("r+b") as file:
        file.truncate(most)
    Reading(str(path))


def test_a_large_list_is_read_as_a_stream(tmp_path: Path) -> None:
    """Five megabytes of one street's rows, a megabyte or two of memory."""
    path = tmp_path / "large"
    with path.open("w", encoding="cp1252") as file:
        file.write(TABLE + "\n")
        file.writelines(f"Café;{n % 500 + 1};;;1234AB;{'Dorp' + ' ' * 400}\n" for n in range(12_000))
    tracemalloc.start()
    found = read_file(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.doors, found.twice) == (500, 11_500)
    assert peak < 5 << 20


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", TABLE.encode() + b"\n", b"{", b"SQLite format 3\0"]))
@example(b"\x00\xd8;1", b"")
@example(b'Laan;1;"', TABLE.encode() + b"\n")
def test_no_bytes_whatever_break_the_reading(
    tmp_path_factory: pytest.TempPathFactory, rest: bytes, start: bytes
) -> None:
    """They give doors, bad rows, or a refusal in words: nothing else."""
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(start + rest)
    try:
        found = read_file(path)
    except BadInput as error:
        refused = error.field
    else:
        refused = "" if found.rows == found.doors + found.twice + found.left_out else "miscounted"
    assert refused in ("", "register")


_words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_words, _words, _words, _words), max_size=12), st.sampled_from([";", ",", "\t"]))
def test_good_rows_survive_whatever_stands_around_them(
    tmp_path_factory: pytest.TempPathFactory, rubbish: list[tuple[str, ...]], separator: str
) -> None:
    """A hundred good rows among rubbish cells, quoted as the standard library quotes them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(["straat", "huisnummer", "toevoeging", "plaats"])
    for n in range(1, 21):
        writer.writerow(["Goedeweg", n, "", "Dorp"])
        writer.writerows(rubbish[n - 1 : n])
    path = tmp_path_factory.getbasetemp() / "some"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    found = read_file(path)
    assert {f"Goedeweg {n}" for n in range(1, 21)} <= set(addresses_of(found))
    assert found.rows == found.doors + found.twice + found.left_out


# -- the keys of addresses -------------------------------------------------------------------------------------------


@given(
    st.sampled_from(["Tulpstraat", "Plein 1944", "1e Hofstraat", "'s-Gravenlaan", "Burg. Loeffplein"]),
    st.integers(1, 9999),
    st.sampled_from(["", "A", "b"]),
    st.sampled_from(["", "3", "bis", "2 hoog", "hs", "A2"]),
)
def test_doors_are_the_same_here_where_they_are_for_marks(street: str, number: int, letter: str, addition: str) -> None:
    """The quick key of the register parts doors as the key that no-contact marks go by does."""
    door = Door("", street, number, letter, addition)
    ours = f"{street_key(street, '').partition('|')[0]}|{address_key(door)}"
    assert ours == addresses.key(door.address)


def test_floors_are_read_where_they_are_written() -> None:
    """An addition of 3 may be anything; "3 hoog" is a floor, and so is a 3 in a column of floors."""
    written = ["hs", "3hoog", "3 hoog links", "2e verd", "bg", "kelder", "3", "bis", "A"]
    assert [floor_of(t, written=True) for t in written] == [0, 3, 3, 2, 0, -1, None, None, None]
    assert [floor_of(t) for t in ("3", "0", "-1", "bg", "hoog", "999")] == [3, 0, -1, 0, None, None]


def test_a_bag_id_is_one_of_an_address() -> None:
    """With what registers write before it and the zeros that spreadsheets take away; a building's is none."""
    good = ["0344200000128086", "344200000128086", "NL.IMBAG.Nummeraanduiding.0344200000128086"]
    assert {bag_id(t) for t in good} == {"0344200000128086"}
    assert {bag_id(t) for t in ("0344010000006589", "3,44E+14", "12", "x" * 16, "")} == {""}


# -- GeoPackage and Locatieserver ------------------------------------------------------------------------------------


def geopackage(path: Path) -> Path:
    """The table of PDOK's bag-light.gpkg, made up."""
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            """PRAGMA application_id = 0x47504B47;
            CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT);
            CREATE TABLE pand (fid INTEGER PRIMARY KEY, identificatie TEXT, status TEXT);
            CREATE TABLE verblijfsobject (fid INTEGER PRIMARY KEY, geom BLOB, identificatie TEXT, oppervlakte INTEGER,
              status TEXT, gebruiksdoel TEXT, openbare_ruimte_naam TEXT, huisnummer INTEGER, huisletter TEXT,
              toevoeging TEXT, postcode TEXT, woonplaats_naam TEXT, nummeraanduiding_hoofdadres_identificatie TEXT);"""
        )
        rows = [
            (
                1,
                "9999010000000001",
                "Verblijfsobject in gebruik",
                "woonfunctie",
                "Laan",
                1,
                "A",
                "2",
                "9999200000000001",
            ),
            (2, "9999010000000002", "Verblijfsobject in gebruik", "winkelfunctie", "Laan", 3, None, None, "x"),
            (3, "9999010000000003", "Verblijfsobject ingetrokken", "woonfunctie", "Laan", 5, None, None, "x"),
            (4, "9999010000000004", "", "woonfunctie,kantoorfunctie", "Laan", 7, None, None, None),
            (5, "9999010000000005", "", "woonfunctie", b"\xff\xfe", 9, None, None, None),
        ]
        insert = "INSERT INTO verblijfsobject VALUES (?, x'4750', ?, 80, ?, ?, ?, ?, ?, ?, '9999AB', 'Dorp', ?)"
        db.executemany(insert, rows)
        db.commit()
    return path


def test_a_geopackage_gives_its_homes(tmp_path: Path) -> None:
    """Its other tables, a shop and what was withdrawn are not doors."""
    found = read_file(geopackage(tmp_path / "bag.gpkg"))
    assert [(d.label, d.key) for d in found.streets[0].doors] == [("1A-2", "9999200000000001"), ("7", "laan|7|")]
    assert [(b.line, b.why) for b in found.bad] == [(2, Why.NO_HOME), (3, Why.ENDED), (5, Why.NO_STREET)]


def test_a_geopackage_runs_nothing_of_its_own_and_tells_what_it_lacks(tmp_path: Path) -> None:
    """A view in the place of the table is no table; a file cut off is damaged; names with quotes are only names."""
    path = tmp_path / "view.gpkg"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('x');"
            "CREATE VIEW verblijfsobject AS SELECT a AS straat, 1 AS huisnummer FROM t;"
        )
    assert why(lambda: read_file(path)) == "register.no_table"
    whole = geopackage(tmp_path / "whole.gpkg").read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert why(lambda: read_file(path)) == "register.damaged"
    with closing(sqlite3.connect(tmp_path / "q.gpkg")) as db:
        db.execute('CREATE TABLE "a""; DROP TABLE x" (straat TEXT, huisnummer INTEGER)')
        db.execute('INSERT INTO "a""; DROP TABLE x" VALUES (?, ?)', ("Laan", 2))
        db.commit()
    assert addresses_of(read_file(tmp_path / "q.gpkg")) == ["Laan 2"]


def test_the_locatieserver_s_answers_are_read(read: Callable[[str], Found]) -> None:
    """With all its fields, with weergavenaam alone, and several answers in one file; streets that came along are not doors."""
    docs = [
        {
            "type": "adres",
            "straatnaam": "Laan",
            "huisnummer": 1,
            "huisletter": "A",
            "huisnummertoevoeging": "2",
            "postcode": "9999AB",
            "woonplaatsnaam": "Dorp",
            "nummeraanduiding_id": "9999200000000001",
            "buurtcode": "BU99990000",
        },
        {"type": "adres", "weergavenaam": "Laan 47A, 9999AB Dorp", "score": 9.1},
        {"type": "weg", "weergavenaam": "Laan, Dorp"},
        "rubbish",
    ]
    answer = {"response": {"numFound": 4, "docs": docs}}
    found = read(json.dumps(answer))
    assert [(d.label, d.place, d.postcode) for d in found.streets[0].doors] == [
        ("1A-2", "Dorp", "9999AB"),
        ("47A", "Dorp", "9999AB"),
    ]
    assert [(b.line, b.why) for b in found.bad] == [(4, Why.UNREADABLE)]
    assert addresses_of(read(codecs.BOM_UTF8 + json.dumps([answer, answer]).encode())) == addresses_of(found)


def test_a_row_is_never_a_door_with_half_an_address() -> None:
    """Whatever stands in the cells."""

    def cells() -> Iterator[Raw]:
        for street in ("", "-", "Laan", "12"):
            for number in ("", "-", "12", "12-14", "XII"):
                yield Raw(1, street=street, number=number)

    doors = [d for d in map(door_of, cells()) if isinstance(d, Door)]
    assert [d.address for d in doors] == ["Laan 12", "Laan 12-14"]
