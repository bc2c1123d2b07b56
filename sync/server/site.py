"""The phone app's static site, as `straatcontact build` made it: right headers, compressed, cached for ever.

`site.json` beside the files names each one, its type, its hash, its encodings and the security headers. A file
that it does not name is not served.
"""

import json
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

FOREVER = "public, max-age=31536000, immutable"
ASK = "no-cache"


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
        name = request.path_params["path"] or "index.html"
        about = self._files.get(name)
        if about is None:
            return PlainTextResponse("Not found", 404, self._headers)
        accepted = {part.split(";")[0].strip() for part in request.headers.get("accept-encoding", "").split(",")}
        encoding = next((e for e in about["encodings"] if e in accepted), "")
        suffix = {"br": ".br", "gzip": ".gz", "": ""}[encoding]
        headers = {
            **self._headers,
            "ETag": f'"{about["hash"][:32]}{suffix}"',
            "Vary": "Accept-Encoding",
            "Cache-Control": ASK if about["ask"] else FOREVER,
            **({"Content-Encoding": encoding} if encoding else {}),
        }
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(None, 304, headers)
        return FileResponse(self._folder / (name + suffix), headers=headers, media_type=about["type"])
