"""Which column of a table is what: by its header, as registers and municipalities write it, or by what stands in it."""

import re
from collections.abc import Mapping, Sequence

from app.services.register.rows import Raw

# Names are compared without capitals, spaces and signs. Sources: NLExtract's bagadres.csv, PDOK's BAG GeoPackage and
# Locatieserver, the address lists of some municipalities.
NAMES: Mapping[str, tuple[str, ...]] = {
    "street": ("openbareruimtenaam", "openbareruimte", "naamopenbareruimte", "straatnaam", "straat", "street"),
    "number": ("huisnummer", "huisnr", "hnr", "nummer", "nr", "huisnlt"),
    "letter": ("huisletter", "letter", "hltr"),
    "addition": ("huisnummertoevoeging", "huisnrtoevoeging", "huisnrtoev", "toevoeging", "toev", "htoev"),
    "postcode": ("postcode", "pc6", "pc"),
    "place": ("woonplaatsnaam", "woonplaats", "plaatsnaam", "plaats", "place"),
    "bag": (
        "nummeraanduidinghoofdadresidentificatie",
        "nummeraanduidingid",
        "nummeraanduidingidentificatie",
        "nummeraanduiding",
        "idnummeraanduiding",
        "bagid",
        "identificatie",
    ),
    "stair": ("portiek", "trappenhuis", "trap", "ingang"),
    "floor": ("verdieping", "etage", "bouwlaag"),
    "complex": ("complexnaam", "complex"),
    "use": ("verblijfsobjectgebruiksdoelen", "verblijfsobjectgebruiksdoel", "gebruiksdoelen", "gebruiksdoel"),
    "status": ("verblijfsobjectstatus", "status"),
    "whole": ("weergavenaam", "volledigadres", "adres", "straatenhuisnummer", "straathuisnummer"),
}
LOOKED_AT = 50  # rows by which columns without a header are told apart
LONGEST_CELL = 200  # characters: more than any address part may have
_MOST = 0.6
Columns = Mapping[str, int]


def by_header(cells: Sequence[str]) -> Columns:
    """Field to column by the names in a header; without a street and number, or an address in one piece, nothing."""
    bare = [re.sub(r"[^a-z0-9]", "", cell.casefold()) for cell in cells]
    found = {}
    for field, names in NAMES.items():
        at = next((bare.index(name) for name in names if name in bare), None)
        if at is not None:
            found[field] = at
    return found if usable(found) else {}


def usable(columns: Mapping[str, object]) -> bool:
    """Whether addresses can be read from these columns."""
    return ("street" in columns and "number" in columns) or "whole" in columns


def by_content(rows: Sequence[Sequence[str]]) -> Columns:
    """Field to column by what stands in most rows, for a table without a header; nothing when no address is seen."""
    some = [row for row in rows if any(cell.strip() for cell in row)][:LOOKED_AT]
    width = max((len(row) for row in some), default=0)
    cells = [[row[i].strip() for row in some if i < len(row) and row[i].strip()] for i in range(width)]

    def mostly(pattern: str, among: range) -> int | None:
        return next((i for i in among if _share(pattern, cells[i]) >= _MOST), None)

    every = range(width)
    number = mostly(r"\d{1,5}(\s?[-/]?\s?\w{1,4})?", range(1, width))
    street = _last_words(cells, number) if number else None
    found: dict[str, int] = {}
    if number is not None and street is not None:
        found = {"street": street, "number": number}
    else:
        whole = mostly(r"(?=.*[^\W\d]).+\s\d{1,5}\D{0,12}(\d{1,3})?(,.*)?", every)
        if whole is None:
            return {}
        found, number = {"whole": whole}, whole
    after = range(number + 1, width)
    for field, pattern in (("bag", r"\d{14,16}"), ("postcode", r"[1-9]\d{3}\s?[A-Za-z]{2}")):
        if (at := mostly(pattern, every)) is not None:
            found[field] = at
    behind = found.get("postcode", -1)
    letters, among = (2, range(behind + 1, width)) if behind >= 0 else (4, after)  # "bis" is no place, Ee is one
    place = mostly(rf"(?=.*[^\W\d]{{{letters}}})[^\d]+", among)
    if place is not None:
        found["place"] = place
    ends = [at for field in ("postcode", "place", "bag") if (at := found.get(field, -1)) > number]
    short = [
        i for i in range(number + 1, min(ends, default=width)) if _share(r".{1,8}", cells[i]) >= _MOST or not cells[i]
    ]
    named = ("letter", "addition") if len(short) > 1 else ("addition",)
    return {**found, **dict(zip(named, short, strict=False))}


def _share(pattern: str, cells: Sequence[str]) -> float:
    return sum(re.fullmatch(pattern, cell) is not None for cell in cells) / len(cells) if cells else 0.0


def _last_words(cells: Sequence[Sequence[str]], before: int) -> int | None:
    """The last column of words before another: a street stands beside its number, a name before that."""
    return next((i for i in range(before - 1, -1, -1) if _share(r"(?=.*[^\W\d]{2}).+", cells[i]) >= _MOST), None)


def raw(columns: Columns, row: Sequence[str], line: int) -> Raw:
    """A row's texts by field."""
    values = {field: row[at][:LONGEST_CELL] for field, at in columns.items() if at < len(row)}
    if "letter" in columns:
        values.setdefault("letter", "")
    return Raw(line, **values)
