"""What one agent is for, what it may read, claim and suggest."""

from domain.base import Frozen
from domain.finding import FindingKind


class Mandate(Frozen):
    """An agent's job description, enforced by code."""

    agent: str
    job: str
    """One sentence."""
    reads: frozenset[str]
    """Tables it is handed; it has no way to reach any other."""
    finds: frozenset[FindingKind]
    """Finding kinds it may emit; any other is discarded and recorded."""
    suggests: frozenset[str]
    """Action kinds that may follow from its findings."""
    hands_to: tuple[str, ...]
    """Owner roles it informs."""
