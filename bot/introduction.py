"""The first message in the channel: what this is, what it may and may not do, how it is stopped."""

from bot.blocks import Block, Message, context, header, section, shorten
from bot.charter import kind_title
from bot.people import holders
from bot.words import listed, outside
from domain.operating_model import OperatingModel
from domain.roles import ARCHITECT

INTRODUCTION = "introduction"
"""Its key, and the name under which it is remembered instead of a signal's id."""
_AFTER = {
    "ad_account": "When an owner approves, I make the change in the ad account, once, measure what came of it and "
    "remember it.",
    "by_hand": "When an owner approves, the change becomes their task: I write to no ad platform. I measure what came "
    "of it and remember it.",
}
_REHEARSED = "This is a dry run: when an owner approves, everything is checked as usual, and nothing is written."


def introduction(model: OperatingModel) -> Message:
    """What people should know before the first card. Drawn anew when the design changes what it says."""
    policy = model.policy
    alone = listed([kind_title(kind) for kind in sorted(policy.automatic)])
    after = _REHEARSED if model.executor.dry_run else _AFTER[model.executor.kind]
    never = (
        "Budgets, audiences, strategy, regulated claims, brand-critical creative and personal data always wait for a "
        "person. Silence is never a yes."
    )
    told = (
        f"*What I do.* Every day from {model.sweep_at:%H:%M} I read the reports of {outside(model.company, 100)}. "
        "What belongs together becomes one card in this channel, for the people who own the answer, with proposals.",
        f"*What happens after a yes.* {after} Whoever disagrees overrides or rejects and says why: I learn from that.",
        f"*What I may not do.* Decide. {never}"
        + (f" Without asking, as your policy allows, I do: {outside(alone, 500)}." if alone else ""),
        "*How to stop me.* Everybody with a role can type `/baton stop everything because …`, at any time; "
        f"{_architect(model)} lets me go on.",
        "*What you can ask.* Mention me or write to me directly: _how did CPA change on Meta last week?_ "
        "`/baton help` lists the rest; App Home in the sidebar is your inbox.",
    )
    blocks: list[Block] = [
        header("Hello, I am Baton, an AI system"),
        *(section(shorten(line, 2900)) for line in told),
        context("I am software, not a colleague, and I can be wrong: the evidence is in the thread of each card."),
    ]
    return Message("Hello, I am Baton, an AI system: what I do, what I may not do, how to stop me.", tuple(blocks))


def _architect(model: OperatingModel) -> str:
    return holders(ARCHITECT, model) if model.holders(ARCHITECT) else "the architect"
