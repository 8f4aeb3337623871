"""Who stays and who buys again: the shifted-beta-geometric curve of a cohort, and BG/NBD for repeat purchases.

Both say how a mixture of people behaves who differ: some leave at once, some never, so that the share lost per period
falls by itself with a cohort's age, without anybody becoming more loyal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import optimize, special

from agents.statistics.arrays import Floats

LEAST_LEAVERS: Final = 5.0
"""Customers who left (or bought again), and as many who did not, below which no curve is fitted."""
LEAST_AGES: Final = 3
"""Ages at which a curve must be known: two parameters go through any two points."""
BOUNDS: Final = (-9.0, 9.0)
"""Log range of the parameters; its ends are a cohort of which nobody (or everybody) leaves, or all alike."""


@dataclass(frozen=True, slots=True)
class Sbg:
    """A cohort whose members leave with their own constant chance per period, which varies as Beta(alpha, beta)."""

    alpha: float
    beta: float

    def kept(self, periods: Floats) -> Floats:
        """Share still there after so many periods: B(alpha, beta + t) / B(alpha, beta)."""
        return np.exp(special.betaln(self.alpha, self.beta + periods) - special.betaln(self.alpha, self.beta))

    def lifetime(self, periods: int) -> float:
        """Expected periods a member is there, counted over this many: the sum of the curve.

        Fader and Hardie 2010, "Customer-Base Valuation in a Contractual Setting", Marketing Science 29, undiscounted.
        """
        return float(self.kept(np.arange(periods, dtype=np.float64)).sum())


def sbg(after: Floats, until: Floats, customers: Floats) -> Sbg | None:
    """Fit the curve to how many left between two ages, by maximum likelihood; None where too little is known.

    Each entry: `customers` who were there at age `after` and no longer at `until` (infinite: still there). Fader and
    Hardie 2007, "How to project customer retention", J. Interactive Marketing 21. The same entries serve a cohort that
    is followed (0 to 1, 1 to 2, ...) and cohorts each read once (0 to 30 and 30 to infinity).
    """
    good = np.isfinite(customers) & (customers > 0) & np.isfinite(after) & (after >= 0) & (until > after)
    start, end, weight = after[good], until[good], customers[good]
    left = np.isfinite(end)
    if min(float(weight[left].sum()), float(weight[~left].sum())) < LEAST_LEAVERS:
        return None
    finish = np.where(left, end, 0.0)

    def loss(logs: Floats) -> float:
        curve = Sbg(float(np.exp(logs[0])), float(np.exp(logs[1])))
        gone = curve.kept(start) - np.where(left, curve.kept(finish), 0.0)
        return -float((weight * np.log(np.maximum(gone, 1e-300))).sum() / weight.sum())

    best = _minimum(loss, 2)
    return Sbg(float(np.exp(best[0])), float(np.exp(best[1])))


def read_once(kept: Floats, size: Floats, ages: Floats) -> Sbg | None:
    """Fit the curve to cohorts that were each read at one age: so many of `size` kept; [ages] each.

    The same people may have been read at other ages as well: the composite likelihood of Varin, Reid and Firth 2011
    (Statistica Sinica 21) then still finds the curve. None with fewer than LEAST_AGES ages.
    """
    known = (size > 0) & (kept >= 0) & (kept <= size) & (ages > 0)
    kept, size, ages = kept[known], size[known], ages[known]
    if len(np.unique(ages)) < LEAST_AGES:
        return None
    nobody, forever = np.zeros_like(ages), np.full_like(ages, np.inf)
    return sbg(np.r_[ages, nobody], np.r_[forever, ages], np.r_[kept, size - kept])


@dataclass(frozen=True, slots=True)
class BgNbd:
    """Customers who buy at their own rate, Gamma(r, alpha), and after any purchase stop for good, chance Beta(a, b).

    Fader, Hardie and Lee 2005, "Counting your customers the easy way", Marketing Science 24. Times in any one unit.
    """

    r: float
    alpha: float
    a: float
    b: float

    def log_likelihood(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """Of customers with so many repeat purchases, the last at `last` after the first, seen until `age`; eq. 6."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        common = special.gammaln(r + repeats) - special.gammaln(r) + r * np.log(alpha)
        common += special.betaln(a, b + repeats) - special.betaln(a, b)
        alive = -(r + repeats) * np.log(alpha + age)
        again = np.maximum(repeats, 1.0)
        gone = np.log(a) - np.log(b + again - 1) - (r + repeats) * np.log(alpha + last)
        return common + np.where(repeats > 0, np.logaddexp(alive, gone), alive)

    def alive(self, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """Chance that such a customer has not stopped (Fader, Hardie and Lee 2008, note on P(alive))."""
        again = np.maximum(repeats, 1.0)
        odds = np.log(self.a) - np.log(self.b + again - 1)
        odds = odds + (self.r + repeats) * np.log((self.alpha + age) / (self.alpha + last))
        return np.where(repeats > 0, 1 / (1 + np.exp(np.minimum(odds, 500.0))), 1.0)

    def expected(self, time: Floats) -> Floats:
        """Repeat purchases of a new customer within `time`; eq. 9."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        series = np.asarray(special.hyp2f1(r, b, a + b - 1, time / (alpha + time)), dtype=np.float64)
        return (a + b - 1) / (a - 1) * (1 - np.exp(r * np.log(alpha / (alpha + time))) * series)

    def expected_next(self, time: float, repeats: Floats, last: Floats, age: Floats) -> Floats:
        """Purchases such a customer is expected to make in the next `time`; eq. 10."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        series = special.hyp2f1(r + repeats, b + repeats, a + b + repeats - 1, time / (alpha + age + time))
        shrinking = np.exp((r + repeats) * np.log((alpha + age) / (alpha + age + time)))
        still: Floats = (a + b + repeats - 1) / (a - 1) * (1 - shrinking * series)
        return still * self.alive(repeats, last, age)


def bg_nbd(repeats: Floats, last: Floats, age: Floats, customers: Floats) -> BgNbd | None:
    """Fit BG/NBD by maximum likelihood to groups of `customers` alike; None where too little is known.

    What cannot be (more repeat purchases than none at time 0, a last purchase after the end) does not count.
    """
    good = np.isfinite(repeats) & np.isfinite(last) & np.isfinite(age) & np.isfinite(customers)
    good &= (customers > 0) & (repeats >= 0) & (last >= 0) & (last <= age) & (age > 0) & ((repeats > 0) == (last > 0))
    x, seen, end, weight = (one[good] for one in (repeats, last, age, customers))
    if min(float(weight[x > 0].sum()), float(weight[x == 0].sum())) < LEAST_LEAVERS:
        return None
    unit = float(end.max()) / 10

    def loss(logs: Floats) -> float:
        model = BgNbd(*(float(one) for one in np.exp(logs)))
        return -float((weight * model.log_likelihood(x, seen / unit, end / unit)).sum() / weight.sum())

    r, alpha, a, b = np.exp(_minimum(loss, 4))
    return BgNbd(float(r), float(alpha * unit), float(a), float(b))


def _minimum(loss: Callable[[Floats], float], size: int) -> Floats:
    """Where a smooth function of logs is least."""
    found = optimize.minimize(
        loss, np.zeros(size), method="L-BFGS-B", bounds=[BOUNDS] * size, options={"ftol": 1e-13, "gtol": 1e-8}
    )
    return np.asarray(found.x, dtype=np.float64)
