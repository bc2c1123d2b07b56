"""An idea for the neighbourhood: it goes by the person's own mail app to the contact person of their gemeente.

Nothing is stored and nothing is sent from here: what comes out is a `mailto:` link (RFC 6068), or the text to copy.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from sync.core.errors import BadInput
from sync.core.help_line import HelpLine

MAX_IDEA = 2_000  # characters
MAX_LINK = 1_900  # characters of a whole link: longer ones are cut off or refused by some mail apps


@dataclass(frozen=True, slots=True)
class Contact:
    """Who in a gemeente takes ideas: from the help directory, so with its source and date. `area` is the gemeente."""

    area: str
    name: str
    email: str


def contacts(lines: Iterable[HelpLine]) -> list[Contact]:
    """The gemeenten that have somebody with an e-mail address, by name."""
    found = [
        Contact(name or code, line.name, line.email)
        for line in lines
        if line.email
        for code, name in line.areas
        if code.startswith("GM")
    ]
    return sorted(found, key=lambda c: (re.sub(r"^['’]s[- ]", "", c.area.casefold()), c.name))


def check(text: str) -> str:
    """The idea without white space around it. Raises BadInput("idea", why)."""
    if len(text) > MAX_IDEA:
        raise BadInput("idea", "too_long")
    if not text.strip():
        raise BadInput("idea", "missing")
    return text.strip()


def mailto(email: str, subject: str, body: str) -> str:
    """A link that opens the person's own mail app; "" where it would be longer than mail apps take: then one copies.

    Everything is percent-encoded; lines end in CRLF as RFC 6068 asks. Nothing typed can add a recipient or a header.
    """
    to = quote(email, safe="@.-_+")
    text = "\r\n".join(body.splitlines())
    link = f"mailto:{to}?subject={quote(subject, safe='')}&body={quote(text, safe='')}"
    return link if len(link) <= MAX_LINK else ""
