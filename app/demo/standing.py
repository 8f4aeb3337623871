"""The tables that describe rather than count: creatives, audiences, voices, calendar, tests, as known on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, timedelta

import numpy as np
import polars as pl

from app.demo.levers import Work, work_of
from app.demo.log import Entry
from app.demo.noise import Days, Noise, keys_of, ordinals, poisson
from app.demo.tables import Frames, known_by
from app.demo.world import CalendarDay, Observation, Question, Trial, World
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


def _experiments(world: World, noise: Noise, work: Sequence[Work], today: date) -> list[Row]:
    """Each test as it stood on each day it ran; it stops when it is rolled out."""
    rows: list[Row] = []
    for trial in (*world.trials, *asked_for(noise, work)):
        ended = next((w.done_on for w in work if w.task == "roll_out_test" and w.ident == trial.id), None)
        last = min(today, ended) if ended else today
        if last >= trial.started_on:
            days = ordinals(trial.started_on, last)
            rows += [row for arm in trial.arms for row in _arm_rows(trial, arm, noise, days, ended)]
    return rows


def asked_for(noise: Noise, work: Sequence[Work]) -> list[Trial]:
    """Tests that people started: the new arm truly converts between 5 % worse and 12 % better."""
    return [
        Trial(
            id=f"test-{item.done_on.isoformat()}-{item.ident}",
            hypothesis=item.details.get("hypothesis", ""),
            metric=item.details.get("metric", "cvr"),
            started_on=item.done_on,
            exposed_per_day=600,
            arms=(("control", 0.034), ("new", 0.034 * (0.95 + 0.17 * noise.once("arm", item.entity, item.done_on)))),
        )
        for item in work
        if item.task == "start_test"
    ]


def _arm_rows(trial: Trial, arm: tuple[str, float], noise: Noise, days: Days, ended: date | None) -> list[Row]:
    name, rate = arm
    key = keys_of([f"{trial.id}/{name}"])
    seen = poisson(noise.uniform("exposed", days, key), np.full((len(days), 1), trial.exposed_per_day / 2))
    won = np.minimum(poisson(noise.uniform("converted", days, key), seen * rate), seen)
    standing = zip(days.tolist(), seen.cumsum().tolist(), won.cumsum().tolist(), strict=True)
    return [
        {
            "test_id": trial.id,
            "arm": name,
            "hypothesis": trial.hypothesis,
            "metric": trial.metric,
            "started_on": trial.started_on,
            "ended_on": ended if ended and day >= ended.toordinal() else None,
            "exposed": int(exposed),
            "converted": int(converted),
            "revenue": round(converted * trial.order_value, 2),
            "known_on": date.fromordinal(day),
        }
        for day, exposed, converted in standing
    ]
