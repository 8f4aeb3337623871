"""What is usually done about each cause. Each play yields drafts, most useful first; none where nothing is honest."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

import polars as pl

from agents import metrics, moves, wording
from agents.moves import Draft
from agents.situation import Situation
from domain.action import RollOutTest, WriteBrief
from domain.finding import FindingKind
from domain.signal import Cause

Play = Callable[[Situation], Iterator[Draft]]
GENTLE_STEP = Decimal("0.1")


def audience_decline(about: Situation) -> Iterator[Draft]:
    """The core case: paid response and owned engagement of one segment weaken together."""
    yield from moves.shift_or_cut(about)
    yield from moves.refresh(about)
    owned = about.clearest(FindingKind.ENGAGEMENT_DECLINE) or about.clearest(FindingKind.UNSUBSCRIBE_RISE)
    yield from moves.flow(about, "responds less to ads" + (" and clicks less on what we send" if owned else ""))


def creative_fatigue(about: Situation) -> Iterator[Draft]:
    """A worn ad needs a new concept; meanwhile its money may go to the others."""
    yield from moves.refresh(about)
    yield from moves.pause(about)


def audience_saturation(about: Situation) -> Iterator[Draft]:
    """The same people see the campaign too often: reach others, or spend less. A new creative will not help."""
    yield from moves.rotate(about)
    yield from moves.shift_or_cut(about)
    if about.campaign_id:
        name = about.name("campaign_id", about.campaign_id)
        yield from moves.test(
            about,
            f"A broader audience brings {name} conversions at a lower frequency.",
            "cvr",
            "Try a broader audience on part of the traffic before the audience definition changes for everybody."
            + moves.budget_wait(about),
        )


def auction_pressure(about: Situation) -> Iterator[Draft]:
    """Impressions cost more for everybody: buy where they still cost less, gently."""
    yield from moves.shift_or_cut(about, GENTLE_STEP)
    yield from moves.test(
        about,
        "Other placements and hours with less competition bring the same conversions for less.",
        "cpa",
        "The auction got dearer, not the campaign weaker: look for cheaper placements before changing the campaign."
        + moves.budget_wait(about),
    )


def budget_cap(about: Situation) -> Iterator[Draft]:
    """A campaign that stops early for lack of budget deserves more where its conversions are worth it."""
    if not about.campaign_id:
        return
    cpa, bar, named = about.books.cpa(about.scope(about.campaign_id)), *_cpa_bar(about)
    if cpa is not None and bar is not None and cpa <= bar:
        paid, most = (metrics.text("cpa", value, about.currency) for value in (cpa, bar))
        yield from moves.raised(about, f"it runs out of budget early and pays {paid} per conversion, {named} {most}")
    yield from moves.fetch(about)


def tracking_outage(about: Situation) -> Iterator[Draft]:
    """Repair the counting; no budget and no bid moves on figures nobody can believe."""
    yield from moves.repair_tracking(about)


def landing_page_break(about: Situation) -> Iterator[Draft]:
    """Repair the page, and pay for fewer visits until it works."""
    yield from moves.repair_page(about)
    yield from moves.cut(about, Decimal("0.2"), "clicks are paid for while the page turns few of them into orders")


def offer_decay(about: Situation) -> Iterator[Draft]:
    """The offer convinces fewer people: say something else, and test the offer itself."""
    if not about.campaign_id:
        return
    name = about.name("campaign_id", about.campaign_id)
    yield from moves.promise(
        about,
        f"Lead {name} with what customers get today rather than with the offer that has lost its pull; "
        "name the benefit first and the price second.",
        f"Visitors of {name} still arrive but fewer take the offer: the promise needs to change.",
    )
    yield from moves.test(
        about,
        f"A different offer converts better in {name} than the present one.",
        "cvr",
        "Whether it is the offer or how it is told shows only side by side." + moves.budget_wait(about),
    )


def retention_drop(about: Situation) -> Iterator[Draft]:
    """Customers of a segment stay less: win them back, and promise new ones only what they will get."""
    yield from moves.flow(about, "comes back less often than earlier cohorts")
    if about.campaign_id and about.segment_id:
        segment = about.name("segment_id", about.segment_id)
        yield from moves.promise(
            about,
            f"Promise {segment} what customers actually stay for; drop claims that bring people who leave.",
            f"New customers in {segment} leave earlier: what {about.name('campaign_id', about.campaign_id)} promises "
            "should fit what they get.",
        )


def engagement_drop(about: Situation) -> Iterator[Draft]:
    """A segment stops clicking on owned channels."""
    yield from moves.flow(about, "clicks less on what we send")


def content_opportunity(about: Situation) -> Iterator[Draft]:
    """People ask for something our pages answer poorly."""
    theme = wording.quote(about.signal.scope.query or _first_query(about) or "", 200)
    if not theme:
        return
    rise = about.clearest(FindingKind.DEMAND_RISE)
    page = _best_page(about, theme)
    yield Draft(
        WriteBrief(
            currency=about.currency,
            theme=theme,
            page=page,
            brief=f'Answer what people look for with "{theme}" on one page: the question in the title, the answer in '
            "the first paragraph, then comparison, price and the three doubts customers name most. "
            + (f"Why now: {wording.quote(rise.evidence, 200)}." if rise else "Demand is growing."),
        ),
        f'More people search for "{theme}" than we reach'
        + (f", and {page} ranks too low to be seen." if page else ": no page of ours answers it."),
    )


def competitor_move(about: Situation) -> Iterator[Draft]:
    """A competitor moved: answer with what sets us apart before answering with price."""
    if not about.campaign_id:
        return
    name = about.name("campaign_id", about.campaign_id)
    yield from moves.promise(
        about,
        f"Say in {name} what the competitor cannot: service, proof, delivery. No price war, no claim without a source.",
        "A competitor moved; what sets us apart should be said before prices are touched.",
    )
    yield from moves.test(
        about,
        f"A sharper offer in {name} holds its conversion rate against the competitor.",
        "cvr",
        "Whether customers mind the competitor's move shows only in a test." + moves.budget_wait(about),
    )


def test_ready(about: Situation) -> Iterator[Draft]:
    """A test has decided: give everybody the arm that won."""
    ident = about.signal.scope.test_id
    frame = about.books.readings.get("experiment")
    if not ident or frame is None:
        return
    arms = frame.filter((pl.col("test_id") == ident) & (pl.col("exposed") > 0))
    if arms.height < 2:
        return
    rate = pl.col("converted") / pl.col("exposed")
    best = arms.sort(rate, "arm", descending=True).row(0, named=True)
    won = wording.share(best["converted"] / best["exposed"])
    arm = wording.quote(str(best["arm"]), 60)
    yield Draft(
        RollOutTest(currency=about.currency, test_id=ident, arm=arm),
        f"Arm {arm} won with {won} of {wording.count(best['exposed'])} people converting.",
    )


def pacing_drift(about: Situation) -> Iterator[Draft]:
    """Spend runs ahead of or behind the plan."""
    over = about.clearest(FindingKind.SPEND_RISE)
    under = about.clearest(FindingKind.SPEND_DROP)
    drift = over or under
    if drift is None:
        return
    needed = min(Decimal("0.2"), Decimal(str(round(abs(drift.change), 2))))
    if over:
        yield from moves.cut(about, needed, f"spend runs {wording.percent(over.change)} against plan")
    else:
        yield from moves.raised(about, f"spend runs {wording.percent(drift.change)} against plan", needed)


def unexplained(about: Situation) -> Iterator[Draft]:
    """Nobody knows why yet: limit the damage where it is clear, and keep looking."""
    dearer = about.clearest(FindingKind.CPA_RISE)
    if dearer and dearer.interval[0] > 0.1:
        yield from moves.cut(about, GENTLE_STEP, "conversions got dearer and the cause is not known yet")


PLAYBOOK: Mapping[Cause, Play] = MappingProxyType(
    {
        Cause.AUDIENCE_DECLINE: audience_decline,
        Cause.CREATIVE_FATIGUE: creative_fatigue,
        Cause.AUDIENCE_SATURATION: audience_saturation,
        Cause.AUCTION_PRESSURE: auction_pressure,
        Cause.BUDGET_CAP: budget_cap,
        Cause.TRACKING_OUTAGE: tracking_outage,
        Cause.LANDING_PAGE_BREAK: landing_page_break,
        Cause.OFFER_DECAY: offer_decay,
        Cause.RETENTION_DROP: retention_drop,
        Cause.ENGAGEMENT_DROP: engagement_drop,
        Cause.CONTENT_OPPORTUNITY: content_opportunity,
        Cause.COMPETITOR_MOVE: competitor_move,
        Cause.TEST_READY: test_ready,
        Cause.PACING_DRIFT: pacing_drift,
        Cause.UNEXPLAINED: unexplained,
    }
)


def _cpa_bar(about: Situation) -> tuple[float | None, str]:
    """What a conversion may cost: the company's goal for this place, else what the account usually pays."""
    goals = about.model.goals if about.model else ()
    place = about.scope(about.campaign_id) if about.campaign_id else about.account
    fitting = [goal for goal in goals if goal.metric == "cpa" and goal.scope.contains(place)]
    if fitting:
        # the goal for the smallest place is the one that was meant
        nearest = max(fitting, key=lambda goal: len(list(goal.scope.ids())))
        return float(nearest.target), "within the goal of"
    return about.books.cpa(about.account), "no more than the account's usual"


def _first_query(about: Situation) -> str | None:
    return next((finding.scope.query for finding in about.signal.findings if finding.scope.query), None)


def _best_page(about: Situation, theme: str) -> str:
    """Our page seen most for the theme; empty where there is none."""
    today = about.books.today
    place = about.account.model_copy(update={"query": theme, "platform": None, "account_id": None})
    seen = metrics.sums(
        about.books.readings,
        metrics.METRICS["search_impressions"],
        place,
        today - timedelta(days=27),
        today,
        by=("page",),
    )
    if seen is None or seen.is_empty():
        return ""
    return wording.quote(str(seen.sort(["top", "page"], descending=True)["page"][0] or ""), 200)
