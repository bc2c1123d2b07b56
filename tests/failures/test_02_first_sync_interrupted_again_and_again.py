"""2. The first sync is slow, is interrupted, and never ends.

Reported: medic/cht-core #6332 and #10406 (a first replication of thousands of documents that starts over, or never gets
through), #7419 (stopped and resumed, the phone behaves as if all of it were there).

Promised instead: each page that came in is on disk with its cursor, and is never fetched again. On a line on which no
page of the usual size gets through the pages get smaller, so it ends as long as anything gets through. The app is open
and can be written in all the time, and says that more is coming.
"""

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.commands.native_device import NativeStorage, QuietPage
from app.platform.native import FileDeviceKey, SystemClock, SystemRandom
from app.platform.native_crypto import NativePrimitives
from app.platform.native_transport import HttpTransport
from app.services.app import App
from app.services.models import QueueFilter, Stage, VisitForm
from app.services.session import World
from sync.core.errors import Unreachable
from sync.core.ports import Reply
from sync.server.app import make_app
from sync.server.store_sqlite import SqliteStore
from tests.support.faulty_transport import FaultyTransport
from tests.support.large_team import LargeTeam
from tests.support.native_app import ORIGIN
from tests.support.settled_team import FORM, hushed, session_of

PHRASE = "een lange zin"


@dataclass
class Weak(FaultyTransport):
    """A line that breaks off within so many bytes of an answer, anew each time; a question of any size gets through."""

    most: int = 1 << 30
    luck: random.Random = field(default_factory=lambda: random.Random(2))
    pages: list[int] = field(default_factory=list)  # bytes of each page that came through
    wasted: int = 0  # bytes that came in of pages that broke off

    def __init__(self, inner: HttpTransport) -> None:
        super().__init__(inner)
        self.most, self.luck, self.pages, self.wasted = 1 << 30, random.Random(2), [], 0

    async def send(self, method: str, path: str, body: bytes = b"", token: str = "") -> Reply:
        reply = await super().send(method, path, body, token)
        if path.startswith("/v1/pull"):
            through = self.luck.randrange(self.most)
            if through < len(reply.body):
                self.wasted += through
                raise Unreachable("broke off")
            self.pages.append(len(reply.body))
        return reply


async def _interrupted(folder: Path, visits: int, most: int, dies_every: int) -> None:
    """A coordinator's new laptop on a line like that, which dies every so many rounds."""
    made = await LargeTeam.make(folder, contacts=4)
    await made.add_visits(visits)
    link = await made.laptop_link(ORIGIN)
    await made.let_go()
    asgi = make_app(SqliteStore(folder / "store.db"), NativePrimitives(), SystemClock(), None)
    async with asgi.router.lifespan_context(asgi):
        asgi.state.service  # noqa: B018
        net = Weak(HttpTransport(ORIGIN, asgi))

        def laptop() -> App:
            place = folder / "laptop"
            place.mkdir(exist_ok=True)
            key = FileDeviceKey(place / "device.key")
            world = World(NativePrimitives(), key, SystemRandom(), SystemClock(), net)
            return App(world, NativeStorage(place), QuietPage(ORIGIN))

        app = laptop()
        await app.start(link)
        await app.accept("", PHRASE)
        await hushed(app)
        net.most, net.pages = most, []
        rounds, held, own = 0, 0, 0
        while True:
            rounds += 1
            assert rounds < 3_000, "it never ends"
            try:
                await app.sync_once()
                if session_of(app).syncer._pulling.whole:
                    break
            except Unreachable:
                pass
            now = sum(session_of(app).log.count().values())
            assert now >= held, "it started over"
            held = now
            if rounds == 5:  # open and of use meanwhile
                await app.save_visit(FORM)
                own = 1
            if rounds % dies_every == 0:
                app.live.require_log().close()
                app = laptop()
                await app.start()
                await app.unlock(PHRASE)
                await hushed(app)
                assert app.stage is Stage.OPEN
        assert len(app.queue(QueueFilter.ALL)) == visits + own
        assert own == 1
        there = sum(len(e.data) for e in _log(app))
        assert sum(net.pages) < 1.3 * there + 200 * len(net.pages), "nothing that came in is fetched twice"
        assert session_of(app).replica.withheld == set()
        app.live.require_log().close()
        await net.close()


def _log(app: App) -> list:
    entries, position = [], 0
    while some := session_of(app).log.read(position):
        entries += some
        position = some[-1].position
    return entries


def test_a_line_that_always_breaks_off_before_a_page_is_through_still_brings_everything(tmp_path: Path) -> None:
    """300 visits (800 KB in pages of 650 KB), never more than 100 KB at a time, dead every seventh round."""
    asyncio.run(_interrupted(tmp_path, 300, 100_000, 7))


@pytest.mark.soak
@pytest.mark.parametrize("most", [50_000, 200_000, 1_000_000])
def test_ten_thousand_notes_come_in_on_such_a_line(tmp_path: Path, most: int) -> None:
    """The same with 10,000 visits."""
    asyncio.run(_interrupted(tmp_path, 10_000, most, 50))


def test_large_photos_get_out_on_a_line_that_breaks_off_a_large_batch(tmp_path: Path, settled: Path) -> None:
    """Nothing of more than 64 KB gets out: a batch of much that is small is cut until it does."""
    from tests.support.settled_team import team

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke, net = await t.fatma(), await t.joke(), t.nets["fatma"]
            reach = net._reach

            async def narrow(method: str, path: str, body: bytes, token: str) -> Reply:
                if len(body) > 64 << 10:
                    raise Unreachable("broke off")
                return await reach(method, path, body, token)

            for number in range(40):
                await fatma.save_visit(VisitForm(**{**_of(FORM), "note": f"{number} " + "x" * 2_000}))
            net._reach = narrow  # type: ignore[method-assign]
            for _ in range(4):
                try:
                    await fatma.sync_once()
                    break
                except Unreachable:
                    pass
            assert fatma.sync_status().unsent == 0
            await joke.sync_once()
            assert len(joke.queue(QueueFilter.ALL)) == 40

    asyncio.run(story())


def _of(form: VisitForm) -> dict[str, object]:
    return {name: getattr(form, name) for name in VisitForm.__slots__}
