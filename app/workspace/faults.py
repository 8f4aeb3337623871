"""Failures asked for: the next calls of a Web API method go wrong in a chosen way."""

from collections import deque
from fnmatch import fnmatchcase
from typing import Literal, get_args

FaultKind = Literal["429", "500", "timeout", "applied_then_lost"]
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)


class Faults:
    """Faults still to come, by method or pattern ("chat.*")."""

    def __init__(self) -> None:
        self._coming: dict[str, deque[FaultKind]] = {}

    def plan(self, method: str, kind: str, times: int) -> None:
        """Make the next `times` calls fail. Raises ValueError for an unknown kind."""
        chosen: list[FaultKind] = [known for known in KINDS if known == kind]
        if not chosen:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}")
        self._coming.setdefault(method, deque()).extend(chosen * times)

    def next(self, method: str) -> FaultKind | None:
        """The fault for this call, used up by asking."""
        for pattern, coming in self._coming.items():
            if coming and fnmatchcase(method, pattern):
                return coming.popleft()
        return None
