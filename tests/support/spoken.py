"""Phones and servers of other years: which protocol versions each side speaks, for one test."""

from collections.abc import Callable

import pytest

from sync.core import versions
from sync.core.versions import Range

Speak = Callable[..., None]


@pytest.fixture
def speak(monkeypatch: pytest.MonkeyPatch) -> Speak:
    """speak(device=Range(1, 2), server=Range(2, 3)): until the end of the test, or the next call."""

    def now(device: Range = versions.DEVICE, server: Range = versions.SERVER) -> None:
        monkeypatch.setattr(versions, "DEVICE", device)
        monkeypatch.setattr(versions, "SERVER", server)

    return now
