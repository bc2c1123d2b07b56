"""What stands on the device's side of the measurement: keep-alive HTTP/1.1 lines, and envelopes made beforehand.

A line sends bytes that are ready and reads until Content-Length is there: as little as can be, so that the server is
what is measured. What an answer says is looked at afterwards, outside the time.
"""

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgpack

from sync.core import codec, envelope, formats, wire
from sync.core.envelope import Header, Link
from sync.core.ids import sender_key_id
from sync.core.ports import SIGNATURE_BYTES
from tests.support.organisation import Organisation, P, Person
from tests.support.ports import free_port

SIZE = 1024  # of a whole envelope


class Line(asyncio.Protocol):
    """One connection; one question at a time."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] | None = None
        self._parts: list[bytes] = []
        self._missing = -1
        self._transport: asyncio.WriteTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._missing < 0:
            head, end, data = (b"".join([*self._parts, data])).partition(b"\r\n\r\n")
            if not end:
                self._parts = [head]
                return
            assert head.startswith(b"HTTP/1.1 200"), head
            self._missing = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            self._parts = []
        self._parts.append(data)
        self._missing -= len(data)
        if self._missing == 0 and self._answer is not None:
            answer, self._answer, self._missing = self._answer, None, -1
            whole, self._parts = b"".join(self._parts), []
            answer.set_result(whole)

    def connection_lost(self, error: Exception | None) -> None:
        """See asyncio.Protocol."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(ConnectionError("the server is gone"))

    async def ask(self, request: bytes) -> bytes:
        """The body of the answer. Raises ConnectionError."""
        if self.closed:
            raise ConnectionError("the server is gone")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    @property
    def closed(self) -> bool:
        """Whether the server has hung up, as it does after some seconds of silence."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


def request(path: str, body: bytes, token: str = "") -> bytes:
    """A whole request."""
    head = (
        f"POST /v1/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {wire.MEDIA_TYPE}\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Server:
    """A process that serves one folder."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self.port = free_port()
        self.began = time.perf_counter()
        with (folder / "server.log").open("ab") as log:
            command = [part.replace("{port}", str(self.port)) for part in command]
            self._process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def ready_seconds(self) -> float:
        """Wait for the first 200 of /v1/health; seconds since the process was started."""
        while time.perf_counter() - self.began < 30:
            assert self._process.poll() is None, "the server ended by itself"
            try:
                with socket.create_connection(("127.0.0.1", self.port), 5) as s:
                    s.sendall(b"GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                    if s.recv(100).startswith(b"HTTP/1.1 200"):
                        return time.perf_counter() - self.began
            except OSError:
                time.sleep(0.002)
        raise AssertionError("the server did not start")

    async def line(self) -> Line:
        """A new connection."""
        _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", self.port)
        return line

    def resident_mb(self) -> float:
        """What is in memory now."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024

    def cpu_seconds(self) -> float:
        """User and system, so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stop it and wait."""
        if self._process.poll() is None:
            self._process.send_signal(how)
        self._process.wait()


class Maker:
    """One device's envelopes of 1,024 bytes, each in its own ring and its team's, kept for 90 days.

    Body and signature are chance: a server can read neither, and looks at no signature of a device's own envelopes.
    They are sender keys in kind, since a change of exactly this size would not be padded.
    """

    def __init__(self, person: Person, team: bytes) -> None:
        self.rings = sorted([person.own_ring, team])
        self._person = person
        self._number = 0
        self._previous = envelope.NO_PREVIOUS
        state = person.organisation.roll.state
        key = sender_key_id(bytes(32), person.device, [(r, 1) for r in self.rings])
        self._header = (state.organisation, person.device, state.head, key)

    def made(self, count: int) -> list[bytes]:
        """The next ones of its chains."""
        return [self._next() for _ in range(count)]

    def _next(self) -> bytes:
        self._number += 1
        links = tuple(Link(r, 1, self._number, self._previous) for r in self.rings)
        header = envelope.encode_header(Header(*self._header, links, 202702, b""))
        around = 2 + SIGNATURE_BYTES + len(codec.pack([header, bytes(300)])) - 300
        data = (
            formats.prefix(formats.SENDER_KEY)
            + codec.pack([header, os.urandom(SIZE - around)])
            + os.urandom(SIGNATURE_BYTES)
        )
        assert len(data) == SIZE
        self._previous = envelope.id_of(data)
        return data


def batches(envelopes: Sequence[bytes], size: int) -> list[bytes]:
    """Bodies of pushes."""
    return [msgpack.packb(list(envelopes[at : at + size])) for at in range(0, len(envelopes), size)]


async def signed_in(line: Line, organisation: Organisation, person: Person) -> str:
    """A real token."""
    asked = await line.ask(request("challenge", wire.encode([organisation.id, person.device])))
    nonce, _ = wire.decode(wire.CHALLENGED, asked)
    [proof] = await P.sign(person.keyring.signing, [wire.session_bytes(organisation.id, person.device, nonce)])
    told = await line.ask(request("token", wire.encode([organisation.id, person.device, nonce, proof])))
    return str(wire.decode(wire.TOKENED, told)[0])


def stored(answers: Sequence[bytes]) -> int:
    """How many envelopes were acknowledged; each answer has to be that they are stored."""
    outcomes: list[Any] = [outcome for answer in answers for _, outcome in msgpack.unpackb(answer)]
    assert set(outcomes) <= {wire.STORED}, outcomes
    return len(outcomes)
