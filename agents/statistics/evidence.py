"""Evidence that may be looked at any day: e-values, e-processes, confidence sequences and e-BH.

An e-value is a bet against "nothing happens" whose expected pay-out is at most 1 if nothing happens: reading 20 once,
or at any time while it is watched, has a chance of at most 1 in 20 (Ville 1939). Everything here is on the log scale,
vectorised by numpy broadcasting; what cannot be judged (no trials, negative or missing figures) is worth a bet of 1:
log e-value 0.
"""

import numpy as np
from scipy import special

from agents.statistics.arrays import Floats
from agents.statistics.discoveries import q_values


def log_normal_mixture(estimate: Floats, variance: Floats, mixture: float) -> Floats:
    """Log e-value of an estimate against 0: the likelihood ratio averaged over effects N(0, `mixture`).

    `estimate` and `variance` are that of all data so far; `mixture` is a variance on the same scale. Robbins 1970 (Ann.
    Math. Statist. 41); Howard, Ramdas, McAuliffe and Sekhon 2021 (Ann. Statist. 49), eq. 14.
    """
    judged = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
    value = np.where(judged, estimate, 0.0)
    spread = np.where(judged, variance, 1.0)
    whole = spread + mixture
    return np.where(judged, 0.5 * np.log(spread / whole) + 0.5 * value**2 * mixture / (spread * whole), 0.0)


def half_width(variance: Floats, mixture: float, alpha: float) -> Floats:
    """Half the width of the confidence sequence `log_normal_mixture` inverts to: estimate ± this, valid at all times.

    Infinite where there is no variance to go by. Howard et al. 2021, eq. 14.
    """
    judged = np.isfinite(variance) & (variance > 0)
    spread = np.where(judged, variance, 1.0)
    whole = spread + mixture
    width = np.sqrt(spread * whole / mixture * (np.log(whole / spread) - 2 * np.log(alpha)))
    return np.where(judged, width, np.inf)


def tightest_mixture(variance: float, alpha: float) -> float:
    """The mixture variance whose confidence sequence is tightest once an estimate has this variance.

    Howard et al. 2021, section 3.5: rho = m / (-W(-alpha² / e) - 1) on the lower branch of Lambert's W, with m = 1 /
    variance and the mixture 1 / rho.
    """
    lower = float(np.real(special.lambertw(-(alpha**2) / np.e, -1)))
    return variance * (-lower - 1)


def log_beta_binomial(successes: Floats, trials: Floats, share: Floats, strength: Floats) -> Floats:
    """Log e-value of counts against a known share: the likelihood ratio averaged over a Beta prior centred on it.

    For the split of an experiment's conversions between two arms, `share` is the arm's part of the people exposed. An
    e-process for events that arrive one by one (Lindon and Malek 2022, "Anytime-valid inference for multinomial count
    data", NeurIPS; Robbins 1970). For conversions of a finite number of people the split is hypergeometric, which is
    below the binomial in convex order (Hoeffding 1963), and this e-value is convex in the count: it stays valid.
    `strength` is the prior's weight in events.
    """
    good = np.isfinite(successes) & np.isfinite(trials) & np.isfinite(share)
    good &= (successes >= 0) & (successes <= trials) & (share > 0) & (share < 1)
    hits, total, null = (np.where(good, one, other) for one, other in ((successes, 0.0), (trials, 0.0), (share, 0.5)))
    a, b = strength * null, strength * (1 - null)
    mixed = special.betaln(a + hits, b + total - hits) - special.betaln(a, b)
    return np.where(good, mixed - special.xlogy(hits, null) - special.xlog1py(total - hits, -null), 0.0)


def always_valid_p(log_e: Floats) -> Floats:
    """The p-value of an e-value: 1 over it, at most 1. Holds whenever one looks."""
    return np.exp(-np.maximum(np.where(np.isnan(log_e), 0.0, log_e), 0.0))


def e_bh(log_e: Floats) -> Floats:
    """False discovery rate at which each e-value is rejected, under any dependence between them.

    The e-BH procedure (Wang and Ramdas 2022, J. R. Statist. Soc. B 84): Benjamini-Hochberg on 1 / e. One dimension.
    """
    return q_values(always_valid_p(log_e))
