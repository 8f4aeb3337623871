"""A morning and a week of the company in samples.py, in figures."""

from datetime import date, timedelta
from decimal import Decimal

from domain.case import Digest
from domain.summaries import Accuracy, Figure, Measure, Money, Opinions, OwnDigest, Step, Summary, Waiting, Weight
from tests.bot.samples import MARA, NOW, REFRESH, SHIFT, SIG, SIGNAL, TODAY

DIGEST = Digest(
    day=TODAY,
    headline="1 signal opened, 3 decisions wait",
    changed=("Opened: Trail Shoe video on Meta is wearing out (€118 a day)",),
    waiting=("Shift budget: Mara Lindt", "Refresh creative: Cleo Okafor", "Retention flow: Nils Berg"),
    decided=(
        "Mara Lindt approved pause ad for Autumn jacket static",
        "Ada Moreau approved set budget, in an emergency",
    ),
    measured=("Pause ad of 1 March: CPA −11 % [−19, −2], forecast was −8 %",),
    held=("CPM rise on TikTok: holiday",),
)
OWN = OwnDigest(
    user=MARA,
    day=TODAY,
    as_of=TODAY - timedelta(days=1),
    waiting=(
        Waiting(
            proposal_id=SHIFT, title="Shift budget from Spring prospecting to Brand search", headline=SIGNAL.headline,
            at_stake_per_day=SIGNAL.at_stake_per_day, currency="EUR", signal_id=SIG, until=NOW + timedelta(hours=72),
            role="media_lead",
        ),
        Waiting(
            proposal_id=REFRESH, title="Refresh creative: Trail Shoe video", headline=SIGNAL.headline,
            at_stake_per_day=SIGNAL.at_stake_per_day, currency="EUR", signal_id=SIG, until=NOW + timedelta(hours=48),
            role="creative_lead", instead_of="Cleo Okafor",
        ),
    ),
    changed=("Worse: Trail Shoe video on Meta is wearing out: CTR −36 % (was −24 %)",),
    measured=("Pause ad of 1 March: CPA −11 % [−19, −2], forecast was −8 %",),
)  # fmt: skip
_VALUES = {
    Measure.SIGNALS_OPENED: Figure(measure=Measure.SIGNALS_OPENED, n=6, value=6),
    Measure.SIGNALS_CLOSED: Figure(measure=Measure.SIGNALS_CLOSED, n=4, value=4),
    Measure.ANSWERED: Figure(measure=Measure.ANSWERED, n=11, value=11),
    Measure.EXPIRED: Figure(measure=Measure.EXPIRED, n=1, value=1),
    Measure.TO_DECISION: Figure(measure=Measure.TO_DECISION, n=11, value=3.4, p90=21.5),
    Measure.TO_LESSON: Figure(measure=Measure.TO_LESSON, n=5, value=228.0, p90=371.0),
    Measure.TO_LIVE: Figure(measure=Measure.TO_LIVE, n=8, value=3.5, p90=22.0),
    Measure.FIRST_HIT: Figure(measure=Measure.FIRST_HIT, n=11, value=8 / 11, interval=(0.43, 0.90)),
    Measure.CORRECTIONS: Figure(measure=Measure.CORRECTIONS, n=11, value=0.27),
    Measure.DELEGABLE: Figure(measure=Measure.DELEGABLE, n=11, value=0.36, interval=(0.15, 0.65)),
    Measure.RIGHT_WAY: Figure(measure=Measure.RIGHT_WAY, n=5, value=0.8, interval=(0.38, 0.96)),
    Measure.COVERED: Figure(measure=Measure.COVERED, n=5, value=0.8, interval=(0.38, 0.96)),
    Measure.APPROVE_TO_DESIGN: Figure(measure=Measure.APPROVE_TO_DESIGN, n=4, value=2.75),
    Measure.HOURS_SAVED: Figure(measure=Measure.HOURS_SAVED, n=30, value=9.5),
}
_MONEY = (Decimal("1840.00"), (Decimal("620.00"), Decimal("3060.00")))
SUMMARY = Summary(
    first_day=TODAY - timedelta(days=6),
    last_day=TODAY,
    where="",
    opened=(SIGNAL.headline, "Brand search on Google costs more: CPC +22 %"),
    figures=tuple(_VALUES.get(one, Figure(measure=one, n=0)) for one in Measure),
    decisions={"approved": 8, "overridden": 2, "rejected": 1},
    money=(Money(currency="EUR", amount=_MONEY[0], interval=_MONEY[1], n=4),),
    weights=(
        Weight(proposal_id=REFRESH, words="Refresh creative for Trail Shoe video: CTR +31 % [12, 52]", currency="EUR",
               amount=Decimal("1210.00"), interval=(Decimal("410.00"), Decimal("2010.00"))),
        Weight(proposal_id=SHIFT, words="Shift budget to Brand search: CPA −11 % [−19, −2]", currency="EUR",
               amount=Decimal("690.00"), interval=(Decimal("110.00"), Decimal("1270.00"))),
        Weight(proposal_id="prop_eeeeeeeeeeee", words="Pause Autumn jacket static: CPA +1 % [−9, 12]", currency="EUR",
               amount=Decimal("-60.00"), interval=(Decimal("-710.00"), Decimal("590.00"))),
    ),
    not_measurable=1,
    accuracy=(
        Accuracy(agent="performance", n=9, right_way=0.89, covered=0.78, bias=0.03),
        Accuracy(agent="creative", n=5, right_way=0.8, covered=0.8, bias=-0.02),
    ),
    opinions=Opinions(helpful=14, not_helpful=2),
    open_now=2,
    waiting_now=3,
    at_stake_now={"EUR": Decimal("203.10")},
    steps=tuple(
        Step(first_day=date(2026, 2, 16) + timedelta(weeks=n), answered=answered, first_hits=hits,
             hours_to_decision=hours)
        for n, (answered, hits, hours) in enumerate(((7, 4, 9.0), (9, 6, 5.2), (6, 5, 4.1), (11, 8, 3.4)))
    ),
)  # fmt: skip
