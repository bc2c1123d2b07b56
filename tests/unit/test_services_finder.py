"""Finding again: every kind of record, in any spelling of its street, and never what may not be read."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.activities_form import ActivityForm, ActivityKind
from app.services.app import App
from app.services.finder import Filters, excerpt, plain
from app.services.models import AreaCode, Outcome, ReviewState
from app.services.stories_form import StoryForm
from app.view.search import Index
from tests.support.native_app import synced
from tests.support.settled_team import DAY, FORM, Team, session_of

Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
TODAY = date(2026, 11, 18)
CODES = {"coffee": "koffie drinken", "bingo": "bingo", "met": "kennisgemaakt", "not_home": "niet thuis"}
STORY = StoryForm(consent=True, title="Samen soep", text="Een pan voor de hele trap.")
WILLOW = replace(FORM, address="Wilgenstraat 4", note="Blij met het plantje; zoekt een café.", wishes=frozenset())


ANY = Filters()


def _found(app: App, typed: str, filters: Filters = ANY) -> list[tuple[str, str]]:
    answer = app.finder.find(typed, filters, CODES, TODAY)
    return [(hit.kind, hit.title) for hit in answer.hits]


async def _full(app: App) -> None:
    """A bit of everything."""
    await app.save_visit(WILLOW)
    await app.save_visit(
        replace(FORM, address="Wilgenstraat 41", day=TODAY - timedelta(days=40), note="Volgende keer.")
    )
    await app.save_visit(
        replace(
            FORM, address="Van Berckelstraat 7", outcome=Outcome.NOT_HOME, shared=False, note="", wishes=frozenset()
        )
    )
    await app.activities.save(
        ActivityForm(ActivityKind.BINGO, TODAY, place="De Slinger", how="Volle bak, tot elf uur.")
    )
    await app.stories.save(STORY, b"")
    await app.marks.set("Krokussenhof 9", TODAY)


def test_everything_that_may_be_read_is_found_by_its_words(tell: Tell) -> None:
    """Addresses, notes, codes in words, activities, stories, marks; letters without accents; numbers whole."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await _full(fatma)
        assert _found(fatma, "Wilgenstraat") == [], "not before it is prepared"
        await fatma.finder.prepare()
        assert _found(fatma, "") == []
        visits = [("visit", "Wilgenstraat 4"), ("visit", "Wilgenstraat 41")]
        for typed, wanted in {
            "wilgenstraat": visits,
            "wilgenstr 4": visits[:1],
            "WILG 41": visits[1:],
            "cafe": visits[:1],
            "CAFÉ blij": visits[:1],
            "koffie": visits[1:],
            "niet thuis": [("visit", "Van Berckelstraat 7")],
            "bingo": [("activity", "De Slinger")],
            "volle bak": [("activity", "De Slinger")],
            "soep": [("story", "Samen soep")],
            "krokus": [("mark", "Krokussenhof 9")],
            "bestaatniet": [],
            "soep bingo": [],
        }.items():
            assert sorted(_found(fatma, typed)) == sorted(wanted), typed

    tell(story)


@pytest.mark.parametrize(
    ("typed", "street"),
    [
        ("Wilgenstaat 4", "Wilgenstraat 4"),
        ("wilgnestraat 4", "Wilgenstraat 4"),
        ("Wligenstraat 4", "Wilgenstraat 4"),
        ("wilgensta 4", "Wilgenstraat 4"),
        ("wilgen straat 4", "Wilgenstraat 4"),
        ("krokusenhof", "Krokussenhof 9"),
        ("Berkelstraat 7", "Van Berckelstraat 7"),
        ("van berkelsraat", "Van Berckelstraat 7"),
    ],
)
def test_a_street_is_found_in_spite_of_a_letter_or_two(typed: str, street: str) -> None:
    """And it is said which street was taken; a number stays as it was typed."""
    from app.services.finder import _forgiving

    index = Index()
    for number, address in enumerate(
        ("Wilgenstraat 4", "Wilgenstraat 41", "Krokussenhof 9", "Van Berckelstraat 7", "Tulpstraat 4")
    ):
        index.put(
            "welcome", [{"id": f"{number:02}", "creator": "", "address": address, "since": "2026-11-18", "hidden": 0}]
        )
    words = typed.split()
    parts, instead = _forgiving(words, [f'"{w}"' if w.isdigit() else f'"{w}" *' for w in words], index)
    assert [f.title for f in index.find(" AND ".join(parts), {}, "2026-11-18", 10)] == [street]
    assert instead


def test_a_name_that_was_taken_instead_is_said_and_other_words_are_left_alone(tell: Tell) -> None:
    """Only when nothing was found as typed, and only streets: a misspelt word of a note finds nothing."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await _full(fatma)
        await fatma.finder.prepare()
        answer = fatma.finder.find("Wilgenstaat 4", Filters(), CODES, TODAY)
        assert ([h.title for h in answer.hits], answer.instead) == (["Wilgenstraat 4"], ("Wilgenstraat",))
        assert fatma.finder.find("Wilgenstraat 4", Filters(), CODES, TODAY).instead == ()
        assert _found(fatma, "plantej") == []
        assert fatma.finder.find("tuin 3", Filters(), CODES, TODAY) == fatma.finder.find("xyz", Filters(), CODES, TODAY)

    tell(story)


def test_filters_narrow_what_is_found_and_stand_alone(tell: Tell) -> None:
    """By kind, outcome, street, period and area, with and without words; the newest first."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        await _full(fatma)
        await joke.save_visit(replace(FORM, address="Tulpstraat 1", day=TODAY - timedelta(days=1)))
        me = session_of(fatma).member
        await joke.trust.put_member(me, [AreaCode("buurt", "BU07960101", "2026", "De Hoef")])
        await synced(fatma, joke)
        await joke.finder.prepare()
        await fatma.finder.prepare()
        assert _found(fatma, "", Filters(outcome="not_home")) == [("visit", "Van Berckelstraat 7")]
        assert _found(fatma, "", Filters(kinds=frozenset({"activity", "story"}), days=30)) == [
            ("story", "Samen soep"),
            ("activity", "De Slinger"),
        ]
        assert _found(fatma, "wilgenstraat", Filters(days=30)) == [("visit", "Wilgenstraat 4")]
        assert _found(fatma, "", Filters(street="Wilgenstraat")) == [
            ("visit", "Wilgenstraat 4"),
            ("visit", "Wilgenstraat 41"),
        ]
        assert fatma.finder.streets()[0] == "Wilgenstraat"
        assert "De Hoef" in joke.finder.areas()
        assert ("visit", "Wilgenstraat 4") in _found(joke, "", Filters(area="De Hoef"))
        assert ("visit", "Tulpstraat 1") not in _found(joke, "", Filters(area="De Hoef"))
        assert _found(joke, "", Filters(area="Elders")) == []

    tell(story)


def test_what_may_not_be_read_is_not_found(tell: Tell) -> None:
    """Not shared: nothing but the count. Removed, erased, withdrawn, lifted: gone at once, and back when undone."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        await fatma.finder.prepare()
        await joke.finder.prepare()
        await _full(fatma)
        await synced(fatma, joke)
        assert _found(joke, "berckel") == []
        assert _found(joke, "soep") == []
        assert [v.form.outcome for v in joke.visits()] == []
        [willow] = [v.id for v in fatma.visits() if v.form.address == "Wilgenstraat 4"]
        await fatma.remove_visit(willow)
        assert _found(fatma, "wilgenstraat 4") == []
        await fatma.restore_visit(willow)
        assert _found(fatma, "wilgenstraat 4") == [("visit", "Wilgenstraat 4")]
        await fatma.change_consent(willow, noted=False, shared=False)
        assert _found(fatma, "wilgenstraat 4") == []
        mine = await fatma.stories.save(replace(STORY, withdraw_on=TODAY + timedelta(days=2)), b"", offer=True)
        await synced(fatma, joke)
        assert _found(joke, "soep") == [("story", "Samen soep")]
        late = joke.finder.find("soep", Filters(), CODES, TODAY + timedelta(days=2))
        assert late.hits == ()
        await fatma.stories.withdraw(mine)
        assert len(_found(fatma, "soep")) == 1, "the draft that nobody else has"

    tell(story)


def test_a_word_of_the_coordinator_leads_to_its_visit(tell: Tell) -> None:
    """Found by what was said, shown with the address that it is about."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        visit = await fatma.save_visit(WILLOW)
        await synced(fatma, joke)
        await joke.review(visit, ReviewState.SEEN, "Hartverwarmend gedaan.")
        await synced(joke, fatma)
        await fatma.finder.prepare()
        [hit] = fatma.finder.find("hartverwarmend", Filters(), CODES, TODAY).hits
        assert (hit.kind, hit.id, hit.title, hit.excerpt) == (
            "review",
            visit,
            "Wilgenstraat 4",
            "Hartverwarmend gedaan.",
        )

    tell(story)


def test_nothing_of_the_index_is_in_the_saved_view_nor_stays_after_locking(tell: Tell) -> None:
    """What is put away is as large with it as without; a new session has none until somebody searches."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await _full(fatma)
        memory = session_of(fatma).replica.memory
        before = len(memory.image())
        await fatma.finder.prepare()
        assert fatma.finder.ready
        assert len(memory.image()) == before
        await fatma.lock()
        await fatma.unlock("274915")
        assert not fatma.finder.ready

    tell(story)


def test_more_than_fits_is_said_and_the_next_page_is_there(tell: Tell) -> None:
    """Newest first, also within a day as they came."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        for number in range(5):
            await fatma.save_visit(
                replace(FORM, address=f"Tulpstraat {number}", day=TODAY - timedelta(days=number % 3))
            )
        await fatma.finder.prepare()
        some = fatma.finder.find("tulp", Filters(), CODES, TODAY, most=3)
        assert some.more
        assert [h.day for h in some.hits] == [TODAY, TODAY, TODAY - timedelta(days=1)]
        everything = fatma.finder.find("tulp", Filters(), CODES, TODAY, most=5)
        assert (len(everything.hits), everything.more) == (5, False)
        t.clock.now += DAY

    tell(story)


_ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.text(max_size=20), st.integers(0, 1)), max_size=12)


@given(st.text(max_size=60), _ROWS)
def test_whatever_is_typed_is_searched_and_never_fails(typed: str, rows: list[tuple[str, str, int]]) -> None:
    """Quotes, operators, control characters; and rows that come, change and go."""
    from app.services import finder

    index = Index()
    for name, address, hidden in rows:
        index.put(
            "welcome",
            [{"id": name, "creator": "", "address": address, "since": "2026-11-18", "hidden": hidden}],
        )
    words = finder._WORD.findall(typed)[: finder.MAX_WORDS]
    parts = [finder._part(word, CODES) for word in words]
    forgiving, _ = finder._forgiving(words, parts, index)
    shown = {name: address for name, address, hidden in rows if not hidden and address}
    last = {name: (address, hidden) for name, address, hidden in rows}
    for match in (" AND ".join(parts), " AND ".join(forgiving), ""):
        found = index.find(match, {}, "2026-11-18", 100)
        assert {f.id for f in found} <= shown.keys()
    assert {f.id: f.title for f in index.find("", {}, "", 100)} == {
        name: address for name, (address, hidden) in last.items() if not hidden and address
    }
    index.clear()
    assert (len(index), index.streets(), index.find("", {}, "", 9)) == (0, [], [])


@given(st.text(max_size=400), st.text(max_size=10))
def test_an_excerpt_is_a_piece_of_the_text(text: str, word: str) -> None:
    """One line, not too long, with the word in it where there is one."""
    piece = excerpt(text, [word] if word.strip() else [])
    assert piece.strip("…") in " ".join(text.split())
    assert len(piece) <= 142
    assert len(plain(text)) == len(text)
