"""Actions an ad platform carries out itself: absolute values with preconditions."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from domain.action_base import (
    ActionBase,
    AdId,
    CampaignId,
    Editable,
    Money,
    amount_before,
    amount_of,
    amount_text,
)
from domain.effect import Effect, Setting, SetValues


class SetBudget(ActionBase):
    """Give one campaign another daily budget."""

    kind: Literal["set_budget"] = "set_budget"
    campaign_id: CampaignId
    daily_budget: Money
    was: Money
    """The daily budget the owner was shown."""

    editable: ClassVar = (Editable(field="daily_budget", label="Daily budget"),)

    def effect(self) -> Effect:
        """Set the budget, provided it still is what the owner was shown."""
        return SetValues(
            settings=(
                Setting(
                    entity=self.entity("campaign", self.campaign_id),
                    field="daily_budget",
                    was=amount_text(self.was),
                    to=amount_text(self.daily_budget),
                ),
            )
        )

    def rebased(self, live: Mapping[str, str]) -> Self | None:
        """The same new value, from what it is now."""
        was = amount_of(next(iter(live.values()), None))
        return None if was is None else self.model_copy(update={"was": was})

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The budget there was."""
        back = amount_before(before, f"{self.entity('campaign', self.campaign_id)}/daily_budget", self.was)
        if back == self.daily_budget:
            return None
        return self.model_copy(update={"daily_budget": back, "was": self.daily_budget})

    @property
    def money_at_stake(self) -> Decimal:
        """The change per day."""
        return abs(self.daily_budget - self.was)


class ShiftBudget(ActionBase):
    """Move daily spend between two campaigns of one account; the total stays the same."""

    kind: Literal["shift_budget"] = "shift_budget"
    from_campaign: CampaignId
    to_campaign: CampaignId
    amount: Annotated[Decimal, Field(gt=0, decimal_places=2, max_digits=14)]
    """Money per day."""
    from_was: Money
    to_was: Money

    @model_validator(mode="after")
    def _leaves_something(self) -> "ShiftBudget":
        if self.amount > self.from_was:
            raise ValueError(f"only {amount_text(self.from_was)} a day can be moved")
        return self

    editable: ClassVar = (Editable(field="amount", label="Amount to move per day"),)

    def effect(self) -> Effect:
        """Set both budgets, each provided it still is what the owner was shown."""
        pairs = (
            (self.from_campaign, self.from_was, self.from_was - self.amount),
            (self.to_campaign, self.to_was, self.to_was + self.amount),
        )
        return SetValues(
            settings=tuple(
                Setting(
                    entity=self.entity("campaign", ident),
                    field="daily_budget",
                    was=amount_text(was),
                    to=amount_text(to),
                )
                for ident, was, to in pairs
            )
        )

    def rebased(self, live: Mapping[str, str]) -> Self | None:
        """The same amount, between what the two budgets are now."""
        given, taken = (
            amount_of(live.get(f"{self.entity('campaign', ident)}/daily_budget"))
            for ident in (self.from_campaign, self.to_campaign)
        )
        if given is None or taken is None or given <= self.amount:
            return None
        return self.model_copy(update={"from_was": given, "to_was": taken})

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The same amount the other way."""
        address = f"{self.entity('campaign', self.from_campaign)}/daily_budget"
        if amount_before(before, address, self.from_was) != self.from_was:
            return None  # it was so already: this action moved nothing
        return self.model_copy(
            update={
                "from_campaign": self.to_campaign,
                "to_campaign": self.from_campaign,
                "from_was": self.to_was + self.amount,
                "to_was": self.from_was - self.amount,
            }
        )

    @property
    def money_at_stake(self) -> Decimal:
        """The amount moved per day."""
        return self.amount


class PauseAd(ActionBase):
    """Stop showing one ad."""

    kind: Literal["pause_ad"] = "pause_ad"
    campaign_id: CampaignId
    ad_id: AdId
    spend_per_day: Money | None = None
    """What the ad spends per day now; None where nobody knows."""

    def effect(self) -> Effect:
        """Set the ad's status to paused."""
        return _status(self.entity("ad", self.ad_id), "active", "paused")

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The ad is shown again."""
        if before.get(f"{self.entity('ad', self.ad_id)}/status", "active") != "active":
            return None
        return ResumeAd.model_validate(self.model_dump(exclude={"kind"}))

    @property
    def money_at_stake(self) -> Decimal | None:
        """The ad's daily spend."""
        return self.spend_per_day


class ResumeAd(ActionBase):
    """Show one paused ad again."""

    kind: Literal["resume_ad"] = "resume_ad"
    campaign_id: CampaignId
    ad_id: AdId
    spend_per_day: Money | None = None
    """What the ad spent per day before it was paused; None where nobody knows."""

    def effect(self) -> Effect:
        """Set the ad's status to active."""
        return _status(self.entity("ad", self.ad_id), "paused", "active")

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The ad is paused again."""
        if before.get(f"{self.entity('ad', self.ad_id)}/status", "paused") != "paused":
            return None
        return PauseAd.model_validate(self.model_dump(exclude={"kind"}))

    @property
    def money_at_stake(self) -> Decimal | None:
        """The ad's daily spend."""
        return self.spend_per_day


class SetTarget(ActionBase):
    """Give a campaign's bidding another target.

    No agent of ours proposes it: a proposal starts from a live value, and no table of a source says which target
    stands. An agent of a company's own may (`graph.desk.Desk`), held by the same policy.
    """

    kind: Literal["set_target"] = "set_target"
    campaign_id: CampaignId
    metric: Literal["target_cpa", "target_roas"]
    target: Annotated[Decimal, Field(gt=0, decimal_places=2, max_digits=14)]
    """Money per conversion for target_cpa, a ratio (3.20) for target_roas."""
    was: Money
    spend_per_day: Money | None = None
    """What the campaign spends per day now; None where nobody knows."""

    editable: ClassVar = (Editable(field="target", label="Target"),)

    def effect(self) -> Effect:
        """Set the target, provided it still is what the owner was shown."""
        entity = self.entity("campaign", self.campaign_id)
        return SetValues(
            settings=(
                Setting(entity=entity, field=self.metric, was=amount_text(self.was), to=amount_text(self.target)),
            )
        )

    def rebased(self, live: Mapping[str, str]) -> Self | None:
        """The same new value, from what it is now."""
        was = amount_of(next(iter(live.values()), None))
        return None if was is None else self.model_copy(update={"was": was})

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The target there was."""
        back = amount_before(before, f"{self.entity('campaign', self.campaign_id)}/{self.metric}", self.was)
        if back == self.target or not back:
            return None
        return self.model_copy(update={"target": back, "was": self.target})

    @property
    def money_at_stake(self) -> Decimal | None:
        """The campaign's daily spend, all of which the new target steers."""
        return self.spend_per_day


def _status(entity: str, was: str, to: str) -> SetValues:
    return SetValues(settings=(Setting(entity=entity, field="status", was=was, to=to),))
