"""What sizes and counts tell a server today: `python -m tests.adversary.traffic` prints the tables of
docs/threat-model.md, "What traffic still tells".

A real phone writes visits before a server that keeps what it sees; then the server guesses. It knows everything of
how the app works and has learnt from half of the acts what they look like; it is tried on the other half. The same
guesses are made on the sizes as they would be without padding.
"""

import asyncio
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from statistics import median

from app.platform.native_transport import HttpTransport
from app.services.models import Gift, Outcome, Wish
from sync.core import events, wire
from sync.core.envelope import Envelope, open_many, parse
from sync.core.padding import padded_size
from sync.core.ports import TAG_BYTES
from tests.adversary.evil_server import Siege, besieged, in_memory
from tests.support.faulty_transport import FaultyTransport
from tests.support.on_air import on_air
from tests.support.organisation import P
from tests.support.settled_team import FORM, JOKE, session_of, settle, team

VISITS = 300
NEAR = 20  # characters
FLOOR = 1024
WORDS = (
    "koffie gedronken met de buurvrouw die net verhuisd is uit Oss en graag wil meedoen met tuinieren of samen eten "
    "maar eerst rustig haar plek wil vinden één hond geen kinderen kapotte kraan doorgegeven komt volgende week terug"
)
NOTED = [o for o in Outcome if o is not Outcome.NO_CONTACT]  # that one leaves a mark, and no note


@dataclass(frozen=True, slots=True)
class Act:
    """One thing a person did, and what of it the server saw: (size, rings, expiry) of each envelope."""

    kind: str
    shared: bool
    length: int
    padded: tuple[tuple[int, int, int], ...]
    bare: tuple[tuple[int, int, int], ...]


def a_text(dice: random.Random, length: int) -> str:
    """Dutch-looking words of so many characters."""
    text = ""
    while len(text) < length:
        text += dice.choice(WORDS.split()) + " "
    return text[:length]


def a_length(dice: random.Random) -> int:
    """How long notes are, as we suppose: a third none, half of the others under 80 characters, few over 500."""
    return 0 if dice.random() < 1 / 3 else min(2000, max(1, round(dice.lognormvariate(4.4, 1.0))))


async def seen(s: Siege, kind: str, shared: bool, length: int) -> Act:
    """One round, and what the server saw of it. Sender keys, one a day, are left out."""
    heard = len(s.evil.heard)
    await s.round(s.fatma)
    sent = [parse(e) for r in s.evil.heard[heard:] if r.path == "push" for e in r.value(wire.PUSH)]
    changes = [e for e in sent if e.header.nonce]
    keys = session_of(s.fatma).keyring.content
    plain = await open_many(P, [(e, keys[e.header.key]) for e in changes])
    sizes = [len(text) + TAG_BYTES if isinstance(text, bytes) else 0 for text in plain]
    padded = tuple(sorted(_row(e, len(e.body)) for e in changes))
    return Act(kind, shared, length, padded, tuple(sorted(_row(e, n) for e, n in zip(changes, sizes, strict=True))))


def _row(e: Envelope, size: int) -> tuple[int, int, int]:
    return size, len(e.header.links), e.header.expiry


async def watched(visits: int) -> tuple[list[Act], list[str]]:
    """Visits of all kinds with changes in between, each sent by itself; and what a round with nothing to send is."""
    dice, acts = random.Random(4), list[Act]()
    with in_memory() as folder:
        await settle(folder / "settled")
        async with besieged(folder / "settled", folder / "t") as s:
            quiet = await lived(s, dice, visits, acts)
    return acts, quiet


async def lived(s: Siege, dice: random.Random, visits: int, acts: list[Act]) -> list[str]:
    """The visits; what the server hears in a round after them."""
    for _ in range(visits):
        s.t.clock.now += 60_000
        shared, length = dice.random() < 0.7, a_length(dice)
        form = replace(
            FORM,
            shared=shared,
            address=f"{dice.choice(['Tulpstraat', 'Zonnebloemhof', 'Lage Wei'])} {dice.randrange(1, 200)}",
            outcome=dice.choice(NOTED),
            gift=dice.choice(list(Gift)),
            wishes=frozenset(dice.sample(list(Wish), dice.randrange(4))),
            note=a_text(dice, length),
        )
        visit = await s.fatma.save_visit(form)
        acts.append(await seen(s, "new", shared, length))
        if dice.random() < 0.3:
            longer = a_text(dice, length + dice.randrange(10, 100))
            await s.fatma.save_visit(replace(form, note=longer), visit)
            acts.append(await seen(s, "note changed", shared, len(longer)))
        if dice.random() < 0.15:
            await s.fatma.save_visit(replace(form, outcome=dice.choice(NOTED), note=form.note), visit)
            act = await seen(s, "outcome changed", shared, length)
            acts += [act] if len(act.padded) == 1 else []
        if dice.random() < 0.1:
            await s.fatma.remove_visit(visit)
            acts.append(await seen(s, "removed", shared, length))
    heard = len(s.evil.heard)
    await s.round(s.fatma)
    return [r.path for r in s.evil.heard[heard:]]


@dataclass(slots=True)
class Streams:
    """What whoever taps a coordinator's line sees of its event stream, while a contact person writes.

    `sizes`: of the pieces that came over it. `words`, and `followed`: those behind which that device asked for news.
    `woken`: for each act (may the coordinator read it, was there a word).
    """

    sizes: set[int] = field(default_factory=set)
    words: int = 0
    followed: int = 0
    woken: list[tuple[bool, bool]] = field(default_factory=list)


async def overheard(visits: int) -> Streams:
    """Visits of all lengths, every second one shared, with beats in between, and an entry on the roll at the end."""
    dice, seen = random.Random(5), Streams()
    with in_memory() as folder:
        await settle(folder / "settled")
        async with team(folder / "settled", folder / "t") as t, on_air(t) as air:
            air.hub.beat_seconds = 0.1
            joke = t.device("joke")
            net, pulls = air.net("joke"), list[int]()
            net.inner, real = HttpTransport(air.url), net.listen

            async def tapped(path: str, token: str) -> AsyncIterator[bytes]:
                async with aclosing(real(path, token)) as pieces:
                    async for piece in pieces:
                        seen.sizes.add(len(piece))
                        if piece == events.SOMETHING:
                            pulls.append(asked(net))
                        yield piece

            net.listen = tapped  # type: ignore[method-assign, assignment]
            await joke.start()
            await joke.unlock(JOKE)
            fatma = await air.opened("fatma")
            await air.listening(2)
            for n in range(visits):
                before = len(pulls)
                shared = n % 2 == 0
                note = a_text(dice, a_length(dice))
                await fatma.save_visit(replace(FORM, shared=shared, note=note, address=f"Lage Wei {n}"))
                await air.quiet()
                seen.woken.append((shared, len(pulls) > before))
            await fatma.second_device()
            await air.quiet()
            seen.words, seen.followed = len(pulls), sum(asked(net) > pull for pull in pulls)
            for app in t.apps:
                await app.locking.stop()
    return seen


def asked(net: FaultyTransport) -> int:
    """How often a device has pulled."""
    return sum(path == "/v1/pull" for path, _ in net.sent)


View = Callable[[Act], tuple[tuple[int, int, int], ...]]
Label = Callable[[Act], object]


def guessed(acts: Sequence[Act], view: View, label: Label) -> float:
    """How often the server is right, having learnt from half of the acts: what most of the nearest ones were."""
    learnt, tried = acts[::2], acts[1::2]
    return sum(_nearest(learnt, a, view, label) == label(a) for a in tried) / len(tried)


def _nearest(learnt: Sequence[Act], act: Act, view: View, label: Label) -> object:
    def far(other: Act) -> tuple[int, int]:
        a, b = view(act), view(other)
        shape = [x[1:] for x in a] != [x[1:] for x in b]
        return int(shape), sum(abs(x[0] - y[0]) for x, y in zip(a, b, strict=False))

    ranked = sorted(learnt, key=far)
    closest = [o for o in ranked if far(o) == far(ranked[0])]
    near = closest if len(closest) >= 5 else ranked[:5]
    return Counter(label(o) for o in near).most_common(1)[0][0]


def usual(acts: Sequence[Act], label: Label) -> float:
    """How often whoever saw nothing is right: always the most frequent."""
    return Counter(map(label, acts)).most_common(1)[0][1] / len(acts)


def near_length(acts: Sequence[Act], view: View) -> float:
    """How often the length of a note is guessed to within NEAR characters: the middle of those of the same sizes."""
    learnt, tried = acts[::2], acts[1::2]
    right = 0
    for act in tried:
        mine = sum(x[0] for x in view(act))
        ranked = sorted(learnt, key=lambda o: abs(sum(x[0] for x in view(o)) - mine))
        least = abs(sum(x[0] for x in view(ranked[0])) - mine)
        same = [o for o in ranked if abs(sum(x[0] for x in view(o)) - mine) == least]
        right += abs(median(o.length for o in same) - act.length) <= NEAR
    return right / len(tried)


def with_padding(act: Act) -> tuple[tuple[int, int, int], ...]:
    """What it is."""
    return act.padded


def floor(act: Act) -> tuple[tuple[int, int, int], ...]:
    """What it would be if nothing were padded to less than FLOOR bytes."""
    return tuple(sorted((max(size, FLOOR + TAG_BYTES), rings, expiry) for size, rings, expiry in act.padded))


def without(act: Act) -> tuple[tuple[int, int, int], ...]:
    """What it would be."""
    return act.bare


VIEWS: tuple[View, ...] = (with_padding, floor, without)


def figures(acts: Sequence[Act]) -> list[tuple[str, tuple[float, ...]]]:
    """(question, shares of right guesses: seeing nothing, as it is, with a higher floor, without padding)."""
    new = [a for a in acts if a.kind == "new"]
    details = [replace(a, padded=a.padded[-1:], bare=a.bare[-1:]) for a in new]  # the larger of the two

    def row(question: str, among: Sequence[Act], label: Label) -> tuple[str, tuple[float, ...]]:
        return question, (usual(among, label), *(guessed(among, view, label) for view in VIEWS))

    middle = median(a.length for a in details[::2])
    blind = sum(abs(middle - a.length) <= NEAR for a in details[1::2]) / len(details[1::2])
    return [
        row("was a note written with a new visit", details, lambda a: a.length > 0),
        row("is that note longer than 200 characters", details, lambda a: a.length > 200),
        (f"how long is it, to within {NEAR} characters", (blind, *(near_length(details, view) for view in VIEWS))),
        row("a new visit or a change of one", acts, lambda a: a.kind == "new"),
        row("what kind of change", [a for a in acts if a.kind != "new"], lambda a: a.kind),
        row("may the coordinator read it", new, lambda a: a.shared),
    ]


def steps(acts: Sequence[Act]) -> list[tuple[int, int, int]]:
    """(size of the detail, shortest and longest note in it) for each size class seen of new visits."""
    by_size: dict[int, list[int]] = {}
    for a in acts:
        if a.kind == "new":
            by_size.setdefault(max(x[0] for x in a.padded) - TAG_BYTES, []).append(a.length)
    return [(size, min(of), max(of)) for size, of in sorted(by_size.items())]


def report(acts: Sequence[Act], quiet: Sequence[str]) -> str:
    """The tables."""
    sizes = {x[0] for a in acts for x in a.padded}, {x[0] for a in acts for x in a.bare}
    lines = [
        f"{len(acts)} acts, {sum(a.kind == 'new' for a in acts)} of them new visits",
        f"sizes seen: {len(sizes[0])} with padding, {len(sizes[1])} without",
        "",
        f"| what the server would like to know | seeing nothing | as it is | nothing below {FLOOR:,} | without padding |",
        "|---|---|---|---|---|",
        *("| " + " | ".join([q, *(f"{share:.0%}" for share in shares)]) + " |" for q, shares in figures(acts)),
        "",
        "| padded size of a visit's detail | notes in it |",
        "|---|---|",
        *(f"| {size:,} bytes | {low:,} to {high:,} characters |" for size, low, high in steps(acts)),
        "",
        f"a round with nothing to send: {', '.join(quiet)}",
        f"sizes for texts up to 10,000 bytes: {len({padded_size(n) for n in range(1, 10_001)})}",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    heard = asyncio.run(overheard(20))
    sys.stdout.write(
        f"sizes on the event stream: {sorted(heard.sizes)}; words {heard.words}, {heard.followed} of them "
    )
    sys.stdout.write(f"followed by a pull; (shared, woken): {Counter(heard.woken)}\n\n")
    sys.stdout.write(report(*asyncio.run(watched(VISITS))) + "\n")
