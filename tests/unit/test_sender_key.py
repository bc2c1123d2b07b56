"""Sender keys: one key, one device, one set of rings at their epochs, for a day or a thousand changes."""

from dataclasses import replace

import pytest

from sync.core import codec, envelope, sender_key
from sync.core.envelope import Draft, Header, parse
from sync.core.errors import BadFormat, NotForThisKey
from sync.core.ports import AgreementKey
from sync.core.sender_key import MAX_AGE_MILLIS, MAX_USES, SenderKey, accept, grants
from tests.support.core_world import P, World, founded, key_id, ring_epoch, run, sealed_change, sealed_key
from tests.vectors.vector import fixed

KEY, OTHER = fixed("content key"), fixed("other key")


@pytest.fixture
def w() -> World:
    """A coordinator and a contact person."""
    return run(founded())


def rings(w: World) -> list[bytes]:
    """Where a contact person's visit goes."""
    return [w.contact.own_ring, w.coordinators_ring]


def private(w: World, ring: bytes) -> AgreementKey:
    """A ring's private half."""
    return run(P.agreement_key({**w.privates, w.contact.own_ring: w.contact.own}[ring]))


def with_body(w: World, body: bytes, name: bytes, ring_list: list[bytes]) -> envelope.Envelope:
    """A sender key envelope, rightly signed, with any body and key id."""
    links = w.links(w.contact, ring_list)
    header = Header(w.state.organisation, w.contact.device, w.state.head, name, links, 0, b"")
    return parse(run(envelope.seal(P, w.contact.signing, Draft(header, body))))


def granted(
    w: World, key: bytes, ring_list: list[bytes], name: bytes, device: bytes = b"", organisation: bytes = b""
) -> list[bytes]:
    """The sealed keys for some rings, bound to a key id that may be another's."""
    from sync.core import hpke

    made = []
    for i, ring in enumerate(sorted(ring_list)):
        bound = sender_key.info(organisation or w.state.organisation, ring, 1, device or w.contact.device, name)
        made.append(run(hpke.seal(P, fixed(f"seed {i}"), w.state.rings[ring].public, bound, key)))
    return made


def test_each_ring_gets_the_same_key(w: World) -> None:
    """Whoever holds the private half of any of the rings opens the one content key."""
    e = parse(run(sealed_key(w, w.contact, KEY, rings(w))))
    for ring in rings(w):
        assert run(accept(P, e, ring, private(w, ring))) == KEY
    assert KEY not in e.data


def test_who_is_not_in_the_rings_gets_nothing(w: World) -> None:
    """Another ring's key opens no grant, nor is there a grant for another ring."""
    e = parse(run(sealed_key(w, w.contact, KEY, rings(w))))
    for ring in rings(w):
        with pytest.raises(NotForThisKey):
            run(accept(P, e, ring, private(w, w.team_ring)))
    with pytest.raises(NotForThisKey):
        run(accept(P, e, w.team_ring, private(w, w.team_ring)))


def test_two_rings_two_keys_is_refused(w: World) -> None:
    """An author who grants one ring another key than the id stands for is found out by that ring."""
    ring_list = sorted(rings(w))
    name = key_id(w.contact, KEY, w.links(w.contact, ring_list))
    body = codec.pack([granted(w, KEY, ring_list, name)[0], granted(w, OTHER, ring_list, name)[1]])
    e = with_body(w, body, name, ring_list)
    assert run(accept(P, e, ring_list[0], private(w, ring_list[0]))) == KEY
    with pytest.raises(BadFormat):
        run(accept(P, e, ring_list[1], private(w, ring_list[1])))


def test_a_key_id_of_other_rings_or_another_device_is_refused(w: World) -> None:
    """One key can't be passed off as granted to more or fewer rings, or as another device's."""
    ring_list = sorted(rings(w))
    links = w.links(w.contact, ring_list)
    for name in (
        key_id(w.contact, KEY, links[:1]),
        key_id(w.coordinator, KEY, links),
        key_id(w.contact, KEY, tuple(replace(x, epoch=2) for x in links)),
        fixed("any id"),
    ):
        e = with_body(w, codec.pack(granted(w, KEY, ring_list, name)), name, ring_list)
        with pytest.raises(BadFormat):
            run(accept(P, e, ring_list[0], private(w, ring_list[0])))


def test_a_grant_cannot_be_carried_elsewhere(w: World) -> None:
    """Sealed for another device, organisation or key id it does not open here."""
    ring = w.coordinators_ring
    name = key_id(w.contact, KEY, w.links(w.contact, [ring]))
    moved = [
        granted(w, KEY, [ring], name, device=w.coordinator.device),
        granted(w, KEY, [ring], name, organisation=fixed("other")),
        granted(w, KEY, [ring], fixed("other id")),
    ]
    for body in moved:
        with pytest.raises(NotForThisKey):
            run(accept(P, with_body(w, codec.pack(body), name, [ring]), ring, private(w, ring)))


def test_an_old_epoch_s_key_does_not_open_the_new_epoch(w: World) -> None:
    """After a renewal the ring's former private half is worth nothing for what comes."""
    new = fixed("private 2")
    run(w.roll.extend(P, [run(ring_epoch(w.roll, w.coordinator, w.coordinators_ring, 2, new, [w.coordinator]))]))
    e = parse(run(sealed_key(w, w.contact, KEY, rings(w))))
    with pytest.raises(NotForThisKey):
        run(accept(P, e, w.coordinators_ring, private(w, w.coordinators_ring)))
    assert run(accept(P, e, w.coordinators_ring, run(P.agreement_key(new)))) == KEY


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x90",
        b"\x91\xc0",
        codec.pack([bytes(80)]),
        codec.pack([bytes(80)] * 3),
        codec.pack([bytes(80), bytes(79)]),
    ],
    ids=["nothing", "no grant", "None", "one too few", "one too many", "a short one"],
)
def test_one_grant_for_each_ring(w: World, body: bytes) -> None:
    """Anything but exactly one sealed key for each ring is refused."""
    from sync.core.errors import StraatError

    with pytest.raises(StraatError) as raised:
        grants(with_body(w, body, fixed("k"), rings(w)))
    assert raised.value.code in {"bad_format", "too_large"}


def test_a_change_is_no_sender_key(w: World) -> None:
    """The two formats are never taken for each other."""
    e = parse(run(sealed_change(w, w.contact, KEY, rings(w), b"x")))
    with pytest.raises(BadFormat):
        grants(e)


def test_a_key_is_fresh_for_a_day_and_a_thousand_changes() -> None:
    """At the bound it is spent; a clock that went back, or another ring or epoch, starts a new one too."""
    rings_ = ((fixed("r", 16), 1),)
    key = SenderKey(KEY, fixed("d", 16), rings_, 1000)
    assert key.fresh(1000, rings_)
    assert key.fresh(1000 + MAX_AGE_MILLIS - 1, rings_)
    assert not key.fresh(1000 + MAX_AGE_MILLIS, rings_)
    assert not key.fresh(999, rings_)
    assert replace(key, uses=MAX_USES - 1).fresh(1000, rings_)
    assert not replace(key, uses=MAX_USES).fresh(1000, rings_)
    assert not key.fresh(1000, ((fixed("r", 16), 2),))
    assert not key.fresh(1000, (*rings_, (fixed("s", 16), 1)))


def test_the_id_is_the_one_in_the_header(w: World) -> None:
    """What the sender keeps and what readers check are one name."""
    e = parse(run(sealed_key(w, w.contact, KEY, rings(w))))
    assert SenderKey(KEY, w.contact.device, e.header.rings, 0).id == e.header.key
