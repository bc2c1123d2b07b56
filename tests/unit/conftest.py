"""What several test files share: a team that has settled in, made once."""

import asyncio
from pathlib import Path

import pytest

from tests.support.settled_team import settle


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of an organisation in use; copy them (settled_team.team), never write in them."""
    folder = tmp_path_factory.mktemp("settled")
    asyncio.run(settle(folder))
    return folder
