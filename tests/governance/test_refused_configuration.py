"""A configuration that would take a decision from people is refused before anything starts."""

from datetime import date
from pathlib import Path

import pytest

from app.serving import checked
from domain.errors import ConfigurationError
from domain.operating_model import BreakGlass, Delegation, Limit, Policy, Restriction
from governance.review import check, refusals
from tests.app.process import baton_again, environment
from tests.governance.company import CLEO, CORA, MARA, PEOPLE, TODAY, model, policy

FILE = """\
company: Kork
source: {kind: folder, path: tables}
people:
  - {name: Cora Main, slack: U0CORA0001, roles: [cmo, media_lead]}
policy:
  automatic: [pause_ad, KIND]
"""
NOBODY = "U0NOBODY01"


def away(of: str = MARA, to: str = CLEO, last: date = TODAY, **more: object) -> Delegation:
    return Delegation.model_validate({"of": of, "to": to, "first_day": TODAY, "last_day": last} | more)


@pytest.mark.parametrize("kind", ["set_budget", "set_target", "rotate_audience", "refresh_creative", "retention_flow"])
def test_a_file_that_makes_a_human_decision_automatic_is_refused(kind: str, tmp_path: Path):
    file = tmp_path / "baton.yaml"
    file.write_text(FILE.replace("KIND", kind), "utf-8")
    with pytest.raises(ConfigurationError, match=f"baton.yaml: {kind} cannot be automatic: .* decided by a person"):
        checked(file)
    file.write_text(FILE.replace("KIND", "fix_tracking"), "utf-8")
    assert checked(file).policy.automatic == {"pause_ad", "fix_tracking"}


async def test_serving_with_such_a_file_ends_with_exit_code_2_and_nothing_started(tmp_path: Path):
    (tmp_path / "baton.yaml").write_text(FILE.replace("KIND", "shift_budget"), "utf-8")
    env = environment(tmp_path / "home", SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    done = await baton_again("serve", env=env, cwd=tmp_path)
    assert done.code == 2
    assert "shift_budget cannot be automatic: budget shift is always decided by a person." in done.err
    assert not (tmp_path / "home").exists()


LONG = BreakGlass.model_construct(role="cmo", minutes=61)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"policy": Policy().model_copy(update={"break_glass": LONG})}, "may last 60 minutes at most, not 61."),
        ({"policy": policy(break_glass=BreakGlass(role="cfo"))}, "cfo may decide alone, a role nobody holds."),
        (
            {"policy": policy(escalate_to="coo")},
            "passed on to coo, a role nobody holds; name another under escalate_to",
        ),
        ({"delegations": (away(MARA, MARA),)}, "Mara Lind cannot stand in for themselves."),
        ({"delegations": (away(to=NOBODY),)}, f"A delegation names {NOBODY}, who is not among the people."),
        ({"delegations": (away(of=NOBODY),)}, f"A delegation names {NOBODY}, who is not among the people."),
        ({"delegations": (away(roles=frozenset({"cmo"})),)}, "Mara Lind cannot hand over cmo, which they do not hold."),
        ({"delegations": (away(last=date(2026, 3, 13)),)}, "of Mara Lind to Cleo Park ends before it begins."),
        ({"delegations": (away(last=date(2026, 6, 14)),)}, "Cleo Park stands in for Mara Lind for more than 92 days"),
        ({"delegations": (away(last=date.max),)}, "for more than 92 days"),
        ({"policy": policy(limits=(Limit(role="cmo", actions=frozenset({"x"})),))}, "x under the limit of the CMO is"),
        ({"mandates": {"creative": Restriction(without=frozenset({"x"}))}}, "x under the mandate of creative is not"),
        ({"policy": policy(automatic=frozenset({"x"}))}, "x under automatic is not an action"),
        ({"timezone": "Europe/Atlantis"}, "The time zone of the company, Europe/Atlantis, is not known."),
        (
            {"people": (PEOPLE[0].model_copy(update={"timezone": "Mars"}), *PEOPLE[1:])},
            "The time zone of Mara Lind, Mars, is not known.",
        ),
    ],
)
def test_what_must_not_be_is_refused(change: dict, sentence: str):
    found = refusals(model(change.pop("policy", None), **change))
    assert len(found) == 1
    assert sentence in found[0]


def test_what_is_just_within_bounds_is_taken():
    glass = BreakGlass(role="cmo", minutes=60)
    company = model(policy(break_glass=glass), delegations=(away(last=date(2026, 6, 13)), away(last=TODAY)))
    assert refusals(company) == ()
    nobody_to_pass_it_on_to = policy(escalate_to="coo", escalate_after_hours=None)
    assert refusals(model(nobody_to_pass_it_on_to)) == ()


def test_an_architect_of_some_accounts_only_leaves_others_to_nobody():
    cora = next(person for person in PEOPLE if person.slack == CORA)
    for part in ({"accounts": {"a1"}}, {"platforms": {"meta"}}):
        partial = [person for person in PEOPLE if person.slack != CORA] + [cora.model_copy(update=part)]
        found = check(model(policy(), people=partial))
        assert found == ("No CMO answers for all accounts, so nobody decides about the others.",)


def test_standing_in_is_not_handed_on():
    chain = (away(MARA, CLEO), away(CLEO, CORA))
    assert check(model(policy(), delegations=chain)) == (
        "Cleo Park stands in for Mara Lind and is away from 14 March: what is handed over to them is not handed on.",
    )
    apart = (away(MARA, CLEO), away(CLEO, CORA, first_day=date(2026, 3, 15), last=date(2026, 3, 16)))
    assert check(model(policy(), delegations=apart)) == ()


def test_a_question_that_expires_before_it_is_passed_on_never_is():
    assert check(model(policy(expires_after_hours=49))) == ()
    assert check(model(policy(expires_after_hours=48))) == (
        "Questions expire after 48 hours and are passed on after 48, so they never are.",
    )
    assert check(model(policy(expires_after_hours=24, escalate_after_hours=None))) == ()


def test_a_company_without_an_architect_is_refused_as_nobody_could_ever_change_anything():
    nobody = tuple(one for one in PEOPLE if one.slack != CORA)
    assert refusals(model(policy(escalate_after_hours=None), people=nobody)) == (
        "Nobody holds the role cmo, so nobody answers where no owner can, or agrees to a change.",
    )
    assert not any("cmo" in problem for problem in check(model(people=nobody)))
