"""`straatcontact verify-build URL`: is the site that this address serves the build that was published?

Compares every file, packed and not, the page, the service worker and the headers with a hash list: one that was
published elsewhere, or that of a build made here from the checked-out commit. docs/operations.md, "Who checks the site".
"""

import asyncio
import hashlib
import re
import secrets
import subprocess
from collections.abc import Callable
from pathlib import Path

from app.commands.served import ENCODINGS, Answer, Served, Unfit, asking, checked_url
from app.web import ROOT, hashes
from app.web.hashes import Facts, Published
from sync.core.errors import BadInput

WHOLE_SECONDS = 900
PAGE, WORKER = "index.html", "sw.js"
_PAGES = {"the start page (/)": "/", "any other page (/hulplijnen)": "/hulplijnen"}
_STRAY_BYTES = 1 << 20
# Headers that make a browser do something else with the same bytes: go elsewhere, load more, report, or keep less.
_UNWANTED = (
    "access-control-allow-origin", "clear-site-data", "content-security-policy-report-only", "link", "nel", "refresh",
    "report-to", "reporting-endpoints", "service-worker-allowed", "set-cookie", "sourcemap", "x-sourcemap",
)  # fmt: skip
_ATTRIBUTE = re.compile(r"""(?:src|href|srcset|action|data)\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_QUOTED = re.compile(r"""["'`]((?:https?:)?/[^"'`\s]{1,200})["'`]""")
VERSION = re.compile(r"/r/([0-9a-f]{16})/")
_NO_FILES = frozenset({"", "v1/", "__list"})  # named by our own service worker, and no files
Say = Callable[[str], None]


def verify_build(url: str, list_file: Path | None, say: Say) -> bool:
    """Report line by line; True when all is as published.

    Raises BadInput for an address or list that can't be used, and what hashes.read raises.
    """
    site = checked_url(url)
    published = _list_from(list_file) if list_file else _built_here(say)
    return asyncio.run(verify(site, published, say))


def _list_from(file: Path) -> Published:
    try:
        with file.open(encoding="ascii", newline="") as opened:
            text = opened.read(hashes.MAX_LIST_CHARACTERS + 1)
    except (OSError, UnicodeError) as error:
        raise BadInput("hashes", f"{file}: {type(error).__name__}") from error
    return hashes.read(text.replace("\r\n", "\n"))


def _built_here(say: Say) -> Published:
    from app.web.build import content
    from app.web.headers import HEADERS

    git = [
        "git",
        "-C",
        str(ROOT),
        "describe",
        "--always",
        "--dirty=, with changes that are not committed",
        "--abbrev=40",
    ]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 our own words
    say(f"Compared with a build made here of commit {commit or 'unknown'}.")
    return hashes.of(*content(), HEADERS)


async def verify(site: str, published: Published, say: Say) -> bool:
    """Ask for everything, one line each; True when all is as published."""
    try:
        async with asyncio.timeout(WHOLE_SECONDS), asking(site) as served:
            return await _Check(served, published, say).whole()
    except TimeoutError:
        say(f"STOPPED: not ready after {WHOLE_SECONDS // 60} minutes. Nothing is known of the files not named above.")
        return False


class _Check:
    def __init__(self, served: Served, published: Published, say: Say) -> None:
        self._served, self._published, self._say = served, published, say
        self._wrong = self._right = 0

    async def whole(self) -> bool:
        """Everything; the page and the service worker first, as a phone does."""
        for name in sorted(self._published.files, key=lambda n: (n != PAGE, n != WORKER, n)):
            self._tell(name, await self._file(name))
        for title, path in _PAGES.items():
            facts = self._published.files.get(PAGE)
            self._tell(title, await self._as_published(path, facts, "br", "page") if facts else ["not in the list"])
        self._tell("a script that nobody published", await self._stray())
        self._sum_up()
        return not self._wrong

    def _tell(self, title: str, findings: list[str]) -> None:
        self._right += not findings
        self._wrong += bool(findings)
        self._say(f"{title}: " + ("; ".join(findings) or "as published"))

    async def _file(self, name: str) -> list[str]:
        facts = self._published.files[name]
        ways = [("file", encoding) for encoding in ENCODINGS]
        ways += [("service worker", "br")] if name == WORKER else []
        for asked_as, encoding in ways:
            if findings := await self._as_published(f"/{name}", facts, encoding, asked_as):
                return findings
        return []

    async def _as_published(self, path: str, facts: Facts, encoding: str, asked_as: str) -> list[str]:
        try:
            answer = await self._served.get(path, max(facts.size, _STRAY_BYTES), encoding, asked_as)
        except Unfit as finding:
            return [f"DIFFERENT: {finding}"]
        if answer.status != 200:
            return [f"MISSING: the server answers {answer.status}"]
        return self._bytes(answer, facts, path) + self._headers(answer)

    def _bytes(self, answer: Answer, facts: Facts, path: str) -> list[str]:
        digest = hashlib.sha256(answer.body).hexdigest()
        if digest == facts.sha256:
            return []
        found = [
            f"DIFFERENT: {len(answer.body)} bytes with SHA-256 {digest}, published {facts.size} with {facts.sha256}"
        ]
        if path.startswith("/r/"):
            return found
        text = answer.body[:_STRAY_BYTES].decode("utf-8", "replace")
        other = sorted(set(VERSION.findall(text)) - {self._published.version})
        if other:
            return [*found, f"it is of version {', '.join(other[:3])}, the list of {self._published.version}"]
        return found + [f"it asks for {name!r}, which nobody published" for name in self._unknown(text)]

    def _unknown(self, text: str) -> list[str]:
        """What a page or service worker names that is not in the list; ten at most."""
        named = dict.fromkeys(_ATTRIBUTE.findall(text) + _QUOTED.findall(text))
        known = _NO_FILES | self._published.files.keys()
        asked = [n for n in named if not n.startswith(("tel:", "#", "data:"))]
        return [n[:200] for n in asked if n.startswith("//") or n.split("?")[0].removeprefix("/") not in known][:10]

    def _headers(self, answer: Answer) -> list[str]:
        wrong = []
        for name, value in self._published.headers.items():
            got = answer.headers.get(name)
            if got != value:
                wrong.append(f"HEADER {name} is " + (f"{got[:300]!r}, published was {value!r}" if got else "missing"))
        return wrong + [f"HEADER {name} does not belong here" for name in _UNWANTED if name in answer.headers]

    async def _stray(self) -> list[str]:
        """A name that no build has: nothing may come for it, and not without the headers either."""
        path = f"/r/{self._published.version}/{secrets.token_hex(8)}.js"
        try:
            answer = await self._served.get(path, _STRAY_BYTES)
        except Unfit as finding:
            return [f"DIFFERENT: {finding}"]
        if answer.status != 404:
            return [f"DIFFERENT: the server answers {answer.status} for a file that does not exist"]
        return self._headers(answer)

    def _sum_up(self) -> None:
        if not self._wrong:
            self._say(f"All {self._right} are as published (version {self._published.version}).")
            return
        self._say(
            f"{self._wrong} of {self._wrong + self._right} are NOT as published (version {self._published.version}). "
            "Open nothing on this site and tell who runs it; docs/operations.md says what else it can be."
        )
