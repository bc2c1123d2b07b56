"""A document as comma-separated text, the way a Dutch spreadsheet opens it by itself: UTF-8 with BOM, semicolons, CRLF.

RFC 4180 but for the semicolon. No cell is a formula (document.guarded).
"""

import csv
import io

from app.services.papers.document import Document, guarded


def csv_file(document: Document) -> bytes:
    """All tables below one another, each under its heading."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")

    def line(*cells: str | int) -> None:
        writer.writerow([guarded(cell) for cell in cells])

    line(document.title)
    for words in document.lines:
        line(words)
    for sheet in document.sheets:
        line()
        line(sheet.title)
        line(*sheet.heads)
        for row in sheet.rows:
            line(*row)
    if document.notes:
        line()
    for words in document.notes:
        line(words)
    return b"\xef\xbb\xbf" + out.getvalue().encode()
