"""Where something happens: asset ∈ ad ∈ ad group ∈ campaign ∈ account, and segment ↔ campaign."""

from collections.abc import Iterator
from enum import StrEnum

from domain.base import Frozen


class Grain(StrEnum):
    """How fine a scope is."""

    COMPANY = "company"
    ACCOUNT = "account"
    CAMPAIGN = "campaign"
    AD = "ad"
    SEGMENT = "segment"
    QUERY = "query"
    EXPERIMENT = "experiment"


class Scope(Frozen):
    """One object, named by the ids that apply; the rest stay None. No id at all means the whole company."""

    platform: str | None = None
    account_id: str | None = None
    campaign_id: str | None = None
    ad_id: str | None = None
    segment_id: str | None = None
    query: str | None = None
    """A search query or the theme of a cluster of queries: "kork yogamatte"."""
    test_id: str | None = None

    @property
    def grain(self) -> Grain:
        """The finest object named. A segment wins over a campaign: a segment inside a campaign is still a segment."""
        if self.test_id:
            return Grain.EXPERIMENT
        if self.query:
            return Grain.QUERY
        if self.ad_id:
            return Grain.AD
        if self.segment_id:
            return Grain.SEGMENT
        if self.campaign_id:
            return Grain.CAMPAIGN
        return Grain.ACCOUNT if self.account_id else Grain.COMPANY

    @property
    def key(self) -> str:
        """The same text for the same object, on every machine: "platform=meta/account_id=a1/campaign_id=c3"."""
        return "/".join(f"{name}={value}" for name, value in self.ids()) or "company"

    def ids(self) -> Iterator[tuple[str, str]]:
        """The ids that apply, from coarse to fine."""
        for name in type(self).model_fields:
            if value := getattr(self, name):
                yield name, value

    def contains(self, other: "Scope") -> bool:
        """Whether everything named here is named the same there: an account contains its campaigns."""
        theirs = dict(other.ids())
        return all(theirs.get(name) == value for name, value in self.ids())

    def touches(self, other: "Scope") -> bool:
        """Whether no id contradicts: campaign c3 touches segment s1 of the same account."""
        theirs = dict(other.ids())
        return all(theirs.get(name, value) == value for name, value in self.ids())
