"""A market of any size for benchmarks: many accounts, drawn incidents and decoys, and the truth about them."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from app.demo import schedule
from app.demo.noise import Noise
from app.demo.world import Account, Ad, CalendarDay, Campaign, Creative, Decoy, Segment, Theme, World

_PLATFORMS = ("meta", "google", "tiktok")
_QUIET_DAYS = 56
"""Days of history before anything is injected."""
_SHARES = (0.34, 0.28, 0.22, 0.16)
_PROMO_EVERY, _HOLIDAY_EVERY = 45, 32
_CAUSES = tuple(family for family in schedule.FAMILIES if not isinstance(family[0], Decoy))
_DECOYS = tuple(family for family in schedule.FAMILIES if isinstance(family[0], Decoy))


def big_world(
    *,
    accounts: int,
    campaigns: int,
    ads: int,
    segments: int,
    days: int,
    seed: int,
    first_day: date = date(2025, 9, 1),
    per_account_week: float = 0.4,
) -> World:
    """A market with `campaigns` in each account, `ads` in each campaign, each ad seen by `segments` audiences.

    `per_account_week` incidents, and as many decoys, per account and week after 56 quiet days.
    """
    noise = Noise(seed)
    quiet = World(
        name=f"World {seed}",
        first_day=first_day,
        accounts=tuple(
            Account(f"a{n}", _PLATFORMS[(n - 1) % 3], f"Account {n}", "EUR") for n in range(1, accounts + 1)
        ),
        segments=tuple(
            Segment(f"s{account}_{n}", f"Segment {account}.{n}", "interest", f"a{account}")
            for account in range(1, accounts + 1)
            for n in range(1, segments + 1)
        ),
        campaigns=tuple(
            _campaign(noise, first_day, (account - 1) * campaigns + n, account, ads, segments)
            for account in range(1, accounts + 1)
            for n in range(1, campaigns + 1)
        ),
        themes=tuple(Theme(f"theme {n}", f"/theme/{n}", 300 + 90 * n, 3.0 + 1.5 * n) for n in range(1, 7)),
        calendar=_calendar(first_day, days),
    )
    first, last = first_day + timedelta(days=_QUIET_DAYS), first_day + timedelta(days=days - 5)
    per_week = per_account_week * accounts
    world = replace(quiet, incidents=schedule.drawn_incidents(quiet, noise, first, last, per_week, _CAUSES))
    decoys = schedule.drawn_incidents(world, Noise(seed + 1), first, last, per_week, _DECOYS)
    return replace(world, incidents=(*world.incidents, *decoys, *schedule.from_calendar(quiet.calendar)))


def _campaign(noise: Noise, first_day: date, number: int, account: int, ads: int, segments: int) -> Campaign:
    ident = f"c{number}"
    level = noise.once("level", ident)
    budget = Decimal(round(300 + 600 * level))
    return Campaign(
        id=ident,
        name=f"Campaign {number}",
        account_id=f"a{account}",
        objective="conversions",
        daily_budget=budget,
        target_cpa=Decimal(20),
        cpm=7 + 4 * noise.once("cpm", ident),
        ctr=0.011 + 0.004 * noise.once("ctr", ident),
        cvr=0.032 + 0.006 * noise.once("cvr", ident),
        order_value=60 + 80 * noise.once("value", ident),
        frequency=1.3 + 0.6 * noise.once("frequency", ident),
        landing_page=f"/page/{number}",
        segments=tuple((f"s{account}_{n}", 1.0 / segments) for n in range(1, segments + 1)),
        ads=tuple(_ad(first_day, (number - 1) * ads + n, number, _SHARES[(n - 1) % 4]) for n in range(1, ads + 1)),
    )


def _ad(first_day: date, number: int, group: int, share: float) -> Ad:
    launched = first_day - timedelta(days=20 + number % 30)
    creative = Creative(f"asset{number}", "image", f"Headline {number}", f"Body {number}", "Shop now", launched)
    return Ad(f"ad{number}", f"Ad {number}", f"g{group}", f"Group {group}", share, 1.0, creative)


def _calendar(first_day: date, days: int) -> tuple[CalendarDay, ...]:
    promos = [
        CalendarDay(first_day + timedelta(days=start + day), "promo", f"Promo {start // _PROMO_EVERY + 1}")
        for start in range(_QUIET_DAYS + 12, days, _PROMO_EVERY)
        for day in range(4)
    ]
    holidays = [
        CalendarDay(first_day + timedelta(days=day), "holiday", f"Holiday {day // _HOLIDAY_EVERY + 1}")
        for day in range(_QUIET_DAYS + 3, days, _HOLIDAY_EVERY)
    ]
    return (*promos, *holidays)
