"""Any order of envelopes and roll entries ends the same, also where phones are lost, roles end and thieves write."""

from functools import cache
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.core.rights import Role
from sync.core.roll import Roll
from sync.core.roll_state import State
from tests.support.core_world import P, Person, founded, run
from tests.support.readers import Post, Reader, notes, told
from tests.support.roll_steps import extend, laptop_of, member_of, place, renew, revoke

SEEDS = range(8)
READERS = ("coordinator", "laptop")


class History:
    """From a seed: notes, tasks and edits; a lost phone, a coordinator who is none any more; what is slipped in
    after that at older heads, numbers taken twice, and what a coordinator decides about it.
    """

    def __init__(self, seed: int) -> None:
        self.luck = Random(seed)
        self.w = run(founded())
        self.post = Post(self.w)
        self.second = member_of(self.w, "second", self.w.team, Role.COORDINATOR)
        self.laptop = laptop_of(self.w, self.w.contact)
        self.people = {"coordinator": self.w.coordinator, "laptop": self.laptop}
        self.settled = self.w.state.length
        self.records: list[tuple[Person, bytes, bytes]] = []  # by whom, record, last version
        self.count = 0
        self.chains = [dict(self.w.chains)]  # as they were after each note
        self._play()

    def _play(self) -> None:
        w, luck = self.w, self.luck
        for _ in range(luck.randint(3, 5)):
            self._write()
            self.chains.append(dict(w.chains))
        before = [w.state]
        turns = [self._lose_phone, self._end_role]
        luck.shuffle(turns)
        for turn in turns:
            turn()
            before.append(w.state)
            for _ in range(luck.randint(0, 2)):
                self._slip_in(before)
        self._own_cut()
        for _ in range(luck.randint(1, 2)):
            self._slip_in(before)
        slipped = [n for n in self.post.sent if n.startswith("slipped")]
        for name in luck.sample(slipped, min(2, len(slipped))):
            self.post.verdict(w.coordinator, f"verdict on {name}", name, "adopt", [w.coordinators_ring])

    def _write(self, name: str = "") -> None:
        self.count += 1
        label, luck = name or f"written {self.count}", self.luck
        anyone = [self.w.contact, self.w.contact, self.second]
        by = luck.choice([p for p in anyone if p.device in self.w.state.devices])
        mine = [(record, last) for who, record, last in self.records if who == by]
        if by == self.second and luck.random() < 0.5:
            self.post.task(by, label, label)
        elif mine and luck.random() < 0.4:
            record, last = luck.choice(mine)
            self.records.append((by, record, self.post.edit(by, label, record, label, last)))
        else:
            rings = [by.own_ring] if luck.random() < 0.25 else []
            record = self.post.note(by, label, label, rings)
            self.records.append((by, record, self.post.id(label)))

    def _slip_in(self, before: list[State]) -> None:
        """At an older head, in the device's chains or beside them."""
        with self.post.at(self.luck.choice(before[:2])):
            self.count += 1
            name = f"slipped {self.count}"
            if self.luck.random() < 0.4:
                self._fork(name)
            else:
                self._write(name)

    def _fork(self, name: str) -> None:
        """The device's log was copied a while ago: the copy takes numbers that the other took as well."""
        device = self.luck.choice([self.w.contact, self.second]).device
        with self.post.forked(device):
            copied = self.luck.choice(self.chains)
            self.w.chains = {p: c for p, c in self.w.chains.items() if p[0] != device}
            self.w.chains |= {p: c for p, c in copied.items() if p[0] == device}
            self._write(name)

    def _some(self, device: Person) -> list[str]:
        """As much as someone has seen who is not quite up to date."""
        names = list(self.post.sent)
        return names[: self.luck.randint(max(1, len(names) - 3), len(names))] if names else []

    def _lose_phone(self) -> None:
        w = self.w
        cut = self.post.cut(w.contact.device, *self._some(w.contact), of=w.state.readable(w.coordinator.device))
        extend(w, revoke(w, w.coordinator, w.contact.device, cuts=[cut]))

    def _end_role(self) -> None:
        w = self.w
        cut = self.post.cut(self.second.device, *self._some(self.second), of=w.state.readable(w.coordinator.device))
        extend(w, place(w, w.coordinator, self.second.member, Role.CONTACT, w.team, [cut]))

    def _own_cut(self) -> None:
        w = self.w
        if self.luck.random() < 0.7:
            cut = self.post.cut(w.contact.device, *self._some(w.contact), of=[w.contact.own_ring])
            extend(w, renew(w, self.laptop, w.contact.own_ring, cuts=[cut]))

    def reader(self, name: str, roll: int) -> Reader:
        """One of the readers, with so much of the roll."""
        known = Roll()
        run(known.extend(P, self.w.roll.entries[:roll]))
        return self.post.reader(self.people[name], known)


@cache
def history(seed: int) -> History:
    """Made once."""
    return History(seed)


@cache
def whole(seed: int, reader: str) -> object:
    """What the reader makes of it when all is there at once."""
    return told(history(seed).post.read(history(seed).people[reader]))


@pytest.mark.parametrize("reader", READERS)
def test_these_histories_have_something_to_judge(reader: str) -> None:
    """Notes that stay, some that are quarantined, some adopted, and numbers taken twice: else the law says nothing."""
    ends = [history(seed).post.read(history(seed).people[reader]) for seed in SEEDS]
    assert sum(bool(notes(r)) for r in ends) > len(ends) / 2
    assert sum(bool(r.quarantine) for r in ends) > len(ends) / 2
    assert sum(bool(r.doubled) for r in ends) > 1
    adopted = [h.post.id(n) for h in map(history, SEEDS) for n in h.post.sent if n.startswith("slipped")]
    assert any(name in r.origins for r in ends for name in adopted)


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SEEDS), st.sampled_from(READERS), st.randoms(use_true_random=False))
def test_any_order_of_envelopes_and_roll_entries_ends_the_same(seed: int, reader: str, luck: Random) -> None:
    """One by one or several at once, twice, with the roll late or early; and the same again when opened anew."""
    h = history(seed)
    entries = h.w.roll.entries
    start = luck.randint(h.settled, len(entries))
    names = [*h.post.sent, *luck.sample(list(h.post.sent), 3)]
    tokens: list[str] = names + [""] * (len(entries) - start)
    luck.shuffle(tokens)
    r, batch = h.reader(reader, start), list[str]()
    for token in tokens:
        if token:
            batch.append(token)
        if batch and (not token or luck.random() < 0.5):
            r.take(*batch)
            batch = []
        if not token:
            r.learn(entries[len(r.roll.entries)])
    if batch:
        r.take(*batch)
    assert told(r.replica) == whole(seed, reader)
    assert told(r.restarted()) == whole(seed, reader)
