"""docs/privacy.md says what is so: its terms are the code's, what it quotes is on the screen, its links lead somewhere."""

import re
from pathlib import Path

import pytest

from app.services import inviting, records, retention
from app.services.law import receipts, requests, trail
from app.services.law.terms import BOUNDS, Kept
from app.services.models import MAX_NOTE, VALID_DAYS
from sync.server import sessions

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
CODE = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "app").rglob("*.py")))
DAY = 86_400_000


def section(number: int) -> str:
    """The text of a numbered section."""
    return re.split(r"\n## \d+\. ", TEXT)[number]


def rows(number: int) -> dict[str, list[str]]:
    """The first cell of each table row in a section, and the others."""
    lines = [[c.strip() for c in x.strip("|").split("|")] for x in section(number).splitlines() if x.startswith("|")]
    return {cells[0]: cells[1:] for cells in lines if set(cells[0]) != {"-"}}


TERMS = {
    "visit and activity, detail": f"{records.DETAIL_MONTHS} months",
    "visit and activity, count": f"{records.COUNT_MONTHS // 12} years ({records.COUNT_MONTHS} months)",
    "a coordinator's word": f"{records.DETAIL_MONTHS} months",
    "invitation": f"{inviting.VALID_MILLIS // DAY} days to be used, or 1, 7 or 30",
    "session token, challenge": f"{sessions.TOKEN_MILLIS // 3_600_000} hour, {sessions.CHALLENGE_MILLIS // 60_000} minute",
    "backups": "35 days",
    "draft of a form": f"{retention.DRAFT_DAYS} days",
    "shared details on a contact person's phone": f"{retention.CONTACT_DAYS} days",
    "no-contact mark": "until it is lifted; looked at again every two years",
}


@pytest.mark.parametrize("data", TERMS)
def test_the_retention_table_holds_the_terms_of_the_code(data: str) -> None:
    """Where a constant is in the code it is that; where there is none, the design's."""
    assert TERMS[data] in rows(9)[data][0]


def test_what_is_told_to_people_has_the_same_terms() -> None:
    """The register row and the card for residents, in Dutch."""
    years, months = records.COUNT_MONTHS // 12, records.DETAIL_MONTHS
    assert f"details {months} maanden, aantallen {years} jaar, back-ups 35 dagen" in section(11)
    assert f"Na {months} maanden is het weg" in section(13)
    assert f"bewaren we {years} jaar" in section(13)
    assert "35 days at most" in (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")


def test_what_it_quotes_from_the_screen_is_there() -> None:
    """The warning at the note, word for word, and its bound."""
    [quoted] = re.findall(r'\("(Schrijf [^"]+)"\)', section(3))
    assert quoted in CODE
    assert f"{MAX_NOTE:,} characters" in section(3)
    assert VALID_DAYS == (1, 7, 14, 30)
    for button in ("Wis dit apparaat", "Slot, passkey en wissen", "Dit apparaat is kwijt"):
        assert button in TEXT
        assert f'"{button}"' in CODE


def test_what_is_said_to_be_there_is_there() -> None:
    """Erasing is on the screen that it names, and both halves drop what is over: no line of it says "not yet"."""
    assert '_("Toestemming veranderen")' in CODE
    assert "Toestemming veranderen" in section(4)
    assert "retention.tidy(self)" in CODE
    assert "drop_expired" in (ROOT / "sync/server/app.py").read_text(encoding="utf-8")
    yes = (
        "visit and activity, detail",
        "draft of a form",
        "what is erased",
        "shared details on a contact person's phone",
    )
    assert {rows(9)[data][-1] for data in yes} == {"yes"}


def test_the_screens_for_residents_rights_are_called_as_it_says() -> None:
    """Every button or title that section 4, 6, 8 or 9 sends somebody to is on a screen."""
    for words in ("Recht van bewoners", "Nieuwe vraag", "Zoek alles over dit adres", "Wat is gewist", "Logboek"):
        assert f'"{words}"' in section(6)
        assert f'_("{words}")' in CODE
    assert '_("Bewaartermijnen")' in CODE


def test_the_bounds_of_the_organisation_s_own_terms_are_the_code_s() -> None:
    """In months, years for counts, days for drafts; and the terms of what the law itself leaves."""
    (d, dd), (c, cc), (t, tt), (f, ff) = (BOUNDS[kept] for kept in (Kept.DETAIL, Kept.COUNT, Kept.TRAIL, Kept.DRAFT))
    said = f"details {d} to {dd} months, counts {c // 12} to {cc // 12} years"
    assert said in section(9)
    assert f"trail and receipts {t} to {tt} months, drafts {f} to {ff} days" in section(9)
    assert {trail.MONTHS, receipts.MONTHS, requests.MONTHS} == {tt}
    assert rows(9)["trail, receipts of erasing"][0] == f"{tt} months"


def test_every_place_where_the_browser_keeps_something_is_told() -> None:
    """What the scripts use is in the table, and nothing more."""
    scripts = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "assets/web").glob("*.js"))
    used = {"localStorage", "sessionStorage", "indexedDB", "caches.open", "getDirectory", "cookie"}
    told = {"localStorage": "localStorage", "sessionStorage": "sessionStorage", "indexedDB": "IndexedDB"}
    told |= {"caches.open": "cache of the service worker", "getDirectory": "OPFS"}
    assert {word for word in used if word in scripts} == told.keys()
    assert set(told.values()) <= rows(5).keys()


def test_its_links_lead_somewhere() -> None:
    """Files that are there, and headings of its own."""
    anchors = {
        re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        else:
            assert (ROOT / "docs" / target).exists(), target


def test_nothing_is_half_filled_but_what_is_the_organisation_s() -> None:
    """Every article of the law that it is about is named."""
    for article in (
        "art. 28",
        "art. 30",
        "art. 32",
        "art. 33",
        "art. 34",
        "art. 35",
        "art. 25",
        "art. 9",
        "11.7a",
        "UAVG",
    ):
        assert article in TEXT
    for right in range(13, 23):
        if right != 19:
            assert re.search(rf"\((?:\d+, )?{right}(?:, \d+)?\)", section(6)), right
