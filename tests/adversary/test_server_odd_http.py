"""Requests that no HTTP library of ours would write, byte by byte to the real server: each a typed answer or a plain
400, never a 5xx, never a trace, and the server goes on.
"""

import asyncio
import gzip
import socket
from pathlib import Path

from sync.core import codec, versions, wire
from sync.core.errors import BY_CODE
from sync.server.store_memory import MemoryStore
from tests.support.native_app import TestClock
from tests.support.organisation import founded
from tests.support.process import prepared, running
from tests.support.server import Caller, serving

MSGPACK = b"Content-Type: application/msgpack\r\n"
BODY = b"\x92\xc4\x20" + bytes(32) + b"\x00"  # the directory of an organisation that is not there
CHUNKED = MSGPACK + b"Transfer-Encoding: chunked\r\n"
SPEAKS = b"Straatcontact-Protocol: "
NO_HTTP = b"Invalid HTTP request received."


def request(
    path: bytes = b"/v1/directory",
    headers: bytes = MSGPACK,
    body: bytes = BODY,
    method: bytes = b"POST",
    length: bool = True,
    version: bytes = b"HTTP/1.1",
) -> bytes:
    """One request, after whose answer the connection ends."""
    told = b"Content-Length: %d\r\n" % len(body) if length else b""
    return (
        method
        + b" "
        + path
        + b" "
        + version
        + b"\r\nHost: x\r\nConnection: close\r\n"
        + headers
        + told
        + b"\r\n"
        + body
    )


def bare(method: bytes, path: bytes = b"/v1/directory", headers: bytes = b"") -> bytes:
    """One without a body."""
    return request(path, headers, b"", method, length=False)


GIVEN = {  # what is in order, or odd and allowed: the same answer as ever
    "as it should be": request(),
    "two content types": request(headers=MSGPACK + b"Content-Type: text/plain\r\n"),
    "chunked": request(headers=CHUNKED, length=False, body=b"24\r\n" + BODY + b"\r\n0\r\n\r\n"),
    "chunked, with trailers": request(headers=CHUNKED, length=False, body=b"24\r\n" + BODY + b"\r\n0\r\nX: y\r\n\r\n"),
    "content encoding identity": request(headers=MSGPACK + b"Content-Encoding: identity\r\n"),
    "expects something else": request(headers=MSGPACK + b"Expect: 200-ok\r\n"),
    "60,000 bytes of header": request(headers=MSGPACK + b"X: " + b"a" * 60_000 + b"\r\n"),
    "a query": request(b"/v1/directory?a=%ff&b"),
    "written otherwise": request(b"/v1/%64irectory"),
    "HTTP/1.0": request(version=b"HTTP/1.0"),
    "an upgrade to HTTP/2": request(headers=MSGPACK + b"Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
    "a folded header": request(headers=MSGPACK + b"X: a\r\n b\r\n"),
    "forwarded for garbage": request(headers=MSGPACK + b"X-Forwarded-For: \xff, ,,,; DROP\r\n"),
    "forwarded for thousands": request(headers=MSGPACK + b"X-Forwarded-For: " + b"1.2.3.4, " * 3000 + b"\r\n"),
    "forwarded from a zone": request(headers=MSGPACK + b"X-Forwarded-For: fe80::1%eth0\r\nX-Forwarded-Proto: \xff\r\n"),
}
TYPED: dict[str, tuple[bytes, str]] = {
    "a packed body": (request(headers=MSGPACK + b"Content-Encoding: gzip\r\n", body=gzip.compress(BODY)), "bad_format"),
    "no body": (request(length=False, body=b""), "bad_format"),
    "a parameter of the type": (request(headers=b"Content-Type: application/msgpack; charset=utf-8\r\n"), "bad_format"),
    "versions in UTF-8": (request(headers=MSGPACK + SPEAKS + b"\xe2\x82\xac\r\n"), "bad_format"),
    "versions in powers": (request(headers=MSGPACK + SPEAKS + b"\xb2-\xb3\r\n"), "bad_format"),
    "versions without end": (request(headers=MSGPACK + SPEAKS + b"1" * 5000 + b"-1\r\n"), "bad_format"),
    "versions twice": (request(headers=MSGPACK + SPEAKS + b"9-9\r\n" + SPEAKS + b"1-1\r\n"), "server_behind"),
    "a token of bytes": (request(b"/v1/roll", MSGPACK + b"Authorization: Bearer \xff\xfe\r\n"), "not_authorized"),
    "no token": (request(b"/v1/roll", MSGPACK + b"Authorization:\r\n"), "not_authorized"),
    "two tokens": (request(b"/v1/roll", MSGPACK + b"Authorization: Bearer a\r\n" * 2), "not_authorized"),
    "OPTIONS": (bare(b"OPTIONS"), "wrong_method"),
    "TRACE": (bare(b"TRACE"), "wrong_method"),
    "a made-up method": (bare(b"FOO"), "wrong_method"),
    "a method in small letters": (request(method=b"post"), "wrong_method"),
    "a web socket": (
        bare(b"GET", b"/v1/push", b"Upgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n"),
        "wrong_method",
    ),
    "dots": (request(b"/v1/../v1/directory"), "not_found"),
    "a path that can't be read": (request(b"/v1/%ff%fe%zz"), "not_found"),
    "a NUL in the path": (request(b"/v1/%00"), "not_found"),
    "a path without end": (request(b"/v1/" + b"a" * 30_000), "not_found"),
    "the folder itself": (request(b"/v1"), "not_found"),
}
NONE = {  # no HTTP at all: what reads HTTP for us says so
    "two lengths": request(headers=MSGPACK + b"Content-Length: 3\r\n"),
    "a length that is none": request(headers=MSGPACK + b"Content-Length: abc\r\n", length=False),
    "a length below nothing": request(headers=MSGPACK + b"Content-Length: -1\r\n", length=False),
    "a length of 23 digits": request(headers=MSGPACK + b"Content-Length: " + b"9" * 23 + b"\r\n", length=False),
    "chunks of no size": request(headers=CHUNKED, length=False, body=b"zz\r\n\r\n"),
    "another transfer encoding": request(headers=MSGPACK + b"Transfer-Encoding: gzip\r\n"),
    "two hosts": request(headers=MSGPACK + b"Host: y\r\n"),
    "no host": b"POST /v1/directory HTTP/1.1\r\n\r\n",
    "a line feed smuggled in": request(b"/v1/x\r\nX: 1"),
    "bytes in the path": request(b"/v1/\xff\xfe"),
    "a header without a name": request(headers=MSGPACK + b"foo\r\n"),
    "space after a header's name": request(headers=MSGPACK + b"X : 1\r\n"),
    "all bytes there are": bytes(range(256)),
    "HTTP/0.9": b"GET /v1/health\r\n\r\n",
}


def answered(port: int, data: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    found = b""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(data)
        try:
            while piece := line.recv(65536):
                found += piece
        except ConnectionResetError:  # it hung up before it had read all of it
            pass
    return found


def told(answer: bytes) -> tuple[int, bytes, bytes]:
    """Status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head.lower(), body


def code(answer: bytes) -> str:
    """Of a typed refusal, which must be one through and through."""
    status, head, body = told(answer)
    assert b"content-type: " + wire.MEDIA_TYPE.encode() in head
    assert f"{versions.HEADER.lower()}: {versions.SERVER}".encode() in head
    assert b"cache-control: no-store" in head
    assert (b"allow: " in head) == (status == 405)
    found, _ = codec.checked(wire.ERROR, body, 4096)
    assert BY_CODE[found].status == status
    return str(found)


def test_whatever_comes_over_the_line_gets_an_answer_and_the_server_goes_on(tmp_path: Path) -> None:
    """Each odd request on a connection of its own; at the end all is as at the beginning."""

    async def whole() -> None:
        await prepared(tmp_path, await founded(TestClock()))
        async with running(tmp_path) as server:

            async def ask(data: bytes) -> bytes:
                return await asyncio.to_thread(answered, server.port, data)

            for name, data in GIVEN.items():
                assert code(await ask(data)) == "unknown_organisation", name
            for name, (data, expected) in TYPED.items():
                assert code(await ask(data)) == expected, name
            for name, data in NONE.items():
                answer = await ask(data)
                assert told(answer)[0] == 400, name
                assert NO_HTTP in answer, name
            assert told(await ask(bare(b"HEAD")))[::2] == (405, b"")
            assert told(await ask(bare(b"HEAD", b"/v1/health")))[::2] == (200, b"")
            carried_on, _, after = (await ask(request(headers=MSGPACK + b"Expect: 100-continue\r\n"))).partition(
                b"\r\n\r\n"
            )
            assert carried_on.startswith(b"HTTP/1.1 100")
            assert code(after) == "unknown_organisation"
            assert code(await ask(request())) == "unknown_organisation"
        assert "Traceback" not in (tmp_path / "server.log").read_text()

    asyncio.run(whole())


def test_the_name_of_the_scheme_is_read_in_any_letters(tmp_path: Path) -> None:
    """`bearer` is `Bearer` (RFC 9110, 11.1); it was answered not_authorized once."""

    async def whole() -> None:
        clock = TestClock()
        organisation = await founded(clock)
        async with serving(MemoryStore(), clock, organisation) as app:
            caller = Caller(app)
            token = await caller.signed_in(organisation.people[0])
            for scheme, status in (("bearer", 200), ("BEARER", 200), ("Basic", 401), ("", 401)):
                client = caller.transport._client
                headers = {"Content-Type": wire.MEDIA_TYPE, "Authorization": f"{scheme} {token}"}
                assert (await client.post("/v1/roll", content=b"\0", headers=headers)).status_code == status

    asyncio.run(whole())
