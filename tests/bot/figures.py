"""A week in figures, as the bot's tests see it."""

from datetime import date, timedelta
from decimal import Decimal

from domain.summaries import Accuracy, Figure, Measure, Money, Opinions, Step, Summary, Weight

MONDAY = date(2026, 3, 9)
FIGURES = (
    Figure(measure=Measure.SIGNALS_OPENED, n=3, value=3),
    Figure(measure=Measure.SIGNALS_CLOSED, n=2, value=2),
    Figure(measure=Measure.ANSWERED, n=5, value=5),
    Figure(measure=Measure.EXPIRED, n=0, value=0),
    Figure(measure=Measure.TO_DECISION, n=5, value=3.2, p90=26.0),
    Figure(measure=Measure.TO_LIVE, n=0),
    Figure(measure=Measure.TO_LESSON, n=9, value=214.0, p90=380.0),
    Figure(measure=Measure.FIRST_HIT, n=5, value=0.8, interval=(0.38, 0.96)),
    Figure(measure=Measure.CORRECTIONS, n=5, value=0.2),
    Figure(measure=Measure.DELEGABLE, n=5, value=0.4, interval=(0.12, 0.77)),
    Figure(measure=Measure.RIGHT_WAY, n=9, value=7 / 9, interval=(0.45, 0.94)),
    Figure(measure=Measure.COVERED, n=9, value=8 / 9, interval=(0.57, 0.98)),
    Figure(measure=Measure.APPROVE_TO_DESIGN, n=6, value=5.0),
    Figure(measure=Measure.HOURS_SAVED, n=12, value=9.5),
)
EFFECTS = (
    Weight(proposal_id="prop_1", words="Shift budget for Spring prospecting: CPA −11 % [−19, −2], forecast was −12 %",
           currency="EUR", amount=Decimal("1240.00"), interval=(Decimal("310.00"), Decimal("2170.00"))),
    Weight(proposal_id="prop_2", words="Fix tracking for Halden Outdoor DE: tracked share of orders +31 % [12, 52]",
           currency="EUR", amount=None, because="this figure has no price"),
)  # fmt: skip
STEPS = tuple(
    Step(first_day=MONDAY - timedelta(days=7 * (4 - week)), answered=answered, first_hits=hits, hours_to_decision=hours)
    for week, (answered, hits, hours) in enumerate(((3, 1, 30.0), (0, 0, None), (4, 2, 18.0), (6, 5, 6.5), (5, 4, 3.2)))
)
SUMMARY = Summary(
    first_day=MONDAY, last_day=MONDAY + timedelta(days=6), where="",
    opened=("Trail Shoe video on Meta is wearing out: CTR −36 %", "Checkout broke on Android"), figures=FIGURES,
    decisions={"approved": 4, "rejected": 1},
    money=(Money(currency="EUR", amount=Decimal("1240.00"), interval=(Decimal(310), Decimal(2170)), n=1),),
    weights=EFFECTS, not_measurable=1,
    accuracy=(Accuracy(agent="performance", n=9, right_way=7 / 9, covered=8 / 9, bias=0.03),),
    opinions=Opinions(helpful=14, not_helpful=2),
    open_now=2, waiting_now=3, at_stake_now={"EUR": Decimal(580)}, steps=STEPS,
)  # fmt: skip
NOTHING = Summary(
    first_day=MONDAY, last_day=MONDAY + timedelta(days=6), where="Meta",
    figures=tuple(Figure(measure=one.measure, n=0) for one in FIGURES if one.measure is not Measure.APPROVE_TO_DESIGN),
)  # fmt: skip
QUIET = NOTHING.model_copy(update={"open_now": 1, "at_stake_now": {"EUR": Decimal(580)}})
