"""Rules of activities and stories that hold whatever day it is."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.services.activities_form import ActivityForm, ActivityKind, again, clock, count, is_over, next_weekly
from app.services.stories_form import StoryStatus, status_of

DAYS = st.dates(date(2021, 1, 1), date(2035, 12, 31))
TIMES = st.times().map(lambda t: f"{t.hour:02}:{t.minute:02}")
FORMS = st.builds(
    ActivityForm,
    kind=st.sampled_from(ActivityKind),
    day=DAYS,
    time=st.one_of(st.just(""), TIMES),
    minutes=st.one_of(st.none(), st.integers(1, 1440)),
    heads=st.one_of(st.none(), st.integers(0, 100)),
    how=st.text(max_size=5),
    wishes=st.frozensets(st.text(max_size=3), max_size=2),
)


@given(DAYS, st.one_of(st.none(), DAYS), DAYS)
def test_the_next_of_a_row_is_the_first_same_weekday_that_is_left(last: date, until: date | None, today: date) -> None:
    """After the last one, not before today, not after its last day; none sooner would do."""
    day = next_weekly(last, until, today)
    first = next(last + timedelta(7 * n) for n in range(1, 1000) if last + timedelta(7 * n) >= today)
    if until is not None and first > until:
        assert day is None
    else:
        assert day == first
        assert day.weekday() == last.weekday()


@given(FORMS, DAYS)
def test_what_is_planned_again_tells_nothing_of_last_time(form: ActivityForm, day: date) -> None:
    """Only what was planned goes on; heads, helpers, words and tags are asked anew."""
    made = again(form, day, b"x" * 16)
    assert (made.heads, made.helpers, made.how, made.wishes, made.offers) == (None, None, "", frozenset(), frozenset())
    assert (made.kind, made.time, made.minutes, made.place) == (form.kind, form.time, form.minutes, form.place)
    assert replace(made, day=None, series=b"") == replace(
        form, day=None, series=b"", heads=None, helpers=None, how="", wishes=frozenset(), offers=frozenset()
    )


@given(FORMS, st.datetimes(datetime(2021, 1, 1), datetime(2035, 1, 1)), st.timedeltas(timedelta(0), timedelta(400)))
def test_what_is_over_stays_over_and_is_never_over_before_its_day(
    form: ActivityForm, now: datetime, later: timedelta
) -> None:
    """One moment at which it is over, not before its end."""
    assert form.day is not None
    over = is_over(form, now)
    assert is_over(form, now + later) or not over
    assert not over or now.date() >= form.day
    assert over or now <= datetime.combine(form.day, time.max) + timedelta(days=1, minutes=1440)


@given(FORMS, st.one_of(TIMES.map(lambda t: t.replace(":", ".")), st.text(max_size=6)), st.datetimes())
def test_a_time_half_typed_never_keeps_a_form_from_opening(form: ActivityForm, typed: str, now: datetime) -> None:
    """A draft holds what was typed, as "14.30": it is over when the time that it says is, and as untimed when none."""
    assert is_over(replace(form, time=typed), now) == is_over(replace(form, time=clock(typed) or ""), now)


@given(
    st.integers(0, 23), st.integers(0, 59), st.sampled_from(("{h}:{m:02}", "{h}.{m:02}", "{h:02}{m:02}", "{h}u{m:02}"))
)
def test_a_time_is_read_as_people_write_it(hour: int, minute: int, spelling: str) -> None:
    """And what was read is read as itself."""
    read = clock(spelling.format(h=hour, m=minute))
    assert read == f"{hour:02}:{minute:02}"
    assert clock(read) == read


@given(st.text(max_size=12))
def test_whatever_is_typed_as_a_time_or_a_number_is_read_or_refused(typed: str) -> None:
    """Never another time of day than there is, never a crash."""
    read = clock(typed)
    assert read is None or read == "" or time.fromisoformat(read)
    number = count(typed)
    assert number is None or number >= -1


@given(st.sampled_from(["draft", "offered", "withdrawn", "", "?"]), st.booleans(), DAYS, st.booleans(), DAYS, DAYS)
def test_a_story_that_was_withdrawn_stays_so(
    written: str, erased: bool, ends: date, published: bool, one: date, other: date
) -> None:
    """From its day on, and never read again by a later reader; before that day only its author ends it."""
    first, later = sorted((one, other))
    before, after = (status_of(written, erased, ends, published, day) for day in (first, later))
    if before is StoryStatus.WITHDRAWN:
        assert after is StoryStatus.WITHDRAWN
    if written == "offered":
        assert (after is StoryStatus.WITHDRAWN) == (erased or ends <= later)
    if written == "draft":
        assert (before is StoryStatus.WITHDRAWN) == erased
