"""Run async test functions inside a real Chromium worker, in Pyodide, as the phone does.

    results = run_in_worker("tests.browser.worker_primitives")          # every `test_*` of the module
    results = run_in_worker("tests.contract.x", ["test_one"], packages=("msgpack", "sqlite_utils", …))
    assert not [r for r in results if r.error], results                 # r.error is the traceback

or, for many runs in one page, a profile that outlives the browser, or a kill:

    with WorkerPage(profile=tmp_path, scripts=Scripts(modules={"files": "/files.js#straatFiles"})) as page:
        page.run("tests.browser.worker_log", ["fill"])
        page.evaluate("await something()")            # Python in the worker, the last value as text

The module is imported *in the worker*: it must not import pytest, cryptography, httpx or anything else that is
not in the standard library, in the repository or listed in `packages` (top-level names: the phone's own wheels
of build/wheels, else this environment's files, where msgpack falls back to its pure half). Repository sources
(`sync`, `app` without views, `tests` with the vector files) are served as they lie in the work tree. JavaScript
is served from assets/web and from this folder; what is named in `Scripts.modules` is registered as `straat_js.<name>`, `before` is
called before Pyodide loads (for mends), `after` with the Pyodide instance. Pyodide itself comes from the built
site (`make web`), or from the folder that STRAAT_PYODIDE names. The page has a strict Content-Security-Policy,
and a request to any address but ours fails the run.
"""

import contextlib
import importlib.util
import io
import json
import os
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".mjs": "text/javascript",
    ".wasm": "application/wasm", ".json": "application/json", ".zip": "application/zip",
}  # fmt: skip
POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"


@dataclass(frozen=True, slots=True)
class Result:
    """What one function did in the worker. `error` is empty or the traceback."""

    name: str
    error: str
    millis: float


@dataclass(frozen=True, slots=True)
class Scripts:
    """JavaScript of assets/web, each as "/file.js#export"."""

    modules: Mapping[str, str] = field(default_factory=lambda: {"crypto": "/crypto.js#straatCrypto"})
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def pyodide_folder() -> Path:
    """Where the Pyodide runtime lies, uncompressed."""
    named = os.environ.get("STRAAT_PYODIDE")
    folders = [Path(named)] if named else [p.parent for p in (ROOT / "build" / "web").glob("**/pyodide.mjs")]
    for folder in folders:
        if (folder / "pyodide.asm.wasm").exists() and (folder / "python_stdlib.zip").exists():
            return folder
    raise RuntimeError("No Pyodide: run `make web` first, or set STRAAT_PYODIDE to a folder with pyodide.mjs")


def sources(packages: tuple[str, ...]) -> bytes:
    """One zip with the repository's Python and the named packages."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for top in ("sync", "app", "tests"):
            for path in sorted((ROOT / top).rglob("*")):
                if path.suffix in (".py", ".txt", ".json") and "views" not in path.parts:
                    archive.write(path, path.relative_to(ROOT))
        for name in packages:
            for inside, data in _package(name):
                archive.writestr(inside, data)
    return buffer.getvalue()


def _package(name: str) -> Iterator[tuple[str, bytes]]:
    """Path and bytes of each file of a package."""
    for wheel in (ROOT / "build" / "wheels").glob(f"{name}-*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            yield from ((inside, archive.read(inside)) for inside in archive.namelist())
        return
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"no package {name} in this environment")
    origin = Path(spec.origin)
    if origin.name != "__init__.py":
        yield origin.name, origin.read_bytes()
        return
    for path in sorted(origin.parent.rglob("*.py")):
        yield str(path.relative_to(origin.parents[1])), path.read_bytes()


Answering = Callable[[BaseHTTPRequestHandler], None]


def _handler(files: dict[str, bytes], pyodide: Path, wire: Answering | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if wire is not None:
                wire(self)

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            if wire is not None and path.startswith("/v1/"):
                wire(self)
                return
            path = "/index.html" if path == "/" else path
            body = files.get(path)
            if body is None:
                folders = [pyodide] if path.startswith("/pyodide/") else [ROOT / "assets" / "web", HERE]
                found = (f / Path(path).name for f in folders if (f / Path(path).name).is_file())
                body = next((f.read_bytes() for f in found), None)
            self.send_response(200 if body is not None else 404)
            self.send_header("Content-Type", TYPES.get(Path(path).suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(body or b"")))
            self.send_header("Content-Security-Policy", POLICY)
            # The runtime is kept, compiled as well, as on a phone: a second start costs half of the first.
            self.send_header("Cache-Control", "max-age=3600" if path.startswith("/pyodide/") else "no-store")
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # the browser was killed
                self.wfile.write(body or b"")

        def log_message(self, *args: object) -> None:
            pass

    return Handler


@contextlib.contextmanager
def serve(packages: tuple[str, ...], scripts: Scripts, wire: Answering | None = None) -> Iterator[str]:
    """A loopback server on a free port, for as long as the block lasts. Gives its address. `wire` answers whatever
    is asked under /v1/.
    """
    plan = {"modules": scripts.modules, "before": scripts.before, "after": scripts.after}
    files = {
        "/index.html": (HERE / "worker_page.html").read_bytes(),
        "/worker_page.js": (HERE / "worker_page.js").read_bytes(),
        "/worker_run.js": (HERE / "worker_run.js").read_bytes(),
        "/worker_run.py": (HERE / "worker_run.py").read_bytes(),
        "/plan.json": json.dumps(plan).encode(),
        "/sources.zip": sources(packages),
        "/favicon.ico": b"",
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(files, pyodide_folder(), wire))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class WorkerPage:
    """A page with one Pyodide worker. See the module's docstring."""

    def __init__(
        self,
        *,
        packages: tuple[str, ...] = ("msgpack",),
        scripts: Scripts | None = None,
        profile: Path | None = None,
        timeout: float = 180,
        address: str | None = None,
    ) -> None:
        """`address`: a page already being served (by `serve`), so that two browsers share an origin."""
        self._packages, self._scripts = packages, scripts or Scripts()
        self._profile, self._timeout, self._address = profile, timeout, address
        self._stack = contextlib.ExitStack()
        self.foreign: list[str] = []
        self.page: Any = None

    def __enter__(self) -> Self:
        with self._stack as stack:
            self.address = self._address or stack.enter_context(serve(self._packages, self._scripts))
            chromium = stack.enter_context(sync_playwright()).chromium
            if self._profile:
                context = chromium.launch_persistent_context(
                    self._profile, executable_path=CHROMIUM, headless=True, args=FLAGS
                )
            else:
                browser = chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
                stack.callback(browser.close)
                context = browser.new_context()
            stack.callback(context.close)
            context.on("request", self._seen)
            self.page = context.pages[0] if context.pages else context.new_page()
            self.open()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        assert not self.foreign, f"requests to other hosts: {self.foreign}"

    def _seen(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def open(self) -> None:
        """Load (again): a fresh worker, the same storage."""
        self.page.goto(self.address)
        started = self.page.evaluate("() => window.started")
        if started != "ready":
            raise RuntimeError(f"the worker did not start: {started}")

    def run(self, module: str, functions: list[str] | None = None) -> list[Result]:
        """Import `module` in the worker and run its functions in order; None: every `test_*` of it."""
        answer = json.loads(self._ask({"run": module, "functions": functions}))
        return [Result(**r) for r in answer]

    def evaluate(self, code: str) -> str:
        """Run Python (await allowed) in the worker; the value of its last expression, as str."""
        return self._ask({"code": code})

    def _ask(self, question: dict[str, Any]) -> str:
        millis = self._timeout * 1000
        return str(self.page.evaluate("([question, millis]) => window.ask(question, millis)", [question, millis]))


def run_in_worker(
    module: str,
    functions: list[str] | None = None,
    *,
    packages: tuple[str, ...] = ("msgpack",),
    scripts: Scripts | None = None,
    timeout: float = 180,
) -> list[Result]:
    """One page, one run, everything closed again."""
    with WorkerPage(packages=packages, scripts=scripts, timeout=timeout) as page:
        return page.run(module, functions)
