"""Roll entries as bytes: each action comes back as written, and everything else is refused by its own error."""

import pytest

from sync.core import codec, formats, ring, roll_entry
from sync.core.errors import BadFormat, NewerVersion, TooLarge
from sync.core.rights import Role
from sync.core.ring import Grant
from sync.core.roll_entry import (
    AddDevice,
    Body,
    Cut,
    Epoch,
    Genesis,
    Granted,
    Invite,
    Place,
    Recover,
    Renew,
    Revoke,
    Round,
    Sheet,
    Team,
    Withdraw,
    parse,
    proof_bytes,
    sign,
)
from tests.support.core_world import P, run
from tests.vectors.vector import fixed

PREVIOUS, AUTHOR, ID = fixed("previous"), fixed("author", 16), fixed("id", 16)
KEY = run(P.signing_key(fixed("signer")))
PUBLIC = run(P.agreement_key(fixed("x"))).public
SEALED = fixed("sealed", 80)
INVITE = Invite(KEY.public, PUBLIC, ID, Role.CONTACT, ID, 5, (Grant(ID, 1, SEALED),))
EPOCH = Epoch(ID, 2, PUBLIC, ((ID, SEALED), (AUTHOR, SEALED)))
CUT = Cut(ID, ((AUTHOR, 3, PREVIOUS),))
BODIES: dict[str, Body] = {
    "genesis": Genesis(ID, ID, PUBLIC, PUBLIC, INVITE),
    "invite": INVITE,
    "first device": AddDevice(PREVIOUS, KEY.public, PUBLIC, PUBLIC, bytes(64)),
    "next device": AddDevice(PREVIOUS, KEY.public, PUBLIC, None, bytes(64)),
    "renew": Renew((EPOCH, EPOCH), (CUT,)),
    "revoke": Revoke((CUT, Cut(AUTHOR)), (EPOCH,)),
    "place": Place(ID, Role.COLLECTOR, AUTHOR, (CUT,), (EPOCH,)),
    "team": Team(ID, AUTHOR, (EPOCH, EPOCH)),
    "grant": Granted(((ID, 1, AUTHOR, SEALED),)),
    "sheet": Sheet(KEY.public, PUBLIC, (Grant(ID, 1, SEALED),)),
    "recover": Recover(ID, KEY.public, PUBLIC, PUBLIC, bytes(64)),
    "withdraw": Withdraw(PREVIOUS),
    "round": Round(ID, AUTHOR, (ID, AUTHOR), False, (), (EPOCH,)),
    "round that is over": Round(ID, AUTHOR, (), True, (CUT,), (EPOCH,)),
}
LOW_ORDER = {
    "zero": bytes(32),
    "one": b"\1" + bytes(31),
    "order 8": (325606250916557431795983626356110631294008115727848805560023387167927233504).to_bytes(32, "little"),
    "order 8, the other": (39382357235489614581723060781553021112529911719440698176882885853963445705823).to_bytes(
        32, "little"
    ),
    "minus one": (2**255 - 20).to_bytes(32, "little"),
    "the prime": (2**255 - 19).to_bytes(32, "little"),
    "with the ignored bit": PUBLIC[:31] + bytes((PUBLIC[31] | 128,)),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_an_entry_comes_back_as_it_was(body: Body) -> None:
    """Previous, author and body survive; the whole is kept as received; the signature holds."""
    data = run(sign(P, KEY, PREVIOUS, AUTHOR, body))
    entry = parse(data)
    assert (entry.data, entry.previous, entry.author, entry.body) == (data, PREVIOUS, AUTHOR, body)
    assert run(P.verify([entry.signed_by(KEY.public)])) == [True]


def _entry(value: object, prefix: bytes = formats.prefix(formats.ROLL_ENTRY)) -> bytes:
    return prefix + codec.pack(value) + bytes(64)


def _invite(**other: object) -> list[object]:
    rows = {"signing": KEY.public, "agreement": PUBLIC, "member": ID, "role": 1, "team": ID, "expires": 5, "grants": []}
    return list((rows | other).values())


WRONG = {
    "no action": ([], BadFormat),
    "action None": ([None], BadFormat),
    "action a list": ([[]], BadFormat),
    "action a map": ([{}], BadFormat),
    "action text": (["1"], BadFormat),
    "action true": ([True], BadFormat),
    "action 0": ([0], BadFormat),
    "action below 0": ([-1], BadFormat),
    "an action of a newer version": ([13, "whatever"], NewerVersion),
    "a body that is no list": ({"action": 1}, BadFormat),
    "a body that is bytes": (b"\1", BadFormat),
    "an invitation without its row": ([2], BadFormat),
    "an invitation with a row too many": ([2, _invite(), 0], BadFormat),
    "role 0": ([2, _invite(role=0)], BadFormat),
    "role 4": ([2, _invite(role=4)], BadFormat),
    "role true": ([2, _invite(role=True)], BadFormat),
    "a short key": ([2, _invite(signing=bytes(31))], BadFormat),
    "a negative end": ([2, _invite(expires=-1)], BadFormat),
    "a grant of epoch 0": ([2, _invite(grants=[[ID, 0, SEALED]])], BadFormat),
    "a short grant": ([2, _invite(grants=[[ID, 1, SEALED[1:]]])], BadFormat),
    "too many grants": ([2, _invite(grants=[[ID, 1, SEALED]] * (roll_entry.MAX_GRANTS + 1))], TooLarge),
    "epoch 0": ([4, [[ID, 0, PUBLIC, []]], []], BadFormat),
    "too many epochs": ([4, [[ID, 2, PUBLIC, []]] * (roll_entry.MAX_EPOCHS + 1), []], TooLarge),
    "a cut at number 0": ([5, [[ID, [[ID, 0, PREVIOUS]]]], []], BadFormat),
    "too many cuts": ([5, [[ID, []]] * (roll_entry.MAX_CUTS + 1), []], TooLarge),
    "a place in role 0": ([6, ID, 0, ID, [], []], BadFormat),
    "a team without its rings": ([7, ID, ID], BadFormat),
    "a grant to nobody": ([8, [[ID, 1, SEALED]]], BadFormat),
    "a sheet with a short key": ([9, KEY.public[1:], PUBLIC, []], BadFormat),
    "a recovery with a short proof": ([10, ID, KEY.public, PUBLIC, None, bytes(63)], BadFormat),
    "a withdrawal of half a hash": ([11, PREVIOUS[:16]], BadFormat),
    "a round for too many": ([12, ID, ID, [ID] * (roll_entry.MAX_MEMBERS + 1), False, [], []], TooLarge),
    "a round that is neither over nor not": ([12, ID, ID, [], 1, [], []], BadFormat),
    "a round without its team": ([12, ID, [], False, [], []], BadFormat),
    "a device with a short proof": ([3, PREVIOUS, KEY.public, PUBLIC, None, bytes(63)], BadFormat),
    "a genesis without invitation": ([1, ID, ID, PUBLIC, PUBLIC], BadFormat),
    "a genesis with another's salt size": ([1, ID + b"x", ID, PUBLIC, PUBLIC, _invite()], BadFormat),
}


@pytest.mark.parametrize(("body", "error"), WRONG.values(), ids=WRONG.keys())
def test_what_is_no_entry_is_refused(body: object, error: type[Exception]) -> None:
    """Each wrong body has its own typed error."""
    with pytest.raises(error):
        parse(_entry([PREVIOUS, AUTHOR, body]))


@pytest.mark.parametrize("bad", LOW_ORDER.values(), ids=LOW_ORDER.keys())
def test_a_ring_to_which_nobody_can_seal_is_refused(bad: bytes) -> None:
    """No coordinator can stop a team's notes by putting a worthless or oddly written key on the roll."""
    bodies = [
        [1, ID, ID, bad, PUBLIC, _invite()],
        [1, ID, ID, PUBLIC, bad, _invite()],
        [2, _invite(agreement=bad)],
        [3, PREVIOUS, KEY.public, bad, None, bytes(64)],
        [3, PREVIOUS, KEY.public, PUBLIC, bad, bytes(64)],
        [4, [[ID, 2, bad, []]], []],
        [9, KEY.public, bad, []],
        [10, ID, KEY.public, bad, None, bytes(64)],
        [12, ID, ID, [], False, [], [[ID, 1, bad, []]]],
    ]
    for body in bodies:
        with pytest.raises(BadFormat, match="agreement"):
            parse(_entry([PREVIOUS, AUTHOR, body]))


def test_low_order_keys_are_those_that_give_nothing() -> None:
    """The control: with the refused keys X25519 gives the all-zero secret, or the key has another spelling."""
    key = run(P.agreement_key(fixed("any")))
    shared = dict(zip(LOW_ORDER, run(P.agree(key, list(LOW_ORDER.values()))), strict=True))
    assert [name for name, secret in shared.items() if secret is not None] == ["with the ignored bit"]


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([PREVIOUS[1:], AUTHOR, [2, _invite()]], BadFormat),
        ([PREVIOUS, AUTHOR[1:], [2, _invite()]], BadFormat),
        ([PREVIOUS, AUTHOR], BadFormat),
        ([PREVIOUS, AUTHOR, [2, _invite()], 1], BadFormat),
        ([PREVIOUS, AUTHOR, [2, bytes(roll_entry.MAX_ENTRY_BYTES)]], TooLarge),
    ],
)
def test_what_is_no_outer_row_is_refused(value: object, error: type[Exception]) -> None:
    """Hash, author, body: exactly these, within the bound."""
    with pytest.raises(error):
        parse(_entry(value))


def test_other_first_bytes_are_refused() -> None:
    """Another format is BadFormat; a newer version of this one is kept for the update."""
    value = [PREVIOUS, AUTHOR, [2, _invite()]]
    assert parse(_entry(value))
    for prefix, error in [(b"\1\1", BadFormat), (b"\3\0", BadFormat), (b"\3\2", NewerVersion), (b"\x92\1", BadFormat)]:
        with pytest.raises(error):
            parse(_entry(value, prefix))


def test_every_cut_is_refused() -> None:
    """An entry cut off anywhere, or with a byte more, is BadFormat."""
    data = run(sign(P, KEY, PREVIOUS, AUTHOR, BODIES["genesis"]))
    for size in range(len(data)):
        with pytest.raises(BadFormat):
            parse(data[:size])
    with pytest.raises(BadFormat):
        parse(data + b"\0")


def test_nothing_unreadable_is_signed() -> None:
    """An entry that no one would take is refused while it is made."""
    with pytest.raises(BadFormat):
        run(sign(P, KEY, PREVIOUS, AUTHOR, Renew((Epoch(ID, 0, PUBLIC, ()),))))
    with pytest.raises(TooLarge):
        run(
            sign(
                P, KEY, PREVIOUS, AUTHOR, Renew((Epoch(ID, 2, PUBLIC, ((ID, SEALED),) * (roll_entry.MAX_GRANTS + 1)),))
            )
        )


def test_the_proof_binds_all_that_the_device_brings() -> None:
    """Announcement, both keys and the own ring, or its absence, each alter what is signed."""
    a, b = fixed("a"), fixed("b")
    made = [proof_bytes(a, a, a, None), proof_bytes(b, a, a, None), proof_bytes(a, b, a, None)]
    made += [proof_bytes(a, a, b, None), proof_bytes(a, a, a, a), proof_bytes(a, a, a, b)]
    assert len(set(made)) == len(made)
    assert {m[:2] for m in made} == {formats.prefix(formats.PROOF)}


def test_a_full_ring_epoch_fits_an_entry() -> None:
    """2,048 devices can get a renewed ring in one entry."""
    grants = tuple((fixed(f"device {i}", 16), SEALED) for i in range(roll_entry.MAX_GRANTS))
    assert len(run(sign(P, KEY, PREVIOUS, AUTHOR, Renew((Epoch(ID, 2, PUBLIC, grants),))))) < roll_entry.MAX_ENTRY_BYTES


def test_ring_ids_differ_by_kind_and_owner() -> None:
    """A team's two rings, a member's own and a round's never meet."""
    of_one = [made(ID) for made in (ring.own_ring, ring.team_ring, ring.coordinators_ring, ring.round_ring)]
    assert len({*of_one, ring.team_ring(AUTHOR), ring.round_ring(AUTHOR)}) == 6
    assert ring.KINDS == (ring.OWN, ring.TEAM, ring.COORDINATORS, ring.ROUND)
