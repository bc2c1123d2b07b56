"""The roll as a chain: genesis, heads and forks; a list of entries counts whole or not at all."""

from dataclasses import replace

import pytest

from sync.core import invitation
from sync.core.errors import (
    BadFormat,
    BadSignature,
    NewerVersion,
    RollForked,
    RollMoved,
    RollRefused,
    UnknownHead,
)
from sync.core.ids import entry_hash, invitation_author, organisation_id
from sync.core.rights import Role
from sync.core.roll import KEEP_EVERY, Roll
from sync.core.roll_entry import NO_PREVIOUS, parse, sign
from tests.support.core_world import (
    P,
    World,
    add_device,
    bounds,
    founded,
    genesis_body,
    genesis_entry,
    invite,
    keys,
    run,
)
from tests.support.roll_steps import NEW, extend, invitation_for, refused, second_device
from tests.vectors.vector import fixed


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def test_the_organisation_is_its_genesis(w: World) -> None:
    """Its id is the hash of the first entry's bytes; two rings stand, held by the first coordinator."""
    assert w.state.organisation == organisation_id(w.roll.entries[0])
    assert w.state.length == 4
    assert w.state.head == entry_hash(w.roll.entries[-1])
    assert w.state.device(w.coordinator.device).role is Role.COORDINATOR
    assert w.state.readable(w.coordinator.device) == {w.team_ring, w.coordinators_ring, w.coordinator.own_ring}
    assert w.state.readable(w.contact.device) == {w.team_ring, w.contact.own_ring}


@pytest.mark.parametrize(
    "alter",
    [
        lambda i: replace(i, role=Role.CONTACT),
        lambda i: replace(i, team=fixed("elsewhere", 16)),
        lambda i: replace(i, grants=i.grants[:1]),
        lambda i: replace(i, grants=()),
        lambda i: replace(i, grants=(i.grants[0], i.grants[0])),
        lambda i: replace(i, grants=(i.grants[0], replace(i.grants[1], epoch=2))),
        lambda i: replace(i, grants=(*i.grants, replace(i.grants[0], ring=fixed("another", 16)))),
    ],
    ids=["no coordinator", "another team", "one ring", "no ring", "one ring twice", "epoch 2", "a third ring"],
)
def test_a_genesis_founds_one_team_with_one_coordinator(alter) -> None:  # type: ignore[no-untyped-def]
    """The first invitation is a coordinator's, for the team, and grants exactly its two rings."""
    body, _ = run(genesis_body())
    entry = run(genesis_entry(replace(body, invite=alter(body.invite))))
    with pytest.raises(RollRefused):
        run(Roll().extend(P, [entry]))


def test_a_genesis_is_signed_by_its_own_invitation() -> None:
    """Another author or another signer is refused."""
    body, _ = run(genesis_body())
    right, wrong = run(invitation.signing_key(P, fixed("first seed"))), run(P.signing_key(fixed("someone")))
    author = invitation_author(right.public)
    with pytest.raises(BadSignature):
        run(Roll().extend(P, [run(sign(P, wrong, NO_PREVIOUS, author, body))]))
    with pytest.raises(RollRefused):
        run(Roll().extend(P, [run(sign(P, wrong, NO_PREVIOUS, invitation_author(wrong.public), body))]))
    with pytest.raises(RollMoved):
        run(Roll().extend(P, [run(sign(P, right, fixed("before"), author, body))]))


def test_there_is_no_second_genesis(w: World) -> None:
    """A genesis on top of a roll is refused, and so is one beside the first: anybody can make one, so it is no fork."""
    body, _ = run(genesis_body())
    key = run(invitation.signing_key(P, fixed("first seed")))
    refused(w, RollRefused, run(sign(P, key, w.state.head, invitation_author(key.public), body)))
    refused(w, RollMoved, w.roll.entries[0])
    refused(w, RollRefused, run(genesis_entry(replace(body, salt=bytes(16)))))


def test_of_two_on_one_head_the_second_is_told_to_look_again(w: World) -> None:
    """A list with two entries on one head, or with one on a head that is not here, is refused whole."""
    one, two = invitation_for(w), invitation_for(w, "fourth", member=fixed("fourth", 16))
    refused(w, RollForked, one, two)
    refused(w, RollForked, two, one)
    refused(w, RollMoved, run(sign(P, w.coordinator.signing, fixed("unknown"), w.coordinator.device, parse(one).body)))


def test_another_entry_on_an_old_head_proves_a_fork(w: World) -> None:
    """Two entries that are both allowed and signed, with one predecessor, by two who each know one of them."""
    one, two = invitation_for(w), second_device(w, w.contact)
    extend(w, one)
    refused(w, RollForked, two)
    refused(w, RollMoved, one)
    extend(w, invitation_for(w, "fifth", member=fixed("fifth", 16)))


def test_a_try_that_lost_a_race_proves_nothing_until_something_is_built_on_it(w: World) -> None:
    """Its author has signed anew on our branch; with another entry on top there are two rolls all the same."""
    one, two = invitation_for(w), invitation_for(w, "fourth", member=fixed("fourth", 16))
    other = Roll()
    other.take_over(w.roll)
    run(other.extend(P, [two]))
    three = run(add_device(other, "fourth", other.state.head, run(keys("fourth", fixed("fourth", 16)))))
    extend(w, one)
    refused(w, RollMoved, two)
    refused(w, RollMoved, two, one)
    refused(w, RollForked, two, three)
    refused(w, BadSignature, two, three[:-1] + bytes((three[-1] ^ 1,)))


def test_a_fork_is_not_proved_by_mere_bytes(w: World) -> None:
    """What is badly signed or not allowed at its own place stops nobody."""
    two = invitation_for(w, "fourth", member=fixed("fourth", 16))
    not_allowed = invitation_for(w, by=w.contact)
    extend(w, invitation_for(w))
    refused(w, BadSignature, two[:-1] + bytes((two[-1] ^ 1,)))
    refused(w, RollRefused, not_allowed)


def test_all_or_nothing(w: World) -> None:
    """One bad entry at the end of a list of good ones leaves the roll as it was."""
    good = invitation_for(w)
    trial = Roll()
    trial.take_over(w.roll)
    run(trial.extend(P, [good]))
    bad = run(add_device(trial, "third", trial.state.head, run(keys("third", NEW)), prover=w.contact))
    refused(w, BadSignature, good, bad)
    refused(w, BadFormat, good, b"\3\1garbage")
    refused(w, NewerVersion, good, b"\3\2" + bytes(100))
    extend(w, good)


def test_a_copy_is_apart(w: World) -> None:
    """Trying an entry on a copy leaves the original as it was."""
    trial = Roll()
    trial.take_over(w.roll)
    run(trial.extend(P, [invitation_for(w)]))
    assert (w.roll.state.length, trial.state.length) == (4, 5)
    assert not w.roll.knows(trial.state.head)


def test_the_state_at_every_head_is_what_it_was() -> None:
    """Through more entries than are kept, each head gives the very state there was; unknown heads none."""

    async def grow() -> tuple[Roll, list[object]]:
        w = await founded()
        states = [w.state]
        for i in range(2 * KEEP_EVERY + 5):
            body = await bounds(f"m{i}", w.state.organisation, fixed(f"m{i}", 16), Role.CONTACT, w.team, {})
            await w.roll.extend(P, [await invite(w.roll, w.coordinator, body)])
            states.append(w.state)
        return w.roll, states  # type: ignore[return-value]

    roll, states = run(grow())
    again = Roll()
    run(again.extend(P, roll.entries))
    for state in [*states, *reversed(states)]:
        assert roll.at(state.head) == again.at(state.head) == state  # type: ignore[attr-defined]
    assert roll.at(NO_PREVIOUS).length == 0
    with pytest.raises(UnknownHead):
        roll.at(fixed("no head"))


def test_a_roll_of_another_organisation_does_not_go_on_ours(w: World) -> None:
    """Its entries name heads that are not here."""
    body, _ = run(genesis_body())
    other = Roll()
    run(other.extend(P, [run(genesis_entry(replace(body, salt=bytes(16))))]))
    foreign = run(add_device(other, "first", other.state.head, run(keys("coordinator", body.invite.member))))
    refused(w, RollMoved, foreign)


def test_two_extensions_at_once_do_not_mix(w: World) -> None:
    """While one waits for its signatures another may finish first; the slower one is told so."""
    import asyncio

    one, two = invitation_for(w), invitation_for(w, "fourth", member=fixed("fourth", 16))

    class Slow:
        async def verify(self, items):  # type: ignore[no-untyped-def]
            await asyncio.sleep(0)
            return await P.verify(items)

    async def both() -> list[object]:
        work = [w.roll.extend(Slow(), [e]) for e in (one, two)]  # type: ignore[arg-type]
        return await asyncio.gather(*work, return_exceptions=True)

    results = run(both())
    assert [type(r) for r in results] == [type(None), RollMoved]
    assert w.roll.entries[-1] == one
    assert w.state.length == len(w.roll.entries) == 5
