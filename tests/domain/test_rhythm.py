"""When people are told things: on their own clock, on their own days, through every change of the clocks."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.rhythm import (
    WEEKDAYS,
    DigestSettings,
    Preferences,
    Rest,
    Rhythm,
    SavedMinutes,
    WeeklySettings,
    usual,
    zone_of,
)

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
WORKDAYS = frozenset({"mon", "tue", "wed", "thu", "fri"})
USUAL = usual(DigestSettings())
ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
     "America/St_Johns", "Africa/Casablanca", "Pacific/Kiritimati", "Asia/Tehran"]
)  # fmt: skip
HOURS = st.integers(0, 47).map(lambda half: time(half // 2, 30 * (half % 2)))
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


@st.composite
def choices(draw: st.DrawFn) -> Preferences:
    quiet = draw(st.none() | st.tuples(HOURS, HOURS).filter(lambda both: both[0] != both[1]))
    days = draw(st.sets(st.sampled_from(WEEKDAYS), min_size=1))
    try:
        return Preferences(working_days=frozenset(days), quiet=quiet, digest_at=draw(HOURS), timezone=draw(ZONES))
    except ValidationError:
        assume(False)
        raise


def rhythm(chosen: Preferences = USUAL, zone: ZoneInfo = BERLIN) -> Rhythm:
    return Rhythm(chosen, zone)


def at(text: str, zone: ZoneInfo = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "rests"),
    [
        ("2026-03-12T06:59", True),
        ("2026-03-12T07:00", False),
        ("2026-03-12T19:59", False),
        ("2026-03-12T20:00", True),
        ("2026-03-13T23:00", True),
        ("2026-03-14T12:00", True),  # a Saturday
        ("2026-03-16T06:30", True),
        ("2026-03-16T09:00", False),
    ],
)
def test_a_lead_in_berlin_is_left_alone_at_night_and_at_weekends(moment: str, rests: bool):
    assert rhythm().is_resting(at(moment)) is rests


def test_the_same_moment_is_night_for_one_and_noon_for_another():
    moment = datetime(2026, 3, 12, 23, 30, tzinfo=UTC)
    assert rhythm().is_resting(moment)
    assert not rhythm(zone=NEW_YORK).is_resting(moment)


def test_quiet_hours_within_a_day_leave_its_evening_free():
    siesta = USUAL.model_copy(update={"quiet": (time(13), time(15))})
    assert [rhythm(siesta).is_resting(at(f"2026-03-12T{hour}:00")) for hour in (12, 13, 14, 15, 23)] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_without_quiet_hours_monday_begins_in_the_morning_and_not_at_midnight():
    awake = USUAL.model_copy(update={"quiet": None})
    assert rhythm(awake).is_resting(at("2026-03-16T00:01"))
    assert not rhythm(awake).is_resting(at("2026-03-16T07:00"))
    assert not rhythm(awake).is_resting(at("2026-03-17T00:01"))


def test_a_digest_is_due_from_its_hour_on_working_days_only():
    due = [rhythm().digest_day(at(moment)) for moment in ("2026-03-12T08:29", "2026-03-12T08:30", "2026-03-14T09:00")]
    assert due == [None, date(2026, 3, 12), None]
    assert rhythm(USUAL.model_copy(update={"digest_at": None})).digest_day(at("2026-03-12T09:00")) is None


def test_a_digest_whose_hour_the_clocks_skip_comes_right_after_the_skip():
    early = Preferences(working_days=frozenset(WEEKDAYS), quiet=None, digest_at=time(2, 30))
    before, after = datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert rhythm(early).digest_day(before) is None  # 01:59 in Berlin; the next minute is 03:00
    assert rhythm(early).digest_day(after) == date(2026, 3, 29)


def test_a_digest_whose_hour_comes_twice_is_due_the_first_time_and_stays_the_same_day():
    early = Preferences(working_days=frozenset(WEEKDAYS), quiet=None, digest_at=time(2, 30))
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert rhythm(early).digest_day(first) == rhythm(early).digest_day(second) == date(2026, 10, 25)


@settings(max_examples=300)
@given(choices(), MOMENTS)
def test_whenever_a_digest_is_due_they_are_at_work_on_that_day_and_their_hour_has_come(chosen: Preferences, moment):
    zone = ZoneInfo(chosen.timezone or "UTC")
    one, local = Rhythm(chosen, zone), moment.astimezone(zone)
    if (day := one.digest_day(moment)) is not None:
        assert day == local.date()
        assert WEEKDAYS[day.weekday()] in chosen.working_days
        assert local.time() >= chosen.digest_at
        assert not one.is_resting(moment)


@settings(max_examples=30)
@given(choices(), MOMENTS)
def test_in_any_week_of_any_zone_every_working_day_has_its_digest_and_no_other_day_has(chosen: Preferences, start):
    zone = ZoneInfo(chosen.timezone or "UTC")
    one = Rhythm(chosen, zone)
    told = {one.digest_day(start + timedelta(minutes=15 * step)) for step in range(9 * 96)} - {None}
    first = start.astimezone(zone).date()
    whole = [first + timedelta(days=n) for n in range(1, 8)]
    for day in whole:
        assert (day in told) is (WEEKDAYS[day.weekday()] in chosen.working_days)


def test_the_week_is_summed_up_on_its_morning_and_after_a_long_weekend_on_the_next_working_day():
    weekly = WeeklySettings()
    assert rhythm().week(at("2026-03-16T07:59"), weekly) is None
    assert rhythm().week(at("2026-03-16T08:00"), weekly) == date(2026, 3, 16)
    off = USUAL.model_copy(update={"working_days": frozenset({"wed", "thu"})})
    assert rhythm(off).week(at("2026-03-17T09:00"), weekly) is None
    assert rhythm(off).week(at("2026-03-18T09:00"), weekly) == date(2026, 3, 16)


def test_who_starts_at_the_end_of_a_week_gets_no_summary_of_the_one_before():
    everyday = USUAL.model_copy(update={"working_days": frozenset(WEEKDAYS)})
    assert rhythm(everyday).week(at("2026-03-20T09:00"), WeeklySettings()) == date(2026, 3, 16)
    assert rhythm(everyday).week(at("2026-03-21T09:00"), WeeklySettings()) is None
    assert rhythm().week(at("2026-03-16T09:00"), WeeklySettings(on=None)) is None


@settings(max_examples=40)
@given(ZONES, MOMENTS, st.sampled_from(WEEKDAYS))
def test_weeks_follow_each_other_without_gap_or_overlap(zone: str, start: datetime, on: str):
    one = Rhythm(USUAL.model_copy(update={"working_days": frozenset(WEEKDAYS)}), ZoneInfo(zone))
    weeks = {one.week(start + timedelta(hours=step), WeeklySettings(on=on)) for step in range(24 * 30)} - {None}
    assert len(weeks) >= 4
    assert all((later - earlier).days == 7 for earlier, later in pairwise(sorted(weeks)))


def test_the_architect_and_the_leads_get_the_weekly_summary_unless_the_company_says_whom():
    weekly = WeeklySettings()
    assert [weekly.is_for({role}) for role in ("cmo", "media_lead", "analyst")] == [True, True, False]
    assert [WeeklySettings(roles=frozenset({"analyst"})).is_for({role}) for role in ("cmo", "analyst")] == [False, True]


@pytest.mark.parametrize(
    "wrong",
    [
        {"working_days": frozenset()},
        {"quiet": (time(9), time(9))},
        {"quiet": (time(0, 2), time(0))},
        {"digest_at": time(21)},
        {"timezone": "Europe/Berlín"},
        {"timezone": "../etc/passwd"},
    ],
)
def test_what_nobody_could_be_told_by_is_refused(wrong: dict[str, object]):
    with pytest.raises(ValidationError):
        Preferences.model_validate(dict(USUAL) | wrong)


def test_a_company_has_whole_quiet_hours_or_none_and_not_every_day_off():
    for wrong in (
        {"since": None},
        {"since": time(7)},
        {"since": time(8)},
        {"days": frozenset(WEEKDAYS)},
        {"urgent_per_day": 0},
    ):
        with pytest.raises(ValidationError):
            Rest.model_validate(wrong)
    assert usual(DigestSettings(rest=Rest(since=None, until=None))).quiet is None


def test_a_digest_hour_inside_the_companys_quiet_hours_moves_to_their_end():
    late = DigestSettings(at=time(22))
    assert usual(late).digest_at == time(7)
    assert usual(DigestSettings(personal=False)).digest_at is None


def test_time_saved_is_never_negative():
    with pytest.raises(ValidationError):
        SavedMinutes(signal=-1)


def test_a_zone_nobody_knows_is_none():
    assert zone_of("Mars/Olympus") is None
    assert zone_of("Asia/Kathmandu") is not None
