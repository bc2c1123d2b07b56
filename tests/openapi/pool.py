"""A real organisation for schemathesis to ask about: what may stand in a body, so that it gets behind the first check.

The process that asks (tests/openapi/asking.py) gets it as a file.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

from app.platform.native import SystemClock
from sync.core import directory, stories
from sync.core.envelope import id_of
from sync.core.ids import entry_hash
from sync.core.rights import Role
from tests.support.organisation import RANDOM, Organisation, P, Person, founded
from tests.support.process import prepared
from tests.support.server import Caller

CONTACTS = 12
ENVELOPES = 6
PUSHED = 3  # people whose envelopes are on the server already


@dataclass(slots=True)
class Pool:
    """Values by the names that they have in the document, bytes as hexadecimal; who signs with what; tokens."""

    values: dict[str, list[object]] = field(default_factory=dict)
    seeds: dict[str, str] = field(default_factory=dict)  # device → the seed of its signing key
    tokens: list[str] = field(default_factory=list)

    def add(self, name: str, *values: bytes | int) -> None:
        """More of these."""
        self.values.setdefault(name, []).extend(v.hex() if isinstance(v, bytes) else v for v in values)

    def write(self, file: Path) -> None:
        """For the other process."""
        file.write_text(json.dumps({"values": self.values, "seeds": self.seeds, "tokens": self.tokens}))


async def filled(folder: Path) -> tuple[Organisation, Pool]:
    """An organisation in a store under `folder`, not served yet, and all that may be asked about it."""
    organisation, pool = await founded(SystemClock(), CONTACTS), Pool()
    joke = organisation.people[0]
    waiting = await organisation.invited(joke, Role.CONTACT)
    late = await organisation.invited(joke, Role.CONTACT, expires_millis=1_000)
    await prepared(folder, organisation)
    state = organisation.roll.state
    pool.add("organisation", organisation.id)
    pool.add("announced", waiting.announced, late.announced, *list(state.used)[:2])
    pool.add("sheet", RANDOM.bytes(16))
    pool.add("head", state.head, entry_hash(organisation.roll.entries[0]))
    pool.add("number known", 0, 1, len(organisation.roll.entries), len(organisation.roll.entries) + 1)
    pool.add("sequence", 0, 1, 2, 5, 100, 2**63 - 1)
    invite, _ = await organisation.invite_entry(joke, Role.CONTACT)
    joining, _ = await organisation.join_entry(waiting)
    too_late, _ = await organisation.join_entry(late)
    pool.add("roll entry", invite, joining, too_late, organisation.roll.entries[-1])
    first = await directory.sign(P, joke.keyring.signing, organisation.roll, joke.device, None, [], "2026-11-25")
    second = directory.parse(first)
    after = await directory.sign(P, joke.keyring.signing, organisation.roll, joke.device, second, [], "2026-11-25")
    pool.add("edition", first, after)
    record = RANDOM.bytes(16)
    secret = stories.secret_of(record)
    sheet = stories.make_sheet(organisation.id, stories.lock_of(secret), "Soep", "Voor allen.", b"", "2027-05-01")
    listed = await stories.sign(P, joke.keyring.signing, organisation.roll, joke.device, None, [], "2026-11-25")
    pool.add("story list", listed)
    pool.add("story sheet", sheet.data)
    pool.add("story part", stories.part_hash(sheet.data))
    pool.add("story secret", secret)
    return organisation, pool


async def signed_in(organisation: Organisation, pool: Pool, url: str) -> None:
    """Everybody's token from the running server, and envelopes: of some they are there, of the others still to come."""
    caller = Caller(base_url=url)
    for number, person in enumerate(organisation.people):
        token = await caller.signed_in(person)
        pool.tokens.append(token)
        pool.add("device", person.device)
        pool.add("ring", *person.readable)
        pool.seeds[person.device.hex()] = person.secrets.signing.hex()
        made = await _envelopes(person)
        if number < PUSHED:
            assert await caller.push(token, made) == ["stored"] * len(made)
        pool.add("envelope", *made)
        pool.add("envelope id", *map(id_of, made))
    await caller.close()


async def _envelopes(person: Person) -> list[bytes]:
    key = await person.key_envelope()
    return [key, *[await person.envelope(b"a note", expiry=202_712) for _ in range(ENVELOPES)]]
