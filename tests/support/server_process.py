"""The real server as its own process, behind a wire that remembers every byte."""

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from tests.support.chrome import _wait_for
from tests.support.ports import free_port

SITE = Path("build/web")


class ServerProcess:
    """`straatcontact serve` on a data folder, reached through `url`."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self.site = SITE
        self.program = ["-m", "app.cli"]  # a test may put another one here, of another year
        self._inner = free_port()
        self.wire = Wire(self._inner)
        self.url = f"http://localhost:{self.wire.port}"
        self.log = data / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def init(self) -> str:
        """Found an organisation; the first coordinator's link."""
        command = [sys.executable, "-m", "app.cli", "init", "--data", str(self._data), "--origin", self.url]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def start(self) -> None:
        """Run until stopped; returns when healthy."""
        command = [sys.executable, *self.program, "serve", "--data", str(self._data)]
        command += ["--port", str(self._inner), "--site", str(self.site)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        _wait_for(f"http://127.0.0.1:{self._inner}/v1/health")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End it; SIGKILL for a dead machine."""
        if self._process is not None:
            os.kill(self._process.pid, how)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it and the wire."""
        self.stop()
        self.wire.close()


class Wire:
    """A TCP relay on a port of its own that keeps all it carried, both ways."""

    def __init__(self, inner: int) -> None:
        self._inner = inner
        self.carried = bytearray()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                outer, _ = self._listener.accept()
            except OSError:
                return
            try:
                inner = socket.create_connection(("127.0.0.1", self._inner))
            except OSError:
                outer.close()
                continue
            for source, target in ((outer, inner), (inner, outer)):
                threading.Thread(target=self._pump, args=(source, target), daemon=True).start()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self.carried += data
                target.sendall(data)
        except OSError:
            pass
        finally:
            for end in (source, target):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
                end.close()

    def close(self) -> None:
        """Take no more."""
        self._listener.close()
