"""Runs in the worker: the phone's transport against a server that says what test_transport_browser.py tells it to."""

import asyncio
from contextlib import aclosing

from app.platform import browser_transport
from app.platform.browser_transport import FetchTransport
from sync.core import events
from sync.core.errors import Busy, Unreachable

NET = FetchTransport()


async def unreachable(path: str) -> bool:
    """Whether there is no answer that counts."""
    try:
        await NET.send("POST", f"/v1/{path}", b"x", "token")
    except Unreachable:
        return True
    return False


async def test_an_answer_is_whole_whatever_its_size() -> None:
    """From nothing to the largest that there is."""
    for size in (0, 1, 70_000, 8 << 20):
        reply = await NET.send("POST", f"/v1/bytes/{size}", b"x", "token")
        assert (reply.status, len(reply.body)) == (200, size)
        assert reply.body == b"a" * size


async def test_an_answer_without_end_is_given_up() -> None:
    """As soon as it is longer than any of ours."""
    assert await unreachable("endless")


async def test_a_small_parcel_with_a_gigabyte_in_it_is_given_up() -> None:
    """Counted as it is unpacked."""
    assert await unreachable("bomb")


async def test_another_than_our_server_is_no_answer() -> None:
    """A sign-in page, a way to elsewhere, half an answer."""
    assert await unreachable("page")
    assert await unreachable("elsewhere")
    assert await unreachable("cut")


async def test_words_come_as_they_are_said_until_the_server_ends_it() -> None:
    """Each in a piece of its own."""
    heard = []
    async for piece in NET.listen("/v1/events/three", "token"):
        heard.append(piece)
    assert b"".join(heard) == events.BEAT + events.SOMETHING * 3
    assert len(heard) == 4  # each when it was said, not all at the end


async def test_whoever_stops_listening_lets_go_of_the_line() -> None:
    """The server sees it (test_transport_browser.py)."""
    async with aclosing(NET.listen("/v1/events/ever", "token")) as pieces:
        async for piece in pieces:
            assert piece
            break


async def test_a_task_that_is_cancelled_lets_go_of_the_line() -> None:
    """As at locking."""

    async def listening() -> None:
        async with aclosing(NET.listen("/v1/events/ever", "token")) as pieces:
            async for piece in pieces:
                heard.append(piece)

    heard: list[bytes] = []
    task = asyncio.create_task(listening())
    while not heard:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_line_that_is_silent_or_refused_is_said_to_be() -> None:
    """Silence, a typed refusal, a page."""
    browser_transport.QUIET_SECONDS = 0.3
    for path, why in (("events/silent", Unreachable), ("events/busy", Busy), ("events/page", Unreachable)):
        try:
            async for _ in NET.listen(f"/v1/{path}", "token"):
                pass
        except why:
            continue
        raise AssertionError(path)
