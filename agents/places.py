"""Where an action happens."""

from domain.action import Action
from domain.scope import Scope


def place_of(action: Action) -> Scope:
    """The scope an action is about; for a shift, the campaign that gives."""
    first = dict(reversed(action.named()))
    return Scope.model_validate({"platform": action.platform, "account_id": action.account_id, **first})
