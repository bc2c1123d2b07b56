"""A plan as it stands in a draft, and back. What can't be read of it is as in a new one."""

from datetime import date
from typing import Any

from app.services.records import iso
from app.services.rounds import kinds
from app.services.rounds.here import rule_of
from app.services.rounds.making import USUAL_SIZE
from app.services.rounds.models import Order, Plan, Purpose


def to_plain(plan: Plan) -> dict[str, Any]:
    """A plan as it stands in a draft."""
    return {
        "name": plan.name,
        "purpose": plan.purpose.value,
        "first": plan.first.isoformat(),
        "last": plan.last.isoformat(),
        "members": list(plan.members),
        "streets": list(plan.streets),
        "doors_a_walk": plan.doors_a_walk,
        "order": plan.order.value,
        "times": plan.rule.times,
        "other_part": plan.rule.other_part,
    }


def from_plain(raw: dict[str, Any], today: date) -> Plan:
    """A plan from its draft; what can't be read is as in a new one."""

    def names(field: str) -> tuple[bytes, ...]:
        value = raw.get(field)
        return tuple(x for x in value if isinstance(x, bytes)) if isinstance(value, list) else ()

    def text(field: str) -> str:
        value = raw.get(field)
        return value if isinstance(value, str) else ""

    size = raw.get("doors_a_walk")
    return Plan(
        name=text("name"),
        purpose=kinds.one_of(Purpose, text("purpose")) or Purpose.MEET,
        first=iso(text("first")) or today,
        last=iso(text("last")) or today,
        members=names("members"),
        streets=names("streets"),
        doors_a_walk=size if isinstance(size, int) else USUAL_SIZE,
        order=kinds.one_of(Order, text("order")) or Order.SIDES,
        rule=rule_of({"times": raw.get("times"), "other_part": raw.get("other_part") is not False}),
    )
