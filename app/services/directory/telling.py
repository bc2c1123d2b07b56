"""A help line in words: its hours, whether somebody answers now, what is not certain about it.

Each function takes the language as its last argument: the first page is Dutch whatever the app speaks.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from app.services.directory.finding import spaced
from app.services.directory.osm_hours import by_days, clock, runs
from app.services.directory.reachable import Reach, State
from app.services.language import _ as chosen_language
from app.services.language import day_text
from sync.core.help_line import HelpLine, Hours, Known, Number, OnHolidays

Say = Callable[[str], str]


def dutch(text: str) -> str:
    """The source text, which is Dutch."""
    return text


def hours_text(hours: Hours, _: Say = chosen_language) -> str:
    """Days and times, and what a public holiday changes; "" when nothing is known."""
    if hours.known is Known.NOTHING:
        return ""
    if hours.known is Known.ALWAYS:
        return _("dag en nacht")
    parts = [f"{_days_text(days, _)} {_spans_text(spans, _)}" for days, spans in by_days(hours)]
    if hours.holidays is OnHolidays.CLOSED:
        parts.append(_("niet op feestdagen"))
    elif hours.holidays is OnHolidays.OTHER:
        parts.append(_("op feestdagen {times}").format(times=_spans_text(hours.other, _)))
    elif hours.holidays is OnHolidays.UNKNOWN:
        parts.append(_("op feestdagen niet bekend"))
    return ", ".join(parts)


def _days_text(days: tuple[int, ...], _: Say) -> str:
    short = (_("ma"), _("di"), _("wo"), _("do"), _("vr"), _("za"), _("zo"))
    if len(days) == len(short):
        return _("elke dag")
    between = _("{first} t/m {last}")
    told = [short[a] if a == b else between.format(first=short[a], last=short[b]) for a, b in runs(days)]
    return ", ".join(told)


def _spans_text(spans: tuple[tuple[int, int], ...], _: Say) -> str:
    return _(" en ").join(f"{clock(begin)}–{clock(end)}" for begin, end in spans)


def reach_text(reach: Reach, now: datetime, _: Say = chosen_language) -> str:
    """Whether somebody answers now, and when that changes."""
    if reach.state is State.ALWAYS:
        return _("Nu bereikbaar, dag en nacht")
    if reach.state is State.UNKNOWN:
        return _("Tijden niet bekend")
    at = _moment(reach.until, now, _) if reach.until else ""
    if reach.state is State.OPEN:
        return _("Nu bereikbaar, tot {time}").format(time=at) if at else _("Nu bereikbaar")
    return _("Nu niet bereikbaar. Open {time}").format(time=at) if at else _("Nu niet bereikbaar")


def _moment(then: datetime, now: datetime, _: Say) -> str:
    time = f"{then.hour:02}:{then.minute:02}"
    midnight_next = then.date() == now.date() + timedelta(days=1) and not (then.hour or then.minute)
    if then.date() == now.date() or midnight_next:
        return "24:00" if midnight_next else time
    if then.date() == now.date() + timedelta(days=1):
        return _("morgen {time}").format(time=time)
    return f"{day_text(then.date(), now.date())} {time}"


def checked_text(line: HelpLine, _: Say = chosen_language, day: Callable[[date], str] = day_text) -> str:
    """Who says so, and when that was read."""
    source = _("Bron: {source}.").format(source=line.source) if line.source else _("Geen bron.")
    if not line.checked:
        return source + " " + _("Nog niet nagekeken.")
    return source + " " + _("Gelezen op {day}.").format(day=day(date.fromisoformat(line.checked)))


def number_text(number: Number) -> str:
    """0800-1205 · gratis · a note."""
    return " · ".join(part for part in (spaced(number.phone), number.cost, number.note) if part)


def share_text(line: HelpLine, _: Say = chosen_language) -> str:
    """What somebody sends to a neighbour: name, numbers, what for, when. Nothing of who sends it."""
    parts = [line.name, *(number_text(n) for n in line.numbers), line.email, line.website]
    parts += [line.about, hours_text(line.hours, _), line.conflict]
    return "\n".join(part for part in parts if part)
