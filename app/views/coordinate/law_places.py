"""Which screen about the law stands at which route. Loaded when one of them is opened: few ever are."""

from app.views.coordinate.law import LawScreen, TrailScreen
from app.views.coordinate.law_erased import ErasedScreen
from app.views.coordinate.law_lost import LostScreen
from app.views.coordinate.law_request import RequestScreen
from app.views.coordinate.law_terms import TermsScreen
from app.views.screen import Screen


def screen(shell, place: str, record: bytes) -> Screen:
    """The screen of a place, about a record or (no bytes) about nothing in particular."""
    if place == "recht":
        return RequestScreen(shell, record) if record else LawScreen(shell)
    if place == "gewist":
        return ErasedScreen(shell, record)
    if place == "kwijt":
        return LostScreen(shell, record)
    return TermsScreen(shell) if place == "bewaartermijnen" else TrailScreen(shell)
