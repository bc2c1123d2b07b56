"""The desk: how much waits for a coordinator. Numbers only, each one question to the view, asked after every change."""

from app.services.live import Live


class Desk:
    """What waits at the desk of the open app."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def unread(self) -> int:
        """Visits of the team that no coordinator said a word on."""
        query = (
            "SELECT COUNT(*) AS n FROM visits v WHERE NOT v.hidden "
            "AND NOT EXISTS (SELECT 1 FROM reviews WHERE visit = v.id)"
        )
        session = self._live.session
        return int(session.view.ask(query)[0]["n"]) if session else 0
