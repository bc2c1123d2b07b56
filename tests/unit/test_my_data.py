"""One's own data: all of it, nothing of anyone else's, safe to open; and leaving, in the order that loses nothing."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import my_page
from app.services.cards import Own
from app.services.models import QueueFilter, ReviewState, Stage
from app.services.my_data import ABOUT, FORMAT, FORMAT_VERSION, Mine, Section
from app.services.my_page import Words
from app.services.ports import Room
from app.view import TABLES
from app.views.common.my_words import heading, lines, said
from app.views.common.settings import room_text
from sync.core.errors import Revoked, RollRefused, Unreachable
from tests.support.native_app import synced
from tests.support.screens import Person
from tests.support.settled_team import FATMA, FORM, Team, hushed, session_of

Story = Callable[[Team], Awaitable[None]]
Tell = Callable[[Story], None]


def test_every_table_of_the_view_is_in_the_export_and_in_its_description() -> None:
    """A new table needs a line: what of it is about a person, what it is called, and what docs/export.md says of it."""
    names = {table.name for table in TABLES}
    assert set(ABOUT) == names
    described = set(re.findall(r"^\| `([a-z]+)` \|", Path("docs/export.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert names <= described
    assert all(str(n) not in heading(n, 2) for n in names), "a heading in words, not the table's name"


def test_the_export_holds_what_is_mine_or_about_me_and_nothing_of_others(tell: Tell) -> None:
    """Visits shared or not, words on them, drafts and choices; not the visits of the coordinator who may read mine."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        mine = await fatma.save_visit(FORM)
        own = await fatma.save_visit(replace(FORM, shared=False, address="Rozenstraat 3", note="alleen voor mij"))
        theirs = await joke.save_visit(replace(FORM, address="Akkerweg 1"))
        await synced(fatma, joke)
        await joke.review(mine, ReviewState.SEEN, "Dank je wel!")
        await synced(joke, fatma)
        await fatma.save_draft("new", replace(FORM, address="half get"))
        await fatma.cards.keep(Own("Fatma", "De Meent"))
        await fatma.lock()
        await fatma.unlock(FATMA)
        await hushed(fatma)
        whole = json.loads(fatma.mine.to_json({"straat.language": "nl"}))
        assert (whole["format"], whole["version"]) == (FORMAT, FORMAT_VERSION)
        assert set(whole["records"]) == {table.name for table in TABLES}
        assert {v["id"] for v in whole["records"]["visits"]} == {mine.hex(), own.hex()}
        assert [r["reply"] for r in whole["records"]["reviews"]] == ["Dank je wel!"]
        assert [m["name"] for m in whole["records"]["members"]] == ["Fatma"]
        assert whole["local"]["drafts"]["new"]["address"] == "half get"
        assert whole["local"]["drafts"]["card"] == {"name": "Fatma", "place": "De Meent"}
        assert whole["local"]["settings"] == {"straat.language": "nl"}
        assert (whole["person"]["name"], whole["person"]["role"]) == ("Fatma", "contact")
        assert [d["this"] for d in whole["devices"]].count(True) == 1
        hers = json.loads(joke.mine.to_json({}))
        assert {v["id"] for v in hers["records"]["visits"]} == {theirs.hex()}
        assert [r["reply"] for r in hers["records"]["reviews"]] == ["Dank je wel!"]
        assert "Rozenstraat 3" not in json.dumps(hers)

    tell(story)


class _Reader(HTMLParser):
    """What a browser would make of it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.text.append(data)


def _page(row: dict[str, object], local: list[tuple[str, str]]) -> _Reader:
    mine = Mine("aa", "Fatma", "contact", "bb", (), (Section("visits", (row,)),), {"drafts": {}, "kept": {}}, 0)
    words = Words("nl", "Mijn <gegevens>", [], heading, lines, local, "Hier")
    reader = _Reader()
    reader.feed(my_page.page(mine, words).decode())
    return reader


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)


@given(texts, texts)
def test_whatever_was_typed_stands_in_the_page_as_text(note: str, setting: str) -> None:
    """No script, no tag and no address to load from can come out of a note or a setting."""
    note, setting = f"<script>{note}", f'"><img src=x onerror={setting}'
    reader = _page({"note": note, "address": setting, "jpeg": '"><script>'}, [(setting, note)])
    assert not {"script", "img", "link", "iframe", "a"} & set(reader.tags)
    assert note in "".join(reader.text)
    assert all(name not in ("src", "href", "onerror", "onload") for name, _ in reader.attributes)


def test_a_photo_stands_in_the_page_itself() -> None:
    """As data, so that the file is whole."""
    reader = _page({"note": "x", "jpeg": "/9j/4AAQ"}, [])
    assert ("src", "data:image/jpeg;base64,/9j/4AAQ") in reader.attributes


def test_values_are_told_as_people_say_them() -> None:
    """Codes in words, days with their year, what is not known as it stands."""
    assert said("outcome", "met") == "kennisgemaakt"
    assert said("shared", 1) == "ja"
    assert said("day", "2026-11-18") == "woensdag 18 november 2026"
    assert said("outcome", "from_the_future") == "from_the_future"
    assert lines("visits", {"id": "ff", "made": "00", "note": "", "outcome": "met"}) == [
        ("Hoe ging het?", "kennisgemaakt")
    ]


@pytest.mark.parametrize(
    ("room", "words"),
    [
        (Room(), ["Deze browser zegt niet hoeveel ruimte er is."]),
        (Room(900_000, 2_400_000_000, True), ["In gebruik: minder dan 1 MB. Vrij: 2 GB.", "De browser bewaart dit"]),
        (
            Room(12_300_000, 10_000_000, False),
            ["In gebruik: 12 MB. Vrij: minder dan 1 MB.", "De browser kan dit wissen"],
        ),
    ],
)
def test_storage_says_what_the_browser_says_and_no_more(room: Room, words: list[str]) -> None:
    """Unknown is unknown, and less than nothing is nothing."""
    told = room_text(room)
    assert len(told) == len(words)
    assert all(a.startswith(b) for a, b in zip(told, words, strict=True))


def test_my_data_are_looked_at_and_taken_along_with_a_warning(tell: Tell) -> None:
    """Counts first, then the list; two files; both say that they are not encrypted."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        await fatma.save_visit(FORM)
        person = Person(fatma)
        await person.arrive()
        await person.go("/mijn-gegevens")
        assert person.sees("1 welkomstbezoek")
        assert person.sees("niet versleuteld")
        await person.tap("1 welkomstbezoek")
        assert person.sees("Adres: Tulpstraat 12")
        await person.tap("Bewaar om te lezen")
        await person.tap("Bewaar voor een ander programma")
        saved = [args for name, args in person.client.asked if name == "save_file"]
        assert [s["file_name"].rsplit(".")[-1] for s in saved] == ["html", "json"]
        assert b"Tulpstraat 12" in saved[0]["src_bytes"]
        assert b"niet versleuteld" in saved[0]["src_bytes"]
        assert json.loads(saved[1]["src_bytes"])["records"]["visits"][0]["address"] == "Tulpstraat 12"
        assert person.calm()

    tell(story)


def test_another_device_of_mine_is_signed_off_by_me(tell: Tell) -> None:
    """Without a coordinator; this one stays."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        person = Person(fatma)
        await person.arrive()
        await person.go("/mijn-gegevens")
        await person.tap("Meld dit andere apparaat af")
        assert person.sees("wist zichzelf")
        await person.tap("Ja, meld het af")
        assert not person.sees("Meld dit andere apparaat af")
        [me] = [p for p in fatma.trust.people() if p.me]
        assert [d.me for d in me.devices] == [True]
        assert person.calm()

    tell(story)


def test_who_stops_hands_in_first_is_off_the_roll_with_all_devices_and_the_phone_wipes_itself(tell: Tell) -> None:
    """Shared notes stay with the coordinator; own ones can be erased, their count stays; offline nothing happens."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await fatma.save_visit(replace(FORM, note="blijft"))
        await fatma.save_visit(replace(FORM, shared=False, address="Rozenstraat 3", note="alleen van mij"))
        person = Person(fatma)
        await person.arrive()
        await person.go("/stoppen")
        assert person.sees("Er is 1 bezoek dat alleen jij kunt lezen.")
        await person.tap("wis het nu ook")
        t.nets["fatma"].offline = True
        await person.tap("Ik stop nu")
        assert person.sees("Dit kan niet terug.")
        await person.tap("Ja, ik stop")
        assert person.sees("Geen verbinding met de server.")
        assert fatma.stage is Stage.OPEN
        assert fatma.safety.unsent() > 0, "nothing is lost"
        t.nets["fatma"].offline = False
        session = session_of(fatma)
        await person.tap("Ik stop nu")
        await person.tap("Ja, ik stop")
        with pytest.raises(Revoked):
            await fatma.sync_once()
        await fatma.signing_off.leave(session)
        await person.breathe()
        assert fatma.stage is Stage.SIGNED_OFF
        assert fatma.live.require_log().count() == {}
        await synced(joke)
        [gone] = [p for p in joke.trust.people() if p.name == "Fatma"]
        assert gone.devices == ()
        seen = list(joke.queue(QueueFilter.ALL))
        assert {v.form.note for v in seen} == {"blijft", ""}
        assert len(seen) == 2, "that there was a visit stays counted"
        assert person.calm()

    tell(story)


def test_the_last_coordinator_is_told_so_and_a_member_without_the_server_stays(tell: Tell) -> None:
    """The roll keeps a coordinator; the screen says what to do first."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        person = Person(joke)
        await person.arrive()
        await person.go("/stoppen")
        assert person.sees("Je bent de laatste coördinator.")
        with pytest.raises(RollRefused):
            await joke.mine.leave(False)
        fatma = await t.fatma()
        t.nets["fatma"].offline = True
        with pytest.raises(Unreachable):
            await fatma.mine.leave(False)
        assert session_of(fatma).device in session_of(fatma).roll.state.devices
        assert person.calm()

    tell(story)
