"""What several test files share: a team that has settled in, made once."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from tests.support.core_world import World, founded, run
from tests.support.settled_team import Team, settle, team


@pytest.fixture(scope="session")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folders of an organisation in use; copy them (settled_team.team), never write in them."""
    folder = tmp_path_factory.mktemp("settled")
    asyncio.run(settle(folder))
    return folder


@pytest.fixture
def tell(settled: Path, tmp_path: Path) -> Callable[[Callable[[Team], Awaitable[None]]], None]:
    """Run a story on a copy of the settled team."""

    def told(story: Callable[[Team], Awaitable[None]]) -> None:
        async def whole() -> None:
            async with team(settled, tmp_path) as t:
                await story(t)

        asyncio.run(whole())

    return told


@pytest.fixture
def w() -> World:
    """A roll with a coordinator and a contact person."""
    return run(founded())
