"""Free ports on the loopback."""

import random
import socket

# Below where systems take ports for outgoing connections: else a browser's own request may get the port before the
# process that it was found for listens on it. By chance, as two processes with tests look at the same time.
FIRST, LAST = 20_000, 32_000


def free_port() -> int:
    """A port that nobody listens on now."""
    while True:
        port = random.SystemRandom().randint(FIRST, LAST)
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
