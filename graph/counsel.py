"""What governance says, by the names it has there: the one place where the graphs meet it.

Called as `counsel.allow(…)`, since many of these share a name with what the memory keeps about the same.
"""

from domain.roles import ARCHITECT
from governance.alteration import alter
from governance.amendments import Past, changes, is_agreed, may_agree, may_draft, quorum, replay, stuck, who_agree
from governance.authority import allow, approvals_needed, asked_now, may_close, passed_on, still_valid, too_late
from governance.autonomy import RECENT, below, falls, may_grant, record
from governance.drafting import edit, edited
from governance.emergencies import may_declare, may_lift, may_review, may_stop
from governance.mandates import level
from governance.moves import of_decision as moved
from governance.people import answering, believed, capacities, known, roles_on
from governance.review import refusals, review
from governance.terms import title

__all__ = [
    "ARCHITECT",
    "RECENT",
    "Past",
    "allow",
    "alter",
    "answering",
    "approvals_needed",
    "asked_now",
    "believed",
    "below",
    "capacities",
    "changes",
    "edit",
    "edited",
    "falls",
    "is_agreed",
    "known",
    "level",
    "may_agree",
    "may_close",
    "may_declare",
    "may_draft",
    "may_grant",
    "may_lift",
    "may_review",
    "may_stop",
    "moved",
    "passed_on",
    "quorum",
    "record",
    "refusals",
    "replay",
    "review",
    "roles_on",
    "still_valid",
    "stuck",
    "title",
    "too_late",
    "who_agree",
]
