"""An answer that goes out whole says what h11 would have written, and only where h11 has no more to say."""

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.commands.serve import UVICORN
from sync.core import wire
from sync.server.answering import WHOLE, Answering, Asked
from sync.server.connections import COPIED_BYTES, PatientProtocol
from sync.server.metrics import Counting, Metrics

DATE = (b"date", b"Wed, 25 Nov 2026 17:00:00 GMT")


class _Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.closed = False
        self.bounded = False  # whether silence from now on has an end

    def write(self, data: Any) -> None:
        self.pieces += [bytes(data)] if data else []

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = close

    def pause_reading(self) -> None:
        """Nothing more comes by itself here."""

    resume_reading = pause_reading

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default


async def _echo(asked: Asked) -> bytes:
    return b"<" + await asked.body(1 << 20) + b">"


def _post(body: bytes, more: str = "", http: str = "1.1") -> bytes:
    kind = f"POST /v1/echo HTTP/{http}\r\nHost: x\r\nContent-Type: {wire.MEDIA_TYPE}\r\n"
    return f"{kind}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _asked(*pieces: bytes, whole: bool = True, app: Any = None, stop: bool = False) -> _Transport:
    """What a connection answers to these pieces, each sent when the one before was dealt with. `stop`: the server is told
    to meanwhile.
    """

    async def work() -> _Transport:
        config = uvicorn.Config(app or Answering("echo", _echo), **UVICORN)
        state, transport = ServerState(), _Transport()
        state.default_headers = [DATE]
        protocol = PatientProtocol(config=config, server_state=state, app_state={})
        protocol.connection_made(transport)
        if not whole:
            del protocol.app_state[WHOLE]
        for piece in pieces:
            protocol.data_received(piece)
            if stop:
                protocol.shutdown()
            for _ in range(12):
                await asyncio.sleep(0)
        assert (protocol._waiting is not None) == (not pieces[-1].endswith(b"!")), (
            "headers that take for ever have an end"
        )
        ended, transport.bounded = transport.closed, protocol.timeout_keep_alive_task is not None
        protocol.connection_lost(None)
        transport.closed = ended
        return transport

    return asyncio.run(work())


@pytest.mark.parametrize("body", [b"!", b"a" * COPIED_BYTES + b"!"])
def test_an_answer_that_goes_out_whole_is_byte_for_byte_what_h11_writes(body: bytes) -> None:
    """The same bytes, and the next request on the line as well."""
    short, long = (_asked(_post(body), _post(b"again!"), whole=w) for w in (True, False))
    assert b"".join(short.pieces) == b"".join(long.pieces) != b""
    assert len(short.pieces) < len(long.pieces), "it did go out whole"
    assert short.bounded is long.bounded is not short.closed


@pytest.mark.parametrize(
    "pieces",
    [
        [_post(b"one!") + _post(b"two!")],
        [_post(b"one!") + _post(b"two!")[:30], _post(b"two!")[30:]],
        [_post(b"one!"), _post(b"two!")[:30], _post(b"two!")[30:]],
        [_post(b"one!", "Connection: close\r\n")],
        [_post(b"one!", http="1.0")],
        [_post(b"one!", "Expect: 100-continue\r\n")],
        [_post(b"one!")[:-2], b"e!"],
        [_post(b"one!", "Content-Length: 3\r\n")],
        [_post(b"4\r\none!\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n"), _post(b"two!")],
        [_post(b"one!"), _post(b"two!")[:30]],
        [b"\r\n" + _post(b"one!")],
    ],
)
def test_whatever_is_not_the_plain_case_is_answered_as_before(pieces: list[bytes]) -> None:
    """Pipelined, cut in pieces, the last one on its line, HTTP/1.0, chunked, wrong."""
    short, long = (_asked(*pieces, whole=w) for w in (True, False))
    assert b"".join(short.pieces) == b"".join(long.pieces) != b""
    assert (short.closed, short.bounded) == (long.closed, long.bounded)


def test_what_goes_out_whole_is_counted() -> None:
    """With its status and its size."""
    counted = Metrics(("echo",))
    heard = list[tuple[Any, ...]]()
    counted.count = lambda *told: heard.append(told)  # type: ignore[method-assign]
    answered = _asked(_post(b"abc!"), app=Counting(Answering("echo", _echo), counted))
    assert len(answered.pieces) == 1
    [(route, status, _, received, sent)] = heard
    assert (route, status, received, sent) == ("echo", 200, 4, 6)


def test_a_refusal_never_goes_out_whole() -> None:
    """h11 writes it."""

    async def wrong(asked: Asked) -> bytes:
        raise ValueError("no")

    answered = _asked(_post(b"abc!"), app=Answering("echo", wrong))
    assert b"".join(answered.pieces).startswith(b"HTTP/1.1 500 ")


def test_a_server_that_stops_answers_and_hangs_up() -> None:
    """What has been asked is answered; nothing more is."""
    short, long = (_asked(_post(b"abc!"), whole=w, stop=True) for w in (True, False))
    assert b"".join(short.pieces) == b"".join(long.pieces) != b""
    assert short.closed is long.closed is True
