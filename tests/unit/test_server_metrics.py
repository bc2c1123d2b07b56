"""Figures and logs of the running server: they count, they can be read, and no id, token, address or word is in them."""

import ast
import asyncio
import json
import logging
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands.serve import ROUTES
from sync.server import logs, metrics
from sync.server.metrics import SECONDS, Histogram, Metrics
from tests.adversary.test_server_logs import found_in, session
from tests.support.native_app import TestClock
from tests.support.organisation import founded
from tests.support.ports import free_port
from tests.support.process import commanded, prepared
from tests.support.server import Caller

LEVELS = ("debug", "info", "warning", "error", "exception", "critical")


def said_in(folder: str) -> Iterator[tuple[str, str]]:
    """Every text that the code there gives to a logger, and where."""
    for path in Path(folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in LEVELS
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "logger"
            ):
                [text, *_] = node.args
                yield ast.literal_eval(text), f"{path}:{node.lineno}"


def test_every_word_that_the_server_logs_is_a_known_event() -> None:
    """By its text in the code: one that is not in the list would be told as `other`, without its values."""
    said = [*said_in("sync/server"), *said_in("app/commands")]
    assert len(said) >= 7
    assert [place for text, place in said if text not in logs.EVENTS] == []


def record(text: str, *args: object, error: Exception | None = None) -> logging.LogRecord:
    """What a logger hands to a formatter."""
    info = (type(error), error, None) if error else None
    return logging.LogRecord("uvicorn.error", logging.ERROR, "/x/impl.py", 7, text, args, info)


def test_what_others_log_is_told_by_place_and_kind_only() -> None:
    """An error's text may quote a note; a library's message may hold an address."""
    for formatter in (logs.AsText(), logs.AsJson()):
        line = formatter.format(record("for %s", "Tulpstraat 12", error=ValueError("Tulpstraat 12")))
        assert "Tulpstraat" not in line
        assert "ValueError" in line
        assert "impl, line 7" in line
        assert "\n" not in line
    told = json.loads(logs.AsJson().format(record("%s refused: %s", "push", "bad_format")))
    assert told["event"] == "refused"
    assert (told["route"], told["code"], told["level"]) == ("push", "bad_format", "error")
    assert (
        logs.AsText().format(record("%s refused: %s", "push", "bad_format")).endswith("ERROR push refused: bad_format")
    )


@pytest.mark.parametrize("kind", ["text", "json"])
def test_neither_log_nor_figures_tell_who_or_what(tmp_path: Path, kind: str) -> None:
    """Everything a server meets, from start to stop, as an administrator runs it: counted, and nothing else."""

    async def whole() -> tuple[list[bytes], str, str]:
        organisation = await founded(TestClock(1_900_000_000_000))
        await prepared(tmp_path, organisation)
        port = free_port()
        server = commanded(tmp_path, "--log", kind, "--metrics-port", str(port))
        try:
            await server.ready()
            caller = Caller(base_url=server.url)
            secrets = await session(organisation, caller)
            await caller.close()
            async with httpx.AsyncClient(trust_env=False) as client:
                for path in ("/v1/Tulpstraat", "/Tulpstraat", "/v1/push/Tulpstraat"):
                    await client.get(server.url + path, headers={"X-Note": "Tulpstraat"})
                figures = (await client.get(f"http://127.0.0.1:{port}/metrics")).text
                assert (await client.get(f"http://127.0.0.1:{port}/")).status_code == 404
                assert (await client.get(f"{server.url}/metrics")).status_code == 404  # not where everybody comes
        finally:
            await server.end(signal.SIGTERM)
        return secrets, (tmp_path / "server.log").read_text(), figures

    secrets, log, figures = asyncio.run(whole())
    assert [s for s in secrets if found_in(log + figures, s)] == []
    assert "127.0.0.1" not in log + figures
    if kind == "json":
        lines = [json.loads(line) for line in log.splitlines()]
        assert {"started", "refused", "expired", "stopping"} <= {line["event"] for line in lines}
        assert all({"time", "level", "event"} <= line.keys() for line in lines)
        assert [x for x in lines if (x.get("route"), x.get("code")) == ("push", "bad_format")]
    else:
        assert "push refused: bad_format" in log
    values = dict(line.rsplit(" ", 1) for line in figures.splitlines() if not line.startswith("#"))
    assert values["straatcontact_organisations"] == "1"
    assert values["straatcontact_devices"] == "2"
    assert int(values["straatcontact_envelopes"]) == 3
    assert float(values['straatcontact_requests_total{route="push",code="200"}']) == 1
    assert float(values['straatcontact_requests_total{route="push",code="400"}']) >= 1
    assert float(values['straatcontact_requests_total{route="other",code="404"}']) >= 2
    assert float(values['straatcontact_request_seconds_count{route="push"}']) >= 2
    assert float(values["straatcontact_commit_jobs_count"]) >= 1
    assert 10 << 20 < float(values["straatcontact_resident_bytes"]) < 200 << 20
    assert float(values["straatcontact_disk_free_bytes"]) > 0


@given(st.lists(st.floats(0, 20), max_size=50))
def test_a_histogram_counts_each_value_once_and_below_its_bounds(values: list[float]) -> None:
    """Cumulative, from the smallest bound to +Inf, as the format has it."""
    histogram = Histogram(SECONDS)
    for value in values:
        histogram.add(value)
    lines = dict(line.rsplit(" ", 1) for line in histogram.lines("x"))
    for bound in SECONDS:
        assert int(lines[f'x_bucket{{le="{bound}"}}']) == sum(v <= bound for v in values)
    assert int(lines['x_bucket{le="+Inf"}']) == int(lines["x_count"]) == len(values)


def test_a_route_that_is_none_makes_no_series_of_its_own() -> None:
    """Else a stranger fills the memory, and writes words into the figures."""
    counted = Metrics(ROUTES)
    for path in ("/v1/push", "/v1/push/x", "/v1/%C3%A9", "/x", "/v1", '/v1/a"b\n'):
        counted.count(counted.route_of(path), 200, 0.1, 0, 0)
    text = asyncio.run(counted.text())
    routes = {line.split('route="')[1].split('"')[0] for line in text.splitlines() if "route=" in line}
    assert routes == {"push", "other", "site"}


def test_the_port_of_the_figures_listens_to_this_machine_only_and_to_nobody_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nor does it take a request without end."""
    monkeypatch.setattr(metrics, "ASKING_SECONDS", 0.2)

    async def whole() -> None:
        server = await metrics.listen(Metrics(ROUTES), 0)
        host, port = server.sockets[0].getsockname()
        assert host == "127.0.0.1"
        for said in (b"", b"GET /metrics HTTP/1.1\r\n", b"x" * (1 << 16)):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            async with asyncio.timeout(3):
                with suppress(ConnectionError):
                    assert await reader.read() == b""
            writer.close()
        server.close()

    asyncio.run(whole())


def test_a_taken_port_for_figures_is_said_and_ends_it(tmp_path: Path) -> None:
    """Rather than a server whose figures are somebody else's."""

    async def whole() -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            server = commanded(tmp_path, "--metrics-port", str(port))
            assert await server.ended() == 3
        assert f"port {port} is taken" in (tmp_path / "server.log").read_text()

    asyncio.run(whole())


def test_stopping_it_is_not_ready_first_then_answers_what_was_asked_then_empties_its_file(tmp_path: Path) -> None:
    """SIGTERM in the middle of a push and beside an open event stream: not ready, the stream ends, the push is stored."""

    async def whole() -> None:
        organisation = await founded(TestClock(1_900_000_000_000))
        await prepared(tmp_path, organisation)
        server = commanded(tmp_path, "--drain-seconds", "1.5")
        try:
            await server.ready()
            me, caller = organisation.people[1], Caller(base_url=server.url)
            token = await caller.signed_in(me)
            assert await caller.push(token, [await me.envelope(b"x")]) == ["stored"]
            assert (tmp_path / "store.db-wal").stat().st_size > 0
            data = await me.envelope(b"y" * 3000)
            async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=10) as client:
                headers = {"Authorization": f"Bearer {token}"}

                async def listening() -> str:
                    async with client.stream("GET", "/v1/events", headers=headers) as stream:
                        assert stream.status_code == 200
                        return "".join([part async for part in stream.aiter_text()])

                listens = asyncio.create_task(listening())
                await asyncio.sleep(0.3)
                ends = asyncio.create_task(server.end(signal.SIGTERM))
                await asyncio.sleep(0.5)
                assert (await client.get("/v1/health")).status_code == 503
                await asyncio.wait_for(listens, 3)
                assert await caller.push(token, [data]) == ["stored"]
            await caller.close()
            assert await ends in (0, -signal.SIGTERM)
        finally:
            await server.end(signal.SIGKILL)
        assert not (tmp_path / "store.db-wal").exists()
        with closing(sqlite3.connect(tmp_path / "store.db")) as db:
            assert db.execute("SELECT count(*) FROM envelopes").fetchone() == (2,)

    asyncio.run(whole())
