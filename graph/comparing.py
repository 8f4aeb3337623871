"""What was approved, held against what a platform shows."""

from collections.abc import Mapping

from domain.action_base import amount_of
from domain.effect import Effect, HandOver, SetValues
from domain.receipt import ReceiptStatus


def is_so(effect: Effect, live: Mapping[str, str]) -> bool:
    """Whether the platform shows what was approved. A hand-over is so once a task with our token is there."""
    if not isinstance(effect, SetValues):
        return bool(live)
    return all(_same(live.get(setting.address), setting.to) for setting in effect.settings)


def drift(effect: Effect, live: Mapping[str, str]) -> dict[str, str]:
    """Values that are neither what the owner was shown nor, taken together, what was approved."""
    if not isinstance(effect, SetValues) or not live:
        return {}
    return {s.address: live.get(s.address, "gone") for s in effect.settings if not _same(live.get(s.address), s.was)}


def done(effect: Effect, after: Mapping[str, str]) -> ReceiptStatus:
    """DONE only where a platform was read back; a task, or an executor that cannot be asked, is a hand-over."""
    is_set = isinstance(effect, SetValues) and bool(after)
    return ReceiptStatus.DONE if is_set else ReceiptStatus.HANDED_OVER


def _same(live: str | None, wanted: str) -> bool:
    """Whether two values are equal; "450" and "450.00" are."""
    if live is None:
        return False
    one, other = amount_of(live), amount_of(wanted)
    return live == wanted if one is None or other is None else one == other


def would(effect: Effect, live: Mapping[str, str]) -> str:
    """What would have been done, had the company not been in dry-run."""
    if is_so(effect, live):
        return "Dry-run: it is so already. Nothing was written."
    if isinstance(effect, HandOver):
        return (
            f"Dry-run: would have handed over {effect.task.replace('_', ' ')} for {effect.entity}. Nothing was written."
        )
    changes = ", ".join(f"{one.address} from {one.was} to {one.to}" for one in effect.settings)
    return f"Dry-run: would have set {changes}. Nothing was written."


def spoken(values: Mapping[str, str]) -> str:
    """Values in words."""
    return ", ".join(f"{address} = {value}" for address, value in sorted(values.items())) or "unknown"
