"""Which wishes an area asks for: the usual ones, or a list of its own that its coordinators keep.

A wish is a code: one of `Wish`, possibly with what it is about behind a colon (`help_wanted:jobs`), or one that an area
has added, in its own words (`own:muziek maken`).
"""

import json
from collections.abc import Sequence

from app.services import areas
from app.services.live import Live
from app.services.models import Wish
from app.services.session import Session
from sync.core.errors import BadInput

OWN = "own:"
MAX_OWN, MAX_WORDS = 12, 40


def of_area(session: Session, team: bytes) -> list[str]:
    """The codes that the form offers, in order: this area's own list, or the usual ones."""
    query = "SELECT wishes FROM areas WHERE team = :team AND member = '' ORDER BY id LIMIT 1"
    rows = session.view.ask(query, team=team.hex())
    listed = [code for code, _words in json.loads(rows[0]["wishes"])] if rows else []
    return listed or [str(w) for w in Wish]


def check(codes: Sequence[str]) -> list[str]:
    """A list of wishes for an area. Raises BadInput("wishes", why)."""
    tidied = [" ".join(code.split()) for code in codes if code.strip()]
    own = [code for code in tidied if code.startswith(OWN)]
    if len(own) > MAX_OWN:
        raise BadInput("wishes", "too_many")
    if any(len(code) > len(OWN) + MAX_WORDS for code in own):
        raise BadInput("wishes", "too_long")
    return list(dict.fromkeys(tidied))


class Wishes:
    """The wishes of the open app's area."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def offered(self) -> list[str]:
        """What the form of a visit offers here."""
        session = self._live.require_session()
        return of_area(session, session.team)

    def of(self, team: bytes) -> list[str]:
        """What a team's area asks for."""
        return of_area(self._live.require_session(), team)

    async def put(self, team: bytes, codes: Sequence[str]) -> None:
        """Coordinator: which wishes an area asks for; an empty list brings the usual ones back. Raises BadInput."""
        session = self._live.require_session()
        await areas.put_wishes(session, team, check(codes))
        self._live.tell()
