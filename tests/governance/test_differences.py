"""Each change of the operating model in one sentence, and whether it lets more happen with fewer people."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from domain.operating_model import (
    BreakGlass,
    Delegation,
    ExecutorSettings,
    Freeze,
    Goal,
    Limit,
    OperatingModel,
    Person,
    Policy,
    Restriction,
    Routes,
    SourceSettings,
)
from domain.rhythm import DigestSettings
from domain.scope import Scope
from domain.signal import Cause
from governance.amendments import changes
from tests.governance.company import CARL, CLEO, MARA, PEOPLE, TODAY, model
from tests.governance.test_rule_properties import models

LIMIT = Limit(role="media_lead", max_change=0.3, max_per_day=Decimal(500))
SALE = Freeze(name="sale", first_day=TODAY, last_day=TODAY + timedelta(days=3))
AWAY = Delegation(of=MARA, to=CARL, first_day=TODAY, last_day=TODAY + timedelta(days=3))
CPA = Goal(name="cost", metric="cpa", target=Decimal(40))
BASE = model(
    Policy(
        limits=(LIMIT,), forbidden=frozenset({"set_target"}), automatic=frozenset({"pause_ad"}),
        break_glass=BreakGlass(role="cmo", minutes=30),
    ),
    freezes=(SALE,), delegations=(AWAY,), goals=(CPA,),
    mandates={"creative": Restriction(without=frozenset({"resume_ad"}))},
)  # fmt: skip
MARA_, CLEO_, *REST = PEOPLE


def policy(**more: object) -> OperatingModel:
    return BASE.model_copy(update={"policy": BASE.policy.model_copy(update=more)})


def limit(**more: object) -> OperatingModel:
    return policy(limits=(LIMIT.model_copy(update=more),))


def mara(**more: object) -> OperatingModel:
    return BASE.model_copy(update={"people": (MARA_.model_copy(update=more), CLEO_, *REST)})


def other(**more: object) -> OperatingModel:
    return BASE.model_copy(update=more)


def frozenset_(*words: str) -> frozenset[str]:
    return frozenset(words)


OTHER_LIMIT = Limit(role="crm_lead", actions=frozenset({"set_budget"}), accounts=frozenset({"a1"}), max_change=0.1)
NEW = Person(name="Nils", slack="U0NILS0001", roles=frozenset({"media_lead"}))
DORA = Person(name="Dora", slack="U0DORA0001", roles=frozenset({"cmo"}))
TIGHTENS, LOOSENS = False, True
CHANGES = [
    (policy(version=2), TIGHTENS, "The policy is called version 2 instead of 1."),
    (policy(expires_after_hours=24), TIGHTENS, "A question expires: after 24 hours instead of after 72 hours."),
    (policy(expires_after_hours=100), LOOSENS, "A question expires: after 100 hours instead of after 72 hours."),
    (limit(max_change=0.2), TIGHTENS, "The media lead decides alone up to 20 % a day instead of 30 % a day."),
    (limit(max_change=0.4), LOOSENS, "The media lead decides alone up to 40 % a day instead of 30 % a day."),
    (limit(max_change=None), LOOSENS, "The media lead decides alone up to any amount instead of 30 % a day."),
    (
        limit(max_per_day=Decimal(499)),
        TIGHTENS,
        "The media lead decides alone up to €499 a day instead of €500 a day.",
    ),
    (
        limit(max_per_day=Decimal(501)),
        LOOSENS,
        "The media lead decides alone up to €501 a day instead of €500 a day.",
    ),
    (
        limit(beyond="web_lead"),
        LOOSENS,
        "Beyond the limit of the media lead the web lead must approve as well, instead of the CMO.",
    ),
    (
        policy(limits=()),
        LOOSENS,
        "This limit goes: a media lead decides alone up to 30 % and €500 a "
        "day; beyond that the CMO must approve as well.",
    ),
    (
        policy(limits=(LIMIT, OTHER_LIMIT)),
        TIGHTENS,
        "A new limit: a CRM lead decides alone up to 10 % a day to set budget "
        "for ad account a1; beyond that the CMO must approve as well.",
    ),
    (policy(forbidden=frozenset_()), LOOSENS, "Allowed again, where somebody approves it: set bid target."),
    (policy(forbidden=frozenset_("set_target", "set_budget")), TIGHTENS, "Nobody may set budget any more."),
    (policy(automatic=frozenset_()), TIGHTENS, "Asked again, except of agents a person has let act alone: pause ad."),
    (policy(automatic=frozenset_("pause_ad", "resume_ad")), LOOSENS, "Done without asking anybody: resume ad."),
    (policy(max_budget_change=0.4), TIGHTENS, "No budget moves in a day by more than 40 % instead of 50 %."),
    (policy(max_budget_change=0.6), LOOSENS, "No budget moves in a day by more than 60 % instead of 50 %."),
    (policy(remind_after_hours=None), TIGHTENS, "Owners are reminded: never instead of after 24 hours."),
    (policy(remind_after_hours=12), TIGHTENS, "Owners are reminded: after 12 hours instead of after 24 hours."),
    (policy(escalate_after_hours=24), LOOSENS, "A question is passed on: after 24 hours instead of after 48 hours."),
    (policy(escalate_after_hours=72), TIGHTENS, "A question is passed on: after 72 hours instead of after 48 hours."),
    (policy(escalate_after_hours=None), LOOSENS, "A question is passed on: never instead of after 48 hours."),
    (policy(escalate_to="web_lead"), LOOSENS, "Questions are passed on to the web lead instead of the CMO."),
    (policy(break_glass=None), TIGHTENS, "There is no emergency any more in which one person decides alone."),
    (
        policy(break_glass=BreakGlass(role="cmo", minutes=29)),
        TIGHTENS,
        "In an emergency the CMO decides alone for 29 minutes.",
    ),
    (
        policy(break_glass=BreakGlass(role="cmo", minutes=31)),
        LOOSENS,
        "In an emergency the CMO decides alone for 31 minutes.",
    ),
    (
        policy(break_glass=BreakGlass(role="web_lead", minutes=5)),
        LOOSENS,
        "In an emergency the web lead decides alone for 5 minutes.",
    ),
    (mara(name="Mara Lind-Roy"), TIGHTENS, "Mara Lind is called Mara Lind-Roy."),
    (mara(timezone="Europe/Paris"), TIGHTENS, "Mara Lind is in the time zone Europe/Paris."),
    (mara(roles=frozenset_()), LOOSENS, "Mara Lind is no longer media lead."),
    (mara(roles=frozenset_("media_lead", "cmo")), LOOSENS, "Mara Lind becomes CMO."),
    (mara(accounts=frozenset_("a1")), LOOSENS, "Mara Lind answers for the ad accounts a1 instead of all."),
    (mara(platforms=frozenset_("meta")), LOOSENS, "Mara Lind answers for the platforms meta instead of all."),
    (other(people=(CLEO_, *REST)), LOOSENS, "Mara Lind is taken out."),
    (other(people=(*PEOPLE, NEW)), LOOSENS, "Nils joins as media lead."),
    (other(people=(*PEOPLE, NEW.model_copy(update={"roles": frozenset_()}))), TIGHTENS, "Nils joins."),
    (other(people=PEOPLE[::-1]), TIGHTENS, "Entries are listed in another order."),
    (other(freezes=()), LOOSENS, "The freeze sale (14 March 2026 to 17 March 2026) goes."),
    (
        other(freezes=(SALE.model_copy(update={"last_day": TODAY}),)),
        LOOSENS,
        "The freeze sale is 14 March 2026 to 14 March 2026 instead of 14 March 2026 to 17 March 2026.",
    ),
    (
        other(freezes=(SALE.model_copy(update={"first_day": date(2026, 3, 13)}),)),
        TIGHTENS,
        "The freeze sale is 13 March 2026 to 17 March 2026 instead of 14 March 2026 to 17 March 2026.",
    ),
    (
        other(freezes=(SALE.model_copy(update={"first_day": date(2026, 3, 15), "last_day": date(2026, 3, 20)}),)),
        LOOSENS,
        "The freeze sale is 15 March 2026 to 20 March 2026 instead of 14 March 2026 to 17 March 2026.",
    ),
    (
        other(freezes=(SALE.model_copy(update={"last_day": date(2026, 3, 18)}),)),
        TIGHTENS,
        "The freeze sale is 14 March 2026 to 18 March 2026 instead of 14 March 2026 to 17 March 2026.",
    ),
    (
        other(freezes=(SALE, Freeze(name="audit", first_day=TODAY, last_day=TODAY))),
        TIGHTENS,
        "A new freeze: audit, 14 March 2026 to 14 March 2026.",
    ),
    (other(delegations=()), TIGHTENS, "No longer: Carl Voss stands in for Mara Lind, 14 March 2026 to 17 March 2026."),
    (
        other(delegations=(AWAY, AWAY.model_copy(update={"of": CLEO, "roles": frozenset_("content_lead")}))),
        LOOSENS,
        "Carl Voss stands in for Cleo Park as content lead, 14 March 2026 to 17 March 2026.",
    ),
    (
        other(delegations=(AWAY.model_copy(update={"last_day": TODAY}),)),
        TIGHTENS,
        "Carl Voss stands in for Mara Lind, 14 March 2026 to 14 March 2026; before: 14 March 2026 to 17 March 2026.",
    ),
    (
        other(delegations=(AWAY.model_copy(update={"first_day": date(2026, 3, 15)}),)),
        TIGHTENS,
        "Carl Voss stands in for Mara Lind, 15 March 2026 to 17 March 2026; before: 14 March 2026 to 17 March 2026.",
    ),
    (
        other(delegations=(AWAY.model_copy(update={"last_day": date(2026, 3, 18)}),)),
        LOOSENS,
        "Carl Voss stands in for Mara Lind, 14 March 2026 to 18 March 2026; before: 14 March 2026 to 17 March 2026.",
    ),
    (
        other(delegations=(AWAY.model_copy(update={"first_day": date(2026, 3, 13)}),)),
        LOOSENS,
        "Carl Voss stands in for Mara Lind, 13 March 2026 to 17 March 2026; before: 14 March 2026 to 17 March 2026.",
    ),
    (
        other(delegations=(AWAY.model_copy(update={"roles": frozenset_("media_lead")}),)),
        TIGHTENS,
        "Carl Voss stands in for Mara Lind as media lead, 14 March 2026 to 17 "
        "March 2026; before: 14 March 2026 to 17 March 2026.",
    ),
    (other(mandates={}), LOOSENS, "To be suggested again by the creative agent: resume ad."),
    (
        other(mandates={"creative": Restriction(without=frozenset_("resume_ad", "pause_ad"))}),
        TIGHTENS,
        "No longer to be suggested by the creative agent: pause ad.",
    ),
    (
        other(mandates={**BASE.mandates, "pacing": Restriction(off=True)}),
        TIGHTENS,
        "Switched off: the pacing agent.",
    ),
    (
        other(mandates={**BASE.mandates, "pacing": Restriction()}),
        TIGHTENS,
        "Mandates are written down differently and mean the same.",
    ),
    (other(goals=()), TIGHTENS, "The goal cost, cpa 40 goes."),
    (other(goals=(CPA, CPA.model_copy(update={"name": "x"}))), TIGHTENS, "A new goal: x, cpa 40."),
    (
        other(goals=(CPA.model_copy(update={"target": Decimal(36), "scope": Scope(platform="meta")}),)),
        TIGHTENS,
        "The goal cost is cpa 36 with weight 1 for something else, instead of cpa 40 with weight 1.",
    ),
    (other(routes=Routes(channel="x")), LOOSENS, "Cards and notices are posted in x instead of marketing-signals."),
    (
        other(routes=Routes(owners={Cause.TEST_READY: ("crm_lead", "cmo")})),
        LOOSENS,
        "“test ready” is for CRM lead and CMO instead of its usual owners.",
    ),
    (other(executor=ExecutorSettings(dry_run=True)), TIGHTENS, "Approved actions are only rehearsed."),
    (
        other(executor=ExecutorSettings(kind="ad_account")),
        LOOSENS,
        "Approved actions go to ad_account instead of by_hand.",
    ),
    (other(executor=ExecutorSettings(address="http://x")), LOOSENS, "Of the executor, address changes."),
    (other(company="Kork AG"), TIGHTENS, "The company is called Kork AG instead of Kork."),
    (other(currency="USD"), LOOSENS, "Of the operating model, currency changes."),
    (other(timezone="Europe/Berlin"), LOOSENS, "Of the operating model, timezone changes."),
    (other(source=SourceSettings(path="x")), LOOSENS, "Of the operating model, source changes."),
    (other(digest=DigestSettings(at=time(9))), TIGHTENS, "The digest comes at another time."),
    (other(sweep_at=time(5, 30)), TIGHTENS, "The daily sweep runs at 05:30 instead of 06:00."),
]  # fmt: skip


@pytest.mark.parametrize(("after", "loosens", "sentence"), CHANGES, ids=[sentence for *_, sentence in CHANGES])
def test_each_change_is_one_sentence_and_says_whether_it_loosens(after: OperatingModel, loosens: bool, sentence: str):
    found = changes(BASE, after)
    assert [(one.sentence, one.loosens) for one in found] == [(sentence, loosens)]


def test_the_way_back_of_what_tightens_loosens():
    for after, loosens, sentence in CHANGES:
        back = changes(after, BASE)
        assert back, sentence
        harmless = ("called", "time zone", "order", "reminded", "goal", "digest", "sweep", "differently", "joins.")
        if not loosens and not any(word in sentence for word in harmless):
            assert any(one.loosens for one in back), sentence


def test_several_changes_are_all_told():
    after = other(people=(MARA_.model_copy(update={"roles": frozenset_("cmo")}), CLEO_, *REST), freezes=())
    assert [one.sentence for one in changes(BASE, after)] == [
        "Mara Lind becomes CMO.",
        "Mara Lind is no longer media lead.",
        "The freeze sale (14 March 2026 to 17 March 2026) goes.",
    ]


@settings(max_examples=150, deadline=None)
@given(models, models)
def test_no_difference_goes_unsaid(before: OperatingModel, after: OperatingModel):
    assert bool(changes(before, after)) is (before != after)
    assert changes(before, before) == ()


def touched(one: object) -> Mapping[str, object]:
    """Another value for every field, as far as one can be made up."""
    found: dict[str, object] = {}
    for name, value in one:  # type: ignore[attr-defined]
        match value:
            case bool():
                found[name] = not value
            case frozenset():
                found[name] = value | {"something_new"}
            case str():
                found[name] = f"{value} and more"
            case int() | float() | Decimal():
                found[name] = value * 2
            case None:
                found[name] = 1
            case _:
                pass
    return found


def test_a_field_nobody_thought_of_is_said_and_loosens():
    """Every field of every entry, one at a time: none is silent."""
    entries = {
        "policy": lambda new: policy(**new), "people": lambda new: mara(**new), "limits": lambda new: limit(**new),
        "executor": lambda new: other(executor=BASE.executor.model_copy(update=new)),
        "goals": lambda new: other(goals=(CPA.model_copy(update=new),)),
        "freezes": lambda new: other(freezes=(SALE.model_copy(update=new),)),
        "delegations": lambda new: other(delegations=(AWAY.model_copy(update=new),)),
        "routes": lambda new: other(routes=BASE.routes.model_copy(update=new)),
        "model": lambda new: other(**new),
    }  # fmt: skip
    values = {
        "policy": BASE.policy, "people": MARA_, "limits": LIMIT, "executor": BASE.executor, "goals": CPA,
        "freezes": SALE, "delegations": AWAY, "routes": BASE.routes, "model": BASE,
    }  # fmt: skip
    seen = 0
    for part, one in values.items():
        for field, value in touched(one).items():
            assert changes(BASE, entries[part]({field: value})), (part, field)
            seen += 1
    assert seen >= 35


def beside(*more: Person, of: OperatingModel = BASE) -> OperatingModel:
    """The same company with more people."""
    return of.model_copy(update={"people": (*of.people, *more)})


def test_wider_scopes_loosen_and_narrower_ones_do_not_where_somebody_else_answers():
    one, two, another = frozenset_("a1"), frozenset_("a1", "a2"), frozenset_("a2")
    for part in ("accounts", "platforms"):
        for was, now, loosens in ((one, two, True), (two, one, False), (one, another, True), (one, frozenset_(), True)):
            found = changes(beside(DORA, NEW, of=mara(**{part: was})), beside(DORA, NEW, of=mara(**{part: now})))
            assert [change.loosens for change in found] == [loosens]
    roles = AWAY.model_copy(update={"roles": frozenset_("media_lead")})
    shorter = roles.model_copy(update={"last_day": TODAY})
    assert not changes(other(delegations=(roles,)), other(delegations=(shorter,)))[0].loosens


def without(company: OperatingModel, person: Person) -> OperatingModel:
    return company.model_copy(update={"people": tuple(one for one in company.people if one.slack != person.slack)})


def has(company: OperatingModel, person: Person, **more: object) -> OperatingModel:
    """The company where one person has other roles, or answers for less."""
    less = person.model_copy(update=more)
    changed = tuple(less if one.slack == person.slack else one for one in company.people)
    return company.model_copy(update={"people": changed})


LOSSES = [
    without,
    lambda company, person: has(company, person, roles=frozenset_()),
    lambda company, person: has(company, person, accounts=frozenset_("a1")),
    lambda company, person: has(company, person, platforms=frozenset_("meta")),
]
ANNA = Person(name="Anna", slack="U0ANNA0001", roles=frozenset_("cmo"))
BERTA = Person(name="Berta", slack="U0BERT0001", roles=frozenset_("ceo"))
MILO = Person(name="Milo", slack="U0MILO0001", roles=frozenset_("media_lead"))
NILS = NEW
WITH_CHIEF = model(Policy(escalate_to="ceo"), people=(ANNA, BERTA, MILO, NILS))


@pytest.mark.parametrize("loss", LOSSES, ids=["taken out", "no role", "fewer accounts", "fewer platforms"])
def test_the_architect_takes_nobody_away_alone_who_would_have_to_agree(loss):
    """The chief whom questions are passed on to, another architect, who approves beyond a limit, the last of a role."""
    web = model(Policy(escalate_to="ceo", limits=(Limit(role="media_lead", max_change=0.1, beyond="web_lead"),)))
    chief, second, ben = BERTA.model_copy(update={"slack": "U0BEND0001"}), DORA, Person(
        name="Ben", slack="U0BENN0001", roles=frozenset_("web_lead")
    )  # fmt: skip
    for company, person in (
        (beside(chief, of=WITH_CHIEF), BERTA),
        (beside(second, of=WITH_CHIEF), ANNA),
        (beside(second, chief, of=WITH_CHIEF), BERTA),
        (beside(BERTA, chief, ben, DORA, of=web), ben),
        (without(WITH_CHIEF, NILS), MILO),
        (has(WITH_CHIEF, NILS, accounts=frozenset_("a2")), MILO),
        (has(WITH_CHIEF, NILS, platforms=frozenset_("tiktok")), MILO),
    ):
        assert any(one.loosens for one in changes(company, loss(company, person))), person.name
    nobody_special = changes(WITH_CHIEF, loss(WITH_CHIEF, MILO))
    assert nobody_special and not any(one.loosens for one in nobody_special)


def test_where_nobody_is_named_for_it_everybody_with_a_role_is_the_other_pair_of_eyes():
    company = model(people=(ANNA, MILO, NILS, Person(name="Ida", slack="U0IDAA0001", roles=frozenset_())))
    assert [one.loosens for one in changes(company, without(company, MILO))] == [True]
    assert [one.loosens for one in changes(company, without(company, company.people[3]))] == [False]
    two = beside(DORA, of=company)
    assert [one.loosens for one in changes(two, without(two, MILO))] == [False]


def test_one_architect_does_not_replace_the_other_pair_of_eyes_step_by_step():
    """First nothing is passed on any more, then its chief goes, then anybody would do."""
    nothing_passed_on = WITH_CHIEF.model_copy(
        update={"policy": WITH_CHIEF.policy.model_copy(update={"escalate_after_hours": None})}
    )
    policy = WITH_CHIEF.policy.model_copy(update={"escalate_to": "media_lead"})
    to_milo = WITH_CHIEF.model_copy(update={"policy": policy})
    for before, after in (
        (WITH_CHIEF, nothing_passed_on),
        (WITH_CHIEF, to_milo),
        (nothing_passed_on, without(nothing_passed_on, BERTA)),
    ):
        assert [one.loosens for one in changes(before, after)] == [True]
