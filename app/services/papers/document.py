"""A document of tables: what every file of it is made from. Words are the screen's, numbers are as they are shown."""

from collections.abc import Sequence
from dataclasses import dataclass

Value = str | int  # a number stays a number, so that a spreadsheet can add it up


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: a heading, the names of its columns, and its rows. `bars`: of which column a page draws bars, if any."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    bars: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """Everything on the paper, from top to bottom."""

    title: str
    lines: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...] = ()
    language: str = "nl"


FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\uff1d",
    "\uff0b",
    "\uff0d",
    "\uff20",
)  # the last four as wide letters


def guarded(value: Value) -> Value:
    """A text that a spreadsheet would take for a formula, with an apostrophe before it.

    Source: OWASP, "CSV Injection": `=`, `+`, `-`, `@`, tab and carriage return at the start; also behind blanks, which some
    programs leave out.
    """
    if isinstance(value, str) and value.lstrip(" \u00a0").startswith(FORMULA):
        return f"'{value}"
    return value


def names(sheets: Sequence[Sheet], most: int = 31) -> list[str]:
    """A name for each table that a workbook takes: no `[]:*?/\\`, not empty, unique whatever the case, at most 31 long."""
    found: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        plain = "".join(" " if c in "[]:*?/\\" or ord(c) < 32 else c for c in sheet.title).strip(" '")
        name, again = plain[:most].strip(" '") or str(number), 1
        while name.casefold() in {f.casefold() for f in found}:
            again += 1
            name = f"{plain[: most - len(str(again)) - 1]} {again}"
        found.append(name)
    return found
