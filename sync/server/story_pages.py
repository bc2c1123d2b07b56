"""Published stories as plain pages under /verhalen: no script, nothing from elsewhere, every word escaped.

A page shows what the server has to show now and is kept nowhere on the way (no-store): a story that is withdrawn is
gone with the next look. Search engines are asked to keep none, since what they copied nobody can take back.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sync.core.errors import SlowDown
from sync.server.service import Service
from sync.server.stories import Told

ROOT = "/verhalen"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex, noarchive",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
ORGANISATION, STORY = 12, 20  # hexadecimal digits in an address
EXCERPT = 220
_MONTHS = ("januari", "februari", "maart", "april", "mei", "juni",
           "juli", "augustus", "september", "oktober", "november", "december")  # fmt: skip
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:\d{1,5})?", re.ASCII)
STYLE = """
:root { color-scheme: light dark; --ground: #fbf6ec; --paper: #ffffff; --ink: #21302a; --soft: #4f5f57;
  --line: #d9d2c3; --green: #1f5c4a; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #16201c; --paper: #1f2b26; --ink: #f2ede2; --soft: #bac7c0; --line: #3a4a43; --green: #8fd0b8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1.125rem/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: break-word; }
main, header, footer { max-width: 40rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 1.5rem; }
header a { color: var(--green); font-weight: 600; text-decoration: none; display: inline-block; padding: .6rem 0; }
h1 { font-size: clamp(1.75rem, 7vw, 2.5rem); line-height: 1.2; margin: .5rem 0 1rem; text-wrap: balance; }
h2 { font-size: 1.375rem; line-height: 1.3; margin: 0 0 .5rem; }
p { margin: 0 0 1.1rem; }
.first { font-size: 1.25rem; }
img { display: block; width: 100%; height: auto; max-height: 75vh; object-fit: cover; border-radius: 1.1rem;
  margin: 0 0 1.5rem; background: var(--line); }
.card { display: block; background: var(--paper); border: 1px solid var(--line); border-radius: 1.1rem;
  padding: 1.25rem; margin: 0 0 1.25rem; color: inherit; text-decoration: none; }
.card img { max-height: 14rem; margin-bottom: 1rem; }
.card p:last-child { margin: 0; color: var(--soft); }
a:focus-visible, .card:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
footer { color: var(--soft); font-size: 1rem; border-top: 1px solid var(--line); margin-top: 2.5rem;
  padding-top: 1.25rem; padding-bottom: 3rem; }
"""


class StoryPages:
    """The pages of a server. `take` counts who asks (by address) and raises SlowDown."""

    def __init__(self, service: Service, take: Callable[[Request], None]) -> None:
        self._service, self._take = service, take

    def routes(self) -> list[Route]:
        """For a Starlette app, before the site."""
        paths: Mapping[str, Callable[[Request], Awaitable[Response]]] = {
            ROOT: self._only,
            f"{ROOT}/": self._only,
            f"{ROOT}/stijl.css": self._style,
            f"{ROOT}/{{organisation}}": self._all,
            f"{ROOT}/{{organisation}}/{{story}}": self._one,
            f"{ROOT}/{{organisation}}/{{story}}/foto.jpg": self._photo,
        }
        return [Route(path, self._counted(work), methods=["GET", "HEAD"]) for path, work in paths.items()]

    def _counted(self, work: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                self._take(request)
            except SlowDown:
                return _page(
                    "Even wachten", ["<h1>Even wachten</h1><p>Het gaat te snel. Probeer het zo weer.</p>"], 429
                )
            return await work(request)

        return endpoint

    async def _style(self, request: Request) -> Response:
        return Response(STYLE, headers={**HEADERS, "Cache-Control": "public, max-age=3600"}, media_type="text/css")

    async def _only(self, request: Request) -> Response:
        """Of the one organisation here; where there are more, each has its own address."""
        shown = await self._service.public_stories()
        if len(shown) == 1:
            return _list(*shown[0])
        if not shown:
            return _none()
        return _page("Verhalen", ["<h1>Verhalen uit de buurt</h1><p>Vraag om de hele link naar de verhalen.</p>"], 404)

    async def _all(self, request: Request) -> Response:
        found = await self._told(request)
        return _list(*found) if found else _none()

    async def _told(self, request: Request) -> tuple[bytes, list[Told]] | None:
        wanted = request.path_params["organisation"]
        shown = await self._service.public_stories()
        return next((pair for pair in shown if short(pair[0], ORGANISATION) == wanted), None)

    async def _story(self, request: Request) -> tuple[bytes, Told] | None:
        organisation, told = await self._told(request) or (b"", [])
        wanted = request.path_params["story"]
        return next(((organisation, t) for t in told if short(t.sheet.lock, STORY) == wanted), None)

    async def _one(self, request: Request) -> Response:
        found = await self._story(request)
        return _story_page(*found, _origin(request)) if found else _gone()

    async def _photo(self, request: Request) -> Response:
        organisation, told = await self._story(request) or (b"", None)
        data = await self._service.story_part(organisation, told.sheet.photo) if told and told.photo else b""
        if not data:
            return Response(b"", 404, headers=HEADERS)
        return Response(data, headers=HEADERS, media_type="image/jpeg")


def short(name: bytes, digits: int) -> str:
    """So much of an id as stands in an address."""
    return name.hex()[:digits]


def address(organisation: bytes, told: Told) -> str:
    """The path of a story's page."""
    return f"{ROOT}/{short(organisation, ORGANISATION)}/{short(told.sheet.lock, STORY)}"


def _origin(request: Request) -> str:
    """Our own, as the reader wrote it; "" for what can be none."""
    host = request.headers.get("host", "").lower()
    if not _HOST.fullmatch(host):
        return ""
    local = host.partition(":")[0] in ("localhost", "127.0.0.1")
    return f"{'http' if local else 'https'}://{host}"


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _excerpt(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= EXCERPT else plain[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _list(organisation: bytes, told: list[Told]) -> Response:
    cards = []
    for t in told:
        path = address(organisation, t)
        photo = f'<img src="{path}/foto.jpg" alt="" loading="lazy">' if t.photo else ""
        words = f"<h2>{escape(t.sheet.title)}</h2><p>{escape(_excerpt(t.sheet.text))}</p>"
        cards.append(f'<a class="card" href="{path}">{photo}{words}</a>')
    return _page("Verhalen uit de buurt", ["<h1>Verhalen uit de buurt</h1>", *cards])


def _story_page(organisation: bytes, told: Told, origin: str) -> Response:
    sheet, path = told.sheet, address(organisation, told)
    photo = f'<img src="{path}/foto.jpg" alt="De foto bij dit verhaal">' if told.photo else ""
    blocks = [x.strip() for x in re.split(r"\n\s*\n", sheet.text) if x.strip()]
    lines = ["<br>".join(escape(line) for line in block.split("\n")) for block in blocks]
    parts = [f"<p>{line}</p>" for line in lines]
    parts[:1] = [f'<p class="first">{line}</p>' for line in lines[:1]]
    facts = {
        "og:type": "article",
        "og:title": sheet.title,
        "og:description": _excerpt(sheet.text),
        "og:locale": "nl_NL",
    }
    if origin:
        facts["og:url"] = f"{origin}{path}"
        if told.photo:
            facts["og:image"] = f"{origin}{path}/foto.jpg"
    meta = [f'<meta property="{name}" content="{escape(words)}">' for name, words in facts.items()]
    stays = f"<p>Dit verhaal staat hier tot {_day(sheet.until)}.</p>"
    back = f'<a href="{ROOT}/{short(organisation, ORGANISATION)}">← Alle verhalen</a>'
    return _page(sheet.title, [f"<h1>{escape(sheet.title)}</h1>", photo, *parts], 200, meta, back, stays)


def _none() -> Response:
    return _page("Verhalen uit de buurt", ["<h1>Verhalen uit de buurt</h1><p>Er staan nu geen verhalen.</p>"], 404)


def _gone() -> Response:
    words = "<h1>Dit verhaal is er niet</h1><p>Het is ingetrokken, of zijn tijd is voorbij.</p>"
    return _page("Dit verhaal is er niet", [words], 404, back=f'<a href="{ROOT}">← Alle verhalen</a>')


def _page(
    title: str, parts: list[str], status: int = 200, meta: list[str] | None = None, back: str = "", foot: str = ""
) -> Response:
    page = [
        '<!doctype html><html lang="nl"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>",
        '<meta name="robots" content="noindex, noarchive">',
        *(meta or []),
        f'<link rel="stylesheet" href="{ROOT}/stijl.css"></head><body>',
        f"<header>{back}</header><main>",
        *parts,
        f"</main><footer>{foot}<p>Verteld met toestemming, nagekeken door twee coördinatoren, zonder namen. Moet een",
        "verhaal weg? Zeg het je straatcontactpersoon of de coördinator.</p></footer></body></html>",
    ]
    return Response("\n".join(page), status, headers=HEADERS, media_type="text/html; charset=utf-8")
