"""A publication as a paper: the words and tables that go to the printer, a workbook, a page or a text."""

from app.services.language import _, chosen, day_text
from app.services.papers.document import Document, Sheet, Value
from app.services.reports.models import AreaTables, Cell, Published, Shown, Table
from app.views.coordinate.area_words import area_facts
from app.views.coordinate.report_words import notes, period_words, published_words, row_words, topics


def paper(publication: Published) -> Document:
    """All of it, the whole area first."""
    year = len(publication.period.key) == 4
    name = _("Jaarverslag straatcontact") if year else _("Kwartaalverslag straatcontact")
    lines = (
        f"{publication.name}, {period_words(publication.period)}",
        _("Gepubliceerd op {day}.").format(day=day_text(publication.day)),
        *(
            [_("Voor de prestatieafspraken: wat vrijwilligers in de buurt deden en wat bewoners willen.")]
            if year
            else []
        ),
    )
    sheets = tuple(
        _sheet(area, table, publication) for area in publication.areas for table in area.tables if table.rows
    )
    return Document(name, lines, sheets, tuple(notes(publication.notes, publication.threshold)), chosen())


def _sheet(area: AreaTables, table: Table, publication: Published) -> Sheet:
    heads = (_("Wat"), _("Aantal"))
    rows = tuple((row_words(table.topic, row), _value(row.cell, publication.threshold)) for row in table.rows)
    return Sheet(f"{area.name}: {topics()[table.topic]}", heads, rows, bars=1)


def _value(cell: Cell, threshold: int) -> Value:
    return cell.n if isinstance(cell, Shown) else published_words(cell, threshold)


def file_name(publication: Published, ending: str) -> str:
    """straatcontact-2025-Q3.csv"""
    return f"straatcontact-{publication.period.key}.{ending}"


def about(area: AreaTables) -> str:
    """Which area, and in the borders of which year."""
    return area_facts(area.place)
