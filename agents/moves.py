"""The single moves a playbook is made of. Each yields one draft, or nothing where it cannot be proposed honestly."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from agents import choices, metrics, wording
from agents.accounts import Campaign, ids
from agents.situation import BIGGEST_STEP, Situation, step
from domain.action import (
    Action,
    ExcludeData,
    FixLandingPage,
    FixTracking,
    PauseAd,
    RefreshCreative,
    RetentionFlow,
    RotateAudience,
    SetBudget,
    ShiftBudget,
    StartTest,
    UpdatePromise,
)
from domain.finding import FindingKind
from domain.signal import Cause


@dataclass(frozen=True, slots=True)
class Draft:
    """An action with its reason, before it has an owner and a forecast."""

    action: Action
    why: str


WHILE_TRACKING_IS_DOUBTED = " Budgets stay as they are until conversions can be believed again."


def budget_wait(about: Situation) -> str:
    """Why no budget move stands beside this action; empty where nothing is in the way."""
    live = about.campaign
    if about.tracking_doubted:
        return WHILE_TRACKING_IS_DOUBTED
    if about.campaign_id and live is None:
        return " No budget is proposed: the live budget is not known (no recent campaign_status)."
    if live is not None and live.learning:
        return " No budget is proposed while the campaign is in its learning phase."
    return ""


def shift_or_cut(about: Situation, most: Decimal = BIGGEST_STEP) -> Iterator[Draft]:
    """Move money to the cheapest untouched campaign of the account; spend less where there is none."""
    weak, best = about.campaign, about.best_sibling()
    if not about.may_move_budget or weak is None or not about.dearer_than_before:
        return
    if best is None:
        yield from cut(about, most, "no other campaign of the account buys conversions for less")
        return
    giver, taker = _both_names(about, weak, best)
    yield from _shift(
        about,
        weak,
        best,
        most,
        _paid(about, f"{giver} pays", weak, f"and {taker}", best),
        " to where it buys more",
    )


def fetch(about: Situation) -> Iterator[Draft]:
    """Give this campaign money from the dearest untouched one of the account."""
    strong, dear = about.campaign, about.dearest_sibling()
    if not about.may_move_budget or strong is None or dear is None:
        return
    giver, taker = _both_names(about, dear, strong)
    yield from _shift(
        about,
        dear,
        strong,
        BIGGEST_STEP,
        _paid(about, f"{taker} runs out of budget at", strong, f"while {giver} pays", dear),
        ", the total stays the same",
    )


def release(about: Situation, unused: float) -> Iterator[Draft]:
    """Move a part of what a campaign leaves unspent to the cheapest untouched one of the account."""
    idle, best = about.campaign, about.cheapest_sibling()
    if not about.may_move_budget or idle is None or best is None:
        return
    giver, taker = _both_names(about, idle, best)
    yield from _shift(
        about,
        idle,
        best,
        min(BIGGEST_STEP, Decimal(str(round(unused, 2)))),
        f"{giver} leaves {wording.share(unused)} of its budget unspent and {taker} pays "
        f"{about.cpa_text(best.campaign_id)} per conversion over "
        f"{wording.plural(about.cpa_days(best.campaign_id), 'day')}, the least of the others",
        " to where it is used",
    )


def _paid(about: Situation, lead: str, one: Campaign, link: str, other: Campaign) -> str:
    """What two campaigns pay per conversion, with the days of each: "A pays €45 per conversion over 5 days and B …"."""
    own, others = (about.cpa_text(campaign.campaign_id) for campaign in (one, other))
    days, usual = (f"over {wording.plural(about.cpa_days(campaign.campaign_id), 'day')}" for campaign in (one, other))
    if days == usual:
        return f"{lead} {own} per conversion {link} {others}, {days}"
    return f"{lead} {own} per conversion {days} {link} {others} {usual}"


def _both_names(about: Situation, giver: Campaign, taker: Campaign) -> tuple[str, str]:
    return about.name("campaign_id", giver.campaign_id), about.name("campaign_id", taker.campaign_id)


def _shift(
    about: Situation, giver: Campaign, taker: Campaign, most: Decimal, because: str, towards: str
) -> Iterator[Draft]:
    """Move at most this share of the smaller budget: "`because`: move €140 a day`towards`."."""
    amount = step(min(giver.daily_budget, taker.daily_budget), most)
    if amount <= 0:
        return
    yield Draft(
        ShiftBudget(
            platform=giver.platform,
            account_id=giver.account_id,
            currency=about.currency,
            from_campaign=giver.campaign_id,
            to_campaign=taker.campaign_id,
            amount=amount,
            from_was=giver.daily_budget,
            to_was=taker.daily_budget,
        ),
        f"{because}: move {about.money(amount)} a day{towards}.",
    )


def cut(about: Situation, most: Decimal, because: str) -> Iterator[Draft]:
    """Lower the campaign's budget."""
    yield from _budget(about, -most, f"{{name}} spends less until this is solved: {because}.")


def raised(about: Situation, because: str, most: Decimal = BIGGEST_STEP) -> Iterator[Draft]:
    """Raise the campaign's budget."""
    yield from _budget(about, most, f"{{name}} could use more: {because}.")


def _budget(about: Situation, share: Decimal, why: str) -> Iterator[Draft]:
    live = about.campaign
    if not about.may_move_budget or live is None:
        return
    move = step(live.daily_budget, abs(share)).copy_sign(share)
    if not move:
        return
    yield Draft(
        SetBudget(
            platform=live.platform,
            account_id=live.account_id,
            currency=about.currency,
            campaign_id=live.campaign_id,
            daily_budget=live.daily_budget + move,
            was=live.daily_budget,
        ),
        why.replace("{name}", about.name("campaign_id", live.campaign_id)),
    )


def refresh(about: Situation) -> Iterator[Draft]:
    """Have the most worn ad's creative replaced."""
    ad, campaign = about.ad_id, _campaign_of_ad(about)
    if not ad or not campaign:
        return
    name = about.name("ad_id", ad)
    rates = about.ad_rates(campaign, ad)
    seen = "people respond to it less and less"
    if rates and rates[1] < rates[0]:
        lost = wording.size(rates[1] / rates[0] - 1)
        seen = f"its click-through rate fell {lost}, from {wording.share(rates[0])} to {wording.share(rates[1])}"
    is_worn = about.signal.cause is Cause.CREATIVE_FATIGUE
    trouble = f"{name} has worn out" if is_worn else f"{name} is where the fall shows most"
    creative = about.books.creative(about.account.platform, ad)
    promise = f' Keep the promise "{creative["headline"]}".' if "headline" in creative else " Keep the promise."
    shape = f" It runs as {creative['format']}; try another format as well." if "format" in creative else ""
    yield Draft(
        RefreshCreative(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=campaign,
            ad_id=ad,
            brief=f"New concept for {name}: {seen}.{promise} Change the opening, the picture and the first line; "
            f"a small edit of the old ad will not help.{shape}",
        ),
        f"{trouble}; a new concept can win back part of it." + budget_wait(about),
    )


def pause(about: Situation) -> Iterator[Draft]:
    """Stop the worn ad, where the campaign has another one running."""
    ad, campaign = about.ad_id, _campaign_of_ad(about)
    if not ad or not campaign or about.tracking_doubted:
        return
    place = about.scope(campaign).model_copy(update={"ad_id": ad})
    spent = about.books.spend_per_day(place)
    whole = about.books.spend_per_day(about.scope(campaign))
    if not spent or spent > whole * Decimal("0.6"):
        return  # it carries the campaign: pausing it would stop the campaign, not the problem
    own, usual = about.books.cpa(place), about.books.cpa(about.scope(campaign))
    if own is not None and usual is not None and own <= usual:
        return  # people click it less, but those who do still buy for less than elsewhere in the campaign
    name = about.name("ad_id", ad)
    yield Draft(
        PauseAd(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=campaign,
            ad_id=ad,
            spend_per_day=spent,
        ),
        f"Until the new concept is there, the {about.money(spent)} a day behind {name} go to the campaign's other ads.",
    )


def flow(about: Situation, reason: str) -> Iterator[Draft]:
    """Win the segment back on owned channels."""
    segment = about.segment_id
    if not segment:
        return
    name = about.name("segment_id", segment)
    yield Draft(
        RetentionFlow(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            segment_id=segment,
            channel=choices.best_channel(about, segment),
            message=f"For {name}: show what is new for them since they last clicked, one clear reason to come back, "
            "one link. Three messages over two weeks, and silence for those who do not react.",
        ),
        f"{name} {reason}: talk to them where attention costs nothing.",
    )


def rotate(about: Situation) -> Iterator[Draft]:
    """Point the campaign at the segment that responds best elsewhere."""
    campaign, used_up = about.campaign_id, about.segment_id
    if not campaign or not used_up or about.tracking_doubted:
        return
    fresh = choices.best_other_segment(about, campaign)
    if not fresh:
        return
    old, new = about.name("segment_id", used_up), about.name("segment_id", fresh)
    yield Draft(
        RotateAudience(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=campaign,
            from_segment=used_up,
            to_segment=fresh,
            spend_per_day=about.books.spend_per_day(about.scope(campaign)),
        ),
        f"{old} has seen this campaign often enough; of the segments it does not reach yet, {new} converts best.",
    )


def promise(about: Situation, text: str, why: str) -> Iterator[Draft]:
    """Change what the campaign promises."""
    if campaign := about.campaign_id:
        yield Draft(
            UpdatePromise(
                platform=about.account.platform,
                account_id=about.account.account_id,
                currency=about.currency,
                campaign_id=campaign,
                promise=text,
            ),
            why,
        )


def test(about: Situation, hypothesis: str, metric: str, why: str) -> Iterator[Draft]:
    """Try it on a fifth of the traffic first."""
    yield Draft(
        StartTest(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=about.campaign_id,
            hypothesis=hypothesis,
            metric=metric,
            share=0.2,
        ),
        why,
    )


def repair_tracking(about: Situation) -> Iterator[Draft]:
    """Have tracking repaired, and keep the platform from learning from the broken days."""
    signal = about.signal
    gap = about.clearest(FindingKind.PIXEL_GAP) or about.clearest(FindingKind.CONVERSIONS_DROP)
    where = signal.scope.campaign_id
    name = about.name("campaign_id", where) if where else "the whole account"
    symptom = gap.evidence if gap else "pixel conversions fell while the backend's orders held"
    yield Draft(
        FixTracking(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=where,
            symptom=wording.quote(f"Since {wording.day(signal.since)}: {symptom}", 300),
        ),
        f"Orders arrive but the pixel misses them in {name}: every figure and bid built on it is wrong."
        + WHILE_TRACKING_IS_DOUBTED,
    )
    yield Draft(
        ExcludeData(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=where,
            first_day=signal.since,
            last_day=max(signal.since, about.books.today),
        ),
        "The platform's bidding should not learn from days on which conversions were not counted.",
    )


def repair_page(about: Situation) -> Iterator[Draft]:
    """Have the landing page repaired."""
    campaign = about.campaign_id
    if not campaign:
        return
    fall = about.clearest(FindingKind.CVR_DECLINE) or about.clearest(FindingKind.VISIT_LOSS)
    symptom = fall.evidence if fall else "fewer visitors buy than before"
    page = choices.worst_page(about, campaign)
    yield Draft(
        FixLandingPage(
            platform=about.account.platform,
            account_id=about.account.account_id,
            currency=about.currency,
            campaign_id=campaign,
            page=page,
            symptom=wording.quote(f"Since {wording.day(about.signal.since)}: {symptom}", 300),
        ),
        f"People still click {about.name('campaign_id', campaign)} but the page"
        f"{f' {page}' if page else ''} no longer turns visits into orders.",
    )


def _campaign_of_ad(about: Situation) -> str | None:
    """The campaign the worn ad runs in."""
    if about.signal.scope.ad_id and about.signal.scope.campaign_id:
        return about.signal.scope.campaign_id
    placed = (one.scope.campaign_id for one in about.signal.findings if one.scope.ad_id == about.ad_id)
    if known := next((campaign for campaign in placed if campaign), None):
        return known
    frame = about.books.readings.get("ad_report")
    if frame is None or about.ad_id is None:
        return about.campaign_id
    place = about.account.model_copy(update={"ad_id": about.ad_id})
    return next(iter(ids(metrics.within(frame, place), "campaign_id")), about.campaign_id)
