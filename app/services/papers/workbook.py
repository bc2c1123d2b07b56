"""A document as an Excel workbook (ECMA-376), one sheet a table and one in front that says what it is.

XlsxWriter makes it; the phone fetches that package only now (PagePort.bring). Every text is written as a text: whatever it
begins with, it is no formula and no link.
"""

import io
from typing import Any

from app.services.papers.document import Document, Sheet, names

PACKAGE = "xlsx"
WIDEST = 60  # letters
OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def workbook(document: Document) -> bytes:
    """The .xlsx. Raises ImportError when the package was not brought."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties({"title": document.title, "author": "", "comments": ""})
        bold = book.add_format({"bold": True})
        first = Sheet(document.title, (), tuple((words,) for words in (*document.lines, *document.notes)))
        sheets = [first, *document.sheets]
        for sheet, name in zip(sheets, names(sheets), strict=True):
            _fill(book.add_worksheet(name), sheet, bold)
    return out.getvalue()


def _fill(page: Any, sheet: Sheet, bold: Any) -> None:
    page.write_string(0, 0, sheet.title, bold)
    for at, head in enumerate(sheet.heads):
        page.write_string(2, at, head, bold)
    for line, row in enumerate(sheet.rows, 3 if sheet.heads else 2):
        for at, value in enumerate(row):
            if isinstance(value, int):
                page.write_number(line, at, value)
            else:
                page.write_string(line, at, value.replace("\r", " "))  # XML knows no carriage return
    for at in range(len(sheet.heads)):
        longest = max((len(str(row[at])) for row in (sheet.heads, *sheet.rows) if at < len(row)), default=0)
        page.set_column(at, at, min(longest + 2, WIDEST))
