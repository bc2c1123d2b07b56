"""A server that says of every phone that it is too old, or of itself: it can keep things back, and nothing more."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.core import versions, wire
from sync.core.errors import NewerVersion, ServerBehind, UpdateNeeded
from sync.core.ports import LogState
from tests.adversary.evil_server import Answer, Honest, Request, Trick, besieged, refusal, rewritten, says
from tests.support.settled_team import DAY, session_of

PATHS = ("challenge", "token", "roll", "push", "pull")


def header(said: bytes) -> Trick:
    """The honest answer, with these versions in its header."""

    async def trick(request: Request, honest: Honest) -> Answer:
        answer = await honest(request)
        return Answer(answer.status, answer.body, answer.kind, ((versions.HEADER.lower().encode(), said),))

    return trick


CLAIMS: dict[str, tuple[Trick, str]] = {
    "too old": (says(refusal(UpdateNeeded.code, "speaks 1-1, the server 2-2")), UpdateNeeded.code),
    "too new": (says(refusal(ServerBehind.code)), ServerBehind.code),
    "a later range on good answers": (header(b"7-9"), UpdateNeeded.code),
}


@pytest.mark.parametrize(
    ("path", "claim"),
    [
        ("challenge", "too old"),
        ("push", "too old"),
        ("roll", "too new"),
        ("token", "a later range on good answers"),
        ("pull", "a later range on good answers"),
    ],
)
def test_a_server_that_asks_for_an_update_for_ever_only_withholds(
    settled: Path, tmp_path: Path, path: str, claim: str
) -> None:
    """At whatever question: weeks long nothing is refused or set aside, noting goes on, and in the end all arrives."""
    trick, code = CLAIMS[claim]

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on(path, trick)
            for day in range(3):
                s.t.clock.now += DAY
                await s.note(f"dag {day}")
                assert await s.round(s.fatma) == code
                await s.round(s.joke)
            log = session_of(s.fatma).log
            assert not {e.state for e in log.read()} & {LogState.REFUSED, LogState.ASIDE, LogState.WAITING}
            assert (s.fatma.sync_status().aside, s.fatma.sync_status().withheld) == (0, 0)
            s.nothing_unsaid()
            await s.peace(restart=True)

    asyncio.run(story())


def outcome(code: str) -> Callable[[list[list[object]]], list[list[object]]]:
    """Of every envelope that was pushed."""
    return lambda outcomes: [[name, code] for name, _ in outcomes]


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (UpdateNeeded.code, UpdateNeeded.code),
        (ServerBehind.code, ServerBehind.code),
        (NewerVersion.code, ServerBehind.code),
    ],
)
def test_an_envelope_that_the_server_calls_too_new_waits_in_the_queue(
    settled: Path, tmp_path: Path, code: str, shown: str
) -> None:
    """It was refused for good, once: now the screen says that the server is older, and it goes when that is over."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            s.evil.on("push", rewritten(wire.PUSHED, outcome(code)))
            await s.note("een")
            await s.note("twee")
            for _ in range(3):
                assert await s.round(s.fatma) == shown
                assert s.fatma.sync_status().unsent == 2
            log = session_of(s.fatma).log
            assert {e.state for e in log.pending()} == {LogState.PENDING}
            assert not {e.state for e in log.read()} & {LogState.REFUSED, LogState.ASIDE}
            await s.peace()

    asyncio.run(story())


NO_RANGES = [b"", b"9", b"1-1-1", b"\xff\xfe", b"x" * 5000, b"3-2", b"0-0"]


def test_a_header_that_is_no_range_means_nothing(settled: Path, tmp_path: Path) -> None:
    """As from a server of before this header."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            for number, said in enumerate(NO_RANGES):
                for path in PATHS:
                    s.evil.on(path, header(said))
                await s.note(f"nota {number}")
                assert await s.round(s.fatma) == await s.round(s.joke) == ""
                assert s.read() == s.said

    asyncio.run(story())
