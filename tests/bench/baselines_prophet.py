"""Prophet with a 99 % band on each metric, refitted every two weeks: what a data team builds on its first day.

Optional: needs `prophet` (`pip install -r requirements/bench.txt`). It is fitted as its documentation shows, with
weekly seasonality, on what had been reported on the day of the fit, and judges the days until the next fit.
"""

import logging
import multiprocessing
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.bench.baselines import Company, Event, Metric, events, watched

INSTALLED = find_spec("prophet") is not None
SKIPPED = "skipped: prophet is not installed (pip install -r requirements/bench.txt)"

REFIT_DAYS = 14
HISTORY_DAYS = 120
"""Days it learns from: many times its season, and enough for its trend."""
FEWEST_DAYS = 28
BAND = 0.99
SAMPLES = 300
"""Draws behind the band; Prophet's default of 1,000 changes no alert count by more than a percent or two."""
SEED = 1
PROCESSES = 2


def prophet_bands(folder: Path, first: date, last: date) -> list[Event]:
    """Alerts where a metric leaves the band in the direction that hurts; the one farthest outside names the cause."""
    company = Company.read(folder, first, last, lags=HISTORY_DAYS)
    found = []
    spawn = multiprocessing.get_context("spawn")  # polars' threads do not survive a fork
    with ProcessPoolExecutor(PROCESSES, mp_context=spawn, initializer=_hush) as pool:
        for windows, metrics in watched(company):
            outside = np.stack([_outside(pool, metric, first) for metric in metrics])
            names = np.array([name.partition(":")[0] for name, *_ in metrics])
            found.append((windows, np.where(outside.max(axis=0) > 1, names[outside.argmax(axis=0)], "")))
    return events("prophet", found)


def _hush() -> None:
    logging.disable(logging.CRITICAL)  # cmdstanpy sets its own level when it is imported


def _outside(pool: Executor, metric: Metric, first: date) -> NDArray[np.float64]:
    """Per object and day: half-widths of the band the metric lies off on the side that hurts; above 1 is outside."""
    _, cube, lag, sign = metric
    series = [one[:, lag:] for one in np.where(np.isfinite(cube), cube, np.nan)]
    return np.stack(list(pool.map(partial(_series_outside, sign=sign, first=first), series, chunksize=4)))


def _series_outside(seen: NDArray[np.float64], sign: int, first: date) -> NDArray[np.float64]:
    """`seen[d, k]`: the metric k days before the last mature day, as known on day d of reading."""
    outside = np.zeros(len(seen))
    known = np.isfinite(seen).sum(axis=1)
    begins = int(np.argmax(known >= FEWEST_DAYS)) if (known >= FEWEST_DAYS).any() else len(seen)
    for at in range(begins, len(seen), REFIT_DAYS):
        judged = seen[at + 1 : at + 1 + REFIT_DAYS, 0]
        if len(judged) and known[at] >= FEWEST_DAYS:
            middle, low, high = _forecast(seen[at, ::-1], first, at, len(judged))
            half = np.maximum(high - middle if sign > 0 else middle - low, 1e-9)
            outside[at + 1 : at + 1 + len(judged)] = np.nan_to_num(sign * (judged - middle) / half)
    return outside


def _forecast(past: NDArray[np.float64], first: date, at: int, days: int) -> tuple[NDArray[np.float64], ...]:
    """The next `days` days' middle, lower and upper end of the band."""
    import pandas as pd
    from prophet import Prophet

    np.random.seed(SEED)
    ends = np.datetime64(first) + np.timedelta64(at, "D")
    dates = ends - np.arange(len(past) - 1, -1, -1)
    model = Prophet(interval_width=BAND, weekly_seasonality=True, yearly_seasonality=False, uncertainty_samples=SAMPLES)
    model.fit(pd.DataFrame({"ds": dates, "y": past}))
    ahead = model.predict(pd.DataFrame({"ds": ends + np.arange(1, days + 1)}))
    return tuple(ahead[name].to_numpy() for name in ("yhat", "yhat_lower", "yhat_upper"))
