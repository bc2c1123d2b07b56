"""Figures to hand out: what a spreadsheet, a printer and a screen reader get of them."""

import csv
import io
import zipfile
from html.parser import HTMLParser

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.services.papers.csv_file import csv_file
from app.services.papers.document import Document, Sheet, guarded, names
from app.services.papers.page import page
from app.services.papers.workbook import workbook

EVIL = ["=cmd()", "+31", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1+1", "\u00a0=1", '=HYPERLINK("http://x")', "http://x"]
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20) | st.sampled_from(EVIL)


def _of(*rows: tuple[str | int, ...], title: str = "Uitkomst") -> Document:
    sheet = Sheet(title, ("Wat", "Aantal"), rows, bars=1)
    return Document("Jaarverslag 2025", ("Muntel",), (sheet,), ("Afgerond op 5.",))


def _read(data: bytes) -> list[list[str]]:
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_a_spreadsheet_opens_the_text_with_its_columns_and_letters() -> None:
    """Semicolons, CRLF, a mark that says UTF-8; a cell with a semicolon or a quote stays one cell."""
    data = csv_file(_of(('Café; "zo"', 15), ("Weinig", "minder dan 10")))
    assert b"\r\n" in data
    rows = _read(data)
    assert rows[0] == ["Jaarverslag 2025"]
    assert ['Café; "zo"', "15"] in rows
    assert ["Weinig", "minder dan 10"] in rows
    assert rows[-1] == ["Afgerond op 5."]


@pytest.mark.parametrize("evil", [e for e in EVIL if e != "http://x"])
def test_no_cell_is_a_formula_to_a_spreadsheet(evil: str) -> None:
    """An apostrophe stands before whatever a program may take for one; a number below zero stays a number."""
    assert guarded(evil) == f"'{evil}"
    assert guarded(-5) == -5
    cells = [cell for row in _read(csv_file(_of((evil, 1), title=evil))) for cell in row]
    assert evil not in cells
    assert cells.count(f"'{evil}") == 2


@settings(max_examples=25, deadline=None)
@given(TEXTS, TEXTS, st.integers(0, 10**9))
def test_a_workbook_holds_what_was_written_as_text_and_numbers_and_never_a_formula(
    title: str, words: str, n: int
) -> None:
    """Read back by another library: texts are the very texts, numbers are numbers, nothing is computed or linked."""
    data = workbook(_of((words, n), title=title))
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert all(cell.data_type in "sn" and cell.hyperlink is None for cell in cells)
    assert n in [cell.value for cell in cells]
    if words:
        assert words.replace("\r", " ") in [cell.value for cell in cells]
    with zipfile.ZipFile(io.BytesIO(data)) as inside:
        assert not any(b"<f>" in inside.read(name) for name in inside.namelist())


@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_every_table_has_a_sheet_of_its_own_whatever_it_is_called(titles: list[str]) -> None:
    """Names that a workbook takes: as many as there are tables, no two alike, none empty or too long."""
    found = names([Sheet(t, (), ()) for t in titles])
    assert len({f.casefold() for f in found}) == len(titles)
    assert all(0 < len(f) <= 31 and not set(f) & set("[]:*?/\\") for f in found)


class _Seen(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@given(TEXTS, st.integers(0, 10**6))
def test_a_page_runs_nothing_fetches_nothing_and_says_every_cell(words: str, n: int) -> None:
    """No script, no address, whatever stands in a cell; and the cell stands there as it is."""
    nasty = f"<script>{words}</script>\"'&"
    seen = _Seen(page(_of((nasty, n))).decode())
    assert not {"script", "img", "link", "iframe", "form"} & set(seen.tags)
    assert nasty in seen.words
    assert str(n) in seen.words


def test_the_longest_bar_is_as_long_as_its_column_and_a_hidden_cell_has_none() -> None:
    """Bars are drawn to scale; what is not shown is not drawn either."""
    html = page(_of(("Veel", 40), ("Half", 20), ("Weinig", "minder dan 10"))).decode()
    assert "width:100.0%" in html
    assert "width:50.0%" in html
    assert html.count("<i ") == 2
