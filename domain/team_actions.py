"""Actions a team carries out: tasks created once, under our own token."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from domain.action_base import ActionBase, AdId, CampaignId, Editable, Money, SegmentId, TestId, Theme
from domain.effect import Effect, HandOver


class RefreshCreative(ActionBase):
    """Have a worn-out ad's creative replaced by a new concept."""

    kind: Literal["refresh_creative"] = "refresh_creative"
    campaign_id: CampaignId
    ad_id: AdId
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

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: the creative that ran before."""
        del before
        return _back(
            self,
            "refresh_creative",
            self.entity("ad", self.ad_id),
            self.campaign_id,
            "Show the creative again that ran in this ad before.",
        )


class RotateAudience(ActionBase):
    """Point a campaign at another audience segment."""

    kind: Literal["rotate_audience"] = "rotate_audience"
    campaign_id: CampaignId
    from_segment: SegmentId
    to_segment: SegmentId
    spend_per_day: Money | None = None
    """What the campaign spends per day now; None where nobody knows."""

    editable: ClassVar = (Editable(field="to_segment", label="Segment to reach instead"),)

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id),
            task="rotate_audience",
            details={"from_segment": self.from_segment, "to_segment": self.to_segment},
        )

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """Back to the segment there was."""
        del before
        return self.model_copy(update={"from_segment": self.to_segment, "to_segment": self.from_segment})

    @property
    def money_at_stake(self) -> Decimal | None:
        """The campaign's daily spend."""
        return self.spend_per_day


class FixTracking(ActionBase):
    """Have the conversion tracking of a campaign, or of the whole account, repaired."""

    kind: Literal["fix_tracking"] = "fix_tracking"
    campaign_id: CampaignId | None = None
    symptom: str = Field(max_length=300)

    def effect(self) -> Effect:
        """A task for the web team."""
        entity = self.entity("campaign", self.campaign_id) if self.campaign_id else self.entity("account", "all")
        return HandOver(entity=entity, task="fix_tracking", details={"symptom": self.symptom})


class FixLandingPage(ActionBase):
    """Have a landing page repaired."""

    kind: Literal["fix_landing_page"] = "fix_landing_page"
    campaign_id: CampaignId
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
    segment_id: SegmentId
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

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: the flow is stopped."""
        del before
        return _back(
            self,
            "retention_flow",
            self.entity("segment", self.segment_id),
            None,
            "Stop this flow; what was sent stays sent.",
        )


class UpdatePromise(ActionBase):
    """Change what a campaign promises, so that it fits what customers get."""

    kind: Literal["update_promise"] = "update_promise"
    campaign_id: CampaignId
    promise: str = Field(max_length=600)

    editable: ClassVar = (Editable(field="promise", label="The new promise"),)

    def effect(self) -> Effect:
        """A task for the creative team."""
        entity = self.entity("campaign", self.campaign_id)
        return HandOver(entity=entity, task="update_promise", details={"promise": self.promise})

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: the promise there was."""
        del before
        return _back(
            self,
            "update_promise",
            self.entity("campaign", self.campaign_id),
            self.campaign_id,
            "Promise again what this campaign promised before.",
        )


class WriteBrief(ActionBase):
    """Have content written for a theme people search or ask for."""

    kind: Literal["write_brief"] = "write_brief"
    theme: Theme = Field(max_length=200)
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
    campaign_id: CampaignId | None = None
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

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: the test is ended."""
        del before
        return _back(
            self,
            "start_test",
            self.entity("campaign", self.campaign_id or "all"),
            self.campaign_id,
            "End this test; everybody sees the control again.",
        )


class RollOutTest(ActionBase):
    """Give the winning arm of an experiment to everybody."""

    kind: Literal["roll_out_test"] = "roll_out_test"
    test_id: TestId
    arm: str

    editable: ClassVar = (Editable(field="arm", label="Arm to roll out"),)

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(entity=f"experiment/{self.test_id}", task="roll_out_test", details={"arm": self.arm})

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: everybody gets the control again."""
        del before
        return _back(
            self, "roll_out_test", f"experiment/{self.test_id}", None, "Give everybody the control of this test again."
        )


class ExcludeData(ActionBase):
    """Tell the platform's bidding to ignore days with broken tracking."""

    kind: Literal["exclude_data"] = "exclude_data"
    campaign_id: CampaignId | None = None
    first_day: date
    last_day: date

    def effect(self) -> Effect:
        """A task for the media team."""
        return HandOver(
            entity=self.entity("campaign", self.campaign_id or "all"),
            task="exclude_data",
            details={"first_day": self.first_day.isoformat(), "last_day": self.last_day.isoformat()},
        )

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """A task: the days count again."""
        del before
        return _back(
            self,
            "exclude_data",
            self.entity("campaign", self.campaign_id or "all"),
            self.campaign_id,
            "Let bidding use these days again.",
        )


class ChangeGoal(ActionBase):
    """Change a goal of the operating model.

    No agent of ours proposes it: what is wanted is for people to say, who edit the goal in the Design tab. An agent of
    a company's own may (`graph.desk.Desk`); approved, it is a task, as the design changes by an amendment only.
    """

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

    def undone(self, before: Mapping[str, str]) -> ActionBase | None:
        """The target there was."""
        del before
        return self.model_copy(update={"target": self.was, "was": self.target})


class PutBack(ActionBase):
    """Have taken back what a team did. Only ever proposed to undo something."""

    kind: Literal["put_back"] = "put_back"
    of: str
    """The action kind it takes back."""
    place: str
    """The object's address: "meta/a1/ad/ad9"."""
    campaign_id: CampaignId | None = None
    what: str = Field(max_length=300)
    """What the team is to do."""

    def effect(self) -> Effect:
        """A task for the team that did it."""
        return HandOver(entity=self.place, task="put_back", details={"of": self.of, "what": self.what})


def _back(action: ActionBase, of: str, place: str, campaign_id: str | None, what: str) -> PutBack:
    return PutBack(
        platform=action.platform,
        account_id=action.account_id,
        currency=action.currency,
        of=of,
        place=place,
        campaign_id=campaign_id,
        what=what,
    )
