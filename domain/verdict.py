"""May we? The answer of governance to one proposal."""

from typing import Annotated, Literal

from pydantic import Field

from domain.base import Frozen


class Automatic(Frozen):
    """No person needed."""

    kind: Literal["automatic"] = "automatic"
    rules: tuple[str, ...]
    """The rules that spoke, in plain words."""


class Ask(Frozen):
    """A person decides."""

    kind: Literal["ask"] = "ask"
    role: str
    """Who is asked: "media_lead"."""
    quorum: int = Field(default=1, ge=1)
    """How many different people must approve."""
    within_hours: int = Field(ge=1)
    """After this many hours the proposal expires; it is never approved by silence."""
    rules: tuple[str, ...]


class Forbidden(Frozen):
    """Not to be done, whoever asks."""

    kind: Literal["forbidden"] = "forbidden"
    rules: tuple[str, ...]


Verdict = Annotated[Automatic | Ask | Forbidden, Field(discriminator="kind")]
