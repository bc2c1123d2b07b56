"""The phone app's static site, as `straatcontact build` made it: right headers, compressed, cached for ever.

`site.json` beside the files names each one, its type, its hash, its encodings and the security headers. A file
that it does not name is not served; a page asked for under another name is the app, which finds its own way.
"""

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"
INDEX = "index.html"
_SUFFIXES = {"br": ".br", "gzip": ".gz", "": ""}


class Site:
    """One build."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        about: dict[str, Any] = json.loads((folder / "site.json").read_text(encoding="utf-8"))
        self._files: dict[str, dict[str, Any]] = about["files"]
        self._headers: dict[str, str] = about["headers"]

    def route(self) -> Route:
        """For everything that no other route takes."""
        return Route("/{path:path}", self._serve, methods=["GET", "HEAD"])

    async def _serve(self, request: Request) -> Response:
        name = request.path_params["path"] or INDEX
        if name not in self._files and _is_page(request, name):
            name = INDEX
        about = self._files.get(name)
        if about is None:
            return PlainTextResponse("Not found", 404, {**self._headers, "Cache-Control": "no-store"})
        encoding = _best(about["encodings"], request.headers.get("accept-encoding", ""))
        tag = f'"{about["hash"][:32]}{_SUFFIXES[encoding]}"'
        headers = {
            **self._headers,
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Cache-Control": ASK if about["ask"] else FOREVER,
            **({"Content-Encoding": encoding} if encoding else {}),
        }
        if tag in _tags(request.headers.get("if-none-match", "")):
            return Response(None, 304, headers)
        return FileResponse(self._folder / (name + _SUFFIXES[encoding]), headers=headers, media_type=about["type"])


def _is_page(request: Request, name: str) -> bool:
    """A person's own way to a page: not a file, not the API, and HTML is welcome."""
    last = name.rsplit("/", 1)[-1]
    return "." not in last and not name.startswith(("v1/", "r/")) and "text/html" in request.headers.get("accept", "")


def _best(offered: list[str], accepted: str) -> str:
    """The first offered encoding that the client takes (RFC 9110, 12.5.3); "" for the file as it is."""
    weights: dict[str, float] = {}
    for part in accepted.lower().split(","):
        name, _, quality = part.partition(";")
        try:
            weights[name.strip()] = float(quality.partition("=")[2] or 1)
        except ValueError:
            weights[name.strip()] = 0
    return next((e for e in offered if weights.get(e, weights.get("*", 0)) > 0), "")


def _tags(header: str) -> set[str]:
    """The entity tags of If-None-Match; a proxy may have marked them as weak."""
    return {tag.strip().removeprefix("W/") for tag in header.split(",")}
