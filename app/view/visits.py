"""Welcome visits: their count, and their detail where this device may read it."""

from hashlib import sha256

from app.view.table import Row, Table, codes, creator, made, name, placed, text
from sync.core.merge import Record


def version(record: Record) -> str:
    """What changes when a visit is changed, the same for its author and for a coordinator: of one that is not shared only
    the count goes into it. What a phone works out by itself (the place of a count) does not.
    """
    return sha256(b"".join(sorted(i for i, _millis in _writings(record)))).hexdigest()[:16]


def changed(record: Record) -> int:
    """When what goes into the version was last written, in milliseconds; 0 for never."""
    return max((millis for _i, millis in _writings(record)), default=0)


def _writings(record: Record) -> set[tuple[bytes, int]]:
    groups = ("count.", "detail.") if record.value("count.shared") is True else ("count.",)
    written = [r for name, r in record.fields.items() if name.startswith(groups) and name != "count.place"]
    return {(i, v.stamp.millis) for r in written for i, v in r.versions.items()}


def _row(record: Record) -> Row:
    return {
        "id": record.id.hex(),
        "creator": creator(record),
        "day": text(record.value("count.day")),
        "outcome": text(record.value("count.outcome")),
        "area": placed(record.value("count.place")),
        "shared": int(record.value("count.shared") is True),
        "detail": int(record.value("detail.address") is not None),
        "address": text(record.value("detail.address")),
        "part": text(record.value("detail.part")),
        "welcome": name(record.value("detail.welcome")),
        "gift": text(record.value("detail.gift")),
        "wishes": ",".join(codes(record.value("detail.wishes"))),
        "introduce": int(record.value("detail.introduce") is True),
        "note": text(record.value("detail.note")),
        "come_back": text(record.value("detail.come_back")),
        "hidden": int(record.hidden),
        "made": made(record, "count.day"),
        "version": version(record),
    }


TABLE = Table(
    "visits",
    "visit",
    {
        "id": str,
        "creator": str,
        "day": str,
        "outcome": str,
        "area": str,
        "shared": int,
        "detail": int,
        "address": str,
        "part": str,
        "welcome": str,
        "gift": str,
        "wishes": str,
        "introduce": int,
        "note": str,
        "come_back": str,
        "hidden": int,
        "made": str,
        "version": str,
    },
    _row,
    ("visits_of_one ON visits (creator, day, made)", "visits_by_day ON visits (day, made)"),
)
