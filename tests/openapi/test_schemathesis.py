"""schemathesis against the real server: whatever is asked, the answer is one that docs/openapi.json tells of."""

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.openapi.pool import filled, signed_in
from tests.support.process import running

ROOT = Path(__file__).parents[2]
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "answer_shape",
    "negative_data_rejection",
    "unsupported_method",
    "ignored_auth",
)


async def asked(folder: Path, *more: str) -> Counter[str]:
    """Run schemathesis against a server of its own; what it found fails the test, in its own words.

    Gives how often each path was answered with each status and code.
    """
    organisation, pool = await filled(folder)
    async with running(folder) as server:
        await signed_in(organisation, pool, server.url)
        pool.write(folder / "pool.json")
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{server.url}/v1/openapi.json"]
        command += ["--checks", ",".join(CHECKS), "--no-color", "--continue-on-failure", "--workers", "1", *more]
        command += ["--exclude-path", "/v1/events"]  # its answer has no end: tests/unit/test_server_events.py
        files = {
            "STRAAT_URL": server.url,
            "STRAAT_POOL": str(folder / "pool.json"),
            "STRAAT_TALLY": str(folder / "tally"),
        }
        env = {**os.environ, "SCHEMATHESIS_HOOKS": "tests.openapi.asking", "PYTHONPATH": str(ROOT), **files}
        done = await asyncio.to_thread(
            subprocess.run, command, cwd=folder, env=env, capture_output=True, text=True, timeout=3000
        )
        tally = Counter((folder / "tally").read_text().splitlines())
        assert done.returncode == 0, done.stdout[-30_000:] + done.stderr
        assert await server.end(signal.SIGTERM) in (0, -signal.SIGTERM)
    assert "Traceback" not in (folder / "server.log").read_text()
    return tally


BEHIND_THE_FIRST_CHECK = {
    "/v1/challenge 200 ",
    "/v1/token 200 ",
    "/v1/directory 200 ",
    "/v1/roll 200 ",
    "/v1/push 200 ",
    "/v1/erase 200 ",
    "/v1/pull 200 ",
    "/v1/pull 403 forbidden",
}


def test_nothing_is_answered_that_the_document_does_not_tell(tmp_path: Path) -> None:
    """Every message with bodies that fit and that don't, with tokens and without; and it gets behind the first check."""
    tally = asyncio.run(asked(tmp_path, "--max-examples", "14", "--seed", "1"))
    assert set(tally) >= BEHIND_THE_FIRST_CHECK, sorted(tally)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 22, 33])
def test_nothing_is_answered_that_the_document_does_not_tell_long(tmp_path: Path, seed: int) -> None:
    """The same, for minutes."""
    tally = asyncio.run(asked(tmp_path, "--max-examples", "500", "--seed", str(seed)))
    assert set(tally) >= BEHIND_THE_FIRST_CHECK, tally
