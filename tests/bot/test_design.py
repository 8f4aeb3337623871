"""The architect sees what is in force and what waits, and changes it in forms; Slack would accept every view of it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot import charter, drafts
from bot.blocks import aloud
from bot.design import design
from bot.home import home
from domain.action import ACTION_KINDS
from domain.amendment import Design, Replay
from domain.operating_model import Limit
from tests.bot.designs import BUSY, GOVERNED, NEW_DESIGN, RECORDS, amendment, crowded, stop
from tests.bot.fakes import FakeRunner
from tests.bot.samples import ADA, CLEO, MARA, MODEL, NILS

Valid = Callable[[Any], None]


def said(view: dict[str, Any]) -> str:
    return aloud(view["blocks"], most=100_000)


@pytest.mark.parametrize("shown", [NEW_DESIGN, BUSY, crowded()], ids=["new", "busy", "crowded"])
@pytest.mark.parametrize("user", [ADA, MARA])
def test_slack_takes_the_tab_however_much_is_on_it(valid: Valid, shown: Design, user: str):
    valid(design(shown, user))


def test_a_new_company_reads_that_nothing_waits_and_nothing_was_measured():
    words = said(design(NEW_DESIGN, ADA))
    assert "Nothing is stopped" in words
    assert "No change of the design waits for anybody." in words
    assert "so every agent asks" in words
    assert "The rules in force are version 1, since" in words
    assert "as written in `baton.yaml`" in words


def test_a_change_shows_what_it_would_have_done_to_the_past():
    words = said(design(BUSY, ADA))
    assert "Of the last 212 proposals, *14* would have been judged differently:" in words
    assert "asks the media lead and the CMO → *asks the media lead*" in words
    assert "2 people must agree · agreed: Mara Lindt" in words
    assert "There are no past proposals yet to hold this against." in words


def test_a_stop_an_emergency_and_its_review_come_before_everything_else():
    words = said(design(BUSY, ADA))
    order = [
        "Stopped: the content agent",
        "Emergency*: Ada Moreau decides alone",
        "to be reviewed",
        "Changes to agree to",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_policy_limits_and_mandates_are_in_plain_words():
    words = said(design(BUSY, ADA))
    for sentence in (
        "A question runs out after 3 days, and is then not approved",
        "A reminder goes out after 24 hours; after 2 days the CMO may decide as well",
        "Actions nobody may take: Set bid target",
        "Actions taken without asking anybody: none",
        "The media lead decides alone on Set budget and Shift budget up to 30 % a day; above that the CMO must approve",
        "The CRM lead decides alone on everything in account a1 and meta up to €250 a day;",
        "Creative fatigue: creative lead and media lead",
        "CPA €36, counts 2 times",
        "Black week: 23 November to 29 November",
        "Cleo Okafor stands in for Mara Lindt, 16 March to 20 March",
        "*Content*: Watches search demand and customer questions for themes our pages answer badly. *switched off*",
    ):
        assert sentence.lower() in words.lower()


def test_levels_stand_beside_what_was_measured():
    words = said(design(BUSY, ADA))
    assert "12 outcomes measured · 92 % went the way the forecast said · 83 % inside the 80 % forecast" in words
    assert "Nothing measured yet (1 outcome not measurable)" in words


def test_nobody_reviews_their_own_emergency():
    def reviews(user: str) -> int:
        return sum(
            "accessory" in block and "review" in str(block["accessory"]) for block in design(BUSY, user)["blocks"]
        )  # type: ignore[attr-defined]

    assert (reviews(ADA), reviews(MARA)) == (1, 0)


def test_what_loosens_is_read_first_and_whole_however_much_else_changes(valid: Valid):
    tightening = tuple(f"Number {n} is never done any more." for n in range(40))
    loosening = tuple(f"Number {n} happens without asking anybody from now on." for n in range(20))
    made = amendment()
    many_changes = made.amendment.model_copy(update={"changes": (*tightening, *loosening), "loosens": loosening})
    view = made.model_copy(update={"amendment": many_changes})
    shown = design(BUSY.model_copy(update={"pending": (view,)}), ADA)
    valid(shown)
    words = said(shown)
    assert all(f"⚠️ {sentence}" in words for sentence in loosening)
    assert words.index(loosening[-1]) < words.index(tightening[0])
    assert "and 28 more" in words


def test_nobody_agrees_to_what_does_not_fit_on_the_screen(valid: Valid):
    made = amendment()
    loosening = tuple(f"{n}: {'more than anybody reads ' * 20}" for n in range(30))
    view = made.model_copy(
        update={"amendment": made.amendment.model_copy(update={"changes": loosening, "loosens": loosening})}
    )
    shown = design(BUSY.model_copy(update={"pending": (view,)}), ADA)
    valid(shown)
    assert "draft it in smaller steps" in said(shown)
    assert "agree_amendment" not in str(shown)
    form = drafts.drafted(view, GOVERNED)
    valid(form)
    assert "submit" not in form


def test_somebody_who_agreed_has_no_button_to_agree_again():
    def buttons(user: str) -> list[list[str]]:
        blocks: Any = design(BUSY, user)["blocks"]
        rows = [one for one in blocks if one["type"] == "actions" and one["block_id"].startswith("amd_")]
        return [[one["text"]["text"] for one in row["elements"]] for row in rows]

    assert buttons(ADA) == [["Agree", "Reject…"], ["Agree", "Reject…"]]
    assert buttons(NILS) == [["Agree"]], "the other pair of eyes, where the change loosens"
    assert buttons(MARA) == [], "Mara has agreed"


def test_whoever_drafted_a_change_withdraws_it_and_others_reject_it(valid: Valid):
    own = BUSY.model_copy(update={"pending": (amendment(by=ADA, agreed=()),)})
    for shown, label in ((own, "Withdraw…"), (BUSY, "Reject…")):
        rows: Any = [block for block in design(shown, ADA)["blocks"] if block.get("block_id", "").startswith("amd_")]  # type: ignore[attr-defined]
        last = rows[0]["elements"][-1]
        assert (last["text"]["text"], last["action_id"]) == (label, "reject_amendment")
    form = drafts.reject("amd_1", is_own=True)
    valid(form)
    assert (form["title"]["text"], form["submit"]["text"]) == ("Withdraw the change", "Withdraw")  # type: ignore[index]


@pytest.mark.parametrize(
    ("of", "said_"),
    [
        (1, "The one proposal there was would not have been judged differently."),
        (3, "Of the last 3 proposals, none would have been judged differently."),
    ],
)
def test_a_change_that_would_have_changed_nothing_says_so_plainly(of: int, said_: str):
    shown = BUSY.model_copy(update={"pending": (amendment(replay=Replay(of=of)),)})
    assert said_ in said(design(shown, ADA))


def test_a_change_says_whom_it_lets_decide_more_and_does_not_ask_them_for_the_second_agreement(valid: Valid):
    given = tuple(
        one.model_copy(update={"roles": one.roles | {"web_lead"}}) if one.slack == NILS else one
        for one in GOVERNED.people
    )
    made = amendment()
    wider = made.amendment.model_copy(update={"model": GOVERNED.model_copy(update={"people": given})})
    shown = BUSY.model_copy(update={"pending": (made.model_copy(update={"amendment": wider}),)})
    view = design(shown, NILS)
    valid(view)
    assert "*It lets Nils Berg decide more*, so somebody else must be the second person to agree" in said(view)
    assert "decide more" not in said(design(BUSY, NILS))
    assert pressable(view, "agree_amendment") == []
    assert pressable(design(shown, CLEO), "agree_amendment") == [made.amendment.id]


def test_a_limit_above_the_hard_cap_says_that_the_cap_holds():
    policy = GOVERNED.policy.model_copy(update={"limits": (Limit(role="media_lead", max_change=0.8),)})
    shown = BUSY.model_copy(update={"model": GOVERNED.model_copy(update={"policy": policy})})
    assert "up to 80 % a day (no budget moves by more than 50 % a day, whoever approves)" in said(design(shown, ADA))
    assert "whoever approves)" not in said(design(BUSY, ADA))


def test_only_the_architect_edits_and_everybody_with_a_role_may_stop():
    def pressed(user: str) -> set[str]:
        return {str(one["action_id"]) for one in _elements(design(BUSY, user)["blocks"])}

    assert {"edit_part", "grant_level", "lift_stop", "stop", "agree_amendment"} <= pressed(ADA)
    assert pressed(NILS) == {
        "show_inbox",
        "show_design",
        "refresh_home",
        "stop",
        "end_emergency",
        "agree_amendment",
        "review_emergency",
    }


def test_only_who_may_decide_alone_in_an_emergency_can_begin_one():
    calm = BUSY.model_copy(update={"emergency": None})
    assert ["break_glass" in str(design(calm, user)["blocks"]) for user in (ADA, NILS)] == [True, False]


def pressable(view: dict[str, object], action: str) -> list[str]:
    """What the buttons and choices of an action carry, in order."""
    found = [one for one in _elements(view["blocks"]) if one["action_id"] == action]
    return [value for one in found for value in ([one["value"]] if "value" in one else _values(one))]


def _values(element: dict[str, Any]) -> list[str]:
    return [str(option["value"]) for option in element["options"]]


@pytest.mark.parametrize("count", [1, 5, 6, 17])
def test_every_stop_in_force_can_be_lifted_where_it_is_shown_by_the_architect_alone(valid: Valid, count: int):
    stops = tuple(
        stop("action", kind).model_copy(update={"id": f"stop_{place:012x}"})
        for place, kind in enumerate(ACTION_KINDS[:count])
    )
    shown = BUSY.model_copy(update={"stops": stops})
    for user, ids in ((ADA, [one.id for one in stops]), (NILS, [])):
        view = design(shown, user)
        valid(view)
        assert pressable(view, "lift_stop") == ids
        assert all(charter.kind_title(one.name) in said(view) for one in stops)


@pytest.mark.parametrize("part", ["limits", "goals", "freezes", "delegations"])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 30])
def test_every_entry_can_be_changed_or_taken_out_where_it_is_shown(valid: Valid, part: str, count: int):
    model = BUSY.model
    held = {"limits": model.policy.limits, "goals": model.goals, "freezes": model.freezes,
            "delegations": model.delegations}[part]  # fmt: skip
    many = tuple(held[place % len(held)] for place in range(count))
    changed = {"policy": model.policy.model_copy(update={"limits": many})} if part == "limits" else {part: many}
    shown = BUSY.model_copy(update={"model": model.model_copy(update=changed)})
    view = design(shown, ADA)
    valid(view)
    keys = [one for one in pressable(view, "edit_part") if one.startswith(f"{part}/")]
    assert keys == [f"{part}/new", *(f"{part}/{place}" for place in range(count))]
    for key in keys:
        form = drafts.edit(shown, *key.split("/"))
        valid(form)
        assert ("Remove this entry" in str(form)) is not key.endswith("new")
        assert str(form["title"]["text"]).startswith("Add a " if key.endswith("new") else "Change a ")  # type: ignore[index]
    assert pressable(design(shown, NILS), "edit_part") == []


def _elements(blocks: Any) -> list[dict[str, Any]]:
    return [
        one
        for block in blocks
        for one in [*block.get("elements", ()), block.get("accessory", {})]
        if "action_id" in one
    ]


@pytest.mark.parametrize(
    ("part", "key"),
    [("policy", "policy"), ("routes", "routes"), ("limits", "0"), ("limits", "1"), ("limits", "new"), ("goals", "0"),
     ("goals", "new"), ("mandates", "content"), ("mandates", "performance"), ("freezes", "0"), ("freezes", "new"),
     ("delegations", "0"), ("delegations", "new"), ("people", MARA), ("people", "new")],
)  # fmt: skip
def test_slack_takes_every_form(valid: Valid, part: str, key: str):
    valid(drafts.edit(BUSY, part, key))


def test_slack_takes_the_other_forms_and_those_of_a_crowd(valid: Valid):
    crowd = crowded()
    for view in (
        drafts.stop(BUSY), drafts.lift(stop()), drafts.break_glass(45), drafts.review("emg_1"),
        drafts.grant(RECORDS[0]), drafts.reject("amd_1"), drafts.drafted(amendment(), GOVERNED),
        drafts.edit(crowd, "limits", "3"), drafts.edit(crowd, "people", MARA), drafts.stop(crowd),
        drafts.edit(crowd, "delegations", "new"),
    ):  # fmt: skip
        valid(view)


@pytest.mark.parametrize(
    "form", [drafts.stop(BUSY), drafts.edit(BUSY, "limits", "0"), drafts.edit(BUSY, "policy", "policy")]
)
def test_putting_back_is_not_mistaken_for_undoing_a_stop_or_a_limit(form: dict[str, object]):
    assert "'Undo what a team did'" in str(form)
    assert "'Put back" not in str(form)


def test_a_form_shows_what_holds_now():
    view: Any = drafts.edit(BUSY, "policy", "policy")
    held = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert held["expires_after_hours"]["initial_value"] == "72"
    assert held["max_budget_change"]["initial_value"] == "50"
    assert [one["value"] for one in held["forbidden"]["initial_options"]] == ["set_target"]
    assert held["break_glass_role"]["initial_option"]["value"] == "cmo"
    unset: Any = drafts.edit(NEW_DESIGN, "policy", "policy")
    nobody = next(block["element"] for block in unset["blocks"] if block.get("block_id") == "break_glass_role")
    assert nobody["initial_option"]["text"]["text"] == "Nobody"


async def test_whoever_holds_a_role_has_the_tab(runner: FakeRunner, valid: Valid):
    for user, has in ((ADA, True), (MARA, True), ("U0NOBODY01", False)):
        view = home(await runner.inbox(user), MODEL)
        valid(view)
        assert ("show_design" in str(view)) is has
