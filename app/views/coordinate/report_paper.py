"""A publication as a paper: the words and tables that go to the printer, a workbook, a page or a text."""

from dataclasses import replace

from app.services.language import _, chosen, day_text
from app.services.papers.document import Document, Sheet, Value
from app.services.reports.models import AreaTables, Cell, Published, Shown, Table, Topic
from app.views.coordinate.area_words import kinds
from app.views.coordinate.report_words import notes, period_words, published_words, row_words, topics


def paper(publication: Published) -> Document:
    """All of it, the whole area first."""
    year = len(publication.period.key) == 4
    name = _("Jaarverslag straatcontact") if year else _("Kwartaalverslag straatcontact")
    lines = (
        f"{publication.name}, {period_words(publication.period)}",
        _("Gepubliceerd op {day}.").format(day=day_text(publication.day)),
        *([_for_agreements(publication)] if year else []),
    )
    sheets = tuple(
        _sheet(area, table, publication) for area in publication.areas for table in area.tables if table.rows
    )
    return Document(name, lines, sheets, tuple(notes(publication.notes, publication.threshold)), chosen())


def _for_agreements(publication: Published) -> str:
    wishes = (row for a in publication.areas for t in a.tables if t.topic is Topic.WISHES for row in t.rows)
    if any(isinstance(row.cell, Shown) for row in wishes):
        return _("Voor de prestatieafspraken: wat vrijwilligers in de buurt deden en wat bewoners willen.")
    return _("Voor de prestatieafspraken: wat vrijwilligers in de buurt deden.")


def _sheet(area: AreaTables, table: Table, publication: Published) -> Sheet:
    rows = tuple((row_words(table.topic, row), _value(row.cell)) for row in table.rows)
    title = f"{area.name} ({kinds().get(area.place[0], area.place[0])}): {topics()[table.topic]}"
    return Sheet(title, (_("Wat"), _("Aantal")), rows, bars=1)


def wide(publication: Published) -> Document:
    """The same for a spreadsheet: one table, an area a row, with its kind and code so that none is taken for another."""
    columns = {(t.topic, r.key): row_words(t.topic, r) for a in publication.areas for t in a.tables for r in t.rows}
    rows = []
    for area in publication.areas:
        cells = {(t.topic, row.key): _value(row.cell) for t in area.tables for row in t.rows}
        kind, code, year = area.place
        rows.append((area.name, kinds().get(kind, kind), code, year, *(cells.get(column, "") for column in columns)))
    heads = (_("Gebied"), _("Soort"), _("Code"), _("Grenzen van"))
    titled = tuple(f"{topics()[topic]}: {name}" for (topic, _key), name in columns.items())
    return replace(
        paper(publication), sheets=(Sheet(period_words(publication.period), (*heads, *titled), tuple(rows)),)
    )


def _value(cell: Cell) -> Value:
    return cell.n if isinstance(cell, Shown) else published_words(cell)


def file_name(publication: Published, ending: str) -> str:
    """straatcontact-2025-Q3.csv"""
    return f"straatcontact-{publication.period.key}.{ending}"


def about(area: AreaTables) -> str:
    """Which area, and in the borders of which year."""
    kind, code, year = area.place
    borders = _("grenzen van {year}").format(year=year) if year else ""
    return " · ".join(x for x in (kinds().get(kind, kind), "" if kind == "complex" else code, borders) if x)
