"""The architect edits the operating model in forms: one part at a time, and what is wrong is said at its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidChange
from domain.operating_model import Delegation, Freeze, Goal, Limit, OperatingModel, Person, Restriction, SourceSettings
from domain.signal import Cause
from governance.drafting import PARTS, edit
from governance.drafting import edited as shown

MARA, MILO, ADA = "U0MARA0001", "U0MILO0001", "U0ADA00001"
MODEL = OperatingModel(
    company="Kork",
    source=SourceSettings(path="data"),
    people=(
        Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"})),
        Person(name="Ada Moreau", slack=ADA, roles=frozenset({"cmo"})),
    ),
    goals=(Goal(name="acquisition cost", metric="cpa", target=Decimal(36)),),
)


def edited(part: str, **values: str) -> OperatingModel:
    return edit(MODEL, part, values)


def refused(part: str, **values: str) -> str:
    with pytest.raises(InvalidChange) as problem:
        edited(part, **values)
    return problem.value.field


def test_policy_is_typed_in_hours_and_per_cent():
    policy = edited("policy", expires_after_hours="48", max_budget_change="30 %", remind_after_hours="",
                    escalate_after_hours="12", escalate_to="cmo", forbidden="set_target, pause_ad", automatic="",
                    break_glass_role="cmo", break_glass_minutes="30").policy  # fmt: skip
    assert (policy.expires_after_hours, policy.max_budget_change) == (48, 0.3)
    assert (policy.remind_after_hours, policy.escalate_after_hours) == (None, 12)
    assert policy.forbidden == {"set_target", "pause_ad"}
    assert policy.break_glass
    assert (policy.break_glass.role, policy.break_glass.minutes) == ("cmo", 30)


@pytest.mark.parametrize(
    ("part", "values", "other", "itself"),
    [
        ("policy", {}, ("limits", {"role": "media_lead", "max_change": "30"}), {"expires_after_hours": "24"}),
        ("limits", {"key": "0"}, ("policy", {"max_budget_change": "20"}), {"role": "media_lead", "max_change": "9"}),
        ("routes", {}, ("policy", {"max_budget_change": "20"}), {"cause": "creative_fatigue", "roles": "cmo"}),
        ("goals", {"key": "0"}, ("routes", {"channel": "growth"}), {"name": "cost", "metric": "cpa", "target": "30"}),
        ("mandates", {"key": "performance"}, ("mandates", {"key": "seo", "off": "yes"}), {"off": "yes"}),
        ("people", {"key": MARA}, ("people", {"key": ADA, "remove": "yes"}), {"name": "Mara", "slack": MARA}),
    ],
)
def test_a_form_is_of_yesterday_where_what_it_shows_changed_and_only_then(
    part: str, values: dict[str, str], other: tuple[str, dict[str, str]], itself: dict[str, str]
):
    held = edit(MODEL, "limits", {"role": "media_lead", "max_change": "30"})
    assert shown(edit(held, *other), part, values) == shown(held, part, values)
    assert shown(edit(held, part, {**itself, **values}), part, values) != shown(held, part, values)


@pytest.mark.parametrize("part", ["limits", "goals", "freezes", "delegations", "people"])
def test_a_new_entry_writes_over_nothing(part: str):
    assert shown(MODEL, part, {"key": "new"}) is None


def test_an_emergency_of_two_hours_is_refused_at_its_field():
    assert refused("policy", break_glass_role="cmo", break_glass_minutes="120") == "break_glass_minutes"


def test_editing_the_policy_keeps_its_limits():
    limited = edit(MODEL, "limits", {"role": "media_lead", "max_change": "30"})
    assert edit(limited, "policy", {"expires_after_hours": "24"}).policy.limits == limited.policy.limits


def test_a_limit_is_added_changed_and_taken_out():
    added = edited(
        "limits", key="new", role="media_lead", actions="set_budget", max_change="30", max_per_day="1.200,00"
    )
    assert added.policy.limits == (
        Limit(role="media_lead", actions=frozenset({"set_budget"}), max_change=0.3, max_per_day=Decimal("1200.00")),
    )
    changed = edit(added, "limits", {"key": "0", "role": "media_lead", "max_change": "20"})
    assert changed.policy.limits == (Limit(role="media_lead", max_change=0.2),)
    assert edit(changed, "limits", {"key": "0", "remove": "yes"}).policy.limits == ()


def test_a_limit_must_limit_something():
    assert refused("limits", role="media_lead") == "max_change"


def test_a_cause_is_routed_to_other_owners_and_back_to_the_usual_ones():
    routed = edited("routes", cause="creative_fatigue", roles="creative_lead, media_lead")
    assert routed.routes.owners == {Cause.CREATIVE_FATIGUE: ("creative_lead", "media_lead")}
    assert edit(routed, "routes", {"cause": "creative_fatigue", "roles": ""}).routes.owners == {}
    assert edited("routes", channel="#growth").routes.channel == "growth"
    assert refused("routes", cause="bad_luck", roles="cmo") == "cause"


def test_a_goal_keeps_what_the_form_does_not_show():
    goal = edited("goals", key="0", name="acquisition cost", metric="cpa", target="34,50", weight="2").goals[0]
    assert (goal.target, goal.weight, goal.scope) == (Decimal("34.50"), 2, MODEL.goals[0].scope)
    assert refused("goals", key="0", name="x", metric="cpa", target="cheap") == "target"
    assert refused("goals", key="0", name="x", metric="luck", target="1") == "metric"


def test_an_agents_mandate_is_only_ever_narrowed():
    off = edited("mandates", key="content", off="yes", without="write_brief")
    assert off.mandates == {"content": Restriction(off=True, without=frozenset({"write_brief"}))}
    assert edit(off, "mandates", {"key": "content"}).mandates == {}


def test_a_freeze_ends_after_it_begins():
    frozen = edited("freezes", name="Black week", first_day="2026-11-23", last_day="2026-11-29")
    assert frozen.freezes == (Freeze(name="Black week", first_day=date(2026, 11, 23), last_day=date(2026, 11, 29)),)
    assert refused("freezes", name="x", first_day="2026-11-29", last_day="2026-11-23") == "last_day"
    assert refused("freezes", name="x", first_day="soon", last_day="2026-11-23") == "first_day"


def test_somebody_stands_in_for_somebody_else_until_a_day():
    given_ = edited("delegations", of=MARA, to=ADA, first_day="2026-08-03", last_day="2026-08-14").delegations
    assert given_ == (Delegation(of=MARA, to=ADA, first_day=date(2026, 8, 3), last_day=date(2026, 8, 14)),)
    assert refused("delegations", of=MARA, to=MARA, first_day="2026-08-03", last_day="2026-08-14") == "to"
    assert refused("delegations", of=MARA, to=MILO, first_day="2026-08-03", last_day="2026-08-14") == "to"
    assert refused("delegations", of=MARA, to=ADA, first_day="2026-08-03", last_day="") == "last_day"


def test_people_join_change_and_leave():
    joined = edited("people", key="new", name="Milo", slack=MILO, roles="crm_lead", accounts="a1, a2")
    assert joined.people[2] == Person(
        name="Milo", slack=MILO, roles=frozenset({"crm_lead"}), accounts=frozenset({"a1", "a2"})
    )
    changed = edit(joined, "people", {"key": MARA, "name": "Mara Lind", "slack": MARA, "roles": ""})
    assert [person.slack for person in changed.people] == [MARA, ADA, MILO]
    assert changed.people[0].roles == frozenset()
    assert [person.slack for person in edit(changed, "people", {"key": MARA, "remove": "yes"}).people] == [ADA, MILO]
    assert refused("people", key="new", name="Twin", slack=MARA) == "slack"
    assert refused("people", key="new", name="Nobody", slack="mara") == "slack"


def test_an_entry_somebody_took_out_meanwhile_is_not_changed_by_its_number():
    assert refused("limits", key="3", role="media_lead", max_change="20") == "key"
    assert refused("colours", key="0") == "part"


FIELDS = (
    *("key", "name", "role", "roles", "slack", "max_change", "max_per_day", "target", "metric", "weight", "first_day"),
    *("last_day", "of", "to", "cause", "channel", "expires_after_hours", "break_glass_role", "break_glass_minutes"),
    *("remove", "off", "without", "timezone", "beyond", "forbidden"),
)


@given(st.sampled_from(PARTS), st.dictionaries(st.sampled_from(FIELDS), st.text(max_size=12)))
def test_whatever_is_typed_gives_an_operating_model_or_a_sentence_at_a_field(part: str, values: dict[str, Any]):
    try:
        made = edit(MODEL, part, values)
    except InvalidChange as problem:
        assert problem.field
        assert str(problem)
    else:
        assert OperatingModel.model_validate(made.model_dump()) == made


def test_a_form_that_does_not_show_when_questions_are_passed_on_leaves_it_as_it_is():
    policy = edited("policy", max_budget_change="30 %").policy
    assert (policy.remind_after_hours, policy.escalate_after_hours) == (24, 48)
    assert edited("policy", escalate_after_hours=" ").policy.escalate_after_hours is None
