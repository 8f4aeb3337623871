"""Every number that decides whether something is worth saying, with its unit and its reason."""

from typing import Final

HISTORY_DAYS: Final = 105
"""Days of history a sweep looks at: 15 weeks, so that an incident of six does not become the usual level."""

FINDING_RATE: Final = 0.10
"""Share of false findings an agent accepts (Benjamini-Hochberg q): findings are cheap, they only become a signal
together or when very clear, and they keep a signal that is open from flickering."""

SOLE_RATE: Final = 0.001
"""q a finding needs to open a signal without another agent's support: less than one false signal per account and year
on simulated companies. Double finds incidents of small companies up to a day sooner, and twice as many false ones."""

HALF_TOLD_RATE: Final = 0.0006
"""q a segment's fall in paid clicks needs to open a signal while its messages, which are known, say nothing yet: an
audience that tires shows it in both within days, and one complete card is better than an early one taken back."""

JOINT_RATE: Final = 0.05
"""q each of several agents' findings needs to open a signal together; their product is far below SOLE_RATE."""

WINDOW_LOOKS: Final = 2.8
"""By how much looking at six overlapping windows (1, 2, 3, 7, 14, 28 days) multiplies a p-value; measured on noise, and
twice as much where only a handful of events a day are usual."""

STALE_DAYS: Final = 3
"""Days: a window must end at most this many days before the sweep, else it says nothing about today."""

SMALL_AD_CLICKS: Final = 60.0
"""Expected clicks in the judged window below which an ad's own rate stays quiet: one lucky click would be 2 %."""

SMALL_AD_SHARE: Final = 0.05
"""Share of its campaign's impressions below which an ad stays quiet: nothing it does moves the campaign."""

FATIGUE_FREQUENCY: Final = 0.04
"""Log rise of the ad's own frequency that must accompany it; flat frequency means auction or season, not fatigue."""

HOURS_DROP: Final = 5.0
"""Hours per day a campaign must serve less than it used to before its budget counts as the cap; a busy week costs 4."""

HOURS_LOST_AT_ONCE: Final = 7.0
"""The same on a single day, which a rush of demand may cost by itself."""

BUDGET_PINNED: Final = 0.90
"""Share of the daily budget spent above which the budget is what stops the campaign."""

POOR_POSITION: Final = 8.0
"""Average search position (1 = first) from which on we count as badly placed: the lower half of the first page."""

QUERY_IMPRESSIONS: Final = 300.0
"""Search impressions in two weeks below which a query is too small for a brief."""

MIN_BASE_DAYS: Final = 7
"""Days of own history without which a series is too young to be judged."""

RECOVERED_SHARE: Final = 0.35
"""A move counts as gone when less than this share of it is left (log scale)."""

RECOVERY_DAYS: Final = 4
"""Days over which a recovery is judged, so that one good day closes nothing."""

EXPIRE_DAYS: Final = 28
"""Days without fresh evidence after which an open signal expires."""

ECHO_DAYS: Final = 4
"""Days by which a campaign's fall may be dated before that of the segment behind it: the same onset, dated twice."""

SEVERITY_STEP: Final = 1.5
"""An open signal is updated when what is at stake grew or shrank by this factor since its owners were last told."""

UPDATE_GAP: Final = 3
"""Days between two updates for severity alone. A corrected cause or scope is told at once."""

SUDDEN: Final = 0.6
"""Log change a single day must show to count by itself: real days have tails no model of counts has (0.6 is about -45
%)."""

STILL_SHARE: Final = 0.4
"""Share of a longer move that the last three days must still show; less, and it is over."""

TEST_ANNOUNCED_DAYS: Final = 14
"""Days after its end for which a decided test is still news."""

UNEXPLAINED_CHANGE: Final = 0.25
"""Log change a move without a known cause must have: nobody can act on less without knowing why."""

UNEXPLAINED_DAYS: Final = 3
"""Days it must have lasted, for the same reason."""

UPDATE_MARGIN: Final = 0.25
"""By how much the probability of a new cause must exceed what the old one has left before a signal is corrected."""

FORGET_DAYS: Final = 3
"""Days between two corrections of one signal's cause, so that two close causes do not take turns."""

UPDATE_CONFIDENCE: Final = 0.8
"""Probability a new cause needs before a signal is corrected: figures that went quiet are not evidence for another
cause."""

STILL_ERRORS: Final = 0.8
"""Standard errors the last three days must show by themselves, so that the tail of a past incident is not a new one."""

STILL_WEEK_ERRORS: Final = 2.0
"""The same for the last week, where two or four weeks are judged."""

OWN_SHARE: Final = 0.5
"""Share of a move that must be the object's own: when its peers recover, an object that did nothing seems to fall."""

FREQUENCY_ERRORS: Final = 2.0
"""Standard errors by which a worn-out ad's own frequency must have risen."""

UNEXPLAINED_RATE: Final = 0.0001
"""q its clearest finding needs, for the same reason once more."""

UNEXPLAINED_AD_DAYS: Final = 14
"""Days a single ad must have lost for no known cause: one lucky or unlucky day of an ad lingers for a week."""

OPEN_CONFIDENCE: Final = 0.85
"""Probability of its cause a new signal needs: a card that names the wrong cause is worse than one a day later."""

OPEN_ANYWAY_DAYS: Final = 7
"""Days after which two causes that cannot be told apart are shown with their probabilities."""

MOST_CAMPAIGNS: Final = 0.7
"""Share of an account's campaigns that must move along before the account itself is the place."""

ALONG: Final = 0.5
"""Share of the account's log change a campaign must show to count as moving along."""

WEAR_DAYS: Final = 42
"""Days over which an ad's click rate is compared with its exposure: the longest ramp of a worn-out ad and two weeks."""

WEAR_CLEAR: Final = 0.02
"""One-sided p-value of an ad's slope on exposure below which a card says how it wears; only said of ads that fell."""

WEAR_WEIGHT: Final = 1.5
"""Log odds by which an ad's slope on exposure may at most speak for or against wear (4.5 times): exposure is counted
per day, not per person, so it is evidence beside the frequency, not above it."""

COHORT_RATE: Final = 0.05
"""p-value over all ages of a segment's cohorts above which a fall in retention is what cohorts vary by anyway."""

SHARED_WORDS: Final = 0.5
"""Share of words two queries must have in common to be one theme (of the shorter one)."""

SIGHT_SURPRISE: Final = 0.01
"""Share of cases in which a figure does something no signature says."""

SIGHT_SD: Final = 0.03
"""Log wobble of a figure a cause leaves alone, on top of its measured error."""

NAMED: Final = 0.15
"""Probability below which a cause counts as ruled out."""

STANDING: Final = 0.02
"""Probability from which a cause is still shown as a candidate."""

REACHED_SHARE: Final = 1 / 7
"""Share of a campaign's impressions a segment must get before its decline explains what the campaign shows."""

HOLD_ERRORS: Final = 4.0
"""Standard errors by which a small ad's day must stand out before it is worth a word."""

FORESEEN_ERRORS: Final = 2.0
"""The same for a day the calendar announced."""

LATE_ERRORS: Final = 3.0
"""Standard errors by which the youngest day of an account that reports late is low."""

LATE_CAMPAIGN_ERRORS: Final = 1.5
"""Standard errors by which each campaign of an account that reports late is low."""

LATE_CAMPAIGNS: Final = 0.7
"""Share of an account's campaigns that must be low: fewer is those campaigns' own fault."""

JUDGED_DAYS: Final = 14
"""Days a small ad must have run before a jump of its rate is worth a word."""

JUDGED_CLICKS: Final = 5.0
"""Clicks expected of it on the day, for the same reason."""

SMALL_JUMP: Final = 0.9
"""Log change of a small ad's day worth a word (a factor of 2.5)."""

PACE_TOLERANCE: Final = 0.10
"""Share of the planned spend a campaign may miss before its owner is told: what media plans usually allow."""

PACE_DAYS: Final = 3
"""Days that must agree before a pace is one: platforms may spend twice a budget on a day and even it out."""

PACE_OVER: Final = 1.10
"""Spend over the daily budgets from which on a campaign runs ahead of its plan; up to there the budget allows it."""

PACE_AHEAD_DAYS: Final = 14
"""Days ahead that a pace is carried on for at least, so that it can be judged in the last days of a month too."""

PRICE_MOVED: Final = 0.05
"""Log change of a competitor's price below which hardly any customer minds."""

PRICE_CLEAR: Final = 5.0
"""Standard errors by which a price must have moved, after looking at every day it may have done so."""

PRICE_SD: Final = 0.01
"""Least log spread of a price from look to look: rounding, shipping, the odd voucher."""

PRICE_PAST_DAYS: Final = 42
"""Days of a competitor's prices that are looked at: those who cut prices do so again and again, and an older cut that
was taken back would hide a new one."""

PRICE_BASE: Final = 5
"""Looks at a competitor's price that make up its past."""

PRICE_LOOKS: Final = 2
"""Looks a new price must last, so that one wrong figure is none."""

PRICE_FRESH_DAYS: Final = 7
"""Days after which a price last seen says nothing about today."""

PRICE_ODDS: Final = 0.5
"""How many times likelier one price cut is to make a campaign fall than the campaign is to fall by itself in six weeks,
before looking at when and how fast it fell: most cuts are felt by few campaigns."""

PRICE_DOUBT: Final = 0.1
"""Chance below which a competitor's price cut is no explanation any more."""

PACE_MISSED: Final = 0.30
"""Log change of spend against plan that opens a signal. Demand alone takes campaigns off their usual share by a
quarter for weeks; less than that stays a finding."""

PACE_RATE: Final = 0.00001
"""q it needs, for the same reason: such slow drifts of demand reach 0.00004 in a year of thirty campaigns, and in about
four such years 0.000006 and 0.000003 were seen as well. Such a one, rarely, is told."""

PACE_FAR: Final = 0.6
"""Log change that demand does not drift by itself (about half, or nearly double): told as soon as it is PACE_FAR_RATE
clear."""

PACE_FAR_RATE: Final = 0.0001
"""q a change as large as PACE_FAR needs."""

TYPICAL_ALONG: Final = 0.75
"""Share of the account's log change that its median campaign must show where rates are as noisy as clicks and orders
are."""

LOOKED_AT: Final = 0.25
"""Log fall from which the exact tail of a tracked share is computed: less is not material."""

SHARE_SD: Final = 0.1
"""Log standard deviation by which the tracked share wanders from week to week: consent, browsers, attribution."""

MOST_TRACKED: Final = 0.98
"""Expected tracked share beyond which conversions are not a part of the orders: another attribution is counted."""

PEER_NOISE: Final = 0.3
"""Variance of the median of five peers, as a share of one's own: what taking off their movement costs."""
