"""Whoever comes after a decision hears the same, whether the whole case was read or the decision alone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.badge import Badge
from domain.case import ProposalStatus
from domain.errors import Refusal
from domain.proposal import Approved, Decision, Expired, FinalDecision, Overridden, Rejected, Snoozed
from governance.authority import BATON, allow, too_late
from tests.governance.company import CLEO, CORA, MARA, NOW, budget, case, member, model, view, when

PROPOSAL = "prop_0123456789ab"
NOBODY = "U0NOBODY01"
people = st.sampled_from([MARA, CLEO, CORA, NOBODY])
said = {"proposal_id": PROPOSAL, "version": 1}


def made_by(by: str, kind: str) -> FinalDecision:
    earlier = {**said, "by": by, "at": NOW - timedelta(hours=1)}
    match kind:
        case "overridden":
            return Overridden.model_validate(earlier | {"action": budget("400"), "reason": "Easter sells"})
        case "rejected":
            return Rejected.model_validate(earlier | {"reason": "Easter sells"})
        case _:
            return Approved.model_validate(earlier)


expired = Expired(proposal_id=PROPOSAL, version=1, by=BATON, at=NOW - timedelta(hours=1))
made = st.builds(made_by, people, st.sampled_from(["approved", "overridden", "rejected"])) | st.just(expired)
badges = st.sampled_from(["member", "guest", "another", "silence"])


def badge_of(by: str, kind: str) -> Badge | None:
    told = {"member": member(by), "guest": Badge(slack=by, is_guest=True), "another": member(f"{by}X")}
    return told.get(kind)


def press(by: str, kind: str) -> Decision:
    now = {**said, "by": by, "at": NOW}
    match kind:
        case "overridden":
            return Overridden.model_validate(now | {"action": budget("300"), "reason": "Easter sells"})
        case "rejected":
            return Rejected.model_validate(now | {"reason": "Easter sells"})
        case "snoozed":
            return Snoozed.model_validate(now | {"until": NOW + timedelta(hours=4)})
        case _:
            return Approved.model_validate(now)


@given(
    by=people, kind=st.sampled_from(["approved", "overridden", "rejected", "snoozed"]), decision=made, slack_says=badges
)
def test_too_late_says_what_allow_says(by: str, kind: str, decision: FinalDecision, slack_says: str):
    badge = badge_of(by, slack_says)
    status = ProposalStatus.EXPIRED if isinstance(decision, Expired) else ProposalStatus.APPROVED
    with pytest.raises(Refusal) as whole:
        allow(press(by, kind), view(decision=decision, status=status), case(), model(), when(NOW), badge=badge)
    alone = too_late(by, decision, model(), badge)
    assert (type(alone), str(alone)) == (whole.type, str(whole.value))
