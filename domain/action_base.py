"""What every action has in common."""

from abc import abstractmethod
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated, ClassVar, Self

from pydantic import Field

from domain.base import Frozen
from domain.effect import Effect

Money = Annotated[Decimal, Field(ge=0, decimal_places=2, max_digits=14)]
"""An amount in the action's `currency`: 12.50 means twelve and a half euros where currency is EUR."""


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
    def money_at_stake(self) -> Decimal:
        """Money per day this action moves or risks, in `currency`; 0 when it moves none."""
        return Decimal(0)

    def entity(self, kind: str, ident: str) -> str:
        """The address of a platform object, the same everywhere: "meta/a1/campaign/c3"."""
        return f"{self.platform}/{self.account_id}/{kind}/{ident}"


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
