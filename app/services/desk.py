"""The desk: how much waits for a coordinator. Numbers only, each one question to the view, asked after every change."""

from datetime import date, timedelta

from app.services import review_queue
from app.services.live import Live
from app.services.session import Session


class Desk:
    """What waits at the desk of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._last: tuple[object, int] | None = None

    def law_due(self) -> int:
        """Questions of residents that have to be answered within a week, or had to be."""
        session = self._live.session
        if session is None:
            return 0
        week = _today(session) + timedelta(days=7)
        query = "SELECT COUNT(*) AS n FROM requests WHERE NOT hidden AND done = '' AND until <> '' AND until <= :week"
        return int(session.view.ask(query, week=week.isoformat())[0]["n"])

    def to_review(self) -> int:
        """Visits of the team that wait for a coordinator: see review_queue.waiting. Counted anew when something changed."""
        session = self._live.session
        if session is None:
            return 0
        now = (session.view, session.view.changes, _today(session))
        if self._last is None or self._last[0] != now:
            self._last = now, review_queue.waiting(session, now[2])
        return self._last[1]

    def overdue(self) -> int:
        """What was asked by a day that has passed, and is not done. What is done waits among to_review."""
        session = self._live.session
        if session is None:
            return 0
        query = "SELECT COUNT(*) AS n FROM followups WHERE NOT hidden AND done = '' AND due < :today"
        return int(session.view.ask(query, today=_today(session).isoformat())[0]["n"])


def _today(session: Session) -> date:
    return date.fromtimestamp(session.writer.now() / 1000)
