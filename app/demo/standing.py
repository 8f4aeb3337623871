"""The tables that describe rather than count: creatives, audiences, voices, calendar, tests, as known on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import polars as pl

from app.demo.levers import Work, work_of
from app.demo.log import Entry
from app.demo.noise import Days, Floats, Noise, keys_of, poisson
from app.demo.tables import Frames, known_by
from app.demo.world import CalendarDay, Observation, Question, World
from domain.tables import POLARS_TYPES, TABLES

_SEEN_AHEAD_DAYS = 60
"""How long before its day a calendar entry is known."""
Row = Mapping[str, object]


def standing_tables(world: World, noise: Noise, entries: Sequence[Entry], today: date) -> Frames:
    """The tables that describe rather than count, as known today."""
    work = tuple(item for item in work_of(entries) if item.done_on <= today)
    named: Mapping[str, Sequence[Row]] = {
        "creative": creative_rows(world, work),
        "segment": [
            {"segment_id": segment.id, "name": segment.name, "kind": segment.kind, "known_on": world.first_day}
            for segment in world.segments
        ],
        "campaign_segment": _campaign_segments(world, work),
        "questions": [_voice("question_id", q) for q in world.questions if q.day <= today],
        "market": [_voice("observation_id", o) for o in world.observations if o.day <= today],
        "calendar": [
            _voice("", entry) | {"known_on": max(world.first_day, entry.day - timedelta(days=_SEEN_AHEAD_DAYS))}
            for entry in world.calendar
        ],
        "experiment": _experiments(world, noise, work, today),
    }
    frames: Frames = {}
    for name, rows in named.items():
        kinds = {column: POLARS_TYPES[kind] for column, kind in TABLES[name].columns.items()}
        frames[name] = known_by(pl.DataFrame(rows, schema=kinds | {"known_on": pl.Date}), today)
    return frames


def _voice(key: str, said: Question | Observation | CalendarDay) -> dict[str, object]:
    """A dated row known on its day, with the id under its contract name."""
    names = {"day": "date_day", "id": key}
    row: dict[str, object] = {names.get(name, name): value for name, value in asdict(said).items()}
    return row | {"known_on": said.day}


def creative_rows(world: World, work: Sequence[Work]) -> list[dict[str, object]]:
    """Every creative an ad has had, each known from its launch on."""
    rows: list[dict[str, object]] = []
    for campaign in world.campaigns:
        platform = world.account(campaign.account_id).platform
        for ad in campaign.ads:
            first = ad.creative
            row: dict[str, object] = {
                "platform": platform, "ad_id": ad.id, "asset_id": first.asset_id, "format": first.format,
                "headline": first.headline, "body": first.body, "call_to_action": first.call_to_action,
                "launched_on": first.launched_on, "ai_generated": first.ai_generated, "known_on": world.first_day,
            }  # fmt: skip
            rows.append(row)
            done = {item.done_on: item for item in work if item.task == "refresh_creative" and item.ident == ad.id}
            for turn, day in enumerate(sorted(done), start=2):
                rows.append(
                    row
                    | {
                        "asset_id": f"{first.asset_id}.{turn}",
                        "headline": f"{first.headline} (take {turn})",
                        "body": done[day].details.get("brief", first.body)[:200],
                        "launched_on": day,
                        "known_on": day,
                    }
                )
    return rows


def _campaign_segments(world: World, work: Sequence[Work]) -> list[dict[str, object]]:
    known = {
        (campaign.id, segment): world.first_day
        for campaign in world.campaigns
        for segment, part in campaign.segments
        if part > 0
    }
    for item in work:
        if item.task == "rotate_audience":
            known.setdefault((item.ident, item.details["to_segment"]), item.done_on)
    return [{"campaign_id": c, "segment_id": s, "known_on": day} for (c, s), day in known.items()]


def _experiments(world: World, noise: Noise, work: Sequence[Work], today: date) -> list[dict[str, object]]:
    """Each test as it stands on each day it ran; it stops on the day after it was rolled out."""
    rows: list[dict[str, object]] = []
    for trial in world.trials:
        ended = next((w.done_on for w in work if w.task == "roll_out_test" and w.ident == trial.id), None)
        last = min(today, ended) if ended else today
        if last < trial.started_on:
            continue
        days = np.arange(trial.started_on.toordinal(), last.toordinal() + 1, dtype=np.int64)
        for arm, rate in trial.arms:
            seen, won = trial_counts(noise, days, trial.id, arm, trial.exposed_per_day, rate)
            for day, exposed, converted in zip(days.tolist(), seen.tolist(), won.tolist(), strict=True):
                rows.append(
                    {
                        "test_id": trial.id, "arm": arm, "hypothesis": trial.hypothesis, "metric": trial.metric,
                        "started_on": trial.started_on,
                        "ended_on": ended if ended and day >= ended.toordinal() else None,
                        "exposed": int(exposed), "converted": int(converted),
                        "revenue": round(converted * trial.order_value, 2), "known_on": date.fromordinal(day),
                    }
                )  # fmt: skip
    return rows


def trial_counts(noise: Noise, days: Days, test: str, arm: str, exposed: int, rate: float) -> tuple[Floats, Floats]:
    """People who saw an arm and who converted, added up to each day."""
    key = keys_of([f"{test}/{arm}"])
    seen = poisson(noise.uniform("exposed", days, key), np.full((len(days), 1), exposed / 2))
    won = poisson(noise.uniform("converted", days, key), seen * rate)
    return np.cumsum(seen[:, 0]), np.cumsum(np.minimum(won, seen)[:, 0])
