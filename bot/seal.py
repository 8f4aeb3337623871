"""The newest seal of the ledger, as a pinned message: kept where whoever runs the database cannot change it unseen."""

from bot.blocks import Message, context, section
from bot.words import escape, moment
from domain.seal import Seal

SEALS = "seals"
"""Under this name instead of a signal's id, the messages with seals are remembered."""


def key(seal: Seal) -> str:
    """One message a month per signing key, edited in place: the last seal of each month stays as it was."""
    return f"seal/{seal.key}/{seal.at[:7]}"


def message(seal: Seal) -> Message:
    """What everybody sees, and what an auditor copies."""
    records = f"{seal.size:,} record{'' if seal.size == 1 else 's'}"
    told = f"🔏 *The ledger is sealed* with {records}, {moment(seal.moment)}"
    how = (
        "For auditors; there is nothing to do for you. With this line in a file, `baton ledger verify --seal FILE` "
        "finds any later change to these records. Edited at every new seal, posted anew every month."
    )
    blocks = (section(told), section(f"```{escape(seal.line)}```"), context(how))
    return Message(text=f"The ledger is sealed with {records}.", blocks=blocks)
