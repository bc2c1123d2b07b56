"""A person's own data as one page of HTML: to read without this app, without scripts and without anything from the net."""

import re
from collections.abc import Callable, Sequence
from html import escape

from app.services.my_data import Mine, Row

_STYLE = (
    "body{font:18px/1.5 system-ui,Arial,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#21302a}"
    "h1,h2{color:#1f5c4a}section{border:1px solid #ddd2be;border-radius:1rem;padding:0 1rem;margin:1rem 0}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1rem}dt{color:#4d5c55}"
    "dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}img{max-width:100%}"
)


class Words:
    """What the page says, in the language on screen: given by the screen."""

    def __init__(
        self,
        language: str,
        title: str,
        intro: Sequence[str],
        heading: Callable[[str, int], str],
        lines: Callable[[str, Row], Sequence[tuple[str, str]]],
        local: Sequence[tuple[str, str]],
        local_title: str,
    ) -> None:
        self.language, self.title, self.intro, self.heading = language, title, intro, heading
        self.lines, self.local, self.local_title = lines, local, local_title


def page(mine: Mine, words: Words) -> bytes:
    """The page. Whatever was typed stands in it as text."""
    parts = [f"<h1>{escape(words.title)}</h1>", *(f"<p>{escape(line)}</p>" for line in words.intro)]
    for section in mine.sections:
        parts.append(f"<h2>{escape(words.heading(section.table, len(section.rows)))}</h2>")
        parts += [f"<section>{_list(words.lines(section.table, row))}{_photo(row)}</section>" for row in section.rows]
    parts += [f"<h2>{escape(words.local_title)}</h2>", _list(words.local)]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        f"<title>{escape(words.title)}</title><style>{_STYLE}</style>"
    )
    body = "\n".join(parts)
    return f'<!DOCTYPE html>\n<html lang="{escape(words.language)}"><head>{head}</head><body>\n{body}\n</body></html>\n'.encode()


def _list(lines: Sequence[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(said)}</dd>" for name, said in lines)
    return f"<dl>{rows}</dl>"


def _photo(row: Row) -> str:
    data = row.get("jpeg")
    fits = isinstance(data, str) and re.fullmatch("[A-Za-z0-9+/=]+", data)
    return f'<p><img alt="" src="data:image/jpeg;base64,{data}"></p>' if fits else ""
