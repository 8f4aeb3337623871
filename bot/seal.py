"""The newest seal of the ledger, as a pinned message: kept where whoever runs the database cannot change it unseen."""

from bot.blocks import Message, context, section
from bot.words import escape, moment
from domain.seal import Seal

SEALS = "seals"
"""Under this name instead of a signal's id, the messages with seals are remembered."""
_ENOUGH = 12
"""Characters of a digest by which two seals are told apart at a glance."""


def key(seal: Seal) -> str:
    """One message a month per signing key, edited in place: the last seal of each month stays as it was."""
    return f"seal/{seal.key}/{seal.at[:7]}"


def message(seal: Seal) -> Message:
    """What everybody sees: one quiet line. What an auditor copies hangs in its thread."""
    told = (
        f"🔏 The ledger is sealed: {_records(seal)}, {moment(seal.moment)}, `{seal.head[:_ENOUGH]}` · "
        "nothing to do for you; for auditors the whole seal is in the thread"
    )
    return Message(text=f"The ledger is sealed with {_records(seal)}.", blocks=(context(told),))


def line(seal: Seal) -> Message:
    """The seal itself, as `baton ledger verify` reads it."""
    how = (
        "For auditors: with this line in a file, `baton ledger verify --seal FILE` finds any later change to these "
        "records. Edited at every new seal, posted anew every month."
    )
    blocks = (section(f"```{escape(seal.line)}```"), context(how))
    return Message(text=f"The seal over {_records(seal)}, for auditors.", blocks=blocks)


def _records(seal: Seal) -> str:
    return f"{seal.size:,} record{'' if seal.size == 1 else 's'}"
