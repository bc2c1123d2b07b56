"""A server that keeps back the last words of a device that was signed off: no gap shows it, as nothing follows."""

import asyncio
from pathlib import Path
from typing import Any

from app.services.models import Outcome, Role
from sync.core import wire
from sync.core.envelope import parse_any
from tests.adversary.evil_server import besieged, rewritten
from tests.support.settled_team import DAY, session_of


def test_keeps_back_the_last_words_of_a_phone_that_was_signed_off(settled: Path, tmp_path: Path) -> None:
    """The coordinator who signed it off has seen them, and the roll names them: whoever lacks them is told."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            phone = session_of(s.fatma).device
            laptop = await s.t.unlocked("laptop")
            assert await s.round(laptop) == ""
            await s.fatma.tap_outcome("Tulpstraat 15", Outcome.NO_CONTACT)
            for app in (s.fatma, s.joke):
                assert await s.round(app) == ""
            await s.joke.trust.revoke_device(phone)

            def without(pages: Any) -> Any:
                for page in pages:
                    page[1] = [item for item in page[1] if parse_any(item[1]).header.device != phone]
                return pages

            s.evil.on("pull", rewritten(wire.PULLED, without))
            assert await s.round(laptop) == ""
            assert laptop.sync_status().withheld == 1
            assert session_of(laptop).replica.withheld == set()
            assert s.joke.sync_status().withheld == 0
            s.evil.calm()
            s.t.clock.now += DAY  # then it looks again from the beginning
            for _ in range(2):
                assert await s.round(laptop) == ""
            assert laptop.sync_status().withheld == 0

    asyncio.run(story())


def test_a_phone_that_was_signed_off_without_a_word_is_no_alarm(settled: Path, tmp_path: Path) -> None:
    """The cut names number 0 in the rings that it never wrote in: the coordinator was told of withholding, once."""

    async def story() -> None:
        async with besieged(settled, tmp_path) as s:
            guest = s.t.device("guest")
            await guest.start((await s.joke.invite("Gast", Role.CONTACT)).url)
            await guest.accept("Gast", "583016")
            await guest.locking.stop()
            for app in (guest, s.joke):
                assert await s.round(app) == ""
            await s.joke.trust.revoke_member(session_of(guest).member)
            for app in (s.fatma, s.joke):
                assert await s.round(app) == ""
                assert app.sync_status().withheld == 0

    asyncio.run(story())
