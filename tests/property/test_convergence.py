"""A reader's whole way, for any order of arrival: sealed bytes in, the same records and the same refusals out."""

from dataclasses import dataclass, replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core import change
from sync.core.change import Change, Patch
from sync.core.envelope import id_of, parse
from sync.core.hlc import Stamp
from sync.core.ids import record_id
from sync.core.ports import LogState
from sync.device.keyring import Keyring
from sync.device.log import SqliteLog
from sync.device.replica import Replica
from tests.property.histories import snapshot
from tests.support.core_world import P, Person, World, founded, run, sealed_change, sealed_key
from tests.vectors.vector import fixed

common = settings(max_examples=60, deadline=None)
FAR = 2**47


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Everything that was ever sent to the coordinators, by name."""

    w: World
    sent: dict[str, bytes]
    visit: bytes
    other: bytes
    review: bytes


async def _correspondence() -> Correspondence:
    """A visit, its edits, a review and its answer; tricks of the contact person; and damage."""
    w = await founded()
    a, c = w.coordinator, w.contact
    keys = {a.device: fixed("a key"), c.device: fixed("c key")}
    rings = {a.device: [c.own_ring, w.coordinators_ring], c.device: [c.own_ring, w.coordinators_ring]}
    sent = {
        f"key of {who}": await sealed_key(w, p, keys[p.device], rings[p.device], who) for who, p in (("a", a), ("c", c))
    }
    nonces = {name: fixed(f"nonce {name}", 16) for name in ("visit", "other", "review")}
    visit, other = (record_id(c.member, "visit", nonces[n]) for n in ("visit", "other"))
    review = record_id(a.member, "review", nonces["review"])

    async def send(name: str, by: Person, said: Change) -> bytes:
        sent[name] = await sealed_change(w, by, keys[by.device], rings[by.device], change.encode(said), 0, name)
        return parse(sent[name]).id

    def note(text: str, millis: int, *replaces: bytes, nonce: str = "", record: bytes = visit) -> Change:
        patches = {"note": Patch(text, tuple(replaces))}
        return Change("visit", "detail", record, Stamp(millis, 0), patches, nonces[nonce] if nonce else None)

    first = await send("visit", c, note("thee", FAR, nonce="visit"))
    await send("edit", c, note("koffie", 5, first))
    await send("unaware edit", c, note("taart", 6, first))
    await send("another visit", c, note("niemand thuis", 7, nonce="other", record=other))
    word = {"visit": Patch(visit), "text": Patch("Dank je")}
    said = await send("review", a, Change("review", "word", review, Stamp(8, 0), word, nonces["review"]))
    answer = Change("review", "answer", review, Stamp(9, 0), {"text": Patch("Graag gedaan")})
    await send("answer", c, answer)
    await send("chosen subject", a, replace(answer, fields={"text": Patch("ik"), "visit": Patch(review)}))
    await send("word by contact", c, Change("review", "word", review, Stamp(9, 1), {"text": Patch("Fout", (said,))}))
    await send("another's record", c, note("bedrog", 9, nonce="other"))
    await send("coordinator edits", a, note("bedrog", 10, first))
    sent["altered"] = sent["edit"][:-1] + bytes((sent["edit"][-1] ^ 1,))
    sent["garbage"] = b"\1\1garbage"
    return Correspondence(w, sent, visit, other, review)


WORLD = run(_correspondence())
NAMES = list(WORLD.sent)
FORBIDDEN = {"chosen subject": "forbidden", "word by contact": "forbidden", "another's record": "foreign_record"}
FORBIDDEN |= {"coordinator edits": "forbidden", "altered": "bad_signature", "garbage": "bad_format"}


async def _read(deliveries: list[list[str]]) -> Replica:
    """What a coordinator's device makes of these, taken in a delivery at a time."""
    w = WORLD.w
    key = await P.agreement_key(w.privates[w.coordinators_ring])
    keyring = Keyring(w.coordinator.device, w.coordinator.member, w.coordinator.signing, w.coordinator.agreement)
    keyring.rings[w.coordinators_ring, 1] = key
    log = SqliteLog(":memory:")
    replica = Replica(P, log, w.roll, keyring)
    for names in deliveries:
        log.append([(fixed(n) if n == "garbage" else _id(n), WORLD.sent[n], LogState.STORED) for n in names])
        await replica.catch_up()
    log.close()
    return replica


def _id(name: str) -> bytes:
    return id_of(WORLD.sent[name])


def told(replica: Replica) -> object:
    """Records, refusals, and what is missing."""
    records = {i: snapshot(r) for i, r in replica.records.items()}
    return records, {i: a.reason for i, a in replica.aside.items()}, replica.waiting, replica.withheld


WHOLE = run(_read([NAMES]))


def test_what_is_right_is_merged_and_what_is_not_is_set_aside_by_its_own_reason() -> None:
    """The control for the law below: nothing passes that must not, nothing is lost that may."""
    records = WHOLE.records
    assert set(records) == {WORLD.visit, WORLD.other, WORLD.review}
    visit = records[WORLD.visit]
    assert visit.creator == WORLD.w.contact.member
    assert [v.value for v in visit.conflicts()["detail.note"]] == ["koffie", "taart"]
    assert records[WORLD.review].values() == {
        "word.visit": WORLD.visit,
        "word.text": "Dank je",
        "answer.text": "Graag gedaan",
    }
    reasons = {name: WHOLE.aside[fixed(name) if name == "garbage" else _id(name)].reason for name in FORBIDDEN}
    assert reasons == FORBIDDEN
    assert len(WHOLE.aside) == len(FORBIDDEN)
    assert WHOLE.waiting == 0
    assert WHOLE.withheld == set()


@common
@given(
    st.permutations(NAMES),
    st.lists(st.integers(0, len(NAMES)), max_size=4),
    st.lists(st.sampled_from(NAMES), max_size=6),
)
def test_any_order_of_arrival_ends_the_same(order: list[str], cuts: list[int], again: list[str]) -> None:
    """Whatever comes first, in however many deliveries, and whatever comes again."""
    places = [0, *sorted(cuts), len(order)]
    deliveries = [order[i:j] for i, j in pairwise(places)] + [again]
    assert told(run(_read(deliveries))) == told(WHOLE)


@common
@given(st.sampled_from([n for n in NAMES if n not in FORBIDDEN]))
def test_one_withheld_is_noticed(missing: str) -> None:
    """Each true envelope that a server keeps back leaves a gap, unless its device sent nothing after it."""
    replica = run(_read([[n for n in NAMES if n != missing]]))
    w = WORLD.w
    device = parse(WORLD.sent[missing]).header.device
    last = [n for n in NAMES if n not in ("altered", "garbage") and parse(WORLD.sent[n]).header.device == device][-1]
    expected = set() if missing == last else {(device, w.coordinators_ring)}
    assert replica.withheld == expected
