"""A walk that is gone under somebody's feet: the round was closed, or they are off it."""

from app.services.rounds.models import WalkLook
from app.views.screen import Screen
from sync.core.errors import NotFound


def walk_or_leave(screen: Screen, walk: bytes) -> WalkLook | None:
    """The walk as it is now; None: it is gone, and the round's own screen, which says why, is on show instead."""
    try:
        return screen.app.rounds.walk(walk)
    except NotFound:
        screen.shell.go(screen.back)
        return None
