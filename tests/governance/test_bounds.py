"""A limit above the hard cap limits nothing, and a change that makes one so says it."""

from governance.differences import changes
from tests.governance.test_differences import BASE, limit, policy


def test_a_limit_above_the_hard_cap_is_said_to_limit_nothing_when_it_comes_to_be_so():
    moot = (
        "The limit of the media lead, {} a day, limits no budget: none moves by more than {} in a day, whoever approves"
    )
    raised = [one.sentence for one in changes(BASE, limit(max_change=0.8))]
    assert any(sentence.startswith(moot.format("80 %", "50 %")) for sentence in raised)
    capped = [one.sentence for one in changes(BASE, policy(max_budget_change=0.2))]
    assert any(sentence.startswith(moot.format("30 %", "20 %")) for sentence in capped)
    assert not any("limits no budget" in one.sentence for one in changes(BASE, limit(max_change=0.5)))
    was_so = limit(max_change=0.8)
    later = was_so.model_copy(update={"policy": was_so.policy.model_copy(update={"version": 9})})
    assert not any("limits no budget" in one.sentence for one in changes(was_so, later)), "said once"
    assert not next(one for one in changes(BASE, limit(max_change=0.8)) if "limits no budget" in one.sentence).loosens
