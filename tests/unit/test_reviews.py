"""The desk for visits: words that no other word can undo unseen, questions that stay with the visit, what is asked after."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import retention, review_words, reviews
from app.services.app import App
from app.services.followups import When, when
from app.services.models import Outcome, QueueFilter, ReviewState, Role
from app.services.review_queue import WAITING, Look, Taken
from sync.core.errors import BadInput, Forbidden, NotFound
from tests.support.native_app import synced
from tests.support.settled_team import DAY, FORM, JOKE, Team, hushed, session_of, team

TODAY = date(2026, 11, 18)
WEEK = TODAY + timedelta(days=7)
Q = QueueFilter


@dataclass(slots=True)
class Desk:
    """Two coordinators and a contact person, in step."""

    team: Team
    joke: App
    anneke: App
    fatma: App

    async def settle(self) -> None:
        """Everybody hears everything."""
        for _turn in range(2):
            await synced(self.fatma, self.joke, self.anneke)
        await synced(self.fatma)
        for app in (self.joke, self.anneke):
            counts = app.reviews.counts(Look(), TODAY)
            assert app.desk.to_review() == sum(counts.get(which, 0) for which in WAITING)

    def stands(self, app: App, visit: bytes) -> QueueFilter:
        """Where a visit stands, as this device sees it."""
        return app.reviews.signs([visit])[visit].stands


@pytest.fixture(scope="module")
def two(settled: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settled team with a second, confirmed coordinator; copied by each test."""
    folder = tmp_path_factory.mktemp("two")

    async def make() -> None:
        async with team(settled, folder) as t:
            joke = await t.joke()
            anneke = t.device("anneke")
            await anneke.start((await joke.invite("Anneke", Role.COORDINATOR)).url)
            await anneke.accept("Anneke", JOKE)
            await hushed(anneke)
            await synced(joke)
            [new] = [d for p in joke.trust.people() for d in p.devices if not d.confirmed]
            await joke.trust.confirm(new.id)
            await synced(joke, anneke, joke, anneke)

    asyncio.run(make())
    return folder


@asynccontextmanager
async def _desk(folder: Path, to: Path) -> AsyncIterator[Desk]:
    async with team(folder, to) as t:
        yield Desk(t, await t.joke(), await t.unlocked("anneke", JOKE), await t.fatma())


Tell = Callable[[Callable[[Desk], Awaitable[None]]], None]


@pytest.fixture
def desk(two: Path, tmp_path: Path) -> Tell:
    """Run a story with them."""

    def run(story: Callable[[Desk], Awaitable[None]]) -> None:
        async def whole() -> None:
            async with _desk(two, tmp_path / "team") as d:
                await story(d)

        asyncio.run(whole())

    return run


async def noted(d: Desk, **facts: object) -> bytes:
    """A visit of Fatma's that everybody has."""
    visit = await d.fatma.save_visit(replace(FORM, **facts))  # type: ignore[arg-type]
    await d.settle()
    return visit


# -- words -----------------------------------------------------------------------------------------------


def test_two_words_said_offline_at_once_both_stand_until_one_is_chosen(desk: Tell) -> None:
    """Everybody reads both, the author too; the one chosen away can still be read, and the order of coming decides
    nothing.
    """

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.SEEN, "Mooi gedaan")
        await d.anneke.review(visit, ReviewState.QUESTION, "Was er iemand thuis?")
        await d.settle()
        for app in (d.joke, d.anneke, d.fatma):
            assert {s.text for s in app.reviews.standing(visit)} == {"Mooi gedaan", "Was er iemand thuis?"}
        assert d.stands(d.joke, visit) is d.stands(d.anneke, visit) is Q.BOTH
        [first] = [s for s in d.anneke.reviews.standing(visit) if s.text == "Mooi gedaan"]
        assert first.by == "Joke"
        await d.anneke.reviews.choose(visit, first.id, TODAY)
        await d.settle()
        for app in (d.joke, d.anneke, d.fatma):
            assert [(s.text, s.by) for s in app.reviews.standing(visit)] == [("Mooi gedaan", "Joke")]
            assert "Was er iemand thuis?" in {s.text for s in app.reviews.thread(visit)}
        assert d.stands(d.joke, visit) is Q.DONE

    desk(story)


def test_two_who_change_the_same_word_at_once_are_both_read(desk: Tell) -> None:
    """Also where both wrote over one that was there already."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.SEEN, "")
        await d.settle()
        await d.joke.review(visit, ReviewState.SEEN, "Dank van Joke")
        await d.anneke.review(visit, ReviewState.RETURNED, "De dag klopt niet")
        await d.settle()
        assert d.stands(d.anneke, visit) is Q.BOTH
        assert {(s.state, s.text, s.by) for s in d.fatma.reviews.standing(visit)} == {
            (ReviewState.SEEN, "Dank van Joke", "Joke"),
            (ReviewState.RETURNED, "De dag klopt niet", "Anneke"),
        }
        [hers] = [s for s in d.joke.reviews.standing(visit) if s.by == "Anneke"]
        await d.joke.reviews.choose(visit, hers.id, TODAY)
        await d.settle()
        assert d.stands(d.anneke, visit) is Q.RETURNED
        assert [s.text for s in d.fatma.reviews.standing(visit)] == ["De dag klopt niet"]

    desk(story)


def test_a_word_said_over_two_replaces_both_and_an_answer_to_one_of_them_is_kept(desk: Tell) -> None:
    """Saying something new is choosing as well; what was answered meanwhile can still be read."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.QUESTION, "Hoe laat?")
        await d.anneke.review(visit, ReviewState.RETURNED, "De dag klopt niet")
        await d.settle()
        await d.fatma.reviews.answer(visit, "Om tien uur", TODAY)
        await d.joke.review(visit, ReviewState.SEEN, "Dank")
        await d.settle()
        for app in (d.joke, d.anneke, d.fatma):
            assert [s.text for s in app.reviews.standing(visit)] == ["Dank"]
            assert {s.text for s in app.reviews.thread(visit)} == {
                "Hoe laat?",
                "De dag klopt niet",
                "Om tien uur",
                "Dank",
            }

    desk(story)


def test_two_who_say_the_same_at_once_have_nothing_to_choose(desk: Tell) -> None:
    """Two coordinators who both have seen it agree."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        for app in (d.joke, d.anneke):
            await app.review(visit, ReviewState.SEEN, "")
        await d.settle()
        assert d.stands(d.joke, visit) is d.stands(d.anneke, visit) is Q.DONE
        assert len(d.fatma.reviews.standing(visit)) == 1

    desk(story)


def test_a_later_word_bears_the_name_of_whoever_said_it(desk: Tell) -> None:
    """Not of the coordinator who said the first one."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.QUESTION, "Hoe was het?")
        await d.settle()
        await d.anneke.review(visit, ReviewState.SEEN, "Dank je wel")
        await d.settle()
        [seen] = d.fatma.visits()
        assert seen.review is not None
        assert (seen.review.by, seen.review.reply) == ("Anneke", "Dank je wel")

    desk(story)


def test_a_word_just_said_can_be_taken_back(desk: Tell) -> None:
    """What stood before stands again, or nothing."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        undo = await d.joke.reviews.say(visit, ReviewState.QUESTION, "Eerste vraag", TODAY)
        again = await d.joke.reviews.say(visit, ReviewState.SEEN, "", TODAY)
        await d.joke.reviews.take_back([again], TODAY)
        assert [s.text for s in d.joke.reviews.standing(visit)] == ["Eerste vraag"]
        assert d.stands(d.joke, visit) is Q.QUESTION
        await d.joke.reviews.take_back([undo], TODAY)
        await d.settle()
        assert d.stands(d.joke, visit) is d.stands(d.anneke, visit) is Q.OPEN
        assert d.fatma.visits()[0].review is None

    desk(story)


def test_a_word_that_can_not_be_said_is_refused_and_nothing_is_written(desk: Tell) -> None:
    """Too long, a question or a return without words, about nothing, or by who does not coordinate."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        for state, words, why in (
            (ReviewState.SEEN, "x" * (reviews.MAX_REPLY + 1), "too_long"),
            (ReviewState.QUESTION, "  ", "missing"),
            (ReviewState.RETURNED, "", "why"),
        ):
            with pytest.raises(BadInput) as error:
                await d.joke.review(visit, state, words)
            assert (error.value.field, error.value.why) == ("reply", why)
        with pytest.raises(NotFound):
            await d.joke.review(bytes(16), ReviewState.SEEN, "")
        with pytest.raises(Forbidden):
            await d.fatma.review(visit, ReviewState.SEEN, "")
        assert d.stands(d.joke, visit) is Q.OPEN

    desk(story)


# -- questions and answers -------------------------------------------------------------------------------


def test_a_question_is_asked_answered_offline_and_read_and_all_of_it_stays(desk: Tell) -> None:
    """It stands on the author's first screen until it is answered; the answer is unread until a coordinator opens it."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.QUESTION, "Welke verdieping?")
        await d.settle()
        assert [v.id for v in d.fatma.reviews.asked_of_me()] == [visit]
        await d.fatma.reviews.answer(visit, "De tweede", TODAY)  # no connection needed
        assert d.fatma.reviews.asked_of_me() == []
        assert not d.fatma.visit(visit).synced, "the answer is on this device only"
        await d.settle()
        assert d.fatma.visit(visit).synced
        for app in (d.joke, d.anneke):
            assert (d.stands(app, visit), app.reviews.unread()) == (Q.ANSWERED, 1)
            app.reviews.mark_read(visit)
            assert app.reviews.unread() == 0
        await d.anneke.review(visit, ReviewState.SEEN, "Dank")
        await d.settle()
        told = [(s.text, s.by) for s in d.fatma.reviews.thread(visit)]
        assert told == [("Welke verdieping?", "Joke"), ("De tweede", "Fatma"), ("Dank", "Anneke")]
        assert d.stands(d.joke, visit) is Q.DONE

    desk(story)


def test_whatever_waits_for_a_coordinator_counts_at_the_desk_until_a_word_is_said(desk: Tell) -> None:
    """Not what is new alone: an answer, a change, words to choose between and what was done wait as well."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        assert d.joke.desk.to_review() == 1
        await d.joke.review(visit, ReviewState.RETURNED, "Welk nummer?")
        await d.settle()
        assert d.joke.desk.to_review() == 0, "it waits for its author"
        await d.fatma.save_visit(replace(FORM, address="Tulpstraat 14"), visit)
        await d.settle()
        assert (d.stands(d.joke, visit), d.joke.desk.to_review()) == (Q.CHANGED, 1)
        undo = await d.joke.reviews.say(visit, ReviewState.QUESTION, "Hoe laat?", TODAY)
        await d.settle()
        await d.fatma.reviews.answer(visit, "Om drie", TODAY)
        await d.settle()
        assert (d.stands(d.joke, visit), d.joke.desk.to_review()) == (Q.ANSWERED, 1)
        await d.joke.reviews.take_back([undo], TODAY)
        await d.joke.review(visit, ReviewState.SEEN, "Dank")
        await d.anneke.review(visit, ReviewState.QUESTION, "Wie was erbij?")
        await d.settle()
        assert (d.stands(d.anneke, visit), d.anneke.desk.to_review()) == (Q.BOTH, 1)
        undo = await d.anneke.reviews.say(visit, ReviewState.SEEN, "Dank", TODAY)
        await d.settle()
        assert (d.stands(d.joke, visit), d.joke.desk.to_review()) == (Q.DONE, 0)
        fresh = await noted(d, address="Tulpstraat 20")
        undo = await d.joke.reviews.say(fresh, ReviewState.SEEN, "", TODAY)
        assert d.joke.desk.to_review() == 0
        await d.joke.reviews.take_back([undo], TODAY)
        await d.settle()
        assert (d.stands(d.joke, fresh), d.joke.desk.to_review()) == (Q.OPEN, 1), "a word taken back is no word"

    desk(story)


def test_an_answer_to_a_question_that_was_changed_meanwhile_leaves_the_new_one_open(desk: Tell) -> None:
    """The old answer is read all the same."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.QUESTION, "Wanneer?")
        await d.settle()
        await d.fatma.reviews.answer(visit, "Dinsdag", TODAY)
        await d.joke.review(visit, ReviewState.QUESTION, "Wanneer, en met wie?")
        await d.settle()
        assert d.stands(d.joke, visit) is Q.QUESTION
        assert [v.id for v in d.fatma.reviews.asked_of_me()] == [visit]
        assert "Dinsdag" in {s.text for s in d.joke.reviews.thread(visit)}

    desk(story)


def test_an_answer_counts_also_when_another_coordinator_let_its_question_stand(desk: Tell) -> None:
    """Whoever chooses between two words says the chosen one anew; its answer goes with it."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.review(visit, ReviewState.SEEN, "")
        await d.settle()
        await d.joke.review(visit, ReviewState.QUESTION, "Hoe laat?")
        await d.anneke.review(visit, ReviewState.SEEN, "Fijn")
        await d.settle()
        await d.fatma.reviews.answer(visit, "Om tien uur", TODAY)
        await d.settle()
        [asked] = [s for s in d.anneke.reviews.standing(visit) if s.state is ReviewState.QUESTION]
        await d.anneke.reviews.choose(visit, asked.id, TODAY)
        await d.settle()
        assert d.stands(d.joke, visit) is d.stands(d.anneke, visit) is Q.ANSWERED

    desk(story)


def test_answers_that_can_not_be_given_are_refused(desk: Tell) -> None:
    """Empty, too long, to nothing, or on another's visit."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        with pytest.raises(NotFound):
            await d.fatma.reviews.answer(visit, "Ja", TODAY)
        await d.joke.review(visit, ReviewState.QUESTION, "Hoe?")
        await d.settle()
        for words, why in (("", "missing"), ("x" * 2_001, "too_long")):
            with pytest.raises(BadInput) as error:
                await d.fatma.reviews.answer(visit, words, TODAY)
            assert (error.value.field, error.value.why) == ("answer", why)
        with pytest.raises(Forbidden):
            await d.joke.reviews.answer(visit, "Ja", TODAY)

    desk(story)


@pytest.mark.parametrize("shared", [True, False])
def test_what_is_sent_back_comes_back_once_its_author_has_changed_it(shared: bool, desk: Tell) -> None:
    """Also a visit of which the coordinator has the count only: both sides agree whether it was changed."""

    async def story(d: Desk) -> None:
        visit = await noted(d, shared=shared)
        await d.joke.review(visit, ReviewState.RETURNED, "Is de dag goed?")
        await d.settle()
        assert d.stands(d.anneke, visit) is Q.RETURNED
        [back] = d.fatma.reviews.asked_of_me()
        await d.fatma.save_visit(replace(back.form, day=TODAY - timedelta(days=1)), visit)
        assert d.fatma.reviews.asked_of_me() == []
        await d.settle()
        assert d.stands(d.joke, visit) is d.stands(d.anneke, visit) is Q.CHANGED
        await d.anneke.review(visit, ReviewState.SEEN, "")
        await d.settle()
        assert d.stands(d.joke, visit) is Q.DONE

    desk(story)


# -- who is at it ----------------------------------------------------------------------------------------


def test_two_who_take_the_same_visit_at_once_are_both_shown_until_one_lets_go(desk: Tell) -> None:
    """And whoever knows that another is at it can take it over. Nothing of it reaches the contact person."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        for app in (d.joke, d.anneke):
            await app.reviews.take(visit, TODAY)
        await d.settle()
        for app in (d.joke, d.anneke):
            assert [name for _m, name in app.reviews.holders(visit)].__len__() == 2
        await d.joke.reviews.let_go(visit, TODAY)
        await d.settle()
        for app in (d.joke, d.anneke):
            assert [name for _m, name in app.reviews.holders(visit)] == ["Anneke"]
        await d.joke.reviews.take(visit, TODAY)
        await d.settle()
        assert [name for _m, name in d.anneke.reviews.holders(visit)] == ["Joke"]
        assert d.fatma.reviews.holders(visit) == []
        mine, free = Look(taken=Taken.ME), Look(taken=Taken.NOBODY)
        assert [len(app.reviews.queue(look, TODAY)) for app in (d.joke, d.anneke) for look in (mine, free)] == [
            1,
            0,
            0,
            0,
        ]

    desk(story)


def test_many_are_seen_at_once_but_none_that_another_took_or_spoke_on_and_all_can_be_undone(desk: Tell) -> None:
    """In one transaction."""

    async def story(d: Desk) -> None:
        some = [await noted(d, address=f"Tulpstraat {n}") for n in (1, 2, 3, 4)]
        await d.anneke.reviews.take(some[0], TODAY)
        await d.anneke.review(some[1], ReviewState.QUESTION, "Hoe?")
        await d.settle()
        undos = await d.joke.reviews.seen_all(some, TODAY)
        assert {u.visit for u in undos} == set(some[2:])
        await d.settle()
        assert [d.stands(d.anneke, v) for v in some] == [Q.OPEN, Q.QUESTION, Q.DONE, Q.DONE]
        await d.joke.reviews.take_back(undos, TODAY)
        await d.settle()
        assert [d.stands(d.anneke, v) for v in some] == [Q.OPEN, Q.QUESTION, Q.OPEN, Q.OPEN]

    desk(story)


# -- follow-ups ------------------------------------------------------------------------------------------


def test_a_follow_up_is_asked_done_with_a_word_offline_and_read_by_the_coordinators(desk: Tell) -> None:
    """It reaches whom it is asked of, with the address and what to do."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        me = session_of(d.fatma).member
        await d.joke.followups.ask(visit, me, "Breng de folder", WEEK, "Fijn bezoek", TODAY)
        await d.settle()
        [mine] = d.fatma.followups.mine()
        assert (mine.what, mine.address, mine.due, mine.by) == ("Breng de folder", "Tulpstraat 12", WEEK, "Joke")
        assert d.stands(d.anneke, visit) is Q.FOLLOWUP
        await d.fatma.followups.done(mine.id, "Ze was er blij mee", TODAY)
        assert d.fatma.followups.mine() == []
        await d.settle()
        assert (d.stands(d.anneke, visit), d.anneke.reviews.unread()) == (Q.FOLLOWED, 1)
        [done] = d.joke.followups.of_team(open_=False)
        assert (done.word, done.done) == ("Ze was er blij mee", TODAY)
        await d.fatma.followups.undone(mine.id, TODAY)
        await d.settle()
        assert d.stands(d.joke, visit) is Q.FOLLOWUP

    desk(story)


def test_a_follow_up_counts_at_the_desk_from_the_day_after_its_day_until_it_is_done(desk: Tell) -> None:
    """On the day itself there is still time."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        today = d.joke.today()
        await d.joke.followups.ask(visit, session_of(d.fatma).member, "Bel aan", today, "", today)
        assert d.joke.desk.overdue() == 0
        d.team.clock.now += DAY
        assert d.joke.desk.overdue() == 1
        [errand] = d.joke.followups.of_team()
        await d.joke.followups.done(errand.id, "Gedaan", d.joke.today())
        assert (d.joke.desk.overdue(), d.joke.desk.to_review()) == (0, 1)

    desk(story)


def test_follow_ups_that_nobody_could_do_are_refused_and_the_visit_stays_where_it_was(desk: Tell) -> None:
    """No words, a day gone by or far off, nobody, somebody who left, an address where nobody rings, one not to be told."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        hidden = await noted(d, shared=False, address="Leliehof 3")
        me, joke = session_of(d.fatma).member, session_of(d.joke).member
        for who, what, due, field, why in (
            (me, " ", WEEK, "what", "missing"),
            (me, "x" * 501, WEEK, "what", "too_long"),
            (me, "Ga", None, "due", "missing"),
            (me, "Ga", TODAY - timedelta(days=1), "due", "past"),
            (me, "Ga", TODAY + timedelta(days=185), "due", "far"),
            (b"", "Ga", WEEK, "member", "missing"),
            (bytes(16), "Ga", WEEK, "member", "left"),
        ):
            with pytest.raises(BadInput) as error:
                await d.joke.followups.ask(visit, who, what, due, "", TODAY)
            assert (error.value.field, error.value.why) == (field, why)
        with pytest.raises(BadInput) as error:
            await d.joke.followups.ask(hidden, joke, "Ga", WEEK, "", TODAY)
        assert error.value.why == "unshared"
        await d.joke.followups.ask(hidden, me, "Ga nog eens", WEEK, "", TODAY)
        await d.fatma.marks.set("Tulpstraat 12", TODAY)
        await d.settle()
        with pytest.raises(BadInput) as error:
            await d.joke.followups.ask(visit, me, "Ga", WEEK, "", TODAY)
        assert (error.value.field, error.value.why) == ("address", "no_contact")
        assert d.stands(d.joke, visit) is Q.OPEN
        [mine] = d.fatma.followups.mine()
        assert mine.address == "Leliehof 3", "her own visit tells her which door it is"
        assert {f.address for f in d.joke.followups.of_team()} == {""}

    desk(story)


def test_a_follow_up_of_who_left_is_told_and_handed_over_and_goes_from_who_had_it(desk: Tell) -> None:
    """The coordinator sees that nobody is left to do it."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        anneke, fatma = (session_of(a).member for a in (d.anneke, d.fatma))
        await d.joke.followups.ask(visit, anneke, "Bel de woningcorporatie", WEEK, "", TODAY)
        await d.settle()
        assert len(d.anneke.followups.mine()) == 1
        await d.joke.trust.revoke_member(anneke)
        await synced(d.joke, d.fatma, d.joke)
        [asked] = d.joke.followups.of_team()
        assert not asked.there
        with pytest.raises(BadInput):
            await d.joke.followups.hand_over(asked.id, bytes(16), TODAY)
        await d.joke.followups.hand_over(asked.id, fatma, TODAY)
        await synced(d.joke, d.fatma)
        [now] = d.fatma.followups.mine()
        assert (now.what, now.due) == (asked.what, asked.due)
        assert [f.there for f in d.joke.followups.of_team()] == [True]
        with pytest.raises(NotFound):
            d.joke.followups.one(asked.id)

    desk(story)


def test_what_is_said_and_asked_of_a_visit_that_was_erased_meanwhile_goes_with_it(desk: Tell) -> None:
    """The coordinator did not know; afterwards no address and no word of it is left with anybody."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        me = session_of(d.fatma).member
        await d.fatma.change_consent(visit, noted=False, shared=False)
        await d.joke.followups.ask(visit, me, "Breng de folder", WEEK, "Bij de Tulpstraat dus", TODAY)
        await d.anneke.reviews.take(visit, TODAY)
        await d.settle()
        await d.settle()
        for app in (d.joke, d.anneke, d.fatma):
            told = [str(r.values()) for r in session_of(app).replica.records.values() if r.kind != "member"]
            assert not [x for x in told if "Tulpstraat" in x or "folder" in x]
            assert app.followups.of_team() == []
        with pytest.raises(NotFound):
            await d.joke.review(visit, ReviewState.SEEN, "")
        with pytest.raises(NotFound):
            await d.anneke.reviews.take(visit, TODAY)

    desk(story)


def test_a_follow_up_that_is_done_leaves_the_contact_persons_phone_after_ninety_days_and_one_that_is_not_stays(
    desk: Tell,
) -> None:
    """The coordinators keep it their twelve months; nothing counts as missing."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        me = session_of(d.fatma).member
        for what in ("Gedaan werk", "Nog te doen"):
            await d.joke.followups.ask(visit, me, what, WEEK, "", TODAY)
        await d.settle()
        [done] = [f for f in d.fatma.followups.mine() if f.what == "Gedaan werk"]
        await d.fatma.followups.done(done.id, "", TODAY)
        await d.settle()
        d.team.clock.now += 100 * DAY
        await synced(d.fatma, d.fatma)
        await retention.tidy(session_of(d.fatma))
        left = session_of(d.fatma).view.ask("SELECT what FROM followups WHERE what <> ''")
        assert [row["what"] for row in left] == ["Nog te doen"]
        assert {f.what for f in d.joke.followups.of_visit(visit)} == {"Gedaan werk", "Nog te doen"}
        assert session_of(d.fatma).replica.withheld == set()

    desk(story)


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(-400, 400))
def test_every_day_is_overdue_today_soon_or_later_and_in_that_order(today: date, days: int) -> None:
    """A reminder never goes back from near to far as time goes on."""
    due, order = today + timedelta(days=days), [When.LATER, When.SOON, When.TODAY, When.OVERDUE]
    nearness = [order.index(when(due, today + timedelta(days=n))) for n in range(30)]
    assert nearness == sorted(nearness)
    assert (when(due, today) is When.OVERDUE) == (due < today)


# -- the queue -------------------------------------------------------------------------------------------


def test_every_choice_of_the_queue_shows_what_it_says_and_its_counts_are_its_lists(desk: Tell) -> None:
    """By contact person, place, street of an area, outcome and wish; LIKE's own signs are letters."""

    async def story(d: Desk) -> None:
        a = await noted(d, address="Tulpstraat 1", wishes=frozenset({"coffee"}))
        b = await noted(d, address="Tulpplein 100%", wishes=frozenset(), outcome=Outcome.LATER)
        await d.joke.review(b, ReviewState.SEEN, "")
        by = session_of(d.fatma).member
        cases = {
            Look(Q.ALL): {a, b},
            Look(Q.OPEN): {a},
            Look(Q.DONE): {b},
            Look(Q.ALL, by=by): {a, b},
            Look(Q.ALL, by=session_of(d.joke).member): set(),
            Look(Q.ALL, place="tulpstr"): {a},
            Look(Q.ALL, place="0%"): {b},
            Look(Q.ALL, place="_"): set(),
            Look(Q.ALL, streets=frozenset({"Tulpstraat"})): {a},
            Look(Q.ALL, outcome=Outcome.LATER): {b},
            Look(Q.ALL, wish="*"): {a},
            Look(Q.ALL, wish="coffee"): {a},
            Look(Q.ALL, wish="coff"): set(),
        }
        for look, expected in cases.items():
            assert {v.id for v in d.joke.reviews.queue(look, TODAY)} == expected, look
            assert d.joke.reviews.counts(look, TODAY).get(look.which, 0) == len(expected), look
        assert d.joke.reviews.contacts() == [(by, "Fatma")]
        later = TODAY + timedelta(days=800)
        assert {v.id for v in d.joke.reviews.queue(Look(Q.ALL), later)} == {a, b}, "its detail is still here"

    desk(story)


# -- the history of a door -------------------------------------------------------------------------------


def test_the_history_of_a_door_ends_where_somebody_else_moved_in(desk: Tell) -> None:
    """Other spellings are the same door; what one did not share, another door, and other people's time there are not."""

    async def story(d: Desk) -> None:
        day = TODAY - timedelta(days=60)
        old = await noted(d, day=day)
        gone = await noted(d, day=day + timedelta(days=20), outcome=Outcome.MOVED)
        new = await noted(d, day=day + timedelta(days=40), address="tulpstr. 12")
        newest = await noted(d, day=day + timedelta(days=50))
        await noted(d, day=day + timedelta(days=51), shared=False)
        await noted(d, day=day + timedelta(days=52), address="Tulpstraat 112")
        assert [v.id for v in d.joke.reviews.history(newest)] == [new]
        assert [v.id for v in d.joke.reviews.history(new)] == [newest]
        assert [v.id for v in d.joke.reviews.history(old)] == [gone]

    desk(story)


@given(st.lists(st.tuples(st.integers(1, 9), st.sampled_from(["", "a", "b"])), max_size=5), st.integers(1, 9))
def test_households_follow_one_another(moves: list[tuple[int, str]], day: int) -> None:
    """A later day is never of an earlier household, and who found the door empty belongs to those who left."""
    days = [(f"2026-01-0{n}", by) for n, by in moves]
    turns = [review_words.household(days, f"2026-01-0{n}", "x") for n in range(1, 10)]
    assert turns == sorted(turns)
    assert review_words.household(days, f"2026-01-0{day}", "a") <= turns[day - 1]


# -- half-typed words ------------------------------------------------------------------------------------


def test_half_typed_words_are_there_again_after_a_restart_and_gone_once_they_are_said(desk: Tell) -> None:
    """A reply, an answer, and how a follow-up went."""

    async def story(d: Desk) -> None:
        visit = await noted(d)
        await d.joke.reviews.type("reply", visit, "Wat fijn")
        again = await d.team.unlocked("joke", JOKE)
        assert again.reviews.typed("reply", visit) == "Wat fijn"
        await again.reviews.say(visit, ReviewState.QUESTION, "Wat fijn, en toen?", TODAY)
        assert again.reviews.typed("reply", visit) == ""
        await synced(again, d.fatma)
        await d.fatma.reviews.type("answer", visit, "Nou")
        assert (await d.team.unlocked("fatma")).reviews.typed("answer", visit) == "Nou"

    desk(story)
