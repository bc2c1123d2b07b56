"""Every screen, without a browser: all are in the one table, each has its title, and all that can be tapped a name."""

import ast
from pathlib import Path

from app.views import routes
from tests.support.every_screen import EVERY


def test_no_screen_is_left_out_of_the_table() -> None:
    """The browser test and the screenshots walk over the table: a route that is not in it would be seen by nobody."""
    known = {*routes.ALWAYS, *routes.LOCKED, *routes.INSIDE, *routes.COORDINATING}
    assert known - {stop.first for stop in EVERY} == set()
    assert {stop.first for stop in EVERY} - known <= {"", "uitnodiging"}
    assert len({stop.name for stop in EVERY}) == len(EVERY)


def test_what_semantics_are_put_around_is_named() -> None:
    """The first place of ft.Semantics is its tooltip: a control put there is a grey box, though its tree still works."""
    calls = [
        (path.name, node.lineno)
        for path in Path("app/views").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "Semantics" and node.args
    ]
    assert calls == []
