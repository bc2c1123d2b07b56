"""Who answers now: held against a minute-by-minute oracle, the time zones of CPython, and the built-in list."""

import json
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.services.directory import built_in, osm_hours
from app.services.directory.dutch_time import amsterdam
from app.services.directory.reachable import Reach, State, of_line, reach, stale
from app.services.directory.telling import dutch, hours_text, reach_text
from app.web import holidays_nl
from sync.core.errors import BadFormat
from sync.core.help_line import (
    ALWAYS,
    DAY_MINUTES,
    UNKNOWN_HOURS,
    HelpLine,
    Hours,
    Known,
    OnHolidays,
    Status,
    as_row,
    from_row,
    row,
)

ZONE = ZoneInfo("Europe/Amsterdam")
WEEK = 7 * DAY_MINUTES
MONDAY = date(2026, 11, 23)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Weekly hours as the format allows them: rising, none over another, also past midnight and from Sunday to Monday."""
    cuts = sorted(draw(st.sets(st.integers(0, WEEK - 1), min_size=2, max_size=12)))
    if len(cuts) % 2:
        cuts.append(WEEK + draw(st.integers(0, cuts[0])))  # from Sunday into Monday
    pairs = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if b - a <= DAY_MINUTES]
    assume(pairs)
    weekly = tuple((a // DAY_MINUTES, a % DAY_MINUTES, b - a // DAY_MINUTES * DAY_MINUTES) for a, b in pairs)
    kind = draw(st.sampled_from(OnHolidays))
    other: tuple[tuple[int, int], ...] = ()
    if kind is OnHolidays.OTHER:
        begin = draw(st.integers(0, DAY_MINUTES - 1))
        other = ((begin, draw(st.integers(begin + 1, begin + DAY_MINUTES))),)
    made = Hours(Known.WEEKLY, weekly, kind, other)
    return from_row(row(as_row(HelpLine("x", "X", hours=made)))).hours  # the format takes it


holidays = st.frozensets(st.integers(-2, 16).map(lambda days: MONDAY + timedelta(days=days)), max_size=3)
moments = st.integers(0, WEEK - 1).map(lambda m: datetime(2026, 11, 23) + timedelta(minutes=m))


def minutes(h: Hours, free: frozenset[date]) -> dict[datetime, bool]:
    """The oracle: every open minute from a day before to 20 days on, and whether that is certain."""
    found: dict[datetime, bool] = {}
    for offset in range(-2, 20):
        day = MONDAY + timedelta(days=offset)
        spans = [(begin, end) for weekday, begin, end in h.weekly if weekday == day.weekday()]
        certain = True
        if day in free:
            certain = h.holidays is not OnHolidays.UNKNOWN
            spans = {OnHolidays.CLOSED: [], OnHolidays.OTHER: list(h.other)}.get(h.holidays, spans)
        for begin, end in spans:
            for minute in range(begin, end):
                at = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
                found[at] = found.get(at, False) or certain
    return found


@settings(max_examples=60, deadline=None)
@given(hours(), holidays, moments)
def test_it_is_open_when_a_minute_by_minute_list_says_so(h: Hours, free: frozenset[date], now: datetime) -> None:
    """And what it tells of the next change is the first minute that is otherwise."""
    open_ = minutes(h, free)
    told = reach(h, now, free)
    expected = {True: State.OPEN, False: State.UNKNOWN, None: State.CLOSED}[open_.get(now)]
    assert told.state is expected
    if told.state is State.OPEN and told.until:
        at = now
        while open_.get(at):
            at += timedelta(minutes=1)
        assert at <= told.until  # uncertain hours may touch it
        assert not open_.get(told.until)
        assert all(at in open_ for at in _from(now, told.until))
    if told.state is State.CLOSED and told.until:
        assert open_[told.until] is True
        assert not any(at in open_ for at in _from(now, told.until))


def _from(now: datetime, until: datetime) -> list[datetime]:
    return [now + timedelta(minutes=n) for n in range(int((until - now).total_seconds()) // 60)]


@given(st.integers(820_454_400_000, 4_070_908_800_000))  # 1996 to 2099
@example(int(datetime(2026, 3, 29, 0, 59, 59, tzinfo=UTC).timestamp() * 1000))
@example(int(datetime(2026, 3, 29, 1, tzinfo=UTC).timestamp() * 1000))
@example(int(datetime(2026, 10, 25, 0, 59, 59, tzinfo=UTC).timestamp() * 1000))
@example(int(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp() * 1000))
def test_the_clock_in_amsterdam_is_that_of_the_time_zone_data(millis: int) -> None:
    """The phone has no such data; the rule is the same at every second, also around the changes."""
    wanted = datetime.fromtimestamp(millis // 1000, UTC).astimezone(ZONE).replace(tzinfo=None)
    assert amsterdam(millis // 1000 * 1000) == wanted


def test_every_change_of_the_clock_is_met() -> None:
    """The seconds around all changes from 1996 to 2099, which a random moment hardly ever hits."""
    for year in range(1996, 2100):
        for month in (3, 10):
            last = max(d for d in range(25, 32) if date(year, month, d).weekday() == 6)
            change = int(datetime(year, month, last, 1, tzinfo=UTC).timestamp())
            for second in (change - 1, change, change + 1):
                wanted = datetime.fromtimestamp(second, UTC).astimezone(ZONE).replace(tzinfo=None)
                assert amsterdam(second * 1000) == wanted


NIGHT = osm_hours.read("Fr-Sa 22:00-06:00; PH off")


def test_a_night_goes_on_past_midnight_also_when_the_clock_changes() -> None:
    """Saturday 24 October 2026, 22:00 to 06:00: nine hours on the clock's longest night, and open in all of them."""
    begin = int(datetime(2026, 10, 24, 20, tzinfo=UTC).timestamp() * 1000)  # 22:00 in Amsterdam
    states = [reach(NIGHT, amsterdam(begin + hour * 3_600_000), ()).state for hour in range(-1, 10)]
    assert states == [State.CLOSED, *[State.OPEN] * 9, State.CLOSED]


def test_a_holiday_begins_with_its_own_evening() -> None:
    """Christmas night ends what began the evening before; on the holiday itself nobody begins."""
    christmas = {date(2026, 12, 25)}  # a Friday
    thursday = osm_hours.read("Th 22:00-06:00; Fr 22:00-06:00; PH off")
    assert reach(thursday, datetime(2026, 12, 25, 3), christmas).state is State.OPEN
    assert reach(thursday, datetime(2026, 12, 25, 23), christmas).state is State.CLOSED
    assert reach(thursday, datetime(2026, 12, 26, 3), christmas) == Reach(State.CLOSED, datetime(2026, 12, 31, 22))


def test_what_nobody_says_is_not_guessed() -> None:
    """Unknown hours, and a holiday of which nobody says anything."""
    office = osm_hours.read("Mo-Fr 09:00-17:00; PH unknown")
    monday = datetime(2026, 4, 6, 10)  # Easter Monday
    assert reach(UNKNOWN_HOURS, monday, ()).state is State.UNKNOWN
    assert reach(office, monday, {monday.date()}).state is State.UNKNOWN
    assert reach(office, monday, ()).state is State.OPEN
    assert reach(office, datetime(2026, 4, 5, 10), {monday.date()}) == Reach(State.CLOSED)  # when it opens is not known


def test_the_four_fixed_lines_always_answer_or_say_that_it_is_not_known() -> None:
    """112 at any moment, holidays and changes of the clock included."""
    lines = {x.id: x for x in built_in.built_in()}
    for hour in range(0, 24 * 370, 7):
        now = datetime(2026, 1, 1) + timedelta(hours=hour)
        assert of_line(lines["112"], now, built_in.holidays()).state is State.ALWAYS
        assert of_line(lines["08000432"], now, built_in.holidays()).state is (
            State.OPEN if 11 <= now.hour < 21 else State.CLOSED
        )
    shut = HelpLine("x", "X", hours=ALWAYS, status=Status.CLOSED)
    assert of_line(shut, datetime(2026, 1, 1), ()).state is State.CLOSED


def test_a_line_is_old_a_year_after_it_was_read() -> None:
    """Not on the day itself; 112 never is; what was never read is."""
    line = HelpLine("koo", "Koo", checked="2026-11-25")
    assert not stale(line, date(2027, 11, 25))
    assert stale(line, date(2027, 11, 26))
    assert stale(HelpLine("koo", "Koo"), date(2026, 11, 25))
    assert not stale(HelpLine("112", "112"), date(2099, 1, 1))


@settings(deadline=None)
@given(hours())
def test_hours_as_text_come_back_the_same(h: Hours) -> None:
    """Written in OpenStreetMap's grammar and read again."""
    assert osm_hours.read(osm_hours.write(h)) == h
    assert osm_hours.read(osm_hours.write(ALWAYS)) == ALWAYS
    assert osm_hours.read(osm_hours.write(UNKNOWN_HOURS)) == UNKNOWN_HOURS


@given(st.text(alphabet="MoTuFrSaPH 0123456789:-,;24/7off", max_size=40))
def test_any_other_text_is_refused_and_nothing_else(text: str) -> None:
    """Whatever it is: hours, or BadFormat."""
    with suppress(BadFormat):
        assert isinstance(osm_hours.read(text), Hours)


TOLD = {
    "24/7": "dag en nacht",
    "Mo-Su 11:00-21:00": "elke dag 11:00–21:00",
    "Mo-Fr 09:00-17:00; PH off": "ma t/m vr 09:00–17:00, niet op feestdagen",
    "Mo-Th 09:00-12:30,13:30-17:00; Fr 09:00-12:30; PH 10:00-12:00": (
        "ma t/m do 09:00–12:30 en 13:30–17:00, vr 09:00–12:30, op feestdagen 10:00–12:00"
    ),
    "Mo,We 22:00-06:00; PH unknown": "ma, wo 22:00–06:00, op feestdagen niet bekend",
    "Tu 08:00-24:00": "di 08:00–24:00",
    "": "",
}


@pytest.mark.parametrize("text", TOLD)
def test_hours_are_told_as_people_say_them(text: str) -> None:
    """Days that have the same times together."""
    assert hours_text(osm_hours.read(text), dutch) == TOLD[text]
    assert osm_hours.write(osm_hours.read(text)) == text


def test_when_it_changes_is_told_by_the_hour_and_the_day() -> None:
    """Today by the hour, tomorrow by name, later by date."""
    now = datetime(2026, 11, 25, 10)
    assert reach_text(Reach(State.OPEN, datetime(2026, 11, 25, 17)), now, dutch) == "Nu bereikbaar, tot 17:00"
    assert reach_text(Reach(State.OPEN, datetime(2026, 11, 26)), now, dutch) == "Nu bereikbaar, tot 24:00"
    assert reach_text(Reach(State.CLOSED, datetime(2026, 11, 26, 9)), now, dutch).endswith("Open morgen 09:00")
    later = reach_text(Reach(State.CLOSED, datetime(2026, 11, 30, 9)), now, dutch)
    assert later.endswith("Open maandag 30 november 09:00")


def test_the_holidays_in_the_app_are_those_of_the_library() -> None:
    """Made anew by `python -m app.web.holidays_nl` when this fails; for six years ahead at least."""
    assert holidays_nl.PATH.read_text(encoding="utf-8") == holidays_nl.text(built_in.made().year)
    first, last = json.loads(holidays_nl.PATH.read_text(encoding="utf-8"))["years"]
    assert (first, last - first >= 6) == (built_in.made().year, True)
    assert {date(2026, 12, 25), date(2027, 4, 27), date(2030, 5, 5)} <= built_in.holidays()


def test_the_built_in_list_is_within_the_bounds_and_honest() -> None:
    """Each line has a source and the day on which that was read; no name of an official stands in what is shown."""
    lines = built_in.built_in()
    assert [x.id for x in lines[:4]] == ["112", "113", "08001205", "08002000"]
    assert all(x.source and x.checked and (x.numbers or x.email) for x in lines)
    report = Path("assets/directory/helplines.json").read_text(encoding="utf-8")
    words = " ".join(f"{x.name} {x.about} {x.audience} {x.source} {x.place}" for x in lines).casefold()
    assert not any(name in words for name in ("poels", "van dijk", "laat ", "boehmer", "robben", "kerstens"))
    doubtful = {x.id for x in lines if x.conflict}
    assert doubtful == {"08001205", "juridisch-loket", "mind-korrelatie"}
    assert [n.phone for x in lines if x.id == "juridisch-loket" for n in x.numbers] == ["09008020", "08008020"]
    assert "Nobody has rung" in report
