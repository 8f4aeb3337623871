"""A seal: where the ledger stood at a moment, signed, and kept where nobody who can change the ledger can change it."""

import json
from datetime import datetime

from domain.base import Frozen


class Seal(Frozen):
    """One signed statement. Whatever was recorded up to it can no longer be changed without being found."""

    ledger: str
    """Which ledger: "led_" and 16 hex digits."""
    size: int
    """Rows it is over."""
    head: str
    """The hash of the last of them, which stands for all."""
    at: str
    """When, by the database's clock: "2026-03-14T09:12:00.123456Z"."""
    key: str
    """Which key signed it: 16 hex digits."""
    prev: str
    """The sha256 of the seal before it; zeros for the first."""
    signature: str = ""
    """Ed25519, in hex, over all of the above."""

    @property
    def moment(self) -> datetime:
        """When, as a moment."""
        return datetime.fromisoformat(self.at)

    @property
    def line(self) -> str:
        """The one spelling that is written down and hashed."""
        return json.dumps(self.model_dump(), sort_keys=True, separators=(",", ":"))

    @property
    def signed(self) -> str:
        """The text that is signed."""
        return json.dumps(self.model_dump(exclude={"signature"}), sort_keys=True, separators=(",", ":"))
