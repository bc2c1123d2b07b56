"""One site as it is served, asked for file by file as a browser asks, with bounds on size and time.

No redirect is followed and no other host is asked for anything.
"""

import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import brotli
import httpx

from sync.core.errors import BadInput

ENCODINGS = ("identity", "gzip", "br")
_SLACK = 4096  # how much longer than the file itself a packed one may be
_STEP_SECONDS = 30
_AS_A_PHONE = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/147.0.0.0 Mobile Safari/537.36",
    "Accept-Language": "nl-NL,nl;q=0.9",
}
_ASKED_AS = {
    "page": {"Accept": "text/html,*/*;q=0.8", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"},
    "service worker": {"Accept": "*/*", "Service-Worker": "script", "Sec-Fetch-Dest": "serviceworker"},
    "file": {"Accept": "*/*", "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"},
}


class Unfit(Exception):
    """What came is no answer that the app could start from."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came, unpacked."""

    status: int
    headers: httpx.Headers
    body: bytes


def checked_url(url: str) -> str:
    """The site's address as scheme://host[:port]. Raises BadInput for what a phone would not be given.

    HTTPS, or HTTP on this machine itself: on the way, anything else can be changed by anyone.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise BadInput("address", "give the site's address, such as https://straat.example")
    if parts.username or parts.query or parts.fragment:
        raise BadInput("address", "give the site's address alone")
    if parts.scheme == "http" and not _this_machine(parts.hostname):
        raise BadInput("address", "a site without https can be changed on the way: nothing to verify")
    return f"{parts.scheme}://{parts.netloc}"


def _this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class Served:
    """Asks one site."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def get(self, path: str, limit: int, encoding: str = "identity", asked_as: str = "file") -> Answer:
        """One file, of at most `limit` bytes unpacked. Raises Unfit with the reason in words."""
        headers = {**_ASKED_AS[asked_as], "Accept-Encoding": encoding}
        try:
            async with self._client.stream("GET", path, headers=headers) as answer:
                if answer.is_redirect or 300 <= answer.status_code < 400:
                    raise Unfit(f"sends on to {answer.headers.get('location', 'nowhere')[:100]!r}: not followed")
                packed = await _bounded(answer, limit + limit // 50 + _SLACK)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unfit(f"no answer that can be read ({type(error).__name__})") from error
        return Answer(answer.status_code, answer.headers, _unpacked(packed, answer.headers, limit))


async def _bounded(answer: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > limit:
            raise Unfit("larger than published: not read further")
    return bytes(body)


def _unpacked(packed: bytes, headers: httpx.Headers, limit: int) -> bytes:
    """The file itself; never more than one byte above the limit, however it was packed."""
    encoding = headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        out, whole = packed, True
    elif encoding == "gzip":
        gunzip = zlib.decompressobj(31)
        try:
            out = gunzip.decompress(packed, limit + 1)
        except zlib.error as error:
            raise Unfit("packed in a way that can't be opened") from error
        whole = gunzip.eof and not gunzip.unused_data
    elif encoding == "br":
        unbrotli = brotli.Decompressor()
        try:
            out = unbrotli.process(packed, output_buffer_limit=limit + 1)
        except brotli.error as error:
            raise Unfit("packed in a way that can't be opened") from error
        whole = unbrotli.is_finished()
    else:
        raise Unfit(f"packed in a way that was not asked for ({encoding[:40]!r})")
    if len(out) > limit:
        raise Unfit("larger than published: not read further")
    if not whole:
        raise Unfit("packed in a way that can't be opened whole")
    return out


@asynccontextmanager
async def asking(url: str) -> AsyncIterator[Served]:
    """A caller for one site, by an address from `checked_url`. The system's proxies are not used."""
    limits = httpx.Limits(max_connections=4)
    async with httpx.AsyncClient(
        base_url=url, headers=_AS_A_PHONE, timeout=_STEP_SECONDS, limits=limits, follow_redirects=False, trust_env=False
    ) as client:
        yield Served(client)
