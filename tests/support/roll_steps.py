"""Steps on a roll for tests: inviting, joining and renewing, and entries that must be refused."""

import pytest

from sync.core.errors import (
    StraatError,
)
from sync.core.rights import Role
from tests.support.core_world import (
    P,
    Person,
    World,
    add_device,
    bounds,
    invite,
    keys,
    ring_epoch,
    run,
)
from tests.vectors.vector import fixed

NEW = fixed("new member", 16)


def extend(w: World, *entries: bytes) -> None:
    """Take entries in."""
    run(w.roll.extend(P, entries))


def refused(w: World, error: type[StraatError], *entries: bytes) -> None:
    """The entries are refused by this very error, and the roll is as it was."""
    before, state = list(w.roll.entries), w.roll.state
    with pytest.raises(StraatError) as raised:
        extend(w, *entries)
    assert type(raised.value) is error
    assert (w.roll.entries, w.roll.state) == (before, state)


def team_grant(w: World, epoch: int = 1) -> dict[tuple[bytes, int], bytes]:
    """A grant of the team's ring."""
    return {(w.team_ring, epoch): w.privates[w.team_ring]}


def invitation_for(w: World, label: str = "third", by: Person | None = None, **other: object) -> bytes:
    """An invitation of a new contact person, or with some of its bounds other."""
    given = {"member": NEW, "role": Role.CONTACT, "team": w.team, "grants": team_grant(w)} | other
    body = run(bounds(label, w.state.organisation, **given))  # type: ignore[arg-type]
    return run(invite(w.roll, by or w.coordinator, body))


def joined(w: World, label: str, member: bytes, **other: object) -> Person:
    """Invite and enrol someone."""
    extend(w, invitation_for(w, label, member=member, **other))
    person = run(keys(label, member))
    extend(w, run(add_device(w.roll, label, w.state.head, person)))
    return person


def second_device(w: World, by: Person, label: str = "laptop", **other: object) -> bytes:
    """An invitation for another device of oneself."""
    own = {(by.own_ring, 1): by.own, **team_grant(w)}
    given = {"member": by.member, "role": w.state.device(by.device).role, "grants": own} | other
    return invitation_for(w, label, by=by, **given)


def renewal(w: World, by: Person, ring_: bytes, epoch: int, *holders: Person) -> bytes:
    """A ring's next epoch."""
    return run(ring_epoch(w.roll, by, ring_, epoch, fixed(f"private {epoch}"), list(holders)))
