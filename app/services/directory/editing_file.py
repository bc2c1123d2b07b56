"""A file of help lines that a coordinator reads in: HSDS 3.0, or our own file of lines."""

import json
from typing import Any

from app.services.directory import built_in, hsds
from sync.core.errors import BadInput, StraatError
from sync.core.help_line import HelpLine

MAX_FILE_BYTES = 4 << 20


def read(data: bytes) -> tuple[list[HelpLine], list[tuple[str, str]]]:
    """The lines, and (name, why) of what was left out. Raises BadInput("help_file", "unknown" | "too_large" | "empty").

    One service, a list of them, or a page of them (`contents`) as an HSDS API gives it; or `{"lines": […]}`.
    """
    if len(data) > MAX_FILE_BYTES:
        raise BadInput("help_file", "too_large")
    left_out: list[tuple[str, str]] = []
    try:
        found: Any = json.loads(data.decode("utf-8-sig"))
        if isinstance(found, dict) and isinstance(found.get("lines"), list):
            lines = [built_in.from_plain(entry) for entry in found["lines"]]
        else:
            services = found.get("contents", [found]) if isinstance(found, dict) else found
            lines, left_out = hsds.read(services)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, StraatError) as error:
        raise BadInput("help_file", "unknown") from error
    if not lines:
        raise BadInput("help_file", "empty")
    return lines, left_out
