"""The closed catalogue of actions: what may be proposed at all. Nothing outside this union can ever be executed."""

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from domain.action_base import (
    ActionBase as ActionBase,
)
from domain.action_base import (
    Editable as Editable,
)
from domain.action_base import (
    Money as Money,
)
from domain.action_base import (
    amount_text as amount_text,
)
from domain.platform_actions import (
    PauseAd as PauseAd,
)
from domain.platform_actions import (
    ResumeAd as ResumeAd,
)
from domain.platform_actions import (
    SetBudget as SetBudget,
)
from domain.platform_actions import (
    SetTarget as SetTarget,
)
from domain.platform_actions import (
    ShiftBudget as ShiftBudget,
)
from domain.team_actions import (
    ChangeGoal as ChangeGoal,
)
from domain.team_actions import (
    ExcludeData as ExcludeData,
)
from domain.team_actions import (
    FixLandingPage as FixLandingPage,
)
from domain.team_actions import (
    FixTracking as FixTracking,
)
from domain.team_actions import (
    RefreshCreative as RefreshCreative,
)
from domain.team_actions import (
    RetentionFlow as RetentionFlow,
)
from domain.team_actions import (
    RollOutTest as RollOutTest,
)
from domain.team_actions import (
    RotateAudience as RotateAudience,
)
from domain.team_actions import (
    StartTest as StartTest,
)
from domain.team_actions import (
    UpdatePromise as UpdatePromise,
)
from domain.team_actions import (
    WriteBrief as WriteBrief,
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
