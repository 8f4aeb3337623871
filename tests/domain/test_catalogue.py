"""One record per kind of action, of one mind with its class: whatever is forgotten or contradicted is named."""

from collections.abc import Callable, Mapping
from typing import Annotated, ClassVar, Literal

import pytest

from domain import catalogue, team_actions
from domain.action import ACTION_KINDS
from domain.action_base import ActionBase, Editable, Names
from domain.catalogue import CATALOGUE, CatalogueEntry, Risk, Sets, at_odds, contradictions, example
from domain.effect import Effect, HandOver
from domain.scope import Grain

Told = Callable[..., list[str]]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the import would say of a catalogue with one record changed, or taken out."""

    def of(kind: str, **change: object) -> list[str]:
        records: dict[str, CatalogueEntry] = {**CATALOGUE, kind: CATALOGUE[kind].model_copy(update=change)}
        if not change:
            del records[kind]
        monkeypatch.setattr(catalogue, "CATALOGUE", records)
        return list(contradictions())

    return of


class Nudge(ActionBase):
    """A kind that nobody finished."""

    kind: Literal["nudge"] = "nudge"
    campaign_id: str = "c1"
    creator_id: Annotated[str, Names("creator_id")] = "x"
    when: tuple[int, ...] = ()

    editable: ClassVar = (Editable(field="when", label="When"),)

    def effect(self) -> Effect:
        """Called like another one."""
        return HandOver(entity="content/x", task="whistle", details={})


def test_the_catalogue_and_the_classes_are_of_one_mind():
    assert list(contradictions()) == []


@pytest.mark.parametrize("kind", ACTION_KINDS)
def test_a_kind_without_a_record_is_named(told: Told, kind: str):
    assert told(kind) == [f"{kind} has no record"]


def test_a_class_nobody_put_into_the_union_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(team_actions, "Nudge", Nudge, raising=False)
    assert list(contradictions()) == ["Nudge is not in the union of domain/action.py"]


@pytest.mark.parametrize(
    ("kind", "change", "said"),
    [
        ("pause_ad", {"asked_by": ("budget",)}, '"budget" asks for more than one kind'),
        ("pause_ad", {"example": {"campaign_id": "c1"}}, "the example of pause_ad is none: ('pause_ad', 'ad_id')"),
        ("set_budget", {"amount": None}, "set_budget: `amount` is not what it sets"),
        ("set_target", {"amount": Sets(to="bid", was="was")}, "set_target: `amount` is not what it sets"),
        ("pause_ad", {"amount": Sets(to="spend_per_day", was="spend_per_day")}, "pause_ad: `amount` is not what"),
        ("set_budget", {"risk": Risk.ROUTINE}, "set_budget: what sets a budget is a budget shift"),
        ("set_target", {"risk": Risk.BUDGET_SHIFT}, "set_target: what sets a budget is a budget shift"),
        ("set_budget", {"shown_by": Grain.AD}, "set_budget: `shown_by` is ad, and no field is marked"),
        ("write_brief", {"moves": None}, "write_brief: search_clicks is not what it moves"),
        ("fix_landing_page", {"metric": "ctr"}, "fix_landing_page: ctr is not what it moves"),
        ("fix_tracking", {"undo_days": 7}, "fix_tracking: `undone` and `undo_days` are not of one mind"),
        ("set_budget", {"undo_days": 0}, "set_budget: `undone` and `undo_days` are not of one mind"),
    ],
)
def test_a_record_its_class_contradicts_is_named(told: Told, kind: str, change: Mapping[str, object], said: str):
    assert [one for one in told(kind, **change) if one.startswith(said)]


def test_a_class_that_does_not_say_what_its_fields_name_is_named():
    assert list(at_odds(CATALOGUE["write_brief"], Nudge(currency="EUR"), "nudge")) == [
        "its task is called whistle",
        "`shown_by` is query, and no field is marked as naming one",
        "nothing is found by creator_id",
        "campaign_id names an object and is not marked with what",
        "nobody can type a value for when",
    ]


def test_an_action_names_its_objects_in_the_order_of_its_fields():
    named = {kind: example(kind).named() for kind in ACTION_KINDS}
    assert named["shift_budget"] == (("campaign_id", "c1"), ("campaign_id", "c2"))
    assert named["rotate_audience"] == (("campaign_id", "c1"), ("segment_id", "s1"), ("segment_id", "s2"))
    assert named["write_brief"] == (("query", "yoga mats"),)
    assert named["fix_tracking"] == (), "the whole account, where no campaign is named"
    assert example("fix_tracking", campaign_id="c3").named() == (("campaign_id", "c3"),)
    assert named["change_goal"] == ()


def test_an_example_can_be_put_anywhere():
    here = example("pause_ad", platform="google", account_id="g1", currency="USD")
    assert (here.platform, here.account_id, here.currency) == ("google", "g1", "USD")
