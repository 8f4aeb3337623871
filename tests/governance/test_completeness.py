"""What the operating model may say is told where it changes, asked for by a form and shown to its designer: all of it.

A field without another value below fails, and so does one that the difference teller, the form or the charter forgot.
"""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot import charter, drafts
from bot.fields import NOTHING
from domain.amendment import Design
from domain.base import Frozen
from domain.operating_model import BreakGlass, Delegation, Freeze, Goal, Limit, OperatingModel, Person, Policy
from domain.scope import Scope
from governance import differences, drafting
from tests.governance.company import CARL, CLEO, CORA, MARA, PEOPLE, model

DAY, LATER = date(2026, 3, 14), date(2026, 3, 20)
HELD: dict[str, Frozen] = {
    "policy": Policy(break_glass=BreakGlass(role="cmo", minutes=30)),
    "limits": Limit(role="media_lead", max_change=0.3),
    "freezes": Freeze(name="sale", first_day=DAY, last_day=DAY),
    "delegations": Delegation(of=MARA, to=CARL, first_day=DAY, last_day=DAY),
    "goals": Goal(name="acquisition", metric="cpa", target=Decimal(40)),
    "people": Person(name="Mara Lind", slack=MARA, roles=frozenset({"media_lead"})),
}
"""One entry of each part."""
ANOTHER: dict[str, dict[str, Any]] = {
    "policy": {
        "version": 2,
        "expires_after_hours": 24,
        "limits": (Limit(role="media_lead", max_change=0.2),),
        "forbidden": frozenset({"set_target"}),
        "automatic": frozenset({"pause_ad"}),
        "max_budget_change": 0.25,
        "remind_after_hours": None,
        "escalate_after_hours": 12,
        "escalate_to": "crm_lead",
        "break_glass": BreakGlass(role="cmo", minutes=15),
    },
    "limits": {
        "role": "crm_lead",
        "actions": frozenset({"set_budget"}),
        "accounts": frozenset({"a1"}),
        "platforms": frozenset({"meta"}),
        "max_change": 0.2,
        "max_per_day": Decimal("250.50"),
        "beyond": "crm_lead",
    },
    "freezes": {"name": "audit", "first_day": date(2026, 3, 13), "last_day": LATER},
    "delegations": {
        "of": CORA,
        "to": CLEO,
        "roles": frozenset({"media_lead"}),
        "first_day": date(2026, 3, 13),
        "last_day": LATER,
    },
    "goals": {
        "name": "retention",
        "metric": "roas",
        "target": Decimal("36.50"),
        "scope": Scope(platform="meta"),
        "weight": 2.0,
    },
    "people": {
        "name": "Mara Berg",
        "slack": "U0MARA0002",
        "roles": frozenset({"media_lead", "crm_lead"}),
        "timezone": "Europe/Berlin",
        "accounts": frozenset({"a1"}),
        "platforms": frozenset({"meta"}),
    },
}
"""Another value for each field of each."""
NO_FORM = {
    ("policy", "version"): "what it is called: the file alone says it",
    ("policy", "limits"): "a part with a form of its own",
    ("goals", "scope"): "the file alone says it, and a form keeps it",
}
NOT_SHOWN = {
    ("policy", "version"): "the design's own version heads the tab",
    ("goals", "scope"): "the file alone says it",
    ("people", "slack"): "names stand for it",
    ("people", "timezone"): "in which their own clock shows it to them",
}
FIELDS = [(part, field) for part, held in HELD.items() for field in type(held).model_fields]


def company(part: str, entry: Frozen) -> OperatingModel:
    """Everybody, and this one entry."""
    if part == "policy":
        return model(entry)  # type: ignore[arg-type]
    if part == "limits":
        return model(Policy(limits=(entry,)))  # type: ignore[arg-type]
    if part == "people":
        return model(people=(entry, *PEOPLE[1:]))
    return model(**{part: (entry,)})


def pair(part: str, field: str) -> tuple[OperatingModel, OperatingModel]:
    """Two operating models that differ in one field of one entry."""
    changed = HELD[part].model_copy(update={field: ANOTHER[part][field]})
    return company(part, HELD[part]), company(part, changed)


def design(model: OperatingModel) -> Design:
    return Design(version=1, since=datetime(2026, 3, 1, tzinfo=UTC), by=CORA, model=model)


def form(model: OperatingModel, part: str) -> dict[str, str]:
    """What the form of the entry holds as it opens, as it would be sent."""
    key = {"policy": "policy", "people": model.people[0].slack}.get(part, "0")
    held = {"key": key}
    for block in drafts.edit(design(model), part, key)["blocks"]:
        if block["type"] == "input" and block["block_id"] not in {drafts.REMOVE, "reason"}:
            held[block["block_id"]] = _held(block["element"])
    return held


def _held(element: dict[str, Any]) -> str:
    chosen = element.get("initial_options") or [one for one in [element.get("initial_option")] if one]
    values = [one["value"] for one in chosen if one["value"] != NOTHING]
    typed = element.get("initial_value") or element.get("initial_date") or element.get("initial_user")
    return typed or ",".join(values)


def shown(model: OperatingModel) -> str:
    parts = (charter.policy, charter.routes, charter.goals, charter.calendar, charter.people)
    return str([[block for block in part(model) if "accessory" not in block or "text" in block] for part in parts])


@pytest.mark.parametrize("part", HELD)
def test_every_field_has_another_value_here(part: str):
    assert set(ANOTHER[part]) == set(type(HELD[part]).model_fields)


@pytest.mark.parametrize(("part", "field"), FIELDS)
def test_a_field_that_changes_is_told_in_words(part: str, field: str):
    told = differences.changes(*pair(part, field))
    assert told
    assert [one.sentence for one in told if one.sentence.startswith("Of ")] == [], "nobody knows how to tell it"


@pytest.mark.parametrize(("part", "field"), [one for one in FIELDS if one not in NO_FORM])
def test_a_field_can_be_changed_in_the_form_of_its_part(part: str, field: str):
    before, after = pair(part, field)
    wanted = form(after, part) | {"key": form(before, part)["key"]}
    assert wanted != form(before, part), "the form does not show it"
    assert drafting.edit(before, part, wanted) == after, "what is typed does not count"


@pytest.mark.parametrize(("part", "field"), [one for one in FIELDS if one not in NOT_SHOWN])
def test_the_charter_shows_a_field(part: str, field: str):
    before, after = pair(part, field)
    assert shown(before) != shown(after)


@pytest.mark.parametrize("part", HELD)
def test_a_form_that_is_sent_as_it_opened_changes_nothing(part: str):
    held = company(part, HELD[part])
    assert drafting.edit(held, part, form(held, part)) == held
