"""A document as one page to read and to print: HTML without a script and without anything from the network.

Bars stand beside the numbers, drawn by CSS alone; who can't see them hears the same table.
"""

from html import escape

from app.services.papers.document import Document, Sheet, Value

_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, Arial, sans-serif; color: #1b1b1f; background: #fff; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .25rem; break-after: avoid; }
table { width: 100%; border-collapse: collapse; }
th, td { text-align: left; padding: .35rem .5rem .35rem 0; border-bottom: 1px solid #c9c5d0; vertical-align: top; overflow-wrap: anywhere; }
thead th { font-size: .85rem; color: #47464f; }
tbody th { font-weight: 500; width: 40%; }
th.n { text-align: right; }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.bar { width: 35%; padding-right: 0; }
td.bar i { display: block; height: 1rem; margin-top: .25rem; border-radius: 3px; background: #1F5C4A; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
tr { break-inside: avoid; }
footer { margin-top: 2rem; font-size: .9rem; color: #47464f; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } }
"""

_NUMBERS = ' class="n"'


def page(document: Document) -> bytes:
    """The whole page, UTF-8."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(document.title)}</title>'
    policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    parts = [f"<h1>{escape(document.title)}</h1>", *(f"<p>{escape(words)}</p>" for words in document.lines)]
    parts += [_table(sheet) for sheet in document.sheets]
    if document.notes:
        parts.append(f"<footer>{''.join(f'<p>{escape(words)}</p>' for words in document.notes)}</footer>")
    body = "\n".join(parts)
    whole = (
        f'<!doctype html>\n<html lang="{escape(document.language)}"><head>{policy}{head}<style>{_STYLE}</style></head>'
        f"\n<body>\n{body}\n</body></html>\n"
    )
    return whole.encode()


def _table(sheet: Sheet) -> str:
    most = max((n for n in (_number(row, sheet.bars) for row in sheet.rows) if n), default=0)
    bars = sheet.bars is not None and most > 0
    heads = "".join(f'<th scope="col"{_NUMBERS * (at > 0)}>{escape(head)}</th>' for at, head in enumerate(sheet.heads))
    rows = "".join(_row(row, sheet, most if bars else 0) for row in sheet.rows)
    empty = '<th aria-hidden="true"></th>' if bars else ""
    return f"<h2>{escape(sheet.title)}</h2><table><thead><tr>{heads}{empty}</tr></thead><tbody>{rows}</tbody></table>"


def _row(row: tuple[Value, ...], sheet: Sheet, most: int) -> str:
    first, *rest = row
    cells = [f'<th scope="row">{escape(str(first))}</th>']
    cells += [f'<td class="n">{escape(str(value))}</td>' for value in rest]
    if most:
        share = 100 * _number(row, sheet.bars) / most
        drawn = f'<i style="width:{share:.1f}%"></i>' if share else ""
        cells.append(f'<td class="bar" aria-hidden="true">{drawn}</td>')
    return f"<tr>{''.join(cells)}</tr>"


def _number(row: tuple[Value, ...], at: int | None) -> int:
    value = row[at] if at is not None and at < len(row) else 0
    return value if isinstance(value, int) else 0
