"""What is fuzzed: a name, what it does with bytes from outside, and valid inputs to begin with.

Each target may end in a StraatError and in nothing else. To add one, add it here: it is fuzzed from then on.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from app.services import areas, drafts, inviting, trust, vault, visit_draft, visits
from app.services.models import VisitForm
from app.view import View
from app.web import hashes
from sync.core import carer, change, codec, envelope, formats, ids, merge, rights, wire, words
from sync.core.change import Change, Patch
from sync.core.envelope import Envelope
from sync.core.errors import StraatError
from sync.core.hlc import Stamp
from sync.core.roll import Roll
from sync.core.roll_entry import parse
from sync.core.roll_rules import follow
from sync.device import erasing, meta
from sync.device.keyring import Keyring
from sync.device.log import SqliteLog
from sync.device.replica import Replica, _Early, _Erased, _Orphan
from sync.device.secrets import Secrets
from tests.property.samples import SHAPES, specimens
from tests.support.core_world import P, founded, run, sealed_change
from tests.support.roll_steps import revoke
from tests.vectors.vector import fixed, load

SEEDS = Path(__file__).parent / "seeds"
ME, OTHER = fixed("me", 16), fixed("other", 16)


class Target(NamedTuple):
    """`run` takes any bytes; `seeds` are some that it takes without a refusal."""

    run: Callable[[bytes], Any]
    seeds: tuple[bytes, ...]


@cache
def targets() -> dict[str, Target]:
    """Every target by name, in a fixed order."""
    apart = {n: Target(p, (s,)) for n, (p, s) in specimens().items() if p is not parse and not n.startswith("wire ")}
    entries = [seed for parser, seed in specimens().values() if parser is parse]
    made = apart | {"entry": Target(parse, tuple(entries)), "wire": Target(_message, tuple(_messages()))}
    made |= dict(_core()) | dict(_device()) | dict(_app())
    return dict(sorted(made.items()))


def stored(name: str) -> list[bytes]:
    """The kept corpus of a target: what once led somewhere new, or to a crash."""
    return [path.read_bytes() for path in sorted((SEEDS / name.replace(" ", "_")).glob("*"))]


def survives(run: Callable[[bytes], Any], data: bytes) -> None:
    """Run; a typed error is as good as a value. Any other exception is a finding."""
    with suppress(StraatError):
        run(data)


# -- the core ------------------------------------------------------------------------------------------------


def _message(data: bytes) -> None:
    """One of the wire's messages, by the first byte."""
    shapes = list(SHAPES.values())
    wire.decode(shapes[data[0] % len(shapes)] if data else shapes[0], data[1:])


def _messages() -> list[bytes]:
    return [bytes((number,)) + specimens()[f"wire {name}"][1] for number, name in enumerate(SHAPES)]


def _core() -> Iterator[tuple[str, Target]]:
    vectors = [v.payload for v in load() if v.kind == "codec" and v.expect == "success"]
    yield "codec", Target(lambda data: codec.unpack(data, 1 << 16), tuple(vectors))
    sheet = " ".join(words.to_words(bytes(range(28)))).encode()
    yield "words", Target(lambda data: words.from_words(data.decode("utf-8", "replace")), (sheet,))
    yield "roll rules", Target(_followed, tuple(codec.pack(seed) for seed in _steps()))
    yield "roll", Target(_extended, (codec.pack(run(founded()).roll.entries),))
    asked = tuple(str(v.values["text"]).encode() for v in load() if v.name in ("carer_link", "carer_request"))
    yield "carer", Target(lambda data: carer.read(data.decode("utf-8", "replace")), asked)
    yield "carer address", Target(lambda data: carer.address(data.decode("utf-8", "replace")), (b"Tulpstraat 12",))
    yield "rights", Target(_judged, tuple(codec.pack([role, 1, _plain(c)]) for role in (1, 3) for c in _changes()))


@cache
def _rich() -> Any:
    return run(founded())


def _followed(data: bytes) -> None:
    """An entry of any author on a settled roll, its signature aside; and what the app then asks of the roll."""
    w = _rich()
    who, body = codec.checked(codec.row(codec.whole(0, 2), codec.anything), data, 1 << 16)
    author = (w.coordinator.device, w.contact.device, ME)[who]
    entry = formats.prefix(formats.ROLL_ENTRY) + codec.pack([w.state.head, author, body]) + bytes(64)
    after, _ = follow(w.state, parse(entry))
    for device in after.devices:
        after.lacking(device), after.author(device), after.brought_in_by(device)
    after.members(), after.unconfirmed()


def _steps() -> list[Any]:
    """[author, body] of every action, as near to right as can be without secrets."""
    w = _rich()
    state, key, sealed = w.state, fixed("some key"), bytes(80)
    public = run(P.agreement_key(key)).public
    holders = [[d, sealed] for d in sorted(state.rings[w.team_ring].holders)]
    epoch = [w.team_ring, 2, public, holders]
    invite = [key, public, OTHER, 1, w.team, 9, [[w.team_ring, 1, sealed]]]
    alone = [[w.coordinator.device, sealed]]
    team = fixed("team two", 16)
    kinds = [ids.ring_id("team", team), ids.ring_id("coordinators", team)]
    return [
        [0, [2, invite]],
        [1, [2, [key, public, w.contact.member, 1, w.team, 9, []]]],
        [2, [3, state.head, key, public, None, bytes(64)]],
        [0, [4, [epoch], []]],
        [0, [5, [[w.contact.device, [[w.team_ring, 1, bytes(32)]]]], [[w.team_ring, 2, public, alone]]]],
        [0, [6, w.contact.member, 2, w.team, [[w.contact.device, []]], []]],
        [0, [7, team, w.team, [[kinds[0], 1, public, alone], [kinds[1], 1, fixed("x"), alone]]]],
        [0, [8, [[w.team_ring, 1, w.contact.device, sealed]]]],
        [0, [9, key, public, [[w.team_ring, 1, sealed]]]],
        [0, [10, ME, key, public, None, bytes(64)]],
        [0, [11, state.head]],
    ]


def _extended(data: bytes) -> None:
    """A list of entries as a server sends it."""
    run(Roll().extend(P, codec.checked(codec.items(codec.blob_up_to(1 << 16), 8), data, 1 << 16)))


def _judged(data: bytes) -> None:
    """A change of some author, against the rights table and an unknown record."""
    role, known, value = codec.checked(codec.row(codec.whole(1, 3), codec.whole(0, 1), codec.anything), data, 1 << 16)
    c = change.decode(codec.pack(value))
    author = rights.Author(ME, rights.Role(role), OTHER, frozenset({OTHER}))
    standing = rights.Standing(ME, frozenset({OTHER}), ME) if known else rights.Standing()
    rights.needs_subject(c), rights.relation(c, author)
    rights.check(c, author, frozenset({OTHER}), standing)


def _plain(c: Change) -> Any:
    return codec.unpack(change.encode(c), 1 << 16)


def _changes() -> list[Change]:
    """A visit in its two parts, its review, a name, an area, a removal and an erasure."""
    area, codes = ids.record_id(ME, "area", OTHER), [["buurt", "BU07960101", "2026", "Noord"]]
    visit, review = ids.record_id(ME, "visit", ME), ids.record_id(OTHER, "review", OTHER)
    name, stamp, seen = ids.record_id(ME, "member", OTHER), Stamp(5, 0), (bytes(32),)
    texts = {"address": "A 1", "gift": "plant", "wishes": ["coffee"], "note": "n", "come_back": "2026-12-01"}
    count = {"day": "2026-11-24", "outcome": "met", "shared": True}
    word = {"visit": visit, "state": "seen", "reply": "dank", "day": "2026-11-25"}

    def made(kind: str, group: str, record: bytes, fields: dict[str, Any], nonce: bytes | None) -> Change:
        return Change(kind, group, record, stamp, {n: Patch(v) for n, v in fields.items()}, nonce)

    return [
        made("visit", "count", visit, count, ME),
        made("visit", "detail", visit, texts, ME),
        made("review", "word", review, word, OTHER),
        made("member", "name", name, {"name": "Fatma"}, OTHER),
        made("area", "detail", area, {"team": ME, "member": b"", "name": "Noord", "codes": codes}, OTHER),
        Change("visit", "life", visit, stamp, {"removed": Patch(True)}, None, seen),
        Change("visit", "erase", visit, stamp),
    ]


def _decisions() -> list[Change]:
    """What a coordinator decides about others' envelopes, and keys that are handed on."""
    who = run(founded()).coordinator.member
    adopted, granted = ids.record_id(who, "adoption", ME), ids.record_id(who, "grant", ME)
    verdict = {"envelope": Patch(bytes(32)), "verdict": Patch("adopt")}
    keys = {"keys": Patch([[bytes(32), bytes(32)]])}
    return [
        Change("adoption", "verdict", adopted, Stamp(6, 0), verdict, ME),
        Change("grant", "keys", granted, Stamp(6, 1), keys, ME),
    ]


# -- the device ----------------------------------------------------------------------------------------------


def _device() -> Iterator[tuple[str, Target]]:
    for name, (key, read, seed) in {
        "log chains": (meta.CHAINS, meta.read_chains, meta.chains_bytes({ME: (3, bytes(32))})),
        "log cursors": (meta.CURSORS, meta.read_cursors, meta.cursors_bytes({ME: 7})),
        "log clock": (meta.CLOCK, meta.read_clock, Stamp(5, 1).to_bytes()),
    }.items():
        yield name, Target(_reading(key, read), (seed,))
    yield (
        "erase orders",
        Target(_reading(meta.ORDERS, lambda log: meta.read_ids(log, meta.ORDERS)), (meta.ids_bytes([bytes(32)]),)),
    )
    yield "unnamed", Target(_reading(meta.UNNAMED, erasing.read_unnamed), (codec.pack([[ME, ME * 2, None]]),))
    left = envelope.stub(_replica()[1].data)
    yield "stub", Target(lambda data: (envelope.id_of(data), envelope.stub(data)), (left, _replica()[1].data))
    ours = [*_changes(), *_decisions()]
    yield "replica", Target(_merged, tuple(codec.pack([[mine, _plain(c)] for c in ours]) for mine in (0, 1)))
    yield "secrets", Target(Secrets.from_bytes, (Secrets(ME * 2, ME * 2, ME * 2, ME, "Fatma").to_bytes(),))


@cache
def _replica() -> tuple[Replica, Envelope, Roll]:
    """A coordinator's replica on a settled roll from which the contact person has left since an envelope of theirs."""
    w = run(founded())
    rings = [w.contact.own_ring, w.coordinators_ring]
    e = envelope.parse(run(sealed_change(w, w.contact, fixed("content key"), rings, specimens()["change"][1])))
    run(w.roll.extend(P, [revoke(w, w.coordinator, w.contact.device)]))
    c = w.coordinator
    keyring = Keyring(c.device, c.member, c.signing, c.agreement)
    return Replica(P, SqliteLog(":memory:"), w.roll, keyring), e, w.roll


def _merged(data: bytes) -> None:
    """Changes of a coordinator and of someone who was revoked, opened and on their way into the records."""
    replica, e, roll = _replica()
    replica.records, replica.origins, replica.quarantine, replica._verdicts = {}, {}, {}, {}
    replica._keyring.granted = {}
    coordinator = roll.state.device(replica._keyring.device)
    shape = codec.items(codec.row(codec.whole(0, 1), codec.anything), 12)
    for number, (mine, value) in enumerate(codec.checked(shape, data, 1 << 16)):
        c = change.decode(codec.pack(value))
        author = coordinator if mine else roll.at(e.header.head).device(e.header.device)
        one = replace(e, data=bytes((number,)) * 80, header=replace(e.header, device=author.id))
        with suppress(StraatError, _Early, _Erased, _Orphan):
            replica._merge(one, author, c)
    for name in list(replica.quarantine):
        trust._lines(replica.quarantine[name].change)


def _reading(key: str, read: Callable[[Any], Any]) -> Callable[[bytes], Any]:
    log = SqliteLog(":memory:")

    def tried(data: bytes) -> None:
        log.put({key: data})
        read(log)

    return tried


# -- the app -------------------------------------------------------------------------------------------------


def _app() -> Iterator[tuple[str, Target]]:
    yield (
        "draft",
        Target(
            lambda data: visit_draft.from_plain(drafts.from_bytes(data)),
            (drafts.to_bytes(visit_draft.to_plain(VisitForm(True, "A 1", note="n"))),),
        ),
    )
    seed = codec.pack([1, ME, vault.MIN_ROUNDS, bytes(12), bytes(48)])
    yield "vault", Target(lambda data: codec.checked(vault._shape, data, 1024), (seed,))
    yield "vault tries", Target(_waited, (codec.pack([6, 5]),))
    link = b"https://straat.example/#/uitnodiging/" + specimens()["invitation"][1]
    yield "link", Target(lambda data: inviting.from_text(data.decode("utf-8", "replace")), (link,))
    listed = hashes.of("0" * 16, {"index.html": b"x"}, {"Referrer-Policy": "no-referrer"}).to_text().encode()
    yield "hash list", Target(lambda data: hashes.read(data.decode("utf-8", "replace")), (listed,))
    yield "view", Target(_shown, (codec.pack([_plain(c) for c in _changes()]),))


@cache
def _vault() -> tuple[SqliteLog, vault.Vault]:
    log = SqliteLog(":memory:")
    clock = SimpleNamespace(millis=lambda: 5)
    return log, vault.Vault(vault.VaultPorts(P, None, None, clock, log))  # type: ignore[arg-type]


def _waited(data: bytes) -> None:
    log, opened = _vault()
    log.put({"wrong tries": data})
    opened.wait_millis()


@cache
def _view() -> View:
    return View()


def _shown(data: bytes) -> None:
    """Changes that came in and were allowed, merged in any order, as rows and as what a screen gets."""
    view = _view()
    view.clear()
    records: dict[bytes, merge.Record] = {}
    origins: dict[bytes, Any] = {}
    for number, value in enumerate(codec.checked(codec.items(codec.anything, 8), data, 1 << 16)):
        c, name = change.decode(codec.pack(value)), number.to_bytes(32, "big")
        trust._lines(c)
        record = merge.from_change(c, name, ME, ME)
        known = records.get(c.record)
        if known is None or known.kind == record.kind:
            records[c.record] = merge.merge(known, record) if known else record
            origins[name] = SimpleNamespace(member=ME, record=c.record)
    for record in records.values():
        record.values(), record.conflicts(), record.brought_back, record.live_ids()
    view.put(records.values())
    replica = SimpleNamespace(records=records, origins=origins, aside={})
    log = SimpleNamespace(pending=lambda limit: [], get=lambda key: None)
    session = SimpleNamespace(view=view, replica=replica, log=log, member=ME)
    visits.of_mine(session)  # type: ignore[arg-type]
    areas.of_team(session, ME), areas.of_member(session, ME)  # type: ignore[arg-type]
