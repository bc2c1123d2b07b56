"""What is said of a list of addresses: why a row was left out, and what was written."""

import flet as ft

from app.services.language import _, counted
from app.services.register.gathering import Found
from app.services.register.register import Written
from app.services.register.rows import Why
from app.views.parts import text

SHOWN = 20


def why_words(why: Why) -> str:
    """Why a row gives no door."""
    return {
        Why.NO_STREET: _("geen straat"),
        Why.NO_NUMBER: _("geen huisnummer"),
        Why.TOO_LONG: _("te lang"),
        Why.FORMULA: _("begint met een rekenteken"),
        Why.NAME: _("er staat een naam in"),
        Why.NO_HOME: _("geen woning"),
        Why.ENDED: _("bestaat niet meer"),
        Why.UNREADABLE: _("niet te lezen"),
        Why.TOO_MANY: _("te veel deuren"),
    }[why]


def bad_counts(found: Found) -> str:
    """How many rows were left out, by reason: "geen woning (12), geen huisnummer (3)"."""
    return ", ".join(f"{why_words(why)} ({n})" for why, n in sorted(found.bad_counts, key=lambda x: -x[1]))


def bad_lines(found: Found) -> list[ft.Control]:
    """The first rows that were left out, each with its line and why."""
    rows: list[ft.Control] = [
        text(
            _("Regel {n}: {address} ({why})").format(n=b.line, address=b.text, why=why_words(b.why)), soft=True, size=16
        )
        for b in found.bad[:SHOWN]
    ]
    if found.left_out > SHOWN:
        rows.append(text(counted("en nog {n} regel", "en nog {n} regels", found.left_out - SHOWN), soft=True))
    return rows


def written_words(w: Written) -> str:
    """What became of the streets."""
    parts = [
        counted("{n} straat toegevoegd", "{n} straten toegevoegd", w.new) if w.new else "",
        counted("{n} straat bijgewerkt", "{n} straten bijgewerkt", w.changed) if w.changed else "",
        counted("{n} straat was al zo", "{n} straten waren al zo", w.same) if w.same else "",
    ]
    return ", ".join(p for p in parts if p) + "."
