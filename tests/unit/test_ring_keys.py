"""What the roll grants to a device: opened when it is what the roll says, and never in the place of the right one."""

import pytest

from app.platform.native import SystemRandom
from sync.core import ring
from sync.core.change import Change, Patch
from sync.core.errors import Revoked
from sync.core.hlc import Stamp
from sync.core.ids import record_id
from sync.core.roll import Roll
from sync.core.roll_entry import Granted
from sync.device.keyring import Keyring, unlock
from sync.device.log import SqliteLog
from sync.device.secrets import Secrets
from sync.device.writer import Part, Writer
from tests.support.core_world import P, Person, World, founded, run
from tests.support.native_app import TestClock
from tests.support.roll_steps import extend, grant, laptop_of, renew, revoke, signed
from tests.vectors.vector import fixed


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def keyring(w: World, person: Person) -> Keyring:
    """What a device opens of the roll."""
    made = Keyring(person.device, person.member, person.signing, person.agreement)
    run(made.absorb(P, w.state, w.roll.entries))
    return made


def publics(made: Keyring, r: bytes) -> dict[int, bytes]:
    """Epoch → public half of what it holds of a ring."""
    return {epoch: half.public for (name, epoch), half in made.rings.items() if name == r}


def wrong_grant(w: World, r: bytes, device: Person) -> Granted:
    """A grant that opens, with another private half than the ring's."""
    epoch = w.state.rings[r].epoch
    sealed = run(
        ring.grant(P, fixed("seed"), fixed("wrong half"), w.state.organisation, r, epoch, device.agreement.public)
    ).sealed
    return Granted(((r, epoch, device.device, sealed),))


def test_a_renewal_is_opened_by_each_holder_and_nobody_else(w: World) -> None:
    """In the entry itself lies what it takes."""
    extend(w, renew(w, w.coordinator, w.team_ring))
    for person in (w.coordinator, w.contact):
        assert publics(keyring(w, person), w.team_ring) == {2: w.state.rings[w.team_ring].public}
    assert not keyring(w, w.contact).rings.keys() - {(w.team_ring, 2)}


def test_a_wrong_private_half_takes_no_right_one_s_place(w: World) -> None:
    """Before the right one or after it: the device goes on with what the roll says."""
    bare = laptop_of(w, w.contact, rings=False)
    right = w.state.rings[w.team_ring].public
    extend(w, signed(w, w.coordinator, wrong_grant(w, w.team_ring, bare)))
    assert publics(keyring(w, bare), w.team_ring) == {}
    extend(w, grant(w, w.coordinator, (w.team_ring, bare.device)))
    extend(w, signed(w, w.coordinator, wrong_grant(w, w.team_ring, bare)))
    assert publics(keyring(w, bare), w.team_ring) == {1: right}


def test_a_wrong_half_in_the_secrets_gives_way_to_the_right_one_on_the_roll(w: World) -> None:
    """An invitation may have been made with anything in it."""
    secrets = Secrets(
        fixed("contact signing"), fixed("contact agreement"), b"", w.contact.member, "", ((w.team_ring, 1, bytes(32)),)
    )
    assert publics(run(unlock(P, secrets, w.roll)), w.team_ring) == {}
    extend(w, grant(w, w.coordinator, (w.team_ring, w.contact.device)))
    assert publics(run(unlock(P, secrets, w.roll)), w.team_ring) == {1: w.state.rings[w.team_ring].public}


def test_a_ring_that_is_not_on_the_roll_yet_is_kept(w: World) -> None:
    """A joining device has its own ring before its entry is there."""
    own = (w.contact.own_ring, 1, w.contact.own)
    secrets = Secrets(fixed("contact signing"), fixed("contact agreement"), b"", w.contact.member, "", (own,))
    before = Roll()
    run(before.extend(P, w.roll.entries[:-1]))
    assert publics(run(unlock(P, secrets, before)), w.contact.own_ring).keys() == {1}


def test_a_device_that_knows_it_has_left_writes_nothing(w: World) -> None:
    """Nobody would take it: better said at once than lost later. What was written before stays in the queue."""
    log = SqliteLog(":memory:")
    writer = Writer(P, SystemRandom(), TestClock(), log, w.roll, keyring(w, w.contact))
    nonce = fixed("visit", 16)
    record = record_id(w.contact.member, "visit", nonce)
    change = Change("visit", "detail", record, Stamp(1, 0), {"note": Patch("thee")}, nonce)
    part = Part(change, frozenset({w.contact.own_ring}))
    run(writer.write([part]))
    before = [e.id for e in log.pending()]
    extend(w, revoke(w, w.coordinator, w.contact.device))
    with pytest.raises(Revoked):
        run(writer.write([part]))
    assert [e.id for e in log.pending()] == before
    assert len(before) == 2
