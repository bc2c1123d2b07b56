"""The help lines of the first page as HTML, for the build: links that work before and without any script."""

import html
from collections.abc import Sequence

from app.services.directory.finding import spaced
from app.services.directory.page_copy import about, aside
from sync.core.directory import ALWAYS_FIRST
from sync.core.help_line import HelpLine

ALSO = "Of bel"  # before a second number


def list_items(lines: Sequence[HelpLine]) -> str:
    """List items, in the order given; assets/web/lines.js makes the same of a copy."""
    return "\n".join(_item(line) for line in lines)


def _item(line: HelpLine) -> str:
    fixed = " data-fixed" if line.id in ALWAYS_FIRST else ""
    links = [("tel:" + n.phone, spaced(n.phone), aside(line, n)) for n in line.numbers]
    links += [("mailto:" + line.email, line.email, "")] if line.email and not line.numbers else []
    shown = [_link(line, place, link) for place, link in enumerate(links)]
    return f'      <li{fixed} data-checked="{html.escape(line.checked)}">{"".join(shown)}</li>'


def _link(line: HelpLine, place: int, link: tuple[str, str, str]) -> str:
    href, word, aside = (html.escape(part) for part in link)
    told = html.escape(about(line)) if not place else ""
    text = " · ".join(part for part in (told, aside) if part)
    name = html.escape(line.name)
    first = f"<strong>{name}</strong>" if not place else f"<strong>{ALSO}</strong>"
    label = f' aria-label="{name} {word}"' if place else ""
    return f'<a href="{href}"{label}>{first}<b>{word}</b><span>{text}</span></a>'
