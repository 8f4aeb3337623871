"""How every ad's click rate has followed what people have seen of it."""

import numpy as np

from agents.derivation import derived
from agents.measures.delivery import ad_frequency
from agents.measures.paid import ad_click_rate
from agents.statistics.fatigue import Wear, wear
from agents.thresholds import WEAR_DAYS
from domain.reading import Readings


def ad_wear(readings: Readings) -> Wear:
    """The slope of every ad of `ad_click_rate`, against its siblings, on its exposure; judged on the last WEAR_DAYS."""

    def make() -> Wear:
        ads, often = ad_click_rate(readings), ad_frequency(readings)
        judged = np.zeros_like(ads.moves.usable)
        judged[:, -WEAR_DAYS:] = ads.moves.usable[:, -WEAR_DAYS:]
        return wear(ads.moves.residual, ads.moves.variance, often.events, often.moves.usable, judged)

    return derived(readings, ("ad_report", "ad_delivery", "calendar"), "ad wear", make)
