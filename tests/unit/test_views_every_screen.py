"""Every screen, without a browser: all are in the one table, each has its title, and all that can be tapped a name."""

from app.views import routes
from tests.support.every_screen import EVERY


def test_no_screen_is_left_out_of_the_table() -> None:
    """The browser test and the screenshots walk over the table: a route that is not in it would be seen by nobody."""
    known = {*routes.ALWAYS, *routes.LOCKED, *routes.INSIDE, *routes.COORDINATING}
    assert known - {stop.first for stop in EVERY} == set()
    assert {stop.first for stop in EVERY} - known <= {"", "uitnodiging"}
    assert len({stop.name for stop in EVERY}) == len(EVERY)
