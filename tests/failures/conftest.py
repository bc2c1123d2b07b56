"""What the ten failures' tests share: a settled team on CPython, and the browser."""

from tests.browser.conftest import playwright, server
from tests.unit.conftest import settled, tell

__all__ = ["playwright", "server", "settled", "tell"]
