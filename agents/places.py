"""Where an action happens."""

from domain.action import Action
from domain.scope import Scope


def place_of(action: Action) -> Scope:
    """The scope an action is about; for a shift, the campaign that gives."""
    read = {
        name: getattr(action, name, None) for name in ("account_id", "ad_id", "campaign_id", "platform", "segment_id")
    }
    read["campaign_id"] = read["campaign_id"] or getattr(action, "from_campaign", None)
    read["segment_id"] = read["segment_id"] or getattr(action, "from_segment", None)
    return Scope(query=getattr(action, "theme", None), test_id=getattr(action, "test_id", None), **read)
