"""Which roles own the answer to a cause."""

from collections.abc import Sequence

from agents.causes import PROFILES
from domain.finding import Finding
from domain.operating_model import OperatingModel
from domain.signal import Cause


def owners_of(cause: Cause, findings: Sequence[Finding], model: OperatingModel) -> tuple[str, ...]:
    """The roles a signal goes to. An unexplained move of owned channels goes to those who run them."""
    routed = model.routes.owners.get(cause)
    if routed:
        return routed
    if cause is Cause.UNEXPLAINED and {one.agent for one in findings} == {"lifecycle"}:
        return ("crm_lead",)
    return PROFILES[cause].owners
