"""What all our types share."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Interval = tuple[float, float]
"""Lower and upper end of an interval, in the unit of the figure it belongs to. Each use says how sure: 80 % or 95 %."""

Fraction = Annotated[float, Field(allow_inf_nan=False)]
"""A share or a relative change: 0.08 means 8 %, -0.36 means 36 % less."""


class Frozen(BaseModel):
    """A fact. Made in one place, never edited afterwards; unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
