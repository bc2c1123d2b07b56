"""A durable commit on OPFS at 10,000 rows. Floor: the same bytes written and flushed through a bare handle."""

import json
import statistics
from typing import Any

from tests.bench.metric import metric
from tests.browser.test_log_browser import IMPORT, PACKAGES, SCRIPTS
from tests.browser.worker_harness import WorkerPage


def measure() -> dict[str, Any]:
    """log.commit_ms."""
    with WorkerPage(packages=PACKAGES, scripts=SCRIPTS) as page:
        page.evaluate(IMPORT + "await w.mount()")
        told = json.loads(page.evaluate("await w.time_commits(10_000, 200)"))
    return {"log.commit_ms": metric(told["commits"], "ms", statistics.median(told["raw"]))}
