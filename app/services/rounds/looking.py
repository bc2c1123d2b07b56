"""Reading rounds: what screens see of rounds and walks."""

from collections.abc import Iterable, Iterator
from datetime import date

from app.services import addresses
from app.services.records import iso
from app.services.rounds import doors, kinds
from app.services.rounds.counting import Ending, read_ending, weight
from app.services.rounds.here import coordinates, local, members, over, rule_of
from app.services.rounds.models import DoorLook, Holding, Order, PassRule, Progress, Purpose, RoundLook, WalkLook
from app.services.rounds.tallies import Row, Tallies
from app.services.session import Session
from app.services.welcomes import Origin
from sync.core.errors import NotFound

StreetLook = tuple[str, Progress, list[DoorLook]]
MOST_MILLIS = 7 * 24 * 60 * 60_000  # no claim counts for longer than this


class Looking(Tallies):
    """The rounds of one app, as long as it is open."""

    # -- rounds ------------------------------------------------------------------------------------------------------

    def rounds(self) -> list[RoundLook]:
        """Open ones first, newest first; for a coordinator all that can be read, for others those they are on."""
        session = self.session()
        rows = session.view.ask("SELECT id, of FROM rounds WHERE first <> '' AND NOT hidden")
        names = dict.fromkeys(row["of"] or row["id"] for row in rows)  # of an old one the result alone is left
        looks = [self._look(session, self.row(bytes.fromhex(name))) for name in names]
        mine = [r for r in looks if coordinates(session) or (not r.closed and session.member in r.members)]
        return sorted(mine, key=lambda r: (r.closed, -r.first.toordinal(), r.name, r.id))

    def round(self, name: bytes) -> RoundLook:
        """One round. Raises NotFound."""
        session = self.session()
        look = self._look(session, self.row(name))
        if not coordinates(session) and (look.closed or session.member not in look.members):
            raise NotFound(kinds.ROUND)
        return look

    def row(self, name: bytes) -> Row:
        """A round's row of the view, or what its result says when that alone is left. Raises NotFound."""
        query = "SELECT * FROM rounds WHERE (id = :name OR of = :name) AND first <> '' AND NOT hidden ORDER BY of, id"
        rows = self.session().view.ask(query, name=name.hex())
        if not rows:
            raise NotFound(kinds.ROUND)
        return {**rows[0], "id": name.hex()}

    def _look(self, session: Session, row: Row) -> RoundLook:
        name = bytes.fromhex(row["id"])
        closed = over(session, name)
        endings = self.endings(name) if closed else []
        best = max(endings, key=lambda e: weight(e.progress), default=None)
        rows = self.walk_rows(name)
        by_walk = [p for _, p in best.walks] if best and len(best.walks) == len(rows) else [None] * len(rows)
        walks = tuple(self._walk_look(session, w, best is not None, p) for w, p in zip(rows, by_walk, strict=True))
        return RoundLook(
            id=name,
            name=row["name"],
            purpose=kinds.one_of(Purpose, row["purpose"]) or Purpose.OTHER,
            first=iso(row["first"]) or date.min,
            last=iso(row["last"]) or date.min,
            closed=closed,
            members=members(session, name, row),
            walks=walks,
            progress=best.progress if best is not None else doors.together(w.progress for w in walks),
            rule=rule_of(row),
            order=kinds.one_of(Order, row["walking"]) or Order.SIDES,
            late=doors.together(r.late for r in endings),
        )

    def endings(self, name: bytes) -> list[Ending]:
        """What a round that is over came to, as each coordinator who closed it has it: mostly one."""
        rows = self.session().view.ask("SELECT * FROM rounds WHERE of = :of AND NOT hidden ORDER BY id", of=name.hex())
        return [read_ending(row) for row in rows]

    def progress_of_streets(self, name: bytes) -> list[StreetLook]:
        """Each street of a round with its counts and its doors, as a picture; of a closed round the counts alone."""
        session, row = self.session(), self.row(name)
        endings = self.endings(name) if over(session, name) else []
        if endings:
            best = max(endings, key=lambda e: weight(e.progress))
            return [(street, progress, []) for street, progress in best.streets]
        found = ((x.door.street, x) for w in self.walk_rows(name) for x in self.doors_of(session, w, rule_of(row)))
        return _by_name(found)

    def pictures(self, name: bytes) -> list[StreetLook]:
        """The same with a complex of several streets as one."""
        session, row = self.session(), self.row(name)
        if over(session, name):
            return self.progress_of_streets(name)
        return _by_name(pair for walk in self.walk_rows(name) for pair in self._pictured(session, walk, rule_of(row)))

    def pictures_of_walk(self, walk: bytes) -> list[StreetLook]:
        """The streets and complexes of one walk. Raises NotFound."""
        row = self.walk_row(walk)
        rule = rule_of(self.row(bytes.fromhex(row["round"])))
        return _by_name(self._pictured(self.session(), row, rule))

    def _pictured(self, session: Session, walk: Row, rule: PassRule) -> Iterator[tuple[str, DoorLook]]:
        complexes = kinds.read_complexes(kinds.from_json(walk["complexes"]))
        for look in self.doors_of(session, walk, rule):
            yield complexes.get((look.door.street, look.door.place)) or look.door.street, look

    def new_residents(self, name: bytes) -> int:
        """How many new addresses that were noted on this round wait for a welcome."""
        session, row = self.session(), self.row(name)
        query = "SELECT address FROM welcomes WHERE NOT hidden AND NOT done AND origin = :origin AND since >= :first"
        rows = session.view.ask(query, origin=Origin.ROUND.value, first=row["first"])
        waiting = {addresses.key(r["address"]) for r in rows}
        known = (spelt for walk in self.walk_rows(name) for spelt in self.planned(walk).spelt.values())
        return len(waiting.intersection(known)) if waiting else 0

    def said_in(self, name: bytes) -> bool:
        """Whether anything is still known of what was said or taken on a round."""
        tables = (
            "SELECT round FROM doors WHERE NOT hidden UNION ALL SELECT round FROM walks WHERE walk <> '' AND NOT hidden"
        )
        return bool(self.session().view.ask(f"SELECT 1 FROM ({tables}) WHERE round = :round", round=name.hex()))  # noqa: S608

    # -- walks -------------------------------------------------------------------------------------------------------

    def walk_rows(self, of: bytes) -> list[Row]:
        """The walks of a round, in order."""
        query = "SELECT * FROM walks WHERE round = :round AND doors <> '' AND NOT hidden ORDER BY at, id"
        return list(self.session().view.ask(query, round=of.hex()))

    def walk(self, walk: bytes) -> WalkLook:
        """One walk in a list. Raises NotFound."""
        row = self.walk_row(walk)
        return self._walk_look(self.session(), row, bool(self.endings(bytes.fromhex(row["round"]))))

    def _walk_look(self, session: Session, row: Row, closed: bool, counted: Progress | None = None) -> WalkLook:
        walk = bytes.fromhex(row["id"])
        holding, till = (Holding.FREE, None) if closed else self.held(walk)
        plan = Progress(len(self.planned(row).doors)) if closed and counted is None else None
        progress = counted or plan or self.progress_of(session, row)
        return WalkLook(walk, bytes.fromhex(row["round"]), row["name"], holding, till, progress)

    def held(self, walk: bytes) -> tuple[Holding, date | None]:
        """Whose a walk is now, and the day on which it is free again by itself. Mine counts before another's."""
        session = self.session()
        now, mine = session.writer.now(), kinds.claim_id(session.member, walk).hex()
        query = "SELECT id, until FROM walks WHERE walk = :walk AND until > :now AND NOT hidden"
        rows = session.view.ask(query, walk=walk.hex(), now=now)
        rows = [r for r in rows if r["until"] <= now + MOST_MILLIS]  # nobody keeps a walk for ever
        if not rows:
            return Holding.FREE, None
        own = [r for r in rows if r["id"] == mine]
        until = max(r["until"] for r in own or rows)
        return (Holding.MINE if own else Holding.OTHERS), local(until).date()

    # -- doors -------------------------------------------------------------------------------------------------------

    def doors(self, walk: bytes) -> list[DoorLook]:
        """The doors of a walk, in walking order. Raises NotFound."""
        row = self.walk_row(walk)
        return self.doors_of(self.session(), row, rule_of(self.row(bytes.fromhex(row["round"]))))


def _by_name(pairs: Iterable[tuple[str, DoorLook]]) -> list[StreetLook]:
    """Doors under the name of what they belong to, with its place where another has the same name."""
    found: dict[tuple[str, str], list[DoorLook]] = {}
    for name, look in pairs:
        found.setdefault((look.door.place, name), []).append(look)
    spelt = [name for _, name in found]
    return [
        (name if spelt.count(name) == 1 or not place else f"{name} ({place})", doors.progress(some), some)
        for (place, name), some in found.items()
    ]
