"""Addresses as PDOK's Locatieserver gives them: JSON with `response.docs`, each an address.

Source: PDOK Locatieserver v3.1, "free" and "lookup". `weergavenaam` alone ("Tulpstraat 12A, 1234AB Dorp") is enough.
"""

import codecs
import json
from collections.abc import Iterator
from typing import Any

from app.services.register import columns
from app.services.register.rows import Bad, Raw, Why
from sync.core.errors import BadInput

_FIELDS = ("street", "number", "letter", "addition", "postcode", "place", "bag", "whole")


def rows(path: str) -> Iterator[Raw | Bad]:
    """Every address of an answer, `line` counts them. Raises BadInput("register", "damaged" | "no_docs")."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read().removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError) as error:
        raise BadInput("register", "damaged") from error
    yield from _each(_docs(value))


def _docs(value: Any) -> list[Any]:
    """The addresses of one answer, of a list of answers, or a bare list of addresses."""
    answers = value if isinstance(value, list) else [value]
    found: list[Any] = []
    for answer in answers:
        response = answer.get("response") if isinstance(answer, dict) else None
        docs = response.get("docs") if isinstance(response, dict) else None
        if isinstance(docs, list):
            found += docs
        elif isinstance(value, list):
            found.append(answer)
        else:
            raise BadInput("register", "no_docs")
    return found


def _each(docs: list[Any]) -> Iterator[Raw | Bad]:
    for line, doc in enumerate(docs, 1):
        if not isinstance(doc, dict):
            yield Bad(line, "", Why.UNREADABLE)
            continue
        if doc.get("type", "adres") != "adres":
            continue  # a street or a town that came along
        names = list(doc)
        at = columns.by_header(names)
        if not at:
            yield Bad(line, _text(doc.get("weergavenaam"))[:60], Why.NO_STREET)
            continue
        values = [_text(doc[name]) for name in names]
        known = {field: i for field, i in at.items() if field in _FIELDS}
        if any(name in doc for name in ("huisnummer", "huisletter")):
            known.setdefault("letter", len(values))  # left out where it is empty
        yield columns.raw(known, values, line)


def _text(value: object) -> str:
    return value[:200] if isinstance(value, str) else str(value) if type(value) is int else ""
