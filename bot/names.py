"""Names shared by a button and its listener, and what a button carries."""

import re
from dataclasses import dataclass

APPROVE, OVERRIDE, REJECT, SNOOZE, ASK = (
    "approve_proposal",
    "override_proposal",
    "reject_proposal",
    "snooze_proposal",
    "ask_about_proposal",
)
"""What can be done about a proposal: buttons, or entries of the menu beside them."""
MORE = "more_about_proposal"
"""The menu. An entry's value begins with the name of what it does: "snooze_proposal:prop_1f2e3d4c5b6a:2"."""
UNDO = "undo_proposal"
"""The button under what was done, as long as it can be taken back."""
SAY_DONE, SAY_NOT_DONE = "say_done", "say_not_done"
"""The buttons under what nobody could read."""
REFRESH_HOME = "refresh_home"
FILTER_HOME = "filter_home"
"""Beginning of the buttons that choose what App Home shows: "filter_home_mine"."""
CHANGE_OWN, HAND_OVER, TAKE_BACK = "change_own", "hand_over", "take_back"
"""Buttons under what somebody sets for themselves."""
OWN_FORM, HAND_OVER_FORM = "own_form", "hand_over_form"
"""Their modals, by callback id."""
SHOW_INBOX, SHOW_DESIGN = "show_inbox", "show_design"
"""The two tabs of App Home; the second is the architect's."""
EDIT_PART = "edit_part"
"""A choice in the design tab. Its value names a part of the operating model and an entry: "limits/0", "limits/new"."""
AGREE, DISAGREE = "agree_amendment", "reject_amendment"
"""Buttons under a change of the operating model that waits."""
STOP, LIFT, BREAK_GLASS, END_EMERGENCY, REVIEW_EMERGENCY, GRANT = (
    "stop",
    "lift_stop",
    "break_glass",
    "end_emergency",
    "review_emergency",
    "grant_level",
)
"""The other buttons of the design tab."""

OVERRIDE_FORM, REJECT_FORM, SNOOZE_FORM, ASK_FORM, NOTICE = (
    "override_form",
    "reject_form",
    "snooze_form",
    "ask_form",
    "notice",
)
"""Modals, by callback id."""
UNDO_FORM = "undo_form"
DONE_FORM, NOT_DONE_FORM = "done_form", "not_done_form"
"""What a person says came of what nobody could read."""
EDIT_FORM, AGREE_FORM, DISAGREE_FORM, STOP_FORM, LIFT_FORM, BREAK_GLASS_FORM, REVIEW_FORM, GRANT_FORM = (
    "edit_form",
    "agree_form",
    "disagree_form",
    "stop_form",
    "lift_form",
    "break_glass_form",
    "review_form",
    "grant_form",
)
"""Modals of the design tab, by callback id."""
REASON, QUESTION, UNTIL = "reason", "question", "until"
"""Inputs: block id and action id of the required reason, of a question, of a snooze. An action's own field goes by its
name in the catalogue."""
RATE = "rate_answer"
"""Both buttons under an answer: helpful, not helpful."""
COMMAND = "/baton"


ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
"""What an id of ours can look like: "prop_1f2e3d4c5b6a"."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button carries: which proposal, and the version that was on the card."""

    proposal_id: str
    version: int

    @property
    def value(self) -> str:
        """As the button's value: "prop_1f2e3d4c5b6a:2"."""
        return f"{self.proposal_id}:{self.version}"

    @classmethod
    def parse(cls, value: str) -> "Press | None":
        """The press behind a button's value; None for anything a button of ours never carries."""
        proposal_id, colon, version = value.rpartition(":")
        counts = version.isascii() and version.isdecimal() and len(version) <= 10
        if not (colon and ID.fullmatch(proposal_id) and counts and 1 <= int(version) < 2**31):
            return None
        return cls(proposal_id, int(version))
