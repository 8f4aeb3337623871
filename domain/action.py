"""The closed catalogue of actions: what may be proposed at all. Nothing outside this union can ever be executed."""

from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, TypeAdapter

from domain.base import Frozen
from domain.effect import Effect, HandOver, Setting, SetValues

Money = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=14)]
"""An amount in the action's `currency`: 12.50 means twelve and a half euros where currency is EUR."""


class Editable(Frozen):
    """One value an owner may change when overriding."""

    field: str
    label: str
    """As the modal asks for it: "Daily budget (EUR)"."""
    hint: str = ""


class ActionBase(Frozen):
    """What every action names."""

    platform: str | None = None
    account_id: str | None = None
    currency: str
    """ISO 4217."""

    editable: ClassVar[tuple[Editable, ...]] = ()

    def effect(self) -> Effect:
        """What the executor is to bring about."""
        raise NotImplementedError

    @property
    def money_at_stake(self) -> Decimal:
        """Money per day this action moves or risks, in `currency`; 0 when it moves none."""
        return Decimal(0)

    def entity(self, kind: str, ident: str) -> str:
        """The address of a platform object, the same everywhere: "meta/a1/campaign/c3"."""
        return f"{self.platform}/{self.account_id}/{kind}/{ident}"


class SetBudget(ActionBase):
    """Give one campaign another daily budget."""

    kind: Literal["set_budget"] = "set_budget"
    campaign_id: str
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
                    was=str(self.was),
                    to=str(self.daily_budget),
                ),
            )
        )

    @property
    def money_at_stake(self) -> Decimal:
        """The change per day."""
        return abs(self.daily_budget - self.was)


class ShiftBudget(ActionBase):
    """Move daily spend between two campaigns of one account; the total stays the same."""

    kind: Literal["shift_budget"] = "shift_budget"
    from_campaign: str
    to_campaign: str
    amount: Annotated[Decimal, Field(gt=0, decimal_places=2, max_digits=14)]
    """Money per day."""
    from_was: Money
    to_was: Money

    editable: ClassVar = (Editable(field="amount", label="Amount to move per day"),)

    def effect(self) -> Effect:
        """Set both budgets, each provided it still is what the owner was shown."""
        pairs = (
            (self.from_campaign, self.from_was, self.from_was - self.amount),
            (self.to_campaign, self.to_was, self.to_was + self.amount),
        )
        return SetValues(
            settings=tuple(
                Setting(entity=self.entity("campaign", ident), field="daily_budget", was=str(was), to=str(to))
                for ident, was, to in pairs
            )
        )

    @property
    def money_at_stake(self) -> Decimal:
        """The amount moved per day."""
        return self.amount


class PauseAd(ActionBase):
    """Stop showing one ad."""

    kind: Literal["pause_ad"] = "pause_ad"
    campaign_id: str
    ad_id: str
    spend_per_day: Money = Decimal(0)
    """What the ad spends per day now."""

    def effect(self) -> Effect:
        """Set the ad's status to paused."""
        return _status(self.entity("ad", self.ad_id), "active", "paused")

    @property
    def money_at_stake(self) -> Decimal:
        """The ad's daily spend."""
        return self.spend_per_day


class ResumeAd(ActionBase):
    """Show one paused ad again."""

    kind: Literal["resume_ad"] = "resume_ad"
    campaign_id: str
    ad_id: str
    spend_per_day: Money = Decimal(0)
    """What the ad spent per day before it was paused."""

    def effect(self) -> Effect:
        """Set the ad's status to active."""
        return _status(self.entity("ad", self.ad_id), "paused", "active")

    @property
    def money_at_stake(self) -> Decimal:
        """The ad's daily spend."""
        return self.spend_per_day


class SetTarget(ActionBase):
    """Give a campaign's bidding another target."""

    kind: Literal["set_target"] = "set_target"
    campaign_id: str
    metric: Literal["target_cpa", "target_roas"]
    target: Annotated[Decimal, Field(gt=0, decimal_places=2, max_digits=14)]
    """Money per conversion for target_cpa, a ratio (3.20) for target_roas."""
    was: Money
    spend_per_day: Money = Decimal(0)

    editable: ClassVar = (Editable(field="target", label="Target"),)

    def effect(self) -> Effect:
        """Set the target, provided it still is what the owner was shown."""
        entity = self.entity("campaign", self.campaign_id)
        return SetValues(settings=(Setting(entity=entity, field=self.metric, was=str(self.was), to=str(self.target)),))

    @property
    def money_at_stake(self) -> Decimal:
        """The campaign's daily spend, all of which the new target steers."""
        return self.spend_per_day


class RefreshCreative(ActionBase):
    """Have a worn-out ad's creative replaced by a new concept."""

    kind: Literal["refresh_creative"] = "refresh_creative"
    campaign_id: str
    ad_id: str
    brief: str = Field(max_length=600)
    """What the new concept should keep and change."""
    variants: int = Field(default=3, ge=1, le=6)

    editable: ClassVar = (
        Editable(field="brief", label="Brief for the new concept"),
        Editable(field="variants", label="How many variants", hint="1 to 6"),
    )

    def effect(self) -> Effect:
        """A task for the creative team; the new creative replaces the old in the same ad."""
        return HandOver(
            entity=self.entity("ad", self.ad_id),
            task="refresh_creative",
            details={"brief": self.brief, "variants": str(self.variants)},
        )


class RotateAudience(ActionBase):
    """Point a campaign at another audience segment."""

    kind: Literal["rotate_audience"] = "rotate_audience"
    campaign_id: str
    from_segment: str
    to_segment: str
    spend_per_day: Money = Decimal(0)

    editable: ClassVar = (Editable(field="to_segment", label="Segment to reach instead"),)

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id),
            task="rotate_audience",
            details={"from_segment": self.from_segment, "to_segment": self.to_segment},
        )

    @property
    def money_at_stake(self) -> Decimal:
        """The campaign's daily spend."""
        return self.spend_per_day


class FixTracking(ActionBase):
    """Have the conversion tracking of a campaign, or of the whole account, repaired."""

    kind: Literal["fix_tracking"] = "fix_tracking"
    campaign_id: str | None = None
    symptom: str = Field(max_length=300)

    def effect(self) -> Effect:
        """A task for the web team."""
        entity = self.entity("campaign", self.campaign_id) if self.campaign_id else self.entity("account", "all")
        return HandOver(entity=entity, task="fix_tracking", details={"symptom": self.symptom})


class FixLandingPage(ActionBase):
    """Have a landing page repaired."""

    kind: Literal["fix_landing_page"] = "fix_landing_page"
    campaign_id: str
    page: str = ""
    """The page's address or path; empty where the data names none."""
    symptom: str = Field(max_length=300)

    def effect(self) -> Effect:
        """A task for the web team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id),
            task="fix_landing_page",
            details={"page": self.page, "symptom": self.symptom},
        )


class RetentionFlow(ActionBase):
    """Start a win-back or re-engagement flow for one segment on owned channels."""

    kind: Literal["retention_flow"] = "retention_flow"
    segment_id: str
    channel: str = "email"
    message: str = Field(max_length=600)

    editable: ClassVar = (
        Editable(field="channel", label="Channel", hint="email, push or sms"),
        Editable(field="message", label="What the flow says"),
    )

    def effect(self) -> Effect:
        """A task for the CRM team."""
        return HandOver(
            entity=self.entity("segment", self.segment_id),
            task="retention_flow",
            details={"channel": self.channel, "message": self.message},
        )


class UpdatePromise(ActionBase):
    """Change what a campaign promises, so that it fits what customers get."""

    kind: Literal["update_promise"] = "update_promise"
    campaign_id: str
    promise: str = Field(max_length=600)

    editable: ClassVar = (Editable(field="promise", label="The new promise"),)

    def effect(self) -> Effect:
        """A task for the creative team."""
        entity = self.entity("campaign", self.campaign_id)
        return HandOver(entity=entity, task="update_promise", details={"promise": self.promise})


class WriteBrief(ActionBase):
    """Have content written for a theme people search or ask for."""

    kind: Literal["write_brief"] = "write_brief"
    theme: str = Field(max_length=200)
    page: str = ""
    brief: str = Field(max_length=600)

    editable: ClassVar = (Editable(field="brief", label="Brief"),)

    def effect(self) -> Effect:
        """A task for the content team."""
        return HandOver(
            entity=f"content/{self.theme}",
            task="write_brief",
            details={"theme": self.theme, "page": self.page, "brief": self.brief},
        )


class StartTest(ActionBase):
    """Start an experiment."""

    kind: Literal["start_test"] = "start_test"
    campaign_id: str | None = None
    hypothesis: str = Field(max_length=300)
    metric: str
    share: float = Field(gt=0, le=0.5)
    """Share of traffic that sees the new arm."""

    editable: ClassVar = (Editable(field="share", label="Share of traffic in the new arm", hint="0.05 to 0.5"),)

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id or "all"),
            task="start_test",
            details={"hypothesis": self.hypothesis, "metric": self.metric, "share": f"{self.share:g}"},
        )


class RollOutTest(ActionBase):
    """Give the winning arm of an experiment to everybody."""

    kind: Literal["roll_out_test"] = "roll_out_test"
    test_id: str
    arm: str

    editable: ClassVar = (Editable(field="arm", label="Arm to roll out"),)

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(entity=f"experiment/{self.test_id}", task="roll_out_test", details={"arm": self.arm})


class ExcludeData(ActionBase):
    """Tell the platform's bidding to ignore days with broken tracking."""

    kind: Literal["exclude_data"] = "exclude_data"
    campaign_id: str | None = None
    first_day: date
    last_day: date

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id or "all"),
            task="exclude_data",
            details={"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()},
        )


class ChangeGoal(ActionBase):
    """Change a goal of the operating model."""

    kind: Literal["change_goal"] = "change_goal"
    goal: str
    """The goal's name in `baton.yaml`."""
    target: Decimal
    was: Decimal

    editable: ClassVar = (Editable(field="target", label="Target"),)

    def effect(self) -> Effect:
        """A task for the architect, who edits the operating model."""
        return HandOver(
            entity=f"goal/{self.goal}",
            task="change_goal",
            details={"was": str(self.was), "target": str(self.target)},
        )


Action = Annotated[
    SetBudget
    | ShiftBudget
    | PauseAd
    | ResumeAd
    | SetTarget
    | RefreshCreative
    | RotateAudience
    | FixTracking
    | FixLandingPage
    | RetentionFlow
    | UpdatePromise
    | WriteBrief
    | StartTest
    | RollOutTest
    | ExcludeData
    | ChangeGoal,
    Field(discriminator="kind"),
]
ACTION: TypeAdapter[Action] = TypeAdapter(Action)
"""Reads any action from its JSON: `ACTION.validate_python({"kind": "pause_ad", …})`."""

ACTION_TYPES: tuple[type[ActionBase], ...] = get_args(get_args(Action)[0])
ACTION_KINDS: tuple[str, ...] = tuple(t.model_fields["kind"].default for t in ACTION_TYPES)


def _status(entity: str, was: str, to: str) -> SetValues:
    return SetValues(settings=(Setting(entity=entity, field="status", was=was, to=to),))
