"""Every cause a signal may name, one profile each. A cause without one cannot be imported away."""

from collections.abc import Mapping
from types import MappingProxyType

from agents.causes import (
    auction_pressure,
    audience_decline,
    audience_saturation,
    budget_cap,
    competitor_move,
    content_opportunity,
    creative_fatigue,
    engagement_drop,
    landing_page_break,
    offer_decay,
    pacing_drift,
    retention_drop,
    test_ready,
    tracking_outage,
    unexplained,
)
from agents.causes.profile import FIGURES, Family, Place, Profile, Signature
from domain.signal import Cause

__all__ = ["FIGURES", "PROFILES", "Family", "Place", "Profile", "Signature", "priors", "signatures"]

_MODULES = (
    tracking_outage,
    landing_page_break,
    offer_decay,
    audience_saturation,
    auction_pressure,
    budget_cap,
    creative_fatigue,
    audience_decline,
    engagement_drop,
    retention_drop,
    content_opportunity,
    competitor_move,
    test_ready,
    pacing_drift,
    unexplained,
)

PROFILES: Mapping[Cause, Profile] = MappingProxyType({module.PROFILE.cause: module.PROFILE for module in _MODULES})

for _profile in PROFILES.values():
    for _place, _signature in _profile.shows.items():
        if unseen := set(_signature) - FIGURES[_place]:
            raise TypeError(
                f"{_profile.cause} shows in {', '.join(sorted(unseen))}, which nobody measures in {_place}."
            )

if missing := set(Cause) - set(PROFILES):
    raise TypeError(f"No profile in agents/causes for: {', '.join(sorted(missing))}.")


def signatures(place: Place) -> Mapping[Cause, Signature]:
    """How each cause shows in a place; those that cannot be seen there are left out."""
    return {cause: profile.shows[place] for cause, profile in PROFILES.items() if place in profile.shows}


def priors(*, frequency_known: bool) -> Mapping[Cause, float]:
    """How likely each cause is before anything is seen, relative to 1."""
    return {
        cause: profile.prior if frequency_known else profile.prior_without_frequency
        for cause, profile in PROFILES.items()
    }
