"""The modals: override, reject, snooze, ask, and a notice for what a modal or App Home has to say privately."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, Field

from bot.blocks import Block, context, section
from bot.change import changes, named, names_in, unit
from bot.fields import label_of, one_of, reason, text
from bot.names import (
    ASK_FORM,
    DONE_FORM,
    ID,
    NOT_DONE_FORM,
    NOTICE,
    OVERRIDE_FORM,
    QUESTION,
    REJECT_FORM,
    SNOOZE_FORM,
    UNDO_FORM,
    UNTIL,
    Press,
)
from bot.question import forecast_words, whose
from bot.stamp import live_values
from bot.words import cut, outside
from domain.action import Action, inverse
from domain.case import Case, ProposalView

View = dict[str, object]
MOST_QUESTION = 500
SNOOZES: Mapping[str, tuple[str, int]] = {
    "4": ("In 4 hours", 4),
    "24": ("Tomorrow at this time", 24),
    "72": ("In 3 days", 72),
}
"""Value → label and hours."""
TOMORROW = "24"
LEARNT = "Goes on the card; the agents learn from it."


class Origin(BaseModel):
    """What a modal remembers between opening and submitting: its press, and where it was pressed."""

    proposal_id: str = Field(pattern=f"^{ID.pattern}$")
    version: int = Field(ge=1, lt=2**31)
    signal_id: str = Field(pattern=f"^{ID.pattern}$")
    channel: str = ""
    """Empty when it was opened from App Home."""


def override(case: Case, view: ProposalView, origin: Origin) -> View:
    """The action's own fields as they stand, each to be changed, and a required reason."""
    action = view.proposal.action
    blocks = [_about(case, view), *(_field(action, index) for index in range(len(action.editable)))]
    blocks.append(reason("Why change it?", hint=LEARNT))
    return _form(OVERRIDE_FORM, "Approve with changes", "Approve changed", blocks, origin)


def reject(case: Case, view: ProposalView, origin: Origin) -> View:
    """A required reason."""
    why = reason("Why not?", hint=LEARNT)
    return _form(REJECT_FORM, "Reject", "Reject", [_about(case, view), why], origin)


def undo(case: Case, view: ProposalView, origin: Origin) -> View:
    """What would be done to undo something, and a required reason."""
    back = inverse(view.done, view.receipt.before) if view.receipt else None
    told = changes(back, names_in(case, view.proposal)) if back is not None else []
    about = section("\n".join([f"*Undo: {named(view.proposal)}*", *told, f"_{outside(case.signal.headline, 150)}_"]))
    why = reason("Why undo it?", hint=LEARNT)
    small = context("Where you may decide this alone it is decided now; otherwise those who must agree are asked.")
    return _form(UNDO_FORM, "Undo", "Undo", [about, why, small], origin)


def was_done(case: Case, view: ProposalView, origin: Origin) -> View:
    """What it means to say that something nobody could read was done, and a required reason."""
    measured = "" if view.proposal.undoes is not None else ", and measures the effect from when it was tried"
    means = f"Say so only if you see it on the platform. Baton then stops reading{measured}."
    return _word(DONE_FORM, "It was done", means, case, view, origin)


def was_not_done(case: Case, view: ProposalView, origin: Origin) -> View:
    """What it means to say that something nobody could read was not done, and a required reason."""
    means = "Say so only if the platform shows that nothing changed. Baton then stops reading and never tries it again."
    return _word(NOT_DONE_FORM, "It was not done", means, case, view, origin)


def _word(form: str, heading: str, means: str, case: Case, view: ProposalView, origin: Origin) -> View:
    names = names_in(case, view.proposal)
    held = view.receipt
    last = f"_Read after the try:_\n{live_values(held, names, view.done.currency)}" if held and held.after else ""
    about = "\n".join(line for line in (f"*{named(view.proposal)}*", *changes(view.done, names), last) if line)
    why = reason("How do you know?", hint="Goes on the card. It can be said once.")
    return _form(form, heading, heading, [section(about), section(means), why], origin)


def snooze(case: Case, view: ProposalView, origin: Origin) -> View:
    """When to ask again. Decides nothing."""
    options = [(label, value) for value, (label, _) in SNOOZES.items()]
    choice = one_of(UNTIL, "Ask me again", options, TOMORROW)
    return _form(SNOOZE_FORM, "Snooze", "Snooze", [_about(case, view), choice], origin)


def ask(case: Case, view: ProposalView, origin: Origin) -> View:
    """A question; the answer goes to the card's thread where every owner sees it."""
    question = text(
        QUESTION,
        "What do you want to know?",
        hint="The answer comes in the card's thread, with its sources.",
        most=MOST_QUESTION,
        is_long=True,
        example="How sure are you? What did we try before?",
    )
    return _form(ASK_FORM, "Ask", "Ask", [_about(case, view), question], origin)


def notice(heading: str, words: str) -> View:
    """A private word in a modal; nothing to fill in."""
    return {
        "type": "modal",
        "callback_id": NOTICE,
        "title": label_of(cut(heading, 24)),
        "close": label_of("Close"),
        "blocks": [section(words)],
    }


def loading() -> View:
    """What is opened when the real modal needs longer than Slack's three seconds allow."""
    return notice("One moment", "Reading the proposal…")


def _form(callback_id: str, heading: str, submit: str, blocks: list[Block], origin: Origin) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": label_of(heading),
        "submit": label_of(submit),
        "close": label_of("Cancel"),
        "private_metadata": origin.model_dump_json(),
        "blocks": blocks,
    }


def _about(case: Case, view: ProposalView) -> Block:
    action = view.proposal.action
    told = changes(action, names_in(case, view.proposal))
    lines = [f"*{named(view.proposal)}*", *told, forecast_words(view.proposal.forecast, action.currency, whose(action))]
    return section("\n".join([*lines, f"_{outside(case.signal.headline, 150)}_"]))


def _field(action: Action, index: int) -> Block:
    editable = action.editable[index]
    held: object = getattr(action, editable.field)
    limits = [getattr(rule, "max_length", None) for rule in type(action).model_fields[editable.field].metadata]
    most = next((limit for limit in limits if isinstance(limit, int)), 60 if isinstance(held, Decimal) else 200)
    label = f"{editable.label}{unit(action, editable.field)}"
    return text(editable.field, label, hint=editable.hint, value=str(held), most=most, is_long=most >= 300, least=1)


def press_of(origin: Origin) -> Press:
    """The press a modal stands for."""
    return Press(origin.proposal_id, origin.version)
