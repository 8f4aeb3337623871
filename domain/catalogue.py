"""What is known about each kind of action before anyone proposes one: one record each, and none can be forgotten."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from pydantic import Field, ValidationError

from domain import platform_actions, team_actions
from domain.action import ACTION, ACTION_KINDS, ACTION_TYPES, Action
from domain.action_base import ActionBase, amount_of, naming
from domain.base import Frozen
from domain.effect import HandOver
from domain.scope import Grain, Scope


class Reversibility(StrEnum):
    """What it takes to go back."""

    FREE = "free"
    """Set the old value again."""
    COSTLY = "costly"
    """Work or a learning phase is lost."""
    NEVER = "never"


class Risk(StrEnum):
    """Which promise to people an action could break. All but ROUTINE are always decided by a person."""

    STRATEGY = "strategy"
    AUDIENCE_DEFINITION = "audience_definition"
    BUDGET_SHIFT = "budget_shift"
    REGULATED_CLAIM = "regulated_claim"
    BRAND_CRITICAL_CREATIVE = "brand_critical_creative"
    PERSONAL_DATA = "personal_data"
    ROUTINE = "routine"


class Sets(Frozen):
    """An amount is set: the fields that hold it and what it was."""

    to: str
    was: str


class Shifts(Frozen):
    """An amount is moved from one object to another: the fields that hold it, and what both had."""

    amount: str
    gives: str
    takes: str


UNPAID = frozenset({"click_rate", "search_clicks"})
"""Figures no paid action moves."""


class CatalogueEntry(Frozen):
    """The standing facts of one action kind. None has a default: what a new kind is, somebody has decided."""

    title: str
    """What it is called on a card: "Shift budget"."""
    asked_by: tuple[str, ...] = Field(min_length=1)
    """What people call it in a question: "budget shift", "move money"."""
    owner: str
    """The role that answers for it unless the routes say otherwise."""
    risk: Risk
    reversibility: Reversibility
    window_days: int = Field(ge=0)
    """Days to wait before its effect is judged; 0 where there is nothing to measure."""
    metric: str
    """The figure it is meant to move; "none" where there is nothing to measure."""
    wanted: int = Field(ge=-1, le=1)
    """+1 where more of `metric` is better, -1 where less is, 0 where there is nothing to measure."""
    moves: frozenset[str] | None
    """The figures it can move at all, where these are few; None: it may move every figure but `UNPAID` ones."""
    shown_by: Grain | None
    """Whose figures show its effect: those of the campaigns it names (of the account where it names none), of its ad,
    its segment, its theme, or the arms of an experiment, which whatever else is done befalls alike. None: nobody's."""
    undo_days: int = Field(ge=0)
    """For how many days after it was done it can be taken back with one press; 0 where it cannot."""
    amount: Sets | Shifts | None
    """The amount of money (or the ratio) it sets on a platform; None where it sets none."""
    example: Mapping[str, object]
    """A small, typical one, without platform, account and currency."""

    @property
    def moves_budget(self) -> bool:
        """Whether it sets what is spent per day, so that the hard cap on budgets holds for it."""
        return self.amount is not None and self.risk is Risk.BUDGET_SHIFT

    @property
    def column(self) -> str | None:
        """The column that tells apart the units whose figures show its effect; None of an experiment and of nothing."""
        return _COLUMNS.get(self.shown_by) if self.shown_by else None

    def may_move(self, metric: str) -> bool:
        """Whether an action of this kind can move a figure at all."""
        return metric not in UNPAID if self.moves is None else metric in self.moves


_COLUMNS = {
    Grain.CAMPAIGN: "campaign_id",
    Grain.AD: "ad_id",
    Grain.SEGMENT: "segment_id",
    Grain.QUERY: "query",
}


_FREE, _COSTLY = Reversibility.FREE, Reversibility.COSTLY
_WEEK, _FORTNIGHT, _THREE_WEEKS = 7, 14, 21
"""As long as an effect is watched: once it is measured, going back is a new question with that figure in it."""
_NO_UNDO = 0
_EVERY_PAID_FIGURE = None
_BUDGET, _MORE = Decimal("10000.00"), Decimal("10500.00")
"""What the budgets of the examples are per day: large enough that a share of it is a round amount."""
_SOMEWHERE = {"platform": "meta", "account_id": "a1", "currency": "EUR"}
_DAY = date(2026, 1, 14)
_AD = {"campaign_id": "c1", "ad_id": "ad1"}

CATALOGUE: Mapping[str, CatalogueEntry] = MappingProxyType(
    {
        "set_budget": CatalogueEntry(
            title="Set budget", asked_by=("budget", "budgets", "budget rise", "budget cut", "budget increase", "raise"),
            owner="media_lead", risk=Risk.BUDGET_SHIFT, reversibility=_FREE, undo_days=_WEEK,
            window_days=7, metric="cpa", wanted=-1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=Sets(to="daily_budget", was="was"),
            example={"campaign_id": "c1", "was": _BUDGET, "daily_budget": _MORE},
        ),
        "shift_budget": CatalogueEntry(
            title="Shift budget",
            asked_by=("shift budget", "shift", "budget shift", "budget shifts", "move budget", "move money"),
            owner="media_lead", risk=Risk.BUDGET_SHIFT, reversibility=_FREE, undo_days=_WEEK,
            window_days=7, metric="cpa", wanted=-1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=Shifts(amount="amount", gives="from_was", takes="to_was"),
            example={
                "from_campaign": "c1", "to_campaign": "c2", "amount": _MORE - _BUDGET,
                "from_was": _BUDGET, "to_was": _BUDGET,
            },
        ),
        "pause_ad": CatalogueEntry(
            title="Pause ad", asked_by=("pause", "pausing", "stop an ad"),
            owner="media_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_WEEK,
            window_days=7, metric="cpa", wanted=-1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=None,
            example=_AD | {"spend_per_day": Decimal(80)},
        ),
        "resume_ad": CatalogueEntry(
            title="Resume ad", asked_by=("resume",),
            owner="media_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_WEEK,
            window_days=7, metric="conversions", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=None,
            example=_AD | {"spend_per_day": Decimal(80)},
        ),
        "set_target": CatalogueEntry(
            title="Set bid target", asked_by=("bid target", "bid", "bidding", "target cpa"),
            owner="media_lead", risk=Risk.STRATEGY, reversibility=_COSTLY, undo_days=_THREE_WEEKS,
            window_days=21, metric="cpa", wanted=-1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=Sets(to="target", was="was"),
            example={
                "campaign_id": "c1", "metric": "target_cpa", "was": _BUDGET, "target": _MORE,
                "spend_per_day": Decimal(80),
            },
        ),
        "refresh_creative": CatalogueEntry(
            title="Refresh creative", asked_by=("refresh", "creative", "creatives", "creative refresh", "new creative"),
            owner="creative_lead", risk=Risk.BRAND_CRITICAL_CREATIVE, reversibility=_FREE, undo_days=_FORTNIGHT,
            window_days=14, metric="ctr", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.AD, amount=None,
            example=_AD | {"brief": "A new first second."},
        ),
        "rotate_audience": CatalogueEntry(
            title="Rotate audience", asked_by=("rotate", "audience", "audiences"),
            owner="media_lead", risk=Risk.AUDIENCE_DEFINITION, reversibility=_COSTLY, undo_days=_FORTNIGHT,
            window_days=14, metric="cvr", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=None,
            example={"campaign_id": "c1", "from_segment": "s1", "to_segment": "s2", "spend_per_day": Decimal(80)},
        ),
        # nobody wants a repair broken again
        "fix_tracking": CatalogueEntry(
            title="Fix tracking", asked_by=("tracking",),
            owner="web_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_NO_UNDO,
            window_days=7, metric="pixel_ratio", wanted=1,
            moves=frozenset({"pixel_ratio", "cvr", "cpa", "conversions"}),
            shown_by=Grain.CAMPAIGN, amount=None,
            example={"symptom": "Orders without a conversion."},
        ),
        "fix_landing_page": CatalogueEntry(
            title="Fix landing page", asked_by=("landing page",),
            owner="web_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_NO_UNDO,
            window_days=7, metric="cvr", wanted=1, moves=frozenset({"cvr", "cpa", "conversions"}),
            shown_by=Grain.CAMPAIGN, amount=None,
            example={"campaign_id": "c1", "symptom": "The page does not load."},
        ),
        # the flow is stopped; what was sent stays sent
        "retention_flow": CatalogueEntry(
            title="Start retention flow", asked_by=("retention flow", "win-back", "winback", "email flow"),
            owner="crm_lead", risk=Risk.PERSONAL_DATA, reversibility=_COSTLY, undo_days=_FORTNIGHT,
            window_days=14, metric="click_rate", wanted=1, moves=frozenset({"click_rate"}),
            shown_by=Grain.SEGMENT, amount=None,
            example={"segment_id": "s1", "message": "Come back."},
        ),
        "update_promise": CatalogueEntry(
            title="Update promise", asked_by=("promise", "claim"),
            owner="creative_lead", risk=Risk.BRAND_CRITICAL_CREATIVE, reversibility=_FREE, undo_days=_FORTNIGHT,
            window_days=14, metric="cvr", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.CAMPAIGN, amount=None,
            example={"campaign_id": "c1", "promise": "Delivered tomorrow."},
        ),
        # what is written is written; whether it is shown is for those who wrote it
        "write_brief": CatalogueEntry(
            title="Write brief", asked_by=("brief", "content"),
            owner="content_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_NO_UNDO,
            window_days=14, metric="search_clicks", wanted=1, moves=frozenset({"search_clicks"}),
            shown_by=Grain.QUERY, amount=None,
            example={"theme": "yoga mats", "brief": "What to look for."},
        ),
        "start_test": CatalogueEntry(
            title="Start test", asked_by=("start a test", "experiment", "test"),
            owner="media_lead", risk=Risk.ROUTINE, reversibility=_FREE, undo_days=_FORTNIGHT,
            window_days=14, metric="cvr", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.EXPERIMENT, amount=None,
            example={"hypothesis": "A shorter form helps.", "metric": "cvr", "share": 0.2},
        ),
        "roll_out_test": CatalogueEntry(
            title="Roll out test", asked_by=("roll out", "rollout"),
            owner="media_lead", risk=Risk.STRATEGY, reversibility=_FREE, undo_days=_FORTNIGHT,
            window_days=14, metric="cvr", wanted=1, moves=_EVERY_PAID_FIGURE,
            shown_by=Grain.EXPERIMENT, amount=None,
            example={"test_id": "t1", "arm": "b"},
        ),
        "exclude_data": CatalogueEntry(
            title="Exclude days from bidding", asked_by=("exclude", "exclusion"),
            owner="media_lead", risk=Risk.ROUTINE, reversibility=_COSTLY, undo_days=_WEEK,
            window_days=7, metric="cpa", wanted=-1, moves=_EVERY_PAID_FIGURE,
            shown_by=None, amount=None,
            example={"first_day": _DAY, "last_day": _DAY},
        ),
        "change_goal": CatalogueEntry(
            title="Change goal", asked_by=("goal", "goals"),
            owner="cmo", risk=Risk.STRATEGY, reversibility=_FREE, undo_days=_WEEK,
            window_days=0, metric="none", wanted=0, moves=_EVERY_PAID_FIGURE,
            shown_by=None, amount=None,
            example={"goal": "acquisition cost", "was": Decimal(40), "target": Decimal(36)},
        ),
        # going back is asked of whoever owned what it takes back, and never goes by itself; once is enough
        "put_back": CatalogueEntry(
            title="Undo what a team did", asked_by=("put back", "take back"),
            owner="media_lead", risk=Risk.STRATEGY, reversibility=_COSTLY, undo_days=_NO_UNDO,
            window_days=0, metric="none", wanted=0, moves=_EVERY_PAID_FIGURE,
            shown_by=None, amount=None,
            example={"of": "refresh_creative", "place": "meta/a1/ad/ad1", "what": "Show the creative there was."},
        ),
    }
)  # fmt: skip


def example(kind: str, **values: object) -> Action:
    """A small, typical action of a kind; with other values where some are given, and somewhere where no place is."""
    return ACTION.validate_python({**_SOMEWHERE, **CATALOGUE[kind].example, **values, "kind": kind})


def contradictions() -> Iterator[str]:
    """Where a record and its class are at odds, or one of them is missing. With any, nothing can be imported."""
    for kind in sorted(set(ACTION_KINDS) - set(CATALOGUE)):
        yield f"{kind} has no record"
    written = [one for room in (platform_actions, team_actions) for one in vars(room).values()]
    classes = {one for one in written if isinstance(one, type) and issubclass(one, ActionBase)} - {ActionBase}
    outside = {one.__name__ for one in classes - set(ACTION_TYPES)}
    for name in sorted((set(CATALOGUE) - set(ACTION_KINDS)) | outside):
        yield f"{name} is not in the union of domain/action.py"
    words = [word for entry in CATALOGUE.values() for word in entry.asked_by]
    for word in sorted({word for word in words if words.count(word) > 1}):
        yield f'"{word}" asks for more than one kind'
    for kind, entry in CATALOGUE.items():
        if kind not in ACTION_KINDS:
            continue
        try:
            one = example(kind)
        except ValidationError as error:
            yield f"the example of {kind} is none: {error.errors()[0]['loc']} {error.errors()[0]['msg']}"
            continue
        yield from (f"{kind}: {said}" for said in at_odds(entry, one, kind))


def at_odds(entry: CatalogueEntry, one: ActionBase, kind: str) -> Iterator[str]:
    """What an example of a kind does that its record does not say, or the other way round."""
    effect, names = one.effect(), naming(type(one))
    if isinstance(effect, HandOver):
        sets = False
        if effect.task != kind:
            yield f"its task is called {effect.task}"
    else:
        sets = any(amount_of(setting.to) is not None for setting in effect.settings)
        if any("budget" in setting.field for setting in effect.settings) != entry.moves_budget:
            yield "what sets a budget is a budget shift, and nothing else is"
    fields = set(entry.amount.model_dump().values()) if entry.amount else set[str]()
    if sets != bool(fields) or not fields <= set(type(one).model_fields):
        yield "`amount` is not what it sets"
    if entry.column and entry.column not in names.values():
        yield f"`shown_by` is {entry.shown_by}, and no field is marked as naming one"
    if strange := set(names.values()) - set(Scope.model_fields):
        yield f"nothing is found by {', '.join(sorted(strange))}"
    if unmarked := {name for name in type(one).model_fields if name.endswith(_OBJECTS)} - set(names) - {"account_id"}:
        yield f"{', '.join(sorted(unmarked))} names an object and is not marked with what"
    if not entry.may_move(entry.metric):
        yield f"{entry.metric} is not what it moves"
    if (one.undone({}) is not None) != (entry.undo_days > 0):
        yield "`undone` and `undo_days` are not of one mind"
    if odd := [field.field for field in one.editable if not isinstance(getattr(one, field.field), TYPED)]:
        yield f"nobody can type a value for {', '.join(odd)}"


TYPED = (Decimal, float, int, str)
"""What an owner can type when overriding: an amount, a share, a count, words."""
_OBJECTS = ("_id", "_campaign", "_segment", "_ad")

if _found := "; ".join(contradictions()):
    raise TypeError(f"domain/catalogue.py: {_found}.")
