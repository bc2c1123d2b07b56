"""What the adversary's tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adversary.evil_server import in_memory
from tests.unit.conftest import settled

__all__ = ["settled"]


@pytest.fixture
def tmp_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """For the hostile server's tests a folder in memory: they wait for no disk. For the others as ever."""
    if request.module.__name__.rpartition(".")[2].startswith("test_evil"):
        with in_memory() as folder:
            yield folder
    else:
        yield tmp_path_factory.mktemp("adversary")
