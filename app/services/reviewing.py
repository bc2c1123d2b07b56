"""The desk for visits, of the open app: reading the queue, saying and answering, and what is asked afterwards.

The rules stand in reviews, review_queue, review_words and followups. What is half typed is a draft like that of a form:
sealed on this device at every key, and gone with the act that sends it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date

from app.services import followups, review_queue, review_words, reviews
from app.services.followups import FollowUp
from app.services.live import Live
from app.services.models import QueueFilter, ReviewState, Visit
from app.services.records import team_of
from app.services.review_queue import Look, Sign
from app.services.review_words import Said
from app.services.reviews import Undo
from app.services.session import Session
from sync.core.errors import DiskFull

REPLY, ANSWER, WORD = "reply", "answer", "word"  # what a half-typed text is: said, answered, or how a follow-up went
_KEYS = "desk keys"


class _Typed:
    """Half-typed texts, each about one record."""

    def __init__(self, live: Live) -> None:
        self._live = live

    @property
    def _session(self) -> Session:
        return self._live.require_session()

    def typed(self, what: str, about: bytes) -> str:
        """What was half typed, "" for nothing."""
        kept = self._live.drafts.get(f"{what} {about.hex()}") if self._live.drafts else None
        text = (kept or {}).get("text")
        return text if isinstance(text, str) else ""

    async def type(self, what: str, about: bytes, text: str) -> None:
        """Keep it as it is now. Raises DiskFull."""
        if self._live.drafts and (text or self.typed(what, about)):
            await self._live.drafts.put(f"{what} {about.hex()}", {"text": text} if text else None)

    async def _spend(self, what: str, about: bytes) -> dict[str, bytes]:
        return await self._live.spend(f"{what} {about.hex()}")

    async def _spent(self, what: str, about: bytes) -> None:
        with suppress(DiskFull):  # it is said: to tell otherwise would make someone say it twice
            await self.type(what, about, "")
        self._live.tell()


class Reviews(_Typed):
    """Words on visits. Hung on App as `reviews`."""

    def __init__(self, live: Live) -> None:
        super().__init__(live)
        self.look = Look()  # what of the queue was on show last
        self._queue = review_queue.Queue()

    # -- the queue ---------------------------------------------------------------------------------------

    def queue(self, look: Look, today: date) -> Sequence[Visit]:
        """See review_queue.Queue."""
        return self._queue.queue(self._session, look, today)

    def counts(self, look: Look, today: date) -> dict[QueueFilter, int]:
        """How many stand where; those with none are left out."""
        return self._queue.counts(self._session, look, today)

    def signs(self, shown: Iterable[bytes]) -> dict[bytes, Sign]:
        """What to tell of these visits at a glance."""
        return review_queue.signs(self._session, shown)

    def unread(self) -> int:
        """How many answers, and words on what was done, are not read yet on this device."""
        return review_queue.unread(self._session)

    def mark_read(self, visit: bytes) -> None:
        """What came back on this visit has been read."""
        if review_queue.mark_read(self._session, visit):
            self._live.tell()

    def contacts(self) -> list[tuple[bytes, str]]:
        """Who noted visits, by name."""
        return review_queue.contacts(self._session)

    def areas(self) -> list[tuple[str, frozenset[str]]]:
        """Areas by code, and their streets."""
        return review_queue.areas(self._session)

    def wishes(self) -> list[str]:
        """Codes of wishes that were heard."""
        return review_queue.wishes(self._session)

    # -- one visit ---------------------------------------------------------------------------------------

    def thread(self, visit: bytes) -> list[Said]:
        """All that was said about a visit, in order."""
        return review_words.thread(self._session, visit)

    def standing(self, visit: bytes) -> list[Said]:
        """The words that stand on it: more than one is to be chosen between."""
        return review_words.standing(self._session, visit)

    def history(self, visit: bytes) -> list[Visit]:
        """Other visits to the same household, newest first."""
        return review_words.history(self._session, visit)

    def holders(self, visit: bytes) -> list[tuple[bytes, str]]:
        """The coordinators who took it: (id, name)."""
        return [(m, reviews.name_of(self._session, m) or "?") for m in reviews.holders(self._session, visit)]

    async def say(self, visit: bytes, state: ReviewState, reply: str, today: date) -> Undo:
        """Say a word. Raises BadInput("reply", why), NotFound, Forbidden, DiskFull."""
        spent = await self._spend(REPLY, visit)
        undo = await reviews.write(self._session, visit, state, reply, today, (), spent)
        review_queue.mark_read(self._session, visit)
        await self._spent(REPLY, visit)
        return undo

    async def seen_all(self, chosen: Sequence[bytes], today: date) -> list[Undo]:
        """Mark many as seen without a word. See reviews.seen_all."""
        undos = await reviews.seen_all(self._session, chosen, today)
        self._live.tell()
        return undos

    async def take_back(self, undos: Sequence[Undo], today: date) -> None:
        """Undo what was just said."""
        await reviews.take_back(self._session, undos, today)
        self._live.tell()

    async def choose(self, visit: bytes, word: bytes, today: date) -> None:
        """Of several words this one stays. Raises NotFound, DiskFull."""
        await reviews.choose(self._session, visit, word, today)
        self._live.tell()

    async def take(self, visit: bytes, today: date) -> None:
        """I take this visit. Raises NotFound, DiskFull."""
        await reviews.take(self._session, visit, today)
        self._live.tell()

    async def let_go(self, visit: bytes, today: date) -> None:
        """I leave it to others. Raises NotFound, DiskFull."""
        await reviews.let_go(self._session, visit, today)
        self._live.tell()

    # -- the visit's author ------------------------------------------------------------------------------

    def asked_of_me(self) -> list[Visit]:
        """My visits about which something is asked."""
        return review_words.asked_of_me(self._session)

    def asks(self, visit: bytes) -> bool:
        """Whether a coordinator waits for an answer about it."""
        return review_words.asks(self._session, visit)

    def adapted(self, visit: bytes) -> date | None:
        """When a visit that was sent back was changed; None: not since."""
        return review_words.adapted(self._session, visit)

    async def answer(self, visit: bytes, text: str, today: date) -> None:
        """Answer a question about one of my visits. Raises BadInput("answer", why), NotFound, DiskFull."""
        spent = await self._spend(ANSWER, visit)
        await reviews.answer(self._session, visit, text, today, spent)
        await self._spent(ANSWER, visit)

    # -- the keyboard ------------------------------------------------------------------------------------

    @property
    def keys_on(self) -> bool:
        """Whether single letters do something in the queue, on this device."""
        return self._session.log.get(_KEYS) != b"off"

    def set_keys(self, on: bool) -> None:
        """Letters do something, or nothing. Raises DiskFull."""
        self._session.log.put({_KEYS: b"on" if on else b"off"})


class FollowUps(_Typed):
    """What is asked of somebody after a visit. Hung on App as `followups`."""

    def mine(self) -> list[FollowUp]:
        """What is asked of me and not done, the nearest day first."""
        return followups.mine(self._session)

    def of_team(self, open_: bool = True) -> list[FollowUp]:
        """Coordinator: everything asked, open or done."""
        return followups.of_team(self._session, open_)

    def of_visit(self, visit: bytes) -> list[FollowUp]:
        """What was asked after one visit."""
        return followups.of_visit(self._session, visit)

    def one(self, followup: bytes) -> FollowUp:
        """One of them. Raises NotFound."""
        return followups.one(self._session, followup)

    def candidates(self, visit: bytes) -> list[tuple[bytes, str]]:
        """Of whom something can be asked after this visit: (id, name). Of one that is not shared only its author."""
        session = self._session
        record = session.replica.records.get(visit)
        found = followups.candidates(session, team_of(session, record))
        if record is not None and not record.value("detail.address"):
            return [m for m in found if m[0] == record.creator]
        return found

    async def ask(self, visit: bytes, member: bytes, what: str, due: date | None, reply: str, today: date) -> Undo:
        """Ask somebody to do something. See followups.ask."""
        spent = await self._spend(REPLY, visit)
        undo = await followups.ask(self._session, visit, member, what, due, reply, today, spent)
        await self._spent(REPLY, visit)
        return undo

    async def done(self, followup: bytes, word: str, today: date) -> None:
        """It is done. Raises BadInput("word", why), NotFound, DiskFull."""
        await followups.done(self._session, followup, word, today)
        await self._spent(WORD, followup)

    async def undone(self, followup: bytes, today: date) -> None:
        """It is to be done after all. Raises NotFound, DiskFull."""
        await followups.done(self._session, followup, "", today, undone=True)
        self._live.tell()

    async def move(self, followup: bytes, due: date | None, today: date) -> None:
        """Coordinator: another day. Raises BadInput("due", why), NotFound, DiskFull."""
        await followups.move(self._session, followup, due, today)
        self._live.tell()

    async def hand_over(self, followup: bytes, member: bytes, today: date) -> bytes:
        """Coordinator: somebody else does it. Raises BadInput("member", why), NotFound, DiskFull."""
        fresh = await followups.hand_over(self._session, followup, member, today)
        self._live.tell()
        return fresh

    async def set_removed(self, followup: bytes, removed: bool, today: date) -> None:
        """Coordinator: not needed any more, or after all. Raises NotFound, DiskFull."""
        await followups.set_removed(self._session, followup, removed, today)
        self._live.tell()
