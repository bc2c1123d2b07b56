"""Shared by all browser tests: Playwright, and a real server with an organisation of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.support.server_process import SITE, ServerProcess


@pytest.fixture
def playwright() -> Iterator[Playwright]:
    """A Playwright driver for one test: worker_harness starts its own, and two can't live in one thread."""
    with sync_playwright() as p:
        yield p


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServerProcess]:
    """A real server process on a folder of its own, started."""
    assert (SITE / "site.json").exists(), "make web first"
    folder = tmp_path / "server"
    folder.mkdir()
    process = ServerProcess(folder)
    try:
        yield process
    finally:
        process.close()
