"""What this device and this moment are to a round."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.services.due import part_of
from app.services.models import DayPart, Role
from app.services.rounds import kinds
from app.services.rounds.models import PassRule
from app.services.session import Session


def rule_of(row: Mapping[str, Any]) -> PassRule:
    """The coordinator's rule, as a round's row has it."""
    times = row["times"] if isinstance(row["times"], int) else PassRule().times
    return PassRule(max(1, min(times, kinds.MAX_TRIES)), bool(row["other_part"]))


def members(session: Session, name: bytes, row: Mapping[str, Any]) -> tuple[bytes, ...]:
    """Who is on a round: as the roll says, which everyone checks; of one that is over, or not there, as it was planned."""
    on_roll = session.roll.state.rounds.get(name)
    if on_roll is not None and not on_roll.closed:
        return tuple(sorted(on_roll.members))
    return tuple(bytes.fromhex(m) for m in kinds.from_json(row["members"]) or [])


def coordinates(session: Session) -> bool:
    """Whether this is a coordinator's device."""
    return session.roll.state.device(session.device).role is Role.COORDINATOR


def over(session: Session, name: bytes) -> bool:
    """Whether a round was closed: the roll says so."""
    crew = session.roll.state.rounds.get(name)
    return crew is not None and crew.closed


def open_here(session: Session, name: bytes) -> bool:
    """Whether this device can write in a round: it holds its ring, and the round is not over."""
    return session.roll.state.walks(session.device, name)


def local(millis: int) -> datetime:
    """A moment as the clock on the wall has it."""
    return datetime.fromtimestamp(millis / 1000)


def now(session: Session) -> tuple[date, DayPart]:
    """The day it is, and the part of it: finer times are kept nowhere."""
    moment = local(session.writer.now())
    return moment.date(), part_of(moment.hour)


def end_of_evening(session: Session) -> int:
    """Four o'clock at night after this evening, in milliseconds since 1970: then a walk is free again by itself."""
    moment = local(session.writer.now())
    night = moment.replace(hour=4, minute=0, second=0, microsecond=0)
    return int((night if moment < night else night + timedelta(days=1)).timestamp() * 1000)
