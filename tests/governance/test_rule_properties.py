"""What holds of the rules under any policy: order never matters, more rules never ask less, nor do smaller steps."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.action import ACTION_KINDS, ShiftBudget
from domain.catalogue import CATALOGUE, Risk
from domain.operating_model import Freeze, Limit, OperatingModel, Person, Policy, Restriction
from domain.proposal import Proposal
from domain.standing import CalendarFreeze, Grant, Level, Move, Standing, Stop
from domain.verdict import Ask, Automatic, Forbidden, Verdict
from governance import moves
from governance.review import is_as_strict, review, stricter
from governance.rules import RULES
from tests.governance.company import MARA, NOW, TODAY, budget, model, proposal, when
from tests.governance.test_review import ONE_OF_EACH, asked_about

AGENTS = ("creative", "audience", "pacing")
ROLES = ("media_lead", "creative_lead", "crm_lead", "web_lead", "content_lead", "cmo", "cfo")
FEW = settings(max_examples=120, deadline=None)

kinds = st.frozensets(st.sampled_from(ACTION_KINDS), max_size=4)
accounts = st.sampled_from([frozenset[str](), frozenset({"a1"}), frozenset({"a2"})])
limits = st.builds(
    Limit,
    role=st.sampled_from(ROLES),
    actions=kinds,
    accounts=accounts,
    max_change=st.none() | st.floats(0.01, 2),
    max_per_day=st.none() | st.decimals(1, 1000, places=2),
    beyond=st.sampled_from(ROLES),
)
policies = st.builds(
    Policy,
    limits=st.lists(limits, max_size=4).map(tuple),
    forbidden=st.frozensets(st.sampled_from(ACTION_KINDS), max_size=1),
    automatic=st.frozensets(st.sampled_from(ACTION_KINDS)),
    max_budget_change=st.floats(0.05, 5),
)
people = st.lists(
    st.builds(
        Person, name=st.just("P"), slack=st.integers(10_000, 99_999).map("U{}".format),
        roles=st.frozensets(st.sampled_from(ROLES), max_size=3), accounts=accounts,
    ),
    max_size=6, unique_by=lambda person: person.slack,
)  # fmt: skip
days = st.integers(-2, 2).map(lambda offset: TODAY + timedelta(days=offset))
freezes = st.builds(Freeze, name=st.sampled_from(["sale", "audit"]), first_day=days, last_day=days)
calendars = st.builds(
    CalendarFreeze, name=st.sampled_from(["sale", "audit"]), first_day=days, last_day=days,
    account_id=st.sampled_from(["", "a1", "a2"]),
)  # fmt: skip
restrictions = st.builds(Restriction, off=st.booleans(), without=kinds)
models = st.builds(
    lambda policy, some, frozen, mandates: model(policy, people=some, freezes=frozen, mandates=mandates),
    policies, people, st.lists(freezes, max_size=1), st.dictionaries(st.sampled_from(AGENTS), restrictions, max_size=2),
)  # fmt: skip
stops = st.builds(
    lambda of, agent, kind: Stop.model_validate(
        {"id": "stop_1", "of": of, "name": {"agent": agent, "action": kind}.get(of, ""), "reason": "r"}
        | {"by": MARA, "at": NOW}
    ),
    st.sampled_from(["everything", "agent", "action"]), st.sampled_from(AGENTS), st.sampled_from(ACTION_KINDS),
)  # fmt: skip
grants = st.builds(
    Grant, agent=st.sampled_from(AGENTS), action=st.sampled_from(ACTION_KINDS), level=st.sampled_from(Level),
    by=st.just(MARA), at=st.just(NOW), because=st.just("b"),
)  # fmt: skip
amounts = st.decimals("0.01", 2000, places=2)
addresses = [f"meta/{account}/campaign/{one}/daily_budget" for account in ("a1", "a2") for one in ("c1", "c3")]
steps = st.builds(
    Move, proposal_id=st.just("prop_earlier"), role=st.sampled_from(ROLES), action=st.sampled_from(["", "set_budget"]),
    address=st.sampled_from(addresses),
    was=amounts, to=amounts, currency=st.sampled_from(["EUR", "USD"]), money=amounts,
)  # fmt: skip
standings = st.builds(
    Standing, stops=st.lists(stops, max_size=1).map(tuple), grants=st.lists(grants, max_size=4).map(tuple),
    moves=st.lists(steps, max_size=3).map(tuple), freezes=st.lists(calendars, max_size=1).map(tuple),
)  # fmt: skip


@st.composite
def proposals(draw: st.DrawFn) -> Proposal:
    kind = draw(st.sampled_from([*ACTION_KINDS, "set_budget", "set_budget", "pause_ad"]))
    action = budget(str(draw(amounts)), str(draw(amounts))) if kind == "set_budget" else ONE_OF_EACH[kind]
    agents = draw(st.lists(st.sampled_from(AGENTS), max_size=2, unique=True).map(tuple))
    asked = asked_about(action, draw(st.sampled_from([CATALOGUE[kind].owner, "cmo"])))
    undoes = draw(st.sampled_from([asked.undoes, asked.undoes, "prop_1"]))
    return asked.model_copy(update={"agents": agents, "undoes": undoes})


def answer(asked: Proposal, company: OperatingModel, standing: Standing) -> Verdict:
    return review(asked, company, when(TODAY), standing)


def suffices(group: tuple[frozenset[str], ...], verdict: Verdict, owner: str) -> bool:
    """Whether people with these roles, one set each, may together approve. Written without governance."""
    if isinstance(verdict, Automatic):
        return True
    if isinstance(verdict, Forbidden):
        return False
    deciding = {verdict.role, "cmo"} | ({owner} if verdict.quorum > 1 else set())
    able = [roles for roles in group if roles & deciding]
    both = all(any(roles & {one, "cmo"} for roles in able) for one in (verdict.role, owner))
    return len(able) >= verdict.quorum and (verdict.quorum == 1 or both)


groups = st.lists(st.frozensets(st.sampled_from(ROLES), max_size=2), max_size=3).map(tuple)


@FEW
@given(proposals(), models, standings, st.permutations(RULES), st.randoms(use_true_random=False))
def test_no_order_of_anything_changes_an_answer(asked, company, standing, rules, shuffle):
    def mixed(some):
        return tuple(shuffle.sample(list(some), len(some)))

    policy = company.policy.model_copy(update={"limits": mixed(company.policy.limits)})
    turned = company.model_copy(
        update={"policy": policy, "people": mixed(company.people), "freezes": mixed(company.freezes)}
    )
    other = standing.model_copy(
        update={"stops": mixed(standing.stops), "grants": mixed(standing.grants), "freezes": mixed(standing.freezes)}
    )
    same = asked.model_copy(update={"agents": mixed(asked.agents)})
    assert review(same, turned, when(TODAY), other, rules) == answer(asked, company, standing)


@FEW
@given(proposals(), models, standings, groups)
def test_no_rule_that_asks_or_forbids_lets_fewer_people_do_it(asked, company, standing, group):
    every = answer(asked, company, standing)
    for left_out in RULES:
        fewer = review(asked, company, when(TODAY), standing, [rule for rule in RULES if rule is not left_out])
        said = left_out(asked, company, when(TODAY), moves.before(standing, asked))
        if not isinstance(said, Automatic) and suffices(group, every, asked.owner):
            assert suffices(group, fewer, asked.owner), left_out


@FEW
@given(proposals(), models, standings, groups, stops, freezes, calendars, limits, grants, steps)
def test_nothing_that_is_added_lets_fewer_people_do_it(
    asked, company, standing, group, stop, freeze, calendar, limit, grant, step
):
    before = answer(asked, company, standing)
    policy = company.policy.model_copy(update={"limits": (*company.policy.limits, limit)})
    lower = [one for one in (grant,) if one.level is not Level.AUTOMATIC]
    for after in (
        answer(asked, company, standing.model_copy(update={"stops": (*standing.stops, stop)})),
        answer(asked, company, standing.model_copy(update={"freezes": (*standing.freezes, calendar)})),
        answer(asked, company, standing.model_copy(update={"moves": (*standing.moves, step)})),
        answer(asked, company, standing.model_copy(update={"grants": (*standing.grants, *lower)})),
        answer(asked, company.model_copy(update={"freezes": (*company.freezes, freeze)}), standing),
        answer(asked, company.model_copy(update={"policy": policy}), standing),
    ):
        if suffices(group, after, asked.owner):
            assert suffices(group, before, asked.owner)
        assert is_as_strict(after, before, asked.owner)


@FEW
@given(proposals(), models, standings)
def test_nothing_hands_a_human_decision_to_a_machine(asked, company, standing):
    found = answer(asked, company, standing)
    if isinstance(found, Automatic):
        assert CATALOGUE[asked.action.kind].risk is Risk.ROUTINE
        assert asked.undoes is None
        assert not any(stop.of == "everything" for stop in standing.stops)
    assert found.rules


@FEW
@given(models, standings, st.lists(amounts, min_size=2, max_size=5), groups)
def test_many_small_steps_never_need_fewer_people_than_one(company, standing, values, group):
    assume(values[0] != values[-1])
    at_once = proposal(budget(str(values[-1]), str(values[0])))
    needed = answer(at_once, company, standing.model_copy(update={"moves": ()}))
    made: tuple[Move, ...] = ()
    enough = True
    for number, (was, to) in enumerate(pairwise(values)):
        step = proposal(budget(str(to), str(was))).model_copy(update={"id": f"prop_{number:012d}"})
        found = answer(step, company, standing.model_copy(update={"moves": made}))
        enough &= suffices(group, found, step.owner)
        made += moves.of_decision(step)
    if enough:
        assert suffices(group, needed, at_once.owner)


@FEW
@given(models, st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=4), groups)
def test_nor_do_many_small_shifts(company, parts, group):
    def shift(amount: Decimal, given: Decimal) -> Proposal:
        return proposal(
            ShiftBudget(
                platform="meta", account_id="a1", currency="EUR", from_campaign="c3", to_campaign="c1", amount=amount,
                from_was=Decimal(400) - given, to_was=Decimal(300) + given,
            )
        )  # fmt: skip

    assume(sum(parts) <= Decimal(400))
    made: tuple[Move, ...] = ()
    enough, given_so_far = True, Decimal(0)
    for number, part in enumerate(parts):
        step = shift(part, given_so_far).model_copy(update={"id": f"prop_{number:012d}"})
        enough &= suffices(group, answer(step, company, Standing(moves=made)), step.owner)
        made, given_so_far = made + moves.of_decision(step), given_so_far + part
    whole = shift(given_so_far, Decimal(0))
    if enough:
        assert suffices(group, answer(whole, company, Standing()), whole.owner)


@FEW
@given(st.data(), groups)
def test_the_stricter_of_two_verdicts_meets_both(data, group):
    asks = st.builds(
        Ask,
        role=st.sampled_from(["media_lead", "cmo"]),
        quorum=st.just(1),
        within_hours=st.integers(1, 9),
        rules=st.just(("a",)),
    ) | st.builds(
        Ask, role=st.sampled_from(["cfo", "cmo"]), quorum=st.just(2), within_hours=st.just(5), rules=st.just(("b",))
    )
    any_verdict = asks | st.just(Automatic(rules=("c",))) | st.just(Forbidden(rules=("d",)))
    one, other = data.draw(any_verdict), data.draw(any_verdict)
    both = stricter(one, other, "media_lead")
    assert both == stricter(other, one, "media_lead")
    assert is_as_strict(both, one, "media_lead")
    assert is_as_strict(both, other, "media_lead")
    if suffices(group, both, "media_lead"):
        assert suffices(group, one, "media_lead")
        assert suffices(group, other, "media_lead")
    if is_as_strict(one, other, "media_lead") and suffices(group, one, "media_lead"):
        assert suffices(group, other, "media_lead")
