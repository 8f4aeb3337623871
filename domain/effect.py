"""What an executor is to bring about, in the two shapes that can be made safe against repetition."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen


class Repeat(StrEnum):
    """What a second try of the same effect would do. Each executor says so of each effect it takes."""

    SET = "set"
    """An absolute value with a precondition: reading tells whether it happened, and a repeat sets the same again."""
    CREATE = "create"
    """Made under our own token: looked for by that token first, and a token that is known makes nothing new."""
    ONCE = "once"
    """A repeat would be a second effect: one try, and an answer that got lost stays unknown until a person looks."""


class Setting(Frozen):
    """One absolute value on the platform, with the value it must still have."""

    entity: str
    """The object's address: "meta/a1/campaign/c3"."""
    field: str
    """"daily_budget", "status", "target_cpa"."""
    was: str
    """Precondition: what the owner was shown. Anything else there now is drift, and nothing is written."""
    to: str

    @property
    def address(self) -> str:
        """One value on the platform: "meta/a1/campaign/c3/daily_budget"."""
        return f"{self.entity}/{self.field}"


class SetValues(Frozen):
    """Absolute values with preconditions: reading them tells whether it happened, so a repeat does no harm."""

    kind: Literal["set_values"] = "set_values"
    settings: tuple[Setting, ...] = Field(min_length=1)


class HandOver(Frozen):
    """A task created under our own token: looked for by that token before it is created."""

    kind: Literal["hand_over"] = "hand_over"
    entity: str
    task: str
    """The action kind it comes from."""
    details: Mapping[str, str]


Effect = Annotated[SetValues | HandOver, Field(discriminator="kind")]
