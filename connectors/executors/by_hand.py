"""Hands every effect to people: for companies that connect no ad account, and for what no platform can do."""

from collections.abc import Mapping

from domain.effect import Effect, HandOver, Repeat


class ByHand:
    """Writes nowhere. The thread in Slack is the task; people do it and the data shows what became of it."""

    name = "by_hand"

    def takes(self, effect: Effect) -> bool:
        """Everything."""
        del effect
        return True

    def repeats(self, effect: Effect) -> Repeat:
        """The task is the one receipt in the thread: saying it again makes no second one."""
        del effect
        return Repeat.CREATE

    async def read(self, effect: Effect, token: str) -> Mapping[str, str]:
        """Nothing: there is no system to ask."""
        del effect, token
        return {}

    async def write(self, effect: Effect, token: str, fence: int) -> str:
        """What people are to do, in one line. Saying it again changes nothing."""
        del token, fence
        if isinstance(effect, HandOver):
            return f"Handed to people: {effect.task.replace('_', ' ')} for {effect.entity}"
        changes = ", ".join(f"{s.address} from {s.was} to {s.to}" for s in effect.settings)
        return f"Handed to people: set {changes}"

    async def bar(self, effect: Effect, token: str, fence: int) -> None:
        """Nothing: there is nobody to be kept away from."""
        del effect, token, fence
