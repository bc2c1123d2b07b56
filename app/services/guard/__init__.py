"""The guard on sensitive words: sees in a text what had better not be noted, and offers neutral words.

Offline, pure and bounded. It never blocks, and keeps, sends and logs nothing of what it saw: a finding holds places
in the text and what to put there, never the words found. Lists of words: assets/guard. How it works, how often it is
wrong: docs/guard.md.
"""

from app.services.guard.finding import Category, Finding, replaced
from app.services.guard.look import BOUND, look
from app.services.guard.reasons import name_of, why

__all__ = ["BOUND", "Category", "Finding", "look", "name_of", "replaced", "why"]
