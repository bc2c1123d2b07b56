"""Maatjes: a resident who can use help with something, and one who likes to help with it, both of whom said that they
want to be introduced. A coordinator brings them together; the app only lays the lists side by side.

Nobody is ranked: pairs stand by topic and street. Only what residents let the coordinator read takes part. What they
said last counts: whoever no longer wants to be introduced, moved, or wants no contact is in no pair.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from itertools import islice
from typing import Any

from app.services import addresses, marks, people, records
from app.services.live import Live
from app.services.models import Outcome, Topic
from app.services.records import DETAIL_MONTHS, Group, month_after
from app.services.session import Session
from sync.core import ring
from sync.core.errors import Forbidden
from sync.core.rights import Role

KIND, MATCH = "task", "match"
HELP, OFFER = "help_wanted:", "wants_to_help:"
MAX_PAIRS = 500  # more than anyone looks at; those further on come up as the first are dealt with


class State(Enum):
    """What a coordinator decided about a pair."""

    OPEN = "open"
    DONE = "done"
    NOT_NOW = "not_now"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard at a door, as far as the rules need it. `by` is who was there; `order` sorts by time."""

    visit: bytes
    address: str
    team: bytes
    by: str = ""
    wishes: frozenset[str] = frozenset()
    introduce: bool = False
    shared: bool = False
    outcome: Outcome | None = Outcome.MET
    order: tuple[str, str] = ("", "")

    @property
    def door(self) -> tuple[bytes, str]:
        """The team and the door."""
        return self.team, addresses.key(self.address)


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody who asks and somebody who offers."""

    topic: str
    asks: Heard
    offers: Heard
    state: State = State.OPEN
    task: bytes = field(default=b"", compare=False)

    @property
    def doors(self) -> tuple[str, tuple[bytes, str], tuple[bytes, str]]:
        """What stays the same when one of them says it again."""
        return self.topic, self.asks.door, self.offers.door


def willing(heard: Iterable[Heard], blocked: Collection[str] = ()) -> list[Heard]:
    """What was heard last at each door where somebody wants to be introduced. `blocked` are keys of addresses."""
    latest: dict[tuple[bytes, str], Heard] = {}
    for one in heard:
        spoken = one.outcome in (Outcome.MET, Outcome.LATER, Outcome.MOVED, Outcome.NO_CONTACT)
        before = latest.get(one.door)
        if spoken and one.address and (before is None or (before.order, before.visit) < (one.order, one.visit)):
            latest[one.door] = one
    return [
        one
        for one in latest.values()
        if one.introduce
        and one.shared
        and one.outcome in (Outcome.MET, Outcome.LATER)
        and addresses.key(one.address) not in blocked
    ]


def pairs(heard: Sequence[Heard]) -> Iterator[Pair]:
    """Everyone willing who asks with everyone in the same team who offers that, by topic, then by street."""
    ordered = sorted(heard, key=lambda one: (addresses.key(one.address), one.visit))
    for topic in Topic:
        asking = [one for one in ordered if HELP + topic in one.wishes]
        offering = [one for one in ordered if OFFER + topic in one.wishes]
        for asks in asking:
            for offers in offering:
                if asks.team == offers.team and asks.door != offers.door:
                    yield Pair(topic, asks, offers)


def undecided(found: Iterable[Pair], decided: Iterable[Pair]) -> Iterator[Pair]:
    """Pairs still to be looked at: one that met stays away; one put off comes back when either says it anew."""
    met, later = set(), set()
    for pair in decided:
        if pair.state is State.DONE:
            met.add(pair.doors)
        elif pair.state is State.NOT_NOW:
            later.add((pair.topic, pair.asks.visit, pair.offers.visit))
    return (p for p in found if p.doors not in met and (p.topic, p.asks.visit, p.offers.visit) not in later)


class Matches:
    """The coordinator's list."""

    def __init__(self, live: Live) -> None:
        self._live = live

    def open(self) -> list[Pair]:
        """Pairs to look at."""
        session = self._session()
        heard = _heard(session)
        willing_ = willing(heard.values(), marks.blocked(session))
        return list(islice(undecided(pairs(willing_), self._decided(session, heard)), MAX_PAIRS))

    def decided(self) -> list[Pair]:
        """Pairs with a decision whose visits can still be read here, newest first."""
        session = self._session()
        return self._decided(session, _heard(session))

    def _decided(self, session: Session, heard: Mapping[str, Heard]) -> list[Pair]:
        found = []
        rows = session.view.ask(
            "SELECT * FROM tasks WHERE what = :what AND NOT hidden AND state <> :open ORDER BY stamp DESC, id",
            what=MATCH,
            open=State.OPEN.value,
        )
        for row in rows:
            asks, offers = heard.get(row["a"]), heard.get(row["b"])
            state = next((s for s in State if s.value == row["state"]), None)
            if asks and offers and state:
                found.append(Pair(row["topic"], asks, offers, state, bytes.fromhex(row["id"])))
        return found

    async def decide(self, pair: Pair, state: State, today: date) -> None:
        """They met, or not now; OPEN puts a pair back. Raises Forbidden or DiskFull."""
        session = self._session()
        rows = session.view.ask(
            "SELECT id FROM tasks WHERE what = :what AND topic = :topic AND a = :a AND b = :b ORDER BY id",
            what=MATCH,
            topic=pair.topic,
            a=pair.asks.visit.hex(),
            b=pair.offers.visit.hex(),
        )
        known = session.replica.records[bytes.fromhex(rows[0]["id"])] if rows else None
        values = {
            "what": MATCH,
            "topic": pair.topic,
            "a": pair.asks.visit,
            "b": pair.offers.visit,
            "state": state.value,
            "day": today.isoformat(),
        }
        rings = frozenset({ring.coordinators_ring(pair.asks.team)})
        group = Group("detail", values, rings, month_after(today, DETAIL_MONTHS))
        await records.write(session, records.parts(session, KIND, [group], known)[1])
        self._live.tell()

    def _session(self) -> Session:
        session = self._live.require_session()
        if session.roll.state.device(session.device).role is not Role.COORDINATOR:
            raise Forbidden("matches")
        return session


def _heard(session: Session) -> dict[str, Heard]:
    """By its id as hex, every visit with a detail readable here at a door where somebody ever wanted to be introduced:
    a coordinator reads thousands of others, and few of these.
    """
    rows = session.view.ask(
        "SELECT id, address, introduce FROM visits WHERE detail AND NOT hidden AND address <> '' ORDER BY introduce DESC"
    )
    doors = {addresses.key(row["address"]) for row in rows if row["introduce"]}
    doors |= {addresses.key(row["address"]) for row in _decided_about(session)}
    if not doors:
        return {}
    names = people.names(session)
    return {row["id"]: _one(session, row["id"], names) for row in rows if addresses.key(row["address"]) in doors}


def _decided_about(session: Session) -> list[dict[str, Any]]:
    return session.view.ask(
        "SELECT v.address FROM visits v JOIN tasks t ON v.id IN (t.a, t.b) WHERE t.what = :what", what=MATCH
    )


def _one(session: Session, visit: str, names: Mapping[str, str]) -> Heard:
    [row] = session.view.ask("SELECT * FROM visits WHERE id = :id", id=visit)
    record = session.replica.records[bytes.fromhex(visit)]
    return Heard(
        visit=record.id,
        address=row["address"],
        team=records.team_of(session, record),
        by=names.get(row["creator"], ""),
        wishes=frozenset(w for w in row["wishes"].split(",") if w),
        introduce=bool(row["introduce"]),
        shared=bool(row["shared"]),
        outcome=next((o for o in Outcome if o.value == row["outcome"]), None),
        order=(row["day"], row["made"]),
    )
