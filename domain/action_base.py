"""What every action has in common."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Annotated, ClassVar, Self, get_args

from pydantic import Field

from domain.base import Frozen
from domain.effect import Effect

Money = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=14)]
"""An amount in the action's `currency`: 12.50 means twelve and a half euros where currency is EUR."""


@dataclass(frozen=True, slots=True)
class Names:
    """Marks the field of an action that names an object, with the column of the readings that object is found by."""

    column: str


CampaignId = Annotated[str, Names("campaign_id")]
AdId = Annotated[str, Names("ad_id")]
SegmentId = Annotated[str, Names("segment_id")]
TestId = Annotated[str, Names("test_id")]
Theme = Annotated[str, Names("query")]


class Editable(Frozen):
    """One value an owner may change when overriding."""

    field: str
    label: str
    """As the modal asks for it: "Daily budget (EUR)"."""
    hint: str = ""


class ActionBase(Frozen):
    """What every action names."""

    platform: str | None = None
    account_id: str | None = None
    currency: str
    """ISO 4217."""

    editable: ClassVar[tuple[Editable, ...]] = ()

    @abstractmethod
    def effect(self) -> Effect:
        """What the executor is to bring about."""

    def rebased(self, live: Mapping[str, str]) -> Self | None:
        """The same action as it would be proposed on the live values, by address; None where it makes no sense then."""
        del live
        return None

    def undone(self, before: Mapping[str, str]) -> "ActionBase | None":
        """The action that takes this one back, once done: from what it set to what was there `before`, by address.

        None where there is nothing to take back. An empty `before` means that people did it: what was shown counts.
        """
        del before
        return None

    @property
    def money_at_stake(self) -> Decimal | None:
        """Money per day this action moves or risks, in `currency`; 0 when it moves none, None when nobody knows."""
        return Decimal(0)

    def named(self) -> tuple[tuple[str, str], ...]:
        """The objects it names, as (column, id), in the order of its fields: of a shift, what gives comes first."""
        held = ((column, getattr(self, field)) for field, column in naming(type(self)).items())
        return tuple((column, ident) for column, ident in held if ident)

    def entity(self, kind: str, ident: str) -> str:
        """The address of a platform object, the same everywhere: "meta/a1/campaign/c3"."""
        return f"{self.platform}/{self.account_id}/{kind}/{ident}"


@cache
def naming(of: type[ActionBase]) -> Mapping[str, str]:
    """The fields of a kind of action that name an object, each with the column that object is found by."""
    marks = ((name, [*field.metadata, *_within(field.annotation)]) for name, field in of.model_fields.items())
    return {name: mark.column for name, found in marks for mark in found if isinstance(mark, Names)}


def _within(annotation: object) -> Iterator[object]:
    """What an annotation is made of, however deep: of `CampaignId | None`, the mark as well."""
    for part in get_args(annotation):
        yield part
        yield from _within(part)


def amount_before(before: Mapping[str, str], address: str, shown: Decimal) -> Decimal:
    """An amount as it was read before a write; as the owner was shown it where nothing could be read."""
    read = amount_of(before.get(address))
    return shown if read is None else read


def amount_text(amount: Decimal) -> str:
    """An amount as platforms are told it and as it is read back: "450.00"."""
    return f"{amount:.2f}"


def amount_of(text: str | None) -> Decimal | None:
    """An amount as a platform tells it; None for anything else."""
    try:
        amount = Decimal(text or "")
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None
