"""The modals: override, reject, snooze, ask, and a notice for what a modal or App Home has to say privately."""

from collections.abc import Mapping
from decimal import Decimal

from pydantic import BaseModel, Field

from bot.blocks import Block, context, section
from bot.change import changes, named, names_in, title, unit
from bot.names import (
    ASK_FORM,
    ID,
    NOTICE,
    OVERRIDE_FORM,
    QUESTION,
    REASON,
    REJECT_FORM,
    SNOOZE_FORM,
    UNDO_FORM,
    UNTIL,
    Press,
)
from bot.question import forecast_words, whose
from bot.words import cut, outside
from domain.action import Action, inverse
from domain.case import Case, ProposalView

View = dict[str, object]
LEAST_REASON, MOST_REASON, MOST_QUESTION = 3, 1000, 500
SNOOZES: Mapping[str, tuple[str, int]] = {
    "4": ("In 4 hours", 4),
    "24": ("Tomorrow at this time", 24),
    "72": ("In 3 days", 72),
}
"""Value → label and hours."""


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
    blocks.append(_text(REASON, "Why change it?", hint="Goes on the card; the agents learn from it.", most=MOST_REASON))
    return _form(OVERRIDE_FORM, "Approve with changes", "Approve changed", blocks, origin)


def reject(case: Case, view: ProposalView, origin: Origin) -> View:
    """A required reason."""
    reason = _text(REASON, "Why not?", hint="Goes on the card; the agents learn from it.", most=MOST_REASON)
    return _form(REJECT_FORM, "Reject", "Reject", [_about(case, view), reason], origin)


def undo(case: Case, view: ProposalView, origin: Origin) -> View:
    """What would be done to take something back, and a required reason."""
    back = inverse(view.done, view.receipt.before) if view.receipt else None
    told = changes(back, names_in(case, view.proposal)) if back is not None else []
    about = section("\n".join([f"*Undo: {named(view.proposal)}*", *told, f"_{outside(case.signal.headline, 150)}_"]))
    reason = _text(REASON, "Why take it back?", hint="Goes on the card; the agents learn from it.", most=MOST_REASON)
    small = context("Where you may decide this alone it is decided now; otherwise those who must agree are asked.")
    return _form(UNDO_FORM, "Undo", "Take it back", [about, reason, small], origin)


def snooze(case: Case, view: ProposalView, origin: Origin) -> View:
    """When to ask again. Decides nothing."""
    options: list[Block] = [{"text": _plain(label), "value": value} for value, (label, _) in SNOOZES.items()]
    element: Block = {
        "type": "radio_buttons",
        "action_id": UNTIL,
        "options": options,
        "initial_option": options[1],
    }
    choice: Block = {"type": "input", "block_id": UNTIL, "label": _plain("Ask me again"), "element": element}
    return _form(SNOOZE_FORM, "Snooze", "Snooze", [_about(case, view), choice], origin)


def ask(case: Case, view: ProposalView, origin: Origin) -> View:
    """A question; the answer goes to the card's thread where every owner sees it."""
    question = _text(
        QUESTION,
        "What do you want to know?",
        hint="The answer comes in the card's thread, with its sources.",
        most=MOST_QUESTION,
        example="How sure are you? What did we try before?",
    )
    return _form(ASK_FORM, "Ask", "Ask", [_about(case, view), question], origin)


def notice(heading: str, words: str) -> View:
    """A private word in a modal; nothing to fill in."""
    return {
        "type": "modal",
        "callback_id": NOTICE,
        "title": _plain(cut(heading, 24)),
        "close": _plain("Close"),
        "blocks": [section(words)],
    }


def loading() -> View:
    """What is opened when the real modal needs longer than Slack's three seconds allow."""
    return notice("One moment", "Reading the proposal…")


def _form(callback_id: str, heading: str, submit: str, blocks: list[Block], origin: Origin) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": _plain(heading),
        "submit": _plain(submit),
        "close": _plain("Cancel"),
        "private_metadata": origin.model_dump_json(),
        "blocks": blocks,
    }


def _about(case: Case, view: ProposalView) -> Block:
    action = view.proposal.action
    told = changes(action, names_in(case, view.proposal))
    lines = [f"*{title(action)}*", *told, forecast_words(view.proposal.forecast, action.currency, whose(action))]
    return section("\n".join([*lines, f"_{outside(case.signal.headline, 150)}_"]))


def _field(action: Action, index: int) -> Block:
    editable = action.editable[index]
    held: object = getattr(action, editable.field)
    limits = [getattr(rule, "max_length", None) for rule in type(action).model_fields[editable.field].metadata]
    most = next((limit for limit in limits if isinstance(limit, int)), 60 if isinstance(held, Decimal) else 200)
    label = f"{editable.label}{unit(action, editable.field)}"
    made = _text(editable.field, label, hint=editable.hint, most=most, is_long=most >= 300, least=1)
    element = made["element"]
    assert isinstance(element, dict)
    return {**made, "element": {**element, **({"initial_value": cut(str(held), most)} if str(held).strip() else {})}}


def _text(
    block_id: str,
    label: str,
    *,
    hint: str = "",
    most: int,
    least: int = LEAST_REASON,
    is_long: bool = True,
    example: str = "",
) -> Block:
    element: Block = {
        "type": "plain_text_input",
        "action_id": block_id,
        "multiline": is_long,
        "min_length": least,
        "max_length": most,
    }
    if example:
        element["placeholder"] = _plain(example)
    made: Block = {"type": "input", "block_id": block_id, "label": _plain(label), "element": element}
    return {**made, **({"hint": _plain(hint)} if hint else {})}


def _plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": True}


def press_of(origin: Origin) -> Press:
    """The press a modal stands for."""
    return Press(origin.proposal_id, origin.version)
