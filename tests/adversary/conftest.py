"""What the adversary's tests share."""

from tests.unit.conftest import settled

__all__ = ["settled"]
