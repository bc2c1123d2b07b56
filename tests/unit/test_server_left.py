"""What the server still does for a device that has left: it hears that, hands in what it has, and gets nothing more."""

import pytest

from sync.core import envelope
from sync.core.errors import Revoked, RollRefused, SlowDown
from sync.core.roll import Roll
from sync.core.roll_entry import Cut
from sync.server.service import Service
from sync.server.sessions import Carrier
from sync.server.store_memory import MemoryStore
from tests.support.core_world import P, World, founded, run
from tests.support.native_app import TestClock
from tests.support.readers import Post
from tests.support.roll_steps import extend, invitation_for, laptop_of, renew, revoke


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


async def _served(roll: Roll) -> Service:
    store = MemoryStore(bytes(16))
    for number, entry in enumerate(roll.entries):
        assert await store.append_roll(roll.state.organisation, number, entry)
    service = Service(store, P, TestClock())
    await service.start()
    return service


def carrier(w: World, device: bytes) -> Carrier:
    """A session of this device."""
    return Carrier(w.state.organisation, device)


def test_who_has_left_gets_the_roll_up_to_that_entry(w: World) -> None:
    """Not what came after, not even after its member's other device has cut their own ring, which names it again."""
    laptop = laptop_of(w, w.contact)
    extend(w, revoke(w, w.coordinator, w.contact.device))
    until = list(w.roll.entries)
    extend(w, invitation_for(w, grants={}))
    extend(w, renew(w, laptop, w.contact.own_ring, cuts=[Cut(w.contact.device)]))
    extend(w, renew(w, w.coordinator, w.team_ring))
    service = run(_served(w.roll))
    assert run(service.roll(carrier(w, w.contact.device), 0)) == until
    assert run(service.roll(carrier(w, w.contact.device), len(until))) == []
    assert run(service.roll(carrier(w, laptop.device), 0)) == w.roll.entries


def test_who_has_left_hands_in_what_it_wrote_before_and_reads_nothing(w: World) -> None:
    """Each piece is acknowledged; a ring that it held is shut."""
    post = Post(w)
    post.note(w.contact, "unsent", "thee")
    extend(w, revoke(w, w.coordinator, w.contact.device))
    service, me = run(_served(w.roll)), carrier(w, w.contact.device)
    outcomes = run(service.push(me, list(post.sent.values())))
    assert [outcome for _, outcome in outcomes] == ["stored", "stored"]
    for r in (w.contact.own_ring, w.team_ring):
        with pytest.raises(Revoked):
            run(service.pull(me, [(r, 0)]))
    with pytest.raises(Revoked):
        run(service.devices(me))
    entry = invitation_for(w, by=w.contact)
    with pytest.raises(Revoked):
        run(service.append(me, w.state.head, entry))
    with pytest.raises(RollRefused):
        run(service.append(carrier(w, w.coordinator.device), w.state.head, entry))


def test_what_is_written_at_a_head_where_the_device_was_gone_is_not_taken(w: World) -> None:
    """Nor is what another carries for it, unless its signature holds."""
    post = Post(w)
    post.note(w.contact, "unsent", "thee")
    extend(w, revoke(w, w.coordinator, w.contact.device))
    post.note(w.contact, "after", "te laat", [w.contact.own_ring, w.coordinators_ring])
    service, other = run(_served(w.roll)), carrier(w, w.coordinator.device)
    assert run(service.push(carrier(w, w.contact.device), [post.sent["after"]]))[0][1] == "unknown_device"
    key, note = post.sent["sender key 1"], post.sent["unsent"]
    altered = key[:-1] + bytes((key[-1] ^ 1,))
    outcomes = [outcome for _, outcome in run(service.push(other, [altered, key, note]))]
    assert outcomes == ["bad_signature", "stored", "stored"]
    assert envelope.parse(note).header.device == w.contact.device


def test_what_a_lost_phone_still_brings_has_a_bound_and_what_comes_again_is_not_counted(
    w: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flaky network repeats; a thief with the phone fills no disk."""
    monkeypatch.setattr("sync.server.service.MAX_HANDED_IN", 3)
    post = Post(w)
    for i in range(4):
        post.note(w.contact, f"note {i}", "thee")
    extend(w, revoke(w, w.coordinator, w.contact.device))
    service, me = run(_served(w.roll)), carrier(w, w.contact.device)
    sent = list(post.sent.values())
    for _ in range(3):
        assert {outcome for _, outcome in run(service.push(me, sent[:2]))} <= {"stored", "duplicate"}
    assert [outcome for _, outcome in run(service.push(me, sent[2:3]))] == ["stored"]
    with pytest.raises(SlowDown):
        run(service.push(me, sent[3:]))
    assert [outcome for _, outcome in run(service.push(carrier(w, w.coordinator.device), sent[3:]))] == ["stored"] * 2
