"""The whole way, once, on CPython: every layer but the browser."""

import asyncio
from datetime import date
from pathlib import Path

from app.services.models import Gift, Outcome, QueueFilter, ReviewState, Role, Stage, VisitForm, Wish
from tests.support.native_app import TestClock, device, joined, server, synced

FORM = VisitForm(
    shared=True,
    address="Tulpstraat 12",
    day=date(2026, 11, 18),
    gift=Gift.PLANT,
    outcome=Outcome.MET,
    wishes=frozenset({Wish.COFFEE}),
    note="Heel hartelijk ontvangen.",
)


def test_a_visit_noted_offline_is_reviewed_and_the_word_comes_back(tmp_path: Path) -> None:
    """Invited, enrolled, noted, killed, unlocked, synced, reviewed, and the thanks is read."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            joke = await joined(tmp_path / "joke", asgi, clock, link, "Joke", "een lange zin")
            invite = await joke.invite("Fatma", Role.CONTACT)
            fatma = await joined(tmp_path / "fatma", asgi, clock, invite.url, "Fatma", "274915")
            assert (fatma.stage, fatma.role, fatma.my_name) == (Stage.OPEN, Role.CONTACT, "Fatma")
            visit = await fatma.save_visit(FORM)
            assert not fatma.visit(visit).synced

            again = device(tmp_path / "fatma", asgi, clock)  # the phone died and starts again
            await again.start()
            assert again.stage is Stage.LOCKED
            await again.unlock("274915")
            assert again.visit(visit).form == FORM
            await synced(again, joke)
            assert again.sync_status().unsent == 0
            [seen] = joke.queue(QueueFilter.OPEN)
            assert (seen.form, seen.by) == (FORM, "Fatma")
            await joke.review(visit, ReviewState.SEEN, "Wat fijn, dank je wel!")
            await synced(joke, again)
            [mine] = again.visits()
            assert mine.review is not None
            assert (mine.review.reply, mine.review.by, mine.unread_review) == (
                "Wat fijn, dank je wel!",
                "Joke",
                True,
            )

    asyncio.run(story())


def test_detail_that_was_not_shared_never_reaches_the_coordinator(tmp_path: Path) -> None:
    """Without consent the coordinator counts the visit and reads nothing of it."""

    async def story() -> None:
        clock = TestClock()
        async with server(tmp_path / "server", clock) as (asgi, link):
            joke = await joined(tmp_path / "joke", asgi, clock, link, "Joke", "een lange zin")
            invite = await joke.invite("Fatma", Role.CONTACT)
            fatma = await joined(tmp_path / "fatma", asgi, clock, invite.url, "Fatma", "274915")
            await fatma.save_visit(VisitForm(**{**{n: getattr(FORM, n) for n in FORM.__slots__}, "shared": False}))
            await synced(fatma, joke)
            [seen] = joke.queue(QueueFilter.OPEN)
            assert (seen.detail, seen.form.address, seen.form.note) == (False, "", "")
            assert seen.form.outcome is Outcome.MET

    asyncio.run(story())
