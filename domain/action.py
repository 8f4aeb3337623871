"""The closed catalogue of actions: what may be proposed at all. Nothing outside this union can ever be executed."""

from collections.abc import Mapping
from typing import Annotated, get_args

from pydantic import Field, TypeAdapter, ValidationError

from domain.action_base import ActionBase, Editable, Money, amount_text
from domain.platform_actions import PauseAd, ResumeAd, SetBudget, SetTarget, ShiftBudget
from domain.team_actions import (
    ChangeGoal,
    ExcludeData,
    FixLandingPage,
    FixTracking,
    PutBack,
    RefreshCreative,
    RetentionFlow,
    RollOutTest,
    RotateAudience,
    StartTest,
    UpdatePromise,
    WriteBrief,
)

__all__ = [
    "ACTION",
    "ACTION_KINDS",
    "ACTION_TYPES",
    "Action",
    "ActionBase",
    "ChangeGoal",
    "Editable",
    "ExcludeData",
    "FixLandingPage",
    "FixTracking",
    "Money",
    "PauseAd",
    "PutBack",
    "RefreshCreative",
    "ResumeAd",
    "RetentionFlow",
    "RollOutTest",
    "RotateAudience",
    "SetBudget",
    "SetTarget",
    "ShiftBudget",
    "StartTest",
    "UpdatePromise",
    "WriteBrief",
    "amount_text",
    "inverse",
]

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
    | ChangeGoal
    | PutBack,
    Field(discriminator="kind"),
]
ACTION: TypeAdapter[Action] = TypeAdapter(Action)
"""Reads any action from its JSON: `ACTION.validate_python({"kind": "pause_ad", …})`."""

ACTION_TYPES: tuple[type[ActionBase], ...] = get_args(get_args(Action)[0])
ACTION_KINDS: tuple[str, ...] = tuple(t.model_fields["kind"].default for t in ACTION_TYPES)


def inverse(action: Action, before: Mapping[str, str]) -> Action | None:
    """The action that takes one back, once done, to what was there `before`; None where there is nothing to undo."""
    if (back := action.undone(before)) is None:
        return None
    try:
        return ACTION.validate_python(back.model_dump())
    except ValidationError:  # what was read before the write is nothing we could ever set
        return None
