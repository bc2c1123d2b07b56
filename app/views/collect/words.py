"""Rounds, walks and doors in the words of the street."""

import math
from collections.abc import Callable
from datetime import date, timedelta

import flet as ft
import flet.canvas as cv

from app.services.language import _, counted, day_text
from app.services.models import DayPart
from app.services.rounds.models import Door, DoorLook, DoorState, Interest, Progress, Purpose, RoundLook, Seen, WalkLook
from app.views.contact.words import parts
from app.views.parts import Colors

ICONS: dict[DoorState, ft.IconData] = {
    DoorState.MET: ft.Icons.WAVING_HAND_OUTLINED,
    DoorState.NOT_HOME: ft.Icons.DOOR_FRONT_DOOR_OUTLINED,
    DoorState.LATER: ft.Icons.EVENT_REPEAT,
    DoorState.NO_CONTACT: ft.Icons.DO_NOT_DISTURB_ON_OUTLINED,
    DoorState.EMPTY: ft.Icons.LOCAL_SHIPPING_OUTLINED,
    DoorState.UNREACHABLE: ft.Icons.NOTIFICATIONS_OFF_OUTLINED,
}


def states() -> dict[DoorState, str]:
    """What a tap at a door says."""
    return {
        DoorState.MET: _("Gesproken"),
        DoorState.NOT_HOME: _("Niet thuis"),
        DoorState.LATER: _("Later terugkomen"),
        DoorState.NO_CONTACT: _("Wil geen contact"),
        DoorState.EMPTY: _("Leeg / verhuisd"),
        DoorState.UNREACHABLE: _("Niet bereikbaar"),
    }


def interests() -> dict[Interest, str]:
    """What somebody at the door would like."""
    return {Interest.CONTACT_PERSON: _("wil contactpersoon"), Interest.ACTIVITY: _("wil activiteit")}


def purposes() -> dict[Purpose, str]:
    """What a round is for."""
    return {
        Purpose.MEET: _("Kennismaken met iedereen in de straat"),
        Purpose.WISHES: _("Vragen wat mensen graag zouden doen"),
        Purpose.NEWS: _("Iets vertellen of brengen"),
        Purpose.COLLECTION: _("Collecte voor een goed doel"),
        Purpose.OTHER: _("Langs de deuren"),
    }


def charity_text() -> str:
    """Money is not ours."""
    return _("De bus en het geld zijn van het goede doel zelf. Straatcontact houdt geen bedragen bij.")


def period_text(look: RoundLook, today: date) -> str:
    """From when until when."""
    return _("{first} tot en met {last}").format(first=day_text(look.first, today), last=day_text(look.last, today))


def begins_text(first: date, today: date) -> str:
    """Before a round's first day."""
    return _("Deze ronde begint pas op {day}.").format(day=day_text(first, today))


def done_text(progress: Progress) -> str:
    """12 van 58 deuren gedaan."""
    total = progress.doors - progress.blocked
    return _("{done} van {total} deuren gedaan").format(done=progress.done, total=total)


def floor_text(door: Door) -> str:
    """Where in a block a door is: "trap B, 3e verdieping"; "" for a door on the street."""
    said = [_("trap {stair}").format(stair=door.stair)] if door.stair else []
    if door.floor is not None and door.floor > 0:
        said.append(_("{floor}e verdieping").format(floor=door.floor))
    elif door.floor is not None:
        said.append(_("begane grond") if door.floor == 0 else _("onder de begane grond"))
    return ", ".join(said)


def seen_text(seen: Seen, today: date) -> str:
    """What was noted at a door before, without a name and without a time of day."""
    when = _("vandaag") if seen.day == today else day_text(seen.day, today)
    said = _("{day} {part}: {state}").format(day=when, part=parts()[seen.part], state=states()[seen.answer.state])
    return said[:1].upper() + said[1:] if seen.mine else _("Iemand anders, {said}").format(said=said)


def door_state(look: DoorLook) -> str:
    """What stands at a door, in a word or two."""
    if look.answer is not None:
        return states()[look.answer.state]
    return _("niet aanbellen") if look.blocked else _("nog niet geweest")


def door_text(look: DoorLook) -> str:
    """The same with what somebody there would like."""
    wishes = look.answer.interests if look.answer is not None else ()
    return ", ".join([door_state(look), *(interests()[wish] for wish in wishes)])


def counts_text(progress: Progress) -> list[str]:
    """Doors, never people: a line for each state that occurs."""
    words: dict[DoorState, Callable[[int], str]] = {
        DoorState.MET: lambda n: counted("bij {n} deur iemand gesproken", "bij {n} deuren iemand gesproken", n),
        DoorState.NOT_HOME: lambda n: counted("bij {n} deur niemand thuis", "bij {n} deuren niemand thuis", n),
        DoorState.LATER: lambda n: counted("bij {n} deur later terugkomen", "bij {n} deuren later terugkomen", n),
        DoorState.NO_CONTACT: lambda n: counted("{n} deur wil geen contact", "{n} deuren willen geen contact", n),
        DoorState.EMPTY: lambda n: counted("{n} deur leeg of verhuisd", "{n} deuren leeg of verhuisd", n),
        DoorState.UNREACHABLE: lambda n: counted("{n} deur niet bereikbaar", "{n} deuren niet bereikbaar", n),
    }
    said = [words[state](n) for state, n in progress.states if n]
    if progress.blocked:
        said.append(counted("bij {n} deur bellen we niet aan", "bij {n} deuren bellen we niet aan", progress.blocked))
    return said


def again_text(count: int, fits: dict[DayPart, int]) -> str:
    """How many doors are tried once more since nobody was home, and on which part of a day."""
    said = counted(
        "Niemand thuis: bij {n} deur proberen we het nog eens",
        "Niemand thuis: bij {n} deuren proberen we het nog eens",
        count,
    )
    when = _(" of ").join(parts()[part] for part in fits) if len(fits) < len(DayPart) else ""
    return f"{said}, {when}." if when else f"{said}."


def later_text(count: int) -> str:
    """Where somebody asked to come back: the app brings those doors up from the next day on."""
    return counted(
        "Bij {n} deur kom je later terug, op een andere dag.",
        "Bij {n} deuren kom je later terug, op een andere dag.",
        count,
    )


def holding_text(walk: WalkLook, today: date) -> str:
    """Until when somebody else has a walk; no name."""
    if walk.till is None or walk.till <= today + timedelta(days=1):  # it is free again at night
        return _("Iemand anders loopt deze tot vanavond")
    return _("Iemand anders loopt deze tot {day}").format(day=day_text(walk.till, today))


class Ring(cv.Canvas):
    """How far a walk or round is, as a ring. Only for the eye: the same stands beside it in words, or on the way back."""

    def __init__(self, size: int = 52) -> None:
        thick, whole = size / 7, 2 * math.pi

        def arc(color: ft.Colors, sweep: float) -> cv.Arc:
            paint = ft.Paint(color=color, style=ft.PaintingStyle.STROKE, stroke_width=thick)
            return cv.Arc(thick / 2, thick / 2, size - thick, size - thick, -math.pi / 2, sweep, paint=paint)

        self._done = arc(Colors.PRIMARY, 0.0)
        super().__init__([arc(Colors.OUTLINE_VARIANT, whole), self._done], width=size, height=size)

    def show(self, progress: Progress) -> "Ring":
        """As far as this."""
        total = max(1, progress.doors - progress.blocked)
        self._done.sweep_angle = 2 * math.pi * min(1.0, progress.done / total)
        return self


def ring(progress: Progress) -> Ring:
    """A ring that says this."""
    return Ring().show(progress)
