"""Readers of a small organisation (core_world): what a device makes of sealed bytes, in any order of arrival.

    post = Post(w)
    post.note(w.contact, "visit", "Tulpstraat 12")        # sealed, signed, next in its chains; kept under a name
    r = post.read(w.coordinator)                            # all of it, as that device opens it
    assert told(r) == told(post.read(w.coordinator, order=[…]))

A `Post` writes for any device at any head (`at`), also after it has left: as a phone that is offline, or a thief's.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from sync.core import change, envelope, ring
from sync.core.change import Change, Patch
from sync.core.envelope import id_of
from sync.core.hlc import Stamp
from sync.core.ids import record_id, sender_key_id
from sync.core.ports import LogState
from sync.core.roll import Roll
from sync.core.roll_entry import Cut
from sync.core.roll_state import State
from sync.device import ring_keys
from sync.device.keyring import Keyring
from sync.device.log import SqliteLog
from sync.device.replica import ADOPTION, GRANT, KEYS, VERDICT, Replica
from tests.property.histories import snapshot
from tests.support.core_world import P, Person, World, run, sealed_change, sealed_key
from tests.support.roll_steps import private
from tests.vectors.vector import fixed


@dataclass(slots=True)
class Post:
    """Everything that was ever sent, by name, in the order of writing."""

    w: World
    sent: dict[str, bytes] = field(default_factory=dict)
    keys: dict[tuple[bytes, ...], bytes] = field(default_factory=dict)  # (device, ring and epoch …) → content key
    clock: int = 0

    @contextmanager
    def at(self, state: State) -> Iterator[None]:
        """Write as someone who knows the roll up to here."""
        roll, entries = self.w.roll, self.w.roll.entries
        self.w.roll = Roll()
        run(self.w.roll.extend(P, entries[: state.length]))
        try:
            yield
        finally:
            self.w.roll = roll

    @contextmanager
    def forked(self, device: bytes) -> Iterator[None]:
        """Write beside the device's chains: what is sent after this takes the same numbers again."""
        before = dict(self.w.chains)
        try:
            yield
        finally:
            self.w.chains = {**self.w.chains, **{p: c for p, c in before.items() if p[0] == device}}
            for place in [p for p in self.w.chains if p[0] == device and p not in before]:
                del self.w.chains[place]

    def _key(self, by: Person, rings: list[bytes]) -> bytes:
        name = (by.device, *(b"%b %d" % (r, self.w.state.rings[r].epoch) for r in sorted(rings)))
        if name not in self.keys:
            self.keys[name] = fixed(f"content key {len(self.keys)}")
            label = f"sender key {len(self.keys)}"
            self.sent[label] = run(sealed_key(self.w, by, self.keys[name], rings, label))
        return self.keys[name]

    def rings(self, by: Person) -> list[bytes]:
        """Where someone seals a visit: their own ring and the coordinators' of their team."""
        return [by.own_ring, ring.coordinators_ring(self.w.state.device(by.device).team)]

    def send(self, name: str, by: Person, said: Change, rings: Sequence[bytes] = ()) -> bytes:
        """A change under this name; its envelope's id."""
        at = list(rings) or self.rings(by)
        key = self._key(by, at)
        self.sent[name] = run(sealed_change(self.w, by, key, at, change.encode(said), 0, name))
        return id_of(self.sent[name])

    def stamp(self) -> Stamp:
        """The next moment."""
        self.clock += 1
        return Stamp(self.clock, 0)

    def note(self, by: Person, name: str, text: str, rings: Sequence[bytes] = ()) -> bytes:
        """A new visit; its record."""
        nonce = fixed(f"visit {name}", 16)
        record = record_id(by.member, "visit", nonce)
        self.send(name, by, Change("visit", "detail", record, self.stamp(), {"note": Patch(text)}, nonce), rings)
        return record

    def edit(self, by: Person, name: str, record: bytes, text: str, *replaces: bytes) -> bytes:
        """Another text for a visit; its envelope's id."""
        patch = {"note": Patch(text, replaces)}
        return self.send(name, by, Change("visit", "detail", record, self.stamp(), patch))

    def task(self, by: Person, name: str, text: str, rings: Sequence[bytes] = ()) -> bytes:
        """Something that only a coordinator may write; its record."""
        nonce = fixed(f"task {name}", 16)
        record = record_id(by.member, "task", nonce)
        self.send(name, by, Change("task", "detail", record, self.stamp(), {"text": Patch(text)}, nonce), rings)
        return record

    def verdict(self, by: Person, name: str, about: str, said: str, rings: Sequence[bytes] = ()) -> bytes:
        """What someone decides about a quarantined envelope."""
        nonce = fixed(f"verdict {name}", 16)
        record = record_id(by.member, ADOPTION, nonce)
        fields = {"envelope": Patch(self.id(about)), "verdict": Patch(said)}
        return self.send(name, by, Change(ADOPTION, VERDICT, record, self.stamp(), fields, nonce), rings)

    def handed_on(
        self, by: Person, name: str, keys: Iterable[tuple[bytes, bytes]], rings: Sequence[bytes] = ()
    ) -> bytes:
        """Content keys granted anew: (key id, key)."""
        nonce = fixed(f"keys {name}", 16)
        record = record_id(by.member, GRANT, nonce)
        fields = {"keys": Patch([list(k) for k in keys])}
        return self.send(name, by, Change(GRANT, KEYS, record, self.stamp(), fields, nonce), rings)

    def content_key(self, name: str) -> tuple[bytes, bytes]:
        """(key id, content key) of what was sent under this name."""
        header = envelope.parse(self.sent[name]).header
        named = {sender_key_id(k, header.device, header.rings): k for k in self.keys.values()}
        return header.key, named[header.key]

    def id(self, name: str) -> bytes:
        """The envelope's id."""
        return id_of(self.sent[name])

    def cut(self, device: bytes, *names: str, of: Iterable[bytes] = ()) -> Cut:
        """The last places of a device in these rings, as someone has seen them who got no more than `names`
        (all that was sent, if none is named).
        """
        last: dict[bytes, tuple[int, bytes]] = {}
        for name in names or self.sent:
            e = envelope.parse(self.sent[name])
            for link in e.header.links if e.header.device == device else ():
                last[link.ring] = max(last.get(link.ring, (0, b"")), (link.number, e.id))
        return Cut(device, tuple((r, *last[r]) for r in sorted(set(of)) if r in last))

    # -- reading -----------------------------------------------------------------------------------------------

    def reader(self, person: Person, roll: Roll | None = None) -> "Reader":
        """A device with nothing in its log yet."""
        return Reader(self, person, roll or self.w.roll)

    def read(self, person: Person, order: Sequence[str] = (), steps: int = 0) -> Replica:
        """What a device makes of these (all, if none is named), `steps` at a time (0: all at once)."""
        r = self.reader(person)
        names = list(order or self.sent)
        for start in range(0, len(names), steps or len(names)):
            r.take(*names[start : start + (steps or len(names))])
        return r.replica


class Reader:
    """One device's log and replica; envelopes and roll entries come in as a test says."""

    def __init__(self, post: Post, person: Person, roll: Roll) -> None:
        self._post, self.person, self.roll = post, person, roll
        self.log = SqliteLog(":memory:")
        self.keyring = Keyring(person.device, person.member, person.signing, person.agreement)
        self.unlock()
        self.replica = Replica(P, self.log, roll, self.keyring)

    def unlock(self) -> None:
        """The rings that this device was ever granted, as a device finds them in its secrets and on the roll."""
        w, state = self._post.w, self.roll.state
        first = {r for r in state.rings if self.person.device in self._ever(r)}
        for r in first:
            for epoch in range(1, state.rings[r].epoch + 1):
                half = run(P.agreement_key(private(w, r, epoch)))
                if ring_keys.fits(state, r, epoch, half.public) and self._held(r, epoch):
                    self.keyring.rings[r, epoch] = half

    def _ever(self, r: bytes) -> set[bytes]:
        return {h for head in self._heads() if r in head.rings for h in head.rings[r].holders}

    def _held(self, r: bytes, epoch: int) -> bool:
        """Whether it was granted this epoch: a team's ring comes with its earlier ones, an own ring as it is."""
        held = [h.rings[r] for h in self._heads() if r in h.rings and self.person.device in h.rings[r].holders]
        return any(known.epoch == epoch or (known.kind != ring.OWN and known.epoch > epoch) for known in held)

    def _heads(self) -> list[State]:
        return [self.roll.at(head) for head in self.roll._places]

    def take(self, *names: str) -> Replica:
        """These arrive."""
        self.log.append([(self._post.id(n), self._post.sent[n], LogState.STORED) for n in names])
        run(self.replica.catch_up())
        return self.replica

    def learn(self, *entries: bytes) -> Replica:
        """The roll grows."""
        run(self.roll.extend(P, entries))
        self.unlock()
        run(self.replica.catch_up())
        return self.replica

    def restarted(self) -> Replica:
        """The same log, opened again."""
        again = Keyring(self.person.device, self.person.member, self.person.signing, self.person.agreement)
        again.rings = dict(self.keyring.rings)
        self.keyring, self.replica = again, Replica(P, self.log, self.roll, again)
        run(self.replica.catch_up())
        return self.replica


def told(replica: Replica) -> object:
    """Records, refusals, what is quarantined, what is missing and what was said twice."""
    records = {i: snapshot(r) for i, r in replica.records.items()}
    reasons = {i: a.reason for i, a in replica.aside.items()}
    held = set(replica.quarantine)
    return records, reasons, held, replica.waiting, replica.withheld, replica.doubled


def notes(replica: Replica) -> set[str]:
    """Every note or task that is shown."""
    found = [r.value(f) for r in replica.records.values() for f in ("detail.note", "detail.text")]
    return {str(f) for f in found if f is not None}
