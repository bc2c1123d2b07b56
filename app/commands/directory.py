"""`straatcontact directory export | import`: help lines as HSDS 3.0, and back into our own file of lines.

Every file is held against assets/hsds/schema.json, which is our own: it says what the specification asks of the objects
and fields that help lines use.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.services.directory import built_in, hsds
from app.web import ROOT
from sync.core.errors import BadFormat, BadInput, TooLarge
from sync.core.help_line import HelpLine

SCHEMA = ROOT / "assets" / "hsds" / "schema.json"
MAX_BYTES = 16 << 20
Say = Callable[[str], None]


def validate(services: Any) -> None:
    """Raises BadFormat with the first thing that is not as HSDS asks, and where."""
    from jsonschema import Draft202012Validator, FormatChecker

    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=FormatChecker())
    for error in validator.iter_errors(services):
        where = "/".join(str(part) for part in error.absolute_path)
        raise BadFormat(f"{where or 'the file'}: {error.message[:200]}")


def export(lines_file: Path | None, out: Path, say: Say) -> None:
    """Write lines (the built-in ones, or those of a file of ours) as HSDS. Raises BadFormat, BadInput or TooLarge."""
    lines = built_in.parse(_text(lines_file)) if lines_file else built_in.built_in()
    services = hsds.write(lines)
    validate(services)
    out.write_text(json.dumps(services, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    say(f"{len(services)} services written to {out}, as HSDS 3.0.")


def import_(file: Path, out: Path, say: Say) -> None:
    """Read HSDS into a file of ours, and say what could not be read. Raises BadFormat, BadInput or TooLarge.

    One service, a list of them, or a page of them (`contents`) as an HSDS API gives it.
    """
    services = json.loads(_text(file))
    if isinstance(services, dict):
        services = services.get("contents", [services])
    validate(services)
    lines, left_out = hsds.read(services)
    out.write_text(text_of(lines), encoding="utf-8")
    say(f"{len(lines)} lines written to {out}.")
    for name, why in left_out:
        say(f"left out: {name or 'a service without a name'}: {why}")


def text_of(lines: list[HelpLine]) -> str:
    """A file of lines that `built_in.parse` reads."""
    return json.dumps({"lines": [built_in.to_plain(line) for line in lines]}, indent=1, ensure_ascii=False) + "\n"


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise TooLarge(f"over {MAX_BYTES} bytes")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise BadInput("file", f"{file}: {type(error).__name__}") from error
