"""The desk: how much waits for a coordinator. Numbers only, each one question to the view, asked after every change."""

from datetime import date, timedelta

from app.services.live import Live


class Desk:
    """What waits at the desk of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def law_due(self) -> int:
        """Questions of residents that have to be answered within a week, or had to be."""
        session = self._live.session
        if session is None:
            return 0
        week = date.fromtimestamp(session.writer.now() / 1000) + timedelta(days=7)
        query = "SELECT COUNT(*) AS n FROM requests WHERE NOT hidden AND done = '' AND until <> '' AND until <= :week"
        return int(session.view.ask(query, week=week.isoformat())[0]["n"])

    def unread(self) -> int:
        """Visits of the team that no coordinator said a word on."""
        query = (
            "SELECT COUNT(*) AS n FROM visits v WHERE NOT v.hidden "
            "AND NOT EXISTS (SELECT 1 FROM reviews WHERE visit = v.id)"
        )
        session = self._live.session
        return int(session.view.ask(query)[0]["n"]) if session else 0
