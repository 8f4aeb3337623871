"""Published answers about cohorts, repeat purchase and looking at a test every day, each with where it stands."""

from typing import Final

from agents.statistics.retention import BgNbd

COHORTS: Final = {
    "high end": ((100, 86.9, 74.3, 65.3, 59.3, 55.1, 51.7, 49.1), (46.8, 44.5, 42.7, 40.9, 39.4), (0.668, 3.806)),
    "regular": ((100, 63.1, 46.8, 38.2, 32.6, 28.9, 26.2, 24.1), (22.3, 20.7, 19.4, 18.3, 17.3), (0.704, 1.182)),
}
"""Fader and Hardie 2007, "How to project customer retention", table 1 and section 4: customers of 100 left after 0 to 7
years, after 8 to 12 years (not used in the fit), and alpha and beta of the curve."""

CDNOW: Final = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
"""Fader, Hardie and Lee 2005, "Counting your customers the easy way", table 2."""
CDNOW_LOG_LIKELIHOOD: Final = -9582.43
CUSTOMER: Final = ((2.0, 30.43, 38.86), 1.226)
"""Their note "Implementing the BG/NBD model in Excel": repeat purchases, last and age in weeks; purchases expected in
the next 39 weeks."""
HOLDOUT: Final = (0.2367, 0.6970, 1.3925, 1.5600, 2.5323, 2.9474, 3.8621, 6.3594)
"""Mean repeat purchases of the CDNOW customers in the following 39 weeks, by 0 to 7 and more in the first 39; 1,882 in
all. Counted from lifetimes 0.11.3 CDNOW_sample.txt: days with a purchase after 1997-09-30."""
HOLDOUT_TOTAL: Final = 1882
