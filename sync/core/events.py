"""What travels on the event stream (HTML, "Server-sent events"): "there is something for you", and beats in between.

Both have the same number of bytes, so that their size tells nothing. A line that begins with a colon is a comment; an
event ends with an empty line. What a device reads is bounded, as all is that comes from a server.
"""

from sync.core.errors import BadFormat

MEDIA_TYPE = "text/event-stream"
SOMETHING = b"data: 1\n\n"
BEAT = b": beat.\n\n"
MAX_LINE_BYTES = 256


class Reader:
    """Hears events in the pieces that a connection brings, whichever way it cut them."""

    def __init__(self) -> None:
        self._line = b""
        self._data = False

    def hear(self, piece: bytes) -> bool:
        """Whether an event ended in this piece. Raises BadFormat for a line that is longer than any of ours."""
        heard = False
        *lines, self._line = (self._line + piece).split(b"\n")
        for line in [*lines, self._line]:
            if len(line) > MAX_LINE_BYTES:
                raise BadFormat("event")
        for line in lines:
            if line.rstrip(b"\r"):
                self._data = self._data or line.startswith(b"data:")
            else:
                heard, self._data = heard or self._data, False
        return heard
