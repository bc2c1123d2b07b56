"""Ring grants: they open for whom they were made, where they were made for, and nowhere else."""

from dataclasses import replace

import pytest

from sync.core import ring
from sync.core.errors import NotForThisKey
from tests.support.core_world import P, run
from tests.vectors.vector import fixed

PRIVATE, ORGANISATION, RING = fixed("private"), fixed("organisation"), fixed("ring", 16)
MINE = run(P.agreement_key(fixed("mine")))
GRANT = run(ring.grant(P, fixed("seed"), PRIVATE, ORGANISATION, RING, 3, MINE.public))


def test_a_grant_gives_the_private_half() -> None:
    """To the recipient, 32 bytes; and the bytes of the grant hide it."""
    assert run(ring.accept(P, MINE, ORGANISATION, GRANT)) == PRIVATE
    assert len(GRANT.sealed) == 80
    assert PRIVATE not in GRANT.sealed


@pytest.mark.parametrize(
    "other",
    [
        {"grant": replace(GRANT, ring=fixed("another", 16))},
        {"grant": replace(GRANT, epoch=2)},
        {"grant": replace(GRANT, sealed=GRANT.sealed[:-1])},
        {"grant": replace(GRANT, sealed=b"")},
        {"organisation": bytes(32)},
        {"key": run(P.agreement_key(fixed("another's")))},
    ],
    ids=["another ring", "another epoch", "cut off", "nothing", "another organisation", "another key"],
)
def test_a_grant_opens_nowhere_else(other: dict[str, object]) -> None:
    """Ring, epoch, organisation and recipient are bound."""
    given = {"key": MINE, "organisation": ORGANISATION, "grant": GRANT} | other
    with pytest.raises(NotForThisKey):
        run(ring.accept(P, **given))  # type: ignore[arg-type]


def test_what_a_grant_is_bound_to_differs_in_every_part() -> None:
    """No two (organisation, ring, epoch, recipient) give the same HPKE info."""
    a, b = fixed("a"), fixed("b")
    made = [ring.info(a, RING, 1, a), ring.info(b, RING, 1, a), ring.info(a, RING, 2, a), ring.info(a, RING, 1, b)]
    made.append(ring.info(a, fixed("r", 16), 1, a))
    assert len(set(made)) == len(made)
