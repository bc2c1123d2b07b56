"""A team with years of notes, made in seconds: real writers and seals, put into a real server's store.

made = await LargeTeam.make(folder, contacts=20)     # folder holds store.db, for `straatcontact serve`
await made.add_visits(5_000)                          # two changes each: count and detail
link = await made.laptop_link(origin)                 # a second device of the coordinator, not yet enrolled
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from app.platform.native import SystemClock
from app.services import records, visits
from app.services.inviting import VALID_MILLIS, to_link
from app.services.models import Gift, Outcome, VisitForm, Wish
from sync.core import invitation, ring
from sync.core.change import Change, Patch
from sync.core.ids import ID_BYTES, entry_hash, record_id
from sync.core.invitation import Invitation
from sync.core.ports import SEED_BYTES, LogState
from sync.core.rights import Role
from sync.core.roll_entry import Invite, sign
from sync.device.log import SqliteLog
from sync.device.writer import Part, Writer
from sync.server.service import Service
from sync.server.sessions import Carrier
from sync.server.store_sqlite import SqliteStore
from tests.support.organisation import RANDOM, Organisation, P, Person, founded

NOTES = (
    "Net verhuisd uit Vught. Was blij met het plantje en wil graag een keer komen koffiedrinken in de huiskamer.",
    "Gezin met twee kinderen. Samen appeltaart gegeten. Ze zoeken de moestuin en willen graag mee-eten op woensdag.",
    "Rustig gesprek aan de deur. Kende de buurt nog van vroeger, woonde hier als kind en is nu terug.",
    "Kaartje in de bus gedaan; volgende week nog eens proberen, liefst na het avondeten.",
)
STREETS = ("Wilgenstraat", "De Hoef", "Tulpstraat", "Krokussenhof", "Van Berckelstraat")
AT_ONCE = 200


@dataclass(slots=True)
class LargeTeam:
    """One coordinator and some contact persons; what they write stands on the server at once."""

    organisation: Organisation
    store: SqliteStore
    service: Service
    writers: dict[bytes, tuple[Writer, SqliteLog]] = field(default_factory=dict)
    told: int = 0  # entries of the roll that the server has
    visits: int = 0

    @classmethod
    async def make(cls, folder: Path, contacts: int = 20) -> "LargeTeam":
        """The organisation and its server's store, without notes."""
        clock = SystemClock()
        store = SqliteStore(folder / "store.db")
        made = cls(await founded(clock, contacts), store, Service(store, P, clock))
        await made.tell_roll()
        for person in made.organisation.people:
            log = SqliteLog(":memory:")
            made.writers[person.device] = Writer(P, RANDOM, clock, log, made.organisation.roll, person.keyring), log
            await made._name(person)
        return made

    async def tell_roll(self) -> None:
        """Bring the server's roll up to date."""
        entries = self.organisation.roll.entries
        for length in range(self.told, len(entries)):
            assert await self.store.append_roll(self.organisation.id, length, entries[length])
        self.told = len(entries)
        self.service = Service(self.store, P, self.organisation.clock)
        await self.service.start()

    async def add_visits(self, count: int) -> None:
        """Welcome visits by each contact person in turn, all shared with the coordinator."""
        authors = self.organisation.people[1:]
        share = [range(self.visits + i, self.visits + count, len(authors)) for i in range(len(authors))]
        for person, numbers in zip(authors, share, strict=True):
            await self._write(person, [part for n in numbers for part in self._visit(person, n)])
        self.visits += count

    async def _name(self, person: Person) -> None:
        nonce = RANDOM.bytes(ID_BYTES)
        member, team = person.keyring.member, self.organisation.roll.state.device(person.device).team
        stamp = self.writers[person.device][0].stamp()
        name = {"name": Patch(f"Contactpersoon {len(self.writers)}")}
        change = Change("member", "name", record_id(member, "member", nonce), stamp, name, nonce)
        await self._write(person, [Part(change, frozenset({ring.team_ring(team)}))])

    async def _write(self, person: Person, parts: list[Part]) -> None:
        writer, log = self.writers[person.device]
        await writer.write(parts)
        carrier = Carrier(self.organisation.id, person.device)
        while pending := log.pending(AT_ONCE):
            answers = await self.service.push(carrier, [e.data for e in pending])
            assert {outcome for _, outcome in answers} == {"stored"}
            log.mark([e.id for e in pending], LogState.STORED)
            log.drop([e.id for e in pending])

    def _visit(self, person: Person, number: int) -> list[Part]:
        day = date.today() - timedelta(days=number % 300)
        form = VisitForm(
            shared=True,
            address=f"{STREETS[number % len(STREETS)]} {number}",
            day=day,
            gift=Gift.PLANT,
            outcome=Outcome.MET,
            wishes=frozenset({Wish.COFFEE}),
            note=NOTES[number % len(NOTES)],
        )
        nonce, team = RANDOM.bytes(ID_BYTES), self.organisation.roll.state.device(person.device).team
        both = frozenset({person.own_ring, ring.coordinators_ring(team)})
        record = record_id(person.keyring.member, "visit", nonce)
        writer = self.writers[person.device][0]
        groups = (("count", records.COUNT_MONTHS), ("detail", records.DETAIL_MONTHS))
        parts = []
        for group, months in groups:
            fields = {name: Patch(value) for name, value in visits._fields(group, form).items()}
            change = Change("visit", group, record, writer.stamp(), fields, nonce)
            parts.append(Part(change, both, records.month_after(day, months)))
        return parts

    async def laptop_link(self, origin: str) -> str:
        """A link with which the coordinator's new device joins, granted all rings."""
        coordinator, organisation = self.organisation.people[0], self.organisation
        seed = RANDOM.bytes(SEED_BYTES)
        signing, agreement = await invitation.signing_key(P, seed), await invitation.agreement_key(P, seed)
        grants = [
            await ring.grant(P, RANDOM.bytes(SEED_BYTES), private, organisation.id, r, epoch, agreement.public)
            for r, epoch, private in coordinator.secrets.rings
        ]
        me = organisation.roll.state.device(coordinator.device)
        until = organisation.clock.millis() + VALID_MILLIS
        body = Invite(signing.public, agreement.public, me.member, Role.COORDINATOR, me.team, until, tuple(grants))
        state = organisation.roll.state
        entry = await sign(P, coordinator.keyring.signing, state.head, coordinator.device, body)
        await organisation.roll.extend(P, [entry])
        await self.tell_roll()
        return to_link(Invitation(seed, entry_hash(entry)), origin, until, Role.COORDINATOR, "").url

    async def let_go(self) -> None:
        """Let go of the store: from here on a server process has it."""
        await self.store.close()

    async def take_up(self, folder: Path) -> None:
        """Have the store again, once no server process has it."""
        self.store = SqliteStore(folder / "store.db")
        self.service = Service(self.store, P, self.organisation.clock)
        await self.service.start()
