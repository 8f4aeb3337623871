"""What a chat model made of a signal."""

from domain.base import Frozen


class Worded(Frozen):
    """Words that may be shown, and what was refused on the way to them."""

    text: str
    refused: tuple[str, ...] = ()
    """Answers of the model that were thrown away: why, and the first digits of their sha256. Never the words."""
