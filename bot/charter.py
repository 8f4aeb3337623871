"""The operating model as the architect reads it, part by part, each with a choice of what to edit beside it."""

from collections.abc import Iterable, Sequence

from bot.blocks import Block, button, divider, header, section
from bot.names import EDIT_PART
from bot.people import name_of
from bot.words import day, figure, listed, many, metric_short, money, outside, plain, spoken
from bot.words import title as headed
from domain.amendment import Design
from domain.catalogue import CATALOGUE
from domain.operating_model import Limit, OperatingModel, Person, Restriction

NEW = "new"
"""The entry that is to be added."""
MOST_LINES = 12
MOST_APART = 4
"""Entries of a part with a button of their own: the tab holds a hundred blocks."""
_MOST_OPTIONS = 99
_NO_LIMITS = "everything, up to the hard cap"
MOST_PIECE = 2900
"""Characters of one paragraph."""


def kind_title(kind: str) -> str:
    """What a kind of action is called: "Shift budget"."""
    return CATALOGUE[kind].title if kind in CATALOGUE else headed(kind)


def policy(model: OperatingModel) -> list[Block]:
    """How far things may go, and the limits of roles."""
    policy = model.policy
    remind, escalate = policy.remind_after_hours, policy.escalate_after_hours
    reminded = f"A reminder goes out after {_time(remind)}" if remind else "Nobody is reminded"
    later = f"after {_time(escalate or 0)} the {spoken(policy.escalate_to)} may decide as well"
    escalated = later if escalate else "nothing is escalated"
    lines = [
        f"• A question runs out after {_time(policy.expires_after_hours)}, and is then not approved",
        f"• {reminded}; {escalated}",
        f"• No budget moves by more than {share(policy.max_budget_change)} in a day, whoever approves",
        f"• Actions nobody may take: {_kinds(policy.forbidden) or 'none'}",
        f"• Actions taken without asking anybody: {_kinds(policy.automatic) or 'none'}",
        "• Always decided by people, whatever is configured: strategy, who is reached, budgets, regulated claims, "
        "what the brand shows, personal data",
        f"• Emergency: {_break_glass(model)}",
    ]
    limits = [limit_words(limit, model) for limit in policy.limits]
    return [
        divider(),
        header("Policy"),
        choice("\n".join(lines), "Edit policy…", [("The policy as a whole", "policy/policy")]),
        *_each("limits", "*What a role may decide alone*, all of a day together", limits, _NO_LIMITS),
    ]


def _break_glass(model: OperatingModel) -> str:
    rule = model.policy.break_glass
    if rule is None:
        return "nobody may decide alone"
    return f"the {spoken(rule.role)} may decide alone for up to {many(rule.minutes, 'minute')}"


def limit_words(limit: Limit, model: OperatingModel) -> str:
    """A limit in one line: "The media lead decides alone on Set budget up to 30 % a day; above that the CMO must …"."""
    what = _kinds(limit.actions) or "everything"
    where = [*(f"account {one}" for one in sorted(limit.accounts)), *(spoken(one) for one in sorted(limit.platforms))]
    parts = [f"{share(limit.max_change)}"] if limit.max_change is not None else []
    parts += [money(limit.max_per_day, model.currency)] if limit.max_per_day is not None else []
    at = f" in {outside(listed(where), 80)}" if where else ""
    how_far = f"up to {listed(parts)} a day" if parts else "without any bound"
    cap = model.policy.max_budget_change
    moot = (
        f" (no budget moves by more than {share(cap)} a day, whoever approves)" if (limit.max_change or 0) > cap else ""
    )
    return (
        f"The {spoken(limit.role)} decides alone on {what}{at} {how_far}{moot}; "
        f"above that the {spoken(limit.beyond)} must approve as well"
    )


def routes(model: OperatingModel) -> list[Block]:
    """Where signals go."""
    routes = [
        f"• {headed(cause.value)}: {listed([spoken(role) for role in roles])}"
        for cause, roles in sorted(model.routes.owners.items())
    ]
    lines = [f"Cards and digests go to #{outside(model.routes.channel, 80)}"]
    lines += routes[:MOST_LINES] or ["• Every cause goes to its usual owners"]
    return [
        divider(),
        header("Routes and goals"),
        choice("\n".join(lines), "Edit routes…", [("Where a cause goes", "routes/routes")]),
    ]


def goals(model: OperatingModel) -> list[Block]:
    """What figures should be."""
    words = [
        f"{outside(goal.name, 80)}: {metric_short(goal.metric)} "
        + figure(goal.metric, float(goal.target), model.currency)
        + (f", counts {goal.weight:g} times" if goal.weight != 1 else "")
        for goal in model.goals
    ]
    return _each("goals", "*Goals*", words, "none: signals are ordered by money at stake alone")


def mandates(design: Design) -> list[Block]:
    """What each agent may suggest, and what is taken out of it."""
    lines: list[str] = []
    for agent, mandate in sorted(design.mandates.items()):
        taken = design.model.mandates.get(agent, Restriction())
        may = sorted(mandate.suggests - taken.without)
        state = (
            "*switched off*" if taken.off else f"may suggest {listed([kind_title(kind) for kind in may]) or 'nothing'}"
        )
        without = f"; not any more: {_kinds(taken.without)}" if taken.without and not taken.off else ""
        lines.append(f"• *{headed(agent)}*: {outside(mandate.job, 140)} {state[0].upper() + state[1:]}{without}")
    options = [(headed(agent), f"mandates/{agent}") for agent in sorted(design.mandates)]
    return [divider(), header("Mandates"), *_lists(lines, "Edit mandates…", options)]


def calendar(model: OperatingModel) -> list[Block]:
    """Freezes, and who stands in for whom."""
    freezes = [f"{outside(one.name, 80)}: {day(one.first_day)} to {day(one.last_day)}" for one in model.freezes]
    away = [
        f"{name_of(one.to, model)} stands in for {name_of(one.of, model)}"
        f"{f' as {listed([spoken(role) for role in sorted(one.roles)])}' if one.roles else ''}, "
        f"{day(one.first_day)} to {day(one.last_day)}"
        for one in model.delegations
    ]
    return [
        divider(),
        header("Calendar and people"),
        *_each("freezes", "*Freezes*: days on which nothing is executed", freezes, "none"),
        *_each("delegations", "*Standing in*", away, "nobody"),
    ]


def people(model: OperatingModel) -> list[Block]:
    """Who is who."""
    lines = [f"• {_person(person)}" for person in model.people]
    options = [(person.name, f"people/{person.slack}") for person in model.people]
    return _lists(lines or ["• nobody yet"], "Edit people…", [*options, ("Add somebody", f"people/{NEW}")])


def _person(person: Person) -> str:
    roles = listed([spoken(role) for role in sorted(person.roles)]) or "no role"
    where = [*(f"account {one}" for one in sorted(person.accounts)), *(spoken(one) for one in sorted(person.platforms))]
    return f"*{outside(person.name, 80)}*: {roles}{f', for {outside(listed(where), 100)} only' if where else ''}"


def pieces(lines: Sequence[str]) -> list[str]:
    """Lines in as few paragraphs as Slack's limit lets them be."""
    found: list[list[str]] = [[]]
    for line in lines:
        if found[-1] and sum(map(len, found[-1])) + len(found[-1]) + len(line) > MOST_PIECE:
            found.append([])
        found[-1].append(line)
    return ["\n".join(piece) for piece in found]


def _lists(lines: Sequence[str], placeholder: str, options: Sequence[tuple[str, str]]) -> list[Block]:
    """Many lines in as few sections as they need; the choice stands at the first."""
    first, *rest = pieces(lines)
    return [choice(first, placeholder, options), *(section(piece) for piece in rest[:3])]


def _each(part: str, heading: str, words: Sequence[str], none: str) -> list[Block]:
    """A line per entry with a button to change it or take it out beside it; where there are many, a choice of the rest.

    The button to add one stands beside the heading.
    """
    apart, rest = words[:MOST_APART], words[MOST_APART:]
    top = heading if words else f"{heading}\n• {none}"
    blocks = [_beside(part, NEW, top, "Add…", heading)]
    blocks += [_beside(part, str(place), f"• {one}", "Change…", one) for place, one in enumerate(apart)]
    if rest:
        told = [f"• {one}" for one in rest[:MOST_LINES]]
        left = [f"• and {len(rest) - MOST_LINES:,} more"] if len(rest) > MOST_LINES else []
        options = [(one, f"{part}/{place}") for place, one in enumerate(rest, MOST_APART)]
        blocks.append(choice("\n".join([*told, *left]), "Change…", options))
    return blocks


def _beside(part: str, key: str, text: str, label: str, about: str) -> Block:
    press = button(label, EDIT_PART, f"{part}/{key}", hint=f"{label} {about.replace('*', '')}")
    return {**section(text), "block_id": f"edit_{part}_{key}", "accessory": press}


def choice(text: str, placeholder: str, options: Sequence[tuple[str, str]], action: str = EDIT_PART) -> Block:
    """A paragraph with a choice beside it, of what to edit or to change; each choice has a label and a value."""
    kept = [*options[: _MOST_OPTIONS - 1], options[-1]] if len(options) > _MOST_OPTIONS else options
    about = options[0][1].partition("/")[0]
    return {
        **section(text),
        "block_id": f"{'edit' if action == EDIT_PART else action}_{about}",
        "accessory": {
            "type": "static_select",
            "action_id": action,
            "placeholder": {"type": "plain_text", "text": placeholder},
            "options": [
                {"text": {"type": "plain_text", "text": plain(label, 75) or "–"}, "value": value}
                for label, value in kept
            ],
        },
    }


def _time(hours: int) -> str:
    """Hours, or days where they are whole ones: 240 is "10 days"."""
    return many(hours // 24, "day") if hours % 24 == 0 and hours >= 48 else many(hours, "hour")


def _kinds(kinds: Iterable[str]) -> str:
    return listed([kind_title(kind) for kind in sorted(kinds)])


def share(value: float) -> str:
    """A share in words: 0.3 is "30 %"."""
    return f"{value * 100:.1f}".removesuffix(".0") + " %"
