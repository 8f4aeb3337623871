"""Cohort models against published answers, and readings one may look at every day.

`python -m tests.bench.retention` prints the table.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from agents.measures import cohorts
from agents.statistics.arrays import Floats
from agents.statistics.evidence import e_bh
from agents.statistics.experiments import Arm, Standing, read_out
from agents.statistics.retention import BgNbd, Sbg, bg_nbd, sbg
from tests.agents.statistics.cohort_company import company
from tests.bench.pictures import BLUE, GREY, ORANGE, figure, headed
from tests.bench.report import Measure, Range, Row, Section, markdown
from tests.bench.retention_published import CDNOW, CDNOW_LOG_LIKELIHOOD, COHORTS, CUSTOMER, HOLDOUT, HOLDOUT_TOTAL

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "cdnow" / "cdnow_customers_summary.csv"
TITLE = "Cohorts, repeat purchase, and looking every day"
HEADER = ("what", "published, or usual practice", "Baton")
SEEDS = range(400, 460)
"""Of cohorts, experiments and correlated tests; nothing was set by what they show."""
LOOKS, TESTS = 30, 600


def section(pictures: Path) -> Section:
    """Everything in one table, the CDNOW customers and the two cohorts in a picture."""
    curves = {name: followed(shares) for name, (shares, _, _) in COHORTS.items()}
    rows = [*_curves(curves)]
    remarks = [
        "Curves: Fader and Hardie 2007. CDNOW: Fader, Hardie and Lee 2005; the 39 weeks after are counted from the "
        "same public sample. Like the authors' own, the model forecasts a little less than was bought.",
        f"Simulated rows: seeds {SEEDS[0]}–{SEEDS[-1]} of simulations that nothing else uses. Two arms, 200 people "
        f"each and day, 5 % convert, {LOOKS} looks, {TESTS} tests. Correlated tests: one shock shared by all "
        "(correlation .8), 20 of 100 truly moved.",
    ]
    measures, drawn = [], list[Path]()
    if DATA.exists():
        table = pl.read_csv(DATA)
        customers = tuple(table[name].cast(pl.Float64).to_numpy() for name in ("frequency", "recency", "T"))
        model = bg_nbd(*customers, np.ones(len(customers[0])))
        assert model is not None
        rows += [*_purchases(model, customers)]
        measures.append(_likelihood(model, customers))
        drawn.append(pictures / "retention.png")
        draw(curves, model, customers, drawn[0])
    else:
        remarks.append("CDNOW skipped: the public data are not beside this checkout.")
    inside, seen = covered()
    fixed, ours = peeked()
    rows += [
        ("95 % intervals of a segment's cohorts at one age hold", "95 %", f"{inside / seen:.1%} of {seen}"),
        ("A/A tests called decided in 30 daily looks", f"{fixed:.1%} (z-test at 5 %)", f"{ours:.1%}"),
        ("false share among dependent discoveries", "≤ 10 % asked for", f"{false_share():.1%} (e-BH)"),
    ]
    measures.append(Measure("A/A tests called decided, 30 daily looks", ours, Range(most=0.05), form="{:.1%}"))
    caption = "Two cohorts with their curves; purchases expected of CDNOW customers and what they bought."
    return Section(TITLE, HEADER, rows, remarks, drawn, measures, [caption] * len(drawn))


def followed(shares: tuple[float, ...]) -> Sbg:
    """The curve of a cohort of 1,000 that was followed from year to year."""
    left, ages = np.array(shares) * 10, np.arange(float(len(shares)))
    curve = sbg(ages, np.r_[ages[1:], np.inf], np.r_[-np.diff(left), left[-1]])
    assert curve is not None
    return curve


def _curves(curves: dict[str, Sbg]) -> Iterator[Row]:
    for name, (_, later, (alpha, beta)) in COHORTS.items():
        curve = curves[name]
        yield f"sBG, {name}: α, β", f"{alpha:.3f}, {beta:.3f}", f"{curve.alpha:.3f}, {curve.beta:.3f}"
        foretold = 100 * curve.kept(np.arange(8.0, 13.0))
        yield (
            f"– customers of 100 left after 8 to 12 years, from 7 ({name})",
            ", ".join(f"{one:.1f}" for one in later) + " (seen)",
            ", ".join(f"{one:.1f}" for one in foretold),
        )


def _purchases(model: BgNbd, customers: tuple[Floats, ...]) -> Iterator[Row]:
    named = {"r": "r", "alpha": "α", "a": "a", "b": "b"}
    yield (
        f"BG/NBD on CDNOW: {', '.join(named.values())}",
        ", ".join(f"{getattr(CDNOW, name):.3f}" for name in named),
        ", ".join(f"{getattr(model, name):.3f}" for name in named),
    )
    likelihood = float(model.log_likelihood(*customers).sum())
    yield "– log-likelihood", f"{CDNOW_LOG_LIKELIHOOD:,.2f}", f"{likelihood:,.2f}"
    figures, expected = CUSTOMER
    ours = float(model.expected_next(39.0, *(np.array([one]) for one in figures))[0])
    yield f"– purchases expected in 39 weeks of x, t, T = {figures}", f"{expected:.3f}", f"{ours:.3f}"
    whole = float(customers[0].sum())
    following = float(model.expected_next(39.0, *customers).sum())
    yield "– repeat purchases of all in the first 39 weeks", f"{whole:,.0f} (seen)", f"{_first(model, customers):,.0f}"
    yield "– of the same customers in the next 39 weeks", f"{HOLDOUT_TOTAL:,} (seen)", f"{following:,.0f}"


def _first(model: BgNbd, customers: tuple[Floats, ...]) -> float:
    return float(model.expected(customers[2]).sum())


def _likelihood(model: BgNbd, customers: tuple[Floats, ...]) -> Measure:
    value = float(model.log_likelihood(*customers).sum())
    must = Range(CDNOW_LOG_LIKELIHOOD - 0.005, CDNOW_LOG_LIKELIHOOD + 0.005)
    return Measure("BG/NBD on CDNOW: log-likelihood", value, must, form="{:,.3f}")


def covered() -> tuple[int, int]:
    """Ages whose observed share lies in its interval, and ages judged, in companies where nothing happened."""
    judged = [age for seed in SEEDS if (found := cohorts(company(seed), "a1", "s1", 14)) for age in found.ages]
    return sum(age.interval[0] <= age.observed <= age.interval[1] for age in judged), len(judged)


def peeked() -> tuple[float, float]:
    """Share of A/A tests a z-test and the product's readout ever call decided."""
    rng = np.random.default_rng(SEEDS[0])
    won = rng.binomial(200, 0.05, (TESTS, 2, LOOKS)).cumsum(axis=2)
    shown = 200 * np.arange(1, LOOKS + 1)
    rate = won.sum(axis=1) / (2 * shown)
    z = (won[:, 0] - won[:, 1]) / np.sqrt(2 * shown * rate * (1 - rate))
    decided = {Standing.AHEAD, Standing.BEHIND}
    ours = [
        any(
            read_out(Arm("a", int(people), int(one)), [Arm("b", int(people), int(other))]).standing in decided
            for one, other, people in zip(*test, shown, strict=True)
        )
        for test in won
    ]
    return float((np.abs(z) > 1.96).any(axis=1).mean()), float(np.mean(ours))


def false_share(worlds: int = 2000) -> float:
    """Mean share of false ones among what e-BH finds at .1."""
    rng = np.random.default_rng(SEEDS[1])
    effects, shares = np.where(np.arange(100) < 20, 3.0, 0.0), list[float]()
    for _ in range(worlds):
        z = effects + 0.8**0.5 * rng.normal() + 0.2**0.5 * rng.normal(size=100)
        found = e_bh(3.0 * z - 4.5) <= 0.1
        shares.append(found[20:].sum() / max(found.sum(), 1))
    return float(np.mean(shares))


def draw(curves: dict[str, Sbg], model: BgNbd, customers: tuple[Floats, ...], path: Path) -> None:
    """The cohorts' curves beside what happened, and CDNOW's next year by how often a customer had bought."""
    with figure(path, ncols=2) as (drawn, (left, right)):
        headed(drawn, "Cohort models foretell years and purchases they have not seen")
        years = np.arange(13.0)
        for (name, (shares, later, _)), colour in zip(COHORTS.items(), (BLUE, ORANGE), strict=True):
            left.plot(years, 100 * curves[name].kept(years), color=colour, label=f"{name}, curve")
            left.plot(years, [*shares, *later], "o", color=colour, ms=4, label=f"{name}, seen")
        left.axvline(7.5, color=GREY, lw=1, ls=":")
        left.set(xlabel="years (the curve knows the first seven)", ylabel="customers left of 100", ylim=(0, 102))
        left.legend(fontsize=9)
        group = np.minimum(customers[0], len(HOLDOUT) - 1).astype(int)
        expected = np.bincount(group, weights=model.expected_next(39.0, *customers)) / np.bincount(group)
        right.plot(range(len(HOLDOUT)), HOLDOUT, "o-", color=GREY, label="bought")
        right.plot(range(len(HOLDOUT)), expected, "s--", color=BLUE, label="expected")
        right.set(xlabel="repeat purchases in weeks 1–39, at most 7", ylabel="purchases in weeks 40–78")
        right.legend(fontsize=9)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        print(markdown([section(Path(folder))], Path(folder)))
