"""Whose own powers a change of the operating model widens."""

from datetime import date
from decimal import Decimal

import pytest

from domain.gains import gainers
from domain.operating_model import BreakGlass, Delegation, Limit, OperatingModel, Person, Policy, SourceSettings

MARA, CLEO, CORA = "U0MARA0001", "U0CLEO0001", "U0CORA0001"
MEDIA = Person(name="Mara", slack=MARA, roles=frozenset({"media_lead"}), accounts=frozenset({"a1", "a2"}))
CREATIVE = Person(name="Cleo", slack=CLEO, roles=frozenset({"creative_lead"}))
CHIEF = Person(name="Cora", slack=CORA, roles=frozenset({"cmo"}))
NEW = Person(name="Noor", slack="U0NOOR0001", roles=frozenset({"crm_lead"}))
LIMIT = Limit(role="media_lead", max_change=0.3, max_per_day=Decimal(500))
AWAY = Delegation(of=MARA, to=CLEO, first_day=date(2026, 3, 16), last_day=date(2026, 3, 20))
GLASS = BreakGlass(role="cmo", minutes=30)
COMPANY = OperatingModel(
    company="Kork",
    source=SourceSettings(path="data"),
    people=(MEDIA, CREATIVE, CHIEF),
    policy=Policy(limits=(LIMIT,), break_glass=GLASS),
    delegations=(AWAY,),
)


def policy(**more: object) -> dict[str, object]:
    return {"policy": COMPANY.policy.model_copy(update=more)}


def person(one: Person, **more: object) -> dict[str, object]:
    return {"people": tuple(one.model_copy(update=more) if one == held else held for held in COMPANY.people)}


def limit(**more: object) -> dict[str, object]:
    return policy(limits=(LIMIT.model_copy(update=more),))


@pytest.mark.parametrize(
    ("change", "who"),
    [
        (person(CREATIVE, roles=frozenset({"creative_lead", "web_lead"})), ["Cleo"]),
        (person(CREATIVE, roles=frozenset()), []),
        ({"people": (*COMPANY.people, NEW)}, ["Noor"]),
        ({"people": (*COMPANY.people, NEW.model_copy(update={"roles": frozenset()}))}, []),
        (person(MEDIA, accounts=frozenset({"a1", "a2", "a3"})), ["Mara"]),
        (person(MEDIA, accounts=frozenset()), ["Mara"]),
        (person(MEDIA, accounts=frozenset({"a1"})), []),
        (person(CREATIVE, platforms=frozenset({"meta"})), []),
        ({"delegations": (AWAY, AWAY.model_copy(update={"to": CORA}))}, ["Cora"]),
        ({"delegations": (AWAY.model_copy(update={"last_day": date(2026, 3, 30)}),)}, ["Cleo"]),
        ({"delegations": ()}, []),
        (limit(max_change=0.4), ["Mara"]),
        (limit(max_change=None), ["Mara"]),
        (limit(max_per_day=Decimal(501)), ["Mara"]),
        (limit(max_change=0.2), []),
        (policy(limits=()), ["Mara"]),
        (policy(limits=(LIMIT, Limit(role="cmo", max_change=0.1))), []),
        (policy(break_glass=BreakGlass(role="cmo", minutes=31)), ["Cora"]),
        (policy(break_glass=BreakGlass(role="cmo", minutes=29)), []),
        (policy(break_glass=BreakGlass(role="media_lead", minutes=20)), ["Mara"]),
        (policy(break_glass=None), []),
        (policy(escalate_to="creative_lead"), ["Cleo"]),
        (policy(escalate_after_hours=24), ["Cora"]),
        (policy(escalate_after_hours=72), []),
        (policy(escalate_after_hours=None), []),
        (policy(max_budget_change=0.9), []),
        (policy(forbidden=frozenset({"set_target"})), []),
    ],
)
def test_those_gain_who_may_decide_more_afterwards(change: dict[str, object], who: list[str]):
    after = COMPANY.model_copy(update=change)
    assert [one.name for one in gainers(COMPANY, after)] == who


def test_nobody_gains_by_no_change():
    assert gainers(COMPANY, COMPANY) == ()
