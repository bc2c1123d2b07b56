"""Trust from end to end: real apps and a real server. Leaving, moving, coming back, recovery sheets, quarantine."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from app.services.app import App
from app.services.models import Alert, AreaCode, Person, QueueFilter, ReviewState, Role, Stage
from sync.core import ring
from sync.core.errors import BadFormat, Forbidden, Revoked, RollRefused, UnknownDevice, Unreachable
from tests.support.native_app import synced
from tests.support.settled_team import FORM, Team, hushed, session_of

PIN, PHRASE = "583016", "nog een lange zin"
Story = Callable[[Team], Awaitable[None]]


def person(app: App, name: str) -> Person:
    """Someone as this app shows them."""
    return next(p for p in app.trust.people() if p.name == name)


def phone_and_laptop(app: App, phone: App) -> tuple[bytes, bytes]:
    """Fatma's two devices."""
    one = session_of(phone).device
    [other] = [d.id for d in person(app, "Fatma").devices if d.id != one]
    return one, other


def notes(app: App) -> set[str]:
    """The notes that this coordinator can read."""
    return {v.form.note for v in app.queue(QueueFilter.ALL)}


async def written(app: App, note: str) -> bytes:
    """A shared visit with this note."""
    return await app.save_visit(replace(FORM, note=note))


async def joined(t: Team, name: str, link: str, who: str = "", secret: str = PIN) -> App:
    """A new device that has come in by this link."""
    app = t.device(name)
    await app.start(link)
    await app.accept(who, secret)
    return await hushed(app)


def test_a_lost_phone_leaves_every_ring_at_once(tell: Callable[[Story], None]) -> None:
    """Team, coordinators and own ring are new for those who stay; what was written before is still readable."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "van voor het verlies")
        await synced(fatma, joke)
        phone, laptop = phone_and_laptop(joke, fatma)
        before = session_of(joke).roll.state
        await joke.trust.revoke_device(phone)
        state = session_of(joke).roll.state
        own = ring.own_ring(session_of(fatma).member)
        assert state.rings[ring.team_ring(session_of(joke).team)].epoch == 2
        assert phone not in {h for r in state.rings.values() for h in r.holders}
        assert state.exposed == {own}
        assert before.rings[own].epoch == 1
        computer = await t.unlocked("laptop")
        await synced(computer, joke)
        state = session_of(joke).roll.state
        assert (state.rings[own].epoch, state.rings[own].holders, state.exposed) == (2, {laptop}, frozenset())
        assert "van voor het verlies" in notes(joke)
        await written(computer, "van de laptop")
        await synced(computer, joke)
        assert "van de laptop" in notes(joke)

    tell(story)


def test_what_a_lost_phone_had_not_sent_is_handed_in_and_can_be_adopted(tell: Callable[[Story], None]) -> None:
    """It goes to quarantine; the coordinator reads it and takes it in; then everyone has it."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "op tijd")
        await synced(fatma, joke)
        phone, _ = phone_and_laptop(joke, fatma)
        await written(fatma, "nog niet verstuurd")
        await joke.trust.revoke_device(phone)
        with pytest.raises(Revoked):
            await fatma.sync_once()
        assert session_of(fatma).syncer.state.handed_in
        assert session_of(fatma).log.pending(1) == []
        await synced(joke)
        assert notes(joke) >= {"op tijd"}
        assert "nog niet verstuurd" not in notes(joke)
        waiting = joke.trust.quarantine()
        assert [i.by for i in waiting] == ["Fatma"] * len(waiting)
        assert any(("note", "nog niet verstuurd") in i.lines for i in waiting)
        assert Alert.QUARANTINE in {n.alert for n in joke.trust.notices()}
        for item in waiting:
            await joke.trust.adopt(item.id)
        assert "nog niet verstuurd" in notes(joke)
        assert joke.trust.quarantine() == []
        assert joke.aside() == []
        computer = await t.unlocked("laptop")
        await synced(joke, computer, joke, computer)
        assert "nog niet verstuurd" in {v.form.note for v in computer.visits()}

    tell(story)


def test_what_a_coordinator_erases_from_quarantine_is_gone(tell: Callable[[Story], None]) -> None:
    """The bytes too, on the coordinator's device."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        phone, _ = phone_and_laptop(joke, fatma)
        await written(fatma, "van een dief")
        await joke.trust.revoke_device(phone)
        with pytest.raises(Revoked):
            await fatma.sync_once()
        await synced(joke)
        for item in joke.trust.quarantine():
            await joke.trust.erase(item.id)
        assert (joke.trust.quarantine(), joke.aside()) == ([], [])
        again = await t.joke()
        assert "van een dief" not in notes(again)
        assert again.trust.quarantine() == []

    tell(story)


def test_whoever_lost_every_device_gets_back_what_coordinators_can_open(tell: Callable[[Story], None]) -> None:
    """A new phone by a coordinator's invitation shows the shared visits again, and can change them."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        visit = await written(fatma, "komt terug")
        hidden = await fatma.save_visit(replace(FORM, shared=False, note="alleen voor mij"))
        await synced(fatma, joke)
        member = session_of(fatma).member
        await joke.trust.revoke_member(member)
        assert person(joke, "Fatma").devices == ()
        link = (await joke.invite_back(member)).url
        phone = await joined(t, "nieuw", link)
        await synced(phone, joke, joke, phone)
        assert phone.my_name == "Fatma"
        assert phone.visit(visit).form.note == "komt terug"
        assert phone.visit(hidden).form.note == ""  # only the count could be opened by anyone else
        await phone.save_visit(replace(FORM, note="verder op de nieuwe"), visit)
        await synced(phone, joke)
        assert joke.visit(visit).form.note == "verder op de nieuwe"
        assert (joke.aside(), phone.aside()) == ([], [])

    tell(story)


def test_a_second_coordinator_reads_nothing_until_words_were_compared(tell: Callable[[Story], None]) -> None:
    """In the role at once, in earnest only when another coordinator has confirmed."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "voor coördinatoren")
        await synced(fatma, joke)
        assert Alert.ALONE in {n.alert for n in joke.trust.notices()}
        link = (await joke.invite("Ali", Role.COORDINATOR)).url
        ali = await joined(t, "ali", link, "Ali", PHRASE)
        await synced(ali, joke)
        assert notes(ali) == set()
        with pytest.raises(RollRefused):
            await ali.trust.revoke_member(session_of(fatma).member)
        [device] = person(joke, "Ali").devices
        assert (device.confirmed, device.words) == (False, ali.trust.my_words())
        assert [n.name for n in joke.trust.notices() if n.alert is Alert.UNCONFIRMED] == ["Ali"]
        await joke.trust.confirm(device.id)
        await synced(ali)
        assert "voor coördinatoren" in notes(ali)
        assert Alert.ALONE not in {n.alert for n in joke.trust.notices()}

    tell(story)


def test_a_recovery_sheet_brings_the_first_coordinator_back(tell: Callable[[Story], None]) -> None:
    """By its link or its words: everything is readable again, the sheet is used up, its rings are renewed."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "voor het verlies")
        mine = await joke.save_visit(replace(FORM, note="van Joke zelf", shared=False))
        await synced(fatma, joke)
        page = await joke.trust.make_sheet()
        assert len(page.words) == 30
        assert Alert.NO_SHEET not in {n.alert for n in joke.trust.notices()}
        await joke.trust.make_team(session_of(joke).team, "Hintham", [])  # the sheet keeps up with what follows
        await synced(joke)
        old = session_of(joke).device
        new = t.device("nieuw")
        await new.start()
        await new.open_invitation(" ".join(page.words))
        assert new.look is not None
        assert new.look.sheet
        assert new.look.second_device
        await new.accept("", PHRASE)
        await hushed(new)
        await synced(new)
        assert "voor het verlies" in notes(new)
        assert new.visit(mine).form.note == ("van Joke zelf")
        assert {x.name for x in new.trust.teams()} >= {"Hintham"}
        assert [n.name for n in new.trust.notices() if n.alert is Alert.RECOVERED] == ["Joke"]
        state = session_of(new).roll.state
        assert state.sheets == {}
        assert state.exposed == frozenset()
        await new.trust.revoke_device(old)
        with pytest.raises(Revoked):
            await joke.sync_once()
        again = t.device("weer")
        await again.start(page.url)
        assert (again.stage, again.look, again.look_error) == (Stage.INVITED, None, "invitation_unknown")

    tell(story)


def test_a_lost_sheet_is_revoked_like_a_device(tell: Callable[[Story], None]) -> None:
    """It opens nothing any more."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        page = await joke.trust.make_sheet()
        [sheet] = joke.trust.sheets()
        await joke.trust.revoke_sheet(sheet.id)
        assert joke.trust.sheets() == []
        other = t.device("vinder")
        await other.start(page.url)
        assert other.look is None

    tell(story)


def test_moving_someone_leaves_nothing_orphaned(tell: Callable[[Story], None]) -> None:
    """Their unsent notes still arrive where they were meant for; the old team's notes go from their phone."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        top = session_of(joke).team
        code = AreaCode("wijk", "WK079603", "2025", "Hintham")
        hintham = await joke.trust.make_team(top, "Hintham", [code])
        offline = await written(fatma, "geschreven voor de verhuizing")
        held = len([e for e in session_of(fatma).log.read() if e.state != 4])
        await joke.trust.move(session_of(fatma).member, Role.CONTACT, hintham)
        await synced(fatma, joke, fatma)
        assert session_of(fatma).team == hintham
        assert joke.visit(offline).form.note == "geschreven voor de verhuizing"
        assert (fatma.aside(), joke.aside(), joke.trust.quarantine()) == ([], [], [])
        left = [n for n in fatma.trust.notices() if n.alert is Alert.MOVED]
        assert [n.name for n in left] == ["Hintham"]
        assert left[0].count > 0
        assert len([e for e in session_of(fatma).log.read() if e.state != 4]) < held + 10
        later = await written(fatma, "in Hintham")
        await fatma.save_visit(replace(FORM, note="nagekomen"), offline)
        await synced(fatma, joke)
        assert joke.visit(later).form.note == "in Hintham"
        assert joke.visit(offline).form.note == "nagekomen"
        assert person(joke, "Fatma").team == hintham

    tell(story)


def test_someone_who_may_not_can_do_none_of_it(tell: Callable[[Story], None]) -> None:
    """A contact person revokes, moves, founds and confirms nothing; only another device of their own."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        top, boss = session_of(joke).team, session_of(joke).device
        for act in (
            fatma.trust.revoke_device(boss),
            fatma.trust.move(session_of(joke).member, Role.CONTACT, top),
            fatma.trust.make_team(top, "Eigen", []),
            fatma.trust.make_sheet(),
            fatma.invite("Vriend", Role.CONTACT),
        ):
            with pytest.raises(RollRefused):
                await act
        _phone, laptop = phone_and_laptop(joke, fatma)
        await fatma.trust.revoke_device(laptop)
        assert laptop not in session_of(fatma).roll.state.devices
        computer = await t.unlocked("laptop")
        with pytest.raises(Revoked):
            await computer.sync_once()
        await synced(joke)
        assert session_of(joke).roll.state.exposed == frozenset()

    tell(story)


def test_a_phone_that_was_offline_loses_nothing_to_a_rotation(tell: Callable[[Story], None]) -> None:
    """Notes made under the old keys come in after two renewals, and the phone goes on under the new ones."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        _, laptop = phone_and_laptop(joke, fatma)
        offline = [await written(fatma, f"onderweg {i}") for i in range(3)]
        link = (await joke.invite("Ali", Role.COORDINATOR)).url
        ali = await joined(t, "ali", link, "Ali", PHRASE)
        await synced(joke)
        await joke.trust.confirm(session_of(ali).device)
        await joke.trust.revoke_device(laptop)
        await joke.trust.revoke_member(session_of(ali).member)
        coordinators = ring.coordinators_ring(session_of(joke).team)
        assert session_of(joke).roll.state.rings[coordinators].epoch == 2
        await written(fatma, "nog steeds onderweg")
        await synced(fatma, joke)
        assert [joke.visit(v).form.note for v in offline] == [f"onderweg {i}" for i in range(3)]
        assert "nog steeds onderweg" in notes(joke)
        await written(fatma, "met nieuwe sleutels")
        await synced(fatma, joke)
        assert "met nieuwe sleutels" in notes(joke)
        assert (joke.aside(), fatma.aside()) == ([], [])

    tell(story)


def test_a_withdrawn_invitation_does_not_work(tell: Callable[[Story], None]) -> None:
    """A link sent to the wrong person is taken back before it is used."""

    async def story(t: Team) -> None:
        joke = await t.joke()
        link = (await joke.invite("Bram", Role.CONTACT)).url
        [waiting] = joke.trust.waiting()
        await joke.trust.withdraw(waiting.announced)
        assert joke.trust.waiting() == []
        other = t.device("bram")
        await other.start(link)
        assert (other.look, other.look_error) == (None, "invitation_used")

    tell(story)


def test_a_coordinator_sees_on_which_day_each_device_was_there(tell: Callable[[Story], None]) -> None:
    """The day and nothing finer; contact persons are not told."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        await joke.trust.refresh()
        seen = {d.seen for p in joke.trust.people() for d in p.devices}
        assert None not in seen
        assert len(seen) >= 1
        with pytest.raises(Forbidden):
            await fatma.trust.refresh()

    tell(story)


def test_a_stranger_gets_nothing_from_a_used_up_device(tell: Callable[[Story], None]) -> None:
    """A revoked device hears that it left, and is given nothing more."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        phone, _ = phone_and_laptop(joke, fatma)
        await joke.trust.revoke_device(phone)
        await joke.review(await written(joke, "nieuw"), ReviewState.SEEN, "gezien")
        with pytest.raises(Revoked):
            await fatma.sync_once()
        entries = session_of(fatma).roll.entries
        assert entries == session_of(joke).roll.entries[: len(entries)]
        with pytest.raises((Revoked, UnknownDevice)):
            await session_of(fatma).syncer.ask("pull", [], None)  # type: ignore[arg-type]

    tell(story)


def test_a_forgotten_pin_means_a_new_device_and_loses_nothing_unsent(tell: Callable[[Story], None]) -> None:
    """What was saved and not sent is sent by the new device, adopted by the coordinator, and readable to both."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "al verstuurd")
        await synced(fatma, joke)
        await written(fatma, "nog niet verstuurd")
        member = session_of(fatma).member
        await fatma.lock()
        await fatma.start_over()
        assert fatma.stage is Stage.WELCOME
        fatma.live.require_log().close()
        await joke.trust.revoke_member(member)
        again = t.device("fatma")
        await again.start((await joke.invite_back(member)).url)
        assert again.look is not None
        assert again.look.returning
        await again.accept("", PIN)
        await hushed(again)
        await synced(again, joke)
        assert any(("note", "nog niet verstuurd") in i.lines for i in joke.trust.quarantine())
        for item in joke.trust.quarantine():
            await joke.trust.adopt(item.id)
        await synced(joke, again, joke, joke, again)
        assert {"al verstuurd", "nog niet verstuurd"} <= notes(joke)
        assert {v.form.note for v in again.visits()} >= {"al verstuurd", "nog niet verstuurd"}

    tell(story)


def test_what_was_adopted_before_someone_came_back_is_theirs_again(tell: Callable[[Story], None]) -> None:
    """The decision was made when nobody held their own ring; the new phone hears of it all the same."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        await written(fatma, "ingeleverd en overgenomen")
        member = session_of(fatma).member
        await joke.trust.revoke_member(member)
        with pytest.raises(Revoked):
            await fatma.sync_once()
        await synced(joke)
        for item in joke.trust.quarantine():
            await joke.trust.adopt(item.id)
        await synced(joke)
        phone = await joined(t, "nieuw", (await joke.invite_back(member)).url)
        await synced(phone, joke, joke, phone)
        assert "ingeleverd en overgenomen" in {v.form.note for v in phone.visits()}
        assert (phone.aside(), joke.aside()) == ([], [])

    tell(story)


def test_a_signed_off_device_hands_in_gets_its_receipt_and_wipes_itself(tell: Callable[[Story], None]) -> None:
    """In that order; a phone that can't reach the server keeps all."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await synced(fatma, joke)
        phone, _ = phone_and_laptop(joke, fatma)
        await written(fatma, "op de valreep")
        await joke.trust.revoke_device(phone)
        session = session_of(fatma)
        t.nets["fatma"].offline = True
        with pytest.raises(Unreachable):
            await fatma.sync_once()
        await fatma.signing_off.leave(session)
        assert fatma.stage is Stage.OPEN
        t.nets["fatma"].offline = False
        with pytest.raises(Revoked):
            await fatma.sync_once()
        await fatma.signing_off.leave(session)
        assert fatma.stage is Stage.SIGNED_OFF
        receipt = fatma.signing_off.receipt
        assert receipt is not None
        assert (receipt.confirmed > 2, receipt.refused) == (True, 0)
        assert fatma.live.require_log().count() == {}
        await fatma.signing_off.finish()
        again = t.device("fatma")
        await again.start()
        assert again.stage is Stage.WELCOME

    tell(story)


def test_a_saved_file_of_unsent_notes_can_be_brought_in_by_anyone(tell: Callable[[Story], None]) -> None:
    """The coordinator takes it along; it arrives as if the phone had sent it."""

    async def story(t: Team) -> None:
        joke, fatma = await t.joke(), await t.fatma()
        await written(fatma, "op een stick")
        data = await fatma.save_unsent_file()
        assert await joke.trust.bring_in(data) > 0
        assert await joke.trust.bring_in(data) == 0
        await synced(joke)
        assert "op een stick" in notes(joke)
        with pytest.raises(BadFormat):
            await joke.trust.bring_in(b"rommel")
        await synced(fatma, joke)
        assert (fatma.sync_status().unsent, joke.aside(), fatma.aside()) == (0, [], [])

    tell(story)
