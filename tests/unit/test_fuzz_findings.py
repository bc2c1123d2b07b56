"""What fuzzing found, each with the promise that it broke."""

import asyncio
import json
from pathlib import Path

import pytest

from app.services.drafts import from_bytes, to_bytes
from app.services.models import Gift, ReviewState, VisitForm
from app.services.visit_draft import from_plain, to_plain
from app.view import View
from sync.core import codec, ring
from sync.core.change import Change, Patch
from sync.core.hlc import Stamp
from sync.core.ids import record_id
from sync.core.merge import from_change
from sync.device.writer import Part
from tests.support.native_app import synced
from tests.support.settled_team import FORM, session_of, team
from tests.vectors.vector import fixed


def test_a_draft_of_another_version_never_keeps_the_form_from_opening() -> None:
    """Wishes that are no list are left out, the rest is there; more fields than this version reads: an empty form."""
    form = VisitForm(True, "Krokussenhof 1", gift=Gift.PLANT, note="Koffie")
    raw = codec.unpack(to_bytes(to_plain(form)), 4096)
    for odd in (5, True, "coffee", {"coffee": 1}):
        assert from_plain(from_bytes(codec.pack({**raw, "wishes": odd}))) == form
    assert from_plain(from_bytes(codec.pack({str(n): n for n in range(65)}))) == VisitForm()


@pytest.mark.parametrize("state", [{}, {"state": Patch("seen", (fixed("itself"),))}, {"state": Patch(7)}])
def test_a_coordinator_s_odd_word_keeps_nobody_s_visits_from_the_screen(
    settled: Path, tmp_path: Path, state: dict[str, Patch]
) -> None:
    """A word without a state, as another version or a hostile coordinator may write it: the visit is shown with it."""

    async def story() -> None:
        async with team(settled, tmp_path) as t:
            fatma, joke = await t.fatma(), await t.joke()
            visit = await fatma.save_visit(FORM)
            await synced(fatma, joke)
            session = session_of(joke)
            record = record_id(session.member, "review", nonce := fixed("review", 16))
            fields = {"visit": Patch(visit), "reply": Patch("Dank je"), **state}
            change = Change("review", "word", record, session.writer.stamp(), fields, nonce)
            rings = frozenset({ring.own_ring(session_of(fatma).member), ring.coordinators_ring(session.team)})
            await session.writer.write([Part(change, rings)])
            await synced(joke, fatma)
            [shown] = fatma.visits()
            assert shown.review is not None
            assert (shown.review.reply, shown.review.state, shown.unread_review) == ("Dank je", ReviewState.SEEN, True)
            await fatma.mark_review_read(visit)
            assert not fatma.visits()[0].unread_review

    asyncio.run(story())


@pytest.mark.parametrize("codes", [5, True, "BU07960101", {"a": 1}, [["buurt"], 7, ["buurt", 1, "2026", ""]]])
def test_an_area_with_odd_codes_keeps_nobody_s_app_from_opening(codes: object) -> None:
    """As another version or a hostile coordinator may write it: the rows are made, the odd codes are left out."""
    record = record_id(fixed("me", 16), "area", nonce := fixed("area", 16))
    fields = {"team": Patch(fixed("team", 16)), "name": Patch("Noord"), "codes": Patch(codes)}
    made = from_change(
        Change("area", "detail", record, Stamp(1, 0), fields, nonce), bytes(32), fixed("d", 16), fixed("me", 16)
    )
    view = View()
    view.put([made])
    [row] = view.ask("SELECT name, codes FROM areas")
    assert row["name"] == "Noord"
    assert all(isinstance(x, str) for code in json.loads(row["codes"]) for x in code)
