"""The modals of the design tab: each part of the operating model as fields, and what needs a reason."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from pydantic import BaseModel

from bot.blocks import Block, section
from bot.charter import NEW, kind_title, share
from bot.design import amendment, can_be_read, stopped
from bot.fields import Option, day, label_of, person, reason, select, several, text, ticks
from bot.levels import record_words
from bot.modals import View
from bot.names import (
    AGREE_FORM,
    BREAK_GLASS_FORM,
    DISAGREE_FORM,
    EDIT_FORM,
    GRANT_FORM,
    LIFT_FORM,
    REVIEW_FORM,
    STOP_FORM,
)
from bot.words import outside, spoken
from bot.words import title as headed
from domain.action import ACTION_KINDS
from domain.amendment import AmendmentView, Design, TrackRecord
from domain.operating_model import OperatingModel, Restriction
from domain.signal import Cause
from domain.standing import Level, Stop

METRICS = ("cpa", "roas", "ctr", "cvr", "spend", "conversions", "retention", "click_rate")
ROLES = ("media_lead", "creative_lead", "crm_lead", "web_lead", "content_lead", "cmo")
"""Roles the catalogue and the routes speak of; a company's own stand beside them."""
REMOVE = "remove"
EVERYTHING = "everything"


class Target(BaseModel):
    """What a form of the design tab is about, kept between opening and sending it."""

    part: str = ""
    key: str = ""
    version: int | None = None
    """Of the operating model whose values the form shows; None where it shows none."""
    level: Level | None = None
    """The level the form shows, where it is about one."""


def edit(design: Design, part: str, key: str) -> View:
    """One entry of one part as it stands, to be changed. Raises KeyError for what is not there any more."""
    fields = _mandate(design, key) if part == "mandates" else _FIELDS[part](design.model, key)
    removable = part in {"limits", "goals", "freezes", "delegations", "people"} and key != NEW
    blocks = [*fields, *([ticks(REMOVE, "Take it out", [("Remove this entry", "yes")], ())] if removable else [])]
    blocks.append(reason("Why?", hint="Everybody who has to agree reads it."))
    heading = f"{'Add' if key == NEW else 'Change'} {_CALLED[part]}"
    target = Target(part=part, key=key, version=design.version)
    return _form(EDIT_FORM, heading, "See what changes", blocks, target)


def drafted(view: AmendmentView, model: OperatingModel) -> View:
    """What a change would do, and would have done, before anybody agrees to it."""
    waits = "It waits in the Design tab until enough people have agreed; nothing changes before."
    form = _form(AGREE_FORM, "What this changes", "Agree", [*amendment(view, model), section(waits)],
                 Target(key=view.amendment.id))  # fmt: skip
    if not can_be_read(view):
        del form["submit"]
    return {**form, "close": label_of("Later")}


def reject(amendment_id: str, *, is_own: bool = False) -> View:
    """Why a change is not agreed to, or one's own taken back."""
    does = "Withdraw" if is_own else "Reject"
    why = reason("Why withdraw it?" if is_own else "Why not?")
    return _form(DISAGREE_FORM, f"{does} the change", does, [why], Target(key=amendment_id))


def stop(design: Design) -> View:
    """What to stop, and why."""
    agents = [(f"The {spoken(agent)} agent", f"agent/{agent}") for agent in sorted(design.mandates)]
    kinds = [(title, f"action/{kind}") for title, kind in _kinds(ACTION_KINDS)]
    blocks = [
        section("Nothing that is stopped is noticed, asked or executed until an architect lifts the stop."),
        select("what", "Stop", [("Everything", EVERYTHING), *agents, *kinds], EVERYTHING),
        reason("Why?", hint="Everybody is told."),
    ]
    return _form(STOP_FORM, "Stop", "Stop now", blocks, Target())


def lift(one: Stop) -> View:
    """Why a stop may go."""
    blocks = [
        section(f"*Stopped: {stopped(one)}*\n{outside(one.reason, 300)}"),
        reason("Why may it go on?"),
    ]
    return _form(LIFT_FORM, "Lift the stop", "Lift", blocks, Target(key=one.id))


def break_glass(minutes: int) -> View:
    """Deciding alone, for how long and why."""
    blocks = [
        section(
            "For this time you alone may decide what otherwise needs others. Everybody is told when it begins and what "
            "was decided, and somebody else reviews it. Hard caps, bans, freezes and stops stay."
        ),
        text("minutes", "Minutes", hint=f"At most {minutes}.", value=str(min(minutes, 30)), most=2, least=1),
        reason("What is the emergency?"),
    ]
    return _form(BREAK_GLASS_FORM, "Emergency", "Begin now", blocks, Target())


def review(emergency_id: str) -> View:
    """What somebody found who looked at an emergency afterwards."""
    found = reason("What did you find?")
    return _form(REVIEW_FORM, "Review", "Reviewed", [found], Target(key=emergency_id))


def grant(record: TrackRecord) -> View:
    """How far one agent may go with one kind of action, on what was measured."""
    levels = [
        ("Observe: note it, ask nobody", Level.OBSERVE.value),
        ("Recommend: show it, people do it", Level.RECOMMEND.value),
        ("Ask: owners approve, Baton executes", Level.ASK.value),
        ("Automatic: Baton executes and says so", Level.AUTOMATIC.value),
    ]
    blocks = [
        section(record_words(record)),
        select("level", "From now on", levels, record.level.value),
        reason("Why?"),
    ]
    target = Target(part=record.agent, key=record.action, level=record.level)
    return _form(GRANT_FORM, "Autonomy", "Change", blocks, target)


def _policy(model: OperatingModel, _: str) -> list[Block]:
    policy, kinds = model.policy, _kinds(ACTION_KINDS)
    glass = policy.break_glass
    alone = select(
        "break_glass_role",
        "May decide alone in an emergency",
        [("Nobody", ""), *_roles(model)],
        glass.role if glass else "",
    )
    return [
        text("expires_after_hours", "A question runs out after (hours)", value=str(policy.expires_after_hours)),
        text(
            "max_budget_change", "No budget moves in a day by more than (%)", value=share(policy.max_budget_change)[:-2]
        ),
        text(
            "remind_after_hours", "Remind after (hours)", hint="Empty: never.", value=_shown(policy.remind_after_hours),
            optional=True,
        ),
        text(
            "escalate_after_hours", "Escalate after (hours)", hint="Empty: never.",
            value=_shown(policy.escalate_after_hours), optional=True,
        ),
        select("escalate_to", "Escalate to", _roles(model), policy.escalate_to),
        several("forbidden", "Actions nobody may take", kinds, policy.forbidden),
        several(
            "automatic", "Actions taken without asking anybody", kinds, policy.automatic, hint="Routine kinds only."
        ),
        alone,
        text("break_glass_minutes", "For at most (minutes, up to 60)", value=str(glass.minutes if glass else 60)),
    ]  # fmt: skip


def _limits(model: OperatingModel, key: str) -> list[Block]:
    one = None if key == NEW else model.policy.limits[int(key)]
    kinds = _kinds(ACTION_KINDS)
    change = "" if one is None or one.max_change is None else share(one.max_change)[:-2]
    per_day, beyond = _shown(one and one.max_per_day), one.beyond if one else "cmo"
    return [
        select("role", "Whose limit", _roles(model, one.role if one else ""), one.role if one else "media_lead"),
        several("actions", "For", kinds, one.actions if one else (), hint="None chosen: for everything."),
        text("max_change", "Alone up to (% in a day)", value=change, optional=True),
        text("max_per_day", f"Alone up to ({model.currency} a day)", value=per_day, optional=True),
        select("beyond", "Beyond that together with", _roles(model, beyond), beyond),
        text("accounts", "Only in these accounts", hint="Ids with commas between; empty: all.",
              value=", ".join(sorted(one.accounts)) if one else "", optional=True, most=500),
        text("platforms", "Only on these platforms", hint="meta, google, …; empty: all.",
              value=", ".join(sorted(one.platforms)) if one else "", optional=True, most=200),
    ]  # fmt: skip


def _routes(model: OperatingModel, _: str) -> list[Block]:
    causes = [(headed(cause.value), cause.value) for cause in Cause]
    return [
        text("channel", "Channel for cards and digests", value=model.routes.channel, most=80),
        select("cause", "A cause", causes, None, optional=True),
        several("roles", "goes to", _roles(model), (), hint="The first leads. None chosen: its usual owners."),
    ]


def _goals(model: OperatingModel, key: str) -> list[Block]:
    one = None if key == NEW else model.goals[int(key)]
    metrics = [(metric.replace("_", " ").upper() if len(metric) < 5 else headed(metric), metric) for metric in METRICS]
    return [
        text("name", "What it is called", value=one.name if one else "", most=80),
        select("metric", "Figure", metrics, one.metric if one else "cpa"),
        text("target", "Target", value=_shown(one and one.target)),
        text("weight", "How much it counts", hint="2 counts twice.", value=f"{one.weight:g}" if one else "1"),
    ]


def _mandate(design: Design, agent: str) -> list[Block]:
    mandate, taken = design.mandates[agent], design.model.mandates.get(agent, Restriction())
    kinds = _kinds(sorted(mandate.suggests))
    return [
        section(f"*{headed(agent)}*: {outside(mandate.job, 300)}\nA mandate can be narrowed here, never widened."),
        ticks("off", "Switch it off", [("This agent does not look any more", "yes")], ("yes",) if taken.off else ()),
        *([several("without", "May not suggest any more", kinds, taken.without)] if kinds else []),
    ]


def _freezes(model: OperatingModel, key: str) -> list[Block]:
    one = None if key == NEW else model.freezes[int(key)]
    return [
        text("name", "What it is", value=one.name if one else "", most=80),
        day("first_day", "First day", one and one.first_day),
        day("last_day", "Last day", one and one.last_day),
    ]


def _delegations(model: OperatingModel, key: str) -> list[Block]:
    one = None if key == NEW else model.delegations[int(key)]
    return [
        person("of", "Who is away", one.of if one else None),
        person("to", "Who stands in", one.to if one else None),
        several("roles", "As", _roles(model), one.roles if one else (), hint="None chosen: in all roles."),
        day("first_day", "From", one and one.first_day),
        day("last_day", "To, at the end of the day", one and one.last_day),
    ]


def _person(model: OperatingModel, key: str) -> list[Block]:
    one = model.person(key)
    if one is None and key != NEW:
        raise KeyError(key)
    return [
        text("name", "Name", value=one.name if one else "", most=80),
        person("slack", "In Slack", one.slack if one else None),
        several("roles", "Roles", _roles(model), one.roles if one else ()),
        text("timezone", "Time zone", hint="Europe/Berlin", value=one.timezone if one else model.timezone, most=60),
        text("accounts", "Only these accounts", hint="Ids with commas between; empty: all.",
              value=", ".join(sorted(one.accounts)) if one else "", optional=True, most=500),
        text("platforms", "Only these platforms", hint="meta, google, …; empty: all.",
              value=", ".join(sorted(one.platforms)) if one else "", optional=True, most=200),
    ]  # fmt: skip


def _kinds(kinds: Iterable[str]) -> list[Option]:
    """Kinds of action to choose from."""
    return [(kind_title(kind), kind) for kind in kinds]


def _roles(model: OperatingModel, *more: str) -> list[Option]:
    known = {*ROLES, *more, *(role for one in model.people for role in one.roles)} - {""}
    return [(headed(role), role) for role in sorted(known)]


def _shown(value: Decimal | int | None) -> str:
    return "" if value is None else str(value)


def _form(callback_id: str, heading: str, submit: str, blocks: list[Block], target: Target) -> View:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": label_of(heading),
        "submit": label_of(submit),
        "close": label_of("Cancel"),
        "private_metadata": target.model_dump_json(),
        "blocks": blocks,
    }


_CALLED: Mapping[str, str] = {
    "policy": "the policy",
    "limits": "a limit",
    "routes": "the routes",
    "goals": "a goal",
    "mandates": "a mandate",
    "freezes": "a freeze",
    "delegations": "a stand-in",
    "people": "a person",
}
"""What a form is about, as its heading says it."""
_FIELDS: Mapping[str, Callable[[OperatingModel, str], list[Block]]] = {
    "policy": _policy,
    "limits": _limits,
    "routes": _routes,
    "goals": _goals,
    "freezes": _freezes,
    "delegations": _delegations,
    "people": _person,
}
