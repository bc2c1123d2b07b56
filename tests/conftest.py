"""How the tests share a machine: `-n 2` runs two processes, each from its own end of the list of tests.

A browser test waits as much as it computes, the others only compute. The first process begins with the browser
tests, the other with the rest; who is ready first helps along. So two cores stay busy to the end, and as long as
there is something else to do, a browser has one of them for itself.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from app.platform import native_crypto, native_vault

BROWSER = Path(__file__).parent / "browser"
LONG = ("test_every_screen.py", "test_log_browser.py")  # not to be what all wait for at the end
TOLD = "told"  # record_property(TOLD, line): a figure that the summary shows


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests go first, in every process alike; otherwise the order stays."""
    items.sort(key=lambda item: (BROWSER not in item.path.parents, item.path.name not in LONG))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """One test at a time to each process: to the first from the front, to the others from the back."""
    from xdist.scheduler import LoadScheduling
    from xdist.workermanage import WorkerController

    class FromBothEnds(LoadScheduling):
        def _send_tests(self, node: WorkerController, num: int) -> None:
            if node is not self.nodes[0]:
                self.pending[:] = [*reversed(self.pending[-num:]), *self.pending[:-num]]
            super()._send_tests(node, num)

    config.option.maxschedchunk = 1
    return FromBothEnds(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have to tell besides passing, whichever process they ran in."""
    for report in terminalreporter.getreports("passed"):
        for name, line in report.user_properties:
            if name == TOLD:
                terminalreporter.write_line(str(line))


@pytest.fixture(scope="session", autouse=True)
def _stretched_once() -> Iterator[None]:
    """PBKDF2 with 600,000 rounds is slow on purpose: done once in a session for each secret and salt.

    Hundreds of tests unlock copies of the same few devices (settled_team). The bytes are the real ones.
    """
    with pytest.MonkeyPatch.context() as patch:
        for module in (native_crypto, native_vault):
            patch.setattr(module, "pbkdf2_hmac", _stretched)
        yield


_stretched = cache(native_vault.pbkdf2_hmac)
