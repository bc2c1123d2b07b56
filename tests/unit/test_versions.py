"""Protocol versions: the choice, and phones and servers of different years that meet."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette

from app.services.models import QueueFilter, Role, Stage
from sync.core import formats, versions, wire
from sync.core.errors import BadFormat, NewerVersion, ServerBehind, StraatError, UpdateNeeded
from sync.core.ports import LogState, Reply
from sync.core.versions import Range
from tests.openapi.document import routes
from tests.support.native_app import ORIGIN
from tests.support.screens import Person
from tests.support.settled_team import FORM, Team, session_of
from tests.support.spoken import Speak, speak

__all__ = ["speak"]
Tell = Callable[[Callable[[Team], Awaitable[None]]], None]
RANGES = st.tuples(st.integers(1, 30), st.integers(1, 30)).map(lambda pair: Range(*sorted(pair)))


# -- the choice ------------------------------------------------------------------------------------------


@given(RANGES, RANGES)
def test_the_highest_that_both_speak_counts_and_without_one_it_is_said_who_is_behind(a: Range, b: Range) -> None:
    """For any two ranges."""
    common = set(range(a.low, a.high + 1)) & set(range(b.low, b.high + 1))
    if common:
        assert versions.agreed(a, b) == max(common)
    else:
        with pytest.raises(UpdateNeeded if a.high < b.low else ServerBehind):
            versions.agreed(a, b)


@given(RANGES)
def test_a_range_is_read_as_it_was_written(a: Range) -> None:
    """And nothing said is the range of those from before this header."""
    assert versions.read(str(a)) == a
    assert versions.read(None) == versions.SILENT == Range(1, 1)


@pytest.mark.parametrize(
    "said",
    ["", "1", "-", "1-", "-1", "2-1", "0-1", "01-2", "1-10000", "1--2", " 1-2", "1-2 ", "1-2-3", "a-b", "²-³", "١-٢"],
)
def test_what_is_no_range_is_refused_by_a_server_and_ignored_by_a_phone(said: str) -> None:
    """A server answers bad_format; a phone takes it as nothing said."""
    with pytest.raises(BadFormat):
        versions.read(said)
    assert versions.heard(said) == 1


@given(st.text(max_size=12))
def test_any_header_at_all_is_a_range_or_a_typed_error(said: str) -> None:
    """Whatever another writes there."""
    with suppress(BadFormat):
        assert str(versions.read(said)) == said
    try:
        versions.heard(said)
    except StraatError as error:
        assert error.retryable  # noqa: PT017


def test_every_format_says_what_a_newer_one_means() -> None:
    """A format byte can't be added without it; what is never read as bytes by others needs a protocol version."""
    numbers = {v for k, v in vars(formats).items() if k.isupper() and k != "VERSION"}
    assert set(versions.FORMATS) == numbers
    assert {f for f, newer in versions.FORMATS.items() if newer.negotiated} == {formats.SESSION, formats.PROOF}


# -- on the wire -----------------------------------------------------------------------------------------


def test_every_answer_says_what_the_server_speaks() -> None:
    """Answers, refusals, unknown paths and wrong methods."""

    async def whole() -> None:
        transport = httpx.ASGITransport(Starlette(routes=routes().all()))
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            for method, path in [("GET", "/v1/health"), ("GET", "/v1/openapi.json"), ("POST", "/v1/push")]:
                answer = await client.request(method, path)
                assert answer.headers[versions.HEADER] == str(versions.SERVER)
            for path in ("/v1/nothing", "/v1/health"):
                answer = await client.post(path)
                assert answer.headers[versions.HEADER] == str(versions.SERVER)

    asyncio.run(whole())


def test_an_answer_without_a_common_version_is_none(speak: Speak) -> None:
    """Whatever its status and body are: a 200 of a protocol that we don't speak is not read."""
    speak(device=Range(2, 3))
    for status in (200, 400, 426):
        with pytest.raises(UpdateNeeded):
            wire.accepted(Reply(status, b"", "4-5"))
        with pytest.raises(ServerBehind):
            wire.accepted(Reply(status, b"", None))
    assert wire.accepted(Reply(200, b"x", "1-2")) == b"x"


# -- phones and servers of different years ---------------------------------------------------------------


OLD_PHONE = (Range(1, 1), Range(2, 3), UpdateNeeded.code)
OLD_SERVER = (Range(2, 3), Range(1, 1), ServerBehind.code)


@pytest.mark.parametrize(("device", "server", "code"), [OLD_PHONE, OLD_SERVER])
def test_without_a_common_version_syncing_stops_and_noting_goes_on(
    tell: Tell, speak: Speak, device: Range, server: Range, code: str
) -> None:
    """The screen says why; all notes stay in the queue; after the update of whoever was behind they arrive."""

    async def story(t: Team) -> None:
        fatma, joke = await t.fatma(), await t.joke()
        session = session_of(fatma)
        await fatma.save_visit(replace(FORM, note="ervoor"))
        speak(device=device, server=server)
        for number in range(3):
            await fatma.save_visit(replace(FORM, address=f"Tulpstraat {number}", note=f"nota {number}"))
            with pytest.raises(StraatError) as caught:
                await fatma.sync_once()
            assert caught.value.code == code
            status = fatma.sync_status()
            assert (status.trouble, status.unsent, status.online, status.aside) == (code, number + 2, True, 0)
        assert not {e.state for e in session.log.read()} & {LogState.REFUSED, LogState.ASIDE}
        assert any(n.phone == "112" for line in fatma.help_lines() for n in line.numbers)
        again = await t.fatma()  # and after a restart
        assert {v.form.note for v in again.visits()} == {"ervoor", "nota 0", "nota 1", "nota 2"}
        speak()
        for app in (again, joke):
            await app.sync_once()
        assert (again.sync_status().unsent, again.sync_status().trouble) == (0, "")
        assert {v.form.note for v in joke.queue(QueueFilter.ALL)} >= {"ervoor", "nota 0", "nota 1", "nota 2"}

    tell(story)


def test_a_phone_and_a_server_of_one_year_apart_go_on(tell: Tell, speak: Speak) -> None:
    """One version in common is enough, whoever is the older one."""

    async def story(t: Team) -> None:
        fatma = await t.fatma()
        for device, server in [(Range(1, 2), Range(2, 3)), (Range(2, 3), Range(1, 2)), (Range(1, 1), Range(1, 5))]:
            speak(device=device, server=server)
            await fatma.save_visit(replace(FORM, address=f"Tulpstraat {device.high}{server.high}"))
            await fatma.sync_once()
            assert (fatma.sync_status().unsent, fatma.sync_status().trouble) == (0, "")

    tell(story)


def test_the_screens_ask_for_the_update_in_plain_words(tell: Tell, speak: Speak) -> None:
    """With a button, to contact persons and coordinators; not for an older server, about which nobody at the door can do
    anything.
    """

    async def story(t: Team) -> None:
        for device, server, code in (OLD_PHONE, OLD_SERVER):
            speak()
            old = code == UpdateNeeded.code
            for app in (await t.fatma(), await t.joke()):
                speak(device=device, server=server)
                with pytest.raises(StraatError):
                    await app.sync_once()
                person = Person(app)
                await person.arrive()
                await person.go("/")
                assert ("Nu bijwerken" in map(person.named, person.actions())) == old
                assert person.sees("Deze app moet worden bijgewerkt.") == old
                if app.role is Role.CONTACT:
                    assert person.sees("Werk de app bij om weer te versturen.") == old
                    assert person.sees("De server is ouder dan deze app.") != old
                if old:
                    await person.tap("Nu bijwerken")
                await app.locking.stop()
                assert person.calm()

    tell(story)


def test_an_update_is_offered_where_it_helps_and_nowhere_else() -> None:
    """Too old for the server, or for what others wrote on the roll: never a vain one for what is no fault of ours."""
    assert set(versions.UPDATE_HELPS) == {UpdateNeeded.code, NewerVersion.code}


@pytest.mark.parametrize(("device", "server", "code"), [OLD_PHONE, OLD_SERVER])
def test_whoever_joins_with_an_app_of_another_year_is_told_so(
    tell: Tell, speak: Speak, device: Range, server: Range, code: str
) -> None:
    """The invitation is not used up: after the update the same link works."""

    async def story(t: Team) -> None:
        link = (await (await t.joke()).invite("Piet", Role.CONTACT)).url
        speak(device=device, server=server)
        new = t.device("piet")
        await new.start(link)
        assert (new.stage, new.look_error) == (Stage.INVITED, code)
        assert new.update_needed == (code == UpdateNeeded.code)
        speak()
        after = t.device("piet")
        await after.start(link)
        await after.accept("Piet", "583016")
        assert after.stage is Stage.OPEN

    tell(story)
